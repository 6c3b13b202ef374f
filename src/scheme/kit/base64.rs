//! Base64 as tokens write it: strict about the alphabet and about padding, unlike the way in which people's secrets are
//! read (`secret.rs`).

use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::span::Span;

/// Base64url without padding (RFC 7515 section 2).
pub static BASE64URL: Base64 = Base64::new("Base64url", alphabet::URL_SAFE, Padding::Left);

/// Base64url with padding, as Python's `urlsafe_b64encode` and Ruby's write it.
pub static BASE64URL_PADDED: Base64 = Base64::new("Base64url", alphabet::URL_SAFE, Padding::Written);

/// The standard alphabet with the padding left out, as cookie-signature writes it.
pub static BASE64: Base64 = Base64::new("Base64", alphabet::STANDARD, Padding::Left);

/// The standard alphabet with padding (RFC 4648 section 4).
pub static BASE64_PADDED: Base64 = Base64::new("Base64", alphabet::STANDARD, Padding::Written);

/// Whether `=` fills the last four characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    Left,
    Written,
}

/// One alphabet, written and read with padding or without.
#[derive(Debug)]
pub struct Base64 {
    name: &'static str,
    padding: Padding,
    alphabet: Alphabet,
    /// Refuses spare bits that are not zero: each byte string then has one spelling only.
    strict: GeneralPurpose,
    /// Lets them pass (RFC 4648 section 3.5 leaves it open).
    lenient: GeneralPurpose,
}

impl Base64 {
    const fn new(name: &'static str, alphabet: Alphabet, padding: Padding) -> Self {
        let config = match padding {
            Padding::Left => GeneralPurposeConfig::new()
                .with_encode_padding(false)
                .with_decode_padding_mode(DecodePaddingMode::RequireNone),
            Padding::Written => GeneralPurposeConfig::new(),
        };
        Self {
            name,
            padding,
            strict: GeneralPurpose::new(&alphabet, config),
            lenient: GeneralPurpose::new(&alphabet, config.with_decode_allow_trailing_bits(true)),
            alphabet,
        }
    }

    pub fn encode(&self, bytes: &[u8]) -> String {
        self.strict.encode(bytes)
    }

    /// The bytes, if `text` is their one spelling.
    pub fn decode_canonical(&self, text: &str) -> Option<Vec<u8>> {
        self.strict.decode(text).ok()
    }

    /// The bytes that `text` spells.
    ///
    /// # Errors
    /// With the place in `text` of what is wrong, and the rest of a sentence that begins with the name of the part.
    pub fn decode(&self, text: &str) -> Result<Vec<u8>, (Span, String)> {
        self.lenient.decode(text).map_err(|_| match text.char_indices().find(|(_, c)| !self.has(*c)) {
            Some((at, odd)) => (Span::new(at, at + odd.len_utf8()), self.odd_character(at, odd)),
            None if self.padding == Padding::Written && text.contains('=') => {
                let at = text.find('=').unwrap_or_default();
                (
                    Span::new(at, text.len()),
                    format!("the padding at byte {at} is not what {} wants there", self.name),
                )
            }
            None => {
                let end = text.len();
                (
                    Span::new(end, end),
                    format!("no {} text has {end} characters: one is missing or too many", self.name),
                )
            }
        })
    }

    /// The bytes, if `text` is their one spelling.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), and with the last character if it holds bits that are not zero (RFC 4648 section 3.5).
    pub fn decode_strictly(&self, text: &str) -> Result<Vec<u8>, (Span, String)> {
        let bytes = self.decode(text)?;
        if self.strict.decode(text).is_ok() {
            return Ok(bytes);
        }
        let end = text.trim_end_matches('=').len();
        let at = Span::new(end.saturating_sub(1), end);
        Err((at, format!("the last character, at byte {}, holds spare bits that are not zero", at.start)))
    }

    fn has(&self, c: char) -> bool {
        c.is_ascii_alphanumeric()
            || (c == '=' && self.padding == Padding::Written)
            || self.alphabet.as_str().chars().rev().take(2).any(|symbol| symbol == c)
    }

    fn odd_character(&self, at: usize, odd: char) -> String {
        match odd {
            '=' => format!("`=` at byte {at} is padding, and {} is written without padding here", self.name),
            '\n' | '\r' => {
                format!("there is a line end at byte {at}; it was probably wrapped when it was copied")
            }
            c if c.is_whitespace() => format!("there is white space at byte {at}"),
            '+' | '/' => format!("`{odd}` at byte {at} belongs to standard Base64, not to {}", self.name),
            '-' | '_' => format!("`{odd}` at byte {at} belongs to Base64url, not to {}", self.name),
            '%' => {
                format!("`%` at byte {at} is not a {} character; the value may be percent-encoded", self.name)
            }
            _ => format!("{odd:?} at byte {at} is not a {} character", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let wrong = |text: &str| BASE64URL.decode(text).expect_err("is not Base64url");
        assert_eq!(wrong("ab+d").0, Span::new(2, 3));
        assert!(wrong("ab+d").1.contains("standard Base64"));
        assert!(wrong("YQ==").1.contains("padding"));
        assert!(wrong("YWJj\n").1.contains("line end at byte 4"));
        assert!(wrong("abcde").1.contains("5 characters"));
        assert_eq!(wrong("abcé").0, Span::new(3, 5));
        assert!(BASE64.decode("a-bc").expect_err("url alphabet").1.contains("belongs to Base64url"));
    }

    #[test]
    fn padding_where_it_is_written() {
        assert_eq!(BASE64_PADDED.encode(b"a"), "YQ==");
        assert_eq!(BASE64URL_PADDED.decode("YQ==").as_deref(), Ok(&b"a"[..]));
        assert!(BASE64_PADDED.decode("YQ").is_err());
        assert!(BASE64_PADDED.decode("YQ=").expect_err("one is missing").1.contains("padding"));
        assert!(BASE64_PADDED.decode("Y=Q=").is_err());
    }

    #[test]
    fn spare_bits() {
        assert_eq!(BASE64.decode_canonical("YQ").as_deref(), Some(&b"a"[..]));
        assert_eq!(BASE64.decode_canonical("YR"), None);
        assert_eq!(BASE64.decode("YR").expect("lenient"), b"a");
        assert_eq!(BASE64.decode_strictly("YQ").as_deref(), Ok(&b"a"[..]));
        assert_eq!(BASE64_PADDED.decode_strictly("YR==").expect_err("spare bits").0, Span::new(1, 2));
    }
}
