//! Rules about algorithms and signatures (RFC 7518 section 3).

use serde_json::Value;

#[cfg(test)]
use super::Example;
use super::Rule;
use super::address::Address;
use super::ecdsa::{self, Numbers};
#[cfg(test)]
use super::example::KEY;
use super::registry::{self, Needs, Status};
use super::subject::{Form, Subject, loose};
use super::weak_secrets;
use crate::finding::Severity;
use crate::jose::alg::Alg;
use crate::jose::jws;
use crate::jose::key::given::GivenKey;
use crate::jose::key::pem;
use crate::jose::key::{Curve, Key, OkpCurve, Rsa};
use crate::jose::primitive::rsa::{self, Padding};
use crate::scheme::kit::digest::Digest;
use crate::secret::{Secret, SecretEncoding, SecretText};

/// Bytes that are hashed, at most, to try known secrets and public keys on one token: a few milliseconds.
const MAX_TRIED: usize = 1 << 22;

pub const RULES: &[Rule] = &[
    Rule {
        id: "alg-missing",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.params()?.get("alg").is_none_or(|alg| !alg.is_string())),
        message: "The header does not name an algorithm.",
        fix: "Make the token with a JWT library.",
        source: "RFC 7515 section 4.1.1",
        #[cfg(test)]
        examples: [Example::header(r#"{"typ":"JWT"}"#), Example::header(r#"{"alg":"ES256"}"#)],
    },
    Rule {
        id: "alg-none",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.alg()? == "none"),
        message: "This token is not signed at all; anyone can write it.",
        fix: "Let the server accept a fixed list of algorithms, without `none`.",
        source: "RFC 7519 section 6; draft-ietf-oauth-rfc8725bis sections 2.1 and 3.2; draft-ietf-jose-deprecate-none-rsa15",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"none"}"#), Example::header(r#"{"alg":"HS256"}"#)],
    },
    Rule {
        id: "alg-none-variant",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let alg = s.alg()?;
            s.on_header(alg != "none" && is_none(alg))
        },
        message: "`none` in another spelling, meant to slip past a list of what is refused: the token is not signed, and anyone \
                  can write it.",
        fix: "Let the server accept a fixed list of algorithms, compared exactly.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.11 and 3.1",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"nOnE"}"#), Example::header(r#"{"alg":"none"}"#)],
    },
    Rule {
        id: "alg-wrong-case",
        severity: Severity::High,
        unless: &["alg-none-variant"],
        check: |s| {
            let alg = s.alg()?;
            let right = registry::in_other_case(alg)?;
            let message = format!("`alg` is {}: names of algorithms are case-sensitive, and this one is {right}.", super::quoted(alg));
            Some(s.on_header(true)?.saying(message))
        },
        message: "Names of algorithms are case-sensitive; this one is unknown.",
        fix: "Use the registered spelling.",
        source: "RFC 7515 section 4.1.1; draft-ietf-oauth-rfc8725bis section 2.11",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"hs256"}"#), Example::header(r#"{"alg":"HS256"}"#)],
    },
    Rule {
        id: "alg-unknown",
        severity: Severity::Medium,
        unless: &["alg-none-variant", "alg-wrong-case"],
        check: |s| {
            let alg = s.alg()?;
            let unknown = s.on_header(registry::algorithm(alg).is_none())?;
            Some(unknown.saying(format!("The algorithm {} is not registered; verifiers will not know it.", super::quoted(alg))))
        },
        message: "This algorithm is not registered; verifiers will not know it.",
        fix: "Use ES256, Ed25519, PS256, RS256 or HS256.",
        source: "IANA registry “JSON Object Signing and Encryption”",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"HS1024"}"#), Example::header(r#"{"alg":"ES256"}"#)],
    },
    Rule {
        id: "alg-deprecated",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let alg = registry::algorithm(s.alg()?)?;
            let old = alg.status != Status::Current && !matches!(alg.name, "none" | "RSA1_5");
            let remark = s.on_header(old)?;
            Some(match (alg.name, alg.status) {
                ("EdDSA", _) => remark
                    .as_severity(Severity::Info)
                    .saying("`EdDSA` does not say which curve it is; `Ed25519` does, and replaces it.")
                    .advising("Use `Ed25519` where both sides know it."),
                (name, Status::Prohibited) => {
                    remark.saying(format!("{name} is registered as prohibited: it is not safe any more."))
                }
                (name, _) => remark.saying(format!("{name} is deprecated.")),
            })
        },
        message: "This algorithm is deprecated.",
        fix: "Move to a current one: ES256, Ed25519, PS256.",
        source: "IANA registry “JSON Object Signing and Encryption”; RFC 9864",
        #[cfg(test)]
        examples: [Example::header(r#"{"alg":"RS1"}"#), Example::header(r#"{"alg":"PS256"}"#)],
    },
    Rule {
        id: "alg-symmetric-for-public-use",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let iss = s.text_claim("iss").filter(|iss| Address::read(iss).is_some())?;
            let is_for_others = match s.claim("aud") {
                Some(Value::String(aud)) => aud != iss,
                Some(Value::Array(list)) => !list.iter().any(|aud| aud == iss),
                _ => s.is_access_token_like(),
            };
            s.on_header(is_hmac(s) && is_for_others)
        },
        message: "With a shared secret everyone who can check the token can also forge it, and issuer and receiver seem to be \
                  different parties here.",
        fix: "Use ES256, Ed25519 or PS256 where others than the issuer check the token.",
        source: "RFC 7515 section 10.5; RFC 8725 section 3.1",
        #[cfg(test)]
        examples: [
            Example::jws(r#"{"alg":"HS256"}"#, r#"{"iss":"https://a","aud":"https://b"}"#),
            Example::jws(r#"{"alg":"ES256"}"#, r#"{"iss":"https://a","aud":"https://b"}"#),
        ],
    },
    Rule {
        id: "alg-key-type-mismatch",
        severity: Severity::High,
        unless: &["es256k-vs-es256", "rs-hs-confusion"],
        check: |s| {
            let needs = registry::algorithm(s.alg()?)?.needs;
            let mismatch = needs != Needs::Nothing && keys(s).all(|key| !needs.is_met_by(key));
            let key = keys(s).next()?;
            let message =
                format!("{} works with {}; what was given is: {}.", s.alg()?, needs.words(), key.title());
            Some(s.on_header(mismatch)?.saying(message))
        },
        message: "The key that was given is of another type than the algorithm works with.",
        fix: "Choose the key by `kid`, and check its type before it is used.",
        source: "draft-ietf-oauth-rfc8725bis section 3.1; RFC 7518 section 3",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#).given(&[("q7Kp2vXw9LrT4mZs8BnY1cJd6GhF3aQ5", None)]),
            Example::header(r#"{"alg":"HS256"}"#).given(&[(KEY, Some(SecretEncoding::Hex))]),
        ],
    },
    Rule {
        id: "rs-hs-confusion",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            if is_signed_with_public_key(s) {
                return s.on_header(true);
            }
            let given = s.on_header(is_hmac(s) && s.input.secrets.iter().any(|secret| is_public(s, secret)))?;
            let message = "The algorithm takes a shared secret, and a public key was given: a server that takes the algorithm from \
                           the token would use that public key as the secret, and everyone has it.";
            Some(given.saying(message))
        },
        message: "This token is signed with the public key as the secret: the attack that turns RS256 into HS256. Everyone who has \
                  the public key can make such tokens.",
        fix: "Fix the algorithm on the server; never take it from the token.",
        source: "draft-ietf-oauth-rfc8725bis section 2.1; CVE-2016-10555",
        #[cfg(test)]
        examples: [
            // The file's own text, of which only the numbers were given.
            Example::header(r#"{"alg":"HS256"}"#).signed_with(PUBLIC_PEM).given(&[(PUBLIC_JWK, None)]),
            Example::header(r#"{"alg":"RS256"}"#).given(&[(PUBLIC_PEM, None)]),
        ],
    },
    Rule {
        id: "signature-empty",
        severity: Severity::High,
        unless: &["json-serialization-none-among-signatures"],
        check: |s| {
            let signed = s.is_jws() && s.alg().is_some_and(|alg| !is_none(alg));
            s.on_token(signed && signature_text(s).is_empty())
        },
        message: "The signature is missing; a server that accepts this checks nothing.",
        fix: "Refuse tokens without a signature.",
        source: "RFC 7515 section 5.2; CVE-2020-28042",
        #[cfg(test)]
        examples: [
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30."),
            Example::text("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"),
        ],
    },
    Rule {
        id: "none-with-signature",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let unsigned = s.is_jws() && s.alg().is_some_and(is_none);
            s.on_signature(unsigned && !signature_text(s).is_empty())
        },
        message: "The header says that the token is not signed, and there is a signature all the same: often a token whose header \
                  was changed.",
        fix: "Refuse it.",
        source: "RFC 7518 section 3.6",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"none"}"#).signature("00"),
            Example::header(r#"{"alg":"none"}"#),
        ],
    },
    Rule {
        id: "signature-length-wrong",
        severity: Severity::High,
        unless: &["token-truncated", "ecdsa-der-signature", "base64-impossible-length"],
        check: |s| {
            let alg = signature_alg(s)?;
            let found = s.signature.len();
            let modulus = keys(s).find_map(|key| match key {
                Key::Rsa(rsa) if alg.takes(key) => Some(rsa.bits().div_ceil(8)),
                _ => None,
            });
            let wanted = modulus.map_or_else(|| registry::signature_sizes(alg), |size| vec![size]);
            let remark = s.on_signature(found > 0 && !wanted.contains(&found))?;
            let name = s.alg()?;
            Some(match (&wanted[..], modulus) {
                (_, Some(size)) => remark.saying(format!(
                    "The signature has {found} bytes, and one of the RSA key that was given has {size}: it is of another key, or \
                     the token is not whole."
                )),
                ([size], None) => remark.saying(format!("The signature has {found} bytes; one of {name} has {size}.")),
                _ => remark.saying(format!("The signature has {found} bytes, which no usual signature of {name} has.")),
            })
        },
        message: "The signature has another length than the algorithm makes.",
        fix: "Check that the token is complete, and that the name of the algorithm is right.",
        source: "RFC 7518 sections 3.2 to 3.5",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#).signature("{11*65}"),
            Example::header(r#"{"alg":"ES256"}"#).signature("{11*64}"),
        ],
    },
    Rule {
        id: "ecdsa-der-signature",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let curve = ecdsa_curve(s)?;
            s.on_signature(s.signature.len() != 2 * curve.size() && ecdsa::is_der(&s.signature))
        },
        message: "The signature is in DER form; tokens have the two numbers side by side.",
        fix: "Convert it: the option is called `ieee-p1363` or `dsaEncoding` in many libraries.",
        source: "RFC 7518 section 3.4",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#).signature("30440220{11*32}0220{22*32}"),
            Example::header(r#"{"alg":"ES256"}"#).signature("30440220{11*60}"),
        ],
    },
    Rule {
        id: "ecdsa-zero-r-or-s",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let numbers = numbers(s)?;
            s.on_signature(ecdsa::is_zero(numbers.r) || ecdsa::is_zero(numbers.s))
        },
        message: "A number of the signature is zero: some broken libraries accept that for any content.",
        fix: "Update the library; Java 15 to 18 before April 2022 was affected.",
        source: "CVE-2022-21449; FIPS 186-5 section 6.4.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#).signature("{00*64}"),
            Example::header(r#"{"alg":"ES256"}"#),
        ],
    },
    Rule {
        id: "ecdsa-r-or-s-out-of-range",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let numbers = numbers(s)?;
            s.on_signature(!numbers.is_below_order(numbers.r) || !numbers.is_below_order(numbers.s))
        },
        message: "A number of the signature is not below the order of the curve: no right signature is like that.",
        fix: "Refuse it.",
        source: "RFC 7518 section 3.4; FIPS 186-5 section 6.4.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#)
                .signature("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551{11*32}"),
            Example::header(r#"{"alg":"ES256"}"#)
                .signature("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550{11*32}"),
        ],
    },
    Rule {
        id: "ecdsa-high-s",
        severity: Severity::Info,
        unless: &["ecdsa-r-or-s-out-of-range"],
        check: |s| s.on_signature(numbers(s)?.has_high_s()),
        message: "A second signature exists that is as right as this one (the number S is in the upper half), so the text of the \
                  token is no id.",
        fix: "Nothing to mend; use `jti` to find tokens that were used before.",
        source: "SEC 1 section 4.1.4; BIP 146",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#)
                .signature("{11*32}7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9"),
            Example::header(r#"{"alg":"ES256"}"#)
                .signature("{11*32}7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"),
        ],
    },
    Rule {
        id: "ecdsa-repeated-r",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let decoded: Vec<(&str, Vec<u8>)> = s.signers.iter().filter_map(|signer| signer.ecdsa()).collect();
            let mut halves: Vec<(&str, &[u8], &[u8])> = decoded
                .iter()
                .filter_map(|(alg, bytes)| bytes.split_at_checked(bytes.len() / 2).map(|(r, s)| (*alg, r, s)))
                .collect();
            halves.sort_unstable();
            let repeated = halves.windows(2).any(|pair| match pair {
                [a, b] => (a.0, a.1) == (b.0, b.1) && a.2 != b.2 && !ecdsa::is_zero(a.1),
                _ => false,
            });
            s.on_token(s.form == Form::JsonJws && repeated)
        },
        message: "Two of the signatures were made with the same random number: if they are of one key, its private part can be \
                  computed from them.",
        fix: "Revoke the key; use deterministic ECDSA.",
        source: "draft-ietf-oauth-rfc8725bis section 3.2; RFC 6979",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJFUzI1NiJ9","signature":"EREREREREREREREREREREREREREREREREREREREREREiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIg"},{"protected":"eyJhbGciOiJFUzI1NiIsImtpZCI6IjIifQ","signature":"EREREREREREREREREREREREREREREREREREREREREREzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw"}]}"#,
            ),
            Example::text(
                r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJFUzI1NiJ9","signature":"EREREREREREREREREREREREREREREREREREREREREREiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIg"},{"protected":"eyJhbGciOiJFUzI1NiIsImtpZCI6IjIifQ","signature":"IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw"}]}"#,
            ),
        ],
    },
    Rule {
        id: "eddsa-s-out-of-range",
        severity: Severity::High,
        unless: &["eddsa-small-order-key"],
        check: |s| {
            let is_25519 = matches!(s.alg()?, "EdDSA" | "Ed25519") && s.signature.len() == 64;
            let (r, number) = s.signature.split_at_checked(32).filter(|_| is_25519)?;
            let public = keys(s).find_map(|key| match key {
                Key::Okp(okp) if okp.curve == OkpCurve::Ed25519 => Some(okp.x.as_slice()),
                _ => None,
            });
            s.on_signature(!ecdsa::is_below_l(number) || !is_point(r) || public.is_some_and(|x| !is_point(x)))
        },
        message: "The signature or its key is not in the one canonical form, and strict verifiers refuse it.",
        fix: "Sign with a library that follows RFC 8032.",
        source: "RFC 8032 section 5.1.7",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"Ed25519"}"#).signature(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a10ff",
            ),
            Example::header(r#"{"alg":"Ed25519"}"#),
        ],
    },
    Rule {
        id: "eddsa-small-order-key",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let embedded = s.param("jwk").or_else(|| s.param("epk")).and_then(embedded_x);
            let is_weak = keys(s).any(|key| matches!(key, Key::Okp(okp) if ecdsa::is_low_order(okp.curve, &okp.x)));
            s.on_header(is_weak || embedded.is_some_and(|(curve, x)| ecdsa::is_low_order(curve, &x)))
        },
        message: "The public key is one of the few weak points of its curve: signatures or shared secrets with it prove nothing.",
        fix: "Refuse the key.",
        source: "RFC 8037 section 5; RFC 7748 section 6.1",
        #[cfg(test)]
        examples: [
            Example::header(
                r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}"#,
            ),
            Example::header(
                r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#,
            ),
        ],
    },
    Rule {
        id: "hmac-key-too-short",
        severity: Severity::High,
        unless: &["hmac-empty-key"],
        check: |s| {
            let least = jws::hmac_digest(s.alg()?)?.size();
            let given = s.right_secret().or_else(|| secrets(s).next().filter(|_| s.input.verdict.is_none()));
            let (_, secret) = given?;
            let message = format!(
                "The secret has {} bits; {} wants at least {}. Whoever has one token can search for a short secret offline, and \
                 some libraries refuse it.",
                secret.len() * 8,
                s.alg()?,
                least * 8
            );
            let fix = format!("Use {least} random bytes, as Generate makes them.");
            Some(s.on_signature(secret.len() < least)?.saying(message).advising(fix))
        },
        message: "The secret is shorter than the algorithm demands.",
        fix: "Use 32, 48 or 64 random bytes for HS256, HS384 or HS512.",
        source: "RFC 7518 section 3.2; RFC 2104 section 3",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256"}"#).signed_with("secret").given(&[("secret", None)]),
            Example::header(r#"{"alg":"HS256"}"#).given(&[(KEY, Some(SecretEncoding::Hex))]),
        ],
    },
    Rule {
        id: "hmac-key-guessable",
        severity: Severity::High,
        unless: &["hmac-empty-key"],
        check: |s| {
            let remark = s.on_signature(is_hmac(s) && s.is_jws())?;
            if let Some((_, secret)) = s.right_secret() {
                let text = std::str::from_utf8(secret.bytes()).unwrap_or_default();
                if !weak_secrets::is_known(text) {
                    let weak = weak_secrets::most_bits(secret.bytes()).is_some_and(|bits| bits < ENOUGH_BITS);
                    let message = "The secret is a text that a guesser finds far sooner than random bytes: whoever has one token can \
                                   try passwords on it offline.";
                    return weak.then(|| remark.saying(message));
                }
                return Some(remark);
            }
            let word = known_secret(s)?;
            Some(remark.saying(format!(
                "This token is signed with a secret that is printed in documentation: “{word}”. Everyone can make such tokens."
            )))
        },
        message: "The secret is one that is printed in documentation: it is tried first, and everyone can make such tokens.",
        fix: "Generate a random secret, and change to it now.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.2 and 3.5; RFC 7518 section 8.8",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256"}"#).signed_with("your-256-bit-secret"),
            Example::header(r#"{"alg":"HS256"}"#).given(&[(KEY, Some(SecretEncoding::Hex))]),
        ],
    },
    Rule {
        id: "hmac-empty-key",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_signature(is_hmac(s) && s.right_secret().is_none() && s.holds_with(b"")),
        message: "The token is signed with an empty secret, so everyone can sign.",
        fix: "Let the server stop at its start where the secret is not set.",
        source: "CVE-2019-20933",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256"}"#).signed_with(""),
            Example::header(r#"{"alg":"HS256"}"#).signed_with("secret"),
        ],
    },
    Rule {
        id: "hmac-secret-encoding-ambiguous",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let (given, right) = s.right_secret()?;
            let secret = s.input.secrets.get(given.index).filter(|_| is_hmac(s))?;
            let read = |encoding| Secret::read(&secret.text, encoding).ok();
            // Nearly every word is Base64 of a few bytes: what nobody would call a key is no other reading.
            let is_key = |other: &Secret| other.len() >= 16 && other != right;
            let another = SecretEncoding::TEXTUAL.into_iter().filter_map(read).any(|other| is_key(&other));
            let message = format!(
                "The secret is right when it is read as {}, and could be read in another way: both sides must do it alike.",
                given.encoding.label()
            );
            Some(s.on_signature(another && SecretEncoding::TEXTUAL.contains(&given.encoding))?.saying(message))
        },
        message: "The secret is right only in this reading: both sides must do it alike.",
        fix: "Write down how the secret is encoded.",
        source: "RFC 7518 section 3.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256"}"#).given(&[(KEY, Some(SecretEncoding::Hex))]),
            Example::header(r#"{"alg":"HS256"}"#),
        ],
    },
    Rule {
        id: "signature-does-not-verify",
        severity: Severity::High,
        unless: &["alg-key-type-mismatch", "rs-hs-confusion", "es256k-vs-es256", "pss-salt-length", "signature-empty"],
        check: |s| {
            let alg = signature_alg(s)?;
            let fitting = keys(s).any(|key| alg.takes(key));
            s.on_signature(s.input.verdict == Some(false) && fitting)
        },
        message: "The signature does not match: the token was changed, or the key is another one.",
        fix: "Check `kid`, the environment that the key is of, and whether it was changed.",
        source: "RFC 7515 section 5.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"HS256"}"#).signature("{11*32}").given(&[(KEY, Some(SecretEncoding::Hex))]),
            Example::header(r#"{"alg":"HS256"}"#).given(&[(KEY, Some(SecretEncoding::Hex))]),
        ],
    },
    Rule {
        id: "pss-salt-length",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let Alg::RsaPss(digest) = signature_alg(s).filter(|_| s.input.verdict == Some(false))? else { return None };
            let length = keys(s).find_map(|key| match key {
                Key::Rsa(rsa) => salt_length(rsa, digest, s),
                _ => None,
            })?;
            let message = format!(
                "The signature is right but for its salt, which has {length} bytes where {} wants {}: many libraries refuse it.",
                s.alg()?,
                digest.size()
            );
            Some(s.on_signature(true)?.saying(message))
        },
        message: "The salt of the signature has an unusual length, and many libraries refuse it.",
        fix: "Sign with a salt as long as the hash.",
        source: "RFC 7518 section 3.5",
        #[cfg(test)]
        examples: [
            Example::text(SALT_20).given(&[(PUBLIC_JWK, None)]).verdict(false),
            Example::text(SALT_32).given(&[(PUBLIC_JWK, None)]).verdict(false),
        ],
    },
    Rule {
        id: "es256k-vs-es256",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let (right, other) = match s.alg()? {
                "ES256" => (Curve::P256, Curve::Secp256k1),
                "ES256K" => (Curve::Secp256k1, Curve::P256),
                _ => return None,
            };
            let is_on = |curve: Curve| keys(s).any(|key| matches!(key, Key::Ec(ec) if ec.curve == curve));
            let message = format!("{} is for keys on {}; the key that was given is on {}.", s.alg()?, right.name(), other.name());
            Some(s.on_header(is_on(other) && !is_on(right))?.saying(message))
        },
        message: "The curve of the key does not fit the name of the algorithm.",
        fix: "Use P-256 for ES256 and secp256k1 for ES256K.",
        source: "RFC 7518 section 3.4; RFC 8812 section 3.2",
        #[cfg(test)]
        examples: [
            Example::header(r#"{"alg":"ES256"}"#).given(&[(SECP256K1_JWK, None)]),
            Example::header(r#"{"alg":"ES256"}"#).given(&[(P256_JWK, None)]),
        ],
    },
];

