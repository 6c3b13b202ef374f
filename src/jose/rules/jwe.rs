//! Rules about encrypted tokens (RFC 7516, RFC 7518 sections 4 and 5).

use ed448_goldilocks_plus::x448;
use serde_json::{Map, Value};

#[cfg(test)]
use super::Example;
use super::subject::{KIND, loose};
use super::{Form, Remark, Rule, Subject, quoted};
use crate::finding::Severity;
use crate::jose::key::{Curve, Ec, Key, OkpCurve};
use crate::limits::MAX_P2C;
use crate::moment::grouped;
use crate::scheme::kit::jwe::Enc;

/// Rounds of PBKDF2 that OWASP advises for SHA-256, and for the larger hashes.
const ROUNDS: [u64; 2] = [600_000, 210_000];
/// Rounds that RFC 7518 section 4.8.1.2 advised, in 2015.
const FEW_ROUNDS: u64 = 1000;
/// How many times the size of the ciphertext the content may have: deflate seldom gets beyond ten with what tokens carry.
const MAX_RATIO: usize = 100;
const GCM_IV: usize = 12;
const GCM_TAG: usize = 16;

pub const RULES: &[Rule] = &[
    // ------------------------------------------------------------------------------------------- what it is and is not
    Rule {
        id: "jwe-not-signed",
        severity: Severity::Info,
        unless: &["jwe-where-jws-expected"],
        check: |s| s.on_token(s.is_jwe() && s.nested().is_none()),
        message: "This token is encrypted, not signed. That it can be decrypted does not say who made it, unless only the issuer \
                  has the key.",
        fix: "Put a signed token inside where it matters who made it, and let code tell the two kinds apart.",
        source: "RFC 8725 sections 2.3 and 3.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
            Example::header(r#"{"alg":"HS256"}"#),
        ],
    },
    Rule {
        id: "jwe-where-jws-expected",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let kind = s.option(KIND).filter(|kind| *kind != "any")?;
            let says_nested = s.text_param("cty").is_some_and(|cty| cty.eq_ignore_ascii_case("JWT"));
            let wrong = s.on_token(s.is_jwe() && s.nested().is_none() && !says_nested)?;
            Some(wrong.saying(format!(
                "An encrypted token stands where a signed one is expected ({}). Anyone who has the public key, or the shared one, \
                 can make it: that it can be decrypted proves nothing.",
                quoted(kind)
            )))
        },
        message: "An encrypted token stands where a signed one is expected.",
        fix: "Accept only signed tokens here: look at the form and the algorithm before anything else.",
        source: "RFC 8725 section 3.3; CVE-2023-51774",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"])
                .options(r#"{"kind":"access token"}"#),
            Example::claims(r#"{"scope":"a"}"#).options(r#"{"kind":"access token"}"#),
        ],
    },
    Rule {
        id: "jwe-mixed-recipient-algs",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let mut algs: Vec<&str> = Vec::new();
            for alg in s.signers.iter().filter_map(|one| one.param("alg")?.as_str()) {
                // There are not many more, and a hostile token could name thousands.
                if algs.len() < 20 && !algs.contains(&alg) {
                    algs.push(alg);
                }
            }
            let mixed = s.on_token(s.form == Form::JsonJwe && algs.len() > 1)?;
            Some(mixed.saying(format!(
                "The content's key is encrypted in {} ways ({}): the weakest one decides how safe it is.",
                algs.len(),
                quoted(&algs.join(", "))
            )))
        },
        message: "The content's key is encrypted in several ways: the weakest one decides how safe it is.",
        fix: "Use one strong algorithm for all recipients.",
        source: "RFC 7516 section 11.3",
        #[cfg(test)]
        examples: [
            Example::text(
                r#"{"ciphertext":"AA","iv":"AA","tag":"AA","recipients":[{"header":{"alg":"RSA1_5"}},{"header":{"alg":"ECDH-ES+A128KW"}}]}"#,
            ),
            Example::text(
                r#"{"ciphertext":"AA","iv":"AA","tag":"AA","recipients":[{"header":{"alg":"A128KW"}},{"header":{"alg":"A128KW"}}]}"#,
            ),
        ],
    },
    // ------------------------------------------------------------------------------------------------------ algorithms
    Rule {
        id: "jwe-rsa1-5",
        severity: Severity::High,
        unless: &[],
        check: |s| s.on_header(s.is_jwe() && s.alg()? == "RSA1_5"),
        message: "RSA1_5 lets an attacker decrypt tokens by asking a server about them often enough (Bleichenbacher); it is \
                  deprecated.",
        fix: "Use RSA-OAEP-256 or ECDH-ES, and refuse RSA1_5.",
        source: "RFC 8725 section 3.2; draft-ietf-jose-deprecate-none-rsa15",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"RSA1_5","enc":"A256GCM"}"#, ["00", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#, ["00", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "jwe-rsa-oaep-sha1",
        severity: Severity::Info,
        unless: &[],
        check: |s| s.on_header(s.is_jwe() && s.alg()? == "RSA-OAEP"),
        message: "RSA-OAEP has SHA-1 inside. No attack on it is known; RSA-OAEP-256 is what new systems take.",
        fix: "Change to RSA-OAEP-256 when both sides can.",
        source: "RFC 7518 section 4.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, ["00", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#, ["00", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "jwe-enc-missing-or-unknown",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            if !s.is_jwe() || s.params().is_none() || enc(s).is_some() {
                return None;
            }
            let message = match s.param("enc") {
                None => "The header does not say how the content is encrypted (`enc`).".to_owned(),
                Some(Value::String(name)) => {
                    format!("`enc` is {}, which is no content encryption of JWE.", quoted(name))
                }
                Some(_) => "`enc` is no text.".into(),
            };
            Some(s.on_header(true)?.saying(message))
        },
        message: "The content encryption is missing or unknown.",
        fix: "Use A256GCM or A128CBC-HS256.",
        source: "RFC 7516 section 4.1.2; RFC 7518 section 5.1",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir"}"#, ["", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    // ---------------------------------------------------------------------------------------------------- keys, lengths
    Rule {
        id: "jwe-dir-with-encrypted-key",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let alg = s.alg().filter(|alg| s.is_jwe() && matches!(*alg, "dir" | "ECDH-ES"))?;
            let has_key = match s.form {
                Form::Jwe => !s.part(1).is_empty(),
                _ => s.signers.iter().any(|one| !one.signature.is_empty()),
            };
            let message =
                format!("With {alg} no key travels with the token, and this one has an encrypted key.");
            has_key.then(|| Remark::at(s.span(1)).saying(message))
        },
        message: "No key should travel with this token, and it has an encrypted one.",
        fix: "Refuse it.",
        source: "RFC 7518 sections 4.5 and 4.6; RFC 7516 section 5.2",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["00", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "jwe-dir-key-wrong-length",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let enc = enc(s).filter(|_| s.is_jwe() && s.alg() == Some("dir"))?;
            wrong_length(s, enc.key_size(), enc.name())
        },
        message: "The key that was given has not the length that this encryption takes.",
        fix: "Use 32 bytes for A256GCM and A128CBC-HS256, 64 for A256CBC-HS512; look at how the key's text is read.",
        source: "RFC 7518 sections 4.5, 5.2.3 to 5.2.5 and 5.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256CBC-HS512"}"#, ["", "{00*16}", "{00*16}", "{00*32}"])
                .given(&[("abcdefghijklmnopqrstuvwxyz012345", None)]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"])
                .given(&[("abcdefghijklmnopqrstuvwxyz012345", None)]),
        ],
    },
    Rule {
        id: "jwe-kw-key-wrong-length",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let alg = s.alg().filter(|_| s.is_jwe())?;
            let size = match alg {
                "A128KW" | "A128GCMKW" => 16,
                "A192KW" | "A192GCMKW" => 24,
                "A256KW" | "A256GCMKW" => 32,
                _ => return None,
            };
            wrong_length(s, size, alg)
        },
        message: "The key that was given has not the length that this algorithm takes.",
        fix: "Use a key of the length that the algorithm names: 16, 24 or 32 bytes. Look at how its text is read.",
        source: "RFC 7518 sections 4.4 and 4.7",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"A256KW","enc":"A256GCM"}"#, ["{00*40}", "{00*12}", "00", "{00*16}"])
                .given(&[("abcdefghijklmnop", None)]),
            Example::jwe(r#"{"alg":"A256KW","enc":"A256GCM"}"#, ["{00*40}", "{00*12}", "00", "{00*16}"])
                .given(&[("abcdefghijklmnopqrstuvwxyz012345", None)]),
        ],
    },
    Rule {
        id: "jwe-iv-or-tag-wrong-length",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let enc = enc(s).filter(|_| s.is_jwe())?;
            let pieces =
                [("initialization vector", "iv", 2, enc.iv_size()), ("tag", "tag", 4, enc.tag_size())];
            let (index, message) = pieces.into_iter().find_map(|(what, name, index, size)| {
                let found = piece(s, index, name)?.len();
                let short = if name == "tag" && found < size { " A short tag can be guessed." } else { "" };
                let message = format!("The {what} has {found} bytes; {} takes {size}.{short}", enc.name());
                (found != size).then_some((index, message))
            })?;
            Some(Remark::at(s.span(index)).saying(message))
        },
        message: "The initialization vector or the tag has the wrong length.",
        fix: "Refuse it.",
        source: "RFC 7518 sections 5.2 and 5.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*4}"]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    // -------------------------------------------------------------------------------------------------------- compression
    Rule {
        id: "jwe-zip-present",
        severity: Severity::Medium,
        unless: &[],
        check: |s| s.on_header(s.is_jwe() && s.param("zip").is_some()),
        message: "The content was compressed before it was encrypted (`zip`): its length tells about what is in it.",
        fix: "Do not compress.",
        source: "RFC 8725 sections 2.4 and 3.6",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#, ["", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        // What would be larger than the bound is not inflated at all, and the verdict says that.
        id: "jwe-zip-bomb",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let plain = s.input.plaintext.filter(|_| s.is_jwe() && s.text_param("zip") == Some("DEF"))?.len();
            let packed = piece(s, 3, "ciphertext")?.len();
            let bomb = s.on_payload(plain > packed.saturating_mul(MAX_RATIO))?;
            let [packed, plain] = [packed, plain].map(|size| grouped(size as u64));
            Some(bomb.saying(format!(
                "{packed} bytes unpack to {plain}: made to use up the memory of whoever decrypts it."
            )))
        },
        message: "It unpacks to a huge size, made to use up the memory of whoever decrypts it.",
        fix: "Limit the size to which a token may unpack, or refuse `zip`.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.12 and 3.15",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
                ["", "{00*12}", "{00*20}", "{00*16}"],
            )
            .plaintext("{x*2001}"),
            Example::jwe(
                r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
                ["", "{00*12}", "{00*20}", "{00*16}"],
            )
            .plaintext("{x*60}"),
        ],
    },
    Rule {
        id: "jwe-zip-unknown",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let zip = s.param("zip").filter(|_| s.is_jwe())?;
            let is_open =
                s.form == Form::JsonJwe && !s.signers.iter().any(|one| one.protected.contains_key("zip"));
            let message = match zip.as_str() {
                Some("DEF") if is_open => {
                    "`zip` stands in a header that is not protected, where anyone can change it.".to_owned()
                }
                Some("DEF") => return None,
                Some(name) => format!("`zip` is {}; only DEF is registered.", quoted(name)),
                None => "`zip` is no text; only DEF is registered.".into(),
            };
            Some(s.on_header(true)?.saying(message))
        },
        message: "The compression is unknown, or not protected.",
        fix: "Leave `zip` out.",
        source: "RFC 7516 section 4.1.3",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM","zip":"GZIP"}"#, ["", "{00*12}", "00", "{00*16}"]),
            Example::jwe(r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    // ---------------------------------------------------------------------------------------------------------- passwords
    Rule {
        id: "pbes2-count-too-small",
        severity: Severity::Medium,
        unless: &["pbes2-count-invalid"],
        check: |s| {
            let alg = pbes2(s)?;
            let count = s.param("p2c")?.as_u64()?;
            let [of_256, of_more] = ROUNDS;
            let wanted = if alg.starts_with("PBES2-HS256") { of_256 } else { of_more };
            let few = s.on_header(count < wanted)?.graver_if(count < FEW_ROUNDS, Severity::High);
            Some(few.saying(format!(
                "The password is stretched in {} rounds (`p2c`), where {} are advised today: it can be guessed that much faster.",
                grouped(count),
                grouped(wanted)
            )))
        },
        message: "The password is stretched in few rounds: it can be guessed fast.",
        fix: "Take 600,000 rounds with SHA-256, or a random key instead of a password.",
        source: "RFC 7518 section 4.8.1.2; draft-ietf-oauth-rfc8725bis section 3.13",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAA","p2c":1000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAA","p2c":600000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
        ],
    },
    Rule {
        id: "pbes2-count-too-large",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            pbes2(s)?;
            let count = s.param("p2c")?.as_u64()?;
            let many = s.on_header(count > u64::from(MAX_P2C))?;
            Some(many.saying(format!(
                "It asks for {} rounds (`p2c`), which keeps whoever decrypts it busy for a long time. Keyjar does not run them.",
                grouped(count)
            )))
        },
        message: "It asks for so many rounds that it keeps whoever decrypts it busy for a long time.",
        fix: "Set an upper limit for `p2c`, and refuse what is above.",
        source: "draft-ietf-oauth-rfc8725bis sections 2.10 and 3.13",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAA","p2c":2147483647}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAA","p2c":600000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
        ],
    },
    Rule {
        id: "pbes2-count-invalid",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            pbes2(s)?;
            let salt = s.text_param("p2s").and_then(loose);
            let message = match (s.param("p2c"), salt) {
                (None, _) => "`p2c`, the number of rounds, is missing.".to_owned(),
                (Some(count), _) if count.as_u64().is_none_or(|count| count == 0) => {
                    "`p2c` is not a whole number above zero.".into()
                }
                (_, None) => "`p2s`, the salt, is missing or not Base64url.".into(),
                (_, Some(salt)) if salt.len() < 8 => {
                    format!("`p2s`, the salt, has {} bytes; it needs 8.", salt.len())
                }
                _ => return None,
            };
            Some(s.on_header(true)?.saying(message))
        },
        message: "What stretching the password needs is missing or wrong.",
        fix: "Mend what makes the token: a random `p2s` of 16 bytes, and a whole number as `p2c`.",
        source: "RFC 7518 section 4.8.1",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":600000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAAAAAAAAAA","p2c":600000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
        ],
    },
    Rule {
        id: "pbes2-server-side",
        severity: Severity::Medium,
        unless: &["pbes2-count-too-large"],
        check: |s| {
            pbes2(s)?;
            s.on_header(true)
        },
        message: "It is encrypted with a password. Whoever sends such a token decides how long the server computes, and anyone who \
                  has one can guess the password offline.",
        fix: "Use a random key, with `dir` or one of the key wraps; let servers refuse PBES2.",
        source: "draft-ietf-oauth-rfc8725bis sections 3.5 and 3.13",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"AAAAAAAAAAAAAA","p2c":600000}"#,
                ["{00*40}", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(r#"{"alg":"A256KW","enc":"A256GCM"}"#, ["{00*40}", "{00*12}", "00", "{00*16}"]),
        ],
    },
    // ------------------------------------------------------------------------------------------------------ key agreement
    Rule {
        id: "ecdh-epk-missing-or-private",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            ecdh(s)?;
            let Some(epk) = s.param("epk").and_then(Value::as_object) else {
                return Some(
                    s.on_header(true)?.saying("The sender's key for this token (`epk`) is missing."),
                );
            };
            let has = |name: &&str| epk.get(*name).is_some_and(Value::is_string);
            let needs_y = text(epk, "kty") == Some("EC");
            let absent =
                ["kty", "crv", "x", "y"].into_iter().find(|name| (*name != "y" || needs_y) && !has(name));
            let message = match absent {
                _ if epk.contains_key("d") => {
                    "The sender's key for this token (`epk`) comes with its private part: anyone can decrypt it.".to_owned()
                }
                Some(name) => format!("The sender's key for this token (`epk`) has no `{name}`."),
                None => return None,
            };
            Some(s.on_header(true)?.saying(message))
        },
        message: "The sender's key for this token is missing, incomplete or private.",
        fix: "Mend what makes the token: a new key for each, of which only the public part is sent.",
        source: "RFC 7518 section 4.6.1.1",
        #[cfg(test)]
        examples: [
            Example::jwe(r#"{"alg":"ECDH-ES","enc":"A256GCM"}"#, ["", "{00*12}", "00", "{00*16}"]),
            Example::jwe(VALID_EPK, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "ecdh-epk-off-curve",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            ecdh(s)?;
            let epk = s.param("epk")?.as_object()?;
            let curve = text(epk, "crv")?;
            let x = loose(text(epk, "x")?)?;
            let bad = match (Curve::by_name(curve), OkpCurve::by_name(curve)) {
                (Some(curve), _) => {
                    let y = loose(text(epk, "y")?)?;
                    Ec::of_point(curve, &[&[4], &*x, &*y].concat(), None).is_err()
                }
                (_, Some(curve)) => is_of_low_order(curve, &x),
                _ => return None,
            };
            let what = if Curve::by_name(curve).is_some() {
                "is not a point of"
            } else {
                "gives the same result with every private key of"
            };
            Some(s.on_header(bad)?.saying(format!(
                "The sender's key (`epk`) {what} {curve}: who computes with it lets their own private key be found out."
            )))
        },
        message: "The sender's key (`epk`) is not a point of its curve: who computes with it lets their own private key be found \
                  out.",
        fix: "Check the point before computing with it, and refuse the token.",
        source: "RFC 8725 sections 2.5 and 3.4",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"{A*42}E","y":"{A*42}E"}}"#,
                ["", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(VALID_EPK, ["", "{00*12}", "00", "{00*16}"]),
        ],
    },
    Rule {
        id: "ecdh-curve-mismatch",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            ecdh(s)?;
            let found = text(s.param("epk")?.as_object()?, "crv")?;
            let curves: Vec<&str> = s
                .input
                .keys
                .iter()
                .filter_map(|given| match &given.jwk.key {
                    Key::Ec(key) => Some(key.curve.name()),
                    Key::Okp(key) => Some(key.curve.name()),
                    _ => None,
                })
                .collect();
            let own = curves.first().filter(|_| !curves.contains(&found))?;
            let message = format!(
                "The sender's key (`epk`) is on the curve {}, and the key that was given on {own}.",
                quoted(found)
            );
            Some(s.on_header(true)?.saying(message))
        },
        message: "The sender's key and the key that was given are on different curves.",
        fix: "Use the key that the sender encrypted for; look at `kid`.",
        source: "RFC 7518 section 4.6.1.1",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}}"#,
                ["", "{00*12}", "00", "{00*16}"],
            )
            .given(&[(OWN_KEY, None)]),
            Example::jwe(VALID_EPK, ["", "{00*12}", "00", "{00*16}"]).given(&[(OWN_KEY, None)]),
        ],
    },
    Rule {
        id: "aes-gcmkw-params-missing",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            s.alg().filter(|alg| s.is_jwe() && alg.ends_with("GCMKW"))?;
            let sizes = [("iv", GCM_IV), ("tag", GCM_TAG)];
            let message =
                sizes.into_iter().find_map(|(name, size)| match s.text_param(name).and_then(loose) {
                    None => Some(format!("The header has no `{name}`, which the encrypted key needs.")),
                    Some(bytes) if bytes.len() != size => {
                        Some(format!("The header's `{name}` has {} bytes; it needs {size}.", bytes.len()))
                    }
                    Some(_) => None,
                })?;
            Some(s.on_header(true)?.saying(message))
        },
        message: "What the encrypted key needs is missing or of the wrong length.",
        fix: "Mend what makes the token: an `iv` of 12 bytes and a `tag` of 16.",
        source: "RFC 7518 section 4.7.1",
        #[cfg(test)]
        examples: [
            Example::jwe(
                r#"{"alg":"A256GCMKW","enc":"A256GCM","iv":"{A*16}"}"#,
                ["{00*32}", "{00*12}", "00", "{00*16}"],
            ),
            Example::jwe(
                r#"{"alg":"A256GCMKW","enc":"A256GCM","iv":"{A*16}","tag":"{A*22}"}"#,
                ["{00*32}", "{00*12}", "00", "{00*16}"],
            ),
        ],
    },
];

