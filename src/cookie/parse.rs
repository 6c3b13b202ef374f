//! A `Set-Cookie` line as a browser reads it: RFC 6265bis section 5.6, and `Partitioned` as CHIPS has it
//! (draft-cutler-httpbis-partitioned-cookies).
//!
//! Reading is not storing: what a browser refuses to keep although it could read it is in [`super::store`].

use crate::cookie::date;
use crate::limits::{MAX_ATTRIBUTE, MAX_COOKIE, MAX_COOKIE_AGE, MAX_COOKIE_LINE};
use crate::protocol::SameSite;
use crate::span::Span;

/// What a browser reads from a line. Places are in that line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetCookie {
    /// Empty for a cookie without a name.
    pub name: String,
    pub value: String,
    /// Name and value as they stand before the first `;`.
    pub pair: Span,
    /// Without the blanks around it.
    pub name_span: Span,
    /// Without the blanks around it.
    pub value_span: Span,
    /// All of them, in order, also those that a browser ignores.
    pub attributes: Vec<Attribute>,
    /// Seconds, of the last `Max-Age` that is a number; not yet cut to the limit.
    pub max_age: Option<i64>,
    /// Unix seconds, of the last `Expires` that is a date; not yet cut to the limit.
    pub expires: Option<i64>,
    /// Of the last `Domain`: in lower case, without one leading dot. `None`: this host alone.
    pub domain: Option<String>,
    /// Of the last `Path`. `None`: the default path, the folder of the URL.
    pub path: Option<String>,
    pub secure: bool,
    pub http_only: bool,
    /// Of the last `SameSite`. `None` in Rust: the browser's default. The attribute's own word is [`SameSite::None`].
    pub same_site: Option<SameSite>,
    pub partitioned: bool,
}

/// An attribute as it is written. Places are in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub kind: AttributeName,
    pub name: String,
    /// Empty without a `=`.
    pub value: String,
    pub name_span: Span,
    pub value_span: Span,
    /// Name and value, without the blanks around them.
    pub text: Span,
    /// From its `;` to the next one.
    pub span: Span,
}

/// The attributes that browsers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeName {
    Expires,
    MaxAge,
    Domain,
    Path,
    Secure,
    HttpOnly,
    SameSite,
    Partitioned,
    /// Chromium alone.
    Priority,
    /// Ignored by browsers.
    Other,
}

/// Why a line gives no cookie at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub why: DropReason,
    /// In the line.
    pub at: Span,
}

/// The steps of RFC 6265bis section 5.6 (and 5.7 step 2) that end the reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// A control character other than tab.
    ControlCharacter(u8),
    /// Neither name nor value.
    Empty,
    /// Bytes of name and value together, above [`MAX_COOKIE`].
    TooLarge(usize),
    /// Bytes of the whole line, above [`MAX_COOKIE_LINE`]: Keyjar's own bound.
    LineTooLong(usize),
}

/// Until when a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Until the browser is closed.
    Session,
    /// Not at all: it deletes the cookie that it names.
    Deleted,
    /// Seconds from when it is set, where no clock was given.
    After(i64),
    /// Unix seconds.
    At(i64),
}

/// Reads the value of a `Set-Cookie` header: `name=value; Path=/; …`, without the header's name. A line end behind it
/// is no part of it.
///
/// # Errors
/// If a browser would ignore the line as a whole, or if it is longer than [`MAX_COOKIE_LINE`]: why, and where.
pub fn parse(line: &str) -> Result<SetCookie, Dropped> {
    let line = line.trim_end_matches(['\r', '\n']);
    let control = line.bytes().enumerate().find(|(_, byte)| byte.is_ascii_control() && *byte != b'\t');
    if let Some((at, byte)) = control {
        return Err(Dropped { why: DropReason::ControlCharacter(byte), at: Span::new(at, at + 1) });
    }
    let pair = Span::new(0, line.find(';').unwrap_or(line.len()));
    let (name_span, value_span) = match pair.of(line).find('=') {
        Some(at) => (trimmed(line, Span::new(0, at)), trimmed(line, Span::new(at + 1, pair.end))),
        None => (Span::new(0, 0), trimmed(line, pair)),
    };
    let bytes = name_span.len() + value_span.len();
    if bytes == 0 {
        return Err(Dropped { why: DropReason::Empty, at: pair });
    }
    if bytes > MAX_COOKIE {
        return Err(Dropped { why: DropReason::TooLarge(bytes), at: pair });
    }
    if line.len() > MAX_COOKIE_LINE {
        return Err(Dropped { why: DropReason::LineTooLong(line.len()), at: Span::new(0, line.len()) });
    }
    Ok(SetCookie {
        name: name_span.of(line).to_owned(),
        value: value_span.of(line).to_owned(),
        pair,
        name_span,
        value_span,
        attributes: attributes(line, pair.end),
        max_age: None,
        expires: None,
        domain: None,
        path: None,
        secure: false,
        http_only: false,
        same_site: None,
        partitioned: false,
    }
    .with_effective_attributes())
}

