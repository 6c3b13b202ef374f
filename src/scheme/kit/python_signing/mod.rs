//! What itsdangerous and Django's signing share, one being made after the other: `payload sep timestamp sep tag`, cut
//! at the last separators, with a key derived from the secret and a salt, and JSON payloads in Base64url that are
//! compressed where that makes them shorter (then with a dot in front).
//!
//! Where the two differ, [`Family`] says how: [`super::itsdangerous`] and [`super::django`].

use super::base64::BASE64URL;
use super::digest::Digest;
use super::mac::{self, Key, Keys};
use super::{django, itsdangerous};
use crate::intake::Item;
use crate::moment;
use crate::protocol::{
    About, Ask, Caveat, CaveatKind, Draft, Excerpt, Fact, Field, Opened, Payload, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::scheme::Made;
use crate::scheme::kit::opened::bare;
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

mod form;
mod options;
mod packing;

pub use form::{Form, form};
pub use options::{MAX_AGE, MaxAge, SALT, SEP, max_age_option, sep_option};
use packing::Content;
pub use packing::Packing;

/// Whose rules hold where the two differ: how a timestamp is written, how a tag is compared, whether the future counts
/// as too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    ItsDangerous,
    Django,
}

/// How the key comes from the secret and the salt, by itsdangerous's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    None,
    Concat,
    /// The only one of Django.
    DjangoConcat,
    Hmac,
}

/// A signer with all that it was configured with.
#[derive(Clone, Debug)]
pub struct Signer {
    pub family: Family,
    pub sep: String,
    pub salt: String,
    pub derivation: Derivation,
    pub digest: Digest,
    /// What Django puts in front of the secret for cookies.
    pub prefix: &'static str,
    /// Whether a timestamp stands before the tag.
    pub timed: bool,
    pub max_age: Option<MaxAge>,
    /// Whether the last secret of a list signs, as in itsdangerous's own, which has the oldest first. Frameworks keep
    /// one that signs and older ones beside it.
    pub last_signs: bool,
}

impl Derivation {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::DjangoConcat, "django-concat"),
        (Self::Hmac, "hmac"),
        (Self::Concat, "concat"),
        (Self::None, "none"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(derivation, _)| *derivation == self).map_or("", |(_, name)| name)
    }
}

impl Signer {
    /// The key that this secret and the salt give.
    pub fn key(&self, secret: &[u8]) -> Secret {
        let secret = Secret::new([self.prefix.as_bytes(), secret].concat());
        let hashed = |between: &str| {
            let whole = Secret::new([self.salt.as_bytes(), between.as_bytes(), secret.bytes()].concat());
            Secret::new(self.digest.hash(whole.bytes()))
        };
        match self.derivation {
            Derivation::Concat => hashed(""),
            Derivation::DjangoConcat => hashed("signer"),
            Derivation::Hmac => Secret::new(self.digest.tag(secret.bytes(), self.salt.as_bytes())),
            Derivation::None => secret,
        }
    }

    fn key_formula(&self) -> String {
        let hash = self.digest.name().replace('-', "");
        let secret = match self.prefix {
            "" => "secret".to_owned(),
            prefix => format!("\"{prefix}\" + secret"),
        };
        match self.derivation {
            Derivation::None => secret,
            Derivation::Concat => format!("{hash}({:?} + {secret})", self.salt),
            Derivation::DjangoConcat => format!("{hash}({:?} + \"signer\" + {secret})", self.salt),
            Derivation::Hmac => format!("HMAC-{hash}({secret}, {:?})", self.salt),
        }
    }

    fn verifies(&self, secret: &Secret, signed: &str, tag: &[u8]) -> bool {
        self.digest.verifies(self.key(secret.bytes()).bytes(), signed.as_bytes(), tag)
    }

    fn tag(&self, secret: &Secret, signed: &str) -> String {
        BASE64URL.encode(&self.digest.tag(self.key(secret.bytes()).bytes(), signed.as_bytes()))
    }

    /// The bytes of a tag, as far as it can be one. itsdangerous decodes it leniently; Django compares the text, so that
    /// only the one canonical spelling counts.
    fn tag_bytes(&self, tag: &str) -> Option<Vec<u8>> {
        match self.family {
            Family::ItsDangerous => itsdangerous::decode(tag).ok(),
            Family::Django => BASE64URL.decode_canonical(tag),
        }
    }

