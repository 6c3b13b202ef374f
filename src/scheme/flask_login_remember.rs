//! Flask-Login's "remember me" cookie.
//!
//! `user_id | tag`: the id is text as it is, and may hold `|` itself; the tag is lower-case hex of HMAC-SHA512 over it.
//! The key is SECRET_KEY itself, but its text is written as Latin-1, not as UTF-8. There is no time in it: it holds for
//! as long as the secret does. The tag is compared as text. Source: `src/flask_login/utils.py` (`encode_cookie`,
//! `decode_cookie`).

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::opened::bare;
use super::{About, Made, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct FlaskLoginRemember;

static ABOUT: About = About {
    id: Cow::Borrowed("flask-login-remember"),
    title: Cow::Borrowed("Flask-Login remember cookie"),
    framework: Cow::Borrowed("Flask-Login"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE_NAME)]),
    docs: Cow::Borrowed("https://flask-login.readthedocs.io/en/latest/#remember-me"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("user_id | hex(HMAC-SHA512(SECRET_KEY as Latin-1, user_id))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text]),
    example: Cow::Borrowed("7"),
    options: Cow::Borrowed(&[]),
};

const COOKIE_NAME: &str = "remember_token";
const DIGEST: Digest = Digest::Sha512;
/// Hex digits of a tag.
const TAG_DIGITS: usize = 128;

impl Scheme for FlaskLoginRemember {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (_, tag) = item.value.rsplit_once('|')?;
        tag_bytes(tag)?;
        let mut reasons = vec!["Behind a `|` stand 128 hex digits: an HMAC-SHA-512 tag.".to_owned()];
        let mut likelihood = 80;
        if item.name.as_deref() == Some(COOKIE_NAME) {
            likelihood = 98;
            reasons.push("The name `remember_token` is Flask-Login's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let Some((id, tag)) = item.value.rsplit_once('|') else {
            let end = Span::new(item.value.len(), item.value.len());
            let message = "There is no `|` in it, so there is no signature behind a user's id.".into();
            return bare(&ABOUT, Verdict::Invalid { why: Why::Malformed, message, at: Some(end) });
        };
        let keys = keys(&ask.secrets);
        let mut verdict = mac::verdict(ask, &keys, DIGEST, id.as_bytes(), tag_bytes(tag).as_deref());
        let tag_span = Span::new(id.len() + 1, item.value.len());
        if let Verdict::Invalid { message, at, .. } = &mut verdict
            && tag_bytes(tag).is_none()
        {
            *message = "The signature is not 128 lower-case hex digits, as Flask-Login writes it.".into();
            *at = Some(tag_span);
        }
        let segment = |name: &str, role, span| Segment { name: name.into(), role, span, decoded: None };
        Opened {
            token: None,
            scheme: ABOUT.id.to_string(),
            title: ABOUT.title.to_string(),
            findings: mac::remarks(&verdict, &keys, DIGEST),
            verdict,
            segments: vec![
                segment("User ID", Role::Payload, Span::new(0, id.len())),
                segment("Signature", Role::Signature, tag_span),
            ],
            payload: Some(Payload::Text(id.to_owned())),
            encrypted: false,
            facts: Vec::new(),
            steps: steps(id, &keys),
            signature: Some(SignaturePair {
                found: tag.to_owned(),
                expected: keys.first().map(|key| hex::encode(DIGEST.tag(key.bytes(), id.as_bytes()))),
            }),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = keys(&draft.secrets);
        let key = keys.signing()?;
        let id = String::from_utf8(payload::draft::bytes(&draft.payload)?).map_err(|_| SignError {
            field: Field::Payload,
            message: "These bytes are no text, and the user's id is text.".into(),
            hint: "Write the id as text.".into(),
            at: None,
        })?;
        let tag = hex::encode(DIGEST.tag(key.bytes(), id.as_bytes()));
        Ok(Made { value: format!("{id}|{tag}"), steps: steps(&id, &keys) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from flask import Flask, jsonify, request
from flask_login import decode_cookie, encode_cookie

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_ENV"]

@app.get("/")
def index():  # login_user(user, remember=True) does the same
    before = decode_cookie(request.cookies.get("NAME", ""))  # None if the signature is not right
    response = jsonify(before=before)
    response.set_cookie("NAME", encode_cookie("7"), httponly=True, secure=True, samesite="Lax")
    return response"#,
        )]
    }
}

/// The bytes of a tag in the one spelling that compares equal.
fn tag_bytes(tag: &str) -> Option<Vec<u8>> {
    let is_lower = tag.len() == TAG_DIGITS && !tag.bytes().any(|byte| byte.is_ascii_uppercase());
    is_lower.then(|| hex::decode(tag).ok()).flatten()
}

/// The secrets as keys; those that are text, in Latin-1.
fn keys(secrets: &[SecretText]) -> Keys {
    let read = Keys::of(secrets, ABOUT.secret_encoding);
    let mut keys = Keys { usable: Vec::new(), trouble: read.trouble };
    for key in read.usable {
        match latin_1(&key) {
            Some(secret) => keys.usable.push(Key { secret, ..key }),
            None => {
                keys.trouble.get_or_insert_with(|| {
                    "The secret has characters beyond Latin-1, and Flask-Login cannot write them".into()
                });
            }
        }
    }
    keys
}

fn latin_1(key: &Key) -> Option<Secret> {
    if key.encoding != SecretEncoding::Utf8 {
        return Some(key.secret.clone());
    }
    let text = std::str::from_utf8(key.secret.bytes()).ok()?;
    text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>().map(Secret::new)
}

fn steps(id: &str, keys: &Keys) -> Vec<Step> {
    let mut steps = vec![Step::new("User ID", "", Excerpt::text(id), Some(Role::Payload))];
    steps.extend(keys.steps(DIGEST, "user_id", id.as_bytes(), |tag| hex::encode(tag), "hex"));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_beyond_latin_1_is_no_key() {
        let open = |secret: &str| {
            let ask = Ask { secrets: vec![SecretText::new(secret, None)], ..Ask::default() };
            FlaskLoginRemember.open(&Item::bare(None, &format!("7|{}", "0".repeat(128))), &ask).verdict
        };
        assert!(matches!(open("秘密"), Verdict::Unchecked { missing } if missing.contains("Latin-1")));
        assert!(matches!(open("clé"), Verdict::Invalid { why: Why::BadSignature, .. }));
    }
}
