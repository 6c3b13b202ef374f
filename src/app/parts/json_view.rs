//! JSON laid out to be read, as it was written. What a line means stands beside it (a time, in words) or below it (what the
//! member is), and is not copied.

use keyjar::payload::json::{Kind, Line, Outermost, Token, lines};
use keyjar::protocol::Meaning;
use leptos::prelude::*;

use super::live::{heard, live};
use super::prose::Prose;

/// Bytes up to which JSON is coloured; more of it is shown as it is.
const MAX_COLOURED: usize = 64 * 1024;

/// What stands beside an outermost member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The member's name, as it is written.
    pub member: String,
    pub words: String,
}

/// What is said of the JSON.
#[derive(Clone, Copy, Default)]
pub struct Said<'a> {
    pub notes: &'a [Note],
    /// What members mean: `exp`; `cnf.jkt` for one that is inside; `typ: at+jwt` for a value.
    pub meanings: &'a [Meaning],
    /// Whether the meanings are shown.
    pub explained: Option<RwSignal<bool>>,
}

/// `json` with what is said of it; `is_header` gives the names the header's colour.
pub fn json_view(json: &str, said: Said<'_>, is_header: bool) -> AnyView {
    let body = if json.len() > MAX_COLOURED {
        json.to_owned().into_any()
    } else {
        let is_plain = said.notes.is_empty() && said.meanings.is_empty();
        let lines = lines(json, if is_plain { Outermost::Fitted } else { Outermost::Spread });
        let mut outer = "";
        let mut views = Vec::with_capacity(lines.len());
        for (i, line) in lines.iter().enumerate() {
            if line.depth == 1 {
                outer = line.key().unwrap_or_default();
            }
            views.push(line_view(i, line, outer, said));
        }
        views.into_any()
    };
    view! { <pre class="json" class:is-header=is_header>{body}</pre> }.into_any()
}

fn line_view(index: usize, line: &Line<'_>, outer: &str, said: Said<'_>) -> AnyView {
    let start = if index == 0 { String::new() } else { format!("\n{}", "  ".repeat(line.depth)) };
    let note = line
        .key()
        .filter(|_| line.depth == 1)
        .and_then(|key| said.notes.iter().find(|note| note.member == key));
    let note = note.map(|note| view! { <span class="note">{note.words.clone()}</span> });
    let meanings = meanings(line, outer, said.meanings);
    let title = meanings.first().map(|meaning| meaning.meaning.replace('`', ""));
    let tokens = line.tokens.iter().enumerate().map(|(i, token)| match (i, &title, said.explained) {
        (0, Some(title), Some(explained)) => meant(token, title.clone(), explained),
        _ => token_view(token),
    });
    let tokens = tokens.collect::<Vec<_>>();
    let below = said.explained.filter(|_| !meanings.is_empty()).map(|explained| {
        let depth = line.depth;
        live(move || {
            explained.get().then(|| meanings.iter().map(|meaning| below(depth, meaning)).collect::<Vec<_>>())
        })
    });
    (start, tokens, note, below).into_any()
}

/// What is known of the member that begins the line, of its value, and of the members inside that stand on the same line.
fn meanings(line: &Line<'_>, outer: &str, all: &[Meaning]) -> Vec<Meaning> {
    let Some(key) = line.key() else { return Vec::new() };
    let is_on_line = |inner: &str| {
        let keys = line.tokens.iter().filter(|token| token.kind == Kind::Key);
        keys.skip(1).any(|token| token.text.trim_matches('"') == inner)
    };
    let is_of_line = |meaning: &&Meaning| match (line.depth, meaning.name.split_once(['.', ':'])) {
        // Names that are addresses have dots and colons too.
        (1, _) if meaning.name == key => true,
        (1, Some((name, inner))) if name == key => inner.starts_with(' ') || is_on_line(inner),
        (2, Some((name, inner))) => name == outer && inner == key,
        _ => false,
    };
    all.iter().filter(is_of_line).cloned().collect()
}

/// A name that is explained: pointing at it says so, pressing it shows all that is known of the members.
fn meant(token: &Token<'_>, title: String, explained: RwSignal<bool>) -> AnyView {
    view! {
        <span class="key is-meant" title=title on:click=heard(move |_| explained.update(|explained| *explained = !*explained))>
            {token.text.to_owned()}
        </span>
    }
    .into_any()
}

fn below(depth: usize, meaning: &Meaning) -> AnyView {
    let of =
        meaning.name.split_once([':', '.']).map(|_| meaning.name.clone()).filter(|name| !name.contains('/'));
    view! {
        <span class="meaning" style:--depth=depth.to_string()>
            {of.map(|of| view! { <code>{of}</code> " " })}
            <Prose text=meaning.meaning.clone() />
            " "
            <span class="meaning-source">{meaning.source.clone()}</span>
        </span>
    }
    .into_any()
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
