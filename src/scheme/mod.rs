//! Frameworks' ways to make a signed value: one file a scheme, and one line in [`ALL`].
//!
//! Detection, the page's option form, the Sign panel, the vector test and the diagnosis all read what a scheme says of
//! itself in its [`About`]; nothing else has to change when one is added.

use crate::intake::Item;
use crate::intake::parts::Split;
pub use crate::protocol::{About, OptionKind, OptionSpec, Snippet};
use crate::protocol::{Ask, Candidate, Draft, Opened, Options, SignError, Step};

pub mod adonisjs_encrypted_cookie;
pub mod adonisjs_signed_cookie;
pub mod aiohttp_session_encrypted;
pub mod aiohttp_session_nacl;
pub mod authjs_csrf;
pub mod authjs_jwe;
pub mod beaker;
pub mod better_auth;
pub mod better_auth_jwe;
pub mod better_auth_session_data;
pub mod bottle_cookie;
pub mod branca;
pub mod django_messages;
pub mod django_session;
pub mod django_signed_cookie;
pub mod django_signing;
pub mod elysia_cookie;
pub mod express_cookie_signature;
pub mod express_openid_connect;
pub mod fastify_cookie;
pub mod fastify_secure_session;
pub mod fernet;
pub mod flask_login_remember;
pub mod flask_session;
pub mod gorilla_securecookie;
pub mod h3_session;
pub mod hapi_signed_cookie;
pub mod hono_signed_cookie;
pub mod iron_seal;
pub mod iron_session;
pub mod itsdangerous_signer;
pub mod itsdangerous_url_safe;
pub mod jwe;
pub mod jws;
pub mod keygrip;
pub mod kit;
pub mod laravel;
pub mod litestar_session_cookie;
pub mod mojolicious;
pub mod nextauth_jwe;
pub mod paseto;
pub mod phoenix_token;
pub mod plug_session_cookie;
pub mod pyramid_authtkt;
pub mod pyramid_session;
pub mod rack_session_cookie;
pub mod rack_session_encrypted;
pub mod rails_encrypted_cookie;
pub mod rails_message_encryptor;
pub mod rails_message_verifier;
pub mod rails_signed_cookie;
pub mod react_router_cookie;
pub mod rust_cookie_private;
pub mod rust_cookie_signed;
pub mod sd_jwt;
pub mod signed_value;
pub mod starlette_session;
pub mod symfony_remember_me;
pub mod symfony_uri_signer;
pub mod tornado;
pub mod werkzeug_secure_cookie;

