//! The dates of `Expires`: the algorithm of RFC 6265bis section 5.1.1, which takes far more than HTTP's own form, and
//! applies no time zone.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// What was read from the text of an `Expires` attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieDate {
    /// Unix seconds.
    pub unix: i64,
    /// With how many digits the year was written. Below three the century was guessed.
    pub year_digits: usize,
}

/// Reads a cookie date as a browser does (RFC 6265bis section 5.1.1), or `None` where that algorithm fails.
pub fn parse(text: &str) -> Option<CookieDate> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.as_bytes().split(|byte| is_delimiter(*byte)).filter(|token| !token.is_empty()) {
        if time.is_none() {
            time = read_time(token);
            if time.is_some() {
                continue;
            }
        }
        if day.is_none() {
            day = read_number(token, 1, 2);
            if day.is_some() {
                continue;
            }
        }
        if month.is_none() {
            month = read_month(token);
            if month.is_some() {
                continue;
            }
        }
        if year.is_none() {
            year = read_number(token, 2, 4);
        }
    }
    let ((hour, minute, second), (day, _), (year, year_digits)) = (time?, day?, year?);
    let year = match year {
        70..=99 => year + 1900,
        0..=69 => year + 2000,
        _ => year,
    };
    if year < 1601 {
        return None;
    }
    let date = Date::from_calendar_date(i32::from(year), month?, u8::try_from(day).ok()?).ok()?;
    let time = Time::from_hms(hour, minute, second).ok()?;
    Some(CookieDate { unix: PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp(), year_digits })
}

/// `Wed, 21 Oct 2026 07:28:00 GMT`: the form that a server must write (IMF-fixdate, RFC 9110 section 5.6.7), or `None`
/// for a year that it cannot hold.
pub fn imf_fixdate(unix: i64) -> Option<String> {
    let t = OffsetDateTime::from_unix_timestamp(unix).ok().filter(|t| (1601..=9999).contains(&t.year()))?;
    let (weekday, month) = (t.weekday().to_string(), t.month().to_string());
    Some(format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        weekday.get(..3)?,
        t.day(),
        month.get(..3)?,
        t.year(),
        t.hour(),
        t.minute(),
        t.second()
    ))
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// `min` to `max` digits, then the end or a non-digit with anything after it: the number, and how many digits it has.
fn read_number(token: &[u8], min: usize, max: usize) -> Option<(u16, usize)> {
    let digits = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(min..=max).contains(&digits) {
        return None;
    }
    let number = token.iter().take(digits).fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    Some((number, digits))
}

/// Hour, minute and second: three numbers with colons between, the last ended as in [`read_number`].
fn read_time(token: &[u8]) -> Option<(u8, u8, u8)> {
    let mut parts = token.splitn(3, |byte| *byte == b':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let exact = |part: &[u8]| read_number(part, 1, 2).filter(|(_, digits)| *digits == part.len());
    let byte = |(number, _): (u16, usize)| u8::try_from(number).ok();
    Some((byte(exact(hour)?)?, byte(exact(minute)?)?, byte(read_number(second, 1, 2)?)?))
}

/// The first three letters name the month, whatever follows.
fn read_month(token: &[u8]) -> Option<Month> {
    const NAMES: [&[u8]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let start = token.get(..3)?;
    let index = NAMES.iter().position(|name| start.eq_ignore_ascii_case(name))?;
    Month::try_from(u8::try_from(index + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<String> {
        parse(text).and_then(|date| crate::moment::utc(date.unix))
    }

    #[test]
    fn dates_are_read_as_the_algorithm_says() {
        const READ: &[(&str, &str)] = &[
            ("Wed, 21 Oct 2026 07:28:00 GMT", "2026-10-21 07:28:00 UTC"),
            ("Wednesday, 21-Oct-26 07:28:00 GMT", "2026-10-21 07:28:00 UTC"),
            ("Wed Oct 21 07:28:00 2026", "2026-10-21 07:28:00 UTC"),
            ("21 oct 2026 7:28:0", "2026-10-21 07:28:00 UTC"),
            ("Oct/21/2026 07:28:00", "2026-10-21 07:28:00 UTC"),
            ("\"Wed, 21 Oct 2026 07:28:00 GMT\"", "2026-10-21 07:28:00 UTC"),
            ("Wed, 21 Oct 2026 07:28:00 +0200", "2026-10-21 07:28:00 UTC"),
            ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01 00:00:00 UTC"),
            ("Thu, 01-Jan-70 00:00:01 GMT", "1970-01-01 00:00:01 UTC"),
            ("Tue, 31 Dec 69 23:59:59 GMT", "2069-12-31 23:59:59 UTC"),
            ("Mon, 21 Oct 2026 07:28:00 GMT", "2026-10-21 07:28:00 UTC"),
            ("Fri, 31-Dec-9999 23:59:59 GMT", "9999-12-31 23:59:59 UTC"),
            ("Wed, 21 Octember 2026 07:28:00 GMT", "2026-10-21 07:28:00 UTC"),
            ("07:28:00 2026 Oct 21", "2026-10-21 07:28:00 UTC"),
            ("21 Oct 2026 07:28:00.123Z", "2026-10-21 07:28:00 UTC"),
        ];
        for (text, expected) in READ {
            assert_eq!(utc(text).as_deref(), Some(*expected), "{text}");
        }
    }

    #[test]
    fn what_the_algorithm_refuses_is_refused() {
        const FAILS: &[&str] = &[
            "2026-10-21T07:28:00Z",
            "2026-10-21 07:28:00",
            "1793000000",
            "0",
            "-1",
            "Wed, 21 Oct 2026",
            "Wed, 21 Oct 2026 07:28 GMT",
            "Wed, 31 Feb 2026 07:28:00 GMT",
            "Wed, 21 Oct 2026 24:00:00 GMT",
            "Wed, 21 Oct 2026 07:28:60 GMT",
            "Wed, 21 Oct 1600 07:28:00 GMT",
            "21 Oct 12026 07:28:00",
            "Wed, 21 Okt 2026 07:28:00 GMT",
            "10/21/2026 07:28:00",
            "Wed, 21 Oct 2026 007:28:00 GMT",
            "",
            "é",
        ];
        for text in FAILS {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn the_guessed_century_is_known() {
        assert_eq!(parse("01-Jun-27 00:00:00").map(|date| date.year_digits), Some(2));
        assert_eq!(parse("01 Jun 2027 00:00:00").map(|date| date.year_digits), Some(4));
    }

    #[test]
    fn the_servers_form_is_written_and_read_back() {
        assert_eq!(imf_fixdate(1_792_567_680).as_deref(), Some("Wed, 21 Oct 2026 07:28:00 GMT"));
        for unix in [-1, 0, 951_782_399, 253_402_300_799] {
            let text = imf_fixdate(unix).expect("a year of four digits");
            assert_eq!(parse(&text).map(|date| date.unix), Some(unix), "{text}");
        }
        assert_eq!(imf_fixdate(i64::MAX), None);
    }
}
