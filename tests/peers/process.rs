//! Starting the scripts, and talking to them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A running server; it ends with this value.
pub struct Server {
    script: &'static str,
    process: Child,
    port: u16,
}

impl Server {
    /// Starts `script`; the n-th list of secrets serves the paths under `/n`.
    pub fn start(script: &'static str, secrets: &[&[&str]]) -> Self {
        let mut process = command(script)
            .env("PEER_SECRETS", json!(secrets).to_string())
            .spawn()
            .unwrap_or_else(|error| panic!("{script}: {error}; `make test-peers` installs what it needs"));
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("readable");
        let Ok(port) = line.trim().parse() else {
            panic!("{script} prints no port; `make test-peers` installs what it needs")
        };
        Self { script, process, port }
    }

    pub fn get(&self, path: &str, cookie: &str) -> Response {
        self.request(&format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"))
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        let body = body.to_string();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}"
        );
        self.request(&format!("{head}\r\n\r\n{body}"))
    }

    fn request(&self, request: &str) -> Response {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.write_all(request.as_bytes()).expect("writable");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("readable");
        let (head, body) = response.split_once("\r\n\r\n").expect("HTTP");
        assert!(
            head.lines().next().is_some_and(|line| line.contains(" 200")),
            "{}: {request}\n{response}",
            self.script
        );
        Response { head: head.to_owned(), body: body.to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub struct Response {
    head: String,
    body: String,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The `Set-Cookie` lines.
    pub fn set_cookie(&self) -> String {
        let is_it =
            |line: &&str| line.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case("set-cookie"));
        let lines: Vec<&str> = self.head.lines().filter(is_it).collect();
        assert!(!lines.is_empty(), "no Set-Cookie in {}", self.head);
        lines.join("\n")
    }
}

/// Runs a script with JSON on its standard input; its JSON output is a list.
pub fn run(script: &str, jobs: &Value) -> Vec<Value> {
    let mut process = command(script)
        .spawn()
        .unwrap_or_else(|error| panic!("{script}: {error}; `make test-peers` installs what it needs"));
    process.stdin.take().expect("piped").write_all(jobs.to_string().as_bytes()).expect("writable");
    let output = process.wait_with_output().expect("ends");
    assert!(output.status.success(), "{script} failed; `make test-peers` installs what it needs");
    serde_json::from_slice(&output.stdout).expect("a JSON list")
}

/// `script` may have arguments behind it.
fn command(script: &str) -> Command {
    let (file, arguments) = script.split_once(' ').unwrap_or((script, ""));
    let (_, language) = file.rsplit_once('.').expect("has an extension");
    let mut command = interpreter(language);
    if language == "go" {
        command.arg("run");
    }
    let path = root().join("tests/peers").join(file);
    command.arg(path).args(arguments.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// What runs scripts that have this extension.
pub fn interpreter(language: &str) -> Command {
    match language {
        "py" => Command::new(root().join(".venv/bin/python")),
        "rb" => Command::new("ruby"),
        "php" => Command::new("php"),
        "pl" => Command::new("perl"),
        // That of the same toolchain.
        "rs" => Command::new(Path::new(env!("CARGO")).with_file_name("rustc")),
        "go" => {
            let mut command = Command::new("go");
            // Debian's packages of libraries are there.
            command.envs([("GOPATH", "/usr/share/gocode"), ("GO111MODULE", "off"), ("GOFLAGS", "")]);
            command
        }
        _ => Command::new("node"),
    }
}

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}
