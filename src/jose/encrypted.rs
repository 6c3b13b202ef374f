//! A JWE in any of its serializations (RFC 7516 section 7), read into the same pieces, and written.

use serde_json::{Map, Value, json};

use super::jws::{self, Header, Parts, Refusal};
use super::signed::{self, Form, find};
use crate::limits::{MAX_JWE_INFLATED, MAX_SIGNERS};
use crate::protocol::{Excerpt, Payload, Role, Segment, SignError, Step, Why};
use crate::scheme::kit::base64::BASE64URL;
use crate::scheme::kit::excerpt::{secret_step, short};
use crate::scheme::kit::jwe::{self, Enc};
use crate::scheme::kit::{inflate, opened, random};
use crate::secret::Secret;
use crate::span::Span;

/// A JWE, its pieces decoded as far as they can be; nothing is decrypted yet.
#[derive(Clone, Debug)]
pub struct Encrypted {
    pub form: Form,
    /// One, or the first [`MAX_SIGNERS`] of the general serialization.
    pub recipients: Vec<Recipient>,
    /// How many there are beyond them.
    pub left_out: usize,
    /// What is authenticated beside the ciphertext (RFC 7516 section 5.1, step 14).
    pub aad: Vec<u8>,
    pub header_at: Span,
    iv: Result<Vec<u8>, Refusal>,
    ciphertext: Result<Vec<u8>, Refusal>,
    tag: Result<Vec<u8>, Refusal>,
}

/// One recipient.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The JOSE header: protected, shared and own members together.
    pub header: Result<Header, Refusal>,
    pub crit_is_protected: bool,
    pub encrypted_key: Result<Vec<u8>, Refusal>,
}

/// What is decrypted, of the lengths that the content encryption has.
#[derive(Debug)]
pub struct Content {
    pub iv: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub tag: Vec<u8>,
}

/// Whether `text` may be a JWE in JSON: an object with a ciphertext.
pub fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"ciphertext\"")
}

/// Reads a compact token or one in JSON.
pub fn read(text: &str) -> Encrypted {
    if text.trim_start().starts_with('{') { from_json(text) } else { compact(text) }
}

/// The header's `enc`.
///
/// # Errors
/// If there is none, or none of RFC 7518 section 5.1.
pub fn enc(header: &Header, at: Span) -> Result<Enc, Refusal> {
    match header.get("enc").and_then(Value::as_str) {
        Some(name) => Enc::by_name(name).ok_or_else(|| {
            let message = format!("`enc` is {}, which is no content encryption of RFC 7518.", short(name));
            Refusal::new(Why::WrongAlgorithm, message, Some(at))
        }),
        None => {
            let message = "The header has no `enc`, which names the content encryption.";
            Err(Refusal::new(Why::Malformed, message, Some(at)))
        }
    }
}

/// The plaintext of what `zip` compressed, up to [`MAX_JWE_INFLATED`] bytes.
///
/// # Errors
/// A sentence.
pub fn inflated(plain: &[u8]) -> Result<Vec<u8>, String> {
    inflate::deflate_within(plain, MAX_JWE_INFLATED).map_err(|what| format!("The content {what}."))
}

impl Recipient {
    /// The key management that it asks for.
    pub fn alg(&self) -> Option<&str> {
        self.header.as_ref().ok()?.get("alg")?.as_str()
    }
}

impl Encrypted {
    /// # Errors
    /// If a piece is not Base64url, or not as long as `enc` has it.
    pub fn parts(&self, enc: Enc) -> Result<Content, Refusal> {
        let sized = |part: &Result<Vec<u8>, Refusal>, name: &str, wanted: usize| match part {
            Err(refusal) => Err(refusal.clone()),
            Ok(bytes) if bytes.len() == wanted => Ok(bytes.clone()),
            Ok(bytes) => {
                let message =
                    format!("The {name} has {} bytes; with {} it has {wanted}.", bytes.len(), enc.name());
                Err(Refusal::new(Why::Malformed, message, None))
            }
        };
        Ok(Content {
            iv: sized(&self.iv, "initialization vector", enc.iv_size())?,
            ciphertext: self.ciphertext.clone()?,
            tag: sized(&self.tag, "authentication tag", enc.tag_size())?,
        })
    }

