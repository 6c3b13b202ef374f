//! The Sign panel.

use leptos::prelude::*;

#[component]
pub fn SignPanel() -> impl IntoView {
    view! { <h1 class="visually-hidden">"Sign a cookie or token"</h1> }
}
