//! The value may have been made with other settings than the defaults: those of another version of the framework, or
//! other usual ones.
//!
//! Tried are the choices that a scheme's options offer, one or two at a time, what the value says of itself, and texts
//! that many applications share because a framework's guide or an extension uses them. Only a MAC that verifies counts.

use serde_json::Value;

use crate::intake::Item;
use crate::protocol::{Ask, Fact, FactValue, Options, Verdict};
use crate::scheme::kit::base64::BASE64_PADDED;
use crate::scheme::{About, OptionKind, OptionSpec, Scheme};
use crate::work;

/// Settings that are tried of one scheme at most: each may cost a key derivation.
const MOST: usize = 48;

/// Rails' option, which stands in the value too.
const PURPOSE: &str = "purpose";

/// Which options are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    All,
    /// Those that the MAC or the key depends on: it did not match, so how the content is read does not matter yet.
    Mac,
}

/// What stands in the names of options that only say how the content is read.
const OF_READING: [&str; 3] = ["serializ", "coder", "purpose"];

/// Texts for options that have no list of choices: scheme, option, and what is usual.
const USUAL: [(&str, &str, &[&str]); 8] = [
    // The guide of Phoenix.Token has "user auth", that of channels "user socket".
    ("phoenix-token", "salt", &["user auth", "user socket"]),
    ("phoenix-token-encrypted", "salt", &["user auth", "user socket"]),
    // Flask-WTF, and Flask-Security's defaults.
    (
        "itsdangerous-url-safe",
        "salt",
        &["wtf-csrf-token", "confirm-salt", "reset-salt", "login-salt", "change-salt", "email-confirm"],
    ),
    ("itsdangerous-signer", "salt", &["cookie-session"]),
    ("mojolicious-session", "mojolicious_version", &["9.0", "8.0"]),
    ("mojolicious-signed-cookie", "mojolicious_version", &["9.0", "8.0"]),
    ("mojolicious-encrypted-session", "mojolicious_version", &["9.48"]),
    ("mojolicious-encrypted-cookie", "mojolicious_version", &["9.48"]),
];

/// Other settings than the defaults under which `item` may have been made, the likeliest first.
pub fn settings(about: &About, item: &Item, reach: Reach) -> Vec<Options> {
    let purpose = purpose(&item.value);
    let matters =
        |spec: &&OptionSpec| reach == Reach::All || !OF_READING.iter().any(|part| spec.name.contains(part));
    let opening = || about.options.iter().filter(|spec| spec.when_opening).filter(matters);
    // What the value says of itself comes first.
    let (said, usual): (Vec<_>, Vec<_>) = opening()
        .flat_map(|spec| changes(about, spec, purpose.as_deref()))
        .partition(|(name, _)| *name == PURPOSE);
    let changes = [said, usual].concat();
    let single = changes.iter().map(|change| set(&[change]));
    let pairs = changes.iter().enumerate().flat_map(|(index, change)| {
        let others = changes.iter().skip(index + 1).filter(move |(other, _)| *other != change.0);
        others.map(move |other| set(&[change, other]))
    });
    single.chain(pairs).take(MOST).collect()
}

/// An option's name and its value.
type Change<'a> = (&'a str, Value);

fn set(changes: &[&Change]) -> Options {
    let mut options = Options::new();
    for (name, value) in changes {
        options.insert((*name).to_owned(), value.clone());
    }
    options
}

/// Adds to `options`, with which `item` verifies, the choices that it was made with and that are not set: an option that
/// is not set may be read whatever it is, one that is set is not.
pub fn stated(scheme: &dyn Scheme, item: &Item, ask: &Ask, options: &mut Options) {
    let is_open = |spec: &&OptionSpec| {
        spec.when_making
            && spec.when_opening
            && !spec.default.is_empty()
            && matches!(spec.kind, OptionKind::Choice(_))
    };
    let is_valid = |options: &Options| {
        if work::is_too_much() {
            return false;
        }
        work::spend_on(item.value.len(), ask.secrets.len());
        let ask = Ask { options: options.clone(), ..ask.clone() };
        let opened = work::for_verdict(|| scheme.open(item, &ask));
        matches!(opened.verdict, Verdict::Valid { .. })
    };
    let with = |options: &Options, name: &str, choice: &str| {
        let mut options = options.clone();
        options.insert(name.to_owned(), typed(choice));
        options
    };
    let specs: Vec<&OptionSpec> = scheme.about().options.iter().filter(is_open).collect();
    let unset = specs.into_iter().filter(|spec| !options.contains_key(&*spec.name)).collect::<Vec<_>>();
    let usual = unset.iter().fold(options.clone(), |options, spec| with(&options, &spec.name, &spec.default));
    if unset.is_empty() || is_valid(&usual) {
        return;
    }
    for spec in unset {
        let OptionKind::Choice(choices) = &spec.kind else { continue };
        if is_valid(&with(options, &spec.name, &spec.default)) {
            continue;
        }
        let others = choices.iter().filter(|choice| **choice != spec.default);
        let right = others.map(|choice| with(options, &spec.name, choice)).find(is_valid);
        if let Some(right) = right {
            *options = right;
        }
    }
}

/// With what it verified, for people.
pub fn fact(options: &Options) -> Fact {
    let shown =
        |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{text}\""));
    let set: Vec<String> = options.iter().map(|(name, value)| format!("`{name}` {}", shown(value))).collect();
    let value = FactValue::Text(format!("{}; all others as usual", set.join(" and ")));
    Fact { term: "Verifies with".to_owned(), from: None, value }
}

/// The values that this option may have besides its default.
fn changes<'a>(about: &About, spec: &'a OptionSpec, purpose: Option<&str>) -> Vec<Change<'a>> {
    let name = spec.name.as_ref();
    let texts: Vec<String> = match &spec.kind {
        OptionKind::Choice(choices) => choices.iter().map(ToString::to_string).collect(),
        _ if name == PURPOSE => purpose.map(str::to_owned).into_iter().collect(),
        _ => {
            let usual = USUAL.iter().find(|(scheme, option, _)| *scheme == about.id && *option == name);
            usual.map(|(.., texts)| texts.iter().map(ToString::to_string).collect()).unwrap_or_default()
        }
    };
    let others = texts.into_iter().filter(|text| *text != spec.default);
    others.map(|text| (name, typed(&text))).collect()
}

/// `true` and `false` are no texts.
fn typed(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => Value::from(text),
    }
}

/// The purpose that stands in the envelope of Rails.
fn purpose(value: &str) -> Option<String> {
    let (data, _) = value.rsplit_once("--")?;
    let message: Value = serde_json::from_slice(&BASE64_PADDED.decode(data).ok()?).ok()?;
    message.get("_rails")?.get("pur")?.as_str().map(str::to_owned)
}
