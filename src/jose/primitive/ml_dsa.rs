//! ML-DSA (FIPS 204) with an empty context, as JOSE uses it.

use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, SigningKey, VerifyingKey};

use crate::jose::key::{Akp, MlDsa};

/// Whether `signature` is one of `message`.
pub fn verify(key: &Akp, message: &[u8], signature: &[u8]) -> bool {
    let verified = match key.set {
        MlDsa::MlDsa44 => verify_with::<MlDsa44>(key, message, signature),
        MlDsa::MlDsa65 => verify_with::<MlDsa65>(key, message, signature),
        MlDsa::MlDsa87 => verify_with::<MlDsa87>(key, message, signature),
    };
    verified.unwrap_or_default()
}

fn verify_with<P: MlDsaParams>(key: &Akp, message: &[u8], signature: &[u8]) -> Option<bool> {
    let public = VerifyingKey::<P>::decode(&key.public.as_slice().try_into().ok()?);
    let signature = Signature::<P>::decode(&signature.try_into().ok()?)?;
    Some(public.verify_with_context(message, &[], &signature))
}

/// Signs `message`, always in the same way. `None` without the seed.
pub fn sign(key: &Akp, message: &[u8]) -> Option<Vec<u8>> {
    let seed = key.seed.as_ref()?.bytes();
    match key.set {
        MlDsa::MlDsa44 => sign_with::<MlDsa44>(seed, message),
        MlDsa::MlDsa65 => sign_with::<MlDsa65>(seed, message),
        MlDsa::MlDsa87 => sign_with::<MlDsa87>(seed, message),
    }
}

fn sign_with<P: MlDsaParams>(seed: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::<P>::from_seed(&seed.try_into().ok()?);
    Some(key.expanded_key().sign_deterministic(message, &[]).ok()?.encode().to_vec())
}
