//! `ActiveSupport::MessageEncryptor`.
//!
//! AES-GCM: base64(ciphertext) + `--` + base64(iv, 12 bytes) + `--` + base64(tag, 16 bytes), without associated data.
//! AES-CBC: base64(ciphertext) + `--` + base64(iv, 16 bytes), and that text goes through a [message
//! verifier](super::rails_verifier). What is encrypted is a [message](super::rails_message). Up to Rails 7.0 the parts
//! are cut at each `--`; since 7.1 from the end, by their lengths. Source: `active_support/message_encryptor.rb`.

use std::borrow::Cow;

use super::base64::{BASE64_PADDED, BASE64URL};
use super::cipher::{Aead, TAG, cbc_decrypt, cbc_encrypt};
use super::key_generator::{KeySource, MadeKeys};
use super::mac::{self, Keys};
use super::rails_message::{self, Message, Opening, Written};
use super::rails_verifier::{self, Cutting, SEPARATOR, Verifier, broken, digest_of};
use super::verdict::malformed;
use super::{random, ruby_value};
use crate::protocol::{
    Excerpt, Field, Opened, Payload, Role, Segment, SignError, SignaturePair, Step, Verdict,
};
use crate::scheme::Made;
use crate::secret::Secret;
use crate::span::Span;

/// Bytes of GCM's initialisation vector.
const GCM_IV: usize = 12;
/// Bytes of CBC's.
const CBC_IV: usize = 16;

/// The mode of AES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Gcm,
    Cbc,
}

/// A cipher as OpenSSL names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cipher {
    pub mode: Mode,
    /// Bytes of the key.
    pub key: usize,
}

impl Cipher {
    /// `aes-256-gcm`, `AES-128-CBC` …
    pub fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (bits, mode) = name.strip_prefix("aes-")?.split_once('-')?;
        let key = match bits {
            "128" => 16,
            "192" => 24,
            "256" => 32,
            _ => return None,
        };
        let mode = match mode {
            "gcm" => Mode::Gcm,
            "cbc" => Mode::Cbc,
            _ => return None,
        };
        Some(Self { mode, key })
    }

    pub fn name(self) -> String {
        let mode = match self.mode {
            Mode::Gcm => "GCM",
            Mode::Cbc => "CBC",
        };
        format!("AES-{}-{mode}", self.key * 8)
    }
}

/// What encrypts and decrypts.
#[derive(Debug)]
pub struct Encryptor {
    pub cipher: Cipher,
    pub key: KeySource,
    /// For CBC: makes and checks the tag, with a key of its own. Its alphabet and its version are the encryptor's too.
    pub verifier: Verifier,
}

/// A ciphertext taken apart.
struct Sealed {
    ciphertext: Vec<u8>,
    iv: Vec<u8>,
    /// Empty for CBC.
    tag: Vec<u8>,
}

