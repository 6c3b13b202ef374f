//! What the page and the engine say to each other: plain data, the same natively and across the worker's border.
//!
//! The page sends a [`Request`] and draws the [`Response`]. Nothing here computes anything. They travel as postcard's
//! bytes ([`to_bytes`], [`from_bytes`]), which take a third of the code that JSON would. Places are [spans](crate::span::Span), half-open UTF-8 byte ranges, and say of which text.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

mod about;
mod draft;
mod report;
mod token;

pub use about::{AS_SECRET, About, CONFIGURED_AS, OptionKind, OptionSpec, PayloadForm, Snippet, Words};
pub use draft::{CookieDraft, Draft, Field, PayloadDraft, SameSite, SignError, Signed};
pub use report::{
    Ask, Candidate, Caveat, CaveatKind, Excerpt, Fact, FactValue, ItemReport, Known, Opened, Outcome, Part,
    Payload, Problem, Reading, Report, Role, Segment, SignaturePair, Source, Step, Verdict, Why,
};
pub use token::{
    Check, CheckOutcome, Disclosure, KeyForm, KeyKind, KeyMaking, KeyNote, KeyOrder, KeyReport, Meaning,
    TokenReport,
};

/// A message to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Which schemes there are: asked once, when the engine has started.
    Catalogue,
    /// Take `input` apart.
    Inspect { input: String, ask: Ask },
    /// Make a signed value.
    Sign(Draft),
    /// Make a key, or go on with it.
    MakeKey(KeyOrder),
    /// Crash on purpose: a test shows that the page survives it.
    Crash,
}

/// The engine's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    Catalogue(Vec<About>),
    Inspected(Box<Report>),
    Signed(Result<Box<Signed>, SignError>),
    /// Or why no key could be made.
    KeyMade(Result<KeyMaking, String>),
}

/// A message with the number that ties an answer to its question: an answer to an older question is never shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered<T> {
    pub number: u32,
    pub body: T,
}

/// What the framework itself calls an option (salt, alg, purpose …), by the framework's name for it.
pub type Options = BTreeMap<String, serde_json::Value>;

/// A message as bytes, for the way to the worker or back. Empty if it cannot be written, which no message of ours is.
pub fn to_bytes<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).unwrap_or_default()
}

/// The message that `bytes` hold; `None` if they are not one of this version.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// [`Options`] on their way, as JSON text: postcard has no form for a value of any kind.
mod json_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Options;

    pub fn serialize<S: Serializer>(options: &Options, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&serde_json::json!(options))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Options, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
