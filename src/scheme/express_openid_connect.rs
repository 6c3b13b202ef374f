//! express-openid-connect (Auth0): the whole session in the cookie `appSession`.
//!
//! A JWE with `dir` and A256GCM. The key is HKDF-SHA256 of the secret, without salt, with the info `JWE CEK`. The times
//! stand in the protected header: `iat` (first made), `uat` (last used) and `exp` = the earlier of `uat + rollingDuration`
//! and `iat + absoluteDuration`. When reading, `exp` must be to come, and so must both sums with the durations that the
//! server has now. Every secret of a list is tried. Source: `lib/appSession.js`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::age;
use super::kit::jwe::{Enc, Jwe};
use super::kit::jwe_session::{self, Derivation, Recipe};
use super::kit::making;
use super::kit::opened;
use super::kit::options;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::intake::parts::{Room, Split};
use crate::jose::claims::{self, Claims};
use crate::jose::jws::{Header, Refusal};
use crate::moment;
use crate::protocol::{
    Ask, Candidate, Caveat, CaveatKind, Draft, Fact, Opened, Options, Payload, PayloadForm, SignError, Why,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct ExpressOpenidConnect;

static ABOUT: About = About {
    id: Cow::Borrowed("express-openid-connect"),
    title: Cow::Borrowed("express-openid-connect session"),
    framework: Cow::Borrowed("express-openid-connect"),
    language: Cow::Borrowed("JavaScript"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed("appSession")]),
    docs: Cow::Borrowed("https://auth0.github.io/express-openid-connect/interfaces/SessionConfigParams.html"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("JWE(dir, A256GCM, HKDF-SHA256(secret, \"JWE CEK\"), session), times in its header"),
    percent_encoded: true,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[
        OptionSpec {
            name: Cow::Borrowed(ROLLING),
            kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("true"), Cow::Borrowed("false")])),
            default: Cow::Borrowed("true"),
            help: Cow::Borrowed("Whether each use prolongs the session."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(ROLLING_DURATION),
            kind: OptionKind::Json,
            default: Cow::Borrowed("86400"),
            help: Cow::Borrowed("Seconds without use after which the session ends, or false."),
            when_making: true,
            when_opening: true,
        },
        OptionSpec {
            name: Cow::Borrowed(ABSOLUTE_DURATION),
            kind: OptionKind::Json,
            default: Cow::Borrowed("604800"),
            help: Cow::Borrowed("Seconds after which the session ends in any case, or false."),
            when_making: true,
            when_opening: true,
        },
    ]),
};

const SPLIT_SOURCE: &str = "https://github.com/auth0/express-openid-connect/blob/master/lib/appSession.js";
const ROLLING: &str = "rolling";
const ROLLING_DURATION: &str = "rollingDuration";
const ABSOLUTE_DURATION: &str = "absoluteDuration";
const DAY: i64 = 86_400;

impl Scheme for ExpressOpenidConnect {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        jwe_session::detect(&ABOUT, item, fits)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let durations = match Durations::of(&ask.options) {
            Ok(durations) => durations,
            Err(bad) => return opened::bare(&ABOUT, verdict::unusable(&bad)),
        };
        let check = |times: &Claims, payload: &Payload| durations.check(times, payload, ask.now);
        let mut opened = jwe_session::open(item, ask, &recipe(&check));
        if let Ok(jwe) = Jwe::read(&item.value)
            && let Some(used) = claims::time(&jwe.header, "uat")
        {
            let value = moment::fact(used, ask.now);
            opened.facts.insert(
                1.min(opened.facts.len()),
                Fact { term: "Last used".into(), from: Some("uat".into()), value },
            );
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let durations = Durations::of(&draft.options)?;
        let session = making::object(draft)?;
        let now = age::now(draft)?;
        let mut times = Header::from_iter([("iat".to_owned(), now.into()), ("uat".to_owned(), now.into())]);
        let shortest = [durations.rolling, durations.absolute].into_iter().flatten().min();
        times.insert("exp".into(), now.saturating_add(shortest.unwrap_or_default()).into());
        jwe_session::make(draft, &recipe(&|_, _| Ok(Vec::new())), times, session.as_bytes())
    }

