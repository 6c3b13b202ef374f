//! A file that was chosen or dropped: a key, in whatever form, or something to look at.
//!
//! Keys in DER (X.690), as `.der`, `.cer` or `.key` files hold them, are written as PEM (RFC 7468), so that there is one form
//! of them in the page. Which of the structures it is shows in its first elements; the file's name says nothing sure.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::limits::MAX_SECRET;
use crate::secret::{SecretEncoding, SecretText};

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// A key, a certificate, a JWK or a set of them, as text.
    Key(String),
    /// Any other text.
    Text(String),
}

/// Reads the file `name`.
///
/// # Errors
/// If nothing here can be made of it: a sentence for people.
pub fn read(name: &str, bytes: &[u8]) -> Result<Dropped, String> {
    let dropped = match text(bytes) {
        Some(text) if is_key(&text) => Dropped::Key(text),
        Some(text) => Dropped::Text(text),
        None => Dropped::Key(pem(name, bytes)?),
    };
    match &dropped {
        Dropped::Key(key) if key.len() > MAX_SECRET => Err(format!(
            "{name} holds {} bytes of keys; {} KiB are read at once. Cut out the keys that you need.",
            key.len(),
            MAX_SECRET / 1024
        )),
        _ => Ok(dropped),
    }
}

/// Whether `text` shows by itself that it is a key.
pub fn is_key(text: &str) -> bool {
    let reading = SecretText::new(text, None).encoding_or(SecretEncoding::Utf8);
    reading != SecretEncoding::Utf8 || text.contains("-----BEGIN ")
}

/// UTF-8, or the UTF-16 that Windows' older shell writes.
fn text(bytes: &[u8]) -> Option<String> {
    if let Some(units) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = units.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        return String::from_utf16(&units).ok();
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    // DER can be UTF-8 by chance; text has no such characters.
    (!text.contains(|c: char| c.is_control() && !c.is_whitespace())).then(|| text.to_owned())
}

/// DER between PEM's lines.
fn pem(name: &str, bytes: &[u8]) -> Result<String, String> {
    let label = match label(bytes) {
        Some(Found::Label(label)) => label,
        Some(Found::Container(what, command)) => {
            return Err(format!(
                "{name} is {what}, which is not read here. Take the key out of it: {command}"
            ));
        }
        None => {
            return Err(format!(
                "{name} is neither text nor a key or certificate in DER, so there is nothing to read in it."
            ));
        }
    };
    let base64 = BASE64_STANDARD.encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    Ok(format!("{text}-----END {label}-----\n"))
}

