//! PASETO's cryptography, versions 1 to 4: how a message is encrypted (`local`) or signed (`public`), and what is
//! authenticated beside it.
//!
//! Everything that is authenticated goes through PAE, the encoding that keeps its pieces apart. What is signed with a key
//! pair is signed as JOSE does it: v1 as PS384, v2 and v4 as EdDSA with Ed25519, v3 as ES384. Source: the PASETO
//! specification, "Protocol Versions".

use blake2::Blake2bMac;
use blake2::digest::array::ArraySize;
use blake2::digest::consts::{U24, U32, U56, U64};
use blake2::digest::typenum::{IsLessOrEqual, True};
use blake2::digest::{FixedOutput, KeyInit, Update};
use subtle::ConstantTimeEq;

use super::cipher::{self, Aead, TAG};
use super::digest::Digest;
use crate::jose::alg::Alg;
use crate::jose::key::{Curve, Ec, Key, OkpCurve};
use crate::secret::Secret;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// NIST's algorithms of old: AES-CTR with HMAC, RSA.
    V1,
    /// Sodium's: XChaCha20-Poly1305, Ed25519.
    V2,
    /// NIST's: AES-CTR with HMAC, ECDSA on P-384.
    V3,
    /// Sodium's: XChaCha20 with BLAKE2b, Ed25519.
    V4,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Encrypted with a shared key.
    Local,
    /// Signed with a key pair; anyone can read it.
    Public,
}

/// What is authenticated beside a message.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// It stands in the token.
    pub footer: &'a [u8],
    /// Both sides know it, and it stands nowhere. Versions 1 and 2 have none.
    pub assertion: &'a [u8],
}

/// Bytes of a shared key.
pub const KEY: usize = 32;

impl Version {
    pub const ALL: [Self; 4] = [Self::V4, Self::V3, Self::V2, Self::V1];

    /// `4`
    pub const fn digit(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
            Self::V3 => "3",
            Self::V4 => "4",
        }
    }

    pub fn by_digit(digit: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.digit() == digit)
    }

    /// How a token begins: `v4.local.`
    pub fn header(self, purpose: Purpose) -> String {
        format!("v{}.{}.", self.digit(), purpose.word())
    }

    /// Whether there is an implicit assertion.
    pub const fn has_assertion(self) -> bool {
        matches!(self, Self::V3 | Self::V4)
    }

    /// Bytes of the nonce in front of a ciphertext.
    pub const fn nonce_size(self) -> usize {
        match self {
            Self::V1 | Self::V3 | Self::V4 => 32,
            Self::V2 => 24,
        }
    }

    /// Bytes of the tag behind a ciphertext.
    pub const fn tag_size(self) -> usize {
        match self {
            Self::V1 | Self::V3 => 48,
            Self::V2 => TAG,
            Self::V4 => 32,
        }
    }

    /// Bytes of the signature behind a message.
    pub const fn signature_size(self) -> usize {
        match self {
            Self::V1 => 256,
            Self::V2 | Self::V4 => 64,
            Self::V3 => 96,
        }
    }

    /// The algorithm that signs, as JOSE has it.
    pub const fn alg(self) -> Alg {
        match self {
            Self::V1 => Alg::RsaPss(Digest::Sha384),
            Self::V2 | Self::V4 => Alg::EdDsa(Some(OkpCurve::Ed25519)),
            Self::V3 => Alg::Ecdsa(Curve::P384, Digest::Sha384),
        }
    }
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Local, Self::Public];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Public => "public",
        }
    }

    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// Pre-Authentication Encoding: how many pieces there are, and before each how long it is, in eight bytes (little-endian).
pub fn pae(pieces: &[&[u8]]) -> Vec<u8> {
    let length = |bytes: usize| (bytes as u64).to_le_bytes();
    let mut out = length(pieces.len()).to_vec();
    for piece in pieces {
        out.extend(length(piece.len()));
        out.extend_from_slice(piece);
    }
    out
}

/// The parts of an encrypted token's body.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    pub nonce: &'a [u8],
    pub ciphertext: &'a [u8],
    pub tag: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// `None` if it is shorter than a nonce and a tag.
    pub fn cut(version: Version, body: &'a [u8]) -> Option<Self> {
        let (nonce, rest) = body.split_at_checked(version.nonce_size())?;
        let (ciphertext, tag) = rest.split_at_checked(rest.len().checked_sub(version.tag_size())?)?;
        Some(Self { nonce, ciphertext, tag })
    }
}

