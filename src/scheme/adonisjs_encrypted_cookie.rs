//! AdonisJS: encrypted cookies, of AdonisJS 6 and of the drivers of AdonisJS 7.
//!
//! AdonisJS 6: `e:` + C + `.` + I + `.` + T, all Base64url. C is AES-256-CBC, T HMAC-SHA256 over `C.I`, both with the SHA-256
//! of the app key's text (K0). AdonisJS 7: `e:` + ID + `.` + C + `.` + IV + `.` + TAG, ID a text of the configuration. Driver
//! aes-256-cbc does as AdonisJS 6, with two keys of HKDF-SHA256(K0, salt IV, info ID). Drivers aes-256-gcm and
//! chacha20-poly1305 write `v1:` before C, take the key HKDF-SHA256(K0, info `DRIVER:v1:ID`) and the cookie's name as
//! associated data; their older releases have no `v1:` and take K0. Inside is a message as in signed cookies. Sources:
//! `src/drivers/` of the npm package @boringnode/encryption; `src/encryption.ts` of @adonisjs/encryption.

use std::borrow::Cow;

use super::adonisjs_signed_cookie::app_key;
use super::kit::adonis_message;
use super::kit::base64::BASE64URL;
use super::kit::cipher::{self, Aead, TAG};
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::making::signed_name;
use super::kit::opened::bare;
use super::kit::options::bad_option;
use super::kit::random;
use super::kit::verdict::{malformed, nameless, unusable, wrong_option_at};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Options, PayloadForm, Role, Segment, SignError, SignaturePair,
    Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// AdonisJS 6, and the legacy driver of 7. See the [module's documentation](self).
#[derive(Debug)]
pub struct AdonisjsEncryptedCookie;

/// The drivers of AdonisJS 7. See the [module's documentation](self).
#[derive(Debug)]
pub struct AdonisjsEncryptedCookieV7;

static ABOUT_6: About = About {
    id: Cow::Borrowed("adonisjs-encrypted-cookie"),
    title: Cow::Borrowed("AdonisJS 6 encrypted cookie"),
    framework: Cow::Borrowed("AdonisJS"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.adonisjs.com/guides/basics/cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "e: C . IV . base64url(HMAC-SHA256(K, C . IV)), C = AES-256-CBC(K, { message, purpose: NAME }), K = SHA-256(app key)",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[]),
};

static ABOUT_7: About = About {
    id: Cow::Borrowed("adonisjs-encrypted-cookie-v7"),
    title: Cow::Borrowed("AdonisJS 7 encrypted cookie"),
    framework: Cow::Borrowed("AdonisJS"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("adonis-session")]),
    docs: Cow::Borrowed("https://docs.adonisjs.com/guides/security/encryption"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "e: ID . v1:AES-256-GCM(HKDF-SHA256(SHA-256(app key)), { message }, NAME) . IV . TAG",
    ),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("driver"),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("aes-256-gcm"),
                Cow::Borrowed("chacha20-poly1305"),
                Cow::Borrowed("aes-256-cbc"),
            ])),
            default: Cow::Borrowed("aes-256-gcm"),
            help: Cow::Borrowed("The driver. A value shows by its form whether it is aes-256-cbc."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("id"),
            kind: OptionKind::Text,
            default: Cow::Borrowed("gcm"),
            help: Cow::Borrowed("The driver's id in the configuration. A value carries its own."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const PREFIX: &str = "e:";
/// What stands before the ciphertext of keys that are derived.
const DERIVED: &str = "v1:";
const DIGEST: Digest = Digest::Sha256;
/// Bytes of an IV of AES-CBC.
const CBC_IV: usize = 16;
/// Bytes of an AEAD's nonce.
const NONCE: usize = 12;

/// A way to encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    /// AdonisJS 6: one key for cipher and MAC.
    Legacy,
    Cbc,
    Gcm,
    ChaCha,
}

/// A value's parts, decoded.
struct Parts<'a> {
    /// Empty for AdonisJS 6.
    id: &'a str,
    /// Whether the key is derived (`v1:`).
    derived: bool,
    ciphertext: Vec<u8>,
    iv: Vec<u8>,
    /// `None` where its text cannot be a tag.
    tag: Option<Vec<u8>>,
    tag_text: &'a str,
    /// What the MAC covers: `C.IV` as it stands.
    covered: &'a str,
    segments: Vec<Segment>,
}

