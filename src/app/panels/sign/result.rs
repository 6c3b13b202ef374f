//! What came out: the value, the line, the command, a program that checks it, and how it was made.

use keyjar::limits::MAX_COOKIE;
use keyjar::moment::grouped;
use keyjar::preset::algorithm::Wanted;
use keyjar::protocol::{Field, Role, Segment, SignError, Signed, Step};
use keyjar::span::Span;
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use super::attributes::row_of;
use super::programs::Programs;
use super::token::key_wanted;
use super::{Outcome, has_secret, takes_secret};
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::finding_list::FindingList;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::prose::Prose;
use crate::app::parts::run_button::run_button;
use crate::app::parts::step_list::step_list;
use crate::app::parts::token_view::{Legend, token};
use crate::app::parts::words::count;
use crate::app::platform::element;
use crate::app::state::{Panel, State};

#[component]
pub fn SignResult(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    let is_made = Memo::new(move |_| outcome.trouble.get().is_none() && outcome.signed.get().is_some());
    let said = move || {
        outcome.signed.with(|signed| signed.as_ref().map(|s| format!("Signed, {}", characters(&s.value))))
    };
    view! {
        <section class="sign-result" aria-label="The result">
            <p class="visually-hidden" role="status">{live(said)}</p>
            {live(move || {
                if is_made.get() {
                    view! { <Made outcome /> }.into_any()
                } else if !has_secret(state.drafted) {
                    view! { <NoSecret outcome /> }.into_any()
                } else {
                    view! { <NotMade outcome /> }.into_any()
                }
            })}
        </section>
    }
}

/// Without a secret there is no signature: where to get one.
#[component]
fn NoSecret(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    let wanted = Memo::new(move |_| key_wanted(outcome));
    let make = move || {
        let keys = state.generated.secrets();
        if !takes_secret(wanted.get()) {
            return ().into_any();
        }
        if keys.is_empty() {
            return view! { <a class="button is-primary" href="#generate">"Generate a key"</a> }.into_any();
        }
        view! {
            <button
                class="button is-primary"
                type="button"
                on:click=heard(move |_| state.drafted.secrets.set(keys.clone()))
            >
                <Icon glyph=Glyph::Key />
                "Use the key from Generate"
            </button>
        }
        .into_any()
    };
    let (heading, text) = (
        move || if takes_secret(wanted.get()) { "There is no secret yet" } else { "There is no key yet" },
        move || match wanted.get() {
            Some(Wanted::Private(_)) => {
                "A signature is made from the payload and a private key; who checks it needs only the \
                                         public one. Enter the key that your server has, or make a pair for this algorithm."
            }
            Some(Wanted::Public(_)) => {
                "The token is encrypted for whoever has the private key. Enter the public key of that \
                                        server, or make a pair for this algorithm."
            }
            _ => {
                "A signature is made from the payload and a secret. Enter the one that your server has, or take the fresh \
                  random key that Generate holds."
            }
        },
    );
    view! {
        <div class="sheet">
            <div class="sheet-body sign-empty">
                <h2>{live(heading)}</h2>
                <p>{live(text)}</p>
                <div class="buttons">
                    {live(make)}
                    <button class="button" type="button" on:click=|_| element::focus("sign-secret")>
                        "Enter one"
                    </button>
                </div>
            </div>
        </div>
    }
}

