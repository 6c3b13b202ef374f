//! What the page and the engine say to each other: plain data, the same natively and across the worker's border.
//!
//! The page sends a [`Request`] and draws the [`Response`]. Nothing here computes anything. Byte strings travel as
//! text; places are [spans](crate::span::Span), half-open UTF-8 byte ranges, and say of which text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod about;
mod draft;
mod report;

pub use about::{About, OptionKind, OptionSpec, PayloadForm, Words};
pub use draft::{CookieDraft, Draft, Field, PayloadDraft, SameSite, SignError, Signed};
pub use report::{
    Ask, Candidate, Caveat, CaveatKind, Excerpt, Fact, FactValue, ItemReport, Opened, Outcome, Payload,
    Problem, Reading, Report, Role, Segment, SignaturePair, Source, Step, Verdict, Why,
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
    /// Crash on purpose: a test shows that the page survives it.
    Crash,
}

/// The engine's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    Catalogue(Vec<About>),
    Inspected(Box<Report>),
    Signed(Result<Box<Signed>, SignError>),
}

/// A message with the number that ties an answer to its question: an answer to an older question is never shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered<T> {
    pub number: u32,
    pub body: T,
}

/// What the framework itself calls an option (salt, alg, purpose …), by the framework's name for it.
pub type Options = BTreeMap<String, serde_json::Value>;
