//! Rails: `cookies.encrypted` and the session in a cookie (CookieStore), Rails 4 to 8.1.
//!
//! A [message](super::kit::rails_message) as in [signed cookies](super::rails_signed_cookie), encrypted by a [message
//! encryptor](super::kit::rails_encryptor). With AES-256-GCM (from `load_defaults 5.2` on) the key is
//! PBKDF2(secret_key_base, `authenticated encrypted cookie`, 1000, 32 bytes). Before it was AES-256-CBC with HMAC-SHA1:
//! one key with the salt `encrypted cookie`, and 64 bytes with `signed encrypted cookie` for the tag. Applications of
//! either setting read both, so the value's form decides. Source: `action_dispatch/middleware/cookies.rb`.

use super::kit::digest::Digest;
use super::kit::key_generator::key_digest_spec;
use super::kit::opened::candidate;
use super::kit::option_spec::{FLAG, Uses, spec};
use super::kit::options;
use super::kit::options::LEAVE_EMPTY;
use super::kit::rails::{self, COOKIES_DOCS, Codec, Defaults, Facts};
use super::kit::rails_encryptor::{self, CIPHERS, Cipher, Encryptor, Mode};
use super::kit::rails_message::{SEPARATORS_SPEC, version_spec};
use super::kit::rails_verifier::{Cutting, Verifier};
use super::rails_signed_cookie::{
    CLASSIC, EXPIRES_SPEC, METADATA_SPEC, MODERN, SETTING, action, reader, serializer_spec, settings, shown,
    writer,
};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, SignError};

/// Encrypted cookies of the defaults of one time: see the [module's documentation](self).
#[derive(Debug)]
pub struct RailsEncryptedCookie {
    about: &'static About,
    defaults: Defaults,
}

pub static RAILS: RailsEncryptedCookie = RailsEncryptedCookie { about: &ABOUT, defaults: CLASSIC };
pub static RAILS8: RailsEncryptedCookie = RailsEncryptedCookie { about: &ABOUT8, defaults: MODERN };

static ABOUT: About = about("rails-encrypted-cookie", "Rails encrypted cookie (to 6.1)", &OPTIONS);
static ABOUT8: About = about("rails8-encrypted-cookie", "Rails encrypted cookie (7.0 to 8.1)", &OPTIONS8);

static OPTIONS: [OptionSpec; 11] = options("SHA1", "marshal", "6.1");
static OPTIONS8: [OptionSpec; 11] = options("SHA256", "json", "8.1");

const fn about(id: &'static str, title: &'static str, options: &'static [OptionSpec]) -> About {
    rails::about(Facts {
        id,
        title,
        docs: COOKIES_DOCS,
        built: "base64(AES-256-GCM(PBKDF2(secret_key_base, salt), message)) -- base64(IV) -- base64(tag)",
        example: "{ \"session_id\": \"a2f1\", \"user_id\": 7 }",
        options,
    })
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
    fn codec(&self, mode: Mode, options: &Options) -> Result<Codec, SignError> {
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
        Ok(Codec::Encryptor(Encryptor {
            cipher,
            key: self.defaults.key(options, salt, usual, cipher.key)?,
            verifier: Verifier {
                digest: Digest::Sha1,
                digest_option: "digest",
                key: self.defaults.key(options, SIGN_SALT, USUAL_SIGN_SALT, 64)?,
                cutting: Cutting::rails(self.defaults.is_modern(options)?),
                url_safe: false,
            },
        }))
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
        let mut reasons = vec![rails::encrypted_form(mode)];
        if item.name.as_deref().is_some_and(|name| name.ends_with("_session")) {
            reasons.push("Rails names its session cookie `_app_session`.");
        }
        // Without a cookie's name, a message of the application's own is the likelier. AES-CBC was the default up to 5.1.
        let likelihood = if item.name.is_some() { 90 } else { 60 };
        let likelihood = likelihood + u8::from(self.defaults.is_modern == (mode == Mode::Gcm));
        Some(candidate(self.about, likelihood, &reasons))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let settings = || {
            let mode = rails_encryptor::form(&item.value).map_or_else(|| Self::written(&ask.options), Ok)?;
            Ok((self.codec(mode, &ask.options)?, reader(self.defaults, item, &ask.options)?))
        };
        rails::open(self.about, item, ask, SETTING, settings())
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let codec = self.codec(Self::written(&draft.options)?, &draft.options)?;
        rails::make(self.about, draft, &codec, &writer(self.defaults, draft)?)
    }

    fn shown(&self, _item: &Item, opened: &Opened) -> Options {
        shown(opened)
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        let settings = settings(self.defaults.is_modern);
        let settings = format!(
            r#"{settings}?use_authenticated_cookie_encryption: config.action_dispatch.use_authenticated_cookie_encryption = false
?encrypted_cookie_cipher: config.action_dispatch.encrypted_cookie_cipher = "OPTION_encrypted_cookie_cipher"
?authenticated_encrypted_cookie_salt: config.action_dispatch.authenticated_encrypted_cookie_salt =
?authenticated_encrypted_cookie_salt:   "OPTION_authenticated_encrypted_cookie_salt"
?encrypted_cookie_salt: config.action_dispatch.encrypted_cookie_salt = "OPTION_encrypted_cookie_salt"
?encrypted_signed_cookie_salt: config.action_dispatch.encrypted_signed_cookie_salt =
?encrypted_signed_cookie_salt:   "OPTION_encrypted_signed_cookie_salt"
"#
        );
        let session = r#"config.session_store :cookie_store, key: "NAME", secure: true, same_site: :lax

# app/controllers/pages_controller.rb
def index
  before = session[:user_id] # nil if the cookie is not right
  session[:user_id] = 7
  render json: { before: before }
end"#;
        let session = format!("{settings}{session}");
        let cookie = format!("{settings}\n{}", action("encrypted"));
        let snippet = |file, code: String| super::Snippet {
            code: code.into(),
            ..super::Snippet::new(file, "ruby", "")
        };
        vec![snippet("The session", session), snippet("Another cookie", cookie)]
    }
}