impl Scheme for AdonisjsEncryptedCookie {
    fn about(&self) -> &'static About {
        &ABOUT_6
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::legacy(&item.value).ok()?;
        let is_one = parts.iv.len() == CBC_IV
            && !parts.ciphertext.is_empty()
            && parts.ciphertext.len().is_multiple_of(CBC_IV)
            && parts.tag?.len() == DIGEST.size();
        is_one.then(|| candidate(&ABOUT_6, "three", "ciphertext, IV and HMAC"))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        match Parts::legacy(&item.value) {
            Ok(parts) => parts.open(&ABOUT_6, &[Driver::Legacy], None, item, ask),
            Err(broken) => bare(&ABOUT_6, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        // The 16 bytes of the IV are text.
        let iv = BASE64URL.encode(&random::bytes::<12>()?).into_bytes();
        make(&ABOUT_6, Driver::Legacy, "", iv, draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "start/routes.ts",
            "javascript",
            r#"import router from "@adonisjs/core/services/router"

// config/app.ts: export const appKey = new Secret(env.get("SECRET_ENV"))
router.get("/", ({ request, response }) => {
  const before = request.encryptedCookie("NAME", null) // null if it is not right
  response.encryptedCookie("NAME", { user_id: 7 }, { httpOnly: true, secure: true, sameSite: "lax" })
  return { before }
})"#,
        )]
    }
}

impl Scheme for AdonisjsEncryptedCookieV7 {
    fn about(&self) -> &'static About {
        &ABOUT_7
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::of_driver(&item.value).ok()?;
        let tag = parts.tag.as_ref()?.len();
        let is_one = match parts.drivers() {
            [Driver::Cbc] => {
                !parts.ciphertext.is_empty()
                    && parts.ciphertext.len().is_multiple_of(CBC_IV)
                    && tag == DIGEST.size()
                    && parts.iv.len() == CBC_IV
            }
            _ => parts.iv.len() == NONCE && tag == TAG,
        };
        is_one.then(|| candidate(&ABOUT_7, "four", "the driver's id, ciphertext, IV and tag"))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let driver = match Driver::set(&ask.options) {
            Ok(driver) => driver,
            Err(error) => return bare(&ABOUT_7, unusable(&error)),
        };
        let parts = match Parts::of_driver(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return bare(&ABOUT_7, broken),
        };
        let set = ask.options.get("id").and_then(|id| id.as_str()).filter(|id| !id.is_empty());
        match set {
            Some(set) if set != parts.id => {
                let at = Span::new(PREFIX.len(), PREFIX.len() + parts.id.len());
                let message = format!("It is of the driver `{}`; the option `id` is `{set}`.", parts.id);
                Opened { segments: parts.segments, ..bare(&ABOUT_7, wrong_option_at(message, at)) }
            }
            _ => {
                let drivers = parts.drivers();
                parts.open(&ABOUT_7, drivers, driver, item, ask)
            }
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let driver = Driver::set(&draft.options)?.unwrap_or(Driver::Gcm);
        let usual = match driver {
            Driver::Gcm => "gcm",
            Driver::ChaCha => "chacha",
            _ => "cbc",
        };
        let id = match draft.options.get("id") {
            None => usual,
            Some(id) => id.as_str().filter(|id| !id.is_empty() && !id.contains('.')).ok_or_else(|| {
                bad_option("id", "The id must be a text without dots.", format!("For example `{usual}`."))
            })?,
        };
        let iv = match driver {
            Driver::Cbc => random::bytes::<CBC_IV>()?.to_vec(),
            _ => random::bytes::<NONCE>()?.to_vec(),
        };
        make(&ABOUT_7, driver, id, iv, draft)
    }

    /// The driver's name.
    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let id = Parts::of_driver(&item.value).map(|parts| parts.id).unwrap_or_default();
        Some(id)
            .filter(|id| !matches!(*id, "" | "gcm"))
            .map(|id| ("id".to_owned(), id.into()))
            .into_iter()
            .collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "start/routes.ts",
            "javascript",
            r#"import router from "@adonisjs/core/services/router"

// config/encryption.ts, in `list`, under the name that is the default:
?driver=aes-256-gcm: // drivers.aes256gcm({ id: "OPTION_id", keys: [env.get("SECRET_ENV")] })
?driver=chacha20-poly1305: // drivers.chacha20({ id: "OPTION_id", keys: [env.get("SECRET_ENV")] })
?driver=aes-256-cbc: // drivers.aes256cbc({ id: "OPTION_id", keys: [env.get("SECRET_ENV")] })
router.get("/", ({ request, response }) => {
  const before = request.encryptedCookie("NAME", null) // null if it is not right
  response.encryptedCookie("NAME", { user_id: 7 }, { httpOnly: true, secure: true, sameSite: "lax" })
  return { before }
})"#,
        )]
    }
}

