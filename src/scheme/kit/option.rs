//! Options as a framework reads them, from what a person typed: numbers and truth values may stand there as text.

use serde_json::{Map, Value};

use crate::jose::jws::Refusal;
use crate::protocol::{Field, Options, SignError, Why};

/// An option that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadOption {
    pub name: String,
    /// A whole sentence.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl BadOption {
    pub fn new(name: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { name: name.into(), message: message.into(), hint: hint.into() }
    }
}

impl From<BadOption> for SignError {
    fn from(bad: BadOption) -> Self {
        Self { field: Field::Option(bad.name), message: bad.message, hint: bad.hint, at: None }
    }
}

impl From<BadOption> for Refusal {
    fn from(bad: BadOption) -> Self {
        Self::new(Why::WrongOption, format!("The option `{}`: {} {}", bad.name, bad.message, bad.hint), None)
    }
}

/// A text; `None` if the option is not given.
///
/// # Errors
/// If it is neither text nor number.
pub fn text(options: &Options, name: &str) -> Result<Option<String>, BadOption> {
    match options.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => Err(BadOption::new(name, format!("{other} is not a text."), "Write plain text.")),
    }
}

/// A whole number; `None` if the option is not given.
///
/// # Errors
/// If it is something else, or too large.
pub fn number(options: &Options, name: &str) -> Result<Option<i64>, BadOption> {
    options.get(name).map_or(Ok(None), |value| number_of(value, name))
}

/// A whole number of a nested option; `path` names it for people.
///
/// # Errors
/// As [`number`].
pub fn number_of(value: &Value, path: &str) -> Result<Option<i64>, BadOption> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let bad = || BadOption::new(path, format!("{value} is not a whole number."), "Write digits only.");
    number.map(Some).ok_or_else(bad)
}

/// A truth value; `None` if the option is not given.
///
/// # Errors
/// If it is something else.
pub fn flag(options: &Options, name: &str) -> Result<Option<bool>, BadOption> {
    match options.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "false" => Ok(Some(false)),
        Some(other) => {
            Err(BadOption::new(name, format!("{other} is neither true nor false."), "Write true or false."))
        }
    }
}

/// An object; `None` if the option is not given.
///
/// # Errors
/// If it is something else.
pub fn object<'a>(options: &'a Options, name: &str) -> Result<Option<&'a Map<String, Value>>, BadOption> {
    match options.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(other) => {
            let hint = "Write it as {\"name\": value}.";
            Err(BadOption::new(name, format!("{other} is not a JSON object."), hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_typed_or_not_at_all() {
        let options: Options = serde_json::from_value(serde_json::json!({
            "n": 7, "text": "7", "half": 0.5, "yes": "true", "no": false, "list": [], "null": null
        }))
        .expect("an object");
        assert_eq!(number(&options, "n"), Ok(Some(7)));
        assert_eq!(number(&options, "text"), Ok(Some(7)));
        assert_eq!(number(&options, "null"), Ok(None));
        assert!(number(&options, "half").is_err() && number(&options, "list").is_err());
        assert_eq!((flag(&options, "yes"), flag(&options, "no")), (Ok(Some(true)), Ok(Some(false))));
        assert!(flag(&options, "text").is_err());
        assert_eq!(text(&options, "n"), Ok(Some("7".into())));
        assert!(text(&options, "list").is_err() && object(&options, "list").is_err());
        assert_eq!(object(&options, "absent"), Ok(None));
    }
}
