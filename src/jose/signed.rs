//! A JWS in any of its serializations (RFC 7515 section 7), read into the same pieces. Strict, as a verifier is; what only
//! a lenient reader decodes is in [`lenient`].

use serde_json::{Map, Value};

use super::jws::{self, Header, Parts, Refusal};
use crate::limits::{MAX_JOSE_HEADER, MAX_SIGNERS};
use crate::moment::grouped;
use crate::protocol::Why;
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::excerpt::short;
use crate::span::Span;

/// A JWS, its pieces decoded as far as they can be; nothing is verified yet.
#[derive(Clone, Debug)]
pub struct Signed {
    pub form: Form,
    pub payload: Result<Vec<u8>, Refusal>,
    /// Where the payload stands in the text, if it does.
    pub payload_at: Option<Span>,
    /// One, or the first [`MAX_SIGNERS`] of the general serialization.
    pub signatures: Vec<Signature>,
    /// How many there are beyond them.
    pub left_out: usize,
}

/// The serialization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Compact,
    Flattened,
    General,
}

/// One signature with its header.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The JOSE header: the protected and the unprotected members together.
    pub header: Result<Header, Refusal>,
    /// Its protected part as it stands.
    pub protected: String,
    /// Whether `crit` stands where it is signed.
    pub crit_is_protected: bool,
    /// What is signed (RFC 7515 section 5.1, step 5; RFC 7797 section 3).
    pub input: Vec<u8>,
    pub bytes: Result<Vec<u8>, Refusal>,
    pub header_at: Span,
    pub at: Option<Span>,
}

/// A sentence: that only the first of its many are looked at. Empty if that is all.
pub fn bounded(looked_at: usize, all: usize, what: &str) -> String {
    if looked_at == all {
        return String::new();
    }
    format!(" Only the first {looked_at} of its {} {what} were looked at.", grouped(all as u64))
}

impl Signature {
    /// The algorithm that its header names.
    pub fn alg(&self) -> Option<&str> {
        self.header.as_ref().ok()?.get("alg")?.as_str()
    }
}

/// Whether `text` may be a JWS in JSON: an object with a signature.
pub fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{') && (text.contains("\"signature\"") || text.contains("\"signatures\""))
}

/// Reads a compact token or one in JSON. `detached` is the payload where the token does not hold it (RFC 7515 appendix F).
pub fn read(text: &str, detached: Option<&[u8]>) -> Signed {
    if text.trim_start().starts_with('{') { json(text, detached) } else { compact(text, detached) }
}

fn compact(token: &str, detached: Option<&[u8]>) -> Signed {
    let parts = jws::cut(token);
    let header = jws::decode_strictly(token, parts.header, "header").and_then(|_| jws::header(token, &parts));
    let encoded = header.as_ref().map_or(Ok(true), |header| jws::encodes_payload(header, parts.header));
    let payload = encoded.clone().and_then(|encoded| {
        let Some(span) = parts.payload else {
            let message = "There is no dot in it: a signed token has three parts with dots between them.";
            return Err(Refusal::new(Why::Malformed, message, Some(parts.header)));
        };
        match detached.filter(|_| span.is_empty()) {
            Some(bytes) => Ok(bytes.to_vec()),
            None if encoded => jws::decode_strictly(token, span, "payload"),
            None => Ok(span.of(token).as_bytes().to_vec()),
        }
    });
    let body = parts.payload.map(|span| span.of(token)).unwrap_or_default();
    let protected = parts.header.of(token).to_owned();
    let signature = Signature {
        input: input(&protected, encoded.clone().unwrap_or(true), body, &payload),
        header,
        protected,
        crit_is_protected: true,
        bytes: whole_signature(&parts).and_then(|span| jws::decode_strictly(token, span, "signature")),
        header_at: parts.header,
        at: parts.signature,
    };
    Signed {
        form: Form::Compact,
        payload,
        payload_at: parts.payload,
        signatures: vec![signature],
        left_out: 0,
    }
}

fn whole_signature(parts: &Parts) -> Result<Span, Refusal> {
    if let Some(extra) = parts.extra {
        let message =
            "There is a third dot: a signed token has three parts. (An encrypted one, a JWE, has five.)";
        return Err(Refusal::new(Why::Malformed, message, Some(extra)));
    }
    let message = "The signature is missing: there is only one dot. The token was probably cut off.";
    parts.signature.ok_or_else(|| Refusal::new(Why::Malformed, message, parts.payload.or(Some(parts.header))))
}

