//! Rules about claims (RFC 7519 section 4).

use serde_json::Value;

use super::Rule;
use crate::finding::Severity;
#[cfg(test)]
use crate::jose::rules::Example;
use crate::moment;

const TIMES: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];
/// Seconds that clocks may differ before a remark is made.
const LEEWAY: i64 = 60;
/// From here to the next constant a number of seconds is really one of milliseconds (years 5138 and beyond).
const MILLISECONDS: std::ops::RangeInclusive<i64> = 100_000_000_000..=100_000_000_000_000;
const YEAR: i64 = 31_557_600;

pub const RULES: &[Rule] = &[
    Rule {
        id: "time-in-milliseconds",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name = TIMES
                .into_iter()
                .find(|name| s.time(name).is_some_and(|time| MILLISECONDS.contains(&time)))?;
            let message = format!(
                "`{name}` is in milliseconds; times in a JWT are in seconds, so this is thousands of years off."
            );
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A time is in milliseconds; times in a JWT are in seconds.",
        fix: "Divide by 1,000: `Math.floor(Date.now() / 1000)`.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":1796086800000}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "time-not-number",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name =
                TIMES.into_iter().find(|name| s.claim(name).is_some_and(|value| !value.is_number()))?;
            let kind = if s.claim(name).is_some_and(Value::is_string) { "a text" } else { "no number" };
            let message = format!(
                "`{name}` is {kind}; times must be numbers, and libraries refuse or ignore anything else."
            );
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A time is no number; libraries refuse or ignore it.",
        fix: "Write the time as a plain number of seconds.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":null}"#), Example::claims(r#"{"exp":1796086800.5}"#)],
    },
    Rule {
        id: "exp-before-iat",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let exp = s.time("exp")?;
            let start =
                ["iat", "nbf"].into_iter().find(|name| s.time(name).is_some_and(|time| exp <= time))?;
            let message = format!("The token expires before it begins: `exp` is not later than `{start}`.");
            Some(s.on_payload(true)?.saying(message))
        },
        message: "The token expires before it begins.",
        fix: "Check the time arithmetic where the token is made.",
        source: "RFC 7519 sections 4.1.4 to 4.1.6",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"iat":1796083200,"exp":1796083100}"#),
            Example::claims(r#"{"iat":1796083200,"exp":1796086800}"#),
        ],
    },
    Rule {
        id: "exp-missing",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let missing = !s.claims()?.contains_key("exp");
            Some(s.on_payload(missing)?.graver_if(s.is_login_like(), Severity::High))
        },
        message: "This token never expires: a stolen copy works until the key is changed.",
        fix: "Add `exp`: minutes to hours for access, days at most for a login.",
        source: "RFC 7519 section 4.1.4; RFC 9068 section 2.2; OpenID Connect Core section 2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"sub":"1"}"#), Example::claims(r#"{"sub":"1","exp":1796086800}"#)],
    },
    Rule {
        id: "exp-too-far",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let left = s.time("exp")?.checked_sub(s.input.now?)?;
            // A time in milliseconds has a remark of its own.
            let far = left > YEAR && left < *MILLISECONDS.start();
            let length = moment::length(left.unsigned_abs());
            Some(
                s.on_payload(far)?
                    .saying(format!("It stays valid for another {length}, and so does a stolen copy.")),
            )
        },
        message: "It stays valid for a very long time, and so does a stolen copy.",
        fix: "Let tokens live for minutes to hours, and renew them.",
        source: "RFC 7519 section 4.1.4; RFC 9700 section 2.2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":2114380800}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "nbf-future",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let (nbf, now) = (s.time("nbf")?, s.input.now?);
            let early = s.on_payload(nbf > now.saturating_add(LEEWAY))?;
            Some(early.saying(format!("It is not valid yet: `nbf` is {}.", moment::distance(nbf, now))))
        },
        message: "It is not valid yet.",
        fix: "Wait, or check the clock of the server that made it.",
        source: "RFC 7519 section 4.1.5",
        #[cfg(test)]
        examples: [Example::claims(r#"{"nbf":1796090000}"#), Example::claims(r#"{"nbf":1796083200}"#)],
    },
    Rule {
        id: "iat-future",
        severity: Severity::Medium,
        unless: &["time-in-milliseconds"],
        check: |s| {
            let (iat, now) = (s.time("iat")?, s.input.now?);
            s.on_payload(iat > now.saturating_add(5 * LEEWAY))
        },
        message: "It claims to have been made in the future: a clock is wrong, or the token is made up.",
        fix: "Synchronise the clocks of your servers.",
        source: "RFC 7519 section 4.1.6",
        #[cfg(test)]
        examples: [Example::claims(r#"{"iat":1796190000}"#), Example::claims(r#"{"iat":1796083200}"#)],
    },
];
