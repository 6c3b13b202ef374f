//! JWS compact with HMAC: HS256, HS384, HS512 (RFC 7515, RFC 7518 section 3.2), and so nearly every JSON Web Token
//! (RFC 7519) that one service makes for itself.
//!
//! `base64url(header) . base64url(payload) . base64url(HMAC(secret, the two before, with their dot))`, exactly as the
//! characters stand in the token. Strict where RFC 7515 is: no padding, no white space, no other alphabet; `alg` must be
//! one of the three; `crit` and `b64` (RFC 7797) are obeyed.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64URL;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::finding::Finding;
use crate::intake::Item;
use crate::jose::jws::{self, Header, Parts, Refusal};
use crate::jose::key::given::Given;
use crate::jose::rules::{self, Subject};
use crate::jose::{claims, claims::Claims};
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct JwsHmac;

static ABOUT: About = About {
    id: Cow::Borrowed("jws-hmac"),
    title: Cow::Borrowed("JWT (HS256, HS384, HS512)"),
    framework: Cow::Borrowed("JSON Web Token"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("token"),
        Cow::Borrowed("access_token"),
        Cow::Borrowed("jwt"),
    ]),
    docs: Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc7515"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64url(header) . base64url(payload) . base64url(HMAC(secret, header.payload))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"sub\": \"user-7\", \"role\": \"editor\" }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(ALG),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("HS256"),
                Cow::Borrowed("HS384"),
                Cow::Borrowed("HS512"),
            ])),
            default: Cow::Borrowed("HS256"),
            help: Cow::Borrowed("The algorithm. HS256 with a 256-bit secret is what most services use."),
            when_making: true,
            when_opening: false,
        },
        OptionSpec {
            name: Cow::Borrowed(PROTECTED_HEADER),
            kind: OptionKind::Json,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The whole header as a JSON object, if it should hold more than alg and typ.",
            ),
            when_making: true,
            when_opening: false,
        },
        OptionSpec {
            name: Cow::Borrowed(ALGORITHMS),
            kind: OptionKind::Json,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("The only algorithms that the server accepts, as a JSON list: [\"HS256\"]."),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(CRIT),
            kind: OptionKind::Json,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "Extensions that the server understands, as a JSON object: {\"name\": true}.",
            ),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(DETACHED),
            kind: OptionKind::Hex,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The payload of a token with an empty middle part (RFC 7515 appendix F), as hex.",
            ),
            when_making: false,
            when_opening: true,
        },
    ]),
};

const ALG: &str = "alg";
const DEFAULT_ALG: &str = "HS256";
const PROTECTED_HEADER: &str = "protected_header";
const ALGORITHMS: &str = "algorithms";
const CRIT: &str = "crit";
const DETACHED: &str = "detached_payload_hex";