/// How many bytes a `Set-Cookie:` in front of `line` takes with the blanks behind it (0 if it is not there), and what
/// follows it.
pub fn strip_header_name(line: &str) -> (usize, &str) {
    const NAME: &str = "set-cookie:";
    let rest = match line.get(..NAME.len()) {
        Some(start) if start.eq_ignore_ascii_case(NAME) => {
            line.get(NAME.len()..).unwrap_or("").trim_start_matches([' ', '\t'])
        }
        _ => line,
    };
    (line.len() - rest.len(), rest)
}

impl SetCookie {
    /// The attributes of this name that a browser looks at, in order: those whose value is not too long.
    pub fn named(&self, kind: AttributeName) -> impl DoubleEndedIterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.kind == kind && !attribute.is_too_long())
    }

    /// The attribute of this name that decides: the last usable one, or the last one if none is.
    pub fn deciding(&self, kind: AttributeName) -> Option<&Attribute> {
        self.named(kind)
            .rev()
            .find(|attribute| attribute.is_usable())
            .or_else(|| self.named(kind).next_back())
    }

    /// Seconds that the line asks for, from `now` on and not yet cut to the limit; zero or less deletes. `None` for a
    /// cookie of the browser session. Without a clock only `Max-Age` counts, and an `Expires` before 1971.
    pub fn lifetime(&self, now: Option<i64>) -> Option<i64> {
        match (self.max_age, self.expires, now) {
            (Some(seconds), ..) => Some(seconds),
            (None, Some(expires), Some(now)) => Some(expires.saturating_sub(now)),
            (None, Some(expires), None) if expires < 365 * 86_400 => Some(0),
            (None, ..) => None,
        }
    }

    /// Until when a browser keeps it: `Max-Age` before `Expires`, at most [`MAX_COOKIE_AGE`] (RFC 6265bis sections
    /// 5.6.1, 5.6.2 and 5.7 step 6).
    pub fn expiry(&self, now: Option<i64>) -> Expiry {
        match (self.lifetime(now), self.expires, now) {
            (Some(seconds), ..) if seconds <= 0 => Expiry::Deleted,
            (Some(seconds), _, Some(now)) => Expiry::At(now.saturating_add(seconds.min(MAX_COOKIE_AGE))),
            (Some(seconds), _, None) => Expiry::After(seconds.min(MAX_COOKIE_AGE)),
            (None, Some(expires), _) => Expiry::At(expires),
            (None, None, _) => Expiry::Session,
        }
    }

    /// Whether it deletes the cookie that it names.
    pub fn is_deletion(&self, now: Option<i64>) -> bool {
        self.expiry(now) == Expiry::Deleted
    }

    fn with_effective_attributes(mut self) -> Self {
        let last = |kind| self.named(kind).next_back();
        let domain = last(AttributeName::Domain).map(|attribute| {
            let name = attribute.value.strip_prefix('.').unwrap_or(&attribute.value);
            name.to_ascii_lowercase()
        });
        let path = last(AttributeName::Path).map(|attribute| attribute.value.clone());
        let same_site = last(AttributeName::SameSite).and_then(|attribute| same_site(&attribute.value));
        let has = |kind| last(kind).is_some();
        let (secure, http_only) = (has(AttributeName::Secure), has(AttributeName::HttpOnly));
        let partitioned = has(AttributeName::Partitioned);
        let max_age = self.named(AttributeName::MaxAge).rev().find_map(|attribute| max_age(&attribute.value));
        let expires =
            self.named(AttributeName::Expires).rev().find_map(|attribute| date::parse(&attribute.value));

        self.domain = domain.filter(|domain| !domain.is_empty());
        self.path = path.filter(|path| path.starts_with('/'));
        self.same_site = same_site;
        (self.secure, self.http_only, self.partitioned) = (secure, http_only, partitioned);
        self.max_age = max_age;
        self.expires = expires.map(|date| date.unix);
        self
    }
}

impl Attribute {
    fn read(line: &str, span: Span) -> Self {
        let inner = Span::new(span.start + 1, span.end);
        let (name_span, value_span) = match inner.of(line).find('=') {
            Some(at) => {
                (Span::new(inner.start, inner.start + at), Span::new(inner.start + at + 1, inner.end))
            }
            None => (inner, Span::new(inner.end, inner.end)),
        };
        let (name_span, value_span) = (trimmed(line, name_span), trimmed(line, value_span));
        let name = name_span.of(line);
        Self {
            kind: AttributeName::of(name),
            name: name.to_owned(),
            value: value_span.of(line).to_owned(),
            name_span,
            value_span,
            text: trimmed(line, inner),
            span,
        }
    }

