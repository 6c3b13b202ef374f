//! Ed25519 and Ed448 (RFC 8032), X25519 and X448 (RFC 7748).

use ed448_goldilocks_plus as ed448;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};

use crate::jose::key::{Okp, OkpCurve};
use crate::scheme::kit::random;
use crate::secret::Secret;

/// Whether `signature` is one of `message`: without a hash before, and without a context.
pub fn verify(key: &Okp, message: &[u8], signature: &[u8]) -> bool {
    match key.curve {
        OkpCurve::Ed25519 => verify_ed25519(&key.x, message, signature).unwrap_or_default(),
        OkpCurve::Ed448 => verify_ed448(&key.x, message, signature).unwrap_or_default(),
        OkpCurve::X25519 | OkpCurve::X448 => false,
    }
}

fn verify_ed25519(public: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let key = VerifyingKey::from_bytes(public.try_into().ok()?).ok()?;
    Some(key.verify(message, &Signature::from_slice(signature).ok()?).is_ok())
}

fn verify_ed448(public: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    // Of a point's last byte only the first bit counts, and the others are zero (RFC 8032 section 5.2.2): the crate does not
    // look at those of `R`.
    let is_canonical = signature.get(56)? & 0x7f == 0;
    let key = ed448::VerifyingKey::from_bytes(public.try_into().ok()?).ok().filter(|_| is_canonical)?;
    Some(key.verify_raw(&ed448::Signature::try_from(signature).ok()?, message).is_ok())
}

/// Signs `message`. `None` without the private part, or with a key of a curve for agreement.
pub fn sign(key: &Okp, message: &[u8]) -> Option<Vec<u8>> {
    let seed = key.d.as_ref()?.bytes();
    match key.curve {
        OkpCurve::Ed25519 => Some(SigningKey::from_bytes(seed.try_into().ok()?).sign(message).to_vec()),
        OkpCurve::Ed448 => {
            Some(ed448::SigningKey::try_from(seed).ok()?.sign_raw(message).to_bytes().to_vec())
        }
        OkpCurve::X25519 | OkpCurve::X448 => None,
    }
}

/// What both sides share. `None` without the private part, for keys of two curves, for a curve of signatures, and for a
/// public key with which every private one gives zero (RFC 7748 section 6.1).
pub fn agree(own: &Okp, other: &Okp) -> Option<Secret> {
    let d = own.d.as_ref().filter(|_| own.curve == other.curve)?.bytes();
    let shared = match own.curve {
        OkpCurve::X25519 => {
            let (d, x): ([u8; 32], [u8; 32]) = (d.try_into().ok()?, other.x.as_slice().try_into().ok()?);
            x25519_dalek::x25519(d, x).to_vec()
        }
        OkpCurve::X448 => {
            let (d, x): ([u8; 56], [u8; 56]) = (d.try_into().ok()?, other.x.as_slice().try_into().ok()?);
            ed448::x448::x448(d, x).to_vec()
        }
        OkpCurve::Ed25519 | OkpCurve::Ed448 => return None,
    };
    let is_zero = shared.iter().all(|&byte| byte == 0);
    (!is_zero).then(|| Secret::new(shared))
}

/// A new key pair. `None` without random bytes.
pub fn generate(curve: OkpCurve) -> Option<Okp> {
    let bytes = random::bytes::<57>().ok()?;
    Okp::of_private(curve, Secret::new(bytes.get(..curve.size())?.to_vec())).ok()
}
