//! Beaker: the session in the cookie (`type = cookie`), and the session's id where the session stays on the server.
//!
//! Both are 40 hex digits of HMAC-SHA1 over the data, and the data, with nothing between. The data of a session on the
//! server is its id. The data of a cookie session is the Base64 of S; with an `encrypt_key` it is a nonce N in Base64 and
//! the Base64 of the ciphertext, for which the key is PBKDF2-HMAC-SHA1(`encrypt_key`, `validate_key` + N, 1 iteration).
//! `crypto_type` cryptography writes 12 bytes of IV, 16 of tag, then AES-256-GCM ciphertext; pycryptodome writes
//! AES-256-CTR from zero, with no tag of its own. S is a pickle of the dict, or the zlib of its JSON. Sources:
//! `beaker/session.py`, `beaker/crypto/`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{self, Aead, TAG};
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{self, segment};
use super::kit::options;
use super::kit::verdict::{self, malformed, unreadable};
use super::kit::{age, inflate, python_base64, random};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::finding::Finding;
use crate::intake::Item;
use crate::payload::pickle::{self, Pickle};
use crate::payload::{self, python_json};
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Fact, Field, Opened, Options, Payload, PayloadForm, Role, Segment,
    SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// The session in the cookie.
#[derive(Debug)]
pub struct BeakerCookieSession;

/// The id of a session on the server.
#[derive(Debug)]
pub struct BeakerSessionId;

static ABOUT_COOKIE: About = About {
    id: Cow::Borrowed("beaker-cookie-session"),
    title: Cow::Borrowed("Beaker cookie session"),
    framework: Cow::Borrowed("Beaker"),
    language: Cow::Borrowed("Python"),
    cookie_names: NAMES,
    docs: Cow::Borrowed(DOCS),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "hex(HMAC-SHA1(validate_key, data)) + data, data = base64(pickle(payload)) or base64(zlib(payload))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(SERIALIZER),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("pickle"), Cow::Borrowed("json")])),
            default: Cow::Borrowed("pickle"),
            help: Cow::Borrowed("How the session is written."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(ENCRYPT_KEY),
            kind: OptionKind::Secret,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The second secret, where sessions are encrypted too. The first is `validate_key`.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(CRYPTO),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("cryptography"),
                Cow::Borrowed("pycryptodome"),
            ])),
            default: Cow::Borrowed("cryptography"),
            help: Cow::Borrowed("The package that encrypts: AES-GCM or AES-CTR."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(NONCE_BITS),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("128"), Cow::Borrowed("48")])),
            default: Cow::Borrowed("128"),
            help: Cow::Borrowed("Bits of the nonce; 48 as in old versions."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(TIMEOUT),
            kind: OptionKind::Number,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("Seconds without a request after which the session is emptied."),
            when_making: false,
            when_opening: true,
        },
    ]),
};

static ABOUT_ID: About = About {
    id: Cow::Borrowed("beaker-session-id"),
    title: Cow::Borrowed("Beaker session id"),
    framework: Cow::Borrowed("Beaker"),
    language: Cow::Borrowed("Python"),
    cookie_names: NAMES,
    docs: Cow::Borrowed(DOCS),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("hex(HMAC-SHA1(secret, id)) + id"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text]),
    example: Cow::Borrowed("82e14d963c0f4dbe1b7c44f6b227aec2"),
    options: Cow::Borrowed(&[]),
};

const NAMES: Cow<'static, [Cow<'static, str>]> = Cow::Borrowed(&[Cow::Borrowed("beaker.session.id")]);
const DOCS: &str = "https://beaker.readthedocs.io/en/latest/configuration.html";
const SERIALIZER: &str = "data_serializer";
const ENCRYPT_KEY: &str = "encrypt_key";
const CRYPTO: &str = "crypto_type";
const NONCE_BITS: &str = "encrypt_nonce_bits";
const TIMEOUT: &str = "timeout";
const DIGEST: Digest = Digest::Sha1;
/// Characters of the tag.
const TAG_DIGITS: usize = 40;
const KEY: usize = 32;
const IV: usize = 12;

/// A value cut behind the tag. Places are in the whole value.
struct Signed<'a> {
    tag: &'a str,
    data: &'a str,
    /// Where the data begins.
    at: usize,
}

