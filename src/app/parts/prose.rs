//! A sentence of the library's tables and remarks: what stands between backticks is code.

use leptos::prelude::*;

#[component]
pub fn Prose(#[prop(into)] text: Signal<String>) -> impl IntoView {
    move || {
        text.with(|text| {
            text.split('`')
                .enumerate()
                .map(|(index, piece)| {
                    let piece = piece.to_owned();
                    if index % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
                })
                .collect_view()
        })
    }
}
