//! Remarks on tokens and keys: one [`Rule`] each, in a table a group, its text beside its test for the condition.
//!
//! What a rule can look at is the [`Subject`]; what it found is a [`Remark`]. Each rule has two examples, one on which it
//! speaks and one on which it does not, and one test makes tokens of them and runs them all. Remarks that people know from
//! other checklists, and that cannot be judged from one token without asking anybody, are in [`NOT_JUDGED`].

mod address;
mod alg;
mod claims;
mod ecdsa;
#[cfg(test)]
mod example;
mod format;
mod header;
mod jwe;
mod jwk;
mod key;
mod leak;
mod modulus;
mod profile;
mod registry;
mod shape;
pub mod subject;
mod weak_secrets;

#[cfg(test)]
use self::example::Example;
use self::key::KeySubject;
pub use self::subject::{Form, Input, Subject};
use crate::finding::{Finding, Severity, gravest_first};
use crate::jose::key::Jwk;
use crate::protocol::Options;
use crate::span::Span;

/// A remark that can be made.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable, lower-case kebab.
    pub id: &'static str,
    /// Unless the check says otherwise.
    pub severity: Severity,
    /// The ids of rules that say the same better: not said beside one of them.
    pub unless: &'static [&'static str],
    /// Where it applies.
    pub check: fn(&Subject<'_>) -> Option<Remark>,
    /// What is so, and why it matters, where the check has nothing more exact.
    pub message: &'static str,
    /// What to do, where the check has nothing more exact.
    pub fix: &'static str,
    /// Where that is written.
    pub source: &'static str,
    /// What it speaks on, and what it does not speak on, at 2026-12-01 00:00:00 UTC.
    #[cfg(test)]
    pub examples: [Example; 2],
}

/// What a check found; what it leaves open is as the rule has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    about: Option<Span>,
    severity: Option<Severity>,
    message: Option<String>,
    fix: Option<String>,
}

impl Remark {
    /// About a place in the token.
    pub fn at(about: Span) -> Self {
        Self { about: Some(about), ..Self::default() }
    }

    /// With the values that matter, instead of the rule's message.
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// With more exact advice than the rule's.
    pub fn advising(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Graver or less grave than the rule usually is.
    pub fn as_severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// The same, where `applies`.
    pub fn graver_if(self, applies: bool, severity: Severity) -> Self {
        if applies { self.as_severity(severity) } else { self }
    }
}

/// Remarks of the catalogue that this review does not make, and why.
pub const NOT_JUDGED: &[(&str, &str)] =
    &[("jwe-gcm-iv-reused", "One token does not show whether another one of the same key has the same IV.")];

/// The groups that look at tokens.
const OF_TOKENS: [&[Rule]; 6] =
    [format::RULES, alg::RULES, header::RULES, claims::RULES, profile::RULES, jwe::RULES];

/// The remarks on a token or key, the gravest first.
pub fn review(subject: &Subject<'_>) -> Vec<Finding> {
    let groups = if subject.form == Form::Keys { &[][..] } else { &OF_TOKENS[..] };
    let rules = groups.iter().copied().flatten().chain(jwk::RULES);
    let said: Vec<(&Rule, Remark)> = rules.filter_map(|rule| Some((rule, (rule.check)(subject)?))).collect();
    let is_said = |id: &&str| said.iter().any(|(rule, _)| rule.id == *id);
    let heard = said.iter().filter(|(rule, _)| !rule.unless.iter().any(is_said));
    let mut findings: Vec<Finding> = heard.map(|(rule, remark)| finding(rule, remark.clone())).collect();
    gravest_first(&mut findings);
    findings
}

/// The remarks on the keys of a text that is nothing else, a list for each, the gravest first. Those on all of them
/// together are in the first. `read` are those that could be read, in their order; `now` is in Unix seconds.
pub fn review_keys<'k>(
    text: &str,
    read: impl Iterator<Item = &'k Jwk>,
    now: Option<i64>,
) -> Vec<Vec<Finding>> {
    let Some(document) = KeySubject::of(text, read) else { return Vec::new() };
    let options = Options::new();
    let input = Input {
        pasted: "",
        token: "",
        options: &options,
        now,
        keys: &[],
        secrets: &[],
        verdict: None,
        plaintext: None,
    };
    let said = |document| {
        let mut subject = Subject::of_keys(&input);
        subject.documents = vec![document];
        review(&subject)
    };
    let (together, each) = document.split();
    let together = said(together);
    let mut lists: Vec<Vec<Finding>> = each.into_iter().map(said).collect();
    if let Some(first) = lists.first_mut() {
        first.extend(together);
        gravest_first(first);
    }
    lists
}

