//! JWS (RFC 7515) with every algorithm that JOSE has, in compact form and in JSON; and so nearly every JSON Web Token
//! (RFC 7519).
//!
//! `base64url(header) . base64url(payload) . base64url(signature of the two before, with their dot)`, exactly as the
//! characters stand in the token. Strict where RFC 7515 is: no padding, no white space, no other alphabet; `crit` and `b64`
//! (RFC 7797) are obeyed. What only a lenient reader takes is shown, and not called valid.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64URL;
use super::kit::excerpt::short;
use super::kit::option_spec::{Uses, spec};
use super::kit::{opened, options};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::jose::alg::{self, Alg, Use};
use crate::jose::check;
use crate::jose::claims::{self, Claims};
use crate::jose::expect::{self, Expect, with_expectations};
use crate::jose::jws::{self, Header, Refusal};
use crate::jose::key::Key;
use crate::jose::key::given::Given;
use crate::jose::primitive;
use crate::jose::signed::{self, Form, Signature, Signed};
use crate::jose::token::Token;
use crate::limits::{MAX_PRIVATE_RSA_BITS, MAX_WORK};
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Fact, FactValue, Field, Opened, Options, Payload, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step, Verdict, Why, Words,
};
use crate::secret::SecretEncoding;
use crate::span::Span;
use crate::work::{self, Share};

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Jws;

static ABOUT: About = About {
    id: Cow::Borrowed("jws"),
    title: Cow::Borrowed("JWT, signed (JWS)"),
    framework: Cow::Borrowed("JSON Web Token"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("token"),
        Cow::Borrowed("access_token"),
        Cow::Borrowed("id_token"),
        Cow::Borrowed("jwt"),
    ]),
    docs: Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc7515"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64url(header) . base64url(payload) . base64url(signature of header.payload)"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"sub\": \"user-7\", \"role\": \"editor\" }"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 19] = with_expectations![
    spec(ALG, OptionKind::Choice(Cow::Borrowed(&ALGORITHM_NAMES)), DEFAULT_ALG, ALG_HELP, Uses::Making),
    spec(PROTECTED_HEADER, OptionKind::Json, "", HEADER_HELP, Uses::Making),
    spec(
        SERIALIZATION,
        OptionKind::Choice(Cow::Borrowed(&SERIALIZATIONS)),
        COMPACT,
        SERIALIZATION_HELP,
        Uses::Making
    ),
    spec(ALGORITHMS, OptionKind::Json, "", ALGORITHMS_HELP, Uses::Opening),
    spec(CRIT, OptionKind::Json, "", CRIT_HELP, Uses::Opening),
    spec(DETACHED, OptionKind::Hex, "", DETACHED_HELP, Uses::Opening),
];

const ALG: &str = "alg";
const DEFAULT_ALG: &str = "HS256";
const ALG_HELP: &str = "The algorithm. HS256 with a 256-bit secret suits one service; ES256 or EdDSA, with a key pair, suits \
                        several.";
const PROTECTED_HEADER: &str = "protected_header";
const HEADER_HELP: &str = "The whole header as a JSON object, if it should hold more than alg and typ.";
const SERIALIZATION: &str = "serialization";
const SERIALIZATION_HELP: &str =
    "Three parts with dots, as every JWT; the same without the payload; or RFC 7515's JSON.";
const COMPACT: &str = "compact";
const DETACHED_FORM: &str = "detached";
static SERIALIZATIONS: [Words; 4] = [
    Cow::Borrowed(COMPACT),
    Cow::Borrowed(DETACHED_FORM),
    Cow::Borrowed("flattened"),
    Cow::Borrowed("general"),
];
pub const ALGORITHMS: &str = "algorithms";
pub const ALGORITHMS_HELP: &str = "The only algorithms that the server accepts, as a JSON list: [\"HS256\"].";
pub const CRIT: &str = "crit";
pub const CRIT_HELP: &str = "Extensions that the server understands, as a JSON object: {\"name\": true}.";
const DETACHED: &str = "detached_payload_hex";
const DETACHED_HELP: &str = "The payload of a token with an empty middle part (RFC 7515 appendix F), as hex.";

