//! Rules about keys and sets of keys (RFC 7517, RFC 7518 section 6).

use serde_json::Value;

#[cfg(test)]
use super::Example;
use super::key::{KeySubject, KeyView, all, each, say, sets};
use super::modulus::{self, Fault, Private};
use super::subject::Form;
use super::{Remark, Rule, quoted, weak_secrets};
use crate::finding::Severity;
use crate::jose::key::{Ec, Okp, pem};
use crate::limits::MAX_COMPARED_KEYS;
use crate::scheme::kit::excerpt::short;
use crate::secret::Secret;

/// Keys for the examples: the members of two, and what ends them.
#[cfg(test)]
macro_rules! ec {
    () => {
        r#""kty":"EC","crv":"P-256","x":"arGaD4UygboKQuKJeJhQarsf0upl1w8RJdm3XyO9tow","y":"o3O_YlR7NBfGjuLVsFYkNx_SYlfcDtoqYTfMbhw9Z58"}"#
    };
}
#[cfg(test)]
macro_rules! other_ec {
    () => {
        r#""kty":"EC","crv":"P-256","x":"NTWBQUbE101yUIAr9BAPLxjPcoX13_G59D8Mu2_jwcU","y":"gmw3db5LHBZMPDNujkfhWdOpqYaFJ05D6Jxf1Dk4ecw"}"#
    };
}
/// A whole key.
#[cfg(test)]
macro_rules! rsa {
    () => {
        concat!(
            r#"{"kty":"RSA","e":"AQAB","n":""#,
            "t6T13W04hQHMquo9w-kfk9Ko1rYiignwpFnUbMHOW-nW56MFhLww0CxOLY-cDBqy1F9kUBz-rFGC0lZ-S9KNiZzdDRp0JPxlLoxD",
            "1D0yYYzaqLaphRWPsl-5uzFmQpzGZw_PB_4F-GKaNknfnObEvoIuDLmm4SW5Ig-ZT1CHr4RyECbFHfLQnlR0rn6mzGXdSBWzzMh8",
            "g5HQoJfVorYJLuVRiGaVtCjzznQCyEtL_LAgsRWAiv88jczikXb6JA-wjBMKOxcWJ_wFc_e38Z566UlO9zqRV6K3tB1Wo5g7_0mu",
            "I0seXrPZMuREpbQmzYJGBKoFM1fyPeiTPBCCKXHzTQ",
            "\"}"
        )
    };
}
/// A certificate of the first key, as a member's text.
#[cfg(test)]
macro_rules! certificate {
    () => {
        concat!(
            "\"",
            "MIIBbTCCAROgAwIBAgIUHhgd3GwJcJ4DVO/ZHG1GT0Xt+pYwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjYwMDI1",
            "MzdaFw0zNjExMjMwMDI1MzdaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARqsZoPhTKBugpC4ol4mFBq",
            "ux/S6mXXDxEl2bdfI722jKNzv2JUezQXxo7i1bBWJDcf0mJX3A7aKmE3zG4cPWefo1MwUTAdBgNVHQ4EFgQUO8CQv0oPTlO1Pssx",
            "+5I2wdN+i8AwHwYDVR0jBBgwFoAUO8CQv0oPTlO1Pssx+5I2wdN+i8AwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF",
            "AiA8XtgeWg4MMSV3t870UrNp43EWKsSbRnSA7VYXA7WlBwIhALGT6o/M/UXFK7dJVLYeKjhNmjPErE5FH4IHc8buVPom",
            "\""
        )
    };
}

