//! An end that a value carries.

use crate::moment;
use crate::protocol::{Caveat, CaveatKind, Fact, Opened, Verdict};

/// Notes that the value is good up to and in the second `end`, read from `from`: as a fact, and as a caveat once it is past.
pub fn note(opened: &mut Opened, from: &str, end: i64, now: Option<i64>) {
    let value = moment::fact(end, now);
    opened.facts.push(Fact { term: "Expires".into(), from: Some(from.into()), value });
    if let Some(now) = now.filter(|now| end < *now) {
        expire(
            &mut opened.verdict,
            format!("It expired {}. The server refuses it.", moment::distance(end, now)),
        );
    }
}

/// Adds to a right signature that the value is refused for its age.
pub fn expire(verdict: &mut Verdict, message: String) {
    if let Verdict::Valid { but, .. } = verdict {
        but.push(Caveat { kind: CaveatKind::Expired, message });
    }
}
