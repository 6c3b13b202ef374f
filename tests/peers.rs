//! Real servers and libraries accept what Keyjar makes, and Keyjar what they make: Express with cookie-parser and
//! express-session, npm jose, PyPI PyJWT.
//!
//! `make test` installs them: Node packages in `node_modules/`, Python's in `.venv/`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keyjar::inspect::inspect;
use keyjar::protocol::{
    Ask, CookieDraft, Draft, ItemReport, Options, Payload, PayloadDraft, PayloadForm, Signed, Verdict,
};
use keyjar::secret::{SecretEncoding, SecretText};
use keyjar::sign::sign;
use serde_json::{Value, json};

const SECRETS: [&[&str]; 3] = [
    &["keyboard cat"],
    &["pa$$w0rd #\"'`\\ %20 &=;, é鍵🔑"],
    &["the newest", "the one before", "the oldest"],
];

#[test]
fn express_reads_signed_cookies_of_keyjar() {
    let express = Express::start();
    for (path, secrets) in SECRETS.iter().enumerate() {
        for value in values() {
            // Rotation: a cookie signed with any of the secrets is good.
            for secret in *secrets {
                let signed = sign(&draft(&value, secret)).expect("can be signed");
                let cookie = format!("peer={}", signed.cookie_value);
                let read = express.get(&format!("/{path}/cookie"), &cookie).json();
                assert_eq!(read["peer"], value, "{cookie}");
            }
        }
        let forged = sign(&draft(&json!("admin"), "not the secret")).expect("can be signed");
        let read = express.get(&format!("/{path}/cookie"), &format!("peer={}", forged.cookie_value)).json();
        assert_eq!(read["peer"], json!(false), "a forged cookie");
    }
}

#[test]
fn keyjar_reads_signed_cookies_of_express() {
    let express = Express::start();
    for (path, secrets) in SECRETS.iter().enumerate() {
        for value in values() {
            let response = express.post(&format!("/{path}/cookie"), &json!({ "value": value }));
            let item = look(&response.header_line("Set-Cookie"), secrets);
            let opened = item.opened.as_ref().expect("recognised");
            assert_eq!(opened.scheme, "express-cookie-signature");
            assert!(matches!(opened.verdict, Verdict::Valid { secret: 0, .. }), "{:?}", opened.verdict);
            let payload = opened.payload.as_ref().expect("has a payload");
            let read = match payload {
                Payload::Json(text) => serde_json::from_str(text).expect("JSON"),
                Payload::Text(text) => Value::from(text.as_str()),
                Payload::Bytes(_) | Payload::Object { .. } => panic!("Express signs text"),
            };
            assert_eq!(read, value);
        }
    }
}

#[test]
fn express_session_goes_on_with_a_cookie_of_keyjar() {
    let express = Express::start();
    let (path, secrets) = ("/2/session", SECRETS[2]);
    let first = express.get(path, "");
    let item = look(&first.header_line("Set-Cookie"), secrets);
    assert_eq!(item.name.as_deref(), Some("connect.sid"));
    let Some(Payload::Text(id)) = item.opened.and_then(|opened| opened.payload) else {
        panic!("an id is text")
    };
    assert_eq!(first.json()["id"], json!(id));

    let with = |secret: &str| {
        let signed = sign(&draft(&json!(id), secret)).expect("can be signed");
        express.get(path, &format!("connect.sid={}", signed.cookie_value)).json()
    };
    assert_eq!(with(secrets[0]), json!({ "id": id, "visits": 2 }));
    assert_eq!(with(secrets[2]), json!({ "id": id, "visits": 3 }), "an older secret of the list");
    assert_eq!(with("not the secret")["visits"], json!(1), "a forged id begins a new session");
}

#[test]
fn jose_and_keyjar_accept_each_others_tokens() {
    exchange(|jobs| run("node", &peer("jose.mjs"), jobs));
}

#[test]
fn pyjwt_and_keyjar_accept_each_others_tokens() {
    let python = root().join(".venv/bin/python");
    exchange(|jobs| run(&python.to_string_lossy(), &peer("pyjwt.py"), jobs));
}

