//! How the content's key of a JWE comes about: the header's `alg` (RFC 7518 section 4).

use aes_kw::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, consts::U16};
use aes_kw::{AesKw, IV_LEN, KeyInit};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::jws::Header;
use super::key::jwk::Half;
use super::key::{Curve, Ec, Jwk, Key, Okp, OkpCurve, jwk};
use super::primitive::{ec, okp, rsa};
use crate::limits::{MAX_P2C, SLOW_P2C};
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::cipher::{self, Aead};
use crate::scheme::kit::digest::Digest;
use crate::scheme::kit::jwe::Enc;
use crate::scheme::kit::random;
use crate::secret::Secret;

/// An algorithm, with all its parameters. Sizes are bytes of the key that wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlg {
    /// The shared key is the content's.
    Dir,
    /// AES Key Wrap (RFC 3394).
    AesKw(usize),
    /// AES-GCM, with `iv` and `tag` in the header.
    AesGcmKw(usize),
    /// OAEP with that hash, for MGF1 too.
    RsaOaep(Digest),
    /// The agreed key is the content's, or wraps it with AES of that size.
    EcdhEs(Option<usize>),
    /// PBKDF2 of that hash, then AES Key Wrap.
    Pbes2(Digest, usize),
}

/// Every algorithm by its name, the usual ones first. RSA1_5 is not among them: see [`REFUSED`].
pub const ALL: [(&str, KeyAlg); 18] = [
    ("dir", KeyAlg::Dir),
    ("A128KW", KeyAlg::AesKw(16)),
    ("A192KW", KeyAlg::AesKw(24)),
    ("A256KW", KeyAlg::AesKw(32)),
    ("A128GCMKW", KeyAlg::AesGcmKw(16)),
    ("A192GCMKW", KeyAlg::AesGcmKw(24)),
    ("A256GCMKW", KeyAlg::AesGcmKw(32)),
    ("RSA-OAEP-256", KeyAlg::RsaOaep(Digest::Sha256)),
    ("RSA-OAEP", KeyAlg::RsaOaep(Digest::Sha1)),
    ("RSA-OAEP-384", KeyAlg::RsaOaep(Digest::Sha384)),
    ("RSA-OAEP-512", KeyAlg::RsaOaep(Digest::Sha512)),
    ("ECDH-ES", KeyAlg::EcdhEs(None)),
    ("ECDH-ES+A128KW", KeyAlg::EcdhEs(Some(16))),
    ("ECDH-ES+A192KW", KeyAlg::EcdhEs(Some(24))),
    ("ECDH-ES+A256KW", KeyAlg::EcdhEs(Some(32))),
    ("PBES2-HS256+A128KW", KeyAlg::Pbes2(Digest::Sha256, 16)),
    ("PBES2-HS384+A192KW", KeyAlg::Pbes2(Digest::Sha384, 24)),
    ("PBES2-HS512+A256KW", KeyAlg::Pbes2(Digest::Sha512, 32)),
];

/// The one that is known and not used, and why.
pub const REFUSED: (&str, &str) = (
    "RSA1_5",
    "`alg` is RSA1_5, RSA with the padding of PKCS#1 v1.5. A server that tells whether that padding was right can be made to \
     decrypt any token for whoever asks often enough (Bleichenbacher's attack), so JOSE has deprecated it and Keyjar does not \
     decrypt it. Use RSA-OAEP-256 or ECDH-ES.",
);

/// The algorithm of that name.
pub fn by_name(name: &str) -> Option<KeyAlg> {
    ALL.into_iter().find(|(known, _)| *known == name).map(|(_, alg)| alg)
}

/// Iterations of PBKDF2 for new tokens (OWASP's advice for SHA-256, 2023).
pub const NEW_P2C: u32 = 600_000;

/// What it costs to wait.
pub const SLOW: &str = "That takes about a second, and more on a slow device.";