    fn split(&self) -> Option<Split> {
        Some(Split::dotted(Room::Line(4096), SPLIT_SOURCE))
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.js",
            "javascript",
            r#"const express = require("express")
const { auth } = require("express-openid-connect")

const app = express()
const { ISSUER_BASE_URL: issuerBaseURL, CLIENT_ID: clientID, BASE_URL: baseURL } = process.env
const session = {
  name: "NAME",
?rolling=true:   rolling: true, rollingDuration: OPTION_rollingDuration, absoluteDuration: OPTION_absoluteDuration,
?rolling=false:   rolling: false, rollingDuration: false, absoluteDuration: OPTION_absoluteDuration,
}
app.use(auth({ issuerBaseURL, clientID, baseURL, secret: process.env.SECRET_ENV, session }))

app.get("/", (req, res) => {
  req["NAME"].user_id = 7 // the session has the cookie's name
  res.json(req["NAME"])
})"#,
        )]
    }
}

fn recipe<'a>(check: jwe_session::Check<'a>) -> Recipe<'a> {
    Recipe {
        about: &ABOUT,
        encs: &[Enc::A256Gcm],
        derivations: vec![Derivation::new("", "JWE CEK")],
        thumbprint: None,
        first_without_kid: false,
        claims: |header, _| Some(header.clone()),
        check,
    }
}

fn fits(jwe: &Jwe) -> Option<(u8, String)> {
    let times = ["iat", "uat", "exp"].iter().all(|name| jwe.header.get(*name).is_some_and(Value::is_number));
    let fits = times && jwe.enc == Enc::A256Gcm;
    fits.then(|| (90, "Its header holds `iat`, `uat` and `exp`, as express-openid-connect writes it.".into()))
}

/// How long a session lasts, in seconds; absent where the option is false.
struct Durations {
    rolling: Option<i64>,
    absolute: Option<i64>,
}

impl Durations {
    fn of(options: &Options) -> Result<Self, SignError> {
        let rolls = options::flag(options, ROLLING)?.unwrap_or(true);
        let rolling = duration(options, ROLLING_DURATION, if rolls { Some(DAY) } else { None })?;
        Ok(Self {
            rolling: rolling.filter(|_| rolls),
            absolute: duration(options, ABSOLUTE_DURATION, Some(7 * DAY))?,
        })
    }

    fn check(&self, times: &Claims, payload: &Payload, now: Option<i64>) -> Result<Vec<Caveat>, Refusal> {
        if !matches!(payload, Payload::Json(_)) {
            return Err(Refusal::new(Why::Malformed, "It decrypts, but what is in it is not JSON.", None));
        }
        let ends = [
            ("exp", Some(0), "by the time that was set when it was written"),
            ("uat", self.rolling, "by the server's `rollingDuration`"),
            ("iat", self.absolute, "by the server's `absoluteDuration`"),
        ];
        let mut caveats = Vec::new();
        for (name, duration, how) in ends {
            let Some(duration) = duration else { continue };
            let Some(from) = claims::time(times, name) else {
                let message = format!("It decrypts, but its header has no `{name}`.");
                return Err(Refusal::new(Why::Malformed, message, None));
            };
            let end = from.saturating_add(duration);
            if let Some(now) = now.filter(|&now| end <= now) {
                let message = format!("It expired {}, {how}. Servers refuse it.", moment::distance(end, now));
                caveats.push(Caveat { kind: CaveatKind::Expired, message });
            }
        }
        // The first reason is enough.
        caveats.truncate(1);
        Ok(caveats)
    }
}

fn duration(options: &Options, name: &str, default: Option<i64>) -> Result<Option<i64>, SignError> {
    match options::flag(options, name) {
        Ok(Some(false)) => Ok(None),
        Ok(None) => Ok(default),
        // A duration of 0 counts as none in JavaScript.
        _ => Ok(options::number(options, name)?.filter(|&seconds| seconds != 0)),
    }
}
