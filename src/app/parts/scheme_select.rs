//! The engine's schemes to choose from, under their language.

use keyjar::scheme::About;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::app::parts::live::{by, heard, live};
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
    let option = move |scheme: &About| {
        let id = scheme.id.to_string();
        let is_chosen = {
            let id = id.clone();
            move || chosen.with(|chosen| *chosen == id)
        };
        view! { <option value=id prop:selected=by(is_chosen)>{scheme.title.to_string()}</option> }
    };
    let group = move |(language, schemes): (&str, Vec<&About>)| {
        view! { <optgroup label=language.to_owned()>{schemes.into_iter().map(option).collect::<Vec<_>>()}</optgroup> }
    };
    let groups = move || {
        catalogue.with(|all| {
            let offered = all.iter().filter(|about| offered(about));
            by_language(offered).into_iter().map(group).collect::<Vec<_>>()
        })
    };
    let none_yet = move || {
        chosen.with(String::is_empty).then(|| view! { <option value="" selected>"Choose …"</option> })
    };
    view! {
        <span class="select">
            <select id=id aria-describedby=described_by on:change=heard(move |event| choose.run(event_target_value(&event)))>
                {live(none_yet)}
                {live(groups)}
            </select>
            <Icon glyph=Glyph::Down />
        </span>
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
