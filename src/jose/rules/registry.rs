//! What is registered: algorithms and header parameters (IANA's registry "JSON Object Signing and Encryption", as of
//! October 2026), and what each algorithm wants of its key and its signature (RFC 7518, RFC 8037, RFC 8812, RFC 9864,
//! FIPS 204).

use crate::jose::alg::{self, Alg};
use crate::jose::key::{Key, MlDsa, OkpCurve};

/// A registered algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Algorithm {
    pub name: &'static str,
    pub needs: Needs,
    pub status: Status,
}

/// What an algorithm works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// It signs, and [`Alg`] knows the rest.
    Signature(Alg),
    /// A shared secret for a cipher.
    Oct,
    /// An RSA key for encryption.
    RsaEncryption,
    /// A key of any curve on which two sides agree on another.
    Agreement,
    /// Nothing that is known here.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Current,
    Deprecated,
    Prohibited,
}

/// Those that [`Alg`] does not know: encryption (RFC 7518 section 4.1), and what must not be used any more.
const OTHERS: [(&str, Needs, Status); 28] = [
    ("dir", Needs::Oct, Status::Current),
    ("A128KW", Needs::Oct, Status::Current),
    ("A192KW", Needs::Oct, Status::Current),
    ("A256KW", Needs::Oct, Status::Current),
    ("A128GCMKW", Needs::Oct, Status::Current),
    ("A192GCMKW", Needs::Oct, Status::Current),
    ("A256GCMKW", Needs::Oct, Status::Current),
    ("PBES2-HS256+A128KW", Needs::Oct, Status::Current),
    ("PBES2-HS384+A192KW", Needs::Oct, Status::Current),
    ("PBES2-HS512+A256KW", Needs::Oct, Status::Current),
    ("RSA-OAEP", Needs::RsaEncryption, Status::Current),
    ("RSA-OAEP-256", Needs::RsaEncryption, Status::Current),
    ("RSA-OAEP-384", Needs::RsaEncryption, Status::Current),
    ("RSA-OAEP-512", Needs::RsaEncryption, Status::Current),
    ("ECDH-ES", Needs::Agreement, Status::Current),
    ("ECDH-ES+A128KW", Needs::Agreement, Status::Current),
    ("ECDH-ES+A192KW", Needs::Agreement, Status::Current),
    ("ECDH-ES+A256KW", Needs::Agreement, Status::Current),
    ("RSA1_5", Needs::RsaEncryption, Status::Deprecated),
    ("none", Needs::Nothing, Status::Deprecated),
    ("HS1", Needs::Nothing, Status::Prohibited),
    ("RS1", Needs::Nothing, Status::Prohibited),
    ("A128CBC", Needs::Nothing, Status::Prohibited),
    ("A192CBC", Needs::Nothing, Status::Prohibited),
    ("A256CBC", Needs::Nothing, Status::Prohibited),
    ("A128CTR", Needs::Nothing, Status::Prohibited),
    ("A192CTR", Needs::Nothing, Status::Prohibited),
    ("A256CTR", Needs::Nothing, Status::Prohibited),
];

/// Every registered algorithm.
fn all() -> impl Iterator<Item = Algorithm> {
    let signature = |(name, alg)| {
        // RFC 9864 section 4.1.1.
        let status = if alg == Alg::EdDsa(None) { Status::Deprecated } else { Status::Current };
        Algorithm { name, needs: Needs::Signature(alg), status }
    };
    let other = |(name, needs, status)| Algorithm { name, needs, status };
    alg::ALL.into_iter().map(signature).chain(OTHERS.into_iter().map(other))
}

/// The algorithm of exactly that name.
pub fn algorithm(name: &str) -> Option<Algorithm> {
    all().find(|algorithm| algorithm.name == name)
}

/// The registered name that differs from `name` only in case, if there is one.
pub fn in_other_case(name: &str) -> Option<&'static str> {
    let found = all().find(|algorithm| algorithm.name.eq_ignore_ascii_case(name))?;
    (found.name != name).then_some(found.name)
}

impl Needs {
    /// Whether a key is of the type that the algorithm works with; its length is another question.
    pub fn is_met_by(self, key: &Key) -> bool {
        match (self, key) {
            (Self::Signature(alg), key) => alg.takes(key),
            (Self::Oct, Key::Oct(_)) | (Self::RsaEncryption, Key::Rsa(_)) | (Self::Agreement, Key::Ec(_)) => {
                true
            }
            (Self::Agreement, Key::Okp(key)) => matches!(key.curve, OkpCurve::X25519 | OkpCurve::X448),
            _ => false,
        }
    }

    /// What it is, for a message: `an RSA key`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Signature(alg) => alg.wants(),
            Self::Oct => "a shared secret",
            Self::RsaEncryption => "an RSA key",
            Self::Agreement => "an EC, X25519 or X448 key",
            Self::Nothing => "no key",
        }
    }

    /// Whether there is a public and a private key.
    pub const fn is_asymmetric(self) -> bool {
        !matches!(self, Self::Signature(Alg::Hmac(_)) | Self::Oct | Self::Nothing)
    }
}

/// Bytes that a signature may have, where the algorithm alone says so.
pub fn signature_sizes(alg: Alg) -> Vec<usize> {
    match alg {
        Alg::Hmac(digest) => vec![digest.size()],
        // Moduli of 1024 to 8192 bits.
        Alg::RsaPkcs1(_) | Alg::RsaPss(_) => vec![128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024],
        Alg::Ecdsa(curve, _) => vec![2 * curve.size()],
        Alg::EdDsa(Some(OkpCurve::Ed448)) => vec![114],
        Alg::EdDsa(Some(_)) => vec![64],
        Alg::EdDsa(None) => vec![64, 114],
        Alg::MlDsa(MlDsa::MlDsa44) => vec![2420],
        Alg::MlDsa(MlDsa::MlDsa65) => vec![3309],
        Alg::MlDsa(MlDsa::MlDsa87) => vec![4627],
    }
}

/// Header parameters of JWS and JWE.
pub const PARAMETERS: [&str; 30] = [
    "alg",
    "enc",
    "zip",
    "typ",
    "cty",
    "kid",
    "jku",
    "jwk",
    "x5u",
    "x5c",
    "x5t",
    "x5t#S256",
    "crit",
    "b64",
    "epk",
    "apu",
    "apv",
    "iv",
    "tag",
    "p2s",
    "p2c",
    "iss",
    "sub",
    "aud",
    "url",
    "nonce",
    "ppt",
    "svt",
    "trust_chain",
    "iheSSId",
];

/// Those that `crit` must not list: every reader of RFC 7515, 7516 and 7518 knows them.
pub const NEVER_CRITICAL: [&str; 20] = [
    "alg", "enc", "zip", "typ", "cty", "kid", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "epk",
    "apu", "apv", "iv", "tag", "p2s", "p2c",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_registered_once() {
        let names: Vec<&str> = all().map(|algorithm| algorithm.name).collect();
        for (i, one) in names.iter().enumerate() {
            assert!(!names[..i].iter().any(|other| other.eq_ignore_ascii_case(one)), "{one}");
        }
        assert_eq!(in_other_case("hs256"), Some("HS256"));
        assert_eq!(in_other_case("HS256"), None);
        assert_eq!(in_other_case("HS1024"), None);
    }
}
