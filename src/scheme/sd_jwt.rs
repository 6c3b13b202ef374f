//! SD-JWT (RFC 9901): a signed token in which claims stand only as digests, and behind it those that the holder discloses.
//!
//! `issuer's JWT ~ disclosure ~ … ~ [key binding JWT]`. A disclosure is the Base64url of `[salt, name, value]`, or
//! `[salt, value]` for an element of an array; its digest stands in a list `_sd`, or behind `...`, in the signed part or in
//! another disclosure.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::opened;
use super::{About, Made, OptionSpec, Scheme, jws};
use crate::intake::Item;
use crate::jose::alg;
use crate::jose::expect::with_expectations;
use crate::jose::jws as compact;
use crate::jose::key::given::Given;
use crate::jose::key::jwk;
use crate::jose::signed;
use crate::jose::token::Token;
use crate::protocol::{
    Ask, Candidate, Disclosure, Draft, Field, Opened, Payload, Role, SignError, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct SdJwt;

static ABOUT: About = About {
    id: Cow::Borrowed("sd-jwt"),
    title: Cow::Borrowed("SD-JWT"),
    framework: Cow::Borrowed("JSON Web Token"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc9901"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("issuer's JWT ~ disclosure ~ … ~ key binding JWT, if there is one"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[]),
    example: Cow::Borrowed(""),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 15] = with_expectations![
    opening(jws::ALGORITHMS, OptionKind::Json, "", jws::ALGORITHMS_HELP),
    opening(jws::CRIT, OptionKind::Json, "", jws::CRIT_HELP),
];

/// Disclosures that are read.
const MAX_DISCLOSURES: usize = 512;

/// Nesting of objects that is searched for digests: as deep as JSON is read.
const MAX_DEPTH: usize = 128;

impl Scheme for SdJwt {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (token, _) = item.value.split_once('~')?;
        let header = compact::header(token, &compact::cut(token)).ok()?;
        header.contains_key("alg").then(|| {
            opened::candidate(
                &ABOUT,
                95,
                &["It begins with a signed token, and disclosures follow behind `~`."],
            )
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let pieces = pieces(&item.value);
        let Some((issuer, rest)) = pieces.split_first() else { return jws::open(&ABOUT, item, ask) };
        let (binding, disclosures) =
            rest.split_last().map_or((None, rest), |(last, rest)| (Some(*last), rest));
        let binding = binding.filter(|span| !span.is_empty());
        let mut token = item.clone();
        token.value = issuer.of(&item.value).to_owned();
        let mut opened = jws::open(&ABOUT, &token, ask);
        let claims = claims(&token.value);
        let read = read(&item.value, disclosures.get(..MAX_DISCLOSURES).unwrap_or(disclosures), &claims);
        if let Verdict::Valid { .. } = &opened.verdict
            && let Err(refusal) = judge(&item.value, &read, disclosures, binding, &claims)
        {
            opened.verdict = refusal;
        }
        opened.title = opened.title.replacen("JWT", "SD-JWT", 1);
        opened.segments.extend(disclosures.iter().enumerate().map(|(index, span)| {
            let decoded = BASE64URL.decode(span.of(&item.value)).ok().map(Payload::of);
            opened::segment(&format!("Disclosure {}", index + 1), Role::Meta, *span, decoded)
        }));
        opened.segments.extend(binding.map(|span| {
            let decoded = claims_of(span.of(&item.value))
                .map(|claims| Payload::Json(Value::Object(claims).to_string()));
            opened::segment("Key binding token", Role::Prefix, span, decoded)
        }));
        let given = Given::of(&ask.secrets, ABOUT.secret_encoding);
        opened.findings = Token {
            item,
            ask,
            given: &given,
            used: used(&opened, &given),
            header: None,
            claims: None,
            payload: opened.payload.as_ref(),
            is_encrypted: false,
            verdict: &opened.verdict,
        }
        .review();
        if let Some(report) = &mut opened.token {
            report.disclosures = read.into_iter().flatten().collect();
            // Libraries of tokens do not know the disclosures.
            report.code.clear();
        }
        opened
    }

    fn make(&self, _draft: &Draft) -> Result<Made, SignError> {
        Err(SignError {
            field: Field::Scheme,
            message: "SD-JWTs are read here, and not made.".into(),
            hint: "Choose JWT for a token without selective disclosure.".into(),
            at: None,
        })
    }
}

/// The place of the key that verified the issuer's token.
fn used(opened: &Opened, given: &Given) -> Option<usize> {
    let notes = opened.token.as_ref().map(|token| &token.keys)?;
    notes.iter().position(|note| note.used).filter(|at| *at < given.keys.len())
}

/// What stands between the tildes.
fn pieces(text: &str) -> Vec<Span> {
    let mut start = 0;
    let spans = text.split('~').map(|piece| {
        let span = Span::new(start, start + piece.len());
        start = span.end + 1;
        span
    });
    spans.collect()
}

fn claims_of(token: &str) -> Option<Map<String, Value>> {
    let payload = compact::cut(token).payload?;
    serde_json::from_slice(&signed::lenient(payload.of(token))?).ok()
}

fn claims(token: &str) -> Map<String, Value> {
    claims_of(token).unwrap_or_default()
}

/// The hash that `_sd_alg` names (RFC 9901 section 4.1.1).
fn digest(claims: &Map<String, Value>) -> Option<Digest> {
    match claims.get("_sd_alg").map_or(Some("sha-256"), Value::as_str)? {
        "sha-256" => Some(Digest::Sha256),
        "sha-384" => Some(Digest::Sha384),
        "sha-512" => Some(Digest::Sha512),
        _ => None,
    }
}

/// Each disclosure; `None` for one that is not of its form.
fn read(text: &str, spans: &[Span], claims: &Map<String, Value>) -> Vec<Option<Disclosure>> {
    let hash = digest(claims).unwrap_or(Digest::Sha256);
    let values: Vec<Option<Vec<Value>>> = spans
        .iter()
        .map(|span| serde_json::from_slice(&BASE64URL.decode(span.of(text)).ok()?).ok())
        .collect();
    let mut known = Vec::new();
    for value in claims.values().chain(values.iter().flatten().flatten()) {
        digests(value, &mut known, 0);
    }
    if let Some(own) = claims.get("_sd") {
        known.extend(own.as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    let disclosure = |(span, values): (&Span, &Option<Vec<Value>>)| {
        let digest = BASE64URL.encode(&hash.hash(span.of(text).as_bytes()));
        let (salt, name, value) = match values.as_deref()? {
            [Value::String(salt), Value::String(name), value] => (salt, Some(name.clone()), value),
            [Value::String(salt), value] => (salt, None, value),
            _ => return None,
        };
        let matched = known.contains(&digest.as_str());
        Some(Disclosure { name, value: value.to_string(), salt: salt.clone(), digest, matched })
    };
    spans.iter().zip(&values).map(disclosure).collect()
}

/// The digests in a value (RFC 9901 section 4.2.4).
fn digests<'a>(value: &'a Value, into: &mut Vec<&'a str>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (&**name, value) {
                    ("_sd", Value::Array(list)) => into.extend(list.iter().filter_map(Value::as_str)),
                    ("...", Value::String(digest)) => into.push(digest),
                    _ => digests(value, into, depth + 1),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| digests(value, into, depth + 1)),
        _ => {}
    }
}

/// What a verifier refuses although the issuer's signature holds (RFC 9901 section 7.1, and 7.3 for the key binding).
fn judge(
    text: &str,
    read: &[Option<Disclosure>],
    spans: &[Span],
    binding: Option<Span>,
    claims: &Map<String, Value>,
) -> Result<(), Verdict> {
    let refuse = |why, message: String, at| Err(Verdict::Invalid { why, message, at });
    if digest(claims).is_none() {
        return refuse(Why::WrongAlgorithm, "`_sd_alg` names no hash that is known here.".into(), None);
    }
    for (index, disclosure) in read.iter().enumerate() {
        let (at, number) = (spans.get(index).copied(), index + 1);
        match disclosure {
            None => {
                let message =
                    format!("Disclosure {number} is not the Base64url of a list of salt, name and value.");
                return refuse(Why::Malformed, message, at);
            }
            Some(disclosure) if !disclosure.matched => {
                let message = format!(
                    "The signature holds, but the digest of disclosure {number} is not in the signed part: it was changed or \
                     added, and verifiers refuse the whole."
                );
                return refuse(Why::Malformed, message, at);
            }
            Some(_) => {}
        }
    }
    let Some(binding) = binding else { return Ok(()) };
    match holder_signed(text, binding, claims) {
        Ok(()) => Ok(()),
        Err(message) => refuse(Why::BadSignature, message.into(), Some(binding)),
    }
}

/// Whether the holder, whose key is in `cnf`, signed just this presentation.
fn holder_signed(text: &str, binding: Span, claims: &Map<String, Value>) -> Result<(), &'static str> {
    let own = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
    let Some(own) = own else { return Err("There is a key binding token, but `cnf` names no key for it.") };
    let key = jwk::read(&own.to_string()).ok().and_then(|keys| keys.into_iter().next());
    let Some(key) = key else { return Err("The key in `cnf` cannot be read.") };
    let token = signed::read(binding.of(text), None);
    let signature = token.signatures.first();
    let holds = signature.is_some_and(|signature| {
        let alg = signature.alg().and_then(alg::by_name);
        alg.zip(signature.bytes.as_ref().ok()).is_some_and(|(alg, bytes)| {
            key.key.kty() != "oct" && alg.verify(&key.key, &signature.input, bytes)
        })
    });
    if !holds {
        return Err(
            "The issuer's signature holds, but that of the key binding token does not match the key in `cnf`.",
        );
    }
    let presented = text.get(..binding.start).unwrap_or_default();
    let hash = BASE64URL.encode(&digest(claims).unwrap_or(Digest::Sha256).hash(presented.as_bytes()));
    let said = claims_of(binding.of(text)).and_then(|claims| claims.get("sd_hash").cloned());
    if said.as_ref().and_then(Value::as_str) != Some(&hash) {
        return Err("The key binding token is for another choice of disclosures: its `sd_hash` differs.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, Options, PayloadDraft, PayloadForm};
    use crate::secret::SecretText;

    // RFC 9901 section 4.2.3: a disclosure and its digest.
    const DISCLOSURE: &str = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    const DIGEST: &str = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0";
    // The same section: an element of an array.
    const ELEMENT: &str = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    const SECRET: &str = "a secret that is long enough for HS256";

    fn sign(payload: &Value, secret: SecretText, alg: &str) -> String {
        let draft = Draft {
            scheme: "jws".into(),
            payload: PayloadDraft { form: PayloadForm::Json, text: payload.to_string() },
            secrets: vec![secret],
            options: Options::from([("alg".into(), alg.into())]),
            cookie: CookieDraft::default(),
            now: None,
            patient: false,
        };
        jws::Jws.make(&draft).expect("can be made").value
    }

    fn open(text: &str) -> Opened {
        let ask = Ask { secrets: vec![SecretText::new(SECRET, None)], ..Ask::default() };
        let item = Item::bare(None, text);
        assert!(SdJwt.detect(&item).is_some(), "{text}");
        SdJwt.open(&item, &ask)
    }

    #[test]
    fn disclosures_are_shown_and_held_against_their_digests() {
        let element = BASE64URL.encode(&Digest::Sha256.hash(ELEMENT.as_bytes()));
        let payload = serde_json::json!({ "_sd": [DIGEST], "nationalities": [{ "...": element }], "_sd_alg": "sha-256" });
        let token = sign(&payload, SecretText::new(SECRET, None), "HS256");
        let opened = open(&format!("{token}~{DISCLOSURE}~{ELEMENT}~"));
        assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{:?}", opened.verdict);
        let disclosures = opened.token.expect("is a token").disclosures;
        let shown: Vec<_> =
            disclosures.iter().map(|one| (one.name.as_deref(), &*one.value, one.matched)).collect();
        assert_eq!(shown, [(Some("family_name"), "\"Möbius\"", true), (None, "\"FR\"", true)]);
        assert_eq!((&*disclosures[0].digest, opened.segments.len()), (DIGEST, 5));
        let added = BASE64URL.encode(br#"["salt","admin",true]"#);
        let opened = open(&format!("{token}~{added}~"));
        assert!(
            matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }),
            "{:?}",
            opened.verdict
        );
        let opened = open(&format!("{token}~not!a!disclosure~"));
        assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }));
    }

    #[test]
    fn the_holder_signs_the_choice() {
        let holder =
            crate::jose::primitive::ec::generate(crate::jose::key::Curve::P256).expect("random bytes");
        let holder = crate::jose::key::Jwk::of(crate::jose::key::Key::Ec(holder));
        let public = jwk::write(&holder, jwk::Half::Public).expect("has a public half");
        let private = jwk::write(&holder, jwk::Half::Whole).expect("can be written");
        let own: Value = serde_json::from_str(&public).expect("JSON");
        let token = sign(
            &serde_json::json!({ "_sd": [DIGEST], "cnf": { "jwk": own } }),
            SecretText::new(SECRET, None),
            "HS256",
        );
        let presented = format!("{token}~{DISCLOSURE}~");
        let hash = BASE64URL.encode(&Digest::Sha256.hash(presented.as_bytes()));
        let binding = |hash: &str| {
            sign(&serde_json::json!({ "sd_hash": hash }), SecretText::new(&*private, None), "ES256")
        };
        let verdict = |binding: String| open(&format!("{presented}{binding}")).verdict;
        assert!(matches!(verdict(binding(&hash)), Verdict::Valid { .. }));
        assert!(matches!(verdict(binding("other")), Verdict::Invalid { why: Why::BadSignature, .. }));
        let other = sign(&serde_json::json!({ "sd_hash": hash }), SecretText::new(SECRET, None), "HS256");
        assert!(matches!(verdict(other), Verdict::Invalid { why: Why::BadSignature, .. }));
    }
}
