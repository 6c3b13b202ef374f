//! A server that signs or encrypts a cookie, and the questions that every one of them is asked.

use std::time::{SystemTime, UNIX_EPOCH};

use keyjar::inspect::inspect;
use keyjar::protocol::{
    Ask, CaveatKind, CookieDraft, Draft, ItemReport, Options, Payload, PayloadDraft, PayloadForm, Role,
    Signed, Verdict,
};
use keyjar::secret::SecretText;
use keyjar::sign::sign;
use serde_json::{Value, json};

use crate::process::Server;

/// A framework, and what there is to say of it.
pub struct Peer {
    /// In this folder.
    pub script: &'static str,
    /// Keyjar's name for what it makes.
    pub scheme: &'static str,
    /// The cookie's name.
    pub cookie: &'static str,
    /// Each list is that of one server; those with one secret only, where the framework knows no rotation.
    pub secrets: &'static [&'static [&'static str]],
    /// A secret that is in none of them.
    pub wrong: &'static str,
    /// What its cookie is set to.
    pub values: fn() -> Vec<Value>,
    /// The scheme's options for a server that has these secrets.
    pub options: fn(&[&str]) -> Options,
    /// What a program gets for a payload.
    pub read: fn(&Payload) -> Value,
    /// The value, from what the framework makes of it.
    pub own: fn(Value) -> Value,
}

/// What can be asked with the secrets of a path.
pub trait Framework {
    /// The `Set-Cookie` lines for the value.
    fn set(&self, path: &str, value: &Value) -> String;

    /// What it reads in the cookie; null if it takes it for none.
    fn read(&self, path: &str, cookie: &str) -> Value;
}

impl Framework for Server {
    fn set(&self, path: &str, value: &Value) -> String {
        self.post(path, &json!({ "value": value })).set_cookie()
    }

    fn read(&self, path: &str, cookie: &str) -> Value {
        self.get(path, cookie).json()["value"].take()
    }
}

/// Secrets of any length.
pub const SECRETS: &[&[&str]] = &[
    &["keyboard cat"],
    &["pa$$w0rd #\"'`\\ %20 &=;, é鍵🔑"],
    &["the newest", "the one before", "the oldest"],
];

/// The same, for frameworks that take none with fewer than 32 characters.
pub const PASSWORDS: &[&[&str]] = &[
    &["a password of more than thirty-two characters"],
    &["pa$$w0rd #\"'`\\ %20 &=;, é鍵🔑 and enough besides"],
    &[
        "the newest password, of at least thirty-two characters",
        "the one before, of at least thirty-two characters",
        "the oldest password, of at least thirty-two characters",
    ],
];

impl Peer {
    /// A peer without options, whose values come back as they are.
    pub const fn new(script: &'static str, scheme: &'static str, values: fn() -> Vec<Value>) -> Self {
        Self {
            script,
            scheme,
            cookie: "peer",
            secrets: SECRETS,
            wrong: "not the secret, though it is as long as it has to be",
            values,
            options: |_| Options::new(),
            read: value_of,
            own: |value| value,
        }
    }

    /// Every question, with every list of secrets.
    pub fn exchange(&self) {
        self.exchange_with(&Server::start(self.script, self.secrets));
    }

    pub fn exchange_with(&self, server: &impl Framework) {
        for (index, secrets) in self.secrets.iter().enumerate() {
            let path = format!("/{index}");
            for value in (self.values)() {
                self.keyjar_reads(server, &path, secrets, &value);
                self.keyjar_makes(server, &path, secrets, &value);
            }
            self.nobody_takes_another_secret(server, &path, secrets);
            self.both_see_what_was_changed(server, &path, secrets);
        }
    }

    /// What the framework makes is recognised, verifies, and holds the value.
    pub fn keyjar_reads(&self, server: &impl Framework, path: &str, secrets: &[&str], value: &Value) {
        let lines = server.set(path, value);
        let item = self.look(&lines, secrets);
        let is_candidate = item.candidates.iter().any(|candidate| candidate.scheme == self.scheme);
        assert!(is_candidate || *value == json!(""), "{}: not recognised: {lines}", self.script);
        assert_eq!(self.accepted(&item).as_ref(), Some(value), "{}: {lines}", self.script);
        let opened = item.opened.expect("it was opened");
        assert!(matches!(opened.verdict, Verdict::Valid { secret: 0, .. }), "{:?}", opened.verdict);
    }

    /// What Keyjar makes the framework accepts, with every secret of its list.
    fn keyjar_makes(&self, server: &impl Framework, path: &str, secrets: &[&str], value: &Value) {
        for newest in 0..secrets.len() {
            let cookie = self.cookie(value, &secrets[newest..]);
            assert_eq!(self.answer(server, path, &cookie).as_ref(), Some(value), "{}: {cookie}", self.script);
        }
    }

    fn nobody_takes_another_secret(&self, server: &impl Framework, path: &str, secrets: &[&str]) {
        let value = (self.values)().swap_remove(0);
        let forged = self.cookie(&value, &[self.wrong]);
        assert_eq!(self.answer(server, path, &forged), None, "{}: {forged}", self.script);
        let lines = server.set(path, &value);
        for (header, secrets) in [(format!("Cookie: {forged}"), secrets), (lines, &[self.wrong])] {
            let opened = self.look(&header, secrets).opened.expect("it was opened");
            assert!(matches!(opened.verdict, Verdict::Invalid { .. }), "{header}: {:?}", opened.verdict);
        }
    }

