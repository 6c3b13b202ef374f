//! `Domain` and `Path`: where the cookie goes.
//!
//! What needs the request's host or the Public Suffix List is not judged here.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::cookie::edit;
use crate::cookie::parse::{Attribute, AttributeName};
use crate::cookie::rules::{Check, Context, Hit, Rule, quoted};
use crate::finding::Severity::{High, Info, Low, Medium};

pub const RULES: &[Rule] = &[
    Rule {
        id: "domain-leading-dot",
        severity: Info,
        message: "The leading dot is ignored: with or without it the cookie goes to the domain and all hosts below it.",
        fix: "Remove the dot.",
        source: "RFC 6265bis section 5.6.3",
        unless: &["domain-two-leading-dots", "domain-empty"],
        check: Check::Cookie(|c| {
            let domain = c.domain()?;
            let host = domain.value.strip_prefix('.')?;
            Some(Hit::at(domain.text).corrected(c.with_value(domain, host)))
        }),
        triggers: "a=1; Domain=.example.com",
        does_not_trigger: "a=1; Domain=example.com",
    },
    Rule {
        id: "domain-two-leading-dots",
        severity: High,
        message: "Only one leading dot is removed. The rest matches no host, so the cookie is dropped.",
        fix: "Write the plain domain.",
        source: "RFC 6265bis sections 5.6.3 and 5.7",
        unless: &["domain-empty"],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| domain.value.starts_with(".."))?;
            Some(Hit::at(domain.text).corrected(c.with_value(domain, domain.value.trim_start_matches('.'))))
        }),
        triggers: "a=1; Domain=..example.com",
        does_not_trigger: "a=1; Domain=example.com",
    },
    Rule {
        id: "domain-empty",
        severity: Medium,
        message: "RFC 6265bis reads an empty Domain as this host alone; its successor drops the cookie, and browsers drop \
                  it for a lone dot.",
        fix: "Remove the attribute.",
        source: "RFC 6265bis section 5.7; draft-ietf-httpbis-layered-cookies section 5.4",
        unless: &[],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| domain.value.bytes().all(|byte| byte == b'.'))?;
            Some(Hit::at(domain.text).corrected(edit::unset(c.line, c.cookie, AttributeName::Domain)))
        }),
        triggers: "a=1; Domain=; Path=/",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "domain-is-url-or-has-port",
        severity: High,
        message: "Domain takes a bare host name. With a scheme, port or path it matches no host, so the cookie is dropped.",
        fix: "Write the host name alone.",
        source: "RFC 6265bis sections 4.1.1 and 5.1.3",
        unless: &["domain-is-ip-address"],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| domain.value.contains([':', '/', '@']))?;
            let corrected = host_of(&domain.value).map(|host| c.with_value(domain, host));
            Some(
                Hit::at(domain.text)
                    .saying(format!(
                        "Domain takes a bare host name: {} matches no host, so the cookie is dropped.",
                        quoted(&domain.value)
                    ))
                    .corrected(corrected),
            )
        }),
        triggers: "a=1; Domain=https://example.com:8443",
        does_not_trigger: "a=1; Domain=example.com",
    },
    Rule {
        id: "domain-is-ip-address",
        severity: Medium,
        message: "An address has no hosts below it: this Domain adds nothing, and the cookie is dropped unless the request \
                  went to exactly this address.",
        fix: "Leave Domain out.",
        source: "RFC 6265bis section 5.1.3",
        unless: &[],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| is_address(&domain.value))?;
            Some(Hit::at(domain.text).corrected(edit::unset(c.line, c.cookie, AttributeName::Domain)))
        }),
        triggers: "a=1; Domain=192.0.2.7",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "domain-is-localhost",
        severity: Low,
        message: "Browsers treat a Domain of one label as a public suffix: the cookie is dropped, or goes to this host alone.",
        fix: "Leave Domain out.",
        source: "RFC 6265bis section 5.7; Public Suffix List, default rule",
        unless: &["domain-is-ip-address", "domain-is-url-or-has-port", "domain-non-ascii", "domain-wildcard"],
        check: Check::Cookie(|c| {
            let host = c.cookie.domain.as_ref().filter(|host| !host.contains('.'))?;
            let domain = c.domain()?;
            Some(
                Hit::at(domain.text)
                    .saying(format!(
                        "Browsers treat a Domain of one label, {}, as a public suffix: the cookie is dropped, or goes to \
                         this host alone.",
                        quoted(host)
                    ))
                    .corrected(edit::unset(c.line, c.cookie, AttributeName::Domain)),
            )
        }),
        triggers: "a=1; Domain=localhost",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "domain-trailing-dot",
        severity: High,
        message: "A trailing dot makes another host name, so browsers drop the cookie.",
        fix: "Remove the dot.",
        source: "RFC 6265bis section 5.1.3",
        unless: &["domain-empty"],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| domain.value.ends_with('.'))?;
            Some(Hit::at(domain.text).corrected(c.with_value(domain, domain.value.trim_end_matches('.'))))
        }),
        triggers: "a=1; Domain=example.com.",
        does_not_trigger: "a=1; Domain=example.com",
    },
    Rule {
        id: "domain-non-ascii",
        severity: High,
        message: "Domain must be ASCII. Browsers other than Chrome drop a cookie with any other.",
        fix: "Write the name in its xn-- form.",
        source: "RFC 6265bis section 5.7",
        unless: &[],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| !domain.value.is_ascii())?;
            Some(Hit::at(domain.text))
        }),
        triggers: "a=1; Domain=bücher.example",
        does_not_trigger: "a=1; Domain=xn--bcher-kva.example",
    },
    Rule {
        id: "domain-wildcard",
        severity: High,
        message: "Domain has no wildcards: this matches no host, so the cookie is dropped. A Domain covers all hosts below \
                  it anyway.",
        fix: "Remove “*.”.",
        source: "RFC 6265bis section 4.1.2.3",
        unless: &[],
        check: Check::Cookie(|c| {
            let domain = c.domain().filter(|domain| domain.value.contains('*'))?;
            let plain = domain.value.trim_start_matches(['.', '*']);
            let is_plain = !plain.is_empty() && !plain.contains('*');
            Some(Hit::at(domain.text).corrected(is_plain.then(|| c.with_value(domain, plain))))
        }),
        triggers: "a=1; Domain=*.example.com",
        does_not_trigger: "a=1; Domain=example.com",
    },
    Rule {
        id: "domain-too-wide",
        severity: Medium,
        message: "Every host below this Domain receives this login cookie and can overwrite it.",
        fix: "Leave Domain out and use a __Host- name; give each application a session of its own.",
        source: "RFC 6265bis sections 8.5 and 8.6",
        unless: &[
            "domain-two-leading-dots",
            "domain-is-url-or-has-port",
            "domain-is-ip-address",
            "domain-is-localhost",
            "domain-trailing-dot",
            "domain-non-ascii",
            "domain-wildcard",
            "host-prefix-with-domain",
            "host-http-prefix-violation",
        ],
        check: Check::Cookie(|c| {
            let host = c.cookie.domain.as_ref().filter(|_| c.is_live_session() || c.is_live_token())?;
            let domain = c.domain()?;
            Some(
                Hit::at(domain.text)
                    .saying(format!(
                        "{} and every host below it receive this login cookie and can overwrite it.",
                        quoted(host)
                    ))
                    .corrected(edit::unset(c.line, c.cookie, AttributeName::Domain)),
            )
        }),
        triggers: "sid=a; Domain=example.com; Secure; HttpOnly",
        does_not_trigger: "__Host-sid=a; Path=/; Secure; HttpOnly",
    },
    Rule {
        id: "path-missing",
        severity: Low,
        message: "Without Path the cookie goes only to the folder of the URL that sets it.",
        fix: "Add Path=/.",
        source: "RFC 6265bis section 5.1.4",
        unless: &["host-prefix-path-not-root", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            let is_written =
                c.cookie.attributes.iter().any(|attribute| attribute.kind == AttributeName::Path);
            (!is_written).then(|| c.hit_missing("Path=/"))
        }),
        triggers: "sid=a",
        does_not_trigger: "sid=a; Path=/",
    },
    Rule {
        id: "path-not-absolute",
        severity: Medium,
        message: "Path must start with a slash. This value is replaced by the folder of the URL.",
        fix: "Write a Path that starts with a slash.",
        source: "RFC 6265bis section 5.6.4",
        unless: &["path-quoted", "attribute-extra-equals"],
        check: Check::Cookie(|c| {
            let path = c.path().filter(|path| !path.value.is_empty() && !path.value.starts_with('/'))?;
            Some(
                Hit::at(path.text)
                    .saying(format!(
                        "{} does not start with a slash, so browsers replace it by the folder of the URL.",
                        quoted(&path.value)
                    ))
                    .corrected(c.with_value(path, &format!("/{}", path.value))),
            )
        }),
        triggers: "a=1; Path=admin",
        does_not_trigger: "a=1; Path=/admin",
    },
    Rule {
        id: "path-quoted",
        severity: Medium,
        message: "Quotes are not removed, so the path is not valid and browsers use the folder of the URL.",
        fix: "Remove the quotes.",
        source: "RFC 6265bis section 5.6.4",
        unless: &[],
        check: Check::Cookie(|c| {
            let path = c.path().filter(|path| path.value.starts_with('"'))?;
            Some(Hit::at(path.text).corrected(c.with_value(path, path.value.trim_matches('"'))))
        }),
        triggers: "a=1; Path=\"/\"",
        does_not_trigger: "a=1; Path=/",
    },
    Rule {
        id: "path-trailing-slash",
        severity: Info,
        message: "With a slash at its end the cookie is not sent to the same URL without the slash.",
        fix: "Remove the slash at the end unless that is meant.",
        source: "RFC 6265bis section 5.1.4",
        unless: &[],
        check: Check::Cookie(|c| {
            let path = c.path().filter(|path| path.value.starts_with('/'))?;
            let shorter = path.value.strip_suffix('/').filter(|shorter| !shorter.is_empty())?;
            Some(Hit::at(path.text).saying(format!(
                "This cookie goes to {} and below, but not to {}.",
                quoted(&path.value),
                quoted(shorter)
            )))
        }),
        triggers: "a=1; Path=/app/",
        does_not_trigger: "a=1; Path=/app",
    },
    Rule {
        id: "path-has-query-or-fragment",
        severity: Low,
        message: "Path is compared with the URL's path alone, so a query or fragment never matches.",
        fix: "Keep only the path.",
        source: "RFC 6265bis section 5.1.4",
        unless: &[],
        check: Check::Cookie(|c| {
            let path = c.path().filter(|path| path.value.starts_with('/'))?;
            let (plain, _) = path.value.split_once(['?', '#'])?;
            Some(Hit::at(path.text).corrected(c.with_value(path, plain)))
        }),
        triggers: "a=1; Path=/app?x=1",
        does_not_trigger: "a=1; Path=/app",
    },
    Rule {
        id: "path-as-security-boundary",
        severity: Medium,
        message: "Path does not protect a cookie: another page on the same host can still read or overwrite it.",
        fix: "Separate applications by host name, not by path; then use Path=/.",
        source: "RFC 6265bis sections 4.1.2.4 and 8.5",
        unless: &["host-prefix-path-not-root", "host-http-prefix-violation"],
        check: Check::Cookie(|c| {
            // To send a refresh token to one path alone has some use; nothing else should rest on it.
            let severity = if c.is_live_session() || c.is_live_csrf() {
                Medium
            } else if c.is_live_token() {
                Low
            } else {
                return None;
            };
            let path = c.cookie.path.as_ref().filter(|path| *path != "/")?;
            let message = format!(
                "The Path {} does not protect this cookie: other pages on the same host can still use or overwrite it.",
                quoted(path)
            );
            Some(Hit::at(c.path()?.text).saying(message).as_severity(severity))
        }),
        triggers: "admin_session=a; Path=/admin; Secure; HttpOnly",
        does_not_trigger: "__Host-session=a; Path=/; Secure; HttpOnly",
    },
];

