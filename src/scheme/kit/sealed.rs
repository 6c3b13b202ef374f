//! What encrypted values have in common: the verdict on them, and what a payload needs before it is encrypted.

use super::mac::{self, Key, Keys};
use crate::jose::jws::Refusal;
use crate::payload;
use crate::protocol::{
    About, Ask, Caveat, Draft, Field, Opened, Payload, PayloadForm, Segment, SignError, Verdict, Why,
};

/// The verdict where `right` is the key that decrypted the value, if one did.
pub fn judge(ask: &Ask, keys: &Keys, right: Option<&Key>) -> Verdict {
    match mac::judge(ask, keys, right) {
        Verdict::Unchecked { .. } if keys.trouble.is_none() => {
            Verdict::Unchecked { missing: "Give the secret to decrypt it.".into() }
        }
        Verdict::Invalid { why: Why::BadSignature, at, .. } => {
            let which = if keys.usable.len() > 1 { "any of these secrets" } else { "this secret" };
            let trouble = keys
                .trouble
                .as_ref()
                .map(|t| format!(" One secret could not be tried: {t}."))
                .unwrap_or_default();
            let message = format!(
                "It cannot be decrypted with {which}. The value was changed after it was made, or the server reads another \
                 secret.{trouble}"
            );
            Verdict::Invalid { why: Why::BadSignature, message, at }
        }
        other => other,
    }
}

/// The verdict on a value that decrypted, with what its content says: reasons against it, or a refusal.
pub fn settle(verdict: Verdict, content: Result<Vec<Caveat>, Refusal>) -> Verdict {
    match (verdict, content) {
        (Verdict::Valid { secret, encoding, but }, Ok(mut caveats)) => {
            caveats.extend(but);
            Verdict::Valid { secret, encoding, but: caveats }
        }
        (Verdict::Valid { .. }, Err(refusal)) => refused(refusal),
        (other, _) => other,
    }
}

pub fn refused(Refusal { why, message, at }: Refusal) -> Verdict {
    Verdict::Invalid { why, message, at }
}

/// A value that is not of the form, with the pieces that could be told.
pub fn broken(about: &About, refusal: Refusal, segments: Vec<Segment>) -> Opened {
    Opened {
        scheme: about.id.to_string(),
        title: about.title.to_string(),
        verdict: refused(refusal),
        segments,
        payload: None,
        encrypted: false,
        facts: Vec::new(),
        steps: Vec::new(),
        signature: None,
        findings: Vec::new(),
    }
}

/// Decrypted JSON as the framework gives it back: a text without its quotation marks.
pub fn value_of(json: String) -> Payload {
    if json.trim_start().starts_with('"')
        && let Ok(text) = serde_json::from_str(&json)
    {
        return Payload::Text(text);
    }
    Payload::Json(json)
}

/// The payload as `JSON.stringify` would write it.
///
/// # Errors
/// If it is not JSON, or given as bytes.
pub fn json(draft: &Draft) -> Result<String, SignError> {
    match draft.payload.form {
        PayloadForm::Json => payload::draft::json(&draft.payload.text),
        PayloadForm::Text => Ok(serde_json::json!(draft.payload.text).to_string()),
        PayloadForm::Hex => Err(no_object("This format holds JSON, not bytes.")),
    }
}

/// The payload as compact JSON of an object.
///
/// # Errors
/// If it is something else.
pub fn object(draft: &Draft) -> Result<String, SignError> {
    let json = json(draft)?;
    if json.starts_with('{') { Ok(json) } else { Err(no_object("This format holds a JSON object.")) }
}

fn no_object(message: &str) -> SignError {
    SignError {
        field: Field::Payload,
        message: message.into(),
        hint: "Write it as {\"name\": value}.".into(),
        at: None,
    }
}

/// The moment at which the value is made, in Unix seconds.
///
/// # Errors
/// If there is no clock.
pub fn clock(draft: &Draft) -> Result<i64, SignError> {
    draft.now.ok_or_else(|| SignError {
        field: Field::Scheme,
        message: "This format carries the time at which it is made, and there is no clock.".into(),
        hint: "Write the times into the payload yourself, or reload the page.".into(),
        at: None,
    })
}