/// What versions 1, 3 and 4 make of the shared key, anew for each nonce.
#[derive(Debug)]
pub struct Derived {
    pub encryption: Secret,
    /// The cipher's own nonce: a counter block of AES, or 24 bytes.
    pub counter: Vec<u8>,
    pub authentication: Secret,
}

const ENCRYPTION: &[u8] = b"paseto-encryption-key";
const AUTHENTICATION: &[u8] = b"paseto-auth-key-for-aead";

impl Derived {
    /// `None` for version 2, which takes the key as it is, and for a key or nonce of another length.
    pub fn of(version: Version, key: &[u8], nonce: &[u8]) -> Option<Self> {
        if key.len() != KEY || nonce.len() != version.nonce_size() {
            return None;
        }
        let split = |both: Secret| {
            let (encryption, counter) = both.bytes().split_at_checked(KEY)?;
            Some((Secret::new(encryption.to_vec()), counter.to_vec()))
        };
        match version {
            Version::V1 => {
                let (salt, counter) = nonce.split_at_checked(16)?;
                Some(Self {
                    encryption: Digest::Sha384.hkdf(salt, key, ENCRYPTION, KEY)?,
                    counter: counter.to_vec(),
                    authentication: Digest::Sha384.hkdf(salt, key, AUTHENTICATION, KEY)?,
                })
            }
            Version::V2 => None,
            Version::V3 => {
                let derived = |info: &[u8]| Digest::Sha384.hkdf(b"", key, &[info, nonce].concat(), 48);
                let (encryption, counter) = split(derived(ENCRYPTION)?)?;
                Some(Self { encryption, counter, authentication: derived(AUTHENTICATION)? })
            }
            Version::V4 => {
                let both = Secret::new(blake2b::<U56>(key, &[ENCRYPTION, nonce])?);
                let (encryption, counter) = split(both)?;
                let authentication = Secret::new(blake2b::<U32>(key, &[AUTHENTICATION, nonce])?);
                Some(Self { encryption, counter, authentication })
            }
        }
    }

    /// Encrypts and decrypts.
    fn crypt(&self, version: Version, text: &[u8]) -> Option<Vec<u8>> {
        match version {
            Version::V4 => cipher::xchacha20(self.encryption.bytes(), &self.counter, text),
            _ => cipher::ctr(self.encryption.bytes(), &self.counter, text),
        }
    }

    /// The tag of what goes into it.
    pub fn tag(&self, version: Version, input: &[u8]) -> Option<Vec<u8>> {
        match version {
            Version::V4 => blake2b::<U32>(self.authentication.bytes(), &[input]),
            _ => Some(Digest::Sha384.tag(self.authentication.bytes(), input)),
        }
    }
}

/// What the tag of an encrypted token is computed over; in version 2, where the cipher takes the ciphertext itself, what
/// it authenticates beside it.
pub fn tag_input(version: Version, nonce: &[u8], ciphertext: &[u8], beside: Beside) -> Vec<u8> {
    let header = version.header(Purpose::Local);
    let header = header.as_bytes();
    match version {
        Version::V1 => pae(&[header, nonce, ciphertext, beside.footer]),
        Version::V2 => pae(&[header, nonce, beside.footer]),
        Version::V3 | Version::V4 => pae(&[header, nonce, ciphertext, beside.footer, beside.assertion]),
    }
}

/// The nonce that is made of random bytes: versions 1 and 2 mix the message in, so that a bad random source hurts less.
pub fn nonce(version: Version, random: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    match version {
        Version::V1 => Digest::Sha384.tag(random, message).get(..version.nonce_size()).map(<[u8]>::to_vec),
        Version::V2 => blake2b::<U24>(random, &[message]),
        Version::V3 | Version::V4 => Some(random.to_vec()),
    }
}

/// The body of an encrypted token. `None` for a key or nonce of another length.
pub fn encrypt(
    version: Version,
    key: &[u8],
    nonce: &[u8],
    message: &[u8],
    beside: Beside,
) -> Option<Vec<u8>> {
    if version == Version::V2 {
        let aad = tag_input(version, nonce, &[], beside);
        let sealed = Aead::XChaCha20Poly1305.seal(key, nonce, &aad, message)?;
        return Some([nonce, &sealed].concat());
    }
    let derived = Derived::of(version, key, nonce)?;
    let ciphertext = derived.crypt(version, message)?;
    let tag = derived.tag(version, &tag_input(version, nonce, &ciphertext, beside))?;
    Some([nonce, &ciphertext, &tag].concat())
}

