//! Koa and cookie-session: keygrip, which puts the signature in a second cookie.
//!
//! The cookie NAME holds the value, NAME.sig the tag: HMAC, with SHA-1 if nothing else is set, over `NAME=VALUE` as it
//! stands in the header. The tag is written in Base64 or another encoding, then `/` becomes `_`, `+` becomes `-` and `=` is
//! left out. Tags are compared as text. cookie-session's value is the Base64 of the session's JSON, as koa-session's is;
//! Koa's `ctx.cookies.set` writes a text as it is. A value in double quotes loses them before it is verified. Sources:
//! `index.js` of the npm packages keygrip, cookies and cookie-session.

use std::borrow::Cow;

use subtle::ConstantTimeEq;

use super::kit::age;
use super::kit::base64::{BASE64_PADDED, BASE64URL};
use super::kit::cookie_signature::{NODE_DIGESTS, algorithm, atob, other_digest};
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::making::{bad_payload, signed_name};
use super::kit::opened::bare;
use super::kit::options::bad_option;
use super::kit::verdict::{nameless, unusable, wrong_option};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::{self, javascript};
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Opened, Options, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Keygrip;

static ABOUT: About = About {
    id: Cow::Borrowed("keygrip"),
    title: Cow::Borrowed("Keygrip-signed cookie"),
    framework: Cow::Borrowed("Koa, cookie-session"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[
        Cow::Borrowed("session"),
        Cow::Borrowed("koa.sess"),
        Cow::Borrowed("koa:sess"),
        Cow::Borrowed("express:sess"),
    ]),
    docs: Cow::Borrowed("https://github.com/crypto-utils/keygrip"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("NAME.sig = base64url(HMAC-SHA1(key, NAME=VALUE))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed("sig_value"),
            kind: OptionKind::Text,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "The value of the cookie NAME.sig, which goes with this one and holds its signature.",
            ),
            when_making: false,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("algorithm"),
            kind: OptionKind::Choice(Cow::Borrowed(NODE_DIGESTS)),
            default: Cow::Borrowed("sha1"),
            help: Cow::Borrowed("The hash function of the HMAC, by Node's name for it."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed("encoding"),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("base64"), Cow::Borrowed("hex")])),
            default: Cow::Borrowed("base64"),
            help: Cow::Borrowed("How the tag is written."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

/// Cookie names under which a session stands as JSON in Base64.
const SESSIONS: [&str; 4] = ["session", "koa.sess", "koa:sess", "express:sess"];

/// How a tag is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Base64,
    Hex,
}

impl Encoding {
    fn of(options: &Options) -> Result<Self, SignError> {
        match options.get("encoding").map(|chosen| chosen.as_str().unwrap_or_default()) {
            None | Some("base64" | "base64url") => Ok(Self::Base64),
            Some("hex") => Ok(Self::Hex),
            Some(_) => {
                let message = "This is not an encoding of tags that Keyjar knows.";
                Err(bad_option("encoding", message, "Choose base64 or hex."))
            }
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64url",
            Self::Hex => "hex",
        }
    }

    fn write(self, tag: &[u8]) -> String {
        match self {
            Self::Base64 => BASE64URL.encode(tag),
            Self::Hex => hex::encode(tag),
        }
    }

    fn read(self, sig: &str) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => BASE64URL.decode(sig.trim_end_matches('=')).ok(),
            Self::Hex => hex::decode(sig).ok(),
        }
    }
}

