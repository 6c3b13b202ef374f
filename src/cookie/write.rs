//! A `Set-Cookie` value as a server may write it: the grammar of RFC 6265bis section 4.1.1, which is stricter than what
//! browsers take.

use crate::protocol::{CookieDraft, Field, SameSite, SignError};

/// Writes the value of a `Set-Cookie` header for `name` and `value` with the attributes of `draft` (its own name is not
/// looked at). [`super::parse()`] reads the same back.
///
/// What the grammar allows and a browser would still refuse (a `__Host-` name without `Secure`, more than 4,096 bytes)
/// is written: [`super::review`] remarks on it.
///
/// # Errors
/// If a part has a character that its grammar does not allow: the field, the byte and what to try. A value that cannot
/// stand in a cookie is reported for [`Field::Payload`], which it was made from.
pub fn write(name: &str, value: &str, draft: &CookieDraft) -> Result<String, SignError> {
    check_name(name)?;
    check_value(value)?;
    let mut line = format!("{name}={value}");
    if !draft.path.is_empty() {
        check_path(&draft.path)?;
        line += &format!("; Path={}", draft.path);
    }
    if !draft.domain.is_empty() {
        check_domain(&draft.domain)?;
        line += &format!("; Domain={}", draft.domain.to_ascii_lowercase());
    }
    if let Some(seconds) = draft.max_age {
        check_max_age(seconds)?;
        line += &format!("; Max-Age={seconds}");
    }
    if draft.secure {
        line += "; Secure";
    }
    if draft.http_only {
        line += "; HttpOnly";
    }
    match draft.same_site {
        Some(SameSite::Strict) => line += "; SameSite=Strict",
        Some(SameSite::Lax) => line += "; SameSite=Lax",
        Some(SameSite::None) => line += "; SameSite=None",
        None => {}
    }
    if draft.partitioned {
        line += "; Partitioned";
    }
    Ok(line)
}

/// Whether a character may stand in a cookie's name: a token of RFC 9110 section 5.6.2.
pub fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// Whether a character may stand in a cookie's value: a cookie-octet of RFC 6265bis section 4.1.1.
pub fn is_cookie_octet(c: char) -> bool {
    c.is_ascii_graphic() && !"\",;\\".contains(c)
}

fn check_name(name: &str) -> Result<(), SignError> {
    let refuse = |message: String, at| {
        let hint = "Use letters, digits, “-”, “_” and “.”, as in “__Host-session”.";
        Err(SignError { field: Field::CookieName, message, hint: hint.into(), at })
    };
    match name.char_indices().find(|(_, c)| !is_token_char(*c)) {
        Some((at, c)) => refuse(format!("A cookie's name cannot have {} (byte {at}).", named(c)), Some(at)),
        None if name.is_empty() => refuse("The cookie needs a name.".into(), None),
        None => Ok(()),
    }
}

fn check_value(value: &str) -> Result<(), SignError> {
    // One pair of quotes around the whole value is allowed, and is a part of it.
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let (offset, inner) = quoted.map_or((0, value), |inner| (1, inner));
    match inner.char_indices().find(|(_, c)| !is_cookie_octet(*c)) {
        Some((at, c)) => Err(SignError {
            field: Field::Payload,
            message: format!(
                "The value has {} at byte {}, which a cookie cannot hold.",
                named(c),
                at + offset
            ),
            hint: "Percent-encode the value, or choose a scheme that writes it as Base64url.".into(),
            at: None,
        }),
        None => Ok(()),
    }
}

fn check_path(path: &str) -> Result<(), SignError> {
    let refuse = |message: String, hint: &str, at| Err(attribute_error("Path", message, hint, Some(at)));
    if !path.starts_with('/') {
        let message = "A Path must start with “/”; browsers replace any other by the folder of the URL.";
        return refuse(message.into(), "Write “/” for the whole host.", 0);
    }
    match path.char_indices().find(|(_, c)| !(c.is_ascii_graphic() || *c == ' ') || *c == ';') {
        Some((at, c)) => refuse(
            format!("A Path cannot have {} (byte {at}).", named(c)),
            "Percent-encode it, exactly as the URL has it.",
            at,
        ),
        None if path.ends_with(' ') => {
            refuse("Browsers cut a space off the end of a Path.".into(), "Remove the space.", path.len() - 1)
        }
        None => Ok(()),
    }
}

/// Labels of letters, digits and hyphens with dots between (RFC 1034 section 3.5, RFC 1123 section 2.1).
fn check_domain(domain: &str) -> Result<(), SignError> {
    let refuse = |message: String, hint: &str, at| Err(attribute_error("Domain", message, hint, Some(at)));
    if let Some((at, c)) =
        domain.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '.'))
    {
        let hint =
            "Write the bare host name, without scheme, port or path; names in other scripts as “xn--…”.";
        return refuse(format!("A Domain cannot have {} (byte {at}).", named(c)), hint, at);
    }
    let mut at = 0;
    for label in domain.split('.') {
        if label.is_empty() {
            return refuse(
                format!("A Domain cannot have an empty label (byte {at})."),
                "Write one dot between labels and none at the ends: “example.com”.",
                at,
            );
        }
        if label.starts_with('-') || label.ends_with('-') {
            return refuse(
                format!("A label of a Domain cannot begin or end with “-” (the label at byte {at})."),
                "Check the host name.",
                at,
            );
        }
        at += label.len() + 1;
    }
    Ok(())
}

fn check_max_age(seconds: i64) -> Result<(), SignError> {
    if seconds >= 0 {
        return Ok(());
    }
    let message = format!("Max-Age is {seconds}, and servers may only write digits.");
    Err(attribute_error("Max-Age", message, "Write 0 to delete the cookie, or leave it out.", Some(0)))
}

