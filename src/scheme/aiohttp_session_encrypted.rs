//! aiohttp-session: `EncryptedCookieStorage`.
//!
//! The cookie is a [Fernet token](super::kit::fernet) of the JSON `{"created": …, "session": {…}}` as Python writes it.
//! A key given as bytes is the 32 bytes themselves, one given as text is Base64url. `max_age` is Fernet's `ttl`; then the
//! age since `created` is judged by it too. Source: `aiohttp_session/cookie_storage.py`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::kit::age;
use super::kit::fernet::{self, Token};
use super::kit::mac::Keys;
use super::kit::opened;
use super::kit::options;
use super::kit::verdict;
use super::{About, Made, OptionKind, OptionSpec, Scheme, fernet as token};
use crate::intake::Item;
use crate::payload::python_json;
use crate::protocol::{
    Ask, Candidate, Caveat, Draft, Fact, Field, Opened, Options, Payload, PayloadForm, SignError, Verdict,
};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct AiohttpSessionEncrypted;

static ABOUT: About = About {
    id: Cow::Borrowed("aiohttp-session-encrypted"),
    title: Cow::Borrowed("aiohttp encrypted session"),
    framework: Cow::Borrowed("aiohttp-session"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE)]),
    docs: Cow::Borrowed("https://aiohttp-session.readthedocs.io/en/stable/reference.html"),
    secret_encoding: SecretEncoding::Base64url,
    built: Cow::Borrowed("Fernet(key, {\"created\": now, \"session\": payload})"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user\": 7 }"),
    options: Cow::Borrowed(&[MAX_AGE_OPTION]),
};

/// The name under which aiohttp-session sets its cookie.
pub const COOKIE: &str = "AIOHTTP_SESSION";
const MAX_AGE: &str = "max_age";

pub const MAX_AGE_OPTION: OptionSpec = OptionSpec {
    name: Cow::Borrowed(MAX_AGE),
    kind: OptionKind::Number,
    default: Cow::Borrowed(""),
    help: Cow::Borrowed("Seconds that a session may be old. Without it no age is judged."),
    when_making: false,
    when_opening: true,
};

impl Scheme for AiohttpSessionEncrypted {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        if !Token::has_form(&item.value) {
            return None;
        }
        let form = "It has the form of a Fernet token.";
        Some(match &item.name {
            Some(name) if name == COOKIE => {
                opened::candidate(&ABOUT, 96, &[form, "The name `AIOHTTP_SESSION` is aiohttp-session's."])
            }
            Some(_) => {
                opened::candidate(&ABOUT, 89, &[form, "It stands in a cookie, as aiohttp-session's do."])
            }
            None => opened::candidate(&ABOUT, 40, &[form]),
        })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let max_age = match max_age(&ask.options) {
            Ok(max_age) => max_age,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        let token = match Token::read(&item.value) {
            Ok(token) => token,
            Err(broken) => return opened::bare(&ABOUT, broken),
        };
        let mut opened = token::open(&token, &ABOUT, item, ask, (max_age, MAX_AGE));
        judge_session(&mut opened, max_age, ask.now);
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        max_age(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let plain = session(draft)?;
        let (value, steps) = fernet::make(&keys, age::now(draft)?, plain.as_bytes())?;
        Ok(Made { value, steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "app.py",
            "python",
            r#"import base64, os
from aiohttp import web
from aiohttp_session import get_session, setup
from aiohttp_session.cookie_storage import EncryptedCookieStorage

async def index(request):
    session = await get_session(request)  # empty if the cookie is not right
    before, session["user"] = session.get("user"), 7
    return web.json_response({"before": before})

app = web.Application()
key = KEY_BYTES
setup(app, EncryptedCookieStorage(key, cookie_name="NAME", secure=True, samesite="Lax"))
app.router.add_get("/", index)"#,
        )]
    }
}

/// # Errors
/// If the option is no number.
pub fn max_age(options: &Options) -> Result<Option<f64>, SignError> {
    options::seconds(options, MAX_AGE, None)
}

/// The text that aiohttp-session encrypts: the payload as it is if it has the two members, else put into them.
///
/// # Errors
/// If the payload is no JSON object, or there is no clock.
pub fn session(draft: &Draft) -> Result<String, SignError> {
    if draft.payload.form != PayloadForm::Json {
        return Err(SignError {
            field: Field::Payload,
            message: "A session is a dict, which is written as JSON.".into(),
            hint: "Choose JSON.".into(),
            at: None,
        });
    }
    let text = &draft.payload.text;
    let members = python_json::members(text, python_json::DEFAULT)?;
    let is_whole = members.len() == 2
        && ["created", "session"].iter().all(|needed| members.iter().any(|(name, _)| name == needed));
    let json = python_json::dumps(text, python_json::DEFAULT)?;
    if is_whole {
        return Ok(json);
    }
    Ok(format!("{{\"created\": {}, \"session\": {json}}}", age::now(draft)?))
}

/// Judges the decrypted session of `opened` as aiohttp-session does: its form, and its age since `created`.
pub fn judge_session(opened: &mut Opened, max_age: Option<f64>, now: Option<i64>) {
    let Some(payload) = &opened.payload else { return };
    let created = match created(payload) {
        Ok(created) => created,
        Err(broken) => {
            opened.verdict = broken;
            return;
        }
    };
    let Some(created) = created else { return };
    opened.facts.push(fact(created, now));
    let is_too_old: Option<Caveat> = age::too_old(created, max_age, now, MAX_AGE);
    if let Verdict::Valid { but, .. } = &mut opened.verdict
        && let Some(caveat) = is_too_old
        && but.iter().all(|known| known.kind != caveat.kind)
    {
        but.push(caveat);
    }
}

fn fact(created: f64, now: Option<i64>) -> Fact {
    opened::time_fact("Created", "created", age::whole(created), now)
}

fn created(payload: &Payload) -> Result<Option<f64>, Verdict> {
    match payload {
        Payload::Json(text) if text.trim_start().starts_with('{') => {
            // Python takes some JSON that serde does not (lone surrogates): that is then only not judged.
            let members: Option<Map<String, Value>> = serde_json::from_str(text).ok();
            Ok(members.and_then(|members| members.get("created")?.as_f64()))
        }
        _ => Err(verdict::unreadable("What it decrypts to is no JSON object, as a session of aiohttp is.")),
    }
}
