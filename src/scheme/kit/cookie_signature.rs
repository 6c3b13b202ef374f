//! The signed cookie of JavaScript frameworks: text + `.` + Base64 tag, cut at the last dot.
//!
//! The npm package cookie-signature made it usual; others write the same with small differences: what stands in front,
//! whether the tag is padded, and whether it is compared as text (one spelling) or as bytes (every spelling that `atob`
//! takes). The cookie's name is never signed.

use std::borrow::Cow;

use super::base64::{BASE64, Base64};
use super::digest::Digest;
use super::mac::{self, Keys};
use super::making::bad_payload;
use super::opened::bare;
use super::options::bad_option;
use super::verdict::malformed;
use crate::intake::Item;
use crate::payload::{self, javascript};
use crate::protocol::{
    About, Ask, Draft, Excerpt, Opened, Options, Payload, PayloadDraft, PayloadForm, Role, Segment,
    SignError, SignaturePair, Step, Verdict, Why, Words,
};
use crate::scheme::Made;
use crate::span::Span;

/// One framework's way.
#[derive(Debug)]
pub struct CookieSignature {
    pub about: &'static About,
    /// What stands in front of the signed text and is not signed.
    pub prefix: &'static str,
    /// How the tag is written.
    pub base64: &'static Base64,
    pub compared: Compared,
    /// What the framework gets back for the signed text, and how many bytes in front of it only mark its kind.
    pub read: fn(&str) -> (Payload, usize),
}

/// How a tag is compared with the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// As text.
    AsText,
    /// As bytes, once `atob` has decoded it.
    AsBytes,
    /// As bytes, if it has the length and the `=` of a padded tag.
    AsPaddedBytes,
}

impl CookieSignature {
    /// Takes the value apart.
    pub fn open(&self, item: &Item, ask: &Ask, digest: Digest) -> Opened {
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let (text, tag) = match self.cut(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return bare(self.about, broken),
        };
        let (payload, mark) = (self.read)(text);
        let start = self.prefix.len() + mark;
        let dot = self.prefix.len() + text.len();
        let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
        let mut segments = Vec::new();
        if start > 0 {
            segments.push(segment("Prefix", Role::Prefix, Span::new(0, start), None));
        }
        segments.push(segment("Value", Role::Payload, Span::new(start, dot), Some(payload.clone())));
        segments.push(segment("Signature", Role::Signature, Span::new(dot + 1, item.value.len()), None));
        let verdict = self.verdict(ask, &keys, digest, text, tag);
        let title = &self.about.title;
        Opened {
            token: None,
            scheme: self.about.id.to_string(),
            title: if matches!(payload, Payload::Json(_)) {
                format!("{title}, JSON")
            } else {
                title.to_string()
            },
            findings: mac::remarks(&verdict, &keys, digest),
            verdict,
            segments,
            payload: Some(payload),
            encrypted: false,
            facts: Vec::new(),
            steps: self.steps(text, digest, &keys),
            signature: Some(SignaturePair {
                found: tag.to_owned(),
                expected: keys
                    .first()
                    .map(|key| self.base64.encode(&digest.tag(key.bytes(), text.as_bytes()))),
            }),
        }
    }

    /// Signs `text`: the value, and how it came about.
    ///
    /// # Errors
    /// If there is no secret that can be used.
    pub fn make(&self, text: &str, draft: &Draft, digest: Digest) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, self.about.secret_encoding);
        let tag = self.base64.encode(&digest.tag(keys.signing()?.bytes(), text.as_bytes()));
        Ok(Made { value: format!("{}{text}.{tag}", self.prefix), steps: self.steps(text, digest, &keys) })
    }

    /// The signed text and the tag.
    fn cut<'a>(&self, value: &'a str) -> Result<(&'a str, &'a str), Verdict> {
        let Some(signed) = value.strip_prefix(self.prefix) else {
            let (prefix, framework) = (self.prefix, &self.about.framework);
            let message =
                format!("It does not begin with `{prefix}`, so {framework} takes it for an unsigned cookie.");
            return Err(malformed(message, Span::new(0, 0)));
        };
        let end = Span::new(value.len(), value.len());
        match signed.rsplit_once('.') {
            None => Err(malformed("There is no dot behind the value, and so no signature.", end)),
            Some((_, "")) => Err(malformed("There is no signature behind the last dot.", end)),
            Some(parts) => Ok(parts),
        }
    }

    fn verdict(&self, ask: &Ask, keys: &Keys, digest: Digest, text: &str, tag: &str) -> Verdict {
        let at = self.prefix.len() + text.len() + 1;
        let padded = self.base64.encode(&vec![0; digest.size()]).len();
        if self.compared == Compared::AsPaddedBytes && (tag.len() != padded || !tag.ends_with('=')) {
            let message = format!(
                "The signature has not the form that {} wants: {padded} characters, the last an `=`. It counts as no \
                 signature at all.",
                self.about.framework
            );
            return malformed(message, Span::new(at, at + tag.len()));
        }
        let bytes = atob(tag);
        if let Err((wrong, what)) = &bytes
            && !wrong.is_empty()
        {
            return malformed(format!("The signature is not Base64: {what}."), wrong.moved(at));
        }
        let bytes = bytes.ok();
        let found = match self.compared {
            Compared::AsText => self.base64.decode_canonical(tag),
            Compared::AsBytes | Compared::AsPaddedBytes => bytes.clone(),
        };
        let verdict = mac::verdict(ask, keys, digest, text.as_bytes(), found.as_deref());
        match (&verdict, bytes) {
            (Verdict::Invalid { .. }, Some(bytes)) => {
                self.explained(keys, digest, text, &bytes).unwrap_or(verdict)
            }
            _ => verdict,
        }
    }

    /// Why the tag does not match, where that can be told: the right one in another spelling, or another hash function's.
    fn explained(&self, keys: &Keys, digest: Digest, text: &str, tag: &[u8]) -> Option<Verdict> {
        let right = |digest: Digest| {
            keys.find(|key| digest.verifies(key.bytes(), text.as_bytes(), tag).then_some(())).is_some()
        };
        if self.compared == Compared::AsText && right(digest) {
            let message = format!(
                "These are the bytes of the right signature, but not as {} writes them (padding, or other spare bits); it \
                 compares the text.",
                self.about.framework
            );
            return Some(Verdict::Invalid { why: Why::BadSignature, message, at: None });
        }
        other_digest(digest, tag.len(), right)
    }

    fn steps(&self, text: &str, digest: Digest, keys: &Keys) -> Vec<Step> {
        let mut steps = vec![Step::new("Value", "", Excerpt::text(text), Some(Role::Payload))];
        let encode = |tag: &[u8]| self.base64.encode(tag);
        steps.extend(keys.steps(digest, "value", text.as_bytes(), encode, "base64"));
        steps
    }
}

