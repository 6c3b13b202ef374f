//! No input panics, whatever it is: arbitrary text and mutated real tokens at every public entry.

use std::path::Path;
use std::sync::LazyLock;

use keyjar::cookie;
use keyjar::inspect::inspect;
use keyjar::intake::{self, Item};
use keyjar::payload;
use keyjar::protocol::{
    self, Ask, CookieDraft, Draft, Numbered, Options, PayloadDraft, PayloadForm, Request, Response, SameSite,
    Verdict,
};
use keyjar::scheme;
use keyjar::secret::{Secret, SecretEncoding, SecretText};
use keyjar::sign::sign;
use keyjar::span::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

mod decoders;

/// The values of every shipped vector: real ones, to be broken.
static REAL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files = std::fs::read_dir(folder).expect("tests/vectors is there");
    let mut values = Vec::new();
    let paths = files.map(|file| file.expect("readable").path());
    for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let text = std::fs::read_to_string(path).expect("readable");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        for case in json["cases"].as_array().expect("cases") {
            values.extend(case["cookie_value"].as_str().map(str::to_owned));
            values.extend(case["set_cookie"].as_str().map(|line| format!("Set-Cookie: {line}")));
        }
    }
    values.sort();
    values
});

/// A change to a text: cut, doubled, or with something put in.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(prop::sample::Index),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, char),
    Splice(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let odd = prop::sample::select(vec![
        '.', '=', '%', ';', ':', '"', '\\', '{', '\n', '\0', ' ', 'é', '🔑', 'A', '-', '+',
    ]);
    let index = any::<prop::sample::Index>;
    prop_oneof![
        index().prop_map(Mutation::Cut),
        index().prop_map(Mutation::Remove),
        (index(), odd).prop_map(|(at, c)| Mutation::Insert(at, c)),
        (index(), index()).prop_map(|(at, other)| Mutation::Splice(at, other)),
    ]
}

fn mutated(value: &str, mutations: &[Mutation]) -> String {
    let mut chars: Vec<char> = value.chars().collect();
    for mutation in mutations {
        if chars.is_empty() {
            break;
        }
        match mutation {
            Mutation::Cut(at) => chars.truncate(at.index(chars.len())),
            Mutation::Remove(at) => {
                chars.remove(at.index(chars.len()));
            }
            Mutation::Insert(at, c) => chars.insert(at.index(chars.len()), *c),
            Mutation::Splice(at, other) => {
                let at = at.index(chars.len());
                let tail: Vec<char> = REAL[other.index(REAL.len())].chars().take(200).collect();
                chars.splice(at..at, tail);
            }
        }
    }
    chars.into_iter().collect()
}

fn text() -> impl Strategy<Value = String> {
    let real = (any::<prop::sample::Index>(), vec(mutation(), 0..4));
    prop_oneof![
        1 => any::<String>(),
        1 => "[ -~\\n]{0,80}",
        1 => "(Set-Cookie|Cookie|Authorization): ?[ -~]{0,60}",
        3 => real.prop_map(|(index, mutations)| mutated(&REAL[index.index(REAL.len())], &mutations)),
    ]
}

fn secret() -> impl Strategy<Value = SecretText> {
    let encodings = vec![
        None,
        Some(SecretEncoding::Utf8),
        Some(SecretEncoding::Hex),
        Some(SecretEncoding::Base64),
        Some(SecretEncoding::Base64url),
        Some(SecretEncoding::Jwk),
    ];
    let text = prop_oneof![
        any::<String>(),
        "[A-Za-z0-9+/=_\"' -]{0,50}",
        "\\{\"kty\":\"oct\",\"k\":\"[A-Za-z]{0,9}\"\\}"
    ];
    (text, prop::sample::select(encodings)).prop_map(|(text, encoding)| SecretText::new(text, encoding))
}

fn options() -> impl Strategy<Value = Options> {
    let names = scheme::ALL
        .iter()
        .flat_map(|scheme| scheme.about().options.iter().map(|option| option.name.to_string()));
    let names: Vec<String> = names.collect();
    let values = prop_oneof![
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(serde_json::json!({"alg": "HS256", "crit": ["b64"], "b64": false})),
        Just(serde_json::json!(["HS256"])),
        Just(Value::Null),
    ];
    prop::collection::btree_map(prop::sample::select(names), values, 0..3)
}

