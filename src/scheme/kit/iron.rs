//! Iron's sealed values (`@hapi/iron`, `iron-webcrypto`): encrypted, with an HMAC over everything before it.
//!
//! `Fe26.2*id*salt*iv*ciphertext*expiration*salt*hmac`. Each of the two keys is PBKDF2-HMAC-SHA1 of the password, with the
//! salt's hex text (not the bytes that it spells) as the salt, by default with one iteration; a password given as bytes is
//! the key itself, and the salts are empty. The ciphertext is AES-256-CBC or AES-128-CTR of JSON; the HMAC-SHA256 covers
//! the first six parts as they stand. The expiration is in Unix milliseconds. Source: `lib/index.js` of `@hapi/iron`.

use serde_json::{Map, Value};

use super::base64::BASE64URL;
use super::cipher;
use super::digest::Digest;
use super::excerpt::secret_step;
use super::mac::{Key, Keys};
use super::opened;
use super::options;
use super::random;
use super::verdict;
use crate::intake::Item;
use crate::jose::jws::Refusal;
use crate::limits::MAX_ITERATIONS;
use crate::moment;
use crate::protocol::{
    About, Ask, Candidate, Caveat, CaveatKind, Excerpt, Fact, Field, Opened, Payload, Role, Segment,
    SignError, SignaturePair, Step, Verdict, Why,
};
use crate::scheme::Made;
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

/// What every seal of this version begins with.
pub const PREFIX: &str = "Fe26.2";

/// The names that hapi's own plugins give a cookie with a bare seal.
pub const HAPI_NAMES: [&str; 2] = ["sid", "session"];

/// Bytes that a salt may have; the default is 32.
const MAX_SALT: i64 = 512;
const IV: usize = 16;
const MAC: Digest = Digest::Sha256;

/// The cipher of `encryption.algorithm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Aes256Cbc,
    Aes128Ctr,
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Aes256Cbc => "aes-256-cbc",
            Self::Aes128Ctr => "aes-128-ctr",
        }
    }

    const fn key_size(self) -> usize {
        match self {
            Self::Aes256Cbc => 32,
            Self::Aes128Ctr => 16,
        }
    }

    fn encrypt(self, key: &[u8], iv: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        if key.len() != self.key_size() {
            return None;
        }
        match self {
            Self::Aes256Cbc => cipher::cbc_encrypt(key, iv, plain),
            Self::Aes128Ctr => cipher::ctr(key, iv, plain),
        }
    }

    fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        if key.len() != self.key_size() {
            return None;
        }
        match self {
            Self::Aes256Cbc => cipher::cbc_decrypt(key, iv, ciphertext),
            Self::Aes128Ctr => cipher::ctr(key, iv, ciphertext),
        }
    }
}

/// How one of the two keys is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derivation {
    pub iterations: u32,
    /// Bytes of a new salt.
    pub salt: usize,
    /// UTF-16 units that a password in text form must have.
    pub min_password: usize,
}

impl Derivation {
    /// The key; `None` if the password is too short, or was never used with such a salt.
    fn key(self, password: &Secret, is_text: bool, salt: &str, length: usize) -> Option<Secret> {
        if !is_text {
            return (password.len() >= length).then(|| password.clone());
        }
        let text = std::str::from_utf8(password.bytes()).ok()?;
        // Without a salt Iron takes a random one, so no value with an empty salt ever verifies.
        if text.encode_utf16().count() < self.min_password || salt.is_empty() {
            return None;
        }
        Digest::Sha1.pbkdf2(password.bytes(), salt.as_bytes(), self.iterations, length)
    }
}

/// Iron's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealing {
    pub algorithm: Algorithm,
    pub encryption: Derivation,
    pub integrity: Derivation,
    /// Milliseconds until a new seal expires; 0 for never.
    pub ttl: i64,
    /// Seconds for which an expired seal is still taken.
    pub skew: i64,
    /// Milliseconds that are added to the clock.
    pub offset: i64,
}

