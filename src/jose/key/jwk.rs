//! JSON Web Keys and sets of them (RFC 7517), read and written, and their thumbprints (RFC 7638).

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::rsa::Numbers;
use super::{Akp, Curve, Ec, Jwk, Key, KeyError, MlDsa, Okp, OkpCurve, Rsa, certificate};
use crate::limits::{MAX_INPUT, MAX_KEYS};
use crate::scheme::kit::base64::{BASE64_PADDED, BASE64URL};
use crate::scheme::kit::digest::Digest;
use crate::secret::Secret;

/// The keys of a JWK or of a set, of which those are skipped that are broken or of an unknown kind (RFC 7517 section 5).
///
/// # Errors
/// If it is neither, or a key is broken: of a set, only if no other is left.
pub fn read(text: &str) -> Result<Vec<Jwk>, KeyError> {
    let mut keys = Vec::new();
    let mut broken = None;
    for key in read_all(text)? {
        match key {
            Ok(key) => keys.push(key),
            Err(error) => broken = broken.or(Some(error)),
        }
    }
    match broken {
        Some(error) if keys.is_empty() => Err(error),
        _ => Ok(keys),
    }
}

/// The same, with those that are broken and why each cannot be read.
///
/// # Errors
/// If it is neither.
pub fn read_all(text: &str) -> Result<Vec<Result<Jwk, KeyError>>, KeyError> {
    if text.len() > MAX_INPUT {
        return Err(KeyError::new("The text is too long for keys.", "Give only the key itself."));
    }
    let value = serde_json::from_str(bare(text)).map_err(|error| {
        KeyError::new(
            format!("The JWK is not JSON: line {}, column {}.", error.line(), error.column()),
            "Copy it again, with its braces.",
        )
    })?;
    let Value::Object(mut members) = value else {
        return Err(KeyError::new(
            "A JWK is a JSON object, and this is none.",
            "Copy it again, with its braces. A set is written {\"keys\":[…]}.",
        ));
    };
    if members.contains_key("kty") {
        return Ok(vec![read_members(members)]);
    }
    match members.remove("keys") {
        Some(Value::Array(keys)) if keys.len() > MAX_KEYS => Err(KeyError::too_many()),
        Some(Value::Array(keys)) => keys.into_iter().enumerate().map(read_entry).collect(),
        Some(_) => Err(KeyError::new("The set's `keys` is no list.", "A set is written {\"keys\":[…]}.")),
        None => Err(KeyError::new(
            "The JSON is neither a JWK, which has a `kty`, nor a set, which has `keys`.",
            "Copy the whole key again.",
        )),
    }
}

/// The text without the blanks and quotes around it with which it stood in an env file.
pub fn bare(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text)
}

/// One key of a set; an error if it is not even an object.
fn read_entry((index, key): (usize, Value)) -> Result<Result<Jwk, KeyError>, KeyError> {
    let named = |what: &str| format!("Key {} of the set{what}", index + 1);
    let Value::Object(members) = key else {
        return Err(KeyError::new(
            named(" is no JSON object."),
            "A set is written {\"keys\":[…]}, with a JWK for each key.",
        ));
    };
    Ok(read_members(members).map_err(|error| KeyError::new(named(": ") + &error.message, error.hint)))
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

/// Which halves of a key are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// What everybody may have. Of a shared secret nothing is.
    Public,
    /// All that there is.
    Whole,
}

/// Members that are kept as they stood: the certificates of the key (RFC 7517 sections 4.6 to 4.9).
const KEPT: [&str; 4] = ["x5u", "x5c", "x5t", "x5t#S256"];

/// The key as a JWK: JSON in lines, with what is known of its use. None of a shared secret's public half.
pub fn write(jwk: &Jwk, half: Half) -> Option<Zeroizing<String>> {
    let members = members(jwk, half)?;
    let mut text =
        Zeroizing::new(String::with_capacity(members.iter().map(|(_, value)| value.len() + 20).sum()));
    lines(&mut text, &members, "");
    Some(text)
}

/// A set of these keys, as [`write()`] writes each. None if there is nothing that could be in it.
pub fn write_set(keys: &[&Jwk], half: Half) -> Option<Zeroizing<String>> {
    let keys: Vec<Members> = keys.iter().filter_map(|jwk| members(jwk, half)).collect();
    if keys.is_empty() {
        return None;
    }
    let mut text = Zeroizing::new(String::from("{\n  \"keys\": [\n"));
    for (index, members) in keys.iter().enumerate() {
        text.push_str(if index > 0 { ",\n    " } else { "    " });
        lines(&mut text, members, "    ");
    }
    text.push_str("\n  ]\n}");
    Some(text)
}

/// The members of the public half alone, as a token's header holds a key. None of a shared secret.
pub fn public_members(key: &Key) -> Map<String, Value> {
    let mut members = Map::new();
    if matches!(key, Key::Oct(_)) {
        return members;
    }
    let mut add = |name: &str, value: &str| members.insert(name.to_owned(), value.into());
    add("kty", key.kty());
    if let Key::Akp(akp) = key {
        add("alg", akp.set.name());
    }
    if let Some(curve) = key.curve() {
        add("crv", curve);
    }
    for (name, bytes) in key.numbers(false) {
        add(name, &BASE64URL.encode(bytes));
    }
    members
}