/// Nothing could be made: why, and the way to the field.
#[component]
fn NotMade(outcome: Outcome) -> impl IntoView {
    let is_slow = move || {
        let waits =
            outcome.error.with(|error| error.as_ref().is_some_and(|error| error.field == Field::Patience));
        waits && outcome.trouble.with(Option::is_none)
    };
    let heading = move || if is_slow() { "Not made yet" } else { "Nothing is signed" };
    let why = move || match (outcome.trouble.get(), outcome.error.get()) {
        (Some(trouble), _) => view! { <p>{trouble}</p> }.into_any(),
        (None, Some(error)) if error.field == Field::Patience => view! {
            <p><Prose text=format!("{} {}", error.message, error.hint) /></p>
            {run_button("Make it now", outcome.is_running, outcome.make_now)}
        }
        .into_any(),
        (None, Some(error)) => {
            let id = field_id(&error);
            view! {
                <p><Prose text=error.message.clone() /></p>
                <div class="buttons">
                    <button class="button" type="button" on:click=heard(move |_| element::focus(&id))>
                        "Go to the field"
                    </button>
                </div>
            }
            .into_any()
        }
        (None, None) => view! { <p class="quiet">"The engine is still loading."</p> }.into_any(),
    };
    view! {
        <div class="sheet">
            <div class="sheet-body sign-empty">
                <h2>{live(heading)}</h2>
                {live(why)}
            </div>
        </div>
    }
}

/// The id of the control that an error is about.
fn field_id(error: &SignError) -> String {
    match &error.field {
        Field::Scheme | Field::Patience => "sign-scheme".to_owned(),
        Field::Payload => "sign-payload".to_owned(),
        Field::Secret => "sign-secret".to_owned(),
        Field::Option(name) => format!("sign-option-{name}"),
        Field::CookieName => "sign-name".to_owned(),
        Field::Attribute(name) => format!("sign-{}", name.to_lowercase()),
    }
}

#[component]
fn Made(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    // The frame keeps showing this for a moment after the last answer is gone, so nothing here may insist on one.
    let read = move |part: fn(&Signed) -> String| {
        Signal::derive(move || outcome.signed.with(|signed| signed.as_ref().map(part).unwrap_or_default()))
    };
    let value = read(|signed| signed.value.clone());
    let line = read(|signed| signed.set_cookie.clone());
    let curl = read(|signed| signed.curl.clone());
    let steps = Memo::new(move |_| {
        outcome.signed.with(|signed| signed.as_ref().map(|s| s.steps.clone()).unwrap_or_default())
    });
    let segments = Memo::new(move |_| steps.with(|steps| segments(&value.read(), steps)));
    let size = Signal::derive(move || {
        let name = state.drafted.cookie.with(|cookie| cookie.name.len());
        let size = |signed: &Signed| match signed.cookie_value.len() {
            size if signed.set_cookie.contains(&signed.cookie_value) => {
                format!("{} of {} bytes", grouped((name + size) as u64), grouped(MAX_COOKIE as u64))
            }
            size => format!(
                "{} bytes in {}",
                grouped(size as u64),
                count(signed.set_cookie.lines().count(), "cookie")
            ),
        };
        outcome.signed.with(|signed| signed.as_ref().map(size)).unwrap_or_default()
    });
    let others = move || {
        let findings = outcome.signed.with(|signed| {
            let findings = signed.iter().flat_map(|signed| signed.findings.clone());
            findings.filter(|finding| row_of(finding).is_none()).collect::<Vec<_>>()
        });
        (!findings.is_empty()).then(|| {
            view! {
                <section>
                    <h2>"Remarks"</h2>
                    <FindingList id="sign-finding" findings />
                </section>
            }
        })
    };
    // A part of the value comes from one field: the way back to it.
    let go = move |index: usize| {
        let name = segments.with(|segments| segments.get(index).map(|segment| field_of(segment)));
        if let Some(id) = name {
            element::focus(id);
        }
    };
    view! {
        <Sheet title="Value" quiet=Signal::derive(move || characters(&value.read())) copy="Copy value" text=value id="sign-value">
            <div class="sheet-body">
                <p class="token values" id="sign-value">{live(move || token(&value.read(), &segments.read(), None))}</p>
            </div>
            {live(move || segments.with(|all| !all.is_empty()).then(|| view! { <Legend segments text=value go /> }))}
            <div class="sheet-foot">
                <span class="hint">"Takes it apart again, with this secret."</span>
                <button class="button" type="button" on:click=heard(move |_| inspect(state, outcome))>
                    "Inspect this"
                    <Icon glyph=Glyph::Arrow />
                </button>
            </div>
        </Sheet>
        <Sheet title="Set-Cookie" quiet=size copy="Copy line" text=line id="sign-line">
            <pre class="sheet-body code token" id="sign-line">{live(move || token(&line.read(), &moved(&line.read(), &value.read(), &segments.read()), None))}</pre>
        </Sheet>
        {live(others)}
        <Sheet title="curl" quiet="for a POSIX shell" copy="Copy command" text=curl id="sign-curl">
            <pre class="sheet-body code" id="sign-curl">{curl}</pre>
        </Sheet>
        <Programs outcome />
        <details class="fold">
            <summary>
                <Icon glyph=Glyph::Right />
                <h2>"How it is built"</h2>
                <span class="quiet">"with this value’s own bytes"</span>
            </summary>
            {live(move || step_list("sign-step", &steps.read()))}
        </details>
    }
}

