//! New keys.
//!
//! All but RSA's are a draw of random bytes. RSA needs two primes, for which hundreds of numbers are tried: that is done in
//! steps of bounded length, each of which begins at a random number of its own, so that all primes are found alike and
//! nothing but the primes must be kept from one step to the next.

use std::num::NonZeroU32;

use crypto_primes::hazmat::SmallFactorsSieve;
use crypto_primes::{Flavor, is_prime};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey};
use zeroize::Zeroizing;

use super::rsa::number;
use super::{Curve, Ec, Jwk, Key, KeyError, Okp, OkpCurve, Rsa};
use crate::limits::KEY_BYTES;
use crate::protocol::{KeyKind, KeyMaking, KeyOrder};
use crate::scheme::kit::digest::Digest;
use crate::secret::{Secret, SecretEncoding, SecretText};

/// Sizes of RSA keys that are made, in bits, and how many numbers one step tries: so many that it takes 100 to 200
/// milliseconds as WebAssembly (3, 8 and 20 milliseconds each; a number twice as long takes seven times as long).
const RSA_SIZES: [(usize, usize); 3] = [(2048, 32), (3072, 12), (4096, 6)];

/// The public exponent (FIPS 186-5 section A.1.1 wants one above 2^16; nearly all keys have this one).
const E: u32 = 65_537;

/// Makes a key, or goes on with it.
///
/// # Errors
/// If there is no such key, the random source fails, or `order` is not what the last step said.
pub fn make(order: KeyOrder) -> Result<KeyMaking, String> {
    let key = match order.kind {
        KeyKind::Oct(bytes) if KEY_BYTES.contains(&bytes) => Key::Oct(random(bytes)?),
        KeyKind::Oct(_) => {
            return Err(format!("A secret can have {} to {} bytes.", KEY_BYTES.start(), KEY_BYTES.end()));
        }
        KeyKind::Rsa(bits) => match rsa(&order, bits)? {
            Search::Found(rsa) => Key::Rsa(*rsa),
            Search::Going(found) => {
                let tried = found.tried;
                return Ok(KeyMaking::Going { order: KeyOrder { found: found.write(), ..order }, tried });
            }
        },
        KeyKind::P256 => ec(Curve::P256)?,
        KeyKind::P384 => ec(Curve::P384)?,
        KeyKind::P521 => ec(Curve::P521)?,
        KeyKind::Secp256k1 => ec(Curve::Secp256k1)?,
        KeyKind::Ed25519 => okp(OkpCurve::Ed25519)?,
        KeyKind::X25519 => okp(OkpCurve::X25519)?,
    };
    Ok(KeyMaking::Done(Box::new(named(key, &order).report(None))))
}

/// The key with what it is for.
fn named(key: Key, order: &KeyOrder) -> Jwk {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    let mut jwk = Jwk { alg: given(&order.alg), usage: given(&order.usage), ..Jwk::of(key) };
    jwk.kid = match &*order.kid {
        KeyOrder::BY_THUMBPRINT => Some(jwk.thumbprint(Digest::Sha256)),
        _ => given(&order.kid),
    };
    jwk
}

/// Bytes of the secure random source.
fn random(length: usize) -> Result<Secret, String> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(Secret::new(std::mem::take(&mut bytes))),
        Err(error) => {
            Err(format!("The random source failed: {error}. Reload the page, or use another browser."))
        }
    }
}

fn ec(curve: Curve) -> Result<Key, String> {
    // A number that is zero or not below the order is drawn again; the chance of that is below one in 2^31.
    for _ in 0..8 {
        let mut number = Zeroizing::new(random(curve.size())?.bytes().to_vec());
        if let (Curve::P521, Some(first)) = (curve, number.first_mut()) {
            *first &= 1;
        }
        if let Ok(key) = Ec::of_number(curve, Secret::new(std::mem::take(&mut number))) {
            return Ok(Key::Ec(key));
        }
    }
    Err(NOT_RANDOM.into())
}

fn okp(curve: OkpCurve) -> Result<Key, String> {
    let key = Okp::of_private(curve, random(curve.size())?);
    key.map(Key::Okp).map_err(|error: KeyError| error.to_string())
}

const NOT_RANDOM: &str = "The random source gave numbers that cannot be random. Use another browser.";
const STRANGE: &str = "The search was to go on from something else than it found. Begin again.";

/// How far the search for an RSA key has come.
enum Search {
    Found(Box<Rsa>),
    Going(Primes),
}

