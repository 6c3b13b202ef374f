//! Moments in time, for people. The clock is always passed in: nothing here asks what time it is.

use time::OffsetDateTime;

use crate::protocol::FactValue;

/// `2026-11-24 07:52:21 UTC`, or `None` for a year outside -9999 to 9999.
pub fn utc(unix: i64) -> Option<String> {
    let t = OffsetDateTime::from_unix_timestamp(unix).ok()?;
    let (year, month, day) = (t.year(), u8::from(t.month()), t.day());
    Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", t.hour(), t.minute(), t.second()))
}

/// Unix seconds of a moment as JavaScript's `toISOString` writes it: `2026-11-24T07:52:21.000Z`, with or without the
/// fraction. `None` for any other text.
pub fn parse(text: &str) -> Option<i64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let number = |part: &str| -> Option<u32> {
        (part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
    };
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let month = time::Month::try_from(u8::try_from(number(month)?).ok()?).ok()?;
    let day = u8::try_from(number(day)?).ok()?;
    let date = time::Date::from_calendar_date(i32::try_from(number(year)?).ok()?, month, day).ok()?;
    let mut seconds: i64 = 0;
    let mut fields = clock.split('.').next()?.split(':');
    for limit in [24, 60, 60] {
        let field = i64::from(number(fields.next()?)?);
        seconds = (field < limit).then_some(seconds * 60 + field)?;
    }
    fields.next().is_none().then(|| date.midnight().assume_utc().unix_timestamp() + seconds)
}

/// Unix seconds of a moment as RFC 3339 section 5.6 writes it, with `T` and `Z` as capitals: `2026-11-24T08:52:21+01:00`,
/// with or without a fraction of a second, which is left off. `None` for any other text.
pub fn rfc3339(text: &str) -> Option<i64> {
    if let Some(utc) = text.strip_suffix('Z') {
        return has_form(utc).then(|| parse(text)).flatten();
    }
    let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let digits = |text: &str, limit: i64| {
        let is_one = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| text.parse::<i64>().ok()).flatten().filter(|number| *number < limit)
    };
    let ahead = (digits(hours, 24)? * 60 + digits(minutes, 60)?) * 60;
    let ahead = match offset.as_bytes().first() {
        Some(b'+') => ahead,
        Some(b'-') => -ahead,
        _ => return None,
    };
    Some(has_form(local).then(|| parse(&format!("{local}Z"))).flatten()? - ahead)
}

/// `2026-11-24T08:52:21`, perhaps with `.` and digits behind it: each number with all its digits.
fn has_form(local: &str) -> bool {
    let (seconds, fraction) = local.split_once('.').unwrap_or((local, "0"));
    let form = b"0000-00-00T00:00:00";
    let fits = |(byte, like): (u8, &u8)| if *like == b'0' { byte.is_ascii_digit() } else { byte == *like };
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    seconds.len() == form.len() && seconds.bytes().zip(form).all(fits) && is_fraction
}

/// `in 3 hours`, `8 minutes ago`, `now`: how far `unix` is from `now`, in the two largest units that matter.
pub fn distance(unix: i64, now: i64) -> String {
    let seconds = unix.abs_diff(now);
    if seconds == 0 {
        return "now".into();
    }
    let length = length(seconds);
    if unix > now { format!("in {length}") } else { format!("{length} ago") }
}

/// A length of time in words: `1 hour 51 minutes`. At most two units; none below a twentieth of the first.
pub fn length(seconds: u64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(31_557_600, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (size, name) in UNITS {
        let count = rest / size;
        let first = words.is_empty();
        if count > 0 && (first || rest * 20 >= seconds) {
            words.push(format!("{} {name}{}", grouped(count), if count == 1 { "" } else { "s" }));
            rest %= size;
        }
        if !first || words.len() == 2 {
            break;
        }
    }
    if words.is_empty() { "0 seconds".into() } else { words.join(" ") }
}

/// A fact's value for the moment `unix`, with its distance if there is a clock.
pub fn fact(unix: i64, now: Option<i64>) -> FactValue {
    match utc(unix) {
        Some(utc) => FactValue::Time { unix, utc, distance: now.map(|now| distance(unix, now)) },
        None => FactValue::Text(format!("{unix} (seconds; outside the years that a calendar names)")),
    }
}

/// `34,560,000`: thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(utc(0).as_deref(), Some("1970-01-01 00:00:00 UTC"));
        assert_eq!(utc(951_782_400).as_deref(), Some("2000-02-29 00:00:00 UTC"));
        assert_eq!(utc(-1).as_deref(), Some("1969-12-31 23:59:59 UTC"));
        assert_eq!(utc(253_402_300_799).as_deref(), Some("9999-12-31 23:59:59 UTC"));
        assert_eq!(utc(i64::MAX), None);
    }

    #[test]
    fn dates_of_javascript_are_read() {
        assert_eq!(parse("1970-01-02T00:00:01.500Z"), Some(86_401));
        assert_eq!(parse("2000-02-29T23:59:59Z"), Some(951_868_799));
        for odd in
            ["", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00", "+2026-01-01T0:0Z"]
        {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn dates_of_rfc_3339_are_read() {
        assert_eq!(rfc3339("1970-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(rfc3339("1970-01-02T01:30:00.25+01:30"), Some(86_400));
        assert_eq!(rfc3339("1969-12-31T23:00:00-02:00"), Some(3_600));
        for odd in [
            "",
            "Z",
            "1970-01-02 00:00:00Z",
            "1970-01-02T00:00:00z",
            "1970-01-02T00:00:00",
            "1970-1-02T00:00:000Z",
            "1970-01-02T00:00:00.Z",
            "1970-01-02T00:00:00.xZ",
            "1970-01-02T00:00:00+24:00",
            "1970-01-02T00:00:00+1:000",
            "1970-02-30T00:00:00Z",
            "1970-01-02T00:00:60Z",
            "\u{e9}1970-01-02T00:00",
        ] {
            assert_eq!(rfc3339(odd), None, "{odd}");
        }
    }

    #[test]
    fn distances_read_as_people_say_them() {
        assert_eq!(distance(100, 100), "now");
        assert_eq!(distance(101, 100), "in 1 second");
        assert_eq!(distance(100, 100 + 8 * 60), "8 minutes ago");
        assert_eq!(distance(6_660, 0), "in 1 hour 51 minutes");
        assert_eq!(distance(86_400 * 30, 0), "in 30 days");
        assert_eq!(distance(i64::MIN, i64::MAX), "584,542,046,090 years ago");
        assert_eq!(length(0), "0 seconds");
        assert_eq!(length(3_601), "1 hour");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(34_560_000), "34,560,000");
    }
}
