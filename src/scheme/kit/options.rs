//! A framework's options as a person set them: as JSON, or as text typed into a form, where numbers and truth values are
//! texts too. What cannot be used gives a message about that option. `null` counts as not set.
//!
//! How options are described to the page is in [`option_spec`](super::option_spec).

use serde_json::{Map, Value};

use super::digest::Digest;
use crate::protocol::{Field, Options, SignError};

/// Bytes of a derived key that are made at most. No cipher here takes more than 32, no HMAC gains by more than 128.
const MAX_KEY: i64 = 1024;

/// What is wrong with the option `name`, as a sentence, and what to try.
pub fn bad_option(name: &str, message: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError { field: Field::Option(name.to_owned()), message: message.into(), hint: hint.into(), at: None }
}

/// What to try instead of an option that a framework has a good default for.
pub const LEAVE_EMPTY: &str = "Leave it empty for the framework's default.";

fn value<'a>(options: &'a Options, name: &str) -> Option<&'a Value> {
    options.get(name).filter(|value| !value.is_null())
}

/// A text.
///
/// # Errors
/// If it is of another kind.
pub fn text<'a>(options: &'a Options, name: &str) -> Result<Option<&'a str>, SignError> {
    match value(options, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(bad_option(name, format!("{other} is no text."), "Write the text itself.")),
    }
}

/// A text for which an empty one stands for none.
///
/// # Errors
/// If it is of another kind.
pub fn filled<'a>(options: &'a Options, name: &str) -> Result<Option<&'a str>, SignError> {
    Ok(text(options, name)?.filter(|text| !text.is_empty()))
}

/// A text that has to be given; `why` says where it is found.
///
/// # Errors
/// If it is not given, or of another kind.
pub fn needed<'a>(options: &'a Options, name: &str, why: &str) -> Result<&'a str, SignError> {
    text(options, name)?.ok_or_else(|| bad_option(name, format!("`{name}` is not given."), why))
}

/// A text that may have been written as a number, such as an id or a version.
///
/// # Errors
/// If it is neither.
pub fn word(options: &Options, name: &str) -> Result<Option<String>, SignError> {
    match value(options, name) {
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        _ => Ok(text(options, name)?.map(str::to_owned)),
    }
}

/// One of several words; the first if the option is not given.
///
/// # Errors
/// If it is none of them.
pub fn choice<const N: usize>(
    options: &Options,
    name: &str,
    choices: [&'static str; N],
) -> Result<&'static str, SignError> {
    let Some(chosen) = word(options, name)? else { return Ok(choices.first().copied().unwrap_or_default()) };
    let found = choices.into_iter().find(|choice| *choice == chosen);
    found.ok_or_else(|| {
        let hint = format!("Choose {}.", choices.join(" or "));
        bad_option(name, format!("`{chosen}` is not known here."), hint)
    })
}

/// A whole number.
///
/// # Errors
/// If it is something else, or too large.
pub fn number(options: &Options, name: &str) -> Result<Option<i64>, SignError> {
    options.get(name).map_or(Ok(None), |value| number_of(value, name))
}

/// A whole number that stands within the option `name`.
///
/// # Errors
/// As [`number`].
pub fn number_of(value: &Value, name: &str) -> Result<Option<i64>, SignError> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let bad = || bad_option(name, format!("{value} is no whole number."), "Write digits only, such as 3600.");
    number.map(Some).ok_or_else(bad)
}

/// A length of time in seconds, `default` if the option is not given; `None` for `null`, Python's `None`.
///
/// # Errors
/// If it is no number from 0 on.
pub fn seconds(options: &Options, name: &str, default: Option<f64>) -> Result<Option<f64>, SignError> {
    let seconds = match options.get(name) {
        None => return Ok(default),
        Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text == "None" => return Ok(None),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(other) => other.as_f64(),
    };
    let seconds = seconds.filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    let bad = || bad_option(name, "This is no number of seconds from 0 on.", "Write digits.");
    seconds.map(Some).ok_or_else(bad)
}

/// Yes or no.
///
/// # Errors
/// If it is neither.
pub fn flag(options: &Options, name: &str) -> Result<Option<bool>, SignError> {
    match value(options, name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(other) => {
            Err(bad_option(name, format!("{other} is neither true nor false."), "Write true or false."))
        }
    }
}

/// An object.
///
/// # Errors
/// If it is something else.
pub fn object<'a>(options: &'a Options, name: &str) -> Result<Option<&'a Map<String, Value>>, SignError> {
    options.get(name).map_or(Ok(None), |value| object_of(value, name))
}

/// An object that stands within the option `name`.
///
/// # Errors
/// As [`object`].
pub fn object_of<'a>(value: &'a Value, name: &str) -> Result<Option<&'a Map<String, Value>>, SignError> {
    match value {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        other => {
            let hint = "Write it as {\"name\": value}.";
            Err(bad_option(name, format!("{other} is no JSON object."), hint))
        }
    }
}

