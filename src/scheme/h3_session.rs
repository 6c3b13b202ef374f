//! h3's `useSession` (Nitro, Nuxt, `nuxt-auth-utils`), versions 1 and 2: an Iron seal of `{id, createdAt, data}`.
//!
//! The format of the seal is in [`kit::iron`](super::kit::iron), without a password id. Version 1 derives both keys with 1
//! iteration; version 2 with 8192, and where the HMAC is wrong it tries once more with 1 (`legacySealFallback`). With `maxAge`
//! (seconds) the seal expires, and besides the session is refused when `createdAt` (milliseconds) is longer ago than that.
//! The option `seal` replaces Iron's own. Sources: `src/utils/session.ts`, `src/utils/internal/iron-crypto.ts`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::age;
use super::kit::iron::{self, Content, Passwords, Sealing};
use super::kit::making;
use super::kit::opened;
use super::kit::options;
use super::kit::random;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::jose::claims::{self, Claims};
use crate::jose::jws::Refusal;
use crate::moment;
use crate::payload::member;
use crate::protocol::{
    Ask, Candidate, Caveat, CaveatKind, Draft, Fact, FactValue, Field, Opened, Options, Payload, PayloadForm,
    SignError, Why,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct H3Session {
    about: &'static About,
    /// Of both key derivations.
    iterations: u32,
}

/// Version 1.
pub static V1: H3Session = H3Session { about: &ABOUT_V1, iterations: 1 };

/// Version 2.
pub static V2: H3Session = H3Session { about: &ABOUT_V2, iterations: 8192 };

static ABOUT_V1: About = about("h3-session", "h3 session (version 1)", &OPTIONS_V1);

static ABOUT_V2: About = about("h3-session-v2", "h3 session (version 2)", &OPTIONS_V2);

static OPTIONS_V1: [OptionSpec; 2] = [
    MAX_AGE_SPEC,
    seal_spec("Iron's options, if they are not the defaults: {\"encryption\": {\"iterations\": 1000}}."),
];

static OPTIONS_V2: [OptionSpec; 3] = [
    MAX_AGE_SPEC,
    seal_spec(
        "Iron's options, if they are not the defaults. For releases with 600,000 iterations: {\"encryption\": \
         {\"iterations\": 600000}, \"integrity\": {\"iterations\": 600000}}.",
    ),
    OptionSpec {
        name: Cow::Borrowed(FALLBACK),
        kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("true"), Cow::Borrowed("false")])),
        default: Cow::Borrowed("true"),
        help: Cow::Borrowed("Whether seals of version 1 (1 iteration) are still read."),
        when_making: false,
        when_opening: true,
    },
];

const MAX_AGE_SPEC: OptionSpec = OptionSpec {
    name: Cow::Borrowed(MAX_AGE),
    kind: OptionKind::Number,
    default: Cow::Borrowed(""),
    help: Cow::Borrowed("Seconds that a session lasts from when it was begun; without end if empty."),
    when_making: true,
    when_opening: true,
};

const fn seal_spec(help: &'static str) -> OptionSpec {
    OptionSpec {
        name: Cow::Borrowed(SEAL),
        kind: OptionKind::Json,
        default: Cow::Borrowed(""),
        help: Cow::Borrowed(help),
        when_making: true,
        when_opening: true,
    }
}

const MAX_AGE: &str = "maxAge";
const SEAL: &str = "seal";
const FALLBACK: &str = "legacySealFallback";
/// Iterations of version 1.
const LEGACY: u32 = 1;
/// The names that h3 and `nuxt-auth-utils` give the cookie.
const NAMES: [&str; 2] = ["h3", "nuxt-session"];

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed("h3 (Nuxt, Nitro)"),
        language: Cow::Borrowed("JavaScript"),
        cookie_names: Cow::Borrowed(&[Cow::Borrowed("h3"), Cow::Borrowed("nuxt-session")]),
        docs: Cow::Borrowed("https://h3.dev/examples/handle-session"),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed("Iron seal of {id, createdAt, data}, without a password id"),
        percent_encoded: true,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
        example: Cow::Borrowed("{ \"user_id\": 7 }"),
        options: Cow::Borrowed(options),
    }
}

