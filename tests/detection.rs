//! How well a value tells who made it, by its form and its cookie's name alone: without any secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use keyjar::inspect::{candidates, inspect};
use keyjar::intake::Item;
use keyjar::opaque::known;
use keyjar::protocol::{Ask, Source};
use keyjar::secret::SecretText;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

mod forms;

use forms::{SAME_FORM, form_of, scheme_of};

/// At least this share of the vectors has the right scheme first, and among the first three.
const FIRST: f64 = 0.95;
const FIRST_THREE: f64 = 0.99;

/// Values of each kind of noise.
const NOISE: usize = 1_000;

#[test]
fn the_right_scheme_is_found_from_value_and_name_alone() {
    let mut table = String::new();
    let (mut all, mut first, mut third) = (0, 0, 0);
    for (scheme, cases) in vectors() {
        let form = form_of(&scheme);
        let mut instead = BTreeMap::new();
        let mut within = [0, 0];
        for item in &cases {
            let places = places(item);
            let rank = places.iter().position(|place| *place == form);
            within[0] += usize::from(rank == Some(0));
            within[1] += usize::from(rank.is_some_and(|rank| rank < 3));
            if rank != Some(0) {
                let other = places.into_iter().next().unwrap_or_else(|| "nothing".into());
                *instead.entry(other).or_insert(0) += 1;
            }
        }
        let _ = write!(
            table,
            "{scheme:36} {:4} cases, {:4} first, {:4} among three",
            cases.len(),
            within[0],
            within[1]
        );
        let others: Vec<String> = instead.iter().map(|(other, count)| format!("{count} {other}")).collect();
        let _ =
            writeln!(table, "{}{}", if others.is_empty() { "" } else { "; taken for " }, others.join(", "));
        all += cases.len();
        first += within[0];
        third += within[1];
    }
    let share = |count: usize| count as f64 / all as f64;
    let _ = writeln!(
        table,
        "{:36} {all:4} cases, {:.1} % first, {:.1} % among three",
        "all",
        100.0 * share(first),
        100.0 * share(third)
    );
    let _ = writeln!(table, "of the same form, and so counted as one: {SAME_FORM:?}");
    // Written past the test harness, which would show it only after a failure.
    std::io::stdout().write_all(table.as_bytes()).expect("standard output is there");
    assert!(share(first) >= FIRST && share(third) >= FIRST_THREE, "{table}");
}

const PLAIN: [&str; 16] = [
    "2c5ea4c0-4067-41e9-8bad-9b1deb4d3b7d",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "4b5db1ff223295afce3a1fa1a7f65b55a377b063",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "sess_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "q6ls1tk8mq6m8d1h5v0c3n2b7a",
    "eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47s=",
    "uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki-NZsG38",
    "IW8xIFt4Bcn0QoXXFZDzIg==",
    "eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki+NZsG38A==",
    "{\"user_id\":7,\"admin\":false}",
    "eyJ1c2VyX2lkIjo3LCJhZG1pbiI6ZmFsc2V9",
    "GA1.2.1234567890.1700000000",
    "https://example.com/a?b=c&d=e",
    "dark",
];

/// In a cookie, Base64 of any bytes may be what encrypts without a form of its own; it is offered below this.
const GUESS: u8 = 20;

#[test]
fn identifiers_and_plain_data_are_not_claimed() {
    for value in PLAIN {
        assert_eq!(candidates(&Item::bare(None, value)), [], "{value}");
        let named = candidates(&Item::bare(Some("sid"), value));
        assert!(named.iter().all(|candidate| candidate.likelihood < GUESS), "{value}: {named:?}");
        assert_eq!(known(&Item::bare(Some("sid"), value)), None, "{value}");
    }
}

#[test]
fn what_cannot_be_verified_is_explained_and_never_called_broken() {
    let cases = [
        ("PHPSESSID=q6ls1tk8mq6m8d1h5v0c3n2b7a", "PHP session id"),
        (
            "rememberMe=eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki+NZsG38A==",
            "Apache Shiro remember-me",
        ),
        (
            "AWSALB=eKO9IouVJtb61l6WCZCcu0FzHS3YrMDhMErAk3zd47uCqYSwJeHyvynbYid3YOJVJRLjM5YMETeuki+NZsG38A==",
            "AWS load balancer, not the application's",
        ),
        ("_ga=GA1.2.1234567890.1700000000", "Google Analytics, not a session"),
    ];
    for (pasted, title) in cases {
        let ask = Ask { secrets: vec![SecretText::new("any secret", None)], ..Ask::default() };
        let report = inspect(pasted, &ask);
        let item = report.items.first().expect("an item");
        assert_eq!(item.opened, None, "{pasted}");
        assert_eq!(item.known.as_ref().map(|known| known.title.as_str()), Some(title), "{pasted}");
    }
    // A scheme that claims it is not kept from it.
    let play = "PLAY_SESSION=eyJhbGciOiJIUzI1NiJ9.eyJkYXRhIjp7InVzZXIiOiI3In19.mY4bEcnKq1Vd2y6nW0b0yV5E7v2oA3ZfJ3nQfG5o0aE";
    let report = inspect(play, &Ask::default());
    let item = report.items.first().expect("an item");
    assert!(item.opened.is_some() && item.known.is_some());
}

