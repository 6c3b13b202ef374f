//! Keys of the Edwards and Montgomery curves (RFC 8032, RFC 7748): which public key belongs to a private one.

use ed448_goldilocks_plus as ed448;

use super::{KeyError, Okp, OkpCurve};
use crate::secret::Secret;

impl Okp {
    /// The key of a public half, and the private one if there is one.
    ///
    /// # Errors
    /// If a length is wrong, the bytes are no point, or the halves do not belong together.
    pub fn of_public(curve: OkpCurve, x: &[u8], d: Option<Secret>) -> Result<Self, KeyError> {
        if x.len() != curve.size() {
            return Err(wrong_size(curve, "public", x.len()));
        }
        if !is_point(curve, x) {
            return Err(KeyError::new(
                format!("The public key is not a point of {}.", curve.name()),
                "Copy the key again.",
            ));
        }
        match d {
            None => Ok(Self { curve, x: x.to_vec(), d: None }),
            Some(d) => {
                let own = Self::of_private(curve, d)?;
                if own.x == x { Ok(own) } else { Err(KeyError::not_a_pair("key")) }
            }
        }
    }

    /// The key pair of a private half.
    ///
    /// # Errors
    /// If its length is wrong.
    pub fn of_private(curve: OkpCurve, d: Secret) -> Result<Self, KeyError> {
        let x = public(curve, d.bytes()).ok_or_else(|| wrong_size(curve, "private", d.len()))?;
        Ok(Self { curve, x, d: Some(d) })
    }
}

fn wrong_size(curve: OkpCurve, half: &str, found: usize) -> KeyError {
    KeyError::new(
        format!("The {half} key has {found} bytes, and one of {} has {}.", curve.name(), curve.size()),
        "Copy the key again, and look whether its curve is another.",
    )
}

/// Whether a signature could be checked with these bytes. Every string of the right length is a key of X25519 and X448.
fn is_point(curve: OkpCurve, x: &[u8]) -> bool {
    match curve {
        OkpCurve::Ed25519 => {
            <&[u8; 32]>::try_from(x).is_ok_and(|x| ed25519_dalek::VerifyingKey::from_bytes(x).is_ok())
        }
        OkpCurve::Ed448 => <&[u8; 57]>::try_from(x).is_ok_and(|x| ed448::VerifyingKey::from_bytes(x).is_ok()),
        OkpCurve::X25519 | OkpCurve::X448 => true,
    }
}

fn public(curve: OkpCurve, d: &[u8]) -> Option<Vec<u8>> {
    Some(match curve {
        OkpCurve::Ed25519 => {
            let key = ed25519_dalek::SigningKey::from_bytes(d.try_into().ok()?);
            key.verifying_key().to_bytes().to_vec()
        }
        OkpCurve::Ed448 => {
            let key = ed448::SigningKey::from_bytes(&<[u8; 57]>::try_from(d).ok()?.into());
            key.verifying_key().to_bytes().to_vec()
        }
        OkpCurve::X25519 => {
            let base = x25519_dalek::X25519_BASEPOINT_BYTES;
            x25519_dalek::x25519(d.try_into().ok()?, base).to_vec()
        }
        OkpCurve::X448 => {
            let base = ed448::x448::X448_BASEPOINT_BYTES;
            ed448::x448::x448(d.try_into().ok()?, base).to_vec()
        }
    })
}
