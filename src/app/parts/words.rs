//! Sentences of the engine: what stands between backticks is code.

use leptos::prelude::*;

/// `text` with its code as `<code>`.
pub fn words(text: &str) -> Vec<AnyView> {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return vec![text.to_owned().into_any()]; // A backtick without its fellow is only a character.
    }
    let piece = |(i, piece): (usize, &&str)| {
        let piece = (*piece).to_owned();
        if i % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// `text` without its backticks, for where there are no styles.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// The first sentence without its full stop, and what follows it.
pub fn first_sentence(text: &str) -> (&str, &str) {
    let ends = |(at, _): &(usize, &str)| {
        text.get(at + 2..).and_then(|rest| rest.chars().next()).is_some_and(|c| c.is_uppercase() || c == '`')
    };
    match text.match_indices(". ").find(ends) {
        Some((at, _)) => (text.get(..at).unwrap_or(text), text.get(at + 2..).unwrap_or("")),
        None => (text.strip_suffix('.').unwrap_or(text), ""),
    }
}

/// `1 note`, `2 notes`.
pub fn count(number: usize, name: &str) -> String {
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}
