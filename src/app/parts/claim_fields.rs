//! What is tedious to type into a token's claims: times, an id, who made it for whom. What else stands in the text stays.

use keyjar::keygen::{Key, Recipe, Written};
use keyjar::payload::member;
use leptos::prelude::*;
use serde_json::Value;

use super::icon::{Glyph, Icon};
use super::live::{by, heard, live};
use crate::app::state::State;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long a token is made for, as it is said.
const LIVES: [(&str, &str, i64); 3] = [
    ("15 minutes", "Expires in 15 minutes", 15 * MINUTE),
    ("1 hour", "Expires in 1 hour", HOUR),
    ("30 days", "Expires in 30 days", 30 * DAY),
];

/// Claims that are names: each with what it says.
const NAMES: [(&str, &str); 3] =
    [("sub", "whom it is about"), ("iss", "who makes it"), ("aud", "whom it is for")];

/// Bytes of a token's ID: as many random bits as a random UUID and six more.
const ID_BYTES: usize = 16;

/// The fields for the JSON object `text`, which `set` is given anew. `id` begins their ids; different from every other in
/// the page. Without `claims` there is only what suits any JSON.
pub fn claim_fields(
    id: &'static str,
    text: Signal<String>,
    set: Callback<String>,
    claims: Signal<bool>,
) -> AnyView {
    let state = State::get();
    let put = move |members: Vec<(&'static str, String)>| {
        let first = text.get_untracked();
        let done = members
            .iter()
            .fold(first.clone(), |text, (name, value)| member::set(&text, name, value).unwrap_or(text));
        if done != first {
            set.run(done);
        }
    };
    let identify = move |_| match Key::generate(Recipe::new(ID_BYTES, Written::Base64url)) {
        Ok(id) => put(vec![("jti", format!("\"{}\"", id.text()))]),
        Err(error) => state.say(error.to_string()),
    };
    let life = move |(words, says, seconds): (&'static str, &'static str, i64)| {
        let expire = move |_| {
            let now = state.now.get_untracked();
            put(vec![("iat", now.to_string()), ("exp", (now + seconds).to_string())]);
        };
        tag(words, Some(says), false, expire)
    };
    let names = move || {
        claims.get().then(|| {
            let fields = NAMES.map(|(name, what)| name_field(id, name, what, text, set)).collect_view();
            view! { <div class="claim-names">{fields}</div> }
        })
    };
    let times = move || {
        claims.get().then(|| {
            let issue = move |_| put(vec![("iat", state.now.get_untracked().to_string())]);
            view! {
                {tag("Issued now", None, true, issue)}
                {tag("Random ID", None, true, identify)}
                <span class="claim-lives">
                    <span class="quiet small">"Expires in"</span>
                    {LIVES.map(life).collect_view()}
                </span>
            }
        })
    };
    view! {
        <div class="claim-fields">
            {live(names)}
            <div class="buttons">
                {live(times)}
                {tag("Tidy", None, false, move |_| set.run(member::tidy(&text.get_untracked())))}
            </div>
        </div>
    }
    .into_any()
}

fn tag(
    words: &'static str,
    says: Option<&'static str>,
    is_added: bool,
    press: impl FnMut(leptos::ev::MouseEvent) + 'static,
) -> AnyView {
    view! {
        <button class="button is-quiet is-tag" type="button" aria-label=says on:click=heard(press)>
            {is_added.then(|| view! { <Icon glyph=Glyph::Plus /> })}
            {words}
        </button>
    }
    .into_any()
}

/// A claim that is a text, as a field: an empty one takes it out.
fn name_field(
    id: &'static str,
    name: &'static str,
    what: &'static str,
    text: Signal<String>,
    set: Callback<String>,
) -> AnyView {
    let own = format!("{id}-claim-{name}");
    let value = Memo::new(move |_| text.with(|text| written(text, name)));
    // What is no JSON object has no members to set.
    let is_object = Memo::new(move |_| text.with(|text| member::set(text, name, "1").is_some()));
    let change = move |typed: String| {
        let changed = text.with_untracked(|text| match typed.trim() {
            "" => member::without(text, name).map(|text| member::tidy(&text)),
            typed => member::set(text, name, &json(typed)),
        });
        if let Some(changed) = changed {
            set.run(changed);
        }
    };
    view! {
        <div class="field">
            <label for=own.clone()><code>{name}</code>" "<span class="quiet">{what}</span></label>
            <input
                class="input values"
                id=own
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                disabled=by(move || !is_object.get())
                prop:value=value
                on:input=heard(move |event| change(event_target_value(&event)))
            />
        </div>
    }
    .into_any()
}

/// The member as one types it: a text without its quotation marks, anything else as JSON.
fn written(text: &str, name: &str) -> String {
    let claims: Option<serde_json::Map<String, Value>> = serde_json::from_str(text).ok();
    match claims.and_then(|claims| claims.get(name).cloned()) {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// A list is one; anything else is a text.
fn json(typed: &str) -> String {
    let is_list = typed.starts_with('[') && serde_json::from_str::<Value>(typed).is_ok();
    if is_list { typed.to_owned() } else { Value::from(typed).to_string() }
}
