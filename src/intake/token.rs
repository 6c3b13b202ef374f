//! Tokens as they come out of logs, mails and terminals: wrapped over lines, in quotes, encoded once more, without a dot.
//! What is mended is said; a token that is whole is left alone.

use super::{Item, percent};
use crate::jose::{encrypted, signed};
use crate::protocol::Source;
use crate::scheme::kit::base64::BASE64URL;
use crate::span::Span;

/// Bytes up to which a missing dot is looked for, since each place in between is tried.
const MAX_SEARCHED: usize = 4096;

/// The token that all of `input` is, if it is one in JSON or one that has to be mended.
pub fn whole(input: &str) -> Option<Item> {
    let trimmed = input.trim();
    if (signed::is_json(trimmed) || encrypted::is_json(trimmed))
        && serde_json::from_str::<serde::de::IgnoredAny>(trimmed).is_ok()
    {
        let start = input.len() - input.trim_start().len();
        return Some(Item::new(None, Source::Bare, trimmed, Span::new(start, start + trimmed.len())));
    }
    mended(input)
}

/// A text of which each byte knows where it stood.
struct Placed {
    text: String,
    /// One more than there are bytes: the end, too.
    places: Vec<usize>,
}

impl Placed {
    fn of(input: &str) -> Self {
        Self { text: input.to_owned(), places: (0..=input.len()).collect() }
    }

    /// Only the characters that `keep` keeps.
    fn filtered(&self, keep: impl Fn(char) -> bool) -> Self {
        let kept = self.text.char_indices().filter(|(_, c)| keep(*c));
        let mut text = String::new();
        let mut places = Vec::new();
        for (at, c) in kept {
            text.push(c);
            places.extend((at..at + c.len_utf8()).map(|at| self.place(at)));
        }
        places.push(self.places.last().copied().unwrap_or_default());
        Self { text, places }
    }

    /// Only what stands in `span`.
    fn cut(&self, span: Span) -> Self {
        let text = span.of(&self.text).to_owned();
        Self { text, places: (span.start..=span.end).map(|at| self.place(at)).collect() }
    }

    fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or_default()
    }
}

/// The token in `input`, if it is one only after it was mended.
fn mended(input: &str) -> Option<Item> {
    let mut notes = Vec::new();
    let mut source = Source::Bare;
    let mut token = Placed::of(input);
    let trim = |token: &Placed| {
        let text = &token.text;
        let start = text.len() - text.trim_start().len();
        token.cut(Span::new(start, start + text.trim().len()))
    };
    token = trim(&token);
    token = without_prefix(token, &mut notes, &mut source);
    token = unquoted(token, &mut notes);
    token = without_prefix(token, &mut notes, &mut source);
    token = trim(&token);
    // What is no token by its beginning is not looked at any longer: it is decoded below, at most.
    if !begins_like_one(&token.text) {
        token = decoded(token, &mut notes)?;
    }
    if token.text.contains('%') && begins_like_one(&token.text) {
        token = percent_decoded(token, &mut notes);
    }
    if token.text.contains(char::is_whitespace) {
        let solid = token.filtered(|c| !c.is_whitespace());
        if !is_made_of_token(&solid.text) {
            return None;
        }
        token = solid;
        notes.push(
            "The white space within it was taken out: the token was wrapped when it was copied.".to_owned(),
        );
    }
    if let Some(at) = missing_dot(&token.text) {
        token.text.insert(at, '.');
        let place = token.place(at);
        token.places.insert(at, place);
        notes.push("A dot was put in behind the header, where it was missing.".into());
    }
    if notes.is_empty() || !begins_like_one(&token.text) {
        return None;
    }
    let (start, end) = (token.place(0), token.places.last().copied().unwrap_or_default());
    let mut item = Item::new(None, source, &token.text, Span::new(start, end));
    item.mended = notes;
    item.pasted = Some(input.to_owned());
    item.places = Some(token.places);
    Some(item)
}

/// `{"` in Base64url: how every header begins but for one with white space.
fn begins_like_one(text: &str) -> bool {
    text.starts_with("eyJ")
        || text.starts_with("ewog")
        || text.starts_with("eyAi")
        || text.starts_with("ewoJ")
}

fn is_made_of_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=".contains(c);
    begins_like_one(text) && text.chars().all(is_part)
}

fn without_prefix(token: Placed, notes: &mut Vec<String>, source: &mut Source) -> Placed {
    let mut token = token;
    for prefix in ["authorization:", "bearer ", "token ", "jwt ", "dpop "] {
        let is_there = token.text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let rest = token.text.get(prefix.len()..).unwrap_or_default();
        // A cookie or header of that name is found as such.
        let next = rest.trim_start();
        let is_bearer =
            prefix.ends_with(':') && next.get(..7).is_some_and(|next| next.eq_ignore_ascii_case("bearer "));
        if !is_there || !(is_bearer || begins_like_one(next.trim_start_matches(['"', '\'']))) {
            continue;
        }
        let start = token.text.len() - rest.trim_start().len();
        token = token.cut(Span::new(start, token.text.len()));
        *source = Source::Bearer;
        let said = prefix.trim();
        notes.push(format!("`{said}` in front of it was taken off: it is no part of the token."));
    }
    token
}

