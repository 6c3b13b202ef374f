//! Rules about claims (RFC 7519 section 4).

use serde_json::{Map, Value};

#[cfg(test)]
use super::Example;
use super::subject::find_in;
use super::{Remark, Rule, Subject, leak, quoted, shape};
use crate::finding::Severity;
use crate::jose::glossary;
use crate::moment;

const TIMES: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];
/// Seconds that clocks may differ before a remark is made.
const LEEWAY: i64 = 60;
/// From here to the next constant a number of seconds is really one of milliseconds (years 5138 and beyond).
const MILLISECONDS: std::ops::RangeInclusive<i64> = 100_000_000_000..=100_000_000_000_000;
/// A number of seconds below this one, which is in 2001, is a length rather than a date.
const FIRST_DATE: i64 = 1_000_000_000;
/// Integers above this are not held exactly by a 64-bit float.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;
const DAY: i64 = 86_400;
const YEAR: i64 = 31_557_600;

pub const RULES: &[Rule] = &[
    // ------------------------------------------------------------------------------------------------------- times
    Rule {
        id: "exp-missing",
        severity: Severity::Medium,
        unless: &["claim-name-misspelled"],
        check: |s| missing(s, "exp"),
        message: "This token never expires: a stolen copy works until the key is changed.",
        fix: "Add `exp`: minutes to hours for access, days at most for a login.",
        source: "RFC 7519 section 4.1.4; RFC 9068 section 2.2; OpenID Connect Core section 2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"sub":"1"}"#), Example::claims(r#"{"sub":"1","exp":1796086800}"#)],
    },
    Rule {
        id: "exp-past",
        severity: Severity::Info,
        unless: &["time-too-small"],
        check: |s| {
            let (exp, now) = (s.time("exp")?, s.input.now?);
            let past = s.on_payload(exp.saturating_add(LEEWAY) <= now)?;
            Some(past.saying(format!("It expired {} (`exp`).", moment::distance(exp, now))))
        },
        message: "It has expired.",
        fix: "Get a new one: servers refuse this one.",
        source: "RFC 7519 section 4.1.4",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":1700000000}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "exp-too-far",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let left = s.time("exp")?.checked_sub(s.input.now?)?;
            let most = if s.is_login_like() { DAY } else { YEAR };
            // A time in milliseconds has a remark of its own.
            let far = s.on_payload(left > most && left < *MILLISECONDS.start())?;
            let length = moment::length(left.unsigned_abs());
            let message = format!("It stays valid for another {length}, and so does a stolen copy.");
            Some(far.saying(message).graver_if(left > 10 * YEAR, Severity::High))
        },
        message: "It stays valid for a very long time, and so does a stolen copy.",
        fix: "Let tokens live for minutes to hours, and renew them.",
        source: "RFC 7519 section 4.1.4; RFC 9700 section 2.2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":2114380800}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "lifetime-too-long",
        severity: Severity::Medium,
        unless: &["exp-too-far"],
        check: |s| {
            let length = s.time("exp")?.checked_sub(s.time("iat")?)?;
            let is_login = s.is_login_like() || s.claim("sub").is_some();
            let long = (s.is_access_token_like() && length > DAY) || (is_login && length > 30 * DAY);
            let long = s.on_payload(long && length < *MILLISECONDS.start())?;
            let words = moment::length(length.unsigned_abs());
            Some(long.saying(format!("It was issued for {words}: as long as that, a stolen copy works.")))
        },
        message: "It was issued for a long time.",
        fix: "Issue tokens for minutes to hours, and renew them.",
        source: "RFC 9068 section 2.2; RFC 9700 section 2.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"sub":"1","iat":1796083200,"exp":1827619200}"#),
            Example::claims(r#"{"sub":"1","iat":1796083200,"exp":1796084100}"#),
        ],
    },
    Rule {
        id: "exp-before-iat",
        severity: Severity::High,
        unless: &["time-too-small"],
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
        id: "nbf-future",
        severity: Severity::Medium,
        unless: &["time-in-milliseconds"],
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
            let early = s.on_payload(iat > now.saturating_add(5 * LEEWAY))?;
            let distance = moment::distance(iat, now);
            let message = format!(
                "It claims to be issued {distance} (`iat`): a clock is wrong, or the token is made up."
            );
            Some(early.saying(message))
        },
        message: "It claims to have been made in the future: a clock is wrong, or the token is made up.",
        fix: "Synchronise the clocks of your servers.",
        source: "RFC 7519 section 4.1.6",
        #[cfg(test)]
        examples: [Example::claims(r#"{"iat":1796190000}"#), Example::claims(r#"{"iat":1796083200}"#)],
    },
    Rule {
        id: "iat-missing",
        severity: Severity::Low,
        unless: &["payload-empty", "claim-name-misspelled"],
        check: |s| {
            let missing = s.on_payload(!s.claims()?.contains_key("iat"))?;
            Some(missing.graver_if(s.is_login_like() || s.is_dpop_like(), Severity::Medium))
        },
        message: "It does not say when it was made (`iat`), so its age cannot be judged.",
        fix: "Add `iat`.",
        source: "RFC 7519 section 4.1.6; RFC 9068 section 2.2; RFC 9449 section 4.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"exp":1796086800}"#),
            Example::claims(r#"{"iat":1796083200,"exp":1796086800}"#),
        ],
    },
    Rule {
        id: "time-in-milliseconds",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name = TIMES
                .into_iter()
                .find(|name| s.time(name).is_some_and(|time| MILLISECONDS.contains(&time)))?;
            let meant = moment::utc(s.time(name)? / 1000).unwrap_or_default();
            let message = format!(
                "`{name}` is in milliseconds; times in a JWT are in seconds, so this is thousands of years off. Meant is \
                 {meant}."
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
        id: "time-is-string",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name = TIMES.into_iter().find(|name| s.claim(name).is_some_and(Value::is_string))?;
            let message = format!(
                "`{name}` is a text; times are numbers, and libraries refuse or ignore anything else. Ignored, it does not \
                 limit the token at all."
            );
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A time is a text; libraries refuse or ignore it.",
        fix: "Write the time as a plain number of seconds, without quotation marks.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":"1796086800"}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "time-not-number",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let (name, what) =
                TIMES.into_iter().find_map(|name| Some((name, not_a_time(s.claim(name)?)?)))?;
            Some(s.on_payload(true)?.saying(format!("`{name}` is {what}, which cannot be read as a time.")))
        },
        message: "A time is no number; libraries refuse or ignore it.",
        fix: "Write the time as a plain number of seconds.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":null}"#), Example::claims(r#"{"exp":1796086800.5}"#)],
    },
    Rule {
        id: "time-fractional",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let has_fraction = |name: &&str| {
                let number = s.claim(name).filter(|it| it.as_i64().is_none()).and_then(Value::as_f64);
                number.is_some_and(|number| number.fract() != 0.0)
            };
            let name = TIMES.into_iter().find(has_fraction)?;
            let message = format!("`{name}` has a fraction. That is allowed, and some libraries refuse it.");
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A time has a fraction. That is allowed, and some libraries refuse it.",
        fix: "Write whole seconds.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"iat":1796083200.5}"#), Example::claims(r#"{"iat":1796083200}"#)],
    },
    Rule {
        id: "time-too-small",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let is_small = |name: &&str| s.time(name).is_some_and(|time| (0..FIRST_DATE).contains(&time));
            let name = TIMES.into_iter().find(is_small)?;
            let seconds = s.time(name)?;
            let message = format!(
                "`{name}` is {}: a moment before 2001, or a length of time where a moment is meant.",
                moment::grouped(seconds.unsigned_abs())
            );
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A time lies before 2001; it may be a length of time where a moment is meant.",
        fix: "Add the current time to a length: `exp` is when it ends, not for how long it lasts.",
        source: "RFC 7519 section 2 (NumericDate)",
        #[cfg(test)]
        examples: [Example::claims(r#"{"exp":3600}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    // -------------------------------------------------------------------------------------------- who and for whom
    Rule {
        id: "aud-missing",
        severity: Severity::Medium,
        unless: &["payload-empty", "claim-name-misspelled"],
        check: |s| missing(s, "aud"),
        message: "It does not say for whom it is meant (`aud`): another service that trusts the same issuer may take it.",
        fix: "Add `aud`, and let each service check that it is the one.",
        source: "RFC 8725 section 3.9; RFC 9068 section 2.2; OpenID Connect Core section 2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"iss":"https://a.example"}"#),
            Example::claims(r#"{"iss":"https://a.example","aud":"api"}"#),
        ],
    },
    Rule {
        id: "aud-multiple",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let count = s.claim("aud")?.as_array()?.len();
            let several = s.on_payload(count > 1)?;
            Some(several.saying(format!(
                "It is meant for {count} services (`aud`), and each of them can use it with the others."
            )))
        },
        message: "It is meant for several services, and each of them can use it with the others.",
        fix: "Issue one token for each service. An id token for several names its client in `azp`.",
        source: "RFC 7519 section 4.1.3; OpenID Connect Core section 3.1.3.7",
        #[cfg(test)]
        examples: [Example::claims(r#"{"aud":["a","b"]}"#), Example::claims(r#"{"aud":"a"}"#)],
    },
    Rule {
        id: "aud-empty-or-wrong-type",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let what = match s.claim("aud")? {
                Value::String(text) if text.is_empty() => "an empty text",
                Value::Array(list) if list.is_empty() => "an empty list",
                Value::Array(list) if !list.iter().all(Value::is_string) => {
                    "a list with something else than texts in it"
                }
                Value::Array(list) if list.iter().any(|one| one == "") => "a list with an empty text in it",
                Value::String(_) | Value::Array(_) | Value::Null => return None,
                _ => "neither a text nor a list of texts",
            };
            Some(s.on_payload(true)?.saying(format!("`aud` is {what}: no service can find itself in it.")))
        },
        message: "The audience is unusable.",
        fix: "Write one text, or a list of texts.",
        source: "RFC 7519 section 4.1.3",
        #[cfg(test)]
        examples: [Example::claims(r#"{"aud":[]}"#), Example::claims(r#"{"aud":"api"}"#)],
    },
    Rule {
        id: "aud-wildcard",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let wild = |text: &&str| {
                text.ends_with("/*") || ["*", "any", "all"].iter().any(|word| text.eq_ignore_ascii_case(word))
            };
            let text = texts(s.claim("aud")?).find(wild)?;
            let message =
                format!("`aud` is {}: any service may take the token as meant for it.", quoted(text));
            Some(s.on_payload(true)?.saying(message))
        },
        message: "The audience is a wildcard: any service may take the token as meant for it.",
        fix: "Name the one service.",
        source: "RFC 8725 section 3.9",
        #[cfg(test)]
        examples: [Example::claims(r#"{"aud":"*"}"#), Example::claims(r#"{"aud":"api"}"#)],
    },
    Rule {
        id: "iss-missing",
        severity: Severity::Medium,
        unless: &["payload-empty", "claim-name-misspelled"],
        check: |s| missing(s, "iss"),
        message: "It does not say who issued it (`iss`): a verifier cannot tell whose key has to fit.",
        fix: "Add `iss`, and let each service compare it with the issuer that it trusts.",
        source: "RFC 8725 section 3.8; RFC 9068 section 2.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"sub":"1"}"#),
            Example::claims(r#"{"iss":"https://issuer.example","sub":"1"}"#),
        ],
    },
    Rule {
        id: "iss-not-https",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let iss = s.text_claim("iss").filter(|_| s.is_login_like())?;
            let (scheme, rest) = iss.split_once("://")?;
            let what = if !scheme.eq_ignore_ascii_case("https") {
                "is not one of https"
            } else if rest.contains('?') {
                "has a query"
            } else if rest.contains('#') {
                "has a fragment"
            } else {
                return None;
            };
            Some(s.on_payload(true)?.saying(format!("The issuer's address {} {what}.", quoted(iss))))
        },
        message: "The issuer's address is not one of https, or has a query or a fragment.",
        fix: "Give the issuer an address of https, without query and fragment.",
        source: "OpenID Connect Core section 2; RFC 8414 section 2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"nonce":"a","iss":"http://issuer.example"}"#),
            Example::claims(r#"{"nonce":"a","iss":"https://issuer.example"}"#),
        ],
    },
    Rule {
        id: "iss-trailing-slash",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let (_, rest) = s.text_claim("iss")?.split_once("://")?;
            let slash = s.on_payload(rest.find('/') == Some(rest.len().checked_sub(1)?))?;
            let message = format!(
                "The issuer {} ends with a slash. Issuers are compared letter by letter: without it, it is another one.",
                quoted(s.text_claim("iss")?)
            );
            Some(slash.saying(message))
        },
        message: "The issuer ends with a slash. Issuers are compared letter by letter: without it, it is another one.",
        fix: "Copy the issuer exactly as the token has it.",
        source: "RFC 8414 section 3.3; RFC 3986 section 6.2.1",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"iss":"https://issuer.example/"}"#),
            Example::claims(r#"{"iss":"https://issuer.example"}"#),
        ],
    },
    Rule {
        id: "sub-missing",
        severity: Severity::Low,
        unless: &["payload-empty", "claim-name-misspelled"],
        check: |s| missing(s, "sub"),
        message: "It does not say whom it is about (`sub`).",
        fix: "Add `sub`: an id that never changes and never goes to someone else.",
        source: "RFC 7519 section 4.1.2; RFC 9068 section 2.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"iss":"https://a.example"}"#),
            Example::claims(r#"{"iss":"https://a.example","sub":"1"}"#),
        ],
    },
    Rule {
        id: "sub-not-string",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let sub = s.claim("sub").filter(|sub| !sub.is_string() && !sub.is_null())?;
            let message = match sub {
                Value::Number(number) => format!(
                    "`sub` is the number {number}; it must be a text, and strict libraries refuse it."
                ),
                _ => "`sub` is no text; strict libraries refuse it.".into(),
            };
            Some(s.on_payload(true)?.saying(message))
        },
        message: "`sub` is no text; strict libraries refuse it.",
        fix: "Write it in quotation marks: `\"42\"` instead of `42`.",
        source: "RFC 7519 section 4.1.2",
        #[cfg(test)]
        examples: [Example::claims(r#"{"sub":42}"#), Example::claims(r#"{"sub":"42"}"#)],
    },
    Rule {
        id: "sub-too-long-or-non-ascii",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let sub = s.text_claim("sub").filter(|_| s.is_id_token_like())?;
            let length = sub.chars().count();
            let odd = s.on_payload(length > 255 || !sub.is_ascii())?;
            Some(match sub.is_ascii() {
                true => {
                    odd.saying(format!("`sub` has {length} characters; that of an id token has 255 at most."))
                }
                false => odd.saying("`sub` has characters outside of ASCII; that of an id token has none."),
            })
        },
        message: "The subject of an id token has at most 255 characters, all of ASCII.",
        fix: "Use an id that is short and does not change.",
        source: "OpenID Connect Core section 2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"nonce":"a","sub":"{x*300}"}"#),
            Example::claims(r#"{"nonce":"a","sub":"{x*20}"}"#),
        ],
    },
    Rule {
        id: "sub-is-email",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let sub = s.text_claim("sub")?;
            let email = s.on_payload(shape::has_email(sub))?;
            Some(email.saying(format!(
                "The subject is an e-mail address ({}): it changes, may go to someone else, and stands in every log.",
                quoted(sub)
            )))
        },
        message: "The subject is an e-mail address: it changes, may go to someone else, and stands in every log.",
        fix: "Use a random id that never changes.",
        source: "OpenID Connect Core sections 2 and 5.7",
        #[cfg(test)]
        examples: [Example::claims(r#"{"sub":"ann@example.com"}"#), Example::claims(r#"{"sub":"u_8f3a"}"#)],
    },
    Rule {
        id: "jti-missing",
        severity: Severity::Info,
        unless: &["payload-empty"],
        check: |s| {
            let missing = s.on_payload(!s.claims()?.contains_key("jti"))?;
            let missing = missing.graver_if(s.is_access_token_like(), Severity::Medium);
            Some(missing.graver_if(s.is_dpop_like(), Severity::High))
        },
        message: "It has no id of its own (`jti`): it cannot be revoked by itself, nor be refused the second time.",
        fix: "Add a random `jti`.",
        source: "RFC 7519 section 4.1.7; RFC 9068 section 2.2; RFC 9449 section 4.2",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"sub":"1"}"#),
            Example::claims(r#"{"sub":"1","jti":"b1f60d1c-9e1e-4bb5-8bb5-0a4c5b1f2f6e"}"#),
        ],
    },
    Rule {
        id: "jti-predictable",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let what = match s.claim("jti")? {
                Value::Number(_) => "is a number",
                Value::String(text) if text.len() < 8 => "is shorter than 8 characters",
                Value::String(text) if text.len() < 20 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                    "is a number, as a counter or a clock makes it"
                }
                _ => return None,
            };
            Some(
                s.on_payload(true)?
                    .saying(format!("The id `jti` {what}: it can be guessed, or may come twice.")),
            )
        },
        message: "The id `jti` can be guessed, or may come twice.",
        fix: "Use 128 random bits.",
        source: "RFC 7519 section 4.1.7",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"jti":"17"}"#),
            Example::claims(r#"{"jti":"b1f60d1c-9e1e-4bb5-8bb5-0a4c5b1f2f6e"}"#),
        ],
    },
    Rule {
        id: "payload-empty",
        severity: Severity::Info,
        unless: &[],
        check: |s| s.on_payload(s.claims()?.is_empty()),
        message: "It carries no claims: not who issued it, for whom, about whom or until when.",
        fix: "Add at least an issuer, an audience and an end.",
        source: "RFC 7519 section 4",
        #[cfg(test)]
        examples: [Example::claims("{}"), Example::claims(r#"{"sub":"1"}"#)],
    },
    // ----------------------------------------------------------------------------------------------- names and types
    Rule {
        id: "claim-name-misspelled",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            let claims = s.claims()?;
            let wrong = |(name, value): (&String, &Value)| {
                let meant = meant_by(name, value)?;
                (!claims.contains_key(meant)).then(|| (name.clone(), meant))
            };
            let (name, meant) = claims.iter().find_map(wrong)?;
            Some(s.on_payload(true)?.saying(format!(
                "Verifiers look for `{meant}` and not for {}, so this claim does nothing.",
                quoted(&name)
            )))
        },
        message: "Verifiers look for the short registered names, so this claim does nothing.",
        fix: "Use the registered name, in small letters.",
        source: "RFC 7519 section 4.1",
        #[cfg(test)]
        examples: [Example::claims(r#"{"expires":1796086800}"#), Example::claims(r#"{"exp":1796086800}"#)],
    },
    Rule {
        id: "claim-null",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let is_null =
                |(name, value): &(&String, &Value)| value.is_null() && glossary::CLAIMS.find(name).is_some();
            let (name, _) = s.claims()?.iter().find(is_null)?;
            let message = format!(
                "`{name}` is null: for some libraries it is missing, for others it is there and wrong."
            );
            Some(s.on_payload(true)?.saying(message))
        },
        message: "A claim is null: for some libraries it is missing, for others it is there and wrong.",
        fix: "Leave it out.",
        source: "RFC 7519 section 4",
        #[cfg(test)]
        examples: [Example::claims(r#"{"aud":null}"#), Example::claims(r#"{"sub":"1"}"#)],
    },
    Rule {
        id: "scope-wrong-type",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let what = if s.claim("scope").is_some_and(|scope| !scope.is_string() && !scope.is_null()) {
                "`scope` is no text"
            } else if s.text_claim("scope").is_some_and(|scope| scope.contains(',') && !scope.contains(' ')) {
                "`scope` has commas"
            } else if s.text_claim("scp").is_some_and(|scp| scp.contains(',')) {
                "`scp` has commas"
            } else {
                return None;
            };
            Some(s.on_payload(true)?.saying(format!("{what}; it is one text with blanks between the names.")))
        },
        message: "`scope` is one text with blanks between the names.",
        fix: "Write it as in `\"read write\"`.",
        source: "RFC 8693 section 4.2; RFC 9068 section 2.2.3",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"scope":["read","write"]}"#),
            Example::claims(r#"{"scope":"read write"}"#),
        ],
    },
    Rule {
        id: "cnf-without-proof",
        severity: Severity::Info,
        unless: &["cnf-unknown-member"],
        check: |s| {
            let cnf = s.claim("cnf")?;
            let proof = if cnf.get("jkt").is_some() {
                "a DPoP proof of its key"
            } else if cnf.get("x5t#S256").is_some() {
                "the certificate of the connection"
            } else {
                "proof of its key"
            };
            Some(s.on_payload(true)?.saying(format!(
                "It is bound to a key (`cnf`): whoever takes it must ask for {proof}, which is not seen here."
            )))
        },
        message: "It is bound to a key: whoever takes it must ask for proof of that key.",
        fix: "Check the proof, and refuse the token without it.",
        source: "RFC 7800 section 3; RFC 9449 section 6; RFC 8705 section 3",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}"#),
            Example::claims(r#"{"sub":"1"}"#),
        ],
    },
    Rule {
        id: "cnf-unknown-member",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let cnf = s.claim("cnf")?;
            let known = |cnf: &Map<String, Value>| {
                cnf.keys().any(|name| glossary::CONFIRMATIONS.find(name).is_some())
            };
            s.on_payload(!cnf.as_object().is_some_and(known))
        },
        message: "It is bound to a key in a way that no standard names (`cnf`): verifiers cannot ask for proof, and may not \
                  notice that they should.",
        fix: "Look into the issuer's documentation.",
        source: "RFC 7800 section 3",
        #[cfg(test)]
        examples: [Example::claims(r#"{"cnf":{"foo":1}}"#), Example::claims(r#"{"cnf":{"jkt":"a"}}"#)],
    },
    Rule {
        id: "act-chain-long",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            let length = std::iter::successors(s.claim("act"), |actor| actor.get("act")).count();
            let long = s.on_payload(length > 3)?;
            Some(long.saying(format!("{length} parties act for each other in this token (`act`).")))
        },
        message: "Many parties act for each other in this token.",
        fix: "Judge by the outermost one only; those inside are history.",
        source: "RFC 8693 section 4.1",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"act":{"sub":"a","act":{"sub":"b","act":{"sub":"c","act":{"sub":"d"}}}}}"#),
            Example::claims(r#"{"act":{"sub":"a"}}"#),
        ],
    },
    // --------------------------------------------------------------------------------------- what should not be in it
    Rule {
        id: "password-in-claims",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name = in_the_open(s, &mut |name, value| {
                let filled =
                    matches!(value, Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_));
                let hash = value.as_str().is_some_and(is_hash);
                (hash || (filled && leak::is_secret_name(name))).then(|| name.to_owned())
            })?;
            Some(s.on_payload(true)?.saying(format!(
                "{} seems to hold a password or a secret, and whoever has the token can read it.",
                quoted(&name)
            )))
        },
        message: "It seems to hold a password or a secret, and whoever has the token can read it.",
        fix: "Take it out, and change the password or secret.",
        source: "RFC 7519 section 12; CWE-522",
        #[cfg(test)]
        examples: [Example::claims(r#"{"user":{"password":"x"}}"#), Example::claims(r#"{"amr":["pwd"]}"#)],
    },
    Rule {
        id: "secret-shape-in-claims",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let own = s.time("exp");
            let (name, what) = in_the_open(s, &mut |name, value| {
                let text = value.as_str()?;
                let longer = |exp: Option<i64>| exp.is_none_or(|exp| own.is_some_and(|own| exp > own));
                let what = leak::shape(text).filter(|_| !is_hash(text)).or_else(|| {
                    shape::token_expiry(text).filter(|exp| longer(*exp)).map(|_| "a token that lasts longer")
                })?;
                Some((name.to_owned(), what))
            })?;
            Some(
                s.on_payload(true)?.saying(format!(
                    "{} holds {what}, and whoever has this token can read it.",
                    quoted(&name)
                )),
            )
        },
        message: "It holds a credential, and whoever has the token can read it.",
        fix: "Take it out, and revoke it.",
        source: "RFC 7519 section 12; CWE-522",
        #[cfg(test)]
        examples: [Example::claims(r#"{"aws":"AKIAIOSFODNN7EXAMPLE"}"#), Example::claims(r#"{"sub":"1"}"#)],
    },
    Rule {
        id: "personal-data-in-claims",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            const NAMES: [&str; 10] = [
                "email",
                "phone_number",
                "birthdate",
                "address",
                "gender",
                "msisdn",
                "nationalities",
                "place_of_birth",
                "ssn",
                "iban",
            ];
            let name = in_the_open(s, &mut |name, value| {
                let filled = !value.is_null() && !value.is_boolean();
                let shaped = |text: &str| {
                    shape::has_email(text) || shape::is_iban(text) || shape::is_social_security_number(text)
                };
                // An address as the subject has a remark of its own, and that of an issuer is nobody's.
                let shaped =
                    value.as_str().is_some_and(shaped) && !matches!(name, "sub" | "iss" | "aud" | "azp");
                ((filled && NAMES.contains(&name)) || shaped).then(|| name.to_owned())
            })?;
            let remark = s.on_payload(true)?.saying(format!(
                "{} is about a person, and browser, logs and proxies can read it.",
                quoted(&name)
            ));
            Some(remark.graver_if(s.is_id_token_like(), Severity::Info))
        },
        message: "It holds what is about a person, and browser, logs and proxies can read it.",
        fix: "Put in only what the receiver needs; or encrypt the token, or let the receiver ask for it.",
        source: "RFC 7519 section 12; RFC 9068 section 6",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"scope":"read","email":"ann@example.com"}"#),
            Example::claims(r#"{"sub":"u_8f3a","email_verified":true}"#),
        ],
    },
    Rule {
        id: "card-number-in-claims",
        severity: Severity::High,
        unless: &[],
        check: |s| {
            let name = in_the_open(s, &mut |name, value| {
                let is_card = match value {
                    Value::String(text) => shape::is_card(text),
                    Value::Number(number) => shape::is_card(&number.to_string()),
                    _ => false,
                };
                is_card.then(|| name.to_owned())
            })?;
            Some(s.on_payload(true)?.saying(format!(
                "{} looks like the number of a payment card, and whoever has the token can read it.",
                quoted(&name)
            )))
        },
        message: "It holds what looks like the number of a payment card.",
        fix: "Take it out: a token is no place for it.",
        source: "PCI DSS requirement 3; CWE-359",
        #[cfg(test)]
        examples: [
            Example::claims(r#"{"card":"4111111111111111"}"#),
            Example::claims(r#"{"order":"4111111111111112"}"#),
        ],
    },
    Rule {
        id: "admin-flag-in-claims",
        severity: Severity::Info,
        unless: &[],
        check: |s| {
            const NAMES: [&str; 9] = [
                "admin",
                "is_admin",
                "isadmin",
                "role",
                "roles",
                "groups",
                "permissions",
                "is_superuser",
                "superuser",
            ];
            let name = find_in(s.claims()?, &mut |name, value| {
                let named = NAMES.iter().any(|it| name.eq_ignore_ascii_case(it));
                (named && is_admin(value)).then(|| name.to_owned())
            })?;
            Some(s.on_payload(true)?.saying(format!(
                "It says that its holder is an administrator ({}), and says so until it expires, whatever happens meanwhile.",
                quoted(&name)
            )))
        },
        message: "Rights stand in the token, and hold until it expires.",
        fix: "Keep its life short, and look up rights that matter on the server.",
        source: "RFC 9068 section 2.2.3",
        #[cfg(test)]
        examples: [Example::claims(r#"{"admin":true}"#), Example::claims(r#"{"sub":"1","role":"reader"}"#)],
    },
    Rule {
        id: "internal-data-in-claims",
        severity: Severity::Low,
        unless: &[],
        check: |s| {
            let (name, what) = in_the_open(s, &mut |name, value| {
                Some((name.to_owned(), shape::internal(value.as_str()?)?))
            })?;
            Some(s.on_payload(true)?.saying(format!(
                "{} is {what}: it tells whoever has the token about the inside of your systems.",
                quoted(&name)
            )))
        },
        message: "It tells whoever has the token about the inside of your systems.",
        fix: "Take it out.",
        source: "CWE-200",
        #[cfg(test)]
        examples: [Example::claims(r#"{"db":"10.0.0.5"}"#), Example::claims(r#"{"sub":"1"}"#)],
    },
    Rule {
        id: "injection-shape-in-claims",
        severity: Severity::Medium,
        unless: &[],
        check: |s| {
            const NAMES: [&str; 9] =
                ["sub", "tenant", "tenant_id", "tid", "org", "org_id", "iss", "azp", "client_id"];
            let (name, what) =
                NAMES.into_iter().find_map(|name| Some((name, shape::injection(s.text_claim(name)?)?)))?;
            let what = if what.starts_with("quotation") { what.to_owned() } else { quoted(what) };
            Some(s.on_payload(true)?.saying(format!(
                "`{name}` has {what} in it, as attacks have that end in a query, a page or a path."
            )))
        },
        message: "A claim has the shape of an attack.",
        fix: "Treat claims as any other input: with parameters in queries, and escaped in pages.",
        source: "RFC 8725 section 3.10",
        #[cfg(test)]
        examples: [Example::claims(r#"{"sub":"1' OR '1'='1"}"#), Example::claims(r#"{"sub":"1"}"#)],
    },
];

/// That a claim is missing; gravely so where it must be there.
fn missing(s: &Subject<'_>, name: &str) -> Option<Remark> {
    let missing = !s.claims()?.contains_key(name) && !is_for_one_message(s);
    Some(s.on_payload(missing)?.graver_if(s.is_login_like(), Severity::High))
}

/// Whether it proves or reports something that just happened, and is of a kind that has no end, subject or audience as a
/// token for access has: DPoP proofs, key binding, security events and phone calls.
fn is_for_one_message(s: &Subject<'_>) -> bool {
    s.is_dpop_like()
        || ["kb+jwt", "secevent+jwt", "passport", "statuslist+jwt"].iter().any(|typ| s.is_typ(typ))
}

/// What a claim that should be a time is instead; texts have a rule of their own.
fn not_a_time(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(_) => Some("true or false"),
        Value::Array(_) => Some("a list"),
        Value::Object(_) => Some("an object"),
        Value::String(_) => None,
        Value::Number(number) => {
            let number = number.as_f64()?;
            if number < 0.0 {
                Some("below zero")
            } else {
                (number > MAX_EXACT).then_some("a number beyond all exact ones")
            }
        }
    }
}

/// The texts of a claim that is one, or a list of them.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().into_iter().flatten();
    std::iter::once(value).chain(list).filter_map(Value::as_str)
}

/// The registered claim that someone means who writes this name, if it is not that claim itself.
fn meant_by(name: &str, value: &Value) -> Option<&'static str> {
    if name.len() > 16 {
        return None;
    }
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let meant = match &*plain {
        "expires" | "expiry" | "expiration" | "exptime" | "expiresat" | "expiresin" | "exp" => "exp",
        // Others have it as the name for extensions, which are objects.
        "ext" if value.is_number() => "exp",
        "issuer" | "iss" => "iss",
        "subject" | "sub" => "sub",
        "audience" | "aud" => "aud",
        "issuedat" | "iat" => "iat",
        "notbefore" | "nbf" => "nbf",
        "jti" => "jti",
        _ => return None,
    };
    (meant != name).then_some(meant)
}

/// Goes through the claims, unless they are encrypted. Elements of a list go by the list's name.
fn in_the_open<T>(s: &Subject<'_>, visit: &mut dyn FnMut(&str, &Value) -> Option<T>) -> Option<T> {
    if s.is_jwe() {
        return None;
    }
    find_in(s.claims()?, &mut |name, value| match value {
        Value::Array(list) => visit(name, value).or_else(|| {
            list.iter()
                .filter(|it| !it.is_object() && !it.is_array())
                .find_map(|element| visit(name, element))
        }),
        _ if name.is_empty() => None,
        _ => visit(name, value),
    })
}

/// Whether it is the hash of a password.
fn is_hash(text: &str) -> bool {
    leak::shape(text).is_some_and(|what| what.ends_with("of a password"))
}

fn is_admin(value: &Value) -> bool {
    const WORDS: [&str; 6] = ["administrator", "root", "superuser", "owner", "sudo", "*"];
    let text = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.contains("admin") || WORDS.contains(&&*lower)
    };
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() == Some(1),
        _ => texts(value).any(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::rules::example::NOW;

    fn finding(rule: &str, claims: &'static str) -> Option<crate::finding::Finding> {
        Example::claims(claims).review().into_iter().find(|finding| finding.rule == rule)
    }

    #[test]
    fn the_clock_gives_and_takes_a_minute() {
        assert_eq!(NOW, 1_796_083_200);
        assert!(finding("exp-past", r#"{"exp":1796083140}"#).is_some());
        assert!(finding("exp-past", r#"{"exp":1796083141}"#).is_none());
        assert!(finding("nbf-future", r#"{"nbf":1796083261}"#).is_some());
        assert!(finding("nbf-future", r#"{"nbf":1796083260}"#).is_none());
        assert!(finding("iat-future", r#"{"iat":1796083500}"#).is_none());
    }

    #[test]
    fn what_is_missing_matters_more_where_it_must_be_there() {
        let severity = |rule, claims| finding(rule, claims).map(|finding| finding.severity);
        for rule in ["exp-missing", "aud-missing", "iss-missing", "sub-missing"] {
            assert_eq!(severity(rule, r#"{"scope":"read"}"#), Some(Severity::High), "{rule}");
            assert_eq!(severity(rule, r#"{"htm":"GET","htu":"https://a/"}"#), None, "{rule}");
        }
        assert_eq!(severity("exp-missing", r#"{"a":1}"#), Some(Severity::Medium));
        assert_eq!(severity("jti-missing", r#"{"htm":"GET","htu":"https://a/"}"#), Some(Severity::High));
        assert_eq!(severity("iat-missing", r#"{"scope":"read"}"#), Some(Severity::Medium));
        assert_eq!(severity("exp-too-far", r#"{"exp":2214380800}"#), Some(Severity::High));
        assert_eq!(severity("exp-too-far", r#"{"scope":"a","exp":1796283200}"#), Some(Severity::Medium));
        assert_eq!(
            severity("personal-data-in-claims", r#"{"nonce":"a","email":"a@b.example"}"#),
            Some(Severity::Info)
        );
    }

    #[test]
    fn times_that_are_none_are_told_apart() {
        let said =
            |claims| finding("time-not-number", claims).map(|finding| finding.message).unwrap_or_default();
        for (claims, what) in [
            (r#"{"exp":true}"#, "true or false"),
            (r#"{"nbf":[1]}"#, "a list"),
            (r#"{"iat":{}}"#, "an object"),
            (r#"{"exp":-5}"#, "below zero"),
            (r#"{"exp":1e300}"#, "beyond"),
        ] {
            assert!(said(claims).contains(what), "{claims}: {}", said(claims));
        }
        assert_eq!(said(r#"{"exp":1e9}"#), "");
    }

    #[test]
    fn lists_and_objects_are_looked_into() {
        for (rule, claims) in [
            ("secret-shape-in-claims", r#"{"a":[{"b":["x","AKIAIOSFODNN7EXAMPLE"]}]}"#),
            ("personal-data-in-claims", r#"{"a":["x","ann@example.com"]}"#),
            ("card-number-in-claims", r#"{"a":{"b":4111111111111111}}"#),
            ("password-in-claims", r#"{"a":[{"apiKey":"x"}]}"#),
            ("password-in-claims", r#"{"x":"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"}"#),
            ("admin-flag-in-claims", r#"{"realm_access":{"roles":["user","Realm-Admin"]}}"#),
            ("secret-shape-in-claims", r#"{"exp":4,"t":"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjV9.AA"}"#),
        ] {
            assert!(finding(rule, claims).is_some(), "{rule}: {claims}");
        }
        assert!(
            finding("secret-shape-in-claims", r#"{"exp":5,"t":"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjV9.AA"}"#)
                .is_none()
        );
        assert!(finding("password-in-claims", r#"{"password":true}"#).is_none());
    }

    #[test]
    fn a_message_never_holds_what_should_not_be_there() {
        let secret = finding("password-in-claims", r#"{"password":"hunter2"}"#).expect("a finding");
        assert!(!secret.message.contains("hunter2"));
    }

    #[test]
    fn names_that_are_meant_are_known() {
        let said = |claims| {
            finding("claim-name-misspelled", claims).map(|finding| finding.message).unwrap_or_default()
        };
        assert!(said(r#"{"expires_at":1}"#).contains("`exp`"));
        assert!(said(r#"{"Iss":"a"}"#).contains("`iss`"));
        assert_eq!(said(r#"{"expires_at":1,"exp":1796086800}"#), "");
        assert_eq!(said(r#"{"ext":{"a":1}}"#), "");
    }
}
