//! Keys as they are encoded in DER: public ones (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7), private ones (PKCS#8,
//! RFC 5958), and the older forms of RSA (PKCS#1, RFC 8017 appendix A.1) and EC (SEC 1, RFC 5915).

use der::Tag;

use super::asn1::{self, Elements, context, whole_bytes};
use super::rsa::Numbers;
use super::{Akp, Curve, Ec, Key, KeyError, MlDsa, Okp, OkpCurve, Rsa};
use crate::secret::Secret;

/// Object identifiers, as they are encoded: of RSA keys (RFC 8017 appendix A) …
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
/// … and of keys of elliptic curves (RFC 5480 section 2.1.1).
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

impl Curve {
    /// RFC 5480 section 2.1.1.1, SEC 2 appendix A.2.
    const fn oid(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
            Self::P384 => &[0x2b, 0x81, 4, 0, 34],
            Self::P521 => &[0x2b, 0x81, 4, 0, 35],
            Self::Secp256k1 => &[0x2b, 0x81, 4, 0, 10],
        }
    }

    fn by_oid(oid: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }
}

impl OkpCurve {
    /// RFC 8410 section 3.
    const fn oid(self) -> &'static [u8] {
        match self {
            Self::X25519 => &[0x2b, 0x65, 110],
            Self::X448 => &[0x2b, 0x65, 111],
            Self::Ed25519 => &[0x2b, 0x65, 112],
            Self::Ed448 => &[0x2b, 0x65, 113],
        }
    }
}

impl MlDsa {
    /// RFC 9881 section 2.
    const fn oid(self) -> &'static [u8] {
        match self {
            Self::MlDsa44 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17],
            Self::MlDsa65 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18],
            Self::MlDsa87 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19],
        }
    }
}

/// What an algorithm identifier says of a key.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Rsa,
    /// Of this curve; none where it is told by the key itself (SEC 1).
    Ec(Option<Curve>),
    Okp(OkpCurve),
    Akp(MlDsa),
}

/// A public key (SubjectPublicKeyInfo).
///
/// # Errors
/// If it is not one, or not of a kind that tokens use.
pub fn read_spki(der: &[u8]) -> Result<Key, KeyError> {
    let mut info = Elements::of_sequence(der).ok_or_else(|| broken("a public key (SPKI)"))?;
    read_spki_elements(&mut info)
}

fn read_spki_elements(info: &mut Elements) -> Result<Key, KeyError> {
    let broken = || broken("a public key (SPKI)");
    let kind = kind(info.sequence().ok_or_else(broken)?)?;
    let bits = info.bits().filter(|_| info.is_empty()).ok_or_else(broken)?;
    match kind {
        Kind::Rsa => read_pkcs1_public(bits),
        Kind::Ec(curve) => Ec::of_point(curve.ok_or_else(explicit_curve)?, bits, None).map(Key::Ec),
        Kind::Okp(curve) => Okp::of_public(curve, bits, None).map(Key::Okp),
        Kind::Akp(set) => Akp::of_public(set, bits, None).map(Key::Akp),
    }
}

/// A private key (PKCS#8, both versions).
///
/// # Errors
/// As [`read_spki`]; and if a public key that comes with it is another's.
pub fn read_pkcs8(der: &[u8]) -> Result<Key, KeyError> {
    let broken = || broken("a private key (PKCS#8)");
    let mut info = Elements::of_sequence(der).ok_or_else(broken)?;
    info.uint().filter(|version| matches!(version, [] | [1])).ok_or_else(broken)?;
    let kind = kind(info.sequence().ok_or_else(broken)?)?;
    let private = info.take(Tag::OctetString).ok_or_else(broken)?;
    // Attributes say nothing of the key.
    info.take(context(0, true));
    let public = info.take(context(1, false)).and_then(whole_bytes);
    match kind {
        Kind::Rsa => read_pkcs1_private(private),
        Kind::Ec(curve) => read_sec1_of(private, Some(curve.ok_or_else(explicit_curve)?)),
        Kind::Okp(curve) => {
            let mut inner = Elements::of(private);
            let d = inner.take(Tag::OctetString).filter(|_| inner.is_empty()).ok_or_else(broken)?;
            let d = Secret::new(d.to_vec());
            match public {
                Some(public) => Okp::of_public(curve, public, Some(d)),
                None => Okp::of_private(curve, d),
            }
            .map(Key::Okp)
        }
        Kind::Akp(set) => {
            let seed = Secret::new(ml_dsa_seed(private)?.to_vec());
            match public {
                Some(public) => Akp::of_public(set, public, Some(seed)),
                None => Akp::of_seed(set, seed),
            }
            .map(Key::Akp)
        }
    }
}

