//! What a certificate says of its key (X.509, RFC 5280). Its signature is not checked: nobody is trusted by it here.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode as _, Tag};

use super::asn1::{Elements, context};
use super::{Certificate, Key, KeyError, encoded};

/// A certificate's key, and what it says besides.
///
/// # Errors
/// If it is no certificate, or its key is not of a kind that tokens use.
pub fn read(der: &[u8]) -> Result<(Key, Certificate), KeyError> {
    let parts = parts(der).ok_or_else(|| {
        KeyError::new(
            "What stands between the lines is not a certificate (X.509): it was probably cut off or changed.",
            "Copy the whole certificate again, from its BEGIN line to its END line.",
        )
    })?;
    let certificate = Certificate {
        subject: name(parts.subject),
        issuer: name(parts.issuer),
        not_before: parts.not_before,
        not_after: parts.not_after,
        der: der.to_vec(),
    };
    Ok((encoded::read_spki(parts.key)?, certificate))
}

struct Parts<'a> {
    issuer: Elements<'a>,
    not_before: i64,
    not_after: i64,
    subject: Elements<'a>,
    /// As it is encoded.
    key: &'a [u8],
}

fn parts(der: &[u8]) -> Option<Parts<'_>> {
    let mut certificate = Elements::of_sequence(der)?;
    let mut signed = certificate.sequence()?;
    signed.take(context(0, true));
    signed.take(Tag::Integer)?;
    signed.sequence()?;
    let issuer = signed.sequence()?;
    let mut validity = signed.sequence()?;
    let not_before = time(validity.encoding()?)?;
    let not_after = time(validity.encoding()?)?;
    let subject = signed.sequence()?;
    let key = signed.encoding()?;
    Some(Parts { issuer, not_before, not_after, subject, key })
}

/// Unix seconds (RFC 5280 section 4.1.2.5).
fn time(encoding: &[u8]) -> Option<i64> {
    let element = AnyRef::from_der(encoding).ok()?;
    let utc = || element.decode_as::<UtcTime>().ok().map(|time| time.to_unix_duration());
    let generalized = || element.decode_as::<GeneralizedTime>().ok().map(|time| time.to_unix_duration());
    let since = utc().or_else(generalized)?;
    i64::try_from(since.as_secs()).ok()
}

/// The attributes of names that have a short name (RFC 4514 section 3, RFC 5280 section 4.1.2.6), and it.
const ATTRIBUTES: [(&[u8], &str); 10] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

/// A name as people read it, the most telling part first: `CN=example.com, O=Example`.
fn name(mut sets: Elements) -> String {
    let mut shown = Vec::new();
    while let Some(set) = sets.take(Tag::Set) {
        let mut set = Elements::of(set);
        while let Some(mut attribute) = set.sequence() {
            let (Some(oid), Some(value)) = (attribute.take(Tag::ObjectIdentifier), attribute.any()) else {
                break;
            };
            let known = ATTRIBUTES.iter().find(|(known, _)| *known == oid);
            let term = known.map_or_else(|| encoded::dotted(oid), |(_, term)| (*term).to_owned());
            // Some have commas in them (RFC 4514 section 2.4).
            let text = text(value.tag, value.value).replace(',', "\\,");
            shown.push([&term, "=", &text].concat());
        }
    }
    shown.reverse();
    shown.join(", ")
}

/// A string of any of the types that a name may have.
fn text(tag: Tag, value: &[u8]) -> String {
    let text: String = match tag {
        // UTF-16, which the standard limits to the basic plane.
        Tag::BmpString => {
            let units = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        // In practice Latin-1.
        Tag::TeletexString => value.iter().map(|&byte| char::from(byte)).collect(),
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    // A line end or a change of direction would tell lies in the report.
    text.chars().map(|c| if c.is_control() || is_mark(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Characters that turn the direction of writing around.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