impl Sealing {
    /// Iron's defaults, with this many iterations for both keys.
    pub const fn with(iterations: u32) -> Self {
        let derivation = Derivation { iterations, salt: 32, min_password: 32 };
        Self {
            algorithm: Algorithm::Aes256Cbc,
            encryption: derivation,
            integrity: derivation,
            ttl: 0,
            skew: 60,
            offset: 0,
        }
    }

    /// Takes over what Iron's options say; `get` gives one by its name.
    ///
    /// # Errors
    /// With the option that cannot be used.
    pub fn set<'v>(&mut self, get: impl Fn(&str) -> Option<&'v Value>) -> Result<(), SignError> {
        for (name, field) in [
            ("ttl", &mut self.ttl),
            ("timestampSkewSec", &mut self.skew),
            ("localtimeOffsetMsec", &mut self.offset),
        ] {
            if let Some(number) = get(name).map_or(Ok(None), |value| options::number_of(value, name))? {
                *field = number;
            }
        }
        if self.ttl < 0 {
            return Err(options::bad_option(
                "ttl",
                "A lifetime cannot be negative.",
                "Write milliseconds, or 0 for no end.",
            ));
        }
        if let Some(options) = nested(&get, "encryption")? {
            derivation(&mut self.encryption, options, "encryption")?;
            self.algorithm = match options.get("algorithm").and_then(Value::as_str) {
                None | Some("aes-256-cbc") => Algorithm::Aes256Cbc,
                Some("aes-128-ctr") => Algorithm::Aes128Ctr,
                Some(other) => {
                    let message = format!("Iron has no cipher `{other}`.");
                    return Err(options::bad_option(
                        "encryption",
                        message,
                        "Write aes-256-cbc or aes-128-ctr.",
                    ));
                }
            };
        }
        if let Some(options) = nested(&get, "integrity")? {
            derivation(&mut self.integrity, options, "integrity")?;
            if let Some(other) =
                options.get("algorithm").and_then(Value::as_str).filter(|name| *name != "sha256")
            {
                let message = format!("Iron has no hash `{other}`.");
                return Err(options::bad_option("integrity", message, "Write sha256."));
            }
        }
        Ok(())
    }
}

fn nested<'v>(
    get: &impl Fn(&str) -> Option<&'v Value>,
    name: &str,
) -> Result<Option<&'v Map<String, Value>>, SignError> {
    match get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(options)) => Ok(Some(options)),
        Some(other) => {
            let message = format!("{other} is not a JSON object.");
            Err(options::bad_option(name, message, "Write it as {\"iterations\": 1}."))
        }
    }
}

fn derivation(
    derivation: &mut Derivation,
    options: &Map<String, Value>,
    name: &str,
) -> Result<(), SignError> {
    let number = |member: &str, range: std::ops::RangeInclusive<i64>| {
        let number = options.get(member).map_or(Ok(None), |value| options::number_of(value, name))?;
        match number {
            Some(number) if !range.contains(&number) => {
                let message = format!("`{member}` is {number}.");
                let hint = format!("Write a number from {} to {}.", range.start(), range.end());
                Err(options::bad_option(name, message, hint))
            }
            number => Ok(number),
        }
    };
    if let Some(count) = number("iterations", 1..=i64::from(MAX_ITERATIONS))? {
        derivation.iterations = u32::try_from(count).unwrap_or(MAX_ITERATIONS);
    }
    if let Some(bits) = number("saltBits", 1..=MAX_SALT * 8)? {
        derivation.salt = usize::try_from(bits).unwrap_or_default().div_ceil(8);
    }
    if let Some(length) = number("minPasswordlength", 0..=i64::from(u16::MAX))? {
        derivation.min_password = usize::try_from(length).unwrap_or_default();
    }
    Ok(())
}

/// The passwords to try on a value, or to seal it with.
#[derive(Debug)]
pub struct Passwords {
    pub keys: Keys,
    /// The password of the HMAC, where it is another.
    pub integrity: Option<Secret>,
}

impl Passwords {
    /// Any of the secrets.
    pub fn any(secrets: &[SecretText], usual: SecretEncoding) -> Self {
        Self { keys: Keys::of(secrets, usual), integrity: None }
    }

