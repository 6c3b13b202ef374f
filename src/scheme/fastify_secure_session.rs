//! `@fastify/secure-session`: the whole session in libsodium's secretbox.
//!
//! `base64(tag and ciphertext) ; base64(nonce)`, percent-encoded in the header. XSalsa20-Poly1305 of the session's JSON, in
//! which `__ts` is the Unix second of the last change. The key is 32 bytes (`key`), or Argon2id of a text (`secret`: three
//! passes over 256 MiB). When reading, Base64url and missing padding are taken, and what stands behind a second semicolon is
//! not read. With `cookie: { signed: true }` `@fastify/cookie` signs the value besides, with the secret, or with the hex
//! text of the key's BLAKE2b hash. Source: `index.js`.

use std::borrow::Cow;
use std::cell::Cell;

use blake2::{Blake2b256, Digest as _};

use super::kit::age;
use super::kit::argon2id;
use super::kit::base64::{BASE64, BASE64_PADDED};
use super::kit::cipher::{Aead, TAG};
use super::kit::digest::Digest;
use super::kit::excerpt::secret_step;
use super::kit::mac::Keys;
use super::kit::making;
use super::kit::opened;
use super::kit::options;
use super::kit::random;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::jose::claims::{self, Claims};
use crate::jose::jws::Refusal;
use crate::moment;
use crate::payload::member;
use crate::protocol::{
    AS_SECRET, Ask, CONFIGURED_AS, Candidate, Caveat, CaveatKind, Draft, Excerpt, Fact, Field, Opened,
    Options, Payload, PayloadForm, Role, Segment, SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct FastifySecureSession;

static ABOUT: About = About {
    id: Cow::Borrowed("fastify-secure-session"),
    title: Cow::Borrowed("Fastify secure session"),
    framework: Cow::Borrowed("Fastify"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(NAME)]),
    docs: Cow::Borrowed("https://github.com/fastify/fastify-secure-session"),
    secret_encoding: SecretEncoding::Base64,
    built: Cow::Borrowed("base64(XSalsa20-Poly1305(key, nonce, JSON)) ; base64(nonce)"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(CONFIGURED_AS),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("key"), Cow::Borrowed("secret")])),
            default: Cow::Borrowed("key"),
            help: Cow::Borrowed(
                "Whether the server is given a `key` of 32 bytes, or a text as `secret`, from which Argon2id derives one.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(SALT),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("16 characters that go with a `secret`; the library's own if empty."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(SIGNED),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("false"), Cow::Borrowed("true")])),
            default: Cow::Borrowed("false"),
            help: Cow::Borrowed(
                "Whether the cookie's own options say `signed: true`, so that a tag stands behind it.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(EXPIRY),
            kind: OptionKind::Number,
            default: Cow::Borrowed("86401"),
            help: Cow::Borrowed("Seconds after the last change at which the session ends."),
            when_making: false,
            when_opening: true,
        },
    ]),
};

const NAME: &str = "session";
const SALT: &str = "salt";
const SIGNED: &str = "signed";
const EXPIRY: &str = "expiry";
const DEFAULT_EXPIRY: i64 = 86_401;
/// The member that holds the second of the last change.
const STAMP: &str = "__ts";
const BOX: Aead = Aead::XSalsa20Poly1305;
const NONCE: usize = 24;
const KEY: usize = 32;
/// Bytes that a `secret` must have.
const MIN_SECRET: usize = 32;
/// The salt of a `secret` that is given none (Base64 `mq9hDxBVDbspDR6nLfFT1g==`).
const DEFAULT_SALT: [u8; 16] =
    [0x9a, 0xaf, 0x61, 0x0f, 0x10, 0x55, 0x0d, 0xbb, 0x29, 0x0d, 0x1e, 0xa7, 0x2d, 0xf1, 0x53, 0xd6];
/// libsodium's `OPSLIMIT_MODERATE` and `MEMLIMIT_MODERATE` (256 MiB, in KiB).
const PASSES: u32 = 3;
const MEMORY: u32 = 256 * 1024;
const COST: &str = "With `secret` the key comes from Argon2id: three passes over 256 MiB of memory, a second or several in a \
                    browser.";