impl<'a> Signed<'a> {
    fn of(value: &'a str) -> Result<Self, Verdict> {
        let begun = value.trim_start_matches('"');
        let start = value.len() - begun.len();
        let inner = begun.trim_end_matches('"');
        if inner.is_empty() {
            return Err(malformed("There is nothing in it.", Some(Span::new(0, value.len()))));
        }
        let (tag, data) = inner.split_at_checked(TAG_DIGITS).unwrap_or((inner, ""));
        Ok(Self { tag, data, at: start + tag.len() })
    }

    fn verdict(&self, ask: &Ask, keys: &Keys) -> Verdict {
        mac::verdict(ask, keys, DIGEST, self.data.as_bytes(), mac::hex_tag(self.tag).as_deref())
    }

    fn has_tag(&self) -> bool {
        self.tag.len() == TAG_DIGITS && mac::hex_tag(self.tag).is_some()
    }

    fn segments(&self, name: &str, decoded: Option<Payload>) -> Vec<Segment> {
        let data = Span::new(self.at, self.at + self.data.len());
        vec![
            segment("Signature", Role::Signature, Span::new(self.at - self.tag.len(), self.at), None),
            segment(name, Role::Payload, data, decoded),
        ]
    }

    fn signature(&self, keys: &Keys) -> SignaturePair {
        let expected = keys.first().map(|key| hex::encode(DIGEST.tag(key.bytes(), self.data.as_bytes())));
        SignaturePair { found: self.tag.to_owned(), expected }
    }
}

fn tag_steps(keys: &Keys, data: &str) -> Vec<Step> {
    keys.steps(DIGEST, "data", data.as_bytes(), |tag| hex::encode(tag), "hex")
}

impl Scheme for BeakerSessionId {
    fn about(&self) -> &'static About {
        &ABOUT_ID
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let signed = Signed::of(&item.value).ok()?;
        let is_id = signed.data.len() == 32 && mac::hex_tag(signed.data).is_some();
        (signed.has_tag() && is_id).then(|| {
            let form = "It is 72 hex digits: as many as an HMAC-SHA1 tag and a session id.";
            if opened::is_named(&ABOUT_ID, item.name.as_deref()) {
                opened::candidate(&ABOUT_ID, 92, &[form, "The name `beaker.session.id` is Beaker's."])
            } else {
                opened::candidate(&ABOUT_ID, 35, &[form])
            }
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let signed = match Signed::of(&item.value) {
            Ok(signed) => signed,
            Err(broken) => return opened::bare(&ABOUT_ID, broken),
        };
        let keys = Keys::of(&ask.secrets, ABOUT_ID.secret_encoding);
        let verdict = signed.verdict(ask, &keys);
        let payload = Payload::Text(signed.data.to_owned());
        let fact = format!("{} (the session itself is on the server)", signed.data);
        Opened {
            findings: mac::remarks(&verdict, &keys, DIGEST),
            segments: signed.segments("Session id", None),
            facts: vec![opened::text_fact("Session ID", None, fact)],
            steps: id_steps(&keys, signed.data),
            payload: Some(payload),
            signature: Some(signed.signature(&keys)),
            ..opened::bare(&ABOUT_ID, verdict)
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, ABOUT_ID.secret_encoding);
        let key = keys.signing()?;
        let bytes = payload::draft::bytes(&draft.payload)?;
        let id = String::from_utf8(bytes).ok().filter(|id| {
            !id.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
        let id = id.ok_or_else(|| SignError {
            field: Field::Payload,
            message: "This is no session id.".into(),
            hint: "Beaker's are 32 hex digits; letters, digits, “-” and “_” can be signed.".into(),
            at: None,
        })?;
        let tag = hex::encode(DIGEST.tag(key.bytes(), id.as_bytes()));
        Ok(Made { value: format!("{tag}{id}"), steps: id_steps(&keys, &id) })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from beaker.middleware import SessionMiddleware

def index(environ, start_response):
    session = environ["beaker.session"]  # empty if the cookie is not right
    session["user"] = 7
    session.save()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(dict(session)).encode()]

app = SessionMiddleware(index, {
    "session.type": "file", "session.data_dir": "sessions", "session.key": "NAME",
    "session.secret": os.environ["SECRET_ENV"], "session.secure": True, "session.httponly": True,
})"#,
        )]
    }
}

fn id_steps(keys: &Keys, id: &str) -> Vec<Step> {
    let mut steps = vec![Step::new("Data", "the session's id", Excerpt::text(id), Some(Role::Payload))];
    steps.extend(tag_steps(keys, id));
    steps
}

