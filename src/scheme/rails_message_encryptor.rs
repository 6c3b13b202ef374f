//! Rails: `ActiveSupport::MessageEncryptor`, Rails 4 to 8.1.
//!
//! A [message](super::kit::rails_message) encrypted by the [encryptor](super::kit::rails_encryptor). The secret's bytes
//! are the key and must have its length, or `ActiveSupport::KeyGenerator` makes the key of secret and salt: here that
//! are the options `salt`, `sign_salt` and `iterations`. Source: `active_support/message_encryptor.rb`.

use std::borrow::Cow;

use serde_json::Value;

use super::kit::digest::Digest;
use super::kit::key_generator::{ITERATIONS, KEY_DIGEST, KeySource, key_digest_spec};
use super::kit::mac::Keys;
use super::kit::opened::bare;
use super::kit::option_spec::{Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::rails_encryptor::{self, CIPHERS, Cipher, Encryptor, Mode};
use super::kit::rails_message::{Opening, SEPARATORS_SPEC, version_spec};
use super::kit::rails_verifier::{Cutting, Verifier};
use super::kit::verdict::unusable;
use super::rails_message_verifier::{
    CLASSIC, DIGEST, DIGEST_SPEC, EXPIRES_SPEC, MODERN, MessageDefaults, PURPOSE_SPEC, SETTING, URL_SAFE,
    URL_SAFE_SPEC, envelope_spec, serializer_spec,
};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// An encryptor with the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsMessageEncryptor {
    about: &'static About,
    defaults: MessageDefaults,
}

pub static RAILS: RailsMessageEncryptor = RailsMessageEncryptor { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsMessageEncryptor = RailsMessageEncryptor { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-message-encryptor", "Rails message encryptor (to 7.0)", &OPTIONS);
static ABOUT8: About = about("rails8-message-encryptor", "Rails message encryptor (7.1 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 13] = options("SHA1", "Marshal", "false", "6.1");
static OPTIONS8: [OptionSpec; 13] = options("SHA256", "json_allow_marshal", "true", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed("Rails"),
        language: Cow::Borrowed("Ruby"),
        cookie_names: Cow::Borrowed(&[]),
        docs: Cow::Borrowed("https://api.rubyonrails.org/classes/ActiveSupport/MessageEncryptor.html"),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed("base64(AES-256-GCM(key, message)) -- base64(IV) -- base64(tag)"),
        percent_encoded: true,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
        example: Cow::Borrowed("{ \"user_id\": 7 }"),
        options: Cow::Borrowed(options),
    }
}

const CIPHER: &str = "cipher";
const SALT: &str = "salt";
const SIGN_SALT: &str = "sign_salt";
const ROUNDS: &str = "iterations";
/// Bytes of a key for the tag.
const SIGN_KEY: usize = 64;

const fn options(
    key_digest: &'static str,
    serializer: &'static str,
    envelope: &'static str,
    version: &'static str,
) -> [OptionSpec; 13] {
    [
        spec(
            CIPHER,
            CIPHERS,
            "aes-256-gcm",
            "The cipher; before load_defaults 5.2 it was aes-256-cbc.",
            Uses::Both,
        ),
        spec(
            SALT,
            OptionKind::Text,
            "",
            "The salt, if KeyGenerator makes the key of it and the secret.",
            Uses::Both,
        ),
        spec(SIGN_SALT, OptionKind::Text, "", "For AES-CBC: the salt of the key for the tag.", Uses::Both),
        spec(
            ROUNDS,
            OptionKind::Number,
            "1000",
            "Iterations of KeyGenerator; its own default is 65536.",
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

impl RailsMessageEncryptor {
    /// `form` is the mode that a value shows, for where the option says nothing.
    fn encryptor(&self, form: Option<Mode>, options: &Options) -> Result<Encryptor, SignError> {
        let cipher = match options::filled(options, CIPHER)? {
            None => Cipher { mode: form.unwrap_or(Mode::Gcm), key: 32 },
            Some(name) => Cipher::by_name(name).ok_or_else(|| {
                options::bad_option(
                    CIPHER,
                    format!("{CIPHER} is {name:?}, which is none of AES's here."),
                    LEAVE_EMPTY,
                )
            })?,
        };
        Ok(Encryptor {
            cipher,
            key: self.key(options, SALT, cipher.key)?,
            verifier: Verifier {
                digest: options::digest(options, DIGEST, Digest::Sha1)?,
                digest_option: DIGEST,
                // Without a secret of its own the tag has the cipher's key.
                key: match options::filled(options, SIGN_SALT)? {
                    Some(_) => self.key(options, SIGN_SALT, SIGN_KEY)?,
                    None => self.key(options, SALT, cipher.key)?,
                },
                cutting: Cutting::rails(self.defaults.is_modern(options)?),
                url_safe: options::flag(options, URL_SAFE)?.unwrap_or(false),
            },
        })
    }

    fn key(&self, options: &Options, salt: &str, length: usize) -> Result<KeySource, SignError> {
        let digest = options::digest(options, KEY_DIGEST, self.defaults.key_digest)?;
        let iterations = match options.get(ROUNDS) {
            None | Some(Value::Null) => ITERATIONS,
            Some(value) => value.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or_else(|| {
                options::bad_option(ROUNDS, format!("{ROUNDS} is {value}, which is no count."), LEAVE_EMPTY)
            })?,
        };
        Ok(match options::filled(options, salt)? {
            None => KeySource::Secret,
            Some(salt) => KeySource::Generated { digest, salt: salt.to_owned(), iterations, length },
        })
    }
}

impl Scheme for RailsMessageEncryptor {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let mode = rails_encryptor::form(&item.value)?;
        let reason = match mode {
            Mode::Gcm => {
                "Three pieces of Base64 with `--` between them; the last two have 12 and 16 bytes, as IV and tag of AES-GCM."
            }
            Mode::Cbc => {
                "Base64 and the hex of an HMAC tag; in the Base64 stand a ciphertext and an IV of 16 bytes."
            }
        };
        // A cookie is more often one of `cookies.encrypted`.
        let likelihood = if item.name.is_some() { 50 } else { 75 };
        let likelihood = likelihood + u8::from(self.defaults.is_modern == (mode == Mode::Gcm));
        let reasons = vec![reason.to_owned()];
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let form = rails_encryptor::form(&item.value);
        let settings =
            || Ok::<_, SignError>((self.encryptor(form, &ask.options)?, self.defaults.reader(&ask.options)?));
        match settings() {
            Ok((encryptor, reader)) => encryptor.open(&Opening {
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
        let encryptor = self.encryptor(None, &draft.options)?;
        keys.signing()?;
        encryptor.make(self.defaults.writer(&draft.options)?.write(&draft.payload)?, &keys)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        super::rails_message_verifier::shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![super::Snippet::new(
            "Ruby",
            "ruby",
            r#"require "active_support/all"

key = KEY_BYTES
key = ActiveSupport::KeyGenerator.new(key, iterations: OPTION_iterations).generate_key("OPTION_salt", 32)
encryptor = ActiveSupport::MessageEncryptor.new(key, cipher: "OPTION_cipher", serializer: SYMBOL_serializer)
options = {
  purpose: "OPTION_purpose",
}
value = encryptor.encrypt_and_sign({ "user_id" => 7 }, **options)
data = encryptor.decrypt_and_verify(value, **options) # raises InvalidMessage if it is not right"#,
        )]
    }
}
