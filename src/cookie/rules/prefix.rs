//! Prefixes of names: conditions that are broken, and spellings that are none.

use crate::cookie::edit;
use crate::cookie::parse::{AttributeName, parse};
use crate::cookie::rules::{Check, Context, Hit, Rule, listed, quoted};
use crate::cookie::store::Prefix;
use crate::finding::Severity::{High, Info, Low, Medium};

pub const RULES: &[Rule] = &[
    Rule {
        id: "host-prefix-missing-secure",
        severity: High,
        message: "Browsers refuse a __Host- cookie without Secure.",
        fix: "Add Secure and serve over HTTPS.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            (c.has_prefix(Prefix::Host) && !c.cookie.secure).then(|| c.hit_missing("Secure"))
        }),
        triggers: "__Host-sid=a; Path=/",
        does_not_trigger: "__Host-sid=a; Path=/; Secure",
    },
    Rule {
        id: "host-prefix-with-domain",
        severity: High,
        message: "Browsers refuse a __Host- cookie with a Domain.",
        fix: "Remove Domain.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_refused = c.has_prefix(Prefix::Host) && c.cookie.domain.is_some();
            let domain = c.last(AttributeName::Domain).filter(|_| is_refused)?;
            Some(Hit::at(domain.text).corrected(edit::unset(c.line, c.cookie, AttributeName::Domain)))
        }),
        triggers: "__Host-sid=a; Path=/; Secure; Domain=example.com",
        does_not_trigger: "__Host-sid=a; Path=/; Secure",
    },
    Rule {
        id: "host-prefix-path-not-root",
        severity: High,
        message: "Browsers refuse a __Host- cookie without Path=/.",
        fix: "Write Path=/.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let is_refused = c.has_prefix(Prefix::Host) && c.cookie.path.as_deref() != Some("/");
            is_refused.then(|| {
                let path = c.last(AttributeName::Path);
                let hit = path.map_or_else(|| c.hit_name(), |path| Hit::at(path.text));
                let hit = hit.corrected(edit::set(c.line, c.cookie, AttributeName::Path, "/"));
                match path {
                    Some(path) => hit.saying(format!(
                        "Browsers refuse a __Host- cookie with another Path than “/”; here it is {}.",
                        quoted(&path.value)
                    )),
                    None => hit,
                }
            })
        }),
        triggers: "__Host-sid=a; Secure",
        does_not_trigger: "__Host-sid=a; Secure; Path=/",
    },
    Rule {
        id: "secure-prefix-missing-secure",
        severity: High,
        message: "Browsers refuse a __Secure- cookie without Secure.",
        fix: "Add Secure and serve over HTTPS.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            (c.has_prefix(Prefix::Secure) && !c.cookie.secure).then(|| c.hit_missing("Secure"))
        }),
        triggers: "__Secure-id=a; Path=/",
        does_not_trigger: "__Secure-id=a; Path=/; Secure",
    },
    Rule {
        id: "http-prefix-violation",
        severity: High,
        message: "A __Http- cookie must be Secure and HttpOnly, or browsers that know the prefix refuse it.",
        fix: "Add both attributes, and set the cookie from the server.",
        source: "draft-ietf-httpbis-layered-cookies sections 4.1.3.3 and 5.4.3",
        unless: &[],
        check: Check::Cookie(|c| c.broken(Prefix::Http)),
        triggers: "__Http-sid=a; Secure; Path=/",
        does_not_trigger: "__Http-sid=a; Secure; HttpOnly; Path=/",
    },
    Rule {
        id: "host-http-prefix-violation",
        severity: High,
        message: "A __Host-Http- cookie must be Secure and HttpOnly, with Path=/ and no Domain.",
        fix: "Add the missing attributes, and remove Domain.",
        source: "draft-ietf-httpbis-layered-cookies sections 4.1.3.4 and 5.4.3",
        unless: &[],
        check: Check::Cookie(|c| c.broken(Prefix::HostHttp)),
        triggers: "__Host-Http-sid=a; Secure; Path=/",
        does_not_trigger: "__Host-Http-sid=a; Secure; HttpOnly; Path=/",
    },
    Rule {
        id: "prefix-wrong-case",
        severity: Medium,
        message: "Today's browsers enforce a prefix in any letter case, but old ones and servers may not.",
        fix: "Write the prefix in its exact spelling.",
        source: "RFC 6265bis section 5.4",
        unless: &[],
        check: Check::Cookie(|c| {
            let prefix = Prefix::of(&c.cookie.name)?;
            (!c.cookie.name.starts_with(prefix.as_str()))
                .then(|| c.hit_name().advising(format!("Write {}{}.", prefix.as_str(), c.base_name())))
        }),
        triggers: "__HOST-sid=a; Path=/; Secure",
        does_not_trigger: "__Host-sid=a; Path=/; Secure",
    },
    Rule {
        id: "prefix-lookalike",
        severity: Medium,
        message: "This looks like a protected prefix but is none, so browsers check nothing.",
        fix: "Use one of the four real prefixes: __Host-, __Secure-, __Http-, __Host-Http-.",
        source: "RFC 6265bis section 4.1.3",
        unless: &[],
        check: Check::Cookie(|c| {
            (Prefix::of(&c.cookie.name).is_none() && looks_like_prefix(&c.cookie.name)).then(|| {
                c.hit_name().saying(format!(
                    "{} looks like a name with a protected prefix but has none, so browsers check nothing.",
                    quoted(&c.cookie.name)
                ))
            })
        }),
        triggers: "__Host_sid=a; Path=/; Secure",
        does_not_trigger: "__Host-sid=a; Path=/; Secure",
    },
    Rule {
        id: "nameless-value-mimics-prefix",
        severity: High,
        message: "Browsers refuse a cookie without a name whose value looks like a name with a prefix.",
        fix: "Give the cookie a proper name.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            (c.cookie.name.is_empty() && Prefix::of(&c.cookie.value).is_some()).then(|| c.hit_name())
        }),
        triggers: "=__Host-sid=a; Path=/; Secure",
        does_not_trigger: "__Host-sid=a; Path=/; Secure",
    },
    Rule {
        id: "prefix-recommended",
        severity: Low,
        message: "This cookie meets the conditions of __Host-. With that prefix browsers enforce them.",
        fix: "Rename the cookie to __Host-…, and accept the old name for a while.",
        source: "RFC 6265bis section 4.1.3",
        unless: &["prefix-lookalike"],
        check: Check::Cookie(|c| {
            let is_bound =
                c.cookie.secure && c.cookie.path.as_deref() == Some("/") && c.cookie.domain.is_none();
            let is_plain = Prefix::of(&c.cookie.name).is_none();
            (is_bound && is_plain && (c.is_live_session() || c.is_live_csrf())).then(|| {
                c.hit_name().advising(format!(
                    "Rename the cookie to __Host-{}, and accept the old name for a while.",
                    c.cookie.name
                ))
            })
        }),
        triggers: "sid=a; Path=/; Secure; HttpOnly; SameSite=Lax",
        does_not_trigger: "__Host-sid=a; Path=/; Secure; HttpOnly; SameSite=Lax",
    },
    Rule {
        id: "http-prefix-limited-support",
        severity: Info,
        message: "Safari does not enforce this prefix yet, so do not rely on it alone.",
        fix: "Keep HttpOnly and Secure, and validate the value on the server.",
        source: "MDN browser-compat-data, http.headers.Set-Cookie",
        unless: &["http-prefix-violation", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            Prefix::of(&c.cookie.name).filter(|p| p.needs_http_only()).map(|_| c.hit_name())
        }),
        triggers: "__Http-sid=a; Secure; HttpOnly; Path=/",
        does_not_trigger: "__Host-sid=a; Secure; HttpOnly; Path=/",
    },
];

