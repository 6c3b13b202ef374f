//! The options that signers of Python have in common.

use crate::protocol::{Options, SignError};
use crate::scheme::kit::options::{bad_option, text};

pub const SALT: &str = "salt";
pub const SEP: &str = "sep";
pub const MAX_AGE: &str = "max_age";

/// The separator: not one that a tag could hold, nor of the other characters that `refused` names.
///
/// # Errors
/// If it is empty or of such characters.
pub fn sep_option(options: &Options, default: &str, refused: &str) -> Result<String, SignError> {
    let sep = text(options, SEP)?.unwrap_or(default).to_owned();
    if sep.chars().all(|c| c.is_ascii_alphanumeric() || "-_=".contains(c) || refused.contains(c)) {
        let message = format!("sep is {sep:?}, which could stand in a signature.");
        return Err(bad_option(SEP, message, "Choose a character outside of Base64url, such as `.` or `:`."));
    }
    Ok(sep)
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