fn candidate(about: &About, count: &str, parts: &str) -> Candidate {
    Candidate {
        scheme: about.id.to_string(),
        likelihood: 95,
        reasons: vec![format!(
            "It begins with `e:`, and behind it stand {count} parts with the lengths of {parts}."
        )],
        percent_decoded: false,
    }
}

impl Driver {
    /// The one that is set, if one is.
    fn set(options: &Options) -> Result<Option<Self>, SignError> {
        let Some(chosen) = options.get("driver") else { return Ok(None) };
        let known = [Self::Gcm, Self::ChaCha, Self::Cbc];
        let found = known.into_iter().find(|driver| chosen.as_str() == Some(driver.name()));
        found.map(Some).ok_or_else(|| {
            let message = format!("{chosen} is not a driver that Keyjar knows.");
            bad_option("driver", message, "Choose aes-256-gcm, chacha20-poly1305 or aes-256-cbc.")
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Legacy | Self::Cbc => "aes-256-cbc",
            Self::Gcm => "aes-256-gcm",
            Self::ChaCha => "chacha20-poly1305",
        }
    }

    const fn aead(self) -> Option<Aead> {
        match self {
            Self::Legacy | Self::Cbc => None,
            Self::Gcm => Some(Aead::AesGcm),
            Self::ChaCha => Some(Aead::ChaCha20Poly1305),
        }
    }

    /// The keys of cipher and MAC; an AEAD has only the first.
    fn keys(self, secret: &Secret, id: &str, iv: &[u8], derived: bool) -> Option<(Secret, Secret)> {
        let key = app_key(secret);
        let none = Secret::new(Vec::new());
        match self {
            Self::Legacy => Some((key.clone(), key)),
            Self::Cbc => {
                let both = DIGEST.hkdf(iv, key.bytes(), id.as_bytes(), 64)?;
                let (cipher, mac) = both.bytes().split_at_checked(32)?;
                Some((Secret::new(cipher.to_vec()), Secret::new(mac.to_vec())))
            }
            Self::Gcm | Self::ChaCha if derived => {
                let info = format!("{}:{DERIVED}{id}", self.name());
                Some((DIGEST.hkdf(b"", key.bytes(), info.as_bytes(), 32)?, none))
            }
            Self::Gcm | Self::ChaCha => Some((key, none)),
        }
    }

    /// The purpose that the message must have.
    const fn purpose(self, name: Option<&str>) -> Option<Option<&str>> {
        match (self.aead(), name) {
            // It is in the associated data.
            (Some(_), _) => Some(None),
            (None, Some(name)) => Some(Some(name)),
            (None, None) => None,
        }
    }
}

impl<'a> Parts<'a> {
    fn legacy(value: &'a str) -> Result<Self, Verdict> {
        let pieces = pieces(value)?;
        let [ciphertext, iv, tag, ..] = pieces.as_slice() else {
            let message = "It does not have the three parts ciphertext, IV and HMAC with dots between them.";
            return Err(malformed(message, Span::new(PREFIX.len(), value.len())));
        };
        Self::decoded(value, None, *ciphertext, *iv, *tag)
    }

    fn of_driver(value: &'a str) -> Result<Self, Verdict> {
        let pieces = pieces(value)?;
        let [id, ciphertext, iv, tag] = pieces.as_slice() else {
            let message =
                "It does not have the four parts id, ciphertext, IV and tag with dots between them.";
            return Err(malformed(message, Span::new(PREFIX.len(), value.len())));
        };
        Self::decoded(value, Some(*id), *ciphertext, *iv, *tag)
    }