    /// The key that signs.
    fn signing<'a>(&self, keys: &'a Keys) -> Option<&'a Key> {
        if self.last_signs { keys.usable.last() } else { keys.usable.first() }
    }

    fn stamp(&self, unix: i64) -> Result<String, SignError> {
        match self.family {
            Family::ItsDangerous => itsdangerous::timestamp(unix),
            Family::Django => Ok(django::timestamp(unix)),
        }
    }

    fn read_stamp(&self, stamp: &str) -> Result<i64, String> {
        match self.family {
            Family::ItsDangerous => itsdangerous::read_timestamp(stamp),
            Family::Django => django::read_timestamp(stamp),
        }
    }

    /// Why a value of this age is refused, if it is.
    fn too_old(&self, unix: i64, now: i64) -> Option<Caveat> {
        let max_age = self.max_age?;
        let age = now.saturating_sub(unix);
        let signed = moment::distance(unix, now);
        if age > max_age.seconds {
            let limit = moment::length(max_age.seconds.unsigned_abs());
            let message =
                format!("It was signed {signed}, and {} is {limit}. Servers refuse it.", max_age.name);
            Some(Caveat { kind: CaveatKind::Expired, message })
        } else if age < 0 && self.family == Family::ItsDangerous {
            let message = format!(
                "It is signed for a moment {signed}: itsdangerous refuses what comes from the future."
            );
            Some(Caveat { kind: CaveatKind::NotYetValid, message })
        } else {
            None
        }
    }

    /// With what other digest or derivation one of the keys verifies the value, in words.
    fn another_way(&self, keys: &Keys, signed: &str, tag: &[u8]) -> Option<String> {
        let digests = Digest::ALL.into_iter().filter(|digest| digest.size() == tag.len());
        let others = digests.flat_map(|digest| {
            Derivation::ALL.map(|(derivation, _)| Self { digest, derivation, ..self.clone() })
        });
        let mut others = others.filter(|other| {
            self.family == Family::ItsDangerous || other.derivation == Derivation::DjangoConcat
        });
        let right =
            others.find(|other| keys.find(|key| other.verifies(key, signed, tag).then_some(())).is_some())?;
        let name = right.digest.name().replace('-', "").to_lowercase();
        Some(match self.family {
            Family::Django => format!("algorithm {name}"),
            Family::ItsDangerous => {
                format!("digest_method {name} and key_derivation {}", right.derivation.name())
            }
        })
    }
}

/// A value cut into its pieces; the places are in the value.
struct Cut<'a> {
    value: &'a str,
    /// The payload as it stands there.
    body: Span,
    /// The timestamp, if one is expected and there.
    stamp: Option<Span>,
    tag: Span,
}

impl<'a> Cut<'a> {
    fn of(value: &'a str, signer: &Signer) -> Result<Self, Verdict> {
        let sep = signer.sep.as_str();
        let end = value.rfind(sep).ok_or_else(|| no_separator(value, sep))?;
        let tag = Span::new(end + sep.len(), value.len());
        let signed = Span::new(0, end).of(value);
        let stamp = if signer.timed { signed.rfind(sep) } else { None };
        let stamp = stamp.map(|at| (at, Span::new(at + sep.len(), end)));
        let body = Span::new(0, stamp.map_or(end, |(at, _)| at));
        Ok(Self { value, body, stamp: stamp.map(|(_, span)| span), tag })
    }

    fn body(&self) -> &'a str {
        self.body.of(self.value)
    }

    fn tag(&self) -> &'a str {
        self.tag.of(self.value)
    }

    /// What the MAC is computed over.
    fn signed(&self) -> &'a str {
        let end = self.stamp.map_or(self.body.end, |stamp| stamp.end);
        Span::new(0, end).of(self.value)
    }
}

fn no_separator(value: &str, sep: &str) -> Verdict {
    let end = Span::new(value.len(), value.len());
    match likely_separator(value) {
        Some(other) => Verdict::Invalid {
            why: Why::WrongOption,
            message: format!(
                "There is no `{sep}` in it. It looks as if `{other}` were its separator: sep is another."
            ),
            at: Some(end),
        },
        None => Verdict::Invalid {
            why: Why::Malformed,
            message: format!("There is no `{sep}` in it, so there is no signature behind a payload."),
            at: Some(end),
        },
    }
}

