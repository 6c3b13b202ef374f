//! A secret or key: masked until asked for, and how its text is read.

use keyjar::intake::dropped;
use keyjar::secret::{SecretEncoding, SecretText};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::file_button::file_button;
use super::icon::{Glyph, Icon};
use crate::app::incoming;
use crate::app::state::State;

/// Lines of a key in PEM that show at once: masked they say nothing, and as they are they can be read.
const MASKED_LINES: usize = 3;
const LINES: usize = 8;

/// Edits the secret at `index` of `secrets`; one that is not there yet begins when something is typed.
#[component]
pub fn SecretField(
    /// The input's id, different in every panel.
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    secrets: RwSignal<Vec<SecretText>>,
    #[prop(optional)] index: usize,
    /// How the scheme's framework reads it.
    #[prop(into)]
    usual: Signal<SecretEncoding>,
    /// The line beneath.
    #[prop(optional, into)]
    note: ViewFn,
) -> impl IntoView {
    let state = State::get();
    let shown = RwSignal::new(false);
    let text =
        move || secrets.with(|all| all.get(index).map(|secret| secret.text.to_string()).unwrap_or_default());
    let lines = Memo::new(move |_| {
        let most = if shown.get() { LINES } else { MASKED_LINES };
        secrets.with(|all| all.get(index).map_or(1, |secret| secret.text.lines().count()).clamp(1, most))
    });
    let encoding = Memo::new(move |_| {
        secrets.with(|all| all.get(index).cloned().unwrap_or_default().encoding_or(usual.get()))
    });
    let edit = move |change: &dyn Fn(&mut SecretText)| {
        secrets.update(|all| {
            if all.len() <= index {
                all.resize_with(index + 1, SecretText::default);
            }
            if let Some(secret) = all.get_mut(index) {
                change(secret);
            }
        });
    };
    let reading = move |reading: SecretEncoding| {
        view! {
            <option value=reading.label() prop:selected=by(move || encoding.get() == reading)>
                {format!("read as {}", reading.label())}
            </option>
        }
        .into_any()
    };
    // Those that no one would choose for a text that is not of their form.
    let by_form = move || {
        let encoding = encoding.get();
        [SecretEncoding::Jwks, SecretEncoding::Pem].into_iter().find(|form| *form == encoding).map(reading)
    };
    let note_id = format!("{id}-note");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="secret-field">
                // Not type="password", nor an input: browsers offer to store what stands in the one, and a key has lines.
                <textarea
                    id=id
                    class:is-masked=by(move || !shown.get())
                    rows=by(move || lines.get().to_string())
                    wrap="off"
                    prop:value=text
                    on:input:target=move |event| {
                        let typed = event.target().value();
                        let kept = one_line(&typed);
                        if kept != typed {
                            event.target().set_value(&kept);
                        }
                        edit(&|secret| secret.text = kept.clone().into());
                    }
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=note_id.clone()
                ></textarea>
                {eye(id.to_owned(), shown)}
                {file_button("Take it from a file", "is-quiet is-bare", false, move |file| {
                    incoming::to_secret(state, secrets, index, file);
                })}
                <span class="select">
                    <select
                        aria-label="How the secret is read"
                        on:change=heard(move |event| {
                            let chosen = by_label(&event_target_value(&event));
                            edit(&|secret| secret.encoding = chosen);
                        })
                    >
                        {SecretEncoding::TEXTUAL.into_iter().chain([SecretEncoding::Jwk]).map(reading).collect_view()}
                        {live(by_form)}
                    </select>
                    <Icon glyph=Glyph::Down />
                </span>
            </div>
            <p class="hint secret-field-note" id=note_id>{note.run()}</p>
        </div>
    }
}

/// A secret is one line, whatever was copied with it; only a key has more.
fn one_line(text: &str) -> String {
    if dropped::is_key(text) { text.to_owned() } else { text.replace(['\r', '\n'], "") }
}

/// Shows or hides what stands in the field `id`.
pub fn eye(id: String, shown: RwSignal<bool>) -> AnyView {
    view! {
        <button
            class="button is-quiet"
            type="button"
            aria-controls=id
            on:click=heard(move |_| shown.update(|shown| *shown = !*shown))
        >
            <Icon glyph=Signal::derive(move || if shown.get() { Glyph::EyeShut } else { Glyph::Eye }) />
            {live(move || if shown.get() { "Hide" } else { "Show" })}
        </button>
    }
    .into_any()
}

fn by_label(label: &str) -> Option<SecretEncoding> {
    let all = SecretEncoding::TEXTUAL.into_iter();
    let mut all = all.chain([SecretEncoding::Jwk, SecretEncoding::Jwks, SecretEncoding::Pem]);
    all.find(|reading| reading.label() == label)
}