/// Names, and values as JSON text.
type Members = Vec<(&'static str, Zeroizing<String>)>;

/// An object, a member in each line; all lines but the first are indented.
fn lines(text: &mut String, members: &Members, indent: &str) {
    text.push('{');
    for (index, (name, value)) in members.iter().enumerate() {
        text.push_str(if index > 0 { ",\n" } else { "\n" });
        for part in [indent, "  \"", name, "\": ", value] {
            text.push_str(part);
        }
    }
    text.push('\n');
    text.push_str(indent);
    text.push('}');
}

/// The members in their usual order: what the key is and what it is for, its numbers, its certificates.
fn members(jwk: &Jwk, half: Half) -> Option<Members> {
    let private = half == Half::Whole;
    if !private && matches!(jwk.key, Key::Oct(_)) {
        return None;
    }
    let mut members = Members::new();
    let mut add = |name, value: Value| members.push((name, Zeroizing::new(value.to_string())));
    add("kty", jwk.key.kty().into());
    let key_ops = jwk.key_ops.as_ref().map(|operations| match half {
        Half::Public if jwk.key.is_secret() => public_operations(operations),
        _ => operations.clone(),
    });
    let texts = [("kid", &jwk.kid), ("use", &jwk.usage), ("alg", &jwk.alg)];
    for (name, text) in texts {
        match (name, text, &jwk.key) {
            // It says which parameters the key has.
            ("alg", _, Key::Akp(akp)) => add("alg", akp.set.name().into()),
            (_, Some(text), _) => add(name, text.as_str().into()),
            _ => {}
        }
    }
    if let Some(operations) = key_ops.filter(|operations| !operations.is_empty()) {
        add("key_ops", operations.into());
    }
    if let Some(curve) = jwk.key.curve() {
        add("crv", curve.into());
    }
    for (name, bytes) in jwk.key.numbers(private) {
        let text = Zeroizing::new(BASE64URL.encode(bytes));
        members.push((name, Zeroizing::new(["\"", &text, "\""].concat())));
    }
    for name in KEPT {
        if let Some(value) = jwk.members.as_ref().and_then(|members| members.get(name)) {
            members.push((name, Zeroizing::new(value.to_string())));
        }
    }
    Some(members)
}

/// What the public half does where the private one does this (RFC 7517 section 4.3).
fn public_operations(operations: &[String]) -> Vec<String> {
    const PAIRS: [(&str, &str); 3] = [("sign", "verify"), ("decrypt", "encrypt"), ("unwrapKey", "wrapKey")];
    let does = |operation: &str| operations.iter().any(|own| own == operation);
    let public = PAIRS.into_iter().filter(|(private, public)| does(private) || does(public));
    public.map(|(_, public)| public.to_owned()).collect()
}

impl Key {
    /// The JWK's `crv`.
    pub const fn curve(&self) -> Option<&'static str> {
        match self {
            Self::Ec(ec) => Some(ec.curve.name()),
            Self::Okp(okp) => Some(okp.curve.name()),
            _ => None,
        }
    }

    /// The members that hold bytes; with those of the private half, or without.
    fn numbers(&self, private: bool) -> Vec<(&'static str, &[u8])> {
        let mut numbers: Vec<(&'static str, &[u8])> = match self {
            Self::Oct(_) => Vec::new(),
            Self::Rsa(rsa) => vec![("n", &rsa.n), ("e", &rsa.e)],
            Self::Ec(ec) => vec![("x", &ec.x), ("y", &ec.y)],
            Self::Okp(okp) => vec![("x", &okp.x)],
            Self::Akp(akp) => vec![("pub", &akp.public)],
        };
        if !private {
            return numbers;
        }
        match self {
            Self::Oct(secret) => numbers.push(("k", secret.bytes())),
            Self::Rsa(rsa) => {
                if let Some(own) = &rsa.private {
                    let own = [
                        ("d", &own.d),
                        ("p", &own.p),
                        ("q", &own.q),
                        ("dp", &own.dp),
                        ("dq", &own.dq),
                        ("qi", &own.qi),
                    ];
                    numbers.extend(own.map(|(name, number)| (name, number.bytes())));
                }
            }
            Self::Ec(Ec { d, .. }) | Self::Okp(Okp { d, .. }) => {
                numbers.extend(d.as_ref().map(|d| ("d", d.bytes())));
            }
            Self::Akp(akp) => numbers.extend(akp.seed.as_ref().map(|seed| ("priv", seed.bytes()))),
        }
        numbers
    }
}

impl Jwk {
    /// The key's thumbprint, Base64url (RFC 7638; RFC 8037 section 2 for OKP): the same for a private key and its public
    /// half. It goes over the members as they stand, if it was a JWK.
    pub fn thumbprint(&self, digest: Digest) -> String {
        BASE64URL.encode(&digest.hash(self.thumbprint_input().as_bytes()))
    }

    /// The required members only, sorted by name, without white space.
    fn thumbprint_input(&self) -> Zeroizing<String> {
        let names: &[&str] = match self.key {
            Key::Oct(_) => &["k", "kty"],
            Key::Rsa(_) => &["e", "kty", "n"],
            Key::Ec(_) => &["crv", "kty", "x", "y"],
            Key::Okp(_) => &["crv", "kty", "x"],
            Key::Akp(_) => &["alg", "kty", "pub"],
        };
        let members = members(self, Half::Whole).unwrap_or_default();
        let mut input = Zeroizing::new(String::from("{"));
        for (index, name) in names.iter().enumerate() {
            let written = self.members.as_ref().and_then(|members| members.get(*name)).map(Value::to_string);
            let own = || members.iter().find(|(own, _)| own == name).map(|(_, value)| value.to_string());
            let value = written.or_else(own).unwrap_or_default();
            for part in [if index > 0 { ",\"" } else { "\"" }, name, "\":", &value] {
                input.push_str(part);
            }
        }
        input.push('}');
        input
    }
}
