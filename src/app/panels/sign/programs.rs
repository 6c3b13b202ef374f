//! The framework's own code for the value: what the engine says of the scheme, with the secret's variable filled in.

use keyjar::preset::{self, Preset};
use keyjar::protocol::Snippet;
use leptos::prelude::*;

use super::Outcome;
use crate::app::parts::live::live;
use crate::app::parts::programs;
use crate::app::state::State;

#[component]
pub fn Programs(outcome: Outcome) -> impl IntoView {
    let snippets: Memo<Vec<Snippet>> = Memo::new(move |_| {
        outcome.signed.with(|signed| signed.as_ref().map(|s| s.snippets.clone()).unwrap_or_default())
    });
    let variable = Signal::derive(move || variable(outcome));
    let none = move || {
        let is_none = snippets.with(Vec::is_empty) && outcome.signed.with(Option::is_some);
        is_none.then(|| view! { <p class="hint">{NONE}</p> })
    };
    let foot = move || {
        view! { "Sets and reads it on your server, with the secret in "<code>{live(move || variable.get())}</code>"." }
    };
    view! {
        <programs::Programs id="sign-program" label="The framework’s own code" snippets variable foot />
        {live(none)}
    }
}

/// Only code that makes this very value is shown.
const NONE: &str = "The framework’s own code is not shown: what is set here, or how the secret is read, is more than its few \
                    lines could say.";

/// What the variable of the secret is called: as Generate has it, else as the first preset for the scheme does.
fn variable(outcome: Outcome) -> &'static str {
    let chosen = State::get().generated.preset.get();
    outcome.about.with(|about| {
        let fits = |preset: &&Preset| {
            about.as_ref().is_some_and(|about| {
                let is_its = preset.scheme == Some(&*about.id) || about.framework == preset.title;
                is_its && about.secret_encoding == preset.encoding
            })
        };
        let preset = chosen.filter(fits).or_else(|| preset::ALL.iter().find(fits));
        preset.map_or("SECRET", |preset| preset.main.name)
    })
}
