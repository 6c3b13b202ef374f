//! Django's sessions: in a cookie (`signed_cookies`), and as the other backends store them (`session_data`).
//!
//! Both are what [`signing.dumps`](super::django_signing) writes with `compress=True`, each with a salt of its own:
//! `base64url(json) : timestamp : tag`, or a dot and Base64url of the zlib stream. The cookie is refused once it is older
//! than `SESSION_COOKIE_AGE`; what is stored has no age. Sources: `django/contrib/sessions/backends/signed_cookies.py`
//! and `base.py`.

use std::borrow::Cow;

use super::kit::django;
use super::kit::option_spec::age;
use super::kit::python_signing::{self, Family, Packing, Signer, max_age_option};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// What the backends `db`, `cached_db` and `file` store; see the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoSessionData;

/// The backend `signed_cookies`; see the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoSessionSignedCookies;

static DATA: About = About {
    id: Cow::Borrowed("django-session-data"),
    title: Cow::Borrowed("Django session_data"),
    framework: Cow::Borrowed("Django"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.djangoproject.com/en/stable/topics/http/sessions/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(json) : timestamp : base64url(HMAC-SHA256(SHA256(\"django.contrib.sessions.SessionStoresigner\" + SECRET_KEY), the two before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"_auth_user_id\": \"7\" }"),
    options: Cow::Borrowed(&DATA_OPTIONS),
};

static COOKIE: About = About {
    id: Cow::Borrowed("django-session-signed-cookies"),
    title: Cow::Borrowed("Django session (signed_cookies)"),
    framework: Cow::Borrowed("Django"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE_NAME)]),
    docs: Cow::Borrowed(
        "https://docs.djangoproject.com/en/stable/topics/http/sessions/#using-cookie-based-sessions",
    ),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(json) : timestamp : base64url(HMAC-SHA256(SHA256(\"django.contrib.sessions.backends.signed_cookiessigner\" + SECRET_KEY), the two before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"_auth_user_id\": \"7\" }"),
    options: Cow::Borrowed(&COOKIE_OPTIONS),
};

static DATA_OPTIONS: [OptionSpec; 1] = [django::algorithm()];

static COOKIE_OPTIONS: [OptionSpec; 2] = [
    age(
        COOKIE_AGE,
        "1209600",
        "Seconds after which a session is refused: two weeks, if the settings say no other.",
    ),
    django::algorithm(),
];

const COOKIE_NAME: &str = "sessionid";
const COOKIE_AGE: &str = "SESSION_COOKIE_AGE";
/// Two weeks.
const DEFAULT_COOKIE_AGE: i64 = 1_209_600;
const DATA_SALT: &str = "django.contrib.sessions.SessionStore";
const COOKIE_SALT: &str = "django.contrib.sessions.backends.signed_cookies";

const PACKING: Packing = django::packing(true, true);

fn data_signer(options: &Options) -> Result<Signer, SignError> {
    django::fixed(options, DATA_SALT)
}

fn cookie_signer(options: &Options) -> Result<Signer, SignError> {
    let max_age = max_age_option(options, COOKIE_AGE, Some(DEFAULT_COOKIE_AGE))?;
    Ok(Signer { max_age, ..django::fixed(options, COOKIE_SALT)? })
}

/// Both have one form; the cookie has a name.
fn detect(about: &About, item: &Item, named: u8, unnamed: u8) -> Option<Candidate> {
    let form = python_signing::form(&item.value, ":", true, Family::Django)?;
    if !PACKING.wrote(form.body) {
        return None;
    }
    let mut reasons = form.reasons(true);
    let is_named = item.name.as_deref() == Some(COOKIE_NAME);
    if is_named {
        reasons.push("The name `sessionid` is that of Django's session cookie.".into());
    }
    let likelihood = if is_named { named } else { unnamed };
    Some(Candidate { scheme: about.id.to_string(), likelihood, reasons, percent_decoded: false })
}

impl Scheme for DjangoSessionData {
    fn about(&self) -> &'static About {
        &DATA
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        detect(&DATA, item, 45, 50)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&DATA, PACKING, data_signer(&ask.options), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&DATA, PACKING, data_signer(&draft.options), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "manage.py shell",
            "python",
            r#"# settings.py: SECRET_KEY = os.environ["SECRET_ENV"]
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

# What stands in the column session_data; the cookie holds only the key of the row.
value = SessionStore().encode({"_auth_user_id": "7"})
data = SessionStore().decode(value)  # {} if the signature is not right

row = Session.objects.get(session_key=session_key)
data = row.get_decoded()"#,
        )]
    }
}

impl Scheme for DjangoSessionSignedCookies {
    fn about(&self) -> &'static About {
        &COOKIE
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        detect(&COOKIE, item, 95, 65)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&COOKIE, PACKING, cookie_signer(&ask.options), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&COOKIE, PACKING, cookie_signer(&draft.options), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "settings.py and views.py",
            "python",
            r#"# settings.py
import os
SECRET_KEY = os.environ["SECRET_ENV"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "NAME"
SESSION_COOKIE_SECURE = True

# views.py
from django.http import JsonResponse

def index(request):
    before = request.session.get("user_id")  # None if the signature is not right
    request.session["user_id"] = 7
    return JsonResponse({"before": before})"#,
        )]
    }
}
