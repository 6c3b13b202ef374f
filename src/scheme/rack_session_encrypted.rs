//! rack-session 2 (`Rack::Session::Encryptor`), as Rack 3 and Sinatra 4 keep their sessions.
//!
//! Version 2, which 2.1 and later write: standard Base64 of 02, salt (32 bytes), IV (12), tag (16) and ciphertext;
//! AES-256-GCM with the key HMAC-SHA256(first 32 bytes of the secret, salt) and 02 + salt + purpose as associated data.
//! Version 1, which 2.0 wrote: Base64 for URLs of 01, message secret (32), IV (16), ciphertext and tag (32); AES-256-CTR
//! with the key made likewise; the tag is HMAC-SHA256(the secret behind its first 32 bytes, all in front of the tag +
//! purpose). Plaintext: two bytes, the length of the random padding that follows, then the session. The purpose is the
//! cookie's name where the option `key` is set, and none otherwise. Source: `rack/session/encryptor.rb`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64_PADDED;
use super::kit::base64::BASE64URL_PADDED;
use super::kit::cipher::{Aead, TAG, ctr};
use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::opened::bare;
use super::kit::option_spec::{FLAG, Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::random;
use super::kit::ruby_value::{self, Content, Format};
use super::kit::verdict::malformed;
use super::kit::verdict::unusable;
use super::rack_session_cookie::{self, SESSION_COOKIE};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, PayloadForm, Role, Segment, SignError, Step,
    Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct RackSessionEncrypted;

static ABOUT: About = About {
    id: Cow::Borrowed("rack-session-encrypted"),
    title: Cow::Borrowed("Rack encrypted session"),
    framework: Cow::Borrowed("Rack, Sinatra"),
    language: Cow::Borrowed("Ruby"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(SESSION_COOKIE)]),
    docs: Cow::Borrowed("https://github.com/rack/rack-session"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(02 salt IV tag AES-256-GCM(HMAC-SHA256(secret, salt), padding session))"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"session_id\": \"a2f1\", \"user_id\": 7 }"),
    options: Cow::Borrowed(&OPTIONS),
};

const MODE: &str = "mode";
const JSON: &str = "serialize_json";
const PURPOSE: &str = "purpose";
const KEY: &str = "key";
const PAD_SIZE: &str = "pad_size";

static OPTIONS: [OptionSpec; 5] = [
    spec(JSON, FLAG, "false", "Whether the session is JSON; else it is Marshal.", Uses::Both),
    spec(
        KEY,
        OptionKind::Text,
        "",
        "The cookie's name, if the application sets it: it is then the purpose.",
        Uses::Both,
    ),
    spec(PURPOSE, OptionKind::Text, "", "The purpose, for an Encryptor of one's own.", Uses::Both),
    spec(
        MODE,
        MODES,
        "v2",
        "The version that is written. Which one a value has shows its first byte.",
        Uses::Both,
    ),
    spec(
        PAD_SIZE,
        OptionKind::Json,
        "32",
        "The session is padded to a multiple of this; null for no padding.",
        Uses::Making,
    ),
];

const MODES: OptionKind = OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("v2"), Cow::Borrowed("v1")]));

