//! What is written for a target is read back byte for byte by the programs that read it, or it was refused.
//!
//! The readers are the real ones: `sh` (and dash and bash where they are), Node's `--env-file`, npm dotenv, PyPI
//! python-dotenv, npm yaml, PyYAML; the docker client and PowerShell where they are installed. Where a program is not
//! usually there (docker, systemd, PowerShell), this file has a small reading of its own, after the documented rules.
//!
//! All values go through each reader in one file, so that a value that spoils its neighbours is found too.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyjar::env_file::{self, Entry, Target};
use keyjar::keygen::{Key, Recipe, Written};
use keyjar::preset;

/// Variables by name, as a reader gives them.
type Variables = BTreeMap<String, String>;

/// What a value is written for, and the targets that cannot hold it.
struct Hostile {
    value: &'static str,
    refused_by: &'static [&'static str],
}

const fn held(value: &'static str) -> Hostile {
    Hostile { value, refused_by: &[] }
}

const fn refused(value: &'static str, refused_by: &'static [&'static str]) -> Hostile {
    Hostile { value, refused_by }
}

const HOSTILE: &[Hostile] = &[
    refused("", &["powershell"]),
    held("$"),
    held("$HOME"),
    refused("${HOME}", &["dotenv"]),
    refused("a${HOME:-b}c", &["dotenv"]),
    held("${"),
    held("$(id)"),
    held("$$"),
    held("#"),
    held("a#b"),
    held("a #b"),
    held("'"),
    held("''"),
    held("it's"),
    held("'quoted'"),
    held("\""),
    held("\"quoted\""),
    held("`"),
    held("`id`"),
    refused("'\"`", &["dotenv"]),
    held("a'b\"c`d"),
    refused("'\" ", &["dotenv"]),
    refused("\"' #", &["dotenv"]),
    held("\\"),
    held("\\\\"),
    held("a\\"),
    held("\\n"),
    held("\\'"),
    held("\\\""),
    held("\\$"),
    held("it's \\a \\b \\f"),
    held("it's \\n"),
    held("it's \\r"),
    held("it's \\t"),
    held("it's \\v"),
    held("it's \\c"),
    held("\\\\ \\"),
    held("it's a \\"),
    refused("\\\\ #", &["dotenv"]),
    refused("it's #1\\", &["dotenv"]),
    held(" "),
    held(" a"),
    held("a "),
    held(" a b  c "),
    refused("\n", &["docker"]),
    refused("a\nb", &["docker"]),
    refused("a\n", &["docker"]),
    refused("a\n#b\nV0=x\n", &["docker"]),
    refused("\r", &["dotenv", "docker", "systemd"]),
    refused("a\rb", &["dotenv", "systemd"]),
    refused("a\r\nb", &["dotenv", "docker", "systemd"]),
    held("\t"),
    held("a\tb\t"),
    held("="),
    held("=a=b="),
    held("a: b"),
    held("- a"),
    held("!"),
    held("!!str a"),
    held("%"),
    held("%n%%"),
    held("&a *b |c >d ;e"),
    held("~"),
    held("true"),
    held("0x10"),
    held("1e3"),
    held("export A=b"),
    held("käse"),
    held("鍵🔑"),
    held("‘’‚‛“”"),
    held("\u{feff}a\u{feff}"),
    held("\u{a0}a\u{2028}b\u{85}"),
    refused("\u{1b}[0m\u{7f}", &["systemd"]),
];

/// Longer than Windows keeps, shorter than Docker's longest line.
const LONG: usize = 60_000;

#[test]
fn every_target_gives_back_what_was_written() {
    let values = all_values();
    for target in env_file::ALL {
        let held: Vec<(String, &str)> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| target.line("V", value).is_ok())
            .map(|(index, value)| (format!("V{index}"), value.as_str()))
            .collect();
        let file = target.file(&entries(&held)).expect("each line can be written");
        for (reader, read) in read_by_all(target, &file) {
            for (name, value) in &held {
                assert_eq!(
                    read.get(name).map(String::as_str),
                    Some(*value),
                    "{reader} does not read {:?} back",
                    target.line(name, value)
                );
            }
        }
        println!("{}: {} of {} values held", target.label, held.len(), values.len());
    }
}

#[test]
fn ordinary_keys_are_never_refused() {
    for key in ordinary_keys() {
        for target in env_file::ALL {
            target.line("KEY", &key).unwrap_or_else(|error| panic!("{key}: {error}"));
        }
    }
}

