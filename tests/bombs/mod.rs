//! Input that is meant to cost time or memory, or to exhaust the stack. `tests/bounds.rs` looks at what is said of each;
//! `benches/limits.rs` holds each to its time.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use keyjar::inspect::inspect;
use keyjar::intake::Item;
use keyjar::limits::{MAX_INFLATED, MAX_INPUT, MAX_KEYS, MAX_SECRETS};
use keyjar::protocol::{
    Ask, CookieDraft, Draft, Opened, Options, PayloadDraft, PayloadForm, Report, Verdict,
};
use keyjar::scheme;
use keyjar::scheme::kit::base64::{BASE64_PADDED, BASE64URL};
use keyjar::scheme::kit::digest::Digest;
use keyjar::scheme::kit::inflate;
use keyjar::secret::SecretText;
use keyjar::sign::sign;
use keyjar::work::Call;
use serde_json::json;

mod tokens;

/// How long this thread has been running: what other programs do does not count, where the system tells.
pub fn busy() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// One of them.
pub struct Bomb {
    pub name: String,
    door: Door,
    /// Part of what is said of it; any message does where this is empty.
    // The benchmark only takes the time.
    #[allow(dead_code)]
    pub says: &'static str,
}

/// Where it comes in.
enum Door {
    /// It is pasted.
    Inspect { input: Arc<str>, ask: Ask },
    /// A scheme opens it as it stands.
    Open { scheme: &'static str, value: Arc<str>, ask: Ask },
    /// It is to be made.
    Sign(Box<Draft>),
}

impl Bomb {
    fn pasted(name: impl Into<String>, input: impl Into<Arc<str>>, ask: Ask, says: &'static str) -> Self {
        Self { name: name.into(), door: Door::Inspect { input: input.into(), ask }, says }
    }

