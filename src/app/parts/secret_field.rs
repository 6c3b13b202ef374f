//! A secret: masked until asked for, and how its text is read.

use keyjar::secret::{SecretEncoding, SecretText};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::icon::{Glyph, Icon};

/// Edits the secret at `index` of `secrets`; one that is not there yet begins when something is typed.
#[component]
pub fn SecretField(
    /// The input's id, different in every panel.
    id: &'static str,
    #[prop(into)] label: String,
    secrets: RwSignal<Vec<SecretText>>,
    #[prop(optional)] index: usize,
    /// How the scheme's framework reads it.
    #[prop(into)]
    usual: Signal<SecretEncoding>,
    /// The line beneath.
    #[prop(optional, into)]
    note: ViewFn,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let text =
        move || secrets.with(|all| all.get(index).map(|secret| secret.text.to_string()).unwrap_or_default());
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
    let note_id = format!("{id}-note");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="secret-field">
                <input
                    id=id
                    // Not type="password": browsers offer to store what stands in such a field.
                    type="text"
                    class:is-masked=by(move || !shown.get())
                    prop:value=text
                    on:input=heard(move |event| {
                        let typed = event_target_value(&event);
                        edit(&|secret| secret.text = typed.clone().into());
                    })
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=note_id.clone()
                />
                {eye(id.to_owned(), shown)}
                <span class="select">
                    <select
                        aria-label="How the secret is read"
                        on:change=heard(move |event| {
                            let chosen = by_label(&event_target_value(&event));
                            edit(&|secret| secret.encoding = chosen);
                        })
                    >
                        {SecretEncoding::TEXTUAL
                            .into_iter()
                            .chain([SecretEncoding::Jwk])
                            .map(|reading| {
                                view! {
                                    <option value=reading.label() prop:selected=by(move || encoding.get() == reading)>
                                        {format!("read as {}", reading.label())}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <Icon glyph=Glyph::Down />
                </span>
            </div>
            <p class="hint secret-field-note" id=note_id>{note.run()}</p>
        </div>
    }
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
    SecretEncoding::TEXTUAL.into_iter().chain([SecretEncoding::Jwk]).find(|reading| reading.label() == label)
}
