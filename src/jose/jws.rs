//! JWS compact serialization (RFC 7515 section 7.1) with unencoded and detached payloads (RFC 7797): cut into its
//! parts, and its header judged as section 5.2 of RFC 7515 asks before any signature is looked at.

use serde_json::{Map, Value};

use crate::limits::MAX_JOSE_HEADER;
use crate::moment::grouped;
use crate::protocol::Why;
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::digest::Digest;
use crate::scheme::kit::excerpt::short;
use crate::span::Span;

/// A header's members, in the order in which they stand. Of a repeated name the last counts (RFC 7515 section 4).
pub type Header = Map<String, Value>;

/// Why a token is refused before its signature is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub why: Why,
    pub message: String,
    /// In the token.
    pub at: Option<Span>,
}

impl Refusal {
    pub fn new(why: Why, message: impl Into<String>, at: Option<Span>) -> Self {
        Self { why, message: message.into(), at }
    }

    fn malformed(message: impl Into<String>, at: Span) -> Self {
        Self::new(Why::Malformed, message, Some(at))
    }
}

/// The places of the three parts of a compact token. What lies behind a third dot is in `extra`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub header: Span,
    pub payload: Option<Span>,
    pub signature: Option<Span>,
    pub extra: Option<Span>,
}

/// Cuts a token at its dots.
pub fn cut(token: &str) -> Parts {
    let mut spans = token.splitn(4, '.').scan(0, |at, piece| {
        let span = Span::new(*at, *at + piece.len());
        *at = span.end + 1;
        Some(span)
    });
    Parts {
        header: spans.next().unwrap_or_default(),
        payload: spans.next(),
        signature: spans.next(),
        extra: spans.next(),
    }
}

/// Decodes the header.
///
/// # Errors
/// If it is not Base64url of a JSON object in UTF-8, or longer than [`MAX_JOSE_HEADER`].
pub fn header(token: &str, parts: &Parts) -> Result<Header, Refusal> {
    if parts.header.len() > MAX_JOSE_HEADER {
        return Err(too_long(parts.header.len(), parts.header));
    }
    let bytes = decode(token, parts.header, "header")?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Refusal::malformed("The header is not UTF-8 text.", parts.header))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(header)) => Ok(header),
        Ok(_) => Err(Refusal::malformed("The header is JSON, but not an object.", parts.header)),
        Err(error) => {
            let what = format!("The header decodes, but it is not JSON: {error}.");
            Err(Refusal::malformed(what, parts.header))
        }
    }
}

/// A header of so many bytes is not read.
pub fn too_long(size: usize, at: Span) -> Refusal {
    let (size, most) = (grouped(size as u64), grouped(MAX_JOSE_HEADER as u64));
    Refusal::malformed(format!("The header has {size} bytes; Keyjar reads up to {most}."), at)
}

/// Decodes a part from Base64url without padding, whatever the spare bits of its last character are: as npm's jose does, and
/// so the frameworks that use it.
///
/// # Errors
/// With the place in the token of the first character that does not fit.
pub fn decode(token: &str, part: Span, name: &str) -> Result<Vec<u8>, Refusal> {
    decoded(BASE64URL.decode(part.of(token)), part, name)
}

/// The same as RFC 7515 section 2 has it: each byte string has one spelling.
///
/// # Errors
/// As [`decode`], and with the last character where it holds bits that are not zero.
pub fn decode_strictly(token: &str, part: Span, name: &str) -> Result<Vec<u8>, Refusal> {
    decoded(BASE64URL.decode_strictly(part.of(token)), part, name)
}

fn decoded(decoded: Result<Vec<u8>, (Span, String)>, part: Span, name: &str) -> Result<Vec<u8>, Refusal> {
    decoded.map_err(|(at, what)| {
        Refusal::malformed(format!("The {name} is not Base64url: {what}."), at.moved(part.start))
    })
}

/// The digest of an HMAC algorithm (RFC 7518 section 3.2).
pub fn hmac_digest(alg: &str) -> Option<Digest> {
    match alg {
        "HS256" => Some(Digest::Sha256),
        "HS384" => Some(Digest::Sha384),
        "HS512" => Some(Digest::Sha512),
        _ => None,
    }
}