impl Context<'_> {
    fn has_prefix(&self, prefix: Prefix) -> bool {
        Prefix::of(&self.cookie.name) == Some(prefix)
    }

    /// Whether the conditions of one of the two `Http-` prefixes are broken: which, and the line that keeps them.
    fn broken(&self, prefix: Prefix) -> Option<Hit> {
        if !self.has_prefix(prefix) {
            return None;
        }
        let is_bound = prefix.needs_host_binding();
        let conditions = [
            (!self.cookie.secure, "Secure is missing"),
            (!self.cookie.http_only, "HttpOnly is missing"),
            (is_bound && self.cookie.path.as_deref() != Some("/"), "Path=/ is missing"),
            (is_bound && self.cookie.domain.is_some(), "Domain is there"),
        ];
        let broken: Vec<String> =
            conditions.iter().filter(|(is_so, _)| *is_so).map(|(_, what)| (*what).to_owned()).collect();
        if broken.is_empty() {
            return None;
        }
        let mut line = self.line.to_owned();
        if is_bound {
            line = edit::unset(&line, self.cookie, AttributeName::Domain);
            // The places have moved.
            if let Some(cookie) = parse(&line).ok().filter(|cookie| cookie.path.as_deref() != Some("/")) {
                line = edit::set(&line, &cookie, AttributeName::Path, "/");
            }
        }
        for (is_missing, flag) in [(!self.cookie.secure, "Secure"), (!self.cookie.http_only, "HttpOnly")] {
            if is_missing {
                line = edit::appended(&line, flag);
            }
        }
        let message = format!(
            "Browsers that know the prefix {} refuse this cookie: {}.",
            prefix.as_str(),
            listed(&broken)
        );
        Some(self.hit_name().saying(message).corrected(line))
    }
}

/// Up to three underscores, a word of the prefixes, and a hyphen or underscore. Without underscores in front only a
/// hyphen counts: `host_id` and `http_referer` are ordinary names.
fn looks_like_prefix(name: &str) -> bool {
    const WORDS: [&str; 7] = ["host", "secure", "http", "hosthttp", "host_http", "httponly", "hosthttponly"];
    let name = name.to_ascii_lowercase();
    let bare = name.trim_start_matches('_');
    let underscores = name.len() - bare.len();
    let is_end = |c: char| c == '-' || c == '_' && underscores > 0;
    underscores <= 3
        && WORDS.iter().any(|word| bare.strip_prefix(word).is_some_and(|rest| rest.starts_with(is_end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_look_protected_are_found() {
        for name in ["__Host_sid", "_Host-sid", "host-sid", "__HostHttp-x", "__HttpOnly-x", "___Secure-a"] {
            assert!(looks_like_prefix(name), "{name}");
        }
        for name in ["hostname", "sid", "____Host-x", "https-only", "http_referer", "__secured_x", ""] {
            assert!(!looks_like_prefix(name), "{name}");
        }
    }

    #[test]
    fn all_broken_conditions_are_named_and_mended() {
        let line = "__Host-Http-sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Domain=example.com";
        let finding = crate::cookie::review(line, None).findings.into_iter().next().expect("a remark");
        assert!(
            finding
                .message
                .ends_with("Secure is missing, HttpOnly is missing, Path=/ is missing and Domain is there."),
            "{}",
            finding.message
        );
        assert_eq!(
            finding.corrected.as_deref(),
            Some("__Host-Http-sid=Jq3m9h0rU2v8Kx1bYtN5cQ; Path=/; Secure; HttpOnly")
        );
    }
}