pub const RULES: &[Rule] = &[
    Rule {
        id: "jwk-private-in-jwks",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let name = key.private_member().filter(|_| key.is_in_set)?;
                say(format!(
                    "It has its private part (`{name}`). A set of keys is published, and who reads this one can sign or \
                     decrypt."
                ))
            })
        },
        message: "A private key stands in a set of keys.",
        fix: "If the set is published, replace the key; then publish only the public members of keys.",
        source: "RFC 7517 section 9.2",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(
                r#"{"keys":[{"d":"RWoEj0yumIxGNmgLeS1EUYeMW0yyFvZ-YDMgphh7mVA","#,
                ec!(),
                "]}"
            )),
            Example::keys(concat!(r#"{"keys":[{"alg":"ES256","#, ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwk-kty-missing-or-unknown",
        severity: Severity::High,
        unless: &["jwks-empty"],
        check: |s| {
            each(s, |key| match (key.members.get("kty"), key.text("kty")) {
                (None, _) => say("It has no `kty`, so nothing says what type of key it is."),
                (_, None) => say("Its `kty` is no text."),
                (_, Some("EC" | "RSA" | "oct" | "OKP" | "AKP")) => None,
                (_, Some(kty)) => say(format!("Its `kty` is {}, which is no type of key.", quoted(kty))),
            })
        },
        message: "The type of the key is missing or unknown.",
        fix: "Set `kty` to EC, RSA, oct, OKP or AKP, in exactly this spelling.",
        source: "RFC 7517 section 4.1",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"rsa","n":"{x*342}","e":"AQAB"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "jwk-required-member-missing",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let required: &[&str] = match key.kty() {
                    "EC" => &["crv", "x", "y"],
                    "RSA" => &["n", "e"],
                    "oct" => &["k"],
                    "OKP" => &["crv", "x"],
                    "AKP" => &["alg", "pub"],
                    _ => &[],
                };
                let name = required.iter().find(|name| key.text(name).is_none_or(str::is_empty))?;
                say(format!("A key of type {} needs `{name}`, and this one has none.", key.kty()))
            })
        },
        message: "A part of the key that it needs is missing.",
        fix: "Export the key again, or copy all of it.",
        source: "RFC 7518 section 6; RFC 8037 section 2",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"EC","crv":"P-256","x":"arGaD4UygboKQuKJeJhQarsf0upl1w8RJdm3XyO9tow"}"#),
            Example::keys(concat!("{", ec!())),
        ],
    },
    Rule {
        id: "jwk-coordinate-wrong-length",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let size = key.size()?;
                let lengths =
                    ["x", "y", "d"].into_iter().filter_map(|name| Some((name, key.bytes(name)?.len())));
                let (name, found) = lengths.into_iter().find(|(_, length)| *length != size)?;
                let curve = key.text("crv").unwrap_or("");
                say(format!(
                    "`{name}` has {found} bytes, and {curve} has {size}, with the zeros on the left."
                ))
            })
        },
        message: "A coordinate has the wrong length.",
        fix: "Write each coordinate with all its bytes: fill it with zeros on the left.",
        source: "RFC 7518 sections 6.2.1.2 to 6.2.2.1; RFC 8037 section 2",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"EC","crv":"P-256","x":"{a*42}","y":"{a*43}"}"#),
            Example::keys(concat!("{", ec!())),
        ],
    },
    Rule {
        id: "jwk-point-off-curve",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let curve = key.text("crv")?;
                let is_off = match (key.curve(), key.okp_curve()) {
                    (Some(curve), _) => {
                        let point = [vec![4], key.padded("x")?, key.padded("y")?].concat();
                        Ec::of_point(curve, &point, None).is_err()
                    }
                    (_, Some(curve)) => Okp::of_public(curve, &key.padded("x")?, None).is_err(),
                    _ => return None,
                };
                is_off.then(|| {
                    Remark::default().saying(format!(
                        "Its point does not lie on the curve {curve}: it is damaged, or made to draw a private key out of \
                         whoever uses it."
                    ))
                })
            })
        },
        message: "The point of the key does not lie on its curve.",
        fix: "Refuse the key. If it is yours, export it again, and see whether `crv` is right.",
        source: "RFC 8725 section 3.4",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"EC","crv":"P-256","x":"{a*42}A","y":"{a*42}A"}"#),
            Example::keys(concat!("{", ec!())),
        ],
    },
    Rule {
        id: "jwk-private-public-mismatch",
        severity: Severity::High,
        unless: &["jwk-point-off-curve", "rsa-multi-prime"],
        check: |s| {
            each(s, |key| {
                let why = if key.kty() == "RSA" { rsa_mismatch(key)? } else { curve_mismatch(key)? };
                say(format!("The private and the public part do not belong together: {why}."))
            })
        },
        message: "The private and the public part do not belong together.",
        fix: "Export the key again. What it signs would not verify, and a wrong RSA key can give itself away.",
        source: "RFC 7518 section 6; RFC 8017 section 3.2",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"d":"OsLt1PSFu-ypUzzWLzOF8RrvrvOsqo7HRbM1g8LM8DU","#, ec!())),
            Example::keys(concat!(r#"{"d":"RWoEj0yumIxGNmgLeS1EUYeMW0yyFvZ-YDMgphh7mVA","#, ec!())),
        ],
    },
    Rule {
        id: "rsa-modulus-too-small",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let bits = key.modulus_bits().filter(|bits| *bits < 2048)?;
                say(format!("This RSA key has {bits} bits; tokens need 2,048."))
            })
        },
        message: "This RSA key is too short.",
        fix: "Make a key of 2,048 bits or more; of 3,072 for one that is to last.",
        source: "RFC 7518 sections 3.3, 3.5, 4.2 and 4.3",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"RSA","n":"{x*171}","e":"AQAB"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "rsa-modulus-odd-size",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let bits = key.modulus_bits().filter(|bits| *bits >= 2048)?;
                let is_odd = bits > 8192 || !bits.is_multiple_of(256);
                is_odd.then(|| {
                    Remark::default().saying(format!(
                        "This RSA key has {bits} bits: some libraries refuse such a size, or become slow."
                    ))
                })
            })
        },
        message: "This RSA key is of an unusual size.",
        fix: "Take 2,048, 3,072 or 4,096 bits.",
        source: "RFC 7518 section 3.3",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"RSA","n":"{x*350}","e":"AQAB"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "rsa-exponent-weak",
        severity: Severity::High,
        unless: &[],
        check: |s| each(s, weak_exponent),
        message: "The public exponent is unusual.",
        fix: "Make a key with the exponent 65,537, which a JWK writes as `AQAB`.",
        source: "FIPS 186-5 appendix A.1.1; RFC 8017 section 3.1",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"RSA","n":"{x*342}","e":"Aw"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "rsa-modulus-weak-structure",
        severity: Severity::High,
        unless: &[],
        check: |s| all(s, shared_factor).or_else(|| each(s, broken_modulus)),
        message: "This RSA key is broken.",
        fix: "Replace the key, with one that a sound generator makes, and do not trust what it signed.",
        source: "CVE-2017-15361; NIST SP 800-56B section 6.4.1.2; RFC 8017 section 3.1",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"RSA","n":"{x*341}g","e":"AQAB"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "rsa-leading-zero",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let starts = |name: &&str| key.bytes(name).is_some_and(|bytes| bytes.first() == Some(&0));
                let name = ["n", "e"].into_iter().find(starts).filter(|_| key.kty() == "RSA")?;
                say(format!(
                    "`{name}` begins with a zero byte. Numbers are written without, and the thumbprint of the key is another \
                     one like this."
                ))
            })
        },
        message: "A number begins with a zero byte.",
        fix: "Leave out the byte that some programs write for the sign.",
        source: "RFC 7518 sections 2 (Base64urlUInt) and 6.3.1.1",
        #[cfg(test)]
        examples: [Example::keys(r#"{"kty":"RSA","n":"{x*342}","e":"AAEAAQ"}"#), Example::keys(rsa!())],
    },
    Rule {
        id: "rsa-multi-prime",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            each(s, |key| {
                if key.has("oth") {
                    say("It has more than two primes (`oth`), which most libraries do not take.")
                } else {
                    None
                }
            })
        },
        message: "The RSA key has more than two primes.",
        fix: "Make a key of two primes.",
        source: "RFC 7518 section 6.3.2.7",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"RSA","n":"{x*342}","e":"AQAB","oth":[{"r":"Aw"}]}"#),
            Example::keys(rsa!()),
        ],
    },
    Rule {
        id: "oct-key-is-password",
        severity: Severity::High,
        unless: &[],
        check: |s| each(s, text_as_key),
        message: "This secret is a text, not random bytes.",
        fix: "Make a key of random bytes, and give it as Base64url.",
        source: "RFC 8725 section 3.5",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"oct","k":"c2VjcmV0"}"#),
            Example::keys(r#"{"kty":"oct","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#),
        ],
    },
    Rule {
        id: "oct-key-too-short",
        severity: Severity::High,
        unless: &[],
        check: |s| each(s, short_secret),
        message: "The secret is too short.",
        fix: "Take 32 random bytes or more; as many as the algorithm's name says.",
        source: "RFC 7518 sections 3.2 and 4.4",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"oct","k":"hJtXIZ2u"}"#),
            Example::keys(r#"{"kty":"oct","alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#),
        ],
    },
    Rule {
        id: "oct-key-low-entropy",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let bytes = key.bytes("k").filter(|_| key.kty() == "oct")?;
                say(format!("The secret can be guessed: {}.", pattern(&bytes)?))
            })
        },
        message: "The secret follows a pattern.",
        fix: "Have a secure random generator make it.",
        source: "RFC 8725 section 3.5",
        #[cfg(test)]
        examples: [
            Example::keys(r#"{"kty":"oct","k":"{A*43}"}"#),
            Example::keys(r#"{"kty":"oct","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#),
        ],
    },
    Rule {
        id: "oct-in-jwks-for-public",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            sets(s, |set| {
                let is_shared = |kty: &str| kty == "oct";
                let ktys = || set.keys.iter().filter_map(|key| key.get("kty")?.as_str());
                let mixed = ktys().any(is_shared) && ktys().any(|kty| !is_shared(kty));
                mixed.then(|| {
                    let at = ktys().position(is_shared).unwrap_or_default() + 1;
                    Remark::default().saying(format!(
                        "Key {at} is a shared secret among public keys: whoever can read the set can sign with it."
                    ))
                })
            })
        },
        message: "A shared secret stands among public keys.",
        fix: "Take it out of the set, and replace it.",
        source: "RFC 7517 section 9.2",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"kty":"oct","k":"{x*43}"},{"#, ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"alg":"ES256","#, ec!(), ",{", other_ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwk-use-key-ops-both",
        severity: Severity::Low,
        unless: &["jwk-use-alg-mismatch"],
        check: |s| each(s, purpose_twice),
        message: "The purpose is stated twice.",
        fix: "Keep either `use` or `key_ops`.",
        source: "RFC 7517 section 4.3",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"use":"sig","key_ops":["encrypt"],"#, ec!())),
            Example::keys(concat!(r#"{"use":"sig","#, ec!())),
        ],
    },
    Rule {
        id: "jwk-use-alg-mismatch",
        severity: Severity::High,
        unless: &[],
        check: |s| each(s, purpose_mismatch),
        message: "What the key is for and its algorithm contradict each other.",
        fix: "Set `use`, `key_ops` and `alg` to what the key is really used for.",
        source: "RFC 7517 sections 4.2 to 4.4",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"use":"enc","alg":"ES256","#, ec!())),
            Example::keys(concat!(r#"{"use":"sig","alg":"ES256","#, ec!())),
        ],
    },
    Rule {
        id: "jwk-key-ops-invalid",
        severity: Severity::Medium,
        unless: &[],
        check: |s| each(s, odd_operations),
        message: "The list of operations is not valid.",
        fix: "List one pair: sign and verify, encrypt and decrypt, wrapKey and unwrapKey, or deriveKey and deriveBits.",
        source: "RFC 7517 section 4.3",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"key_ops":["sign","decrypt"],"#, ec!())),
            Example::keys(concat!(r#"{"key_ops":["sign","verify"],"#, ec!())),
        ],
    },
    Rule {
        id: "jwk-alg-missing",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let missing = key.is_in_set && !key.has("alg");
                missing.then(|| {
                    Remark::default().saying(
                        "It does not say for which algorithm it is (`alg`): a verifier has to take the token's word for it.",
                    )
                })
            })
        },
        message: "A key does not say for which algorithm it is.",
        fix: "Add `alg`, and use each key with that one algorithm only.",
        source: "RFC 8725 section 3.1; RFC 7517 section 4.4",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"#, ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"alg":"ES256","#, ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwk-kid-missing",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            sets(s, |set| {
                let at = set
                    .keys
                    .iter()
                    .position(|key| !key.contains_key("kid"))
                    .filter(|_| set.keys.len() > 1)?;
                say(format!(
                    "Key {} of the set has no id (`kid`): verifiers have to try one key after the other.",
                    at + 1
                ))
            })
        },
        message: "Several keys, and not all have an id.",
        fix: "Give each key a `kid`, and write it into the tokens.",
        source: "RFC 7517 section 4.5",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), ",{", other_ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"2","#, other_ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwks-kid-duplicate",
        severity: Severity::High,
        unless: &[],
        check: |s| sets(s, same_id),
        message: "Two keys have the same id.",
        fix: "Give each key an id of its own.",
        source: "RFC 7517 section 4.5",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"1","#, other_ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"2","#, other_ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwks-same-key-twice",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            sets(s, |set| {
                let thumbprints: Vec<Option<String>> = set.views(None).map(|key| key.thumbprint()).collect();
                let (first, second) = same_pair(&thumbprints)?;
                say(format!("Keys {first} and {second} of the set are the same key."))
            })
        },
        message: "The same key is listed twice.",
        fix: "Take one of them out.",
        source: "RFC 7638 section 3",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"2","#, ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"2","#, other_ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwks-empty",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let empty = |set: &KeySubject| set.keys.is_empty().then(Remark::default);
            sets(s, empty)
        },
        message: "The set holds no key: every token that is checked against it is refused.",
        fix: "Publish at least one key; `keys` is a list of JWKs.",
        source: "RFC 7517 section 5",
        #[cfg(test)]
        examples: [Example::keys(r#"{"keys":[]}"#), Example::keys(concat!(r#"{"keys":[{"#, ec!(), "]}"))],
    },
    Rule {
        id: "jwks-single-key-no-rotation",
        severity: Severity::Info,
        unless: &[],
        check: |s| sets(s, |set| (set.keys.len() == 1).then(Remark::default)),
        message: "The set holds one key. To change it without refusing anyone, the next key has to be in the set some time \
                  before tokens are signed with it.",
        fix: "When you change keys, publish both for as long as verifiers keep the set, and tokens of the old key last.",
        source: "OpenID Connect Core section 10.1.1",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"keys":[{"#, ec!(), "]}")),
            Example::keys(concat!(r#"{"keys":[{"kid":"1","#, ec!(), r#",{"kid":"2","#, other_ec!(), "]}")),
        ],
    },
    Rule {
        id: "jwk-x5c-key-mismatch",
        severity: Severity::High,
        unless: &[],
        check: |s| each(s, foreign_certificate),
        message: "The certificate is that of another key.",
        fix: "Put the certificate of this key first in `x5c`, or leave `x5c` out.",
        source: "RFC 7517 section 4.7",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"x5c":["#, certificate!(), "],", other_ec!())),
            Example::keys(concat!(r#"{"x5c":["#, certificate!(), "],", ec!())),
        ],
    },
    Rule {
        id: "jwk-thumbprint-kid",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let is_same = key.text("kid")? == key.thumbprint()?;
                is_same.then(|| {
                    Remark::default()
                        .saying("Its id is the thumbprint of the key itself: it cannot be that of another.")
                })
            })
        },
        message: "The key's id is its thumbprint.",
        fix: "Nothing to do.",
        source: "RFC 7638 section 3",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"kid":"YKeT6tqsF4aqScqGZ6IZkRWLDFsORVcvktEWgjhy_eg","#, ec!())),
            Example::keys(concat!(r#"{"kid":"2026-01","#, ec!())),
        ],
    },
    Rule {
        id: "jwk-known-public-example",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let thumbprint = key.thumbprint()?;
                let (_, place) = EXAMPLES
                    .lines()
                    .filter_map(|line| line.split_once(' '))
                    .find(|(it, _)| *it == thumbprint)?;
                say(format!("This key is an example of {place}: everyone has its private part."))
            })
        },
        message: "This key is an example that everyone has.",
        fix: "Replace it by a key of your own, and refuse tokens that it signed.",
        source: "RFC 7515 appendix A; RFC 7517 appendix A; RFC 7520 section 3",
        #[cfg(test)]
        examples: [
            Example::keys(
                r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
            ),
            Example::keys(concat!("{", ec!())),
        ],
    },
    Rule {
        id: "jwk-expired-or-revoked",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            each(s, |key| {
                let exp = key.members.get("exp").and_then(Value::as_i64);
                if key.has("revoked") {
                    return say("Its issuer has revoked it (`revoked`).");
                }
                let past = exp.zip(key.now).filter(|(exp, now)| exp <= now);
                past.and_then(|(exp, now)| {
                    say(format!("It expired {} (`exp`).", crate::moment::distance(exp, now)))
                })
            })
        },
        message: "The key has expired or was revoked.",
        fix: "Use another key, and fetch the set again.",
        source: "OpenID Federation 1.0 section 8.7",
        #[cfg(test)]
        examples: [
            Example::keys(concat!(r#"{"exp":1700000000,"#, ec!())),
            Example::keys(concat!(r#"{"exp":1796086800,"#, ec!())),
        ],
    },
    Rule {
        id: "pem-private-pasted",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let remark = all(s, |document| document.is_private_pem.then(Remark::default))?;
            match s.form {
                Form::Keys => Some(remark),
                // It is what decrypts.
                Form::Jwe | Form::JsonJwe => None,
                _ => Some(
                    remark
                        .saying("This is a private key; to check a signature its public half is enough.")
                        .as_severity(Severity::Info),
                ),
            }
        },
        message: "This is a private key. It stays on this page; wherever else it is pasted, it should be replaced.",
        fix: "To check tokens, use the public key. Keep the private one where tokens are signed.",
        source: "RFC 7468 sections 10 and 11",
        #[cfg(test)]
        examples: [
            Example::keys("-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----"),
            Example::keys("-----BEGIN PUBLIC KEY-----\nMCowBQ==\n-----END PUBLIC KEY-----"),
        ],
    },
];

/// Keys that are printed in standards and in documentation that many copy from: SHA-256 thumbprint and where.
const EXAMPLES: &str = "\
y_x3gCJnL6oKGBBIXScabduwxTVy2Wd2bzRVEUbdUzc RFC 7515 (appendix A.1)
IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8 RFC 7515 (appendix A.2)
oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U RFC 7515 (appendix A.3)
u5YUSjQ2-2chBi51NSk3t3g7IM4o2KYcnPqPtCNGd3U RFC 7515 (appendix A.4)
xtIsOV1FqKH77AI_A3jdTg5QfdabzqI-LNpYTPi0IgI RFC 7516 (appendix A.1)
_K0fXS8wlsT7Tn3vvZrs9qdKUIqi5AxQ5EVk41xi_BM RFC 7516 (appendix A.2)
k1JnWRfC-5zzmL72vXIuBgTLfVROXBakS4OmGcrMCoc RFC 7516 (appendix A.3)
cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s RFC 7517 (appendix A)
NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs RFC 7517 (appendix A)
dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M RFC 7520 (section 3.1)
9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI RFC 7520 (section 3.3)
RtoRur_1Dir5M4wuOfqNkDYOf9O_4RJ-aHkTA75RLA8 RFC 7520 (section 3.5)
VDMp1ZgGGv1OKgOeDc1EUKHXNQzMdLkCnxPETHdA4v0 RFC 7520 (section 3.6)
h_jutvC-jg3Nwueq8LmdSybXykVsBwk4_5u5Y9JiS7E RFC 7520 (section 5.1)
Rt-IyDEhXohvTl_ozKQ9YGflXGuDb3uu3QmqN2LoMwM RFC 7520 (section 5.2)
YlKlB7M2wnS0cPn_V7OW-FuDLuWdJ9z4OvPHmhGDfeE RFC 7520 (section 5.4)
HsSFalww3yP-dO-lWGYgFcyV5H22oScIFc4V2Y6GOto RFC 7520 (section 5.5)
svOLuZiKpi3RFmSHAcCJqsQqjBmWR4egaIsgk-2uBak RFC 7520 (section 5.6)
tqsISrG_pUi4IXRd2S_IYFnja0Xy7cpZHwbDd3XIFbM RFC 7520 (section 5.7)
wLi2IZWIuukcHvhZrxIYPL8GGrdhkffpN8heZxnMP1o RFC 7520 (section 5.8)
8izOqBCj1XBwWw0-iTcMv27pUKWwFvNmw-kutyfzf-g RFC 7520 (section 6)
kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k RFC 8037 (appendix A)
giQqigT_IKcuzHl0FVJ3k5ts3_TWNAxvsC08UZsfcM8 RFC 8037 (appendix A.6)
zFHVsM9dc4OlHIwvEnVqfKzRj1ujqYGsZnXAcgn_CqI jwt.io (RS256)
pdmN_UI10XD6wy44jm-JkHmJOFxevse_2jio8cH1lRw jwt.io (RS256, in its older version)
19J8y7Zprt2-QKLjF2I5pVk0OELX6cY2AfaAv1LC_w8 jwt.io (ES256)
iTqXXI0zbAnJCKDaobfhkM1f-6rMSpTfyZMRp_2tKI8 jwt.io (ES384)
xZDfZpry4P9vZPZyG2fNBRj-7Lz5omVdm7tHoCgSNfY jwt.io (ES512)";

// ------------------------------------------------------------------------------------------------- a key and its other half

fn rsa_mismatch(key: &KeyView<'_>) -> Option<&'static str> {
    if key.has("oth") {
        return None;
    }
    let [d, p, q, dp, dq, qi] = ["d", "p", "q", "dp", "dq", "qi"].map(|name| key.bytes_or_none(name));
    let private = Private { d: &d, p: &p, q: &q, dp: &dp, dq: &dq, qi: &qi };
    modulus::mismatch(&key.bytes("n")?, &key.bytes("e")?, &private, key.power_bits)
}

fn curve_mismatch(key: &KeyView<'_>) -> Option<&'static str> {
    const OTHER: &str = "`d` is that of another point";
    let d = Secret::new(key.padded("d")?);
    let (x, y) = (key.padded("x")?, key.padded("y"));
    if let Some(curve) = key.okp_curve() {
        return Okp::of_private(curve, d).is_ok_and(|own| own.x != x).then_some(OTHER);
    }
    match Ec::of_number(key.curve()?, d) {
        Ok(own) => (own.x != x || Some(own.y) != y).then_some(OTHER),
        Err(_) => Some("`d` is not a number of this curve"),
    }
}

fn foreign_certificate(key: &KeyView<'_>) -> Option<Remark> {
    let first = key.members.get("x5c")?.get(0)?.as_str()?;
    let lines: Vec<&str> = pieces(first, 64).collect();
    let text = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    let certified = pem::read(&text).ok()?.into_iter().next()?;
    let own = crate::jose::key::jwk::read_members(key.members.clone()).ok()?;
    if own.key.public()? == certified.key {
        return None;
    }
    let subject = certified.certificate.map(|it| format!(" ({})", quoted(&it.subject))).unwrap_or_default();
    say(format!("The first certificate in `x5c`{subject} is that of another key: {}.", certified.key.title()))
}

/// The text in pieces of so many bytes; none of a text that is not ASCII.
fn pieces(text: &str, size: usize) -> impl Iterator<Item = &str> {
    let count = if text.is_ascii() { text.len().div_ceil(size) } else { 0 };
    (0..count).filter_map(move |index| text.get(index * size..text.len().min((index + 1) * size)))
}

// ---------------------------------------------------------------------------------------------------------------- RSA

fn weak_exponent(key: &KeyView<'_>) -> Option<Remark> {
    let bytes = key.bytes("e").filter(|_| key.kty() == "RSA")?;
    let trimmed = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let e = trimmed(&bytes);
    let n = trimmed(&key.bytes_or_none("n"));
    let is_even = e.last().is_none_or(|last| last % 2 == 0);
    let is_above = (e.len(), &e) >= (n.len(), &n) && !n.is_empty();
    let small = if e.len() > 2 {
        None
    } else {
        Some(e.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
    };
    let (severity, what) = match small {
        _ if is_above => (Severity::High, "The public exponent is not below the modulus.".into()),
        Some(number) if is_even || number < 3 => (
            Severity::High,
            format!("The public exponent is {number}: such a key neither signs nor encrypts."),
        ),
        _ if is_even => {
            (Severity::High, "The public exponent is even: such a key neither signs nor encrypts.".into())
        }
        Some(number) => (
            Severity::Medium,
            format!(
                "The public exponent is {number}. With small ones, careless verifiers have taken forged signatures."
            ),
        ),
        None => return None,
    };
    Some(Remark::default().saying(what).as_severity(severity))
}

fn broken_modulus(key: &KeyView<'_>) -> Option<Remark> {
    let n = key.bytes("n").filter(|_| key.kty() == "RSA")?;
    say(match modulus::fault(&n, key.power_bits)? {
        Fault::Divisor(divisor) => {
            format!(
                "The modulus can be divided by {divisor}, so this key is broken: anyone can compute the private one."
            )
        }
        Fault::Square => {
            "The two primes are the same, so this key is broken: anyone can compute the private one.".into()
        }
        Fault::Prime => {
            "The modulus is a prime itself, so this key is broken: anyone can compute the private one.".into()
        }
        Fault::Roca => {
            "The modulus is made as some security chips made them until 2017 (ROCA): the private key can be \
                        computed from it."
                .into()
        }
    })
}

fn shared_factor(document: &KeySubject) -> Option<Remark> {
    // Beside a token they would be compared at each keystroke.
    let views = document.views(None).enumerate().filter(|_| document.is_together());
    let moduli: Vec<(usize, Vec<u8>)> = views
        .filter_map(|(index, key)| Some((index + 1, key.bytes("n").filter(|_| key.kty() == "RSA")?)))
        .take(MAX_COMPARED_KEYS)
        .collect();
    moduli.iter().enumerate().find_map(|(at, (index, n))| {
        let others = moduli.get(at + 1..).filter(|others| !others.is_empty())?;
        let numbers: Vec<&[u8]> = others.iter().map(|(_, n)| n.as_slice()).collect();
        let (other, _) = others.get(modulus::shares_a_factor(n, &numbers)?)?;
        say(format!(
            "Keys {index} and {other} have a prime in common, so both are broken: anyone can compute the private ones."
        ))
    })
}

// -------------------------------------------------------------------------------------------------------- shared secrets

/// Nine in ten bytes are printable ASCII.
fn text_as_key(key: &KeyView<'_>) -> Option<Remark> {
    let bytes = key.bytes("k").filter(|bytes| key.kty() == "oct" && !bytes.is_empty())?;
    let printable = bytes.iter().filter(|byte| matches!(byte, b' '..=b'~')).count();
    if printable * 10 < bytes.len() * 9 {
        return None;
    }
    if std::str::from_utf8(&bytes).is_ok_and(weak_secrets::is_known) {
        let message = "This secret is an example from documentation, which everyone who attacks tries first.";
        return Some(Remark::default().saying(message).as_severity(Severity::High));
    }
    if bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit) {
        let message = "The bytes of this secret are the letters of a hexadecimal number: it is half as strong as it is long, \
                       and another library may read it as the number.";
        return Some(Remark::default().saying(message).as_severity(Severity::Low));
    }
    let message = format!(
        "The {} bytes of this secret are text: a password, which can be guessed offline.",
        bytes.len()
    );
    Some(Remark::default().saying(message).as_severity(Severity::High))
}

fn short_secret(key: &KeyView<'_>) -> Option<Remark> {
    let length = key.bytes("k").filter(|_| key.kty() == "oct")?.len();
    let alg = key.text("alg").unwrap_or("");
    let needed = match alg {
        "HS384" => 48,
        "HS512" | "A256CBC-HS512" => 64,
        "A192CBC-HS384" => 48,
        "A192KW" | "A192GCMKW" | "A192GCM" => 24,
        "HS256" | "A256KW" | "A256GCMKW" | "A256GCM" | "A128CBC-HS256" => 32,
        _ => 16,
    };
    let severity =
        (length < needed).then_some(if length < 16 { Severity::High } else { Severity::Medium })?;
    let wanted =
        if alg.is_empty() { "no algorithm takes fewer than".into() } else { format!("{} needs", short(alg)) };
    let message = format!("The secret has {length} bytes; {wanted} {needed}.");
    Some(Remark::default().saying(message).as_severity(severity))
}

fn pattern(bytes: &[u8]) -> Option<&'static str> {
    /// Bytes that are looked at.
    const MOST: usize = 512;
    let bytes = bytes.get(..MOST).unwrap_or(bytes);
    if bytes.len() < 4 {
        return None;
    }
    let steps: Vec<u8> = bytes
        .windows(2)
        .map(|pair| pair.last().copied().unwrap_or(0).wrapping_sub(pair.first().copied().unwrap_or(0)))
        .collect();
    let step = steps.first().copied().filter(|first| steps.iter().all(|step| step == first));
    let repeats = |period: usize| bytes.iter().skip(period).eq(bytes.iter().take(bytes.len() - period));
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let distinct = seen.iter().filter(|seen| **seen).count();
    match step {
        Some(0) => Some("all its bytes are the same"),
        Some(_) => Some("its bytes count up or down"),
        None if (2..=bytes.len() / 2).any(repeats) => Some("it repeats itself"),
        None if bytes.len() >= 16 && distinct < 8 => Some("it has only a few different bytes"),
        None => None,
    }
}

// --------------------------------------------------------------------------------------------------------------- purpose

/// What an algorithm does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Sig,
    Enc,
}

fn purpose(alg: &str) -> Option<Purpose> {
    let begins = |starts: &[&str]| starts.iter().any(|start| alg.starts_with(start));
    if begins(&["HS", "RS256", "RS384", "RS512", "PS", "ES", "EdDSA", "Ed25519", "Ed448", "ML-DSA"]) {
        Some(Purpose::Sig)
    } else if begins(&["RSA1_5", "RSA-OAEP", "dir", "ECDH-ES", "PBES2-", "A128", "A192", "A256"]) {
        Some(Purpose::Enc)
    } else {
        None
    }
}

/// The types of key that an algorithm takes.
fn types(alg: &str) -> &'static [&'static str] {
    match alg.get(..2) {
        Some("HS" | "A1" | "A2" | "di" | "PB") => &["oct"],
        Some("RS" | "PS") => &["RSA"],
        Some("ES") => &["EC"],
        Some("Ed") => &["OKP"],
        Some("EC") => &["EC", "OKP"],
        Some("ML") => &["AKP"],
        _ => &[],
    }
}

