//! Keys that are pasted where a cookie or token could be: PEM (RFC 7468), a JWK or a set of them (RFC 7517).

use serde_json::{Map, Value};

use crate::finding::{Finding, Severity};
use crate::jose::key::{Jwk, KeyError, jwk, pem};
use crate::jose::rules;
use crate::limits::MAX_INPUT;
use crate::protocol::{KeyReport, Problem};
use crate::scheme::kit::opened;
use crate::work;

/// Members that a token written as JSON has and a key has not (RFC 7515 section 7.2, RFC 7516 section 7.2).
const OF_TOKENS: [&str; 3] = ["payload", "ciphertext", "signatures"];

/// The keys of a text that is nothing else: each with all its forms, or why it cannot be read. `None` if it is no key, but
/// something to take apart. Times get their distance from `now`, in Unix seconds.
pub fn find(input: &str, now: Option<i64>) -> Option<Result<Vec<KeyReport>, Problem>> {
    if input.len() > MAX_INPUT {
        return None;
    }
    let read = if is_pem(input) {
        pem::read(input).map(|keys| keys.into_iter().map(Ok).collect())
    } else if is_jwk(input) {
        jwk::read_all(input)
    } else {
        return None;
    };
    Some(read.map_err(problem).and_then(|keys| reports(input, &keys, now)))
}

/// The keys' reports. What is said of all of them together stands with the first.
fn reports(input: &str, keys: &[Result<Jwk, KeyError>], now: Option<i64>) -> Result<Vec<KeyReport>, Problem> {
    if keys.is_empty() {
        return Err(Problem {
            message: "The key set holds no key.".into(),
            hint: "Look whether the service publishes its keys at another address.".into(),
            at: None,
        });
    }
    let report = |key: &Result<Jwk, KeyError>| match key {
        Ok(key) => key.report(now),
        Err(error) => unreadable(error.clone()),
    };
    let mut reports: Vec<KeyReport> = keys.iter().map(report).collect();
    let findings = rules::review_keys(input, keys.iter().flatten(), now);
    for (report, findings) in reports.iter_mut().zip(findings) {
        report.findings.extend(findings);
    }
    if let Some(first) = reports.first_mut().filter(|_| work::is_too_much()) {
        first.facts.push(opened::text_fact("Left out", None, LEFT_OUT));
    }
    Ok(reports)
}

const LEFT_OUT: &str =
    "Some tests of RSA numbers, which take too long for so many keys. Paste one alone, and it is tested.";

/// Whether there is a `BEGIN` line. No cookie and no token has blanks and dashes like that.
fn is_pem(input: &str) -> bool {
    input.split("-----BEGIN ").skip(1).any(|rest| {
        let label = rest.split_once("-----").map_or("", |(label, _)| label);
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_uppercase() || b" 0123456789".contains(&byte))
    })
}

/// Whether the text is the JSON of a key or a set, or would be if it were whole.
fn is_jwk(input: &str) -> bool {
    let text = jwk::bare(input);
    let names = |name: &str| text.contains(&format!("\"{name}\""));
    // Without these it is none, however much JSON it is.
    if !text.starts_with('{') || !(names("kty") || names("keys")) {
        return false;
    }
    match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(members) => {
            let is_token = OF_TOKENS.iter().any(|name| members.contains_key(*name));
            let is_key = |value: &Value| value.get("kty").is_some();
            let keys = members.get("keys").and_then(Value::as_array);
            let is_set =
                keys.is_some_and(|keys| keys.iter().any(is_key) || (keys.is_empty() && members.len() == 1));
            !is_token && (members.contains_key("kty") || is_set)
        }
        Err(_) => names("kty") && !OF_TOKENS.iter().any(|name| names(name)),
    }
}

fn problem(error: KeyError) -> Problem {
    Problem { message: error.message, hint: error.hint, at: None }
}

/// A key of a set that is broken or of an unknown kind, among others that are not.
fn unreadable(error: KeyError) -> KeyReport {
    KeyReport {
        title: "A key that cannot be read".into(),
        is_secret: false,
        facts: Vec::new(),
        forms: Vec::new(),
        findings: vec![Finding {
            rule: "jwk-unreadable".into(),
            severity: Severity::High,
            about: None,
            message: error.message,
            fix: error.hint,
            corrected: None,
            source: "RFC 7517 section 5".into(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OCT: &str = r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw"}"#;

    fn titles(input: &str) -> Vec<String> {
        let keys = find(input, None).expect("keys").expect("readable");
        keys.into_iter().map(|key| key.title).collect()
    }

    #[test]
    fn keys_are_told_from_tokens() {
        assert_eq!(titles(OCT), ["shared secret, 128 bits"]);
        assert_eq!(titles(&format!("\u{feff} '{OCT}'\n")), ["shared secret, 128 bits"]);
        let jws = r#"{"payload":"e30","protected":"e30","header":{"jwk":{"kty":"oct"}},"signature":"AA"}"#;
        let jwe = r#"{"ciphertext":"AA","kty":"oct"}"#;
        for other in [
            jws,
            jwe,
            &jws[1..],
            &jws[..jws.len() - 1],
            "{}",
            r#"{"keys":["a"]}"#,
            r#"{"user":1}"#,
            "",
            "a.b.c",
        ] {
            assert!(find(other, None).is_none(), "{other}");
        }
        assert!(find("x=-----BEGIN-----", None).is_none());
    }

    #[test]
    fn a_broken_key_says_what_is_wrong() {
        let wrong = |input: &str| find(input, None).expect("a key").expect_err("broken");
        assert!(wrong(&OCT[..OCT.len() - 1]).message.contains("not JSON"));
        assert!(wrong(r#"{"keys":[]}"#).message.contains("no key"));
        assert!(wrong("-----BEGIN PUBLIC KEY-----\nAAAA").message.contains("END"));
        assert!(
            wrong("-----BEGIN PGP MESSAGE-----\nAA==\n-----END PGP MESSAGE-----").message.contains("PGP")
        );
    }

    #[test]
    fn a_key_that_cannot_be_read_is_reviewed() {
        let remarks = |input: &str| -> Vec<String> {
            let keys = find(input, None).expect("keys").expect("a report");
            keys.into_iter().flat_map(|key| key.findings).map(|finding| finding.rule).collect()
        };
        assert_eq!(remarks(r#"{"kty":"oct"}"#), ["jwk-unreadable", "jwk-required-member-missing"]);
        let off = r#"{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}"#.replace("{}", &"A".repeat(43));
        assert_eq!(remarks(&off), ["jwk-unreadable", "jwk-point-off-curve"]);
        assert_eq!(
            remarks(
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----"
            ),
            ["jwk-known-public-example", "pem-private-pasted"]
        );
    }

    #[test]
    fn one_broken_key_of_a_set_does_not_hide_the_others() {
        let set = format!(r#"{{"keys":[{{"kty":"XYZ"}},{OCT}]}}"#);
        assert_eq!(titles(&set), ["A key that cannot be read", "shared secret, 128 bits"]);
        let keys = find(&set, None).expect("keys").expect("readable");
        assert!(keys[0].findings[0].message.starts_with("Key 1 of the set: "));
    }
}