/// A hash function by its name, or `usual`.
///
/// # Errors
/// If there is none of that name.
pub fn digest(options: &Options, name: &str, usual: Digest) -> Result<Digest, SignError> {
    digest_among(options, name, &Digest::ALL, usual)
}

/// One of the hash functions that the framework takes, by its name, or `usual`.
///
/// # Errors
/// If there is none of that name among `known`.
pub fn digest_among(
    options: &Options,
    name: &str,
    known: &[Digest],
    usual: Digest,
) -> Result<Digest, SignError> {
    let Some(chosen) = filled(options, name)? else { return Ok(usual) };
    // As it stands in code, too: `hashlib.sha256`, `OpenSSL::Digest::SHA256`.
    let last = chosen.rsplit(['.', ':']).next().unwrap_or_default();
    Digest::by_name(last).filter(|digest| known.contains(digest)).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|digest| digest.name()).collect();
        let hint = format!("Choose one of {}.", names.join(", "));
        bad_option(name, format!("{chosen:?} is no hash function that can be used here."), hint)
    })
}

/// How many bytes of key are derived.
///
/// # Errors
/// If the option is no number between 1 and 1,024.
pub fn key_length(options: &Options, name: &str, usual: usize) -> Result<usize, SignError> {
    let Some(length) = number(options, name)? else { return Ok(usual) };
    let length = usize::try_from(length).ok().filter(|_| (1..=MAX_KEY).contains(&length));
    length.ok_or_else(|| bad_option(name, "The key cannot have that length.", "Take 32, the usual length."))
}

/// How often a key derivation runs.
///
/// # Errors
/// If the option is no number that fits; what is too many is for [`Digest::pbkdf2`] to say.
pub fn iterations(options: &Options, name: &str, usual: u32) -> Result<u32, SignError> {
    let Some(count) = number(options, name)? else { return Ok(usual) };
    u32::try_from(count)
        .map_err(|_| bad_option(name, format!("{count} iterations cannot be run."), "Take 1000."))
}

/// The error for a count of iterations that [`Digest::pbkdf2`] does not run.
pub fn too_many(name: &str) -> SignError {
    bad_option(
        name,
        "There are no iterations, or more than Keyjar runs.",
        "Take the number of your application.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn options(value: impl Into<Value>) -> Options {
        Options::from([("x".into(), value.into())])
    }

    #[test]
    fn what_is_typed_counts_as_what_it_means() {
        assert_eq!(number(&options("60"), "x"), Ok(Some(60)));
        assert_eq!(number(&options(60), "x"), Ok(Some(60)));
        assert_eq!(
            (flag(&options("True"), "x"), flag(&options(false), "x")),
            (Ok(Some(true)), Ok(Some(false)))
        );
        assert_eq!(word(&options(7), "x"), Ok(Some("7".into())));
        assert_eq!(choice(&options(2), "x", ["1", "2"]), Ok("2"));
        assert_eq!(digest(&options("hashlib.sha1"), "x", Digest::Sha256), Ok(Digest::Sha1));
        assert_eq!(digest(&options("OpenSSL::Digest::SHA1"), "x", Digest::Sha256), Ok(Digest::Sha1));
        for value in [Value::from(7), Value::from("7"), Value::from(7.0)] {
            assert_eq!(seconds(&options(value), "x", None), Ok(Some(7.0)));
        }
        assert_eq!(seconds(&options("None"), "x", Some(1.0)), Ok(None));
    }

    #[test]
    fn null_and_nothing_are_not_set() {
        for options in [options(Value::Null), Options::new()] {
            assert_eq!((text(&options, "x"), number(&options, "x")), (Ok(None), Ok(None)));
            assert_eq!((flag(&options, "x"), object(&options, "x")), (Ok(None), Ok(None)));
            assert_eq!(choice(&options, "x", ["1", "2"]), Ok("1"));
        }
        assert_eq!(filled(&options(""), "x"), Ok(None));
        assert_eq!(seconds(&options(Value::Null), "x", Some(1.0)), Ok(None));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for value in [json!("x"), json!(0.5), json!([1]), json!({})] {
            assert_eq!(
                number(&options(value.clone()), "x").expect_err("no number").field,
                Field::Option("x".into())
            );
            assert!(flag(&options(value), "x").is_err());
        }
        for value in [json!("x"), json!(-1), json!("NaN"), json!([1])] {
            assert!(seconds(&options(value), "x", None).is_err());
        }
        assert!(text(&options(7), "x").is_err() && object(&options(7), "x").is_err());
        assert!(needed(&Options::new(), "x", "").is_err());
        assert!(key_length(&options(1_000_000), "x", 32).is_err());
        let unknown = digest(&options("whirlpool"), "x", Digest::Sha256).expect_err("none");
        assert!(unknown.hint.contains("SHA-512"));
    }
}