#[cfg(test)]
const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu49ThExliHWe4Sl7G3ga\n3EnxY0qNNcsGBOGGsdIo1lUiIrHBAcKvUowAtSgFUQ9mqDHA4qMrV6VkcIEjwsWX\nK/bhnghopeExPU1np0mcUlNkxad2BTRrNT667f18zX8JslAM18G6RBFGWAHZaun9\nMc+6Uxkff4oUfzGDfnxqVHyUChaPownY0NYP0utbfWjbVuG3rTPjiVl4tYDLJ4F3\nW3M93izs36g2ihEAF1pZvvGSqHCNiE0vx13fwsVeRku3/Daz3R5AOGeXYnjieDZ+\nHbA78d+vaI/EBw2D2hSXeux3ZFwRkGMHvxqDixWayes9rg4z23uYnLGsOQV+vYoe\noQIDAQAB\n-----END PUBLIC KEY-----\n";
#[cfg(test)]
const PUBLIC_JWK: &str = r#"{"kty":"RSA","e":"AQAB","n":"u49ThExliHWe4Sl7G3ga3EnxY0qNNcsGBOGGsdIo1lUiIrHBAcKvUowAtSgFUQ9mqDHA4qMrV6VkcIEjwsWXK_bhnghopeExPU1np0mcUlNkxad2BTRrNT667f18zX8JslAM18G6RBFGWAHZaun9Mc-6Uxkff4oUfzGDfnxqVHyUChaPownY0NYP0utbfWjbVuG3rTPjiVl4tYDLJ4F3W3M93izs36g2ihEAF1pZvvGSqHCNiE0vx13fwsVeRku3_Daz3R5AOGeXYnjieDZ-HbA78d-vaI_EBw2D2hSXeux3ZFwRkGMHvxqDixWayes9rg4z23uYnLGsOQV-vYoeoQ"}"#;
/// Signed with its private key, with salts of 20 and of 32 bytes.
#[cfg(test)]
const SALT_20: &str = "eyJhbGciOiJQUzI1NiIsImtpZCI6IjEifQ.e30.T2Xf8yEhguc68mm7WE29w48pWC3OL5WCBeNOhMc3a85SD9X3rnGsGbczEeMlVWyGPOMKVQHPHad2G1DJEpcin033MRjc9cTkjLr2EX6UEoSMsMAog2dzArYtno-FZj3vuY0xjNSuZiPOF5UNlLJ1zb_T3Hg1yBuy6UdARGzt4KSLNFdm_gchPF9agZW1UuLBiWx9VTVU-I9Hk_3Pjs5JSGPIeFOO6kkYNNymQQlfcBBCKYh0zhNjsgYZ7u1TmHbfh0FZaKMeP2FjDR8qpKPdW0VN1HDpi9KjTLf1QOzD-DgjJEriZTOLAaiGkW-2IG6tGVxaHDZKcJdfNsrYEY7YEg";
#[cfg(test)]
const SALT_32: &str = "eyJhbGciOiJQUzI1NiIsImtpZCI6IjEifQ.e30.Fp1K34KY5zernnPCcVzpD6gIYnJfHYPj8wieQT2Xa3qqodB7pdotsRI_dXuoO0a2j9BRRyRBVRW5kdBT042zrTuYsafMo-UR1ZknBXRqiELupV3x6Z7rHiB_pEnfuIGNkd8DaJzUWb0QtT7coaKiEIANR63toRDivd36Wck0ikREVa52x5yKXdJngsD62zKZGfGp7mGhQ08LkpIMkAqIWmSQztSMGMNQqfGaWx6KBrLHSdGEx_lU19DF-UjrRTbxB5XXO_iLvN8C3c2KRRD8wvda7oZMu9mTdRj2CdlPvJFPC_twArSyChQQLVjUnoc9Y8-oMOcKohZKNx4zF0GOuA";
#[cfg(test)]
const P256_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"MpNdZwWR3pyFrv5ACqiiy8sKML8OuZ0bZMWvYb9az7A","y":"wf0PGkj_mNkqAXtxPxurihIb9tToZ9WNb7FexzIzPAo"}"#;
#[cfg(test)]
const SECP256K1_JWK: &str = r#"{"kty":"EC","crv":"secp256k1","x":"4uvirxZKWUAf5crcB7ZLn1hYCbPOPRIGbRpe5NM57No","y":"A3pnG4KtRt0hLKqGWKxxjFj2zk5k_czoWmkT_veC5O8"}"#;