/// The remarks on a session that a framework encrypts for itself alone, the gravest first: that it names neither issuer
/// nor audience nor type is as it should be there.
pub fn review_session(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = review(subject);
    findings.retain(|finding| OF_SESSIONS.contains(&&*finding.rule));
    findings
}

const OF_SESSIONS: [&str; 15] = [
    "duplicate-header-member",
    "duplicate-claim",
    "exp-before-iat",
    "exp-missing",
    "exp-too-far",
    "iat-future",
    "nbf-future",
    "jku-present",
    "x5u-present",
    "jwk-embedded",
    "time-in-milliseconds",
    "time-is-string",
    "time-not-number",
    "token-over-cookie-limit",
    "jwe-zip-present",
];

fn finding(rule: &Rule, remark: Remark) -> Finding {
    Finding {
        rule: rule.id.into(),
        severity: remark.severity.unwrap_or(rule.severity),
        about: remark.about,
        message: remark.message.unwrap_or_else(|| rule.message.into()),
        fix: remark.fix.unwrap_or_else(|| rule.fix.into()),
        corrected: None,
        source: rule.source.into(),
    }
}

// ------------------------------------------------------------------------------- what several groups' checks need

/// Text from the token as a message quotes it, cut where it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 48;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("“{}…”", text.get(..end).unwrap_or("")),
        None => format!("“{text}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::example::NOW;
    use super::*;

    /// Every rule of the catalogue (the issue's list), group by group.
    const CATALOGUE: [(&str, &[&str]); 7] = [
        (
            "format",
            &[
                "not-a-jwt",
                "bearer-prefix-or-quotes",
                "whitespace-inside-token",
                "illegal-character",
                "standard-base64-alphabet",
                "base64-padding-present",
                "base64-impossible-length",
                "base64-nonzero-trailing-bits",
                "non-canonical-signature-text",
                "empty-header",
                "header-not-json-object",
                "payload-not-json-object",
                "duplicate-header-member",
                "duplicate-claim",
                "escaped-duplicate-name",
                "invalid-utf8",
                "utf-bom-or-utf16",
                "lone-surrogate",
                "unsafe-integer",
                "json-too-deep",
                "proto-member-name",
                "json-serialization-used",
                "json-serialization-unprotected-alg",
                "json-serialization-none-among-signatures",
                "json-serialization-header-overlap",
                "polyglot-json-and-compact",
                "detached-payload",
                "b64-false",
                "b64-not-critical",
                "token-over-cookie-limit",
                "token-over-header-limit",
                "token-truncated",
                "published-example-token",
            ],
        ),
        (
            "alg",
            &[
                "alg-missing",
                "alg-none",
                "alg-none-variant",
                "alg-wrong-case",
                "alg-unknown",
                "alg-deprecated",
                "alg-symmetric-for-public-use",
                "alg-key-type-mismatch",
                "rs-hs-confusion",
                "signature-empty",
                "none-with-signature",
                "signature-length-wrong",
                "ecdsa-der-signature",
                "ecdsa-zero-r-or-s",
                "ecdsa-r-or-s-out-of-range",
                "ecdsa-high-s",
                "ecdsa-repeated-r",
                "eddsa-s-out-of-range",
                "eddsa-small-order-key",
                "hmac-key-too-short",
                "hmac-key-guessable",
                "hmac-empty-key",
                "hmac-secret-encoding-ambiguous",
                "signature-does-not-verify",
                "pss-salt-length",
                "es256k-vs-es256",
            ],
        ),
        (
            "header",
            &[
                "jku-present",
                "jku-not-https",
                "jku-internal-address",
                "x5u-present",
                "jwk-embedded",
                "jwk-embedded-verifies",
                "embedded-key-is-private",
                "x5c-present",
                "x5c-bad-encoding",
                "x5t-sha1",
                "kid-path-traversal",
                "kid-sql-injection",
                "kid-command-injection",
                "kid-ldap-or-nosql-injection",
                "kid-is-url",
                "kid-missing",
                "kid-empty",
                "crit-unknown",
                "crit-malformed",
                "crit-unprotected",
                "typ-missing",
                "typ-generic",
                "typ-mismatch",
                "typ-refresh-or-logout-used-as-access",
                "nested-jwt",
                "nested-inner-unsigned",
                "header-claims-replicated",
                "header-contains-secret",
                "header-unknown-member",
            ],
        ),
        (
            "claims",
            &[
                "exp-missing",
                "exp-past",
                "exp-too-far",
                "lifetime-too-long",
                "exp-before-iat",
                "nbf-future",
                "iat-future",
                "iat-missing",
                "time-in-milliseconds",
                "time-is-string",
                "time-not-number",
                "time-fractional",
                "time-too-small",
                "aud-missing",
                "aud-multiple",
                "aud-empty-or-wrong-type",
                "aud-wildcard",
                "iss-missing",
                "iss-not-https",
                "iss-trailing-slash",
                "sub-missing",
                "sub-not-string",
                "sub-too-long-or-non-ascii",
                "sub-is-email",
                "jti-missing",
                "jti-predictable",
                "payload-empty",
                "claim-name-misspelled",
                "claim-null",
                "password-in-claims",
                "secret-shape-in-claims",
                "personal-data-in-claims",
                "card-number-in-claims",
                "admin-flag-in-claims",
                "internal-data-in-claims",
                "injection-shape-in-claims",
                "cnf-without-proof",
                "cnf-unknown-member",
                "scope-wrong-type",
                "act-chain-long",
            ],
        ),
        (
            "profile",
            &[
                "access-token-missing-claims",
                "access-token-alg-none",
                "access-token-generic-typ",
                "id-token-as-access-token",
                "id-token-missing-claims",
                "id-token-nonce-missing",
                "id-token-azp",
                "at-hash-mismatch",
                "auth-time-old",
                "dpop-header-invalid",
                "dpop-missing-claims",
                "dpop-htu-has-query",
                "dpop-too-old",
                "sd-jwt-detected",
                "sd-jwt-disclosure-unmatched",
                "sd-jwt-weak-hash",
                "sd-jwt-reserved-disclosure-name",
                "client-assertion-long-lived",
                "request-object-without-aud",
                "logout-token-with-nonce",
            ],
        ),
        (
            "jwe",
            &[
                "jwe-not-signed",
                "jwe-where-jws-expected",
                "jwe-rsa1-5",
                "jwe-rsa-oaep-sha1",
                "jwe-enc-missing-or-unknown",
                "jwe-dir-with-encrypted-key",
                "jwe-dir-key-wrong-length",
                "jwe-kw-key-wrong-length",
                "jwe-iv-or-tag-wrong-length",
                "jwe-gcm-iv-reused",
                "jwe-zip-present",
                "jwe-zip-bomb",
                "jwe-zip-unknown",
                "pbes2-count-too-small",
                "pbes2-count-too-large",
                "pbes2-count-invalid",
                "pbes2-server-side",
                "ecdh-epk-missing-or-private",
                "ecdh-epk-off-curve",
                "ecdh-curve-mismatch",
                "aes-gcmkw-params-missing",
                "jwe-mixed-recipient-algs",
            ],
        ),
        (
            "jwk",
            &[
                "jwk-private-in-jwks",
                "jwk-kty-missing-or-unknown",
                "jwk-required-member-missing",
                "jwk-coordinate-wrong-length",
                "jwk-point-off-curve",
                "jwk-private-public-mismatch",
                "rsa-modulus-too-small",
                "rsa-modulus-odd-size",
                "rsa-exponent-weak",
                "rsa-modulus-weak-structure",
                "rsa-leading-zero",
                "rsa-multi-prime",
                "oct-key-is-password",
                "oct-key-too-short",
                "oct-key-low-entropy",
                "oct-in-jwks-for-public",
                "jwk-use-key-ops-both",
                "jwk-use-alg-mismatch",
                "jwk-key-ops-invalid",
                "jwk-alg-missing",
                "jwk-kid-missing",
                "jwks-kid-duplicate",
                "jwks-same-key-twice",
                "jwks-empty",
                "jwks-single-key-no-rotation",
                "jwk-x5c-key-mismatch",
                "jwk-thumbprint-kid",
                "jwk-known-public-example",
                "jwk-expired-or-revoked",
                "pem-private-pasted",
            ],
        ),
    ];

    fn all() -> impl Iterator<Item = &'static Rule> {
        OF_TOKENS.into_iter().flatten().chain(jwk::RULES)
    }

    #[test]
    fn every_rule_speaks_on_its_first_example_only() {
        let mut wrong = Vec::new();
        for rule in all() {
            let [bad, good] = &rule.examples;
            let (bad, good) = (bad.said(), good.said());
            if !bad.iter().any(|id| id == rule.id) {
                wrong.push(format!("{} is silent on its example: {bad:?}", rule.id));
            }
            if good.iter().any(|id| id == rule.id) {
                wrong.push(format!("{} speaks on its counter-example", rule.id));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_rule_of_the_catalogue_is_judged_or_has_a_reason() {
        let known =
            |id: &str| all().any(|rule| rule.id == id) || NOT_JUDGED.iter().any(|(not, _)| *not == id);
        let listed = CATALOGUE.iter().flat_map(|(_, ids)| ids.iter());
        let missing: Vec<&&str> = listed.filter(|id| !known(id)).collect();
        assert!(missing.is_empty(), "neither rules nor in NOT_JUDGED: {missing:?}");
    }

    #[test]
    fn ids_are_of_the_catalogue_and_occur_once() {
        let ids: Vec<&str> = all().map(|rule| rule.id).chain(NOT_JUDGED.iter().map(|(id, _)| *id)).collect();
        for (i, id) in ids.iter().enumerate() {
            assert!(!ids[..i].contains(id), "{id} twice");
            assert!(CATALOGUE.iter().any(|(_, known)| known.contains(id)), "{id} is not in the catalogue");
        }
        assert!(NOT_JUDGED.iter().all(|(_, reason)| reason.len() > 20), "each with its reason");
    }

    #[test]
    fn rules_give_way_to_rules_that_do_not_give_way_to_them() {
        for rule in all() {
            for other in rule.unless {
                let other =
                    all().find(|rule| rule.id == *other).unwrap_or_else(|| panic!("{other} is no rule"));
                assert!(!other.unless.contains(&rule.id), "{} and {} silence each other", rule.id, other.id);
            }
        }
    }

    #[test]
    fn remarks_come_gravest_first_and_say_where() {
        for rule in all() {
            let findings = rule.examples[0].review();
            assert!(findings.is_sorted_by_key(|finding| finding.severity), "{}", rule.id);
            let is_key = jwk::RULES.iter().any(|key_rule| key_rule.id == rule.id);
            let mine = findings.iter().find(|finding| finding.rule == rule.id);
            assert!(
                is_key || mine.is_some_and(|finding| finding.about.is_some()),
                "{} says nowhere",
                rule.id
            );
        }
    }

    #[test]
    fn the_clock_is_that_of_the_examples() {
        assert_eq!(crate::moment::utc(NOW).as_deref(), Some("2026-12-01 00:00:00 UTC"));
    }

    fn said(pasted: &str) -> Vec<Finding> {
        let input = Input {
            pasted,
            token: pasted,
            options: &Options::new(),
            now: Some(NOW),
            keys: &[],
            secrets: &[],
            verdict: None,
            plaintext: None,
        };
        review(&Subject::of(&input))
    }

    #[test]
    fn keys_of_a_set_have_their_own_remarks() {
        let set = r#"{"keys":[{"kid":"1","kty":"rsa"},{"kid":"1","kty":"oct","k":"c2VjcmV0"},{"kty":"EC","crv":"P-256"}]}"#;
        let lists = review_keys(set, std::iter::empty(), Some(NOW));
        let has = |index: usize, id: &str| lists[index].iter().any(|finding| finding.rule == id);
        assert_eq!(lists.len(), 3);
        assert!(has(0, "jwk-kty-missing-or-unknown") && !has(1, "jwk-kty-missing-or-unknown"));
        assert!(has(1, "oct-key-is-password") && has(1, "jwk-private-in-jwks") && has(1, "jwk-alg-missing"));
        assert!(has(2, "jwk-required-member-missing") && !has(2, "jwk-kid-missing"));
        // What is so of several together.
        assert!(
            has(0, "jwks-kid-duplicate") && has(0, "oct-in-jwks-for-public") && has(0, "jwk-kid-missing")
        );
        assert!(lists.iter().all(|list| list.is_sorted_by_key(|finding| finding.severity)));
        assert!(lists[1].iter().all(|finding| !finding.message.starts_with("Key ")));
        let one = review_keys(r#"{"kty":"oct","k":"c2VjcmV0"}"#, std::iter::empty(), None);
        assert!(one.len() == 1 && one[0].iter().all(|finding| finding.rule != "jwk-alg-missing"));
        assert_eq!(review_keys("secret", std::iter::empty(), None), [[]; 0]);
    }

    #[test]
    fn a_deep_nest_costs_no_stack() {
        let nest = crate::scheme::kit::base64::BASE64URL.encode("[".repeat(100_000).as_bytes());
        assert!(!said(&format!("{nest}.{nest}.")).is_empty());
        assert!(!said(&format!("{{\"payload\":{}", "[".repeat(100_000))).is_empty());
    }

    #[test]
    fn a_good_token_is_left_in_peace() {
        let claims = r#"{"iss":"https://issuer.example","sub":"u_8f3a9c","aud":"https://api.example","client_id":"web",
            "iat":1796083200,"exp":1796084100,"jti":"0cX9mJq2vT5nR8wL1hYz","scope":"read write"}"#;
        let token = Example::jws(r#"{"alg":"ES256","typ":"at+jwt","kid":"2026-01"}"#, claims);
        let grave: Vec<Finding> =
            token.review().into_iter().filter(|finding| finding.severity < Severity::Info).collect();
        assert!(grave.is_empty(), "{grave:#?}");
    }

    #[test]
    fn a_large_token_is_reviewed_at_once() {
        let claims: String = (0..60_000).map(|i| format!(",\"c{i}\":[{i}]")).collect();
        let encode = |text: &str| crate::scheme::kit::base64::BASE64URL.encode(text.as_bytes());
        let token =
            format!("{}.{}.AAAA", encode(r#"{"alg":"HS256"}"#), encode(&format!("{{\"a\":1{claims}}}")));
        assert!(token.len() > 1_000_000);
        let before = std::time::Instant::now();
        assert!(!said(&token).is_empty());
        // A few hundred milliseconds without optimisation, on a busy machine; what grows with the square takes minutes.
        assert!(before.elapsed() < std::time::Duration::from_secs(10), "{:?}", before.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn broken_examples_can_be_reviewed(
            which in 0..all().count(), at in 0_usize..400, put in "[ -~é]{0,3}", cut in 0_usize..3,
        ) {
            let rule = all().nth(which).expect("one of them");
            let mut text = rule.examples[0].pasted();
            let at = at.min(text.len());
            let end = (at + cut).min(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(end) {
                text.replace_range(at..end, &put);
            }
            for finding in said(&text) {
                let about = finding.about.unwrap_or_default();
                proptest::prop_assert!(text.get(about.start..about.end).is_some(), "{}: {about:?}", finding.rule);
            }
        }

        #[test]
        fn any_text_can_be_reviewed(text in "[ -~é.~]{0,60}|\\{(\"(payload|protected|signatures|header)\":(\"[a-zA-Z0-9]{0,6}\"|\\[\\]|\\{\\}),?){0,4}\\}") {
            for finding in said(&text) {
                let about = finding.about.unwrap_or_default();
                proptest::prop_assert!(text.get(about.start..about.end).is_some(), "{}: {about:?}", finding.rule);
            }
        }
    }
}
