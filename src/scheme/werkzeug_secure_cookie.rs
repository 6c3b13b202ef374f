//! Werkzeug: `SecureCookie`, in `werkzeug.contrib` until 1.0, since then in the package secure-cookie.
//!
//! The value is the standard Base64 of the tag, `?`, and items joined by `&`, sorted by key. An item is the key as a form
//! encodes it (`quote_plus`), `=`, and the standard Base64 of the value's JSON, formerly its pickle. The tag is the HMAC,
//! with SHA-1 unless `hash_method` says otherwise, over `|` and the item, for each item. The item `_expires` holds Unix
//! seconds. Source: `secure_cookie/cookie.py`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::kit::base64::BASE64_PADDED;
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{self, segment};
use super::kit::options;
use super::kit::verdict::{self, malformed};
use super::kit::{age, python_base64};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::finding::Finding;
use crate::intake::Item;
use crate::payload::pickle::{self, Pickle};
use crate::payload::python_json;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, Segment, SignError,
    SignaturePair, Step, Verdict, Why,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct WerkzeugSecureCookie;

static ABOUT: About = About {
    id: Cow::Borrowed("werkzeug-secure-cookie"),
    title: Cow::Borrowed("Werkzeug secure cookie"),
    framework: Cow::Borrowed("Werkzeug"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("session")]),
    docs: Cow::Borrowed("https://github.com/pallets-eco/secure-cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("base64(HMAC-SHA1(secret, |item|item)) ? item & item, item = key = base64(value)"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(HASH),
            kind: OptionKind::Choice(Cow::Borrowed(&[
                Cow::Borrowed("sha1"),
                Cow::Borrowed("sha224"),
                Cow::Borrowed("sha256"),
                Cow::Borrowed("sha384"),
                Cow::Borrowed("sha512"),
                Cow::Borrowed("md5"),
            ])),
            default: Cow::Borrowed("sha1"),
            help: Cow::Borrowed("The hash function of the HMAC, where the application sets another."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(SERIALIZER),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("json"), Cow::Borrowed("pickle")])),
            default: Cow::Borrowed("json"),
            help: Cow::Borrowed("How the values are written; pickle in `werkzeug.contrib`."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(EXPIRES),
            kind: OptionKind::Number,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed("Unix seconds at which the cookie ends: they are written into it."),
            when_making: true,
            when_opening: false,
        },
    ]),
};

const HASH: &str = "hash_method";
const SERIALIZER: &str = "serialization_method";
const EXPIRES: &str = "expires";
/// The item that holds the end.
const EXPIRES_ITEM: &str = "_expires";
/// What `quote_plus` leaves as it is, besides letters and digits.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

struct Settings {
    digest: Digest,
    pickles: bool,
    expires: Option<i64>,
}

impl Settings {
    fn of(options: &Options) -> Result<Self, SignError> {
        Ok(Self {
            digest: options::digest(options, HASH, Digest::Sha1)?,
            pickles: options::choice(options, SERIALIZER, ["json", "pickle"])? == "pickle",
            expires: options::seconds(options, EXPIRES, None)?.map(age::whole),
        })
    }

    fn steps(&self, items: &str, keys: &Keys) -> Vec<Step> {
        let message = message(items);
        let mut steps = vec![
            Step::new(
                "Items",
                "key = base64(value), sorted, joined by &",
                Excerpt::text(items),
                Some(Role::Payload),
            ),
            Step::new("Signing input", "| and the item, for each item", Excerpt::text(&message), None),
        ];
        let encode = |tag: &[u8]| BASE64_PADDED.encode(tag);
        steps.extend(keys.steps(self.digest, "signing input", message.as_bytes(), encode, "base64"));
        steps
    }
}

/// What is signed.
fn message(items: &str) -> String {
    format!("|{}", items.replace('&', "|"))
}

/// `tag?items`
fn cut(value: &str) -> Result<(&str, &str), Verdict> {
    value
        .split_once('?')
        .ok_or_else(|| malformed("There is no `?` between a tag and items.", Some(Span::new(0, value.len()))))
}

/// An item: its key decoded, its value still in Base64, and where both stand.
struct Entry<'a> {
    key: String,
    value: &'a str,
    span: Span,
}

fn entries(items: &str, mut at: usize) -> Result<Vec<Entry<'_>>, Verdict> {
    let mut entries = Vec::new();
    for item in items.split('&') {
        let span = Span::new(at, at + item.len());
        let Some((key, value)) = item.split_once('=') else {
            return Err(malformed("An item has no `=` between its key and its value.", Some(span)));
        };
        let key = percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned();
        entries.push(Entry { key, value, span });
        at += item.len() + 1;
    }
    Ok(entries)
}

