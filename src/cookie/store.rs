//! What a browser makes of a cookie that it could read: whether one line alone is reason to refuse it, and what it
//! would store otherwise (RFC 6265bis section 5.7, CHIPS, and the `__Http-` prefixes of
//! draft-ietf-httpbis-layered-cookies section 5.4.3).
//!
//! What depends on the host, the connection or other cookies is not judged here.

use crate::cookie::parse::{AttributeName, DropReason, Dropped, Expiry, SetCookie};
use crate::moment;
use crate::protocol::{Fact, FactValue, SameSite};

/// The beginnings of a name that bind a cookie to conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `Secure`.
    Secure,
    /// `Secure`, `Path=/`, no `Domain`.
    Host,
    /// `Secure`, `HttpOnly`.
    Http,
    /// All of them.
    HostHttp,
}

impl Prefix {
    /// The longest first.
    const ALL: [Self; 4] = [Self::HostHttp, Self::Host, Self::Secure, Self::Http];

    /// In its exact spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secure => "__Secure-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::HostHttp => "__Host-Http-",
        }
    }

    /// The prefix of `name`, in any letter case: browsers compare so.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| {
            name.get(..prefix.as_str().len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_str()))
        })
    }

    /// Whether it needs `Path=/` and no `Domain`.
    pub const fn needs_host_binding(self) -> bool {
        matches!(self, Self::Host | Self::HostHttp)
    }

    /// Whether it needs `HttpOnly`.
    pub const fn needs_http_only(self) -> bool {
        matches!(self, Self::Http | Self::HostHttp)
    }
}

/// Why browsers refuse to store `cookie`, if the line alone is reason enough; the first reason in the order of RFC
/// 6265bis section 5.7.
///
/// A `__Host-` cookie needs a usable `Path=/` here, as Chromium and the successor draft have it; RFC 6265bis lets a
/// `Path` that is ignored pass on pages in the top folder.
pub fn refusal(cookie: &SetCookie) -> Option<&'static str> {
    let prefix = Prefix::of(&cookie.name);
    let is_bound = cookie.domain.is_none() && cookie.path.as_deref() == Some("/");
    let reasons = [
        (cookie.domain.as_ref().is_some_and(|domain| !domain.is_ascii()), "its Domain is not ASCII"),
        (cookie.same_site == Some(SameSite::None) && !cookie.secure, "SameSite=None needs Secure"),
        (cookie.partitioned && !cookie.secure, "Partitioned needs Secure"),
        (prefix.is_some() && !cookie.secure, "the prefix of its name needs Secure"),
        (
            prefix.is_some_and(Prefix::needs_host_binding) && !is_bound,
            "the prefix of its name needs Path=/ and no Domain",
        ),
        (
            prefix.is_some_and(Prefix::needs_http_only) && !cookie.http_only,
            "the prefix of its name needs HttpOnly",
        ),
        (
            cookie.name.is_empty() && Prefix::of(&cookie.value).is_some(),
            "it has no name, and its value looks like a name with a prefix",
        ),
    ];
    reasons.into_iter().find_map(|(is_so, reason)| is_so.then_some(reason))
}

/// What a browser stores, in reading order; or the one fact that it stores nothing.
pub fn facts(cookie: &Result<SetCookie, Dropped>, now: Option<i64>) -> Vec<Fact> {
    let refused = |reason: &str| vec![text("Stored", None, format!("no: {reason}"))];
    match cookie {
        Err(Dropped { why: DropReason::ControlCharacter(_), .. }) => {
            refused("the line has a control character")
        }
        Err(Dropped { why: DropReason::Empty, .. }) => refused("it has neither name nor value"),
        Err(Dropped { why: DropReason::TooLarge(_), .. }) => refused("name and value are too large"),
        // A browser might: nothing is known of it.
        Err(Dropped { why: DropReason::LineTooLong(_), .. }) => Vec::new(),
        Ok(cookie) => match refusal(cookie) {
            Some(reason) => refused(reason),
            None => stored(cookie, now),
        },
    }
}

fn stored(cookie: &SetCookie, now: Option<i64>) -> Vec<Fact> {
    let from = |kind| cookie.deciding(kind).map(|attribute| attribute.name.clone());
    let yes_or_no = |is_so, yes: &str, no: &str| if is_so { yes.to_owned() } else { no.to_owned() };
    let name = if cookie.name.is_empty() { "none" } else { &cookie.name };
    let domain = match &cookie.domain {
        Some(domain) => format!("{domain} and all hosts below it"),
        None => "this host only".into(),
    };
    let path = cookie.path.clone().unwrap_or_else(|| "the folder of the URL that sets it".into());
    let same_site = match cookie.same_site {
        Some(SameSite::Strict) => "Strict",
        Some(SameSite::Lax) => "Lax",
        Some(SameSite::None) => "None",
        None => "not set: Lax in Chrome and Edge, None in Firefox and Safari",
    };
    let mut facts = vec![
        text("Name", None, name.into()),
        text("Domain", from(AttributeName::Domain), domain),
        text("Path", from(AttributeName::Path), path),
        expires(cookie, now),
        text(
            "Secure",
            from(AttributeName::Secure),
            yes_or_no(cookie.secure, "yes: sent over HTTPS only", "no: sent over HTTP as well"),
        ),
        text(
            "HttpOnly",
            from(AttributeName::HttpOnly),
            yes_or_no(cookie.http_only, "yes: hidden from scripts", "no: scripts can read it"),
        ),
        text("SameSite", from(AttributeName::SameSite), same_site.into()),
    ];
    if cookie.partitioned {
        let value = "yes: kept apart for each site that embeds it";
        facts.push(text("Partitioned", from(AttributeName::Partitioned), value.into()));
    }
    facts
}

