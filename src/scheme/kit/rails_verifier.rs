//! `ActiveSupport::MessageVerifier`: base64(message) + `--` + lower-case hex of HMAC(key, those Base64 characters).
//!
//! The digest is SHA1 by default in every version. Up to Rails 7.0 a value is cut at its first two `--` and what
//! follows is ignored; since 7.1 the tag is the last characters, as many as its digest has, and the data may be in
//! either Base64 alphabet (`url_safe`). Source: `active_support/message_verifier.rb`.

use super::base64::{BASE64_PADDED, BASE64URL};
use super::digest::Digest;
use super::key_generator::{KeySource, MadeKeys};
use super::mac::{self, Keys};
use super::opened::bare;
use super::rails_message::{self, Message, Opening, Written};
use super::ruby_value::{self, Format};
use super::verdict::{malformed, unreadable};
use crate::protocol::{
    About, Ask, Excerpt, Opened, Payload, Role, Segment, SignError, SignaturePair, Step, Verdict, Why,
};
use crate::scheme::Made;
use crate::span::Span;

pub const SEPARATOR: &str = "--";

/// What makes and checks the tag.
#[derive(Debug)]
pub struct Verifier {
    pub digest: Digest,
    /// The option that names the digest.
    pub digest_option: &'static str,
    pub key: KeySource,
    pub cutting: Cutting,
    /// Whether it writes the Base64 alphabet for URLs, without padding.
    pub url_safe: bool,
}

/// Where a value is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutting {
    /// At the first two `--`; what follows is ignored. Rails up to 7.0.
    First,
    /// From the end, by the length of the tag. Rails 7.1 and later.
    ByLength,
    /// At the last `--`. Rack.
    Last,
}

impl Cutting {
    /// Rails' way.
    pub const fn rails(is_modern: bool) -> Self {
        if is_modern { Self::ByLength } else { Self::First }
    }
}

/// A value taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub data: Span,
    pub tag: Span,
}

impl Verifier {
    /// Cuts a value as that version of Rails does; what could be told apart is given even where Rails refuses it.
    pub fn cut(&self, value: &str) -> (Option<Cut>, Result<(), Verdict>) {
        let Some(cut) = self.places(value) else {
            let at = Span::new(value.len(), value.len());
            return (None, Err(malformed("There is no `--` between data and tag in it.", at)));
        };
        (Some(cut), self.check_form(value, cut))
    }

    fn places(&self, value: &str) -> Option<Cut> {
        let all = value.len();
        if self.cutting == Cutting::First {
            let mut parts = value.split(SEPARATOR);
            let (data, tag) = (parts.next()?.len(), parts.next()?.len());
            let start = data + SEPARATOR.len();
            return Some(Cut { data: Span::new(0, data), tag: Span::new(start, start + tag) });
        }
        let is_tags = |start: &usize| value.get(..*start).is_some_and(|before| before.ends_with(SEPARATOR));
        let start = all
            .checked_sub(self.digest.size() * 2)
            .filter(is_tags)
            .or_else(|| Some(value.rfind(SEPARATOR)? + SEPARATOR.len()))?;
        Some(Cut { data: Span::new(0, start - SEPARATOR.len()), tag: Span::new(start, all) })
    }

    fn check_form(&self, value: &str, cut: Cut) -> Result<(), Verdict> {
        let tag = cut.tag.of(value);
        let wanted = self.digest.size() * 2;
        if cut.data.of(value).trim().is_empty() {
            return Err(malformed("There is nothing in front of the `--`.", cut.data));
        }
        if tag.is_empty() {
            return Err(malformed("There is no tag behind the `--`.", cut.tag));
        }
        if tag.len() == wanted {
            return Ok(());
        }
        if let Some(other) = digest_of(tag) {
            let (other, digest, option) = (other.name(), self.digest.name(), self.digest_option);
            let message = format!(
                "The tag has the length of HMAC-{other}, and it is read as HMAC-{digest}. If the application signs with \
                 {other}, set the option {option}."
            );
            return Err(Verdict::Invalid { why: Why::WrongOption, message, at: Some(cut.tag) });
        }
        if self.cutting == Cutting::ByLength {
            let (digest, length) = (self.digest.name(), tag.len());
            let message = format!(
                "Behind the last `--` stand {length} characters; the tag of HMAC-{digest} has {wanted}."
            );
            return Err(malformed(&message, cut.tag));
        }
        Ok(())
    }

