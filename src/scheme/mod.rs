//! Frameworks' ways to make a signed value: one file a scheme, and one line in [`ALL`].
//!
//! Detection, the page's option form, the Sign panel, the vector test and the diagnosis all read what a scheme says of
//! itself in its [`About`]; nothing else has to change when one is added.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::intake::Item;
use crate::protocol::{Ask, Candidate, Draft, Opened, PayloadForm, SignError, Step};
use crate::secret::SecretEncoding;

pub mod express_cookie_signature;
pub mod jws_hmac;
pub mod kit;
pub mod signed_value;

/// Every scheme that Keyjar knows.
pub static ALL: &[&dyn Scheme] =
    &[&jws_hmac::JwsHmac, &express_cookie_signature::ExpressCookieSignature, &signed_value::SignedValue];

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

/// Text that stands in the program, or came over the worker's border.
pub type Words = Cow<'static, str>;

/// What a scheme is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Lower-case kebab; the name of the scheme's test vectors.
    pub id: Words,
    /// `Express signed cookie`
    pub title: Words,
    /// `Express`
    pub framework: Words,
    /// `JavaScript`
    pub language: Words,
    /// Names under which the framework sets such cookies by default.
    pub cookie_names: Cow<'static, [Words]>,
    /// The framework's documentation or the specification.
    pub docs: Words,
    /// How the framework reads the text of its secret.
    pub secret_encoding: SecretEncoding,
    /// How a value is built, in one line.
    pub built: Words,
    /// Whether the framework percent-encodes the value in the header.
    pub percent_encoded: bool,
    /// The forms of payload that [`Scheme::make`] takes, the usual one first.
    pub payload_forms: Cow<'static, [PayloadForm]>,
    /// A payload to begin with, in the first of these forms.
    pub example: Words,
    pub options: Cow<'static, [OptionSpec]>,
}

/// An option that the framework itself has, under the framework's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionSpec {
    pub name: Words,
    pub kind: OptionKind,
    /// The framework's default, written as the person would type it; empty if there is none.
    pub default: Words,
    pub help: Words,
    /// Whether it matters when a value is made.
    pub when_making: bool,
    /// Whether it matters when a value is opened.
    pub when_opening: bool,
}

/// What an option's value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// One of these.
    Choice(Cow<'static, [Words]>),
    Text,
    Number,
    /// Bytes, written as hex.
    Hex,
    /// A JSON value.
    Json,
}