impl Scheme for JwsHmac {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = jws::cut(&item.value);
        parts.payload?;
        let header = jws::header(&item.value, &parts).ok()?;
        // A header with `enc` is a JWE's (RFC 7516 section 9).
        if header.contains_key("enc") {
            return None;
        }
        let mut reasons = vec!["Its first part is the Base64url of a JSON object.".to_owned()];
        let mut likelihood = 60;
        if let Some(alg) = header.get(ALG).and_then(Value::as_str) {
            likelihood += 35;
            reasons.push(format!("Its header names an algorithm: `alg` is {alg}."));
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let token = item.value.as_str();
        let parts = jws::cut(token);
        let header = jws::header(token, &parts);
        let content = content(token, &parts, header.as_ref().ok(), &ask.options);
        let alg = header.as_ref().ok().and_then(|header| jws::alg(header, &parts).ok());
        let digest = alg.and_then(jws::hmac_digest);
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let claims = content.as_ref().ok().and_then(|content| claims::of(&content.payload));
        let checked = match (&header, &content) {
            (Err(refusal), _) => Err(refusal.clone()),
            (Ok(header), content) => check(token, &parts, header, content, ask, &keys),
        };
        let verdict = settle(checked, claims.as_ref(), ask.now);
        Opened {
            token: None,
            scheme: ABOUT.id.to_string(),
            title: title(alg, claims.is_some()),
            findings: findings(token, ask, &verdict),
            verdict,
            segments: segments(token, &parts, content.as_ref().ok()),
            encrypted: false,
            facts: claims.map(|claims| claims::facts(&claims, ask.now)).unwrap_or_default(),
            steps: match (&content, digest) {
                (Ok(content), Some(digest)) => steps(token, &parts, content, digest, &keys),
                _ => Vec::new(),
            },
            signature: parts.signature.map(|span| SignaturePair {
                found: span.of(token).to_owned(),
                expected: content.as_ref().ok().zip(digest).zip(keys.first()).map(
                    |((content, digest), key)| {
                        BASE64URL.encode(&digest.tag(key.bytes(), &content.signing_input))
                    },
                ),
            }),
            payload: content.ok().map(|content| content.payload),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let header = header_to_make(&draft.options)?;
        let digest = digest_to_make(&header)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let payload = payload::draft::bytes(&draft.payload)?;
        let head = BASE64URL.encode(Value::Object(header.clone()).to_string().as_bytes());
        let attached =
            jws::encodes_payload(&header, &jws::cut("")).map_err(|refusal| header_error(refusal.message))?;
        jws::check_crit(&header, &jws::cut(""), |_| true).map_err(|refusal| header_error(refusal.message))?;
        let body = if attached { BASE64URL.encode(&payload) } else { String::new() };
        let signing_input = signing_input(&head, attached, &body, &payload);
        let tag = BASE64URL.encode(&digest.tag(key.bytes(), &signing_input));
        let token = format!("{head}.{body}.{tag}");
        let parts = jws::cut(&token);
        let content = Content { payload: Payload::of(payload), signing_input };
        let steps = steps(&token, &parts, &content, digest, &keys);
        Ok(Made { value: token, steps })
    }

    /// What the header says of itself.
    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let Ok(header) = jws::header(&item.value, &jws::cut(&item.value)) else { return Options::new() };
        let alg = header.get(ALG).cloned().unwrap_or_default();
        let usual = header_to_make(&Options::from([(ALG.into(), alg.clone())])).unwrap_or_default();
        // In their order, too.
        let is_usual = header.iter().eq(usual.iter());
        match (is_usual, alg == *DEFAULT_ALG) {
            (true, true) => Options::new(),
            (true, false) => Options::from([(ALG.into(), alg)]),
            (false, _) => Options::from([(PROTECTED_HEADER.into(), Value::Object(header))]),
        }
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "Node, jose",
                "javascript",
                r#"import { SignJWT, jwtVerify } from "jose"

const key = KEY_BYTES
const token = await new SignJWT({ sub: "user-7" })
?!protected_header:   .setProtectedHeader({ alg: "OPTION_alg", typ: "JWT" })
?protected_header:   .setProtectedHeader({ alg: "OPTION_alg", ...OPTION_protected_header })
  .setExpirationTime("1h")
  .sign(key)
res.cookie("NAME", token, { httpOnly: true, secure: true, sameSite: "lax" })

const { payload } = await jwtVerify(req.cookies["NAME"], key, { algorithms: ["OPTION_alg"] })"#,
            ),
            super::Snippet::new(
                "Python, PyJWT",
                "python",
                r#"import base64, os
import jwt

key = KEY_BYTES
token = jwt.encode({"sub": "user-7"}, key, algorithm="OPTION_alg")
response.set_cookie("NAME", token, httponly=True, secure=True, samesite="Lax")

claims = jwt.decode(request.cookies["NAME"], key, algorithms=["OPTION_alg"])"#,
            ),
        ]
    }
}

/// The payload and what the MAC is computed over.
struct Content {
    payload: Payload,
    signing_input: Vec<u8>,
}