/// Those of [`alg::ALL`].
static ALGORITHM_NAMES: [Words; 19] = [
    Cow::Borrowed("HS256"),
    Cow::Borrowed("HS384"),
    Cow::Borrowed("HS512"),
    Cow::Borrowed("RS256"),
    Cow::Borrowed("RS384"),
    Cow::Borrowed("RS512"),
    Cow::Borrowed("PS256"),
    Cow::Borrowed("PS384"),
    Cow::Borrowed("PS512"),
    Cow::Borrowed("ES256"),
    Cow::Borrowed("ES384"),
    Cow::Borrowed("ES512"),
    Cow::Borrowed("ES256K"),
    Cow::Borrowed("EdDSA"),
    Cow::Borrowed("Ed25519"),
    Cow::Borrowed("Ed448"),
    Cow::Borrowed("ML-DSA-44"),
    Cow::Borrowed("ML-DSA-65"),
    Cow::Borrowed("ML-DSA-87"),
];

impl Scheme for Jws {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if signed::is_json(&item.value) {
            let read = signed::read(&item.value, None);
            let is_one = read.signatures.first().is_some_and(|signature| signature.header.is_ok());
            return is_one.then(|| {
                opened::candidate(
                    &ABOUT,
                    95,
                    &["It is a JSON object with a payload and signatures, as RFC 7515 writes it."],
                )
            });
        }
        let parts = jws::cut(&item.value);
        let header = lenient_header(&item.value, parts.header)?;
        // A header with `enc` is a JWE's (RFC 7516 section 9).
        if header.contains_key("enc") || item.value.contains('~') {
            return None;
        }
        let names_algorithm = header.get(ALG).and_then(Value::as_str);
        if parts.payload.is_none() && names_algorithm.is_none() {
            return None;
        }
        let mut candidate =
            opened::candidate(&ABOUT, 60, &["Its first part is the Base64url of a JSON object."]);
        if let Some(alg) = names_algorithm {
            candidate.likelihood += 35;
            candidate.reasons.push(format!("Its header names an algorithm: `alg` is {}.", short(alg)));
        } else if claims::is_jwt(&header) {
            candidate.likelihood += 35;
            candidate.reasons.push("Its header says that it is a JWT (`typ`).".into());
        }
        Some(candidate)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        open(&ABOUT, &item.value, item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let header = header_to_make(&draft.options)?;
        let (name, alg) = algorithm_to_make(&header)?;
        let given = Given::of(&draft.secrets, ABOUT.secret_encoding);
        let (key, _) = signing_key(&given, draft, alg, name, &header)?;
        let payload = payload::draft::bytes(&draft.payload)?;
        let at = Span::default();
        let attached = jws::encodes_payload(&header, at).map_err(|refusal| header_error(refusal.message))?;
        jws::check_crit(&header, at, |_| true).map_err(|refusal| header_error(refusal.message))?;
        let head = BASE64URL.encode(Value::Object(header.clone()).to_string().as_bytes());
        let is_json = options::filled(&draft.options, SERIALIZATION)?
            .is_some_and(|form| form == "flattened" || form == "general");
        let body = match std::str::from_utf8(&payload) {
            _ if attached => BASE64URL.encode(&payload),
            // In JSON it stands as text (RFC 7797 section 3); in the compact form it could hold a dot.
            Ok(text) if is_json => text.to_owned(),
            _ => String::new(),
        };
        let input = if attached {
            [head.as_bytes(), b".", body.as_bytes()].concat()
        } else {
            [head.as_bytes(), b".", &payload].concat()
        };
        let signature = alg.sign(key, &input).ok_or_else(|| cannot_sign(name, key))?;
        let token = written(&draft.options, &head, &body, &BASE64URL.encode(&signature))?;
        let read = signed::read(&token, Some(&payload));
        let first = read.signatures.first();
        let steps = first.map(|signature| steps(&token, &read, signature, Some(alg), Some(key), &given));
        Ok(Made { value: token, steps: steps.unwrap_or_default() })
    }

