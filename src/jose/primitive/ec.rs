//! ECDSA (FIPS 186-5) with signatures as JOSE writes them, `r` and `s` in their full size (RFC 7518 section 3.4), and ECDH
//! (NIST SP 800-56A section 5.7.1.2).

use k256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};

use crate::jose::key::{Curve, Ec};
use crate::scheme::kit::random;
use crate::secret::Secret;

/// Runs `$body` with `$curve` as the module of the curve's crate.
macro_rules! with_curve {
    ($which:expr, $curve:ident => $body:expr) => {
        match $which {
            Curve::P256 => {
                use p256 as $curve;
                $body
            }
            Curve::P384 => {
                use p384 as $curve;
                $body
            }
            Curve::P521 => {
                use p521 as $curve;
                $body
            }
            Curve::Secp256k1 => {
                use k256 as $curve;
                $body
            }
        }
    };
}
pub(crate) use with_curve;

/// Whether `signature` is one of what hashes to `hash`. Both `s` and `n - s` verify, as everywhere in JOSE.
pub fn verify(key: &Ec, hash: &[u8], signature: &[u8]) -> bool {
    if signature.len() != 2 * key.curve.size() {
        return false;
    }
    let verified = with_curve!(key.curve, curve => {
        let point = curve::ecdsa::VerifyingKey::from_sec1_bytes(&key.point()).ok();
        let signature = curve::ecdsa::Signature::from_slice(signature).ok();
        // Only secp256k1's crate insists on the smaller of the two.
        point.zip(signature).map(|(point, signature)| point.verify_prehash(hash, &signature.normalize_s()).is_ok())
    });
    verified.unwrap_or_default()
}

/// Signs what hashes to `hash`, with a number that follows from both (RFC 6979). `None` without the private part.
pub fn sign(key: &Ec, hash: &[u8]) -> Option<Vec<u8>> {
    let d = key.d.as_ref()?;
    with_curve!(key.curve, curve => {
        let key = curve::ecdsa::SigningKey::from_slice(d.bytes()).ok()?;
        let signature: curve::ecdsa::Signature = key.sign_prehash(hash).ok()?;
        Some(signature.to_bytes().to_vec())
    })
}

/// The x-coordinate of what both sides share, in its full size. `None` without the private part, or for keys of two curves.
pub fn agree(own: &Ec, other: &Ec) -> Option<Secret> {
    let d = own.d.as_ref().filter(|_| own.curve == other.curve)?;
    with_curve!(own.curve, curve => {
        let own = curve::SecretKey::from_slice(d.bytes()).ok()?;
        let other = curve::PublicKey::from_sec1_bytes(&other.point()).ok()?;
        let shared = curve::ecdh::diffie_hellman(own.to_nonzero_scalar(), other.as_affine());
        Some(Secret::new(shared.raw_secret_bytes().to_vec()))
    })
}

/// A new key pair. `None` without random bytes.
pub fn generate(curve: Curve) -> Option<Ec> {
    // A number that is not below the order is drawn again: at worst, that is every second one.
    (0..64).find_map(|_| {
        let mut bytes = random::bytes::<66>().ok()?;
        let d = bytes.get_mut(..curve.size())?;
        if curve == Curve::P521 {
            // 521 bits.
            *d.first_mut()? &= 1;
        }
        Ec::of_number(curve, Secret::new(d.to_vec())).ok()
    })
}
