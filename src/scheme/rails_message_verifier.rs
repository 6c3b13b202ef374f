//! Rails: `ActiveSupport::MessageVerifier`, and what is built on it: signed ids, signed global ids, Active Storage's
//! links.
//!
//! A [message](super::kit::rails_message) signed by the [verifier](super::kit::rails_verifier) with the secret's bytes
//! as the key. `Rails.application.message_verifier(name)` has the key PBKDF2(secret_key_base, name, 1000, 64 bytes):
//! here that is the option `verifier_name`. Source: `active_support/message_verifier.rb`.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::key_generator::{KeySource, key_digest_spec};
use super::kit::option_spec::{DIGESTS, FLAG, Uses, spec};
use super::kit::options;
use super::kit::rails::{self, Codec, Defaults, Facts};
use super::kit::rails_message::{
    self, Names, Purpose, Reader, SEPARATORS_SPEC, Serializer, Writer, version_spec,
};
use super::kit::rails_verifier::{self, Cutting, Envelope, Verifier};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, SignError};

/// A verifier with the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsMessageVerifier {
    about: &'static About,
    defaults: Defaults,
}

/// Up to Rails 7.0.
pub const CLASSIC: Defaults = Defaults::classic();

/// `load_defaults 7.1` and later.
pub const MODERN: Defaults = Defaults::modern(Serializer::JsonAllowMarshal);

