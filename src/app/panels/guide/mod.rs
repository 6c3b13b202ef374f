//! The Guide panel.

use leptos::prelude::*;

#[component]
pub fn GuidePanel() -> impl IntoView {
    view! { <h1 class="visually-hidden">"Guide"</h1> }
}
