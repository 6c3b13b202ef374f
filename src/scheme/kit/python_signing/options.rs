//! Options as the frameworks name them: read from what a person set, and described for the page's form.

use std::borrow::Cow;

use crate::protocol::{Field, OptionKind, OptionSpec, Options, SignError, Words};
use crate::scheme::kit::digest::Digest;

/// An option as text, or the framework's default.
///
/// # Errors
/// If it is no text.
pub fn text_option(options: &Options, name: &str, default: &str) -> Result<String, SignError> {
    match options.get(name) {
        None | Some(serde_json::Value::Null) => Ok(default.to_owned()),
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(bad_option(name, format!("{name} is {other}."), "Write it as text.")),
    }
}

/// The separator: not one that a tag could hold, nor of the other characters that `refused` names.
///
/// # Errors
/// If it is empty or of such characters.
pub fn sep_option(options: &Options, default: &str, refused: &str) -> Result<String, SignError> {
    let sep = text_option(options, SEP, default)?;
    if sep.chars().all(|c| c.is_ascii_alphanumeric() || "-_=".contains(c) || refused.contains(c)) {
        let message = format!("sep is {sep:?}, which could stand in a signature.");
        return Err(bad_option(SEP, message, "Choose a character outside of Base64url, such as `.` or `:`."));
    }
    Ok(sep)
}

/// A hash function by Python's name.
///
/// # Errors
/// If there is none of that name.
pub fn digest_option(options: &Options, name: &str, default: Digest) -> Result<Digest, SignError> {
    let chosen = text_option(options, name, default.name())?;
    // `hashlib.sha256` is what stands in the code.
    let short = chosen.rsplit('.').next().unwrap_or_default();
    Digest::by_name(short).ok_or_else(|| {
        bad_option(
            name,
            format!("{chosen:?} is no hash function here."),
            "Try sha1, sha256, sha384 or sha512.",
        )
    })
}

/// How old a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge {
    pub seconds: i64,
    /// The option or setting that says so.
    pub name: &'static str,
}

/// A limit of age: seconds, `null` for none, or the default.
///
/// # Errors
/// If it is no number.
pub fn max_age_option(
    options: &Options,
    name: &'static str,
    default: Option<i64>,
) -> Result<Option<MaxAge>, SignError> {
    let seconds = match options.get(name) {
        None => default,
        Some(serde_json::Value::Null) => None,
        Some(value) => match seconds(value) {
            Some(seconds) => Some(seconds),
            None => {
                return Err(bad_option(name, format!("{name} is {value}."), "Write a number of seconds."));
            }
        },
    };
    Ok(seconds.map(|seconds| MaxAge { seconds, name }))
}

/// Ages are whole seconds here, so a limit with a fraction can be rounded down.
fn seconds(value: &serde_json::Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation)]
    let whole = |number: f64| number.floor() as i64;
    match value {
        serde_json::Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(whole)),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A switch.
pub fn bool_option(options: &Options, name: &str, default: bool) -> bool {
    match options.get(name) {
        Some(serde_json::Value::Bool(on)) => *on,
        Some(serde_json::Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => default,
    }
}

/// A message about an option.
pub fn bad_option(name: &str, message: String, hint: &str) -> SignError {
    SignError { field: Field::Option(name.to_owned()), message, hint: hint.into(), at: None }
}

pub const SALT: &str = "salt";
pub const SEP: &str = "sep";
pub const MAX_AGE: &str = "max_age";

/// An option that is typed.
pub const fn typed(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(name),
        kind,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed(help),
        when_making: true,
        when_opening: true,
    }
}

/// An option with a list to choose from.
pub const fn choice(
    name: &'static str,
    choices: &'static [Words],
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    typed(name, OptionKind::Choice(Cow::Borrowed(choices)), default, help)
}

/// An option that matters only when a value is opened.
pub const fn opening(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(name),
        kind,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed(help),
        when_making: false,
        when_opening: true,
    }
}

/// A limit of age.
pub const fn age(name: &'static str, default: &'static str, help: &'static str) -> OptionSpec {
    opening(name, OptionKind::Number, default, help)
}

/// The hash functions that Python programs choose.
pub static HASHES: [Words; 5] = [
    Cow::Borrowed("sha1"),
    Cow::Borrowed("sha224"),
    Cow::Borrowed("sha256"),
    Cow::Borrowed("sha384"),
    Cow::Borrowed("sha512"),
];
