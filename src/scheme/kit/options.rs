//! A scheme's options, read as the framework would: as JSON, or as a person typed them into a form.

use serde_json::Value;

use super::digest::Digest;
use crate::protocol::{Field, Options, SignError, Verdict, Why};

/// What is wrong with the option `name`.
pub fn error(name: &str, message: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError { field: Field::Option(name.into()), message: message.into(), hint: hint.into(), at: None }
}

/// The verdict on any value where an option cannot be used.
pub fn verdict(error: SignError) -> Verdict {
    let message = format!("{} {}", error.message, error.hint);
    Verdict::Invalid { why: Why::WrongOption, message, at: None }
}

/// The text of an option.
///
/// # Errors
/// If it is no text.
pub fn text<'a>(options: &'a Options, name: &str, default: &'a str) -> Result<&'a str, SignError> {
    match options.get(name) {
        None => Ok(default),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(error(name, format!("{other} is no text."), "Write a text.")),
    }
}

/// One of several words; the first if the option is absent.
///
/// # Errors
/// If it is none of them.
pub fn choice<const N: usize>(
    options: &Options,
    name: &str,
    choices: [&'static str; N],
) -> Result<&'static str, SignError> {
    let default = choices.first().copied().unwrap_or_default();
    let chosen = match options.get(name) {
        None => return Ok(default),
        Some(Value::String(chosen)) => chosen.clone(),
        Some(other) => other.to_string(),
    };
    let found = choices.into_iter().find(|choice| *choice == chosen);
    found.ok_or_else(|| {
        error(name, format!("`{chosen}` is not known here."), format!("Choose {}.", choices.join(" or ")))
    })
}

/// `true` or `false`; `false` if the option is absent.
///
/// # Errors
/// If it is neither.
pub fn flag(options: &Options, name: &str) -> Result<bool, SignError> {
    choice(options, name, ["false", "true"]).map(|chosen| chosen == "true")
}

/// The hash function that an option names.
///
/// # Errors
/// If it names none that Keyjar has.
pub fn digest(options: &Options, name: &str, default: Digest) -> Result<Digest, SignError> {
    let Some(value) = options.get(name) else { return Ok(default) };
    value.as_str().and_then(Digest::by_name).ok_or_else(|| {
        let known: Vec<&str> = Digest::ALL.iter().map(|digest| digest.name()).collect();
        let hint = format!("Choose one of {}.", known.join(", "));
        error(name, format!("{value} is no hash function that Keyjar has."), hint)
    })
}

/// A number that is not negative, `default` if the option is absent; `None` for `null`, which is Python's `None`.
///
/// # Errors
/// If it is no such number.
pub fn number(options: &Options, name: &str, default: Option<f64>) -> Result<Option<f64>, SignError> {
    let value = match options.get(name) {
        None => return Ok(default),
        Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let number = match value {
        Value::String(text) if text == "None" => return Ok(None),
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
    let refuse = || error(name, format!("{value} is no number from 0 on."), "Write digits.");
    number.map(Some).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(value: impl Into<Value>) -> Options {
        Options::from([("x".into(), value.into())])
    }

    #[test]
    fn numbers_are_read_as_typed_or_as_json() {
        for value in [Value::from(7), Value::from("7"), Value::from(7.0)] {
            assert_eq!(number(&options(value), "x", None), Ok(Some(7.0)));
        }
        assert_eq!(number(&options(Value::Null), "x", Some(1.0)), Ok(None));
        assert_eq!(number(&options("None"), "x", Some(1.0)), Ok(None));
        for value in [Value::from("x"), Value::from(-1), Value::from("NaN"), Value::from(vec![1])] {
            assert!(number(&options(value), "x", None).is_err());
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        assert_eq!(flag(&options(true), "x"), Ok(true));
        assert_eq!(flag(&options("false"), "x"), Ok(false));
        assert!(flag(&options(1), "x").is_err());
        assert_eq!(digest(&options("sha1"), "x", Digest::Sha256), Ok(Digest::Sha1));
        assert!(
            digest(&options("whirlpool"), "x", Digest::Sha256).expect_err("none").hint.contains("SHA-512")
        );
        assert!(text(&options(1), "x", "").is_err());
    }
}