/// The options of a cookie session.
struct Settings<'a> {
    pickles: bool,
    encrypt_key: Option<&'a str>,
    gcm: bool,
    /// Bytes of the nonce.
    nonce: usize,
    timeout: Option<f64>,
}

impl<'a> Settings<'a> {
    fn of(options: &'a Options) -> Result<Self, SignError> {
        let encrypt_key = options::text(options, ENCRYPT_KEY)?.unwrap_or("");
        if !encrypt_key.is_ascii() {
            return Err(options::bad_option(
                ENCRYPT_KEY,
                "Beaker takes only ASCII here.",
                "Choose another key.",
            ));
        }
        Ok(Self {
            pickles: options::choice(options, SERIALIZER, ["pickle", "json"])? == "pickle",
            encrypt_key: Some(encrypt_key).filter(|key| !key.is_empty()),
            gcm: options::choice(options, CRYPTO, ["cryptography", "pycryptodome"])? == "cryptography",
            nonce: if options::choice(options, NONCE_BITS, ["128", "48"])? == "48" { 6 } else { 16 },
            timeout: options::seconds(options, TIMEOUT, None)?,
        })
    }

    /// Characters of the nonce in Base64.
    const fn nonce_characters(&self) -> usize {
        self.nonce.div_ceil(3) * 4
    }

    /// The key that encrypts. The salt is the other secret and the nonce as it is written.
    fn key(encrypt_key: &str, validate_key: &Secret, nonce: &str) -> Option<Secret> {
        let salt = [validate_key.bytes(), nonce.as_bytes()].concat();
        DIGEST.pbkdf2(encrypt_key.as_bytes(), &salt, 1, KEY)
    }

    fn cipher(&self) -> &'static str {
        if self.gcm {
            "IV, tag, AES-256-GCM(encryption key, IV, S)"
        } else {
            "AES-256-CTR(encryption key, 0, S)"
        }
    }

    fn encrypt(&self, key: &Secret, plain: &[u8]) -> Result<Vec<u8>, SignError> {
        let sealed = if self.gcm {
            let iv = random::bytes::<IV>()?;
            Aead::AesGcm.seal(key.bytes(), &iv, b"", plain).and_then(|sealed| {
                let (ciphertext, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG)?)?;
                Some([&iv[..], tag, ciphertext].concat())
            })
        } else {
            cipher::ctr(key.bytes(), &[0; 16], plain)
        };
        sealed
            .ok_or_else(|| options::bad_option(ENCRYPT_KEY, "It could not be encrypted.", "Try another key."))
    }

    /// S, from what was encrypted.
    fn decrypt(&self, key: &Secret, sealed: &[u8]) -> Result<Vec<u8>, Verdict> {
        if !self.gcm {
            return cipher::ctr(key.bytes(), &[0; 16], sealed).ok_or_else(wrong_encrypt_key);
        }
        let parts =
            sealed.split_at_checked(IV).and_then(|(iv, rest)| Some((iv, rest.split_at_checked(TAG)?)));
        let Some((iv, (tag, ciphertext))) = parts else {
            return Err(unreadable("What is encrypted is too short for an IV and a tag."));
        };
        if sealed.iter().all(|byte| *byte == 0) {
            return Err(unreadable("What should be encrypted is only zeros, which no cipher makes."));
        }
        Aead::AesGcm.open(key.bytes(), iv, b"", &[ciphertext, tag].concat()).ok_or_else(wrong_encrypt_key)
    }
}

/// The outer tag is right, but the inner one is not, or there is nothing readable within.
fn wrong_encrypt_key() -> Verdict {
    verdict::invalid(
        Why::BadSignature,
        "The signature is right, but it does not decrypt: `encrypt_key` or `crypto_type` is another.",
    )
}

/// What is in a cookie session.
struct Session {
    payload: Payload,
    accessed: Option<f64>,
    created: Option<f64>,
    id: Option<String>,
    finding: Option<Finding>,
}

