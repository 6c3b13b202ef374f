//! Pyramid: `SignedCookieSessionFactory`, whose values WebOb's `SignedSerializer` writes.
//!
//! The value is one Base64url text without padding: the HMAC tag of the body, as bytes, then the body. The key is the
//! salt and the secret, simply joined, both as Latin-1; only where one of them does not fit, both as UTF-8. The body is
//! the JSON `[accessed, created, state]` as Python writes it, or in older versions the pickle of such a tuple. Sources:
//! `webob/cookies.py`, `pyramid/session.py`.

use std::borrow::Cow;

use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::opened;
use super::kit::options;
use super::kit::verdict::{self, malformed, unreadable};
use super::kit::{age, python_base64};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::finding::Finding;
use crate::intake::Item;
use crate::payload::pickle::{self, Pickle};
use crate::payload::python_json;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct PyramidSession;

static ABOUT: About = About {
    id: Cow::Borrowed("pyramid-session"),
    title: Cow::Borrowed("Pyramid signed session"),
    framework: Cow::Borrowed("Pyramid"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("session")]),
    docs: Cow::Borrowed("https://docs.pylonsproject.org/projects/pyramid/en/latest/api/session.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(HMAC-SHA512(salt + secret, body) + body), body = [accessed, created, payload]",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(SALT),
            kind: OptionKind::Text,
            default: Cow::Borrowed(DEFAULT_SALT),
            help: Cow::Borrowed("Stands before the secret in the key."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(HASHALG),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("sha512"),
                Cow::Borrowed("sha384"),
                Cow::Borrowed("sha256"),
                Cow::Borrowed("sha224"),
                Cow::Borrowed("sha1"),
                Cow::Borrowed("md5"),
            ])),
            default: Cow::Borrowed("sha512"),
            help: Cow::Borrowed("The hash function of the HMAC."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(TIMEOUT),
            kind: OptionKind::Number,
            default: Cow::Borrowed("1200"),
            help: Cow::Borrowed(
                "Seconds without a request after which the session is emptied; `null` for never.",
            ),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(SERIALIZER),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("json"), Cow::Borrowed("pickle")])),
            default: Cow::Borrowed("json"),
            help: Cow::Borrowed("How the body is written; before Pyramid 2.0 it was a pickle."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const SALT: &str = "salt";
const DEFAULT_SALT: &str = "pyramid.session.";
const HASHALG: &str = "hashalg";
const TIMEOUT: &str = "timeout";
const SERIALIZER: &str = "serializer";

struct Settings<'a> {
    salt: &'a str,
    digest: Digest,
    timeout: Option<f64>,
    pickles: bool,
}

impl<'a> Settings<'a> {
    fn of(options: &'a Options) -> Result<Self, SignError> {
        Ok(Self {
            salt: options::text(options, SALT)?.unwrap_or(DEFAULT_SALT),
            digest: options::digest(options, HASHALG, Digest::Sha512)?,
            timeout: options::seconds(options, TIMEOUT, Some(1200.0))?,
            pickles: options::choice(options, SERIALIZER, ["json", "pickle"])? == "pickle",
        })
    }

    /// The key that signs: salt and secret joined. A secret that was not given as text is bytes already.
    fn key(&self, key: &Key) -> Secret {
        let secret = key.secret.bytes();
        let text = std::str::from_utf8(secret).ok().filter(|_| key.encoding == SecretEncoding::Utf8);
        let secret_bytes = text.map_or_else(|| Some(secret.to_vec()), latin1);
        Secret::new(match (latin1(self.salt), secret_bytes) {
            (Some(salt), Some(secret)) => [salt, secret].concat(),
            _ => [self.salt.as_bytes(), secret].concat(),
        })
    }

    fn keys(&self, ask_keys: Keys) -> (Keys, Keys) {
        let derived = ask_keys.usable.iter().map(|key| Key { secret: self.key(key), ..*key }).collect();
        let derived = Keys { usable: derived, trouble: ask_keys.trouble.clone() };
        (ask_keys, derived)
    }