/// Why the content's key cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The header lacks what the algorithm needs, or it is not of its form: a sentence.
    Parameter(String),
    /// It is slow by design, and nobody has asked for it yet: a sentence.
    Slow(String),
    /// This key does not open it.
    Key,
}

impl KeyAlg {
    /// Bytes of the shared key that it takes, where only one length will do.
    pub const fn key_size(self, enc: Enc) -> Option<usize> {
        match self {
            Self::Dir => Some(enc.key_size()),
            Self::AesKw(size) | Self::AesGcmKw(size) => Some(size),
            _ => None,
        }
    }

    /// The key that it takes, for people.
    pub fn wants(self, enc: Enc) -> String {
        match (self, self.key_size(enc)) {
            (_, Some(size)) => format!("a shared key of {size} bytes"),
            (Self::RsaOaep(_), _) => "the receiver's RSA key".into(),
            (Self::Pbes2(..), _) => "the password".into(),
            _ => "the receiver's key on P-256, P-384, P-521 or X25519".into(),
        }
    }

    /// Whether it is slow by design with this header, or with the one that is made where it says nothing.
    pub fn is_slow(self, header: &Header) -> bool {
        let count = header.get("p2c").map_or(Some(u64::from(NEW_P2C)), Value::as_u64);
        matches!(self, Self::Pbes2(..))
            && count.is_some_and(|count| count > u64::from(SLOW_P2C) && count <= u64::from(MAX_P2C))
    }

    /// Whether `key` is of the type that it takes: never one tried as another.
    pub const fn takes(self, key: &Key) -> bool {
        match (self, key) {
            (Self::Dir | Self::AesKw(_) | Self::AesGcmKw(_) | Self::Pbes2(..), Key::Oct(_))
            | (Self::RsaOaep(_), Key::Rsa(_)) => true,
            (Self::EcdhEs(_), Key::Ec(key)) => !matches!(key.curve, Curve::Secp256k1),
            (Self::EcdhEs(_), Key::Okp(key)) => matches!(key.curve, OkpCurve::X25519 | OkpCurve::X448),
            _ => false,
        }
    }

    /// The content's key. `name` is the algorithm's own name, which ECDH-ES and PBES2 take in; `patient` is whether what is
    /// slow by design may run.
    ///
    /// # Errors
    /// As [`Trouble`] says.
    pub fn unwrap(
        self,
        name: &str,
        header: &Header,
        encrypted: &[u8],
        key: &Key,
        enc: Enc,
        patient: bool,
    ) -> Result<Secret, Trouble> {
        if encrypted.is_empty() && !matches!(self, Self::Dir | Self::EcdhEs(None)) {
            return Err(Trouble::Parameter(format!(
                "With {name} the second part holds the content's key, and it is empty."
            )));
        }
        let unwrapped = match (self, key) {
            (Self::Dir, Key::Oct(secret)) => is_nothing(encrypted)?.then(|| secret.clone()),
            (Self::AesKw(size), Key::Oct(secret)) => aes_unwrap(secret.bytes(), size, encrypted),
            (Self::AesGcmKw(size), Key::Oct(secret)) => {
                let iv = parameter(header, "iv", Some(12))?;
                let sealed = [encrypted, &parameter(header, "tag", Some(cipher::TAG))?].concat();
                let secret = Some(secret).filter(|secret| secret.len() == size);
                secret
                    .and_then(|secret| Aead::AesGcm.open(secret.bytes(), &iv, b"", &sealed))
                    .map(Secret::new)
            }
            (Self::RsaOaep(digest), Key::Rsa(key)) => rsa::oaep_decrypt(key, digest, encrypted),
            (Self::EcdhEs(wrap), Key::Ec(_) | Key::Okp(_)) => {
                let shared = agree(key, &epk(header)?);
                let party = |name| optional(header, name);
                let (apu, apv) = (party("apu")?, party("apv")?);
                let Some(shared) = shared else { return Err(no_secret(key, &epk(header)?)) };
                match wrap {
                    None => is_nothing(encrypted)?
                        .then(|| concat_kdf(&shared, enc.name(), &apu, &apv, enc.key_size())),
                    Some(size) => {
                        aes_unwrap(concat_kdf(&shared, name, &apu, &apv, size).bytes(), size, encrypted)
                    }
                }
            }
            (Self::Pbes2(digest, size), Key::Oct(password)) => {
                let salt = salt(name, &parameter(header, "p2s", None)?)?;
                let count = count(header)?;
                if count > SLOW_P2C && !patient {
                    return Err(Trouble::Slow(format!(
                        "The key is derived with {count} rounds of PBKDF2, which takes a moment."
                    )));
                }
                let wrapping = digest.pbkdf2(password.bytes(), &salt, count, size);
                wrapping.and_then(|wrapping| aes_unwrap(wrapping.bytes(), size, encrypted))
            }
            _ => None,
        };
        unwrapped.filter(|content| content.len() == enc.key_size()).ok_or(Trouble::Key)
    }

