//! The page: draws what the engine returns.

use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    view! { <main><h1>"Keyjar"</h1></main> }
}
