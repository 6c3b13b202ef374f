//! What only tokens have: the algorithm, which decides what the key is, and the header.

use keyjar::payload::member;
use keyjar::preset::algorithm::{Wanted, wanted};
use keyjar::protocol::{Field, Options};
use keyjar::scheme::{About, OptionKind, OptionSpec};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::Outcome;
use crate::app::parts::error_line::error_line;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::live::{by, heard, live};
use crate::app::parts::prose::Prose;
use crate::app::state::State;

/// The scheme of signed tokens. Its header is given whole; that of encrypted ones without what the options say.
pub const SIGNED: &str = "jws";
pub const ENCRYPTED: &str = "jwe";

pub const ALG: &str = "alg";
const ENC: &str = "enc";
pub const HEADER: &str = "protected_header";

/// Whether it makes JSON Web Tokens.
pub fn is_token(about: &About) -> bool {
    about.id == SIGNED || about.id == ENCRYPTED
}

/// Whether [`TokenFields`] has a field for this option.
pub fn has_field(about: &About, spec: &OptionSpec) -> bool {
    is_token(about) && [ALG, ENC, HEADER].contains(&&*spec.name)
}

/// The algorithm that signs or encrypts, and that of the content.
pub fn algorithms(about: &About, options: &Options) -> (String, String) {
    (chosen(about, options, ALG), chosen(about, options, ENC))
}

/// What the key is; `None` where nothing is known of the algorithm.
pub fn key_wanted(outcome: Outcome) -> Option<Wanted> {
    let options = State::get().drafted.options;
    outcome.about.with(|about| {
        let about = about.as_ref().filter(|about| is_token(about))?;
        let (alg, enc) = options.with(|options| algorithms(about, options));
        wanted(&alg, &enc)
    })
}

/// The fields for the algorithm or algorithms.
#[component]
pub fn AlgorithmFields(outcome: Outcome) -> impl IntoView {
    let about = outcome.about;
    live(move || {
        about.with(|about| {
            let about = about.as_ref().filter(|about| is_token(about))?;
            let specs = about.options.iter().filter(|spec| [ALG, ENC].contains(&&*spec.name));
            let fields = specs.map(|spec| field(outcome, spec)).collect::<Vec<_>>();
            Some(view! { <div class="sign-pair">{fields}</div> })
        })
    })
}

fn field(outcome: Outcome, spec: &OptionSpec) -> AnyView {
    let options = State::get().drafted.options;
    let name = spec.name.to_string();
    let id = format!("sign-option-{name}");
    let hint = format!("{id}-hint");
    let now = {
        let name = name.clone();
        Memo::new(move |_| {
            outcome.about.with(|about| {
                about
                    .as_ref()
                    .map(|about| options.with(|options| chosen(about, options, &name)))
                    .unwrap_or_default()
            })
        })
    };
    let OptionKind::Choice(choices) = &spec.kind else { return ().into_any() };
    let choices = choices.iter().map(|choice| {
        let (choice, this) = (choice.to_string(), choice.to_string());
        view! { <option prop:selected=by(move || now.with(|now| *now == this))>{choice}</option> }
    });
    let choices = choices.collect::<Vec<_>>();
    let label = if name == ENC { "Content encryption" } else { "Algorithm" };
    let error = {
        let name = name.clone();
        move || outcome.error_at(&Field::Option(name.clone())).map(error_line)
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}" "<code class="quiet">{name.clone()}</code></label>
            <span class="select">
                <select
                    id=id
                    aria-describedby=hint.clone()
                    on:change=heard(move |event| choose(outcome, &name, event_target_value(&event)))
                >
                    {choices}
                </select>
                <Icon glyph=Glyph::Down />
            </span>
            <p class="hint" id=hint><Prose text=spec.help.to_string() /></p>
            {live(error)}
        </div>
    }
    .into_any()
}

