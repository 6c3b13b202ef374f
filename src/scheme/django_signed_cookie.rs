//! Django: `response.set_signed_cookie(name, text, salt=…)`.
//!
//! `text : timestamp : tag`, as [`TimestampSigner`](super::django_signing) writes it, with the secret
//! "django.http.cookies" + SECRET_KEY. The salt of the signer holds the cookie's name. From Django 5.2.15 on it is
//! "django.http.cookies.v2:" + len(salt) + ":" + salt + name; before, it was name + salt, which newer versions still
//! accept, unless `SIGNED_COOKIE_LEGACY_SALT_FALLBACK` is off. Sources: `django/core/signing.py`,
//! `django/http/request.py` and `response.py`.

use std::borrow::Cow;

use super::kit::django;
use super::kit::opened::bare;
use super::kit::option_spec::opening;
use super::kit::options;
use super::kit::python_signing::{self, Family, MAX_AGE, Packing, Signer, max_age_option};
use super::kit::verdict::unusable;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::finding::{Finding, Severity};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError, Verdict, Words};
use crate::secret::SecretEncoding;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct DjangoSignedCookie {
    about: &'static About,
    salt: Salt,
}

/// Django 5.2.15 and later.
pub static DJANGO: DjangoSignedCookie = DjangoSignedCookie { about: &ABOUT, salt };

/// Django before 5.2.15.
pub static LEGACY: DjangoSignedCookie = DjangoSignedCookie { about: &LEGACY_ABOUT, salt: legacy_salt };

static ABOUT: About = about(
    "django-signed-cookie",
    "Django signed cookie (5.2.15 and later)",
    "text : timestamp : base64url(HMAC-SHA256(SHA256(salt with name + \"signer\" + \"django.http.cookies\" + SECRET_KEY), the two before))",
    &OPTIONS,
);

static LEGACY_ABOUT: About = about(
    "django-signed-cookie-legacy",
    "Django signed cookie (before 5.2.15)",
    "text : timestamp : base64url(HMAC-SHA256(SHA256(name + salt + \"signer\" + \"django.http.cookies\" + SECRET_KEY), the two before))",
    &LEGACY_OPTIONS,
);

const fn about(
    id: &'static str,
    title: &'static str,
    built: &'static str,
    options: &'static [OptionSpec],
) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed("Django"),
        language: Cow::Borrowed("Python"),
        cookie_names: Cow::Borrowed(&[]),
        docs: Cow::Borrowed(
            "https://docs.djangoproject.com/en/stable/ref/request-response/#django.http.HttpResponse.set_signed_cookie",
        ),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed(built),
        percent_encoded: false,
        payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
        example: Cow::Borrowed("dark"),
        options: Cow::Borrowed(options),
    }
}

static OPTIONS: [OptionSpec; 5] = [
    django::salt(""),
    django::max_age(),
    name_option(),
    opening(
        FALLBACK,
        OptionKind::Choice(Cow::Borrowed(&SWITCH)),
        "true",
        "Whether cookies of Django before 5.2.15 are accepted as well.",
    ),
    django::algorithm(),
];

static LEGACY_OPTIONS: [OptionSpec; 4] =
    [django::salt(""), django::max_age(), name_option(), django::algorithm()];

const fn name_option() -> OptionSpec {
    let help = "The cookie's name, if only the value was pasted: it is a part of the salt.";
    opening(NAME, OptionKind::Text, "", help)
}

static SWITCH: [Words; 2] = [Cow::Borrowed("true"), Cow::Borrowed("false")];

const FALLBACK: &str = "SIGNED_COOKIE_LEGACY_SALT_FALLBACK";
/// What `set_signed_cookie` calls the cookie's name.
const NAME: &str = "key";

/// The signer's salt for a cookie's name and the salt that the application gives.
type Salt = fn(&str, &str) -> String;

fn salt(name: &str, salt: &str) -> String {
    format!("django.http.cookies.v2:{}:{salt}{name}", salt.chars().count())
}

fn legacy_salt(name: &str, salt: &str) -> String {
    format!("{name}{salt}")
}

fn signer(options: &Options, salt: Salt, name: &str) -> Result<Signer, SignError> {
    let salt = salt(name, options::text(options, python_signing::SALT)?.unwrap_or(""));
    let max_age = max_age_option(options, MAX_AGE, None)?;
    Ok(Signer { max_age, prefix: django::COOKIES, ..django::fixed(options, &salt)? })
}