fn attribute_error(name: &str, message: String, hint: &str, at: Option<usize>) -> SignError {
    SignError { field: Field::Attribute(name.into()), message, hint: hint.into(), at }
}

/// A character as a sentence names it.
fn named(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '\t' => "a tab".into(),
        '\r' | '\n' => "a line end".into(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c => format!("“{c}”"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cookie::parse::parse;

    fn draft(change: impl FnOnce(&mut CookieDraft)) -> CookieDraft {
        let mut draft = CookieDraft::default();
        change(&mut draft);
        draft
    }

    #[test]
    fn the_safe_attributes_are_written() {
        let line = write("__Host-session", "abc", &draft(|d| d.max_age = Some(3600)));
        assert_eq!(
            line.as_deref(),
            Ok("__Host-session=abc; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax")
        );
    }

    #[test]
    fn what_the_grammar_forbids_is_refused_with_its_place() {
        let attribute = |name: &str| Field::Attribute(name.into());
        let refused: &[(&str, &str, CookieDraft, Field, Option<usize>)] = &[
            ("", "v", draft(|_| {}), Field::CookieName, None),
            ("my cart", "v", draft(|_| {}), Field::CookieName, Some(2)),
            ("a=b", "v", draft(|_| {}), Field::CookieName, Some(1)),
            ("é", "v", draft(|_| {}), Field::CookieName, Some(0)),
            ("a", "v;w", draft(|_| {}), Field::Payload, None),
            ("a", "\"v", draft(|_| {}), Field::Payload, None),
            ("a", "v\n", draft(|_| {}), Field::Payload, None),
            ("a", "v", draft(|d| d.path = "/a; Secure".into()), attribute("Path"), Some(2)),
            ("a", "v", draft(|d| d.path = "app".into()), attribute("Path"), Some(0)),
            ("a", "v", draft(|d| d.path = "/\r\nX: y".into()), attribute("Path"), Some(1)),
            ("a", "v", draft(|d| d.path = "/caf\u{e9}".into()), attribute("Path"), Some(4)),
            ("a", "v", draft(|d| d.path = "/a ".into()), attribute("Path"), Some(2)),
            ("a", "v", draft(|d| d.domain = "https://a.b".into()), attribute("Domain"), Some(5)),
            ("a", "v", draft(|d| d.domain = ".a.b".into()), attribute("Domain"), Some(0)),
            ("a", "v", draft(|d| d.domain = "a..b".into()), attribute("Domain"), Some(2)),
            ("a", "v", draft(|d| d.domain = "a.b-".into()), attribute("Domain"), Some(2)),
            ("a", "v", draft(|d| d.max_age = Some(-1)), attribute("Max-Age"), Some(0)),
        ];
        for (name, value, draft, field, at) in refused {
            let error = write(name, value, draft).expect_err("must be refused");
            assert_eq!((&error.field, error.at), (field, *at), "{error:?}");
        }
        let error = write("a", "\"v w\"", &draft(|_| {})).expect_err("must be refused");
        assert!(error.message.contains("a space at byte 2"), "{}", error.message);
    }

    fn drafts() -> impl Strategy<Value = CookieDraft> {
        let same_site = proptest::option::of(prop_oneof![
            Just(SameSite::Strict),
            Just(SameSite::Lax),
            Just(SameSite::None)
        ]);
        (
            any::<bool>(),
            any::<bool>(),
            same_site,
            "(/[!-:<-~]{0,12})?",
            "([a-z0-9]{1,8}(\\.[a-z0-9]{1,8}){0,3})?",
            proptest::option::of(0..=i64::MAX),
            any::<bool>(),
        )
            .prop_map(|(http_only, secure, same_site, path, domain, max_age, partitioned)| {
                CookieDraft {
                    name: String::new(),
                    http_only,
                    secure,
                    same_site,
                    path,
                    domain,
                    max_age,
                    partitioned,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            name in "[!#$%&'*+.^_`|~a-zA-Z0-9-]{1,20}",
            value in "[!#-+\\--:<-\\[\\]-~]{0,40}",
            draft in drafts(),
        ) {
            let line = write(&name, &value, &draft).expect("all of it is in the grammar");
            let cookie = parse(&line).expect("a browser reads it");
            prop_assert_eq!(cookie.name, name);
            prop_assert_eq!(cookie.value, value);
            prop_assert_eq!(cookie.path.unwrap_or_default(), draft.path);
            prop_assert_eq!(cookie.domain.unwrap_or_default(), draft.domain);
            prop_assert_eq!(cookie.max_age, draft.max_age);
            prop_assert_eq!(cookie.same_site, draft.same_site);
            prop_assert_eq!(
                (cookie.secure, cookie.http_only, cookie.partitioned),
                (draft.secure, draft.http_only, draft.partitioned)
            );
        }

        #[test]
        fn whatever_is_given_the_line_holds_no_more_than_it(name in ".*", value in ".*", path in ".*", domain in ".*") {
            let draft = draft(|d| (d.path, d.domain) = (path.clone(), domain.clone()));
            if let Ok(line) = write(&name, &value, &draft) {
                let cookie = parse(&line).expect("a browser reads it");
                prop_assert_eq!((cookie.name, cookie.value), (name, value));
                prop_assert_eq!(cookie.path.unwrap_or_default(), path);
                prop_assert_eq!(cookie.domain.unwrap_or_default(), domain.to_ascii_lowercase());
                prop_assert_eq!(cookie.attributes.len(), line.matches(';').count());
            }
        }
    }
}
