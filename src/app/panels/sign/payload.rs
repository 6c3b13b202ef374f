//! The payload: its form, its text, and for a JWT the claims that one would otherwise work out by hand.

use keyjar::protocol::{Field, PayloadForm};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::Outcome;
use super::token::is_token;
use crate::app::parts::claim_fields::claim_fields;
use crate::app::parts::error_line::{error_line, place};
use crate::app::parts::segmented::Segmented;
use crate::app::state::State;

#[component]
pub fn PayloadField(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    let payload = state.drafted.payload;
    let error = Memo::new(move |_| outcome.error_at(&Field::Payload));
    let forms = Memo::new(move |_| {
        outcome
            .about
            .with(|about| about.as_ref().map(|about| about.payload_forms.to_vec()).unwrap_or_default())
    });
    let form = move || {
        let forms = forms.get();
        let labels = forms.iter().map(|form| label(*form)).collect();
        let chosen = {
            let forms = forms.clone();
            Signal::derive(move || {
                payload
                    .with(|payload| forms.iter().position(|form| *form == payload.form))
                    .unwrap_or_default()
            })
        };
        let choose = move |index: usize| {
            if let Some(form) = forms.get(index) {
                payload.update(|payload| payload.form = *form);
            }
        };
        view! { <Segmented legend="Payload" name="sign-payload-form" choices=labels chosen choose /> }
    };
    view! {
        <div class="field sign-payload">
            {live(form)}
            <textarea
                class="input values"
                id="sign-payload"
                data-main-box=""
                rows="6"
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-label="Payload"
                aria-invalid=by(move || error.get().map(|_| "true"))
                aria-describedby="sign-payload-error"
                prop:value=by(move || payload.with(|payload| payload.text.clone()))
                on:input=heard(move |event| payload.update(|payload| payload.text = event_target_value(&event)))
            ></textarea>
            <div id="sign-payload-error">
                {live(move || {
                    error.get().map(|error| {
                        let place = error.at.and_then(|at| payload.with_untracked(|payload| place(&payload.text, at)));
                        view! { {error_line(error)} {place} }
                    })
                })}
            </div>
            <Helpers outcome />
        </div>
    }
}

const fn label(form: PayloadForm) -> &'static str {
    match form {
        PayloadForm::Json => "JSON",
        PayloadForm::Text => "Text",
        PayloadForm::Hex => "Hex bytes",
    }
}

/// One press for what is tedious to type.
#[component]
fn Helpers(outcome: Outcome) -> impl IntoView {
    let payload = State::get().drafted.payload;
    let is_json = Memo::new(move |_| payload.with(|payload| payload.form == PayloadForm::Json));
    let claims = Signal::derive(move || outcome.about.with(|about| about.as_ref().is_some_and(is_token)));
    let text = Signal::derive(move || payload.with(|payload| payload.text.clone()));
    let set = Callback::new(move |text| payload.update(|payload| payload.text = text));
    live(move || is_json.get().then(|| claim_fields("sign", text, set, claims)))
}