impl Scheme for FastifySecureSession {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (value, tag) = split_tag(&item.value);
        let parts = Parts::of(value).ok()?;
        let is_base64 = |text: &str| BASE64_PADDED.decode(text).is_ok();
        let exact = is_base64(parts.sealed_text) && is_base64(parts.nonce_text);
        let mut reasons = vec![
            "Two pieces of Base64 with a semicolon between them, and the second has 24 bytes: a secretbox and its nonce."
                .to_owned(),
        ];
        if tag.is_some() {
            reasons.push("Behind it stands a tag of `@fastify/cookie`.".into());
        }
        let named = item.name.as_deref() == Some(NAME);
        if named {
            reasons.push("The name `session` is the library's.".into());
        }
        let likelihood = if exact { 85 } else { 60 } + if named { 10 } else { 0 };
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        match Setup::of(&ask.options) {
            Ok(setup) => open(&item.value, ask, &setup),
            Err(bad) => opened::bare(&ABOUT, verdict::unusable(&bad)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let setup = Setup::of(&draft.options)?;
        let mut keys = Keys::of(&draft.secrets, ABOUT.reading(&draft.options));
        keys.signing()?;
        let refused =
            |field, message: String, hint: &str| SignError { field, message, hint: hint.into(), at: None };
        setup.take(&mut keys).map_err(|unfit| refused(Field::Secret, unfit.message, setup.hint()))?;
        let secret = keys.signing()?;
        let plain = stamped(draft)?;
        if setup.from_secret && !draft.patient {
            return Err(refused(Field::Patience, COST.into(), "With a `key` it is made at once."));
        }
        let no_memory = || {
            let message = "There was not enough memory to derive the key: Argon2id takes 256 MiB.";
            refused(Field::Scheme, message.into(), "Close other pages and try again.")
        };
        let key = setup.key(secret).ok_or_else(no_memory)?;
        let nonce = random::bytes::<NONCE>()?;
        let sealed = BOX.seal(key.bytes(), &nonce, b"", plain.as_bytes()).unwrap_or_default();
        let mut value = format!("{};{}", BASE64_PADDED.encode(&sealed), BASE64_PADDED.encode(&nonce));
        let mut steps = steps(&setup, secret, &key, &sealed, &nonce, Some(&plain));
        if setup.signed {
            steps.extend(signing_steps(&setup, secret, &value));
            value = format!("{value}.{}", cookie_tag(&setup, secret, &value));
        }
        Ok(Made { value, steps })
    }

    fn is_slow(&self, _item: &Item, options: &Options) -> bool {
        Setup::of(options).is_ok_and(|setup| setup.from_secret)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.js",
            "javascript",
            r#"import Fastify from "fastify"
import secureSession from "@fastify/secure-session"

const app = Fastify()
const key = KEY_BYTES
const cookie = { path: "/", httpOnly: true, secure: true, sameSite: "lax" }
app.register(secureSession, { cookieName: "NAME", OPTION_configured_as: key, cookie })

app.get("/", async (request) => {
  const before = request.session.get("user_id") // undefined if the cookie is not right
  request.session.set("user_id", 7)
  return { before }
})"#,
        )]
    }
}

/// How the server is set up.
struct Setup {
    from_secret: bool,
    salt: Vec<u8>,
    signed: bool,
    expiry: i64,
}

impl Setup {
    fn of(options: &Options) -> Result<Self, SignError> {
        let from_secret = match options::word(options, CONFIGURED_AS)?.as_deref() {
            None | Some("" | "key") => false,
            Some(AS_SECRET) => true,
            Some(other) => {
                let message = format!("The library takes no `{other}`.");
                return Err(options::bad_option(CONFIGURED_AS, message, "Write key or secret."));
            }
        };
        Ok(Self {
            from_secret,
            salt: salt(options::word(options, SALT)?.unwrap_or_default())?,
            signed: options::flag(options, SIGNED)?.unwrap_or(false),
            expiry: options::number(options, EXPIRY)?.unwrap_or(DEFAULT_EXPIRY),
        })
    }

