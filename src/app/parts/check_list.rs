//! The checks of a token's claims, a line each: icon, name, what was compared with what, and the word for what came of it.

use keyjar::protocol::{Check, CheckOutcome};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::prose::Prose;

/// As the style sheets call it, its icon, and its word.
const fn outcome(outcome: CheckOutcome) -> (&'static str, Glyph, &'static str) {
    match outcome {
        CheckOutcome::Passed => ("passed", Glyph::Check, "passed"),
        CheckOutcome::Failed => ("failed", Glyph::Cross, "failed"),
        CheckOutcome::NotChecked => ("open", Glyph::Minus, "not checked"),
    }
}

/// The list.
pub fn check_list(checks: &[Check]) -> AnyView {
    let line = |check: &Check| {
        let (key, glyph, word) = outcome(check.outcome);
        view! {
            <li data-outcome=key>
                <Icon glyph />
                <code>{check.name.clone()}</code>
                <span class="check-words"><Prose text=check.message.clone() /></span>
                <span class="check-word">{word}</span>
            </li>
        }
        .into_any()
    };
    view! { <ul class="checks">{checks.iter().map(line).collect::<Vec<_>>()}</ul> }.into_any()
}

/// `2 passed, 1 failed, 4 not checked`
pub fn tally(checks: &[Check]) -> String {
    let all = [CheckOutcome::Failed, CheckOutcome::Passed, CheckOutcome::NotChecked];
    let said = all.into_iter().filter_map(|one| {
        let number = checks.iter().filter(|check| check.outcome == one).count();
        (number > 0).then(|| format!("{number} {}", outcome(one).2))
    });
    said.collect::<Vec<_>>().join(", ")
}