    /// The verdict on the tag alone.
    pub fn verdict(&self, value: &str, cut: Cut, ask: &Ask, made: &MadeKeys) -> Verdict {
        let data = cut.data.of(value).as_bytes();
        // Rails compares the text, so upper-case digits are another tag.
        let tag = cut.tag.of(value);
        let tag = hex::decode(tag).ok().filter(|_| !tag.contains(|c: char| c.is_ascii_uppercase()));
        let right =
            tag.and_then(|tag| made.find(|key| self.digest.verifies(key.bytes(), data, &tag).then_some(())));
        mac::judge(ask, made.keys, right.map(|(key, ())| key))
    }

    /// The bytes that the data spells.
    ///
    /// # Errors
    /// The place in `data`, and the rest of a sentence.
    pub fn decode(&self, data: &str) -> Result<Vec<u8>, (Span, String)> {
        let first = ruby_value::decode64(data, self.url_safe);
        if self.cutting == Cutting::ByLength && first.is_err() {
            return ruby_value::decode64(data, !self.url_safe).or(first);
        }
        first
    }

    pub fn encode(&self, message: &[u8]) -> String {
        if self.url_safe { BASE64URL.encode(message) } else { BASE64_PADDED.encode(message) }
    }

    /// The tag as it is written.
    pub fn tag(&self, made: &MadeKeys, data: &str) -> Option<String> {
        Some(hex::encode(self.digest.tag(made.first()?.bytes(), data.as_bytes())))
    }

    /// The steps from the message to the tag.
    pub fn steps(&self, made: &MadeKeys, data: &str) -> Vec<Step> {
        let alphabet = if self.url_safe { "base64url" } else { "base64" };
        let mut steps =
            vec![Step::new("Data", format!("{alphabet}(message)"), Excerpt::text(data), Some(Role::Payload))];
        let Some(tag) = self.tag(made, data) else { return steps };
        steps.extend(made.steps("Key"));
        let name = self.digest.name().replace('-', "");
        let formula = format!("hex(HMAC-{name}(key, data))");
        steps.push(Step::new("Digest", formula, Excerpt::text(&tag), Some(Role::Signature)));
        steps
    }

    /// Data and digest, as Rails names them.
    pub fn segments(&self, cut: Cut, decoded: Option<Payload>) -> Vec<Segment> {
        let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
        vec![
            segment("Data", Role::Payload, cut.data, decoded),
            segment("Digest", Role::Signature, cut.tag, None),
        ]
    }

    /// Takes a signed value apart.
    pub fn open(&self, opening: &Opening) -> Opened {
        let Opening { about, item, ask, keys, reader, setting } = *opening;
        let value = item.value.as_str();
        let (cut, form) = self.cut(value);
        let Some(cut) = cut else { return broken(about, form.err()) };
        let data = cut.data.of(value);
        let made = self.key.of(keys);
        let bytes = self.decode(data);
        let message = match &bytes {
            Ok(bytes) => rails_message::read(bytes),
            Err((_, what)) => Err(format!("is not Base64: {what}")),
        };
        let verdict = match form {
            Ok(()) => {
                let checked = self.verdict(value, cut, ask, &made);
                reader.settle(unread(checked, &message, cut.data), &message, cut.data, ask.now)
            }
            Err(refused) => refused,
        };
        let message = message.ok();
        let mut steps = Vec::new();
        if let (Some(message), Ok(bytes)) = (&message, &bytes) {
            steps = message.steps(bytes);
            steps.extend(self.steps(&made, data));
        }
        let mut findings = message.as_ref().map(|message| message.findings(setting)).unwrap_or_default();
        if matches!(self.key, KeySource::Secret) {
            findings.extend(mac::remarks(&verdict, keys, self.digest));
        }
        Opened {
            token: None,
            scheme: about.id.to_string(),
            title: format!("{}, HMAC-{}", about.title, self.digest.name()),
            findings,
            verdict,
            segments: self.segments(cut, bytes.ok().map(Payload::of)),
            encrypted: false,
            facts: message.as_ref().map(|message| message.facts(ask.now)).unwrap_or_default(),
            steps,
            signature: Some(SignaturePair {
                found: cut.tag.of(value).to_owned(),
                expected: self.tag(&made, data),
            }),
            payload: message.map(|message| message.content.payload),
        }
    }

