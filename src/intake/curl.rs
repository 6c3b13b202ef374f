//! The headers of a `curl` command for a POSIX shell, as browsers copy it: `-H 'Cookie: …'`, `-b 'name=value'`.

use super::Item;
use super::header::{self, Piece};

/// How a quote stands in a text between quotes.
const QUOTE: &str = r"'\''";

/// The items of the headers that the command sends; `None` if it is no such command, or sends none.
pub fn items(input: &str) -> Option<Vec<Item>> {
    input.trim_start().strip_prefix("curl").filter(|rest| rest.starts_with(char::is_whitespace))?;
    let words = words(input);
    let pairs = words.iter().zip(words.iter().skip(1));
    let items: Vec<Item> = pairs
        .flat_map(|(option, word)| match option.text {
            "-H" | "--header" => header::line(*word),
            "-b" | "--cookie" if word.text.contains('=') => header::cookie(*word),
            _ => Vec::new(),
        })
        .map(unescaped)
        .collect();
    (!items.is_empty()).then_some(items)
}

/// The words of the command, without the quotes around them.
fn words(input: &str) -> Vec<Piece<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
        let begun = rest.trim_start();
        at += rest.len() - begun.len();
        let (open, end) = match begun.strip_prefix('$').unwrap_or(begun).chars().next() {
            Some('\'') => (begun.find('\'').unwrap_or_default() + 1, closing(begun)),
            Some('"') => (1, begun.get(1..).and_then(|rest| rest.find('"')).map(|end| 1 + end)),
            _ => (0, begun.find(char::is_whitespace)),
        };
        let end = end.unwrap_or(begun.len()).max(open);
        words.push(Piece { text: begun.get(open..end).unwrap_or_default(), at: at + open });
        // Past the quote or the blank.
        at += end + begun.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    words
}

/// Where the text in single quotes ends, with which `begun` begins.
fn closing(begun: &str) -> Option<usize> {
    let mut at = begun.find('\'')? + 1;
    loop {
        let rest = begun.get(at..)?;
        let end = rest.find('\'')?;
        if !rest.get(end..)?.starts_with(QUOTE) {
            return Some(at + end);
        }
        at += end + QUOTE.len();
    }
}

fn unescaped(item: Item) -> Item {
    if !item.value.contains(QUOTE) {
        return item;
    }
    let mut value = String::new();
    let mut places = Vec::new();
    let mut at = 0;
    for piece in item.value.split_inclusive(QUOTE) {
        let plain = piece.strip_suffix(QUOTE);
        let length = plain.unwrap_or(piece).len() + usize::from(plain.is_some());
        places.extend((at..at + length).map(|index| item.at(index)));
        value.push_str(plain.unwrap_or(piece));
        value.extend(plain.map(|_| '\''));
        at += piece.len();
    }
    places.push(item.at(at));
    Item { value, places: Some(places), ..item }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use crate::span::Span;

    #[test]
    fn headers_and_cookies_of_a_command() {
        for command in [
            "curl --header 'Cookie: a=1; b=x' https://example.com/",
            "curl 'https://example.com/?q=%41' \\\n  -H 'accept: */*' \\\n  -b 'a=1; b=x' \\\n  --compressed",
            "  curl \"https://example.com/\" -H $'cookie: a=1; b=x'",
        ] {
            let items = find(command).expect("has items");
            let found: Vec<_> = items.iter().map(|item| (item.name.as_deref(), &*item.value)).collect();
            assert_eq!(found, [(Some("a"), "1"), (Some("b"), "x")], "{command}");
            assert!(items.iter().all(|item| item.span.of(command) == item.value));
        }
        let bearer = find("curl -H 'Authorization: Bearer eyJ.a.b' https://example.com").expect("has items");
        assert_eq!(bearer[0].value, "eyJ.a.b");
    }

    #[test]
    fn a_quote_in_a_value() {
        let command = r"curl --header 'Cookie: a=it'\''s; b=2' https://example.com/";
        let items = find(command).expect("has items");
        assert_eq!((&*items[0].value, &*items[1].value), ("it's", "2"));
        assert_eq!(items[0].place(Span::new(2, 3)).of(command), r"'\''");
        assert_eq!(items[0].place(Span::new(3, 4)).of(command), "s");
    }

    #[test]
    fn what_is_no_command_is_read_as_before() {
        for text in [
            "curl=1",
            "curl https://example.com/",
            "curl",
            "curl -H 'Cookie: ",
            "curl -H",
            "curl -b jar.txt x",
        ] {
            let _ = find(text);
        }
        assert_eq!(find("curl=1").expect("a cookie")[0].name.as_deref(), Some("curl"));
    }
}
