//! JWE (RFC 7516): encrypted tokens, in compact form and in JSON, with the key management of RFC 7518 section 4 and its
//! content encryption.
//!
//! `base64url(header) . encrypted key . initialization vector . ciphertext . tag`. The header stands open, and is
//! authenticated beside the ciphertext. RSA1_5 is named and refused.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::excerpt::short;
use super::kit::jwe::Enc;
use super::kit::option_spec::{Uses, spec};
use super::kit::{opened, options};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::jose::alg::Use;
use crate::jose::encrypted::{self, Encrypted, Recipient};
use crate::jose::expect::{self, Expect, with_expectations};
use crate::jose::jws::{self, Header, Refusal};
use crate::jose::key::Key;
use crate::jose::key::given::Given;
use crate::jose::key_management::{self, KeyAlg, SLOW, Trouble};
use crate::jose::signed::{self, Form};
use crate::jose::token::Token;
use crate::jose::{check, claims};
use crate::limits::{MAX_PATIENT_WORK, MAX_WORK};
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Fact, FactValue, Field, Opened, Options, Payload, PayloadForm, SignError, Verdict,
    Why, Words,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;
use crate::work::Share;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Jwe;

static ABOUT: About = About {
    id: Cow::Borrowed("jwe"),
    title: Cow::Borrowed("JWT, encrypted (JWE)"),
    framework: Cow::Borrowed("JSON Web Token"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("token")]),
    docs: Cow::Borrowed("https://www.rfc-editor.org/rfc/rfc7516"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64url(header) . encrypted key . IV . ciphertext . tag, each base64url"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"sub\": \"user-7\", \"role\": \"editor\" }"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 19] = with_expectations![
    spec(ALG, OptionKind::Choice(Cow::Borrowed(&ALGORITHM_NAMES)), "dir", ALG_HELP, Uses::Making),
    spec(ENC, OptionKind::Choice(Cow::Borrowed(&ENC_NAMES)), "A256GCM", ENC_HELP, Uses::Making),
    spec(PROTECTED_HEADER, OptionKind::Json, "", HEADER_HELP, Uses::Making),
    spec(
        SERIALIZATION,
        OptionKind::Choice(Cow::Borrowed(&SERIALIZATIONS)),
        COMPACT,
        SERIALIZATION_HELP,
        Uses::Making
    ),
    spec(
        KEY_ALGORITHMS,
        OptionKind::Json,
        "",
        "The only `alg` that the server accepts, as a JSON list.",
        Uses::Opening
    ),
    spec(
        ENC_ALGORITHMS,
        OptionKind::Json,
        "",
        "The only `enc` that the server accepts, as a JSON list.",
        Uses::Opening
    ),
];

const ALG: &str = "alg";
const ALG_HELP: &str = "How the content's key comes about. With dir the shared key is the content's own.";
const ENC: &str = "enc";
const ENC_HELP: &str = "The encryption of the content.";
const PROTECTED_HEADER: &str = "protected_header";
const HEADER_HELP: &str = "More of the header as a JSON object, such as {\"kid\": \"1\", \"cty\": \"JWT\"}.";
const SERIALIZATION: &str = "serialization";
const SERIALIZATION_HELP: &str = "Five parts with dots, as every JWT; or RFC 7516's JSON.";
const COMPACT: &str = "compact";
static SERIALIZATIONS: [Words; 3] =
    [Cow::Borrowed(COMPACT), Cow::Borrowed("flattened"), Cow::Borrowed("general")];
const KEY_ALGORITHMS: &str = "keyManagementAlgorithms";
const ENC_ALGORITHMS: &str = "contentEncryptionAlgorithms";

/// Those of [`key_management::ALL`].
static ALGORITHM_NAMES: [Words; 18] = [
    Cow::Borrowed("dir"),
    Cow::Borrowed("A128KW"),
    Cow::Borrowed("A192KW"),
    Cow::Borrowed("A256KW"),
    Cow::Borrowed("A128GCMKW"),
    Cow::Borrowed("A192GCMKW"),
    Cow::Borrowed("A256GCMKW"),
    Cow::Borrowed("RSA-OAEP-256"),
    Cow::Borrowed("RSA-OAEP"),
    Cow::Borrowed("RSA-OAEP-384"),
    Cow::Borrowed("RSA-OAEP-512"),
    Cow::Borrowed("ECDH-ES"),
    Cow::Borrowed("ECDH-ES+A128KW"),
    Cow::Borrowed("ECDH-ES+A192KW"),
    Cow::Borrowed("ECDH-ES+A256KW"),
    Cow::Borrowed("PBES2-HS256+A128KW"),
    Cow::Borrowed("PBES2-HS384+A192KW"),
    Cow::Borrowed("PBES2-HS512+A256KW"),
];

