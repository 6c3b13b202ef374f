//! What a keystroke costs the engine, and what keys cost.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keyjar::inspect::inspect;
use keyjar::intake::Item;
use keyjar::keygen::{Key, LETTERS_DIGITS, Recipe, Written};
use keyjar::protocol::{
    Ask, CookieDraft, Draft, OptionKind, OptionSpec, Options, PayloadDraft, PayloadForm, Verdict,
};
use keyjar::scheme::{self, Scheme};
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::sign::sign;

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A signed value whose payload has about `length` bytes.
fn signed(scheme: &str, length: usize) -> String {
    let draft = Draft {
        scheme: scheme.into(),
        payload: PayloadDraft {
            form: PayloadForm::Json,
            text: format!("{{\"text\":\"{}\"}}", "x".repeat(length)),
        },
        secrets: vec![SecretText::new(SECRET, None)],
        options: Options::new(),
        cookie: CookieDraft::default(),
        now: None,
        patient: false,
    };
    sign(&draft).expect("can be signed").cookie_value
}

fn decode_and_verify(c: &mut Criterion) {
    let ask =
        Ask { secrets: vec![SecretText::new(SECRET, None)], now: Some(1_800_000_000), ..Ask::default() };
    let mut group = c.benchmark_group("decode and verify");
    for (name, scheme, length) in [
        ("HS256, 200 B", "jws", 110),
        ("HS256, 8 KB", "jws", 6_050),
        ("Express", "express-cookie-signature", 100),
    ] {
        let value = signed(scheme, length);
        group.throughput(Throughput::Bytes(value.len() as u64));
        group.bench_function(name, |b| b.iter(|| inspect(black_box(&value), &ask)));
    }
    group.finish();
}

/// The verdict of each scheme on a value whose payload has about 1 KB.
fn verdicts(c: &mut Criterion) {
    let mut group = c.benchmark_group("verdict, 1 KB");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    for scheme in scheme::ALL {
        let about = scheme.about();
        let Some((made, ask)) = made(*scheme) else {
            println!("verdict, 1 KB/{}: nothing of that size is made without more settings", about.id);
            continue;
        };
        let item = Item::bare(Some("session"), &made);
        group.throughput(Throughput::Bytes(made.len() as u64));
        group.bench_function(about.id.as_ref(), |b| b.iter(|| scheme.open(black_box(&item), &ask)));
    }
    group.finish();
}

/// A value of that scheme, and what opens it. Salts and the like have any text.
fn made(scheme: &dyn Scheme) -> Option<(String, Ask)> {
    let about = scheme.about();
    let long = "x".repeat(1_000);
    let texts = [
        (PayloadForm::Json, format!("{{\"text\":\"{long}\"}}")),
        (PayloadForm::Text, long.clone()),
        (PayloadForm::Text, format!("https://example.com/?a={long}")),
        (about.payload_forms.first().copied()?, about.example.to_string()),
    ];
    let key = [7; 32];
    let hex = hex::encode(key);
    let secrets = [SecretText::new(SECRET, None), SecretText::new(hex, Some(SecretEncoding::Hex))];
    let needed = |spec: &&OptionSpec| spec.default.is_empty() && matches!(spec.kind, OptionKind::Text);
    let salts: Options =
        about.options.iter().filter(needed).map(|spec| (spec.name.to_string(), "salt".into())).collect();
    let ways = texts.iter().flat_map(|text| secrets.iter().map(move |secret| (text, secret)));
    let ways = ways.flat_map(|way| [(way, Options::new()), (way, salts.clone())]);
    for (((form, text), secret), options) in ways {
        let draft = Draft {
            scheme: about.id.to_string(),
            payload: PayloadDraft { form: *form, text: text.clone() },
            secrets: vec![secret.clone()],
            options: options.clone(),
            cookie: CookieDraft { name: "session".into(), ..CookieDraft::default() },
            now: Some(1_800_000_000),
            patient: false,
        };
        let Ok(made) = scheme.make(&draft) else { continue };
        let ask = Ask { secrets: draft.secrets, options, now: draft.now, ..Ask::default() };
        let verdict = scheme.open(&Item::bare(Some("session"), &made.value), &ask).verdict;
        if matches!(verdict, Verdict::Valid { .. }) {
            return Some((made.value, ask));
        }
    }
    None
}

fn generate(c: &mut Criterion) {
    let mut group = c.benchmark_group("10,000 keys");
    group.sample_size(20);
    for written in [Written::Hex, Written::Characters(LETTERS_DIGITS)] {
        let recipe = || Recipe::new(32, written);
        group.bench_function(written.label(), |b| {
            b.iter(|| (0..10_000).filter(|_| Key::generate(black_box(recipe())).is_ok()).count());
        });
    }
    group.finish();
}

criterion_group!(benches, decode_and_verify, verdicts, generate);
criterion_main!(benches);
