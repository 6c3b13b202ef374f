//! hapi: cookies of `server.state` with the option `sign`.
//!
//! V + `.` + SALT + `*` + T. V is the value as `encoding` writes it; in `base64` and `base64json` every character is one
//! Latin-1 byte. T is the Base64url of HMAC-SHA256 over `hapi.signed.cookie.1`, the cookie's name and V, with line ends
//! between them. The key is PBKDF2-HMAC-SHA1 of the password with the SALT's text, once if nothing else is set; a password
//! of bytes is the key itself. Tags are compared as text. Sources: `lib/index.js` of the npm packages @hapi/statehood and
//! @hapi/iron.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, utf8_percent_encode};
use subtle::ConstantTimeEq;

use super::kit::base64::{BASE64_PADDED, BASE64URL};
use super::kit::cookie_signature::atob;
use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::making::{bad_payload, signed_name};
use super::kit::opened::bare;
use super::kit::options::bad_option;
use super::kit::random;
use super::kit::verdict::{malformed, nameless, unusable};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::limits::MAX_ITERATIONS;
use crate::payload::{self, javascript};
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadDraft, PayloadForm, Role,
    Segment, SignError, SignaturePair, Step, Verdict,
};
use crate::secret::{Secret, SecretEncoding};
use crate::sign::URI_COMPONENT;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct HapiSignedCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("hapi-signed-cookie"),
    title: Cow::Borrowed("hapi signed cookie"),
    framework: Cow::Borrowed("hapi"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("session")]),
    docs: Cow::Borrowed("https://hapi.dev/tutorials/cookies"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("V . SALT * base64url(HMAC-SHA256(PBKDF2(password, SALT), prefix name V))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("encoding"),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("base64json"),
                Cow::Borrowed("base64"),
                Cow::Borrowed("form"),
            ])),
            default: Cow::Borrowed("base64json"),
            help: Cow::Borrowed("How the value is written."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("iterations"),
            kind: OptionKind::Number,
            default: Cow::Borrowed("1"),
            help: Cow::Borrowed("Iterations of PBKDF2 (sign.integrity.iterations)."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

/// The first line of what is signed: the version of the construction.
const PREFIX: &str = "hapi.signed.cookie.1";
const DIGEST: Digest = Digest::Sha256;
const MIN_PASSWORD: usize = 32;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Base64Json,
    Base64,
    Form,
}

/// What is set.
struct Set {
    encoding: Encoding,
    iterations: u32,
}

impl Set {
    fn of(options: &Options) -> Result<Self, SignError> {
        let encoding = match options.get("encoding").map(|chosen| chosen.as_str().unwrap_or_default()) {
            None | Some("base64json") => Encoding::Base64Json,
            Some("base64") => Encoding::Base64,
            Some("form") => Encoding::Form,
            Some(_) => {
                let message =
                    "This is not an encoding under which hapi checks a signature and Keyjar reads the value.";
                return Err(bad_option("encoding", message, "Choose base64json, base64 or form."));
            }
        };
        let iterations = match options.get("iterations") {
            None => Some(1),
            Some(set) => set.as_u64().and_then(|count| u32::try_from(count).ok()),
        };
        let iterations = iterations.filter(|count| (1..=MAX_ITERATIONS).contains(count));
        let iterations = iterations.ok_or_else(|| {
            bad_option("iterations", "This number of iterations cannot be run.", "hapi's default is 1.")
        })?;
        Ok(Self { encoding, iterations })
    }
}

/// A value cut as hapi cuts it.
struct Parts<'a> {
    value: &'a str,
    salt: &'a str,
    hmac: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self, Verdict> {
        let end = Span::new(text.len(), text.len());
        let (value, signature) = text
            .rsplit_once('.')
            .ok_or_else(|| malformed("There is no dot behind the value, and so no signature.", end))?;
        let behind = Span::new(value.len() + 1, text.len());
        match signature.split_once('*') {
            None => Err(malformed("There is no `*` between salt and HMAC behind the last dot.", behind)),
            Some((_, hmac)) if hmac.contains('*') => {
                Err(malformed("Behind the last dot stands more than one `*`.", behind))
            }
            Some((salt, hmac)) => Ok(Self { value, salt, hmac }),
        }
    }
}

