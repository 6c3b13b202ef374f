//! What the rules about keys look at: a text with a JWK, a set of them or PEM, as JSON. They are to speak about keys that
//! no library would read, so members are taken as they stand and decoded as leniently as can be.

use serde_json::{Map, Value};

use super::subject::loose;
use super::{Remark, Subject};
use crate::jose::key::given::GivenKey;
use crate::jose::key::{Curve, Jwk, OkpCurve, jwk};
use crate::limits::{MAX_KEY_OPERATIONS, MAX_KEYS, MAX_POWER_BITS, MAX_REVIEWED_KEYS};
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::digest::Digest;
use crate::secret::SecretText;

/// One text with keys.
#[derive(Debug)]
pub struct KeySubject {
    /// Each as its JWK: as it is written, or as it would be.
    pub keys: Vec<Map<String, Value>>,
    /// Whether it is a set (RFC 7517 section 5).
    pub is_set: bool,
    /// Whether it is PEM with a private key.
    pub is_private_pem: bool,
    /// Of which of its keys is spoken.
    part: Part,
    /// As in [`KeyView`].
    power_bits: u32,
}

/// What of a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Each key, and all of them together.
    Everything,
    /// Only what shows of several keys together.
    Together,
    /// One key of a set.
    One,
}

/// One key of a text.
#[derive(Clone, Copy, Debug)]
pub struct KeyView<'a> {
    pub members: &'a Map<String, Value>,
    pub is_in_set: bool,
    /// The longest modulus, in bits, to whose power something may be raised: none where keys come with a token, and are
    /// looked at again with each letter that is typed.
    pub power_bits: u32,
    /// Unix seconds.
    pub now: Option<i64>,
}

impl KeySubject {
    /// Reads the secrets beside a token, up to [`MAX_REVIEWED_KEYS`] of all together; `read` are those that could be read.
    pub fn of_secrets(secrets: &[SecretText], read: &[GivenKey]) -> Vec<Self> {
        let mut documents: Vec<Self> = Vec::new();
        let mut room = MAX_REVIEWED_KEYS;
        for (index, secret) in secrets.iter().enumerate() {
            let own = read.iter().filter(|key| key.index == index).map(|key| &key.jwk);
            if let Some(mut document) =
                Some(own).filter(|_| room > 0).and_then(|own| Self::of(&secret.text, own))
            {
                document.keys.truncate(room);
                room -= document.keys.len();
                documents.push(document);
            }
        }
        documents
    }

    /// Reads `text`, of which `read` are the keys that could be read; `None` if it is neither JSON nor PEM.
    pub fn of<'k>(text: &str, read: impl Iterator<Item = &'k Jwk>) -> Option<Self> {
        let text = jwk::bare(text);
        if text.starts_with('{') {
            return Some(Self::of_json(serde_json::from_str(text).ok()?));
        }
        let is_private_pem = text
            .split("-----BEGIN ")
            .skip(1)
            .any(|block| block.split_once("-----").is_some_and(|(label, _)| label.ends_with("PRIVATE KEY")));
        let keys = read.take(MAX_KEYS).map(members).collect();
        let is_pem = text.contains("-----BEGIN ");
        is_pem.then_some(Self { keys, is_set: false, is_private_pem, part: Part::Everything, power_bits: 0 })
    }

    fn of_json(mut object: Map<String, Value>) -> Self {
        let part = Part::Everything;
        let one = |keys, is_set| Self { keys, is_set, is_private_pem: false, part, power_bits: 0 };
        if object.contains_key("kty") || !object.contains_key("keys") {
            return one(vec![object], false);
        }
        let Some(Value::Array(list)) = object.remove("keys") else { return one(Vec::new(), true) };
        let object = |value| if let Value::Object(members) = value { Some(members) } else { None };
        one(list.into_iter().take(MAX_KEYS).filter_map(object).collect(), true)
    }

    /// Whether its keys are looked at together: those that were pasted.
    pub fn is_together(&self) -> bool {
        self.part == Part::Together
    }

    /// What shows of all keys together, and each key by itself.
    pub fn split(self) -> (Self, Vec<Self>) {
        let part = if self.is_set { Part::One } else { Part::Everything };
        // So that the others of a set have their turn.
        let power_bits = match self.keys.len() {
            0..=1 => MAX_POWER_BITS,
            2..=4 => MAX_POWER_BITS / 3 * 2,
            _ => 0,
        };
        let one = |members: &Map<String, Value>| Self {
            keys: vec![members.clone()],
            is_set: false,
            is_private_pem: false,
            part,
            power_bits,
        };
        let each = self.keys.iter().map(one).collect();
        (Self { part: Part::Together, ..self }, each)
    }

    pub fn views(&self, now: Option<i64>) -> impl Iterator<Item = KeyView<'_>> {
        let is_in_set = self.is_set || self.part == Part::One;
        let power_bits = self.power_bits;
        self.keys.iter().map(move |members| KeyView { members, is_in_set, power_bits, now })
    }

    /// What `check` has to say of the first key of which it says the gravest, and of how many more it says anything.
    fn worst(&self, now: Option<i64>, check: fn(&KeyView<'_>) -> Option<Remark>) -> Option<Remark> {
        let said = self.views(now).enumerate().filter_map(|(index, key)| Some((index, check(&key)?)));
        let said: Vec<(usize, Remark)> = said.collect();
        let (index, worst) =
            said.iter().min_by_key(|(_, remark)| remark.severity.map_or(0, |it| it as usize))?;
        let message = worst.message.as_ref().filter(|_| self.keys.len() > 1)?;
        let kid = self.keys.get(*index).and_then(|key| key.get("kid")?.as_str());
        let kid = kid.map(|kid| format!(" ({})", super::quoted(kid))).unwrap_or_default();
        let more = match said.len() {
            1 => String::new(),
            2 => " So it is with one more key.".into(),
            many => format!(" So it is with {} more keys.", many - 1),
        };
        Some(worst.clone().saying(format!("Key {}{kid}: {message}{more}", index + 1)))
    }
}

