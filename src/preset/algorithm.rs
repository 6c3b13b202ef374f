//! What each algorithm of a token wants of its key: which kind, and how large.
//!
//! Signatures: RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864 and FIPS 204. Encryption: RFC 7518 sections 4.1 and 5.1.

use crate::protocol::{KeyKind, KeyOrder};

/// The key that an algorithm wants of who makes a token with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A secret of at least so many bytes (RFC 7518 section 3.2).
    Secret(usize),
    /// A shared key of just so many bytes.
    Shared(usize),
    /// A password, from which the key is derived (RFC 7518 section 4.8).
    Password,
    /// A private key; `None` where no such key can be made here.
    Private(Option<KeyKind>),
    /// The public key of who is to read it.
    Public(Option<KeyKind>),
}

/// What `alg` wants; `enc` is the content's encryption, which matters where the key encrypts the content itself (`dir`).
/// `None` for an algorithm that no standard names, and for `none`.
pub fn wanted(alg: &str, enc: &str) -> Option<Wanted> {
    use KeyKind::{Ed25519, P256, P384, P521, Rsa, Secp256k1};
    Some(match alg {
        "HS256" => Wanted::Secret(32),
        "HS384" => Wanted::Secret(48),
        "HS512" => Wanted::Secret(64),
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => Wanted::Private(Some(Rsa(RSA_BITS))),
        "ES256" => Wanted::Private(Some(P256)),
        "ES384" => Wanted::Private(Some(P384)),
        "ES512" => Wanted::Private(Some(P521)),
        "ES256K" => Wanted::Private(Some(Secp256k1)),
        "EdDSA" | "Ed25519" => Wanted::Private(Some(Ed25519)),
        "Ed448" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" => Wanted::Private(None),
        "RSA1_5" | "RSA-OAEP" | "RSA-OAEP-256" | "RSA-OAEP-384" | "RSA-OAEP-512" => {
            Wanted::Public(Some(Rsa(RSA_BITS)))
        }
        "ECDH-ES" | "ECDH-ES+A128KW" | "ECDH-ES+A192KW" | "ECDH-ES+A256KW" => Wanted::Public(Some(P256)),
        "A128KW" | "A128GCMKW" => Wanted::Shared(16),
        "A192KW" | "A192GCMKW" => Wanted::Shared(24),
        "A256KW" | "A256GCMKW" => Wanted::Shared(32),
        "PBES2-HS256+A128KW" | "PBES2-HS384+A192KW" | "PBES2-HS512+A256KW" => Wanted::Password,
        "dir" => Wanted::Shared(content_key(enc)?),
        _ => return None,
    })
}

/// Bits of a modulus that is enough until 2030 (NIST SP 800-57 part 1), and the least that RFC 7518 section 3.3 allows.
const RSA_BITS: usize = 2048;

/// Bytes of the key that encrypts the content (RFC 7518 section 5.1).
fn content_key(enc: &str) -> Option<usize> {
    Some(match enc {
        "A128GCM" => 16,
        "A192GCM" => 24,
        "A256GCM" | "A128CBC-HS256" => 32,
        "A192CBC-HS384" => 48,
        "A256CBC-HS512" => 64,
        _ => return None,
    })
}

impl Wanted {
    /// What a field for it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Secret(_) => "Secret",
            Self::Shared(_) => "Shared key",
            Self::Password => "Password",
            Self::Private(_) => "Private key (PEM or JWK)",
            Self::Public(_) => "Public key (PEM or JWK)",
        }
    }

    /// What a field for the key of who checks or decrypts is called.
    pub const fn other_label(self) -> &'static str {
        match self {
            Self::Private(_) => "Public key (PEM, JWK, certificate)",
            Self::Public(_) => "Private key (PEM or JWK)",
            _ => self.label(),
        }
    }

    /// The order for a key pair that fits `alg`; `None` where it is no key pair, or none that can be made here.
    pub fn order(self, alg: &str) -> Option<KeyOrder> {
        let (kind, usage) = match self {
            Self::Private(kind) => (kind?, "sig"),
            Self::Public(kind) => (kind?, "enc"),
            Self::Secret(_) | Self::Shared(_) | Self::Password => return None,
        };
        Some(KeyOrder {
            kind,
            alg: alg.to_owned(),
            usage: usage.to_owned(),
            kid: KeyOrder::BY_THUMBPRINT.to_owned(),
            found: Vec::new(),
        })
    }
}