impl Session {
    /// Reads S, which `place` shows.
    fn read(serialized: &[u8], pickles: bool, place: Span) -> Result<Self, Verdict> {
        if pickles {
            let pickle =
                Pickle::read(serialized).map_err(|what| unreadable(format!("The session {what}.")))?;
            let member = |name| pickle.member(pickle.root(), name);
            return Ok(Self {
                accessed: member("_accessed_time").and_then(|id| pickle.number(id)),
                created: member("_creation_time").and_then(|id| pickle.number(id)),
                id: member("_id").and_then(|id| pickle.text(id)).map(str::to_owned),
                payload: pickle.payload(),
                finding: Some(pickle.finding(Some(place))),
            });
        }
        let json = inflate::zlib(serialized).map_err(|what| unreadable(format!("The session {what}.")))?;
        let Payload::Json(json) = Payload::of(json) else {
            return Err(unreadable("The session inflates, but not to JSON."));
        };
        let members: Value = serde_json::from_str(&json).unwrap_or_default();
        let number = |name| members.get(name).and_then(Value::as_f64);
        Ok(Self {
            accessed: number("_accessed_time"),
            created: number("_creation_time"),
            id: members.get("_id").and_then(Value::as_str).map(str::to_owned),
            payload: Payload::Json(json),
            finding: None,
        })
    }

    fn facts(&self, now: Option<i64>) -> Vec<Fact> {
        let time = |term, from, time: Option<f64>| {
            time.map(|time| opened::time_fact(term, from, age::whole(time), now))
        };
        let id = self.id.as_deref().map(|id| opened::text_fact("Session ID", Some("_id"), id));
        let times = [
            time("Created", "_creation_time", self.created),
            time("Last access", "_accessed_time", self.accessed),
        ];
        times.into_iter().chain([id]).flatten().collect()
    }
}

/// Whether `data` begins with a nonce of 16 bytes: Base64 ends there with `==`, and more follows.
fn looks_encrypted(data: &str) -> bool {
    data.get(22..24) == Some("==") && data.len() > 24
}

impl Scheme for BeakerCookieSession {
    fn about(&self) -> &'static About {
        &ABOUT_COOKIE
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let signed = Signed::of(&item.value).ok()?;
        let is_hex = mac::hex_tag(signed.data).is_some();
        if !signed.has_tag() || signed.data.is_empty() || is_hex {
            return None;
        }
        let is_named = opened::is_named(&ABOUT_COOKIE, item.name.as_deref());
        let (likelihood, what) = match BASE64_PADDED.decode(signed.data) {
            Ok(bytes) if Pickle::begins(&bytes) => (90, "a pickle"),
            Ok(bytes) if matches!(bytes.get(..2), Some([0x78, 0x01 | 0x5e | 0x9c | 0xda])) => {
                (88, "compressed data")
            }
            Ok(_) => (if is_named { 70 } else { 12 }, "Base64"),
            Err(_) if looks_encrypted(signed.data) => (75, "a nonce and Base64"),
            Err(_) => return None,
        };
        let form = format!("It is 40 hex digits, as many as an HMAC-SHA1 tag, and {what}.");
        let mut candidate = opened::candidate(
            &ABOUT_COOKIE,
            if is_named { likelihood.max(80) } else { likelihood },
            &[&form],
        );
        if is_named {
            candidate.reasons.push("The name `beaker.session.id` is Beaker's.".into());
        }
        Some(candidate)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = match Settings::of(&ask.options) {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT_COOKIE, verdict::unusable(&error)),
        };
        match Signed::of(&item.value) {
            Ok(signed) => settings.open(&signed, ask),
            Err(broken) => opened::bare(&ABOUT_COOKIE, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT_COOKIE.secret_encoding);
        let key = keys.signing()?;
        let json = session(draft)?;
        let serialized = if settings.pickles {
            pickle::write(&pickle::json_value(&json)?)
        } else {
            inflate::to_zlib(json.as_bytes())
        };
        let mut steps = vec![Step::new("Session", "", Excerpt::text(&json), None)];
        let how = if settings.pickles { "pickle(session)" } else { "zlib(session)" };
        steps.push(Step::new("S", how, Excerpt::hex(&serialized), None));
        let data = match settings.encrypt_key {
            None => BASE64_PADDED.encode(&serialized),
            Some(encrypt_key) => {
                if !key.bytes().is_ascii() {
                    return Err(SignError {
                        field: Field::Secret,
                        message: "With an `encrypt_key`, Beaker takes only ASCII for `validate_key`.".into(),
                        hint: "Choose another secret, or leave `encrypt_key` empty.".into(),
                        at: None,
                    });
                }
                let nonce = random::bytes::<16>()?;
                let nonce = BASE64_PADDED.encode(nonce.get(..settings.nonce).unwrap_or_default());
                let derived = Settings::key(encrypt_key, key, &nonce).ok_or_else(|| {
                    options::bad_option(ENCRYPT_KEY, "No key can be derived.", "Try another.")
                })?;
                let sealed = settings.encrypt(&derived, &serialized)?;
                steps.extend(settings.steps(&derived, &nonce, &sealed));
                format!("{nonce}{}", BASE64_PADDED.encode(&sealed))
            }
        };
        let tag = hex::encode(DIGEST.tag(key.bytes(), data.as_bytes()));
        steps.push(settings.data_step(&data));
        steps.extend(tag_steps(&keys, &data));
        Ok(Made { value: format!("{tag}{data}"), steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from beaker.middleware import SessionMiddleware

def index(environ, start_response):
    session = environ["beaker.session"]  # empty if the cookie is not right
    session["user"] = 7
    session.save()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(dict(session)).encode()]

app = SessionMiddleware(index, {
    "session.type": "cookie", "session.key": "NAME", "session.secure": True, "session.httponly": True,
    "session.validate_key": os.environ["SECRET_ENV"], "session.data_serializer": "OPTION_data_serializer",
?encrypt_key:     "session.encrypt_key": os.environ["ENCRYPT_KEY"], "session.crypto_type": "OPTION_crypto_type",
?encrypt_nonce_bits:     "session.encrypt_nonce_bits": OPTION_encrypt_nonce_bits,
})"#,
        )]
    }
}

