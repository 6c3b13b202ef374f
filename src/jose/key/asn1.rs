//! Elements of DER (X.690), taken one after the other and put together: as much of it as keys and certificates need.

use der::asn1::AnyRef;
use der::{Decode, Encode, Tag, TagNumber};

/// Elements that stand one after the other: a sequence's value, or a whole encoding.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a>(&'a [u8]);

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub tag: Tag,
    pub value: &'a [u8],
}

impl<'a> Elements<'a> {
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The elements of the one sequence that `bytes` are. None if that is not all of them.
    pub fn of_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut whole = Self(bytes);
        let inner = whole.sequence()?;
        whole.is_empty().then_some(inner)
    }

    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next element of any kind. None at the end, and where there is no DER.
    pub fn any(&mut self) -> Option<Element<'a>> {
        let (element, rest) = AnyRef::from_der_partial(self.0).ok()?;
        self.0 = rest;
        Some(Element { tag: der::Tagged::tag(&element), value: element.value() })
    }

    /// The value of the next element if it has that tag; nothing is taken if it has not.
    pub fn take(&mut self, tag: Tag) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let element = ahead.any().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element.value)
    }

    pub fn sequence(&mut self) -> Option<Self> {
        self.take(Tag::Sequence).map(Self)
    }

    /// The next element as it is encoded.
    pub fn encoding(&mut self) -> Option<&'a [u8]> {
        let before = self.0;
        self.any()?;
        before.get(..before.len().checked_sub(self.0.len())?)
    }

    /// A number that is not negative, big-endian, without leading zeros: no byte at all for zero.
    pub fn uint(&mut self) -> Option<&'a [u8]> {
        match self.take(Tag::Integer)? {
            [0, rest @ ..] => Some(rest),
            [first, ..] if *first >= 0x80 => None,
            [] => None,
            all => Some(all),
        }
    }

    /// The bytes of a bit string that holds whole bytes.
    pub fn bits(&mut self) -> Option<&'a [u8]> {
        self.take(Tag::BitString).and_then(whole_bytes)
    }
}

/// The bytes in a bit string's value.
pub const fn whole_bytes(value: &[u8]) -> Option<&[u8]> {
    match value {
        [0, bytes @ ..] => Some(bytes),
        _ => None,
    }
}

/// The tag `[number]`.
pub const fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific { constructed, number: TagNumber(number) }
}

/// An element of these parts. (Nothing that is written here is of the length that cannot be encoded.)
pub fn element(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    AnyRef::new(tag, &parts.concat()).and_then(|element| element.to_der()).unwrap_or_default()
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(Tag::Sequence, parts)
}

/// A number from its big-endian bytes.
pub fn uint(bytes: &[u8]) -> Vec<u8> {
    let trimmed = trim(bytes);
    // The highest bit is the sign; zero has one byte.
    let sign: &[u8] = if trimmed.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    element(Tag::Integer, &[sign, trimmed])
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(Tag::OctetString, &[bytes])
}

pub fn bits(bytes: &[u8]) -> Vec<u8> {
    element(Tag::BitString, &[&[0], bytes])
}

/// An object identifier from its encoded value.
pub fn oid(value: &[u8]) -> Vec<u8> {
    element(Tag::ObjectIdentifier, &[value])
}

/// Without leading zeros.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    bytes.get(first..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bytes = sequence(&[&uint(&[0, 0x80, 1]), &uint(&[]), &octets(b"abc"), &bits(b"d"), &oid(&[42])]);
        assert_eq!(hex::encode(&bytes), "3014020300800102010004036162630302006406012a");
        let mut elements = Elements::of_sequence(&bytes).expect("a sequence");
        assert_eq!(elements.uint(), Some(&[0x80, 1][..]));
        assert_eq!(elements.uint(), Some(&[][..]));
        assert_eq!(elements.take(Tag::BitString), None);
        assert_eq!(elements.take(Tag::OctetString), Some(&b"abc"[..]));
        assert_eq!(elements.bits(), Some(&b"d"[..]));
        assert_eq!(elements.encoding(), Some(&[6, 1, 42][..]));
        assert!(elements.is_empty() && elements.any().is_none());
    }

    #[test]
    fn what_is_left_over_or_negative_is_no_key() {
        assert!(Elements::of_sequence(&[0x30, 0, 0]).is_none());
        assert!(Elements::of_sequence(&[0x30, 1]).is_none());
        assert_eq!(Elements::of(&[2, 1, 0x80]).uint(), None);
        assert_eq!(Elements::of(&[3, 2, 1, 2]).bits(), None);
    }
}
