//! Rails: `cookies.signed`, Rails 4 to 8.1.
//!
//! A [message](super::kit::rails_message) with the purpose `cookie.` + the cookie's name, in the legacy envelope that
//! cookies have kept, signed by a [message verifier](super::kit::rails_verifier). The key is
//! PBKDF2(secret_key_base, `signed cookie`, 1000, 64 bytes); the tag is HMAC-SHA1 unless `signed_cookie_digest` says
//! otherwise. A value without a purpose passes under any name, which keeps cookies from before Rails 6 readable.
//! Source: `action_dispatch/middleware/cookies.rb`.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::key_generator::key_digest_spec;
use super::kit::option_spec::{DIGESTS, FLAG, Uses, spec};
use super::kit::options;
use super::kit::rails::{self, COOKIES_DOCS, Codec, Defaults, Facts};
use super::kit::rails_message::{
    self, Names, Purpose, Reader, SEPARATORS_SPEC, Serializer, Writer, version_spec,
};
use super::kit::rails_verifier::{self, Cutting, Envelope, Verifier};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, SignError};

/// Signed cookies of the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsSignedCookie {
    about: &'static About,
    defaults: Defaults,
}

/// Up to Rails 6.1.
pub const CLASSIC: Defaults = Defaults::classic();

/// `load_defaults 7.0` and later.
pub const MODERN: Defaults = Defaults::modern(Serializer::Json);

pub static RAILS: RailsSignedCookie = RailsSignedCookie { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsSignedCookie = RailsSignedCookie { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-signed-cookie", "Rails signed cookie (to 6.1)", &OPTIONS);
static ABOUT8: About = about("rails8-signed-cookie", "Rails signed cookie (7.0 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 8] = options("SHA1", "marshal", "6.1");
static OPTIONS8: [OptionSpec; 8] = options("SHA256", "json", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    rails::about(Facts {
        id,
        title,
        docs: COOKIES_DOCS,
        built: "base64(message) -- hex(HMAC-SHA1(PBKDF2(secret_key_base, \"signed cookie\"), data))",
        example: "{ \"user_id\": 7 }",
        options,
    })
}

const DIGEST: &str = "signed_cookie_digest";
const SALT: &str = "signed_cookie_salt";
const USUAL_SALT: &str = "signed cookie";

const fn options(
    key_digest: &'static str,
    serializer: &'static str,
    version: &'static str,
) -> [OptionSpec; 8] {
    [
        spec(
            DIGEST,
            DIGESTS,
            "SHA1",
            "The hash function of the tag. SHA1 in every version of Rails.",
            Uses::Both,
        ),
        spec(
            SALT,
            OptionKind::Text,
            USUAL_SALT,
            "The salt of the key, if the application has set its own.",
            Uses::Both,
        ),
        key_digest_spec(key_digest),
        serializer_spec(serializer),
        METADATA_SPEC,
        EXPIRES_SPEC,
        SEPARATORS_SPEC,
        version_spec(version),
    ]
}

/// The option that names the serializer.
const SERIALIZER: &str = "cookies_serializer";
const METADATA: &str = "use_cookies_with_metadata";
const EXPIRES: &str = "expires";
const NAMES: Names = Names { serializer: SERIALIZER, expires: EXPIRES };

/// The serializer, with its default.
pub const fn serializer_spec(default: &'static str) -> OptionSpec {
    spec(SERIALIZER, SERIALIZERS, default, "How the value is serialized.", Uses::Both)
}

pub const METADATA_SPEC: OptionSpec =
    spec(METADATA, FLAG, "true", "Whether the cookie's name is part of what is signed.", Uses::Making);

pub const EXPIRES_SPEC: OptionSpec =
    spec(EXPIRES, OptionKind::Text, "", "When the cookie expires: 2030-01-31T12:00:00Z.", Uses::Making);

const SERIALIZERS: OptionKind = OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("json"),
    Cow::Borrowed("marshal"),
    Cow::Borrowed("hybrid"),
    Cow::Borrowed("json_allow_marshal"),
    Cow::Borrowed("message_pack"),
    Cow::Borrowed("message_pack_allow_marshal"),
]));

/// How a cookie is read.
///
/// # Errors
/// If an option cannot be used.
pub fn reader(defaults: Defaults, item: &Item, options: &Options) -> Result<Reader, SignError> {
    Ok(Reader {
        purpose: Purpose::Cookie(item.name.clone()),
        serializer: Serializer::of(options, SERIALIZER)?,
        is_modern: defaults.is_modern(options)?,
    })
}

