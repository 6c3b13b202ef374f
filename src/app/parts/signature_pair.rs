//! The signature that a value carries beside the one that the secret makes, with what differs marked.

use leptos::prelude::*;

use super::words::count;

/// Both, one under the other so that the eye can compare them.
pub fn signature_pair(found: &str, expected: &str) -> AnyView {
    view! {
        <dl class="pair">
            <div>
                <dt>"In the value"</dt>
                <dd class="values">{marked(found, expected)}</dd>
            </div>
            <div>
                <dt>"This secret makes"</dt>
                <dd class="values">{marked(expected, found)}</dd>
            </div>
        </dl>
    }
    .into_any()
}

/// `They differ from character 12 on.`, or where the only difference is.
pub fn difference(found: &str, expected: &str) -> String {
    let (a, b) = (found.chars().count(), expected.chars().count());
    if a != b {
        return format!("The value’s has {}, the secret’s {b}", count(a, "character"));
    }
    let differing: Vec<usize> = found
        .chars()
        .zip(expected.chars())
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(i, _)| i + 1)
        .collect();
    match differing.as_slice() {
        [] => "They are the same".to_owned(),
        [only] => format!("They differ in character {only} alone"),
        [first, ..] => format!("{} of {b} characters differ, the first is number {first}", differing.len()),
    }
}

/// `text` with the characters marked that `other` does not have in the same place.
fn marked(text: &str, other: &str) -> Vec<AnyView> {
    let mut runs: Vec<(bool, String)> = Vec::new();
    let mut others = other.chars();
    for c in text.chars() {
        let differs = others.next() != Some(c);
        match runs.last_mut() {
            Some((same_kind, run)) if *same_kind == differs => run.push(c),
            _ => runs.push((differs, c.to_string())),
        }
    }
    let view = |(differs, run): (bool, String)| {
        if differs { view! { <mark>{run}</mark> }.into_any() } else { run.into_any() }
    };
    runs.into_iter().map(view).collect()
}