impl Scheme for HapiSignedCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::of(&item.value).ok()?;
        let is_salt = matches!(parts.salt.len(), 0 | 64) && parts.salt.bytes().all(|b| b.is_ascii_hexdigit());
        let is_tag = BASE64URL.decode_canonical(parts.hmac)?.len() == DIGEST.size();
        (is_salt && is_tag).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood: 90,
            reasons: vec![
                "Behind the last dot stand a salt in hex, a `*` and 32 bytes in Base64url: hapi's signature."
                    .into(),
            ],
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let set = match Set::of(&ask.options) {
            Ok(set) => set,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let parts = match Parts::of(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return bare(&ABOUT, broken),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let payload = payload_of(parts.value, set.encoding);
        let mut opened = bare(&ABOUT, nameless());
        opened.segments = segments(&parts, payload.clone());
        if let Some(name) = &item.name {
            let message = message(name, parts.value);
            opened.verdict = verdict(ask, &keys, &set, &parts, &message);
            opened.findings = mac::remarks(&opened.verdict, &keys, DIGEST);
            let derived = keys.usable.first().and_then(|key| derive(key, parts.salt, set.iterations));
            opened.signature = Some(SignaturePair {
                found: parts.hmac.to_owned(),
                expected: derived.as_ref().map(|key| tag(key, &message)),
            });
            opened.steps = steps(parts.value, parts.salt, &message, &keys, derived.as_ref());
            if let (None, Verdict::Valid { .. }) = (&payload, &opened.verdict) {
                let at = Span::new(0, parts.value.len());
                opened.verdict =
                    malformed("The signature is right, but the value is not of the set encoding.", at);
            }
        }
        opened.payload = payload.or_else(|| Some(Payload::Text(parts.value.to_owned())));
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let set = Set::of(&draft.options)?;
        let name = signed_name(&draft.cookie.name)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let is_text = keys.usable.first().is_some_and(is_password);
        if is_short(keys.signing()?, is_text) {
            return Err(SignError {
                field: Field::Secret,
                message: format!("hapi refuses a password with fewer than {MIN_PASSWORD} characters."),
                hint: "Give a longer one, as Generate makes it.".into(),
                at: None,
            });
        }
        let value = value_of(&draft.payload, set.encoding)?;
        let message = message(name, &value);
        let salt = if is_text { hex::encode(random::bytes::<32>()?) } else { String::new() };
        let derived = keys.usable.first().and_then(|key| derive(key, &salt, set.iterations));
        let derived = derived.ok_or_else(|| bad_option("iterations", "No key can be derived.", "Try 1."))?;
        Ok(Made {
            value: format!("{value}.{salt}*{}", tag(&derived, &message)),
            steps: steps(&value, &salt, &message, &keys, Some(&derived)),
        })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "server.js",
            "javascript",
            r#"import Hapi from "@hapi/hapi"

const server = Hapi.server({ port: 3000 })
server.state("NAME", {
  encoding: "OPTION_encoding",
  path: "/", isHttpOnly: true, isSecure: true, isSameSite: "Lax",
  sign: {
    password: process.env.SECRET_ENV,
?iterations:     integrity: { algorithm: "sha256", saltBits: 256, iterations: OPTION_iterations, minPasswordlength: 32 },
  },
})
const handler = (request, h) => { // a wrong signature is answered with 400
?encoding!=base64:   return h.response({ before: request.state["NAME"] }).state("NAME", { user: 7 })
?encoding=base64:   return h.response({ before: request.state["NAME"] }).state("NAME", "user 7")
}
server.route({ method: "GET", path: "/", handler })"#,
        )]
    }
}

fn message(name: &str, value: &str) -> String {
    format!("{PREFIX}\n{name}\n{value}")
}

fn tag(key: &Secret, message: &str) -> String {
    BASE64URL.encode(&DIGEST.tag(key.bytes(), message.as_bytes()))
}

/// Whether the secret is a text, of which a key is derived; bytes are the key.
fn is_password(key: &Key) -> bool {
    key.encoding == SecretEncoding::Utf8
}

/// Whether Iron refuses the password: characters of a text, as JavaScript counts them, or bytes.
fn is_short(secret: &Secret, is_text: bool) -> bool {
    let text = std::str::from_utf8(secret.bytes()).ok().filter(|_| is_text);
    text.map_or(secret.len(), |text| text.encode_utf16().count()) < MIN_PASSWORD
}

