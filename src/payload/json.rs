//! JSON text laid out to be read, without being parsed: every literal, the order and duplicate members stay exactly as
//! they were written, because to someone who looks for a fault `1.0`, `1e0` and `1` are three different things.
//!
//! Only the form of RFC 8259's tokens is looked at, so text that is not quite JSON is laid out too, as far as its form
//! goes. Without its white space between tokens, what comes out is what went in.

/// Levels that are broken into lines: without a bound, the indentation of a hostile nest would take a thousand times the
/// room of the nest.
const MAX_DEPTH: usize = 64;

/// An object or array without others in it stays on one line up to this many characters.
const ONE_LINE: usize = 60;

/// What a [`Token`] is, for colouring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The name of a member, in its quotation marks.
    Key,
    /// A string, in its quotation marks.
    Text,
    /// A number, `true`, `false`, `null`, or whatever else stands in a value's place.
    Literal,
    /// `{ } [ ] : ,`
    Punctuation,
    /// White space that the layout adds.
    Space,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
}

/// One line of the layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// How many levels it is indented.
    pub depth: usize,
    pub tokens: Vec<Token<'a>>,
}

impl<'a> Line<'a> {
    /// The text between the quotation marks of the member's name that begins this line, as it is written there.
    pub fn key(&self) -> Option<&'a str> {
        let first = self.tokens.first().filter(|token| token.kind == Kind::Key)?;
        first.text.strip_prefix('"')?.strip_suffix('"')
    }
}

/// How the outermost object or array is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outermost {
    /// On one line if it is short, as all others.
    Fitted,
    /// One line a member, so that something can be said beside each.
    Spread,
}

/// Lays `text` out in lines. Deeper than `MAX_DEPTH` levels nothing is broken into lines any more.
pub fn lines(text: &str, outermost: Outermost) -> Vec<Line<'_>> {
    let tokens = tokens(text);
    let mut lines = vec![Line::default()];
    let mut depth = 0_usize;
    let mut short_until = 0;
    for (i, &token) in tokens.iter().enumerate() {
        let short = i < short_until;
        let too_deep = depth > MAX_DEPTH;
        match token.text {
            "{" | "[" => {
                push(&mut lines, token);
                let may_be_short = outermost == Outermost::Fitted || depth > 0;
                match short_end(&tokens, i).filter(|end| may_be_short || *end == i + 1) {
                    Some(end) => {
                        short_until = end + 1;
                        pad(&mut lines, token.text == "{" && end > i + 1);
                    }
                    None => {
                        depth += 1;
                        break_line(&mut lines, depth, too_deep);
                    }
                }
            }
            "}" | "]" => {
                if short {
                    let is_empty =
                        lines.last().and_then(|line| line.tokens.last()).is_some_and(|last| last.text == "{");
                    pad(&mut lines, token.text == "}" && !is_empty);
                } else {
                    depth = depth.saturating_sub(1);
                    break_line(&mut lines, depth, too_deep);
                }
                push(&mut lines, token);
            }
            "," if !short => {
                push(&mut lines, token);
                break_line(&mut lines, depth, too_deep);
            }
            _ => {
                push(&mut lines, token);
                pad(&mut lines, matches!(token.text, ":" | ","));
            }
        }
    }
    lines.retain(|line| !line.tokens.is_empty());
    lines
}

fn break_line(lines: &mut Vec<Line<'_>>, depth: usize, too_deep: bool) {
    if !too_deep {
        lines.push(Line { depth, ..Line::default() });
    }
}

fn push<'a>(lines: &mut [Line<'a>], token: Token<'a>) {
    if let Some(line) = lines.last_mut() {
        line.tokens.push(token);
    }
}

fn pad(lines: &mut [Line<'_>], wanted: bool) {
    if wanted {
        push(lines, Token { kind: Kind::Space, text: " " });
    }
}

/// Where the object or array that opens at `start` ends, if it holds no other and is short.
fn short_end(tokens: &[Token<'_>], start: usize) -> Option<usize> {
    let mut width = 0;
    for (i, token) in tokens.iter().enumerate().skip(start + 1) {
        match token.text {
            "}" | "]" => return Some(i),
            "{" | "[" => return None,
            _ => width += token.text.chars().count() + usize::from(matches!(token.text, ":" | ",")),
        }
        if width > ONE_LINE {
            return None;
        }
    }
    None
}

/// The tokens of `text`, without the white space between them.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    for (token, _) in pieces(text) {
        if token.text == ":"
            && let Some(key) = tokens.last_mut().filter(|last| last.kind == Kind::Text)
        {
            key.kind = Kind::Key;
        }
        tokens.push(token);
    }
    tokens
}

