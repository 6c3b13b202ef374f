//! The Sign panel: a form on the left, what the engine makes of it on the right, live.

mod attributes;
mod payload;
mod programs;
mod result;
mod token;

use keyjar::preset::Preset;
use keyjar::preset::algorithm::{Wanted, wanted};
use keyjar::protocol::{Draft, Field, Request, Response, SignError, Signed};
use keyjar::scheme::{About, OptionKind, OptionSpec};
use keyjar::secret::SecretEncoding;
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use crate::app::parts::error_line::error_line;
use crate::app::parts::fresh_key::FreshKey;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::option_form::option_form;
use crate::app::parts::scheme_select::SchemeSelect;
use crate::app::parts::secret_field::SecretField;
use crate::app::parts::secret_note::{is_key, secret_note};
use crate::app::platform::engine::{self, Desk, forget_patience, patient};
use crate::app::state::{Drafted, State};

use attributes::Attributes;
use payload::PayloadField;
use result::SignResult;
use token::{AlgorithmFields, HeaderField, has_field, key_wanted};
pub use token::{HEADER, SIGNED, is_token, write_header};

/// What came of the draft as it stands, as the panel's pieces see it.
#[derive(Clone, Copy)]
struct Outcome {
    /// The scheme that signs; absent until the engine has said which there are.
    about: Memo<Option<About>>,
    signed: Memo<Option<Signed>>,
    error: Memo<Option<SignError>>,
    /// Why the engine gave no answer.
    trouble: Memo<Option<String>>,
    /// Whether what is slow by design is being made.
    is_running: Memo<bool>,
    /// Makes what is slow by design, or stops it.
    make_now: Callback<()>,
    /// Makes a key that fits the algorithm of a token.
    fresh: FreshKey,
}

impl Outcome {
    /// The error, if it is about `field`.
    fn error_at(self, field: &Field) -> Option<SignError> {
        self.error.get().filter(|error| error.field == *field)
    }
}

#[component]
pub fn SignPanel() -> impl IntoView {
    let state = State::get();
    let drafted = state.drafted;
    let outcome = follow(state);
    begin(state);
    let wrong_option = Memo::new(move |_| {
        let about = outcome.about.get();
        let specs = about.iter().flat_map(made_with).collect::<Vec<_>>();
        let is_here = |name: &String| specs.iter().any(|spec| spec.name == *name);
        outcome.error.get().filter(|error| matches!(&error.field, Field::Option(name) if is_here(name)))
    });
    // Opens the place of a mistake, and does not close it on who mends it.
    let has_been_wrong = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || wrong_option.get().is_some()
    });
    let is_token = Memo::new(move |_| outcome.about.with(|about| about.as_ref().is_some_and(is_token)));
    let options = move || {
        let specs = outcome.about.with(|about| about.as_ref().map(made_with).unwrap_or_default());
        // A choice says by itself what it may be; what has to be written is for those who look for it.
        // Of a token, those that matter have fields of their own.
        let (choices, others): (Vec<_>, Vec<_>) =
            specs.into_iter().partition(|spec| matches!(spec.kind, OptionKind::Choice(_)) && !is_token.get());
        let form =
            |specs: Vec<_>| (!specs.is_empty()).then(|| option_form("sign-option", specs, drafted.options));
        let others = form(others).map(|others| {
            view! {
                <details class="fold" prop:open=has_been_wrong>
                    <summary>
                        <Icon glyph=Glyph::Right />
                        "More options"
                    </summary>
                    {others}
                </details>
            }
        });
        view! {
            {form(choices)}
            {others}
            {live(move || wrong_option.get().map(error_line))}
        }
    };
    let wanted = Memo::new(move |_| key_wanted(outcome));
    let alg = Signal::derive(move || {
        outcome.about.with(|about| {
            let alg = |about: &About| drafted.options.with(|options| token::algorithms(about, options).0);
            about.as_ref().map(alg).unwrap_or_default()
        })
    });
    let label = Signal::derive(move || wanted.get().map_or("Secret", Wanted::label).to_owned());
    let usual = Signal::derive(move || {
        let reading = |about: &About| drafted.options.with(|options| about.reading(options));
        outcome.about.with(|about| about.as_ref().map_or(SecretEncoding::Utf8, reading))
    });
    view! {
        <h1 class="visually-hidden">"Sign a cookie or token"</h1>
        <div class="sign lights">
            <form class="sign-form" aria-label="What to sign" on:submit=|event| event.prevent_default()>
                <SchemeField about=outcome.about />
                <AlgorithmFields outcome />
                <div class="sign-options">{live(options)}</div>
                {live(move || is_token.get().then(|| view! { <HeaderField outcome /> }))}
                <PayloadField outcome />
                <div class="sign-secret">
                    <SecretField
                        id="sign-secret"
                        label
                        secrets=drafted.secrets
                        usual
                        note=move || view! { {live(move || secret_line(state, usual.get(), is_token.get(), wanted.get()))} }
                    />
                    {live(move || outcome.error_at(&Field::Secret).filter(|_| has_secret(drafted)).map(error_line))}
                    {outcome.fresh.offer("is-tag is-quiet", wanted.into(), alg)}
                    {outcome.fresh.card("sign-made-key")}
                </div>
                <Attributes outcome />
            </form>
            <SignResult outcome />
        </div>
    }
}