/// Reads the payload: the middle part, or the detached one that `options` holds where that part is empty.
fn content(
    token: &str,
    parts: &Parts,
    header: Option<&Header>,
    options: &Options,
) -> Result<Content, Refusal> {
    let attached = header.map_or(Ok(true), |header| jws::encodes_payload(header, parts))?;
    let Some(span) = parts.payload else {
        let message = "There is no dot in it: a token has three parts with dots between them.";
        return Err(Refusal::new(Why::Malformed, message, Some(parts.header)));
    };
    let head = parts.header.of(token);
    let detached = detached(options)?.filter(|_| span.is_empty());
    let payload = match (detached, attached) {
        (Some(bytes), _) => bytes,
        (None, true) => jws::decode(token, span, "payload")?,
        (None, false) => span.of(token).as_bytes().to_vec(),
    };
    let body =
        if span.is_empty() && attached { BASE64URL.encode(&payload) } else { span.of(token).to_owned() };
    let signing_input = signing_input(head, attached, &body, &payload);
    Ok(Content { payload: Payload::of(payload), signing_input })
}

/// RFC 7515 section 5.1, step 5; with a payload that is not encoded, RFC 7797 section 3.
fn signing_input(head: &str, attached: bool, body: &str, payload: &[u8]) -> Vec<u8> {
    let body = if attached { body.as_bytes() } else { payload };
    [head.as_bytes(), b".", body].concat()
}

fn detached(options: &Options) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(text) = options.get(DETACHED).and_then(Value::as_str) else { return Ok(None) };
    let bytes = hex::decode(text).map_err(|error| {
        Refusal::new(Why::WrongOption, format!("The option {DETACHED} is not hex: {error}."), None)
    })?;
    Ok(Some(bytes))
}

/// The checks of RFC 7515 section 5.2, and then the MAC.
fn check(
    token: &str,
    parts: &Parts,
    header: &Header,
    content: &Result<Content, Refusal>,
    ask: &Ask,
    keys: &Keys,
) -> Result<Verdict, Refusal> {
    let alg = jws::alg(header, parts)?;
    let digest = match jws::hmac_digest(alg) {
        Some(digest) => digest,
        None => return other_algorithm(alg, parts, keys),
    };
    check_allowed(alg, &ask.options, parts)?;
    jws::check_crit(header, parts, |name| is_understood(name, &ask.options))?;
    let content = content.as_ref().map_err(Clone::clone)?;
    let signature = whole_signature(parts)?;
    let found = jws::decode(token, signature, "signature")?;
    refuse_public_keys(ask)?;
    Ok(mac::verdict(ask, keys, digest, &content.signing_input, Some(&found)))
}

/// `none`, algorithms with key pairs, and unknown ones: not for a shared secret.
fn other_algorithm(alg: &str, parts: &Parts, keys: &Keys) -> Result<Verdict, Refusal> {
    let wrong = |message: String| Err(Refusal::new(Why::WrongAlgorithm, message, Some(parts.header)));
    if alg.trim().eq_ignore_ascii_case("none") {
        return wrong(format!(
            "`alg` is {alg}: the token is not signed, so anyone can write it. Servers must refuse it."
        ));
    }
    let with_key_pair =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K"]
            .contains(&alg)
            || alg.starts_with("Ed");
    if !with_key_pair {
        return wrong(format!(
            "`alg` is {alg}, which is no algorithm of RFC 7518. Names are case-sensitive."
        ));
    }
    let explanation =
        format!("{alg} signs with a private key and is checked with its public key, not with a secret.");
    if keys.usable.is_empty() {
        let missing = format!("{explanation} Keyjar checks HS256, HS384 and HS512 so far.");
        return Ok(Verdict::Unchecked { missing });
    }
    wrong(explanation)
}

/// The option `algorithms`: what the server is set to accept.
fn check_allowed(alg: &str, options: &Options, parts: &Parts) -> Result<(), Refusal> {
    let Some(allowed) = options.get(ALGORITHMS).and_then(Value::as_array) else { return Ok(()) };
    if allowed.iter().any(|name| name == alg) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let message = format!("`alg` is {alg}, and the server accepts only {}.", names.join(", "));
    Err(Refusal::new(Why::WrongAlgorithm, message, Some(parts.header)))
}

fn is_understood(name: &str, options: &Options) -> bool {
    options.get(CRIT).and_then(Value::as_object).is_some_and(|names| names.contains_key(name))
}

fn whole_signature(parts: &Parts) -> Result<Span, Refusal> {
    if let Some(extra) = parts.extra {
        let message =
            "There is a third dot: a signed token has three parts. (An encrypted one, a JWE, has five.)";
        return Err(Refusal::new(Why::Malformed, message, Some(extra)));
    }
    let message = "The signature is missing: there is only one dot. The token was probably cut off.";
    parts.signature.ok_or_else(|| Refusal::new(Why::Malformed, message, parts.payload))
}

