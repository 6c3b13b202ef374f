//! The engine's schemes to choose from, under their language.

use keyjar::scheme::About;
use leptos::prelude::*;

use super::combobox::{Combobox, Offer, Words};
use crate::app::state::State;

/// A list of the schemes that `offered` lets pass.
#[component]
pub fn SchemeSelect(
    id: &'static str,
    /// The id of what describes it.
    #[prop(optional)]
    described_by: &'static str,
    offered: fn(&About) -> bool,
    /// The chosen scheme's id; while it is empty, the list asks to choose one.
    #[prop(into)]
    chosen: Signal<String>,
    choose: Callback<String>,
) -> impl IntoView {
    let catalogue = State::get().catalogue;
    let offers = Signal::derive(move || {
        catalogue.with(|all| {
            let offered = all.iter().filter(|about| offered(about));
            by_language(offered).into_iter().flat_map(|(_, schemes)| schemes.into_iter().map(offer)).collect()
        })
    });
    view! { <Combobox id described_by words=WORDS offers chosen choose /> }
}

const WORDS: Words = Words {
    list: "Schemes",
    placeholder: "Choose …",
    none: "try the framework’s name, its language, or a cookie's name",
};

/// A scheme is found by its framework and by the names of its cookies too.
fn offer(about: &About) -> Offer {
    let first_name = about.cookie_names.first().map(ToString::to_string);
    Offer {
        id: about.id.to_string(),
        title: about.title.to_string(),
        group: about.language.to_string(),
        code: first_name.unwrap_or_default(),
        terms: format!("{} {}", about.framework, about.cookie_names.join(" ")),
    }
}

/// The schemes under their language, both in the order of the engine's list.
pub fn by_language<'a>(schemes: impl IntoIterator<Item = &'a About>) -> Vec<(&'a str, Vec<&'a About>)> {
    let mut languages: Vec<(&str, Vec<&About>)> = Vec::new();
    for about in schemes {
        match languages.iter_mut().find(|(name, _)| *name == about.language) {
            Some((_, schemes)) => schemes.push(about),
            None => languages.push((&about.language, vec![about])),
        }
    }
    languages
}