impl Scheme for Keygrip {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if item.companion.is_some() {
            let reason = "A cookie of the same name with `.sig` behind it stands beside it.".to_owned();
            let scheme = ABOUT.id.to_string();
            return Some(Candidate { scheme, likelihood: 95, reasons: vec![reason], percent_decoded: false });
        }
        let session = BASE64_PADDED.decode_canonical(&item.value).and_then(|_| session_of(&item.value))?;
        let name = item.name.as_deref()?;
        let named = Some(name).filter(|name| SESSIONS.contains(name));
        let mut reasons =
            vec!["It is a JSON object in Base64, as cookie-session writes a session.".to_owned()];
        reasons.extend(named.map(|name| format!("The name `{name}` is usual for it.")));
        let likelihood = if named.is_some() { 65 } else { 18 };
        (session.starts_with('{')).then(|| Candidate {
            scheme: ABOUT.id.to_string(),
            likelihood,
            reasons,
            percent_decoded: false,
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (digest, encoding) = match set(&ask.options) {
            Ok(set) => set,
            Err(error) => return bare(&ABOUT, unusable(&error)),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let given = ask.options.get("sig_value").and_then(|sig| sig.as_str()).filter(|sig| !sig.is_empty());
        let sig = given.or(item.companion.as_deref());
        let span = unquoted(&item.value);
        let value = span.of(&item.value);
        let payload = payload_of(value);
        let message = item.name.as_deref().map(|name| format!("{name}={value}"));
        let mut opened = bare(&ABOUT, nameless());
        opened.segments =
            vec![Segment { name: "Value".into(), role: Role::Payload, span, decoded: Some(payload.clone()) }];
        if let Some(message) = message {
            opened.verdict = verdict(ask, &keys, digest, encoding, &message, sig);
            opened.findings = mac::remarks(&opened.verdict, &keys, digest);
            opened.steps = steps(&payload, value, &message, digest, encoding, &keys);
            opened.signature = sig.map(|sig| SignaturePair {
                found: sig.to_owned(),
                expected: keys
                    .first()
                    .map(|key| encoding.write(&digest.tag(key.bytes(), message.as_bytes()))),
            });
        }
        if let Some(end) = end_of(&payload) {
            age::note(&mut opened, "_expire", end, ask.now);
        }
        opened.payload = Some(payload);
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let (digest, encoding) = set(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        keys.signing()?;
        let name = signed_name(&draft.cookie.name)?;
        let (payload, value) = match draft.payload.form {
            PayloadForm::Json => {
                let json = javascript::typed(&draft.payload.text)?;
                let value = BASE64_PADDED.encode(json.as_bytes());
                (Payload::Json(json), value)
            }
            _ => {
                let text = String::from_utf8_lossy(&payload::draft::bytes(&draft.payload)?).into_owned();
                check(&text)?;
                (Payload::Text(text.clone()), text)
            }
        };
        let message = format!("{name}={value}");
        let steps = steps(&payload, &value, &message, digest, encoding, &keys);
        Ok(Made { value, steps })
    }

    fn companion(&self, draft: &Draft, value: &str) -> Option<(&'static str, String)> {
        let (digest, encoding) = set(&draft.options).ok()?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let message = format!("{}={value}", draft.cookie.name);
        Some((".sig", encoding.write(&digest.tag(keys.signing().ok()?.bytes(), message.as_bytes()))))
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "Express, cookie-session",
                "javascript",
                r#"import express from "express"
import cookieSession from "cookie-session"
import Keygrip from "keygrip"

const keys = new Keygrip([process.env.SECRET_ENV], "OPTION_algorithm", "OPTION_encoding")
const app = express()
app.use(cookieSession({ name: "NAME", keys, httpOnly: true, sameSite: "lax" }))

app.get("/", (req, res) => {
  req.session.user_id ??= 7 // the signature goes into a cookie of its own, NAME.sig
  res.json(req.session)
})"#,
            ),
            super::Snippet::new(
                "Koa",
                "javascript",
                r#"import Koa from "koa"
import Keygrip from "keygrip"

const app = new Koa()
app.keys = new Keygrip([process.env.SECRET_ENV], "OPTION_algorithm", "OPTION_encoding")

app.use((ctx) => {
  const before = ctx.cookies.get("NAME", { signed: true }) // undefined if the signature is not right
  ctx.cookies.set("NAME", "user-7", { signed: true, httpOnly: true, sameSite: "lax" })
  ctx.body = { before }
})"#,
            ),
        ]
    }
}

fn set(options: &Options) -> Result<(Digest, Encoding), SignError> {
    Ok((algorithm(options, Digest::Sha1)?, Encoding::of(options)?))
}

/// The value without the quotes that the package cookies takes off: the first character and the last, if the first is one.
fn unquoted(value: &str) -> Span {
    let inner =
        value.strip_prefix('"').map(|rest| rest.char_indices().next_back().map_or(0, |(last, _)| last));
    inner.map_or(Span::new(0, value.len()), |length| Span::new(1, 1 + length))
}

/// What a session's value decodes to.
fn session_of(value: &str) -> Option<String> {
    let json = String::from_utf8(atob(value).ok()?).ok()?;
    payload::is_json(&json).then_some(json)
}

fn payload_of(value: &str) -> Payload {
    match session_of(value) {
        Some(json) if json.starts_with('{') => Payload::Json(json),
        _ => Payload::Text(value.to_owned()),
    }
}

/// The second in which the session ends, as koa-session writes it.
fn end_of(payload: &Payload) -> Option<i64> {
    let Payload::Json(json) = payload else { return None };
    let members = javascript::members(json)?;
    let (_, end) = members.iter().find(|(name, _)| name == "\"_expire\"")?;
    Some(end.parse::<i64>().ok()?.div_euclid(1000))
}

fn check(text: &str) -> Result<(), SignError> {
    let fits = |c: char| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}') && c != ';';
    if let Some(odd) = text.chars().find(|c| !fits(*c)) {
        let message = format!("{odd:?} cannot stand in a cookie of Koa.");
        return Err(bad_payload(message, "Encode the text first, with encodeURIComponent for instance."));
    }
    if text.starts_with('"') {
        let message = "A value in quotes is signed with them and read without, so it never verifies.";
        return Err(bad_payload(message, "Leave the quotes out."));
    }
    Ok(())
}