/// The character in front of what could be a tag.
fn likely_separator(value: &str) -> Option<char> {
    Digest::ALL.into_iter().find_map(|digest| {
        let at = value.len().checked_sub((digest.size() * 4).div_ceil(3))?;
        let (before, tag) = value.split_at_checked(at)?;
        let sep = before.chars().next_back().filter(|c| !c.is_alphanumeric() && !"-_=".contains(*c))?;
        BASE64URL.decode_canonical(tag).map(|_| sep)
    })
}

/// Takes a value apart and checks it.
pub fn open(
    about: &'static About,
    packing: Packing,
    signer: Result<Signer, SignError>,
    item: &Item,
    ask: &Ask,
) -> Opened {
    let signer = match signer {
        Ok(signer) => signer,
        Err(error) => {
            let message = format!("{} {}", error.message, error.hint);
            return bare(about, Verdict::Invalid { why: Why::WrongOption, message, at: None });
        }
    };
    match Cut::of(&item.value, &signer) {
        Err(verdict) => bare(about, verdict),
        Ok(cut) => {
            let keys = Keys::of(&ask.secrets, SecretEncoding::Utf8);
            let content = Content::of(cut.body(), packing, signer.family);
            Value { about, packing, signer: &signer, cut, content, keys }.open(ask)
        }
    }
}

/// Makes a value.
///
/// # Errors
/// If the payload, the secret, an option or the clock cannot be used.
pub fn make(
    about: &'static About,
    packing: Packing,
    signer: Result<Signer, SignError>,
    draft: &Draft,
) -> Result<Made, SignError> {
    let signer = signer?;
    let keys = Keys::of(&draft.secrets, SecretEncoding::Utf8);
    keys.signing()?;
    let mut signed = packing.pack(&draft.payload)?;
    if signer.timed {
        let now = draft.now.ok_or_else(|| SignError {
            field: Field::Scheme,
            message: "The value holds the time at which it was signed, and there is no clock.".into(),
            hint: "Choose a scheme without a timestamp.".into(),
            at: None,
        })?;
        signed = format!("{signed}{}{}", signer.sep, signer.stamp(now)?);
    }
    let tag = signer.signing(&keys).map(|key| signer.tag(&key.secret, &signed)).unwrap_or_default();
    let value = format!("{signed}{}{tag}", signer.sep);
    let steps = Cut::of(&value, &signer).map(|cut| {
        let content = Content::of(cut.body(), packing, signer.family);
        Value { about, packing, signer: &signer, cut, content, keys }.steps(None)
    });
    Ok(Made { steps: steps.unwrap_or_default(), value })
}

/// A value that could be cut, with all that is needed to judge and explain it.
struct Value<'a> {
    about: &'static About,
    packing: Packing,
    signer: &'a Signer,
    cut: Cut<'a>,
    content: Content,
    keys: Keys,
}

