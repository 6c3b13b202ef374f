//! Tornado: `set_signed_cookie` (formerly `set_secure_cookie`), versions 1 and 2.
//!
//! Version 2, the default since Tornado 3.2.1, is `2|key version|time|name|value|tag`, each field but the first and the
//! last written as its length in bytes, `:`, and itself; the value is Base64. The tag is the hex of HMAC-SHA256 over all
//! that stands before it. Version 1 is `value|time|tag` with HMAC-SHA1 over name, value and time, joined with nothing
//! between, so that their borders are not signed. `cookie_secret` may be a map of version to secret. Source:
//! `tornado/web.py`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Key, Keys};
use super::kit::opened::{self, segment};
use super::kit::options;
use super::kit::verdict::{self, malformed};
use super::kit::{age, python_base64};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Caveat, Draft, Excerpt, Opened, Options, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding, SecretText};
use crate::span::Span;

/// Version 1 of the format.
#[derive(Debug)]
pub struct TornadoV1;

/// Version 2 of the format.
#[derive(Debug)]
pub struct TornadoV2;

static ABOUT_1: About = About {
    id: Cow::Borrowed("tornado-v1"),
    title: Cow::Borrowed("Tornado signed cookie, version 1"),
    framework: Cow::Borrowed("Tornado"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed(DOCS),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(value) | time | hex(HMAC-SHA1(cookie_secret, name + base64(value) + time))"),
    percent_encoded: false,
    payload_forms: FORMS,
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[
        MAX_AGE_OPTION,
        OptionSpec {
            name: Cow::Borrowed(MIN_VERSION),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("1"), Cow::Borrowed("2")])),
            default: Cow::Borrowed("1"),
            help: Cow::Borrowed("The oldest version that the server reads."),
            when_making: false,
            when_opening: true,
        },
    ]),
};

static ABOUT_2: About = About {
    id: Cow::Borrowed("tornado-v2"),
    title: Cow::Borrowed("Tornado signed cookie"),
    framework: Cow::Borrowed("Tornado"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed(DOCS),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "2 | key version | time | name | base64(value) | hex(HMAC-SHA256(cookie_secret, all before))",
    ),
    percent_encoded: false,
    payload_forms: FORMS,
    example: Cow::Borrowed("user 7"),
    options: Cow::Borrowed(&[
        MAX_AGE_OPTION,
        OptionSpec {
            name: Cow::Borrowed(COOKIE_SECRET),
            kind: OptionKind::Secret,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "Secrets by key version, where there are several: `{\"1\": \"…\", \"2\": \"…\"}`.",
            ),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(KEY_VERSION),
            kind: OptionKind::Number,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("Which of the secrets in `cookie_secret` signs."),
            when_making: true,
            when_opening: false,
        },
    ]),
};

const DOCS: &str =
    "https://www.tornadoweb.org/en/stable/web.html#tornado.web.RequestHandler.set_signed_cookie";
const FORMS: Cow<'static, [PayloadForm]> =
    Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json, PayloadForm::Hex]);
const MAX_AGE: &str = "max_age_days";
const MIN_VERSION: &str = "min_version";
const COOKIE_SECRET: &str = "cookie_secret";
const KEY_VERSION: &str = "key_version";
/// The version of a key that is the only one.
const FIRST_KEY: &str = "0";
const MAX_AGE_OPTION: OptionSpec = OptionSpec {
    name: Cow::Borrowed(MAX_AGE),
    kind: OptionKind::Number,
    default: Cow::Borrowed("31"),
    help: Cow::Borrowed("Days that a cookie may be old."),
    when_making: false,
    when_opening: true,
};
const DAY: f64 = 86_400.0;
const DEFAULT_DAYS: f64 = 31.0;

fn max_age(options: &Options) -> Result<Option<f64>, SignError> {
    let days = options::seconds(options, MAX_AGE, Some(DEFAULT_DAYS))?.unwrap_or(DEFAULT_DAYS);
    Ok(Some(days * DAY))
}

