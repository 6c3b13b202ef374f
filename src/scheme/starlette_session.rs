//! Starlette's `SessionMiddleware`, which is FastAPI's too.
//!
//! `payload . timestamp . tag`: the payload is standard Base64 with padding of JSON as Python's `json.dumps` writes it by
//! default (with blanks, ASCII only); the rest is itsdangerous's `TimestampSigner` with every default
//! ([`super::itsdangerous_signer`]). `max_age`, 14 days unless set, is always applied. Source:
//! `starlette/middleware/sessions.py`.

use std::borrow::Cow;

use super::itsdangerous_signer::SALT;
use super::kit::itsdangerous;
use super::kit::option_spec::age;
use super::kit::python_signing::{self, Derivation, Family, MAX_AGE, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::python_json::Style;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct StarletteSession;

static ABOUT: About = About {
    id: Cow::Borrowed("starlette-session"),
    title: Cow::Borrowed("Starlette session"),
    framework: Cow::Borrowed("Starlette, FastAPI"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE_NAME)]),
    docs: Cow::Borrowed("https://starlette.dev/middleware/#sessionmiddleware"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(json) . timestamp . base64url(HMAC-SHA1(SHA1(\"itsdangerous.Signersigner\" + secret_key), the two before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 1] = [age(
    MAX_AGE,
    "1209600",
    "Seconds after which a session is refused: 14 days, if the application sets no others; `null` for no limit.",
)];

const COOKIE_NAME: &str = "session";
/// 14 days.
const DEFAULT_MAX_AGE: i64 = 1_209_600;

const PACKING: Packing = Packing::Padded { style: Style { ascii: true, blanks: true, sorted: false } };

fn signer(options: &Options) -> Result<Signer, SignError> {
    let max_age = max_age_option(options, MAX_AGE, Some(DEFAULT_MAX_AGE))?;
    // The middleware passes on no other option.
    let signer = itsdangerous::signer(&Options::new(), SALT, Derivation::DjangoConcat, true)?;
    Ok(Signer { max_age, ..signer })
}

impl Scheme for StarletteSession {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let form = python_signing::form(&item.value, ".", true, Family::ItsDangerous)?;
        if !PACKING.wrote(form.body) {
            return None;
        }
        let mut reasons = form.reasons(true);
        let mut likelihood = 85;
        if item.name.as_deref() == Some(COOKIE_NAME) {
            likelihood += 10;
            reasons.push("The name `session` is SessionMiddleware's.".into());
        }
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&ABOUT, PACKING, signer(&ask.options), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&ABOUT, PACKING, signer(&draft.options), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "FastAPI, main.py",
            "python",
            r#"import os
from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(
    SessionMiddleware,
    secret_key=os.environ["SECRET_ENV"], session_cookie="NAME", https_only=True,
)

@app.get("/")
async def index(request: Request):
    before = request.session.get("user_id")  # None if the signature is not right
    request.session["user_id"] = 7
    return {"before": before}"#,
        )]
    }
}