    /// What to give as the secret.
    const fn hint(&self) -> &'static str {
        if self.from_secret {
            "Give a text of 32 bytes or more."
        } else {
            "Give 32 bytes, in hex or Base64, as Generate makes them."
        }
    }

    /// The key of the box.
    fn key(&self, secret: &Secret) -> Option<Secret> {
        if self.from_secret {
            argon2id::key(secret.bytes(), &self.salt, PASSES, MEMORY)
        } else {
            Some(secret.clone())
        }
    }

    /// Keeps the secrets that the library takes.
    ///
    /// # Errors
    /// If there are some, but none that it takes.
    fn take(&self, keys: &mut Keys) -> Result<(), Refusal> {
        let fits = |key: &super::kit::mac::Key| {
            if self.from_secret {
                key.encoding == SecretEncoding::Utf8 && key.secret.len() >= MIN_SECRET
            } else {
                key.secret.len() == KEY
            }
        };
        let Some(first) = keys.usable.first() else { return Ok(()) };
        let message = match (self.from_secret, first.encoding) {
            (true, SecretEncoding::Utf8) => {
                format!(
                    "The secret has {} bytes, and the library takes none with fewer than 32.",
                    first.secret.len()
                )
            }
            (true, other) => format!("The library reads a `secret` as text, not as {}.", other.label()),
            (false, _) => wrong_length(&first.secret),
        };
        keys.usable.retain(fits);
        if keys.usable.is_empty() { Err(Refusal::new(Why::WrongOption, message, None)) } else { Ok(()) }
    }
}

/// 16 bytes, one for each character, as Node's `ascii` reads them.
fn salt(text: String) -> Result<Vec<u8>, SignError> {
    if text.is_empty() {
        return Ok(DEFAULT_SALT.to_vec());
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.filter(|bytes| bytes.len() == DEFAULT_SALT.len()).ok_or_else(|| {
        let message = format!("The salt has {} characters.", text.chars().count());
        options::bad_option(SALT, message, "Write 16 plain characters.")
    })
}

fn wrong_length(key: &Secret) -> String {
    format!(
        "The key has {} bytes, and a secretbox takes 32. If it is a text from which the server derives its key, set \
         `configured_as` to `secret`.",
        key.len()
    )
}

/// A value without the tag of `@fastify/cookie`, where the last dot has one behind it.
fn split_tag(value: &str) -> (&str, Option<&str>) {
    match value.rsplit_once('.') {
        Some((value, tag)) if tag.len() == 43 && BASE64.decode_canonical(tag).is_some() => (value, Some(tag)),
        _ => (value, None),
    }
}

/// A value cut at its semicolons and decoded as Node does.
struct Parts<'a> {
    sealed_text: &'a str,
    nonce_text: &'a str,
    sealed: Vec<u8>,
    nonce: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(value: &'a str) -> Result<Self, Refusal> {
        let malformed = |message: String, at| Err(Refusal::new(Why::Malformed, message, Some(at)));
        let Some((sealed_text, rest)) = value.split_once(';') else {
            let message =
                "There is no semicolon in it: the ciphertext stands before one, the nonce behind it.";
            return malformed(message.into(), Span::new(0, value.len()));
        };
        let nonce_text = rest.split(';').next().unwrap_or_default();
        let (sealed, nonce) = (lenient(sealed_text), lenient(nonce_text));
        if sealed.len() < TAG {
            let message = format!("The ciphertext has {} bytes, and its tag alone has {TAG}.", sealed.len());
            return malformed(message, Span::new(0, sealed_text.len()));
        }
        if nonce.len() != NONCE {
            let start = sealed_text.len() + 1;
            let message = format!("The nonce has {} bytes; it must have {NONCE}.", nonce.len());
            return malformed(message, Span::new(start, start + nonce_text.len()));
        }
        Ok(Self { sealed_text, nonce_text, sealed, nonce })
    }
}

