//! A program's lines in quiet colours: comments, strings, and the words of the language. Enough to read by; the text
//! stays as it is.

use leptos::prelude::*;

/// Words of the languages that the page shows, all together: none is another's variable.
const WORDS: [&str; 22] = [
    "async", "await", "const", "def", "do", "end", "export", "fn", "foreach", "from", "func", "if", "import",
    "let", "new", "nil", "require", "return", "as", "var", "false", "true",
];

#[component]
pub fn Code(
    #[prop(into)] text: Signal<String>,
    /// What begins a comment: `#` or `//`.
    comment: &'static str,
) -> impl IntoView {
    move || {
        text.with(|text| {
            pieces(text, comment)
                .into_iter()
                .map(|(kind, piece)| view! { <span class=kind>{piece.to_owned()}</span> })
                .collect_view()
        })
    }
}

/// The text in pieces, each with its class in `style/sheet.css`.
fn pieces<'a>(text: &'a str, comment: &str) -> Vec<(&'static str, &'a str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if rest.starts_with(comment) {
            ("c", rest.find('\n').unwrap_or(rest.len()))
        } else if matches!(first, '"' | '\'') {
            ("s", string_length(rest, first))
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let is_known = rest.get(..length).is_some_and(|word| WORDS.contains(&word));
            (if is_known { "k" } else { "" }, length)
        } else {
            let length =
                rest.find(|c| is_word(c) || matches!(c, '"' | '\'' | '#' | '/')).unwrap_or(rest.len());
            ("", length.max(first.len_utf8()))
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        pieces.push((kind, piece));
        rest = after;
    }
    pieces
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes up to and with the quote that ends the string; to the line's end if none does.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            c if c == quote && !escaped => return at + c.len_utf8(),
            c => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}