/// RSA's own form of a public key.
///
/// # Errors
/// As [`read_spki`].
pub fn read_pkcs1_public(der: &[u8]) -> Result<Key, KeyError> {
    let read = || {
        let mut key = Elements::of_sequence(der)?;
        let numbers = Numbers { n: key.uint()?, e: key.uint()?, ..Numbers::default() };
        key.is_empty().then_some(numbers)
    };
    Rsa::of_numbers(read().ok_or_else(|| broken("a public RSA key (PKCS#1)"))?).map(Key::Rsa)
}

/// RSA's own form of a private key.
///
/// # Errors
/// As [`read_pkcs8`].
pub fn read_pkcs1_private(der: &[u8]) -> Result<Key, KeyError> {
    let broken = || broken("a private RSA key (PKCS#1)");
    let mut key = Elements::of_sequence(der).ok_or_else(broken)?;
    let version = key.uint().ok_or_else(broken)?;
    if version == [1] {
        return Err(KeyError::new(
            "The RSA key has more than two primes, which tokens' libraries do not take.",
            "Make a key of two primes.",
        ));
    }
    let mut next = || key.uint();
    let read = || {
        Some(Numbers {
            n: next()?,
            e: next()?,
            d: Some(next()?),
            primes: Some((next()?, next()?)),
            derived: [Some(next()?), Some(next()?), Some(next()?)],
        })
    };
    let numbers = { read }();
    let numbers = numbers.filter(|_| version.is_empty() && key.is_empty()).ok_or_else(broken)?;
    Rsa::of_numbers(numbers).map(Key::Rsa)
}

/// The older form of a private key of an elliptic curve.
///
/// # Errors
/// As [`read_pkcs8`].
pub fn read_sec1(der: &[u8]) -> Result<Key, KeyError> {
    read_sec1_of(der, None)
}

/// The same, where the curve is known from what it stands in.
fn read_sec1_of(der: &[u8], known: Option<Curve>) -> Result<Key, KeyError> {
    let broken = || broken("a private EC key (SEC 1)");
    let mut key = Elements::of_sequence(der).ok_or_else(broken)?;
    key.uint().filter(|version| *version == [1]).ok_or_else(broken)?;
    let number = key.take(Tag::OctetString).ok_or_else(broken)?;
    let curve = match key.take(context(0, true)).map(Elements::of) {
        Some(mut parameters) => Some(curve(&mut parameters)?),
        None => None,
    };
    let public = key.take(context(1, true)).and_then(|bits| Elements::of(bits).bits());
    let curve = match (known, curve) {
        (Some(known), Some(own)) if known != own => {
            return Err(KeyError::new(
                format!("The EC key names two curves, {} and {}.", known.name(), own.name()),
                "Have it written again by the program that made it.",
            ));
        }
        (known, own) => known.or(own).ok_or_else(|| {
            KeyError::new(
                "The EC key does not name its curve.",
                "Have it written as PKCS#8: openssl pkey -in key.pem -out pkcs8.pem",
            )
        })?,
    };
    // Some programs leave leading zeros out, others add one.
    let number = asn1::trim(number);
    let zeros = curve.size().checked_sub(number.len()).ok_or_else(broken)?;
    let number = Secret::new([&*vec![0; zeros], number].concat());
    match public {
        Some(public) => Ec::of_point(curve, public, Some(number)),
        None => Ec::of_number(curve, number),
    }
    .map(Key::Ec)
}

/// The seed in a private key of ML-DSA (RFC 9881 section 6).
fn ml_dsa_seed(private: &[u8]) -> Result<&[u8], KeyError> {
    let mut form = Elements::of(private);
    let mut both = form;
    let seed = form.take(context(0, false));
    seed.or_else(|| both.sequence()?.take(Tag::OctetString)).ok_or_else(|| {
        KeyError::new(
            "The ML-DSA key is written without its seed, only in the expanded form, which a JWK cannot hold.",
            "Export it with its seed, from the program that made it.",
        )
    })
}

