//! What is said of a value that is refused before or beside its signature.

use crate::protocol::{About, Field, Opened, SignError, Verdict, Why};
use crate::span::Span;

/// The verdict on a value that is not of its format's form.
pub fn malformed(message: impl Into<String>, at: Span) -> Verdict {
    Verdict::Invalid { why: Why::Malformed, message: message.into(), at: Some(at) }
}

/// The verdict on a value that was made with another option than is set.
pub fn wrong_option(message: impl Into<String>, at: Option<Span>) -> Verdict {
    Verdict::Invalid { why: Why::WrongOption, message: message.into(), at }
}

/// The verdict on a value whose MAC covers the cookie's name, where only the value was pasted.
pub fn name_missing() -> Verdict {
    let missing = "The cookie's name is signed too: paste the cookie as NAME=VALUE.".into();
    Verdict::Unchecked { missing }
}

/// A value of which nothing more than the verdict can be said.
pub fn unread(about: &About, verdict: Verdict) -> Opened {
    Opened {
        scheme: about.id.to_string(),
        title: about.title.to_string(),
        verdict,
        segments: Vec::new(),
        payload: None,
        encrypted: false,
        facts: Vec::new(),
        steps: Vec::new(),
        signature: None,
        findings: Vec::new(),
    }
}

/// An option that cannot be used.
pub fn bad_option(name: &str, message: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError { field: Field::Option(name.into()), message: message.into(), hint: hint.into(), at: None }
}

/// A payload that the framework could not read back, or cannot write.
pub fn bad_payload(message: impl Into<String>, hint: impl Into<String>) -> SignError {
    SignError { field: Field::Payload, message: message.into(), hint: hint.into(), at: None }
}

/// The name of the cookie to be made, for a scheme that signs it.
///
/// # Errors
/// If there is none.
pub fn signed_name(name: &str) -> Result<&str, SignError> {
    if name.is_empty() {
        let message = "The cookie has no name, and its name is signed.".into();
        return Err(SignError { field: Field::CookieName, message, hint: "Give it one.".into(), at: None });
    }
    Ok(name)
}