/// Iron's key for the HMAC. A text needs a salt: without one, Iron draws one anew and nothing verifies.
fn derive(key: &Key, salt: &str, iterations: u32) -> Option<Secret> {
    if !is_password(key) {
        return Some(key.secret.clone());
    }
    let key = key.secret.bytes();
    (!salt.is_empty()).then(|| Digest::Sha1.pbkdf2(key, salt.as_bytes(), iterations, DIGEST.size()))?
}

fn verdict(ask: &Ask, keys: &Keys, set: &Set, parts: &Parts, message: &str) -> Verdict {
    let right = keys.usable.iter().find(|key| {
        derive(key, parts.salt, set.iterations)
            .is_some_and(|key| tag(&key, message).as_bytes().ct_eq(parts.hmac.as_bytes()).into())
    });
    mac::judge(ask, keys, right)
}

fn segments(parts: &Parts, payload: Option<Payload>) -> Vec<Segment> {
    let dot = parts.value.len();
    let star = dot + 1 + parts.salt.len();
    let segment = |name: &str, role, span, decoded| Segment { name: name.into(), role, span, decoded };
    vec![
        segment("Value", Role::Payload, Span::new(0, dot), payload),
        segment("Salt", Role::Meta, Span::new(dot + 1, star), None),
        segment("HMAC", Role::Signature, Span::new(star + 1, star + 1 + parts.hmac.len()), None),
    ]
}

/// What a program gets; `None` where the value is not of that encoding.
fn payload_of(value: &str, encoding: Encoding) -> Option<Payload> {
    let latin1 = || Some(atob(value).ok()?.into_iter().map(char::from).collect::<String>());
    match encoding {
        Encoding::Base64 => latin1().map(Payload::Text),
        Encoding::Base64Json => latin1().filter(|json| payload::is_json(json)).map(javascript::payload),
        Encoding::Form => Some(Payload::Json(form_to_json(value))),
    }
}

fn value_of(draft: &PayloadDraft, encoding: Encoding) -> Result<String, SignError> {
    let bytes = || payload::draft::bytes(draft);
    let json = match draft.form {
        PayloadForm::Json => javascript::typed(&draft.text)?,
        _ => javascript::quoted(&String::from_utf8_lossy(&bytes()?)),
    };
    match encoding {
        Encoding::Base64Json => latin1(&json),
        Encoding::Base64 => match javascript::payload(json) {
            Payload::Text(text) => latin1(&text),
            _ => Err(bad_payload("hapi writes only a text in base64.", "Give a text, or choose base64json.")),
        },
        Encoding::Form => json_to_form(&json),
    }
}

/// Base64 of one byte a character, as Node's encoding `binary` has it.
fn latin1(text: &str) -> Result<String, SignError> {
    let bytes = text.chars().map(|c| {
        u8::try_from(c).map_err(|_| {
            let message = format!("hapi writes one byte a character and would destroy {c:?}.");
            bad_payload(
                message,
                "Use characters up to U+00FF, or write others as \\u escapes in a text of your own.",
            )
        })
    });
    Ok(BASE64_PADDED.encode(&bytes.collect::<Result<Vec<u8>, _>>()?))
}

/// What Node's `querystring.parse` reads, as JSON: a name that comes again has a list of values.
fn form_to_json(form: &str) -> String {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        javascript::quoted(&percent_decode_str(&text).decode_utf8_lossy())
    };
    let mut members: Vec<(String, Vec<String>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for pair in form.split('&').filter(|pair| !pair.is_empty()).take(MAX_KEYS) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let place = *places.entry(name.clone()).or_insert(members.len());
        match members.get_mut(place) {
            Some((_, values)) => values.push(value),
            None => members.push((name, vec![value])),
        }
    }
    let members = members.into_iter().map(|(name, values)| match values.as_slice() {
        [value] => format!("{name}:{value}"),
        _ => format!("{name}:[{}]", values.join(",")),
    });
    let json = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
    javascript::stringify(&json).unwrap_or(json)
}

/// Pairs that `querystring.parse` reads.
const MAX_KEYS: usize = 1000;