fn unquoted(token: Placed, notes: &mut Vec<String>) -> Placed {
    const QUOTES: [char; 8] = ['"', '\'', '`', ',', ';', '<', '>', '\u{201d}'];
    let inner = token.text.trim_start_matches(QUOTES);
    let start = token.text.len() - inner.len();
    let end = start + inner.trim_end_matches(QUOTES).len();
    if (start == 0 && end == token.text.len()) || !begins_like_one(inner) {
        return token;
    }
    notes.push("Quotes or marks around it were taken off.".into());
    token.cut(Span::new(start, end))
}

/// Percent-encoding is taken off, as often as it was put on.
fn percent_decoded(token: Placed, notes: &mut Vec<String>) -> Placed {
    let mut token = token;
    let mut times = 0;
    while let Some((text, places)) = percent::decode(&token.text, 0).filter(|_| times < 3) {
        let places = places.into_iter().map(|at| token.place(at)).collect();
        token = Placed { text, places };
        times += 1;
    }
    // Once is how many a framework writes its cookies: each scheme knows that for itself.
    if times > 0 {
        let often = if times > 1 { " more than once" } else { "" };
        notes.push(format!("It was percent-encoded{often}, as in an address, and was decoded."));
    }
    token
}

/// A token that was encoded in Base64 once more, as a whole.
fn decoded(token: Placed, notes: &mut Vec<String>) -> Option<Placed> {
    // `eyJ` in Base64, at each of its three beginnings only at the first.
    if !token.text.starts_with("ZXlK") || token.text.contains('.') {
        return None;
    }
    let text = String::from_utf8(signed::lenient(&token.text)?).ok()?;
    if !begins_like_one(&text) {
        return None;
    }
    notes.push("It was encoded in Base64 once more, and was decoded.".into());
    // Three bytes of it stand in four characters.
    let places = (0..=text.len()).map(|at| token.place(at * 4 / 3)).collect();
    Some(Placed { text, places })
}

/// Where the header ends, if its text goes on without a dot: its JSON is whole there.
fn missing_dot(text: &str) -> Option<usize> {
    let first = text.split('.').next().unwrap_or_default();
    let goes_on = first.get(4..)?.find("eyJ")? + 4;
    if first.len() > MAX_SEARCHED {
        return None;
    }
    let is_header = |end: usize| {
        let bytes = first.get(..end).and_then(|header| BASE64URL.decode(header).ok());
        bytes.is_some_and(|bytes| {
            bytes.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok()
        })
    };
    let mut end = goes_on;
    loop {
        if is_header(end) {
            return Some(end);
        }
        end += 1 + first.get(end + 1..)?.find("eyJ")?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";

    fn only(input: &str) -> Item {
        let mut items = find(input).unwrap_or_else(|problem| panic!("{input}: {problem:?}"));
        assert_eq!(items.len(), 1, "{input}: {items:?}");
        items.swap_remove(0)
    }

    #[test]
    fn a_whole_token_is_left_alone() {
        for input in [TOKEN, " eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA\n"] {
            let item = only(input);
            assert_eq!((&*item.value, item.mended.len()), (TOKEN, 0));
        }
        assert!(whole("sid=eyJhbGciOiJIUzI1NiJ9.e30.AA; Path=/").is_none());
        assert!(whole("Cookie: a=eyJ%22; b=2").is_none());
    }

    #[test]
    fn what_came_along_is_taken_off_and_said() {
        let wrapped = "eyJhbGciOiJIUzI1NiJ9.\n  eyJzdWIi\n  OiIxIn0.AAAA";
        let broken = [
            (wrapped.to_owned(), 1),
            (format!("\"{TOKEN}\","), 1),
            (format!("Bearer \"{TOKEN}\""), 2),
            (format!("Authorization: Bearer {}", TOKEN.replace('.', ".\r\n")), 3),
            (TOKEN.replace('.', "%2E"), 1),
            (TOKEN.replace('.', "%252E"), 1),
            (BASE64URL.encode(TOKEN.as_bytes()), 1),
            (TOKEN.replacen('.', "", 1), 1),
        ];
        for (input, notes) in broken {
            let item = only(&input);
            assert_eq!(item.value, TOKEN, "{input}");
            assert_eq!(item.mended.len(), notes, "{input}: {:?}", item.mended);
            assert!(item.span.end <= input.len() && item.place(Span::new(0, 5)).end <= input.len());
        }
    }

    #[test]
    fn a_token_in_json_is_one_item() {
        let json = r#" {"payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AA"} "#;
        assert_eq!(only(json).value, json.trim());
        let pretty = json.replace(',', ",\n  ");
        assert_eq!(only(&pretty).value, pretty.trim());
    }

    #[test]
    fn places_lead_back_to_what_was_pasted() {
        let input = "eyJhbGciOiJIUzI1NiJ9.\neyJzdWIiOiIxIn0.AAAA";
        let item = only(input);
        let signature = item.value.rfind('.').expect("a dot") + 1;
        assert_eq!(item.place(Span::new(signature, item.value.len())).of(input), "AAAA");
    }
}
