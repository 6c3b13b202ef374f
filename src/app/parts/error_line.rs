//! What is wrong and what to try, beside its cause.

use keyjar::protocol::SignError;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::prose::Prose;

/// The line.
pub fn error_line(error: SignError) -> AnyView {
    view! {
        <p class="error" role="alert">
            <Icon glyph=Glyph::Cross />
            <span><Prose text=format!("{} {}", error.message, error.hint) /></span>
        </p>
    }
    .into_any()
}

/// The end of the line up to the byte `at` of `text`, and the character there marked.
pub fn place(text: &str, at: usize) -> Option<AnyView> {
    const SHOWN: usize = 24;
    let line_start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(line_start..at)?;
    let skipped = line.chars().count().saturating_sub(SHOWN);
    let before: String = line.chars().skip(skipped).collect();
    let mut rest = text.get(at..)?.lines().next().unwrap_or_default().chars();
    let fault = rest.next().map_or_else(|| "end".to_owned(), String::from);
    let after: String = rest.take(SHOWN).collect();
    Some(view! { <code class="place">{before}<mark>{fault}</mark>{after}</code> }.into_any())
}
