//! The live example of "Signed or encrypted": what anyone reads in a signed value.

use keyjar::protocol::Payload;
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use super::signed::{Example, Value, inspected};

const PAYLOAD: &str = "owes us 300 euros, do not extend credit";

#[component]
pub fn Reading() -> impl IntoView {
    let example = Example::new(PAYLOAD);
    let item = inspected(move || example.value.get().ok(), Vec::new);
    let read = move || {
        item.get().and_then(|item| item.opened?.payload).map(|payload| match payload {
            Payload::Json(text) | Payload::Text(text) => text,
            Payload::Bytes(bytes) | Payload::Object { bytes, .. } => format!("{} bytes", bytes.len()),
        })
    };
    view! {
        <div class="sheet live" role="group" aria-labelledby="live-title">
            <div class="sheet-head">
                <div class="sheet-title">
                    <h2 id="live-title">"Try it"</h2>
                    <span class="quiet">"signed with a fresh 256-bit key"</span>
                </div>
            </div>
            <div class="sheet-body">
                <div class="field">
                    <label for="live-payload">"What your server signs"</label>
                    <input
                        class="input values"
                        id="live-payload"
                        data-main-box=""
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=example.payload
                        on:input=heard(move |event| example.payload.set(event_target_value(&event)))
                    />
                </div>
                <div class="field">
                    <span class="label">"The cookie’s value"</span>
                    <Value value=example.value />
                </div>
                <div class="field">
                    <span class="label">"What anyone reads in it, without the secret"</span>
                    <p class="values" role="status">{live(read)}</p>
                </div>
            </div>
        </div>
    }
}
