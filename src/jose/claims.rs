//! The times among a token's claims (RFC 7519 section 4.1): seconds since 1970, as numbers that may have a fraction.

use serde_json::{Map, Value};

use crate::moment;
use crate::protocol::{Caveat, CaveatKind, Fact, Payload};

/// Claims, in the order in which they stand. Of a repeated name the last counts.
pub type Claims = Map<String, Value>;

/// The claims of a payload, if it is a JSON object.
pub fn of(payload: &Payload) -> Option<Claims> {
    match payload {
        Payload::Json(text) => serde_json::from_str(text).ok(),
        Payload::Text(_) | Payload::Bytes(_) | Payload::Object { .. } => None,
    }
}

/// Whether the header says that the payload is a claims set: its `typ` is `JWT` or ends with `+jwt` (RFC 7519 section 5.1).
pub fn is_jwt(header: &Claims) -> bool {
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    typ == "jwt" || typ.ends_with("+jwt")
}

/// A time claim as Unix seconds, rounded down; `None` if it is absent or not a number.
pub fn time(claims: &Claims, name: &str) -> Option<i64> {
    let number = claims.get(name)?;
    // The cast saturates, and a saturated time is as far away as a time can be.
    #[expect(clippy::cast_possible_truncation)]
    number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64))
}

/// Issued, valid from, expires: those that are there, in this order.
pub fn facts(claims: &Claims, now: Option<i64>) -> Vec<Fact> {
    const TERMS: [(&str, &str); 4] =
        [("Issued", "iat"), ("Signed in", "auth_time"), ("Valid from", "nbf"), ("Expires", "exp")];
    let fact = |(term, name): (&str, &str)| {
        let value = moment::fact(time(claims, name)?, now);
        Some(Fact { term: term.into(), from: Some(name.into()), value })
    };
    TERMS.into_iter().filter_map(fact).collect()
}

/// Whether a server would refuse the token now, without leeway for clocks that differ: `exp` is the first moment at
/// which it does, `nbf` the first at which it does not.
pub fn caveats(claims: &Claims, now: i64) -> Vec<Caveat> {
    caveats_with(claims, now, 0)
}

/// The same for a server that lets clocks differ by `leeway` seconds.
pub fn caveats_with(claims: &Claims, now: i64, leeway: i64) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    if let Some(exp) = time(claims, "exp").filter(|&exp| now >= exp.saturating_add(leeway)) {
        let message = format!("It expired {}. Servers refuse it.", moment::distance(exp, now));
        caveats.push(Caveat { kind: CaveatKind::Expired, message });
    }
    if let Some(nbf) = time(claims, "nbf").filter(|&nbf| now < nbf.saturating_sub(leeway)) {
        let message =
            format!("It is valid only {}: until then servers refuse it.", moment::distance(nbf, now));
        caveats.push(Caveat { kind: CaveatKind::NotYetValid, message });
    }
    caveats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).expect("an object")
    }

    #[test]
    fn times_are_numbers_and_nothing_else() {
        assert_eq!(time(&claims(r#"{"exp":1.9}"#), "exp"), Some(1));
        assert_eq!(time(&claims(r#"{"exp":-0.5}"#), "exp"), Some(-1));
        assert_eq!(time(&claims(r#"{"exp":1e300}"#), "exp"), Some(i64::MAX));
        assert_eq!(time(&claims(r#"{"exp":"1"}"#), "exp"), None);
        assert_eq!(time(&claims("{}"), "exp"), None);
    }

    #[test]
    fn the_moment_of_exp_is_already_too_late() {
        let kinds = |json, now| caveats(&claims(json), now).into_iter().map(|c| c.kind).collect::<Vec<_>>();
        assert_eq!(kinds(r#"{"exp":100}"#, 99), []);
        assert_eq!(kinds(r#"{"exp":100}"#, 100), [CaveatKind::Expired]);
        assert_eq!(kinds(r#"{"nbf":100}"#, 99), [CaveatKind::NotYetValid]);
        assert_eq!(kinds(r#"{"nbf":100}"#, 100), []);
        let lenient = |json, now| caveats_with(&claims(json), now, 15).len();
        assert_eq!([lenient(r#"{"exp":100}"#, 114), lenient(r#"{"exp":100}"#, 115)], [0, 1]);
        assert_eq!([lenient(r#"{"nbf":100}"#, 85), lenient(r#"{"nbf":100}"#, 84)], [0, 1]);
    }
}
