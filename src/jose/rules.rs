//! Remarks on a signed token: one table, each rule beside its text, its source and the two examples that its test runs.

use serde_json::Value;

use super::claims::{self, Claims};
use super::jws::Header;
use crate::finding::{self, Finding, Severity};
use crate::moment;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub header: &'a Header,
    /// Absent where the payload is not a JSON object.
    pub claims: Option<&'a Claims>,
    /// Unix seconds.
    pub now: Option<i64>,
}

/// A remark and when it is made.
struct Rule {
    id: &'static str,
    severity: Severity,
    /// The message, if the rule applies.
    check: fn(&Token<'_>) -> Option<String>,
    fix: &'static str,
    source: &'static str,
    /// Header and claims on which it speaks, and on which it does not, at [`tests::NOW`].
    #[cfg(test)]
    examples: [(&'static str, &'static str); 2],
}

/// The remarks on `token`, the gravest first.
pub fn review(token: &Token<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES
        .iter()
        .filter_map(|rule| {
            Some(Finding {
                rule: rule.id.into(),
                severity: rule.severity,
                about: None,
                message: (rule.check)(token)?,
                fix: rule.fix.into(),
                corrected: None,
                source: rule.source.into(),
            })
        })
        .collect();
    finding::gravest_first(&mut findings);
    findings
}

const TIMES: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];
/// Seconds that clocks may differ before a remark is made.
const LEEWAY: i64 = 60;
/// From here to the next constant a number of seconds is really one of milliseconds (years 5138 and beyond).
const MILLISECONDS: std::ops::RangeInclusive<i64> = 100_000_000_000..=100_000_000_000_000;
const YEAR: i64 = 31_557_600;

