//! Flask's session cookie, and Quart's, which is the same but for the order of its keys.
//!
//! `payload . timestamp . tag`, as itsdangerous's `URLSafeTimedSerializer` writes it, but with the salt
//! "cookie-session", the key derivation `hmac` (key = HMAC-SHA1(SECRET_KEY, "cookie-session")), and tagged JSON in the
//! payload ([`flask_json`](crate::payload::flask_json)): ASCII only, compact; Flask sorts its keys, Quart leaves them in
//! their order. What is older than `PERMANENT_SESSION_LIFETIME` is refused, in sessions that are not permanent too.
//! Sources: `src/flask/sessions.py`, `src/quart/sessions.py`.

use std::borrow::Cow;

use super::kit::itsdangerous;
use super::kit::option_spec::age;
use super::kit::python_signing::{self, Derivation, Family, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::payload::python_json::Style;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct FlaskSession {
    about: &'static About,
    packing: Packing,
}

pub static FLASK: FlaskSession = FlaskSession { about: &FLASK_ABOUT, packing: packing(true) };
pub static QUART: FlaskSession = FlaskSession { about: &QUART_ABOUT, packing: packing(false) };

static FLASK_ABOUT: About = about(
    "flask-session",
    "Flask session",
    "Flask",
    "https://flask.palletsprojects.com/en/stable/api/#sessions",
);
static QUART_ABOUT: About = about(
    "quart-session",
    "Quart session",
    "Quart",
    "https://quart.palletsprojects.com/en/latest/how_to_guides/session_storage/",
);

const fn about(id: &'static str, title: &'static str, framework: &'static str, docs: &'static str) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed(framework),
        language: Cow::Borrowed("Python"),
        cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE_NAME)]),
        docs: Cow::Borrowed(docs),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed(
            "base64url(json) . timestamp . base64url(HMAC-SHA1(HMAC-SHA1(SECRET_KEY, \"cookie-session\"), the two before))",
        ),
        percent_encoded: false,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
        example: Cow::Borrowed("{ \"user_id\": 7 }"),
        options: Cow::Borrowed(&OPTIONS),
    }
}

static OPTIONS: [OptionSpec; 4] = [
    itsdangerous::salt(SALT),
    itsdangerous::key_derivation("hmac"),
    itsdangerous::digest_method(),
    age(
        LIFETIME,
        "2678400",
        "Seconds after which a session is refused: 31 days, if the application sets no others.",
    ),
];

const COOKIE_NAME: &str = "session";
const SALT: &str = "cookie-session";
const LIFETIME: &str = "PERMANENT_SESSION_LIFETIME";
/// 31 days.
const DEFAULT_LIFETIME: i64 = 2_678_400;

const fn packing(sorted: bool) -> Packing {
    Packing::UrlSafe {
        style: Style { ascii: true, blanks: false, sorted },
        compress: true,
        tagged: true,
        dict: true,
    }
}

fn signer(options: &Options) -> Result<Signer, SignError> {
    // The separator is no option of these interfaces.
    let options: Options = options
        .iter()
        .filter(|(name, _)| *name != python_signing::SEP)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let max_age = max_age_option(&options, LIFETIME, Some(DEFAULT_LIFETIME))?;
    Ok(Signer { max_age, ..itsdangerous::signer(&options, SALT, Derivation::Hmac, true)? })
}

impl Scheme for FlaskSession {
    fn about(&self) -> &'static About {
        self.about
    }

    /// Both write the same, so that only keys that are not sorted tell Quart from Flask.
    fn detect(&self, item: &Item) -> Option<Candidate> {
        let form = python_signing::form(&item.value, ".", true, Family::ItsDangerous)?;
        let is_named = item.name.as_deref() == Some(COOKIE_NAME);
        let is_written_so = self.packing.wrote(form.body);
        let mut reasons = form.reasons(is_written_so);
        let is_flasks = self.about.id == FLASK.about.id;
        let likelihood = match (is_written_so, FLASK.packing.wrote(form.body)) {
            (true, true) if is_flasks => 84,
            (true, true) => 82,
            (true, false) => 86,
            (false, _) if is_named => 30,
            (false, _) => return None,
        };
        // Without a cookie's name, a token that the application made is as likely.
        let likelihood = if item.name.is_some() { likelihood } else { likelihood - 14 };
        if is_named {
            reasons.push(format!("The name `{COOKIE_NAME}` is {}'s.", self.about.framework));
        }
        let likelihood = if is_named { likelihood + 10 } else { likelihood };
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(self.about, self.packing, signer(&ask.options), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(self.about, self.packing, signer(&draft.options), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let snippet = super::Snippet::new("app.py", "python", SNIPPET);
        if self.about.id == FLASK.about.id {
            return vec![snippet];
        }
        let code = SNIPPET.replace("flask", "quart").replace("Flask", "Quart").replace("def ", "async def ");
        vec![super::Snippet { code: code.into(), ..snippet }]
    }
}

/// Flask's; Quart's is the same in its own names, and asynchronous.
const SNIPPET: &str = r#"import os
?digest_method: import hashlib
from flask import Flask, session

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_ENV"],
    SESSION_COOKIE_NAME="NAME", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax",
)
?salt: app.session_interface.salt = "OPTION_salt"
?key_derivation: app.session_interface.key_derivation = "OPTION_key_derivation"
?digest_method: app.session_interface.digest_method = hashlib.OPTION_digest_method

@app.get("/")
def index():
    before = session.get("user_id")  # None if the signature is not right
    session["user_id"] = 7
    return {"before": before}"#;
