//! Rails: `ActiveSupport::MessageEncryptor`, Rails 4 to 8.1.
//!
//! A [message](super::kit::rails_message) encrypted by the [encryptor](super::kit::rails_encryptor). The secret's bytes
//! are the key and must have its length, or `ActiveSupport::KeyGenerator` makes the key of secret and salt: here that
//! are the options `salt`, `sign_salt` and `iterations`. Source: `active_support/message_encryptor.rb`.

use serde_json::Value;

use super::kit::digest::Digest;
use super::kit::key_generator::{ITERATIONS, KeySource, key_digest_spec};
use super::kit::opened::candidate;
use super::kit::option_spec::{Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::rails::{self, Codec, Defaults, Facts};
use super::kit::rails_encryptor::{self, CIPHERS, Cipher, Encryptor, Mode};
use super::kit::rails_message::{SEPARATORS_SPEC, version_spec};
use super::kit::rails_verifier::{Cutting, Verifier};
use super::rails_message_verifier::{
    CLASSIC, DIGEST, DIGEST_SPEC, EXPIRES_SPEC, MODERN, PURPOSE_SPEC, SETTING, URL_SAFE, URL_SAFE_SPEC,
    envelope_spec, reader, serializer_spec, settings, shown, writer, writing,
};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, SignError};

/// An encryptor with the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsMessageEncryptor {
    about: &'static About,
    defaults: Defaults,
}

pub static RAILS: RailsMessageEncryptor = RailsMessageEncryptor { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsMessageEncryptor = RailsMessageEncryptor { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-message-encryptor", "Rails message encryptor (to 7.0)", &OPTIONS);
static ABOUT8: About = about("rails8-message-encryptor", "Rails message encryptor (7.1 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 13] = options("SHA1", "Marshal", "false", "6.1");
static OPTIONS8: [OptionSpec; 13] = options("SHA256", "json_allow_marshal", "true", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    rails::about(Facts {
        id,
        title,
        docs: "https://api.rubyonrails.org/classes/ActiveSupport/MessageEncryptor.html",
        built: "base64(AES-256-GCM(key, message)) -- base64(IV) -- base64(tag)",
        example: "{ \"user_id\": 7 }",
        options,
    })
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
    fn codec(&self, form: Option<Mode>, options: &Options) -> Result<Codec, SignError> {
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
        Ok(Codec::Encryptor(Encryptor {
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
        }))
    }

    fn key(&self, options: &Options, salt: &str, length: usize) -> Result<KeySource, SignError> {
        let digest = self.defaults.key_digest(options)?;
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
        // A cookie is more often one of `cookies.encrypted`.
        let likelihood = if item.name.is_some() { 50 } else { 75 };
        let likelihood = likelihood + u8::from(self.defaults.is_modern == (mode == Mode::Gcm));
        Some(candidate(self.about, likelihood, &[rails::encrypted_form(mode)]))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let form = rails_encryptor::form(&item.value);
        let settings = || Ok((self.codec(form, &ask.options)?, reader(self.defaults, &ask.options)?));
        rails::open(self.about, item, ask, SETTING, settings())
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let options = &draft.options;
        rails::make(self.about, draft, &self.codec(None, options)?, &writer(self.defaults, options)?)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let is_modern = self.defaults.is_modern;
        let code = format!(
            r#"{}?!salt: key = KEY_BYTES
?salt: keys = ActiveSupport::KeyGenerator.new(
?salt:   KEY_BYTES, iterations: OPTION_iterations,
{}?salt: )
?salt: key = keys.generate_key("OPTION_salt", ActiveSupport::MessageEncryptor.key_len("OPTION_cipher"))
?salt: sign_key = keys.generate_key("OPTION_sign_salt", 64)
encryptor = ActiveSupport::MessageEncryptor.new(
?!sign_salt:   key,
?salt: ?sign_salt:   key, sign_key, digest: "OPTION_digest",
  cipher: "OPTION_cipher",
{}
)
value = encryptor.encrypt_and_sign(
  {{ "user_id" => 7 }},
  purpose: "OPTION_purpose",
  expires_at: Time.iso8601("OPTION_expires_at"),
)
# raises InvalidMessage if it is not right
?!purpose: data = encryptor.decrypt_and_verify(value)
?purpose: data = encryptor.decrypt_and_verify(value, purpose: "OPTION_purpose")"#,
            settings(is_modern),
            if is_modern {
                "?salt:   hash_digest_class: OpenSSL::Digest::OPTION_key_generator_hash_digest_class,\n"
            } else {
                ""
            },
            writing(is_modern)
        );
        vec![super::Snippet {
            code: code.into(),
            ..super::Snippet::new("In a Rails application", "ruby", "")
        }]
    }
}
