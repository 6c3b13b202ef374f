//! Keys of tokens, by their type: never one tried as another. What is read from a JWK (RFC 7517), from PEM (RFC 7468) or
//! from a certificate (RFC 5280) is the same [`Jwk`].
//!
//! A key is held as its numbers, big-endian, as a JWK writes them (RFC 7518 section 6): what is to be written again or
//! looked at by a rule is there, and the primitives' own types are made of it where they compute.

mod akp;
mod asn1;
mod certificate;
mod ec;
pub(crate) mod encoded;
pub mod given;
pub mod jwk;
pub mod make;
mod okp;
pub mod pem;
pub mod report;
pub mod rsa;

use std::fmt;

use serde_json::{Map, Value};

use crate::limits::MAX_KEYS;
use crate::secret::Secret;

/// A key of one type. `Debug` shows no private part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A shared secret: for HMAC, AES and passwords.
    Oct(Secret),
    Rsa(Rsa),
    Ec(Ec),
    /// Edwards and Montgomery curves (RFC 8037).
    Okp(Okp),
    /// ML-DSA (FIPS 204).
    Akp(Akp),
}

/// RFC 7518 section 6.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rsa {
    /// The modulus, without leading zeros.
    pub n: Vec<u8>,
    /// The public exponent, without leading zeros.
    pub e: Vec<u8>,
    pub private: Option<RsaPrivate>,
}

/// RFC 7518 section 6.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPrivate {
    pub d: Secret,
    pub p: Secret,
    pub q: Secret,
    pub dp: Secret,
    pub dq: Secret,
    pub qi: Secret,
}

/// RFC 7518 section 6.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ec {
    pub curve: Curve,
    /// The point's coordinates, each of the field's full size ([`Curve::size`]).
    pub x: Vec<u8>,
    pub y: Vec<u8>,
    /// Of the same size.
    pub d: Option<Secret>,
}

/// A curve of ECDSA and ECDH: NIST's (FIPS 186-5) and secp256k1 (RFC 8812).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
}

/// RFC 8037 section 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Okp {
    pub curve: OkpCurve,
    pub x: Vec<u8>,
    /// The seed (RFC 8032) or the scalar (RFC 7748).
    pub d: Option<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OkpCurve {
    Ed25519,
    Ed448,
    X25519,
    X448,
}

/// A key of ML-DSA: JWK type `AKP`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Akp {
    pub set: MlDsa,
    pub public: Vec<u8>,
    /// The seed of 32 bytes.
    pub seed: Option<Secret>,
}

/// A parameter set of FIPS 204.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlDsa {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

/// A key with what its source says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    pub key: Key,
    pub kid: Option<String>,
    /// The one algorithm that it is for (RFC 7517 section 4.4).
    pub alg: Option<String>,
    /// `use`: `sig` or `enc`.
    pub usage: Option<String>,
    pub key_ops: Option<Vec<String>>,
    /// The certificate that it was taken from, if it was.
    pub certificate: Option<Certificate>,
    /// The JWK as it was written, if it was one.
    pub members: Option<Map<String, Value>>,
}

/// What a certificate says of its key (RFC 5280 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// Unix seconds.
    pub not_before: i64,
    pub not_after: i64,
    /// DER.
    pub der: Vec<u8>,
}

/// Why a key cannot be read. Never holds any of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// A sentence: what is wrong, and where.
    pub message: String,
    /// What to try.
    pub hint: String,
}

impl KeyError {
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }

    /// A private `what` that is of another key than the public half.
    fn not_a_pair(what: &str) -> Self {
        Self::new(
            format!("The private {what} and the public key do not belong together."),
            "Copy both from the same key; if that cannot be, make a new one.",
        )
    }

    fn too_many() -> Self {
        Self::new(
            format!("There are more than {MAX_KEYS} keys in the text."),
            "Give only those that may be the one: that with the token's `kid`, for example.",
        )
    }
}

impl std::error::Error for KeyError {}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.hint)
    }
}

impl Jwk {
    /// A key of which nothing more is known.
    pub const fn of(key: Key) -> Self {
        Self { key, kid: None, alg: None, usage: None, key_ops: None, certificate: None, members: None }
    }
}

impl Key {
    /// RFC 7517 section 4.1: `oct`, `RSA`, `EC`, `OKP`, `AKP`.
    pub const fn kty(&self) -> &'static str {
        match self {
            Self::Oct(_) => "oct",
            Self::Rsa(_) => "RSA",
            Self::Ec(_) => "EC",
            Self::Okp(_) => "OKP",
            Self::Akp(_) => "AKP",
        }
    }

    /// Whether it can sign or decrypt: a private or a shared key.
    pub const fn is_secret(&self) -> bool {
        match self {
            Self::Oct(_) => true,
            Self::Rsa(rsa) => rsa.private.is_some(),
            Self::Ec(ec) => ec.d.is_some(),
            Self::Okp(okp) => okp.d.is_some(),
            Self::Akp(akp) => akp.seed.is_some(),
        }
    }

    /// The public half of a key pair; none of a shared secret.
    pub fn public(&self) -> Option<Self> {
        match self {
            Self::Oct(_) => None,
            Self::Rsa(rsa) => Some(Self::Rsa(Rsa { private: None, ..rsa.clone() })),
            Self::Ec(ec) => Some(Self::Ec(Ec { d: None, ..ec.clone() })),
            Self::Okp(okp) => Some(Self::Okp(Okp { d: None, ..okp.clone() })),
            Self::Akp(akp) => Some(Self::Akp(Akp { seed: None, ..akp.clone() })),
        }
    }

    /// What it is, in words: `RSA public key, 2048 bits`.
    pub fn title(&self) -> String {
        let half = if self.is_secret() { "private" } else { "public" };
        match self {
            Self::Oct(secret) => format!("shared secret, {} bits", secret.len() * 8),
            Self::Rsa(rsa) => format!("RSA {half} key, {} bits", rsa.bits()),
            Self::Ec(ec) => format!("EC {half} key, {}", ec.curve.name()),
            Self::Okp(okp) => format!("{} {half} key", okp.curve.name()),
            Self::Akp(akp) => format!("{} {half} key", akp.set.name()),
        }
    }
}

impl Rsa {
    /// Bits of the modulus.
    pub fn bits(&self) -> usize {
        let first = self.n.iter().position(|&byte| byte != 0).unwrap_or(self.n.len());
        let rest = self.n.get(first..).unwrap_or_default();
        rest.first().map_or(0, |byte| rest.len() * 8 - byte.leading_zeros() as usize)
    }
}

impl Ec {
    /// The point, uncompressed (SEC 1 section 2.3.3).
    pub fn point(&self) -> Vec<u8> {
        [&[4], &*self.x, &*self.y].concat()
    }
}

impl Curve {
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::Secp256k1];

    /// The JWK's `crv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// Bytes of a coordinate, and of a number below the order.
    pub const fn size(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.name() == name)
    }
}

impl OkpCurve {
    pub const ALL: [Self; 4] = [Self::Ed25519, Self::Ed448, Self::X25519, Self::X448];

    /// The JWK's `crv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::X25519 => "X25519",
            Self::X448 => "X448",
        }
    }

    /// Bytes of a public key, and of a private one.
    pub const fn size(self) -> usize {
        match self {
            Self::Ed25519 | Self::X25519 => 32,
            Self::Ed448 => 57,
            Self::X448 => 56,
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.name() == name)
    }
}

impl MlDsa {
    pub const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// The JWK's `alg`, and that of a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// Bytes of a public key.
    pub const fn public_size(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }
}
