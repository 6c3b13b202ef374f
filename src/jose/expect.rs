//! What a server expects of a token's claims, and the checks of them (RFC 7519 section 4.1), each with what came of it.

use serde_json::Value;

use super::claims::{self, Claims};
use super::jws::Header;
use crate::moment;
use crate::protocol::{Caveat, CaveatKind, Check, CheckOutcome, OptionKind, Options, SignError};
use crate::scheme::kit::options;

/// What is expected. What is empty or absent is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// One of them has to be the issuer.
    pub iss: Vec<String>,
    /// One of them has to be among the audience.
    pub aud: Vec<String>,
    pub sub: Option<String>,
    /// The header's `typ`, compared as a media type.
    pub typ: Option<String>,
    /// Seconds that clocks may differ.
    pub leeway: i64,
    /// Seconds since `iat`.
    pub max_age: Option<i64>,
    /// Claims that have to be there.
    pub require: Vec<String>,
    /// Unix seconds. Without it no time is checked.
    pub now: Option<i64>,
}

const ISS: &str = "iss";
const AUD: &str = "aud";
const SUB: &str = "sub";
const TYP: &str = "typ";
const LEEWAY: &str = "leeway";
const MAX_AGE: &str = "max_age";
const REQUIRE: &str = "require";
const NOW: &str = "now";

/// A scheme's own options and those of every scheme of tokens with claims; the last five are only for the review.
macro_rules! with_expectations {
    ($($own:expr),* $(,)?) => {{
        use $crate::protocol::OptionKind;
        use $crate::scheme::kit::option_spec::opening;
        [
            $($own,)*
            opening("iss", OptionKind::Text, "", "The issuer that the server accepts; several as a JSON list."),
            opening("aud", OptionKind::Text, "", "The audience that the server is; several as a JSON list."),
            opening("sub", OptionKind::Text, "", "The subject that it has to be."),
            opening("typ", OptionKind::Text, "", "The `typ` that the header must have, such as at+jwt."),
            opening("leeway", OptionKind::Number, "0", "Seconds by which clocks may differ."),
            opening("max_age", OptionKind::Number, "", "Seconds since `iat` after which the server refuses it."),
            opening("require", OptionKind::Json, "", "Claims that have to be there, as a JSON list: [\"exp\", \"sub\"]."),
            opening("now", OptionKind::Number, "", "The moment of the check, in Unix seconds; empty for this moment."),
            opening("kind", $crate::jose::expect::KINDS, "any", "What the token is used as, for the review."),
            opening("nonce", OptionKind::Text, "", "The nonce that the client sent, for an ID token."),
            opening("access_token", OptionKind::Secret, "", "The access token beside it, for `at_hash` and `ath`."),
            opening("code", OptionKind::Secret, "", "The authorization code that came with it, for `c_hash`."),
            opening("client_id", OptionKind::Text, "", "The client that it was made for, for `azp`."),
        ]
    }};
}
pub(crate) use with_expectations;

/// What a token can be used as.
pub const KINDS: OptionKind = OptionKind::Choice(std::borrow::Cow::Borrowed(&[
    std::borrow::Cow::Borrowed("any"),
    std::borrow::Cow::Borrowed("access token"),
    std::borrow::Cow::Borrowed("ID token"),
    std::borrow::Cow::Borrowed("refresh token"),
    std::borrow::Cow::Borrowed("DPoP proof"),
]));

impl Expect {
    /// What `options` say; `now` is the clock, where they do not set another.
    ///
    /// # Errors
    /// With the option that cannot be read.
    pub fn of(options: &Options, now: Option<i64>) -> Result<Self, SignError> {
        Ok(Self {
            iss: list(options, ISS)?,
            aud: list(options, AUD)?,
            sub: options::filled(options, SUB)?.map(str::to_owned),
            typ: options::filled(options, TYP)?.map(str::to_owned),
            leeway: options::number(options, LEEWAY)?.unwrap_or_default(),
            max_age: options::number(options, MAX_AGE)?,
            require: list(options, REQUIRE)?,
            now: options::number(options, NOW)?.or(now),
        })
    }

    /// Every check, in the order of RFC 7519.
    pub fn check(&self, header: &Header, claims: &Claims) -> Vec<Check> {
        let mut checks = vec![
            self.text(ISS, claims.get(ISS), &self.iss),
            self.text(SUB, claims.get(SUB), self.sub.as_slice()),
            self.audience(claims),
            self.expiry(claims),
            self.not_before(claims),
            self.age(claims),
            self.media_type(header),
        ];
        checks.extend(self.require.iter().map(|name| match claims.get(name) {
            Some(Value::Null) => failed(name, "It is required, and it is null."),
            Some(_) => passed(name, "It is required, and it is there."),
            None => failed(name, "It is required, and it is not there."),
        }));
        checks
    }

