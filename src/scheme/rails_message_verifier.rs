//! Rails: `ActiveSupport::MessageVerifier`, and what is built on it: signed ids, signed global ids, Active Storage's
//! links.
//!
//! A [message](super::kit::rails_message) signed by the [verifier](super::kit::rails_verifier) with the secret's bytes
//! as the key. `Rails.application.message_verifier(name)` has the key PBKDF2(secret_key_base, name, 1000, 64 bytes):
//! here that is the option `verifier_name`. Source: `active_support/message_verifier.rb`.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::key_generator::{KEY_DIGEST, KeySource, key_digest_spec};
use super::kit::mac::Keys;
use super::kit::opened::bare;
use super::kit::option_spec::{DIGESTS, FLAG, Uses, spec};
use super::kit::options;
use super::kit::rails_message::{
    self, Defaults, Names, Opening, Purpose, Reader, SEPARATORS_SPEC, Serializer, Writer, version_spec,
};
use super::kit::rails_verifier::{self, Cutting, Envelope, Verifier};
use super::kit::verdict::unusable;
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// A verifier with the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsMessageVerifier {
    about: &'static About,
    defaults: MessageDefaults,
}

/// What an application has that configures nothing.
#[derive(Clone, Copy, Debug)]
pub struct MessageDefaults {
    /// Of the key generator.
    pub key_digest: Digest,
    pub serializer: Serializer,
    pub is_modern: bool,
}

/// Up to Rails 7.0.
pub const CLASSIC: MessageDefaults =
    MessageDefaults { key_digest: Digest::Sha1, serializer: Serializer::Marshal, is_modern: false };

/// `load_defaults 7.1` and later.
pub const MODERN: MessageDefaults =
    MessageDefaults { key_digest: Digest::Sha256, serializer: Serializer::JsonAllowMarshal, is_modern: true };

pub static RAILS: RailsMessageVerifier = RailsMessageVerifier { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsMessageVerifier = RailsMessageVerifier { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-message-verifier", "Rails message verifier (to 7.0)", &OPTIONS);
static ABOUT8: About = about("rails8-message-verifier", "Rails message verifier (7.1 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 10] = options("SHA1", "Marshal", "false", "6.1");
static OPTIONS8: [OptionSpec; 10] = options("SHA256", "json_allow_marshal", "true", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed("Rails"),
        language: Cow::Borrowed("Ruby"),
        cookie_names: Cow::Borrowed(&[]),
        docs: Cow::Borrowed("https://api.rubyonrails.org/classes/ActiveSupport/MessageVerifier.html"),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed("base64(message) -- hex(HMAC-SHA1(secret, data))"),
        percent_encoded: true,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
        example: Cow::Borrowed("{ \"user_id\": 7 }"),
        options: Cow::Borrowed(options),
    }
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

impl MessageDefaults {
    /// How a message is read.
    ///
    /// # Errors
    /// If an option cannot be used.
    pub fn reader(&self, options: &Options) -> Result<Reader, SignError> {
        Ok(Reader {
            purpose: Purpose::Exactly(options::filled(options, PURPOSE)?.unwrap_or_default().to_owned()),
            serializer: Serializer::of(options, SERIALIZER)?,
            is_modern: self.is_modern(options)?,
        })
    }

    /// How a message is written.
    ///
    /// # Errors
    /// If an option cannot be used.
    pub fn writer(&self, options: &Options) -> Result<Writer, SignError> {
        let is_modern = self.is_modern(options)?;
        let is_new = is_modern && options::flag(options, NEW_ENVELOPE)?.unwrap_or(self.is_modern);
        let defaults = Defaults { serializer: self.serializer, is_modern, is_new };
        Writer::of(options, NAMES, defaults, options::filled(options, PURPOSE)?.map(str::to_owned))
    }

    pub fn is_modern(&self, options: &Options) -> Result<bool, SignError> {
        rails_message::is_modern(options, self.is_modern)
    }
}

impl RailsMessageVerifier {
    fn verifier(&self, options: &Options) -> Result<Verifier, SignError> {
        let key_digest = options::digest(options, KEY_DIGEST, self.defaults.key_digest)?;
        let key = options::filled(options, NAME)?;
        Ok(Verifier {
            digest: options::digest(options, DIGEST, Digest::Sha1)?,
            digest_option: DIGEST,
            key: key.map_or(KeySource::Secret, |name| KeySource::rails(key_digest, name, 64)),
            cutting: Cutting::rails(self.defaults.is_modern(options)?),
            url_safe: options::flag(options, URL_SAFE)?.unwrap_or(false),
        })
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
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let settings =
            || Ok::<_, SignError>((self.verifier(&ask.options)?, self.defaults.reader(&ask.options)?));
        match settings() {
            Ok((verifier, reader)) => verifier.open(&Opening {
                about: self.about,
                item,
                ask,
                keys: &keys,
                reader: &reader,
                setting: SETTING,
            }),
            Err(error) => bare(self.about, unusable(&error)),
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let keys = Keys::of(&draft.secrets, self.about.secret_encoding);
        let verifier = self.verifier(&draft.options)?;
        keys.signing()?;
        verifier.make(self.defaults.writer(&draft.options)?.write(&draft.payload)?, &keys)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Ruby",
            "ruby",
            r#"require "active_support/all"

verifier = ActiveSupport::MessageVerifier.new(
  ENV.fetch("SECRET_ENV"), digest: "OPTION_digest", serializer: SYMBOL_serializer
)
options = {
  purpose: "OPTION_purpose",
}
value = verifier.generate({ "user_id" => 7 }, **options)
data = verifier.verified(value, **options) # nil if the signature is not right"#,
        )]
    }
}

/// What to set so that messages hold no Marshal.
pub const SETTING: &str = "the serializer to JSON (config.active_support.message_serializer = :json)";