/// The header's `alg`.
///
/// # Errors
/// If it is missing or not a text (RFC 7515 section 4.1.1).
pub fn alg(header: &Header, at: Span) -> Result<&str, Refusal> {
    match header.get("alg") {
        Some(Value::String(alg)) => Ok(alg),
        Some(_) => Err(Refusal::malformed("The header's `alg` is not a text.", at)),
        None => Err(Refusal::malformed("The header has no `alg`, which names the algorithm.", at)),
    }
}

/// Whether the payload is Base64url in the signing input: the header's `b64` (RFC 7797), true if absent.
///
/// # Errors
/// If `b64` is not a boolean, or false without being listed in `crit` (RFC 7797 section 6).
pub fn encodes_payload(header: &Header, at: Span) -> Result<bool, Refusal> {
    let listed = || crit(header).is_some_and(|names| names.iter().any(|name| name == "b64"));
    match header.get("b64") {
        None | Some(Value::Bool(true)) => Ok(true),
        Some(Value::Bool(false)) if listed() => Ok(false),
        Some(Value::Bool(false)) => {
            Err(Refusal::malformed("`b64` is false, but `crit` does not list it.", at))
        }
        Some(_) => Err(Refusal::malformed("The header's `b64` is not true or false.", at)),
    }
}

/// Checks `crit` (RFC 7515 section 4.1.11): a list, not empty, of extensions that are in the header and understood.
/// `b64` always is; `understood` says of others.
///
/// # Errors
/// With the name that is wrong.
pub fn check_crit(header: &Header, at: Span, understood: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    if !header.contains_key("crit") {
        return Ok(());
    }
    let fail = |message: String| Err(Refusal::malformed(message, at));
    let Some(names) = crit(header).filter(|names| !names.is_empty()) else {
        return fail("`crit` is not a list of names with at least one in it.".into());
    };
    for name in names {
        let Value::String(name) = name else {
            return fail(format!("`crit` holds {}, which is not a name.", short(&name.to_string())));
        };
        let shown = short(name);
        if REGISTERED.contains(&name.as_str()) {
            return fail(format!("`crit` lists `{shown}`, which every reader must understand anyway."));
        }
        if !header.contains_key(name) {
            return fail(format!("`crit` lists `{shown}`, which the header does not have."));
        }
        if name != "b64" && !understood(name) {
            return fail(format!("`crit` lists `{shown}`, an extension that is not understood here."));
        }
    }
    Ok(())
}

/// Header parameters of RFC 7515 section 4.1, which `crit` must not list.
const REGISTERED: [&str; 11] =
    ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"];

fn crit(header: &Header) -> Option<&Vec<Value>> {
    header.get("crit").and_then(Value::as_array)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> Header {
        serde_json::from_str(json).expect("an object")
    }

    #[test]
    fn a_token_is_cut_at_its_dots() {
        let parts = cut("ab..c");
        assert_eq!(parts.header, Span::new(0, 2));
        assert_eq!(parts.payload, Some(Span::new(3, 3)));
        assert_eq!(parts.signature, Some(Span::new(4, 5)));
        assert_eq!(parts.extra, None);
        assert_eq!(cut("a.b.c.d.e").extra.map(|span| span.of("a.b.c.d.e")), Some("d.e"));
        assert_eq!(cut("abc").payload, None);
    }

    #[test]
    fn crit_is_a_list_of_known_extensions_that_are_there() {
        let check = |json: &str| check_crit(&object(json), Span::default(), |name| name == "known");
        assert!(check(r#"{"alg":"HS256"}"#).is_ok());
        assert!(check(r#"{"crit":["known"],"known":1}"#).is_ok());
        assert!(check(r#"{"crit":["b64"],"b64":true}"#).is_ok());
        for refused in [
            r#"{"crit":[]}"#,
            r#"{"crit":"b64","b64":true}"#,
            r#"{"crit":[1]}"#,
            r#"{"crit":["alg"],"alg":"HS256"}"#,
            r#"{"crit":["known"]}"#,
            r#"{"crit":["exp"],"exp":1}"#,
        ] {
            assert!(check(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn b64_false_must_be_critical() {
        let encodes = |json: &str| encodes_payload(&object(json), Span::default());
        assert_eq!(encodes("{}"), Ok(true));
        assert_eq!(encodes(r#"{"b64":false,"crit":["b64"]}"#), Ok(false));
        assert!(encodes(r#"{"b64":false}"#).is_err());
        assert!(encodes(r#"{"b64":"false","crit":["b64"]}"#).is_err());
    }
}