/// Those of [`Enc::ALL`].
static ENC_NAMES: [Words; 6] = [
    Cow::Borrowed("A128CBC-HS256"),
    Cow::Borrowed("A192CBC-HS384"),
    Cow::Borrowed("A256CBC-HS512"),
    Cow::Borrowed("A128GCM"),
    Cow::Borrowed("A192GCM"),
    Cow::Borrowed("A256GCM"),
];

impl Scheme for Jwe {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if encrypted::is_json(&item.value) {
            return Some(opened::candidate(
                &ABOUT,
                95,
                &["It is a JSON object with a ciphertext, as RFC 7516 writes it."],
            ));
        }
        let header = jws::header(&item.value, &jws::cut(&item.value)).ok()?;
        let enc = header.get(ENC)?;
        let alg = header.get(ALG).and_then(Value::as_str).unwrap_or_default();
        // Sessions of frameworks are of this form too, with a key that they derive: they say themselves how likely they are.
        let likelihood = if alg == "dir" { 50 } else { 95 };
        let mut candidate = opened::candidate(&ABOUT, likelihood, &[]);
        candidate
            .reasons
            .push(format!("Its header names a content encryption: `enc` is {}.", short(&enc.to_string())));
        Some(candidate)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let text = item.value.as_str();
        let given = Given::of(&ask.secrets, ABOUT.secret_encoding);
        let read = encrypted::read(text);
        let expect = Expect::of(&ask.options, ask.now);
        let checked = match &expect {
            Err(error) => Err(error.clone().into()),
            Ok(_) => decrypt(&read, ask, &given),
        };
        let expect = expect.unwrap_or_default();
        let opened_for = checked.as_ref().ok().and_then(|checked| checked.recipient).unwrap_or_default();
        let header = read.recipients.get(opened_for).and_then(|recipient| recipient.header.as_ref().ok());
        let plain = checked.as_ref().ok().and_then(|checked| checked.plain.as_ref());
        let payload = plain.map(|plain| Payload::of(plain.clone()));
        let claims = payload.as_ref().and_then(claims::of);
        let checks = claims.as_ref().map(|claims| expect.check(header.unwrap_or(&Header::new()), claims));
        let used = checked.as_ref().ok().and_then(|checked| checked.used);
        let steps = match &checked {
            Ok(Checked { content: Some(content), plain, .. }) => read.steps(text, content, plain.as_deref()),
            _ => Vec::new(),
        };
        let verdict = settle(checked, checks.as_deref().unwrap_or_default());
        let token = Token {
            item,
            ask,
            given: &given,
            used,
            header,
            claims: claims.as_ref(),
            payload: payload.as_ref(),
            is_encrypted: true,
            verdict: &verdict,
        };
        Opened {
            scheme: ABOUT.id.to_string(),
            title: title(header),
            findings: token.review(),
            token: Some(Box::new(token.report(checks.unwrap_or_default(), Vec::new()))),
            segments: encrypted::segments(text, &read, payload.as_ref()),
            encrypted: true,
            facts: facts(header, claims.as_ref(), expect.now),
            steps,
            signature: None,
            verdict,
            payload,
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let (mut header, name, alg, enc) = header_to_make(&draft.options)?;
        let given = Given::of(&draft.secrets, ABOUT.secret_encoding);
        let fail = |message: String, hint: &str| SignError {
            field: Field::Secret,
            message,
            hint: hint.into(),
            at: None,
        };
        let hint = "Make a key for this algorithm, or paste yours as PEM or JWK.";
        if given.keys.is_empty() {
            let message = given
                .trouble
                .clone()
                .unwrap_or_else(|| format!("There is no key: {name} takes {}.", alg.wants(enc)));
            return Err(fail(message, hint));
        }
        let at = Span::default();
        let fitting =
            check::fitting(&given, &name, &alg.wants(enc), &header, Use::Encrypt, at, |key| alg.takes(key));
        let fitting = fitting.map_err(|refusal| fail(refusal.message, hint))?;
        let key = fitting.first().and_then(|at| given.keys.get(*at)).map(|key| &key.jwk.key);
        let key = key.ok_or_else(|| fail("There is no key that fits.".into(), hint))?;
        if alg.is_slow(&header) && !draft.patient {
            let rounds = key_management::NEW_P2C;
            return Err(SignError {
                field: Field::Patience,
                message: format!("{name} derives its key with {rounds} rounds of PBKDF2."),
                hint: SLOW.into(),
                at: None,
            });
        }
        let plain = payload::draft::bytes(&draft.payload)?;
        let plain = if header.contains_key("zip") { super::kit::inflate::to_deflate(&plain) } else { plain };
        let (content, encrypted_key) =
            alg.wrap(&name, &mut header, key, enc).map_err(|trouble| match trouble {
                Trouble::Parameter(message) | Trouble::Slow(message) => header_error(message),
                Trouble::Key => {
                    fail(format!("{name} takes {}; this is: {}.", alg.wants(enc), key.title()), hint)
                }
            })?;
        let token =
            encrypted::write(&header, enc, &encrypted_key, &content, &plain, serialization(&draft.options)?)?;
        let read = encrypted::read(&token);
        let steps = read.steps(&token, &content, Some(&plain));
        Ok(Made { value: token, steps })
    }

