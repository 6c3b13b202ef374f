//! Rails: `cookies.encrypted` and the session in a cookie (CookieStore), Rails 4 to 8.1.
//!
//! A [message](super::kit::rails_message) as in [signed cookies](super::rails_signed_cookie), encrypted by a [message
//! encryptor](super::kit::rails_encryptor). With AES-256-GCM (from `load_defaults 5.2` on) the key is
//! PBKDF2(secret_key_base, `authenticated encrypted cookie`, 1000, 32 bytes). Before it was AES-256-CBC with HMAC-SHA1:
//! one key with the salt `encrypted cookie`, and 64 bytes with `signed encrypted cookie` for the tag. Applications of
//! either setting read both, so the value's form decides. Source: `action_dispatch/middleware/cookies.rb`.

use std::borrow::Cow;

use super::kit::digest::Digest;
use super::kit::key_generator::key_digest_spec;
use super::kit::mac::Keys;
use super::kit::opened::bare;
use super::kit::option_spec::{FLAG, Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::rails_encryptor::{self, CIPHERS, Cipher, Encryptor, Mode};
use super::kit::rails_message::{Opening, SEPARATORS_SPEC, version_spec};
use super::kit::rails_verifier::{Cutting, Verifier};
use super::kit::verdict::unusable;
use super::rails_signed_cookie::{
    CLASSIC, CookieDefaults, EXPIRES_SPEC, METADATA_SPEC, MODERN, SETTING, serializer_spec,
};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, PayloadForm, SignError};
use crate::secret::SecretEncoding;

/// Encrypted cookies of the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsEncryptedCookie {
    about: &'static About,
    defaults: CookieDefaults,
}