    /// A new key of the content, and it encrypted for `key`; what the receiver needs is put into `header`.
    ///
    /// # Errors
    /// A sentence: what the key or the header lacks.
    pub fn wrap(
        self,
        name: &str,
        header: &mut Header,
        key: &Key,
        enc: Enc,
    ) -> Result<(Secret, Vec<u8>), Trouble> {
        let content = match (self, key) {
            (Self::Dir, Key::Oct(secret)) => secret.clone(),
            (Self::EcdhEs(None), _) => Secret::new(Vec::new()),
            _ => random_key(enc.key_size())?,
        };
        let encrypted = match (self, key) {
            (Self::Dir, Key::Oct(secret)) => (secret.len() == enc.key_size()).then(Vec::new),
            (Self::AesKw(size), Key::Oct(secret)) => aes_wrap(secret.bytes(), size, content.bytes()),
            (Self::AesGcmKw(size), Key::Oct(secret)) => {
                let iv = random_key(12)?;
                let secret = Some(secret).filter(|secret| secret.len() == size);
                let sealed = secret
                    .and_then(|secret| Aead::AesGcm.seal(secret.bytes(), iv.bytes(), b"", content.bytes()));
                let parts = sealed.as_deref().and_then(|sealed| sealed.split_at_checked(content.len()));
                parts.map(|(encrypted, tag)| {
                    set(header, "iv", iv.bytes());
                    set(header, "tag", tag);
                    encrypted.to_vec()
                })
            }
            (Self::RsaOaep(digest), Key::Rsa(key)) => rsa::oaep_encrypt(key, digest, content.bytes()),
            (Self::EcdhEs(wrap), Key::Ec(_) | Key::Okp(_)) => {
                let own = ephemeral(key).ok_or(Trouble::Key)?;
                let shared = agree(&own, key).ok_or(Trouble::Key)?;
                let epk = jwk::write(&Jwk::of(own), Half::Public).ok_or(Trouble::Key)?;
                header.insert("epk".into(), serde_json::from_str(&epk).map_err(|_| Trouble::Key)?);
                let (apu, apv) = (optional(header, "apu")?, optional(header, "apv")?);
                return match wrap {
                    None => Ok((concat_kdf(&shared, enc.name(), &apu, &apv, enc.key_size()), Vec::new())),
                    Some(size) => {
                        let wrapping = concat_kdf(&shared, name, &apu, &apv, size);
                        let encrypted = aes_wrap(wrapping.bytes(), size, content.bytes());
                        encrypted.map(|encrypted| (content, encrypted)).ok_or(Trouble::Key)
                    }
                };
            }
            (Self::Pbes2(digest, size), Key::Oct(password)) => {
                if !header.contains_key("p2s") {
                    set(header, "p2s", random_key(16)?.bytes());
                }
                if !header.contains_key("p2c") {
                    header.insert("p2c".into(), NEW_P2C.into());
                }
                let salt = salt(name, &parameter(header, "p2s", None)?)?;
                let wrapping = digest.pbkdf2(password.bytes(), &salt, count(header)?, size);
                wrapping.and_then(|wrapping| aes_wrap(wrapping.bytes(), size, content.bytes()))
            }
            _ => None,
        };
        encrypted.map(|encrypted| (content, encrypted)).ok_or(Trouble::Key)
    }
}

