//! JSON laid out to be read, as it was written. What a line means (a time, in words) stands beside it and is not copied.

use keyjar::payload::json::{Kind, Line, Outermost, Token, lines};
use leptos::prelude::*;

/// Bytes up to which JSON is coloured; more of it is shown as it is.
const MAX_COLOURED: usize = 64 * 1024;

/// What stands beside an outermost member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The member's name, as it is written.
    pub member: String,
    pub words: String,
}

/// `json` with `notes`; `is_header` gives the names the header's colour.
pub fn json_view(json: &str, notes: &[Note], is_header: bool) -> AnyView {
    let body = if json.len() > MAX_COLOURED {
        json.to_owned().into_any()
    } else {
        let outermost = if notes.is_empty() { Outermost::Fitted } else { Outermost::Spread };
        let lines = lines(json, outermost);
        lines.iter().enumerate().map(|(i, line)| line_view(i, line, notes)).collect::<Vec<_>>().into_any()
    };
    view! { <pre class="json" class:is-header=is_header>{body}</pre> }.into_any()
}

fn line_view(index: usize, line: &Line<'_>, notes: &[Note]) -> AnyView {
    let start = if index == 0 { String::new() } else { format!("\n{}", "  ".repeat(line.depth)) };
    let note =
        line.key().filter(|_| line.depth == 1).and_then(|key| notes.iter().find(|note| note.member == key));
    let note = note.map(|note| view! { <span class="note">{note.words.clone()}</span> });
    (start, line.tokens.iter().map(token_view).collect::<Vec<_>>(), note).into_any()
}

fn token_view(token: &Token<'_>) -> AnyView {
    let class = match token.kind {
        Kind::Key => "key",
        Kind::Literal => "num",
        Kind::Punctuation => "pun",
        Kind::Text | Kind::Space => return token.text.to_owned().into_any(),
    };
    view! { <span class=class>{token.text.to_owned()}</span> }.into_any()
}