/// The same one after the other, each with the place where it begins. A name is still a [`Kind::Text`]: that it is one
/// shows only by the colon behind it.
pub fn pieces(text: &str) -> impl Iterator<Item = (Token<'_>, usize)> {
    let mut rest = behind_space(text);
    std::iter::from_fn(move || {
        let at = text.len() - rest.len();
        let (kind, length) = match rest.bytes().next()? {
            b'"' => (Kind::Text, string_length(rest)),
            b'{' | b'}' | b'[' | b']' | b':' | b',' => (Kind::Punctuation, 1),
            _ => (Kind::Literal, rest.bytes().position(ends_literal).unwrap_or(rest.len())),
        };
        let (token, after) = rest.split_at(length);
        rest = behind_space(after);
        Some((Token { kind, text: token }, at))
    })
}

fn behind_space(text: &str) -> &str {
    let at = text.bytes().position(|byte| !is_space(byte)).unwrap_or(text.len());
    text.get(at..).unwrap_or("")
}

/// RFC 8259 section 2: what may stand between tokens. (No byte of a longer character is one of these.)
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

const fn ends_literal(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b':' | b',')
}

/// Bytes of the string that `text` begins with, its quotation marks included; all of it if the string never ends.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str, outermost: Outermost) -> String {
        let line = |line: &Line<'_>| {
            "  ".repeat(line.depth) + &line.tokens.iter().map(|token| token.text).collect::<String>()
        };
        lines(text, outermost).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_short_object_stays_on_one_line() {
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        assert_eq!(written(header, Outermost::Fitted), r#"{ "alg": "HS256", "typ": "JWT" }"#);
        assert_eq!(written(header, Outermost::Spread), "{\n  \"alg\": \"HS256\",\n  \"typ\": \"JWT\"\n}");
        assert_eq!(written("{}", Outermost::Spread), "{}");
        assert_eq!(written("[ ]", Outermost::Fitted), "[]");
        assert_eq!(written("7", Outermost::Fitted), "7");
        assert_eq!(written("", Outermost::Fitted), "");
    }

    #[test]
    fn what_holds_others_is_spread() {
        assert_eq!(
            written(r#"{"user_id":42,"cart":["mug","tee"],"to":{}}"#, Outermost::Fitted),
            "{\n  \"user_id\": 42,\n  \"cart\": [\"mug\", \"tee\"],\n  \"to\": {}\n}"
        );
        assert_eq!(
            written(r#"[{"a":[1,[2]]},3]"#, Outermost::Fitted),
            "[\n  {\n    \"a\": [\n      1,\n      [2]\n    ]\n  },\n  3\n]"
        );
    }

    #[test]
    fn what_was_written_is_what_is_shown() {
        let odd = r#"{"a":1.0,"a":1e0,"\u0062":"\"}","n":-0,"big":123456789012345678901}"#;
        assert_eq!(
            written(odd, Outermost::Fitted),
            "{\n  \"a\": 1.0,\n  \"a\": 1e0,\n  \"\\u0062\": \"\\\"}\",\n  \"n\": -0,\n  \"big\": 123456789012345678901\n}"
        );
    }

    #[test]
    fn a_line_knows_its_member() {
        let lines = lines(r#"{"exp":1,"aud":["exp"]}"#, Outermost::Spread);
        assert_eq!(lines.iter().map(Line::key).collect::<Vec<_>>(), [None, Some("exp"), Some("aud"), None]);
    }

    #[test]
    fn a_deep_nest_takes_no_more_room_than_it_should() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let lines = lines(&deep, Outermost::Fitted);
        assert!(lines.len() < 3 * MAX_DEPTH);
        assert!(lines.iter().all(|line| line.depth <= MAX_DEPTH + 1));
        assert_eq!(lines.last().map(|line| line.depth), Some(0));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_added_but_white_space(text in r#"([\[\]{},:"\\ \n]|[a-z0-9.é-]){0,80}"#) {
            for outermost in [Outermost::Fitted, Outermost::Spread] {
                let lines = lines(&text, outermost);
                let shown = lines.iter().flat_map(|line| &line.tokens).filter(|token| token.kind != Kind::Space);
                let shown: String = shown.map(|token| token.text).collect();
                let tokens: String = tokens(&text).iter().map(|token| token.text).collect();
                prop_assert_eq!(&shown, &tokens);
                let solid = |text: &str| text.replace([' ', '\t', '\n', '\r'], "");
                prop_assert_eq!(solid(&shown), solid(&text));
            }
        }
    }
}