impl Settings<'_> {
    fn open(&self, signed: &Signed, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, ABOUT_COOKIE.secret_encoding);
        let verdict = signed.verdict(ask, &keys);
        let right = match &verdict {
            Verdict::Valid { secret, .. } => keys.usable.iter().find(|key| key.index == *secret),
            _ => None,
        };
        let place = Span::new(signed.at, signed.at + signed.data.len());
        let mut steps = Vec::new();
        let serialized = match (self.encrypt_key, right) {
            (None, _) => self.plain(signed.data, place).map(Some),
            // What did not authenticate is not decrypted.
            (Some(_), None) => Ok(None),
            (Some(encrypt_key), Some(key)) => {
                self.decrypted(signed.data, encrypt_key, &key.secret, place, &mut steps).map(Some)
            }
        };
        let session = serialized.and_then(|serialized| {
            let Some(serialized) = serialized else { return Ok(None) };
            steps.insert(0, Step::new("S", "the session, serialized", Excerpt::hex(&serialized), None));
            self.session(&serialized, place).map(Some)
        });
        let (session, broken) = match session {
            Ok(Some((session, wrong))) => (Some(session), wrong),
            Ok(None) => (None, None),
            Err(broken) => (None, Some(broken)),
        };
        let accessed = session.as_ref().and_then(|session| session.accessed);
        let caveat = accessed.and_then(|accessed| age::too_old(accessed, self.timeout, ask.now, TIMEOUT));
        let verdict = verdict::with_caveats(verdict::once_valid(verdict, || broken), caveat);
        let mut findings = mac::remarks(&verdict, &keys, DIGEST);
        let facts = session.as_ref().map(|session| session.facts(ask.now)).unwrap_or_default();
        let payload = session.map(|session| {
            findings.extend(session.finding);
            session.payload
        });
        steps.push(self.data_step(signed.data));
        steps.extend(tag_steps(&keys, signed.data));
        Opened {
            segments: signed.segments("Data", payload.clone()),
            payload,
            encrypted: self.encrypt_key.is_some(),
            facts,
            steps,
            signature: Some(signed.signature(&keys)),
            findings,
            ..opened::bare(&ABOUT_COOKIE, verdict)
        }
    }

    /// S of a session that is not encrypted.
    fn plain(&self, data: &str, place: Span) -> Result<Vec<u8>, Verdict> {
        if looks_encrypted(data) {
            let message = "The session is encrypted: the option `encrypt_key` is missing.";
            return Err(verdict::invalid(Why::WrongOption, message));
        }
        python_base64::decode(data).map_err(|what| malformed(format!("The data {what}."), Some(place)))
    }

    fn decrypted(
        &self,
        data: &str,
        encrypt_key: &str,
        validate_key: &Secret,
        place: Span,
        steps: &mut Vec<Step>,
    ) -> Result<Vec<u8>, Verdict> {
        let (nonce, encoded) = data
            .split_at_checked(self.nonce_characters())
            .ok_or_else(|| malformed("The data is shorter than a nonce.", Some(place)))?;
        let sealed = python_base64::decode(encoded)
            .map_err(|what| malformed(format!("What is encrypted {what}."), Some(place)))?;
        let key = Self::key(encrypt_key, validate_key, nonce).ok_or_else(wrong_encrypt_key)?;
        steps.extend(self.steps(&key, nonce, &sealed));
        self.decrypt(&key, &sealed)
    }

    /// The session that S is, and the verdict if it was written by the other serializer.
    fn session(&self, serialized: &[u8], place: Span) -> Result<(Session, Option<Verdict>), Verdict> {
        let broken = match Session::read(serialized, self.pickles, place) {
            Ok(session) => return Ok((session, None)),
            Err(broken) => broken,
        };
        match Session::read(serialized, !self.pickles, place) {
            Ok(session) => {
                let is = if self.pickles { "json" } else { "pickle" };
                let message =
                    format!("The session was written by another serializer: set `{SERIALIZER}` to {is}.");
                Ok((session, Some(verdict::invalid(Why::WrongOption, message))))
            }
            // AES-CTR has no tag: a wrong key shows only by what comes out.
            Err(_) if self.encrypt_key.is_some() && !self.gcm => Err(wrong_encrypt_key()),
            Err(_) => Err(broken),
        }
    }

    fn steps(&self, key: &Secret, nonce: &str, sealed: &[u8]) -> Vec<Step> {
        vec![
            Step::new(
                "Nonce",
                format!("base64({} random bytes)", self.nonce),
                Excerpt::text(nonce),
                Some(Role::Meta),
            ),
            Step::new(
                "Encryption key",
                "PBKDF2-HMAC-SHA1(encrypt_key, validate_key + nonce, 1 iteration, 32 bytes)",
                Excerpt::key(key.bytes()),
                None,
            ),
            Step::new("Encrypted", self.cipher(), Excerpt::hex(sealed), None),
        ]
    }

    fn data_step(&self, data: &str) -> Step {
        let formula = if self.encrypt_key.is_some() { "nonce + base64(encrypted)" } else { "base64(S)" };
        Step::new("Data", formula, Excerpt::text(data), Some(Role::Payload))
    }
}

