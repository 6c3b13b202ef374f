//! The keys of PASETO tokens. Each is for one version and one purpose (the specification's "Algorithm Lucidity"): none is
//! tried as another's.
//!
//! A key is written as PASERK, which names version and kind (`k4.local.…`, `k4.public.…`, `k4.secret.…`); as PEM or a JWK,
//! which name the type; or as the bytes alone, which mean what the token takes: 32 of a shared key, and of a key pair
//! those of version 2 and 4 (32 public, or 64, the seed and the public key), 3 (49 or 97 public, 48 private) or 1 (DER).

use super::base64::BASE64URL;
use super::paseto::{KEY, Purpose, Version};
use crate::jose::key::given::{self, Given, GivenKey};
use crate::jose::key::{Curve, Ec, Jwk, Key, KeyError, Okp, OkpCurve, Rsa, encoded};
use crate::limits::MAX_SECRETS;
use crate::protocol::Why;
use crate::secret::{Secret, SecretEncoding, SecretText};

/// The keys that were given, for tokens of one version and purpose.
#[derive(Debug)]
pub struct Ring {
    /// Those that fit.
    pub given: Given,
    /// Why the first that can be read does not fit.
    pub misfit: Option<Misfit>,
}

/// Why a key is none for the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// [`Why::WrongAlgorithm`] where it is another kind of key, [`Why::BadSignature`] where it has another length.
    pub why: Why,
    /// A sentence.
    pub message: String,
}

impl Ring {
    /// Reads the secrets; bytes of which the person did not say how they are written, as `usual`. Empty ones count as not
    /// given.
    pub fn of(secrets: &[SecretText], usual: SecretEncoding, version: Version, purpose: Purpose) -> Self {
        let mut ring = Self { given: Given { keys: Vec::new(), trouble: None }, misfit: None };
        let filled = secrets.iter().enumerate().take(MAX_SECRETS).filter(|(_, s)| !s.text.is_empty());
        for (index, secret) in filled {
            if ring.given.is_full() {
                break;
            }
            let (keys, encoding) = match read(secret, usual, version, purpose) {
                Ok(read) => read,
                Err(error) => {
                    ring.given.trouble.get_or_insert_with(|| error.to_string());
                    continue;
                }
            };
            for key in keys {
                match key.and_then(|key| fit(key, version, purpose)) {
                    Ok(key) => ring.given.push(GivenKey { jwk: Jwk::of(key), index, encoding }),
                    Err(misfit) => drop(ring.misfit.get_or_insert(misfit)),
                }
            }
        }
        ring
    }
}

/// Whether the text is a key or the id of one as PASERK writes it: `k4.local.…`.
pub fn is_paserk(text: &str) -> bool {
    Paserk::of(text.trim()).is_some()
}

/// The key that tokens of that kind take, for people.
pub const fn wanted(version: Version, purpose: Purpose) -> &'static str {
    match (purpose, version) {
        (Purpose::Local, _) => "a shared key of 32 bytes",
        (Purpose::Public, Version::V1) => "an RSA key of 2,048 bits",
        (Purpose::Public, Version::V2 | Version::V4) => "an Ed25519 key",
        (Purpose::Public, Version::V3) => "an EC key on P-384",
    }
}

type Fit<T> = Result<T, Misfit>;

/// The keys in one secret's text, or why each is none for such a token; and how the text was read.
fn read(
    secret: &SecretText,
    usual: SecretEncoding,
    version: Version,
    purpose: Purpose,
) -> Result<(Vec<Fit<Key>>, SecretEncoding), KeyError> {
    if let Some(paserk) = Paserk::of(secret.text.trim()) {
        return Ok((vec![paserk.key(version, purpose)?], SecretEncoding::Utf8));
    }
    let (keys, encoding) = given::read(secret, usual)?;
    let is_typed = matches!(encoding, SecretEncoding::Jwk | SecretEncoding::Jwks | SecretEncoding::Pem);
    let key = |jwk: Jwk| match jwk.key {
        Key::Oct(bytes) if !is_typed => of_bytes(bytes, version, purpose),
        key => Ok(Ok(key)),
    };
    Ok((keys.into_iter().map(key).collect::<Result<_, _>>()?, encoding))
}

/// A key as PASERK writes it.
struct Paserk<'a> {
    version: Version,
    kind: &'a str,
    data: &'a str,
}

impl<'a> Paserk<'a> {
    /// `None` if the text is something else.
    fn of(text: &'a str) -> Option<Self> {
        let (version, rest) = text.strip_prefix('k')?.split_once('.')?;
        let (kind, data) = rest.split_once('.')?;
        Some(Self { version: Version::by_digit(version)?, kind, data })
    }