/// How values of Erlang, PHP, Ruby, Python and Go begin, and what zlib writes.
const BEGINNINGS: [&[u8]; 12] = [
    b"",
    &[4, 8],
    &[4, 8, b'{', 6],
    &[0x80, 2],
    &[0x82],
    &[0x78, 0x9c],
    &[131],
    &[131, 104, 3],
    &[131, 116, 0, 0, 0, 9],
    b"a:2:{",
    b"O:1:\"A\":1:{",
    &[14, 255, 129, 4, 1, 2, 255, 130, 0, 1, 16, 1, 16, 0, 0],
];

/// Every scheme's id, and one that there is not.
fn scheme_ids() -> Vec<String> {
    scheme::ALL.iter().map(|scheme| scheme.about().id.to_string()).chain(["none".to_owned()]).collect()
}

fn ask() -> impl Strategy<Value = Ask> {
    let scheme = prop::option::of(prop::sample::select(scheme_ids()));
    (vec(secret(), 0..3), prop::option::of(0_usize..4), scheme, options(), prop::option::of(any::<i64>()))
        .prop_map(|(secrets, item, scheme, options, now)| Ask {
            secrets,
            item,
            scheme,
            options,
            now,
            patient: false,
        })
}

fn draft() -> impl Strategy<Value = Draft> {
    let form = prop::sample::select(vec![PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]);
    let payload =
        prop_oneof![any::<String>(), Just("{ \"a\": [1, \"\\u00e9\"] }".to_owned()), "[0-9a-f]{0,20}"];
    let same_site =
        prop::option::of(prop::sample::select(vec![SameSite::Strict, SameSite::Lax, SameSite::None]));
    let words =
        || prop_oneof![any::<String>(), "[a-zA-Z_-]{0,12}", Just("/".to_owned()), Just(String::new())];
    let cookie = (words(), any::<[bool; 3]>(), same_site, words(), words(), prop::option::of(any::<i64>()))
        .prop_map(|(name, [http_only, secure, partitioned], same_site, path, domain, max_age)| CookieDraft {
            name,
            http_only,
            secure,
            same_site,
            path,
            domain,
            max_age,
            partitioned,
        });
    let scheme = prop::sample::select(scheme_ids());
    (scheme, form, payload, vec(secret(), 0..2), options(), cookie, prop::option::of(any::<i64>())).prop_map(
        |(scheme, form, text, secrets, options, cookie, now)| Draft {
            scheme,
            payload: PayloadDraft { form, text },
            secrets,
            options,
            cookie,
            now,
            patient: false,
        },
    )
}