    /// The entry of a map of passwords that `id` names: text, `{secret}`, or `{encryption, integrity}`. `None` if there
    /// is none.
    pub fn named(map: &Map<String, Value>, id: &str, secrets: &[SecretText]) -> Option<Self> {
        let entry = map.get(id)?;
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let (encryption, integrity) = match entry.as_str().or_else(|| text("secret")) {
            Some(password) => (password, None),
            None => (text("encryption")?, Some(text("integrity")?)),
        };
        let read = |text: &str| Secret::read(text, SecretEncoding::Utf8).ok();
        let key = Key {
            secret: read(encryption).filter(|secret| !secret.is_empty())?,
            index: secrets.iter().position(|secret| *secret.text == encryption).unwrap_or_default(),
            encoding: SecretEncoding::Utf8,
        };
        let integrity = match integrity {
            Some(text) => Some(read(text)?),
            None => None,
        };
        Some(Self { keys: Keys { usable: vec![key], trouble: None }, integrity })
    }

    fn integrity<'a>(&'a self, key: &'a Key) -> &'a Secret {
        self.integrity.as_ref().unwrap_or(&key.secret)
    }
}

/// A seal cut into its eight parts.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    text: &'a str,
    parts: [Span; 8],
}

const NAMES: [(&str, Role); 8] = [
    ("MAC prefix", Role::Prefix),
    ("Password id", Role::Meta),
    ("Encryption salt", Role::Meta),
    ("Encryption IV", Role::Meta),
    ("Encrypted", Role::Payload),
    ("Expiration", Role::Meta),
    ("HMAC salt", Role::Meta),
    ("HMAC", Role::Signature),
];

impl<'a> Seal<'a> {
    /// # Errors
    /// If there are not eight parts, or the first is not Iron's.
    pub fn cut(text: &'a str) -> Result<Self, Refusal> {
        let malformed = |message: String, at| Refusal::new(Why::Malformed, message, Some(at));
        let spans = spans(text);
        let first = spans.first().copied().unwrap_or_default();
        let prefix = first.of(text);
        if prefix != PREFIX {
            let message = if prefix.starts_with("Fe2") {
                format!("It begins with `{prefix}`; seals of this version begin with `{PREFIX}`.")
            } else {
                format!("It does not begin with `{PREFIX}`, as every seal does.")
            };
            return Err(malformed(message, first));
        }
        let count = spans.len();
        let parts = spans.try_into().map_err(|_| {
            let count = if count > 8 { "more than eight".into() } else { count.to_string() };
            malformed(
                format!("A seal has eight parts with `*` between them; this has {count}."),
                Span::new(0, text.len()),
            )
        })?;
        Ok(Self { text, parts })
    }

    fn part(&self, index: usize) -> &'a str {
        self.parts.get(index).copied().unwrap_or_default().of(self.text)
    }

    pub fn password_id(&self) -> &'a str {
        self.part(1)
    }

    /// Whether it never expires.
    pub fn is_endless(&self) -> bool {
        self.part(5).is_empty()
    }

    /// What the HMAC covers: the first six parts.
    fn signed(&self) -> &'a str {
        Span::new(0, self.parts.get(5).copied().unwrap_or_default().end).of(self.text)
    }

    /// When it expires, in Unix milliseconds.
    fn expiration(&self) -> Result<Option<i64>, Refusal> {
        let digits = self.part(5);
        if digits.is_empty() {
            return Ok(None);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = "The expiration is not a number of milliseconds.";
            return Err(Refusal::new(Why::Malformed, message, self.parts.get(5).copied()));
        }
        // A number too large for the type is as far away as a time can be.
        Ok(Some(digits.parse().unwrap_or(i64::MAX)))
    }

    fn decoded(&self, index: usize, name: &str) -> Result<Vec<u8>, Refusal> {
        BASE64URL.decode(self.part(index)).map_err(|(at, what)| {
            let start = self.parts.get(index).copied().unwrap_or_default().start;
            Refusal::new(
                Why::Malformed,
                format!("The {name} is not Base64url: {what}."),
                Some(at.moved(start)),
            )
        })
    }

    /// Whether it is of the usual form in every part: what tells it from text that only begins alike.
    fn is_regular(&self) -> bool {
        BASE64URL.decode_canonical(self.part(7)).is_some_and(|tag| tag.len() == MAC.size())
            && self.decoded(3, "").is_ok_and(|iv| iv.len() == IV)
    }
}

