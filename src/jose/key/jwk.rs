//! JSON Web Keys and sets of them (RFC 7517), read and written.

use serde_json::{Map, Value};

use super::rsa::Numbers;
use super::{Akp, Curve, Ec, Jwk, Key, KeyError, MlDsa, Okp, OkpCurve, Rsa, certificate};
use crate::limits::{MAX_INPUT, MAX_KEYS};
use crate::scheme::kit::base64::{BASE64_PADDED, BASE64URL};
use crate::secret::Secret;

/// The keys of a text, and why others of a set were left out.
#[derive(Debug, Default)]
pub struct Set {
    pub keys: Vec<Jwk>,
    /// Of a set, keys that are broken or of an unknown kind are skipped (RFC 7517 section 5).
    pub skipped: Vec<KeyError>,
}

/// The keys of a JWK or of a set.
///
/// # Errors
/// If it is neither, or a key is broken: of a set, only if no key is left.
pub fn read(text: &str) -> Result<Vec<Jwk>, KeyError> {
    let set = read_set(text)?;
    match set.skipped.into_iter().next() {
        Some(error) if set.keys.is_empty() => Err(error),
        _ => Ok(set.keys),
    }
}

/// The same, with what was skipped of a set.
///
/// # Errors
/// If it is neither, or the one JWK is broken.
pub fn read_set(text: &str) -> Result<Set, KeyError> {
    if text.len() > MAX_INPUT {
        return Err(KeyError::new("The text is too long for keys.", "Give only the key itself."));
    }
    let value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        KeyError::new(
            format!("The JWK is not JSON: line {}, column {}.", error.line(), error.column()),
            "Copy it again, with its braces.",
        )
    })?;
    let Value::Object(members) = value else {
        return Err(KeyError::new(
            "A JWK is a JSON object, and this is none.",
            "Copy it again, with its braces. A set is written {\"keys\":[…]}.",
        ));
    };
    if members.contains_key("kty") {
        return Ok(Set { keys: vec![read_members(members)?], skipped: Vec::new() });
    }
    let Some(keys) = members.get("keys") else {
        return Err(KeyError::new(
            "The JSON is neither a JWK, which has a `kty`, nor a set, which has `keys`.",
            "Copy the whole key again.",
        ));
    };
    let Value::Array(keys) = keys else {
        return Err(KeyError::new("The set's `keys` is no list.", "A set is written {\"keys\":[…]}."));
    };
    if keys.len() > MAX_KEYS {
        return Err(KeyError::too_many());
    }
    let mut set = Set::default();
    for (index, key) in keys.iter().enumerate() {
        let Value::Object(members) = key else {
            return Err(KeyError::new(
                format!("Key {} of the set is no JSON object.", index + 1),
                "A set is written {\"keys\":[…]}, with a JWK for each key.",
            ));
        };
        match read_members(members.clone()) {
            Ok(key) => set.keys.push(key),
            Err(error) => {
                set.skipped.push(KeyError::new(format!("Key {}: {}", index + 1, error.message), error.hint));
            }
        }
    }
    Ok(set)
}

/// One JWK.
///
/// # Errors
/// If it is broken, or of an unknown kind.
pub fn read_members(members: Map<String, Value>) -> Result<Jwk, KeyError> {
    let key = Reader(&members).key()?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let operations = members.get("key_ops").and_then(Value::as_array);
    let key_ops = operations
        .map(|list| list.iter().filter_map(|operation| operation.as_str().map(str::to_owned)).collect());
    let certificate = certificate(&members, &key);
    Ok(Jwk {
        key,
        kid: text("kid"),
        alg: text("alg"),
        usage: text("use"),
        key_ops,
        certificate,
        members: Some(members),
    })
}

/// The certificate that comes with a key (RFC 7517 section 4.7), if it is its own.
fn certificate(members: &Map<String, Value>, key: &Key) -> Option<super::Certificate> {
    let first = members.get("x5c")?.get(0)?.as_str()?;
    let (certified, certificate) = certificate::read(&BASE64_PADDED.decode(first).ok()?).ok()?;
    (key.public().as_ref() == Some(&certified)).then_some(certificate)
}

/// The members of one JWK.
struct Reader<'a>(&'a Map<String, Value>);