/// What an earlier step found, in [`KeyOrder::found`]: first how many numbers were tried, then the primes in hex.
struct Primes {
    tried: u32,
    primes: Vec<Secret>,
}

impl Primes {
    fn read(found: &[SecretText], size: usize) -> Result<Self, String> {
        let [tried, primes @ ..] = found else { return Ok(Self { tried: 0, primes: Vec::new() }) };
        let tried = tried.text.parse().map_err(|_| STRANGE)?;
        let primes: Result<Vec<Secret>, _> =
            primes.iter().map(|prime| Secret::read(&prime.text, SecretEncoding::Hex)).collect();
        let primes = primes.map_err(|_| STRANGE)?;
        let is_right = primes.len() <= 2 && primes.iter().all(|prime| prime.len() == size);
        if is_right { Ok(Self { tried, primes }) } else { Err(STRANGE.into()) }
    }

    fn write(self) -> Vec<SecretText> {
        let primes = self.primes.iter().map(|prime| Zeroizing::new(hex::encode(prime.bytes())));
        let primes = primes.map(|text| SecretText { text, encoding: Some(SecretEncoding::Hex) });
        std::iter::once(SecretText::new(self.tried.to_string(), None)).chain(primes).collect()
    }
}

/// One step: a few numbers tried, or the key made of the two primes.
fn rsa(order: &KeyOrder, bits: usize) -> Result<Search, String> {
    let (_, count) = RSA_SIZES.into_iter().find(|(size, _)| *size == bits).ok_or_else(|| {
        "RSA keys of 2048, 3072 and 4096 bits are made: shorter ones are no longer safe.".to_owned()
    })?;
    let mut primes = Primes::read(&order.found, bits / 16)?;
    if let [p, q] = &*primes.primes {
        return of_primes(p, q, bits).map(|key| Search::Found(Box::new(key)));
    }
    let found = try_some(bits / 16, count, primes.primes.first())?;
    primes.tried = primes.tried.saturating_add(found.tried);
    primes.primes.extend(found.primes);
    Ok(Search::Going(primes))
}

/// Tries up to `count` numbers of `size` bytes from a random one on.
fn try_some(size: usize, count: usize, other: Option<&Secret>) -> Result<Primes, String> {
    let mut start = Zeroizing::new(random(size)?.bytes().to_vec());
    // With both top bits set in both, the modulus has all its bits.
    if let Some(first) = start.first_mut() {
        *first |= 0b1100_0000;
    }
    if let Some(last) = start.last_mut() {
        *last |= 1;
    }
    let bits = u32::try_from(size * 8).ok().and_then(NonZeroU32::new).ok_or(STRANGE)?;
    let numbers = SmallFactorsSieve::new(number(&start), bits, false).map_err(|_| STRANGE)?;
    let mut tried = 0;
    for candidate in numbers.take(count) {
        tried += 1;
        if !is_prime(Flavor::Any, &candidate) {
            continue;
        }
        let prime = Secret::new(candidate.to_be_bytes().to_vec());
        if is_usable(prime.bytes(), other) {
            return Ok(Primes { tried, primes: vec![prime] });
        }
    }
    Ok(Primes { tried, primes: Vec::new() })
}

/// Whether the exponent has an inverse with this prime, and the other prime is not close to it (FIPS 186-5 section A.1.3:
/// they must differ in the first 100 bits).
fn is_usable(prime: &[u8], other: Option<&Secret>) -> bool {
    let rest = prime.iter().fold(0_u64, |rest, byte| (rest * 256 + u64::from(*byte)) % u64::from(E));
    // What is no more than a unit apart in the first twelve bytes may agree in 100 bits.
    rest != 1 && other.is_none_or(|other| first_bytes(prime).abs_diff(first_bytes(other.bytes())) > 1)
}

/// The first twelve bytes as a number.
fn first_bytes(number: &[u8]) -> u128 {
    number.iter().take(12).fold(0, |first, byte| (first << 8) | u128::from(*byte))
}