fn detect(about: &About, item: &Item) -> Option<Candidate> {
    let form = python_signing::form(&item.value, ":", true, Family::Django)?;
    let mut reasons = form.reasons(false);
    let likelihood = match &item.name {
        _ if django::packing(false, false).wrote(form.body) => 30,
        None => 40,
        Some(_) => {
            reasons.push("It is a cookie's, so its name may be a part of the salt.".into());
            70
        }
    };
    Some(Candidate { scheme: about.id.to_string(), likelihood, reasons, percent_decoded: false })
}

fn open(about: &'static About, salt: Salt, item: &Item, ask: &Ask) -> Opened {
    let given = options::text(&ask.options, NAME).ok().flatten().unwrap_or_default();
    let name = item.name.as_deref().unwrap_or(given);
    let signer = signer(&ask.options, salt, name);
    // Without the name no tag can be made: then the value is only taken apart.
    if name.is_empty() {
        let opened = python_signing::open(
            about,
            Packing::Text,
            signer,
            item,
            &Ask { secrets: Vec::new(), ..ask.clone() },
        );
        let missing = "Give the cookie's name as well, as in name=value: it is a part of the salt.".into();
        return match opened.verdict {
            Verdict::Unchecked { .. } => Opened { verdict: Verdict::Unchecked { missing }, ..opened },
            _ => opened,
        };
    }
    python_signing::open(about, Packing::Text, signer, item, ask)
}

impl Scheme for DjangoSignedCookie {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        detect(self.about, item)
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let falls_back = match options::flag(&ask.options, FALLBACK) {
            Ok(flag) => flag.unwrap_or(true),
            Err(error) => return bare(self.about, unusable(&error)),
        };
        let opened = open(self.about, self.salt, item, ask);
        let is_refused = matches!(opened.verdict, Verdict::Invalid { .. });
        if !is_refused || !falls_back || self.about.id == LEGACY.about.id {
            return opened;
        }
        let mut older = open(self.about, LEGACY.salt, item, ask);
        if !matches!(older.verdict, Verdict::Valid { .. }) {
            return opened;
        }
        older.findings.push(old_salt());
        older
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let signer = signer(&draft.options, self.salt, &draft.cookie.name);
        python_signing::make(self.about, Packing::Text, signer, draft)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "views.py",
            "python",
            r#"from django.http import JsonResponse

def index(request):  # settings.py: SECRET_KEY = os.environ["SECRET_ENV"]
    before = request.get_signed_cookie(
        "NAME",
        salt="OPTION_salt",
        default=None,  # if the signature is not right
    )
    response = JsonResponse({"before": before})
    response.set_signed_cookie(
        "NAME", "dark", httponly=True, secure=True, samesite="Lax",
        salt="OPTION_salt",
    )
    return response"#,
        )]
    }
}

fn old_salt() -> Finding {
    Finding {
        rule: "django-legacy-cookie-salt".into(),
        severity: Severity::Low,
        about: None,
        message: "It is signed with the salt of Django before 5.2.15: the cookie's name and the salt simply joined, so that \
                  another name with another salt can have the same key."
            .into(),
        fix: format!("Once all such cookies have been set anew, set {FALLBACK} to False."),
        corrected: None,
        source: "Django 5.2.15, django/core/signing.py".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretText;

    /// The verdict on a cookie `u` that was signed rightly.
    fn opened(name: Option<&str>, options: Options) -> Verdict {
        let secret = SecretText::new("k".repeat(50), None);
        let ask = Ask { secrets: vec![secret.clone()], options, ..Ask::default() };
        let signer = signer(&Options::new(), salt, "u").expect("defaults");
        let key = signer.key(secret.text.as_bytes());
        let tag = signer.digest.tag(key.bytes(), b"x:1vb66i");
        let value = format!("x:1vb66i:{}", crate::scheme::kit::base64::BASE64URL.encode(&tag));
        DJANGO.open(&Item::bare(name, &value), &ask).verdict
    }

    #[test]
    fn the_name_can_be_given_as_an_option() {
        assert!(matches!(opened(Some("u"), Options::new()), Verdict::Valid { .. }));
        assert!(matches!(opened(None, Options::from([(NAME.into(), "u".into())])), Verdict::Valid { .. }));
        assert!(
            matches!(opened(None, Options::new()), Verdict::Unchecked { missing } if missing.contains("name"))
        );
        assert!(matches!(opened(Some("v"), Options::new()), Verdict::Invalid { .. }));
    }

    #[test]
    fn the_salt_counts_characters() {
        assert_eq!(salt("name", "é🧂"), "django.http.cookies.v2:2:é🧂name");
    }
}
