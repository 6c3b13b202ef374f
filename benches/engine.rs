//! What a keystroke costs the engine, and what keys cost.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keyjar::inspect::inspect;
use keyjar::keygen::{Key, LETTERS_DIGITS, Recipe, Written};
use keyjar::protocol::{Ask, CookieDraft, Draft, Options, PayloadDraft, PayloadForm};
use keyjar::secret::SecretText;
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
        ("HS256, 200 B", "jws-hmac", 110),
        ("HS256, 8 KB", "jws-hmac", 6_050),
        ("Express", "express-cookie-signature", 100),
    ] {
        let value = signed(scheme, length);
        group.throughput(Throughput::Bytes(value.len() as u64));
        group.bench_function(name, |b| b.iter(|| inspect(black_box(&value), &ask)));
    }
    group.finish();
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

criterion_group!(benches, decode_and_verify, generate);
criterion_main!(benches);