/// The remark of a rule that looks at each key by itself. `check` says a message, and how grave it is where that differs
/// from key to key.
pub fn each(subject: &Subject<'_>, check: fn(&KeyView<'_>) -> Option<Remark>) -> Option<Remark> {
    let apart = subject.documents.iter().filter(|document| document.part != Part::Together);
    apart.into_iter().find_map(|document| match &*document.keys {
        [_] => check(&document.views(subject.input.now).next()?),
        _ => document.worst(subject.input.now, check),
    })
}

/// The remark of a rule that looks at all keys of a text.
pub fn all(subject: &Subject<'_>, check: fn(&KeySubject) -> Option<Remark>) -> Option<Remark> {
    subject.documents.iter().find_map(check)
}

/// The same of a set.
pub fn sets(subject: &Subject<'_>, check: fn(&KeySubject) -> Option<Remark>) -> Option<Remark> {
    subject.documents.iter().filter(|document| document.is_set).find_map(check)
}

/// A remark about a key, which has no place of its own.
pub fn say(message: impl Into<String>) -> Option<Remark> {
    Some(Remark::default().saying(message))
}

impl<'a> KeyView<'a> {
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.members.get(name)?.as_str()
    }

    pub fn kty(&self) -> &'a str {
        self.text("kty").unwrap_or("")
    }

    /// A member that is Base64url.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        loose(self.text(name)?)
    }

    /// The same, empty where there is none.
    pub fn bytes_or_none(&self, name: &str) -> Vec<u8> {
        self.bytes(name).unwrap_or_default()
    }

    /// The operations that `key_ops` lists, up to [`MAX_KEY_OPERATIONS`].
    pub fn operations(&self) -> Vec<&'a str> {
        let list = self.members.get("key_ops").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).take(MAX_KEY_OPERATIONS).collect()
    }

    pub fn curve(&self) -> Option<Curve> {
        Curve::by_name(self.text("crv")?).filter(|_| self.kty() == "EC")
    }

    pub fn okp_curve(&self) -> Option<OkpCurve> {
        OkpCurve::by_name(self.text("crv")?).filter(|_| self.kty() == "OKP")
    }

    /// The bytes that a coordinate must have, where the curve is known.
    pub fn size(&self) -> Option<usize> {
        self.curve().map(Curve::size).or_else(|| self.okp_curve().map(OkpCurve::size))
    }

    /// A coordinate with the zeros on its left that are missing; `None` if it is too long.
    pub fn padded(&self, name: &str) -> Option<Vec<u8>> {
        let (bytes, size) = (self.bytes(name)?, self.size()?);
        Some([vec![0; size.checked_sub(bytes.len())?], bytes].concat())
    }

    /// The bits of the modulus, if it is an RSA key.
    pub fn modulus_bits(&self) -> Option<usize> {
        let n = self.bytes("n").filter(|_| self.kty() == "RSA")?;
        let first = n.iter().position(|&byte| byte != 0)?;
        Some((n.len() - first) * 8 - n.get(first)?.leading_zeros() as usize)
    }

    /// The first member that holds something private, if there is one; `k` is one.
    pub fn private_member(&self) -> Option<&'static str> {
        ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].into_iter().find(|name| self.has(name))
    }

    /// The key's SHA-256 thumbprint in Base64url (RFC 7638 section 3), by its members as they are written.
    pub fn thumbprint(&self) -> Option<String> {
        let names: &[&str] = match self.kty() {
            "oct" => &["k", "kty"],
            "RSA" => &["e", "kty", "n"],
            "EC" => &["crv", "kty", "x", "y"],
            "OKP" => &["crv", "kty", "x"],
            "AKP" => &["alg", "kty", "pub"],
            _ => return None,
        };
        let mut required = Map::new();
        for name in names {
            required.insert((*name).into(), self.text(name)?.into());
        }
        let text = Value::Object(required).to_string();
        Some(BASE64URL.encode(&Digest::Sha256.hash(text.as_bytes())))
    }
}

/// The public members of a key that was not written as a JWK.
fn members(key: &Jwk) -> Map<String, Value> {
    let mut members = jwk::public_members(&key.key);
    for (name, value) in [("kid", &key.kid), ("alg", &key.alg), ("use", &key.usage)] {
        if let Some(value) = value {
            members.insert(name.into(), value.as_str().into());
        }
    }
    members
}