    fn text(&self, name: &str, found: Option<&Value>, wanted: &[String]) -> Check {
        match (found, wanted) {
            (None, []) => not_checked(name, "It is not there, and nothing is expected."),
            (Some(found), []) => not_checked(name, format!("It is {found}; nothing is expected.")),
            (None, _) => failed(name, format!("It is not there; {} is expected.", said(wanted))),
            (Some(Value::String(found)), _) if wanted.contains(found) => {
                passed(name, format!("It is {found:?}, as expected."))
            }
            (Some(found), _) => failed(name, format!("It is {found}; {} is expected.", said(wanted))),
        }
    }

    /// RFC 7519 section 4.1.3: a text or a list of texts, compared exactly.
    fn audience(&self, claims: &Claims) -> Check {
        let found = claims.get(AUD);
        let names: Vec<&str> = match found {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(name)) => vec![name],
            _ => Vec::new(),
        };
        match (found, &self.aud[..]) {
            (_, []) => self.text(AUD, found, &[]),
            (Some(found), wanted) if !wanted.iter().any(|wanted| names.contains(&&**wanted)) => {
                failed(AUD, format!("It is {found}; {} is expected.", said(wanted)))
            }
            (Some(found), _) => passed(AUD, format!("It is {found}, which has what is expected.")),
            (None, wanted) => failed(AUD, format!("It is not there; {} is expected.", said(wanted))),
        }
    }

    fn expiry(&self, claims: &Claims) -> Check {
        self.time(claims, "exp", "It is not there: the token never expires.", |exp, now| {
            let is_over = now >= exp.saturating_add(self.leeway);
            (!is_over, if is_over { "It expired" } else { "It expires" })
        })
    }

    fn not_before(&self, claims: &Claims) -> Check {
        self.time(claims, "nbf", "It is not there: the token is valid from the beginning.", |nbf, now| {
            let is_early = now < nbf.saturating_sub(self.leeway);
            (!is_early, if is_early { "It is valid only" } else { "It became valid" })
        })
    }

    fn time(
        &self,
        claims: &Claims,
        name: &str,
        absent: &str,
        judge: impl Fn(i64, i64) -> (bool, &'static str),
    ) -> Check {
        let Some(found) = claims.get(name) else { return not_checked(name, absent) };
        let Some(time) = claims::time(claims, name) else {
            return failed(name, format!("It is {found}, which is not a number of seconds."));
        };
        let Some(now) = self.now else { return not_checked(name, "There is no clock to compare it with.") };
        let (holds, words) = judge(time, now);
        let message = format!("{words} {}.", moment::distance(time, now));
        if holds { passed(name, message) } else { failed(name, message) }
    }

    /// `iat`: a number; with a limit of age, not older.
    fn age(&self, claims: &Claims) -> Check {
        let name = "iat";
        let time = claims::time(claims, name);
        match (claims.get(name), time, self.max_age, self.now) {
            (None, _, None, _) => not_checked(name, "It is not there, and no age is too old."),
            (None, _, Some(_), _) => failed(name, "It is not there, so its age cannot be told."),
            (Some(found), None, ..) => {
                failed(name, format!("It is {found}, which is not a number of seconds."))
            }
            (_, Some(time), None, Some(now)) => {
                not_checked(name, format!("It was made {}; no age is too old.", moment::distance(time, now)))
            }
            (_, Some(time), Some(max_age), Some(now)) => {
                let is_old = now.saturating_sub(time).saturating_sub(self.leeway) > max_age;
                let message =
                    format!("It was made {}; {max_age} seconds are allowed.", moment::distance(time, now));
                if is_old { failed(name, message) } else { passed(name, message) }
            }
            (_, Some(_), _, None) => not_checked(name, "There is no clock to compare it with."),
        }
    }

    /// RFC 7515 section 4.1.9: `application/` may be left out, and letter case does not count.
    fn media_type(&self, header: &Header) -> Check {
        let found = header.get(TYP);
        let plain = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/")
                .filter(|rest| !rest.contains('/'))
                .map(str::to_owned)
                .unwrap_or(typ)
        };
        match (found, &self.typ) {
            (Some(Value::String(found)), Some(wanted)) if plain(found) == plain(wanted) => {
                passed(TYP, format!("It is {found:?}, as expected."))
            }
            _ => self.text(TYP, found, self.typ.as_slice()),
        }
    }
}