fn spans(text: &str) -> Vec<Span> {
    let mut start = 0;
    text.splitn(9, '*')
        .map(|piece| {
            let span = Span::new(start, start + piece.len());
            start = span.end + 1;
            span
        })
        .collect()
}

/// The named pieces of a seal, of a broken one those that there are. Empty ones are left out.
pub fn segments(text: &str, payload: Option<&Payload>) -> Vec<Segment> {
    if !text.starts_with(PREFIX) {
        return Vec::new();
    }
    let named = NAMES.into_iter().chain([("Not part of a seal", Role::Meta)]).zip(spans(text));
    named
        .filter(|(_, span)| !span.is_empty())
        .map(|((name, role), span)| Segment {
            name: name.into(),
            role,
            span,
            decoded: payload.filter(|_| role == Role::Payload).cloned(),
        })
        .collect()
}

/// A candidate for a value whose `text` is a regular seal, with the likelihood and the reason that `fits` gives it.
pub fn detect<'a>(
    about: &About,
    text: &'a str,
    fits: impl FnOnce(&Seal<'a>) -> Option<(u8, &'static str)>,
) -> Option<Candidate> {
    let seal = Seal::cut(text).ok().filter(Seal::is_regular)?;
    let (likelihood, reason) = fits(&seal)?;
    Some(Candidate {
        scheme: about.id.to_string(),
        likelihood,
        reasons: vec![
            "It begins with `Fe26.2` and has eight parts with `*` between them: an Iron seal.".into(),
            reason.into(),
        ],
        percent_decoded: false,
    })
}

/// What a framework makes of the JSON in a seal.
#[derive(Debug)]
pub struct Content {
    pub payload: Payload,
    /// Reasons not to trust it, or the reason why it is refused.
    pub checked: Result<Vec<Caveat>, Refusal>,
    pub facts: Vec<Fact>,
}

impl Content {
    /// JSON that the framework takes as it is.
    pub const fn of(payload: Payload) -> Self {
        Self { payload, checked: Ok(Vec::new()), facts: Vec::new() }
    }
}

/// Reads the JSON in a seal.
pub type Reader<'a> = &'a dyn Fn(String) -> Content;

/// Opens the seal `text`; `sealings` are tried in turn, the usual first.
pub fn open(
    about: &'static About,
    text: &str,
    ask: &Ask,
    passwords: Result<Passwords, Refusal>,
    sealings: &[Sealing],
    read: Reader<'_>,
) -> Opened {
    let checked = Seal::cut(text).and_then(|seal| {
        let (iv, ciphertext) = (seal.decoded(3, "encryption IV")?, seal.decoded(4, "encrypted part")?);
        Ok((seal, seal.expiration()?, iv, ciphertext, passwords?))
    });
    let (seal, expiration, iv, ciphertext, passwords) = match checked {
        Ok(parts) => parts,
        Err(refusal) => {
            return Opened { segments: segments(text, None), ..opened::bare(about, refusal.into()) };
        }
    };
    let tried = tries(&seal, &iv, &ciphertext, &passwords, sealings);
    let right = tried.iter().find(|tried| tried.opened.is_some());
    let shown = right.or_else(|| tried.first());
    let sealing = shown.map(|tried| tried.sealing).or_else(|| sealings.first());
    let content = right.and_then(|tried| tried.opened.as_ref()).map(|(_, json)| read(json.clone()));
    let mut facts: Vec<Fact> = expiration.map(|at| expires(at, ask.now)).into_iter().collect();
    let mut verdict = verdict(ask, &passwords, &tried, right, sealing);
    let payload = content.map(|content| {
        facts.extend(content.facts);
        // Iron looks at the expiration before anything else.
        let late = sealing.and_then(|sealing| expired(expiration, sealing, ask.now));
        let checked = content.checked.map(|caveats| late.map_or(caveats, |late| vec![late]));
        verdict = verdict::settle(verdict.clone(), checked);
        content.payload
    });
    Opened {
        token: None,
        scheme: about.id.to_string(),
        title: format!("{}, {}", about.title, sealing.map_or("Iron", |sealing| sealing.algorithm.name())),
        verdict,
        segments: segments(text, payload.as_ref()),
        encrypted: true,
        facts,
        steps: shown.map(|tried| steps(&seal, &passwords, tried)).unwrap_or_default(),
        signature: Some(SignaturePair {
            found: seal.part(7).to_owned(),
            expected: shown.map(|tried| mac_text(&tried.mac_key, seal.signed())),
        }),
        findings: Vec::new(),
        payload,
    }
}