/// The algorithms that a key of this kind can be for: those that sign first, then those that encrypt.
pub const fn algorithms(kind: KeyKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        KeyKind::Oct(16) => (&[], &["A128KW", "A128GCMKW", "A128GCM"]),
        KeyKind::Oct(32) => (&["HS256"], &["A256KW", "A256GCMKW", "A256GCM", "A128CBC-HS256"]),
        KeyKind::Oct(48) => (&["HS384"], &["A192CBC-HS384"]),
        KeyKind::Oct(64) => (&["HS512"], &["A256CBC-HS512"]),
        KeyKind::Oct(_) => (&[], &[]),
        KeyKind::Rsa(_) => (
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            &["RSA-OAEP-256", "RSA-OAEP", "RSA-OAEP-384", "RSA-OAEP-512"],
        ),
        KeyKind::P256 => (&["ES256"], ECDH),
        KeyKind::P384 => (&["ES384"], ECDH),
        KeyKind::P521 => (&["ES512"], ECDH),
        KeyKind::Secp256k1 => (&["ES256K"], &[]),
        KeyKind::Ed25519 => (&["EdDSA", "Ed25519"], &[]),
        KeyKind::X25519 => (&[], ECDH),
    }
}

const ECDH: &[&str] = &["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_offered_for_the_algorithms_that_want_it() {
        let kinds = [
            KeyKind::Rsa(2048),
            KeyKind::P256,
            KeyKind::P384,
            KeyKind::P521,
            KeyKind::Secp256k1,
            KeyKind::Ed25519,
        ];
        for kind in kinds {
            for alg in algorithms(kind).0 {
                assert_eq!(wanted(alg, ""), Some(Wanted::Private(Some(kind))), "{alg}");
            }
        }
        for alg in algorithms(KeyKind::Rsa(2048)).1 {
            assert_eq!(wanted(alg, ""), Some(Wanted::Public(Some(KeyKind::Rsa(2048)))), "{alg}");
        }
        for bytes in [32, 48, 64] {
            for alg in algorithms(KeyKind::Oct(bytes)).0 {
                assert_eq!(wanted(alg, ""), Some(Wanted::Secret(bytes)), "{alg}");
            }
        }
    }

    #[test]
    fn the_content_s_key_is_as_long_as_its_encryption_wants() {
        assert_eq!(wanted("dir", "A256CBC-HS512"), Some(Wanted::Shared(64)));
        assert_eq!(wanted("dir", "A128GCM"), Some(Wanted::Shared(16)));
        assert_eq!(wanted("dir", ""), None);
        assert_eq!(wanted("none", ""), None);
        assert_eq!(wanted("hs256", ""), None, "names are case-sensitive");
    }

    #[test]
    fn an_order_is_for_the_algorithm() {
        let order = wanted("PS384", "").and_then(|wanted| wanted.order("PS384")).expect("a key pair");
        assert_eq!((order.kind, &*order.alg, &*order.usage), (KeyKind::Rsa(2048), "PS384", "sig"));
        let order = wanted("ECDH-ES", "").and_then(|wanted| wanted.order("ECDH-ES")).expect("a key pair");
        assert_eq!((order.kind, &*order.usage), (KeyKind::P256, "enc"));
        assert!(wanted("HS256", "").and_then(|wanted| wanted.order("HS256")).is_none());
    }
}
