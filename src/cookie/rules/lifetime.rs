//! `Expires` and `Max-Age`: dates that browsers cannot read, numbers that mean something else, and how long it lasts.

use crate::cookie::date::{self, CookieDate};
use crate::cookie::edit;
use crate::cookie::parse::{Attribute, AttributeName};
use crate::cookie::rules::{Check, Context, Hit, Rule, quoted};
use crate::cookie::store;
use crate::finding::Severity::{High, Info, Low, Medium};
use crate::limits::MAX_COOKIE_AGE;
use crate::moment::{self, grouped};

pub const RULES: &[Rule] = &[
    Rule {
        id: "expires-unparsable",
        severity: Medium,
        message: "Browsers cannot read this date and ignore Expires.",
        fix: "Use the form “Tue, 01 Jun 2027 00:00:00 GMT”, or use Max-Age.",
        source: "RFC 6265bis sections 5.1.1 and 5.6.1",
        unless: &["expires-iso-8601", "expires-epoch-number", "expires-zero-or-minus-one"],
        check: Check::Cookie(|c| {
            let expires = c.unread_expires()?;
            Some(Hit::at(expires.text).saying(format!(
                "{} is no date that the standard's algorithm reads, so Expires is ignored{}.",
                quoted(&expires.value),
                c.what_then()
            )))
        }),
        triggers: "a=1; Expires=next week",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
    },
    Rule {
        id: "expires-iso-8601",
        severity: Medium,
        message: "ISO dates are not understood in Expires, which is ignored.",
        fix: "Write the date as “Tue, 01 Jun 2027 00:00:00 GMT” (toUTCString() in JavaScript), or use Max-Age.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let expires = c.unread_expires()?;
            let unix = iso_8601(&expires.value)?;
            Some(
                Hit::at(expires.text)
                    .saying(format!(
                        "Expires does not understand ISO dates: {} is ignored{}.",
                        quoted(&expires.value),
                        c.what_then()
                    ))
                    .corrected(unix.and_then(|unix| c.with_expires(expires, unix))),
            )
        }),
        triggers: "a=1; Expires=2027-06-01T00:00:00Z",
        does_not_trigger: "a=1; Max-Age=86400",
    },
    Rule {
        id: "expires-epoch-number",
        severity: Medium,
        message: "Expires needs a date, not a Unix time stamp, and is ignored.",
        fix: "Convert the number to an HTTP date, or use Max-Age with the seconds that remain.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let expires = c.unread_expires()?;
            let is_number = expires.value.bytes().all(|byte| byte.is_ascii_digit());
            let digits = expires.value.len();
            let number: i64 =
                expires.value.parse().ok().filter(|_| is_number && (9..=13).contains(&digits))?;
            let unix = if digits > 11 { number / 1000 } else { number };
            Some(
                Hit::at(expires.text)
                    .saying(format!(
                        "Expires needs a date. {} looks like a Unix time stamp ({}) and is ignored{}.",
                        quoted(&expires.value),
                        moment::utc(unix).unwrap_or_default(),
                        c.what_then()
                    ))
                    .corrected(c.with_expires(expires, unix)),
            )
        }),
        triggers: "a=1; Expires=1811808000",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
    },
    Rule {
        id: "expires-zero-or-minus-one",
        severity: Medium,
        message: "This is not a date, so it does not delete the cookie.",
        fix: "Use Max-Age=0, or a date in 1970.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let expires = c.unread_expires()?;
            let is_session = expires.value.eq_ignore_ascii_case("session");
            let is_deletion = matches!(expires.value.as_str(), "0" | "-1");
            if !is_session && !is_deletion {
                return None;
            }
            let hit = Hit::at(expires.text);
            let without = edit::without(c.line, std::iter::once(expires.span));
            Some(if is_session {
                hit.saying("“Session” is no date: browsers ignore this Expires.".into())
                    .advising("Leave Expires out for a cookie that lasts until the browser is closed.".into())
                    .corrected(without)
            } else {
                let line = if c.cookie.max_age.is_some() { without } else { max_age_instead(c, expires, 0) };
                hit.saying(format!(
                    "Expires={} is no date, so it deletes nothing: it is ignored{}.",
                    expires.value,
                    c.what_then()
                ))
                .corrected(line)
            })
        }),
        triggers: "sid=; Expires=0",
        does_not_trigger: "sid=; Max-Age=0",
    },
    Rule {
        id: "expires-nonstandard-format",
        severity: Low,
        message: "Browsers can read this date, but servers must write the standard form of an HTTP date.",
        fix: "Write the date as “Tue, 01 Jun 2027 00:00:00 GMT”.",
        source: "RFC 6265bis section 4.1.1; RFC 9110 section 5.6.7",
        unless: &["expires-two-digit-year", "expires-wrong-weekday", "expires-non-gmt-zone"],
        check: Check::Cookie(|c| {
            let (expires, date) = c.read_expires()?;
            let standard = date::imf_fixdate(date.unix)?;
            (expires.value != standard).then(|| {
                Hit::at(expires.text)
                    .saying(format!(
                        "Browsers can read {}, but servers must write the standard form of an HTTP date.",
                        quoted(&expires.value)
                    ))
                    .advising(format!("Write it as “{standard}”."))
                    .corrected(c.with_expires(expires, date.unix))
            })
        }),
        triggers: "a=1; Expires=Tue Jun 01 00:00:00 2027",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
    },
    Rule {
        id: "expires-two-digit-year",
        severity: Low,
        message: "Two-digit years are guessed: 70 to 99 means 19xx and 00 to 69 means 20xx.",
        fix: "Write the year with four digits.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let (expires, date) = c.read_expires().filter(|(_, date)| date.year_digits < 4)?;
            let utc = moment::utc(date.unix)?;
            Some(
                Hit::at(expires.text)
                    .saying(format!(
                        "The year has {} digits, and its century is guessed: {utc}.",
                        date.year_digits
                    ))
                    .corrected(c.with_expires(expires, date.unix)),
            )
        }),
        triggers: "a=1; Expires=Tue, 01-Jun-27 00:00:00 GMT",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
    },
    Rule {
        id: "expires-wrong-weekday",
        severity: Info,
        message: "The weekday does not fit the date. Browsers ignore it, but the date may not be the one that was meant.",
        fix: "Let a library write the date.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let (expires, date) = c.read_expires()?;
            let standard = date::imf_fixdate(date.unix)?;
            let (right, written) = (standard.get(..3)?, expires.value.get(..3)?);
            let is_weekday = WEEKDAYS.iter().any(|weekday| weekday.eq_ignore_ascii_case(written));
            (is_weekday && !written.eq_ignore_ascii_case(right)).then(|| {
                Hit::at(expires.text).saying(format!(
                    "The date is a {right}, not a {written}. Browsers ignore the weekday, but the date may not be the \
                     one that was meant."
                ))
            })
        }),
        triggers: "a=1; Expires=Mon, 01 Jun 2027 00:00:00 GMT",
        does_not_trigger: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
    },
    Rule {
        id: "expires-non-gmt-zone",
        severity: Medium,
        message: "Time zones are ignored in Expires: the clock time is read as UTC.",
        fix: "Convert the time to UTC and write GMT.",
        source: "RFC 6265bis section 5.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let (expires, date) = c.read_expires()?;
            let zone = zone(&expires.value)?;
            let meant = offset(zone).map(|offset| date.unix - offset);
            Some(
                Hit::at(expires.text)
                    .saying(format!(
                        "The zone {} is ignored: the standard and Chrome read the clock time as {}. Firefox applies the \
                         zone.",
                        quoted(zone),
                        moment::utc(date.unix)?
                    ))
                    .corrected(meant.and_then(|unix| c.with_expires(expires, unix))),
            )
        }),
        triggers: "a=1; Expires=Tue, 01 Jun 2027 00:00:00 +0200",
        does_not_trigger: "a=1; Expires=Mon, 31 May 2027 22:00:00 GMT",
    },
    Rule {
        id: "expires-in-past-with-value",
        severity: Medium,
        message: "This cookie is set with a value but has already expired, so it is deleted at once.",
        fix: "Check the clock of the server and the unit of time from which the date was computed.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let (expires, date) =
                c.read_expires().filter(|_| c.cookie.max_age.is_none() && c.is_deletion())?;
            let is_marker = ["", "deleted", "\"\"", "x", "expired"].contains(&c.cookie.value.as_str());
            (!is_marker).then(|| {
                Hit::at(expires.text).saying(format!(
                    "This cookie has a value but expired on {}, so it is deleted at once.",
                    moment::utc(date.unix).unwrap_or_default()
                ))
            })
        }),
        triggers: "sid=abc; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        does_not_trigger: "sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    },
    Rule {
        id: "expires-short-absolute",
        severity: Low,
        message: "A short absolute expiry depends on the visitor's clock: a wrong clock ends the cookie early.",
        fix: "Use Max-Age, which counts from when the browser receives the cookie.",
        source: "RFC 6265bis section 4.1.2.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let (expires, _) = c.read_expires().filter(|_| c.cookie.max_age.is_none())?;
            let seconds = c.cookie.lifetime(c.now).filter(|seconds| (1..=SHORT).contains(seconds))?;
            Some(Hit::at(expires.text).saying(format!(
                "This cookie ends in {} seconds by the server's clock. By a visitor's wrong clock it ends too early.",
                seconds
            )))
        }),
        triggers: "otp=1; Expires=Tue, 01 Dec 2026 00:03:00 GMT",
        does_not_trigger: "otp=1; Max-Age=180",
    },
    Rule {
        id: "max-age-not-integer",
        severity: Medium,
        message: "Max-Age must be whole seconds. This value is ignored.",
        fix: "Write digits only: no unit, no quotes, no plus sign, no decimals.",
        source: "RFC 6265bis section 5.6.2",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_wrong = |attribute: &&Attribute| !attribute.is_usable() && !attribute.value.is_empty();
            let max_age = c.cookie.named(AttributeName::MaxAge).find(is_wrong)?;
            let seconds = seconds_meant(&max_age.value);
            Some(
                Hit::at(max_age.text)
                    .saying(format!(
                        "Max-Age must be whole seconds: {} is ignored{}.",
                        quoted(&max_age.value),
                        c.what_then()
                    ))
                    .corrected(seconds.map(|seconds| c.with_value(max_age, &seconds.to_string()))),
            )
        }),
        triggers: "a=1; Max-Age=1h",
        does_not_trigger: "a=1; Max-Age=3600",
    },
    Rule {
        id: "max-age-negative",
        severity: Low,
        message: "A negative Max-Age deletes the cookie in browsers, but servers may only write digits.",
        fix: "Use Max-Age=0.",
        source: "RFC 6265bis section 4.1.1",
        unless: &[],
        check: Check::Cookie(|c| {
            let max_age = c.cookie.deciding(AttributeName::MaxAge)?;
            let is_negative = c.cookie.max_age.is_some_and(|seconds| seconds < 0);
            is_negative.then(|| Hit::at(max_age.text).corrected(c.with_value(max_age, "0")))
        }),
        triggers: "sid=; Max-Age=-1; Path=/",
        does_not_trigger: "sid=; Max-Age=0; Path=/",
    },
    Rule {
        id: "max-age-looks-like-milliseconds",
        severity: Medium,
        message: "Max-Age is in seconds. This number looks like milliseconds.",
        fix: "Divide by 1,000. (Express's maxAge option takes milliseconds; the header takes seconds.)",
        source: "RFC 6265bis section 5.6.2; Express, res.cookie",
        unless: &[],
        check: Check::Cookie(|c| {
            let max_age = c.cookie.deciding(AttributeName::MaxAge)?;
            let number = c.cookie.max_age.filter(|number| is_milliseconds(*number))?;
            let (as_seconds, as_milliseconds) = (number.unsigned_abs(), number.unsigned_abs() / 1000);
            Some(
                Hit::at(max_age.text)
                    .saying(format!(
                        "Max-Age is in seconds: {} is {}. As milliseconds it would be {}.",
                        grouped(as_seconds),
                        moment::length(as_seconds),
                        moment::length(as_milliseconds)
                    ))
                    .corrected(c.with_value(max_age, &as_milliseconds.to_string())),
            )
        }),
        triggers: "a=1; Max-Age=86400000",
        does_not_trigger: "a=1; Max-Age=86400",
    },
    Rule {
        id: "max-age-looks-like-timestamp",
        severity: Medium,
        message: "Max-Age is a duration, but this number looks like a Unix time stamp.",
        fix: "Write the seconds that remain.",
        source: "RFC 6265bis section 5.6.2",
        unless: &[],
        check: Check::Cookie(|c| {
            let max_age = c.cookie.deciding(AttributeName::MaxAge)?;
            let number = c.cookie.max_age.filter(|number| is_time_stamp(*number))?;
            let remaining = c
                .now
                .map(|now| number.saturating_sub(now))
                .filter(|seconds| (0..=MAX_COOKIE_AGE).contains(seconds));
            Some(
                Hit::at(max_age.text)
                    .saying(format!(
                        "Max-Age is a duration, but {number} looks like a Unix time stamp: {}.",
                        moment::utc(number).unwrap_or_default()
                    ))
                    .corrected(remaining.map(|seconds| c.with_value(max_age, &seconds.to_string()))),
            )
        }),
        triggers: "a=1; Max-Age=1811808123",
        does_not_trigger: "a=1; Max-Age=3600",
    },
    Rule {
        id: "max-age-expires-disagree",
        severity: Medium,
        message: "Max-Age and Expires say different things. Browsers follow Max-Age, other clients may not.",
        fix: "Compute both from one duration, or keep Max-Age alone.",
        source: "RFC 6265bis section 4.1.2.2",
        unless: &["max-age-looks-like-milliseconds", "max-age-looks-like-timestamp"],
        check: Check::Cookie(|c| {
            let (expires, date) = c.read_expires()?;
            let (max_age, now) = (c.cookie.max_age?, c.now?);
            let until = date.unix.saturating_sub(now);
            let room = 60.max(max_age.saturating_abs() / 100);
            let both_delete = max_age <= 0 && until <= 0;
            let differ = max_age.saturating_sub(until).saturating_abs() > room && !both_delete;
            differ.then(|| {
                let words = |seconds: i64| match seconds {
                    ..=0 => "at once".into(),
                    _ => format!("in {}", moment::length(seconds.unsigned_abs())),
                };
                Hit::at(expires.text)
                    .saying(format!(
                        "By Max-Age the cookie ends {}, by Expires {}. Browsers follow Max-Age, other clients may not.",
                        words(max_age),
                        words(until)
                    ))
                    .corrected(edit::unset(c.line, c.cookie, AttributeName::Expires))
            })
        }),
        triggers: "a=1; Max-Age=60; Expires=Tue, 01 Jun 2027 00:00:00 GMT",
        does_not_trigger: "a=1; Max-Age=60; Expires=Tue, 01 Dec 2026 00:01:00 GMT",
    },
    Rule {
        id: "lifetime-over-400-days",
        severity: Low,
        message: "Browsers shorten this lifetime to 400 days.",
        fix: "Use at most Max-Age=34560000, and renew the cookie on visits.",
        source: "RFC 6265bis section 5.5",
        unless: &[
            "max-age-looks-like-milliseconds",
            "max-age-looks-like-timestamp",
            "session-lifetime-too-long",
        ],
        check: Check::Cookie(|c| {
            let seconds = c.cookie.lifetime(c.now).filter(|seconds| *seconds > MAX_COOKIE_AGE)?;
            let attribute = c.lasting()?;
            Some(
                Hit::at(attribute.text)
                    .saying(format!(
                        "This asks for {}. Browsers shorten it to 400 days.",
                        moment::length(seconds.unsigned_abs())
                    ))
                    .corrected(max_age_instead(c, attribute, MAX_COOKIE_AGE)),
            )
        }),
        triggers: "a=1; Max-Age=63072000",
        does_not_trigger: "a=1; Max-Age=34560000",
    },
    Rule {
        id: "session-lifetime-too-long",
        severity: Medium,
        message: "A login that stays valid this long is valuable to anyone who steals the cookie.",
        fix: "Shorten the lifetime, renew it on activity, and end the session on the server as well.",
        source: "RFC 6265bis section 8.4; OWASP Session Management Cheat Sheet, Session Expiration",
        unless: &["max-age-looks-like-milliseconds", "max-age-looks-like-timestamp"],
        check: Check::Cookie(|c| {
            let seconds = c.cookie.lifetime(c.now).filter(|seconds| *seconds > LONG_SESSION)?;
            let attribute = c.lasting().filter(|_| c.is_live_session())?;
            let is_beyond_all = seconds > MAX_COOKIE_AGE && !c.is_remember_me();
            let cut = if seconds > MAX_COOKIE_AGE { " (browsers cut it to 400 days)" } else { "" };
            Some(
                Hit::at(attribute.text)
                    .saying(format!(
                        "This login lasts {}{cut}: as long as that, whoever steals the cookie is logged in.",
                        moment::length(seconds.unsigned_abs())
                    ))
                    .as_severity(if is_beyond_all { High } else { Medium }),
            )
        }),
        triggers: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax",
        does_not_trigger: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Max-Age=43200; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "session-cookie-no-expiry",
        severity: Info,
        message: "This cookie ends with the browser session, but a browser that restores its tabs can keep it for weeks.",
        fix: "Enforce idle and absolute timeouts on the server.",
        source: "RFC 6265bis section 5.7; OWASP Session Management Cheat Sheet",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_open = c.cookie.max_age.is_none() && c.cookie.expires.is_none();
            (is_open && c.is_live_session()).then(|| c.hit_name())
        }),
        triggers: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly; SameSite=Lax",
        does_not_trigger: "sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600",
    },
    Rule {
        id: "deletion-by-empty-value",
        severity: Low,
        message: "An empty value does not delete a cookie: an empty cookie stays.",
        fix: "Add Max-Age=0 if the cookie is to be deleted.",
        source: "RFC 6265bis section 4.1.2",
        unless: &[],
        check: Check::Cookie(|c| {
            let lasts = c.lasting().is_some();
            (c.cookie.value.is_empty() && !c.is_deletion()).then(|| {
                let hit = Hit::at(c.cookie.pair);
                // A lifetime that is written on purpose contradicts a deletion: which is meant is not ours to say.
                if lasts {
                    hit
                } else {
                    hit.corrected(edit::set(c.line, c.cookie, AttributeName::MaxAge, "0"))
                }
            })
        }),
        triggers: "sid=; Path=/",
        does_not_trigger: "sid=; Path=/; Max-Age=0",
    },
    Rule {
        id: "deletion-missing-prefix-attributes",
        severity: Medium,
        message: "Browsers refuse this deletion, so the old cookie stays.",
        fix: "Delete a cookie with the same Secure, Path=/ and HttpOnly that setting it needs.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let reason = store::refusal(c.cookie).filter(|_| c.is_deletion())?;
            Some(
                c.hit_name()
                    .saying(format!("Browsers refuse this deletion, so the old cookie stays: {reason}.")),
            )
        }),
        triggers: "__Host-sid=; Max-Age=0",
        does_not_trigger: "__Host-sid=; Max-Age=0; Path=/; Secure",
    },
];

