//! Hash functions by name, and what is built of them: HMAC (RFC 2104), PBKDF2 (RFC 8018) and HKDF (RFC 5869).

use hmac::digest::{Digest as _, KeyInit};
use hmac::{Mac, SimpleHmac};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_ITERATIONS;
use crate::secret::Secret;
use crate::work::{self, Function};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_256,
    Sha3_256,
}

/// Runs `$body` with `$hash` as the hash function's type.
macro_rules! with_hash {
    ($digest:expr, $hash:ident => $body:expr) => {
        match $digest {
            Digest::Md5 => {
                type $hash = md5::Md5;
                $body
            }
            Digest::Sha1 => {
                type $hash = sha1::Sha1;
                $body
            }
            Digest::Sha224 => {
                type $hash = sha2::Sha224;
                $body
            }
            Digest::Sha256 => {
                type $hash = sha2::Sha256;
                $body
            }
            Digest::Sha384 => {
                type $hash = sha2::Sha384;
                $body
            }
            Digest::Sha512 => {
                type $hash = sha2::Sha512;
                $body
            }
            Digest::Sha512_256 => {
                type $hash = sha2::Sha512_256;
                $body
            }
            Digest::Sha3_256 => {
                type $hash = sha3::Sha3_256;
                $body
            }
        }
    };
}

impl Digest {
    pub const ALL: [Self; 8] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha512_256,
        Self::Sha3_256,
    ];

    /// Those that new values should be signed with.
    pub const USUAL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// `SHA-256` (FIPS 180-4, FIPS 202, RFC 1321).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512_256 => "SHA-512/256",
            Self::Sha3_256 => "SHA3-256",
        }
    }

    /// The hash function of that name, however it is spelled: `sha256`, `SHA256`, `SHA-256`, `sha512-256`.
    pub fn by_name(name: &str) -> Option<Self> {
        let plain = |name: &str| {
            name.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect::<String>()
        };
        let wanted = plain(name);
        Self::ALL.into_iter().find(|digest| plain(digest.name()) == wanted)
    }

    /// The length of a hash and of a whole tag, in bytes. An HMAC key should not be shorter (RFC 2104 section 3,
    /// RFC 7518 section 3.2).
    pub const fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sha512_256 | Self::Sha3_256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of `message`.
    pub fn hash(self, message: &[u8]) -> Vec<u8> {
        with_hash!(self, Hash => Hash::digest(message).to_vec())
    }

    /// The HMAC tag of `message`. Any length of key is taken, as HMAC does.
    pub fn tag(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        with_hash!(self, Hash => mac::<SimpleHmac<Hash>>(key, message).finalize().into_bytes().to_vec())
    }

    /// Whether `tag` is the whole HMAC tag of `message`, compared in constant time.
    pub fn verifies(self, key: &[u8], message: &[u8], tag: &[u8]) -> bool {
        with_hash!(self, Hash => mac::<SimpleHmac<Hash>>(key, message).verify_slice(tag).is_ok())
    }

    /// `length` bytes of PBKDF2 with HMAC of this hash. `None` for no iterations, or more than [`MAX_ITERATIONS`].
    pub fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32, length: usize) -> Option<Secret> {
        if !(1..=MAX_ITERATIONS).contains(&iterations) {
            return None;
        }
        work::key(
            Function::Pbkdf2 { digest: self, iterations },
            password,
            salt,
            length,
            |key| with_hash!(self, Hash => pbkdf2::pbkdf2::<SimpleHmac<Hash>>(password, salt, iterations, key).ok()),
        )
    }

    /// `length` bytes of HKDF, extract and expand. `None` if `length` is more than 255 hashes.
    pub fn hkdf(self, salt: &[u8], key: &[u8], info: &[u8], length: usize) -> Option<Secret> {
        let mut derived = vec![0; length];
        with_hash!(self, Hash => hkdf::SimpleHkdf::<Hash>::new(Some(salt), key).expand(info, &mut derived).ok()?);
        Some(Secret::new(derived))
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> M {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_are_those_of_the_rfcs() {
        let tag = |digest: Digest| hex::encode(digest.tag(b"Jefe", b"what do ya want for nothing?"));
        // RFC 2202 and RFC 4231; SHA3-256 from NIST's HMAC examples, computed with Python's hmac.
        assert_eq!(tag(Digest::Md5), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(tag(Digest::Sha1), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(tag(Digest::Sha224), "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
        assert_eq!(tag(Digest::Sha256), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(tag(Digest::Sha384).starts_with("af45d2e376484031617f78d2b58a6b1b"));
        assert!(tag(Digest::Sha512).starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
        assert_eq!(tag(Digest::Sha3_256), "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5");
    }

    #[test]
    fn only_the_whole_tag_verifies() {
        for digest in Digest::ALL {
            let tag = digest.tag(b"Jefe", b"message");
            assert_eq!((tag.len(), digest.hash(b"").len()), (digest.size(), digest.size()));
            assert!(digest.verifies(b"Jefe", b"message", &tag));
            assert!(!digest.verifies(b"Jefe", b"message", &tag[1..]));
            assert!(!digest.verifies(b"Jefe", b"another message", &tag));
            assert_eq!(Digest::by_name(&digest.name().to_lowercase()), Some(digest));
        }
        assert_eq!(Digest::by_name("sha256"), Some(Digest::Sha256));
        assert_eq!(Digest::by_name("SHA512-256"), Some(Digest::Sha512_256));
        assert_eq!(Digest::by_name("whirlpool"), None);
    }

    #[test]
    fn keys_are_derived_as_the_rfcs_say() {
        // RFC 6070, the second case; RFC 5869, appendix A.1.
        let key = Digest::Sha1.pbkdf2(b"password", b"salt", 2, 20).expect("few iterations");
        assert_eq!(hex::encode(key.bytes()), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
        assert!(Digest::Sha1.pbkdf2(b"password", b"salt", 0, 20).is_none());
        assert!(Digest::Sha1.pbkdf2(b"password", b"salt", 1_000_000_000, 20).is_none());
        let salt: Vec<u8> = (0..13).collect();
        let info: Vec<u8> = (0xf0..0xfa).collect();
        let key = Digest::Sha256.hkdf(&salt, &[0x0b; 22], &info, 42).expect("short");
        assert!(
            hex::encode(key.bytes())
                .starts_with("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
        );
        assert!(Digest::Sha256.hkdf(b"", b"", b"", 255 * 32 + 1).is_none());
    }
}