    fn shown(&self, item: &Item, opened: &Opened) -> Options {
        let read = encrypted::read(&item.value);
        let mut options = Options::new();
        match read.form {
            Form::Compact => {}
            Form::Flattened => drop(options.insert(SERIALIZATION.into(), "flattened".into())),
            Form::General => drop(options.insert(SERIALIZATION.into(), "general".into())),
        }
        // The recipient that it was decrypted for, where there are several.
        let alg =
            opened.facts.iter().find(|fact| fact.from.as_deref() == Some(ALG)).map(|fact| fact.value.clone());
        let is_it = |recipient: &&Recipient| recipient.alg().map(|alg| FactValue::Text(alg.into())) == alg;
        let recipient = read.recipients.iter().find(is_it).or(read.recipients.first());
        let Some(Ok(mut header)) = recipient.map(|recipient| recipient.header.clone()) else {
            return options;
        };
        for name in [ALG, ENC] {
            options.extend(header.shift_remove(name).map(|value| (name.to_owned(), value)));
        }
        // What is made anew for each token.
        header.retain(|name, _| !["epk", "iv", "tag", "p2s"].contains(&name.as_str()));
        if !header.is_empty() {
            options.insert(PROTECTED_HEADER.into(), Value::Object(header));
        }
        options
    }

    fn is_slow(&self, item: &Item, _options: &Options) -> bool {
        encrypted::read(&item.value).recipients.iter().any(|recipient| {
            let header = recipient.header.as_ref().ok();
            let alg =
                header.and_then(|header| key_management::by_name(jws::alg(header, Span::default()).ok()?));
            alg.zip(header).is_some_and(|(alg, header)| alg.is_slow(header))
        })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Node, jose",
            "javascript",
            r#"import { EncryptJWT, jwtDecrypt } from "jose"

const key = KEY_BYTES
const token = await new EncryptJWT({ sub: "user-7" })
?!protected_header:   .setProtectedHeader({ alg: "OPTION_alg", enc: "OPTION_enc" })
?protected_header:   .setProtectedHeader({ alg: "OPTION_alg", enc: "OPTION_enc", ...OPTION_protected_header })
  .setExpirationTime("1h")
  .encrypt(key)
res.cookie("NAME", token, { httpOnly: true, secure: true, sameSite: "lax" })

const options = { keyManagementAlgorithms: ["OPTION_alg"], contentEncryptionAlgorithms: ["OPTION_enc"] }
?alg=PBES2-HS256+A128KW|PBES2-HS384+A192KW|PBES2-HS512+A256KW: options.maxPBES2Count = 600_000 // 10_000 without
const { payload } = await jwtDecrypt(req.cookies["NAME"], key, options)"#,
        )]
    }
}

/// What came of decrypting.
struct Checked {
    verdict: Verdict,
    used: Option<usize>,
    /// Which of the recipients it was decrypted for.
    recipient: Option<usize>,
    content: Option<Secret>,
    plain: Option<Vec<u8>>,
}

impl Checked {
    const fn no(verdict: Verdict) -> Self {
        Self { verdict, used: None, recipient: None, content: None, plain: None }
    }
}

