//! Addresses in headers and claims, cut into their parts (RFC 3986 section 3), as far as remarks need them. Nothing is
//! ever fetched.

/// An absolute address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// `https`; in any case.
    pub scheme: &'a str,
    /// What stands before an `@`.
    pub user: Option<&'a str>,
    /// Without port; an IPv6 address without its brackets.
    pub host: &'a str,
    /// With its first slash; empty if there is none.
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub fragment: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Reads `scheme://host…`; `None` for any other text, `did:` and `urn:` too.
    pub fn read(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !is_scheme {
            return None;
        }
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        // Browsers take a backslash for a slash.
        let end = rest.find(['/', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let host = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((ipv6, _)) => ipv6,
            None => place.split(':').next().unwrap_or(place),
        };
        Some(Self { scheme, user, host, path, query, fragment })
    }

    pub fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    pub fn is_web(&self) -> bool {
        self.is_https() || self.scheme.eq_ignore_ascii_case("http")
    }

    /// Whether the host is not one of the public name system: an IP address, one label, or a name of local networks.
    pub fn is_inside(&self) -> bool {
        is_ip(self.host) || is_inside_name(self.host)
    }
}

/// Whether `host` is an IP address, in any of the spellings that resolvers take.
pub fn is_ip(host: &str) -> bool {
    let number = |part: &str| {
        let hex = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"));
        !part.is_empty()
            && hex.map_or_else(
                || part.bytes().all(|b| b.is_ascii_digit()),
                |hex| hex.bytes().all(|b| b.is_ascii_hexdigit()),
            )
    };
    host.contains(':') || host.trim_end_matches('.').split('.').all(number)
}

/// Whether `host` is a name that only a local network knows.
pub fn is_inside_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let ends =
        [".local", ".internal", ".localhost", ".localdomain", ".lan", ".intranet", ".corp", ".home.arpa"];
    !host.contains('.') || ends.iter().any(|end| host.ends_with(end))
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_into_its_parts() {
        let address = Address::read("HTTPS://me:pw@issuer.example:8443/a/b?c=d?e#f#g").expect("an address");
        assert!(address.is_https() && address.is_web());
        assert_eq!((address.user, address.host, address.path), (Some("me:pw"), "issuer.example", "/a/b"));
        assert_eq!((address.query, address.fragment), (Some("c=d?e"), Some("f#g")));
        let bare = Address::read("https://issuer.example").expect("an address");
        assert_eq!((bare.user, bare.path, bare.query, bare.fragment), (None, "", None, None));
        assert_eq!(Address::read("https://[::1]:80/x").map(|address| address.host), Some("::1"));
        for other in ["", "issuer.example", "did:web:example.com", "//a", "1https://a", "a b://c"] {
            assert_eq!(Address::read(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_inside_a_network_shows() {
        let inside = |host: &str| is_ip(host) || is_inside_name(host);
        for host in
            ["169.254.169.254", "0x7f.1", "2130706433", "::1", "localhost", "db", "a.local", "X.Internal."]
        {
            assert!(inside(host), "{host}");
        }
        for host in ["issuer.example", "a.b.c", "10.example", "local.example"] {
            assert!(!inside(host), "{host}");
        }
    }
}