/// A framed text to take away.
#[component]
fn Sheet(
    title: &'static str,
    #[prop(into)] quiet: Signal<String>,
    copy: &'static str,
    text: Signal<String>,
    /// The id of the element that shows the text.
    id: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="sheet">
            <div class="sheet-head">
                <div class="sheet-title">
                    <h2>{title}</h2>
                    " "
                    <span class="quiet">{quiet}</span>
                </div>
                <span class="sheet-actions">
                    <CopyButton label=copy text shown_in=id class="is-quiet" />
                </span>
            </div>
            {children()}
        </div>
    }
}

fn characters(value: &str) -> String {
    count(value.chars().count(), "character")
}

/// The pieces of `value` that the steps say they made, in its order. A step's output may begin with earlier pieces, as
/// the signing input of a JWT does with the header; then what follows them is the new one.
fn segments(value: &str, steps: &[Step]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for step in steps {
        let Some(role) = step.role.filter(|_| !step.output.is_hex && !step.output.cut) else { continue };
        let done = segments.last().map_or(0, |segment| segment.span.end);
        let piece = step.output.shown.as_str();
        let after = value.get(done..).and_then(|rest| rest.find(piece)).map(|at| done + at);
        let Some(start) = after.or_else(|| value.find(piece)) else { continue };
        let end = start + piece.len();
        // One byte for the dot between them.
        let start = if start < done { done + 1 } else { start };
        if start < end {
            segments.push(Segment {
                name: name(role).into(),
                role,
                span: Span::new(start, end),
                decoded: None,
            });
        }
    }
    segments
}

const fn name(role: Role) -> &'static str {
    match role {
        Role::Prefix => "Prefix",
        Role::Header => "Header",
        Role::Payload => "Payload",
        Role::Meta => "Metadata",
        Role::Signature => "Signature",
    }
}

/// The same pieces in the line that holds the value; none where the header writes it in another way.
fn moved(line: &str, value: &str, segments: &[Segment]) -> Vec<Segment> {
    let Some(at) = line.find(value) else { return Vec::new() };
    segments.iter().map(|segment| Segment { span: segment.span.moved(at), ..segment.clone() }).collect()
}

/// The id of the field that a piece comes from.
const fn field_of(segment: &Segment) -> &'static str {
    match segment.role {
        Role::Header | Role::Prefix | Role::Meta => "sign-scheme",
        Role::Payload => "sign-payload",
        Role::Signature => "sign-secret",
    }
}

/// Hands the line and the secret to Inspect, and goes there.
fn inspect(state: State, outcome: Outcome) {
    let Some(signed) = outcome.signed.get_untracked() else { return };
    let Some(about) = outcome.about.get_untracked() else { return };
    let opening = |name: &str| about.options.iter().any(|spec| spec.when_opening && spec.name == name);
    let given = state.given;
    given.text.set(signed.set_cookie);
    given.secrets.set(state.drafted.secrets.get_untracked());
    given.item.set(None);
    given
        .options
        .set(state.drafted.options.get_untracked().into_iter().filter(|(name, _)| opening(name)).collect());
    given.scheme.set(Some(about.id.into_owned()));
    state.go(Panel::Inspect);
}