/// The verdict on a tag of `length` bytes that another hash function than `digest` made: as `verifies` shows, or as its
/// length does.
pub fn other_digest(digest: Digest, length: usize, verifies: impl Fn(Digest) -> bool) -> Option<Verdict> {
    let mut others = Digest::ALL.into_iter().filter(|other| *other != digest && other.size() == length);
    let (set, size) = (digest.name(), digest.size());
    let message = if length == size {
        let other = others.find(|other| verifies(*other))?.name();
        format!(
            "The signature is an HMAC-{other} tag, right for this secret; HMAC-{set} is what is expected."
        )
    } else {
        let other = others.next()?.name();
        format!(
            "The signature has {length} bytes, as a tag of HMAC-{other} has; HMAC-{set}, which is expected, makes {size}."
        )
    };
    Some(Verdict::Invalid { why: Why::WrongAlgorithm, message, at: None })
}

/// Whether behind the last dot of `text` stands the Base64 of `bytes` bytes.
pub fn ends_in_tag(text: &str, base64: &Base64, bytes: usize) -> bool {
    text.rsplit_once('.')
        .is_some_and(|(_, tag)| tag.len() < 100 && base64.decode(tag).is_ok_and(|tag| tag.len() == bytes))
}

/// The hash functions that Node's `createHmac` knows and Keyjar too, by Node's names.
pub static NODE_DIGESTS: &[Words] = &[
    Cow::Borrowed("sha256"),
    Cow::Borrowed("sha384"),
    Cow::Borrowed("sha512"),
    Cow::Borrowed("sha512-256"),
    Cow::Borrowed("sha3-256"),
    Cow::Borrowed("sha224"),
    Cow::Borrowed("sha1"),
    Cow::Borrowed("md5"),
];

/// The hash function that the option `algorithm` names for Node's `createHmac`.
///
/// # Errors
/// If Keyjar knows none of that name.
pub fn algorithm(options: &Options, usual: Digest) -> Result<Digest, SignError> {
    let Some(chosen) = options.get("algorithm") else { return Ok(usual) };
    let name = chosen.as_str().unwrap_or_default();
    Digest::by_name(name.strip_prefix("RSA-").unwrap_or(name)).ok_or_else(|| {
        let message = format!("{chosen} is not a hash function that Keyjar knows.");
        bad_option("algorithm", message, format!("Choose one of {}.", NODE_DIGESTS.join(", ")))
    })
}

/// The text that is signed for a payload: what `JSON.stringify` makes of JSON, or the text itself.
///
/// # Errors
/// If it is not JSON, or not UTF-8 text.
pub fn text_of(draft: &PayloadDraft) -> Result<String, SignError> {
    match draft.form {
        PayloadForm::Json => javascript::typed(&draft.text),
        _ => String::from_utf8(payload::draft::bytes(draft)?)
            .map_err(|_| bad_payload("These bytes are not text.", "Give UTF-8 text.")),
    }
}

/// Base64 as `atob` reads it (the WHATWG's forgiving decode): white space, padding and spare bits do not matter.
pub fn atob(text: &str) -> Result<Vec<u8>, (Span, String)> {
    let solid: String = text.split_ascii_whitespace().collect();
    let unpadded = match solid.len() % 4 {
        0 => solid.strip_suffix("==").or_else(|| solid.strip_suffix('=')).unwrap_or(&solid),
        _ => &solid,
    };
    BASE64.decode(unpadded).map_err(|(at, what)| {
        // Places are those of the text without its white space.
        let at = if solid.len() == text.len() || at.is_empty() { at } else { Span::new(0, text.len()) };
        (at, what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atob_forgives_what_browsers_forgive() {
        for text in ["YQ==", "YQ", " Y Q\n", "YR=="] {
            assert_eq!(atob(text).as_deref(), Ok(&b"a"[..]), "{text}");
        }
        assert_eq!(atob("YQ=").expect_err("three characters").0, Span::new(2, 3));
        assert!(atob("Y").expect_err("one character").0.is_empty());
        assert_eq!(atob("é ").expect_err("not ASCII").0, Span::new(0, 3));
    }

    #[test]
    fn another_hash_function_shows_by_its_tag() {
        let by_length = other_digest(Digest::Sha256, 20, |_| false);
        assert!(matches!(by_length, Some(Verdict::Invalid { why: Why::WrongAlgorithm, .. })));
        assert!(other_digest(Digest::Sha256, 31, |_| true).is_none());
        assert!(other_digest(Digest::Sha256, 32, |_| false).is_none());
        assert!(other_digest(Digest::Sha256, 32, |other| other == Digest::Sha512_256).is_some());
    }
}