pub static RAILS: RailsEncryptedCookie = RailsEncryptedCookie { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsEncryptedCookie = RailsEncryptedCookie { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-encrypted-cookie", "Rails encrypted cookie (to 6.1)", &OPTIONS);
static ABOUT8: About = about("rails8-encrypted-cookie", "Rails encrypted cookie (7.0 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 11] = options("SHA1", "marshal", "6.1");
static OPTIONS8: [OptionSpec; 11] = options("SHA256", "json", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    About {
        id: Cow::Borrowed(id),
        title: Cow::Borrowed(title),
        framework: Cow::Borrowed("Rails"),
        language: Cow::Borrowed("Ruby"),
        cookie_names: Cow::Borrowed(&[]),
        docs: Cow::Borrowed("https://api.rubyonrails.org/classes/ActionDispatch/Cookies.html"),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed(
            "base64(AES-256-GCM(PBKDF2(secret_key_base, salt), message)) -- base64(IV) -- base64(tag)",
        ),
        percent_encoded: true,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
        example: Cow::Borrowed("{ \"session_id\": \"a2f1\", \"user_id\": 7 }"),
        options: Cow::Borrowed(options),
    }
}

const AUTHENTICATED: &str = "use_authenticated_cookie_encryption";
const CIPHER: &str = "encrypted_cookie_cipher";
const GCM_SALT: &str = "authenticated_encrypted_cookie_salt";
const CBC_SALT: &str = "encrypted_cookie_salt";
const SIGN_SALT: &str = "encrypted_signed_cookie_salt";

const USUAL_GCM_SALT: &str = "authenticated encrypted cookie";
const USUAL_CBC_SALT: &str = "encrypted cookie";
const USUAL_SIGN_SALT: &str = "signed encrypted cookie";

const fn options(
    key_digest: &'static str,
    serializer: &'static str,
    version: &'static str,
) -> [OptionSpec; 11] {
    [
        spec(
            AUTHENTICATED,
            FLAG,
            "true",
            "Whether AES-GCM is written; before Rails 5.2 it was AES-CBC.",
            Uses::Making,
        ),
        spec(CIPHER, CIPHERS, "aes-256-gcm", "The cipher, if the application has set its own.", Uses::Both),
        spec(GCM_SALT, OptionKind::Text, USUAL_GCM_SALT, "The salt of AES-GCM's key.", Uses::Both),
        spec(CBC_SALT, OptionKind::Text, USUAL_CBC_SALT, "The salt of AES-CBC's key.", Uses::Both),
        spec(
            SIGN_SALT,
            OptionKind::Text,
            USUAL_SIGN_SALT,
            "The salt of the key for AES-CBC's tag.",
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

impl RailsEncryptedCookie {
    fn encryptor(&self, mode: Mode, options: &Options) -> Result<Encryptor, SignError> {
        let cipher = match (mode, options::filled(options, CIPHER)?) {
            (Mode::Cbc, _) => Cipher { mode, key: 32 },
            (Mode::Gcm, None) => Cipher { mode, key: 32 },
            (Mode::Gcm, Some(name)) => {
                Cipher::by_name(name).filter(|cipher| cipher.mode == Mode::Gcm).ok_or_else(|| {
                    options::bad_option(
                        CIPHER,
                        format!("{CIPHER} is {name:?}, and only AES-GCM is known here."),
                        LEAVE_EMPTY,
                    )
                })?
            }
        };
        let (salt, usual) = match mode {
            Mode::Gcm => (GCM_SALT, USUAL_GCM_SALT),
            Mode::Cbc => (CBC_SALT, USUAL_CBC_SALT),
        };
        Ok(Encryptor {
            cipher,
            key: self.defaults.key(options, salt, usual, cipher.key)?,
            verifier: Verifier {
                digest: Digest::Sha1,
                digest_option: "digest",
                key: self.defaults.key(options, SIGN_SALT, USUAL_SIGN_SALT, 64)?,
                cutting: Cutting::rails(self.defaults.is_modern(options)?),
                url_safe: false,
            },
        })
    }

    /// The mode that is written; without a form of its own a value is read as this.
    fn written(options: &Options) -> Result<Mode, SignError> {
        let is_authenticated = options::flag(options, AUTHENTICATED)?.unwrap_or(true);
        Ok(if is_authenticated { Mode::Gcm } else { Mode::Cbc })
    }
}

impl Scheme for RailsEncryptedCookie {
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
        let mut reasons = vec![reason.to_owned()];
        if item.name.as_deref().is_some_and(|name| name.ends_with("_session")) {
            reasons.push("Rails names its session cookie `_app_session`.".into());
        }
        // Without a cookie's name, a message of the application's own is the likelier. AES-CBC was the default up to 5.1.
        let likelihood = if item.name.is_some() { 90 } else { 60 };
        let likelihood = likelihood + u8::from(self.defaults.is_modern == (mode == Mode::Gcm));
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let settings = || {
            let mode = rails_encryptor::form(&item.value).map_or_else(|| Self::written(&ask.options), Ok)?;
            Ok::<_, SignError>((
                self.encryptor(mode, &ask.options)?,
                self.defaults.reader(item, &ask.options)?,
            ))
        };
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
        let encryptor = self.encryptor(Self::written(&draft.options)?, &draft.options)?;
        keys.signing()?;
        encryptor.make(self.defaults.writer(draft)?.write(&draft.payload)?, &keys)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        CookieDefaults::shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "The session",
                "ruby",
                r#"# config/application.rb
config.secret_key_base = ENV.fetch("SECRET_ENV")
config.session_store :cookie_store, key: "NAME", secure: true, same_site: :lax

# app/controllers/pages_controller.rb
def index
  before = session[:user_id] # nil if the cookie is not right
  session[:user_id] = 7
  render json: { before: before }
end"#,
            ),
            super::Snippet::new(
                "Another cookie",
                "ruby",
                r#"# config/application.rb
config.secret_key_base = ENV.fetch("SECRET_ENV")

# app/controllers/pages_controller.rb
def index
  before = cookies.encrypted["NAME"] # nil if the cookie is not right
  cookies.encrypted["NAME"] = { value: { user_id: 7 }, httponly: true, secure: true, same_site: :lax }
  render json: { before: before }
end"#,
            ),
        ]
    }
}