    /// What the header says of itself.
    fn shown(&self, item: &Item, opened: &Opened) -> Options {
        let read = signed::read(&item.value, None);
        let mut options = Options::new();
        match read.form {
            Form::Compact if read.payload_at.is_some_and(|at| at.is_empty()) => {
                options.insert(SERIALIZATION.into(), DETACHED_FORM.into());
            }
            Form::Compact => {}
            Form::Flattened => drop(options.insert(SERIALIZATION.into(), "flattened".into())),
            Form::General => drop(options.insert(SERIALIZATION.into(), "general".into())),
        }
        // The signature that holds, where there are several.
        let name =
            opened.facts.iter().find(|fact| fact.from.as_deref() == Some(ALG)).map(|fact| fact.value.clone());
        let is_it = |signature: &&Signature| signature.alg().map(|alg| FactValue::Text(alg.into())) == name;
        let signature = read.signatures.iter().find(is_it).or(read.signatures.first());
        let Some(Ok(header)) = signature.map(|signature| signature.header.clone()) else { return options };
        let alg = header.get(ALG).cloned().unwrap_or_default();
        let usual = header_to_make(&Options::from([(ALG.into(), alg.clone())])).unwrap_or_default();
        // In their order, too.
        let is_usual = header.iter().eq(usual.iter());
        match (is_usual, alg == *DEFAULT_ALG) {
            (true, true) => {}
            (true, false) => drop(options.insert(ALG.into(), alg)),
            (false, _) => drop(options.insert(PROTECTED_HEADER.into(), Value::Object(header))),
        }
        options
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

/// Opens `text`, which is all of `item` or its beginning, as a JWS for a scheme that is one. The remarks are on all of it.
pub fn open(about: &About, text: &str, item: &Item, ask: &Ask) -> Opened {
    let given = Given::of(&ask.secrets, about.secret_encoding);
    let detached = ask.options.get(DETACHED).and_then(Value::as_str).map(hex::decode);
    let read = signed::read(text, detached.clone().and_then(Result::ok).as_deref());
    let expect = Expect::of(&ask.options, ask.now);
    let (index, checked) = match (&detached, &expect) {
        (Some(Err(error)), _) => {
            (0, Err(wrong_option(format!("The option {DETACHED} is not hex: {error}."))))
        }
        (_, Err(error)) => (0, Err(error.clone().into())),
        _ => best(&read, ask, &given),
    };
    let signature = read.signatures.get(index);
    let header = signature.and_then(|signature| signature.header.as_ref().ok());
    let name = header.and_then(|header| jws::alg(header, Span::default()).ok());
    let alg = name.and_then(alg::by_name);
    let payload = shown_payload(text, &read);
    let claims = payload.as_ref().and_then(claims::of);
    let expect = expect.unwrap_or_default();
    let checks = claims.as_ref().map(|claims| expect.check(header.unwrap_or(&Header::new()), claims));
    let used = checked.as_ref().ok().and_then(|checked| checked.used);
    let verdict =
        settle(checked, header, claims.as_ref(), checks.as_deref().unwrap_or_default(), ask.now.is_some());
    let key = used.and_then(|at| given.keys.get(at)).or_else(|| given.keys.first()).map(|key| &key.jwk.key);
    let token = Token {
        item,
        ask,
        given: &given,
        used,
        header,
        claims: claims.as_ref(),
        payload: payload.as_ref(),
        is_encrypted: false,
        verdict: &verdict,
    };
    Opened {
        scheme: about.id.to_string(),
        title: title(name, claims.is_some(), read.form),
        findings: token.review(),
        token: Some(Box::new(token.report(checks.unwrap_or_default(), Vec::new()))),
        segments: segments(text, &read, payload.as_ref()),
        encrypted: false,
        facts: facts(name, &read, claims.as_ref(), expect.now),
        steps: signature.map(|signature| steps(text, &read, signature, alg, key, &given)).unwrap_or_default(),
        signature: signature.and_then(|signature| pair(text, signature, alg, key, used.is_some())),
        verdict,
        payload,
    }
}

/// What came of the signature's check.
struct Checked {
    verdict: Verdict,
    /// The place of the key that verified it.
    used: Option<usize>,
}

/// Checks the signatures until one holds; else what is said of the first.
fn best(read: &Signed, ask: &Ask, given: &Given) -> (usize, Result<Checked, Refusal>) {
    let mut first = None;
    let share = Share::of(MAX_WORK);
    let mut looked_at = 0;
    for (index, signature) in read.signatures.iter().enumerate() {
        looked_at += 1;
        let checked = check(read, signature, ask, given, share);
        if checked.as_ref().is_ok_and(|checked| checked.used.is_some()) {
            return (index, checked);
        }
        first.get_or_insert(checked);
        if share.is_used_up() {
            break;
        }
    }
    if let Some(Ok(Checked { verdict: Verdict::Invalid { message, .. }, .. })) = &mut first {
        *message += &signed::bounded(looked_at, read.signatures.len() + read.left_out, "signatures");
    }
    let none = || match &read.payload {
        Err(refusal) => Err(refusal.clone()),
        Ok(_) => Err(Refusal::new(Why::Malformed, "It holds no signature.", None)),
    };
    (0, first.unwrap_or_else(none))
}

/// The checks of RFC 7515 section 5.2, and then the signature.
fn check(
    read: &Signed,
    signature: &Signature,
    ask: &Ask,
    given: &Given,
    share: Share,
) -> Result<Checked, Refusal> {
    let at = signature.header_at;
    let header = signature.header.as_ref().map_err(Clone::clone)?;
    let name = jws::alg(header, at)?;
    if !signature.crit_is_protected {
        return Err(Refusal::new(
            Why::Malformed,
            "`crit` stands in the unprotected header, which is not signed.",
            Some(at),
        ));
    }
    jws::check_crit(header, at, |name| is_understood(name, &ask.options))?;
    let alg = check::algorithm(name, at)?;
    check::allowed(&ask.options, ALGORITHMS, ALG, name, at)?;
    read.payload.as_ref().map_err(Clone::clone)?;
    let found = signature.bytes.as_ref().map_err(Clone::clone)?;
    check::refuse_confusion(alg, name, given, &ask.secrets, at)?;
    if given.keys.is_empty() {
        let wanted = match alg {
            Alg::Hmac(_) => "Give the secret to check the signature.".to_owned(),
            _ => format!(
                "Give the public key to check the signature: {} as PEM, JWK or a JWK set.",
                alg.wants()
            ),
        };
        let missing = given.trouble.clone().unwrap_or(wanted);
        return Ok(Checked { verdict: Verdict::Unchecked { missing }, used: None });
    }
    let fitting = check::fitting(given, name, alg.wants(), header, Use::Verify, at, |key| alg.takes(key))?;
    let mut tried = 0;
    let holds = fitting.iter().copied().find(|at| {
        let Some(given) = given.keys.get(*at).filter(|_| !share.is_used_up()) else { return false };
        tried += 1;
        work::spend_on_key(&given.jwk.key, signature.input.len());
        alg.verify(&given.jwk.key, &signature.input, found)
    });
    match holds {
        Some(used) => Ok(Checked { verdict: check::valid(given, used, Use::Verify), used: Some(used) }),
        None => {
            let verdict = Verdict::Invalid {
                why: Why::BadSignature,
                message: mismatch(alg, given, tried, fitting.len()),
                at: None,
            };
            Ok(Checked { verdict, used: None })
        }
    }
}

fn mismatch(alg: Alg, given: &Given, tried: usize, fitting: usize) -> String {
    let what = if matches!(alg, Alg::Hmac(_)) { "secret" } else { "key" };
    let with = match (tried, fitting) {
        (_, 0 | 1) => String::new(),
        (tried, fitting) if tried < fitting => {
            format!(" with the first {tried} of the {fitting} {what}s; all of them would take too long")
        }
        _ => format!(" with any of the {fitting} {what}s"),
    };
    let as_read = if matches!(alg, Alg::Hmac(_)) {
        "is not the secret as the server reads it"
    } else {
        "is not the key of the pair that signed it"
    };
    let trouble = given
        .trouble
        .as_ref()
        .map(|trouble| format!(" One could not be read: {trouble}"))
        .unwrap_or_default();
    format!(
        "The signature does not match{with}. The value was changed after it was signed, or this {as_read}.{trouble}"
    )
}

fn is_understood(name: &str, options: &Options) -> bool {
    options.get(CRIT).and_then(Value::as_object).is_some_and(|names| names.contains_key(name))
}

fn wrong_option(message: String) -> Refusal {
    Refusal::new(Why::WrongOption, message, None)
}

/// The verdict of the checks, with what the claims say.
fn settle(
    checked: Result<Checked, Refusal>,
    header: Option<&Header>,
    claims: Option<&Claims>,
    checks: &[crate::protocol::Check],
    has_clock: bool,
) -> Verdict {
    match checked {
        Ok(Checked { verdict: Verdict::Valid { secret, encoding, mut but }, .. }) => {
            if has_clock && claims.is_none() && header.is_some_and(claims::is_jwt) {
                let message = "The signature holds, but `typ` says that it is a JWT, and its payload is not a JSON object of \
                               claims, so servers refuse the token.";
                return Verdict::Invalid { why: Why::Malformed, message: message.into(), at: None };
            }
            if let Some(name) = claims.and_then(expect::unreadable_time).filter(|_| has_clock) {
                let message = format!(
                    "The signature holds, but `{name}` is not a number of seconds, so servers refuse the token."
                );
                return Verdict::Invalid { why: Why::Malformed, message, at: None };
            }
            but.splice(0..0, expect::caveats(checks));
            Verdict::Valid { secret, encoding, but }
        }
        Ok(checked) => checked.verdict,
        Err(refusal) => refusal.into(),
    }
}

fn title(alg: Option<&str>, has_claims: bool, form: Form) -> String {
    let kind = if has_claims && form == Form::Compact { "JWT" } else { "JWS" };
    let form = match form {
        Form::Compact => "",
        Form::Flattened => ", flattened JSON",
        Form::General => ", general JSON",
    };
    alg.map_or_else(|| format!("{kind}{form}"), |alg| format!("{kind}, {}{form}", short(alg)))
}

/// The times among the claims; and which of several signatures it is about.
fn facts(alg: Option<&str>, read: &Signed, claims: Option<&Claims>, now: Option<i64>) -> Vec<Fact> {
    let alg =
        alg.filter(|_| read.form == Form::General).map(|alg| opened::text_fact("Algorithm", Some(ALG), alg));
    alg.into_iter().chain(claims.map(|claims| claims::facts(claims, now)).unwrap_or_default()).collect()
}

/// The header as a lenient reader sees it.
fn lenient_header(text: &str, at: Span) -> Option<Header> {
    serde_json::from_slice(&signed::lenient(at.of(text))?).ok()
}

/// The payload; where it is not written strictly, as a lenient reader sees it.
fn shown_payload(text: &str, read: &Signed) -> Option<Payload> {
    let bytes = read.payload.clone().ok();
    bytes.or_else(|| signed::lenient(read.payload_at?.of(text))).map(Payload::of)
}

fn segments(text: &str, read: &Signed, payload: Option<&Payload>) -> Vec<Segment> {
    let mut segments = Vec::new();
    for signature in &read.signatures {
        let at = signature.header_at;
        let decoded = signed::lenient(at.of(text)).map(Payload::of);
        if read.form == Form::Compact || !signature.protected.is_empty() {
            segments.push(opened::segment("Header", Role::Header, at, decoded));
        }
        segments.extend(signature.at.map(|at| opened::segment("Signature", Role::Signature, at, None)));
    }
    let payload = read.payload_at.map(|at| opened::segment("Payload", Role::Payload, at, payload.cloned()));
    segments.extend(payload);
    if read.form == Form::Compact {
        let extra = jws::cut(text).extra;
        segments.extend(extra.map(|at| opened::segment("Not part of a token", Role::Meta, at, None)));
    }
    segments.sort_by_key(|segment| segment.span.start);
    segments
}

/// The signature as it stands, and the one that the key makes, where that is always the same: if it `holds`, it is this.
fn pair(
    text: &str,
    signature: &Signature,
    alg: Option<Alg>,
    key: Option<&Key>,
    holds: bool,
) -> Option<SignaturePair> {
    let can_tell =
        |alg: &Alg| matches!(alg, Alg::Hmac(_)) || alg.is_deterministic() && !matches!(alg, Alg::Ecdsa(..));
    let found = signature.at?.of(text).to_owned();
    let known = alg.filter(can_tell).zip(key.filter(|key| key.is_secret()));
    let expected = known.and_then(|(alg, key)| {
        if holds {
            return Some(found.clone());
        }
        if let Key::Rsa(rsa) = key {
            work::spend_on_private_rsa(rsa.bits());
        }
        alg.sign(key, &signature.input).map(|bytes| BASE64URL.encode(&bytes))
    });
    Some(SignaturePair { found, expected })
}

fn steps(
    text: &str,
    read: &Signed,
    signature: &Signature,
    alg: Option<Alg>,
    key: Option<&Key>,
    given: &Given,
) -> Vec<Step> {
    let (Some(alg), Ok(payload)) = (alg, &read.payload) else { return Vec::new() };
    let header = signed::lenient(&signature.protected).unwrap_or_default();
    let mut steps = vec![
        Step::new("Header", "", Excerpt::of(&header), None),
        Step::new(
            "Encoded header",
            "base64url(header)",
            Excerpt::text(&signature.protected),
            Some(Role::Header),
        ),
        Step::new("Payload", "", Excerpt::of(payload), None),
    ];
    let input = String::from_utf8_lossy(&signature.input);
    steps.push(Step::new(
        "Signing input",
        "encoded header . payload",
        Excerpt::text(&input),
        Some(Role::Payload),
    ));
    let Some(key) = key else { return steps };
    let formula = formula(alg);
    match key {
        Key::Oct(secret) => {
            let read = given.keys.first().map(|key| key.encoding.label()).unwrap_or_default();
            steps.push(Step::new(
                "Key",
                format!("the secret, read as {read}"),
                Excerpt::key(secret.bytes()),
                None,
            ));
            let tag = alg.sign(key, &signature.input).unwrap_or_default();
            steps.push(Step::new("Tag", formula, Excerpt::hex(&tag), None));
            let tag = Excerpt::text(&BASE64URL.encode(&tag));
            steps.push(Step::new("Signature", "base64url(tag)", tag, Some(Role::Signature)));
        }
        _ => {
            steps.push(Step::new("Key", "", Excerpt::text(&key.title()), None));
            let found = signature.at.map(|at| at.of(text)).unwrap_or_default();
            steps.push(Step::new("Signature", formula, Excerpt::text(found), Some(Role::Signature)));
        }
    }
    steps
}

/// How the signature comes about, as a formula.
fn formula(alg: Alg) -> String {
    let hash = |digest: super::kit::digest::Digest| digest.name().replace('-', "");
    match alg {
        Alg::Hmac(digest) => format!("HMAC-{}(key, signing input)", hash(digest)),
        Alg::RsaPkcs1(digest) => {
            format!("base64url(RSASSA-PKCS1-v1_5-{}(private key, signing input))", hash(digest))
        }
        Alg::RsaPss(digest) => format!("base64url(RSASSA-PSS-{}(private key, signing input))", hash(digest)),
        Alg::Ecdsa(_, digest) => {
            format!("base64url(r . s), of ECDSA-{}(private key, signing input)", hash(digest))
        }
        Alg::EdDsa(_) => "base64url(EdDSA(private key, signing input))".into(),
        Alg::MlDsa(set) => format!("base64url({}(private key, signing input))", set.name()),
    }
}

/// The key that signs: the first of the type that may.
fn signing_key<'a>(
    given: &'a Given,
    draft: &Draft,
    alg: Alg,
    name: &str,
    header: &Header,
) -> Result<(&'a Key, usize), SignError> {
    let fail = |message: String, hint: &str| SignError {
        field: Field::Secret,
        message,
        hint: hint.into(),
        at: None,
    };
    let make = "Make a key for this algorithm, or paste yours as PEM or JWK.";
    if given.keys.is_empty() {
        let (message, hint) = match (&given.trouble, alg) {
            (Some(trouble), _) => (trouble.clone(), "Choose how the secret is read, or mend its text."),
            (None, Alg::Hmac(_)) => (
                "There is no secret to sign with.".into(),
                "Paste the secret of your application, or make a key in Generate.",
            ),
            (None, _) => (format!("There is no key to sign with: {name} takes {}.", alg.wants()), make),
        };
        return Err(fail(message, hint));
    }
    let at = Span::default();
    check::refuse_confusion(alg, name, given, &draft.secrets, at)
        .map_err(|refusal| fail(refusal.message, make))?;
    let fitting = check::fitting(given, name, alg.wants(), header, Use::Sign, at, |key| alg.takes(key));
    let fitting = fitting.map_err(|refusal| fail(refusal.message, make))?;
    let keys = fitting.into_iter().filter_map(|at| Some((&given.keys.get(at)?.jwk.key, at)));
    let mut keys = keys.filter(|(key, _)| key.is_secret());
    keys.next().ok_or_else(|| {
        fail(
            "This is a public key: it checks signatures, and cannot make them.".into(),
            "Paste the private key, or make a new pair.",
        )
    })
}

fn cannot_sign(name: &str, key: &Key) -> SignError {
    let why = match key {
        Key::Rsa(rsa) if primitive::rsa::is_too_long(rsa) => {
            format!("Keyjar signs with up to {MAX_PRIVATE_RSA_BITS} bits")
        }
        _ => "it is too short, or its parts do not belong together".into(),
    };
    SignError {
        field: Field::Secret,
        message: format!("This key ({}) cannot sign with {name}: {why}.", key.title()),
        hint: "Make a new key for this algorithm.".into(),
        at: None,
    }
}

/// The token in the serialization that was chosen.
fn written(options: &Options, head: &str, body: &str, signature: &str) -> Result<String, SignError> {
    let chosen = options::choice(options, SERIALIZATION, [COMPACT, DETACHED_FORM, "flattened", "general"])?;
    // Who says what the detached payload is has it detached.
    let is_detached = chosen == DETACHED_FORM || options.contains_key(DETACHED);
    let body = if is_detached { "" } else { body };
    let mut json = serde_json::Map::new();
    if !is_detached {
        json.insert("payload".into(), body.into());
    }
    let entry = serde_json::json!({ "protected": head, "signature": signature });
    Ok(match (chosen, entry) {
        ("flattened", Value::Object(entry)) => {
            json.extend(entry);
            Value::Object(json).to_string()
        }
        ("general", entry) => {
            json.insert("signatures".into(), [entry].into_iter().collect());
            Value::Object(json).to_string()
        }
        _ => format!("{head}.{body}.{signature}"),
    })
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
            (Some(chosen), Some(written)) if chosen != *written => Err(header_error(format!(
                "`alg` is {} here and {} in the option {ALG}.",
                short(&written.to_string()),
                short(&chosen.to_string())
            ))),
            (_, Some(_)) => Ok(header.clone()),
            (alg, None) => {
                let alg = (ALG.to_owned(), alg.unwrap_or_else(|| DEFAULT_ALG.into()));
                Ok(std::iter::once(alg).chain(header.clone()).collect())
            }
        },
        Some(_) => Err(header_error("The header is not a JSON object.".into())),
    }
}

