//! `Cookie`, `Set-Cookie` and `Authorization` headers, with and without their names.

use super::{Item, quoted};
use crate::protocol::Source;
use crate::span::Span;

/// The attributes by which a `Set-Cookie` line is told from a `Cookie` header (RFC 6265bis section 5.6, and CHIPS).
const ATTRIBUTES: [&str; 9] =
    ["expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned", "priority"];

/// The items of every line of `input` that begins with the name of one of these headers.
pub fn lines(input: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut start = 0;
    for text in input.split_inclusive('\n') {
        items.extend(line(Piece { text, at: start }));
        start += text.len();
    }
    items
}

/// The items of one line.
pub fn line(text: Piece<'_>) -> Vec<Item> {
    let Some((name, rest)) = text.trimmed().cut(':') else { return Vec::new() };
    match name.text.trim_end().to_ascii_lowercase().as_str() {
        "set-cookie" => set_cookie(rest.trimmed()).into_iter().collect(),
        "cookie" => cookie(rest.trimmed()),
        "authorization" | "proxy-authorization" => bearer(rest.trimmed()).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The items of `input` where no header is named: told apart by their form.
pub fn unnamed(input: &str) -> Vec<Item> {
    let piece = Piece { text: input, at: 0 }.trimmed();
    if piece.text.is_empty() {
        return Vec::new();
    }
    if let Some(token) = bearer(piece) {
        return vec![token];
    }
    let Some(pair) = pair(piece.before(';')) else { return vec![bare(piece)] };
    match piece.cut(';') {
        Some((_, rest)) if rest.split(';').any(|part| is_attribute(part)) => {
            set_cookie(piece).into_iter().collect()
        }
        Some(_) => cookie(piece),
        None => vec![item(Some(pair.0), Source::Cookie, pair.1)],
    }
}

/// `Bearer <token>` (RFC 6750 section 2.1).
fn bearer(piece: Piece<'_>) -> Option<Item> {
    let (scheme, token) = piece.cut(' ')?;
    let token = token.trimmed();
    (scheme.text.eq_ignore_ascii_case("bearer") && !token.text.is_empty())
        .then(|| item(None, Source::Bearer, token))
}

/// The pairs of a `Cookie` header (RFC 6265bis section 4.2.1).
pub fn cookie(piece: Piece<'_>) -> Vec<Item> {
    let pairs = piece.split(';').filter(|part| !part.trimmed().text.is_empty());
    pairs
        .map(|part| {
            let (name, value) = part.cut('=').unwrap_or((Piece { text: "", at: part.at }, part));
            item(Some(name.trimmed()), Source::Cookie, value.trimmed())
        })
        .collect()
}

/// The cookie of a `Set-Cookie` line (RFC 6265bis section 5.6, steps 2 to 4).
fn set_cookie(line: Piece<'_>) -> Option<Item> {
    if line.text.is_empty() {
        return None;
    }
    let pair = line.before(';');
    let (name, value) = pair.cut('=').unwrap_or((Piece { text: "", at: pair.at }, pair));
    let mut item = item(Some(name.trimmed()), Source::SetCookie, value.trimmed());
    item.line = Some(line.span());
    Some(item)
}

/// A lone value.
fn bare(piece: Piece<'_>) -> Item {
    item(None, Source::Bare, piece)
}

/// `name=value`, if the name is one that a cookie can have (a token, RFC 9110 section 5.6.2) and the value is not just
/// what Base64 pads with.
fn pair(piece: Piece<'_>) -> Option<(Piece<'_>, Piece<'_>)> {
    let (name, value) = piece.cut('=')?;
    let (name, value) = (name.trimmed(), value.trimmed());
    let is_name = !name.text.is_empty() && name.text.bytes().all(is_token_byte);
    let is_value = !value.text.trim_matches('=').is_empty() && !is_padding(name.text, value.text);
    (is_name && is_value).then_some((name, value))
}

/// Whether the `=` between the two pads Base64, with what stands behind such a piece in signed values: `--` and hex
/// (Rails), `|` (Tornado) or `?` (Bottle, Werkzeug).
fn is_padding(name: &str, value: &str) -> bool {
    let behind = value.trim_start_matches('=');
    let length = name.trim_start_matches('!').len() + 1 + (value.len() - behind.len());
    let is_tag = |tag: &str| {
        tag.len() >= 16 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-".contains(&byte))
    };
    let goes_on = behind.strip_prefix("--").is_some_and(is_tag) || behind.starts_with(['|', '?']);
    goes_on && length.is_multiple_of(4)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_attribute(part: Piece<'_>) -> bool {
    let name = part.before('=').trimmed().text;
    ATTRIBUTES.iter().any(|attribute| name.eq_ignore_ascii_case(attribute))
}

/// The item, without the quotes around its value: those of the program that it was copied from, or those in which Python
/// writes what a cookie could not hold otherwise.
fn item(name: Option<Piece<'_>>, source: Source, value: Piece<'_>) -> Item {
    let name = name.map(|name| name.text.to_owned()).filter(|name| !name.is_empty());
    let inner = value.unquoted();
    let item = Item::new(name, source, inner.text, inner.span());
    let is_quoted = value.text.starts_with('"') && inner.at > value.at;
    match quoted::decode(inner.text, inner.at).filter(|_| is_quoted) {
        Some((value, places)) => Item { value, places: Some(places), ..item },
        None => item,
    }
}

/// A part of what was pasted that knows where it stands.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    pub text: &'a str,
    /// The byte offset of `text`.
    pub at: usize,
}

impl<'a> Piece<'a> {
    const fn span(self) -> Span {
        Span::new(self.at, self.at + self.text.len())
    }

    fn trimmed(self) -> Self {
        let begun = self.text.trim_start();
        Self { text: begun.trim_end(), at: self.at + self.text.len() - begun.len() }
    }

    /// What stands before and behind the first `mark`.
    fn cut(self, mark: char) -> Option<(Self, Self)> {
        let (before, behind) = self.text.split_once(mark)?;
        let behind_at = self.at + before.len() + mark.len_utf8();
        Some((Self { text: before, at: self.at }, Self { text: behind, at: behind_at }))
    }

    /// What stands before the first `mark`; all of it without one.
    fn before(self, mark: char) -> Self {
        self.cut(mark).map_or(self, |(before, _)| before)
    }

    fn split(self, mark: char) -> impl Iterator<Item = Self> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let piece = rest?;
            let (before, behind) =
                piece.cut(mark).map_or((piece, None), |(before, behind)| (before, Some(behind)));
            rest = behind;
            Some(before)
        })
    }

    /// Without the pair of quotes around it, if there is one.
    fn unquoted(self) -> Self {
        for quote in ['"', '\''] {
            let inner = self.text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
            if let Some(text) = inner {
                return Self { text, at: self.at + quote.len_utf8() };
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    fn found(input: &str) -> Vec<(Option<String>, Source, String)> {
        let items = find(input).expect("has items");
        for item in &items {
            assert_eq!(item.span.of(input), item.value, "the span names the value");
        }
        items.into_iter().map(|item| (item.name, item.source, item.value)).collect()
    }

    fn named(name: &str, source: Source, value: &str) -> (Option<String>, Source, String) {
        (Some(name.into()), source, value.into())
    }

    #[test]
    fn bare_values_and_tokens() {
        let bare = |value: &str| vec![(None, Source::Bare, value.to_owned())];
        assert_eq!(found("  eyJ.a.b\n"), bare("eyJ.a.b"));
        assert_eq!(found("\"eyJ.a.b\""), bare("eyJ.a.b"));
        assert_eq!(found("YWJj=="), bare("YWJj=="));
        assert_eq!(found("e30=--26809c777d5f1fc8450b"), bare("e30=--26809c777d5f1fc8450b"), "Rails' padding");
        assert_eq!(found("YQ==|1700000000|00"), bare("YQ==|1700000000|00"), "Tornado's padding");
        assert_eq!(found("s:a=b&c;d.sig"), bare("s:a=b&c;d.sig"), "`s:a` is no cookie name");
        let bearer = vec![(None, Source::Bearer, "eyJ.a.b".to_owned())];
        assert_eq!(found("Bearer eyJ.a.b"), bearer);
        assert_eq!(found("authorization: bearer  eyJ.a.b\r\n"), bearer);
    }

    #[test]
    fn cookie_headers() {
        let both = vec![named("a", Source::Cookie, "1"), named("connect.sid", Source::Cookie, "s%3Ax.y")];
        assert_eq!(found("Cookie: a=1; connect.sid=s%3Ax.y"), both);
        assert_eq!(found("a=1; connect.sid=s%3Ax.y;"), both);
        assert_eq!(found("GET / HTTP/1.1\r\nHost: x\r\ncookie: a=1; connect.sid=s%3Ax.y\r\n"), both);
        assert_eq!(found("a=\"1\""), vec![named("a", Source::Cookie, "1")]);
    }

    #[test]
    fn set_cookie_lines() {
        let one = vec![named("sid", Source::SetCookie, "abc")];
        assert_eq!(found("sid=abc; Path=/; HttpOnly"), one);
        assert_eq!(found("Set-Cookie: sid=abc"), one);
        assert_eq!(found("set-cookie: sid=abc; Secure\nset-cookie: b=2").len(), 2);
        let input = "Set-Cookie:  sid=abc; Path=/ ";
        let item = &find(input).expect("found")[0];
        assert_eq!(item.line.expect("is a line").of(input), "sid=abc; Path=/");
    }

    #[test]
    fn a_signature_cookie_stands_beside_its_own() {
        for input in ["Cookie: a=1; a.sig=x; b=2", "Set-Cookie: a=1; Path=/\nSet-Cookie: a.sig=x; Path=/"] {
            let items = find(input).expect("has items");
            assert_eq!(items[0].companion.as_deref(), Some("x"));
            assert!(items[1..].iter().all(|item| item.companion.is_none()));
        }
    }

    #[test]
    fn quoted_values_lose_their_escapes() {
        let input = r#"Set-Cookie: prefs="{\"n\": [1\054 2]}"; Path=/"#;
        let item = &find(input).expect("found")[0];
        assert_eq!(item.value, r#"{"n": [1, 2]}"#);
        let comma = item.value.find(',').expect("a comma");
        assert_eq!(item.place(Span::new(comma, comma + 1)).of(input), r"\054");
        let percent = &find(r#"a="\"%41""#).expect("found")[0].percent_decoded().expect("has escapes");
        assert_eq!(percent.value, "\"A");
        assert_eq!(percent.place(Span::new(1, 2)), Span::new(5, 8));
    }

    #[test]
    fn nothing_and_too_much_are_said() {
        assert!(find(" \n").is_err());
        assert!(
            find("Cookie: ").is_ok_and(|items| items[0].source == Source::Bare) || find("Cookie: ").is_err()
        );
        assert!(find(&"x".repeat(crate::limits::MAX_INPUT)).is_ok());
        let problem = find(&"x".repeat(crate::limits::MAX_INPUT + 1)).expect_err("too long");
        assert!(problem.message.contains("1,048,577"), "{}", problem.message);
    }
}