fn text(term: &str, from: Option<String>, value: String) -> Fact {
    Fact { term: term.into(), from, value: FactValue::Text(value) }
}

fn expires(cookie: &SetCookie, now: Option<i64>) -> Fact {
    let kind = if cookie.max_age.is_some() { AttributeName::MaxAge } else { AttributeName::Expires };
    let from = cookie.deciding(kind).map(|attribute| attribute.name.clone());
    let value = match cookie.expiry(now) {
        Expiry::Session => FactValue::Text("when the browser is closed".into()),
        Expiry::Deleted => FactValue::Text("at once: this deletes the cookie".into()),
        Expiry::After(seconds) => {
            FactValue::Text(format!("{} after it is set", moment::length(seconds.unsigned_abs())))
        }
        Expiry::At(unix) => moment::fact(unix, now),
    };
    Fact { term: "Expires".into(), from, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::parse::parse;

    fn cookie(line: &str) -> SetCookie {
        parse(line).unwrap_or_else(|dropped| panic!("{line}: {dropped:?}"))
    }

    fn shown(line: &str, now: Option<i64>) -> Vec<String> {
        let value = |fact: &Fact| match &fact.value {
            FactValue::Text(text) => text.clone(),
            FactValue::Time { utc, distance, .. } => format!("{utc} {}", distance.as_deref().unwrap_or("-")),
        };
        let shown =
            |fact: Fact| format!("{}<{}: {}", fact.term, fact.from.as_deref().unwrap_or(""), value(&fact));
        facts(&parse(line), now).into_iter().map(shown).collect()
    }

    #[test]
    fn what_is_stored_reads_in_order() {
        assert_eq!(
            shown("sid=a; path=/; SameSite=lax; Max-Age=3600; Secure; Partitioned", Some(0)),
            [
                "Name<: sid",
                "Domain<: this host only",
                "Path<path: /",
                "Expires<Max-Age: 1970-01-01 01:00:00 UTC in 1 hour",
                "Secure<Secure: yes: sent over HTTPS only",
                "HttpOnly<: no: scripts can read it",
                "SameSite<SameSite: Lax",
                "Partitioned<Partitioned: yes: kept apart for each site that embeds it",
            ]
        );
        assert_eq!(shown("sid=a; Max-Age=3600", None)[3], "Expires<Max-Age: 1 hour after it is set");
        assert_eq!(shown("sid=a; Max-Age=0", None)[3], "Expires<Max-Age: at once: this deletes the cookie");
        assert_eq!(shown("sid=a", None)[3], "Expires<: when the browser is closed");
        assert_eq!(
            shown("sid=a; Max-Age=99999999999; Expires=Tue, 01 Jun 2027 00:00:00 GMT", Some(0))[3],
            "Expires<Max-Age: 1971-02-05 00:00:00 UTC in 1 year 34 days"
        );
        assert_eq!(
            shown("sid=a; Domain=.example.com", None)[1],
            "Domain<Domain: example.com and all hosts below it"
        );
    }

    #[test]
    fn what_is_refused_says_why() {
        const REFUSED: &[&str] = &[
            "a=1; SameSite=None",
            "a=1; Partitioned",
            "a=1; Domain=bücher.example",
            "__Secure-a=1",
            "__secure-a=1",
            "__Host-a=1; Path=/",
            "__Host-a=1; Secure",
            "__Host-a=1; Secure; Path=/x",
            "__Host-a=1; Secure; Path=/; Domain=example.com",
            "__Http-a=1; Secure",
            "__Host-Http-a=1; Secure; Path=/",
            "=__Host-a=1; Secure; Path=/",
        ];
        const DROPPED: &[&str] = &["a=\u{1}", "=", "; Path=/"];
        const TAKEN: &[&str] = &[
            "a=1; SameSite=None; Secure",
            "__Host-a=1; Secure; Path=/",
            "__Http-a=1; Secure; HttpOnly",
            "__Host-Http-a=1; Secure; Path=/; HttpOnly",
            "__Secure-a=1; secure",
        ];
        for line in REFUSED {
            assert!(refusal(&cookie(line)).is_some(), "{line}");
            assert_eq!(shown(line, None).len(), 1, "{line}");
        }
        for line in DROPPED {
            assert!(shown(line, None).concat().starts_with("Stored<: no: "), "{line}");
        }
        for line in TAKEN {
            assert_eq!(refusal(&cookie(line)), None, "{line}");
        }
    }
}