/// The reasons against a token whose signature holds; the first that failed decides what a server says.
pub fn caveats(checks: &[Check]) -> Vec<Caveat> {
    let failed = checks.iter().filter(|check| check.outcome == CheckOutcome::Failed);
    let caveat = |check: &Check| {
        let kind = match &*check.name {
            "exp" => CaveatKind::Expired,
            "nbf" => CaveatKind::NotYetValid,
            "iat" if check.message.starts_with("It was made") => CaveatKind::Expired,
            _ => CaveatKind::Claim,
        };
        let message = match kind {
            CaveatKind::Expired | CaveatKind::NotYetValid => format!("{} Servers refuse it.", check.message),
            _ => format!("`{}`: {}", check.name, check.message),
        };
        Caveat { kind, message }
    };
    let mut caveats: Vec<Caveat> = failed.map(caveat).collect();
    // A token that is not valid yet is named so, whatever else is wrong with it.
    caveats.sort_by_key(|caveat| usize::from(caveat.kind != CaveatKind::NotYetValid));
    caveats
}

/// A time claim that is no number, if there is one: servers refuse the token as malformed.
pub fn unreadable_time(claims: &Claims) -> Option<&'static str> {
    let is_odd = |name: &&str| claims.contains_key(*name) && claims::time(claims, name).is_none();
    ["exp", "nbf", "iat"].into_iter().find(is_odd)
}

/// A text, or a JSON list of texts, given as such or typed.
fn list(options: &Options, name: &str) -> Result<Vec<String>, SignError> {
    let typed = match options.get(name) {
        Some(Value::String(text)) if text.trim_start().starts_with('[') => serde_json::from_str(text).ok(),
        _ => None,
    };
    match typed.as_ref().or_else(|| options.get(name)) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => {
            Ok(Some(text.clone()).filter(|text| !text.is_empty()).into_iter().collect())
        }
        Some(Value::Array(values)) => {
            let texts: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            texts.ok_or_else(|| not_texts(name))
        }
        Some(_) => Err(not_texts(name)),
    }
}

fn not_texts(name: &str) -> SignError {
    options::bad_option(name, "This is neither a text nor a list of texts.", "Write [\"one\", \"two\"].")
}

fn said(wanted: &[String]) -> String {
    wanted.iter().map(|wanted| format!("{wanted:?}")).collect::<Vec<_>>().join(" or ")
}

fn passed(name: &str, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), outcome: CheckOutcome::Passed, message: message.into() }
}

fn failed(name: &str, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), outcome: CheckOutcome::Failed, message: message.into() }
}

fn not_checked(name: &str, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), outcome: CheckOutcome::NotChecked, message: message.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(expect: &Expect, header: Value, claims: Value, name: &str) -> CheckOutcome {
        let (Value::Object(header), Value::Object(claims)) = (header, claims) else { panic!("objects") };
        let checks = expect.check(&header, &claims);
        checks.into_iter().find(|check| check.name == name).expect("is checked").outcome
    }

    #[test]
    fn each_claim_is_passed_failed_or_not_checked() {
        use CheckOutcome::{Failed, NotChecked, Passed};
        let expect = Expect {
            iss: vec!["a".into(), "b".into()],
            aud: vec!["me".into()],
            typ: Some("application/at+jwt".into()),
            leeway: 5,
            max_age: Some(60),
            require: vec!["jti".into()],
            now: Some(1000),
            ..Expect::default()
        };
        let case = |name, claims: Value| outcome(&expect, json!({ "typ": "AT+JWT" }), claims, name);
        assert_eq!(case("iss", json!({ "iss": "b" })), Passed);
        assert_eq!(case("iss", json!({ "iss": "c" })), Failed);
        assert_eq!(case("iss", json!({})), Failed);
        assert_eq!(case("sub", json!({ "sub": "x" })), NotChecked);
        assert_eq!(case("aud", json!({ "aud": ["you", "me"] })), Passed);
        assert_eq!(case("aud", json!({ "aud": "Me" })), Failed);
        assert_eq!(case("exp", json!({ "exp": 996 })), Passed);
        assert_eq!(case("exp", json!({ "exp": 995 })), Failed);
        assert_eq!(case("exp", json!({ "exp": "996" })), Failed);
        assert_eq!(case("nbf", json!({ "nbf": 1005 })), Passed);
        assert_eq!(case("nbf", json!({ "nbf": 1006 })), Failed);
        assert_eq!(case("iat", json!({ "iat": 935 })), Passed);
        assert_eq!(case("iat", json!({ "iat": 934 })), Failed);
        assert_eq!(case("typ", json!({})), Passed);
        assert_eq!(case("jti", json!({ "jti": "1" })), Passed);
        assert_eq!(case("jti", json!({})), Failed);
    }

    #[test]
    fn lists_are_typed_or_given() {
        let options = |value: Value| Options::from([("aud".into(), value)]);
        let aud = |value| Expect::of(&options(value), None).map(|expect| expect.aud);
        assert_eq!(aud(json!("a")), Ok(vec!["a".into()]));
        assert_eq!(aud(json!("[\"a\", \"b\"]")), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(aud(json!(["a", "b"])), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(aud(json!("")), Ok(vec![]));
        assert!(aud(json!([1])).is_err() && aud(json!(7)).is_err());
    }
}