    fn decoded(value: &'a str, id: Option<Span>, text: Span, iv: Span, tag: Span) -> Result<Self, Verdict> {
        let (tag_text, covered) = (tag.of(value), Span::new(text.start, iv.end).of(value));
        let derived = id.is_some() && text.of(value).starts_with(DERIVED);
        let mark = if derived { DERIVED.len() } else { 0 };
        let ciphertext = Span::new(text.start + mark, text.end);
        let decode = |name: &str, span: Span| {
            let canonical = || BASE64URL.decode_canonical(span.of(value));
            let bytes = BASE64URL.decode(span.of(value)).map_err(|(at, what)| {
                malformed(format!("The {name} is not Base64url: {what}."), at.moved(span.start))
            })?;
            canonical()
                .map(|_| bytes)
                .ok_or_else(|| malformed(format!("The {name} is not written as Base64url writes it."), span))
        };
        if tag_text.is_empty() {
            return Err(malformed("The tag is empty.", tag));
        }
        let segment = |name: &str, role, span| Segment { name: name.into(), role, span, decoded: None };
        let mut segments = vec![segment("Prefix", Role::Prefix, Span::new(0, PREFIX.len()))];
        segments.extend(id.map(|id| segment("Id", Role::Header, id)));
        segments.push(segment("Ciphertext", Role::Payload, text));
        segments.push(segment("IV", Role::Meta, iv));
        segments.push(segment("Tag", Role::Signature, tag));
        Ok(Self {
            id: id.map_or("", |id| id.of(value)),
            derived,
            ciphertext: decode("ciphertext", ciphertext)?,
            iv: decode("IV", iv)?,
            tag: BASE64URL.decode_canonical(tag_text),
            tag_text,
            covered,
            segments,
        })
    }

    /// The drivers that write values of this form.
    fn drivers(&self) -> &'static [Driver] {
        if self.derived || self.iv.len() == NONCE { &[Driver::Gcm, Driver::ChaCha] } else { &[Driver::Cbc] }
    }

    /// Takes it apart as one of `drivers`, or as the one that is `set`.
    fn open(self, about: &About, drivers: &[Driver], set: Option<Driver>, item: &Item, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, about.secret_encoding);
        let name = item.name.as_deref();
        let tried: Vec<Driver> =
            drivers.iter().copied().filter(|one| set.is_none_or(|set| set == *one)).collect();
        let attempt = |drivers: &[Driver]| {
            drivers
                .iter()
                .find_map(|driver| Some((*driver, keys.find(|key| self.decrypt(*driver, key, name))?)))
        };
        let found = attempt(&tried);
        let needs_name = name.is_none() && drivers.iter().any(|driver| driver.aead().is_some());
        let verdict = match (&found, set) {
            (Some((_, (key, _))), _) => mac::judge(ask, &keys, Some(key)),
            (None, Some(set)) if tried.is_empty() => wrong_algorithm(drivers, set),
            (None, _) if needs_name => nameless(),
            (None, Some(set)) => match attempt(drivers) {
                Some((other, _)) => wrong_algorithm(&[other], set),
                None => mac::judge(ask, &keys, None),
            },
            (None, None) => mac::judge(ask, &keys, None),
        };
        let driver = found.as_ref().map(|(driver, _)| *driver).or_else(|| tried.first().copied());
        let plain = found.map(|(_, (_, plain))| plain);
        let at =
            self.segments.iter().find(|segment| segment.role == Role::Payload).map(|segment| segment.span);
        let mut opened = Opened {
            encrypted: true,
            steps: driver
                .map(|driver| steps(driver, &self, plain.as_deref(), name, &keys))
                .unwrap_or_default(),
            signature: driver.filter(|driver| driver.aead().is_none()).map(|driver| SignaturePair {
                found: self.tag_text.to_owned(),
                expected: keys
                    .first()
                    .and_then(|key| self.mac(driver, key))
                    .map(|tag| BASE64URL.encode(&tag)),
            }),
            segments: self.segments,
            ..bare(about, verdict)
        };
        if let Some(driver) = driver.filter(|driver| *driver != Driver::Legacy && plain.is_some()) {
            opened.title = format!("{}, {}", about.title, driver.name());
        }
        if let (Some(plain), Some(driver)) = (plain, driver) {
            let at = at.unwrap_or_default();
            adonis_message::read(&mut opened, &plain, at, driver.purpose(name), ask);
            let decoded = opened.payload.clone();
            if let Some(segment) = opened.segments.iter_mut().find(|segment| segment.role == Role::Payload) {
                segment.decoded = decoded;
            }
        }
        opened
    }

    /// The message, if it authenticates.
    fn decrypt(&self, driver: Driver, secret: &Secret, name: Option<&str>) -> Option<Vec<u8>> {
        let tag = self.tag.as_deref()?;
        let (key, mac) = driver.keys(secret, self.id, &self.iv, self.derived)?;
        match driver.aead() {
            Some(aead) => {
                let sealed = [self.ciphertext.as_slice(), tag].concat();
                let right_length = tag.len() == TAG;
                right_length.then(|| aead.open(key.bytes(), &self.iv, name?.as_bytes(), &sealed))?
            }
            None => DIGEST
                .verifies(mac.bytes(), self.covered.as_bytes(), tag)
                .then(|| cipher::cbc_decrypt(key.bytes(), &self.iv, &self.ciphertext))?,
        }
    }

    fn mac(&self, driver: Driver, secret: &Secret) -> Option<Vec<u8>> {
        let (_, mac) = driver.keys(secret, self.id, &self.iv, self.derived)?;
        Some(DIGEST.tag(mac.bytes(), self.covered.as_bytes()))
    }
}