/// What an algorithm identifier says (RFC 5280 section 4.1.1.2).
fn kind(mut algorithm: Elements) -> Result<Kind, KeyError> {
    let oid = algorithm.take(Tag::ObjectIdentifier).ok_or_else(|| broken("a key"))?;
    if oid == RSA || oid == RSA_PSS {
        return Ok(Kind::Rsa);
    }
    if oid == EC {
        return curve(&mut algorithm).map(|curve| Kind::Ec(Some(curve)));
    }
    let okp = OkpCurve::ALL.into_iter().find(|curve| curve.oid() == oid).map(Kind::Okp);
    let akp = || MlDsa::ALL.into_iter().find(|set| set.oid() == oid).map(Kind::Akp);
    okp.or_else(akp).ok_or_else(|| {
        KeyError::new(
            format!("The key is of a kind that tokens do not use (object identifier {}).", dotted(oid)),
            "Use an RSA, EC, Ed25519, Ed448, X25519, X448 or ML-DSA key.",
        )
    })
}

/// The curve that the parameters of a key name.
fn curve(parameters: &mut Elements) -> Result<Curve, KeyError> {
    let oid = parameters.take(Tag::ObjectIdentifier).ok_or_else(explicit_curve)?;
    Curve::by_oid(oid).ok_or_else(|| {
        KeyError::new(
            format!("The EC key is of a curve that tokens do not use (object identifier {}).", dotted(oid)),
            "Use a key of P-256, P-384, P-521 or secp256k1.",
        )
    })
}

fn explicit_curve() -> KeyError {
    KeyError::new(
        "The EC key does not name its curve but writes out what it is computed with, which tokens' libraries do not take.",
        "Name it: openssl ec -in key.pem -param_enc named_curve -out named.pem",
    )
}

fn broken(what: &str) -> KeyError {
    KeyError::new(
        format!("What stands between the lines is not {what}: it was probably cut off or changed."),
        "Copy the whole key again, from its BEGIN line to its END line.",
    )
}

/// An object identifier as people write it: `1.2.840`.
pub fn dotted(oid: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut part = 0_u64;
    for &byte in oid {
        part = (part << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            // The first two are written as one number (X.690 section 8.19.4).
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.push(first.to_string());
                part -= first * 40;
            }
            parts.push(part.to_string());
            part = 0;
        }
    }
    parts.join(".")
}

/// The public half as SubjectPublicKeyInfo; none of a shared secret.
pub fn write_spki(key: &Key) -> Option<Vec<u8>> {
    let bits = match key {
        Key::Oct(_) => return None,
        Key::Rsa(rsa) => asn1::sequence(&[&asn1::uint(&rsa.n), &asn1::uint(&rsa.e)]),
        Key::Ec(ec) => ec.point(),
        Key::Okp(okp) => okp.x.clone(),
        Key::Akp(akp) => akp.public.clone(),
    };
    Some(asn1::sequence(&[&algorithm(key), &asn1::bits(&bits)]))
}

/// The private key as PKCS#8 of the first version, as OpenSSL writes it; none of a shared secret or a public key.
pub fn write_pkcs8(key: &Key) -> Option<Secret> {
    let private = match key {
        Key::Oct(_) => return None,
        Key::Rsa(rsa) => {
            let private = rsa.private.as_ref()?;
            let numbers = [&private.d, &private.p, &private.q, &private.dp, &private.dq, &private.qi];
            let numbers: Vec<u8> = numbers.iter().flat_map(|number| asn1::uint(number.bytes())).collect();
            asn1::sequence(&[&asn1::uint(&[]), &asn1::uint(&rsa.n), &asn1::uint(&rsa.e), &numbers])
        }
        Key::Ec(ec) => {
            let public = asn1::element(context(1, true), &[&asn1::bits(&ec.point())]);
            asn1::sequence(&[&asn1::uint(&[1]), &asn1::octets(ec.d.as_ref()?.bytes()), &public])
        }
        Key::Okp(okp) => asn1::octets(okp.d.as_ref()?.bytes()),
        // The seed alone (RFC 9881 section 6).
        Key::Akp(akp) => asn1::element(context(0, false), &[akp.seed.as_ref()?.bytes()]),
    };
    let info = asn1::sequence(&[&asn1::uint(&[]), &algorithm(key), &asn1::octets(&private)]);
    Some(Secret::new(info))
}

/// The algorithm identifier of a key that is not a shared secret.
fn algorithm(key: &Key) -> Vec<u8> {
    let (oid, parameters) = match key {
        Key::Oct(_) => (&[][..], Vec::new()),
        Key::Rsa(_) => (RSA, asn1::element(Tag::Null, &[])),
        Key::Ec(ec) => (EC, asn1::oid(ec.curve.oid())),
        Key::Okp(okp) => (okp.curve.oid(), Vec::new()),
        Key::Akp(akp) => (akp.set.oid(), Vec::new()),
    };
    asn1::sequence(&[&asn1::oid(oid), &parameters])
}