fn purpose_mismatch(key: &KeyView<'_>) -> Option<Remark> {
    let alg = key.text("alg")?;
    let purpose = purpose(alg)?;
    let types = types(alg);
    if !key.kty().is_empty() && !types.is_empty() && !types.contains(&key.kty()) {
        return say(format!(
            "It is of type {}, and its `alg` is {}, which takes a key of type {}.",
            short(key.kty()),
            short(alg),
            types.join(" or ")
        ));
    }
    let (does, usage) = match purpose {
        Purpose::Sig => ("signs", "sig"),
        Purpose::Enc => ("encrypts", "enc"),
    };
    if let Some(other) = key.text("use").filter(|it| matches!(*it, "sig" | "enc") && *it != usage) {
        return say(format!("Its `use` is `{other}`, and its `alg` is {}, which {does}.", short(alg)));
    }
    let operations = key.operations();
    let fits = |operation: &&str| matches!(*operation, "sign" | "verify") == (purpose == Purpose::Sig);
    if operations.is_empty() || operations.iter().any(fits) {
        return None;
    }
    say(format!(
        "Its `key_ops` allow only {}, and its `alg` is {}, which {does}.",
        quoted(&operations.join(", ")),
        short(alg)
    ))
}

fn purpose_twice(key: &KeyView<'_>) -> Option<Remark> {
    let usage = key.text("use").filter(|_| key.has("key_ops"))?;
    let operations = key.operations();
    let signs = operations.iter().any(|it| matches!(*it, "sign" | "verify"));
    let others = operations.iter().any(|it| !matches!(*it, "sign" | "verify"));
    let disagree = (usage == "sig" && others) || (usage == "enc" && signs);
    Some(if disagree {
        let message = format!(
            "`use` says `{usage}`, and `key_ops` says otherwise: {}.",
            quoted(&operations.join(", "))
        );
        Remark::default().saying(message).as_severity(Severity::Medium)
    } else {
        let message = "It has both `use` and `key_ops`, which say the same; they should not stand together.";
        Remark::default().saying(message).as_severity(Severity::Low)
    })
}

