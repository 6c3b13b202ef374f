//! An end that a value carries, in the milliseconds that JavaScript counts.

use time::{Date, Month};

use crate::moment;
use crate::protocol::{Caveat, CaveatKind, Fact, Opened, Verdict};

/// Notes that the value ends at `milliseconds` since 1970, read from `from`: as a fact, and as a caveat once that moment
/// is past.
pub fn note(opened: &mut Opened, from: &str, milliseconds: i64, now: Option<i64>) {
    let end = milliseconds.div_euclid(1000);
    opened.facts.push(Fact {
        term: "Expires".into(),
        from: Some(from.into()),
        value: moment::fact(end, now),
    });
    if let Some(now) = now
        && milliseconds < now.saturating_mul(1000)
    {
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

/// The milliseconds since 1970 of a moment as JavaScript's `toISOString` writes it: `2026-01-09T08:00:00.000Z`.
pub fn iso_milliseconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = three(date, '-')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = three(time, ':')?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
    let [hour, minute, second] = [hour, minute, second].map(|part| u8::try_from(part).ok());
    let moment = date.with_hms(hour?, minute?, second?).ok()?.assume_utc().unix_timestamp();
    let milliseconds: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    moment.checked_mul(1000)?.checked_add(milliseconds)
}

fn three(text: &str, mark: char) -> Option<[i32; 3]> {
    let mut parts = text.split(mark).map(|part| part.parse().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_moments_are_read() {
        assert_eq!(iso_milliseconds("2017-07-14T03:40:00.000Z"), Some(1_500_003_600_000));
        assert_eq!(iso_milliseconds("1970-01-01T00:00:01.5Z"), Some(1_500));
        for wrong in
            ["", "2017-07-14", "2017-13-14T03:40:00.000Z", "2017-07-14T03:40:99Z", "2017-07-14T03:40:00.é"]
        {
            assert_eq!(iso_milliseconds(wrong), None, "{wrong}");
        }
    }
}