fn is_nothing(encrypted: &[u8]) -> Result<bool, Trouble> {
    if encrypted.is_empty() {
        return Ok(true);
    }
    Err(Trouble::Parameter(
        "With this `alg` there is no encrypted key, but the second part is not empty.".into(),
    ))
}

fn random_key(size: usize) -> Result<Secret, Trouble> {
    let bytes = random::bytes::<64>().map_err(|error| Trouble::Parameter(error.message))?;
    Ok(Secret::new(bytes.get(..size).unwrap_or_default().to_vec()))
}

/// A header parameter of Base64url text that has to be there, of so many bytes if it says so.
fn parameter(header: &Header, name: &str, size: Option<usize>) -> Result<Vec<u8>, Trouble> {
    let wrong = |what: &str| Trouble::Parameter(format!("The header's `{name}` {what}."));
    match header.get(name) {
        None => Err(wrong("is not there, and this `alg` needs it")),
        Some(Value::String(text)) => {
            let bytes = BASE64URL.decode(text).map_err(|_| wrong("is not Base64url"))?;
            match size.filter(|size| *size != bytes.len()) {
                Some(size) => Err(wrong(&format!("has {} bytes; it must have {size}", bytes.len()))),
                None => Ok(bytes),
            }
        }
        Some(_) => Err(wrong("is not a text")),
    }
}

/// The same where it may be absent, for which nothing stands.
fn optional(header: &Header, name: &str) -> Result<Vec<u8>, Trouble> {
    if header.contains_key(name) { parameter(header, name, None) } else { Ok(Vec::new()) }
}

fn set(header: &mut Header, name: &str, bytes: &[u8]) {
    header.insert(name.to_owned(), json!(BASE64URL.encode(bytes)));
}

/// RFC 7518 section 4.8.1.1.
fn salt(name: &str, input: &[u8]) -> Result<Vec<u8>, Trouble> {
    if input.len() < 8 {
        return Err(Trouble::Parameter(format!(
            "The header's `p2s` has {} bytes; a salt has at least 8.",
            input.len()
        )));
    }
    Ok([name.as_bytes(), &[0], input].concat())
}

/// RFC 7518 section 4.8.1.2, within [`MAX_P2C`].
fn count(header: &Header) -> Result<u32, Trouble> {
    let count = header.get("p2c").and_then(Value::as_u64).filter(|count| *count > 0);
    let Some(count) = count else {
        return Err(Trouble::Parameter(
            "The header has no `p2c`, a whole number of rounds from 1 on.".into(),
        ));
    };
    u32::try_from(count).ok().filter(|count| *count <= MAX_P2C).ok_or_else(|| {
        Trouble::Parameter(format!(
            "`p2c` asks for {count} rounds of PBKDF2; Keyjar runs at most {MAX_P2C}. A token with more is made to keep servers \
             busy."
        ))
    })
}

/// The sender's key for this one token (RFC 7518 section 4.6.1.1).
fn epk(header: &Header) -> Result<Key, Trouble> {
    let wrong = |what: &str| Trouble::Parameter(format!("The header's `epk` {what}."));
    let Some(members) = header.get("epk") else {
        return Err(wrong("is not there: the sender's public key for this token"));
    };
    let keys = jwk::read(&members.to_string())
        .map_err(|error| wrong(&format!("cannot be used. {}", error.message)))?;
    keys.into_iter().next().map(|jwk| jwk.key).ok_or_else(|| wrong("is no key"))
}

fn agree(own: &Key, other: &Key) -> Option<Secret> {
    match (own, other) {
        (Key::Ec(own), Key::Ec(other)) => ec::agree(own, other),
        (Key::Okp(own), Key::Okp(other)) => okp::agree(own, other),
        _ => None,
    }
}