/// A public key in PEM form as an HMAC secret is the key confusion attack (RFC 8725 section 2.1): libraries refuse it.
fn refuse_public_keys(ask: &Ask) -> Result<(), Refusal> {
    let is_pem = |text: &str| text.trim_start().starts_with("-----BEGIN ");
    if ask.secrets.iter().any(|secret| is_pem(&secret.text)) {
        let message = "The secret is a key in PEM form. With an HS algorithm that would let anyone who has the public key \
                       sign, so libraries refuse it; the token should be RS256, ES256 or the like, or the secret another.";
        return Err(Refusal::new(Why::WrongAlgorithm, message, None));
    }
    Ok(())
}

/// The verdict of the checks, with what the claims say of the time.
fn settle(checked: Result<Verdict, Refusal>, claims: Option<&Claims>, now: Option<i64>) -> Verdict {
    match checked {
        Ok(Verdict::Valid { secret, encoding, mut but }) => {
            if let (Some(claims), Some(now)) = (claims, now) {
                but.splice(0..0, claims::caveats(claims, now));
            }
            Verdict::Valid { secret, encoding, but }
        }
        Ok(other) => other,
        Err(Refusal { why, message, at }) => Verdict::Invalid { why, message, at },
    }
}

fn title(alg: Option<&str>, has_claims: bool) -> String {
    let kind = if has_claims { "JWT" } else { "JWS" };
    alg.map_or_else(|| kind.to_owned(), |alg| format!("{kind}, {alg}"))
}

fn findings(token: &str, ask: &Ask, verdict: &Verdict) -> Vec<Finding> {
    let given = Given::of(&ask.secrets, ABOUT.secret_encoding);
    let input = rules::Input {
        pasted: token,
        token,
        options: &ask.options,
        now: ask.now,
        keys: &given.keys,
        secrets: &ask.secrets,
        verdict: match verdict {
            Verdict::Valid { .. } => Some(true),
            Verdict::Invalid { why: Why::BadSignature, .. } => Some(false),
            Verdict::Invalid { .. } | Verdict::Unchecked { .. } => None,
        },
        plaintext: None,
    };
    rules::review(&Subject::of(&input))
}

fn segments(token: &str, parts: &Parts, content: Option<&Content>) -> Vec<Segment> {
    let header = jws::decode(token, parts.header, "header").ok().map(Payload::of);
    let named = [
        ("Header", Role::Header, Some(parts.header), header),
        ("Payload", Role::Payload, parts.payload, content.map(|content| content.payload.clone())),
        ("Signature", Role::Signature, parts.signature, None),
        ("Not part of a token", Role::Meta, parts.extra, None),
    ];
    let segment = |(name, role, span, decoded): (&str, Role, Option<Span>, Option<Payload>)| {
        Some(Segment { name: name.into(), role, span: span?, decoded })
    };
    named.into_iter().filter_map(segment).collect()
}

fn steps(token: &str, parts: &Parts, content: &Content, digest: Digest, keys: &Keys) -> Vec<Step> {
    let header = jws::decode(token, parts.header, "header").unwrap_or_default();
    let payload = content.payload.bytes();
    let mut steps = vec![
        Step::new("Header", "", Excerpt::of(&header), None),
        Step::new(
            "Encoded header",
            "base64url(header)",
            Excerpt::text(parts.header.of(token)),
            Some(Role::Header),
        ),
        Step::new("Payload", "", Excerpt::of(payload), None),
    ];
    let input = String::from_utf8_lossy(&content.signing_input);
    steps.push(Step::new(
        "Signing input",
        "encoded header . payload",
        Excerpt::text(&input),
        Some(Role::Payload),
    ));
    let encode = |tag: &[u8]| BASE64URL.encode(tag);
    steps.extend(keys.steps(digest, "signing input", &content.signing_input, encode, "base64url"));
    steps
}

