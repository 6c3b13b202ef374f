//! Fernet tokens: AES-128-CBC under HMAC-SHA256, with a time.
//!
//! A token is the Base64url, with padding, of 0x80, eight bytes of Unix seconds (big-endian), sixteen bytes of
//! initialisation vector, the ciphertext (PKCS#7), and the HMAC-SHA256 of all that. Of the key's 32 bytes the first half
//! signs and the second encrypts. Sources: the Fernet specification; `fernet.py` of cryptography.

use super::age;
use super::base64::BASE64URL_PADDED;
use super::digest::Digest;
use super::mac::{Key, Keys};
use super::opened;
use super::verdict::{self, malformed, unreadable};
use super::{cipher, python_base64, random};
use crate::protocol::{
    Ask, Caveat, Excerpt, Fact, Field, Role, Segment, SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

const VERSION: u8 = 0x80;
/// Where the parts of a token end.
const TIME_END: usize = 9;
const IV_END: usize = 25;
const TAG: usize = 32;
const BLOCK: usize = 16;
const KEY: usize = 32;
/// Characters of a key as text.
const KEY_TEXT: usize = 44;
/// Seconds that a token may be from the future where its age is judged at all.
const CLOCK_SKEW: f64 = 60.0;
const DIGEST: Digest = Digest::Sha256;

/// A token, decoded but not yet verified.
#[derive(Debug)]
pub struct Token {
    bytes: Vec<u8>,
    time: u64,
    /// Where the tag begins.
    tag: usize,
}

/// What one of the keys made of a token.
#[derive(Debug)]
pub struct Tried<'a> {
    /// The key whose HMAC it is.
    pub key: Option<&'a Key>,
    /// What it decrypts to, where it authenticated and its padding is right.
    pub plain: Option<Vec<u8>>,
    pub verdict: Verdict,
}

impl Token {
    /// Decodes `text`.
    ///
    /// # Errors
    /// What is wrong with its form.
    pub fn read(text: &str) -> Result<Self, Verdict> {
        let whole = Some(Span::new(0, text.len()));
        if text.is_empty() {
            return Err(malformed("There is nothing in it.", whole));
        }
        let bytes = python_base64::decode_urlsafe(text)
            .map_err(|what| malformed(format!("The token {what}."), whole))?;
        if bytes.first() != Some(&VERSION) {
            let message =
                "Its first byte is not 0x80, the version of Fernet; every Fernet token begins with `gAAAAA`.";
            return Err(malformed(
                message,
                Some(Span::new(0, text.len().min(2))).filter(|_| text.is_ascii()),
            ));
        }
        let time = bytes.get(1..TIME_END).and_then(|time| time.try_into().ok()).map(u64::from_be_bytes);
        let tag = bytes.len().checked_sub(TAG).filter(|tag| *tag >= IV_END + BLOCK);
        match (time, tag) {
            (Some(time), Some(tag)) => Ok(Self { bytes, time, tag }),
            _ => {
                let message = format!(
                    "It has {} bytes; a Fernet token has at least {}. It was probably cut.",
                    bytes.len(),
                    IV_END + BLOCK + TAG
                );
                Err(malformed(message, whole))
            }
        }
    }

    /// Whether `text` has the form of a token, its length too.
    pub fn has_form(text: &str) -> bool {
        text.starts_with("gAAAAA")
            && BASE64URL_PADDED.decode(text).is_ok_and(|bytes| {
                let ciphertext = bytes.len().checked_sub(IV_END + TAG);
                ciphertext.is_some_and(|length| length >= BLOCK && length.is_multiple_of(BLOCK))
            })
    }

    /// Unix seconds at which it was made.
    pub fn time(&self) -> i64 {
        i64::try_from(self.time).unwrap_or(i64::MAX)
    }

    pub fn fact(&self, now: Option<i64>) -> Fact {
        opened::time_fact("Issued", "timestamp", self.time(), now)
    }

    /// Why a server that limits the age of tokens to `ttl` seconds refuses it now.
    pub fn caveats(&self, ttl: Option<f64>, option: &str, now: Option<i64>) -> Vec<Caveat> {
        let made = age::seconds(self.time());
        let early = ttl.and_then(|_| age::too_early(made, CLOCK_SKEW, now));
        age::too_old(made, ttl, now, option).into_iter().chain(early).collect()
    }

