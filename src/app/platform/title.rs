//! The document's title, which stands in the browser's tab and history. It never carries what was typed.

use leptos::prelude::document;

pub fn set(panel: &str) {
    document().set_title(&format!("{panel} · Keyjar"));
}
