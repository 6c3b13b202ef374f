//! What schemes ask of a [`Draft`] before they make a value of it.

use crate::payload;
use crate::protocol::{Draft, Field, PayloadForm, SignError};

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

/// The payload as compact JSON; what was typed as text is a string of it.
///
/// # Errors
/// If it is not JSON, or given as bytes.
pub fn json(draft: &Draft) -> Result<String, SignError> {
    match draft.payload.form {
        PayloadForm::Json => payload::draft::json(&draft.payload.text),
        PayloadForm::Text => Ok(serde_json::json!(draft.payload.text).to_string()),
        PayloadForm::Hex => Err(bad_payload("This format holds JSON, not bytes.", OBJECT_HINT)),
    }
}

/// The payload as compact JSON of an object.
///
/// # Errors
/// If it is something else.
pub fn object(draft: &Draft) -> Result<String, SignError> {
    let json = json(draft)?;
    if json.starts_with('{') {
        Ok(json)
    } else {
        Err(bad_payload("This format holds a JSON object.", OBJECT_HINT))
    }
}

const OBJECT_HINT: &str = "Write it as {\"name\": value}.";