    /// Every message that it gets: why nothing can be read, what each key is, of each item why it is not valid.
    pub fn said(&self) -> Vec<String> {
        match &self.door {
            Door::Inspect { input, ask } => of_report(&inspect(input, ask)),
            Door::Open { scheme, value, ask } => {
                let _call = Call::begin();
                let item = Item::bare(None, value);
                of_opened(&scheme::by_id(scheme).expect("is there").open(&item, ask))
            }
            Door::Sign(draft) => {
                let said = |error: keyjar::protocol::SignError| error.message;
                vec![sign(draft).map_or_else(said, |_| "It is made.".to_owned())]
            }
        }
    }
}

fn of_report(report: &Report) -> Vec<String> {
    let problem = report.problem.iter().map(|problem| problem.message.clone());
    let findings = report.keys.iter().flat_map(|key| &key.findings).map(|finding| finding.message.clone());
    let keys = report.keys.iter().map(|key| key.title.clone()).chain(findings);
    let items = report.items.iter().flat_map(|item| match &item.opened {
        Some(opened) => of_opened(opened),
        None => vec!["It has the form of no scheme.".to_owned()],
    });
    problem.chain(keys).chain(items).collect()
}

fn of_opened(opened: &Opened) -> Vec<String> {
    let verdict = match &opened.verdict {
        Verdict::Invalid { message, .. } => message.clone(),
        Verdict::Unchecked { missing } => missing.clone(),
        Verdict::Valid { .. } => "It is valid.".to_owned(),
    };
    let findings = opened.findings.iter().map(|finding| finding.message.clone());
    std::iter::once(verdict).chain([opened.title.clone()]).chain(findings).collect()
}

/// Long enough for every framework.
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const LEVELS: usize = 100_000;

/// Payloads that are nested in 10^5 levels, each with its format.
pub fn deep() -> Vec<(&'static str, Vec<u8>)> {
    let nest = |before: &[u8], inner: &[u8], after: &[u8], levels: usize| {
        [before.repeat(levels), inner.to_vec(), after.repeat(levels)].concat()
    };
    let deep = |format, head: &[u8], nested: Vec<u8>| (format, [head, &nested].concat());
    vec![
        deep("json", b"", nest(b"[", b"", b"]", LEVELS)),
        deep("json", b"", nest(b"{\"a\":", b"1", b"}", LEVELS)),
        deep("etf", &[131], nest(&[104, 1], &[106], b"", LEVELS)),
        deep("etf", &[131], nest(&[108, 0, 0, 0, 1], &[106], &[106], LEVELS)),
        deep("marshal", &[4, 8], nest(b"[\x06", b"0", b"", LEVELS)),
        deep("messagepack", b"", nest(&[0x91], &[0xc0], b"", LEVELS)),
        deep("php_serialize", b"", nest(b"a:1:{i:0;", b"i:0;", b"}", LEVELS / 2)),
        deep(
            "pickle",
            b"\x80\x02",
            nest(b"]", b"", b"a", LEVELS)[..2 * LEVELS - 1].iter().copied().chain(*b".").collect(),
        ),
        deep("pickle", b"\x80\x02K\x01", [&nest(b"", b"", &[0x85], LEVELS)[..], b"."].concat()),
    ]
}

/// Every bomb, a kind at a time.
pub const KINDS: [fn() -> Vec<Bomb>; 10] = [
    nested,
    made,
    inflating,
    rounds,
    garbage,
    heaps,
    tokens::nested,
    tokens::large,
    tokens::keys,
    tokens::made,
];

fn ask() -> Ask {
    Ask { secrets: vec![SecretText::new(SECRET, None)], now: Some(1_800_000_000), ..Ask::default() }
}

fn of_scheme(id: &str) -> Ask {
    Ask { scheme: Some(id.into()), ..ask() }
}

/// A way to sign any bytes as a framework does, with [`SECRET`]: the scheme, and the value as a cookie.
type Signer = (&'static str, &'static [&'static str], fn(&[u8]) -> String);

/// What frameworks write by themselves cannot be nested so deep: these sign what they are given.
const SIGNERS: &[Signer] = &[
    ("jws", &["json"], |payload| {
        let signed = format!("{}.{}", BASE64URL.encode(b"{\"alg\":\"HS256\"}"), BASE64URL.encode(payload));
        let tag = Digest::Sha256.tag(SECRET.as_bytes(), signed.as_bytes());
        format!("{signed}.{}", BASE64URL.encode(&tag))
    }),
    ("express-cookie-signature", &["json"], |payload| {
        let value = format!("j:{}", String::from_utf8_lossy(payload));
        let tag = Digest::Sha256.tag(SECRET.as_bytes(), value.as_bytes());
        format!("connect.sid=s:{value}.{}", BASE64_PADDED.encode(&tag).trim_end_matches('='))
    }),
    ("django-session-signed-cookies", &["json", "pickle"], |payload| {
        format!("sessionid={}", django(&BASE64URL.encode(payload)))
    }),
    ("flask-session", &["json"], |payload| format!("session={}", flask(&BASE64URL.encode(payload)))),
    ("starlette-session", &["json"], |payload| {
        let key = Digest::Sha1.hash(["itsdangerous.Signersigner", SECRET].concat().as_bytes());
        format!("session={}", timed(&BASE64_PADDED.encode(payload), '.', Digest::Sha1, &key))
    }),
    ("rails-signed-cookie", &["json", "marshal", "messagepack"], |payload| {
        let key = Digest::Sha1.pbkdf2(SECRET.as_bytes(), b"signed cookie", 1_000, 64).expect("few rounds");
        format!("_app_session={}", hex_tagged(payload, Digest::Sha1, key.bytes()))
    }),
    ("rack-session-cookie", &["json", "marshal"], |payload| {
        format!("rack.session={}", hex_tagged(payload, Digest::Sha1, SECRET.as_bytes()))
    }),
    ("plug-session-cookie", &["etf"], |payload| {
        let key = Digest::Sha256.pbkdf2(SECRET.as_bytes(), b"salt", 1_000, 32).expect("few rounds");
        let signed = format!("SFMyNTY.{}", BASE64URL.encode(payload));
        let tag = BASE64URL.encode(&Digest::Sha256.tag(key.bytes(), signed.as_bytes()));
        format!("_app_key={signed}.{tag}")
    }),
    ("bottle-cookie", &["pickle"], |payload| {
        let data = BASE64_PADDED.encode(payload);
        let tag = Digest::Sha256.tag(SECRET.as_bytes(), data.as_bytes());
        format!("account=\"!{}?{data}\"", BASE64_PADDED.encode(&tag))
    }),
    ("beaker-cookie-session", &["pickle"], |payload| {
        let data = BASE64_PADDED.encode(payload);
        let tag = hex::encode(Digest::Sha1.tag(SECRET.as_bytes(), data.as_bytes()));
        format!("beaker.session.id={tag}{data}")
    }),
    ("pyramid-session", &["pickle", "json"], |payload| {
        let key = ["pyramid.session.", SECRET].concat();
        let tag = Digest::Sha512.tag(key.as_bytes(), payload);
        format!("session={}", BASE64URL.encode(&[&tag, payload].concat()))
    }),
    ("werkzeug-secure-cookie", &["json", "pickle"], |payload| {
        let item = format!("a={}", BASE64_PADDED.encode(payload));
        let tag = Digest::Sha1.tag(SECRET.as_bytes(), format!("|{item}").as_bytes());
        format!("session=\"{}?{item}\"", BASE64_PADDED.encode(&tag))
    }),
];

fn timed(payload: &str, separator: char, digest: Digest, key: &[u8]) -> String {
    let signed = format!("{payload}{separator}aR9zfw");
    let tag = BASE64URL.encode(&digest.tag(key, signed.as_bytes()));
    format!("{signed}{separator}{tag}")
}

fn django(payload: &str) -> String {
    let salt = "django.contrib.sessions.backends.signed_cookiessigner";
    let key = Digest::Sha256.hash([salt, SECRET].concat().as_bytes());
    timed(payload, ':', Digest::Sha256, &key)
}

fn flask(payload: &str) -> String {
    timed(payload, '.', Digest::Sha1, &Digest::Sha1.tag(SECRET.as_bytes(), b"cookie-session"))
}

fn hex_tagged(payload: &[u8], digest: Digest, key: &[u8]) -> String {
    let data = BASE64_PADDED.encode(payload);
    let tag = hex::encode(digest.tag(key, data.as_bytes()));
    format!("{data}--{tag}")
}

/// Deep payloads, rightly signed, so that the reader of the payload is reached; each with the scheme chosen, and without.
fn nested() -> Vec<Bomb> {
    let deep = deep();
    let mut bombs = Vec::new();
    for (scheme, formats, sign) in SIGNERS {
        let salt = Options::from([("signing_salt".into(), "salt".into())]);
        let options = if *scheme == "plug-session-cookie" { salt } else { Options::new() };
        for (format, bytes) in deep.iter().filter(|(format, _)| formats.contains(format)) {
            let name = format!("{format}, 10^5 levels, in {scheme}");
            bombs.extend(both(name, sign(bytes), Ask { options: options.clone(), ..of_scheme(scheme) }));
        }
    }
    // A header is read too.
    let header = BASE64URL.encode(&deep[0].1);
    let token = format!("{header}.e30.{}", BASE64URL.encode(&[7; 32]));
    bombs.push(Bomb::pasted(
        "json, 10^5 levels, in the header of a token",
        token,
        of_scheme("jws"),
        "header",
    ));
    bombs
}

/// With its scheme chosen, and without.
fn both(name: String, input: String, ask: Ask) -> [Bomb; 2] {
    let open = Ask { scheme: None, options: Options::new(), ..ask.clone() };
    let input: Arc<str> = input.into();
    let unchosen = format!("{name}, no scheme chosen");
    [Bomb::pasted(unchosen, Arc::clone(&input), open, ""), Bomb::pasted(name, input, ask, "")]
}

/// Deep payloads in all that can be made of any bytes or text.
fn made() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    for (format, bytes) in deep() {
        let forms = [
            (PayloadForm::Hex, hex::encode(&bytes)),
            (PayloadForm::Text, String::from_utf8(bytes).unwrap_or_default()),
        ];
        for (form, text) in forms.into_iter().filter(|(_, text)| !text.is_empty()) {
            for scheme in scheme::ALL.iter().filter(|scheme| scheme.about().payload_forms.contains(&form)) {
                let about = scheme.about();
                let Ok(made) = scheme.make(&draft(&about.id, form, &text)) else { continue };
                let input = pasted(about.cookie_names.first().map(AsRef::as_ref), &made.value);
                let name = format!("{format}, 10^5 levels, made as {form:?} by {}", about.id);
                if input.len() <= MAX_INPUT {
                    bombs.push(Bomb::pasted(name, input, of_scheme(&about.id), ""));
                }
            }
        }
    }
    bombs
}

fn draft(scheme: &str, form: PayloadForm, text: &str) -> Draft {
    Draft {
        scheme: scheme.into(),
        payload: PayloadDraft { form, text: text.into() },
        secrets: ask().secrets,
        options: Options::new(),
        cookie: CookieDraft::default(),
        now: Some(1_800_000_000),
        patient: false,
    }
}

fn pasted(name: Option<&str>, value: &str) -> String {
    name.map_or_else(|| value.to_owned(), |name| format!("{name}={value}"))
}

/// What inflates: to more than is allowed, and to just what is allowed, which is then read.
fn inflating() -> Vec<Bomb> {
    let whole = |before: &str, piece: &str, after: &str| {
        let times = (MAX_INFLATED - before.len() - after.len()) / piece.len();
        [before, &piece.repeat(times), after].concat().into_bytes()
    };
    let contents = [
        ("zeros beyond the limit", vec![0; 64 * MAX_INFLATED], "inflates to more than"),
        ("a text", whole("\"", "x", "\""), ""),
        ("open brackets", whole("", "[", ""), ""),
        ("small numbers", whole("[", "0,", "0]"), ""),
        ("small lists", whole("[", "[],", "0]"), ""),
        ("small objects", whole("[", "{\"\":0},", "0]"), ""),
        ("tags", whole("{\"a\":[", "{\" t\":[]},", "0]}"), ""),
    ];
    let json = Options::from([("data_serializer".into(), "json".into())]);
    let zipped = Options::from([("coder".into(), "Base64::ZipJSON".into())]);
    let mut bombs = Vec::new();
    for (what, bytes, says) in &contents {
        let zlib = inflate::to_zlib(bytes);
        let packed = format!(".{}", BASE64URL.encode(&zlib));
        let data = BASE64_PADDED.encode(&zlib);
        let beaker = hex::encode(Digest::Sha1.tag(SECRET.as_bytes(), data.as_bytes()));
        for (scheme, input, options) in [
            ("django-session-signed-cookies", format!("sessionid={}", django(&packed)), &Options::new()),
            ("flask-session", format!("session={}", flask(&packed)), &Options::new()),
            ("beaker-cookie-session", format!("beaker.session.id={beaker}{data}"), &json),
            (
                "rack-session-cookie",
                format!("rack.session={}", hex_tagged(&zlib, Digest::Sha1, SECRET.as_bytes())),
                &zipped,
            ),
        ] {
            let ask = Ask { options: options.clone(), ..of_scheme(scheme) };
            // Unchosen, schemes that fit as well come first.
            let [unchosen, chosen] = both(format!("{what}, inflated by {scheme}"), input, ask);
            bombs.extend([unchosen, Bomb { says, ..chosen }]);
        }
    }
    let token = jwe(&json!({"alg": "dir", "enc": "A256GCM", "zip": "DEF"}));
    bombs.push(Bomb::pasted("a compressed JWE", token, of_scheme("authjs-jwe"), "zip"));
    bombs
}

fn jwe(header: &serde_json::Value) -> String {
    let header = BASE64URL.encode(header.to_string().as_bytes());
    format!(
        "__Secure-authjs.session-token={header}..{0}.{1}.{2}",
        BASE64URL.encode(&[7; 12]),
        BASE64URL.encode(&[7; 64]),
        BASE64URL.encode(&[7; 16])
    )
}

/// More rounds of a key derivation than anybody waits for: wherever a value or an option says how many.
fn rounds() -> Vec<Bomb> {
    const COUNT: u64 = 1_000_000_000;
    let many = json!({ "iterations": COUNT });
    let mut bombs = Vec::new();
    for (scheme, options) in [
        ("hapi-signed-cookie", json!({ "iterations": COUNT })),
        ("rails-message-encryptor", json!({ "iterations": COUNT, "salt": "salt" })),
        ("rails8-message-encryptor", json!({ "iterations": COUNT, "salt": "salt" })),
        ("plug-session-cookie", json!({ "key_iterations": COUNT, "signing_salt": "salt" })),
        ("plug-signed-cookie", json!({ "key_iterations": COUNT })),
        ("phoenix-token", json!({ "key_iterations": COUNT, "salt": "salt" })),
        ("phoenix-token-encrypted", json!({ "key_iterations": COUNT, "salt": "salt" })),
        ("iron-seal", json!({ "encryption": many })),
        ("iron-seal", json!({ "integrity": many })),
        ("h3-session", json!({ "seal": { "encryption": many, "integrity": many } })),
        ("h3-session-v2", json!({ "seal": { "encryption": many, "integrity": many } })),
    ] {
        let options: Options =
            options.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        let about = scheme::by_id(scheme).expect("is there").about();
        let few = options
            .iter()
            .filter(|(_, value)| value.is_string())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let cookie = CookieDraft { name: "session".into(), ..CookieDraft::default() };
        let draft = Draft { options: few, cookie, ..draft(scheme, about.payload_forms[0], &about.example) };
        let made = scheme::by_id(scheme).expect("is there").make(&draft).expect("can be made");
        let names: Vec<&String> = options.keys().collect();
        let name = format!("10^9 rounds, {names:?} of {scheme}");
        let input = format!("session={}", made.value);
        bombs.push(Bomb::pasted(name, input, Ask { options, ..of_scheme(scheme) }, "iterations"));
    }
    let header = json!({"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2c": COUNT, "p2s": "AAAA"});
    let name = "10^9 rounds, in the header of a session of Auth.js";
    bombs.push(Bomb::pasted(name, jwe(&header), of_scheme("authjs-jwe"), "PBES2"));
    let input = format!("session={}%3B{}", BASE64_PADDED.encode(&[7; 64]), BASE64_PADDED.encode(&[7; 24]));
    let options = Options::from([("configured_as".into(), "secret".into())]);
    let ask = Ask { options, ..of_scheme("fastify-secure-session") };
    bombs.push(Bomb::pasted("a key by Argon2id", input, ask, "256 MiB"));
    bombs
}

/// A mebibyte of nothing in particular.
fn garbage() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    for (number, (what, text)) in mebibytes().into_iter().enumerate() {
        for (place, before) in
            [("alone", ""), ("in a cookie", "session="), ("in a line", "Set-Cookie: session=")]
        {
            let input: Arc<str> = format!("{before}{}", text.get(before.len()..).unwrap_or_default()).into();
            for ask in [Ask::default(), ask()] {
                let with = if ask.secrets.is_empty() { "without" } else { "with" };
                let name = format!("1 MiB of {what}, {place}, {with} a secret");
                bombs.push(Bomb::pasted(name, Arc::clone(&input), ask, ""));
            }
        }
        let text: Arc<str> = text.into();
        // The first few have a form that schemes look into.
        for scheme in scheme::ALL.iter().filter(|_| number < 5) {
            let id = &scheme.about().id;
            let name = format!("1 MiB of {what}, as {id}");
            bombs.push(Bomb::pasted(name, Arc::clone(&text), of_scheme(id), ""));
        }
    }
    bombs
}

/// Kinds of garbage that look a little like something.
fn mebibytes() -> Vec<(&'static str, String)> {
    let mut state = 42_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let bytes: Vec<u8> = (0..MAX_INPUT * 3 / 4).map(|_| random()).collect();
    let base64 = BASE64URL.encode(&bytes);
    let (head, tail) = (&base64[..MAX_INPUT - 44], &base64[..43]);
    let tagged = |between: &str| format!("{}{between}{tail}", &head[between.len()..]);
    let mut kinds = vec![
        ("tagged Base64", tagged(".")),
        ("Base64 with a hex tag", format!("{}--{}", &base64[..MAX_INPUT - 42], "a".repeat(40))),
        ("a token's form", format!("eyJhbGciOiJIUzI1NiJ9.{}.{tail}", &head[22..])),
        ("text in the form of a signed cookie", tagged(":aR9zfw:")),
        ("random Base64", base64),
    ];
    for piece in [
        "a",
        ".",
        "%",
        "%3A",
        "7",
        "[",
        "{\"a\":",
        "=",
        "--",
        "*",
        "|",
        "&a=",
        ";",
        "a=b; ",
        "s:",
        "\u{1f511}",
        "\0",
        " ",
    ] {
        kinds.push((piece, piece.repeat(MAX_INPUT / piece.len())));
    }
    kinds
}

/// Much that looks right, and is signed with another secret: each has settings and readings to try.
fn heaps() -> Vec<Bomb> {
    let mut bombs = Vec::new();
    for (id, count, length) in [
        ("h3-session-v2", 200, 200),
        ("rails8-encrypted-cookie", 200, 3_000),
        ("rails-message-verifier", 200, 3_000),
        ("jws", 200, 3_000),
        ("django-session-signed-cookies", 200, 3_000),
        ("flask-session", 200, 3_000),
        ("paseto", 200, 3_000),
        ("branca", 170, 4_400),
        ("django-session-signed-cookies", 1, 780_000),
        ("flask-session", 1, 780_000),
        ("jws", 1, 780_000),
        ("rails-signed-cookie", 1, 780_000),
        ("mojolicious-session", 1, 780_000),
        ("paseto", 1, 780_000),
    ] {
        let scheme = scheme::by_id(id).expect("is there");
        let text = json!({ "text": "xy".repeat(length / 2) }).to_string();
        let made = scheme.make(&draft(id, PayloadForm::Json, &text)).expect("can be made").value;
        let value = made.replace(';', "%3B");
        let input = (0..count).map(|number| format!("session{number}={value}; ")).collect::<String>();
        let wrong = |number: usize| SecretText::new(format!("{number:064}"), None);
        for number in [1, MAX_SECRETS] {
            let secrets: Vec<SecretText> = (0..number).map(wrong).collect();
            let name = format!("{count} of {id} with {length} bytes, and {} wrong secrets", secrets.len());
            // The keys of each are derived anew for each secret.
            let says = if id == "h3-session-v2" && number > 1 { "takes too long to check all" } else { "" };
            let input = input.get(..MAX_INPUT).unwrap_or(&input);
            bombs.push(Bomb::pasted(name, input, Ask { secrets, ..ask() }, says));
        }
    }
    for (bits, kind) in [(4096, "RSA keys without their primes"), (16_384, "long RSA keys")] {
        let number = BASE64URL.encode(&vec![0xfb; bits / 8]);
        let mut key = json!({ "kty": "RSA", "n": number, "e": "AQAB", "d": number });
        if kind == "long RSA keys" {
            let prime = BASE64URL.encode(&vec![0xfb; bits / 16]);
            (key["p"], key["q"]) = (json!(prime), json!(prime));
        }
        let input = json!({ "keys": vec![key; MAX_KEYS] }).to_string();
        bombs.push(Bomb::pasted(format!("{MAX_KEYS} {kind}"), input, ask(), "so many private RSA keys"));
    }
    bombs
}
