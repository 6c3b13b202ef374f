//! A remark about what was pasted or is about to be made. Every rule in the house speaks this type.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How much a [`Finding`] matters.
///
/// The order is the order in which a person should read them: what breaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The cookie is dropped, or a credential is exposed or can be forged.
    High,
    /// Protection or behaviour differs from what the author most likely meant.
    Medium,
    /// Hygiene or compatibility.
    Low,
    /// Worth knowing; nothing to mend.
    Info,
}

/// Puts the gravest first; those of one severity keep their order.
pub fn gravest_first(findings: &mut [Finding]) {
    // Sorting by a number that is the same type everywhere has the program hold one sort instead of many.
    findings.sort_by_cached_key(|finding| finding.severity as usize);
}

/// One remark of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's stable id, lower-case kebab.
    pub rule: String,
    pub severity: Severity,
    /// The bytes it is about, in the text that the rule was given; the whole text if absent.
    pub about: Option<Span>,
    /// What is so, and why it matters. One or two plain sentences.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// The corrected line, where the rule can write it.
    pub corrected: Option<String>,
    /// Where that is written: an RFC section, a draft, a browser's or framework's documentation.
    pub source: String,
}