impl Scheme for H3Session {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        iron::detect(self.about, &item.value, |seal| {
            if !seal.password_id().is_empty() {
                return None;
            }
            Some(if iron::is_named(item, &NAMES) {
                (94, "h3 and Nuxt choose this name.")
            } else if iron::is_named(item, &iron::HAPI_NAMES) {
                (60, "It names no password, as h3's do.")
            } else {
                (75, "It names no password, as h3's do.")
            })
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let text = item.value.as_str();
        let (sealings, max_age) = match (self.sealings(&ask.options), options::number(&ask.options, MAX_AGE))
        {
            (Ok(sealings), Ok(max_age)) => (sealings, max_age),
            (Err(bad), _) | (_, Err(bad)) => {
                return Opened {
                    segments: iron::segments(text, None),
                    ..opened::bare(self.about, verdict::unusable(&bad))
                };
            }
        };
        let passwords = Passwords::any(&ask.secrets, self.about.secret_encoding);
        iron::open(self.about, text, ask, Ok(passwords), &sealings, &|json| read(json, max_age, ask.now))
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let json = session(draft)?;
        let sealings = self.sealings(&draft.options)?;
        let sealing = sealings.first().copied().unwrap_or(Sealing::with(self.iterations));
        let passwords = Passwords::any(&draft.secrets, self.about.secret_encoding);
        iron::seal(&json, &passwords, "", &sealing, || age::now(draft))
    }

    /// Version 2: the cookie of the plain name says how many parts there are.
    fn split(&self) -> Option<Split> {
        let split = Split {
            first: 1,
            head: "__chunked__",
            ..Split::dotted(Room::Value(4000), "https://github.com/h3js/h3/blob/main/src/utils/cookie.ts")
        };
        (self.about.id == ABOUT_V2.id).then_some(split)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "server/api/me.js",
            "javascript",
            r#"import { defineEventHandler, useSession } from "h3"

export default defineEventHandler(async (event) => {
  const session = await useSession(event, {
    name: "NAME",
    password: process.env.SECRET_ENV,
    maxAge: OPTION_maxAge,
  })
  const before = session.data.user_id // undefined if the seal is not right
  await session.update({ user_id: 7 })
  return { before }
})"#,
        )]
    }
}

impl H3Session {
    /// The options for Iron; behind them those of version 1, where the server still reads its seals.
    fn sealings(&self, options: &Options) -> Result<Vec<Sealing>, SignError> {
        let mut sealing = Sealing::with(self.iterations);
        let max_age = options::number(options, MAX_AGE)?.unwrap_or_default();
        sealing.ttl = max_age
            .checked_mul(1000)
            .filter(|ttl| *ttl >= 0)
            .ok_or_else(|| options::bad_option(MAX_AGE, "There is no such lifetime.", "Write seconds."))?;
        if let Some(seal) = options::object(options, SEAL)? {
            sealing
                .set(|name| seal.get(name))
                .map_err(|bad| SignError { field: Field::Option(SEAL.into()), ..bad })?;
        }
        let mut sealings = vec![sealing];
        let falls_back = options::flag(options, FALLBACK)?.unwrap_or(true);
        if falls_back && self.iterations != LEGACY && sealing.integrity.iterations != LEGACY {
            let mut legacy = sealing;
            legacy.encryption.iterations = LEGACY;
            legacy.integrity.iterations = LEGACY;
            sealings.push(legacy);
        }
        Ok(sealings)
    }
}

fn read(json: String, max_age: Option<i64>, now: Option<i64>) -> Content {
    let mut content = Content::of(Payload::Json(json));
    let session = claims::of(&content.payload).unwrap_or_default();
    let (id, created) = (session.get("id").and_then(Value::as_str), claims::time(&session, "createdAt"));
    let Some((id, created)) = id.filter(|id| !id.is_empty()).zip(created) else {
        let message = "It decrypts, but it is no session of h3: that has an `id` and a `createdAt`, and h3 begins another \
                       without them.";
        content.checked = Err(Refusal::new(Why::Malformed, message, None));
        return content;
    };
    content.facts = vec![
        Fact { term: "Session ID".into(), from: Some("id".into()), value: FactValue::Text(id.to_owned()) },
        Fact {
            term: "Created".into(),
            from: Some("createdAt".into()),
            value: moment::fact(created.div_euclid(1000), now),
        },
    ];
    content.checked = Ok(too_old(created, max_age, now).into_iter().collect());
    content
}

/// Whether the session was begun longer ago than `max_age` seconds; 0 counts as none in JavaScript.
fn too_old(created: i64, max_age: Option<i64>, now: Option<i64>) -> Option<Caveat> {
    let (max_age, now) = (max_age.filter(|&age| age != 0)?, now?);
    let age = now.saturating_mul(1000).saturating_sub(created);
    (age > max_age.saturating_mul(1000)).then(|| Caveat {
        kind: CaveatKind::Expired,
        message: format!(
            "The session was begun {}, and the server's `maxAge` is {}.",
            moment::distance(created.div_euclid(1000), now),
            moment::length(max_age.unsigned_abs())
        ),
    })
}

/// The session as h3 would seal it: what was typed if that is a whole one, else a new one that holds it as its data.
fn session(draft: &Draft) -> Result<String, SignError> {
    let object = making::object(draft)?;
    let typed: Claims = serde_json::from_str(&object).unwrap_or_default();
    let is_session =
        typed.get("id").is_some_and(Value::is_string) && typed.get("data").is_some_and(Value::is_object);
    if is_session && typed.contains_key("createdAt") {
        return Ok(object);
    }
    let created = ("createdAt", age::now(draft)?.saturating_mul(1000).to_string());
    if is_session {
        return Ok(member::complete(&object, &[created]).unwrap_or(object));
    }
    let id = ("id", format!("\"{}\"", random::uuid()?));
    let members = [id, created, ("data", object)];
    Ok(member::complete("{}", &members).unwrap_or_default())
}
