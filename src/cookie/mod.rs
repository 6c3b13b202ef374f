//! `Set-Cookie` as RFC 6265bis (draft-ietf-httpbis-rfc6265bis-22) has it: how a browser reads a line ([`mod@parse`]), what
//! it stores ([`store`]), what is wrong with it ([`rules`]), and how a server writes one ([`mod@write`]).

pub mod date;
pub mod edit;
pub mod parse;
pub mod rules;
pub mod store;
pub mod write;

pub use parse::{DropReason, Dropped, SetCookie, parse, strip_header_name};
pub use write::write;

use crate::finding::Finding;
use crate::limits::MAX_CORRECTIONS;
use crate::protocol::Fact;

/// Everything that one `Set-Cookie` line gives. Places are in that line.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    pub cookie: Result<SetCookie, Dropped>,
    /// What a browser stores, in reading order, or the one fact that it stores nothing.
    pub facts: Vec<Fact>,
    /// The gravest first, then as they stand in the line.
    pub findings: Vec<Finding>,
}

/// Reads and judges a `Set-Cookie` line, without the header's name. `now` is in Unix seconds; without it no date is
/// judged.
///
/// ```
/// let review = keyjar::cookie::review("sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; SameSite=Lax", None);
/// assert_eq!(review.findings[0].rule, "session-without-httponly");
/// ```
pub fn review(line: &str, now: Option<i64>) -> Review {
    let cookie = parse(line);
    let facts = store::facts(&cookie, now);
    let findings = rules::findings(line, &cookie, now);
    Review { cookie, facts, findings }
}

/// `line` with every correction that a rule can write, or `None` if there is none. Name and value stay as they are:
/// the server reads them.
///
/// ```
/// let line = "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Http-Only; SameSite=Lax";
/// let corrected = keyjar::cookie::corrected(line, None);
/// assert_eq!(corrected.as_deref(), Some("sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; HttpOnly; SameSite=Lax; Secure"));
/// ```
pub fn corrected(line: &str, now: Option<i64>) -> Option<String> {
    let mut text = line.to_owned();
    for _ in 0..MAX_CORRECTIONS {
        let Some(next) = review(&text, now).findings.into_iter().find_map(|finding| finding.corrected) else {
            break;
        };
        text = next;
    }
    (text != line).then_some(text)
}