impl Context<'_> {
    fn domain(&self) -> Option<&Attribute> {
        self.last(AttributeName::Domain)
    }

    fn path(&self) -> Option<&Attribute> {
        self.last(AttributeName::Path)
    }
}

fn is_address(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse::<Ipv4Addr>().is_ok() || bare.parse::<Ipv6Addr>().is_ok()
}

/// The host name in a URL, or in one without its scheme; `None` where what is left is no name.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_and_port = authority.rsplit('@').next()?;
    let host = host_and_port.split(':').next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == '_';
    (!host.is_empty() && host.chars().all(is_name)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_in_a_url() {
        assert_eq!(host_of("https://user@example.com:8443/a"), Some("example.com"));
        assert_eq!(host_of("example.com:80"), Some("example.com"));
        assert_eq!(host_of("example.com/a:b@c"), Some("example.com"));
        assert_eq!(host_of("//"), None);
        assert_eq!(host_of("https://[::1]/"), None);
    }

    #[test]
    fn addresses_are_no_names() {
        for address in ["192.0.2.7", "::1", "[2001:db8::1]"] {
            assert!(is_address(address), "{address}");
        }
        for name in ["example.com", "1.2.3", "[a]", ""] {
            assert!(!is_address(name), "{name}");
        }
    }

    #[test]
    fn a_host_prefix_says_enough_of_its_path() {
        let rules = |line: &str| -> Vec<String> {
            crate::cookie::review(line, None).findings.into_iter().map(|finding| finding.rule).collect()
        };
        assert_eq!(rules("__Host-a=1; Secure; SameSite=Lax"), ["host-prefix-path-not-root"]);
    }
}