    fn steps(&self, given: &Keys, derived: &Keys, body: &[u8]) -> Vec<Step> {
        let mut steps = vec![Step::new("Body", "", Excerpt::of(body), Some(Role::Payload))];
        let Some(key) = derived.first() else { return steps };
        let tag = self.digest.tag(key.bytes(), body);
        let name = self.digest.name().replace('-', "");
        steps.extend(given.step("Secret"));
        steps.push(Step::new("Key", "salt + secret", Excerpt::key(key.bytes()), None));
        steps.push(Step::new(
            "Tag",
            format!("HMAC-{name}(key, body)"),
            Excerpt::hex(&tag),
            Some(Role::Signature),
        ));
        let value = BASE64URL.encode(&[&tag, body].concat());
        steps.push(Step::new("Value", "base64url(tag + body)", Excerpt::text(&value), None));
        steps
    }
}

/// `text` in Latin-1, if it fits.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

/// A body, read.
struct Body {
    payload: Payload,
    /// Unix seconds of the last request and of the first.
    accessed: Option<f64>,
    created: Option<f64>,
    finding: Option<Finding>,
}

impl Body {
    fn read(body: &[u8], pickles: bool) -> Result<Self, Verdict> {
        if pickles {
            let pickle = Pickle::read(body).map_err(|what| unreadable(format!("The body {what}.")))?;
            let time = |index| pickle.item(pickle.root(), index).and_then(|id| pickle.number(id));
            return Ok(Self {
                payload: pickle.payload(),
                accessed: time(0),
                created: time(1),
                finding: Some(pickle.finding(None)),
            });
        }
        let text = std::str::from_utf8(body).ok().filter(|text| crate::payload::is_json(text));
        let Some(text) = text else {
            return Err(unreadable("The body is not JSON."));
        };
        let list: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let time = |index: usize| list.get(index).and_then(serde_json::Value::as_f64);
        Ok(Self {
            payload: Payload::Json(text.to_owned()),
            accessed: time(0),
            created: time(1),
            finding: None,
        })
    }
}

/// The body, and the verdict on it if it was written by the other serializer.
fn read(body: &[u8], pickles: bool) -> Result<(Body, Option<Verdict>), Verdict> {
    let broken = match Body::read(body, pickles) {
        Ok(read) => return Ok((read, None)),
        Err(broken) => broken,
    };
    let Ok(read) = Body::read(body, !pickles) else { return Err(broken) };
    let (is, other) = if pickles { ("JSON", "json") } else { ("a pickle", "pickle") };
    let message = format!("The body is {is}: set `{SERIALIZER}` to {other}.");
    Ok((read, Some(verdict::invalid(Why::WrongOption, message))))
}