#[test]
fn refused_is_what_a_target_cannot_hold_and_nothing_else() {
    for target in env_file::ALL {
        for Hostile { value, refused_by } in HOSTILE {
            let is_refused = target.line("V", value).is_err();
            assert_eq!(is_refused, refused_by.contains(&target.id), "{value:?} in {}", target.label);
        }
        let is_refused = target.line("V", &"x".repeat(LONG)).is_err();
        assert_eq!(is_refused, target.id == "powershell", "a long value in {}", target.label);
        for value in random_values() {
            let cannot = match target.id {
                "docker" => value.contains('\n') || value.ends_with('\r'),
                "systemd" => value.contains('\r'),
                "powershell" => value.is_empty(),
                // The next test is about these.
                "dotenv" => continue,
                _ => false,
            };
            assert_eq!(target.line("V", &value).is_err(), cannot, "{value:?} in {}", target.label);
        }
    }
}

/// No way to write a value that is refused for `.env` is read alike by all readers: not between quotes of any kind, not
/// without, not with escapes.
#[test]
fn what_is_refused_for_dotenv_cannot_be_written() {
    let target = target("dotenv");
    let refused: Vec<String> =
        all_values().into_iter().filter(|value| target.line("V", value).is_err()).collect();
    assert!(refused.len() > 50, "the random values have become harmless: {} refused", refused.len());

    let spellings: Vec<(&str, String)> =
        refused.iter().flat_map(|value| spellings(value).map(|text| (value.as_str(), text))).collect();
    let texts: Vec<&str> = spellings.iter().map(|(_, text)| text.as_str()).collect();
    let readers = read_dotenv_texts(&texts);
    let read_right = |index: usize, value: &str| {
        readers.values().all(|texts| texts[index].get("V").is_some_and(|read| read == value))
    };
    let writable: Vec<_> = spellings
        .iter()
        .enumerate()
        .filter(|(index, (value, _))| read_right(*index, value))
        .map(|(_, (_, text))| text)
        .collect();
    assert!(writable.is_empty(), "refused, but all readers read it: {writable:?}");
}

/// Each with a neighbour whose quotes an unclosed one would find.
fn spellings(value: &str) -> [String; 5] {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    [
        value.to_owned(),
        format!("'{value}'"),
        format!("\"{value}\""),
        format!("`{value}`"),
        format!("\"{escaped}\""),
    ]
    .map(|spelling| format!("V={spelling}\nW=a'b\"c`d\n"))
}

// -------------------------------------------------------------------------------------------------- values

fn all_values() -> Vec<String> {
    let hostile = HOSTILE.iter().map(|hostile| hostile.value.to_owned());
    ordinary_keys()
        .into_iter()
        .chain(hostile)
        .chain(["x".repeat(LONG), "\"x'".repeat(LONG / 3)])
        .chain(random_values())
        .collect()
}

/// Keys of every form, and those of every preset.
fn ordinary_keys() -> Vec<String> {
    let sizes = [16, 32, 48, 64, 1024];
    let plain = Written::OFFERED.iter().flat_map(|&written| sizes.map(|bytes| Recipe::new(bytes, written)));
    let presets = preset::ALL.iter().flat_map(|preset| preset.variables()).map(|variable| variable.recipe);
    plain.chain(presets).map(|recipe| Key::generate(recipe).expect("a key").text().to_owned()).collect()
}

/// The same 600 short values in every run, of characters that mean something somewhere.
fn random_values() -> Vec<String> {
    const PIECES: &[&str] = &[
        "$", "${", "}", "A", "#", " #", "'", "\"", "`", "\\", "\\n", " ", "\n", "\r", "\t", "=", "!", "%",
        ":", "-", "é", "\u{2019}", "0", "b",
    ];
    let mut state = 0x2026_1124_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    (0..600)
        .map(|_| {
            let pieces = 1 + below(8);
            (0..pieces).map(|_| PIECES[below(PIECES.len())]).collect()
        })
        .collect()
}

