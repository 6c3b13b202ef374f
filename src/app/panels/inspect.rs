//! The Inspect panel.

use leptos::prelude::*;

#[component]
pub fn InspectPanel() -> impl IntoView {
    view! { <h1 class="visually-hidden">"Inspect a cookie or token"</h1> }
}