pub static RAILS: RailsMessageVerifier = RailsMessageVerifier { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsMessageVerifier = RailsMessageVerifier { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-message-verifier", "Rails message verifier (to 7.0)", &OPTIONS);
static ABOUT8: About = about("rails8-message-verifier", "Rails message verifier (7.1 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 10] = options("SHA1", "Marshal", "false", "6.1");
static OPTIONS8: [OptionSpec; 10] = options("SHA256", "json_allow_marshal", "true", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    rails::about(Facts {
        id,
        title,
        docs: "https://api.rubyonrails.org/classes/ActiveSupport/MessageVerifier.html",
        built: "base64(message) -- hex(HMAC-SHA1(secret, data))",
        example: "{ \"user_id\": 7 }",
        options,
    })
}

/// The option that names the hash function of the tag.
pub const DIGEST: &str = "digest";
/// The option for the Base64 alphabet.
pub const URL_SAFE: &str = "url_safe";
const NAME: &str = "verifier_name";
const SERIALIZER: &str = "serializer";
const PURPOSE: &str = "purpose";
const EXPIRES: &str = "expires_at";
const NAMES: Names = Names { serializer: SERIALIZER, expires: EXPIRES };
const NEW_ENVELOPE: &str = "use_message_serializer_for_metadata";

const fn options(
    key_digest: &'static str,
    serializer: &'static str,
    envelope: &'static str,
    version: &'static str,
) -> [OptionSpec; 10] {
    [
        spec(
            NAME,
            OptionKind::Text,
            "",
            "The name in Rails.application.message_verifier(name): the secret is then secret_key_base.",
            Uses::Both,
        ),
        DIGEST_SPEC,
        key_digest_spec(key_digest),
        URL_SAFE_SPEC,
        serializer_spec(serializer),
        PURPOSE_SPEC,
        EXPIRES_SPEC,
        envelope_spec(envelope),
        SEPARATORS_SPEC,
        version_spec(version),
    ]
}

pub const DIGEST_SPEC: OptionSpec = spec(
    DIGEST,
    DIGESTS,
    "SHA1",
    "The hash function of the tag. SHA1 in every version of Rails.",
    Uses::Both,
);

pub const URL_SAFE_SPEC: OptionSpec =
    spec(URL_SAFE, FLAG, "false", "Whether Base64 has the alphabet for URLs (Rails 7.1).", Uses::Both);

pub const PURPOSE_SPEC: OptionSpec = spec(
    PURPOSE,
    OptionKind::Text,
    "",
    "What the message is for; the reader must name the same.",
    Uses::Both,
);

pub const EXPIRES_SPEC: OptionSpec =
    spec(EXPIRES, OptionKind::Text, "", "When the message expires: 2030-01-31T12:00:00Z.", Uses::Making);

/// The serializer, with its default.
pub const fn serializer_spec(default: &'static str) -> OptionSpec {
    spec(SERIALIZER, SERIALIZERS, default, "How the value is serialized.", Uses::Both)
}

/// Which envelope is written, with its default.
pub const fn envelope_spec(default: &'static str) -> OptionSpec {
    spec(
        NEW_ENVELOPE,
        FLAG,
        default,
        "Whether the serializer writes purpose and expiry too, as from load_defaults 7.1 on.",
        Uses::Making,
    )
}

/// What a message shows of how it was written.
pub fn shown(opened: &Opened) -> Options {
    let mut shown = rails_message::shown_writer(opened, NAMES);
    shown.extend(rails_message::shown_purpose(opened).map(|purpose| (PURPOSE.to_owned(), purpose.into())));
    if rails_message::shows_legacy_envelope(opened) {
        shown.insert(NEW_ENVELOPE.into(), false.into());
    }
    shown
}

const SERIALIZERS: OptionKind = OptionKind::Choice(Cow::Borrowed(&[
    Cow::Borrowed("Marshal"),
    Cow::Borrowed("JSON"),
    Cow::Borrowed("ActiveSupport::JSON"),
    Cow::Borrowed("NullSerializer"),
    Cow::Borrowed("marshal"),
    Cow::Borrowed("json"),
    Cow::Borrowed("json_allow_marshal"),
    Cow::Borrowed("message_pack"),
    Cow::Borrowed("message_pack_allow_marshal"),
]));

/// How a message is read.
///
/// # Errors
/// If an option cannot be used.
pub fn reader(defaults: Defaults, options: &Options) -> Result<Reader, SignError> {
    Ok(Reader {
        purpose: Purpose::Exactly(options::filled(options, PURPOSE)?.unwrap_or_default().to_owned()),
        serializer: Serializer::of(options, SERIALIZER)?,
        is_modern: defaults.is_modern(options)?,
    })
}

/// How a message is written.
///
/// # Errors
/// If an option cannot be used.
pub fn writer(defaults: Defaults, options: &Options) -> Result<Writer, SignError> {
    let is_modern = defaults.is_modern(options)?;
    let is_new = is_modern && options::flag(options, NEW_ENVELOPE)?.unwrap_or(defaults.is_modern);
    let unnamed = rails_message::Unnamed { serializer: defaults.serializer, is_modern, is_new };
    Writer::of(options, NAMES, unnamed, options::filled(options, PURPOSE)?.map(str::to_owned))
}

impl RailsMessageVerifier {
    fn codec(&self, options: &Options) -> Result<Codec, SignError> {
        let key_digest = self.defaults.key_digest(options)?;
        let key = options::filled(options, NAME)?;
        Ok(Codec::Verifier(Verifier {
            digest: options::digest(options, DIGEST, Digest::Sha1)?,
            digest_option: DIGEST,
            key: key.map_or(KeySource::Secret, |name| KeySource::rails(key_digest, name, 64)),
            cutting: Cutting::rails(self.defaults.is_modern(options)?),
            url_safe: options::flag(options, URL_SAFE)?.unwrap_or(false),
        }))
    }
}

impl Scheme for RailsMessageVerifier {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let (message, digest) = rails_verifier::form(&item.value)?;
        let mut reasons = vec![format!("Base64, then `--` and the hex of an HMAC-{} tag.", digest.name())];
        let envelope = Envelope::of(&message);
        if envelope != Envelope::None {
            reasons.push("In the Base64 stands Rails' envelope for purpose and expiry.".into());
        }
        let likelihood = match (envelope, &item.name) {
            (Envelope::New, _) => 94,
            (Envelope::Legacy { .. } | Envelope::Cookie, _) => 80,
            // A cookie is more often one of `cookies.signed`.
            (Envelope::None, Some(_)) => 45,
            (Envelope::None, None) => 58,
        };
        let (likelihood, why) = rails_verifier::of_version(likelihood, &message, self.defaults.is_modern);
        reasons.extend(why);
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = || Ok((self.codec(&ask.options)?, reader(self.defaults, &ask.options)?));
        rails::open(self.about, item, ask, SETTING, settings())
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let options = &draft.options;
        rails::make(self.about, draft, &self.codec(options)?, &writer(self.defaults, options)?)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let is_modern = self.defaults.is_modern;
        let settings = settings(is_modern);
        let key_digest = if is_modern { KEY_DIGEST_CODE } else { "" };
        let code = format!(
            r#"{settings}{key_digest}?verifier_name: # config.secret_key_base = ENV.fetch("SECRET_ENV")
?verifier_name: verifier = Rails.application.message_verifier("OPTION_verifier_name")
?!verifier_name: verifier = ActiveSupport::MessageVerifier.new(
?!verifier_name:   ENV.fetch("SECRET_ENV"),
?!verifier_name:   digest: "OPTION_digest",
{}
?!verifier_name: )
value = verifier.generate(
  {{ "user_id" => 7 }},
  purpose: "OPTION_purpose",
  expires_at: Time.iso8601("OPTION_expires_at"),
)
?!purpose: data = verifier.verified(value) # nil if the signature is not right
?purpose: data = verifier.verified(value, purpose: "OPTION_purpose") # nil if the signature is not right"#,
            writing(is_modern).replace('?', "?!verifier_name: ?")
        );
        vec![super::Snippet {
            code: code.into(),
            ..super::Snippet::new("In a Rails application", "ruby", "")
        }]
    }
}

const KEY_DIGEST_CODE: &str = r#"?verifier_name: ?key_generator_hash_digest_class: # config.active_support.key_generator_hash_digest_class =
?verifier_name: ?key_generator_hash_digest_class: #   OpenSSL::Digest::OPTION_key_generator_hash_digest_class
"#;

/// Of a snippet: settings of the application, as comments. Rails 7.0 lacks them.
pub const fn settings(is_modern: bool) -> &'static str {
    if is_modern {
        r#"?rails_version: # Rails OPTION_rails_version
?use_message_serializer_for_metadata: # config.active_support.use_message_serializer_for_metadata = false
?escape_js_separators_in_json: # config.active_support.escape_js_separators_in_json = false
"#
    } else {
        "?rails_version: # Rails OPTION_rails_version\n"
    }
}

/// Of a snippet: how the message is written.
pub const fn writing(is_modern: bool) -> &'static str {
    if is_modern {
        "?url_safe:   url_safe: true,\n?serializer!=NullSerializer:   serializer: SYMBOL_serializer,"
    } else {
        "?serializer=Marshal|JSON:   serializer: SYMBOL_serializer,"
    }
}

/// What to set so that messages hold no Marshal.
pub const SETTING: &str = "the serializer to JSON (config.active_support.message_serializer = :json)";
