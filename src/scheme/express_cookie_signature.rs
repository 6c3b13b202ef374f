//! Express: `cookie-signature`, as cookie-parser and express-session write it.
//!
//! `s:` + value + `.` + tag, the whole percent-encoded with `encodeURIComponent` in the header. The tag is the standard
//! Base64, without its padding, of HMAC-SHA256 over the value's UTF-8 bytes; neither `s:` nor the cookie's name is
//! signed. An object given to `res.cookie` becomes the value `j:` + JSON. express-session signs the session's id and
//! keeps the data in its store. Sources: `index.js` of the npm packages cookie-signature, cookie-parser and
//! express-session; `lib/response.js` of express.

use std::borrow::Cow;

use super::kit::base64::BASE64;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Fact, FactValue, Opened, Payload, PayloadDraft, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ExpressCookieSignature;

static ABOUT: About = About {
    id: Cow::Borrowed("express-cookie-signature"),
    title: Cow::Borrowed("Express signed cookie"),
    framework: Cow::Borrowed("Express"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(SESSION_COOKIE)]),
    docs: Cow::Borrowed("https://github.com/expressjs/cookie-parser"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("s: value . base64(HMAC-SHA256(secret, value))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[]),
};

/// What `res.cookie(…, { signed: true })` puts in front.
const PREFIX: &str = "s:";
/// What stands before JSON.
const JSON_PREFIX: &str = "j:";
/// The name under which express-session sets its cookie.
const SESSION_COOKIE: &str = "connect.sid";
/// Characters of a SHA-256 tag in Base64 without padding.
const TAG_CHARACTERS: usize = 43;
const DIGEST: Digest = Digest::Sha256;

impl Scheme for ExpressCookieSignature {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let signed = item.value.strip_prefix(PREFIX)?;
        let mut reasons = vec!["It begins with `s:`, as signed cookies of Express do.".to_owned()];
        let mut likelihood = 30;
        if signed.rsplit_once('.').is_some_and(|(_, tag)| is_tag(tag)) {
            likelihood += 50;
            reasons.push("Behind the last dot stand 43 characters of Base64: an HMAC-SHA256 tag.".into());
        }
        if item.name.as_deref() == Some(SESSION_COOKIE) {
            likelihood += 15;
            reasons.push("The name `connect.sid` is express-session's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        match Parts::of(&item.value) {
            Ok(parts) => parts.open(item, ask, &keys),
            Err(broken) => Opened {
                scheme: ABOUT.id.to_string(),
                title: ABOUT.title.to_string(),
                verdict: broken,
                segments: Vec::new(),
                payload: None,
                encrypted: false,
                facts: Vec::new(),
                steps: Vec::new(),
                signature: None,
                findings: Vec::new(),
            },
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let text = value_of(&draft.payload)?;
        let tag = BASE64.encode(&DIGEST.tag(key.bytes(), text.as_bytes()));
        Ok(Made { value: format!("{PREFIX}{text}.{tag}"), steps: steps(&text, &keys) })
    }
}

/// A signed cookie cut as cookie-signature cuts it: at its last dot.
struct Parts<'a> {
    /// What is signed.
    text: &'a str,
    tag: &'a str,
}

impl<'a> Parts<'a> {
    fn of(value: &'a str) -> Result<Self, Verdict> {
        let Some(signed) = value.strip_prefix(PREFIX) else {
            let message = "It does not begin with `s:`, so Express takes it for an unsigned cookie.".into();
            return Err(Verdict::Invalid { why: Why::Malformed, message, at: Some(Span::new(0, 0)) });
        };
        let Some((text, tag)) = signed.rsplit_once('.') else {
            let message = "There is no dot behind the value, and so no signature.".into();
            let end = Span::new(value.len(), value.len());
            return Err(Verdict::Invalid { why: Why::Malformed, message, at: Some(end) });
        };
        Ok(Self { text, tag })
    }

    fn open(&self, item: &Item, ask: &Ask, keys: &Keys) -> Opened {
        let payload = payload_of(self.text);
        let is_json = matches!(payload, Payload::Json(_));
        let expected = keys.first().map(|key| BASE64.encode(&DIGEST.tag(key.bytes(), self.text.as_bytes())));
        let verdict = self.verdict(ask, keys);
        Opened {
            scheme: ABOUT.id.to_string(),
            title: if is_json { "Express signed cookie, JSON".into() } else { ABOUT.title.to_string() },
            findings: mac::remarks(&verdict, keys, DIGEST),
            verdict,
            segments: self.segments(&payload, is_json),
            facts: session_facts(item, &payload),
            steps: steps(self.text, keys),
            payload: Some(payload),
            encrypted: false,
            signature: Some(SignaturePair { found: self.tag.to_owned(), expected }),
        }
    }

    fn verdict(&self, ask: &Ask, keys: &Keys) -> Verdict {
        let base64 = self.tag.trim_end_matches('=');
        if let Err((at, what)) = BASE64.decode(base64)
            && !at.is_empty()
        {
            let at = at.moved(PREFIX.len() + self.text.len() + 1);
            let message = format!("The signature is not Base64: {what}.");
            return Verdict::Invalid { why: Why::Malformed, message, at: Some(at) };
        }
        // Express compares the whole text, so only the one canonical spelling of the tag counts.
        let found = BASE64.decode_canonical(self.tag);
        mac::verdict(ask, keys, DIGEST, self.text.as_bytes(), found.as_deref())
    }

    fn segments(&self, payload: &Payload, is_json: bool) -> Vec<Segment> {
        let prefix = if is_json { PREFIX.len() + JSON_PREFIX.len() } else { PREFIX.len() };
        let dot = PREFIX.len() + self.text.len();
        let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
        vec![
            segment("Prefix", Role::Prefix, Span::new(0, prefix), None),
            segment("Value", Role::Payload, Span::new(prefix, dot), Some(payload.clone())),
            segment("Signature", Role::Signature, Span::new(dot + 1, dot + 1 + self.tag.len()), None),
        ]
    }
}

fn is_tag(text: &str) -> bool {
    text.len() == TAG_CHARACTERS && BASE64.decode_canonical(text).is_some()
}

/// What `req.signedCookies` holds: the JSON behind `j:` if it is JSON and not falsy, else the text
/// (`JSONCookie` in cookie-parser).
fn payload_of(text: &str) -> Payload {
    match text.strip_prefix(JSON_PREFIX) {
        Some(json) if payload::is_json(json) && !is_falsy(json) => Payload::Json(json.to_owned()),
        _ => Payload::Text(text.to_owned()),
    }
}

/// Whether JavaScript takes this JSON for false: `null`, `false`, `""` and every spelling of zero.
fn is_falsy(json: &str) -> bool {
    let json = json.trim();
    matches!(json, "null" | "false" | "\"\"") || json.parse::<f64>().is_ok_and(|number| number == 0.0)
}

/// The text that Express signs for a payload (`res.cookie`): `j:` and JSON for objects, arrays and `null`, what
/// JavaScript's `String` makes of everything else.
fn value_of(draft: &PayloadDraft) -> Result<String, SignError> {
    if draft.form != PayloadForm::Json {
        let bytes = payload::draft::bytes(draft)?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let json = payload::draft::json(&draft.text)?;
    match serde_json::from_str::<serde_json::Value>(&json) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Ok(json),
        _ => Ok(format!("{JSON_PREFIX}{json}")),
    }
}

/// express-session signs only the id of a session.
fn session_facts(item: &Item, payload: &Payload) -> Vec<Fact> {
    match payload {
        Payload::Text(id) if item.name.as_deref() == Some(SESSION_COOKIE) => vec![Fact {
            term: "Session ID".into(),
            from: None,
            value: FactValue::Text(format!(
                "{id} (the session's data is in the server's store, not in the cookie)"
            )),
        }],
        _ => Vec::new(),
    }
}

fn steps(text: &str, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![Step::new("Value", "", Excerpt::text(text), Some(Role::Payload))];
    steps.extend(keys.steps(DIGEST, "value", text.as_bytes(), |tag| BASE64.encode(tag), "base64"));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falsy_json_stays_text() {
        for falsy in ["null", "0", "-0", "0.0", "0e5", "false", "\"\""] {
            assert_eq!(payload_of(&format!("j:{falsy}")), Payload::Text(format!("j:{falsy}")));
        }
        assert_eq!(payload_of("j:[]"), Payload::Json("[]".into()));
        assert_eq!(payload_of("j:{broken"), Payload::Text("j:{broken".into()));
        assert_eq!(payload_of("j:NaN"), Payload::Text("j:NaN".into()));
    }

    #[test]
    fn values_are_what_express_makes_of_them() {
        let value = |text: &str| {
            value_of(&PayloadDraft { form: PayloadForm::Json, text: text.into() }).expect("JSON")
        };
        assert_eq!(value("{ \"a\": [1] }"), "j:{\"a\":[1]}");
        assert_eq!(value("null"), "j:null");
        assert_eq!(value("\"a.b\""), "a.b");
        assert_eq!(value("42"), "42");
        assert_eq!(value("true"), "true");
    }
}