/// The session's dict as JSON: what Beaker keeps beside the application's own members is added where it is missing.
fn session(draft: &Draft) -> Result<String, SignError> {
    let mut members = python_json::members(&draft.payload.text, python_json::DEFAULT)?;
    let now = format!("{}.0", age::now(draft)?);
    let id = format!("\"{}\"", hex::encode(random::bytes::<16>()?));
    let own = [
        ("_domain", "null".to_owned()),
        ("_path", "\"/\"".to_owned()),
        ("_id", id),
        ("_creation_time", now.clone()),
        ("_accessed_time", now),
    ];
    for (name, value) in own {
        if members.iter().all(|(known, _)| known != name) {
            members.push((name.to_owned(), value));
        }
    }
    Ok(python_json::object(&members, python_json::DEFAULT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft};
    use crate::secret::SecretText;

    #[test]
    fn every_way_to_write_a_session_is_read_again() {
        for serializer in ["pickle", "json"] {
            for (encrypt_key, crypto, bits) in
                [("", "cryptography", "128"), ("k", "cryptography", "48"), ("k", "pycryptodome", "128")]
            {
                let options = Options::from([
                    (SERIALIZER.into(), serializer.into()),
                    (ENCRYPT_KEY.into(), encrypt_key.into()),
                    (CRYPTO.into(), crypto.into()),
                    (NONCE_BITS.into(), bits.into()),
                ]);
                let secrets = vec![SecretText::new("validate", None)];
                let draft = Draft {
                    scheme: ABOUT_COOKIE.id.to_string(),
                    payload: PayloadDraft { form: PayloadForm::Json, text: "{\"user\": [7, \"é\"]}".into() },
                    secrets: secrets.clone(),
                    options: options.clone(),
                    cookie: CookieDraft::default(),
                    now: Some(1_767_225_600),
                    patient: false,
                };
                let item = Item::bare(None, &BeakerCookieSession.make(&draft).expect("made").value);
                let opened = BeakerCookieSession.open(&item, &Ask { secrets, options, ..Ask::default() });
                assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{:?}", opened.verdict);
                assert_eq!(opened.facts.len(), 3);
                assert!(BeakerCookieSession.detect(&item).is_some());
            }
        }
    }
}