/// RFC 7518 appendix C.
#[cfg(test)]
const VALID_EPK: &str = r#"{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}"#;

/// The receiver's key of the same appendix.
#[cfg(test)]
const OWN_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}"#;

fn enc(s: &Subject<'_>) -> Option<Enc> {
    Enc::by_name(s.text_param("enc")?)
}

fn pbes2<'s>(s: &'s Subject<'_>) -> Option<&'s str> {
    s.alg().filter(|alg| s.is_jwe() && alg.starts_with("PBES2-"))
}

fn ecdh<'s>(s: &'s Subject<'_>) -> Option<&'s str> {
    s.alg().filter(|alg| s.is_jwe() && alg.starts_with("ECDH-ES"))
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str()
}

/// A part of the token, decoded: by its place among the five, or by its name in JSON.
fn piece(s: &Subject<'_>, index: usize, name: &str) -> Option<Vec<u8>> {
    if s.form == Form::Jwe {
        return loose(s.part(index));
    }
    loose(text(&s.json, name)?)
}

/// That none of the shared keys that were given has `size` bytes; nothing where there is none, or one of another type.
fn wrong_length(s: &Subject<'_>, size: usize, name: &str) -> Option<Remark> {
    let lengths: Vec<usize> = s
        .input
        .keys
        .iter()
        .filter_map(|given| if let Key::Oct(secret) = &given.jwk.key { Some(secret.len()) } else { None })
        .collect();
    let first = lengths.first().filter(|_| !lengths.contains(&size))?;
    Some(s.on_header(true)?.saying(format!("The key that was given has {first} bytes; {name} takes {size}.")))
}