    /// Signs a message.
    ///
    /// # Errors
    /// If there is no secret to sign with.
    pub fn make(&self, written: Written, keys: &Keys) -> Result<Made, SignError> {
        keys.signing()?;
        let made = self.key.of(keys);
        let data = self.encode(&written.message);
        let tag = self.tag(&made, &data).unwrap_or_default();
        let mut steps = written.steps;
        steps.extend(self.steps(&made, &data));
        Ok(Made { value: format!("{data}{SEPARATOR}{tag}"), steps })
    }
}

/// Without a secret, a message that cannot be read is wrong already.
fn unread(verdict: Verdict, message: &Result<Message, String>, at: Span) -> Verdict {
    match (&verdict, message) {
        (Verdict::Unchecked { .. }, Err(what)) => malformed(format!("The message {what}."), at),
        _ => verdict,
    }
}

/// The hash function whose HMAC in hex has that length.
pub fn digest_of(tag: &str) -> Option<Digest> {
    let is_hex = tag.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let usual = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];
    usual.into_iter().find(|digest| is_hex && digest.size() * 2 == tag.len())
}

/// Data and digest of a value that has the form of a verifier's: Base64, `--`, and the hex of an HMAC.
pub fn form(value: &str) -> Option<(Vec<u8>, Digest)> {
    let (data, tag) = value.rsplit_once(SEPARATOR)?;
    let digest = digest_of(tag)?;
    let decoded = ruby_value::decode64(data, true).ok().filter(|bytes| !bytes.is_empty())?;
    Some((decoded, digest))
}

/// What Rails wrote around a message, as far as its beginning tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    None,
    /// With a cookie's purpose.
    Cookie,
    Legacy {
        has_purpose: bool,
    },
    /// What the serializer of Rails 7.1 writes.
    New,
}

impl Envelope {
    pub fn of(message: &[u8]) -> Self {
        let has = |part: &[u8]| message.windows(part.len()).any(|window| window == part);
        if message.starts_with(br#"{"_rails":{"data":"#) {
            Self::New
        } else if !message.starts_with(br#"{"_rails":"#) {
            Self::None
        } else if has(br#""pur":"cookie."#) {
            Self::Cookie
        } else {
            Self::Legacy { has_purpose: !has(br#""pur":null"#) && has(br#""pur":"#) }
        }
    }
}

/// The likelihood for the defaults of one time, and why. Up to Rails 6.1 values are in Ruby's Marshal by default, later
/// in JSON; where the value does not tell, the later is the likelier.
pub fn of_version(likelihood: u8, message: &[u8], is_modern: bool) -> (u8, Option<String>) {
    const MARSHAL: &[u8] = &[4, 8];
    // The same within an envelope, in Base64.
    const ENVELOPED: &[u8] = br#"{"_rails":{"message":"BAh"#;
    let is_marshal = message.starts_with(MARSHAL) || message.starts_with(ENVELOPED);
    let (likelihood, why) = match (is_marshal, is_modern) {
        (true, false) => {
            (likelihood + 1, Some("The value is in Ruby's Marshal format, Rails' default up to 6.1."))
        }
        (true, true) | (false, false) => (likelihood, None),
        (false, true) => (likelihood + 1, None),
    };
    (likelihood, why.map(str::to_owned))
}

/// A value that could not be taken apart at all, or options that cannot be used.
pub fn broken(about: &About, verdict: Option<Verdict>) -> Opened {
    bare(about, verdict.unwrap_or_else(|| unreadable("It cannot be read.")))
}

/// A message that is the serialized value alone.
pub fn plain(format: Format, message: Vec<u8>) -> Written {
    let formula = format!("the value as {}", format.name());
    let steps = vec![Step::new("Message", formula, Excerpt::of(&message), Some(Role::Payload))];
    Written { message, steps }
}