impl Reader<'_> {
    fn key(&self) -> Result<Key, KeyError> {
        match self.text("kty")? {
            "oct" => self.oct(),
            "RSA" => self.rsa(),
            "EC" => self.ec(),
            "OKP" => self.okp(),
            "AKP" => self.akp(),
            _ => Err(KeyError::new(
                "The JWK's `kty` is not a type of key that Keyjar knows.",
                "There are RSA, EC, OKP, AKP and oct, in exactly this spelling.",
            )),
        }
    }

    /// RFC 7518 section 6.4.
    fn oct(&self) -> Result<Key, KeyError> {
        let secret = Secret::new(self.bytes("k")?);
        if secret.is_empty() {
            return Err(KeyError::new("The JWK's `k` is empty: no secret at all.", "Make a new key."));
        }
        Ok(Key::Oct(secret))
    }

    /// RFC 7518 section 6.3.
    fn rsa(&self) -> Result<Key, KeyError> {
        if self.0.contains_key("oth") {
            return Err(KeyError::new(
                "The RSA key has more than two primes (`oth`), which tokens' libraries do not take.",
                "Make a key of two primes.",
            ));
        }
        let (n, e, d) = (self.bytes("n")?, self.bytes("e")?, self.optional("d")?);
        let (p, q) = (self.optional("p")?, self.optional("q")?);
        let derived = [self.optional("dp")?, self.optional("dq")?, self.optional("qi")?];
        let primes = match (&p, &q) {
            (Some(p), Some(q)) => Some((&**p, &**q)),
            (None, None) => None,
            _ => {
                return Err(KeyError::new(
                    "The RSA key has only one of its primes `p` and `q`.",
                    "Copy the whole key again.",
                ));
            }
        };
        if d.is_none() && primes.is_some() {
            return Err(KeyError::new(
                "The RSA key has its primes, but not its private exponent `d`.",
                "Copy the whole key again.",
            ));
        }
        let derived = [derived[0].as_deref(), derived[1].as_deref(), derived[2].as_deref()];
        Rsa::of_numbers(Numbers { n: &n, e: &e, d: d.as_deref(), primes, derived }).map(Key::Rsa)
    }

    /// RFC 7518 section 6.2.
    fn ec(&self) -> Result<Key, KeyError> {
        let curve = Curve::by_name(self.text("crv")?)
            .ok_or_else(|| unknown("crv", "P-256, P-384, P-521 and secp256k1"))?;
        let (x, y) = (self.sized("x", curve)?, self.sized("y", curve)?);
        let d = if self.0.contains_key("d") { Some(Secret::new(self.sized("d", curve)?)) } else { None };
        Ec::of_point(curve, &[&[4], &*x, &*y].concat(), d).map(Key::Ec)
    }

    /// A member of the full size of the curve's field.
    fn sized(&self, name: &str, curve: Curve) -> Result<Vec<u8>, KeyError> {
        let bytes = self.bytes(name)?;
        if bytes.len() == curve.size() {
            return Ok(bytes);
        }
        Err(KeyError::new(
            format!(
                "The JWK's `{name}` has {} bytes, and one of {} has {}, with its leading zeros.",
                bytes.len(),
                curve.name(),
                curve.size()
            ),
            "Copy the key again, and look whether its `crv` is another.",
        ))
    }

    /// RFC 8037 section 2.
    fn okp(&self) -> Result<Key, KeyError> {
        let curve = OkpCurve::by_name(self.text("crv")?)
            .ok_or_else(|| unknown("crv", "Ed25519, Ed448, X25519 and X448"))?;
        Okp::of_public(curve, &self.bytes("x")?, self.optional("d")?.map(Secret::new)).map(Key::Okp)
    }

    /// Algorithm key pairs: ML-DSA for JOSE (draft-ietf-cose-dilithium).
    fn akp(&self) -> Result<Key, KeyError> {
        let set = MlDsa::by_name(self.text("alg")?)
            .ok_or_else(|| unknown("alg", "ML-DSA-44, ML-DSA-65 and ML-DSA-87"))?;
        Akp::of_public(set, &self.bytes("pub")?, self.optional("priv")?.map(Secret::new)).map(Key::Akp)
    }

    fn text(&self, name: &str) -> Result<&str, KeyError> {
        let value = self
            .0
            .get(name)
            .ok_or_else(|| KeyError::new(format!("The JWK has no `{name}`."), "Copy the whole key again."))?;
        value.as_str().ok_or_else(|| {
            KeyError::new(format!("The JWK's `{name}` is not a JSON string."), "Copy the whole key again.")
        })
    }

    fn optional(&self, name: &str) -> Result<Option<Vec<u8>>, KeyError> {
        if self.0.contains_key(name) { self.bytes(name).map(Some) } else { Ok(None) }
    }

    /// A member's bytes: Base64url without padding, and nothing else (RFC 7515 section 2).
    fn bytes(&self, name: &str) -> Result<Vec<u8>, KeyError> {
        BASE64URL.decode(self.text(name)?).map_err(|(_, what)| {
            KeyError::new(
                format!("The JWK's `{name}` is not Base64url: {what}."),
                "Copy the key again, or write that member as the standard wants it.",
            )
        })
    }
}

fn unknown(name: &str, known: &str) -> KeyError {
    KeyError::new(
        format!("The JWK's `{name}` is none that Keyjar knows for this type of key."),
        format!("There are {known}, in exactly this spelling."),
    )
}

/// The members of the public half.
pub fn public_members(_key: &super::Key) -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::new()
}