/// Seconds up to which a wrong clock matters to an absolute date.
const SHORT: i64 = 300;

/// Seconds above which a login lasts long: 30 days.
const LONG_SESSION: i64 = 30 * 86_400;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Context<'_> {
    /// The deciding `Expires`, if it has a value that is no date.
    fn unread_expires(&self) -> Option<&Attribute> {
        let expires = self.cookie.deciding(AttributeName::Expires)?;
        (!expires.is_usable() && !expires.value.is_empty()).then_some(expires)
    }

    /// The deciding `Expires`, if it is a date.
    fn read_expires(&self) -> Option<(&Attribute, CookieDate)> {
        let expires = self.cookie.deciding(AttributeName::Expires)?;
        Some((expires, date::parse(&expires.value)?))
    }

    /// The attribute that says how long it lasts.
    fn lasting(&self) -> Option<&Attribute> {
        let kind = if self.cookie.max_age.is_some() { AttributeName::MaxAge } else { AttributeName::Expires };
        self.cookie.deciding(kind).filter(|attribute| attribute.is_usable())
    }

    /// What follows when an attribute is ignored.
    fn what_then(&self) -> &'static str {
        match (self.cookie.max_age, self.cookie.expires) {
            (Some(_), _) => ", and Max-Age decides",
            (None, Some(_)) => ", and Expires decides",
            (None, None) => ", so the cookie lasts until the browser is closed",
        }
    }
}