/// One password with one set of options.
struct Tried<'a> {
    key: &'a Key,
    sealing: &'a Sealing,
    mac_key: Secret,
    /// The HMAC is right.
    verified: bool,
    /// Cipher key and JSON, if it could be decrypted too.
    opened: Option<(Secret, String)>,
}

/// Tries until one fits. Passwords that Iron refuses are passed over.
fn tries<'a>(
    seal: &Seal,
    iv: &[u8],
    ciphertext: &[u8],
    passwords: &'a Passwords,
    sealings: &'a [Sealing],
) -> Vec<Tried<'a>> {
    let mut tried = Vec::new();
    for key in &passwords.keys.usable {
        for sealing in sealings {
            let is_text = key.encoding == SecretEncoding::Utf8;
            let integrity = passwords.integrity(key);
            let Some(mac_key) = sealing.integrity.key(integrity, is_text, seal.part(6), MAC.size()) else {
                continue;
            };
            // Iron compares the text, so only the one spelling counts.
            let verified = BASE64URL
                .decode_canonical(seal.part(7))
                .is_some_and(|tag| MAC.verifies(mac_key.bytes(), seal.signed().as_bytes(), &tag));
            let opened = if verified { decrypt(seal, iv, ciphertext, key, sealing) } else { None };
            let done = opened.is_some();
            tried.push(Tried { key, sealing, mac_key, verified, opened });
            if done {
                return tried;
            }
        }
    }
    tried
}

fn decrypt(
    seal: &Seal,
    iv: &[u8],
    ciphertext: &[u8],
    key: &Key,
    sealing: &Sealing,
) -> Option<(Secret, String)> {
    let is_text = key.encoding == SecretEncoding::Utf8;
    let algorithm = sealing.algorithm;
    let cipher_key = sealing.encryption.key(&key.secret, is_text, seal.part(2), algorithm.key_size())?;
    let plain = algorithm.decrypt(cipher_key.bytes(), iv, ciphertext)?;
    let json = String::from_utf8(plain).ok().filter(|json| crate::payload::is_json(json))?;
    Some((cipher_key, json))
}

fn verdict(
    ask: &Ask,
    passwords: &Passwords,
    tried: &[Tried],
    right: Option<&Tried>,
    sealing: Option<&Sealing>,
) -> Verdict {
    let refused = |why, message| Verdict::from(Refusal::new(why, message, None));
    if right.is_none() && tried.iter().any(|tried| tried.verified) {
        let cipher = sealing.map_or("", |sealing| sealing.algorithm.name());
        let message = format!(
            "The HMAC is right, but what it covers does not decrypt with {cipher}: it was sealed with another \
             `encryption.algorithm`, or with another password or count of iterations for the encryption."
        );
        return refused(Why::WrongAlgorithm, message);
    }
    if tried.is_empty()
        && let Some(key) = passwords.keys.usable.first()
        && let Some(sealing) = sealing
        && let Some(message) = too_short(key, passwords, sealing)
    {
        return refused(Why::WrongOption, message);
    }
    verdict::sealed(ask, &passwords.keys, right.map(|right| right.key), &[])
}