/// Every scheme that Keyjar knows, by language. Of two that are equally likely the first is shown.
pub static ALL: &[&dyn Scheme] = &[
    &jws::Jws,
    &jwe::Jwe,
    &sd_jwt::SdJwt,
    &paseto::Paseto,
    &branca::Branca,
    // JavaScript
    &express_cookie_signature::ExpressCookieSignature,
    &keygrip::Keygrip,
    &fastify_cookie::FastifyCookie,
    &hono_signed_cookie::HonoSignedCookie,
    &react_router_cookie::ReactRouterCookie,
    &elysia_cookie::ElysiaCookie,
    &adonisjs_signed_cookie::AdonisjsSignedCookie,
    &adonisjs_encrypted_cookie::AdonisjsEncryptedCookie,
    &adonisjs_encrypted_cookie::AdonisjsEncryptedCookieV7,
    &hapi_signed_cookie::HapiSignedCookie,
    &better_auth::BetterAuth,
    &better_auth_session_data::BetterAuthSessionData,
    &authjs_csrf::AuthjsCsrf,
    &authjs_jwe::AuthjsJwe,
    &better_auth_jwe::BetterAuthJwe,
    &express_openid_connect::ExpressOpenidConnect,
    &nextauth_jwe::NextauthJwe,
    &fastify_secure_session::FastifySecureSession,
    &h3_session::V1,
    &h3_session::V2,
    &iron_seal::IronSeal,
    &iron_session::IronSession,
    // Python
    &flask_session::FLASK,
    &flask_session::QUART,
    &flask_login_remember::FlaskLoginRemember,
    &starlette_session::StarletteSession,
    &itsdangerous_url_safe::ItsdangerousUrlSafe,
    &itsdangerous_signer::ItsdangerousSigner,
    &django_session::DjangoSessionSignedCookies,
    &django_session::DjangoSessionData,
    &django_messages::DjangoMessages,
    &django_signing::DjangoSigning,
    &django_signed_cookie::LEGACY,
    &django_signed_cookie::DJANGO,
    &django_signing::DjangoSigner,
    &aiohttp_session_encrypted::AiohttpSessionEncrypted,
    &aiohttp_session_nacl::AiohttpSessionNacl,
    &beaker::BeakerCookieSession,
    &beaker::BeakerSessionId,
    &bottle_cookie::BottleCookie,
    &fernet::Fernet,
    &litestar_session_cookie::LitestarSessionCookie,
    &pyramid_authtkt::PyramidAuthtkt,
    &pyramid_session::PyramidSession,
    &tornado::TornadoV1,
    &tornado::TornadoV2,
    &werkzeug_secure_cookie::WerkzeugSecureCookie,
    // Ruby
    &rack_session_cookie::RackSessionCookie,
    &rack_session_encrypted::RackSessionEncrypted,
    &rails_signed_cookie::RAILS,
    &rails_signed_cookie::RAILS8,
    &rails_message_verifier::RAILS,
    &rails_message_verifier::RAILS8,
    &rails_encrypted_cookie::RAILS,
    &rails_encrypted_cookie::RAILS8,
    &rails_message_encryptor::RAILS,
    &rails_message_encryptor::RAILS8,
    // PHP
    &laravel::COOKIE,
    &laravel::ENCRYPTER,
    &symfony_remember_me::SymfonyRememberMe,
    &symfony_uri_signer::SymfonyUriSigner,
    // Go
    &gorilla_securecookie::GorillaSecurecookie,
    // Rust
    &rust_cookie_signed::RustCookieSigned,
    &rust_cookie_private::RustCookiePrivate,
    // Elixir
    &plug_session_cookie::PlugSessionCookie,
    &phoenix_token::COOKIE,
    &phoenix_token::SIGNED,
    &phoenix_token::ENCRYPTED,
    // Perl
    &mojolicious::SESSION,
    &mojolicious::SIGNED_COOKIE,
    &mojolicious::ENCRYPTED_SESSION,
    &mojolicious::ENCRYPTED_COOKIE,
    // No framework
    &signed_value::SignedValue,
];

/// The scheme of that id.
pub fn by_id(id: &str) -> Option<&'static dyn Scheme> {
    ALL.iter().copied().find(|scheme| scheme.about().id == id)
}

/// A framework's way to make a value.
pub trait Scheme: Sync {
    /// What it is, for people and for the page's forms.
    fn about(&self) -> &'static About;

    /// Whether `item` could be one, by its form alone: cheap, and never with a secret.
    fn detect(&self, item: &Item) -> Option<Candidate>;

    /// Takes `item` apart and checks it with what `ask` holds.
    ///
    /// Never fails as a whole: a broken value gives the segments that could be read, and a verdict that says where it
    /// broke. Spans are in `item.value`.
    fn open(&self, item: &Item, ask: &Ask) -> Opened;

    /// Makes a value.
    ///
    /// # Errors
    /// If the payload, the secret or an option cannot be used: the field, the place and what to try.
    fn make(&self, draft: &Draft) -> Result<Made, SignError>;

    /// The cookie that the framework sets beside `value`, if it does: what stands behind the name, and its value.
    fn companion(&self, _draft: &Draft, _value: &str) -> Option<(&'static str, String)> {
        None
    }

    /// The options of [`make`](Self::make) that `item` shows by itself, where [`open`](Self::open) reads it whatever they
    /// are set to: those that differ from the defaults. `opened` is what `open` gave.
    fn shown(&self, _item: &Item, _opened: &Opened) -> Options {
        Options::new()
    }

    /// How the framework cuts a value that one cookie cannot hold, if it does.
    fn split(&self) -> Option<Split> {
        None
    }

    /// The framework's own code that sets and reads such a cookie: see [`Snippet`] for the words in it that are filled in.
    fn snippets(&self) -> Vec<Snippet> {
        Vec::new()
    }

    /// Whether a check of `item` with these options is slow by design, so that [`open`](Self::open) makes it only when
    /// [`Ask::patient`] is set.
    fn is_slow(&self, _item: &Item, _options: &Options) -> bool {
        false
    }
}

/// A value that a scheme made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// As the server's code sees it, before any percent-encoding for the header.
    pub value: String,
    pub steps: Vec<Step>,
}
