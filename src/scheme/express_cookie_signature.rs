//! Express: `cookie-signature`, as cookie-parser and express-session write it.
//!
//! `s:` + value + `.` + tag, the whole percent-encoded with `encodeURIComponent` in the header. The tag is the standard
//! Base64, without its padding, of HMAC-SHA256 over the value's UTF-8 bytes; neither `s:` nor the cookie's name is
//! signed. An object given to `res.cookie` becomes the value `j:` + JSON. express-session signs the session's id and
//! keeps the data in its store. Sources: `index.js` of the npm packages cookie-signature, cookie-parser and
//! express-session; `lib/response.js` of express.

use std::borrow::Cow;

use super::kit::base64::BASE64;
use super::kit::cookie_signature::{Compared, CookieSignature, ends_in_tag};
use super::kit::digest::Digest;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload::{self, javascript};
use crate::protocol::{
    Ask, Candidate, Draft, Fact, FactValue, Opened, Payload, PayloadDraft, PayloadForm, SignError,
};
use crate::secret::SecretEncoding;

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
const DIGEST: Digest = Digest::Sha256;

static COOKIE: CookieSignature = CookieSignature {
    about: &ABOUT,
    prefix: PREFIX,
    base64: &BASE64,
    compared: Compared::AsText,
    read: payload_of,
};

impl Scheme for ExpressCookieSignature {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let signed = item.value.strip_prefix(PREFIX)?;
        let mut reasons = vec!["It begins with `s:`, as signed cookies of Express do.".to_owned()];
        let mut likelihood = 30;
        if ends_in_tag(signed, &BASE64, DIGEST.size()) {
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
        let mut opened = COOKIE.open(item, ask, DIGEST);
        opened.facts = session_facts(item, opened.payload.as_ref());
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        COOKIE.make(&value_of(&draft.payload)?, draft, DIGEST)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Express, cookie-parser",
            "javascript",
            r#"import express from "express"
import cookieParser from "cookie-parser"

const app = express()
app.use(cookieParser(process.env.SECRET_ENV))

app.get("/", (req, res) => {
  const before = req.signedCookies["NAME"] // false if the signature is not right
  res.cookie("NAME", { user: 7 }, { signed: true, httpOnly: true, secure: true, sameSite: "lax" })
  res.json({ before })
})"#,
        )]
    }
}

/// What `req.signedCookies` holds: the JSON behind `j:` if it is JSON and not falsy, else the text
/// (`JSONCookie` in cookie-parser).
fn payload_of(text: &str) -> (Payload, usize) {
    match text.strip_prefix(JSON_PREFIX) {
        Some(json) if payload::is_json(json) && !javascript::is_falsy(json) => {
            (Payload::Json(json.to_owned()), JSON_PREFIX.len())
        }
        _ => (Payload::Text(text.to_owned()), 0),
    }
}

/// The text that Express signs for a payload (`res.cookie`): `j:` and JSON for objects, arrays and `null`, what
/// JavaScript's `String` makes of everything else.
fn value_of(draft: &PayloadDraft) -> Result<String, SignError> {
    if draft.form != PayloadForm::Json {
        let bytes = payload::draft::bytes(draft)?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let json = javascript::typed(&draft.text)?;
    match serde_json::from_str::<serde_json::Value>(&json) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Ok(json),
        _ => Ok(format!("{JSON_PREFIX}{json}")),
    }
}

/// express-session signs only the id of a session.
fn session_facts(item: &Item, payload: Option<&Payload>) -> Vec<Fact> {
    match payload {
        Some(Payload::Text(id)) if item.name.as_deref() == Some(SESSION_COOKIE) => vec![Fact {
            term: "Session ID".into(),
            from: None,
            value: FactValue::Text(format!(
                "{id} (the session's data is in the server's store, not in the cookie)"
            )),
        }],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falsy_json_stays_text() {
        for falsy in ["null", "0", "-0", "0.0", "0e5", "false", "\"\""] {
            assert_eq!(payload_of(&format!("j:{falsy}")).0, Payload::Text(format!("j:{falsy}")));
        }
        assert_eq!(payload_of("j:[]").0, Payload::Json("[]".into()));
        assert_eq!(payload_of("j:{broken").0, Payload::Text("j:{broken".into()));
        assert_eq!(payload_of("j:NaN").0, Payload::Text("j:NaN".into()));
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
