//! A framework's options as a person set them, with a message where one cannot be used.

use serde_json::Value;

use super::digest::Digest;
use crate::protocol::{Field, Options, SignError};

/// Bytes of a derived key that are made at most. No cipher here takes more than 32, no HMAC gains by more than 128.
const MAX_KEY: i64 = 1024;

/// What is wrong with the option `name`, and what to try.
pub fn wrong(name: &str, message: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError { field: Field::Option(name.to_owned()), message: message.into(), hint: hint.into(), at: None }
}

/// The option's value. `null` counts as not set.
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
        Some(other) => Err(wrong(name, format!("{other} is no text."), "Write the text itself.")),
    }
}

/// A text that has to be given.
///
/// # Errors
/// If it is not, or of another kind.
pub fn needed<'a>(options: &'a Options, name: &str, why: &str) -> Result<&'a str, SignError> {
    text(options, name)?.ok_or_else(|| wrong(name, format!("`{name}` is not given."), why))
}

/// A whole number, also where it was written as text.
///
/// # Errors
/// If it is none.
pub fn number(options: &Options, name: &str) -> Result<Option<i64>, SignError> {
    let Some(value) = value(options, name) else { return Ok(None) };
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    number.map(Some).ok_or_else(|| {
        wrong(name, format!("{value} is no whole number."), "Write digits only, such as 3600.")
    })
}

/// Yes or no, also where it was written as text.
///
/// # Errors
/// If it is neither.
pub fn flag(options: &Options, name: &str) -> Result<Option<bool>, SignError> {
    match value(options, name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "false" => Ok(Some(false)),
        Some(other) => {
            Err(wrong(name, format!("{other} is neither true nor false."), "Write true or false."))
        }
    }
}

/// A hash function by its name, or `usual`.
///
/// # Errors
/// If there is none of that name among `known`.
pub fn digest(options: &Options, name: &str, known: &[Digest], usual: Digest) -> Result<Digest, SignError> {
    let Some(chosen) = text(options, name)? else { return Ok(usual) };
    Digest::by_name(chosen).filter(|digest| known.contains(digest)).ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|digest| plain(*digest)).collect();
        wrong(name, format!("{chosen:?} is not a hash function of this scheme."), names.join(", "))
    })
}

/// `sha256`
pub fn plain(digest: Digest) -> String {
    digest.name().to_ascii_lowercase().replace('-', "")
}

/// How many bytes of key are derived.
///
/// # Errors
/// If the option is no number between 1 and 1,024.
pub fn key_length(options: &Options, name: &str, usual: usize) -> Result<usize, SignError> {
    let Some(length) = number(options, name)? else { return Ok(usual) };
    let length = usize::try_from(length).ok().filter(|_| (1..=MAX_KEY).contains(&length));
    length.ok_or_else(|| wrong(name, "The key cannot have that length.", "Take 32, the usual length."))
}

/// How often a key derivation runs.
///
/// # Errors
/// If the option is no number that fits; what is too many is for [`Digest::pbkdf2`] to say.
pub fn iterations(options: &Options, name: &str, usual: u32) -> Result<u32, SignError> {
    let Some(count) = number(options, name)? else { return Ok(usual) };
    u32::try_from(count).map_err(|_| wrong(name, format!("{count} iterations cannot be run."), "Take 1000."))
}

/// The error for a count of iterations that [`Digest::pbkdf2`] does not run.
pub fn too_many(name: &str) -> SignError {
    wrong(name, "There are no iterations, or more than Keyjar runs.", "Take the number of your application.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_typed_counts_as_what_it_means() {
        let options = Options::from([
            ("n".into(), json!("60")),
            ("f".into(), json!("true")),
            ("t".into(), json!(7)),
            ("none".into(), Value::Null),
        ]);
        assert_eq!(number(&options, "n").ok().flatten(), Some(60));
        assert_eq!(flag(&options, "f").ok().flatten(), Some(true));
        assert!(text(&options, "t").is_err() && number(&options, "f").is_err());
        assert_eq!(text(&options, "none"), Ok(None));
        assert!(key_length(&Options::from([("l".into(), json!(1_000_000))]), "l", 32).is_err());
    }
}
