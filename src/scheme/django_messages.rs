//! Django: the `messages` cookie of `django.contrib.messages`.
//!
//! A list of messages as [`signing.dumps`](super::django_signing) writes it with `compress=True`, with the salt
//! "django.contrib.messages" and, as for all of Django's cookies, "django.http.cookies" in front of the secret. Each
//! message is `["__json_message", safe, level, text, extra_tags]`. It has no age. Source:
//! `django/contrib/messages/storage/cookie.py`.

use std::borrow::Cow;

use super::kit::django;
use super::kit::python_signing::{self, Family, Packing, Signer};
use super::{About, Made, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoMessages;

static ABOUT: About = About {
    id: Cow::Borrowed("django-messages"),
    title: Cow::Borrowed("Django messages"),
    framework: Cow::Borrowed("Django"),
    language: Cow::Borrowed("Python"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(COOKIE_NAME)]),
    docs: Cow::Borrowed("https://docs.djangoproject.com/en/stable/ref/contrib/messages/"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64url(json) : timestamp : base64url(HMAC-SHA256(SHA256(\"django.contrib.messagessignerdjango.http.cookies\" + SECRET_KEY), the two before))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("[[\"__json_message\", 0, 25, \"Profile saved.\", \"\"]]"),
    options: Cow::Borrowed(&OPTIONS),
};

static OPTIONS: [OptionSpec; 1] = [django::algorithm()];

const COOKIE_NAME: &str = "messages";
const SALT: &str = "django.contrib.messages";

const PACKING: Packing = django::packing(true, false);

fn signer(options: &Options) -> Result<Signer, SignError> {
    Ok(Signer { prefix: django::COOKIES, ..django::fixed(options, SALT)? })
}

impl Scheme for DjangoMessages {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let form = python_signing::form(&item.value, ":", true, Family::Django)?;
        if item.name.as_deref() != Some(COOKIE_NAME) || !PACKING.wrote(form.body) {
            return None;
        }
        let mut reasons = form.reasons(true);
        reasons.push("The name `messages` is that of Django's messages.".into());
        Some(Candidate { scheme: ABOUT.id.to_string(), likelihood: 95, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        python_signing::open(&ABOUT, PACKING, signer(&ask.options), item, ask)
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        python_signing::make(&ABOUT, PACKING, signer(&draft.options), draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "settings.py and views.py",
            "python",
            r#"# settings.py
import os
SECRET_KEY = os.environ["SECRET_ENV"]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# views.py: the cookie is called `messages`
from django.contrib import messages
from django.http import JsonResponse

def index(request):
    before = [str(message) for message in messages.get_messages(request)]
    messages.success(request, "Profile saved.")
    return JsonResponse({"before": before})"#,
        )]
    }
}
