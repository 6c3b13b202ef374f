//! The framework's own code for the value: what the engine says of the scheme, with the secret's variable filled in.

use keyjar::preset::{self, Preset};
use keyjar::protocol::Snippet;
use leptos::prelude::*;

use super::Outcome;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::live::live;
use crate::app::parts::tabs::Tabs;
use crate::app::state::State;

#[component]
pub fn Programs(outcome: Outcome) -> impl IntoView {
    let snippets: Memo<Vec<Snippet>> = Memo::new(move |_| {
        outcome.signed.with(|signed| signed.as_ref().map(|s| s.snippets.clone()).unwrap_or_default())
    });
    let labels: Memo<Vec<String>> = Memo::new(move |_| {
        snippets.with(|snippets| snippets.iter().map(|snippet| snippet.file.to_string()).collect())
    });
    let chosen = RwSignal::new(0_usize);
    let variable = move || variable(outcome);
    let text = Signal::derive(move || {
        let code = snippets.with(|snippets| {
            let snippet = snippets.get(chosen.get()).or_else(|| snippets.first());
            snippet.map(|snippet| snippet.code.to_string()).unwrap_or_default()
        });
        code.replace("SECRET_ENV", variable())
    });
    live(move || {
        let labels = labels.get();
        // Another scheme's programs begin with the first.
        chosen.set(0);
        if labels.is_empty() {
            return outcome
                .signed
                .with(Option::is_some)
                .then(|| view! { <p class="hint">{NONE}</p> }.into_any());
        }
        let sheet = view! {
            <div class="sheet">
                <Tabs id="sign-program" label="The framework’s own code" tabs=labels chosen>
                    <pre class="sheet-body code is-program" id="sign-program-text" tabindex="0" role="region" aria-label="Program">
                        {text}
                    </pre>
                </Tabs>
                <div class="sheet-foot">
                    <span class="hint">"Sets and reads it on your server, with the secret in "<code>{live(variable)}</code>"."</span>
                    <CopyButton label="Copy program" text shown_in="sign-program-text" />
                </div>
            </div>
        };
        Some(sheet.into_any())
    })
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