/// The line with a `Max-Age` in place of the attribute that said how long it lasts.
fn max_age_instead(c: &Context, attribute: &Attribute, seconds: i64) -> String {
    edit::replaced(c.line, attribute.text, &format!("Max-Age={seconds}"))
}

/// More than 400 days as seconds and less as milliseconds, and no round number of years.
fn is_milliseconds(number: i64) -> bool {
    let is_years = |year: i64| number % year == 0 && number / year <= 100;
    let is_round = [31_536_000, 31_557_600].into_iter().any(is_years);
    number > MAX_COOKIE_AGE && number % 1000 == 0 && number / 1000 <= MAX_COOKIE_AGE && !is_round
}

/// From 2014 to 2125, read as Unix seconds.
fn is_time_stamp(number: i64) -> bool {
    (1_400_000_000..=4_900_000_000).contains(&number) && !is_milliseconds(number)
}

/// The seconds of `"60"`, `+60`, `60.0`; `None` where more than the spelling is wrong.
fn seconds_meant(text: &str) -> Option<i64> {
    let text = text.trim_matches(['"', '\'', ' ']).trim_start_matches('+');
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let rest = text.get(whole.len() + 1..).unwrap_or("");
    let is_number = whole.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit());
    whole.parse().ok().filter(|_| is_number)
}