/// A value, read: as JSON where JSON can hold it, and to show.
struct Content {
    json: Option<String>,
    shown: String,
    number: Option<f64>,
    finding: Option<Finding>,
}

impl Content {
    fn read(entry: &Entry, pickles: bool) -> Result<Self, Verdict> {
        let broken =
            |what: &str| malformed(format!("The value of `{}` {what}.", entry.key), Some(entry.span));
        let bytes = python_base64::decode(entry.value).map_err(|what| broken(&what))?;
        if pickles {
            let is_json = std::str::from_utf8(&bytes).is_ok_and(crate::payload::is_json);
            let pickle = Pickle::read(&bytes).map_err(|what| match is_json {
                true => {
                    let message =
                        format!("The value of `{}` is JSON: set `{SERIALIZER}` to json.", entry.key);
                    verdict::invalid(Why::WrongOption, message)
                }
                false => broken(&what),
            })?;
            return Ok(Self {
                json: pickle.json(pickle.root()),
                shown: pickle.shown(pickle.root()),
                number: pickle.number(pickle.root()),
                finding: Some(pickle.finding(Some(entry.span))),
            });
        }
        match Payload::of(bytes) {
            Payload::Json(json) => {
                Ok(Self { number: json.parse().ok(), shown: json.clone(), json: Some(json), finding: None })
            }
            other if Pickle::read(other.bytes()).is_ok() => {
                let message =
                    format!("The value of `{}` is a pickle: set `{SERIALIZER}` to pickle.", entry.key);
                Err(verdict::invalid(Why::WrongOption, message))
            }
            _ => Err(broken("is not JSON")),
        }
    }
}

/// All items, read.
#[derive(Default)]
struct Contents {
    payload: Option<Payload>,
    expires: Option<i64>,
    finding: Option<Finding>,
}

impl Contents {
    fn read(entries: &[Entry], pickles: bool) -> Result<Self, Verdict> {
        let mut contents = Self::default();
        // Of equal keys the last counts.
        let mut values: Vec<(&str, Content)> = Vec::new();
        for entry in entries {
            let mut content = Content::read(entry, pickles)?;
            if entry.key == EXPIRES_ITEM {
                contents.expires = content.number.map(age::whole);
            }
            let graver =
                |one: &Finding| contents.finding.as_ref().is_none_or(|known| one.severity < known.severity);
            if content.finding.as_ref().is_some_and(graver) {
                contents.finding = content.finding.take();
            }
            values.push((&entry.key, content));
        }
        values.retain(|(key, _)| *key != EXPIRES_ITEM);
        let name = |key: &str| Value::from(key).to_string();
        let members: Option<Vec<String>> = values
            .iter()
            .map(|(key, content)| Some(format!("{}:{}", name(key), content.json.as_deref()?)))
            .collect();
        let json = members.map(|members| format!("{{{}}}", members.join(",")));
        contents.payload = Some(match (json, pickles) {
            (Some(json), false) => Payload::Json(json),
            (json, _) => {
                let line = |(key, content): &(&str, Content)| format!("{} = {}", name(key), content.shown);
                let shown: Vec<String> = values.iter().map(line).collect();
                Payload::Object {
                    format: "Python pickles".into(),
                    shown: shown.join("\n"),
                    json,
                    bytes: entries
                        .iter()
                        .flat_map(|entry| python_base64::decode(entry.value).unwrap_or_default())
                        .collect(),
                }
            }
        });
        Ok(contents)
    }
}

