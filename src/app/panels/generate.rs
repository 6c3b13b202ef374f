//! The Generate panel.

use leptos::prelude::*;

#[component]
pub fn GeneratePanel() -> impl IntoView {
    view! { <h1>"256-bit key"</h1> }
}