/// Bits that nobody guesses.
const ENOUGH_BITS: u32 = 128;

/// Whether `alg` is `none`, however it is spelled.
pub fn is_none(alg: &str) -> bool {
    let is_filler = |c: char| c.is_whitespace() || c.is_control();
    alg.trim_matches(is_filler).eq_ignore_ascii_case("none")
}

fn is_hmac(s: &Subject<'_>) -> bool {
    s.alg().and_then(jws::hmac_digest).is_some()
}

fn keys<'s>(s: &'s Subject<'_>) -> impl Iterator<Item = &'s Key> {
    s.input.keys.iter().map(|given| &given.jwk.key)
}

/// The shared secrets among the keys.
fn secrets<'s>(s: &'s Subject<'_>) -> impl Iterator<Item = (&'s GivenKey, &'s Secret)> {
    s.input.keys.iter().filter_map(|given| match &given.jwk.key {
        Key::Oct(secret) => Some((given, secret)),
        _ => None,
    })
}

/// A known secret with which the signature holds.
fn known_secret(s: &Subject<'_>) -> Option<&'static str> {
    let most = MAX_TRIED / (s.signing_input().len() + 128);
    let as_base64 = || {
        let key = Secret::read(weak_secrets::BASE64_WORD, SecretEncoding::Base64).ok()?;
        s.holds_with(key.bytes()).then_some(weak_secrets::BASE64_WORD)
    };
    let words = weak_secrets::WORDS.iter().copied().take(most);
    words.into_iter().find(|word| s.holds_with(word.as_bytes())).or_else(as_base64)
}

/// Whether the text is that of a public key.
fn is_public(s: &Subject<'_>, secret: &SecretText) -> bool {
    let text = secret.text.trim_start();
    let marks = ["-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC KEY", "-----BEGIN CERTIFICATE"];
    let is_it = |given: &GivenKey| {
        s.input.secrets.get(given.index).is_some_and(|other| std::ptr::eq(other, secret))
            && !given.jwk.key.is_secret()
    };
    marks.iter().any(|mark| text.starts_with(mark)) || s.input.keys.iter().any(is_it)
}

/// Whether the HMAC holds with the bytes of a public key, in any of the forms that servers have it in: the text that was
/// given, the file with and without its last line end, its DER, the modulus.
fn is_signed_with_public_key(s: &Subject<'_>) -> bool {
    let most = MAX_TRIED / (s.signing_input().len() + 128);
    let texts = s.input.secrets.iter().filter(|secret| is_public(s, secret)).flat_map(|secret| {
        let unix = secret.text.replace("\r\n", "\n");
        let trimmed = unix.trim().to_owned();
        [String::clone(&secret.text), format!("{trimmed}\n"), trimmed, unix].map(String::into_bytes)
    });
    let pairs = keys(s).filter(|key| !matches!(key, Key::Oct(_)));
    let forms = pairs.flat_map(|key| {
        let file = pem::write_public(key).unwrap_or_default();
        let modulus = match key {
            Key::Rsa(rsa) => rsa.n.clone(),
            _ => Vec::new(),
        };
        let body: String = file.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = loose(&body).unwrap_or_default();
        [file.trim_end().as_bytes().to_vec(), file.into_bytes(), der, modulus]
    });
    // An empty secret has a remark of its own.
    is_hmac(s) && texts.chain(forms).filter(|key| !key.is_empty()).take(most).any(|key| s.holds_with(&key))
}

/// The text of the signature; of the first where there are several.
fn signature_text<'s>(s: &'s Subject<'_>) -> &'s str {
    s.signers.first().map_or_else(|| s.part(2), |signer| &signer.signature)
}

/// The algorithm of a signed token, if it is a known one.
fn signature_alg(s: &Subject<'_>) -> Option<Alg> {
    crate::jose::alg::by_name(s.alg()?).filter(|_| s.is_jws())
}

fn ecdsa_curve(s: &Subject<'_>) -> Option<Curve> {
    match signature_alg(s)? {
        Alg::Ecdsa(curve, _) => Some(curve),
        _ => None,
    }
}

/// The length of the salt with which an RSASSA-PSS signature holds that does not hold with the right one.
fn salt_length(key: &Rsa, digest: Digest, s: &Subject<'_>) -> Option<usize> {
    // The lengths that libraries choose: none, that of another hash, as much as there is room for (RFC 8017 section 9.1.1).
    let room = (key.bits().saturating_sub(1)).div_ceil(8).checked_sub(digest.size() + 2);
    let lengths = [0, 20, 28, 32, 48, 64].into_iter().chain(room).filter(|&length| length != digest.size());
    let holds =
        |salt: usize| rsa::verify(key, Padding::Pss { salt }, digest, s.signing_input(), &s.signature);
    lengths.into_iter().find(|&salt| holds(salt))
}

/// The two numbers of an ECDSA signature of the right length.
fn numbers<'s>(s: &'s Subject<'_>) -> Option<Numbers<'s>> {
    Numbers::of(ecdsa_curve(s)?, &s.signature)
}

/// Whether 32 bytes are a point of Ed25519's curve.
fn is_point(bytes: &[u8]) -> bool {
    bytes.try_into().is_ok_and(|bytes| ed25519_dalek::VerifyingKey::from_bytes(bytes).is_ok())
}

/// Curve and public key of a JWK of type OKP.
fn embedded_x(jwk: &Value) -> Option<(OkpCurve, Vec<u8>)> {
    let curve = OkpCurve::by_name(jwk.get("crv")?.as_str()?)?;
    Some((curve, loose(jwk.get("x")?.as_str()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the rule of that id says of an example.
    fn message(id: &str, example: Example) -> Option<String> {
        example.review().into_iter().find(|finding| finding.rule == id).map(|finding| finding.message)
    }

    #[test]
    fn a_public_key_as_secret_is_told_from_one_that_was_only_given() {
        let header = Example::header(r#"{"alg":"HS256"}"#);
        let said = |example: Example| message("rs-hs-confusion", example).expect("a remark");
        let with_the_file = said(header.signed_with(PUBLIC_PEM).given(&[(PUBLIC_PEM, None)]));
        assert!(with_the_file.contains("signed with the public key"), "{with_the_file}");
        let only_given = said(header.given(&[(PUBLIC_PEM, None)]));
        assert!(only_given.contains("was given"), "{only_given}");
        assert_eq!(message("rs-hs-confusion", header.given(&[(KEY, None)])), None);
    }

    #[test]
    fn a_known_secret_is_named_whether_it_was_given_or_not() {
        let header = Example::header(r#"{"alg":"HS512"}"#).signed_with("changeme");
        assert!(message("hmac-key-guessable", header).is_some_and(|text| text.contains("“changeme”")));
        assert!(message("hmac-key-guessable", header.given(&[("changeme", None)])).is_some());
        let phrase = Example::header(r#"{"alg":"HS256"}"#).signed_with("correct horse battery");
        assert_eq!(message("hmac-key-guessable", phrase), None, "not in the list, and not given");
        assert!(message("hmac-key-guessable", phrase.given(&[("correct horse battery", None)])).is_some());
    }

    #[test]
    fn a_short_secret_is_spoken_of_only_if_it_is_the_right_one() {
        let header = Example::header(r#"{"alg":"HS256"}"#);
        assert_eq!(message("hmac-key-too-short", header.given(&[("short", None)])), None);
        assert!(
            message("hmac-key-too-short", header.signed_with("short").given(&[("short", None)])).is_some()
        );
    }

    #[test]
    fn any_spelling_of_none_is_none() {
        for none in ["none", "NONE", " none", "none\0", "nOnE\n"] {
            assert!(is_none(none), "{none:?}");
        }
        for other in ["", "non", "none1", "HS256"] {
            assert!(!is_none(other), "{other:?}");
        }
    }
}
