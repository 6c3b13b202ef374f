//! The algorithms of signatures: the header's `alg` in a JWS (RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864, and
//! those of ML-DSA in the registry of JOSE).

use super::key::{Curve, Jwk, Key, MlDsa, OkpCurve};
use super::primitive::rsa::Padding;
use super::primitive::{ec, ml_dsa, okp, rsa};
use crate::scheme::kit::digest::Digest;

/// An algorithm, with all its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    Hmac(Digest),
    RsaPkcs1(Digest),
    /// MGF1 and the salt are of the hash's size (RFC 7518 section 3.5).
    RsaPss(Digest),
    Ecdsa(Curve, Digest),
    /// Of one curve, or of the key's (RFC 8037 section 3.1).
    EdDsa(Option<OkpCurve>),
    MlDsa(MlDsa),
}

/// Every algorithm by its name, the usual ones first. `none` is not among them: it signs nothing.
pub const ALL: [(&str, Alg); 19] = [
    ("HS256", Alg::Hmac(Digest::Sha256)),
    ("HS384", Alg::Hmac(Digest::Sha384)),
    ("HS512", Alg::Hmac(Digest::Sha512)),
    ("RS256", Alg::RsaPkcs1(Digest::Sha256)),
    ("RS384", Alg::RsaPkcs1(Digest::Sha384)),
    ("RS512", Alg::RsaPkcs1(Digest::Sha512)),
    ("PS256", Alg::RsaPss(Digest::Sha256)),
    ("PS384", Alg::RsaPss(Digest::Sha384)),
    ("PS512", Alg::RsaPss(Digest::Sha512)),
    ("ES256", Alg::Ecdsa(Curve::P256, Digest::Sha256)),
    ("ES384", Alg::Ecdsa(Curve::P384, Digest::Sha384)),
    ("ES512", Alg::Ecdsa(Curve::P521, Digest::Sha512)),
    ("ES256K", Alg::Ecdsa(Curve::Secp256k1, Digest::Sha256)),
    ("EdDSA", Alg::EdDsa(None)),
    ("Ed25519", Alg::EdDsa(Some(OkpCurve::Ed25519))),
    ("Ed448", Alg::EdDsa(Some(OkpCurve::Ed448))),
    ("ML-DSA-44", Alg::MlDsa(MlDsa::MlDsa44)),
    ("ML-DSA-65", Alg::MlDsa(MlDsa::MlDsa65)),
    ("ML-DSA-87", Alg::MlDsa(MlDsa::MlDsa87)),
];

/// The algorithm of that name. Names are case-sensitive (RFC 7515 section 4.1.1).
pub fn by_name(name: &str) -> Option<Alg> {
    ALL.into_iter().find(|(known, _)| *known == name).map(|(_, alg)| alg)
}

impl Alg {
    /// The key that it takes, for people.
    pub const fn wants(self) -> &'static str {
        match self {
            Self::Hmac(_) => "a shared secret",
            Self::RsaPkcs1(_) | Self::RsaPss(_) => "an RSA key",
            Self::Ecdsa(Curve::P256, _) => "an EC key on P-256",
            Self::Ecdsa(Curve::P384, _) => "an EC key on P-384",
            Self::Ecdsa(Curve::P521, _) => "an EC key on P-521",
            Self::Ecdsa(Curve::Secp256k1, _) => "an EC key on secp256k1",
            Self::EdDsa(Some(OkpCurve::Ed448)) => "an Ed448 key",
            Self::EdDsa(Some(_)) => "an Ed25519 key",
            Self::EdDsa(None) => "an Ed25519 or Ed448 key",
            Self::MlDsa(_) => "a key of type AKP for the same algorithm",
        }
    }

    /// Whether `key` is of the type that it takes: never one tried as another.
    pub fn takes(self, key: &Key) -> bool {
        match (self, key) {
            (Self::Hmac(_), Key::Oct(_)) | (Self::RsaPkcs1(_) | Self::RsaPss(_), Key::Rsa(_)) => true,
            (Self::Ecdsa(curve, _), Key::Ec(key)) => key.curve == curve,
            (Self::EdDsa(None), Key::Okp(key)) => matches!(key.curve, OkpCurve::Ed25519 | OkpCurve::Ed448),
            (Self::EdDsa(Some(curve)), Key::Okp(key)) => key.curve == curve,
            (Self::MlDsa(set), Key::Akp(key)) => key.set == set,
            _ => false,
        }
    }

    /// Whether `signature` is one of `input` by `key`.
    pub fn verify(self, key: &Key, input: &[u8], signature: &[u8]) -> bool {
        match (self, key) {
            (Self::Hmac(digest), Key::Oct(secret)) => digest.verifies(secret.bytes(), input, signature),
            (Self::RsaPkcs1(digest), Key::Rsa(key)) => {
                rsa::verify(key, Padding::Pkcs1, digest, input, signature)
            }
            (Self::RsaPss(digest), Key::Rsa(key)) => rsa::verify(key, pss(digest), digest, input, signature),
            (Self::Ecdsa(_, digest), Key::Ec(key)) if self.takes(&Key::Ec(key.clone())) => {
                ec::verify(key, &digest.hash(input), signature)
            }
            (Self::EdDsa(curve), Key::Okp(key)) if curve.is_none_or(|curve| curve == key.curve) => {
                okp::verify(key, input, signature)
            }
            (Self::MlDsa(set), Key::Akp(key)) if set == key.set => ml_dsa::verify(key, input, signature),
            _ => false,
        }
    }

    /// Signs `input`. `None` if `key` is not of the type, has no private part, or is too short for the hash.
    pub fn sign(self, key: &Key, input: &[u8]) -> Option<Vec<u8>> {
        match (self, key) {
            (Self::Hmac(digest), Key::Oct(secret)) => Some(digest.tag(secret.bytes(), input)),
            (Self::RsaPkcs1(digest), Key::Rsa(key)) => rsa::sign(key, Padding::Pkcs1, digest, input),
            (Self::RsaPss(digest), Key::Rsa(key)) => rsa::sign(key, pss(digest), digest, input),
            (Self::Ecdsa(curve, digest), Key::Ec(key)) if curve == key.curve => {
                ec::sign(key, &digest.hash(input))
            }
            (Self::EdDsa(curve), Key::Okp(key)) if curve.is_none_or(|curve| curve == key.curve) => {
                okp::sign(key, input)
            }
            (Self::MlDsa(set), Key::Akp(key)) if set == key.set => ml_dsa::sign(key, input),
            _ => None,
        }
    }

    /// Whether signing the same input again gives the same bytes.
    pub const fn is_deterministic(self) -> bool {
        !matches!(self, Self::RsaPss(_))
    }
}