/// Base64 as Node's `Buffer.from` reads it: either alphabet, padding or none, and other characters passed over.
fn lenient(text: &str) -> Vec<u8> {
    let mut plain: String = text
        .chars()
        .filter_map(|c| match c {
            '-' => Some('+'),
            '_' => Some('/'),
            '+' | '/' => Some(c),
            _ => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect();
    // A last character that stands alone spells nothing.
    if plain.len() % 4 == 1 {
        plain.pop();
    }
    BASE64.decode(&plain).unwrap_or_default()
}

fn open(value: &str, ask: &Ask, setup: &Setup) -> Opened {
    let mut keys = Keys::of(&ask.secrets, ABOUT.reading(&ask.options));
    let unfit = setup.take(&mut keys).err();
    let (inner, tag) = split_tag(value);
    let segments = segments(value, tag.is_some());
    let tag = tag.filter(|_| setup.signed);
    let signature = tag.map(|tag| SignaturePair {
        found: tag.to_owned(),
        expected: keys.first().map(|key| cookie_tag(setup, key, inner)),
    });
    // As in the library: a wrong tag stays on the value, whose nonce is then too long.
    let is_cut = tag.is_some_and(|tag| keys.usable.is_empty() || is_signed(setup, &keys, inner, tag));
    let sealed = if is_cut { inner } else { value };
    let parts = match Parts::of(sealed) {
        Ok(parts) => parts,
        Err(refusal) => {
            let refusal = if split_tag(sealed).1.is_some() { explain(&refusal, setup) } else { refusal };
            return Opened { signature, segments, ..opened::bare(&ABOUT, refusal.into()) };
        }
    };
    let opened = Opened {
        title: if is_cut { "Fastify secure session, signed".into() } else { ABOUT.title.to_string() },
        encrypted: true,
        signature,
        segments,
        ..opened::bare(&ABOUT, unfit.clone().unwrap_or_else(no_reason).into())
    };
    if unfit.is_some() {
        return opened;
    }
    if setup.from_secret && !ask.patient && !keys.usable.is_empty() {
        let missing = format!("{COST} It runs only when you ask for it; a `key` is checked at once.");
        return Opened { verdict: Verdict::Unchecked { missing }, ..opened };
    }
    let mut opened = unlock(opened, &parts, &keys, ask, setup);
    if is_cut && let Some(key) = keys.first() {
        opened.steps.extend(signing_steps(setup, key, inner));
    }
    opened
}

/// Stands where a verdict is still to come.
fn no_reason() -> Refusal {
    Refusal::new(Why::Malformed, "", None)
}

/// Tries every key on the box.
fn unlock(mut opened: Opened, parts: &Parts, keys: &Keys, ask: &Ask, setup: &Setup) -> Opened {
    let no_memory = Cell::new(false);
    let right = keys.find(|secret| {
        let key = setup.key(secret);
        no_memory.set(key.is_none());
        let key = key?;
        let plain = BOX.open(key.bytes(), &parts.nonce, b"", &parts.sealed)?;
        Some((key, plain))
    });
    opened.verdict = verdict::sealed(ask, keys, right.as_ref().map(|(key, _)| *key), &[]);
    let Some((key, (box_key, plain))) = right else {
        if no_memory.get() {
            let missing = "There was not enough memory to derive the key: Argon2id takes 256 MiB.".into();
            opened.verdict = Verdict::Unchecked { missing };
        }
        if let Some(key) = keys.first().filter(|_| !setup.from_secret) {
            opened.steps = steps(setup, key, key, &parts.sealed, &parts.nonce, None);
        }
        return opened;
    };
    let text = String::from_utf8_lossy(&plain);
    let session = claims::of(&Payload::of(plain.clone()));
    opened.verdict = verdict::settle(opened.verdict, check(session.as_ref(), &text, setup, ask.now));
    opened.facts = session.as_ref().map(|session| facts(session, ask.now)).unwrap_or_default();
    opened.steps = steps(setup, &key.secret, &box_key, &parts.sealed, &parts.nonce, Some(&text));
    let payload = member::without(&text, STAMP).map_or_else(|| Payload::of(plain.clone()), Payload::Json);
    if let Some(first) = opened.segments.first_mut() {
        first.decoded = Some(payload.clone());
    }
    opened.payload = Some(payload);
    opened
}

/// A value whose nonce is too long because a tag still stands behind it.
fn explain(refusal: &Refusal, setup: &Setup) -> Refusal {
    let (why, message) = if setup.signed {
        let message = "The tag of `@fastify/cookie` behind the value does not match, so the library takes it for a part of \
                       the nonce, which is then too long.";
        (Why::BadSignature, message)
    } else {
        let message = "A tag of `@fastify/cookie` stands behind the nonce: the cookie is signed besides, and `signed` is not set.";
        (Why::WrongOption, message)
    };
    Refusal::new(why, message, refusal.at)
}

fn check(
    session: Option<&Claims>,
    text: &str,
    setup: &Setup,
    now: Option<i64>,
) -> Result<Vec<Caveat>, Refusal> {
    let Some(session) = session else {
        let what = if crate::payload::is_json(text) { "an object" } else { "JSON" };
        return Err(Refusal::new(
            Why::Malformed,
            format!("It decrypts, but what is in it is not {what}."),
            None,
        ));
    };
    // Without a stamp the library's comparison is never true.
    let end = claims::time(session, STAMP).map(|changed| changed.saturating_add(setup.expiry));
    let late = end.zip(now).filter(|(end, now)| now >= end).map(|(end, now)| Caveat {
        kind: CaveatKind::Expired,
        message: format!("It expired {}. The server begins another session.", moment::distance(end, now)),
    });
    Ok(late.into_iter().collect())
}

fn facts(session: &Claims, now: Option<i64>) -> Vec<Fact> {
    let changed = claims::time(session, STAMP).map(|changed| Fact {
        term: "Last changed".into(),
        from: Some(STAMP.into()),
        value: moment::fact(changed, now),
    });
    changed.into_iter().collect()
}

fn segments(value: &str, has_tag: bool) -> Vec<Segment> {
    let Some(semicolon) = value.find(';') else { return Vec::new() };
    let inner = if has_tag { split_tag(value).0.len() } else { value.len() };
    let second = value.get(semicolon + 1..inner).and_then(|rest| rest.find(';')).map(|at| semicolon + 1 + at);
    let nonce_end = second.unwrap_or(inner);
    [
        ("Ciphertext", Role::Payload, Span::new(0, semicolon)),
        ("Nonce", Role::Meta, Span::new(semicolon + 1, nonce_end)),
        ("Not read", Role::Meta, Span::new((nonce_end + 1).min(inner), inner)),
        ("Signature", Role::Signature, Span::new((inner + 1).min(value.len()), value.len())),
    ]
    .into_iter()
    .filter(|(_, _, span)| !span.is_empty())
    .map(|(name, role, span)| Segment { name: name.into(), role, span, decoded: None })
    .collect()
}

/// The key with which `@fastify/cookie` signs: the secret itself, or the hex text of the key's hash.
fn signing_key(setup: &Setup, secret: &Secret) -> Secret {
    if setup.from_secret {
        return secret.clone();
    }
    Secret::new(hex::encode(Blake2b256::digest(secret.bytes())).into_bytes())
}

fn cookie_tag(setup: &Setup, secret: &Secret, value: &str) -> String {
    BASE64.encode(&Digest::Sha256.tag(signing_key(setup, secret).bytes(), value.as_bytes()))
}

fn is_signed(setup: &Setup, keys: &Keys, value: &str, tag: &str) -> bool {
    let Some(tag) = BASE64.decode_canonical(tag) else { return false };
    let verifies = |secret: &Secret| {
        let key = signing_key(setup, secret);
        Digest::Sha256.verifies(key.bytes(), value.as_bytes(), &tag).then_some(())
    };
    keys.find(verifies).is_some()
}

/// The session with its stamp, in front as a session that began empty has it.
fn stamped(draft: &Draft) -> Result<String, SignError> {
    let object = making::object(draft)?;
    let typed: Claims = serde_json::from_str(&object).unwrap_or_default();
    if typed.contains_key(STAMP) {
        return Ok(object);
    }
    let rest = object.strip_prefix('{').unwrap_or_default();
    let comma = if typed.is_empty() { "" } else { "," };
    Ok(format!("{{\"{STAMP}\":{}{comma}{rest}", age::now(draft)?))
}

fn steps(
    setup: &Setup,
    secret: &Secret,
    key: &Secret,
    sealed: &[u8],
    nonce: &[u8],
    plain: Option<&str>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    if setup.from_secret {
        steps.push(secret_step("Secret", "", secret.bytes()));
        steps.push(Step::new("Salt", "", Excerpt::hex(&setup.salt), None));
        let formula = "Argon2id(secret, salt, 3 passes, 256 MiB, 1 lane, 32 bytes)";
        steps.push(secret_step("Key", formula, key.bytes()));
    } else {
        steps.push(secret_step("Key", "", key.bytes()));
    }
    if let Some(plain) = plain {
        steps.push(Step::new("Plaintext", "JSON", Excerpt::text(plain), None));
    }
    let nonce_text = BASE64_PADDED.encode(nonce);
    steps.extend([
        Step::new("Nonce", "random bytes", Excerpt::hex(nonce), None),
        Step::new(
            "Secretbox",
            "XSalsa20-Poly1305(key, nonce, plaintext), its tag first",
            Excerpt::hex(sealed),
            None,
        ),
        Step::new(
            "Value",
            "base64(secretbox) ; base64(nonce)",
            Excerpt::text(&format!("{};{nonce_text}", BASE64_PADDED.encode(sealed))),
            Some(Role::Payload),
        ),
    ]);
    steps
}

fn signing_steps(setup: &Setup, secret: &Secret, value: &str) -> Vec<Step> {
    let formula = if setup.from_secret { "the secret" } else { "hex(BLAKE2b-256(key)), as text" };
    vec![
        secret_step("Signing key", formula, signing_key(setup, secret).bytes()),
        Step::new(
            "Signature",
            "base64(HMAC-SHA256(signing key, value))",
            Excerpt::text(&cookie_tag(setup, secret, value)),
            Some(Role::Signature),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft};
    use crate::secret::SecretText;

    const KEY_TEXT: &str = "6f1d3b8a95c24e70d1ab07f3329c5e88b4407d16ea29f55c913308d2c7be64a1";

    fn options(list: &[(&str, &str)]) -> Options {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
    }

    fn secrets() -> Vec<SecretText> {
        vec![SecretText::new(KEY_TEXT, Some(SecretEncoding::Hex))]
    }

    fn draft(options: Options) -> Draft {
        Draft {
            scheme: ABOUT.id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{ \"n\": 1e21 }".into() },
            secrets: secrets(),
            options,
            cookie: CookieDraft::default(),
            now: Some(1_800_000_000),
            patient: false,
        }
    }

    #[test]
    fn what_is_made_is_found_and_opens() {
        for signed in ["false", "true"] {
            let options = options(&[(SIGNED, signed)]);
            let made = FastifySecureSession.make(&draft(options.clone())).expect("can be made");
            let item = Item::bare(None, &made.value);
            assert!(FastifySecureSession.detect(&item).is_some());
            let now = Some(1_800_000_001);
            let ask = Ask { secrets: secrets(), options, now, ..Ask::default() };
            let opened = FastifySecureSession.open(&item, &ask);
            assert!(
                matches!(&opened.verdict, Verdict::Valid { but, .. } if but.is_empty()),
                "{:?}",
                opened.verdict
            );
            assert_eq!(opened.payload, Some(Payload::Json("{\"n\":1e21}".into())));
            assert_eq!(opened.signature.is_some(), signed == "true");
            assert_eq!(opened.segments.len(), if signed == "true" { 3 } else { 2 });
        }
    }

    #[test]
    fn what_is_slow_is_said_and_not_done() {
        let made = FastifySecureSession.make(&draft(Options::new())).expect("can be made").value;
        let ask = Ask {
            secrets: vec![SecretText::new("a secret of more than thirty-two characters", None)],
            options: options(&[(CONFIGURED_AS, AS_SECRET)]),
            ..Ask::default()
        };
        let verdict = FastifySecureSession.open(&Item::bare(None, &made), &ask).verdict;
        assert!(
            matches!(&verdict, Verdict::Unchecked { missing } if missing.contains("256 MiB")),
            "{verdict:?}"
        );
        let asked = Draft { secrets: ask.secrets.clone(), ..draft(ask.options) };
        let error = FastifySecureSession.make(&asked).expect_err("not made");
        assert_eq!(error.field, Field::Patience);
        assert!(error.message.contains("256 MiB"), "{}", error.message);
    }

    #[test]
    fn what_is_slow_is_made_when_asked() {
        let options = options(&[(CONFIGURED_AS, AS_SECRET), (SIGNED, "true"), (SALT, "sixteen chars ok")]);
        let secrets = vec![SecretText::new("a secret of more than thirty-two characters", None)];
        let asked = Draft { secrets: secrets.clone(), patient: true, ..draft(options.clone()) };
        let made = FastifySecureSession.make(&asked).expect("can be made").value;
        let ask = Ask { secrets, options, patient: true, ..Ask::default() };
        let opened = FastifySecureSession.open(&Item::bare(None, &made), &ask);
        assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{:?}", opened.verdict);
        assert_eq!(opened.payload, Some(Payload::Json("{\"n\":1e21}".into())));
        let short = Draft { secrets: vec![SecretText::new("short", None)], ..asked };
        assert_eq!(FastifySecureSession.make(&short).expect_err("refused").field, Field::Secret);
    }

    #[test]
    fn base64_is_read_as_node_does() {
        // Computed with Node: Buffer.from(text, "base64").
        assert_eq!(lenient("_-8="), [0xff, 0xef]);
        assert_eq!(lenient("YWJj\nZGV.m"), b"abcdef");
        assert_eq!(lenient("YWJjZ"), b"abc");
        assert_eq!(lenient(""), b"");
    }
}