fn verdict(
    ask: &Ask,
    keys: &Keys,
    digest: Digest,
    encoding: Encoding,
    message: &str,
    sig: Option<&str>,
) -> Verdict {
    let Some(sig) = sig else {
        let missing = "The signature stands in a second cookie, of the same name with `.sig` behind it: paste both, or set \
                       its value as the option `sig_value`."
            .into();
        return Verdict::Unchecked { missing };
    };
    if let Some(odd) = sig.chars().find(|c| !c.is_ascii_alphanumeric() && !"+/-_=".contains(*c)) {
        let message = format!("The signature is neither Base64url nor hex: it holds {odd:?}.");
        return Verdict::Invalid { why: Why::Malformed, message, at: None };
    }
    let right = keys.find(|key| {
        let expected = encoding.write(&digest.tag(key.bytes(), message.as_bytes()));
        bool::from(expected.as_bytes().ct_eq(sig.as_bytes())).then_some(())
    });
    let verdict = mac::judge(ask, keys, right.map(|(key, ())| key));
    match verdict {
        Verdict::Invalid { .. } => explained(keys, digest, encoding, message, sig).unwrap_or(verdict),
        _ => verdict,
    }
}

/// Why the signature does not match, where its form tells: another encoding, or another hash function.
fn explained(keys: &Keys, digest: Digest, encoding: Encoding, message: &str, sig: &str) -> Option<Verdict> {
    let is_hex = Encoding::Hex.read(sig).is_some_and(|tag| tag.len() >= Digest::Md5.size());
    if is_hex != (encoding == Encoding::Hex) {
        let (found, set) = if is_hex { ("hex", "base64") } else { ("Base64url", "hex") };
        let message = format!("The signature is written in {found}; the option `encoding` is {set}.");
        return Some(wrong_option(message));
    }
    other_digest(digest, encoding.read(sig)?.len(), |other| {
        let right = |key: &crate::secret::Secret| {
            encoding.read(sig).filter(|tag| other.verifies(key.bytes(), message.as_bytes(), tag))
        };
        keys.find(right).is_some()
    })
}

fn steps(
    payload: &Payload,
    value: &str,
    message: &str,
    digest: Digest,
    encoding: Encoding,
    keys: &Keys,
) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Payload::Json(json) = payload {
        steps.push(Step::new("JSON", "JSON.stringify(session)", Excerpt::text(json), None));
    }
    let formula = if steps.is_empty() { "" } else { "base64(JSON)" };
    steps.push(Step::new("Value", formula, Excerpt::text(value), Some(Role::Payload)));
    steps.push(Step::new("Signing input", "NAME=value", Excerpt::text(message), None));
    let encode = |tag: &[u8]| encoding.write(tag);
    steps.extend(keys.steps(digest, "signing input", message.as_bytes(), encode, encoding.name()));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretText;

    fn open(name: Option<&str>, value: &str, options: &[(&str, &str)]) -> Opened {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let secrets = vec![SecretText::new("keyboard cat", None)];
        Keygrip.open(&Item::bare(name, value), &Ask { secrets, options, ..Ask::default() })
    }

    #[test]
    fn without_its_companion_or_its_name_it_is_not_judged() {
        let opened = open(Some("session"), "eyJ1c2VyX2lkIjo3fQ==", &[]);
        assert!(matches!(opened.verdict, Verdict::Unchecked { missing } if missing.contains(".sig")));
        assert_eq!(opened.payload, Some(Payload::Json("{\"user_id\":7}".into())));
        let opened = open(None, "hello", &[("sig_value", "sV2WJckhumME6V4CPi5uB0rw-c8")]);
        assert!(matches!(opened.verdict, Verdict::Unchecked { missing } if missing.contains("NAME=VALUE")));
        let opened = open(Some("koa.user"), "hello", &[("sig_value", "sV2WJckhumME6V4CPi5uB0rw-c8")]);
        assert!(matches!(opened.verdict, Verdict::Valid { .. }));
    }

    #[test]
    fn the_signature_is_found_beside_the_cookie() {
        let mut item = Item::bare(Some("koa.user"), "hello");
        item.companion = Some("sV2WJckhumME6V4CPi5uB0rw-c8".into());
        assert!(Keygrip.detect(&item).is_some());
        let secret = crate::secret::SecretText::new("another secret", None);
        let opened = Keygrip.open(&item, &Ask { secrets: vec![secret], ..Ask::default() });
        assert!(matches!(opened.verdict, Verdict::Invalid { .. }), "it is checked");
    }

    #[test]
    fn quotes_are_taken_off_as_they_come() {
        for (value, inner) in [("a", "a"), ("\"a\"", "a"), ("\"aé", "a"), ("\"", ""), ("", "")] {
            assert_eq!(unquoted(value).of(value), inner);
        }
    }
}