    /// The steps from the content's key to the token, with this token's own bytes.
    pub fn steps(&self, text: &str, content: &Secret, plain: Option<&[u8]>) -> Vec<Step> {
        if self.form == Form::Compact
            && let Ok(token) = jwe::Jwe::read(text)
        {
            let mut steps = vec![secret_step("Content key", format!("by {}", token.alg), content.bytes())];
            steps.extend(token.steps(content, plain));
            return steps;
        }
        let mut steps = vec![secret_step("Content key", "", content.bytes())];
        steps.extend(plain.map(|plain| Step::new("Plaintext", "", Excerpt::of(plain), Some(Role::Payload))));
        steps
    }
}

fn compact(token: &str) -> Encrypted {
    let parts = match jwe::cut(token) {
        Ok(parts) => parts,
        Err(refusal) => {
            let refusal = Refusal { why: Why::Malformed, ..refusal };
            let header_at = jws::cut(token).header;
            let none = || Err(refusal.clone());
            let recipient =
                Recipient { header: Err(refusal.clone()), crit_is_protected: true, encrypted_key: none() };
            return Encrypted {
                form: Form::Compact,
                recipients: vec![recipient],
                left_out: 0,
                aad: Vec::new(),
                header_at,
                iv: none(),
                ciphertext: none(),
                tag: none(),
            };
        }
    };
    let header = jws::decode_strictly(token, parts.header, "header")
        .and_then(|_| jws::header(token, &Parts { header: parts.header, ..jws::cut("") }));
    let recipient = Recipient {
        header,
        crit_is_protected: true,
        encrypted_key: jws::decode_strictly(token, parts.encrypted_key, "encrypted key"),
    };
    Encrypted {
        form: Form::Compact,
        recipients: vec![recipient],
        left_out: 0,
        aad: parts.header.of(token).as_bytes().to_vec(),
        header_at: parts.header,
        iv: jws::decode_strictly(token, parts.iv, "initialization vector"),
        ciphertext: jws::decode_strictly(token, parts.ciphertext, "ciphertext"),
        tag: jws::decode_strictly(token, parts.tag, "authentication tag"),
    }
}

fn from_json(text: &str) -> Encrypted {
    let whole = Span::new(0, text.len());
    let malformed = |message: String| Refusal::new(Why::Malformed, message, Some(whole));
    let object: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let member = |object: &Map<String, Value>, name: &str| match object.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(piece)) => BASE64URL.decode_strictly(piece).map_err(|(_, what)| {
            Refusal::new(Why::Malformed, format!("`{name}` is not Base64url: {what}."), find(text, piece, 0))
        }),
        Some(_) => Err(malformed(format!("`{name}` is not a text."))),
    };
    let word = |name: &str| object.get(name).and_then(Value::as_str);
    let protected = word("protected").unwrap_or_default();
    let header_at = find(text, protected, 0).unwrap_or(whole);
    let signed = match object.get("protected") {
        None => Ok(Header::new()),
        Some(Value::String(_)) => jws::header(text, &Parts { header: header_at, ..jws::cut("") }),
        Some(_) => Err(malformed("`protected` is not a text.".into())),
    };
    let (form, mut entries) = match object.get("recipients") {
        None => (Form::Flattened, vec![&object]),
        Some(Value::Array(entries)) => (Form::General, entries.iter().filter_map(Value::as_object).collect()),
        Some(_) => (Form::General, Vec::new()),
    };
    let is_mixed =
        form == Form::General && (object.contains_key("header") || object.contains_key("encrypted_key"));
    let left_out = entries.len().saturating_sub(MAX_SIGNERS);
    entries.truncate(MAX_SIGNERS);
    let shared = signed.clone().and_then(|signed| signed::joined(signed, object.get("unprotected"), whole));
    let recipients = entries.into_iter().map(|entry| {
        let header = shared.clone().and_then(|shared| signed::joined(shared, entry.get("header"), whole));
        let header = header.and_then(|header| check_zip(header, &signed, whole));
        let is_critical = header.as_ref().is_ok_and(|header| header.contains_key("crit"));
        Recipient {
            header: if is_mixed {
                Err(malformed("`header` or `encrypted_key` stands beside `recipients`.".into()))
            } else {
                header
            },
            crit_is_protected: !is_critical
                || signed.as_ref().is_ok_and(|signed| signed.contains_key("crit")),
            encrypted_key: member(entry, "encrypted_key"),
        }
    });
    let aad = word("aad").map(|aad| format!(".{aad}")).unwrap_or_default();
    let aad_is_text = object.get("aad").is_none_or(Value::is_string);
    let ciphertext = match object.get("ciphertext") {
        Some(_) if aad_is_text => member(&object, "aad").and_then(|_| member(&object, "ciphertext")),
        Some(_) => Err(malformed("`aad` is not a text.".into())),
        None => Err(malformed("There is no `ciphertext`.".into())),
    };
    Encrypted {
        form,
        recipients: recipients.collect(),
        left_out,
        aad: format!("{protected}{aad}").into_bytes(),
        header_at,
        iv: member(&object, "iv"),
        ciphertext,
        tag: member(&object, "tag"),
    }
}