impl Scheme for WerkzeugSecureCookie {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (tag, items) = cut(&item.value).ok()?;
        let tag = BASE64_PADDED.decode_canonical(tag)?;
        let is_tag = Digest::ALL.iter().any(|digest| digest.size() == tag.len());
        let entries = entries(items, 0).ok()?;
        let are_items =
            entries.iter().all(|entry| !entry.value.is_empty() && BASE64_PADDED.decode(entry.value).is_ok());
        (is_tag && are_items).then(|| {
            opened::candidate(
                &ABOUT,
                93,
                &["It is the Base64 of a tag, `?`, and items whose values are Base64."],
            )
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = match Settings::of(&ask.options) {
            Ok(settings) => settings,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        match cut(&item.value) {
            Ok((tag, items)) => open(tag, items, &settings, ask),
            Err(broken) => opened::bare(&ABOUT, broken),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let settings = Settings::of(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let mut members = python_json::members(&draft.payload.text, python_json::COMPACT_SORTED)?;
        if let Some(expires) = settings.expires {
            members.retain(|(name, _)| name != EXPIRES_ITEM);
            members.push((EXPIRES_ITEM.to_owned(), expires.to_string()));
            members.sort();
        }
        if members.is_empty() {
            return Err(SignError {
                field: Field::Payload,
                message: "Werkzeug cannot read back a cookie without items.".into(),
                hint: "Put at least one member into it.".into(),
                at: None,
            });
        }
        let item = |(name, json): &(String, String)| {
            let bytes = if settings.pickles {
                pickle::write(&pickle::json_value(json)?)
            } else {
                json.clone().into_bytes()
            };
            let name = utf8_percent_encode(name, QUOTED).to_string().replace("%20", "+");
            Ok(format!("{name}={}", BASE64_PADDED.encode(&bytes)))
        };
        let items = members.iter().map(item).collect::<Result<Vec<String>, SignError>>()?.join("&");
        let tag = BASE64_PADDED.encode(&settings.digest.tag(key.bytes(), message(&items).as_bytes()));
        Ok(Made { value: format!("{tag}?{items}"), steps: settings.steps(&items, &keys) })
    }

    /// When it ends.
    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        let end = opened::time_of(opened, EXPIRES_ITEM);
        end.map(|end| (EXPIRES.to_owned(), end.into())).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import os
?hash_method: import hashlib
?serialization_method: import pickle
from secure_cookie.cookie import SecureCookie
from werkzeug.wrappers import Request, Response

?hash_method: SecureCookie.hash_method = staticmethod(hashlib.OPTION_hash_method)
?serialization_method: SecureCookie.serialization_method = OPTION_serialization_method
@Request.application
def app(request):
    cookie = SecureCookie.load_cookie(request, "NAME", os.environ["SECRET_ENV"].encode())
    before = cookie.get("user")  # None if the signature is not right
    cookie["user"] = 7
    response = Response(str(before))
?!expires:     cookie.save_cookie(response, "NAME", httponly=True, secure=True)
?expires:     cookie.save_cookie(response, "NAME", expires=OPTION_expires, httponly=True, secure=True)
    return response"#,
        )]
    }
}

fn open(tag: &str, items: &str, settings: &Settings, ask: &Ask) -> Opened {
    let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
    let at = tag.len() + 1;
    let tag_span = Span::new(0, tag.len());
    let message = message(items);
    let entries = entries(items, at);
    let found = python_base64::decode(tag);
    let verdict = match (&found, &entries) {
        (Err(what), _) => malformed(format!("The tag {what}."), Some(tag_span)),
        (_, Err(broken)) => broken.clone(),
        (Ok(found), Ok(_)) => mac::verdict(ask, &keys, settings.digest, message.as_bytes(), Some(found)),
    };
    let entries = entries.unwrap_or_default();
    let read = Contents::read(&entries, settings.pickles);
    let verdict = verdict::once_valid(verdict, || read.as_ref().err().cloned());
    let contents = read.unwrap_or_default();
    let ended = contents.expires.and_then(|end| age::ended(end, ask.now.filter(|now| *now > end)));
    let verdict = verdict::with_caveats(verdict, ended);
    let mut findings = mac::remarks(&verdict, &keys, settings.digest);
    findings.extend(contents.finding);
    let fact = contents.expires.map(|end| opened::time_fact("Expires", EXPIRES_ITEM, end, ask.now));
    let mut segments: Vec<Segment> = vec![segment("Signature", Role::Signature, tag_span, None)];
    segments.extend(entries.iter().map(|entry| {
        let decoded = python_base64::decode(entry.value).ok().map(|bytes| match Pickle::read(&bytes) {
            Ok(pickle) if settings.pickles => pickle.payload(),
            _ => Payload::of(bytes),
        });
        segment(&format!("Item {}", entry.key), Role::Payload, entry.span, decoded)
    }));
    let expected =
        keys.first().map(|key| BASE64_PADDED.encode(&settings.digest.tag(key.bytes(), message.as_bytes())));
    Opened {
        token: None,
        scheme: ABOUT.id.to_string(),
        title: format!("{}, HMAC-{}", ABOUT.title, settings.digest.name()),
        verdict,
        segments,
        payload: contents.payload,
        encrypted: false,
        facts: fact.into_iter().collect(),
        steps: settings.steps(items, &keys),
        signature: Some(SignaturePair { found: tag.to_owned(), expected }),
        findings,
    }
}