/// Asks the engine for what the draft makes.
fn follow(state: State) -> Outcome {
    let drafted = state.drafted;
    let about = Memo::new(move |_| {
        let id = drafted.scheme.get();
        state.catalogue.with(|all| all.iter().find(|about| about.id == id).cloned())
    });
    let asked = Memo::new(move |_| {
        let request = Request::Sign(Draft {
            scheme: about.get()?.id.into_owned(),
            payload: drafted.payload.get(),
            secrets: drafted.secrets.get(),
            options: drafted.options.get(),
            cookie: drafted.cookie.get(),
            // The moment of the last change: a value must not become another under one's hands.
            now: Some(state.now.get_untracked()),
            patient: false,
        });
        Some(drafted.patient.with(|waited_for| engine::asked(request, waited_for.as_ref())))
    });
    forget_patience(asked, drafted.patient);
    let answer = state.engine.follow(Desk::Sign, asked.into());
    let is_running = Memo::new(move |_| {
        let waits = answer.with(|answer| !answer.current && answer.trouble.is_none());
        waits && drafted.patient.with(Option::is_some)
    });
    let make_now = Callback::new(move |()| {
        if is_running.get_untracked() {
            drafted.patient.set(None);
            state.engine.stop(Desk::Sign);
        } else {
            drafted.patient.set(asked.get_untracked().map(patient));
        }
    });
    let made = Memo::new(move |_| match answer.get().response {
        Some(Response::Signed(made)) => Some(made),
        _ => None,
    });
    Outcome {
        about,
        signed: Memo::new(move |_| made.get().and_then(Result::ok).map(|signed| *signed)),
        error: Memo::new(move |_| made.get().and_then(Result::err)),
        trouble: Memo::new(move |_| answer.get().trouble),
        is_running,
        make_now,
        fresh: FreshKey::new(Desk::SignKey, drafted.secrets),
    }
}

/// Begins with the first scheme once the engine has named them, unless another panel has chosen one by then.
fn begin(state: State) {
    Effect::new(move |_| {
        state.catalogue.with(|all| {
            if let Some(first) = all.first()
                && state.drafted.scheme.with_untracked(String::is_empty)
            {
                choose(state.drafted, all, first);
            }
        });
    });
}

/// Turns the draft to `scheme`. A payload that was typed stays; an untouched example gives way to the scheme's own.
fn choose(drafted: Drafted, all: &[About], scheme: &About) {
    let usual = scheme.payload_forms.first().copied();
    drafted.payload.update(|payload| {
        let untouched = payload.text.is_empty() || all.iter().any(|about| about.example == payload.text);
        if untouched {
            payload.text = scheme.example.to_string();
        }
        if let Some(usual) = usual.filter(|_| untouched || !scheme.payload_forms.contains(&payload.form)) {
            payload.form = usual;
        }
    });
    drafted.options.update(|options| options.clear());
    drafted.scheme.set(scheme.id.to_string());
}