fn odd_operations(key: &KeyView<'_>) -> Option<Remark> {
    const GROUPS: [&[&str]; 3] =
        [&["sign", "verify"], &["encrypt", "decrypt", "wrapKey", "unwrapKey"], &["deriveKey", "deriveBits"]];
    let list = key.members.get("key_ops")?;
    let Some(list) = list.as_array().filter(|list| list.iter().all(Value::is_string)) else {
        return say("`key_ops` is not a list of texts.");
    };
    let operations = key.operations();
    let twice = operations
        .iter()
        .enumerate()
        .find(|(at, it)| operations.iter().take(*at).any(|before| before == *it));
    if let Some((_, twice)) = twice {
        return say(format!("`key_ops` lists {} twice.", quoted(twice)));
    }
    let group = |operation: &str| GROUPS.iter().position(|group| group.contains(&operation));
    if let Some(unknown) = operations.iter().find(|it| group(it).is_none()) {
        return say(format!("`key_ops` lists {}, which is no operation.", quoted(unknown)));
    }
    let first = group(operations.first()?);
    let other = operations.iter().find(|it| group(it) != first).filter(|_| list.len() > 1)?;
    say(format!(
        "`key_ops` allows both {} and {}: one key for two purposes can weaken both.",
        quoted(operations.first()?),
        quoted(other)
    ))
}

