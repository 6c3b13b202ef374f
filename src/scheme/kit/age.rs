//! The clock of a value: when it was made, when it ends, and whether it is too old or from a time to come.

use super::opened::time_fact;
use crate::moment;
use crate::protocol::{Caveat, CaveatKind, Draft, Field, Opened, SignError, Verdict};

/// The time to write into a value.
///
/// # Errors
/// If there is none, or one that the formats have no digits for.
pub fn now(draft: &Draft) -> Result<i64, SignError> {
    let now = draft.now.filter(|now| (1..=MAX_TIME).contains(now));
    now.ok_or_else(|| SignError {
        field: Field::Scheme,
        message: "This value carries a time, and there is no usable clock.".into(),
        hint: "Set the clock of this machine.".into(),
        at: None,
    })
}

/// The last second of the year 9999.
const MAX_TIME: i64 = 253_402_300_799;

/// That a value of the time `made` is more than `max_age` seconds old at `now`, if it is.
pub fn too_old(made: f64, max_age: Option<f64>, now: Option<i64>, option: &str) -> Option<Caveat> {
    let (max_age, age) = (max_age?, seconds(now?) - made);
    (age > max_age)
        .then(|| expired(format!("It is {} old, and `{option}` allows {}.", length(age), length(max_age))))
}

/// That a value ends at `end`, the first second at which servers refuse it, if that is past.
pub fn ended(end: i64, now: Option<i64>) -> Option<Caveat> {
    let now = now.filter(|now| *now >= end)?;
    Some(expired(format!("It expired {}.", moment::distance(end, now))))
}

/// Notes that a value is good up to and in the second `end`, read from `from`: as a fact, and as a caveat once it is past.
pub fn note(opened: &mut Opened, from: &str, end: i64, now: Option<i64>) {
    opened.facts.push(time_fact("Expires", from, end, now));
    if let Verdict::Valid { but, .. } = &mut opened.verdict {
        but.extend(ended(end, now.filter(|now| *now > end)));
    }
}

/// That a value of the time `made` is from more than `leeway` seconds to come, if it is.
pub fn too_early(made: f64, leeway: f64, now: Option<i64>) -> Option<Caveat> {
    let ahead = made - seconds(now?);
    (ahead > leeway).then(|| Caveat {
        kind: CaveatKind::NotYetValid,
        message: format!(
            "Its time is {} ahead of now, and no more than {} is accepted.",
            length(ahead),
            length(leeway)
        ),
    })
}

fn expired(message: String) -> Caveat {
    Caveat { kind: CaveatKind::Expired, message: format!("{message} Servers refuse it.") }
}

/// Seconds since 1970 as Python's `time.time()` gives them: exact far beyond any date.
#[expect(clippy::cast_precision_loss)]
pub const fn seconds(unix: i64) -> f64 {
    unix as f64
}

/// A time that was written as a float, rounded down.
#[expect(clippy::cast_possible_truncation)]
pub const fn whole(seconds: f64) -> i64 {
    // Saturates, and a saturated time is as far away as a time can be.
    seconds.floor() as i64
}

fn length(seconds: f64) -> String {
    moment::length(whole(seconds).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_still_counts() {
        assert_eq!(too_old(100.0, Some(60.0), Some(160), "ttl"), None);
        assert!(too_old(100.0, Some(60.0), Some(161), "ttl").is_some());
        assert_eq!(too_old(100.0, None, Some(i64::MAX), "ttl"), None);
        assert_eq!(too_early(160.0, 60.0, Some(100)), None);
        assert!(too_early(161.0, 60.0, Some(100)).is_some());
        assert!(ended(100, Some(100)).is_some() && ended(100, Some(99)).is_none());
        assert_eq!(too_old(f64::NAN, Some(0.0), Some(0), "ttl"), None);
    }
}
