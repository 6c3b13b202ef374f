//! Shapes that a text can have: what is about a person, a card, a token, a trace of the inside of a system, an attack. Each
//! is one pass over the text, and none is certain: rules say what it looks like.

use crate::jose::claims;
use crate::jose::rules::address::{self, Address};
use crate::jose::rules::subject::loose;

/// Bytes of a text that are looked at: what tells a shape stands at its beginning.
const MOST: usize = 1 << 14;

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

// ------------------------------------------------------------------------------------------------------ personal data

/// Whether an e-mail address stands in the text.
pub fn has_email(text: &str) -> bool {
    let text = beginning(text);
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""));
        let local = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_+-".contains(c));
        let end =
            after.find(|c: char| !c.is_ascii_alphanumeric() && !".-".contains(c)).unwrap_or(after.len());
        let domain = after.get(..end).unwrap_or("").trim_end_matches('.');
        let top = domain.rsplit_once('.').filter(|(name, _)| !name.is_empty()).map_or("", |(_, top)| top);
        local && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// Whether it is an account number with the right check digits (ISO 13616).
pub fn is_iban(text: &str) -> bool {
    if text.len() > 64 {
        return false;
    }
    let plain: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let form = plain.iter().enumerate().all(|(at, byte)| match at {
        0 | 1 => byte.is_ascii_uppercase(),
        2 | 3 => byte.is_ascii_digit(),
        _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
    });
    let Some((country, rest)) =
        plain.split_at_checked(4).filter(|_| form && (15..=34).contains(&plain.len()))
    else {
        return false;
    };
    let digits = rest.iter().chain(country).fold(0_u64, |number, byte| match byte {
        b'0'..=b'9' => (number * 10 + u64::from(byte - b'0')) % 97,
        _ => (number * 100 + u64::from(byte.saturating_sub(b'A')) + 10) % 97,
    });
    digits == 1
}

/// Whether it is written as a social security number of the USA.
pub fn is_social_security_number(text: &str) -> bool {
    let form = text.len() == 11
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 3 | 6) { byte == b'-' } else { byte.is_ascii_digit() });
    form && !text.starts_with("000") && !text.starts_with("666") && !text.starts_with('9')
}

/// Whether it is a number as payment cards have it: with the beginning and length of a brand, and the right check digit.
pub fn is_card(text: &str) -> bool {
    if text.len() > 32 || !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-')) {
        return false;
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let number = |count: usize| digits.iter().take(count).fold(0, |number, digit| number * 10 + digit);
    let known = match digits.len() {
        14 => matches!(number(2), 36 | 38 | 39) || matches!(number(3), 300..=305),
        15 => matches!(number(2), 34 | 37),
        16 => {
            matches!(number(1), 4)
                || matches!(number(2), 51..=55 | 62 | 65)
                || matches!(number(3), 644..=649)
                || matches!(number(4), 2221..=2720 | 3528..=3589 | 6011)
        }
        13 | 17..=19 => matches!(number(2), 62) && digits.len() > 16,
        _ => false,
    };
    let luhn = digits.iter().rev().enumerate().map(|(at, digit)| match at % 2 {
        0 => *digit,
        _ if *digit > 4 => digit * 2 - 9,
        _ => digit * 2,
    });
    known && luhn.sum::<u32>().is_multiple_of(10)
}

/// Whether it is a token itself; then, when it expires, if it says.
pub fn token_expiry(text: &str) -> Option<Option<i64>> {
    let mut parts = text.split('.');
    let header = loose(parts.next().filter(|part| part.starts_with("eyJ"))?)?;
    let payload = loose(parts.next()?)?;
    let has_three = parts.next().is_some() && parts.next().is_none();
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    let claims: claims::Claims = serde_json::from_slice(&payload).ok()?;
    (has_three && header.get("alg").is_some()).then(|| claims::time(&claims, "exp"))
}

// -------------------------------------------------------------------------------------------------- internals and attacks

/// What the text tells of a system's inside, if it tells anything.
pub fn internal(text: &str) -> Option<&'static str> {
    const PATHS: [&str; 9] =
        ["/home/", "/var/", "/etc/", "/usr/", "/opt/", "/root/", "/srv/", "/app/node_modules", "file:///"];
    const TRACES: [&str; 5] =
        ["Traceback (most recent", "Exception in thread", "stack trace:", "\n    at ", "panicked at "];
    let text = beginning(text).trim();
    let lower = text.to_ascii_lowercase();
    if let Some(address) = Address::read(&lower).filter(Address::is_web) {
        let inside = is_private_address(address.host) || address::is_inside_name(address.host);
        return inside.then_some("an address within a private network");
    }
    let host = lower.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let host = host.map_or(&*lower, |(host, _)| host);
    if is_private_address(host) || is_private_address(&lower) {
        return Some("an address of a private network");
    }
    let is_name =
        host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    if host == "localhost" || (is_name && address::is_inside_name(host)) {
        return Some("the name of an internal host");
    }
    let is_drive = matches!(text.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
    if is_drive || PATHS.iter().any(|path| text.starts_with(path)) {
        return Some("a path of a file");
    }
    if TRACES.iter().any(|trace| text.contains(trace)) {
        return Some("a stack trace");
    }
    let has = |word: &str| lower.contains(word);
    let is_sql = (lower.starts_with("select ") && has(" from "))
        || lower.starts_with("insert into ")
        || lower.starts_with("delete from ")
        || (lower.starts_with("update ") && has(" set "));
    is_sql.then_some("SQL")
}

