//! Secrets: key bytes that are wiped when dropped and never printed, and how a secret's text becomes key bytes.
//!
//! "The secret is right, why is the signature invalid?" is nearly always a question of reading: the same 44 characters
//! are a 44-byte key to a framework that takes them as text, and a 32-byte key to one that decodes Base64 first. So the
//! text that a person gives ([`SecretText`]) and the key that a MAC uses ([`Secret`]) are two types, and the way from
//! one to the other is explicit.
//!
//! Key pairs (RSA, EC, OKP) are [`Key`](crate::jose::key::Key)s, read from the same [`SecretText`].

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::limits::MAX_SECRET;

/// Base64 as people paste it: with or without padding, and with any spare bits in its last character.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Bytes of a symmetric key. Wiped when dropped; `Debug` tells only how many there are.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The key itself: for a MAC or a cipher, never for a message or a log.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub const fn len(&self) -> usize {
        self.0.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads `text` as `encoding` says.
    ///
    /// # Errors
    /// If the text is not of that encoding, with the byte offset of the first character that is not; or if it is longer
    /// than [`MAX_SECRET`] bytes.
    pub fn read(text: &str, encoding: SecretEncoding) -> Result<Self, SecretError> {
        let fail = |at, what: String| SecretError { encoding, at, what };
        if text.len() > MAX_SECRET {
            return Err(fail(None, format!("is {} bytes long; the limit is {MAX_SECRET}", text.len())));
        }
        match encoding {
            SecretEncoding::Utf8 => Ok(Self(text.as_bytes().to_vec())),
            SecretEncoding::Hex => read_hex(text).map(Self).map_err(|(at, what)| fail(at, what)),
            SecretEncoding::Base64 => {
                read_base64(text, &BASE64, "Base64").map_err(|(at, what)| fail(at, what))
            }
            SecretEncoding::Base64url => {
                read_base64(text, &BASE64URL, "Base64url").map_err(|(at, what)| fail(at, what))
            }
            SecretEncoding::Jwk => read_oct_jwk(text).map_err(|what| fail(None, what)),
            SecretEncoding::Jwks => Err(fail(
                None,
                "is a JWK set; here one secret is wanted: the text itself, or a JWK of type oct".into(),
            )),
            SecretEncoding::Pem => Err(fail(
                None,
                "is a key in PEM form; here a shared secret is wanted, not one of a key pair".into(),
            )),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// How the text of a secret becomes key bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SecretEncoding {
    /// The characters themselves, as UTF-8.
    Utf8,
    /// Two hexadecimal digits a byte, either case.
    Hex,
    /// RFC 4648 section 4, padding optional.
    Base64,
    /// RFC 4648 section 5, padding optional.
    Base64url,
    /// A JSON Web Key of type `oct`: the member `k` (RFC 7518 section 6.4). Tokens take keys of every type:
    /// [`crate::jose::key`].
    Jwk,
    /// A JSON Web Key Set (RFC 7517 section 5). Only for tokens.
    Jwks,
    /// A key or certificate between `-----BEGIN …-----` and `-----END …-----` (RFC 7468). Only for tokens.
    Pem,
}

impl SecretEncoding {
    /// The readings that any text can be offered in, the most usual first. (A JWK shows by itself that it is one.)
    pub const TEXTUAL: [Self; 4] = [Self::Utf8, Self::Base64, Self::Base64url, Self::Hex];

    /// The name that people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "text",
            Self::Hex => "hex",
            Self::Base64 => "Base64",
            Self::Base64url => "Base64url",
            Self::Jwk => "JWK",
            Self::Jwks => "JWK set",
            Self::Pem => "PEM",
        }
    }
}

/// A secret as a person gives it. Wiped when dropped; `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretText {
    pub text: Zeroizing<String>,
    /// How to read it; as the scheme's framework does if absent.
    pub encoding: Option<SecretEncoding>,
}

impl SecretText {
    pub fn new(text: impl Into<String>, encoding: Option<SecretEncoding>) -> Self {
        Self { text: Zeroizing::new(text.into()), encoding }
    }

    /// How it is read where the framework's own reading is `usual`: the person's choice first; a JWK is seen by its form.
    pub fn encoding_or(&self, usual: SecretEncoding) -> SecretEncoding {
        match self.encoding {
            // A set is a kind of JWK to who chooses.
            Some(SecretEncoding::Jwk) => by_form(&self.text).unwrap_or(SecretEncoding::Jwk),
            Some(chosen) => chosen,
            None => by_form(&self.text).unwrap_or(usual),
        }
    }

    /// The key bytes.
    ///
    /// # Errors
    /// As [`Secret::read`].
    pub fn read(&self, usual: SecretEncoding) -> Result<Secret, SecretError> {
        Secret::read(&self.text, self.encoding_or(usual))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretText({} characters, {:?})", self.text.chars().count(), self.encoding)
    }
}

/// Why a secret's text could not be read. Never holds the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError {
    pub encoding: SecretEncoding,
    /// The byte offset of the first character that does not fit.
    pub at: Option<usize>,
    /// The rest of a sentence that begins "The secret".
    pub what: String,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The secret {}", self.what)
    }
}

