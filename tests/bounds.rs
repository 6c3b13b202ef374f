//! What is meant to cost time or memory, or to exhaust the stack, comes back with a message, soon.
//!
//! `benches/limits.rs` (`make bench`) holds the same to 100 ms in an optimised build; here a slow machine has its margin.

use std::time::Duration;

use keyjar::inspect::inspect;
use keyjar::protocol::{Report, Verdict};

mod bombs;
mod decoders;

use bombs::{Bomb, busy};

/// Half of what the engine has in a browser.
const STACK: usize = 512 * 1024;

const SOON: Duration = Duration::from_secs(1);

/// The quickest of so many runs counts: other programs may disturb one.
const RUNS: usize = 4;

/// Runs on a small stack; what overflows it ends the whole test.
fn on_a_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread can be started");
    thread.join().expect("it does not panic")
}

/// What is said of a paste: why nothing can be read, what each key is, or of each item why it is not valid.
fn said(report: &Report) -> String {
    let problem = report.problem.iter().map(|problem| problem.message.clone());
    let findings = report.keys.iter().flat_map(|key| &key.findings).map(|finding| finding.message.clone());
    let keys = report.keys.iter().map(|key| key.title.clone()).chain(findings);
    let items = report.items.iter().map(|item| match item.opened.as_ref().map(|opened| &opened.verdict) {
        Some(Verdict::Invalid { message, .. }) => message.clone(),
        Some(Verdict::Unchecked { missing }) => missing.clone(),
        Some(Verdict::Valid { .. }) => "It is valid.".to_owned(),
        None => "It has the form of no scheme.".to_owned(),
    });
    problem.chain(keys).chain(items).collect::<Vec<_>>().join(" ")
}

fn defused(kind: fn() -> Vec<Bomb>) {
    for bomb in on_a_small_stack(kind) {
        let name = bomb.name.clone();
        let says = bomb.says;
        let (quickest, said) = on_a_small_stack(move || {
            let mut quickest = Duration::MAX;
            let mut text = String::new();
            for _ in 0..RUNS {
                let start = busy();
                text = said(&inspect(&bomb.input, &bomb.ask));
                quickest = quickest.min(busy().saturating_sub(start));
                if quickest < SOON {
                    break;
                }
            }
            (quickest, text)
        });
        assert!(quickest < SOON, "{name}: {quickest:?}");
        assert!(!said.is_empty() && said.contains(says), "{name}: {said}");
    }
}

#[test]
fn deep_nesting_in_signed_values() {
    defused(bombs::KINDS[0]);
}

#[test]
fn deep_nesting_in_whatever_can_be_made() {
    defused(bombs::KINDS[1]);
}

#[test]
fn what_inflates() {
    defused(bombs::KINDS[2]);
}

#[test]
fn rounds_without_end() {
    defused(bombs::KINDS[3]);
}

#[test]
fn a_mebibyte_of_garbage() {
    defused(bombs::KINDS[4]);
}

#[test]
fn heaps_of_what_looks_right() {
    defused(bombs::KINDS[5]);
}

#[test]
fn deep_nesting_in_every_decoder() {
    for (name, decode) in decoders::DECODERS {
        for (format, bytes) in bombs::deep() {
            let taken = on_a_small_stack(move || {
                let start = busy();
                decode(&bytes);
                busy().saturating_sub(start)
            });
            assert!(taken < 4 * SOON, "{format} for {name}: {taken:?}");
        }
    }
}
