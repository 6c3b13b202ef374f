//! Frameworks' ways to make a signed value: one file a scheme, and one line in [`ALL`].
//!
//! Detection, the page's option form, the Sign panel, the vector test and the diagnosis all read what a scheme says of
//! itself in its [`About`]; nothing else has to change when one is added.

use crate::intake::Item;
pub use crate::protocol::{About, OptionKind, OptionSpec};
use crate::protocol::{Ask, Candidate, Draft, Opened, SignError, Step};

pub mod express_cookie_signature;
pub mod gorilla_securecookie;
pub mod jws_hmac;
pub mod kit;
pub mod laravel;
pub mod mojolicious;
pub mod phoenix_token;
pub mod plug_session_cookie;
pub mod rust_cookie_private;
pub mod rust_cookie_signed;
pub mod signed_value;
pub mod symfony_remember_me;
pub mod symfony_uri_signer;

/// Every scheme that Keyjar knows.
pub static ALL: &[&dyn Scheme] = &[
    &jws_hmac::JwsHmac,
    &express_cookie_signature::ExpressCookieSignature,
    &laravel::COOKIE,
    &laravel::ENCRYPTER,
    &symfony_remember_me::SymfonyRememberMe,
    &symfony_uri_signer::SymfonyUriSigner,
    &gorilla_securecookie::GorillaSecurecookie,
    &rust_cookie_signed::RustCookieSigned,
    &rust_cookie_private::RustCookiePrivate,
    &plug_session_cookie::PlugSessionCookie,
    &phoenix_token::COOKIE,
    &phoenix_token::SIGNED,
    &phoenix_token::ENCRYPTED,
    &mojolicious::SESSION,
    &mojolicious::SIGNED_COOKIE,
    &mojolicious::ENCRYPTED_SESSION,
    &mojolicious::ENCRYPTED_COOKIE,
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
}

/// A value that a scheme made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// As the server's code sees it, before any percent-encoding for the header.
    pub value: String,
    pub steps: Vec<Step>,
}