/// Turns the draft to the scheme of a framework that keys were made for.
pub fn choose_preset(state: State, preset: &Preset) {
    let drafted = state.drafted;
    state.catalogue.with_untracked(|all| {
        if let Some(scheme) = all.iter().find(|about| preset.scheme == Some(&*about.id)) {
            choose(drafted, all, scheme);
        }
    });
    drafted.options.update(|options| {
        options.extend(preset.options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    });
}

/// Turns the draft to a token with that algorithm.
pub fn choose_algorithm(state: State, alg: &str) {
    let drafted = state.drafted;
    let scheme = match wanted(alg, "") {
        Some(Wanted::Private(_) | Wanted::Secret(_)) => token::SIGNED,
        _ => token::ENCRYPTED,
    };
    state.catalogue.with_untracked(|all| {
        if let Some(scheme) = all.iter().find(|about| about.id == scheme) {
            choose(drafted, all, scheme);
            drafted.options.update(|options| drop(options.insert(token::ALG.to_owned(), alg.into())));
        }
    });
}

#[component]
fn SchemeField(about: Memo<Option<About>>) -> impl IntoView {
    let state = State::get();
    let change = Callback::new(move |id: String| {
        state.catalogue.with_untracked(|all| {
            if let Some(scheme) = all.iter().find(|about| about.id == id) {
                choose(state.drafted, all, scheme);
            }
        });
    });
    view! {
        <div class="field">
            <label for="sign-scheme">"Scheme"</label>
            <SchemeSelect
                id="sign-scheme"
                described_by="sign-scheme-hint"
                offered=|about| !about.payload_forms.is_empty()
                chosen=state.drafted.scheme
                choose=change
            />
            <p class="hint" id="sign-scheme-hint">
                {live(move || about.get().map(|about| view! { <code>{about.built.to_string()}</code> }))}
            </p>
        </div>
    }
}

/// The options that matter when a value is made.
fn made_with(about: &About) -> Vec<OptionSpec> {
    let specs = about.options.iter().filter(|spec| spec.when_making && !has_field(about, spec));
    specs.cloned().collect()
}

fn has_secret(drafted: Drafted) -> bool {
    drafted.secrets.with(|secrets| secrets.first().is_some_and(|secret| !secret.text.is_empty()))
}

/// What stands under the secret.
fn secret_line(state: State, usual: SecretEncoding, is_token: bool, wanted: Option<Wanted>) -> impl IntoView {
    let secret = state.drafted.secrets.with(|secrets| secrets.first().cloned()).unwrap_or_default();
    let made = state.generated.secrets();
    let same = made.first().is_some_and(|made| made.text == secret.text);
    let offer = (!same && !made.is_empty() && takes_secret(wanted)).then(|| {
        view! {
            <button class="link" type="button" on:click=heard(move |_| state.drafted.secrets.set(made.clone()))>
                "Use the key from Generate"
            </button>
        }
    });
    // A key of a token is judged by the engine, with the algorithm.
    let is_judged = is_token && is_key(&secret, usual);
    // What a text looks like is no question for a key whose origin is known.
    let notes = if is_judged { Vec::new() } else { secret_note(&secret, usual) };
    let notes = notes.into_iter().take(if same { 1 } else { usize::MAX });
    let notes = notes.map(|note| view! { <span>{note}</span> }).collect_view();
    view! {
        {same.then(|| view! { <span>"The key from Generate."</span> })}
        {notes}
        {offer}
    }
}

/// Whether a secret will do: it is no token, or its algorithm wants no key of a pair.
pub const fn takes_secret(wanted: Option<Wanted>) -> bool {
    !matches!(wanted, Some(Wanted::Private(_) | Wanted::Public(_)))
}