/// Bytes of the salt, or message secret.
const SALT: usize = 32;
/// Bytes of the secret that encrypt.
const CIPHER_SECRET: usize = 32;
/// Bytes of the tag of version 1.
const MAC: usize = 32;
const DIGEST: Digest = Digest::Sha256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Version {
    const fn byte(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    const fn iv(self) -> usize {
        match self {
            Self::One => 16,
            Self::Two => 12,
        }
    }

    /// Bytes that the secret must have.
    const fn secret(self) -> usize {
        match self {
            Self::One => 64,
            Self::Two => 32,
        }
    }

    fn of(options: &Options) -> Result<Option<Self>, SignError> {
        match options::filled(options, MODE)? {
            None | Some("guess_version") => Ok(None),
            Some("v1") => Ok(Some(Self::One)),
            Some("v2") => Ok(Some(Self::Two)),
            Some(other) => Err(options::bad_option(
                MODE,
                format!("{MODE} is {other:?}; there are v1 and v2."),
                LEAVE_EMPTY,
            )),
        }
    }
}

/// A value taken apart.
struct Parts<'a> {
    version: Version,
    salt: &'a [u8],
    iv: &'a [u8],
    ciphertext: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let version = match version {
            1 => Version::One,
            2 => Version::Two,
            _ => return None,
        };
        let (salt, rest) = rest.split_at_checked(SALT)?;
        let (iv, rest) = rest.split_at_checked(version.iv())?;
        let (ciphertext, tag) = match version {
            Version::One => rest.split_at_checked(rest.len().checked_sub(MAC)?)?,
            Version::Two => {
                let (tag, ciphertext) = rest.split_at_checked(TAG)?;
                (ciphertext, tag)
            }
        };
        (!ciphertext.is_empty()).then_some(Self { version, salt, iv, ciphertext, tag })
    }

    /// What is authenticated beside or in front of the tag.
    fn authenticated(&self, purpose: &str) -> Vec<u8> {
        let version = [self.version.byte()];
        match self.version {
            Version::One => [&version, self.salt, self.iv, self.ciphertext, purpose.as_bytes()].concat(),
            Version::Two => [&version, self.salt, purpose.as_bytes()].concat(),
        }
    }

    /// The padded session, if secret and purpose are right.
    fn decrypt(&self, secret: &Secret, purpose: &str) -> Option<Vec<u8>> {
        let (key, signer) = derived(secret, self.salt)?;
        let authenticated = self.authenticated(purpose);
        match self.version {
            Version::One => DIGEST
                .verifies(signer, &authenticated, self.tag)
                .then(|| ctr(key.bytes(), self.iv, self.ciphertext))?,
            Version::Two => {
                let sealed = [self.ciphertext, self.tag].concat();
                Aead::AesGcm.open(key.bytes(), self.iv, &authenticated, &sealed)
            }
        }
    }

    fn encoded(&self) -> String {
        let version = [self.version.byte()];
        match self.version {
            Version::One => {
                BASE64URL_PADDED.encode(&[&version, self.salt, self.iv, self.ciphertext, self.tag].concat())
            }
            Version::Two => {
                BASE64_PADDED.encode(&[&version, self.salt, self.iv, self.tag, self.ciphertext].concat())
            }
        }
    }

    /// The parts by name, in the order in which they stand.
    fn segments(&self, characters: usize) -> Vec<Segment> {
        let salt = match self.version {
            Version::One => "Message secret",
            Version::Two => "Salt",
        };
        let ciphertext = ("Ciphertext", Role::Payload, self.ciphertext.len());
        let tag = ("Auth tag", Role::Signature, self.tag.len());
        let mut parts =
            vec![("Version", Role::Prefix, 1), (salt, Role::Meta, SALT), ("IV", Role::Meta, self.iv.len())];
        parts.extend(match self.version {
            Version::One => [ciphertext, tag],
            Version::Two => [tag, ciphertext],
        });
        let last = parts.len() - 1;
        let (mut bytes, mut start) = (0, 0);
        let segment = |(index, (name, role, length)): (usize, (&str, Role, usize))| {
            bytes += length;
            // Where a character belongs to two parts it is shown with the second.
            let end = if index == last { characters } else { bytes * 4 / 3 };
            let span = Span::new(start, end);
            start = end;
            Segment { name: name.into(), role, span, decoded: None }
        };
        parts.into_iter().enumerate().map(segment).collect()
    }

    fn steps(&self, keys: &Keys, purpose: &str, padded: &[u8], session: Vec<Step>) -> Vec<Step> {
        let mut steps = session;
        let made = keys.first().and_then(|secret| derived(secret, self.salt));
        let Some((key, _)) = made else { return steps };
        steps.push(Step::new("Padded", "length, random padding, session", Excerpt::hex(padded), None));
        steps.extend(keys.step("Secret"));
        steps.push(Step::new("Salt", "random", Excerpt::hex(self.salt), Some(Role::Meta)));
        let formula = "HMAC-SHA256(first 32 bytes of the secret, salt)";
        steps.push(Step::new("Key", formula, Excerpt::key(key.bytes()), None));
        steps.push(Step::new("IV", "random", Excerpt::hex(self.iv), Some(Role::Meta)));
        let (ciphertext, tag) = match self.version {
            Version::One => (
                "AES-256-CTR(key, IV, padded)",
                "HMAC-SHA256(the rest of the secret, 01, salt, IV, ciphertext, purpose)",
            ),
            Version::Two => {
                let authenticated = Excerpt::hex(&self.authenticated(purpose));
                steps.push(Step::new("Associated data", "02, salt, purpose", authenticated, None));
                ("AES-256-GCM(key, IV, padded)", "the tag of AES-256-GCM")
            }
        };
        steps.push(Step::new("Ciphertext", ciphertext, Excerpt::hex(self.ciphertext), Some(Role::Payload)));
        steps.push(Step::new("Auth tag", tag, Excerpt::hex(self.tag), Some(Role::Signature)));
        let formula = match self.version {
            Version::One => "base64url(01, salt, IV, ciphertext, tag)",
            Version::Two => "base64(02, salt, IV, tag, ciphertext)",
        };
        steps.push(Step::new("Value", formula, Excerpt::text(&self.encoded()), None));
        steps
    }
}