    /// Whether a browser skips it for its length (RFC 6265bis section 5.6).
    pub fn is_too_long(&self) -> bool {
        self.value.len() > MAX_ATTRIBUTE
    }

    /// Whether its value is one that a browser can use.
    pub fn is_usable(&self) -> bool {
        match self.kind {
            AttributeName::Expires => date::parse(&self.value).is_some(),
            AttributeName::MaxAge => max_age(&self.value).is_some(),
            _ => true,
        }
    }
}

impl AttributeName {
    /// Those that browsers know.
    pub const KNOWN: [Self; 9] = [
        Self::Expires,
        Self::MaxAge,
        Self::Domain,
        Self::Path,
        Self::Secure,
        Self::HttpOnly,
        Self::SameSite,
        Self::Partitioned,
        Self::Priority,
    ];

    /// As RFC 6265bis writes it; empty for [`AttributeName::Other`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expires => "Expires",
            Self::MaxAge => "Max-Age",
            Self::Domain => "Domain",
            Self::Path => "Path",
            Self::Secure => "Secure",
            Self::HttpOnly => "HttpOnly",
            Self::SameSite => "SameSite",
            Self::Partitioned => "Partitioned",
            Self::Priority => "Priority",
            Self::Other => "",
        }
    }

    /// The attribute of that name, in any letter case.
    pub fn of(name: &str) -> Self {
        let same = |known: &Self| known.as_str().eq_ignore_ascii_case(name);
        Self::KNOWN.into_iter().find(same).unwrap_or(Self::Other)
    }

    /// Whether only its presence matters.
    pub const fn is_flag(self) -> bool {
        matches!(self, Self::Secure | Self::HttpOnly | Self::Partitioned)
    }
}

/// The whole seconds of a `Max-Age`, at the ends of `i64` where it has more digits (RFC 6265bis section 5.6.2).
fn max_age(text: &str) -> Option<i64> {
    let (digits, end) = match text.strip_prefix('-') {
        Some(digits) => (digits, i64::MIN),
        None => (text, i64::MAX),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(end))
}

fn same_site(text: &str) -> Option<SameSite> {
    [("Strict", SameSite::Strict), ("Lax", SameSite::Lax), ("None", SameSite::None)]
        .into_iter()
        .find_map(|(name, same_site)| name.eq_ignore_ascii_case(text).then_some(same_site))
}

/// The attributes of `line` from the `;` at `start` on.
fn attributes(line: &str, start: usize) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    let mut start = start;
    while let Some(rest) = line.get(start + 1..) {
        let end = rest.find(';').map_or(line.len(), |at| start + 1 + at);
        attributes.push(Attribute::read(line, Span::new(start, end)));
        start = end;
    }
    attributes
}