fn entries<'a>(held: &'a [(String, &'a str)]) -> Vec<Entry<'a>> {
    held.iter().map(|(name, value)| Entry { name, value, comment: "It's \"a\" comment: `x` = $y" }).collect()
}

fn target(id: &str) -> &'static Target {
    env_file::by_id(id).expect("a target of that id")
}

// ------------------------------------------------------------------------------------------------- readers

/// What each reader of the target makes of the file.
fn read_by_all(target: &Target, file: &str) -> BTreeMap<String, Variables> {
    let readers: Vec<(&str, Variables)> = match target.id {
        "dotenv" => return read_dotenv_file(file),
        "shell" => read_by_shells(file),
        "docker" => read_by_docker(file),
        "compose" => read_yaml(file, |yaml| compose(&yaml["services"]["app"]["environment"])),
        "kubernetes" => read_yaml(file, |yaml| kubernetes(&yaml["data"])),
        "systemd" => vec![("systemd's rules", systemd(file))],
        "powershell" => read_by_powershell(file),
        other => panic!("{other} has no reader here: add one"),
    };
    readers.into_iter().map(|(name, read)| (name.to_owned(), read)).collect()
}

fn read_dotenv_file(file: &str) -> BTreeMap<String, Variables> {
    let path = Temporary::new(".env", file);
    let dumped = run("node", &[&format!("--env-file={}", path.text()), &script("dump.mjs")], "");
    let mut read: BTreeMap<String, Variables> =
        read_dotenv_texts(&[file]).into_iter().map(|(name, mut texts)| (name, texts.remove(0))).collect();
    read.insert("node --env-file".into(), json(&dumped));
    read
}

/// Each reader's reading of each text.
fn read_dotenv_texts(texts: &[&str]) -> BTreeMap<String, Vec<Variables>> {
    let texts = serde_json::to_string(texts).expect("JSON");
    let mut read: BTreeMap<String, Vec<Variables>> =
        json(&run("node", &[&script("node_dotenv.mjs")], &texts));
    // python-dotenv knows variables without a value, which it gives as null.
    let python: BTreeMap<String, Vec<BTreeMap<String, Option<String>>>> =
        json(&run(&python(), &[&script("python_dotenv.py")], &texts));
    let given = |text: BTreeMap<String, Option<String>>| {
        text.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    };
    read.extend(python.into_iter().map(|(name, texts)| (name, texts.into_iter().map(given).collect())));
    read
}

/// A process that the shell starts after loading the file says what it was given.
fn read_by_shells(file: &str) -> Vec<(&'static str, Variables)> {
    let path = Temporary::new("env.sh", file);
    ["sh", "dash", "bash"]
        .into_iter()
        .filter(|&shell| shell == "sh" || is_installed(shell))
        .map(|shell| {
            let load = ". \"$1\"; exec node \"$2\"";
            (shell, json(&run(shell, &["-c", load, shell, &path.text(), &script("dump.mjs")], "")))
        })
        .collect()
}

fn read_by_docker(file: &str) -> Vec<(&'static str, Variables)> {
    let mut read = vec![("docker's rules", docker(file))];
    if is_installed("docker") {
        let path = Temporary::new("docker.env", file);
        let lines: Vec<String> = json(&run("node", &[&script("docker.mjs"), &path.text()], ""));
        read.push(("the docker client", lines.iter().filter_map(|line| assignment(line)).collect()));
    }
    read
}

/// After docker/cli's `pkg/kvfile`: lines as Go's `bufio.Scanner` gives them, blanks in front and lines with `#` dropped,
/// the rest cut at the first `=`.
fn docker(file: &str) -> Variables {
    file.split('\n')
        .inspect(|line| assert!(line.len() < 64 * 1024, "too long for bufio.Scanner"))
        .map(|line| line.strip_suffix('\r').unwrap_or(line).trim_start())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(assignment)
        .collect()
}

fn assignment(line: &str) -> Option<(String, String)> {
    line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
}

fn read_yaml(
    file: &str,
    variables: impl Fn(&serde_json::Value) -> Variables,
) -> Vec<(&'static str, Variables)> {
    let npm = json(&run("node", &[&script("yaml.mjs")], file));
    let py = json(&run(&python(), &[&script("py_yaml.py")], file));
    vec![("npm yaml", variables(&npm)), ("PyYAML", variables(&py))]
}

fn strings(map: &serde_json::Value) -> impl Iterator<Item = (String, String)> {
    let map = map.as_object().expect("a map").iter();
    map.map(|(name, value)| (name.clone(), value.as_str().expect("a string").to_owned()))
}

/// Compose replaces variables in every string that the YAML parser gave it; of its rules only this one may be met here:
/// `$$` is a dollar sign (Compose file reference, "Interpolation").
fn compose(environment: &serde_json::Value) -> Variables {
    let interpolated = |(name, value): (String, String)| {
        let kept = value.replace("$$", "\u{e000}");
        assert!(!kept.contains('$'), "Compose would replace a variable in {value:?}");
        (name, kept.replace('\u{e000}', "$"))
    };
    strings(environment).map(interpolated).collect()
}

fn kubernetes(data: &serde_json::Value) -> Variables {
    let decoded = |value: String| String::from_utf8(STANDARD.decode(value).expect("Base64")).expect("UTF-8");
    strings(data).map(|(name, value)| (name, decoded(value))).collect()
}

/// After systemd's `parse_env_file_internal` (src/basic/env-file.c), of which our files meet these states: comments,
/// names, and values between double quotes. A process under systemd's control is not there to ask.
fn systemd(file: &str) -> Variables {
    let mut variables = Variables::new();
    let mut rest = file;
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix(['#', ';']) {
            let (line, after) = comment.split_once('\n').unwrap_or((comment, ""));
            assert!(!line.contains('\\'), "a backslash continues a comment");
            rest = after;
            continue;
        }
        let (name, quoted) = rest.split_once("=\"").expect("a value between double quotes");
        let mut value = String::new();
        let mut chars = quoted.chars();
        loop {
            match chars.next().expect("a closing quote") {
                '"' => break,
                '\\' => match chars.next().expect("a character after the backslash") {
                    c @ ('"' | '\\' | '`' | '$') => value.push(c),
                    '\n' => {}
                    c => value.extend(['\\', c]),
                },
                c => value.push(c),
            }
        }
        // Such assignments are dropped (`env_value_is_valid`, src/basic/env-util.c).
        if !value.chars().any(|c| c.is_ascii_control() && c != '\t' && c != '\n') {
            variables.insert(name.to_owned(), value);
        }
        rest = chars.as_str().strip_prefix('\n').expect("nothing but a line end after the closing quote");
    }
    variables
}