    /// A cookie in which one character is another, or percent-encoded: either both take it, for the same value, or neither
    /// does.
    fn both_see_what_was_changed(&self, server: &impl Framework, path: &str, secrets: &[&str]) {
        let cookie = self.cookie(&(self.values)().swap_remove(0), secrets);
        let start = cookie.find('=').expect("a pair") + 1;
        // Behind `~` stands a version that iron-session does not seal, and whose other values each of its versions reads
        // in another way.
        let end = cookie.find('~').unwrap_or(cookie.len());
        let (step, last) = ((end - start).div_ceil(12), end - 6);
        let places = (start..last).step_by(step).chain(last..end);
        let encoded =
            format!("{}%{:02X}{}", &cookie[..start], cookie.as_bytes()[start], &cookie[start + 1..]);
        for changed in places.filter_map(|at| changed(&cookie, at)).chain([encoded]) {
            let theirs = self.answer(server, path, &changed);
            let ours = self.accepted(&self.look(&format!("Cookie: {changed}"), secrets));
            assert_eq!(ours, theirs, "{}: {cookie}\nchanged: {changed}", self.script);
        }
    }

    /// What the framework reads in the cookie.
    fn answer(&self, server: &impl Framework, path: &str, cookie: &str) -> Option<Value> {
        let value = server.read(path, cookie);
        (!value.is_null()).then(|| (self.own)(value))
    }

    /// What Keyjar reads in the cookie, if it finds that it holds.
    fn accepted(&self, item: &ItemReport) -> Option<Value> {
        let opened = item.opened.as_ref()?;
        let Verdict::Valid { but, .. } = &opened.verdict else { return None };
        let holds = but.iter().all(|caveat| caveat.kind == CaveatKind::WeakSecret);
        holds.then(|| (self.own)((self.read)(opened.payload.as_ref().expect("has a payload"))))
    }

    /// The header's value with what Keyjar makes; the newest of `secrets` signs.
    pub fn cookie(&self, value: &Value, secrets: &[&str]) -> String {
        let form = if value.is_string() { PayloadForm::Text } else { PayloadForm::Json };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let draft = Draft {
            scheme: self.scheme.into(),
            payload: PayloadDraft { form, text },
            secrets: texts(secrets),
            options: (self.options)(secrets),
            cookie: CookieDraft { name: self.cookie.into(), ..CookieDraft::default() },
            now: Some(now()),
            patient: false,
        };
        let signed = sign(&draft).unwrap_or_else(|error| panic!("{}: {value}: {error:?}", self.script));
        let mut cookie = format!("{}={}", self.cookie, signed.cookie_value);
        if self.scheme == "keygrip" {
            cookie.push_str(&format!("; {}.sig={}", self.cookie, signature(&signed)));
        }
        cookie
    }

    /// The cookie in `header`, read as the framework's.
    pub fn look(&self, header: &str, secrets: &[&str]) -> ItemReport {
        let is_it = |item: &ItemReport| item.name.as_deref() == Some(self.cookie);
        let item = inspect(header, &Ask::default()).items.iter().position(is_it).expect("it is there");
        let ask = Ask {
            secrets: texts(secrets),
            item: Some(item),
            scheme: Some(self.scheme.into()),
            options: (self.options)(secrets),
            now: Some(now()),
            ..Ask::default()
        };
        inspect(header, &ask).items.swap_remove(item)
    }
}

/// The same with the next letter or digit at that place; nothing where something else stands.
fn changed(cookie: &str, at: usize) -> Option<String> {
    let next = match cookie.as_bytes().get(at)? {
        b'9' => '0',
        b'z' => 'a',
        b'Z' => 'A',
        byte if byte.is_ascii_alphanumeric() => char::from(byte + 1),
        _ => return None,
    };
    Some(format!("{}{next}{}", &cookie[..at], &cookie[at + 1..]))
}

/// The signature where it is not in the value.
fn signature(signed: &Signed) -> &str {
    let step = signed.steps.iter().find(|step| step.role == Some(Role::Signature));
    &step.expect("it is signed").output.shown
}

pub fn value_of(payload: &Payload) -> Value {
    match payload {
        Payload::Json(text) => serde_json::from_str(text).expect("JSON"),
        Payload::Text(text) => Value::from(text.as_str()),
        Payload::Object { json: Some(text), .. } => serde_json::from_str(text).expect("JSON"),
        Payload::Bytes(_) | Payload::Object { .. } => panic!("{payload:?}"),
    }
}

/// Keyjar shows a text that is JSON as JSON; to a program it is a text.
pub fn text_of(payload: &Payload) -> Value {
    std::str::from_utf8(payload.bytes()).expect("text").into()
}

fn texts(secrets: &[&str]) -> Vec<SecretText> {
    secrets.iter().map(|secret| SecretText::new(*secret, None)).collect()
}

/// The servers have the real clock.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("later than 1970");
    i64::try_from(since.as_secs()).expect("not that late")
}