/// Decrypts for the first recipient whose key was given; else what is said of the first.
fn decrypt(read: &Encrypted, ask: &Ask, given: &Given) -> Result<Checked, Refusal> {
    let share = Share::of(if ask.patient { MAX_PATIENT_WORK } else { MAX_WORK });
    let mut first = None;
    let mut looked_at = 0;
    for (index, recipient) in read.recipients.iter().enumerate() {
        looked_at += 1;
        let checked = decrypt_for(read, recipient, ask, given, share)
            .map(|checked| Checked { recipient: Some(index), ..checked });
        if checked.as_ref().is_ok_and(|checked| checked.used.is_some()) {
            return checked;
        }
        first.get_or_insert(checked);
        if share.is_used_up() {
            break;
        }
    }
    let bounded = signed::bounded(looked_at, read.recipients.len() + read.left_out, "recipients");
    if let Some(Ok(Checked { verdict: Verdict::Invalid { message, .. }, .. })) = &mut first {
        *message += &bounded;
    }
    match first {
        Some(Err(refusal)) if refusal.why == Why::WrongAlgorithm && read.recipients.len() > 1 => {
            let has_rsa = given.keys.iter().any(|key| matches!(key.jwk.key, Key::Rsa(_)));
            if refusal.message == key_management::REFUSED.1 && has_rsa {
                return Err(refusal);
            }
            let algs: Vec<_> = read.recipients.iter().filter_map(Recipient::alg).map(short).collect();
            let message = format!(
                "It was made for others: no key that was given is one of {}.{bounded}",
                algs.join(", ")
            );
            Err(Refusal::new(Why::BadSignature, message, Some(read.header_at)))
        }
        Some(checked) => checked,
        None => Err(Refusal::new(Why::Malformed, "It has no recipients.", None)),
    }
}

/// RFC 7516 section 5.2.
fn decrypt_for(
    read: &Encrypted,
    recipient: &Recipient,
    ask: &Ask,
    given: &Given,
    share: Share,
) -> Result<Checked, Refusal> {
    let at = read.header_at;
    let header = recipient.header.as_ref().map_err(Clone::clone)?;
    let name = jws::alg(header, at)?;
    let wrong = |message: String| Refusal::new(Why::WrongAlgorithm, message, Some(at));
    if name == key_management::REFUSED.0 {
        return Err(wrong(key_management::REFUSED.1.into()));
    }
    let alg = key_management::by_name(name).ok_or_else(|| {
        let name = short(name);
        wrong(format!("`alg` is {name}, which is no key management of RFC 7518. Names are case-sensitive."))
    })?;
    let enc = encrypted::enc(header, at)?;
    check::allowed(&ask.options, KEY_ALGORITHMS, ALG, name, at)?;
    check::allowed(&ask.options, ENC_ALGORITHMS, ENC, enc.name(), at)?;
    if !recipient.crit_is_protected {
        return Err(Refusal::new(Why::Malformed, "`crit` stands in an unprotected header.", Some(at)));
    }
    jws::check_crit(header, at, |_| false)?;
    if header.contains_key("b64") && header.contains_key("crit") {
        return Err(Refusal::new(Why::Malformed, "`b64` is for signed tokens (RFC 7797).", Some(at)));
    }
    let parts = read.parts(enc)?;
    let encrypted_key = recipient.encrypted_key.as_ref().map_err(Clone::clone)?;
    if given.keys.is_empty() {
        let missing = given
            .trouble
            .clone()
            .unwrap_or_else(|| format!("Give the key to decrypt it: {}.", alg.wants(enc)));
        return Ok(Checked::no(Verdict::Unchecked { missing }));
    }
    let fitting =
        check::fitting(given, name, &alg.wants(enc), header, Use::Decrypt, at, |key| alg.takes(key))?;
    let mut tried = 0;
    for index in fitting.iter().copied() {
        let Some(key) = given.keys.get(index).filter(|_| !share.is_used_up()) else { break };
        tried += 1;
        let content = match alg.unwrap(name, header, encrypted_key, &key.jwk.key, enc, ask.patient) {
            Ok(content) => content,
            Err(Trouble::Parameter(message)) => return Err(Refusal::new(Why::Malformed, message, Some(at))),
            Err(Trouble::Slow(missing)) => return Ok(Checked::no(Verdict::Unchecked { missing })),
            Err(Trouble::Key) => continue,
        };
        let Some(plain) = enc.open(content.bytes(), &parts.iv, &read.aad, &parts.ciphertext, &parts.tag)
        else {
            continue;
        };
        let plain = match header.get("zip").and_then(Value::as_str) {
            None => plain,
            Some(_) => encrypted::inflated(&plain)
                .map_err(|message| Refusal::new(Why::Malformed, message, Some(at)))?,
        };
        let verdict = check::valid(given, index, Use::Decrypt);
        return Ok(Checked {
            used: Some(index),
            content: Some(content),
            plain: Some(plain),
            ..Checked::no(verdict)
        });
    }
    let message = if tried < fitting.len() {
        format!(
            "It cannot be decrypted with the first {tried} of the {} keys; to try all of them would take too long. Give \
             only those that it may be for.",
            fitting.len()
        )
    } else {
        failure(alg, enc, given)
    };
    Ok(Checked::no(Verdict::Invalid { why: Why::BadSignature, message, at: None }))
}