    fn key(&self, version: Version, purpose: Purpose) -> Result<Fit<Key>, KeyError> {
        let own = match self.kind {
            "local" => Purpose::Local,
            "public" | "secret" => Purpose::Public,
            kind => {
                return Err(KeyError::new(
                    format!(
                        "`k{}.{kind}` is not the key itself, but its id, or the key wrapped with another.",
                        self.version.digit()
                    ),
                    "Give the key: `local`, `public` or `secret`.",
                ));
            }
        };
        if (self.version, own) != (version, purpose) {
            let message = format!(
                "The key is `k{}.{}`, for {} alone; the token is {}. A key is for one version and purpose.",
                self.version.digit(),
                self.kind,
                token(self.version, own),
                token(version, purpose),
            );
            return Ok(Err(Misfit { why: Why::WrongAlgorithm, message }));
        }
        let bytes = BASE64URL.decode(self.data).map_err(|(_, what)| {
            KeyError::new(
                format!("The key is not Base64url behind its second dot: {what}."),
                "Copy it again.",
            )
        })?;
        let key = of_bytes(Secret::new(bytes), version, purpose)?;
        let says = if self.kind == "secret" { "private" } else { "public" };
        match key {
            Ok(key) if own == Purpose::Public && key.is_secret() != (self.kind == "secret") => {
                Err(KeyError::new(
                    format!(
                        "`k{}.{}` is a {says} key, and these are not the bytes of one.",
                        self.version.digit(),
                        self.kind
                    ),
                    "Copy the key again.",
                ))
            }
            key => Ok(key),
        }
    }
}

/// The key that such a token takes, of its bytes.
fn of_bytes(bytes: Secret, version: Version, purpose: Purpose) -> Result<Fit<Key>, KeyError> {
    let wrong = |lengths: &str| {
        let message = format!(
            "The key has {} bytes, as it is read now; {} takes {lengths}.",
            bytes.len(),
            token(version, purpose)
        );
        Ok(Err(Misfit { why: Why::BadSignature, message }))
    };
    let key = match (purpose, version, bytes.len()) {
        (Purpose::Local, _, KEY) => Key::Oct(bytes),
        (Purpose::Local, ..) => return wrong("32"),
        (_, Version::V2 | Version::V4, 32) => {
            Key::Okp(Okp::of_public(OkpCurve::Ed25519, bytes.bytes(), None)?)
        }
        (_, Version::V2 | Version::V4, 64) => {
            let (seed, public) = bytes.bytes().split_at(32);
            Key::Okp(Okp::of_public(OkpCurve::Ed25519, public, Some(Secret::new(seed.to_vec())))?)
        }
        (_, Version::V2 | Version::V4, _) => return wrong("32 of a public key, or 64 of a private one"),
        (_, Version::V3, 49 | 97) => Key::Ec(Ec::of_point(Curve::P384, bytes.bytes(), None)?),
        (_, Version::V3, 48) => Key::Ec(Ec::of_number(Curve::P384, bytes)?),
        (_, Version::V3, _) => return wrong("49 or 97 of a public key, or 48 of a private one"),
        (_, Version::V1, _) => of_der(bytes.bytes())?,
    };
    Ok(Ok(key))
}

/// An RSA key in DER, in whatever form.
fn of_der(der: &[u8]) -> Result<Key, KeyError> {
    let forms =
        [encoded::read_pkcs1_public, encoded::read_pkcs1_private, encoded::read_spki, encoded::read_pkcs8];
    forms.into_iter().find_map(|read| read(der).ok()).ok_or_else(|| {
        KeyError::new(
            "These bytes are no RSA key in DER.",
            "Paste the key as PEM, with its BEGIN and END lines.",
        )
    })
}

/// The key, if such tokens take it.
fn fit(key: Key, version: Version, purpose: Purpose) -> Fit<Key> {
    let is_fit = match (&key, purpose) {
        (Key::Oct(secret), Purpose::Local) if secret.len() != KEY => {
            let message =
                format!("The key has {} bytes; {} takes 32.", secret.len(), token(version, purpose));
            return Err(Misfit { why: Why::BadSignature, message });
        }
        (Key::Oct(_), Purpose::Local) => true,
        (Key::Rsa(rsa), Purpose::Public) => version == Version::V1 && is_v1(rsa),
        (key, Purpose::Public) => version.alg().takes(key),
        _ => false,
    };
    if is_fit {
        return Ok(key);
    }
    let message = format!(
        "{} takes {}; what was given is: {}. A key is for one version and purpose.",
        token(version, purpose),
        wanted(version, purpose),
        key.title()
    );
    Err(Misfit { why: Why::WrongAlgorithm, message })
}

/// 2,048 bits, and the exponent 65537.
fn is_v1(rsa: &Rsa) -> bool {
    rsa.bits() == 2048 && rsa.e == [1, 0, 1]
}