static RULES: &[Rule] = &[
    Rule {
        id: "alg-none",
        severity: Severity::High,
        check: |token| {
            let none = token.header.get("alg")?.as_str()?.trim().eq_ignore_ascii_case("none");
            none.then(|| "This token is not signed at all; anyone can write it.".into())
        },
        fix: "Let the server accept a fixed list of algorithms, without `none`.",
        source: "RFC 7519 section 6; RFC 8725 section 3.2",
        #[cfg(test)]
        examples: [(r#"{"alg":"nOnE"}"#, "{}"), (r#"{"alg":"HS256"}"#, "{}")],
    },
    Rule {
        id: "time-in-milliseconds",
        severity: Severity::High,
        check: |token| {
            let claims = token.claims?;
            let name = TIMES
                .iter()
                .find(|name| claims::time(claims, name).is_some_and(|t| MILLISECONDS.contains(&t)))?;
            Some(format!(
                "`{name}` is in milliseconds; times in a JWT are in seconds, so this is thousands of years off."
            ))
        },
        fix: "Divide by 1,000: `Math.floor(Date.now() / 1000)`.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [("{}", r#"{"exp":1796086800000}"#), ("{}", r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "time-not-number",
        severity: Severity::High,
        check: |token| {
            let claims = token.claims?;
            let name =
                TIMES.iter().find(|name| claims.get(**name).is_some_and(|value| !value.is_number()))?;
            let kind = if claims.get(*name).is_some_and(Value::is_string) { "a text" } else { "no number" };
            Some(format!(
                "`{name}` is {kind}; times must be numbers, and libraries refuse or ignore anything else."
            ))
        },
        fix: "Write the time as a plain number of seconds.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [("{}", r#"{"exp":"1796086800"}"#), ("{}", r#"{"exp":1796086800.5}"#)],
    },
    Rule {
        id: "exp-before-iat",
        severity: Severity::High,
        check: |token| {
            let claims = token.claims?;
            let exp = claims::time(claims, "exp")?;
            let start = ["iat", "nbf"]
                .into_iter()
                .find(|name| claims::time(claims, name).is_some_and(|t| exp <= t))?;
            Some(format!("The token expires before it begins: `exp` is not later than `{start}`."))
        },
        fix: "Check the time arithmetic where the token is made.",
        source: "RFC 7519 sections 4.1.4 to 4.1.6",
        #[cfg(test)]
        examples: [
            ("{}", r#"{"iat":1796083200,"exp":1796083100}"#),
            ("{}", r#"{"iat":1796083200,"exp":1796086800}"#),
        ],
    },
    Rule {
        id: "exp-missing",
        severity: Severity::Medium,
        check: |token| {
            let missing = !token.claims?.contains_key("exp");
            missing
                .then(|| "This token never expires: a stolen copy works until the secret is changed.".into())
        },
        fix: "Add `exp`: minutes to hours for access, days at most for a login.",
        source: "RFC 7519 section 4.1.4; RFC 8725 section 3.10",
        #[cfg(test)]
        examples: [("{}", r#"{"sub":"1"}"#), ("{}", r#"{"sub":"1","exp":1796086800}"#)],
    },
    Rule {
        id: "exp-too-far",
        severity: Severity::Medium,
        check: |token| {
            let left = claims::time(token.claims?, "exp")?.checked_sub(token.now?)?;
            // A time in milliseconds has a remark of its own.
            let far = left > YEAR && left < *MILLISECONDS.start();
            far.then(|| {
                let length = moment::length(left.unsigned_abs());
                format!("It stays valid for another {length}, and so does a stolen copy.")
            })
        },
        fix: "Let tokens live for minutes to hours, and renew them.",
        source: "RFC 7519 section 4.1.4; RFC 9700 section 2.2",
        #[cfg(test)]
        examples: [("{}", r#"{"exp":2114380800}"#), ("{}", r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "nbf-future",
        severity: Severity::Medium,
        check: |token| {
            let (nbf, now) = (claims::time(token.claims?, "nbf")?, token.now?);
            (nbf > now.saturating_add(LEEWAY)).then(|| {
                let distance = moment::distance(nbf, now);
                format!("It is not valid yet: `nbf` is {distance}.")
            })
        },
        fix: "Wait, or check the clock of the server that made it.",
        source: "RFC 7519 section 4.1.5",
        #[cfg(test)]
        examples: [("{}", r#"{"nbf":1796090000}"#), ("{}", r#"{"nbf":1796083200}"#)],
    },
    Rule {
        id: "iat-future",
        severity: Severity::Medium,
        check: |token| {
            let (iat, now) = (claims::time(token.claims?, "iat")?, token.now?);
            let off = iat > now.saturating_add(5 * LEEWAY) && iat < *MILLISECONDS.start();
            off.then(|| {
                "It claims to have been made in the future: a clock is wrong, or the token is made up.".into()
            })
        },
        fix: "Synchronise the clocks of your servers.",
        source: "RFC 7519 section 4.1.6",
        #[cfg(test)]
        examples: [("{}", r#"{"iat":1796190000}"#), ("{}", r#"{"iat":1796083200}"#)],
    },
    Rule {
        id: "key-named-by-token",
        severity: Severity::Medium,
        check: |token| {
            let name =
                ["jku", "x5u", "jwk", "x5c"].into_iter().find(|name| token.header.contains_key(*name))?;
            Some(format!(
                "The header brings its own key or says where to fetch one (`{name}`): a verifier that believes it accepts \
                 anyone's signature."
            ))
        },
        fix: "Take keys from your configuration; never from the token. Keyjar does not fetch or use it.",
        source: "RFC 7515 sections 4.1.2 to 4.1.6; RFC 8725 section 3.10",
        #[cfg(test)]
        examples: [(r#"{"jku":"https://keys.example/"}"#, "{}"), (r#"{"kid":"1"}"#, "{}")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-12-01T00:00:00Z
    const NOW: i64 = 1_796_083_200;

    fn speaks(rule: &Rule, (header, claims): (&str, &str)) -> bool {
        let header = serde_json::from_str(header).expect("a header");
        let claims = serde_json::from_str(claims).expect("claims");
        let token = Token { header: &header, claims: Some(&claims), now: Some(NOW) };
        (rule.check)(&token).is_some()
    }

    #[test]
    fn every_rule_speaks_on_its_first_example_only() {
        for rule in RULES {
            assert!(speaks(rule, rule.examples[0]), "{} is silent on its example", rule.id);
            assert!(!speaks(rule, rule.examples[1]), "{} speaks on its counter-example", rule.id);
        }
    }

    #[test]
    fn the_gravest_comes_first() {
        let header = serde_json::from_str(r#"{"alg":"HS256"}"#).expect("a header");
        let claims = serde_json::from_str(r#"{"nbf":"x"}"#).expect("claims");
        let token = Token { header: &header, claims: Some(&claims), now: Some(NOW) };
        let severities: Vec<_> = review(&token).iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [Severity::High, Severity::Medium]);
    }
}