/// The places of a ciphertext's parts.
type Places = Vec<(&'static str, Role, Span)>;

impl Encryptor {
    /// Takes an encrypted value apart.
    pub fn open(&self, opening: &Opening) -> Opened {
        match self.cipher.mode {
            Mode::Gcm => self.open_gcm(opening),
            Mode::Cbc => self.open_cbc(opening),
        }
    }

    fn open_gcm(&self, opening: &Opening) -> Opened {
        let Opening { about, item, ask, keys, .. } = *opening;
        let value = item.value.as_str();
        let places = match self.places(value, &[("IV", GCM_IV), ("Auth tag", TAG)]) {
            Ok(places) => places,
            Err(refused) => return broken(about, Some(refused)),
        };
        let sealed = self.sealed(value, &places);
        let made = self.key.of(keys);
        let opened = match (&sealed, self.unusable(&made)) {
            (Err(refused), _) => (refused.clone(), None),
            (Ok(_), Some(missing)) => (Verdict::Unchecked { missing }, None),
            (Ok(sealed), None) => {
                let whole = [sealed.ciphertext.as_slice(), &sealed.tag].concat();
                match made.find(|key| Aead::AesGcm.open(key.bytes(), &sealed.iv, &[], &whole)) {
                    Some((key, plain)) => (mac::judge(ask, keys, Some(key)), Some(plain)),
                    None => (mac::judge(ask, keys, None), None),
                }
            }
        };
        let whole = Span::new(0, value.len());
        let mut report = self.report(opening, opened, whole);
        if let (Ok(sealed), false) = (&sealed, report.steps.is_empty()) {
            report.steps.extend(self.gcm_steps(&made, sealed, value));
        }
        report.segments = places
            .into_iter()
            .map(|(name, role, span)| Segment { name: name.into(), role, span, decoded: None })
            .collect();
        report
    }

    fn open_cbc(&self, opening: &Opening) -> Opened {
        let Opening { about, item, ask, keys, .. } = *opening;
        let value = item.value.as_str();
        let (cut, form) = self.verifier.cut(value);
        let Some(cut) = cut else { return broken(about, form.err()) };
        let data = cut.data.of(value);
        let inner = self.verifier.decode(data).ok().and_then(|inner| String::from_utf8(inner).ok());
        let sealed = inner.as_deref().map(|inner| {
            let places = self.places(inner, &[("IV", CBC_IV)])?;
            self.sealed(inner, &places)
        });
        let (made, signers) = (self.key.of(keys), self.verifier.key.of(keys));
        let verdict = match (form, self.unusable(&made)) {
            (Err(refused), _) => refused,
            (Ok(()), Some(missing)) => Verdict::Unchecked { missing },
            (Ok(()), None) => self.verifier.verdict(value, cut, ask, &signers),
        };
        let unreadable = |message: &str| (malformed(message, cut.data), None);
        let opened = match (verdict, &sealed) {
            (Verdict::Valid { .. } | Verdict::Unchecked { .. }, None | Some(Err(_))) => {
                unreadable("The data is not Base64 of ciphertext and IV with `--` between them.")
            }
            (verdict @ Verdict::Valid { secret, .. }, Some(Ok(sealed))) => {
                let key = made.of_index(secret);
                match key.and_then(|key| cbc_decrypt(key.bytes(), &sealed.iv, &sealed.ciphertext)) {
                    Some(plain) => (verdict, Some(plain)),
                    None => unreadable(
                        "The tag is right, but the ciphertext does not decrypt: its key is another.",
                    ),
                }
            }
            (verdict, _) => (verdict, None),
        };
        let mut report = self.report(opening, opened, cut.data);
        if let (Some(Ok(sealed)), Some(inner), false) = (&sealed, &inner, report.steps.is_empty()) {
            report.steps.extend(self.cbc_steps(&made, &signers, sealed, inner, data));
        }
        report.segments = self.verifier.segments(cut, inner.map(Payload::Text));
        report.signature = Some(SignaturePair {
            found: cut.tag.of(value).to_owned(),
            expected: self.verifier.tag(&signers, data),
        });
        report
    }

    /// Everything that does not depend on the mode.
    fn report(&self, opening: &Opening, (verdict, plain): (Verdict, Option<Vec<u8>>), at: Span) -> Opened {
        let Opening { about, ask, keys, reader, setting, .. } = *opening;
        let message: Option<Result<Message, String>> = plain.as_deref().map(rails_message::read);
        let verdict = match &message {
            Some(message) => reader.settle(verdict, message, at, ask.now),
            None => verdict,
        };
        let message = message.and_then(Result::ok);
        // The steps are the first secret's; another one's would not lead to this value.
        let first = keys.usable.first().map(|key| key.index);
        let is_first = !matches!(verdict, Verdict::Valid { secret, .. } if Some(secret) != first);
        let steps = match (&message, &plain) {
            (Some(message), Some(plain)) if is_first => message.steps(plain),
            _ => Vec::new(),
        };
        Opened {
            token: None,
            scheme: about.id.to_string(),
            title: format!("{}, {}", about.title, self.cipher.name()),
            findings: message.as_ref().map(|message| message.findings(setting)).unwrap_or_default(),
            verdict,
            segments: Vec::new(),
            facts: message.as_ref().map(|message| message.facts(ask.now)).unwrap_or_default(),
            steps,
            payload: message.map(|message| message.content.payload),
            encrypted: true,
            signature: None,
        }
    }

    /// Why none of the secrets can be a key of this cipher, if none can.
    fn unusable(&self, made: &MadeKeys) -> Option<String> {
        let first = made.keys.first()?;
        let fits = |key: &Secret| (key.len() == self.cipher.key).then_some(());
        if made.find(fits).is_some() {
            return None;
        }
        Some(match self.key {
            KeySource::Generated { .. } => "The option iterations is out of bounds.".into(),
            KeySource::Secret => format!(
                "The secret has {} bytes, and a key of {} has {}. If the application makes the key of a secret and a salt, set \
                 the option salt; if the secret is hex or Base64, say so.",
                first.len(),
                self.cipher.name(),
                self.cipher.key
            ),
        })
    }

    /// Cuts `text` into the ciphertext and the parts behind it, whose lengths in bytes are known.
    fn places(&self, text: &str, parts: &[(&'static str, usize)]) -> Result<Places, Verdict> {
        if self.verifier.cutting == Cutting::ByLength {
            self.places_from_end(text, parts)
        } else {
            places_from_start(text, parts)
        }
    }

    fn places_from_end(&self, text: &str, parts: &[(&'static str, usize)]) -> Result<Places, Verdict> {
        let mut places = Vec::new();
        let mut end = text.len();
        for (name, length) in parts.iter().rev() {
            let wanted =
                if self.verifier.url_safe { (length * 4).div_ceil(3) } else { length.div_ceil(3) * 4 };
            let start = end
                .checked_sub(wanted)
                .filter(|start| text.get(..*start).is_some_and(|before| before.ends_with(SEPARATOR)));
            let Some(start) = start else {
                return Err(malformed(
                    format!(
                        "There is no `--` in front of the {wanted} characters at its end where the {name} should stand."
                    ),
                    Span::new(end.min(text.len()), text.len()),
                ));
            };
            places.push((*name, role_of(name), Span::new(start, end)));
            end = start - SEPARATOR.len();
        }
        places.push((CIPHERTEXT, Role::Payload, Span::new(0, end)));
        places.reverse();
        Ok(places)
    }

    /// Decodes the parts and checks their lengths.
    fn sealed(&self, text: &str, places: &Places) -> Result<Sealed, Verdict> {
        let decode = |(name, _, span): &(&'static str, Role, Span)| {
            ruby_value::decode64(span.of(text), self.verifier.url_safe).map_err(|(at, what)| {
                malformed(format!("The {name} is not Base64: {what}."), at.moved(span.start))
            })
        };
        let mut parts = places.iter().map(decode);
        let mut next = || parts.next().unwrap_or_else(|| Ok(Vec::new()));
        let sealed = Sealed { ciphertext: next()?, iv: next()?, tag: next()? };
        let (iv, tag) = match self.cipher.mode {
            Mode::Gcm => (GCM_IV, TAG),
            Mode::Cbc => (CBC_IV, 0),
        };
        for (name, found, wanted) in [("IV", sealed.iv.len(), iv), ("Auth tag", sealed.tag.len(), tag)] {
            if found != wanted {
                let at = places.iter().find(|place| place.0 == name).map(|place| place.2).unwrap_or_default();
                return Err(malformed(format!("The {name} has {found} bytes, and {wanted} are wanted."), at));
            }
        }
        Ok(sealed)
    }

    fn encode(&self, bytes: &[u8]) -> String {
        if self.verifier.url_safe { BASE64URL.encode(bytes) } else { BASE64_PADDED.encode(bytes) }
    }

    fn encryption_steps(&self, made: &MadeKeys, sealed: &Sealed) -> Vec<Step> {
        let mut steps = made.steps("Key");
        steps.push(Step::new("IV", "random", Excerpt::hex(&sealed.iv), Some(Role::Meta)));
        let formula = format!("{}(key, IV, message)", self.cipher.name());
        steps.push(Step::new("Ciphertext", formula, Excerpt::hex(&sealed.ciphertext), Some(Role::Payload)));
        steps
    }

    fn gcm_steps(&self, made: &MadeKeys, sealed: &Sealed, value: &str) -> Vec<Step> {
        let mut steps = self.encryption_steps(made, sealed);
        let formula = format!("the tag of {}", self.cipher.name());
        steps.push(Step::new("Auth tag", formula, Excerpt::hex(&sealed.tag), Some(Role::Signature)));
        let formula = "base64(ciphertext) -- base64(IV) -- base64(auth tag)";
        steps.push(Step::new("Value", formula, Excerpt::text(value), None));
        steps
    }

    fn cbc_steps(
        &self,
        made: &MadeKeys,
        signers: &MadeKeys,
        sealed: &Sealed,
        inner: &str,
        data: &str,
    ) -> Vec<Step> {
        let mut steps = self.encryption_steps(made, sealed);
        steps.push(Step::new("Message", "base64(ciphertext) -- base64(IV)", Excerpt::text(inner), None));
        steps.extend(self.verifier.steps(signers, data));
        steps
    }

    /// Encrypts a message.
    ///
    /// # Errors
    /// If there is no secret, it is no key of this cipher, or the random source fails.
    pub fn make(&self, written: Written, keys: &Keys) -> Result<Made, SignError> {
        keys.signing()?;
        let (made, signers) = (self.key.of(keys), self.verifier.key.of(keys));
        let key = made.first().filter(|key| key.len() == self.cipher.key).ok_or_else(|| SignError {
            field: Field::Secret,
            message: self
                .unusable(&made)
                .unwrap_or_else(|| "The first secret is no key of this cipher.".into()),
            hint: "Make a key of that length in Generate.".into(),
            at: None,
        })?;
        let mut steps = written.steps;
        match self.cipher.mode {
            Mode::Gcm => {
                let iv = random::bytes::<GCM_IV>()?;
                let mut ciphertext =
                    Aead::AesGcm.seal(key.bytes(), &iv, &[], &written.message).ok_or_else(too_long)?;
                let tag = ciphertext.split_off(ciphertext.len().saturating_sub(TAG));
                let sealed = Sealed { ciphertext, iv: iv.to_vec(), tag };
                let parts = [&sealed.ciphertext, &sealed.iv, &sealed.tag].map(|part| self.encode(part));
                let value = parts.join(SEPARATOR);
                steps.extend(self.gcm_steps(&made, &sealed, &value));
                Ok(Made { value, steps })
            }
            Mode::Cbc => {
                let iv = random::bytes::<CBC_IV>()?;
                let ciphertext = cbc_encrypt(key.bytes(), &iv, &written.message).ok_or_else(too_long)?;
                let sealed = Sealed { ciphertext, iv: iv.to_vec(), tag: Vec::new() };
                let inner = [&sealed.ciphertext, &sealed.iv].map(|part| self.encode(part)).join(SEPARATOR);
                let data = self.verifier.encode(inner.as_bytes());
                let tag = self.verifier.tag(&signers, &data).unwrap_or_default();
                steps.extend(self.cbc_steps(&made, &signers, &sealed, &inner, &data));
                Ok(Made { value: format!("{data}{SEPARATOR}{tag}"), steps })
            }
        }
    }
}

const CIPHERTEXT: &str = "Ciphertext";

fn role_of(name: &str) -> Role {
    if name == "IV" { Role::Meta } else { Role::Signature }
}

/// Rails up to 7.0 ignores what follows the last part.
fn places_from_start(text: &str, parts: &[(&'static str, usize)]) -> Result<Places, Verdict> {
    let mut places = Vec::new();
    let mut start = 0;
    let names = std::iter::once((CIPHERTEXT, Role::Payload))
        .chain(parts.iter().map(|(name, _)| (*name, role_of(name))));
    let mut pieces = text.split(SEPARATOR);
    for (name, role) in names {
        let Some(piece) = pieces.next().filter(|piece| !piece.is_empty()) else {
            let at = Span::new(text.len(), text.len());
            return Err(malformed(format!("The {name} is missing: the parts have `--` between them."), at));
        };
        places.push((name, role, Span::new(start, start + piece.len())));
        start += piece.len() + SEPARATOR.len();
    }
    Ok(places)
}

fn too_long() -> SignError {
    ruby_value::refused("The message is longer than the cipher takes.")
}

/// The mode that a value's form shows.
pub fn form(value: &str) -> Option<Mode> {
    if let Some((data, tag)) = value.rsplit_once(SEPARATOR)
        && digest_of(tag).is_some()
    {
        let (inner, _) = rails_verifier::form(value)?;
        let inner = String::from_utf8(inner).ok()?;
        let (ciphertext, iv) = inner.rsplit_once(SEPARATOR)?;
        let is_cbc = !data.is_empty() && decoded(ciphertext)? > 0 && decoded(iv)? == CBC_IV;
        return is_cbc.then_some(Mode::Cbc);
    }
    // Parts in the alphabet for URLs may hold `--` themselves, so the lengths decide.
    let cut = |wanted: usize, text: &'_ str| -> Option<(usize, usize)> {
        let start = text.len().checked_sub(wanted)?;
        text.get(..start)?.ends_with(SEPARATOR).then(|| (start - SEPARATOR.len(), start))
    };
    [24, 22].into_iter().find_map(|tag| {
        let (end, start) = cut(tag, value)?;
        (decoded(value.get(start..)?)? == TAG).then_some(())?;
        let rest = value.get(..end)?;
        let (end, start) = cut(16, rest)?;
        (decoded(rest.get(start..)?)? == GCM_IV).then_some(())?;
        (decoded(rest.get(..end)?)? > 0).then_some(Mode::Gcm)
    })
}

/// How many bytes a Base64 text of either alphabet has.
fn decoded(text: &str) -> Option<usize> {
    ruby_value::decode64(text, true).ok().map(|bytes| bytes.len())
}

/// The ciphers to choose from.
pub const CIPHERS: crate::protocol::OptionKind = crate::protocol::OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("aes-256-gcm"),
    Cow::Borrowed("aes-128-gcm"),
    Cow::Borrowed("aes-256-cbc"),
]));