/// The header to write: the option `protected_header`, with `alg` put in front where it names none; else `alg` and
/// `"typ":"JWT"`.
fn header_to_make(options: &Options) -> Result<Header, SignError> {
    let alg = options.get(ALG).cloned();
    match options.get(PROTECTED_HEADER) {
        None => {
            let alg = alg.unwrap_or_else(|| DEFAULT_ALG.into());
            Ok(Header::from_iter([(ALG.to_owned(), alg), ("typ".to_owned(), "JWT".into())]))
        }
        Some(Value::Object(header)) => match (alg, header.get(ALG)) {
            (Some(chosen), Some(written)) if chosen != *written => {
                Err(header_error(format!("`alg` is {written} here and {chosen} in the option {ALG}.")))
            }
            (_, Some(_)) => Ok(header.clone()),
            (alg, None) => {
                let alg = (ALG.to_owned(), alg.unwrap_or_else(|| DEFAULT_ALG.into()));
                Ok(std::iter::once(alg).chain(header.clone()).collect())
            }
        },
        Some(_) => Err(header_error("The header is not a JSON object.".into())),
    }
}

fn digest_to_make(header: &Header) -> Result<Digest, SignError> {
    let alg = header.get(ALG).and_then(Value::as_str).unwrap_or_default();
    jws::hmac_digest(alg).ok_or_else(|| SignError {
        field: Field::Option(ALG.into()),
        message: format!("`{alg}` is not an algorithm that Keyjar signs with."),
        hint: "Choose HS256, HS384 or HS512.".into(),
        at: None,
    })
}

fn header_error(message: String) -> SignError {
    let hint =
        "Write the header as {\"alg\":\"HS256\",\"typ\":\"JWT\"}, with more members if you need them.".into();
    SignError { field: Field::Option(PROTECTED_HEADER.into()), message, hint, at: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft};
    use crate::secret::SecretText;

    fn draft(options: Options) -> Draft {
        Draft {
            scheme: ABOUT.id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Json, text: "{\"exp\": 100}".into() },
            secrets: vec![SecretText::new("k".repeat(64), None)],
            options,
            cookie: CookieDraft::default(),
            now: None,
            patient: false,
        }
    }

    fn open(token: &str, now: Option<i64>) -> Opened {
        let ask = Ask { secrets: vec![SecretText::new("k".repeat(64), None)], now, ..Ask::default() };
        JwsHmac.open(&Item::bare(None, token), &ask)
    }

    #[test]
    fn age_is_judged_only_with_a_clock() {
        let token = JwsHmac.make(&draft(Options::new())).expect("made").value;
        let caveats = |now| match open(&token, now).verdict {
            Verdict::Valid { but, .. } => but.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!([caveats(None), caveats(Some(99)), caveats(Some(100))], [0, 0, 1]);
    }

    #[test]
    fn the_header_keeps_the_order_in_which_it_was_written() {
        let header = serde_json::json!({"kid": "1", "typ": "at+jwt"});
        let options = Options::from([(PROTECTED_HEADER.into(), header), (ALG.into(), "HS384".into())]);
        let token = JwsHmac.make(&draft(options)).expect("made").value;
        let decoded = jws::decode(&token, jws::cut(&token).header, "header").expect("Base64url");
        assert_eq!(decoded, br#"{"alg":"HS384","kid":"1","typ":"at+jwt"}"#);
    }

    #[test]
    fn contradictions_and_other_algorithms_are_not_made() {
        let conflict = Options::from([
            (PROTECTED_HEADER.into(), serde_json::json!({"alg": "HS512"})),
            (ALG.into(), "HS256".into()),
        ]);
        assert!(JwsHmac.make(&draft(conflict)).is_err());
        let none = Options::from([(ALG.into(), "none".into())]);
        assert_eq!(JwsHmac.make(&draft(none)).expect_err("none").field, Field::Option(ALG.into()));
    }

    #[test]
    fn a_broken_token_still_shows_its_readable_parts() {
        let token = JwsHmac.make(&draft(Options::new())).expect("made").value;
        let cut = &token[..token.rfind('.').expect("has dots")];
        let opened = open(cut, None);
        assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }));
        assert_eq!(opened.payload, Some(Payload::Json("{\"exp\":100}".into())));
        assert_eq!(opened.segments.len(), 2);
    }
}