/// What is set: in a header that was written by hand, or as an option.
fn chosen(about: &About, options: &Options, name: &str) -> String {
    let written = options.get(HEADER).and_then(|header| header.get(name));
    let usual = || about.options.iter().find(|spec| spec.name == name).map(|spec| spec.default.to_string());
    let set = written.or_else(|| options.get(name)).and_then(Value::as_str).map(str::to_owned);
    set.or_else(usual).unwrap_or_default()
}

fn choose(outcome: Outcome, name: &str, choice: String) {
    let is_usual = outcome.about.with_untracked(|about| {
        let specs = about.iter().flat_map(|about| about.options.iter());
        specs.into_iter().any(|spec| spec.name == name && spec.default == choice)
    });
    State::get().drafted.options.update(|options| match options.get_mut(HEADER) {
        Some(Value::Object(header)) if header.contains_key(name) => {
            header.insert(name.to_owned(), choice.into());
        }
        _ if is_usual => drop(options.remove(name)),
        _ => drop(options.insert(name.to_owned(), choice.into())),
    });
}

/// The header, as JSON to edit.
#[component]
pub fn HeaderField(outcome: Outcome) -> impl IntoView {
    let options = State::get().drafted.options;
    let typed = RwSignal::new(String::new());
    let is_signed = Memo::new(move |_| {
        outcome.about.with(|about| about.as_ref().is_some_and(|about| about.id == SIGNED))
    });
    let usual = Memo::new(move |_| {
        let alg = outcome.about.with(|about| {
            about
                .as_ref()
                .map(|about| options.with(|options| chosen(about, options, ALG)))
                .unwrap_or_default()
        });
        if is_signed.get() { usual_header(&alg) } else { Map::new() }
    });
    let set = Memo::new(move |_| options.with(|options| options.get(HEADER).cloned()));
    // What was typed stands as long as it means what is set.
    let text = Memo::new(move |_| {
        let set = set.get().unwrap_or_else(|| Value::Object(usual.get()));
        typed.with(|typed| if parsed(typed) == set { typed.clone() } else { laid_out(&set) })
    });
    let change = move |text: String| {
        let header = parsed(&text);
        typed.set(text);
        options.update(|options| write_header(options, header, is_signed.get_untracked()));
    };
    let label = move || if is_signed.get() { "Header" } else { "Header, besides alg and enc" };
    let rows = move || text.with(|text| text.lines().count().clamp(2, 12).to_string());
    let error = Memo::new(move |_| outcome.error_at(&Field::Option(HEADER.to_owned())));
    view! {
        <div class="field">
            <label for="sign-option-protected_header">{live(label)}</label>
            <textarea
                class="input values"
                id="sign-option-protected_header"
                rows=by(rows)
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                aria-invalid=by(move || error.get().map(|_| "true"))
                prop:value=text
                on:input=heard(move |event| change(event_target_value(&event)))
            ></textarea>
            {live(move || error.get().map(error_line))}
        </div>
    }
}

/// The header that a token has where nobody asked for more.
fn usual_header(alg: &str) -> Map<String, Value> {
    [(ALG, alg), ("typ", "JWT")].into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// JSON; what is none, as the text that it is.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn laid_out(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => member::tidy(&other.to_string()),
    }
}

/// Writes a header into the options: as the algorithm alone, where it says no more than that.
pub fn write_header(options: &mut Options, header: Value, is_signed: bool) {
    let Value::Object(mut members) = header else {
        return drop(options.insert(HEADER.to_owned(), header));
    };
    if !is_signed {
        for name in [ALG, ENC] {
            options.extend(members.shift_remove(name).map(|value| (name.to_owned(), value)));
        }
        if members.is_empty() {
            options.remove(HEADER);
        } else {
            options.insert(HEADER.to_owned(), Value::Object(members));
        }
        return;
    }
    options.remove(ALG);
    let alg = members.get(ALG).and_then(Value::as_str).unwrap_or_default();
    if members.iter().eq(usual_header(alg).iter()) {
        options.extend(members.remove(ALG).map(|alg| (ALG.to_owned(), alg)));
        options.remove(HEADER);
    } else {
        options.insert(HEADER.to_owned(), Value::Object(members));
    }
}