#[test]
fn what_is_not_signed_is_not_claimed() {
    let mut random = Random(42);
    type Make = fn(&mut Random) -> String;
    let kinds: [(&str, Make); 10] = [
        ("UUID", |random| uuid(random)),
        ("GUID in braces", |random| format!("{{{}}}", uuid(random).to_uppercase())),
        ("hex id", |random| {
            let length = random.among(&[16, 24, 32, 40, 64]);
            random.text(b"0123456789abcdef", length)
        }),
        ("PHPSESSID", |random| {
            let length = random.among(&[26, 32]);
            random.text(b"0123456789abcdefghijklmnopqrstuvwxyz", length)
        }),
        ("connect.sid body", |random| random.text(BASE64URL, 32)),
        ("ULID", |random| format!("01{}", random.text(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24))),
        ("nanoid", |random| random.text(BASE64URL, 21)),
        ("Base64 noise", |random| {
            let length = 4 * (4 + random.below(28));
            let text =
                random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", length);
            let padding = random.below(3);
            format!("{}{}", &text[..length - padding], "=".repeat(padding))
        }),
        ("Base64url noise", |random| {
            let length = 16 + random.below(200);
            random.text(BASE64URL, length)
        }),
        ("URL-encoded JSON", |random| {
            let json = format!(
                "{{\"id\":{},\"theme\":\"{}\",\"tags\":[\"{}\"]}}",
                random.below(99_999),
                random.text(b"abcdef", 5),
                random.text(BASE64URL, 9)
            );
            utf8_percent_encode(&json, NON_ALPHANUMERIC).to_string()
        }),
    ];
    let mut report = String::new();
    for (kind, make) in kinds {
        let claimed: Vec<(String, String)> = (0..NOISE)
            .filter_map(|_| {
                let value = make(&mut random);
                assert_eq!(known(&Item::bare(Some("sid"), &value)), None, "{kind}: {value}");
                let candidate = candidates(&Item::bare(None, &value)).into_iter().next()?;
                Some((value, candidate.scheme))
            })
            .collect();
        if let Some((value, scheme)) = claimed.first() {
            let _ = writeln!(
                report,
                "{kind}: {} of {NOISE} claimed, for example {value} as {scheme}",
                claimed.len()
            );
        }
    }
    assert!(report.is_empty(), "{report}");
}

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn uuid(random: &mut Random) -> String {
    let hex = random.text(b"0123456789abcdef", 32);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// The groups of schemes that could have made `item`, likeliest first: those of the same form take one place together.
fn places(item: &Item) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for candidate in candidates(item) {
        let form = form_of(&candidate.scheme);
        if !places.contains(&form) {
            places.push(form);
        }
    }
    places
}

/// Each accepted case as a person would paste it, by scheme.
fn vectors() -> BTreeMap<String, Vec<Item>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files =
        std::fs::read_dir(folder).expect("tests/vectors is there").map(|file| file.expect("readable").path());
    let mut vectors = BTreeMap::new();
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        let file: Value = serde_json::from_str(&text).expect("JSON");
        // Keys are no values of a scheme.
        if file["scheme"] == "jwk" {
            continue;
        }
        let of_case = |case: &Value| {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let mut item = Item::bare(case["cookie_name"].as_str(), case["cookie_value"].as_str()?);
            if item.name.is_some() {
                item.source = Source::Cookie;
            }
            // keygrip's signature is a second cookie beside this one.
            item.companion = text(&case["options"]["sig_value"]);
            (case["valid"] == true).then_some(item)
        };
        let name = file["scheme"].as_str().expect("a scheme");
        for case in file["cases"].as_array().expect("cases") {
            let scheme = scheme_of(name, case);
            if scheme != "jwk" {
                vectors.entry(scheme).or_insert_with(Vec::new).extend(of_case(case));
            }
        }
    }
    vectors
}

/// SplitMix64: the same values at each run, so that a failure can be looked at.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn among(&mut self, choices: &[usize]) -> usize {
        choices[self.below(choices.len())]
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}