/// Why Iron would refuse the password itself.
fn too_short(key: &Key, passwords: &Passwords, sealing: &Sealing) -> Option<String> {
    if key.encoding != SecretEncoding::Utf8 {
        let short =
            key.secret.len() < sealing.algorithm.key_size() || passwords.integrity(key).len() < MAC.size();
        let message = "A password given as bytes is the key itself, and must have 32 of them.";
        return short.then(|| message.to_owned());
    }
    [(&key.secret, sealing.encryption), (passwords.integrity(key), sealing.integrity)].into_iter().find_map(
        |(password, derivation)| {
            let length = std::str::from_utf8(password.bytes()).map_or(0, |text| text.encode_utf16().count());
            (length < derivation.min_password).then(|| {
                let wanted = derivation.min_password;
                format!("The password has {length} characters, and Iron takes none with fewer than {wanted}.")
            })
        },
    )
}

fn expired(expiration: Option<i64>, sealing: &Sealing, now: Option<i64>) -> Option<Caveat> {
    let (at, now) = (expiration?, now?);
    let clock = now.saturating_mul(1000).saturating_add(sealing.offset);
    let late = at <= clock.saturating_sub(sealing.skew.saturating_mul(1000));
    late.then(|| Caveat {
        kind: CaveatKind::Expired,
        message: format!(
            "The seal expired {}. Servers refuse it.",
            moment::distance(at.div_euclid(1000), now)
        ),
    })
}

fn expires(at: i64, now: Option<i64>) -> Fact {
    Fact {
        term: "Expires".into(),
        from: Some("expiration".into()),
        value: moment::fact(at.div_euclid(1000), now),
    }
}

fn mac_text(mac_key: &Secret, signed: &str) -> String {
    BASE64URL.encode(&MAC.tag(mac_key.bytes(), signed.as_bytes()))
}

fn steps(seal: &Seal, passwords: &Passwords, tried: &Tried) -> Vec<Step> {
    let is_text = tried.key.encoding == SecretEncoding::Utf8;
    let how = |derivation: Derivation, salt: &str, length: usize| {
        if is_text {
            let count = derivation.iterations;
            format!("PBKDF2-HMAC-SHA1(password, text of the {salt}, {count} iterations, {length} bytes)")
        } else {
            "the password's bytes as they are".to_owned()
        }
    };
    let sealing = tried.sealing;
    let mut steps = vec![secret_step("Password", "", tried.key.secret.bytes())];
    if let Some((cipher_key, json)) = &tried.opened {
        let (cipher, length) = (sealing.algorithm.name(), sealing.algorithm.key_size());
        let formula = how(sealing.encryption, "encryption salt", length);
        steps.push(secret_step("Encryption key", formula, cipher_key.bytes()));
        steps.push(Step::new("Plaintext", "JSON", Excerpt::text(json), None));
        steps.push(Step::new(
            "Encrypted",
            format!("base64url({cipher}(encryption key, IV, plaintext))"),
            Excerpt::text(seal.part(4)),
            Some(Role::Payload),
        ));
    }
    if let Some(other) = &passwords.integrity {
        steps.push(secret_step("Integrity password", "", other.bytes()));
    }
    let formula = how(sealing.integrity, "HMAC salt", MAC.size());
    steps.push(Step::new(
        "MAC input",
        "the first six parts with * between them",
        Excerpt::text(seal.signed()),
        None,
    ));
    steps.push(secret_step("Integrity key", formula, tried.mac_key.bytes()));
    steps.push(Step::new(
        "HMAC",
        "base64url(HMAC-SHA256(integrity key, MAC input))",
        Excerpt::text(&mac_text(&tried.mac_key, seal.signed())),
        Some(Role::Signature),
    ));
    steps
}