/// The message, if the tag is right.
pub fn decrypt(version: Version, key: &[u8], sealed: Sealed, beside: Beside) -> Option<Vec<u8>> {
    let Sealed { nonce, ciphertext, tag } = sealed;
    let input = tag_input(version, nonce, ciphertext, beside);
    if version == Version::V2 {
        return Aead::XChaCha20Poly1305.open(key, nonce, &input, &[ciphertext, tag].concat());
    }
    let derived = Derived::of(version, key, nonce)?;
    let is_right: bool = derived.tag(version, &input)?.as_slice().ct_eq(tag).into();
    if is_right { derived.crypt(version, ciphertext) } else { None }
}

/// What a signature is made of. Version 3 signs its own public key too.
pub fn signed(version: Version, key: &Key, message: &[u8], beside: Beside) -> Vec<u8> {
    let header = version.header(Purpose::Public);
    let header = header.as_bytes();
    match (version, key) {
        (Version::V1 | Version::V2, _) => pae(&[header, message, beside.footer]),
        (Version::V3, Key::Ec(key)) => {
            pae(&[&compressed(key), header, message, beside.footer, beside.assertion])
        }
        _ => pae(&[header, message, beside.footer, beside.assertion]),
    }
}

/// The point in its short form (SEC 1 section 2.3.3).
pub fn compressed(key: &Ec) -> Vec<u8> {
    let sign = 2 + key.y.last().map_or(0, |last| last & 1);
    [&[sign], &*key.x].concat()
}

/// Keyed BLAKE2b (RFC 7693) of all the pieces, one after the other. `None` for a key of more than 64 bytes.
fn blake2b<Size>(key: &[u8], pieces: &[&[u8]]) -> Option<Vec<u8>>
where
    Size: ArraySize + IsLessOrEqual<U64, Output = True>,
{
    let mut mac = <Blake2bMac<Size> as KeyInit>::new_from_slice(key).ok()?;
    for piece in pieces {
        mac.update(piece);
    }
    Some(mac.finalize_fixed().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_kept_apart() {
        // The specification's own examples ("Common implementation details").
        assert_eq!(pae(&[]), [0; 8]);
        assert_eq!(pae(&[b""]), [[1, 0, 0, 0, 0, 0, 0, 0], [0; 8]].concat());
        assert_eq!(pae(&[b"test"]), b"\x01\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0test");
        assert_ne!(pae(&[b"ab", b"c"]), pae(&[b"a", b"bc"]));
    }

    #[test]
    fn blake2b_is_that_of_other_libraries() {
        // As computed by hashlib.blake2b of Python.
        let hash = blake2b::<U32>(b"key", &[b"mess", b"age"]).expect("a short key");
        assert_eq!(hex::encode(hash), "a1b1483fd337f6b23318a53b756ad49d2541f3052ffb67515203dd7951b6e94e");
        assert_eq!(blake2b::<U24>(&[0; 65], &[]), None);
    }

    #[test]
    fn what_is_encrypted_is_decrypted_and_nothing_else() {
        let beside = Beside { footer: b"footer", assertion: b"assertion" };
        for version in Version::ALL {
            let nonce = vec![9; version.nonce_size()];
            for message in [&b""[..], b"a message"] {
                let body = encrypt(version, &[7; KEY], &nonce, message, beside).expect("lengths");
                assert_eq!(body.len(), version.nonce_size() + message.len() + version.tag_size());
                let open = |key: &[u8], body: &[u8], beside| {
                    decrypt(version, key, Sealed::cut(version, body)?, beside)
                };
                assert_eq!(open(&[7; KEY], &body, beside).as_deref(), Some(message));
                assert_eq!(open(&[8; KEY], &body, beside), None);
                assert_eq!(open(&[7; 31], &body, beside), None);
                assert_eq!(open(&[7; KEY], &body, Beside { footer: b"", ..beside }), None);
                let other = open(&[7; KEY], &body, Beside { assertion: b"", ..beside });
                assert_eq!(other.is_some(), !version.has_assertion());
                for at in 0..body.len() {
                    let mut changed = body.clone();
                    changed[at] ^= 1;
                    assert_eq!(open(&[7; KEY], &changed, beside), None, "{version:?}, byte {at}");
                }
            }
            assert!(Sealed::cut(version, &vec![0; version.nonce_size() + version.tag_size() - 1]).is_none());
            assert!(encrypt(version, &[7; KEY], &nonce[1..], b"", beside).is_none());
            assert!(encrypt(version, &[7; 16], &nonce, b"", beside).is_none());
        }
    }
}