impl std::error::Error for SecretError {}

type Unreadable = (Option<usize>, String);

fn read_hex(text: &str) -> Result<Vec<u8>, Unreadable> {
    if let Some((at, odd)) = text.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        return Err((Some(at), format!("is not hex: character {} is {}", place(text, at), shown(odd))));
    }
    hex::decode(text).map_err(|_| {
        (
            None,
            format!("is not hex: {} digits, and two make a byte, so their number must be even", text.len()),
        )
    })
}

fn read_base64(text: &str, engine: &GeneralPurpose, name: &str) -> Result<Secret, Unreadable> {
    engine.decode(text).map(Secret::new).map_err(|error| match error {
        base64::DecodeError::InvalidByte(at, _) => {
            let odd = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
            (Some(at), format!("is not {name}: character {} is {}", place(text, at), shown(odd)))
        }
        _ => (None, format!("is not {name}: no text of {} characters is", text.len())),
    })
}

/// What shows by itself that it is no plain text.
fn by_form(text: &str) -> Option<SecretEncoding> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // Taken out of an env file, it may still have its quotes.
    if text.trim_start_matches(['"', '\'']).starts_with("-----BEGIN ") {
        return Some(SecretEncoding::Pem);
    }
    let is_set = || text.contains("\"keys\"");
    let is_json = text.starts_with('{') && text.contains("\"kty\"");
    is_json.then(|| if is_set() { SecretEncoding::Jwks } else { SecretEncoding::Jwk })
}

fn read_oct_jwk(text: &str) -> Result<Secret, String> {
    #[derive(Deserialize)]
    struct Jwk {
        kty: String,
        #[serde(default)]
        k: Zeroizing<String>,
    }
    let jwk: Jwk =
        serde_json::from_str(text).map_err(|_| "is not a JWK: no JSON object with a `kty`".to_owned())?;
    if jwk.kty != "oct" {
        return Err(format!("is a JWK of type {}; an HMAC key has \"kty\":\"oct\"", jwk.kty));
    }
    let bytes =
        BASE64URL.decode(jwk.k.as_str()).map_err(|_| "is a JWK whose `k` is not Base64url".to_owned())?;
    Ok(Secret(bytes))
}

/// Which character, counted from 1 as people do, begins at byte `at`.
fn place(text: &str, at: usize) -> usize {
    text.get(..at).map_or(at, |before| before.chars().count()) + 1
}

fn shown(odd: char) -> String {
    match odd {
        ' ' => "a blank".into(),
        '\n' | '\r' => "a line end".into(),
        '\t' => "a tab".into(),
        _ if odd.is_control() => format!("U+{:04X}", u32::from(odd)),
        _ => format!("`{odd}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, encoding: SecretEncoding) -> Vec<u8> {
        Secret::read(text, encoding).expect("readable").bytes().to_vec()
    }

    #[test]
    fn the_same_text_is_another_key_in_each_reading() {
        assert_eq!(bytes("cafe", SecretEncoding::Utf8), b"cafe");
        assert_eq!(bytes("cafe", SecretEncoding::Hex), [0xca, 0xfe]);
        assert_eq!(bytes("cafe", SecretEncoding::Base64), [0x71, 0xa7, 0xde]);
        assert_eq!(bytes("_-8=", SecretEncoding::Base64url), bytes("/+8", SecretEncoding::Base64));
    }

    #[test]
    fn an_unreadable_text_says_where() {
        let hex = Secret::read("caxe", SecretEncoding::Hex).expect_err("x is not hex");
        assert_eq!(hex.at, Some(2));
        assert_eq!(hex.to_string(), "The secret is not hex: character 3 is `x`");
        let base64 = Secret::read("ab-d", SecretEncoding::Base64).expect_err("- is not in that alphabet");
        assert_eq!(base64.at, Some(2));
        assert!(
            Secret::read("a b", SecretEncoding::Base64).expect_err("blank").to_string().ends_with("a blank")
        );
        assert!(Secret::read("abcde", SecretEncoding::Base64).is_err());
        assert!(Secret::read("abc", SecretEncoding::Hex).is_err());
    }

    #[test]
    fn an_oct_jwk_is_seen_by_its_form() {
        let secret = SecretText::new(r#"{"kty":"oct","k":"AAEC"}"#, None);
        assert_eq!(secret.read(SecretEncoding::Utf8).expect("oct").bytes(), [0, 1, 2]);
        let rsa = SecretText::new(r#"{"kty":"RSA","n":"AQAB"}"#, None);
        assert!(rsa.read(SecretEncoding::Utf8).expect_err("not symmetric").to_string().contains("type RSA"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = SecretText::new("hunter2", None);
        let secret = text.read(SecretEncoding::Utf8).expect("text");
        assert!(!format!("{text:?}{secret:?}").contains("hunter2"));
        assert_eq!(format!("{secret:?}"), "Secret(7 bytes)");
    }
}