/// The places of the parts between the dots: of six, so that it shows where there are too many.
fn pieces(value: &str) -> Result<Vec<Span>, Verdict> {
    let Some(sealed) = value.strip_prefix(PREFIX) else {
        let message = "It does not begin with `e:`, so AdonisJS takes it for no encrypted cookie.";
        return Err(malformed(message, Span::new(0, 0)));
    };
    let mut at = PREFIX.len();
    let spans = sealed.split('.').take(6).map(|piece| {
        let span = Span::new(at, at + piece.len());
        at = span.end + 1;
        span
    });
    Ok(spans.collect())
}

fn wrong_algorithm(found: &[Driver], set: Driver) -> Verdict {
    let names: Vec<&str> = found.iter().map(|driver| driver.name()).collect();
    Verdict::Invalid {
        why: Why::WrongAlgorithm,
        message: format!(
            "It was encrypted with {}; the option `driver` is {}.",
            names.join(" or "),
            set.name()
        ),
        at: None,
    }
}

fn make(about: &About, driver: Driver, id: &str, iv: Vec<u8>, draft: &Draft) -> Result<Made, SignError> {
    let keys = Keys::of(&draft.secrets, about.secret_encoding);
    let secret = keys.signing()?;
    let name = signed_name(&draft.cookie.name)?;
    let purpose = driver.aead().is_none().then_some(name);
    let message = adonis_message::build(&draft.payload, purpose)?;
    let refused = || bad_option("driver", "The cipher does not take this.", "Choose another driver.");
    let (key, mac) = driver.keys(secret, id, &iv, true).ok_or_else(refused)?;
    let start = if id.is_empty() { PREFIX.to_owned() } else { format!("{PREFIX}{id}.") };
    let encode = |bytes: &[u8]| BASE64URL.encode(bytes);
    let value = match driver.aead() {
        Some(aead) => {
            let sealed =
                aead.seal(key.bytes(), &iv, name.as_bytes(), message.as_bytes()).ok_or_else(refused)?;
            let (text, tag) = sealed
                .len()
                .checked_sub(TAG)
                .and_then(|at| sealed.split_at_checked(at))
                .ok_or_else(refused)?;
            format!("{start}{DERIVED}{}.{}.{}", encode(text), encode(&iv), encode(tag))
        }
        None => {
            let text = cipher::cbc_encrypt(key.bytes(), &iv, message.as_bytes()).ok_or_else(refused)?;
            let covered = format!("{}.{}", encode(&text), encode(&iv));
            let tag = DIGEST.tag(mac.bytes(), covered.as_bytes());
            format!("{start}{covered}.{}", encode(&tag))
        }
    };
    let parts = if id.is_empty() { Parts::legacy(&value) } else { Parts::of_driver(&value) };
    let steps = parts
        .map(|parts| steps(driver, &parts, Some(message.as_bytes()), Some(name), &keys))
        .unwrap_or_default();
    Ok(Made { value, steps })
}

