//! Values to look at, as cards to press.

use keyjar::protocol::Role;
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use super::token_view::part_text;

/// One example.
#[derive(Clone, PartialEq)]
pub struct Card {
    pub name: &'static str,
    /// What it shows.
    pub what: &'static str,
    /// The beginnings of its parts; absent while it is being made.
    pub preview: Option<Vec<(Option<Role>, String)>>,
}

/// The cards; `choose` is told the index of the pressed one.
#[component]
pub fn ExampleList(cards: Signal<Vec<Card>>, #[prop(into)] choose: Callback<usize>) -> impl IntoView {
    let card = move |(index, card): (usize, Card)| {
        let is_made = card.preview.is_some();
        let preview = match card.preview {
            Some(preview) => preview.iter().map(piece).chain([rest("…")]).collect(),
            None => vec![rest("being made …")],
        };
        view! {
            <li>
                <button class="example" type="button" disabled=!is_made on:click=heard(move |_| choose.run(index))>
                    <span class="name">{card.name}</span>
                    <span class="what">{card.what}</span>
                    <span class="values" aria-hidden="true">{preview}</span>
                </button>
            </li>
        }
    };
    view! { <ul class="examples">{live(move || cards.get().into_iter().enumerate().map(card).collect::<Vec<_>>())}</ul> }
}

fn piece((role, text): &(Option<Role>, String)) -> AnyView {
    match role {
        Some(role) => part_text(*role, text),
        None => rest(text),
    }
}

fn rest(text: &str) -> AnyView {
    view! { <span class="rest">{text.to_owned()}</span> }.into_any()
}