/// Seals `json` with the first of the passwords. `now` is in Unix seconds, and needed only where seals expire.
///
/// # Errors
/// If Iron would refuse the password or its id, or there is no clock.
pub fn seal(
    json: &str,
    passwords: &Passwords,
    id: &str,
    sealing: &Sealing,
    now: impl FnOnce() -> Result<i64, SignError>,
) -> Result<Made, SignError> {
    passwords.keys.signing()?;
    let Some(key) = passwords.keys.usable.first() else {
        return Err(refused(Field::Secret, "There is no password."));
    };
    if let Some(message) = too_short(key, passwords, sealing) {
        return Err(refused(Field::Secret, message));
    }
    let is_text = key.encoding == SecretEncoding::Utf8;
    let expiration = if sealing.ttl == 0 {
        String::new()
    } else {
        let at = now()?
            .checked_mul(1000)
            .and_then(|now| now.checked_add(sealing.offset)?.checked_add(sealing.ttl));
        let at = at.filter(|at| *at >= 0);
        at.ok_or_else(|| refused(Field::Option("ttl".into()), "There is no such time."))?.to_string()
    };
    let salts =
        [sealing.encryption, sealing.integrity].map(|derivation| if is_text { derivation.salt } else { 0 });
    let [cipher_salt, mac_salt] = [salt(salts[0])?, salt(salts[1])?];
    let iv = random::bytes::<IV>()?;
    let (length, unusable) =
        (sealing.algorithm.key_size(), || refused(Field::Secret, "This password cannot be used."));
    let cipher_key =
        sealing.encryption.key(&key.secret, is_text, &cipher_salt, length).ok_or_else(unusable)?;
    let encrypted =
        sealing.algorithm.encrypt(cipher_key.bytes(), &iv, json.as_bytes()).ok_or_else(unusable)?;
    let mac_key = sealing
        .integrity
        .key(passwords.integrity(key), is_text, &mac_salt, MAC.size())
        .ok_or_else(unusable)?;
    let (iv, encrypted) = (BASE64URL.encode(&iv), BASE64URL.encode(&encrypted));
    let signed = format!("{PREFIX}*{id}*{cipher_salt}*{iv}*{encrypted}*{expiration}");
    let value = format!("{signed}*{mac_salt}*{}", mac_text(&mac_key, &signed));
    let opened = Some((cipher_key, json.to_owned()));
    let tried = Tried { key, sealing, mac_key, verified: true, opened };
    let steps = Seal::cut(&value).map(|seal| steps(&seal, passwords, &tried)).unwrap_or_default();
    Ok(Made { value, steps })
}

fn refused(field: Field, message: impl Into<String>) -> SignError {
    let hint = "Give a password of at least 32 characters.".into();
    SignError { field, message: message.into(), hint, at: None }
}

/// The hex text of that many random bytes.
fn salt(length: usize) -> Result<String, SignError> {
    let mut text = String::new();
    while text.len() < 2 * length {
        text.push_str(&hex::encode(random::bytes::<32>()?));
    }
    text.truncate(2 * length);
    Ok(text)
}