/// A field of a value and where it stands.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    span: Span,
}

/// What both versions have.
struct Parts<'a> {
    /// Only version 2 has one.
    key_version: Option<Part<'a>>,
    time: Part<'a>,
    /// Only version 2 has one.
    name: Option<Part<'a>>,
    value: Part<'a>,
    tag: Part<'a>,
}

impl<'a> Parts<'a> {
    fn of_v1(value: &'a str) -> Result<Self, Verdict> {
        let whole = Some(Span::new(0, value.len()));
        if let Some(version) = version_of(value) {
            let message = format!("It begins with a version number: Tornado reads it as version {version}.");
            return Err(malformed(message, whole));
        }
        let mut at = 0;
        let mut parts = value.split('|').map(|text| {
            let span = Span::new(at, at + text.len());
            at += text.len() + 1;
            Part { text, span }
        });
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(value), Some(time), Some(tag), None) => {
                Ok(Self { key_version: None, time, name: None, value, tag })
            }
            _ => Err(malformed("It does not have three parts with `|` between: value, time and tag.", whole)),
        }
    }

    fn of_v2(value: &'a str) -> Result<Self, Verdict> {
        if !value.starts_with("2|") {
            let message = version_of(value).map_or_else(
                || "It does not begin with `2|`, the version of the format.".into(),
                |version| format!("It is of version {version}, and Tornado knows only 1 and 2."),
            );
            return Err(malformed(message, Some(Span::new(0, 0))));
        }
        let mut at = 2;
        let key_version = field(value, &mut at, "key version")?;
        let time = field(value, &mut at, "time")?;
        let name = field(value, &mut at, "name")?;
        let payload = field(value, &mut at, "value")?;
        let tag = Part { text: value.get(at..).unwrap_or_default(), span: Span::new(at, value.len()) };
        Ok(Self { key_version: Some(key_version), time, name: Some(name), value: payload, tag })
    }

    fn segments(&self, payload: Option<&Payload>) -> Vec<Segment> {
        let field = |name, role, part: Part| segment(name, role, part.span, None);
        let mut segments: Vec<Segment> = Vec::new();
        if self.key_version.is_some() {
            segments.push(segment("Version", Role::Prefix, Span::new(0, 1), None));
        }
        segments.extend(self.key_version.map(|part| field("Key version", Role::Meta, part)));
        segments.push(field("Timestamp", Role::Meta, self.time));
        segments.extend(self.name.map(|part| field("Name", Role::Meta, part)));
        segments.push(segment("Value", Role::Payload, self.value.span, payload.cloned()));
        segments.push(field("Signature", Role::Signature, self.tag));
        segments.sort_by_cached_key(|segment| segment.span.start);
        segments
    }
}

/// The version that a value begins with, if it does: 1 to 999 and `|`.
fn version_of(value: &str) -> Option<u16> {
    let (version, _) = value.split_once('|')?;
    let is_number = !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit());
    version.parse().ok().filter(|version| is_number && *version <= 999)
}

/// Reads `length:field|` at byte `at` of `value`, and moves `at` behind it.
fn field<'a>(value: &'a str, at: &mut usize, name: &str) -> Result<Part<'a>, Verdict> {
    let rest = value.get(*at..).unwrap_or_default();
    let wrong = |what: &str| malformed(format!("The {name} {what}."), Some(Span::new(*at, value.len())));
    let (digits, rest) =
        rest.split_once(':').ok_or_else(|| wrong("is missing: there is no length with `:` behind it"))?;
    let length: usize = digits.parse().map_err(|_| wrong("has a length that is no number"))?;
    let (text, behind) =
        rest.split_at_checked(length).ok_or_else(|| wrong("is shorter than its length says"))?;
    if !behind.starts_with('|') {
        return Err(wrong("is not followed by `|` where its length says that it ends"));
    }
    let start = *at + digits.len() + 1;
    *at = start + length + 1;
    Ok(Part { text, span: Span::new(start, start + length) })
}

