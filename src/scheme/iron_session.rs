//! iron-session: an Iron seal of the session's data, with `~2` behind it.
//!
//! The format of the seal is in [`kit::iron`](super::kit::iron), with all of Iron's defaults. The seal always names its
//! password: `1` where there is one, else the largest number of the map `password`, and reading takes the one that is named.
//! The expiration is `ttl` seconds (14 days) from now. Without the suffix version 8 gives back the member `persistent` only,
//! as versions before 6 had it, and version 9 the whole. Source: `src/core.ts`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::age;
use super::kit::iron::{self, Content, Passwords, Seal, Sealing};
use super::kit::making;
use super::kit::options;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::jose::jws::Refusal;
use crate::protocol::{
    Ask, Candidate, Draft, Opened, Options, Payload, PayloadForm, Role, Segment, SignError, Why,
};
use crate::secret::{SecretEncoding, SecretText};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct IronSession;

static ABOUT: About = About {
    id: Cow::Borrowed("iron-session"),
    title: Cow::Borrowed("iron-session"),
    framework: Cow::Borrowed("iron-session"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("iron-session")]),
    docs: Cow::Borrowed("https://github.com/vvo/iron-session"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("Iron seal of the session, with a password id ~ 2"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(TTL),
            kind: OptionKind::Number,
            default: Cow::Borrowed("1209600"),
            help: Cow::Borrowed("Seconds until the seal expires; 0 for never."),
            when_making: true,
            when_opening: false,
        },
        OptionSpec {
            name: Cow::Borrowed(PASSWORD),
            kind: OptionKind::Secret,
            default: Cow::Borrowed(""),
            help: Cow::Borrowed(
                "Passwords by number, if the server has several: {\"1\": \"old\", \"2\": \"new\"}. The largest number seals.",
            ),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const TTL: &str = "ttl";
const PASSWORD: &str = "password";
/// 14 days.
const DEFAULT_TTL: i64 = 14 * 86_400;
/// The number of a password that stands alone.
const ALONE: &str = "1";
/// What stands between the seal and the version of the content.
const DELIMITER: char = '~';
const VERSION: &str = "2";

impl Scheme for IronSession {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (seal, version) = cut(&item.value);
        iron::detect(&ABOUT, seal, |seal| match version {
            Some(VERSION) => Some((96, "Behind it stands `~2`, as iron-session writes it.")),
            Some(_) => None,
            None if seal.password_id().is_empty() => None,
            None if item.name.as_deref().is_some_and(|name| name.contains("iron-session")) => {
                Some((93, "Its name says iron-session, and it names its password, as iron-session's do."))
            }
            None => Some((40, "It names its password, as iron-session's do.")),
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let (text, version) = cut(&item.value);
        let id = Seal::cut(text).map(|seal| seal.password_id()).unwrap_or_default();
        let read = |json| Content::of(session(json, version));
        let passwords = passwords(&ask.options, id, &ask.secrets);
        let mut opened = iron::open(&ABOUT, text, ask, passwords, &[Sealing::with(1)], &read);
        if version.is_some() && !opened.segments.is_empty() {
            let span = Span::new(text.len(), item.value.len());
            opened.segments.push(Segment { name: "Version".into(), role: Role::Meta, span, decoded: None });
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let json = making::object(draft)?;
        let ttl = options::number(&draft.options, TTL)?.unwrap_or(DEFAULT_TTL);
        let ttl = ttl.checked_mul(1000).filter(|ttl| *ttl >= 0).ok_or_else(|| {
            options::bad_option(TTL, "There is no such lifetime.", "Write seconds, or 0 for no end.")
        })?;
        let id = sealing_id(&draft.options)?;
        let passwords = passwords(&draft.options, &id, &draft.secrets).map_err(|refusal| {
            options::bad_option(PASSWORD, refusal.message, "Give a password under that number.")
        })?;
        let sealing = Sealing { ttl, ..Sealing::with(1) };
        let made = iron::seal(&json, &passwords, &id, &sealing, || age::now(draft))?;
        Ok(Made { value: format!("{}{DELIMITER}{VERSION}", made.value), steps: made.steps })
    }

    fn split(&self) -> Option<Split> {
        let only = ", if version 9 is set to `chunk: true`; else iron-session refuses to save it";
        Some(Split {
            only,
            ..Split::dotted(Room::Line(4096), "https://github.com/vvo/iron-session/releases/tag/v9.0.0")
        })
    }

    /// That it has no end.
    fn shown(&self, item: &Item, _opened: &Opened) -> Options {
        let is_endless = Seal::cut(cut(&item.value).0).is_ok_and(|seal| seal.is_endless());
        is_endless.then(|| (TTL.to_owned(), 0.into())).into_iter().collect()
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "A server action",
            "javascript",
            r#"import { getIronSession } from "iron-session"
import { cookies } from "next/headers"

const session = await getIronSession(await cookies(), {
  cookieName: "NAME",
  password: process.env.SECRET_ENV,
  ttl: OPTION_ttl,
})
const before = session.user_id // undefined if the seal is not right
session.user_id = 7
await session.save()"#,
        )]
    }
}

/// The seal, and the version behind it.
fn cut(value: &str) -> (&str, Option<&str>) {
    value.split_once(DELIMITER).map_or((value, None), |(seal, version)| (seal, Some(version)))
}

fn passwords(options: &Options, id: &str, secrets: &[SecretText]) -> Result<Passwords, Refusal> {
    let missing = |message: String| Refusal::new(Why::BadSignature, message, None);
    match options::object(options, PASSWORD)? {
        Some(map) => Passwords::named(map, id, secrets).ok_or_else(|| {
            missing(format!("There is no password under the number `{id}`, which this seal names."))
        }),
        None if id == ALONE => Ok(Passwords::any(secrets, ABOUT.secret_encoding)),
        None => Err(missing(format!(
            "The seal names the password `{id}`, and a password that stands alone is number {ALONE}: the server has several, \
             in the option `{PASSWORD}`."
        ))),
    }
}

/// The number that new seals are made with: the largest of the map.
fn sealing_id(options: &Options) -> Result<String, SignError> {
    let Some(map) = options::object(options, PASSWORD)? else { return Ok(ALONE.into()) };
    let numbers: Option<Vec<u32>> = map.keys().map(|id| id.parse().ok()).collect();
    let largest = numbers.and_then(|numbers| numbers.into_iter().max());
    largest.map(|id| id.to_string()).ok_or_else(|| {
        options::bad_option(
            PASSWORD,
            "The ids of the passwords must be numbers.",
            "Write {\"1\": \"…\", \"2\": \"…\"}.",
        )
    })
}

/// Whether JavaScript's `parseInt` reads the version from it.
fn is_version(text: &str) -> bool {
    text.strip_prefix(VERSION).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What the framework gives back of a session that was written with that version.
fn session(json: String, version: Option<&str>) -> Payload {
    if version.is_some_and(is_version) {
        return Payload::Json(json);
    }
    let persistent = serde_json::from_str::<Value>(&json)
        .ok()
        .and_then(|value| value.get("persistent").filter(|inner| inner.is_object()).map(Value::to_string));
    Payload::Json(persistent.unwrap_or(json))
}