fn steps(driver: Driver, parts: &Parts, plain: Option<&[u8]>, name: Option<&str>, keys: &Keys) -> Vec<Step> {
    let mut steps = Vec::new();
    let cipher_name = driver.name().to_ascii_uppercase();
    if let Some(plain) = plain {
        let formula = if driver.aead().is_some() { "{ message }" } else { "{ message, purpose }" };
        steps.push(Step::new("Message", format!("JSON.stringify({formula})"), Excerpt::of(plain), None));
    }
    if let Some(secret) = keys.first() {
        steps.extend(keys.step("App key"));
        let key = app_key(secret);
        steps.push(Step::new("Key", "SHA-256(app key)", Excerpt::key(key.bytes()), None));
        let derived = driver.keys(secret, parts.id, &parts.iv, parts.derived);
        match (driver, derived) {
            (Driver::Cbc, Some((cipher, mac))) => {
                let formula = "HKDF-SHA256(key, salt IV, info id)";
                steps.push(Step::new("Cipher key", formula, Excerpt::key(cipher.bytes()), None));
                steps.push(Step::new("MAC key", formula, Excerpt::key(mac.bytes()), None));
            }
            (Driver::Gcm | Driver::ChaCha, Some((derived, _))) if parts.derived => {
                let formula = format!("HKDF-SHA256(key, info {}:{DERIVED}id)", driver.name());
                steps.push(Step::new("Derived key", formula, Excerpt::key(derived.bytes()), None));
            }
            _ => {}
        }
    }
    steps.push(Step::new("IV", "random", Excerpt::hex(&parts.iv), Some(Role::Meta)));
    let formula = format!("{cipher_name}(key, IV, message)");
    steps.push(Step::new("Ciphertext", formula, Excerpt::hex(&parts.ciphertext), Some(Role::Payload)));
    let tag = match driver.aead() {
        Some(_) => {
            let name = Excerpt::text(name.unwrap_or_default());
            steps.push(Step::new("Associated data", "the cookie's name", name, None));
            parts.tag.clone()
        }
        None => {
            steps.push(Step::new("MAC input", "ciphertext.IV", Excerpt::text(parts.covered), None));
            keys.first().and_then(|secret| parts.mac(driver, secret))
        }
    };
    if let Some(tag) = tag {
        let formula =
            if driver.aead().is_some() { "the cipher's own" } else { "HMAC-SHA256(key, MAC input)" };
        steps.push(Step::new("Tag", formula, Excerpt::hex(&tag), Some(Role::Signature)));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft};
    use crate::secret::SecretText;

    const SECRETS: [&str; 2] = ["another key of an application", "the key of this application"];

    fn options(driver: Option<&str>) -> Options {
        driver.iter().map(|driver| ("driver".to_owned(), (*driver).into())).collect()
    }

    fn made(scheme: &dyn Scheme, driver: Option<&str>) -> String {
        let draft = Draft {
            scheme: scheme.about().id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{ \"user_id\": 7 }".into() },
            secrets: vec![SecretText::new(SECRETS[1], None)],
            options: options(driver),
            cookie: CookieDraft { name: "user".into(), ..CookieDraft::default() },
            now: None,
            patient: false,
        };
        scheme.make(&draft).expect("can be made").value
    }

    fn open(scheme: &dyn Scheme, name: Option<&str>, value: &str, driver: Option<&str>) -> Opened {
        let secrets = SECRETS.map(|secret| SecretText::new(secret, None)).to_vec();
        let ask = Ask { secrets, options: options(driver), ..Ask::default() };
        scheme.open(&Item::bare(name, value), &ask)
    }

    #[test]
    fn each_driver_opens_what_it_made() {
        let v7 = &AdonisjsEncryptedCookieV7;
        for driver in [Some("aes-256-gcm"), Some("chacha20-poly1305"), Some("aes-256-cbc"), None] {
            let value = made(v7, driver);
            assert!(v7.detect(&Item::bare(None, &value)).is_some(), "{value}");
            assert!(AdonisjsEncryptedCookie.detect(&Item::bare(None, &value)).is_none(), "{value}");
            for set in [driver, None] {
                let opened = open(v7, Some("user"), &value, set);
                assert!(matches!(opened.verdict, Verdict::Valid { secret: 1, .. }), "{:?}", opened.verdict);
                assert!(opened.payload.is_some_and(|payload| payload.bytes() == b"{\"user_id\":7}"));
            }
            let elsewhere = open(v7, Some("admin"), &value, driver);
            assert!(matches!(elsewhere.verdict, Verdict::Invalid { .. }));
            let nameless = open(v7, None, &value, driver);
            assert_eq!(matches!(nameless.verdict, Verdict::Unchecked { .. }), driver != Some("aes-256-cbc"));
        }
        let value = made(v7, Some("aes-256-gcm"));
        for set in ["aes-256-cbc", "chacha20-poly1305"] {
            let opened = open(v7, Some("user"), &value, Some(set));
            assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::WrongAlgorithm, .. }));
            assert_eq!(opened.payload, None);
        }
        let value = made(&AdonisjsEncryptedCookie, None);
        let opened = open(&AdonisjsEncryptedCookie, Some("user"), &value, None);
        assert!(matches!(opened.verdict, Verdict::Valid { secret: 1, .. }), "{:?}", opened.verdict);
    }
}