/// The moment of an ISO 8601 date in UTC; `Some(None)` for one in another zone or without a time; `None` if it is none.
fn iso_8601(text: &str) -> Option<Option<i64>> {
    let (day, time) = text.split_at_checked(10)?;
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !is_day || !(time.is_empty() || time.starts_with(['T', ' '])) {
        return None;
    }
    let clock = time.strip_prefix(['T', ' ']).and_then(|time| time.strip_suffix('Z')).unwrap_or("");
    // The algorithm of cookie dates reads the same numbers once the month has its name.
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = month.parse().ok().and_then(|number: u8| time::Month::try_from(number).ok());
    Some(month.and_then(|month| date::parse(&format!("{day} {month} {year} {clock}")).map(|date| date.unix)))
}

/// The zone at the end of a date, if it is another than UTC's.
fn zone(text: &str) -> Option<&str> {
    let last = text.trim_end_matches(['"', ')']).rsplit([' ', '(']).next()?;
    let is_word = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_utc = ["GMT", "UTC", "UT"].contains(&last) || offset(last) == Some(0);
    ((is_word || offset(last).is_some()) && !is_utc).then_some(last)
}

/// The seconds of `+0200`.
fn offset(zone: &str) -> Option<i64> {
    let digits = zone.strip_prefix(['+', '-']).filter(|digits| digits.len() == 4)?;
    let number: i64 = digits.parse().ok().filter(|number: &i64| *number >= 0)?;
    let seconds = (number / 100 * 60 + number % 100) * 60;
    Some(if zone.starts_with('-') { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::review;

    fn corrected(line: &str, rule: &str) -> Option<String> {
        let found =
            review(line, Some(1_796_083_200)).findings.into_iter().find(|finding| finding.rule == rule);
        found.unwrap_or_else(|| panic!("{rule} is silent on {line}")).corrected
    }

    #[test]
    fn dates_that_are_understood_are_written_right() {
        const RIGHT: &str = "a=1; Expires=Tue, 01 Jun 2027 00:00:00 GMT; Path=/";
        for (date, rule) in [
            ("2027-06-01T00:00:00Z", "expires-iso-8601"),
            ("2027-06-01T00:00:00.000Z", "expires-iso-8601"),
            ("1811808000", "expires-epoch-number"),
            ("1811808000000", "expires-epoch-number"),
            ("Tue, 01-Jun-27 00:00:00 GMT", "expires-two-digit-year"),
            ("Tue Jun  1 00:00:00 2027", "expires-nonstandard-format"),
            ("Tue, 01 Jun 2027 02:00:00 +0200", "expires-non-gmt-zone"),
            ("Mon, 31 May 2027 19:30:00 -0430", "expires-non-gmt-zone"),
        ] {
            assert_eq!(
                corrected(&format!("a=1; Expires={date}; Path=/"), rule).as_deref(),
                Some(RIGHT),
                "{date}"
            );
        }
        for (date, rule) in [
            ("2027-06-01", "expires-iso-8601"),
            ("2027-06-01T00:00:00+02:00", "expires-iso-8601"),
            ("2027-13-01T00:00:00Z", "expires-iso-8601"),
            ("Tue, 01 Jun 2027 02:00:00 PST", "expires-non-gmt-zone"),
        ] {
            assert_eq!(corrected(&format!("a=1; Expires={date}; Path=/"), rule), None, "{date}");
        }
    }

    #[test]
    fn whole_seconds_are_found_in_other_spellings() {
        for (text, seconds) in [
            ("\"60\"", Some(60)),
            ("+60", Some(60)),
            ("60.0", Some(60)),
            ("60.5", Some(60)),
            ("1h", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(seconds_meant(text), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        let line = "a=1; Max-Age=63072000; Path=/";
        assert_eq!(
            corrected(line, "lifetime-over-400-days").as_deref(),
            Some("a=1; Max-Age=34560000; Path=/")
        );
        let line = "a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT";
        assert_eq!(corrected(line, "lifetime-over-400-days").as_deref(), Some("a=1; Max-Age=34560000"));
        assert_eq!(
            corrected("a=1; Max-Age=1811808123", "max-age-looks-like-timestamp").as_deref(),
            Some("a=1; Max-Age=15724923")
        );
    }
}