/// Whether Diffie-Hellman with this public key gives zero, whatever the private one (RFC 7748 section 6).
fn is_of_low_order(curve: OkpCurve, x: &[u8]) -> bool {
    let is_zero = |shared: &[u8]| shared.iter().all(|byte| *byte == 0);
    match curve {
        OkpCurve::X25519 => x
            .try_into()
            .is_ok_and(|x| is_zero(&x25519_dalek::x25519(x25519_dalek::X25519_BASEPOINT_BYTES, x))),
        OkpCurve::X448 => x.try_into().is_ok_and(|x| is_zero(&x448::x448(x448::X448_BASEPOINT_BYTES, x))),
        OkpCurve::Ed25519 | OkpCurve::Ed448 => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_low_order_are_known() {
        // RFC 7748 names none; these are zero, one, and the largest of the list at cr.yp.to/ecdh.html.
        let one = |size: usize| [vec![1], vec![0; size - 1]].concat();
        let p_minus_1 = [vec![0xec], vec![0xff; 30], vec![0x7f]].concat();
        for x in [vec![0; 32], one(32), p_minus_1] {
            assert!(is_of_low_order(OkpCurve::X25519, &x), "{x:?}");
        }
        assert!(is_of_low_order(OkpCurve::X448, &[0; 56]) && is_of_low_order(OkpCurve::X448, &one(56)));
        assert!(!is_of_low_order(OkpCurve::X25519, &[9; 32]) && !is_of_low_order(OkpCurve::X448, &[5; 56]));
        assert!(!is_of_low_order(OkpCurve::X25519, &[0; 31]));
    }

    #[test]
    fn a_token_in_json_is_looked_at_as_well() {
        let said = |text| Example::text(text).said();
        // {"enc":"A256GCM"}
        let token = r#"{"protected":"eyJlbmMiOiJBMjU2R0NNIn0","unprotected":{"zip":"DEF"},"header":{"alg":"dir"},"encrypted_key":"AA","iv":"AAAA","ciphertext":"AA","tag":"AAAA"}"#;
        for rule in
            ["jwe-iv-or-tag-wrong-length", "jwe-dir-with-encrypted-key", "jwe-zip-unknown", "jwe-not-signed"]
        {
            assert!(said(token).contains(&rule.to_owned()), "{rule}: {:?}", said(token));
        }
    }
}