/// `span` without the spaces and tabs at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    const BLANKS: [char; 2] = [' ', '\t'];
    let part = span.of(text);
    let start = span.start + part.len() - part.trim_start_matches(BLANKS).len();
    Span::new(start, start + part.trim_matches(BLANKS).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(line: &str) -> SetCookie {
        parse(line).unwrap_or_else(|dropped| panic!("{line}: {dropped:?}"))
    }

    #[test]
    fn the_pair_is_split_at_the_first_equals_sign() {
        const PAIRS: &[(&str, &str, &str)] = &[
            ("sid=abc", "sid", "abc"),
            ("  sid  =  a b  ; path = /x ;secure", "sid", "a b"),
            ("sid=a=b==; Path=/", "sid", "a=b=="),
            ("sid=\"a; b\"; Path=/", "sid", "\"a"),
            ("token", "", "token"),
            ("=token", "", "token"),
            ("token=", "token", ""),
            ("a\tb=c\td", "a\tb", "c\td"),
            ("sid=a%3Bb\r\n", "sid", "a%3Bb"),
        ];
        for (line, name, value) in PAIRS {
            let cookie = cookie(line);
            assert_eq!((cookie.name.as_str(), cookie.value.as_str()), (*name, *value), "{line}");
            assert_eq!((cookie.name_span.of(line), cookie.value_span.of(line)), (*name, *value), "{line}");
        }
    }

    #[test]
    fn attributes_keep_their_places() {
        let line = "sid=a; Path = /x ;; Secure;HttpOnly = no;Foo";
        let cookie = cookie(line);
        let seen: Vec<_> =
            cookie.attributes.iter().map(|a| (a.kind, a.text.of(line), a.span.of(line))).collect();
        assert_eq!(
            seen,
            [
                (AttributeName::Path, "Path = /x", "; Path = /x "),
                (AttributeName::Other, "", ";"),
                (AttributeName::Secure, "Secure", "; Secure"),
                (AttributeName::HttpOnly, "HttpOnly = no", ";HttpOnly = no"),
                (AttributeName::Other, "Foo", ";Foo"),
            ]
        );
        assert!(cookie.secure && cookie.http_only);
        assert_eq!(cookie.path.as_deref(), Some("/x"));
    }

    #[test]
    fn the_last_usable_attribute_decides() {
        assert_eq!(cookie("a=1; PATH=/A; path=/B").path.as_deref(), Some("/B"));
        assert_eq!(cookie("a=1; Path=/A; Path=b").path, None);
        assert_eq!(cookie("a=1; SameSite=Lax; SameSite=oops").same_site, None);
        assert_eq!(cookie("a=1; samesite=NONE").same_site, Some(SameSite::None));
        assert_eq!(cookie("a=1; Max-Age=60; Max-Age=abc").max_age, Some(60));
        assert_eq!(cookie("a=1; Domain=.EXAMPLE.com").domain.as_deref(), Some("example.com"));
        assert_eq!(cookie("a=1; Domain=..example.com").domain.as_deref(), Some(".example.com"));
        assert_eq!(cookie("a=1; Domain=example.com; Domain=").domain, None);
        let long = format!("a=1; Path=/x; Path=/{}", "p".repeat(MAX_ATTRIBUTE));
        assert_eq!(cookie(&long).path.as_deref(), Some("/x"));
    }

    #[test]
    fn max_age_is_whole_seconds() {
        const AGES: &[(&str, Option<i64>)] = &[
            ("60", Some(60)),
            ("00060", Some(60)),
            ("-1", Some(-1)),
            ("+60", None),
            ("60.5", None),
            ("\"60\"", None),
            ("-", None),
            ("", None),
            ("٣", None),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
        ];
        for (text, seconds) in AGES {
            assert_eq!(cookie(&format!("a=1; Max-Age={text}")).max_age, *seconds, "{text}");
        }
    }

    #[test]
    fn max_age_beats_expires_and_400_days_are_the_most() {
        let now = 1_000_000_000;
        let expiry = |line: &str| cookie(line).expiry(Some(now));
        assert_eq!(expiry("a=1"), Expiry::Session);
        assert_eq!(expiry("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), Expiry::At(now + 60));
        assert_eq!(expiry("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), Expiry::Deleted);
        assert_eq!(expiry("a=1; Max-Age=0"), Expiry::Deleted);
        assert_eq!(expiry("a=1; Max-Age=99999999999999999999"), Expiry::At(now + 34_560_000));
        assert_eq!(expiry("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT"), Expiry::At(now + 34_560_000));
        assert_eq!(cookie("a=1; Max-Age=60").expiry(None), Expiry::After(60));
        assert_eq!(cookie("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT").expiry(None), Expiry::Deleted);
    }

    #[test]
    fn lines_that_give_no_cookie_say_why_and_where() {
        let dropped = |line: &str| parse(line).map_err(|dropped| (dropped.why, dropped.at));
        assert_eq!(dropped("a=b\u{1}c"), Err((DropReason::ControlCharacter(1), Span::new(3, 4))));
        assert_eq!(dropped("a=b\r\nX: y"), Err((DropReason::ControlCharacter(b'\r'), Span::new(3, 4))));
        assert_eq!(
            dropped("a=b; Path=/\u{7f}"),
            Err((DropReason::ControlCharacter(0x7f), Span::new(11, 12)))
        );
        assert_eq!(dropped(" = ; Path=/"), Err((DropReason::Empty, Span::new(0, 3))));
        assert_eq!(dropped(""), Err((DropReason::Empty, Span::new(0, 0))));
        assert_eq!(
            dropped(&format!("a={}", "x".repeat(4096))).map_err(|e| e.0),
            Err(DropReason::TooLarge(4097))
        );
        assert!(parse(&format!("a={}", "x".repeat(4095))).is_ok());
        let long = format!("a=1{}", ";".repeat(MAX_COOKIE_LINE));
        assert_eq!(dropped(&long).map_err(|e| e.0), Err(DropReason::LineTooLong(MAX_COOKIE_LINE + 3)));
    }

    #[test]
    fn the_header_name_is_cut_off() {
        assert_eq!(strip_header_name("Set-Cookie: a=1"), (12, "a=1"));
        assert_eq!(strip_header_name("SET-COOKIE:a=1"), (11, "a=1"));
        assert_eq!(strip_header_name("a=1; Path=/"), (0, "a=1; Path=/"));
        assert_eq!(strip_header_name("ééééééé"), (0, "ééééééé"));
    }
}