/// The key of two primes, after a signature made with it was verified.
fn of_primes(p: &Secret, q: &Secret, bits: usize) -> Result<Rsa, String> {
    let (p, q) = if p.bytes() > q.bytes() { (p, q) } else { (q, p) };
    let pair = PrivateKey::from_p_q(number(p.bytes()), number(q.bytes()), BoxedUint::from(E));
    let pair = pair.map_err(|error| format!("The primes found make no key ({error}). Begin again."))?;
    let key = Rsa::of_pair(&pair).filter(|key| key.bits() == bits).ok_or(STRANGE)?;
    let digest = Digest::Sha256.hash(&key.n);
    let scheme = Pkcs1v15Sign::new_unprefixed;
    let signature = pair.sign(scheme(), &digest);
    let checked = signature.and_then(|signature| pair.as_public_key().verify(scheme(), &digest, &signature));
    checked.map_err(|_| "The key failed a check: what it signed did not verify. Begin again.")?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::key::{jwk, pem};
    use crate::protocol::KeyReport;

    fn order(kind: KeyKind) -> KeyOrder {
        KeyOrder { kind, alg: String::new(), usage: String::new(), kid: String::new(), found: Vec::new() }
    }

    fn made(mut order: KeyOrder) -> KeyReport {
        let mut last = 0;
        loop {
            match make(order).expect("a key") {
                KeyMaking::Done(report) => return *report,
                KeyMaking::Going { order: next, tried } => {
                    assert!(tried >= last, "numbers are counted");
                    last = tried;
                    order = next;
                }
            }
        }
    }

    #[test]
    fn every_form_of_a_made_key_is_the_same_key() {
        let kinds = [
            KeyKind::Rsa(2048),
            KeyKind::P256,
            KeyKind::P384,
            KeyKind::P521,
            KeyKind::Secp256k1,
            KeyKind::Ed25519,
            KeyKind::X25519,
        ];
        for kind in kinds {
            let report = made(order(kind));
            assert!(report.is_secret);
            let read = |file: &str| {
                let form = report.forms.iter().find(|form| form.file == file).expect(file);
                assert_eq!(form.is_secret, file.starts_with("private"), "{file}");
                let keys = if file.ends_with("pem") {
                    pem::read(&form.text.text)
                } else {
                    jwk::read(&form.text.text)
                };
                keys.expect(file).remove(0).key
            };
            let private = read("private.pem");
            assert_eq!(read("private.jwk.json"), private, "{kind:?}");
            for file in ["public.pem", "public.jwk.json", "jwks.json"] {
                assert_eq!(Some(read(file)), private.public(), "{kind:?}");
            }
        }
    }

    #[test]
    fn two_keys_are_never_the_same() {
        for kind in [KeyKind::Oct(16), KeyKind::P256, KeyKind::Ed25519] {
            assert_ne!(made(order(kind)).forms, made(order(kind)).forms);
        }
    }

    #[test]
    fn a_made_key_says_what_it_is_for() {
        let named = KeyOrder {
            alg: "HS256".into(),
            usage: "sig".into(),
            kid: KeyOrder::BY_THUMBPRINT.into(),
            ..order(KeyKind::Oct(32))
        };
        let report = made(named);
        let keys = jwk::read(&report.forms[0].text.text).expect("a JWK");
        let [jwk] = &keys[..] else { panic!("one key") };
        assert_eq!((jwk.alg.as_deref(), jwk.usage.as_deref()), (Some("HS256"), Some("sig")));
        assert_eq!(jwk.kid, Some(jwk.thumbprint(Digest::Sha256)));
        assert!(matches!(&jwk.key, Key::Oct(secret) if secret.len() == 32));
    }

    #[test]
    fn what_is_no_order_is_refused() {
        assert!(make(order(KeyKind::Oct(15))).is_err());
        assert!(make(order(KeyKind::Oct(1025))).is_err());
        assert!(make(order(KeyKind::Rsa(1024))).expect_err("short").contains("2048"));
        let found = |texts: &[&str]| KeyOrder {
            found: texts.iter().map(|text| SecretText::new(*text, None)).collect(),
            ..order(KeyKind::Rsa(2048))
        };
        let (zeros, even) = ("00".repeat(128), "fe".repeat(128));
        for texts in
            [&["x"][..], &["1", "ff"], &["1", &zeros, &zeros], &["1", &even, &even], &["1", "", "", ""]]
        {
            assert!(make(found(texts)).is_err(), "{texts:?}");
        }
    }

    #[test]
    fn primes_that_do_not_go_together_are_not_used() {
        let prime = |first: u8, last: u8| {
            let mut bytes = vec![0xc0; 128];
            (bytes[11], bytes[127]) = (first, last);
            bytes
        };
        let other = Secret::new(prime(5, 1));
        assert!(is_usable(&prime(7, 1), Some(&other)));
        assert!(!is_usable(&prime(6, 1), Some(&other)), "too close");
        assert!(!is_usable(&prime(5, 9), Some(&other)), "too close");
        // 65537 + 1.
        assert!(!is_usable(&[1, 0, 2], None));
        assert!(is_usable(&[1, 0, 4], None));
    }
}
