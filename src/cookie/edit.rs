//! Small changes to a `Set-Cookie` line that leave everything else as the person wrote it.

use crate::cookie::parse::{AttributeName, SetCookie};
use crate::span::Span;

/// `line` with `text` in place of `span`.
pub fn replaced(line: &str, span: Span, text: &str) -> String {
    replaced_all(line, std::iter::once((span, text.to_owned())))
}

/// `line` with each span replaced by its text. The spans stand in order and do not overlap.
pub fn replaced_all(line: &str, changes: impl Iterator<Item = (Span, String)>) -> String {
    let mut changed = String::with_capacity(line.len());
    let mut at = 0;
    for (span, text) in changes {
        changed += line.get(at..span.start).unwrap_or("");
        changed += &text;
        at = span.end;
    }
    changed + line.get(at..).unwrap_or("")
}

/// `line` without these attributes, each given by its span from its `;` on, in order.
pub fn without(line: &str, attributes: impl Iterator<Item = Span>) -> String {
    replaced_all(line, attributes.map(|span| (span, String::new())))
}

/// `line` with one attribute more.
pub fn appended(line: &str, attribute: &str) -> String {
    format!("{}; {attribute}", line.trim_end_matches([' ', '\t', ';', '\r', '\n']))
}

/// `line` with `Name=value` for an attribute: in place of the one that a browser goes by, or appended.
pub fn set(line: &str, cookie: &SetCookie, kind: AttributeName, value: &str) -> String {
    let text = format!("{}={value}", kind.as_str());
    match cookie.named(kind).next_back() {
        Some(attribute) => replaced(line, attribute.text, &text),
        None => appended(line, &text),
    }
}

/// `line` without any attribute of this name.
pub fn unset(line: &str, cookie: &SetCookie, kind: AttributeName) -> String {
    without(
        line,
        cookie.attributes.iter().filter(|attribute| attribute.kind == kind).map(|attribute| attribute.span),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::parse::parse;

    #[test]
    fn the_rest_of_the_line_stays() {
        let line = "a=1;Path = /x ; domain=a.b;  Secure ; Domain=c.d";
        let cookie = parse(line).expect("a cookie");
        assert_eq!(unset(line, &cookie, AttributeName::Domain), "a=1;Path = /x ;  Secure ");
        assert_eq!(
            set(line, &cookie, AttributeName::Path, "/"),
            "a=1;Path=/ ; domain=a.b;  Secure ; Domain=c.d"
        );
        assert_eq!(
            set(line, &cookie, AttributeName::SameSite, "Lax"),
            "a=1;Path = /x ; domain=a.b;  Secure ; Domain=c.d; SameSite=Lax"
        );
        assert_eq!(appended("a=1; Path=/ ;\r\n", "Secure"), "a=1; Path=/; Secure");
    }
}