fn algorithm_to_make(header: &Header) -> Result<(&str, Alg), SignError> {
    let name = header.get(ALG).and_then(Value::as_str).unwrap_or_default();
    alg::by_name(name).map(|alg| (name, alg)).ok_or_else(|| SignError {
        field: Field::Option(ALG.into()),
        message: format!("`{}` is not an algorithm that Keyjar signs with.", short(name)),
        hint: "Choose HS256, ES256, EdDSA or another from the list.".into(),
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
        Jws.open(&Item::bare(None, token), &ask)
    }

    #[test]
    fn every_algorithm_is_offered() {
        assert_eq!(ALGORITHM_NAMES, alg::ALL.map(|(name, _)| Words::from(name)));
    }

    #[test]
    fn age_is_judged_only_with_a_clock() {
        let token = Jws.make(&draft(Options::new())).expect("made").value;
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
        let token = Jws.make(&draft(options)).expect("made").value;
        let decoded = jws::decode(&token, jws::cut(&token).header, "header").expect("Base64url");
        assert_eq!(decoded, br#"{"alg":"HS384","kid":"1","typ":"at+jwt"}"#);
    }

    #[test]
    fn each_serialization_is_made_and_read() {
        for form in ["compact", "detached", "flattened", "general"] {
            let token =
                Jws.make(&draft(Options::from([(SERIALIZATION.into(), form.into())]))).expect("made").value;
            let detached = Value::from(hex::encode(r#"{"exp":100}"#));
            let ask = Ask {
                secrets: vec![SecretText::new("k".repeat(64), None)],
                options: if form == "detached" {
                    Options::from([(DETACHED.into(), detached)])
                } else {
                    Options::new()
                },
                ..Ask::default()
            };
            let opened = Jws.open(&Item::bare(None, &token), &ask);
            assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{form}: {opened:?}");
            assert_eq!(opened.segments.len(), 3, "{form}");
        }
    }

    #[test]
    fn contradictions_and_other_algorithms_are_not_made() {
        let conflict = Options::from([
            (PROTECTED_HEADER.into(), serde_json::json!({"alg": "HS512"})),
            (ALG.into(), "HS256".into()),
        ]);
        assert!(Jws.make(&draft(conflict)).is_err());
        let none = Options::from([(ALG.into(), "none".into())]);
        assert_eq!(Jws.make(&draft(none)).expect_err("none").field, Field::Option(ALG.into()));
        let other = Options::from([(ALG.into(), "ES256".into())]);
        assert_eq!(Jws.make(&draft(other)).expect_err("a shared secret").field, Field::Secret);
    }

    #[test]
    fn a_broken_token_still_shows_its_readable_parts() {
        let token = Jws.make(&draft(Options::new())).expect("made").value;
        let cut = &token[..token.rfind('.').expect("has dots")];
        let opened = open(cut, None);
        assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }));
        assert_eq!(opened.payload, Some(Payload::Json("{\"exp\":100}".into())));
        assert_eq!(opened.segments.len(), 2);
        let padded = token.replacen('.', "=.", 1);
        let opened = open(&padded, None);
        assert!(matches!(opened.verdict, Verdict::Invalid { why: Why::Malformed, .. }));
        assert_eq!(opened.payload, Some(Payload::Json("{\"exp\":100}".into())));
    }
}