fn failure(alg: KeyAlg, enc: Enc, given: &Given) -> String {
    let sizes: Vec<usize> = given
        .keys
        .iter()
        .filter_map(|key| match &key.jwk.key {
            Key::Oct(secret) => Some(secret.len()),
            _ => None,
        })
        .collect();
    if let (Some(wanted), Some(found)) = (alg.key_size(enc), sizes.first())
        && !sizes.contains(&wanted)
    {
        return format!("The key has {found} bytes, as it is read now; it must have {wanted}.");
    }
    let public = given.keys.iter().all(|key| !key.jwk.key.is_secret());
    if public {
        return "This is a public key: it encrypts, and only the private key of the pair decrypts.".into();
    }
    "It cannot be decrypted with this key. The token was changed after it was made, or it was made for another key.".into()
}

fn settle(checked: Result<Checked, Refusal>, checks: &[crate::protocol::Check]) -> Verdict {
    match checked {
        Ok(Checked { verdict: Verdict::Valid { secret, encoding, mut but }, .. }) => {
            but.splice(0..0, expect::caveats(checks));
            Verdict::Valid { secret, encoding, but }
        }
        Ok(checked) => checked.verdict,
        Err(refusal) => refusal.into(),
    }
}

/// The algorithms, and the times among the claims.
fn facts(header: Option<&Header>, claims: Option<&claims::Claims>, now: Option<i64>) -> Vec<Fact> {
    let named = [("Key management", ALG), ("Content encryption", ENC)].into_iter();
    let algorithms = named.filter_map(|(term, member)| {
        let name = header?.get(member)?.as_str()?;
        Some(opened::text_fact(term, Some(member), name))
    });
    let times = claims.map(|claims| claims::facts(claims, now)).unwrap_or_default();
    algorithms.chain(times).collect()
}

fn title(header: Option<&Header>) -> String {
    let member = |name| header.and_then(|header| header.get(name)).and_then(Value::as_str);
    match (member(ALG), member(ENC)) {
        (Some(alg), Some(enc)) => format!("JWE, {} with {}", short(alg), short(enc)),
        _ => "JWE".into(),
    }
}

fn serialization(options: &Options) -> Result<&'static str, SignError> {
    options::choice(options, SERIALIZATION, [COMPACT, "flattened", "general"])
}

/// The header to write, and its algorithms.
fn header_to_make(options: &Options) -> Result<(Header, String, KeyAlg, Enc), SignError> {
    let more = options::object(options, PROTECTED_HEADER)?.cloned().unwrap_or_default();
    let word = |name: &str, usual: &str| {
        let written = more.get(name).and_then(Value::as_str);
        options.get(name).and_then(Value::as_str).or(written).unwrap_or(usual).to_owned()
    };
    let (name, enc_name) = (word(ALG, "dir"), word(ENC, "A256GCM"));
    let alg = key_management::by_name(&name).ok_or_else(|| {
        let why = if name == key_management::REFUSED.0 {
            key_management::REFUSED.1
        } else {
            "It is no key management of RFC 7518."
        };
        options::bad_option(ALG, why, "Choose one from the list.")
    })?;
    let enc = Enc::by_name(&enc_name).ok_or_else(|| {
        options::bad_option(ENC, "It is no content encryption of RFC 7518.", "Choose one from the list.")
    })?;
    let mut header =
        Header::from_iter([(ALG.to_owned(), name.clone().into()), (ENC.to_owned(), enc_name.into())]);
    header.extend(more.into_iter().filter(|(member, _)| member != ALG && member != ENC));
    if header.get("zip").is_some_and(|zip| zip != "DEF") {
        return Err(header_error("`zip` can only be DEF.".into()));
    }
    Ok((header, name, alg, enc))
}

fn header_error(message: String) -> SignError {
    SignError {
        field: Field::Option(PROTECTED_HEADER.into()),
        message,
        hint: "Write a JSON object.".into(),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_offered() {
        assert_eq!(ALGORITHM_NAMES, key_management::ALL.map(|(name, _)| Words::from(name)));
        assert_eq!(ENC_NAMES, Enc::ALL.map(|enc| Words::from(enc.name())));
    }
}
