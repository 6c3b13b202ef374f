//! The live example of "How cookie signing works": sign a text, change what arrives, and see it refused.

use keyjar::protocol::{ItemReport, Verdict};
use keyjar::secret::SecretEncoding;
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::signed::{Example, Value, inspected};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::prose::Prose;
use crate::app::parts::secret_field::SecretField;
use crate::app::parts::signature_pair::signature_pair;

const PAYLOAD: &str = "user=42; role=reader";

#[component]
pub fn Tampering() -> impl IntoView {
    let example = Example::new(PAYLOAD);
    // What was made of the value on its way; nothing was, as long as it is absent.
    let changed = RwSignal::new(None::<String>);
    let arrives = Memo::new(move |_| changed.get().or_else(|| example.value.get().ok()));
    let item = inspected(move || arrives.get(), move || example.secrets.get());
    let start_over = move |_| {
        changed.set(None);
        example.start_over(PAYLOAD);
    };
    view! {
        <div class="sheet live" role="group" aria-labelledby="live-title">
            <div class="sheet-head">
                <div class="sheet-title">
                    <h2 id="live-title">"Try it"</h2>
                    <span class="quiet">"with HMAC-SHA256"</span>
                </div>
                <span class="sheet-actions">
                    <button class="button is-quiet" type="button" on:click=start_over>
                        <Icon glyph=Glyph::Again />
                        "Start over"
                    </button>
                </span>
            </div>
            <div class="sheet-body">
                <div class="field">
                    <label for="live-payload">"Payload"</label>
                    <input
                        class="input values"
                        id="live-payload"
                        data-main-box=""
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=example.payload
                        on:input=heard(move |event| {
                            changed.set(None);
                            example.payload.set(event_target_value(&event));
                        })
                    />
                </div>
                <SecretField
                    id="live-secret"
                    label="Secret"
                    secrets=example.secrets
                    usual=SecretEncoding::Utf8
                    note=|| "Begins with a fresh key, made for this example."
                />
                <div class="field">
                    <span class="label">"The signed value"</span>
                    <Value value=example.value />
                </div>
            </div>
            <div class="sheet-body live-check">
                <div class="field">
                    <label for="live-arrives">"What arrives at the server"</label>
                    <textarea
                        class="input values"
                        id="live-arrives"
                        rows="3"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=by(move || arrives.get().unwrap_or_default())
                        on:input=heard(move |event| changed.set(Some(event_target_value(&event))))
                    ></textarea>
                </div>
                <div class="buttons">
                    <button
                        class="button"
                        type="button"
                        disabled=by(move || arrives.get().is_none())
                        on:click=heard(move |_| changed.update(|changed| *changed = arrives.get_untracked().map(|value| flipped(&value))))
                    >
                        "Change one character"
                    </button>
                    <button
                        class="button"
                        type="button"
                        disabled=by(move || changed.get().is_none())
                        on:click=heard(move |_| changed.set(None))
                    >
                        "Put it back"
                    </button>
                </div>
                <div role="status">{live(move || item.get().map(judged))}</div>
            </div>
        </div>
    }
}

/// `value` with the character in the middle of its payload changed to another of the Base64url alphabet.
fn flipped(value: &str) -> String {
    let middle = value.find('.').unwrap_or(value.len()) / 2;
    value
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if at != middle {
                c
            } else if c == 'A' {
                'B'
            } else {
                'A'
            }
        })
        .collect()
}

fn judged(item: ItemReport) -> impl IntoView {
    let opened = item.opened?;
    let (kind, glyph, word, message) = match opened.verdict {
        Verdict::Valid { .. } => {
            ("valid", Glyph::Check, "Accepted", "The two signatures are equal.".to_owned())
        }
        Verdict::Invalid { message, .. } => ("invalid", Glyph::Cross, "Refused", message),
        Verdict::Unchecked { missing } => ("unchecked", Glyph::Minus, "Not checked", missing),
    };
    let pair = opened.signature.and_then(|pair| Some(signature_pair(&pair.found, &pair.expected?)));
    Some(view! {
        <p>
            <span class="verdict-mark" data-verdict=kind>
                <Icon glyph=glyph />
                {word}
            </span>
            " "
            <Prose text=message />
        </p>
        {pair}
    })
}