// ------------------------------------------------------------------------------------------------------------------ sets

/// The first two that are the same, counted from 1.
fn same_pair(values: &[Option<String>]) -> Option<(usize, usize)> {
    let twin = |(at, value): (usize, &Option<String>)| {
        let before = values.iter().take(at).position(|it| it.is_some() && it == value)?;
        Some((before + 1, at + 1))
    };
    values.iter().enumerate().find_map(twin)
}

fn same_id(set: &KeySubject) -> Option<Remark> {
    let ids: Vec<Option<String>> = set.views(None).map(|key| key.text("kid").map(str::to_owned)).collect();
    let (first, second) = same_pair(&ids)?;
    let member =
        |at: usize, name: &str| set.keys.get(at.saturating_sub(1)).and_then(|key| key.get(name)?.as_str());
    let kid = member(first, "kid").map(quoted).unwrap_or_default();
    let message = format!(
        "Keys {first} and {second} of the set have the same id ({kid}), so the wrong one may be chosen."
    );
    let differ = member(first, "kty") != member(second, "kty");
    Some(Remark::default().saying(message).as_severity(if differ {
        Severity::Medium
    } else {
        Severity::High
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::example::NOW;
    use super::super::review_keys;
    use super::*;

    fn said(text: &str) -> Vec<(String, Severity, String)> {
        let lists = review_keys(text, std::iter::empty(), Some(NOW));
        lists.into_iter().flatten().map(|finding| (finding.rule, finding.severity, finding.message)).collect()
    }

    fn message(text: &str, rule: &str) -> Option<(Severity, String)> {
        said(text).into_iter().find(|(id, ..)| id == rule).map(|(_, severity, message)| (severity, message))
    }

    #[test]
    fn exponents_are_judged_by_their_number() {
        let judged = |e: &str| {
            let key = format!(r#"{{"kty":"RSA","n":"{}","e":"{e}"}}"#, "x".repeat(342));
            message(&key, "rsa-exponent-weak").map(|(severity, _)| severity)
        };
        assert_eq!(judged("AQAB"), None);
        assert_eq!(judged("Aw"), Some(Severity::Medium));
        assert_eq!(judged("__8"), Some(Severity::Medium));
        for broken in ["AQ", "BA", "", "AA", "AQAC"] {
            assert_eq!(judged(broken), Some(Severity::High), "{broken}");
        }
        assert_eq!(judged(&"_".repeat(342)), Some(Severity::High));
    }

    #[test]
    fn secrets_are_judged_by_their_bytes() {
        use crate::scheme::kit::base64::BASE64URL;
        let key =
            |bytes: &[u8]| format!(r#"{{"kty":"oct","alg":"HS512","k":"{}"}}"#, BASE64URL.encode(bytes));
        let severity = |text: &str, rule: &str| message(text, rule).map(|(severity, _)| severity);
        let hex = key(b"0123456789abcdef0123456789abcdef01234567");
        assert_eq!(severity(&hex, "oct-key-is-password"), Some(Severity::Low));
        let known = key(b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7");
        assert_eq!(severity(&known, "oct-key-is-password"), Some(Severity::High));
        let random: Vec<u8> = (0..40_u8).map(|i| i.wrapping_mul(73) ^ (i >> 1)).collect();
        assert_eq!(severity(&key(&random), "oct-key-too-short"), Some(Severity::Medium));
        assert_eq!(severity(&key(&random), "oct-key-low-entropy"), None);
        for guessable in [&[7; 32][..], &[1, 2, 3, 4, 5, 6], &[9, 1, 8, 9, 1, 8, 9], b"aabbaabaabbababb"] {
            assert!(pattern(guessable).is_some(), "{guessable:?}");
        }
    }

    #[test]
    fn moduli_of_a_set_are_compared() {
        // 2^521 - 1 times 2^607 - 1, and times 2^1279 - 1.
        let mersenne = |bits: usize| {
            let mut bytes = vec![0xff_u8; bits.div_ceil(8)];
            bytes[0] >>= 8 * bytes.len() - bits;
            rsa::BoxedUint::from_be_slice_vartime(&bytes)
        };
        use p256::elliptic_curve::bigint::ConcatenatingMul as _;
        let key = |other: usize| {
            let n = mersenne(521).concatenating_mul(&mersenne(other)).to_be_bytes_trimmed_vartime();
            format!(
                r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#,
                crate::scheme::kit::base64::BASE64URL.encode(&n)
            )
        };
        let set = format!(r#"{{"keys":[{},{{"kty":"oct"}},{}]}}"#, key(607), key(1279));
        let (_, message) = message(&set, "rsa-modulus-weak-structure").expect("a remark");
        assert!(message.starts_with("Keys 1 and 3 have a prime in common"), "{message}");
    }

    #[test]
    fn private_parts_are_held_against_the_public_ones() {
        let rule = "jwk-private-public-mismatch";
        // RFC 8037 appendix A.
        let okp = |d: &str| {
            format!(
                r#"{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"{d}"}}"#
            )
        };
        assert_eq!(message(&okp("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), rule), None);
        assert!(
            message(&okp("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2B"), rule).is_none(),
            "the same bytes"
        );
        assert!(message(&okp("nXGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), rule).is_some());
        // 61 times 53, and one that is not.
        let rsa = |p: &str| format!(r#"{{"kty":"RSA","n":"DKE","e":"EQ","d":"AZ0","p":"{p}","q":"NQ"}}"#);
        assert_eq!(message(&rsa("PQ"), rule), None);
        assert!(message(&rsa("Ow"), rule).is_some_and(|(_, message)| message.contains("`p` times `q`")));
    }

    #[test]
    fn what_two_statements_say_is_compared() {
        let both = |members: &str| message(&format!("{{{members},\"kty\":\"EC\"}}"), "jwk-use-key-ops-both");
        assert!(
            both(r#""use":"sig","key_ops":["verify"]"#)
                .is_some_and(|(severity, _)| severity == Severity::Low)
        );
        assert!(
            both(r#""use":"sig","key_ops":["encrypt"]"#)
                .is_some_and(|(severity, _)| severity == Severity::Medium)
        );
        let clash = |members: &str| message(&format!("{{{members}}}"), "jwk-use-alg-mismatch");
        assert!(clash(r#""kty":"EC","alg":"RS256""#).is_some());
        assert!(clash(r#""kty":"RSA","alg":"RS256","key_ops":["encrypt"]"#).is_some());
        assert!(clash(r#""kty":"RSA","alg":"RSA-OAEP","key_ops":["encrypt","wrapKey"]"#).is_none());
        assert!(clash(r#""kty":"EC","alg":"ECDH-ES","key_ops":[]"#).is_none());
    }

    #[test]
    fn each_example_has_a_thumbprint_of_its_own() {
        let thumbprints: Vec<&str> =
            EXAMPLES.lines().filter_map(|line| Some(line.split_once(' ')?.0)).collect();
        for (at, one) in thumbprints.iter().enumerate() {
            assert_eq!(one.len(), 43, "{one}");
            assert!(!thumbprints[..at].contains(one), "{one}");
        }
        assert_eq!(thumbprints.len(), EXAMPLES.lines().count());
    }

    proptest! {
        #[test]
        fn broken_keys_can_be_reviewed(
            which in 0..RULES.len(), at in 0_usize..400, put in "[ -~é]{0,3}", cut in 0_usize..3,
        ) {
            let mut text = RULES[which].examples[0].pasted();
            let at = at.min(text.len());
            let end = (at + cut).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, &put);
            }
            said(&text);
        }
    }
}