/// Whether the item's name is one of these.
pub fn is_named(item: &Item, names: &[&str]) -> bool {
    item.name.as_deref().is_some_and(|name| names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, Draft, Options, PayloadDraft, PayloadForm};
    use crate::scheme;

    fn sealing(json: Value) -> Result<Sealing, SignError> {
        let mut sealing = Sealing::with(1);
        sealing.set(|name| json.get(name)).map(|()| sealing)
    }

    #[test]
    fn options_are_irons_or_refused() {
        let given = serde_json::json!({
            "ttl": 5000,
            "encryption": { "algorithm": "aes-128-ctr", "iterations": 7, "saltBits": 9 },
            "integrity": { "algorithm": "sha256", "minPasswordlength": 8 }
        });
        let read = sealing(given).expect("usable");
        assert_eq!((read.ttl, read.algorithm, read.encryption.salt), (5000, Algorithm::Aes128Ctr, 2));
        assert_eq!((read.encryption.iterations, read.integrity.min_password), (7, 8));
        for bad in [
            serde_json::json!({ "encryption": 7 }),
            serde_json::json!({ "encryption": { "algorithm": "aes-256-gcm" } }),
            serde_json::json!({ "encryption": { "iterations": 0 } }),
            serde_json::json!({ "integrity": { "iterations": 4_000_000_000_u64 } }),
            serde_json::json!({ "integrity": { "algorithm": "md5" } }),
            serde_json::json!({ "integrity": { "saltBits": 1e9 } }),
            serde_json::json!({ "ttl": -1 }),
        ] {
            assert!(sealing(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_made_is_found_and_opens() {
        let password = "a password of more than thirty-two characters";
        let bytes = "4f1c9a27be035d8864e2a1f07c3b59d6a8e4107f2c6b935d0e81f7a46bc2d913";
        let none = serde_json::json!({});
        let map = serde_json::json!({ "password": { "2": "an older password of thirty-two characters", "10": password } });
        let several = serde_json::json!({
            "passwords": { "v2": password }, "password_id": "v2", "ttl": 60_000, "encryption": { "algorithm": "aes-128-ctr" }
        });
        let pair = serde_json::json!({ "integrity_password": "another password of thirty-two characters" });
        for (id, secret, options) in [
            ("iron-seal", password, &none),
            ("iron-seal", bytes, &none),
            ("iron-seal", password, &several),
            ("iron-seal", password, &pair),
            ("iron-session", password, &none),
            ("iron-session", password, &map),
            ("h3-session", password, &serde_json::json!({ "maxAge": 60 })),
            ("h3-session-v2", password, &none),
        ] {
            let encoding = if secret == bytes { SecretEncoding::Hex } else { SecretEncoding::Utf8 };
            let scheme = scheme::by_id(id).expect("is in the list");
            let secrets = vec![SecretText::new(secret, Some(encoding))];
            let options: Options = serde_json::from_value(options.clone()).expect("an object");
            let draft = Draft {
                scheme: id.into(),
                payload: PayloadDraft { form: PayloadForm::Json, text: scheme.about().example.to_string() },
                secrets: secrets.clone(),
                options: options.clone(),
                cookie: CookieDraft::default(),
                now: Some(1_800_000_000),
                patient: false,
            };
            let made = scheme.make(&draft).expect("can be made");
            assert!(made.steps.len() > 5, "{id}");
            let item = Item::bare(None, &made.value);
            assert!(scheme.detect(&item).is_some(), "{id}");
            let now = Some(1_800_000_001);
            let opened = scheme.open(&item, &Ask { secrets, options, now, ..Ask::default() });
            assert!(
                matches!(&opened.verdict, Verdict::Valid { but, .. } if but.is_empty()),
                "{id}: {:?}",
                opened.verdict
            );
            let pair = opened.signature.expect("has a tag");
            assert_eq!(pair.expected, Some(pair.found), "{id}");
            let payload = opened.payload.expect("decrypted");
            assert!(String::from_utf8_lossy(payload.bytes()).contains("\"user_id\":7"), "{id}");
        }
    }

    #[test]
    fn a_short_password_is_refused_as_iron_does() {
        let seal = "Fe26.2**aa*AAAAAAAAAAAAAAAAAAAAAA*AAAA**aa*AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let ask = Ask { secrets: vec![SecretText::new("too short", None)], ..Ask::default() };
        let verdict =
            scheme::by_id("iron-seal").expect("is there").open(&Item::bare(None, seal), &ask).verdict;
        assert!(matches!(verdict, Verdict::Invalid { why: Why::WrongOption, .. }), "{verdict:?}");
    }

    #[test]
    fn a_map_holds_texts_or_pairs() {
        let map = serde_json::json!({ "a": "one", "b": { "secret": "two" }, "c": { "encryption": "x", "integrity": "y" }, "d": 7 });
        let map = map.as_object().expect("an object");
        let named = |id: &str| {
            Passwords::named(map, id, &[SecretText::new("zero", None), SecretText::new("one", None)])
        };
        assert_eq!(named("a").expect("there").keys.usable[0].index, 1);
        assert_eq!(named("b").expect("there").keys.first().map(Secret::bytes), Some(&b"two"[..]));
        assert_eq!(named("c").expect("there").integrity.as_ref().map(Secret::bytes), Some(&b"y"[..]));
        assert!(named("d").is_none() && named("e").is_none());
    }
}
