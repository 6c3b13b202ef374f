//! The payload: its form, its text, and for a JWT the claims that one would otherwise work out by hand.

use keyjar::keygen::{Key, Recipe, Written};
use keyjar::payload::member;
use keyjar::protocol::{Field, PayloadForm};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::{Outcome, error_line};
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::segmented::Segmented;
use crate::app::state::State;

const HOUR: i64 = 3600;

/// Bytes of a token's ID: as many random bits as a random UUID and six more.
const ID_BYTES: usize = 16;

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

/// The end of the line up to the fault, and the character at the fault marked.
fn place(text: &str, at: usize) -> Option<impl IntoView + use<>> {
    const SHOWN: usize = 24;
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(line_start..at)?;
    let skipped = line.chars().count().saturating_sub(SHOWN);
    let before: String = line.chars().skip(skipped).collect();
    let mut rest = text.get(at..)?.lines().next().unwrap_or_default().chars();
    let fault = rest.next().map_or_else(|| "end".to_owned(), String::from);
    let after: String = rest.take(SHOWN).collect();
    Some(view! { <code class="place">{before}<mark>{fault}</mark>{after}</code> })
}

/// One press for what is tedious to type.
#[component]
fn Helpers(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    let payload = state.drafted.payload;
    let is_json = move || payload.with(|payload| payload.form == PayloadForm::Json);
    let is_jwt = move || outcome.about.with(|about| about.as_ref().is_some_and(|about| about.id == "jws"));
    let set = move |claims: Vec<(&'static str, String)>| {
        payload.update(|payload| {
            for (name, value) in claims {
                if let Some(text) = member::set(&payload.text, name, &value) {
                    payload.text = text;
                }
            }
        });
    };
    let expire = move |_| {
        let now = state.now.get_untracked();
        set(vec![("iat", now.to_string()), ("exp", (now + HOUR).to_string())]);
    };
    let identify = move |_| match Key::generate(Recipe::new(ID_BYTES, Written::Base64url)) {
        Ok(id) => set(vec![("jti", format!("\"{}\"", id.text()))]),
        Err(error) => state.say(error.to_string()),
    };
    let tidy = move |_| payload.update(|payload| payload.text = member::tidy(&payload.text));
    let claims = move || {
        is_jwt().then(|| {
            view! {
                <button class="button is-quiet is-tag" type="button" on:click=expire>
                    <Icon glyph=Glyph::Plus />
                    "Expires in 1 hour"
                </button>
                <button class="button is-quiet is-tag" type="button" on:click=identify>
                    <Icon glyph=Glyph::Plus />
                    "Random ID"
                </button>
            }
        })
    };
    move || {
        is_json().then(|| {
            view! {
                <div class="buttons">
                    {live(claims)}
                    <button class="button is-quiet is-tag" type="button" on:click=tidy>
                        "Tidy"
                    </button>
                </div>
            }
        })
    }
}
