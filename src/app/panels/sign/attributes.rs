//! The cookie's name and attributes, the safe ones on, and beside each what the engine remarks on it.

use keyjar::finding::{Finding, Severity};
use keyjar::moment;
use keyjar::protocol::{CookieDraft, Field, SameSite};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::Outcome;
use crate::app::parts::error_line::error_line;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::prose::Prose;
use crate::app::state::State;

/// The row of the cookie's name.
const NAME: &str = "Name";

/// Where the remarks of a rule stand: the row whose name comes first in this list and is in the rule's id.
const ROWS: [(&str, &str); 13] = [
    ("httponly", "HttpOnly"),
    ("readable-by-js", "HttpOnly"),
    ("samesite", "SameSite"),
    ("partitioned", "Partitioned"),
    ("domain", "Domain"),
    ("path", "Path"),
    ("max-age", "Max-Age"),
    ("lifetime", "Max-Age"),
    ("expiry", "Max-Age"),
    ("outlives", "Max-Age"),
    ("secure", "Secure"),
    ("prefix", NAME),
    ("name-", NAME),
];

/// The row that a finding is about; `None` if it is about none of them.
pub fn row_of(finding: &Finding) -> Option<&'static str> {
    ROWS.iter().find(|(word, _)| finding.rule.contains(word)).map(|(_, row)| *row)
}

#[component]
pub fn Attributes(outcome: Outcome) -> impl IntoView {
    view! {
        <fieldset>
            <legend>"Cookie"</legend>
            <Name outcome />
            <ul class="attributes">
                <li>
                    {switch("HttpOnly", "scripts cannot read it", |c| c.http_only, |c, on| c.http_only = on)}
                    {remarks(outcome, "HttpOnly")}
                </li>
                <li>
                    {switch("Secure", "sent over HTTPS only", |c| c.secure, |c, on| c.secure = on)}
                    {remarks(outcome, "Secure")}
                </li>
                <li>
                    <SameSiteRow />
                    {remarks(outcome, "SameSite")}
                </li>
                <li>
                    <MaxAgeRow />
                    {remarks(outcome, "Max-Age")}
                </li>
                <li>
                    {text("Path", "sent below it", |c| &c.path, |c, text| c.path = text)}
                    {remarks(outcome, "Path")}
                </li>
                <li>
                    {text("Domain", "empty: this host alone", |c| &c.domain, |c, text| c.domain = text)}
                    {remarks(outcome, "Domain")}
                </li>
                <li>
                    {switch("Partitioned", "one jar for each embedding site", |c| c.partitioned, |c, on| c.partitioned = on)}
                    {remarks(outcome, "Partitioned")}
                </li>
            </ul>
        </fieldset>
    }
}

/// The id of a row's control, and of what is said of it.
fn ids(row: &str) -> (String, String) {
    let id = format!("sign-{}", row.to_lowercase());
    let remarks = format!("{id}-remarks");
    (id, remarks)
}

/// What the engine says of a row.
fn remarks(outcome: Outcome, row: &'static str) -> impl IntoView {
    let findings = move || {
        outcome.signed.with(|signed| {
            let findings = signed.iter().flat_map(|signed| &signed.findings);
            findings.filter(|finding| row_of(finding) == Some(row)).map(remark).collect_view()
        })
    };
    view! {
        <div id=ids(row).1>
            {live(move || outcome.error_at(&Field::Attribute(row.into())).map(error_line))}
            {live(findings)}
        </div>
    }
}

fn remark(finding: &Finding) -> impl IntoView + use<> {
    let (kind, glyph) = match finding.severity {
        Severity::High | Severity::Medium => ("warning", Glyph::Warning),
        Severity::Low | Severity::Info => ("note", Glyph::Note),
    };
    view! {
        <p class="remark" data-severity=kind>
            <Icon glyph />
            <span><Prose text=format!("{} {}", finding.message, finding.fix) /></span>
        </p>
    }
}

fn switch(
    row: &'static str,
    hint: &'static str,
    read: fn(&CookieDraft) -> bool,
    write: fn(&mut CookieDraft, bool),
) -> impl IntoView {
    let cookie = State::get().drafted.cookie;
    let (id, remarks) = ids(row);
    view! {
        <label class="check">
            <span>
                <span class="name">{row}</span>
                " "
                <span class="hint">{hint}</span>
            </span>
            <input
                type="checkbox"
                role="switch"
                id=id
                aria-describedby=remarks
                prop:checked=by(move || cookie.with(read))
                on:change=heard(move |event| cookie.update(|cookie| write(cookie, event_target_checked(&event))))
            />
        </label>
    }
}

fn text(
    row: &'static str,
    hint: &'static str,
    read: fn(&CookieDraft) -> &String,
    write: fn(&mut CookieDraft, String),
) -> impl IntoView {
    let cookie = State::get().drafted.cookie;
    let (id, remarks) = ids(row);
    view! {
        <div class="row">
            <label for=id.clone()>
                <span class="name">{row}</span>
                " "
                <span class="hint">{hint}</span>
            </label>
            <input
                class="input values"
                id=id
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-describedby=remarks
                prop:value=by(move || cookie.with(|cookie| read(cookie).clone()))
                on:input=heard(move |event| cookie.update(|cookie| write(cookie, event_target_value(&event))))
            />
        </div>
    }
}