/// `zip` must be protected (RFC 7516 section 4.1.3).
fn check_zip(header: Header, signed: &Result<Header, Refusal>, at: Span) -> Result<Header, Refusal> {
    let is_protected = signed.as_ref().is_ok_and(|signed| signed.contains_key("zip"));
    if header.contains_key("zip") && !is_protected {
        return Err(Refusal::new(Why::Malformed, "`zip` stands in an unprotected header.", Some(at)));
    }
    Ok(header)
}

/// The named pieces.
pub fn segments(text: &str, read: &Encrypted, plain: Option<&Payload>) -> Vec<Segment> {
    if read.form == Form::Compact {
        return jwe::segments(text, plain);
    }
    let object: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let piece = |(member, name, role): (&str, &str, Role)| {
        let at = find(text, object.get(member)?.as_str()?, 0).filter(|at| !at.is_empty())?;
        let decoded = match role {
            Role::Header => BASE64URL.decode(at.of(text)).ok().map(Payload::of),
            Role::Payload => plain.cloned(),
            _ => None,
        };
        Some(opened::segment(name, role, at, decoded))
    };
    let mut segments: Vec<Segment> = [
        ("protected", "Protected header", Role::Header),
        ("encrypted_key", "Encrypted key", Role::Meta),
        ("aad", "Additional authenticated data", Role::Meta),
        ("iv", "Initialization vector", Role::Meta),
        ("ciphertext", "Ciphertext", Role::Payload),
        ("tag", "Authentication tag", Role::Signature),
    ]
    .into_iter()
    .filter_map(piece)
    .collect();
    segments.sort_by_key(|segment| segment.span.start);
    segments
}

/// Writes a token in the serialization `form`: `compact`, `flattened` or `general`.
///
/// # Errors
/// If the random source fails.
pub fn write(
    header: &Header,
    enc: Enc,
    encrypted_key: &[u8],
    content: &Secret,
    plain: &[u8],
    form: &str,
) -> Result<String, SignError> {
    let random = random::bytes::<16>()?;
    let iv = random.get(..enc.iv_size()).unwrap_or_default();
    let token = jwe::write(header, enc, encrypted_key, content, iv, plain).unwrap_or_default();
    let [protected, key, iv, ciphertext, tag] = *token.split('.').collect::<Vec<_>>().as_slice() else {
        return Ok(token);
    };
    Ok(match form {
        "flattened" => json!({
            "protected": protected, "encrypted_key": key, "iv": iv, "ciphertext": ciphertext, "tag": tag,
        })
        .to_string(),
        "general" => {
            let recipient = json!({ "encrypted_key": key });
            json!({ "protected": protected, "recipients": [recipient], "iv": iv, "ciphertext": ciphertext, "tag": tag })
                .to_string()
        }
        _ => token,
    })
}