fn read_by_powershell(file: &str) -> Vec<(&'static str, Variables)> {
    let mut read = vec![("PowerShell's rules", powershell(file))];
    if is_installed("pwsh") {
        let path = Temporary::new("env.ps1", file);
        let load = format!(". '{}'; node '{}'", path.text(), script("dump.mjs"));
        read.push(("pwsh", json(&run("pwsh", &["-NoProfile", "-Command", &load], ""))));
    }
    read
}

/// After about_Quoting_Rules: between single quotes (of which PowerShell knows five) a doubled one stands for itself.
/// The other form that we write calls .NET, which is Base64 and UTF-8.
fn powershell(file: &str) -> Variables {
    const BASE64: &str = "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String(";
    let read = |line: &str| {
        let (name, expression) =
            line.strip_prefix("$env:").expect("an assignment").split_once(" = ").expect("=");
        let value = match expression.strip_prefix(BASE64) {
            Some(call) => {
                let coded = single_quoted(call.strip_suffix("))").expect("two brackets"));
                String::from_utf8(STANDARD.decode(coded).expect("Base64")).expect("UTF-8")
            }
            None => single_quoted(expression),
        };
        (name.to_owned(), value)
    };
    file.lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

fn single_quoted(literal: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let mut chars = literal.chars();
    assert_eq!(chars.next(), Some('\''));
    let mut value = String::new();
    while let Some(mut c) = chars.next() {
        if is_quote(c) {
            match chars.next() {
                None => return value,
                Some(second) => c = second,
            }
            assert!(is_quote(c), "the string ends before the line does");
        }
        value.push(c);
    }
    panic!("the string does not end")
}

// ----------------------------------------------------------------------------------------------- processes

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn script(name: &str) -> String {
    project("tests/env_readers").join(name).to_str().expect("UTF-8").to_owned()
}

fn python() -> String {
    project(".venv/bin/python").to_str().expect("UTF-8").to_owned()
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a program to its end and returns what it wrote.
fn run(program: &str, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} cannot be started ({error}): `make test` installs it"));
    // A program that stops before it has read all says why by itself.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    assert!(
        output.status.success(),
        "{program} {arguments:?} failed; if something is missing, `make test` installs it:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("the reader writes JSON of this form")
}

/// A file in a folder of its own that is gone after the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, content: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keyjar-env-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, content).expect("a file");
        Self(path)
    }

    fn text(&self) -> String {
        self.0.to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // The folder goes with its last file.
        let _ = std::fs::remove_file(&self.0);
        if let Some(folder) = self.0.parent() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