#[component]
fn Name(outcome: Outcome) -> impl IntoView {
    let cookie = State::get().drafted.cookie;
    let error = move || outcome.error_at(&Field::CookieName);
    let hint = move || {
        cookie.with(|cookie| {
            if cookie.name.starts_with("__Host-") {
                view! { <code>"__Host-"</code> " lets no subdomain and no plain HTTP page set it." }.into_any()
            } else if cookie.name.starts_with("__Secure-") {
                view! { <code>"__Secure-"</code> " lets no plain HTTP page set it." }.into_any()
            } else {
                view! { "A name that begins with " <code>"__Host-"</code> " lets no subdomain and no plain HTTP page set it." }
                    .into_any()
            }
        })
    };
    view! {
        <div class="field">
            <input
                class="input values"
                id="sign-name"
                aria-label="Cookie name"
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-invalid=by(move || error().map(|_| "true"))
                aria-describedby="sign-name-hint"
                prop:value=by(move || cookie.with(|cookie| cookie.name.clone()))
                on:input=heard(move |event| cookie.update(|cookie| cookie.name = event_target_value(&event)))
            />
            <p class="hint" id="sign-name-hint">{live(hint)}</p>
            {live(move || error().map(error_line))}
            {remarks(outcome, NAME)}
        </div>
    }
}

/// The choices of `SameSite`, and what each is called here.
const SAME_SITE: [(Option<SameSite>, &str); 4] = [
    (Some(SameSite::Lax), "Lax"),
    (Some(SameSite::Strict), "Strict"),
    (Some(SameSite::None), "None"),
    (None, "not written"),
];

#[component]
fn SameSiteRow() -> impl IntoView {
    let cookie = State::get().drafted.cookie;
    let choices = SAME_SITE
        .iter()
        .map(|(value, label)| {
            let chosen = move || cookie.with(|cookie| cookie.same_site == *value);
            view! { <option prop:selected=chosen>{*label}</option> }
        })
        .collect_view();
    let choose = move |chosen: String| {
        if let Some((value, _)) = SAME_SITE.iter().find(|(_, label)| *label == chosen) {
            cookie.update(|cookie| cookie.same_site = *value);
        }
    };
    view! {
        <div class="row">
            <label for="sign-samesite">
                <span class="name">"SameSite"</span>
                " "
                <span class="hint">"with requests from other sites"</span>
            </label>
            <span class="select">
                <select id="sign-samesite" aria-describedby="sign-samesite-remarks" on:change=heard(move |event| choose(event_target_value(&event)))>
                    {choices}
                </select>
                <Icon glyph=Glyph::Down />
            </span>
        </div>
    }
}

#[component]
fn MaxAgeRow() -> impl IntoView {
    let cookie = State::get().drafted.cookie;
    let seconds = Memo::new(move |_| cookie.with(|cookie| cookie.max_age));
    let typed = RwSignal::new(String::new());
    // What was typed stands as long as it means what is set: a half-typed number does not vanish.
    let text = move || {
        let seconds = seconds.get();
        typed.with(|typed| {
            if typed.trim().parse().ok() == seconds {
                typed.clone()
            } else {
                seconds.map(|seconds| seconds.to_string()).unwrap_or_default()
            }
        })
    };
    let is_odd = Memo::new(move |_| seconds.get().is_none() && !text().trim().is_empty());
    let meaning = move || match seconds.get() {
        _ if is_odd.get() => String::new(),
        None => "empty: until the browser is closed".to_owned(),
        Some(seconds) if seconds <= 0 => "deletes the cookie".to_owned(),
        Some(seconds) => moment::length(seconds.unsigned_abs()),
    };
    view! {
        <div class="row">
            <label for="sign-max-age">
                <span class="name">"Max-Age"</span>
                " "
                <span class="hint">{live(meaning)}</span>
            </label>
            <input
                class="input values"
                id="sign-max-age"
                inputmode="numeric"
                spellcheck="false"
                autocomplete="off"
                placeholder="seconds"
                aria-describedby="sign-max-age-remarks"
                aria-invalid=by(move || is_odd.get().then_some("true"))
                prop:value=text
                on:input=heard(move |event| {
                    let text = event_target_value(&event);
                    cookie.update(|cookie| cookie.max_age = text.trim().parse().ok());
                    typed.set(text);
                })
            />
        </div>
        {live(move || {
            is_odd.get().then(|| {
                view! {
                    <p class="error" role="alert">
                        <Icon glyph=Glyph::Cross />
                        <span>"Max-Age is a whole number of seconds, such as 3600. It is left out of the line."</span>
                    </p>
                }
            })
        })}
    }
}