const fn pss(digest: Digest) -> Padding {
    Padding::Pss { salt: digest.size() }
}

/// What a JWK is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Sign,
    Verify,
    Encrypt,
    Decrypt,
}

impl Jwk {
    /// Whether its own `alg`, `use` and `key_ops` let it be used so (RFC 7517 sections 4.2 to 4.4); `enc` is the content
    /// encryption of a JWE.
    ///
    /// # Errors
    /// A clause about the key: what forbids it.
    pub fn allows(&self, alg: &str, enc: Option<&str>, usage: Use) -> Result<(), String> {
        if let Some(own) = self.alg.as_deref().filter(|own| *own != alg) {
            // A name for one curve and the older name for all of them (RFC 9864 section 3.1).
            let is_alias =
                matches!((own, alg), ("EdDSA", "Ed25519" | "Ed448") | ("Ed25519" | "Ed448", "EdDSA"));
            // A key of `dir` is one of the content encryption (RFC 7520 section 5.6).
            let is_content = alg == "dir" && Some(own) == enc;
            if !is_alias && !is_content {
                return Err(format!("is for {own} only (`alg`)"));
            }
        }
        let is_signature = matches!(usage, Use::Sign | Use::Verify);
        if let Some(own) =
            self.usage.as_deref().filter(|own| *own != if is_signature { "sig" } else { "enc" })
        {
            return Err(format!("is for `use` {own} only"));
        }
        // A key that may sign or wrap is also shown what it made.
        let wanted: &[&str] = match usage {
            Use::Sign => &["sign"],
            Use::Verify => &["verify", "sign"],
            Use::Encrypt => &["encrypt", "wrapKey", "deriveKey", "deriveBits"],
            Use::Decrypt => &["decrypt", "unwrapKey", "deriveKey", "deriveBits"],
        };
        match &self.key_ops {
            Some(ops) if !ops.iter().any(|op| wanted.contains(&op.as_str())) => {
                Err(format!("is for `key_ops` {} only", ops.join(", ")))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::key::Akp;
    use crate::secret::Secret;

    fn keys() -> Vec<Key> {
        let mut keys = vec![Key::Oct(Secret::new(vec![7; 64]))];
        keys.extend(Curve::ALL.map(|curve| Key::Ec(ec::generate(curve).expect("random bytes"))));
        for curve in OkpCurve::ALL {
            keys.push(Key::Okp(okp::generate(curve).expect("random bytes")));
        }
        keys.extend(
            MlDsa::ALL.map(|set| Key::Akp(Akp::of_seed(set, Secret::new(vec![9; 32])).expect("a seed"))),
        );
        keys
    }

    #[test]
    fn a_key_signs_for_its_own_algorithms_only() {
        for (name, alg) in ALL {
            for key in keys() {
                let signature = alg.sign(&key, b"input");
                assert_eq!(signature.is_some(), alg.takes(&key), "{name}, {}", key.title());
                let Some(signature) = signature else { continue };
                let verifier = key.public().unwrap_or_else(|| key.clone());
                assert!(alg.verify(&verifier, b"input", &signature), "{name}");
                assert!(!alg.verify(&verifier, b"other", &signature), "{name}");
                assert!(
                    !alg.verify(&verifier, b"input", signature.split_last().expect("not empty").1),
                    "{name}"
                );
                for other in keys() {
                    assert!(
                        key == other || !alg.verify(&other, b"input", &signature) || alg.takes(&other),
                        "{name}"
                    );
                }
                if alg.is_deterministic() {
                    assert_eq!(alg.sign(&key, b"input"), Some(signature), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_jwk_is_used_as_it_says() {
        let mut jwk = Jwk::of(Key::Oct(Secret::new(vec![7; 32])));
        assert_eq!(jwk.allows("HS256", None, Use::Sign), Ok(()));
        jwk.alg = Some("HS256".into());
        assert!(
            jwk.allows("HS256", None, Use::Sign).is_ok() && jwk.allows("HS512", None, Use::Sign).is_err()
        );
        jwk.usage = Some("enc".into());
        assert!(jwk.allows("HS256", None, Use::Verify).is_err());
        jwk.usage = Some("sig".into());
        jwk.key_ops = Some(vec!["verify".into()]);
        assert!(
            jwk.allows("HS256", None, Use::Verify).is_ok() && jwk.allows("HS256", None, Use::Sign).is_err()
        );
    }
}