/// What differs between the versions once a value is cut.
struct Version<'a> {
    about: &'static About,
    digest: Digest,
    /// What is signed, and its formula.
    message: String,
    input: &'static str,
    keys: Keys,
    parts: Parts<'a>,
}

impl Version<'_> {
    /// `check` finds what is wrong with a value whose tag is right.
    fn open(self, ask: &Ask, check: impl FnOnce() -> Option<Verdict>, caveats: Vec<Caveat>) -> Opened {
        let Self { about, digest, message, input, keys, parts } = self;
        let payload = python_base64::decode(parts.value.text).map(Payload::of);
        let time: Option<i64> = parts.time.text.parse().ok();
        let found = mac::hex_tag(parts.tag.text);
        let verdict = mac::verdict(ask, &keys, digest, message.as_bytes(), found.as_deref());
        let verdict = verdict::once_valid(verdict, || {
            check().or_else(|| match (&payload, time) {
                (Err(what), _) => Some(malformed(format!("The value {what}."), Some(parts.value.span))),
                (_, None) => Some(malformed("The time is no number.", Some(parts.time.span))),
                _ => None,
            })
        });
        let verdict = verdict::with_caveats(verdict, caveats);
        let payload = payload.ok();
        let expected = keys.first().map(|key| hex::encode(digest.tag(key.bytes(), message.as_bytes())));
        Opened {
            token: None,
            scheme: about.id.to_string(),
            title: about.title.to_string(),
            findings: mac::remarks(&verdict, &keys, digest),
            verdict,
            segments: parts.segments(payload.as_ref()),
            facts: time
                .map(|time| opened::time_fact("Issued", "timestamp", time, ask.now))
                .into_iter()
                .collect(),
            steps: payload
                .as_ref()
                .map(|payload| steps(payload.bytes(), parts.value.text, digest, input, &message, &keys))
                .unwrap_or_default(),
            payload,
            encrypted: false,
            signature: Some(SignaturePair { found: parts.tag.text.to_owned(), expected }),
        }
    }
}

fn steps(
    payload: &[u8],
    encoded: &str,
    digest: Digest,
    input: &str,
    message: &str,
    keys: &Keys,
) -> Vec<Step> {
    let mut steps = vec![
        Step::new("Value", "", Excerpt::of(payload), None),
        Step::new("Encoded value", "base64(value)", Excerpt::text(encoded), Some(Role::Payload)),
        Step::new("Signing input", input, Excerpt::text(message), None),
    ];
    steps.extend(keys.steps(digest, "signing input", message.as_bytes(), |tag| hex::encode(tag), "hex"));
    steps
}

