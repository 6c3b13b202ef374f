//! Options of Ruby's frameworks, read from JSON or from the text that a person typed.

use crate::protocol::{Field, OptionKind, OptionSpec, Options, SignError, Verdict, Why};
use crate::scheme::kit::digest::Digest;
use serde_json::Value;
use std::borrow::Cow;

/// An option that cannot be used: its name, and what is wrong, as a sentence.
#[derive(Debug)]
pub struct BadOption {
    pub name: &'static str,
    pub message: String,
}

impl BadOption {
    pub fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }
}

impl From<BadOption> for SignError {
    fn from(bad: BadOption) -> Self {
        Self {
            field: Field::Option(bad.name.into()),
            message: bad.message,
            hint: "Leave it empty for the framework's default.".into(),
            at: None,
        }
    }
}

impl From<BadOption> for Verdict {
    fn from(bad: BadOption) -> Self {
        Self::Invalid { why: Why::WrongOption, message: bad.message, at: None }
    }
}

/// The option as text; none if it is absent, null, empty or no text.
pub fn text<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
    options.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The option as true or false, written as JSON or as text.
pub fn flag(options: &Options, name: &str, default: bool) -> bool {
    match options.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) if text == "true" => true,
        Some(Value::String(text)) if text == "false" => false,
        _ => default,
    }
}

/// The option as a hash function.
///
/// # Errors
/// If there is none of that name.
pub fn digest(options: &Options, name: &'static str, default: Digest) -> Result<Digest, BadOption> {
    let Some(text) = text(options, name) else { return Ok(default) };
    // Ruby's classes are given too: `OpenSSL::Digest::SHA256`.
    let last = text.rsplit("::").next().unwrap_or(text);
    Digest::by_name(last).ok_or_else(|| {
        BadOption::new(name, format!("{name} is {text:?}, which is no hash function of Keyjar's."))
    })
}

/// An option's description: name, kind, default, and one line of help.
pub const fn spec(
    name: &'static str,
    kind: OptionKind,
    default: &'static str,
    help: &'static str,
    uses: Uses,
) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(name),
        kind,
        default: Cow::Borrowed(default),
        help: Cow::Borrowed(help),
        when_making: !matches!(uses, Uses::Opening),
        when_opening: !matches!(uses, Uses::Making),
    }
}

/// When an option matters.
#[derive(Clone, Copy, Debug)]
pub enum Uses {
    Both,
    Making,
    Opening,
}

/// True or false.
pub const FLAG: OptionKind =
    OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("true"), Cow::Borrowed("false")]));

/// The hash functions that are in use.
pub const DIGESTS: OptionKind = OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("SHA1"),
    Cow::Borrowed("SHA256"),
    Cow::Borrowed("SHA384"),
    Cow::Borrowed("SHA512"),
]));

/// Those of the key generator.
pub const KEY_DIGESTS: OptionKind =
    OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("SHA1"), Cow::Borrowed("SHA256")]));
