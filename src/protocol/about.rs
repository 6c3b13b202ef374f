//! What a scheme says of itself: the page's forms and lists are made from it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Options;
use crate::secret::SecretEncoding;

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
    /// The forms of payload that [`Scheme::make`](crate::scheme::Scheme::make) takes, the usual one first.
    pub payload_forms: Cow<'static, [PayloadForm]>,
    /// A payload to begin with, in the first of these forms.
    pub example: Words,
    pub options: Cow<'static, [OptionSpec]>,
}

impl About {
    /// How the framework reads the text of its secret under these options: as [`secret_encoding`](Self::secret_encoding)
    /// says, unless it takes either the bytes of a key or a text, and is configured with the text.
    pub fn reading(&self, options: &Options) -> SecretEncoding {
        let is_text = options.get(CONFIGURED_AS).is_some_and(|chosen| chosen == AS_SECRET);
        if is_text { SecretEncoding::Utf8 } else { self.secret_encoding }
    }
}

/// The option of a framework that takes either a `key` or a [`secret`](AS_SECRET), from which it derives the key.
pub const CONFIGURED_AS: &str = "configured_as";
/// Its choice for a text.
pub const AS_SECRET: &str = "secret";

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
pub enum OptionKind {
    /// One of these.
    Choice(Cow<'static, [Words]>),
    Text,
    Number,
    /// Bytes, written as hex.
    Hex,
    /// A JSON value.
    Json,
    /// A key or password, or a JSON object or list of them: masked as the secret is.
    Secret,
}

/// Code of the framework's own that sets and reads the same cookie.
///
/// In what a scheme gives, whole words stand for what a draft holds: `NAME` for the cookie's name, `SECRET_ENV` for the
/// variable that the secret is read from, `KEY_BYTES` for the bytes of that secret, `KEY_PEM` for the text of a key in PEM
/// form (without one, the snippet is left out), `OPTION_salt` for the option `salt`,
/// `HASH_digest` for the option `digest` as most languages spell a hash function (`sha256`), and `SYMBOL_serializer` for a
/// constant of Ruby or a number as they are, and any other text as a symbol. Behind a quote they are escaped. A line with an
/// option that is empty is left out.
///
/// Before a line may stand when it does: `?salt: ` if `salt` is set to other than the default, `?!salt: ` if it is not,
/// `?digest=SHA1|SHA256: ` and `?digest!=SHA512: ` for what it is. Where an option is set of which no line that stands
/// says anything, the snippet is left out as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// `settings.py`, or what tells it from another: `Node, jose`.
    pub file: Words,
    /// `python`, `javascript`, `ruby`, `php`, `elixir`, `go`, `rust`, `perl`, `java`, `csharp`.
    pub language: Words,
    pub code: Words,
}

impl Snippet {
    pub const fn new(file: &'static str, language: &'static str, code: &'static str) -> Self {
        Self { file: Cow::Borrowed(file), language: Cow::Borrowed(language), code: Cow::Borrowed(code) }
    }
}

/// How a payload is given or shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayloadForm {
    Json,
    Text,
    /// Bytes, written as hex.
    Hex,
}