    /// Tries every key.
    pub fn try_keys<'a>(&self, ask: &Ask, keys: &'a Keys) -> Tried<'a> {
        let (signed, found) = (self.signed(), self.part(self.tag, self.bytes.len()));
        let right = keys.usable.iter().find_map(|key| {
            let halves = Halves::of(key)?;
            DIGEST.verifies(halves.signing.bytes(), signed, found).then_some((key, halves))
        });
        let right_key = right.as_ref().map(|(key, _)| *key);
        let verdict = verdict::sealed(ask, keys, right_key, &[KEY, KEY_TEXT]);
        let Some((key, halves)) = right else {
            let is_no_key = keys.usable.iter().all(|key| Halves::of(key).is_none());
            let verdict = if is_no_key && !keys.usable.is_empty() {
                verdict::invalid(Why::BadSignature, format!("{NO_KEY} {KEY_HINT}"))
            } else {
                verdict
            };
            return Tried { key: None, plain: None, verdict };
        };
        let plain = cipher::cbc_decrypt(halves.encryption.bytes(), self.iv(), self.ciphertext());
        let verdict = match plain {
            Some(_) => verdict,
            None => unreadable("The HMAC is right, but what it decrypts to is not padded as PKCS#7 wants."),
        };
        Tried { key: Some(key), plain, verdict }
    }

    fn part(&self, start: usize, end: usize) -> &[u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn signed(&self) -> &[u8] {
        self.part(0, self.tag)
    }

    fn iv(&self) -> &[u8] {
        self.part(TIME_END, IV_END)
    }

    fn ciphertext(&self) -> &[u8] {
        self.part(IV_END, self.tag)
    }

    /// The parts of `text`, which it was read from.
    pub fn segments(&self, text: &str) -> Vec<Segment> {
        let pieces = vec![
            ("Version", Role::Prefix, 1, None),
            ("Timestamp", Role::Meta, TIME_END, None),
            ("IV", Role::Meta, IV_END, None),
            ("Ciphertext", Role::Payload, self.tag, None),
            ("HMAC", Role::Signature, self.bytes.len(), None),
        ];
        opened::pieces(text, 0, &self.bytes, &BASE64URL_PADDED, pieces)
    }

    /// Its HMAC beside the one that the first of the keys makes, in hex.
    pub fn signature(&self, keys: &Keys) -> SignaturePair {
        let halves = keys.usable.iter().find_map(Halves::of);
        let expected = halves.map(|halves| hex::encode(DIGEST.tag(halves.signing.bytes(), self.signed())));
        SignaturePair { found: hex::encode(self.part(self.tag, self.bytes.len())), expected }
    }

    /// How it is made. The keys, the plaintext and the tag are only shown with the key `right`, which verified it.
    pub fn steps(&self, right: Option<&Key>, plain: Option<&[u8]>) -> Vec<Step> {
        let mut steps: Vec<Step> =
            plain.map(|plain| Step::new("Plaintext", "", Excerpt::of(plain), None)).into_iter().collect();
        let halves = right.and_then(Halves::of);
        if let Some(halves) = &halves {
            steps.push(Step::new("Signing key", "key[0..16]", Excerpt::key(halves.signing.bytes()), None));
            steps.push(Step::new(
                "Encryption key",
                "key[16..32]",
                Excerpt::key(halves.encryption.bytes()),
                None,
            ));
        }
        steps.push(Step::new("IV", "16 random bytes", Excerpt::hex(self.iv()), Some(Role::Meta)));
        steps.push(Step::new(
            "Ciphertext",
            "AES-128-CBC(encryption key, IV, plaintext)",
            Excerpt::hex(self.ciphertext()),
            Some(Role::Payload),
        ));
        steps.push(Step::new(
            "Signing input",
            "0x80 + timestamp + IV + ciphertext",
            Excerpt::hex(self.signed()),
            None,
        ));
        if let Some(halves) = &halves {
            let tag = DIGEST.tag(halves.signing.bytes(), self.signed());
            let formula = "HMAC-SHA256(signing key, signing input)";
            steps.push(Step::new("HMAC", formula, Excerpt::hex(&tag), Some(Role::Signature)));
        }
        steps
    }
}

const NO_KEY: &str = "This is no Fernet key: it does not have 32 bytes.";
const KEY_HINT: &str = "A Fernet key is the Base64url of 32 bytes: 44 characters with one `=` at the end.";

/// The two keys that a Fernet key is.
struct Halves {
    signing: Secret,
    encryption: Secret,
}

impl Halves {
    /// Text is a key as Fernet takes it, Base64url; everything else is the 32 bytes themselves.
    fn of(key: &Key) -> Option<Self> {
        let secret = match key.encoding {
            SecretEncoding::Utf8 => {
                let text = std::str::from_utf8(key.secret.bytes()).ok()?;
                Secret::new(python_base64::decode_urlsafe(text).ok()?)
            }
            _ => key.secret.clone(),
        };
        let (signing, encryption) =
            secret.bytes().split_at_checked(KEY / 2).filter(|_| secret.len() == KEY)?;
        Some(Self { signing: Secret::new(signing.to_vec()), encryption: Secret::new(encryption.to_vec()) })
    }
}

/// Makes a token of `plain`, with a fresh initialisation vector.
///
/// # Errors
/// If there is no key, or it is no Fernet key.
pub fn make(keys: &Keys, now: i64, plain: &[u8]) -> Result<(String, Vec<Step>), SignError> {
    keys.signing()?;
    let no_key =
        || SignError { field: Field::Secret, message: NO_KEY.into(), hint: KEY_HINT.into(), at: None };
    let key = keys.usable.first().ok_or_else(no_key)?;
    let halves = Halves::of(key).ok_or_else(no_key)?;
    let time = u64::try_from(now).unwrap_or_default();
    let iv = random::bytes::<BLOCK>()?;
    let ciphertext = cipher::cbc_encrypt(halves.encryption.bytes(), &iv, plain).ok_or_else(no_key)?;
    let mut bytes = [&[VERSION][..], &time.to_be_bytes(), &iv, &ciphertext].concat();
    let tag = bytes.len();
    bytes.extend(DIGEST.tag(halves.signing.bytes(), &bytes));
    let token = Token { bytes, time, tag };
    Ok((BASE64URL_PADDED.encode(&token.bytes), token.steps(Some(key), Some(plain))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_told_by_version_and_length() {
        let token = BASE64URL_PADDED.encode(&[&[VERSION][..], &[0; 8 + 16 + 32 + 32]].concat());
        assert!(Token::has_form(&token) && Token::read(&token).is_ok());
        let short = BASE64URL_PADDED.encode(&[&[VERSION][..], &[0; 8 + 16 + 8 + 32]].concat());
        assert!(!Token::has_form(&short) && Token::read(&short).is_err());
        assert!(!Token::has_form("gAAAAA"));
    }
}
