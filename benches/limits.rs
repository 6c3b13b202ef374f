//! What Keyjar promises of its speed, as limits: it prints the figures, and fails where one is over its limit.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use keyjar::inspect::inspect;
use keyjar::protocol::Ask;
use keyjar::secret::{SecretEncoding, SecretText};
use serde_json::Value;

#[path = "../tests/bombs/mod.rs"]
mod bombs;

/// A frame: what is typed is answered within one, for all but a few values.
const FRAME: Duration = Duration::from_millis(16);

/// What is meant to cost time may take this much.
const BOMB: Duration = Duration::from_millis(100);

/// Each value is looked at so often, and the quickest counts: the others were disturbed.
const RUNS: usize = 3;

fn main() -> ExitCode {
    let only = std::env::var("BOMBS").unwrap_or_default();
    if !only.is_empty() {
        return if report_bombs(&only) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let cases = cases();
    let right: Vec<Timing> = cases.iter().map(|case| case.timing(&case.secret)).collect();
    let wrong = SecretText::new("not the secret, but as long as one is: 0123456789abcdef", None);
    let wrong: Vec<Timing> = cases.iter().map(|case| case.timing(&wrong)).collect();
    let held = [
        report("all plausible schemes, with the right secret", right),
        report("all plausible schemes, with a wrong secret", wrong),
        report_bombs(""),
    ];
    if held.iter().all(|held| *held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A vector as it is pasted, with its secret.
struct Case {
    name: String,
    pasted: String,
    secret: SecretText,
    now: Option<i64>,
}

type Timing = (Duration, String);

impl Case {
    /// How long every scheme takes that could have made it, with that secret.
    fn timing(&self, secret: &SecretText) -> Timing {
        let ask = Ask { secrets: vec![secret.clone()], now: self.now, ..Ask::default() };
        let run = || {
            let start = Instant::now();
            std::hint::black_box(inspect(std::hint::black_box(&self.pasted), &ask));
            start.elapsed()
        };
        ((0..RUNS).map(|_| run()).min().unwrap_or_default(), self.name.clone())
    }
}

/// Prints the figures, and says whether the limit held.
fn report(what: &str, mut timings: Vec<Timing>) -> bool {
    timings.sort();
    let at = |share: usize| &timings[(timings.len() - 1) * share / 100];
    let [median, high, worst] = [50, 95, 100].map(at);
    println!(
        "{what}: {} vectors, median {:.2?}, 95th percentile {:.2?}, worst {:.2?} ({}); the 95th percentile may be {FRAME:?}",
        timings.len(),
        median.0,
        high.0,
        worst.0,
        worst.1
    );
    for slow in timings.iter().rev().take(if std::env::var_os("SLOW").is_some() { 200 } else { 0 }) {
        println!("    {:.2?} {}", slow.0, slow.1);
    }
    high.0 <= FRAME
}

/// The same for the bombs, all or those with `only` in their name.
fn report_bombs(only: &str) -> bool {
    let mut timings: Vec<Timing> = bombs::KINDS
        .into_iter()
        .flat_map(|kind| kind())
        .filter(|bomb| bomb.name.contains(only))
        .map(|bomb| {
            let run = || {
                let start = bombs::busy();
                std::hint::black_box(bomb.said());
                bombs::busy().saturating_sub(start)
            };
            // One that is quick enough is not waited for again.
            let first = run();
            let time = if first < BOMB / 2 { first } else { first.min(run()) };
            if time > BOMB {
                println!("    {time:.2?} {}", bomb.name);
            }
            (time, bomb.name.clone())
        })
        .collect();
    timings.sort();
    let slow = timings.iter().filter(|(time, _)| *time > BOMB).count();
    println!("{} bombs: {slow} take more than {BOMB:?}; the slowest:", timings.len());
    for (time, name) in timings.iter().rev().take(if std::env::var_os("SLOW").is_some() { 150 } else { 5 }) {
        println!("    {time:.2?} {name}");
    }
    slow == 0
}

/// Every case of the vectors that has a secret.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut cases = Vec::new();
    for file in
        std::fs::read_dir(folder).expect("tests/vectors is there").map(|file| file.expect("readable").path())
    {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let json: Value = serde_json::from_slice(&std::fs::read(&file).expect("readable")).expect("JSON");
        cases.extend(json["cases"].as_array().expect("cases").iter().filter_map(|case| {
            let encoding = match case["secret_encoding"].as_str()? {
                "utf8" => Some(SecretEncoding::Utf8),
                "hex" => Some(SecretEncoding::Hex),
                "base64" => Some(SecretEncoding::Base64),
                "base64url" => Some(SecretEncoding::Base64url),
                "jwk" => Some(SecretEncoding::Jwk),
                _ => None,
            };
            let value = case["cookie_value"].as_str()?;
            let pasted = match case["cookie_name"].as_str() {
                Some(name) => format!("{name}={value}"),
                None => value.to_owned(),
            };
            Some(Case {
                name: format!("{}: {}", json["scheme"].as_str()?, case["name"].as_str()?),
                pasted,
                secret: SecretText::new(case["secret"].as_str()?, encoding),
                now: case["now"].as_i64(),
            })
        }));
    }
    cases
}
