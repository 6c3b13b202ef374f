//! The address's hash, which says where in the page one is. It never carries what was typed.

use leptos::ev;
use leptos::prelude::*;

/// The hash without its `#`.
pub fn read() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Goes there, as a link would.
pub fn go(to: &str) {
    // Setting the hash of one's own document cannot be refused.
    let _ = window().location().set_hash(to);
}

/// Puts `to` in the place of the hash, in the address and in the tab's history; nobody is told of the change.
pub fn replace(to: &str) {
    // To an address of the same document, which cannot be refused.
    let _ = window().history().and_then(|history| {
        history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("#{to}")))
    });
}

/// Calls `changed` with the new hash whenever a link, the person or the back button changed it.
pub fn on_change(changed: impl Fn(String) + 'static) {
    let handle = window_event_listener(ev::hashchange, move |_| changed(read()));
    on_cleanup(move || handle.remove());
}