impl Value<'_> {
    fn open(self, ask: &Ask) -> Opened {
        let right = self.right_key();
        let stamp = self.stamp();
        let unix = stamp.as_ref().and_then(|stamp| stamp.as_ref().ok()).copied();
        let verdict = self.verdict(ask, right, stamp.as_ref());
        let shown = right.or_else(|| self.signer.signing(&self.keys));
        let mut findings = mac::remarks(&verdict, &self.keys, self.signer.digest);
        findings.extend(right.and_then(|key| django::unchanged_secret(self.signer.family, &key.secret)));
        let is_old = unix.and_then(|unix| self.old_reading(unix)).is_some();
        findings.extend(self.cut.stamp.filter(|_| is_old).map(itsdangerous::old_timestamp));
        Opened {
            token: None,
            scheme: self.about.id.to_string(),
            title: format!("{}, HMAC-{}", self.about.title, self.signer.digest.name()),
            verdict,
            segments: self.segments(),
            encrypted: false,
            facts: self.facts(unix, ask.now),
            steps: self.steps(right),
            signature: Some(SignaturePair {
                found: self.cut.tag().to_owned(),
                expected: shown.map(|key| self.signer.tag(&key.secret, self.cut.signed())),
            }),
            findings,
            payload: self.content.payload,
        }
    }

    fn right_key(&self) -> Option<&Key> {
        let tag = self.signer.tag_bytes(self.cut.tag())?;
        let found = self.keys.find(|key| self.signer.verifies(key, self.cut.signed(), &tag).then_some(()));
        found.map(|(key, ())| key)
    }

    /// The timestamp, or why there is none; `None` where none belongs.
    fn stamp(&self) -> Option<Result<i64, String>> {
        self.signer.timed.then(|| match self.cut.stamp {
            Some(span) => self.signer.read_stamp(span.of(self.cut.value)),
            None => Err("There is no timestamp in it.".into()),
        })
    }

    /// In the order of the frameworks: the MAC, the timestamp, the payload.
    fn verdict(&self, ask: &Ask, right: Option<&Key>, stamp: Option<&Result<i64, String>>) -> Verdict {
        let malformed = || match stamp {
            Some(Err(message)) => Some((message.clone(), self.cut.stamp.unwrap_or(self.cut.body))),
            _ => self.content.trouble.clone().map(|message| (message, self.cut.body)),
        };
        if (right.is_some() || self.keys.usable.is_empty())
            && let Some((message, at)) = malformed()
        {
            return Verdict::Invalid { why: Why::Malformed, message, at: Some(at) };
        }
        let mut verdict = mac::judge(ask, &self.keys, right);
        match &mut verdict {
            Verdict::Valid { but, .. } => {
                let unix = stamp.and_then(|stamp| stamp.as_ref().ok());
                but.extend(unix.zip(ask.now).and_then(|(unix, now)| self.age(*unix, now)));
            }
            Verdict::Invalid { why, message, at } => self.explain(why, message, at),
            Verdict::Unchecked { .. } => {}
        }
        verdict
    }

    /// Why a value of this age is refused, if it is: not where it is one of an old itsdangerous, and young enough for that.
    fn age(&self, unix: i64, now: i64) -> Option<Caveat> {
        let refused = self.signer.too_old(unix, now)?;
        let is_fine = self.old_reading(unix).is_some_and(|unix| self.signer.too_old(unix, now).is_none());
        (!is_fine).then_some(refused)
    }

    /// The time as itsdangerous before 1.1 meant it, which counted from 2011. There was none before 2011, so only what
    /// lies before can be one of those.
    fn old_reading(&self, unix: i64) -> Option<i64> {
        let is_old = self.signer.family == Family::ItsDangerous && (0..itsdangerous::EPOCH).contains(&unix);
        is_old.then(|| unix.saturating_add(itsdangerous::EPOCH))
    }

    /// Says more of a tag that does not match, where more can be said.
    fn explain(&self, why: &mut Why, message: &mut String, at: &mut Option<Span>) {
        let (tag, digest) = (self.cut.tag(), self.signer.digest);
        let bytes = self.signer.tag_bytes(tag);
        if let Some(way) =
            bytes.as_ref().and_then(|tag| self.signer.another_way(&self.keys, self.cut.signed(), tag))
        {
            *why = Why::WrongOption;
            *message = format!(
                "The secret is right, but the value was signed with {way}. Set that, or sign it anew."
            );
        } else if bytes.as_ref().is_none_or(|bytes| bytes.len() != digest.size()) {
            *at = Some(self.cut.tag);
            *message = self.no_tag(bytes.map_or(0, |bytes| bytes.len()));
        }
    }

    /// Why a signature of so many bytes is no tag of this digest.
    fn no_tag(&self, bytes: usize) -> String {
        let name = self.signer.digest.name();
        let (wanted, found) = ((self.signer.digest.size() * 4).div_ceil(3), self.cut.tag().chars().count());
        if wanted == found {
            return "The signature is not spelled as Base64url is written: its last character has spare bits, or another \
                    is none of the alphabet."
                .into();
        }
        let other = Digest::USUAL.into_iter().chain([Digest::Sha1]).find(|digest| digest.size() == bytes);
        let other = other.map(|digest| format!(" It has the length of HMAC-{}.", digest.name()));
        format!(
            "The signature is no HMAC-{name} tag: that has {wanted} characters of Base64url, and this has {found}.{}",
            other.unwrap_or_default()
        )
    }

    /// What the frameworks call that which stands before the separator.
    const fn body_name(&self) -> &'static str {
        match self.packing {
            Packing::Text => "Value",
            Packing::UrlSafe { .. } | Packing::Padded { .. } => "Payload",
        }
    }

    fn segments(&self) -> Vec<Segment> {
        let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
        let is_text = matches!(self.packing, Packing::Text);
        let dot = usize::from(self.content.compressed.is_some());
        let body = Span::new(self.cut.body.start + dot, self.cut.body.end);
        let decoded = self.content.payload.clone().filter(|_| !is_text);
        let mut segments = Vec::new();
        if dot > 0 {
            segments.push(segment("Compressed", Role::Prefix, Span::new(0, dot), None));
        }
        segments.push(segment(self.body_name(), Role::Payload, body, decoded));
        segments.extend(self.cut.stamp.map(|span| segment("Timestamp", Role::Meta, span, None)));
        segments.push(segment("Signature", Role::Signature, self.cut.tag, None));
        segments
    }

    fn facts(&self, unix: Option<i64>, now: Option<i64>) -> Vec<Fact> {
        let Some(unix) = unix else { return Vec::new() };
        let fact = |term: &str, from: &str, unix| Fact {
            term: term.into(),
            from: Some(from.into()),
            value: moment::fact(unix, now),
        };
        let mut facts = vec![fact("Signed", "timestamp", unix)];
        let old = self.old_reading(unix);
        facts.extend(
            old.map(|unix| fact("Signed, by itsdangerous before 1.1", "timestamp, from 2011 on", unix)),
        );
        let expires = self.signer.max_age.map(|max_age| (max_age.name, unix.saturating_add(max_age.seconds)));
        facts.extend(expires.map(|(name, unix)| fact("Expires", name, unix)));
        facts
    }

    fn steps(&self, right: Option<&Key>) -> Vec<Step> {
        let mut steps = self.payload_steps();
        if let Some(span) = self.cut.stamp {
            let how = match self.signer.family {
                Family::ItsDangerous => "base64url(Unix seconds, big-endian, without leading zeros)",
                Family::Django => "base62(Unix seconds)",
            };
            steps.push(Step::new("Timestamp", how, Excerpt::text(span.of(self.cut.value)), Some(Role::Meta)));
            let formula = format!("{} {} timestamp", self.body_name().to_lowercase(), self.signer.sep);
            steps.push(Step::new("Signed text", formula, Excerpt::text(self.cut.signed()), None));
        }
        let Some(key) = right.or_else(|| self.signer.signing(&self.keys)) else { return steps };
        let derived = self.signer.key(key.secret.bytes());
        let tag = self.signer.digest.tag(derived.bytes(), self.cut.signed().as_bytes());
        let input = if self.signer.timed { "signed text" } else { &self.body_name().to_lowercase() };
        let hmac = format!("HMAC-{}(key, {input})", self.signer.digest.name().replace('-', ""));
        let how = format!("read as {}", key.encoding.label());
        let encoded = BASE64URL.encode(&tag);
        steps.extend([
            Step::new("Secret", how, Excerpt::key(key.secret.bytes()), None),
            Step::new("Key", self.signer.key_formula(), Excerpt::key(derived.bytes()), None),
            Step::new("Tag", hmac, Excerpt::hex(&tag), None),
            Step::new("Signature", "base64url(tag)", Excerpt::text(&encoded), Some(Role::Signature)),
        ]);
        steps
    }

    fn payload_steps(&self) -> Vec<Step> {
        let body = Excerpt::text(self.cut.body());
        let json = self.content.payload.as_ref().map(Payload::bytes).unwrap_or_default();
        let json = Step::new("JSON", "json.dumps(payload)", Excerpt::of(json), None);
        match (self.packing, &self.content.compressed) {
            (Packing::Text, _) => vec![Step::new("Value", "", body, Some(Role::Payload))],
            (Packing::Padded { .. }, _) => {
                vec![json, Step::new("Payload", "base64(JSON)", body, Some(Role::Payload))]
            }
            (Packing::UrlSafe { .. }, None) => {
                vec![json, Step::new("Payload", "base64url(JSON)", body, Some(Role::Payload))]
            }
            (Packing::UrlSafe { .. }, Some(compressed)) => vec![
                json,
                Step::new("Compressed", "zlib(JSON)", Excerpt::hex(compressed), None),
                Step::new("Payload", "\".\" + base64url(compressed)", body, Some(Role::Payload)),
            ],
        }
    }
}