enum Found {
    /// PEM's label.
    Label(&'static str),
    /// What it is, and the command that takes a key out.
    Container(&'static str, &'static str),
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]`
const EXPLICIT: u8 = 0xa0;

/// What a DER structure is, by the tags of its first elements.
fn label(bytes: &[u8]) -> Option<Found> {
    let (tag, content, _) = element(bytes)?;
    if tag != SEQUENCE {
        return None;
    }
    let (first, value, rest) = element(content)?;
    let (second, _, rest) = element(rest).unwrap_or((0, &[], &[]));
    let label = match (first, second) {
        // RFC 5958 (PKCS #8), RFC 7292 (PKCS #12).
        (INTEGER, SEQUENCE) if matches!(value, [0 | 1]) => "PRIVATE KEY",
        (INTEGER, SEQUENCE) if matches!(value, [3]) => {
            return Some(Found::Container(
                "a PKCS #12 container",
                "openssl pkcs12 -in FILE -nodes -out keys.pem",
            ));
        }
        // RFC 5915, RFC 8017 (PKCS #1).
        (INTEGER, OCTET_STRING) if matches!(value, [1]) => "EC PRIVATE KEY",
        (INTEGER, INTEGER) if rest.is_empty() => "RSA PUBLIC KEY",
        (INTEGER, INTEGER) => "RSA PRIVATE KEY",
        // RFC 5280.
        (SEQUENCE, SEQUENCE) => "CERTIFICATE",
        (SEQUENCE, BIT_STRING) => "PUBLIC KEY",
        (SEQUENCE, OCTET_STRING) => "ENCRYPTED PRIVATE KEY",
        (IDENTIFIER, EXPLICIT) => {
            return Some(Found::Container(
                "a PKCS #7 container",
                "openssl pkcs7 -inform DER -in FILE -print_certs -out certificates.pem",
            ));
        }
        _ => return None,
    };
    Some(Found::Label(label))
}

/// The first element of `bytes`: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = bytes else { return None };
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x0f))?;
            (digits.iter().fold(0, |all, byte| all << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(hex: &str) -> Vec<u8> {
        hex::decode(hex.replace(' ', "")).expect("hex")
    }

    fn first_line(hex: &str) -> String {
        match read("key.der", &der(hex)).expect("a key") {
            Dropped::Key(pem) => pem.lines().next().unwrap_or_default().to_owned(),
            Dropped::Text(text) => panic!("a text: {text:?}"),
        }
    }

    #[test]
    fn der_is_told_by_its_first_elements() {
        assert_eq!(first_line("30 05 0201 00 3000"), "-----BEGIN PRIVATE KEY-----");
        assert_eq!(first_line("30 08 020101 0403 ffffff"), "-----BEGIN EC PRIVATE KEY-----");
        assert_eq!(first_line("30 08 0203 00ffff 0201 03"), "-----BEGIN RSA PUBLIC KEY-----");
        assert_eq!(first_line("30 09 020100 020103 0201 05"), "-----BEGIN RSA PRIVATE KEY-----");
        assert_eq!(first_line("30 06 3000 3000 0300"), "-----BEGIN CERTIFICATE-----");
        assert_eq!(first_line("30 8106 3000 0302 00ff"), "-----BEGIN PUBLIC KEY-----");
        assert_eq!(first_line("30 06 3000 0402 00ff"), "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    }

    #[test]
    fn lines_of_pem_are_64_characters() {
        let bytes = [&[0x30, 0x81, 0x84, 0x30, 0, 0x03, 0x81, 0x7f][..], &[0xff; 127]].concat();
        let Ok(Dropped::Key(pem)) = read("key", &bytes) else { panic!("a key") };
        let lines: Vec<&str> = pem.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1].len(), 64);
        assert_eq!(BASE64_STANDARD.decode(lines[1..4].concat()).expect("Base64"), bytes);
        assert_eq!(lines[4], "-----END PUBLIC KEY-----");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let why = |hex| read("a.bin", &der(hex)).expect_err("no key");
        assert!(why("30 05 0201 03 3000").contains("PKCS #12"));
        assert!(why("30 06 0602 2a86 a000").contains("PKCS #7"));
        assert!(why("89504e47").starts_with("a.bin is neither"));
        assert!(why("30 84 ffffffff 00").starts_with("a.bin is neither"), "no length runs over");
        assert!(read("a.pem", format!("-----BEGIN X{}", "x".repeat(MAX_SECRET)).as_bytes()).is_err());
    }

    #[test]
    fn keys_are_told_from_other_text() {
        let is_key = |text: &str| matches!(read("f", text.as_bytes()), Ok(Dropped::Key(_)));
        assert!(is_key("Bag Attributes\n-----BEGIN CERTIFICATE-----\n"));
        assert!(is_key(" {\"kty\":\"EC\"}"));
        assert!(is_key("{\"keys\": [{\"kty\":\"EC\"}]}"));
        assert!(!is_key("eyJhbGciOiJIUzI1NiJ9.e30.x"));
        assert!(!is_key("{\"alg\":\"HS256\"}"));
        assert_eq!(read("f", b"\xff\xfee\0y\0"), Ok(Dropped::Text("ey".into())));
        assert_eq!(read("f", b"\xef\xbb\xbfey\r\n"), Ok(Dropped::Text("ey\r\n".into())));
    }
}