impl Scheme for TornadoV1 {
    fn about(&self) -> &'static About {
        &ABOUT_1
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::of_v1(&item.value).ok()?;
        let is_time = parts.time.text.len() >= 9 && parts.time.text.bytes().all(|byte| byte.is_ascii_digit());
        let is_tag = mac::hex_tag(parts.tag.text).is_some_and(|tag| tag.len() == Digest::Sha1.size());
        let fits = is_time && is_tag && BASE64_PADDED.decode(parts.value.text).is_ok();
        fits.then(|| {
            let reason = "Base64, a time and 40 digits of hex, with `|` between.";
            opened::candidate(&ABOUT_1, 88, &[reason])
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (max_age, min_version) = match settings_v1(&ask.options) {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT_1, verdict::unusable(&error)),
        };
        let parts = match Parts::of_v1(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return opened::bare(&ABOUT_1, broken),
        };
        let time = parts.time;
        let made: Option<f64> = time.text.parse().ok();
        let caveats = made.map(|made| {
            let early = age::too_early(made, DEFAULT_DAYS * DAY, ask.now);
            age::too_old(made, max_age, ask.now, MAX_AGE).into_iter().chain(early).collect()
        });
        let name = item.name.as_deref();
        let version = Version {
            about: &ABOUT_1,
            digest: Digest::Sha1,
            message: message_v1(name.unwrap_or_default(), parts.value.text, time.text),
            input: INPUT_1,
            keys: Keys::of(&ask.secrets, ABOUT_1.secret_encoding),
            parts,
        };
        let check = || {
            if min_version != "1" {
                return Some(verdict::invalid(
                    Why::WrongOption,
                    "It is of version 1, and `min_version` asks for 2.",
                ));
            }
            // Without this, digits could be moved from the value to the time.
            time.text.starts_with('0').then(|| malformed("The time begins with a zero.", Some(time.span)))
        };
        let mut opened = version.open(ask, check, caveats.unwrap_or_default());
        if name.is_none() && matches!(opened.verdict, Verdict::Invalid { why: Why::BadSignature, .. }) {
            let missing = "The cookie's name is signed too: paste it as `name=value`.".into();
            opened.verdict = Verdict::Unchecked { missing };
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        settings_v1(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT_1.secret_encoding);
        let key = keys.signing()?;
        let payload = payload::draft::bytes(&draft.payload)?;
        let (encoded, time) = (BASE64_PADDED.encode(&payload), age::now(draft)?.to_string());
        let message = message_v1(&draft.cookie.name, &encoded, &time);
        let tag = hex::encode(Digest::Sha1.tag(key.bytes(), message.as_bytes()));
        Ok(Made {
            value: format!("{encoded}|{time}|{tag}"),
            steps: steps(&payload, &encoded, Digest::Sha1, INPUT_1, &message, &keys),
        })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from tornado.web import Application, RequestHandler

class Index(RequestHandler):
    def get(self):
        before = self.get_signed_cookie("NAME", min_version=1)  # None if the signature is not right
        self.set_signed_cookie("NAME", "user 7", version=1, httponly=True, secure=True, samesite="Lax")
        self.write({"before": before and before.decode()})

app = Application([("/", Index)], cookie_secret=os.environ["SECRET_ENV"])"#,
        )]
    }
}

const INPUT_1: &str = "name + encoded value + time";

fn message_v1(name: &str, encoded: &str, time: &str) -> String {
    format!("{name}{encoded}{time}")
}

fn settings_v1(options: &Options) -> Result<(Option<f64>, &'static str), SignError> {
    Ok((max_age(options)?, options::choice(options, MIN_VERSION, ["1", "2"])?))
}