/// Tokens of Keyjar to the other side and back, for every algorithm and several secrets.
fn exchange(other: impl Fn(&Value) -> Vec<Value>) {
    let claims = json!({ "sub": "7", "name": "Köln 北京 🔑", "roles": ["a", "b"], "exp": 4_102_444_800_u64, "n": 1.5 });
    let keys: [Vec<u8>; 3] = [(0..=255).collect(), vec![0xff; 64], "π".repeat(40).into_bytes()];
    let combinations: Vec<(&str, String)> = ["HS256", "HS384", "HS512"]
        .into_iter()
        .flat_map(|alg| keys.iter().map(move |key| (alg, BASE64_STANDARD.encode(key))))
        .collect();

    let theirs = other(
        &combinations.iter().map(|(alg, key)| json!({ "sign": claims, "alg": alg, "key": key })).collect(),
    );
    for ((alg, key), token) in combinations.iter().zip(&theirs) {
        let secret = SecretText::new(key.as_str(), Some(SecretEncoding::Base64));
        let ask = Ask { secrets: vec![secret], now: Some(1_800_000_000), ..Ask::default() };
        let report = inspect(&format!("Bearer {}", token.as_str().expect("a token")), &ask);
        let opened = report.items[0].opened.as_ref().expect("recognised");
        assert!(
            matches!(&opened.verdict, Verdict::Valid { but, .. } if but.is_empty()),
            "{alg} {:?}",
            opened.verdict
        );
        let payload = opened.payload.as_ref().map(Payload::bytes).expect("has a payload");
        assert_eq!(serde_json::from_slice::<Value>(payload).expect("JSON"), claims);
    }

    let ours: Vec<String> = combinations.iter().map(|(alg, key)| token(alg, key, &claims)).collect();
    let verify = |tokens: &[String]| {
        let jobs = combinations.iter().zip(tokens);
        other(&jobs.map(|((alg, key), token)| json!({ "verify": token, "alg": alg, "key": key })).collect())
    };
    assert!(verify(&ours).iter().all(|payload| *payload == claims), "every token of ours is accepted");
    let tampered: Vec<String> = ours.iter().map(|token| token.replacen(".ey", ".fy", 1)).collect();
    assert!(tampered != ours && verify(&tampered).iter().all(Value::is_null), "no tampered one is");
}

fn token(alg: &str, key: &str, claims: &Value) -> String {
    let draft = Draft {
        scheme: "jws-hmac".into(),
        payload: PayloadDraft { form: PayloadForm::Json, text: claims.to_string() },
        secrets: vec![SecretText::new(key, Some(SecretEncoding::Base64))],
        options: Options::from([("alg".into(), alg.into())]),
        cookie: CookieDraft::default(),
        now: None,
    };
    let Signed { value, .. } = sign(&draft).expect("can be signed");
    value
}

/// What `res.cookie` is given: texts, objects, and what looks like neither.
fn values() -> Vec<Value> {
    vec![
        json!("plain"),
        json!("a=b&c;d,e \"f\" %41+/.~\\"),
        json!("dots.and.more."),
        json!("Köln 北京 🔑"),
        json!({ "user": 7, "roles": ["admin", "editor"], "name": "Köln", "nested": { "n": null, "t": true } }),
        json!([]),
        json!({ "html": "<b>\"q\"</b> & 's'", "nl": "1\n2\t\u{2028}\u{0}" }),
    ]
}

fn draft(value: &Value, secret: &str) -> Draft {
    Draft {
        scheme: "express-cookie-signature".into(),
        payload: PayloadDraft { form: PayloadForm::Json, text: value.to_string() },
        secrets: vec![SecretText::new(secret, None)],
        options: Options::new(),
        cookie: CookieDraft { name: "peer".into(), ..CookieDraft::default() },
        now: None,
    }
}

fn look(header_line: &str, secrets: &[&str]) -> ItemReport {
    let secrets = secrets.iter().map(|secret| SecretText::new(*secret, None)).collect();
    let report = inspect(header_line, &Ask { secrets, ..Ask::default() });
    report.items.into_iter().next().expect("one cookie")
}

/// A running Express server; it ends with this value.
struct Express {
    process: Child,
    port: u16,
}

impl Express {
    fn start() -> Self {
        let mut process = Command::new("node")
            .arg(peer("express.mjs"))
            .env("PEER_SECRETS", serde_json::to_string(&SECRETS).expect("plain data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node is there (see README)");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("readable");
        let port = line.trim().parse().expect("Express prints its port; `make test` installs it");
        Self { process, port }
    }

    fn get(&self, path: &str, cookie: &str) -> Response {
        self.request(&format!("GET {path} HTTP/1.0\r\nCookie: {cookie}\r\n\r\n"))
    }

    fn post(&self, path: &str, body: &Value) -> Response {
        let body = body.to_string();
        let length = body.len();
        let head =
            format!("POST {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {length}");
        self.request(&format!("{head}\r\n\r\n{body}"))
    }

    fn request(&self, request: &str) -> Response {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("Express listens");
        stream.write_all(request.as_bytes()).expect("writable");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("readable");
        let (head, body) = response.split_once("\r\n\r\n").expect("HTTP");
        assert!(head.starts_with("HTTP/1.1 200"), "{response}");
        Response { head: head.to_owned(), body: body.to_owned() }
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Response {
    head: String,
    body: String,
}

impl Response {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    fn header_line(&self, name: &str) -> String {
        let is_it =
            |line: &&str| line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        self.head.lines().find(is_it).unwrap_or_else(|| panic!("no {name} in {}", self.head)).to_owned()
    }
}

/// Runs a program with JSON on its standard input; its JSON output is a list.
fn run(program: &str, script: &Path, jobs: &Value) -> Vec<Value> {
    let mut process = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; `make test` installs it"));
    process.stdin.take().expect("piped").write_all(jobs.to_string().as_bytes()).expect("writable");
    let output = process.wait_with_output().expect("ends");
    assert!(output.status.success(), "{} failed; `make test` installs what it needs", script.display());
    serde_json::from_slice(&output.stdout).expect("a JSON list")
}

fn peer(script: &str) -> PathBuf {
    root().join("tests/peers").join(script)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