/// What is signed: the encoded payload as it stands, or the payload itself where `b64` is false.
fn input(protected: &str, encoded: bool, body: &str, payload: &Result<Vec<u8>, Refusal>) -> Vec<u8> {
    let own;
    let body = match payload {
        Ok(payload) if !encoded => payload.as_slice(),
        Ok(payload) if body.is_empty() => {
            own = BASE64URL.encode(payload);
            own.as_bytes()
        }
        _ => body.as_bytes(),
    };
    [protected.as_bytes(), b".", body].concat()
}

fn json(text: &str, detached: Option<&[u8]>) -> Signed {
    let whole = Span::new(0, text.len());
    let broken = |message: String| Signed {
        form: Form::Flattened,
        payload: Err(Refusal::new(Why::Malformed, message, Some(whole))),
        payload_at: None,
        signatures: Vec::new(),
        left_out: 0,
    };
    let object: Map<String, Value> = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(error) => return broken(format!("This begins like JSON, but it is none: {error}.")),
    };
    let (form, mut entries) = match object.get("signatures") {
        None => (Form::Flattened, vec![&object]),
        Some(Value::Array(entries)) if !object.contains_key("signature") => {
            (Form::General, entries.iter().filter_map(Value::as_object).collect())
        }
        Some(_) => return broken("`signatures` is not a list, or `signature` stands beside it.".into()),
    };
    let body = match object.get("payload") {
        Some(Value::String(body)) => Some(body.as_str()),
        None => None,
        Some(_) => return broken("`payload` is not a text.".into()),
    };
    let payload_at = body.and_then(|body| find(text, body, 0));
    let left_out = entries.len().saturating_sub(MAX_SIGNERS);
    entries.truncate(MAX_SIGNERS);
    let mut signatures: Vec<Signature> = Vec::new();
    // All signatures are over one payload, so they agree on how it is written (RFC 7797 section 4.2 of RFC 7515's 7.2.1).
    let mut payload =
        Err(Refusal::new(Why::Malformed, "There is no signature in `signatures`.", Some(whole)));
    // They stand one behind the other.
    let mut from = 0;
    for (index, entry) in entries.into_iter().enumerate() {
        let (signature, own) = entry_of(text, from, entry, body, detached);
        if index == 0 {
            payload = own;
        }
        if form == Form::General {
            from = signature.at.map_or(from, |at| at.end);
        }
        signatures.push(signature);
    }
    Signed { form, payload, payload_at, signatures, left_out }
}

/// One signature of the JSON serialization, which stands behind `from`, and the payload as its header says to read it.
fn entry_of(
    text: &str,
    from: usize,
    entry: &Map<String, Value>,
    body: Option<&str>,
    detached: Option<&[u8]>,
) -> (Signature, Result<Vec<u8>, Refusal>) {
    let whole = Span::new(0, text.len());
    let malformed =
        |message: String, at: Option<Span>| Refusal::new(Why::Malformed, message, at.or(Some(whole)));
    let protected = entry.get("protected").and_then(Value::as_str).unwrap_or_default();
    let protected_at = find(text, protected, from);
    let header_at = protected_at.unwrap_or(whole);
    let signed = match entry.get("protected") {
        None => Ok(Header::new()),
        Some(Value::String(_)) => jws::header(text, &Parts { header: header_at, ..jws::cut("") })
            .map_err(|refusal| Refusal { at: protected_at, ..refusal }),
        Some(_) => Err(malformed("`protected` is not a text.".into(), None)),
    };
    let header = signed.clone().and_then(|signed| joined(signed, entry.get("header"), whole));
    // RFC 7797's own example for JSON (its draft's section 4.2) does without `crit`; the review says what is wrong with that.
    let encoded = signed.as_ref().map_or(Ok(true), |signed| match signed.get("b64") {
        Some(Value::Bool(false)) => Ok(false),
        _ => jws::encodes_payload(signed, header_at),
    });
    let payload = encoded.clone().and_then(|encoded| match (body, detached) {
        (None, None) => Err(malformed("There is no `payload`: it is sent separately.".into(), None)),
        (None, Some(bytes)) => Ok(bytes.to_vec()),
        (Some(body), _) if !encoded => Ok(body.as_bytes().to_vec()),
        (Some(body), _) => BASE64URL.decode_strictly(body).map_err(|(_, what)| {
            malformed(format!("The payload is not Base64url: {what}."), find(text, body, 0))
        }),
    });
    let written = entry.get("signature").and_then(Value::as_str);
    let at = written.and_then(|written| find(text, written, from));
    let bytes = match written {
        None => Err(malformed("There is no `signature`, a text.".into(), None)),
        Some(written) => BASE64URL
            .decode_strictly(written)
            .map_err(|(_, what)| malformed(format!("The signature is not Base64url: {what}."), at)),
    };
    let signature = Signature {
        input: input(protected, encoded.unwrap_or(true), body.unwrap_or_default(), &payload),
        crit_is_protected: signed.is_ok_and(|signed| signed.contains_key("crit"))
            || !header.as_ref().is_ok_and(|header| header.contains_key("crit")),
        header,
        protected: protected.to_owned(),
        bytes,
        header_at,
        at,
    };
    (signature, payload)
}