/// The key of a message, and the part of the secret that signs in version 1.
fn derived<'a>(secret: &'a Secret, salt: &[u8]) -> Option<(Secret, &'a [u8])> {
    let (cipher, signer) = secret.bytes().split_at_checked(CIPHER_SECRET)?;
    Some((Secret::new(DIGEST.tag(cipher, salt)), signer))
}

/// The session behind its padding.
fn unpadded(padded: &[u8]) -> Result<&[u8], String> {
    let session = padded
        .split_first_chunk::<2>()
        .and_then(|(length, rest)| rest.get(usize::from(u16::from_le_bytes(*length))..));
    session.ok_or_else(|| "has more padding than bytes".into())
}

fn purpose(options: &Options) -> Result<&str, SignError> {
    let key = options::filled(options, KEY)?;
    Ok(options::filled(options, PURPOSE)?.or(key).unwrap_or_default())
}

/// The secrets that are long enough; the trouble says if none is.
fn keys_of(secrets: &[crate::secret::SecretText], version: Version) -> Keys {
    let mut keys = Keys::of(secrets, ABOUT.secret_encoding);
    let wanted = version.secret();
    let is_long = |key: &Key| key.secret.len() >= wanted;
    if let Some(short) = keys.usable.iter().find(|key| !is_long(key)) {
        keys.trouble = Some(format!(
            "The secret has {} bytes, and rack-session wants at least {wanted} here.",
            short.secret.len()
        ));
    }
    keys.usable.retain(is_long);
    keys
}

/// The bytes of a value, in the alphabet of either version.
fn decoded(value: &str) -> Result<Vec<u8>, (Span, String)> {
    ruby_value::decode64(value, true)
}