/// RFC 1918, RFC 4193 and addresses of the machine or link itself.
fn is_private_address(host: &str) -> bool {
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => {
            address.is_private() || address.is_loopback() || address.is_link_local()
        }
        Ok(std::net::IpAddr::V6(address)) => {
            let [first, ..] = address.segments();
            address.is_loopback() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
        Err(_) => false,
    }
}

/// What in the text would do something where it is put into a query, a page, a template or a path.
pub fn injection(text: &str) -> Option<&'static str> {
    let text = beginning(text);
    let lower = text.to_ascii_lowercase();
    let found =
        ["<script", "${", "{{", "../", "..\\", ";--", "; --"].into_iter().find(|sign| lower.contains(sign));
    found.or_else(|| has_quote(text).then_some("quotation marks"))
}

/// A quotation mark that is not an apostrophe within a name.
fn has_quote(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_letter =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphabetic());
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'"' => true,
        b'\'' => !(is_letter(at.checked_sub(1)) && is_letter(Some(at + 1))),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(matches: impl Fn(&str) -> bool, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(matches(text), "{text} is not seen");
        }
        for text in no {
            assert!(!matches(text), "{text} is taken for one");
        }
    }

    #[test]
    fn addresses_accounts_and_numbers_of_people() {
        check(
            has_email,
            &["ann@example.com", "auth0|a.b+c@x-y.co.uk", "Ann <ann@example.com>."],
            &["@", "ann@", "a@b", "ann@example.1", "@example.com", "a@.com", "é@"],
        );
        check(
            is_iban,
            &["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"],
            &["DE89370400440532013001", "GB82", "de89370400440532013000", "ÄÖ82WEST12345698765432"],
        );
        check(
            is_social_security_number,
            &["078-05-1120"],
            &["078051120", "000-05-1120", "978-05-1120", "078-05-112"],
        );
    }

    #[test]
    fn cards_have_a_brand_and_a_check_digit() {
        check(
            is_card,
            &[
                "4111111111111111",
                "4111 1111 1111 1111",
                "5555-5555-5555-4444",
                "378282246310005",
                "30569309025904",
                "6011111111111117",
            ],
            &[
                "4111111111111112",
                "1796083200000",
                "0000000000000000",
                "4242",
                "4111111111111111a",
                "411111111111111111111111111111111",
            ],
        );
    }

    #[test]
    fn a_token_within_says_how_long_it_lasts() {
        assert_eq!(token_expiry("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjV9.AA"), Some(Some(5)));
        assert_eq!(token_expiry("eyJhbGciOiJIUzI1NiJ9.e30.AA"), Some(None));
        assert_eq!(token_expiry("eyJhbGciOiJIUzI1NiJ9.e30"), None);
        assert_eq!(token_expiry("eyJ.eyJ.eyJ"), None);
    }

    #[test]
    fn the_inside_of_systems_shows() {
        check(
            |text| internal(text).is_some(),
            &[
                "10.0.0.5",
                "http://192.168.1.1:80/x",
                "http://db:5432/",
                "https://[::1]/",
                "10.1.2.3:80",
                "fd00::1",
                "localhost",
                "db01.internal",
                "/etc/passwd",
                "C:\\a",
                "Traceback (most recent call last)",
                "SELECT a FROM b",
                "127.0.0.1",
            ],
            &[
                "8.8.8.8",
                "1.2.3",
                "example.com",
                "select a seat",
                "/",
                "homework",
                "a local.",
                "2001:db8::1",
                "updates set in stone",
            ],
        );
    }

    #[test]
    fn attacks_have_a_shape() {
        check(
            |text| injection(text).is_some(),
            &["1' OR '1'='1", "a\"b", "<SCRIPT>", "${jndi:", "{{7*7}}", "../x", "x;--"],
            &["o'brien", "a-b", "https://a/b", "$5", ""],
        );
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let long = "é".repeat(MOST);
        assert_eq!(beginning(&long).len(), MOST);
        assert_eq!(beginning(&format!("a{long}")).len(), MOST - 1);
    }
}