/// What Node's `querystring.stringify` writes of an object's members: texts, numbers, true and false, and lists of these.
fn json_to_form(json: &str) -> Result<String, SignError> {
    let members = javascript::members(json)
        .ok_or_else(|| bad_payload("hapi writes only an object as a form.", "Give an object in JSON."))?;
    let encoded = |json: &str| {
        let text = match javascript::payload(json.to_owned()) {
            Payload::Text(text) => text,
            _ if json == "null" || json.starts_with(['{', '[']) => String::new(),
            _ => json.to_owned(),
        };
        utf8_percent_encode(&text, URI_COMPONENT).to_string()
    };
    let mut pairs = Vec::new();
    for (name, value) in members {
        let name = encoded(&name);
        let list: Option<Vec<serde_json::Value>> = serde_json::from_str(&value).ok();
        match list {
            Some(values) => {
                pairs.extend(values.iter().map(|one| format!("{name}={}", encoded(&one.to_string()))))
            }
            None => pairs.push(format!("{name}={}", encoded(&value))),
        }
    }
    Ok(pairs.join("&"))
}

fn steps(value: &str, salt: &str, message: &str, keys: &Keys, derived: Option<&Secret>) -> Vec<Step> {
    let mut steps = vec![
        Step::new("Value", "", Excerpt::text(value), Some(Role::Payload)),
        Step::new("Salt", "hex(32 random bytes)", Excerpt::text(salt), Some(Role::Meta)),
        Step::new("Signing input", "prefix, name, value: a line each", Excerpt::text(message), None),
    ];
    if let Some(key) = derived {
        let hmac = DIGEST.tag(key.bytes(), message.as_bytes());
        steps.extend(keys.step("Password"));
        if keys.usable.first().is_some_and(is_password) {
            let formula = "PBKDF2-HMAC-SHA1(password, salt)";
            steps.push(Step::new("Key", formula, Excerpt::key(key.bytes()), None));
        }
        steps.push(Step::new("Tag", "HMAC-SHA256(key, signing input)", Excerpt::hex(&hmac), None));
        let text = BASE64URL.encode(&hmac);
        steps.push(Step::new("HMAC", "base64url(tag)", Excerpt::text(&text), Some(Role::Signature)));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::CookieDraft;
    use crate::secret::SecretText;

    #[test]
    fn forms_are_read_and_written_as_node_does() {
        assert_eq!(form_to_json("a=1&b=x+y%20z&a=2&c&=e"), r#"{"a":["1","2"],"b":"x y z","c":"","":"e"}"#);
        assert_eq!(form_to_json("%zz=%C3%A9%"), r#"{"%zz":"é%"}"#);
        let form =
            json_to_form(r#"{"a":[1,"é b",null],"b":true,"c":{},"d":"!*'()","n":1e+21}"#).expect("an object");
        assert_eq!(form, "a=1&a=%C3%A9%20b&a=&b=true&c=&d=!*'()&n=1e%2B21");
        assert!(json_to_form("[]").is_err());
    }

    #[test]
    fn only_characters_of_one_byte_can_be_written() {
        assert_eq!(latin1("ÿ").ok().as_deref(), Some("/w=="));
        assert!(latin1("Ā").is_err());
    }

    #[test]
    fn each_encoding_opens_what_it_made() {
        let password = "a password of thirty-two characters";
        for (encoding, text) in [("base64json", "{\"n\":1}"), ("base64", "\"é\""), ("form", "{\"n\":\"1\"}")]
        {
            for (secret, read) in [(password, None), (&"ab".repeat(32), Some(SecretEncoding::Hex))] {
                let options =
                    Options::from([("encoding".into(), encoding.into()), ("iterations".into(), 2.into())]);
                let secrets = vec![SecretText::new(secret, read)];
                let draft = Draft {
                    scheme: ABOUT.id.to_string(),
                    payload: PayloadDraft { form: PayloadForm::Json, text: text.into() },
                    secrets: secrets.clone(),
                    options: options.clone(),
                    cookie: CookieDraft { name: "data".into(), ..CookieDraft::default() },
                    now: None,
                    patient: false,
                };
                let value = HapiSignedCookie.make(&draft).expect("can be made").value;
                let item = Item::bare(Some("data"), &value);
                assert!(HapiSignedCookie.detect(&item).is_some(), "{value}");
                let opened = HapiSignedCookie.open(&item, &Ask { secrets, options, ..Ask::default() });
                assert!(matches!(opened.verdict, Verdict::Valid { .. }), "{value}: {:?}", opened.verdict);
                let payload = opened.payload.expect("is shown");
                assert!(payload == Payload::Json(text.into()) || payload == Payload::Text("é".into()));
            }
        }
    }
}