impl Scheme for PyramidSession {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let bytes = BASE64URL.decode(&item.value).ok()?;
        let body = |digest: Digest| bytes.get(digest.size()..);
        let digests =
            [Digest::Sha512, Digest::Sha256, Digest::Sha1, Digest::Sha384, Digest::Sha224, Digest::Md5];
        let is_list = |body: &[u8]| {
            matches!(body, [b'[', b'0'..=b'9', .., b']'])
                && Body::read(body, false).is_ok_and(|body| body.accessed.is_some())
        };
        if digests.into_iter().filter_map(body).any(is_list) {
            let reason = "It decodes to a tag and the JSON list that Pyramid keeps a session in.";
            return Some(opened::candidate(&ABOUT, 94, &[reason]));
        }
        let is_pickle = |body: &[u8]| {
            matches!(body, [0x80, 2..=5, .., b'.'] | [b'(', b'I', .., b'.'])
                && Body::read(body, true).is_ok_and(|body| body.accessed.is_some())
        };
        digests.into_iter().filter_map(body).any(is_pickle).then(|| {
            let reason = "It decodes to a tag and the pickle that Pyramid before 2.0 keeps a session in.";
            opened::candidate(&ABOUT, 90, &[reason])
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = match Settings::of(&ask.options) {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        let whole = Some(Span::new(0, item.value.len()));
        let bytes = match python_base64::decode_unpadded(&item.value) {
            Ok(bytes) if bytes.is_empty() => {
                return opened::bare(&ABOUT, malformed("There is nothing in it.", whole));
            }
            Ok(bytes) => bytes,
            Err(what) => return opened::bare(&ABOUT, malformed(format!("The value {what}."), whole)),
        };
        let tag_end = settings.digest.size().min(bytes.len());
        let (tag, body) = bytes.split_at_checked(tag_end).unwrap_or_default();
        let (given, keys) = settings.keys(Keys::of(&ask.secrets, ABOUT.secret_encoding));
        let right = keys.find(|key| settings.digest.verifies(key.bytes(), body, tag).then_some(()));
        // The person's secret is what is weighed, without the salt before it.
        let right = right.and_then(|(right, ())| given.usable.iter().find(|key| key.index == right.index));
        let verdict = mac::judge(ask, &given, right);
        let mut findings = mac::remarks(&verdict, &given, settings.digest);
        let (verdict, payload, facts) = match read(body, settings.pickles) {
            Ok((read, wrong)) => {
                let caveat =
                    read.accessed.and_then(|at| age::too_old(at, settings.timeout, ask.now, TIMEOUT));
                let fact = |term, from, time: Option<f64>| {
                    time.map(|time| opened::time_fact(term, from, age::whole(time), ask.now))
                };
                let facts = [
                    fact("Last access", "accessed", read.accessed),
                    fact("Created", "created", read.created),
                ];
                findings.extend(read.finding);
                (
                    verdict::with_caveats(verdict::once_valid(verdict, || wrong), caveat),
                    Some(read.payload),
                    facts.into_iter().flatten().collect(),
                )
            }
            Err(broken) => (verdict::once_valid(verdict, || Some(broken)), None, Vec::new()),
        };
        let pieces = vec![
            ("Tag", Role::Signature, tag_end, None),
            ("Body", Role::Payload, bytes.len(), payload.clone()),
        ];
        let expected = keys.first().map(|key| hex::encode(settings.digest.tag(key.bytes(), body)));
        Opened {
            token: None,
            scheme: ABOUT.id.to_string(),
            title: ABOUT.title.to_string(),
            verdict,
            segments: opened::pieces(&item.value, 0, &bytes, &BASE64URL, pieces),
            payload,
            encrypted: false,
            facts,
            steps: settings.steps(&given, &keys, body),
            signature: Some(SignaturePair { found: hex::encode(tag), expected }),
            findings,
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options)?;
        let (given, keys) = settings.keys(Keys::of(&draft.secrets, ABOUT.secret_encoding));
        let key = keys.signing()?;
        let json = session(draft)?;
        let body =
            if settings.pickles { pickle::write(&pickle::json_value(&json)?) } else { json.into_bytes() };
        let tag = settings.digest.tag(key.bytes(), &body);
        let value = BASE64URL.encode(&[&tag[..], &body].concat());
        Ok(Made { value, steps: settings.steps(&given, &keys, &body) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "__init__.py and views.py",
            "python",
            r#"# __init__.py
import os
from pyramid.config import Configurator
?serializer=json: from pyramid.session import SignedCookieSessionFactory
?serializer=pickle: from pyramid.session import PickleSerializer, SignedCookieSessionFactory

factory = SignedCookieSessionFactory(
    os.environ["SECRET_ENV"], cookie_name="NAME", salt="OPTION_salt", hashalg="OPTION_hashalg",
    secure=True, httponly=True,
?serializer=pickle:     serializer=PickleSerializer(),
)
config = Configurator(session_factory=factory)

# views.py
def index(request):
    before = request.session.get("user")  # None if the signature is not right
    request.session["user"] = 7
    return {"before": before}"#,
        )]
    }
}

/// The list that is signed: the payload as it is if it is such a list, else put into one of now.
fn session(draft: &Draft) -> Result<String, SignError> {
    let json = python_json::dumps(&draft.payload.text, python_json::DEFAULT)?;
    if json.starts_with('{') {
        let now = age::now(draft)?;
        return Ok(format!("[{now}, {now}.0, {json}]"));
    }
    let list: Option<Vec<serde_json::Value>> = serde_json::from_str(&json).ok();
    match list.as_deref() {
        Some([accessed, created, state])
            if accessed.is_number() && created.is_number() && state.is_object() =>
        {
            Ok(json)
        }
        _ => Err(not_a_session("This is neither a session's dict nor the list that holds one.")),
    }
}

fn not_a_session(message: &str) -> SignError {
    SignError {
        field: Field::Payload,
        message: message.into(),
        hint: "Write { \"name\": value }, or [accessed, created, { … }] with both times in Unix seconds."
            .into(),
        at: Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salt_and_secret_share_one_encoding() {
        let key = |salt: &str, secret: &str| {
            let options = Options::from([(SALT.into(), salt.into())]);
            let key = Key { secret: Secret::new(secret.into()), index: 0, encoding: SecretEncoding::Utf8 };
            Settings::of(&options).expect("a salt").key(&key).bytes().to_vec()
        };
        assert_eq!(key("s", "é"), b"s\xe9");
        assert_eq!(key("é", "塩"), "é塩".as_bytes());
        assert_eq!(key("塩", "é"), "塩é".as_bytes());
    }
}