impl Scheme for RackSessionEncrypted {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        // `01` and `02` in Base64 begin with this.
        let value = item.value.strip_prefix('A').map(|_| &item.value)?;
        let bytes = decoded(value).ok()?;
        let parts = Parts::of(&bytes)?;
        let is_named = item.name.as_deref() == Some(SESSION_COOKIE);
        let is_padded = parts.ciphertext.len().is_multiple_of(32);
        let likelihood = match (is_named, is_padded) {
            (true, _) => 92,
            (false, true) => 40,
            (false, false) => return None,
        };
        let mut reasons = vec![format!(
            "Base64 that begins with the byte {:02}, a version of rack-session's encryption.",
            parts.version.byte()
        )];
        if is_padded {
            reasons.push("The ciphertext is padded to a multiple of 32 bytes.".into());
        }
        if is_named {
            reasons.push("The name `rack.session` is Rack's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let bytes = match decoded(&item.value) {
            Ok(bytes) => bytes,
            Err((at, what)) => {
                return bare(&ABOUT, malformed(format!("It is not Base64: {what}."), at));
            }
        };
        let whole = Span::new(0, item.value.len());
        let Some(parts) = Parts::of(&bytes) else {
            let message = format!(
                "Its {} bytes are no session: the first must be 01 or 02, and salt, IV, tag and ciphertext follow.",
                bytes.len()
            );
            return bare(&ABOUT, malformed(message, whole));
        };
        let settings = || {
            let wants_json = options::flag(&ask.options, JSON)?;
            Ok::<_, SignError>((Version::of(&ask.options)?, purpose(&ask.options)?, wants_json))
        };
        let (mode, purpose, wants_json) = match settings() {
            Ok(settings) => settings,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let keys = keys_of(&ask.secrets, parts.version);
        let opened = match mode.filter(|mode| *mode != parts.version) {
            Some(mode) => {
                let (found, wanted) = (parts.version.byte(), mode.byte());
                let message = format!("It is of version {found}, and read as version {wanted}.");
                (Verdict::Invalid { why: Why::WrongOption, message, at: Some(whole) }, None)
            }
            None => match keys.find(|secret| parts.decrypt(secret, purpose)) {
                Some((key, padded)) => (mac::judge(ask, &keys, Some(key)), Some(padded)),
                None => (mac::judge(ask, &keys, None), None),
            },
        };
        report(&parts, &keys, opened, (purpose, wants_json), whole)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let options = &draft.options;
        let version = Version::of(options)?.unwrap_or(Version::Two);
        let keys = keys_of(&draft.secrets, version);
        let secret = keys.signing()?;
        let format =
            if options::flag(options, JSON)?.unwrap_or(false) { Format::Json } else { Format::Marshal };
        let session = serialized(draft, format)?;
        let padded = padded(&session, pad_size(options)?)?;
        let salt = random::bytes::<SALT>()?;
        let (key, signer) = derived(secret, &salt).ok_or_else(|| no_key(Field::Secret))?;
        let iv = random::bytes::<16>()?;
        let iv = iv.get(..version.iv()).unwrap_or_default();
        let mut parts = Parts { version, salt: &salt, iv, ciphertext: &[], tag: &[] };
        let purpose = purpose(options)?;
        let sealed = match version {
            Version::One => {
                let mut sealed = ctr(key.bytes(), iv, &padded).ok_or_else(|| no_key(Field::Payload))?;
                let tag = DIGEST.tag(signer, &Parts { ciphertext: &sealed, ..parts }.authenticated(purpose));
                sealed.extend(tag);
                sealed
            }
            Version::Two => Aead::AesGcm
                .seal(key.bytes(), iv, &parts.authenticated(purpose), &padded)
                .ok_or_else(|| no_key(Field::Payload))?,
        };
        (parts.ciphertext, parts.tag) = sealed.split_at_checked(padded.len()).unwrap_or_default();
        let step =
            Step::new("Session", format!("the value as {}", format.name()), Excerpt::of(&session), None);
        let steps = parts.steps(&keys, purpose, &padded, vec![step]);
        Ok(Made { value: parts.encoded(), steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "config.ru, rack-session 2",
            "ruby",
            r#"require "rack/session"

use Rack::Session::Cookie,
    key: "OPTION_key", # the cookie's name is then its purpose, too
    secrets: ENV.fetch("SECRET_ENV"), secure: true, same_site: :lax,
    serialize_json: OPTION_serialize_json

run(lambda do |env|
  before = env["rack.session"]["user_id"] # nil if the cookie is not right
  env["rack.session"]["user_id"] = 7
  [200, { "content-type" => "text/plain" }, [before.inspect]]
end)"#,
        )]
    }
}

fn report(
    parts: &Parts,
    keys: &Keys,
    (verdict, padded): (Verdict, Option<Vec<u8>>),
    (purpose, wants_json): (&str, Option<bool>),
    whole: Span,
) -> Opened {
    let content: Option<Result<Content, String>> =
        padded.as_deref().map(|padded| ruby_value::read(unpadded(padded)?));
    let refused = |why, what: &str| Verdict::Invalid {
        why,
        message: format!("The tag is right, but the session {what}."),
        at: Some(whole),
    };
    let verdict = match (&content, wants_json) {
        (Some(Err(what)), _) => refused(Why::Malformed, what),
        (Some(Ok(content)), Some(json)) if (content.format == Format::Json) != json => refused(
            Why::WrongOption,
            &format!("is {}, and serialize_json says another", content.format.name()),
        ),
        _ => verdict,
    };
    let content = content.and_then(Result::ok);
    let first = keys.usable.first().map(|key| key.index);
    let is_first = !matches!(verdict, Verdict::Valid { secret, .. } if Some(secret) != first);
    let steps = match (&content, &padded) {
        (Some(content), Some(padded)) if is_first => {
            let session = unpadded(padded).unwrap_or_default();
            let formula = format!("the value as {}", content.format.name());
            let step = Step::new("Session", formula, Excerpt::of(session), Some(Role::Payload));
            parts.steps(keys, purpose, padded, vec![step])
        }
        _ => Vec::new(),
    };
    Opened {
        token: None,
        scheme: ABOUT.id.to_string(),
        title: format!("{}, version {}", ABOUT.title, parts.version.byte()),
        findings: content.as_ref().map(|content| ruby_value::remarks(content, SETTING)).unwrap_or_default(),
        verdict,
        segments: parts.segments(whole.end),
        facts: content.as_ref().map(rack_session_cookie::facts).unwrap_or_default(),
        steps,
        payload: content.map(|content| content.payload),
        encrypted: true,
        signature: None,
    }
}

/// The middleware keeps sessions; an Encryptor of one's own takes any value.
fn serialized(draft: &Draft, format: Format) -> Result<Vec<u8>, SignError> {
    let (draft, options) = (&draft.payload, &draft.options);
    match (draft.form, format) {
        (PayloadForm::Hex, _) => {
            let is_named = options.contains_key(JSON);
            ruby_value::serialized(
                draft,
                |found| if is_named { found == format } else { found != Format::Raw },
            )
        }
        (_, Format::Marshal) => Ok(crate::payload::marshal::write(&ruby_value::value(draft)?)),
        _ => Ok(ruby_value::json_text(draft)?.into_bytes()),
    }
}

fn pad_size(options: &Options) -> Result<Option<usize>, SignError> {
    let Some(value) = options.get(PAD_SIZE) else { return Ok(Some(32)) };
    if *value == Value::Null {
        return Ok(None);
    }
    let size =
        value.as_u64().and_then(|size| usize::try_from(size).ok()).filter(|size| (2..=4096).contains(size));
    size.map(Some).ok_or_else(|| {
        options::bad_option(PAD_SIZE, format!("{PAD_SIZE} is {value}; 2 to 4096 are allowed."), LEAVE_EMPTY)
    })
}

fn padded(session: &[u8], size: Option<usize>) -> Result<Vec<u8>, SignError> {
    let length = size.map_or(0, |size| size - (2 + session.len()) % size);
    let random = random::bytes::<4096>()?;
    let padding = random.get(..length).unwrap_or_default();
    let length = u16::try_from(length).unwrap_or_default().to_le_bytes();
    Ok([length.as_slice(), padding, session].concat())
}

/// Cannot happen: keys and IVs have the ciphers' lengths.
fn no_key(field: Field) -> SignError {
    SignError {
        field,
        message: "The cipher does not take this.".into(),
        hint: "Use a secret of 64 bytes.".into(),
        at: None,
    }
}

/// What to set so that sessions hold no Marshal.
const SETTING: &str = "serialize_json to true";