/// The protected and the unprotected members together; their names are disjoint (RFC 7515 section 7.2.1).
///
/// # Errors
/// If they are not, or the unprotected ones are no object.
pub fn joined(mut protected: Header, unprotected: Option<&Value>, at: Span) -> Result<Header, Refusal> {
    match unprotected {
        None => Ok(protected),
        Some(value @ Value::Object(members)) => {
            let size = value.to_string().len();
            if size > MAX_JOSE_HEADER {
                return Err(jws::too_long(size, at));
            }
            for (name, value) in members {
                if protected.insert(name.clone(), value.clone()).is_some() {
                    let message = format!(
                        "`{}` stands both in the protected and in the unprotected header.",
                        short(name)
                    );
                    return Err(Refusal::new(Why::Malformed, message, Some(at)));
                }
            }
            Ok(protected)
        }
        Some(_) => {
            Err(Refusal::new(Why::Malformed, "The unprotected header is not a JSON object.", Some(at)))
        }
    }
}

/// Where the text of a member stands, from a place on. (A text of Base64url needs no escapes, so it stands as it is.)
pub fn find(text: &str, piece: &str, from: usize) -> Option<Span> {
    let quoted = format!("\"{piece}\"");
    let at = from + text.get(from..)?.find(&quoted)?;
    Some(Span::new(at + 1, at + 1 + piece.len()))
}

/// Base64url as a lenient reader takes it: either alphabet, with padding or without, white space passed over, and any bits
/// in the last character. `None` if even that reads nothing.
pub fn lenient(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            c => c,
        })
        .collect();
    let whole = plain.len() - usize::from(plain.len() % 4 == 1);
    BASE64URL.decode(plain.get(..whole)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serializations_sign_the_same_input() {
        let compact = read("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", None);
        let flattened =
            read(r#"{"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"}"#, None);
        let general = read(
            r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"}]}"#,
            None,
        );
        for signed in [&compact, &flattened, &general] {
            assert_eq!(signed.payload.as_deref(), Ok(&b"{}"[..]));
            let [signature] = &signed.signatures[..] else { panic!("one signature") };
            assert_eq!(signature.input, b"eyJhbGciOiJIUzI1NiJ9.e30");
            assert_eq!(signature.bytes.as_deref(), Ok(&[0, 0, 0][..]));
            assert_eq!(signature.header.as_ref().expect("a header")["alg"], "HS256");
        }
        assert_eq!(
            (compact.form, flattened.form, general.form),
            (Form::Compact, Form::Flattened, Form::General)
        );
    }

    #[test]
    fn headers_do_not_overlap() {
        let text = r#"{"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","header":{"alg":"none"},"signature":"AA"}"#;
        assert!(read(text, None).signatures[0].header.is_err());
    }

    #[test]
    fn a_lenient_reader_takes_more() {
        assert_eq!(lenient("YQ==").as_deref(), Some(&b"a"[..]));
        assert_eq!(lenient("-_+/").as_deref(), lenient("-_-_").as_deref());
        assert_eq!(lenient("Y Q\n").as_deref(), Some(&b"a"[..]));
        assert_eq!(lenient("YR").as_deref(), Some(&b"a"[..]));
        assert_eq!(lenient("YWJjX").as_deref(), Some(&b"abc"[..]));
        assert_eq!(lenient("%%%%"), None);
    }
}