/// A place is in the text and cuts no character.
fn is_in(span: Span, text: &str) -> bool {
    span.start <= span.end
        && text.is_char_boundary(span.start)
        && text.is_char_boundary(span.end.min(text.len()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_report_whose_places_are_in_the_text(text in text(), ask in ask()) {
        let report = inspect(&text, &ask);
        let is_empty = report.items.is_empty() && report.keys.is_empty();
        prop_assert!(report.problem.is_some() == is_empty);
        prop_assert!(report.items.is_empty() || report.chosen < report.items.len());
        for item in &report.items {
            prop_assert!(is_in(item.span, &text));
            for segment in item.opened.iter().flat_map(|opened| &opened.segments) {
                prop_assert!(is_in(segment.span, &text), "{segment:?}");
            }
            if let Some(Verdict::Invalid { at: Some(at), .. }) = item.opened.as_ref().map(|opened| &opened.verdict) {
                prop_assert!(is_in(*at, &text), "{at:?}");
            }
            for finding in &item.findings {
                prop_assert!(finding.about.is_none_or(|about| is_in(about, &text)), "{finding:?}");
            }
        }
    }

    #[test]
    fn what_can_be_signed_verifies_when_its_set_cookie_line_is_pasted(draft in draft()) {
        let Ok(signed) = sign(&draft) else { return Ok(()) };
        // Keygrip's signature stands in a second cookie; the last step shows it.
        let companion = signed.steps.last().filter(|_| draft.scheme == "keygrip");
        let sig_value = companion.map(|step| ("sig_value".to_owned(), step.output.shown.clone().into()));
        let ask = Ask {
            secrets: draft.secrets.clone(),
            scheme: Some(draft.scheme.clone()),
            options: draft.options.clone().into_iter().chain(sig_value).collect(),
            ..Ask::default()
        };
        let report = inspect(&signed.set_cookie, &ask);
        let opened = report.items.first().and_then(|item| item.opened.as_ref());
        let verdict = opened.map(|opened| opened.verdict.clone());
        // A token with a detached payload does not carry what was signed.
        let is_detached = signed.value.contains("..");
        prop_assert!(is_detached || matches!(verdict, Some(Verdict::Valid { .. })), "{signed:?} {verdict:?}");
    }

    #[test]
    fn every_scheme_takes_every_value(text in text(), ask in ask()) {
        for scheme in scheme::ALL {
            let item = Item::bare(Some("sid"), &text);
            let candidate = scheme.detect(&item);
            let opened = scheme.open(&item, &ask);
            prop_assert!(opened.segments.iter().all(|segment| is_in(segment.span, &text)));
            prop_assert!(candidate.is_none_or(|candidate| candidate.scheme == scheme.about().id));
        }
    }

    #[test]
    fn the_smaller_doors_take_anything(text in text(), secret in secret(), now in prop::option::of(any::<i64>())) {
        let _ = intake::find(&text);
        let _ = cookie::review(&text, now);
        let _ = cookie::corrected(&text, now);
        for form in [PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex] {
            let _ = payload::draft::bytes(&PayloadDraft { form, text: text.clone() });
        }
        for encoding in SecretEncoding::TEXTUAL.into_iter().chain([SecretEncoding::Jwk]) {
            let _ = Secret::read(&text, encoding);
            let _ = secret.read(encoding);
        }
        let _ = keyjar::moment::fact(now.unwrap_or(0), now);
    }

    #[test]
    fn every_decoder_takes_anything(
        first in prop::sample::select(BEGINNINGS.to_vec()),
        rest in vec(prop_oneof![any::<u8>(), prop::sample::select(b"ais:;{}0123\"ml\x00\x01[].()".to_vec())], 0..60),
    ) {
        let bytes = [first, &rest].concat();
        for (_, decode) in decoders::DECODERS {
            decode(&bytes);
        }
    }

    #[test]
    fn every_decoder_takes_real_values_that_were_broken(text in text()) {
        // Those that go through all schemes have a test of their own.
        for (_, decode) in decoders::DECODERS.iter().filter(|(name, _)| !["schemes", "inspect"].contains(name)) {
            decode(text.as_bytes());
        }
    }

    #[test]
    fn messages_survive_the_worker_border(text in text(), ask in ask(), draft in draft()) {
        for body in [Request::Inspect { input: text.clone(), ask: ask.clone() }, Request::Sign(draft.clone())] {
            let question = Numbered { number: 7, body };
            let bytes = protocol::to_bytes(&question);
            prop_assert_eq!(protocol::from_bytes(&bytes), Some(question));
            let answer = keyjar::engine::answer(&bytes);
            let read = protocol::from_bytes::<Numbered<Response>>(&answer);
            prop_assert!(read.is_some_and(|read| read.number == 7));
        }
    }
}

#[test]
fn a_mebibyte_is_taken_and_more_is_refused() {
    let limit = keyjar::limits::MAX_INPUT;
    let ask = Ask { secrets: vec![SecretText::new("k", None)], ..Ask::default() };
    for piece in ["a", "a=b; ", "s:", "eyJ", ".", "{\"a\":", "%3A", "\u{1f511}", "\n"] {
        let text: String = piece.repeat(limit / piece.len());
        let report = inspect(&text, &ask);
        assert!(report.items.len() <= keyjar::limits::MAX_ITEMS);
    }
    let report = inspect(&"a".repeat(limit + 1), &ask);
    assert!(report.problem.expect("too long").message.contains("1,048,576"));
}

/// What is in `src/payload/` and reads nothing from outside.
const NO_DECODERS: [&str; 4] = ["mod", "outline", "python", "ruby"];

#[test]
fn every_reader_of_payloads_is_a_decoder_and_has_a_fuzz_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: &str| -> Vec<String> {
        let files = std::fs::read_dir(root.join(folder)).expect("is there");
        let names =
            files.map(|file| file.expect("readable").path().file_stem().map(|n| n.to_string_lossy().into()));
        let mut names: Vec<String> = names.flatten().collect();
        names.sort();
        names
    };
    let mut decoders: Vec<String> = decoders::DECODERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    decoders.sort();
    for name in names("src/payload").iter().filter(|name| !NO_DECODERS.contains(&name.as_str())) {
        assert!(decoders.contains(name), "src/payload/{name}.rs is not in tests/decoders/mod.rs");
    }
    assert_eq!(decoders, names("fuzz/src/bin"), "one fuzz target a decoder");
}
