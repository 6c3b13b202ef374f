//! Keys of ML-DSA (FIPS 204): which public key belongs to a seed.

use ml_dsa::{Keypair as _, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, SigningKey};

use super::{Akp, KeyError, MlDsa};
use crate::secret::Secret;

impl Akp {
    /// Bytes of a private key's seed.
    pub const SEED_SIZE: usize = 32;

    /// The key of a public half, and of the seed if there is one.
    ///
    /// # Errors
    /// If a length is wrong, or the halves do not belong together.
    pub fn of_public(set: MlDsa, public: &[u8], seed: Option<Secret>) -> Result<Self, KeyError> {
        if public.len() != set.public_size() {
            return Err(wrong_size(set, "public key", public.len(), set.public_size()));
        }
        match seed {
            None => Ok(Self { set, public: public.to_vec(), seed: None }),
            Some(seed) => {
                let own = Self::of_seed(set, seed)?;
                if own.public == public { Ok(own) } else { Err(KeyError::not_a_pair("seed")) }
            }
        }
    }

    /// The key pair of a seed.
    ///
    /// # Errors
    /// If its length is wrong.
    pub fn of_seed(set: MlDsa, seed: Secret) -> Result<Self, KeyError> {
        let public = match set {
            MlDsa::MlDsa44 => public::<MlDsa44>(seed.bytes()),
            MlDsa::MlDsa65 => public::<MlDsa65>(seed.bytes()),
            MlDsa::MlDsa87 => public::<MlDsa87>(seed.bytes()),
        };
        let public = public.ok_or_else(|| wrong_size(set, "seed", seed.len(), Self::SEED_SIZE))?;
        Ok(Self { set, public, seed: Some(seed) })
    }
}

fn public<P: MlDsaParams>(seed: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::<P>::from_seed(&seed.try_into().ok()?);
    Some(key.verifying_key().encode().to_vec())
}

fn wrong_size(set: MlDsa, what: &str, found: usize, wanted: usize) -> KeyError {
    KeyError::new(
        format!("The {what} has {found} bytes, and one of {} has {wanted}.", set.name()),
        "Copy the key again, and look whether its algorithm is another.",
    )
}
