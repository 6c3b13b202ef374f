//! RSASSA-PKCS1-v1_5, RSASSA-PSS and RSAES-OAEP (RFC 8017).

use getrandom::SysRng;
use rsa::hazmat::rsa_decrypt;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Oaep, Pkcs1v15Sign, PrivateKey, Pss, PublicKey};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::jose::key::Rsa;
use crate::jose::key::rsa::number;
use crate::limits::RSA_BITS;
use crate::scheme::kit::digest::Digest;
use crate::secret::Secret;

/// How a message is padded before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// RFC 8017 section 8.2.
    Pkcs1,
    /// RFC 8017 section 8.1, with MGF1 of the same hash and a salt of so many bytes.
    Pss { salt: usize },
}

/// Whether `signature` is one of `message`: exactly as long as the modulus.
pub fn verify(key: &Rsa, padding: Padding, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
    let Some(public) = public(key).filter(|_| signature.len() == key.bits().div_ceil(8)) else {
        return false;
    };
    let hash = digest.hash(message);
    let verified = match (padding, digest) {
        (Padding::Pkcs1, Digest::Sha256) => public.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, signature),
        (Padding::Pkcs1, Digest::Sha384) => public.verify(Pkcs1v15Sign::new::<Sha384>(), &hash, signature),
        (Padding::Pkcs1, Digest::Sha512) => public.verify(Pkcs1v15Sign::new::<Sha512>(), &hash, signature),
        (Padding::Pss { salt }, Digest::Sha256) => {
            public.verify(Pss::<Sha256>::new_with_salt(salt), &hash, signature)
        }
        (Padding::Pss { salt }, Digest::Sha384) => {
            public.verify(Pss::<Sha384>::new_with_salt(salt), &hash, signature)
        }
        (Padding::Pss { salt }, Digest::Sha512) => {
            public.verify(Pss::<Sha512>::new_with_salt(salt), &hash, signature)
        }
        _ => return false,
    };
    verified.is_ok()
}

/// Signs `message`. `None` without the private part, with a key too short for the hash, or without random bytes.
pub fn sign(key: &Rsa, padding: Padding, digest: Digest, message: &[u8]) -> Option<Vec<u8>> {
    let private = private(key)?;
    let hash = digest.hash(message);
    let rng = &mut SysRng;
    let signed = match (padding, digest) {
        (Padding::Pkcs1, Digest::Sha256) => private.sign_with_rng(rng, Pkcs1v15Sign::new::<Sha256>(), &hash),
        (Padding::Pkcs1, Digest::Sha384) => private.sign_with_rng(rng, Pkcs1v15Sign::new::<Sha384>(), &hash),
        (Padding::Pkcs1, Digest::Sha512) => private.sign_with_rng(rng, Pkcs1v15Sign::new::<Sha512>(), &hash),
        (Padding::Pss { salt }, Digest::Sha256) => {
            private.sign_with_rng(rng, Pss::<Sha256>::new_with_salt(salt), &hash)
        }
        (Padding::Pss { salt }, Digest::Sha384) => {
            private.sign_with_rng(rng, Pss::<Sha384>::new_with_salt(salt), &hash)
        }
        (Padding::Pss { salt }, Digest::Sha512) => {
            private.sign_with_rng(rng, Pss::<Sha512>::new_with_salt(salt), &hash)
        }
        _ => return None,
    };
    signed.ok()
}

/// Encrypts with OAEP: `digest` for the label, which is empty, and for MGF1.
pub fn oaep_encrypt(key: &Rsa, digest: Digest, plain: &[u8]) -> Option<Vec<u8>> {
    let public = public(key)?;
    let rng = &mut SysRng;
    let encrypted = match digest {
        Digest::Sha1 => public.encrypt(rng, Oaep::<Sha1>::new(), plain),
        Digest::Sha256 => public.encrypt(rng, Oaep::<Sha256>::new(), plain),
        Digest::Sha384 => public.encrypt(rng, Oaep::<Sha384>::new(), plain),
        Digest::Sha512 => public.encrypt(rng, Oaep::<Sha512>::new(), plain),
        _ => return None,
    };
    encrypted.ok()
}

/// What [`oaep_encrypt`] encrypted.
pub fn oaep_decrypt(key: &Rsa, digest: Digest, ciphertext: &[u8]) -> Option<Secret> {
    let private = private(key)?;
    let rng = &mut SysRng;
    let decrypted = match digest {
        Digest::Sha1 => private.decrypt_blinded(rng, Oaep::<Sha1>::new(), ciphertext),
        Digest::Sha256 => private.decrypt_blinded(rng, Oaep::<Sha256>::new(), ciphertext),
        Digest::Sha384 => private.decrypt_blinded(rng, Oaep::<Sha384>::new(), ciphertext),
        Digest::Sha512 => private.decrypt_blinded(rng, Oaep::<Sha512>::new(), ciphertext),
        _ => return None,
    };
    decrypted.ok().map(Secret::new).filter(|_| begins_with_zero(&private, ciphertext).unwrap_or_default())
}

/// Whether the first byte of what was encrypted is zero (RFC 8017 section 7.1.2, step 3g): the crate does not look.
fn begins_with_zero(private: &PrivateKey, ciphertext: &[u8]) -> Option<bool> {
    let ciphertext = BoxedUint::from_be_slice(ciphertext, private.n_bits_precision()).ok()?;
    let encoded = rsa_decrypt(Some(&mut SysRng), private, &ciphertext).ok()?;
    Some((encoded.bit_width() as usize).div_ceil(8) < private.size())
}

/// The public half as the primitive takes it.
pub fn public(key: &Rsa) -> Option<PublicKey> {
    PublicKey::new_with_size_limits(number(&key.n), number(&key.e), RSA_BITS).ok()
}

/// The private key as the primitive takes it: its parts belong together.
pub fn private(key: &Rsa) -> Option<PrivateKey> {
    let private = key.private.as_ref().filter(|_| RSA_BITS.contains(&key.bits()))?;
    let primes = vec![number(private.p.bytes()), number(private.q.bytes())];
    PrivateKey::from_components(number(&key.n), number(&key.e), number(private.d.bytes()), primes).ok()
}