fn token(version: Version, purpose: Purpose) -> String {
    format!("v{}.{}", version.digit(), purpose.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::primitive::{ec, okp};

    fn ring(text: &str, version: Version, purpose: Purpose) -> Ring {
        Ring::of(&[SecretText::new(text, None)], SecretEncoding::Hex, version, purpose)
    }

    /// What PASERK calls a key, and its bytes.
    type Bytes = (&'static str, Vec<u8>);

    /// Every kind of token, with the keys that it takes.
    fn kinds() -> Vec<(Version, Purpose, Vec<Bytes>)> {
        let ed25519 = okp::generate(OkpCurve::Ed25519).expect("random bytes");
        let seed = ed25519.d.as_ref().expect("private").bytes();
        let pair = [seed, &ed25519.x].concat();
        let p384 = ec::generate(Curve::P384).expect("random bytes");
        let scalar = p384.d.as_ref().expect("private").bytes().to_vec();
        let short = super::super::paseto::compressed(&p384);
        let mut kinds: Vec<_> =
            Version::ALL.map(|version| (version, Purpose::Local, vec![("local", vec![7; KEY])])).into();
        for version in [Version::V2, Version::V4] {
            kinds.push((
                version,
                Purpose::Public,
                vec![("public", ed25519.x.clone()), ("secret", pair.clone())],
            ));
        }
        kinds.push((Version::V3, Purpose::Public, vec![("public", short), ("secret", scalar)]));
        kinds
    }

    #[test]
    fn a_paserk_is_for_one_version_and_purpose() {
        for (version, purpose, keys) in kinds() {
            for (kind, bytes) in keys {
                let text = format!("k{}.{kind}.{}", version.digit(), BASE64URL.encode(&bytes));
                assert_eq!(ring(&text, version, purpose).given.keys.len(), 1, "{text}");
                // Blanks around it come with copying.
                assert_eq!(ring(&format!(" {text}\n"), version, purpose).given.keys.len(), 1);
                for other in Version::ALL {
                    for use_ in Purpose::ALL.into_iter().filter(|use_| (other, *use_) != (version, purpose)) {
                        let ring = ring(&text, other, use_);
                        assert!(ring.given.keys.is_empty());
                        assert_eq!(ring.misfit.map(|misfit| misfit.why), Some(Why::WrongAlgorithm), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn bytes_are_what_the_token_takes() {
        for (version, purpose, keys) in kinds() {
            for (kind, bytes) in keys {
                let found = ring(&hex::encode(&bytes), version, purpose);
                let key = found.given.keys.first().expect("fits");
                assert_eq!(key.jwk.key.is_secret(), kind != "public");
                assert_eq!(key.encoding, SecretEncoding::Hex);
                let short = ring(&hex::encode(&bytes[2..]), version, purpose).misfit.expect("too short");
                assert_eq!(short.why, Why::BadSignature);
                assert!(short.message.contains(&format!("{} bytes", bytes.len() - 2)), "{}", short.message);
            }
        }
    }

    #[test]
    fn what_is_no_key_says_so() {
        let trouble = |text: &str, version, purpose| {
            let ring = ring(text, version, purpose);
            assert!(ring.given.keys.is_empty() && ring.misfit.is_none());
            ring.given.trouble.expect("cannot be used")
        };
        let v4 = |text: &str| trouble(text, Version::V4, Purpose::Public);
        assert!(v4("k4.pid.AAAA").contains("not the key itself"));
        assert!(v4("k4.public.+++").contains("Base64url"));
        let pair = Okp::of_private(OkpCurve::Ed25519, Secret::new(vec![7; 32])).expect("a seed");
        let public = BASE64URL.encode(&pair.x);
        assert!(v4(&format!("k4.secret.{public}")).contains("private key"));
        // Halves of two keys.
        assert!(v4(&(hex::encode([8; 32]) + &hex::encode(&pair.x))).contains("do not belong together"));
        assert!(v4("xyz").contains("not hex"));
        assert!(trouble("00", Version::V1, Purpose::Public).contains("RSA"));
    }

    #[test]
    fn a_typed_key_is_never_taken_as_another() {
        let oct = format!(r#"{{"kty":"oct","k":"{}"}}"#, BASE64URL.encode(&[7; KEY]));
        assert_eq!(ring(&oct, Version::V4, Purpose::Local).given.keys.len(), 1);
        // As bytes, these would be a public key.
        let misfit = ring(&oct, Version::V4, Purpose::Public).misfit.expect("a shared key");
        assert_eq!(misfit.why, Why::WrongAlgorithm);
        let rsa =
            |bits: usize, e: &[u8]| Key::Rsa(Rsa { n: vec![0xff; bits / 8], e: e.to_vec(), private: None });
        assert!(fit(rsa(2048, &[1, 0, 1]), Version::V1, Purpose::Public).is_ok());
        for (key, version, purpose) in [
            (rsa(2048, &[1, 0, 1]), Version::V1, Purpose::Local),
            (rsa(2048, &[1, 0, 1]), Version::V3, Purpose::Public),
            (rsa(4096, &[1, 0, 1]), Version::V1, Purpose::Public),
            (rsa(2048, &[3]), Version::V1, Purpose::Public),
            (Key::Ec(ec::generate(Curve::P256).expect("random bytes")), Version::V3, Purpose::Public),
            (Key::Okp(okp::generate(OkpCurve::Ed448).expect("random bytes")), Version::V4, Purpose::Public),
        ] {
            assert_eq!(fit(key, version, purpose).expect_err("another").why, Why::WrongAlgorithm);
        }
    }
}