impl Scheme for TornadoV2 {
    fn about(&self) -> &'static About {
        &ABOUT_2
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let parts = Parts::of_v2(&item.value).ok()?;
        let is_tag = mac::hex_tag(parts.tag.text).is_some_and(|tag| tag.len() == Digest::Sha256.size());
        is_tag.then(|| {
            let reasons = [
                "It begins with `2|` and four fields that carry their lengths.",
                "Its last part is 64 digits of hex: an HMAC-SHA256 tag.",
            ];
            opened::candidate(&ABOUT_2, 97, &reasons)
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = max_age(&ask.options).and_then(|max_age| Ok((max_age, secrets(&ask.options)?)));
        let (max_age, by_version) = match settings {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT_2, verdict::unusable(&error)),
        };
        let parts = match Parts::of_v2(&item.value) {
            Ok(parts) => parts,
            Err(broken) => return opened::bare(&ABOUT_2, broken),
        };
        let version = parts.key_version.map_or("", |part| part.text);
        let keys = match &by_version {
            Some(secrets) => match secrets.iter().find(|(known, _)| known == version) {
                Some((_, secret)) => Keys { usable: vec![of_map(secret, &ask.secrets)], trouble: None },
                None => Keys { usable: Vec::new(), trouble: None },
            },
            None => Keys::of(&ask.secrets, ABOUT_2.secret_encoding),
        };
        let is_unknown = by_version.is_some() && keys.usable.is_empty();
        let made: Option<f64> = parts.time.text.parse().ok();
        let caveat = made.and_then(|made| age::too_old(made, max_age, ask.now, MAX_AGE));
        let name = parts.name;
        let unknown =
            format!("It is signed with key version {version}, which `cookie_secret` does not hold.");
        let version = Version {
            about: &ABOUT_2,
            digest: Digest::Sha256,
            message: item.value.get(..parts.tag.span.start).unwrap_or_default().to_owned(),
            input: INPUT_2,
            keys,
            parts,
        };
        let check = || {
            let (found, expected) = (name?, item.name.as_deref()?);
            (found.text != expected).then(|| Verdict::Invalid {
                why: Why::WrongOption,
                message: format!("It was signed for the cookie `{}`, not for `{expected}`.", found.text),
                at: Some(found.span),
            })
        };
        let mut opened = version.open(ask, check, caveat.into_iter().collect());
        if is_unknown {
            opened.verdict = verdict::invalid(Why::BadSignature, unknown);
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        max_age(&draft.options)?;
        let (version, keys) = match secrets(&draft.options)? {
            None => {
                let version =
                    options::word(&draft.options, KEY_VERSION)?.filter(|version| !version.is_empty());
                let version = version.unwrap_or_else(|| FIRST_KEY.to_owned());
                if !version.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(options::bad_option(
                        KEY_VERSION,
                        "A key version is a number.",
                        "Write digits.",
                    ));
                }
                (version, Keys::of(&draft.secrets, ABOUT_2.secret_encoding))
            }
            Some(secrets) => {
                let (version, secret) = signing_secret(&secrets, &draft.options)?;
                (version, Keys { usable: vec![of_map(&secret, &draft.secrets)], trouble: None })
            }
        };
        let key = keys.signing()?;
        let payload = payload::draft::bytes(&draft.payload)?;
        let (encoded, time) = (BASE64_PADDED.encode(&payload), age::now(draft)?.to_string());
        let fields: String = [version.as_str(), &time, &draft.cookie.name, &encoded]
            .iter()
            .map(|field| format!("{}:{field}|", field.len()))
            .collect();
        let message = format!("2|{fields}");
        let tag = hex::encode(Digest::Sha256.tag(key.bytes(), message.as_bytes()));
        Ok(Made {
            value: format!("{message}{tag}"),
            steps: steps(&payload, &encoded, Digest::Sha256, INPUT_2, &message, &keys),
        })
    }

    /// The version of the key that signed.
    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let version = Parts::of_v2(&item.value).ok().and_then(|parts| parts.key_version);
        let other = version.filter(|version| version.text != FIRST_KEY);
        other.map(|version| (KEY_VERSION.to_owned(), version.text.into())).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
from tornado.web import Application, RequestHandler

class Index(RequestHandler):
    def get(self):
        before = self.get_signed_cookie("NAME")  # None if the signature is not right
        self.set_signed_cookie("NAME", "user 7", httponly=True, secure=True, samesite="Lax")
        self.write({"before": before and before.decode()})

?!cookie_secret: app = Application([("/", Index)], cookie_secret=os.environ["SECRET_ENV"])
?cookie_secret: secrets = {OPTION_key_version: os.environ["SECRET_ENV"]}  # and the older ones, by their numbers
?cookie_secret: app = Application([("/", Index)], cookie_secret=secrets, key_version=OPTION_key_version)"#,
        )]
    }
}

const INPUT_2: &str = "2|key version|time|name|encoded value|";

/// The option `cookie_secret` as a map: secrets by key version.
type ByVersion = Vec<(String, String)>;

