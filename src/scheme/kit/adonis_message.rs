//! The message inside AdonisJS's signed and encrypted values: `{"message":VALUE,"purpose":"…","expiryDate":"…"}`.
//!
//! A cookie's purpose is its name; an end is set by `encryption.encrypt` and the message verifier, not by cookies. Source:
//! `MessageBuilder` of the npm package @poppinss/utils.

use serde_json::Value;

use super::age;
use super::making::bad_payload;
use super::verdict::{doubt, malformed, wrong_option_at};
use crate::moment;
use crate::payload::{self, javascript};
use crate::protocol::{
    Ask, CaveatKind, Fact, FactValue, Opened, Payload, PayloadDraft, PayloadForm, SignError, Verdict,
};
use crate::span::Span;

/// The message for a payload.
///
/// # Errors
/// If the payload is not JSON, or one that AdonisJS does not read back.
pub fn build(draft: &PayloadDraft, purpose: Option<&str>) -> Result<String, SignError> {
    let value = match draft.form {
        PayloadForm::Json => javascript::typed(&draft.text)?,
        _ => javascript::quoted(&String::from_utf8_lossy(&payload::draft::bytes(draft)?)),
    };
    if javascript::is_falsy(&value) {
        let message = format!("AdonisJS does not read {value} back: it takes it for no value.");
        return Err(bad_payload(message, "Give a value that is not empty, zero, false or null."));
    }
    let purpose = purpose.map(javascript::quoted);
    let purpose = purpose.iter().map(|purpose| ("\"purpose\"", purpose.as_str()));
    Ok(javascript::object([("\"message\"", value.as_str())].into_iter().chain(purpose)))
}

/// Adds to `opened` what the message at `at` says: the payload, the purpose and the end; and, where the signature is right,
/// why it is still refused. `purpose` is the one that is wanted, if that is known.
pub fn read(opened: &mut Opened, message: &[u8], at: Span, purpose: Option<Option<&str>>, ask: &Ask) {
    let text = std::str::from_utf8(message).ok();
    let Some(members) = text.and_then(javascript::members) else {
        opened.payload = Some(Payload::of(message.to_vec()));
        return refuse(opened, malformed("What is inside is not a JSON object.", at));
    };
    let member = |name: &str| {
        let found = members.iter().find(|(key, _)| key.trim_matches('"') == name);
        found.map(|(_, value)| value.as_str())
    };
    let value = member("message");
    opened.payload = value.map(|value| javascript::payload(without_proto(value)));
    let own = member("purpose").map(|json| match javascript::payload(json.to_owned()) {
        Payload::Text(text) => text,
        _ => json.to_owned(),
    });
    if let Some(own) = &own {
        let value = FactValue::Text(own.clone());
        opened.facts.push(Fact { term: "Purpose".into(), from: Some("purpose".into()), value });
    }
    if value.is_none_or(javascript::is_falsy) {
        let message = "AdonisJS takes a message that is empty, zero, false or null for none.";
        refuse(opened, malformed(message, at));
    }
    if let Some(wanted) = purpose
        && wanted != own.as_deref()
    {
        let own = own.map_or_else(|| "none".into(), |own| format!("`{own}`"));
        let wanted = wanted.map_or_else(|| "none".into(), |wanted| format!("`{wanted}`, the cookie's name"));
        refuse(opened, wrong_option_at(format!("Its purpose is {own}, and {wanted} is expected."), at));
    }
    if let Some(end) = member("expiryDate").filter(|end| !javascript::is_falsy(end)) {
        match moment::parse(end.trim_matches('"')) {
            Some(end) => age::note(opened, "expiryDate", end, ask.now),
            None => {
                let message = "Its `expiryDate` is not a date, and AdonisJS counts it as expired.";
                doubt(&mut opened.verdict, CaveatKind::Expired, message);
            }
        }
    }
}

/// A right signature is no help to a message that is refused.
fn refuse(opened: &mut Opened, refusal: Verdict) {
    if matches!(opened.verdict, Verdict::Valid { .. }) {
        opened.verdict = refusal;
    }
}

/// Without the members called `__proto__`, which AdonisJS takes out when it reads.
fn without_proto(json: &str) -> String {
    if !json.contains("\"__proto__\"") {
        return json.to_owned();
    }
    serde_json::from_str(json).map_or_else(|_| json.to_owned(), |value| cleaned(value).to_string())
}

fn cleaned(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(cleaned).collect(),
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(name, _)| name != "__proto__");
            Value::Object(kept.map(|(name, value)| (name, cleaned(value))).collect())
        }
        plain => plain,
    }
}