/// How a cookie's message is written.
///
/// # Errors
/// If an option cannot be used.
pub fn writer(defaults: Defaults, draft: &Draft) -> Result<Writer, SignError> {
    let options = &draft.options;
    let unnamed = rails_message::Unnamed {
        serializer: defaults.serializer,
        is_modern: defaults.is_modern(options)?,
        is_new: false,
    };
    let purpose = options::flag(options, METADATA)?
        .unwrap_or(true)
        .then(|| rails_message::cookie_purpose(&draft.cookie.name));
    Writer::of(options, NAMES, unnamed, purpose)
}

/// What a cookie shows of how it was written.
pub fn shown(opened: &Opened) -> Options {
    let mut shown = rails_message::shown_writer(opened, NAMES);
    if rails_message::shown_purpose(opened).is_none() {
        shown.insert(METADATA.into(), false.into());
    }
    shown
}

impl RailsSignedCookie {
    fn codec(&self, options: &Options) -> Result<Codec, SignError> {
        Ok(Codec::Verifier(Verifier {
            digest: options::digest(options, DIGEST, Digest::Sha1)?,
            digest_option: DIGEST,
            key: self.defaults.key(options, SALT, USUAL_SALT, 64)?,
            cutting: Cutting::rails(self.defaults.is_modern(options)?),
            url_safe: false,
        }))
    }
}

impl Scheme for RailsSignedCookie {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (message, digest) = rails_verifier::form(&item.value)?;
        let mut reasons = vec![format!("Base64, then `--` and the hex of an HMAC-{} tag.", digest.name())];
        let likelihood = match (Envelope::of(&message), &item.name) {
            (Envelope::Cookie, _) => {
                reasons.push("In the Base64 stands Rails' envelope with a cookie's purpose.".into());
                94
            }
            // Cookies from before Rails 6 have no purpose.
            (Envelope::Legacy { has_purpose: false }, Some(_)) => {
                reasons.push("It is a cookie, and in the Base64 stands Rails' envelope.".into());
                84
            }
            (Envelope::None, Some(_)) => {
                reasons.push("It is a cookie, as it was before Rails had an envelope for it.".into());
                62
            }
            _ => 36,
        };
        let (likelihood, why) = rails_verifier::of_version(likelihood, &message, self.defaults.is_modern);
        reasons.extend(why);
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = || Ok((self.codec(&ask.options)?, reader(self.defaults, item, &ask.options)?));
        rails::open(self.about, item, ask, SETTING, settings())
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        rails::make(self.about, draft, &self.codec(&draft.options)?, &writer(self.defaults, draft)?)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let settings = settings(self.defaults.is_modern);
        let code = format!(
            r#"{settings}?signed_cookie_digest: config.action_dispatch.signed_cookie_digest = "OPTION_signed_cookie_digest"
?signed_cookie_salt: config.action_dispatch.signed_cookie_salt = "OPTION_signed_cookie_salt"

{}"#,
            action("signed")
        );
        vec![super::Snippet { code: code.into(), ..super::Snippet::new("A controller", "ruby", "") }]
    }
}

/// Of a snippet for cookies of any kind: the settings that all have. Rails 6.1 lacks some.
pub const fn settings(is_modern: bool) -> &'static str {
    if is_modern {
        r#"# config/application.rb
?rails_version: # Rails OPTION_rails_version
config.secret_key_base = ENV.fetch("SECRET_ENV")
?key_generator_hash_digest_class: config.active_support.key_generator_hash_digest_class =
?key_generator_hash_digest_class:   OpenSSL::Digest::OPTION_key_generator_hash_digest_class
?escape_js_separators_in_json: config.active_support.escape_js_separators_in_json = false
?cookies_serializer: config.action_dispatch.cookies_serializer = :OPTION_cookies_serializer
?use_cookies_with_metadata: config.action_dispatch.use_cookies_with_metadata = false
"#
    } else {
        r#"# config/application.rb
?rails_version: # Rails OPTION_rails_version
config.secret_key_base = ENV.fetch("SECRET_ENV")
?cookies_serializer=json|hybrid: config.action_dispatch.cookies_serializer = :OPTION_cookies_serializer
?use_cookies_with_metadata: config.action_dispatch.use_cookies_with_metadata = false
"#
    }
}

/// Of a snippet: the action that reads a cookie of `jar` and sets it.
pub fn action(jar: &str) -> String {
    format!(
        r#"# app/controllers/pages_controller.rb
def index
  before = cookies.{jar}["NAME"] # nil if the cookie is not right
  cookies.{jar}["NAME"] = {{
    value: {{ user_id: 7 }}, httponly: true, secure: true, same_site: :lax,
    expires: Time.iso8601("OPTION_expires"),
  }}
  render json: {{ before: before }}
end"#
    )
}

/// What to set so that cookies hold no Marshal.
pub const SETTING: &str = "config.action_dispatch.cookies_serializer to :json";