fn secrets(options: &Options) -> Result<Option<ByVersion>, SignError> {
    let Some(value) = options.get(COOKIE_SECRET) else { return Ok(None) };
    let entry = |(version, secret): (&String, &Value)| Some((version.clone(), secret.as_str()?.to_owned()));
    let is_version = |version: &str| version.parse::<i64>().is_ok_and(|number| number.to_string() == version);
    let entries: Option<ByVersion> = value.as_object().and_then(|map| map.iter().map(entry).collect());
    let entries = entries
        .filter(|entries| entries.iter().all(|(version, secret)| is_version(version) && !secret.is_empty()));
    entries.map(Some).ok_or_else(|| {
        let hint = "Write {\"1\": \"secret\", \"2\": \"another\"}; a single secret belongs in the field for the secret.";
        options::bad_option(COOKIE_SECRET, "This is no map of key versions (integers) to secrets.", hint)
    })
}

/// The version that signs, and its secret.
fn signing_secret(secrets: &ByVersion, options: &Options) -> Result<(String, String), SignError> {
    let version = match options.get(KEY_VERSION) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    secrets.iter().find(|(known, _)| *known == version).cloned().ok_or_else(|| {
        let message = format!("`cookie_secret` holds no key version “{version}”.");
        options::bad_option(KEY_VERSION, message, "Name one of its versions.")
    })
}

/// A secret of the map as a key. It counts as the one among `given` that has the same text, where there is one.
fn of_map(secret: &str, given: &[SecretText]) -> Key {
    Key {
        secret: Secret::new(secret.as_bytes().to_vec()),
        index: given.iter().position(|given| given.text.as_str() == secret).unwrap_or_default(),
        encoding: ABOUT_2.secret_encoding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: Option<&str>, value: &str, secret: &str) -> Verdict {
        let ask = Ask { secrets: vec![SecretText::new(secret, None)], ..Ask::default() };
        let item = Item::bare(name, value);
        if value.starts_with("2|") {
            TornadoV2.open(&item, &ask).verdict
        } else {
            TornadoV1.open(&item, &ask).verdict
        }
    }

    #[test]
    fn the_name_is_needed_for_version_1_only() {
        let secret = "A8Rn0eM1ldEJYFP61l8CFJY9cBsHTUmsAiJ0wm5cLgo=";
        let value = "eHh4eHh4eHh4eHYx|1767225600|f79659f56cfa3ccfc634f4092cfcb7754d354161";
        assert!(matches!(open(Some("my-app_user.id"), value, secret), Verdict::Valid { .. }));
        assert!(matches!(open(None, value, secret), Verdict::Unchecked { .. }));
        let value = "2|1:0|10:1767225600|2:sp|4:cXYy|338a8cd90e16e6383e679d3b80d6d41f9ab0f2515e2f3f217ac9243bd245b573";
        assert!(matches!(open(None, value, "  padded 3f656f6e\t"), Verdict::Valid { .. }));
    }

    #[test]
    fn broken_fields_say_which() {
        let message = |value: &str| match open(None, value, "k") {
            Verdict::Invalid { why: Why::Malformed, message, .. } => message,
            other => format!("{other:?}"),
        };
        assert!(message("2|1:0|10:1767|").contains("time"));
        assert!(message("2|99999999999999999999:0|").contains("key version"));
        assert!(message("2|1:é|").contains("key version"));
        assert!(message("999|x").contains("999"));
        assert!(message("a|b").contains("three parts"));
    }

    #[test]
    fn a_map_of_secrets_is_an_option() {
        let options =
            |json: &str| Options::from([(COOKIE_SECRET.into(), serde_json::from_str(json).expect("JSON"))]);
        assert!(secrets(&options(r#"{"1":"a"}"#)).is_ok_and(|map| map.is_some()));
        for bad in [r#"{"x":"a"}"#, r#"{"1":2}"#, r#"{"1":""}"#, "[]", r#""a""#] {
            assert!(secrets(&options(bad)).is_err(), "{bad}");
        }
    }
}