/// Why a private key and the sender's key share nothing.
fn no_secret(key: &Key, epk: &Key) -> Trouble {
    match (key, epk) {
        _ if !key.is_secret() => Trouble::Key,
        (Key::Okp(key), Key::Okp(epk)) if key.curve == epk.curve => {
            let message = "The header's `epk` is a point of small order: with it every key shares the same secret, zero.";
            Trouble::Parameter(message.into())
        }
        _ => Trouble::Parameter(format!(
            "The header's `epk` is on another curve than the key: it is an {}, and the key an {}.",
            epk.title(),
            key.title()
        )),
    }
}

/// A new key pair on the curve of `key`.
fn ephemeral(key: &Key) -> Option<Key> {
    match key {
        Key::Ec(Ec { curve, .. }) => ec::generate(*curve).map(Key::Ec),
        Key::Okp(Okp { curve, .. }) => okp::generate(*curve).map(Key::Okp),
        _ => None,
    }
}

/// The one-step key derivation of NIST SP 800-56A section 5.8.1 with SHA-256, as RFC 7518 section 4.6.2 fills it in.
pub fn concat_kdf(shared: &Secret, algorithm: &str, apu: &[u8], apv: &[u8], size: usize) -> Secret {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes();
    let mut key = Zeroizing::new(Vec::new());
    for round in 1_u32..=8 {
        if key.len() >= size {
            break;
        }
        let input = Zeroizing::new(
            [
                &round.to_be_bytes(),
                shared.bytes(),
                &length(algorithm.len()),
                algorithm.as_bytes(),
                &length(apu.len()),
                apu,
                &length(apv.len()),
                apv,
                &length(size.saturating_mul(8)),
            ]
            .concat(),
        );
        key.extend(Digest::Sha256.hash(&input));
    }
    key.truncate(size);
    Secret::new(key.to_vec())
}

/// `content` wrapped with a key of `size` bytes (RFC 3394). `None` if the key has another length, or the content less than
/// two blocks of 8 bytes, which section 2 asks for and the crate does not.
pub fn aes_wrap(key: &[u8], size: usize, content: &[u8]) -> Option<Vec<u8>> {
    let key = Some(key).filter(|key| key.len() == size && content.len() >= 2 * IV_LEN)?;
    match size {
        16 => wrap_with::<aes::Aes128>(key, content),
        24 => wrap_with::<aes::Aes192>(key, content),
        32 => wrap_with::<aes::Aes256>(key, content),
        _ => None,
    }
}

/// What [`aes_wrap`] wrapped.
pub fn aes_unwrap(key: &[u8], size: usize, wrapped: &[u8]) -> Option<Secret> {
    let key = Some(key).filter(|key| key.len() == size && wrapped.len() >= 3 * IV_LEN)?;
    match size {
        16 => unwrap_with::<aes::Aes128>(key, wrapped),
        24 => unwrap_with::<aes::Aes192>(key, wrapped),
        32 => unwrap_with::<aes::Aes256>(key, wrapped),
        _ => None,
    }
}

fn wrap_with<C: BlockCipherEncrypt<BlockSize = U16> + KeyInit>(
    key: &[u8],
    content: &[u8],
) -> Option<Vec<u8>> {
    let mut wrapped = vec![0; content.len().checked_add(IV_LEN)?];
    AesKw::<C>::new_from_slice(key).ok()?.wrap_key(content, &mut wrapped).ok()?;
    Some(wrapped)
}

fn unwrap_with<C: BlockCipherDecrypt<BlockSize = U16> + KeyInit>(
    key: &[u8],
    wrapped: &[u8],
) -> Option<Secret> {
    let mut content = Zeroizing::new(vec![0; wrapped.len().checked_sub(IV_LEN)?]);
    AesKw::<C>::new_from_slice(key).ok()?.unwrap_key(wrapped, &mut content).ok()?;
    Some(Secret::new(content.to_vec()))
}
