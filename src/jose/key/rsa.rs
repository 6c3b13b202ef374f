//! RSA keys (RFC 8017): whether their numbers fit each other, and those that follow from others.

use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BoxedUint, PrivateKey, PublicKey};

use super::asn1::trim;
use super::{KeyError, Rsa, RsaPrivate};
use crate::limits::RSA_BITS;
use crate::secret::Secret;
use crate::work;

/// The numbers of an RSA key as they were given, big-endian. Only `n` and `e` must be there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers<'a> {
    pub n: &'a [u8],
    pub e: &'a [u8],
    pub d: Option<&'a [u8]>,
    /// `p`, `q`.
    pub primes: Option<(&'a [u8], &'a [u8])>,
    /// `dp`, `dq`, `qi`: what follows from the others.
    pub derived: [Option<&'a [u8]>; 3],
}

impl Rsa {
    /// The key of these numbers. Without its primes they are found by the exponents.
    ///
    /// # Errors
    /// If they are not those of one key, or of one that no library takes.
    pub fn of_numbers(numbers: Numbers) -> Result<Self, KeyError> {
        let (n, e) = (trim(numbers.n), trim(numbers.e));
        let public = Self { n: n.to_vec(), e: e.to_vec(), private: None };
        public.check()?;
        let Some(d) = numbers.d else { return Ok(public) };
        let primes = numbers.primes.map(|(p, q)| vec![number(p), number(q)]).unwrap_or_default();
        let is_guessed = primes.is_empty();
        if work::is_too_much() {
            return Err(too_much());
        }
        work::spend_on_rsa(public.bits(), is_guessed);
        if trim(d).is_empty() || trim(d).len() > n.len() {
            return Err(KeyError::not_a_pair("exponent"));
        }
        let key = PrivateKey::from_components(number(n), number(e), number(d), primes).map_err(|error| {
            match error {
                rsa::Error::InvalidArguments if is_guessed => without_primes(),
                rsa::Error::InvalidPrime | rsa::Error::InvalidModulus if !is_guessed => KeyError::new(
                    "The RSA key's primes are not those of its modulus, or one is far longer than the other.",
                    "Copy the whole key again.",
                ),
                _ => KeyError::not_a_pair("exponent"),
            }
        })?;
        let private = RsaPrivate::of(&key).ok_or_else(|| KeyError::not_a_pair("exponent"))?;
        let own = [&private.dp, &private.dq, &private.qi];
        for (given, own) in numbers.derived.into_iter().zip(own) {
            if given.is_some_and(|given| trim(given) != own.bytes()) {
                return Err(KeyError::new(
                    "One of the RSA key's numbers for the Chinese remainder theorem does not follow from its primes.",
                    "Copy the whole key again; a signature made with it would be wrong, and could give the key away.",
                ));
            }
        }
        Ok(Self { private: Some(private), ..public })
    }

    /// The key pair of what the primitive made or checked.
    pub fn of_pair(key: &PrivateKey) -> Option<Self> {
        Some(Self { n: bytes(key.n()), e: bytes(key.e()), private: Some(RsaPrivate::of(key)?) })
    }

    /// Whether the public half can be that of an RSA key.
    fn check(&self) -> Result<(), KeyError> {
        let bits = self.bits();
        if !RSA_BITS.contains(&bits) {
            return Err(KeyError::new(
                format!(
                    "The RSA modulus has {bits} bits; Keyjar reads keys of {} to {}.",
                    RSA_BITS.start(),
                    RSA_BITS.end()
                ),
                "Copy the whole key again. One that is that short or that long is of no use.",
            ));
        }
        // What the primitives take: odd, above 1, and not longer than 33 bits.
        PublicKey::new_with_size_limits(number(&self.n), number(&self.e), RSA_BITS).map(drop).map_err(|error| {
            match error {
                rsa::Error::InvalidModulus => {
                    KeyError::new("The RSA modulus is even, so it is no product of two primes.", "Copy the key again.")
                }
                _ => KeyError::new(
                    "The RSA key's public exponent is not one that libraries take: an odd number above 1, of at most 33 \
                     bits.",
                    "Copy the key again; nearly every key has 65537, which a JWK writes as AQAB.",
                ),
            }
        })?;
        match &*self.e {
            [1] => Err(KeyError::new(
                "The RSA key's public exponent is 1, with which nothing is signed or encrypted.",
                "Make a new key.",
            )),
            _ => Ok(()),
        }
    }
}

impl RsaPrivate {
    fn of(key: &PrivateKey) -> Option<Self> {
        let [p, q] = key.primes() else { return None };
        let secret = |number: &BoxedUint| Secret::new(bytes(number));
        Some(Self {
            d: secret(key.d()),
            p: secret(p),
            q: secret(q),
            dp: secret(key.dp()?),
            dq: secret(key.dq()?),
            qi: secret(&key.crt_coefficient()?),
        })
    }
}

/// A number as the primitives have it.
pub fn number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(bytes)
}

/// Big-endian, without leading zeros.
pub fn bytes(number: &BoxedUint) -> Vec<u8> {
    number.to_be_bytes_trimmed_vartime().to_vec()
}

fn without_primes() -> KeyError {
    KeyError::new(
        "The private RSA key comes without its primes (`p` and `q`), and they cannot be found from its exponents.",
        "Copy the whole key, or have it written again by the program that made it.",
    )
}

fn too_much() -> KeyError {
    KeyError::new("It takes too long to check so many private RSA keys at once.", "Give this one alone.")
}
