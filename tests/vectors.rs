//! Cookies and tokens that the real frameworks made, and what the real frameworks refused.
//!
//! Runs every file in `tests/vectors/`, and every `*.json` in the folder that the environment variable
//! `KEYJAR_VECTORS` names. Positives must verify, give the payload back, and sign to the same bytes where the format is
//! deterministic; negatives must be refused. A scheme that Keyjar does not know is a failure, unless
//! `KEYJAR_VECTORS_SKIP_UNKNOWN=1`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyjar::inspect::inspect;
use keyjar::intake::Item;
use keyjar::protocol::{
    Ask, CaveatKind, CookieDraft, Draft, Opened, Options, Payload, PayloadDraft, PayloadForm, Verdict, Why,
};
use keyjar::scheme::{self, Scheme};
use keyjar::secret::{SecretEncoding, SecretText};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use serde_json::Value;

mod forms;

use forms::{form_of, implied, scheme_of};

#[derive(Deserialize)]
struct File {
    /// As the file says.
    #[serde(rename = "scheme")]
    name: String,
    /// The id of Keyjar's scheme: see [`scheme_of`].
    #[serde(skip)]
    scheme: String,
    /// Read one by one, so that one strange case does not hide the others.
    cases: Vec<Value>,
}

impl File {
    fn cases(&self) -> impl Iterator<Item = Case> {
        self.cases.iter().map(|case| self.case(case).unwrap_or_else(|e| panic!("{e}: {case}")))
    }

    fn case(&self, case: &Value) -> serde_json::Result<Case> {
        Ok(Case { implied: implied(&self.name), ..serde_json::from_value(case.clone())? })
    }
}

#[derive(Clone, Deserialize)]
struct Case {
    /// The options that the file stands for.
    #[serde(skip)]
    implied: Options,
    name: String,
    #[serde(default)]
    secret: Value,
    secret_encoding: String,
    #[serde(default)]
    options: Options,
    cookie_name: Option<String>,
    cookie_value: String,
    set_cookie: Option<String>,
    payload: Option<Value>,
    payload_form: Option<String>,
    now: Option<i64>,
    /// Unix seconds that the value carries.
    timestamp: Option<i64>,
    signed_by: Option<usize>,
    #[serde(default)]
    deterministic: bool,
    valid: bool,
    why_invalid: Option<String>,
}

/// The options under which frameworks take a whole list of secrets, the one that signs among them.
const LISTS: [&str; 4] = ["secrets", "keys", "passwords", "secret_key_list"];

/// The options under which they take older secrets beside the one that signs.
const OLDER: [&str; 4] = ["SECRET_KEY_FALLBACKS", "previous_keys", "old_secrets", "old_secret"];

/// Schemes that write when the value expires and not when it was made: which option says how long it holds, and how long
/// that is without it.
const LIFETIMES: [(&str, &str, i64); 2] = [
    ("mojolicious-session", "default_expiration", 3600),
    ("mojolicious-encrypted-session", "default_expiration", 3600),
];

/// Schemes that sort and respell what they sign: the order in which it was given cannot be read from the value.
const SORTED: [&str; 1] = ["symfony-uri-signer"];

#[test]
fn every_vector_file_passes() {
    let mut report = String::new();
    let mut failed = 0;
    for file in files() {
        failed += run(&file, &mut report);
    }
    // Written past the test harness, which would show it only after a failure.
    std::io::stdout().write_all(report.as_bytes()).expect("standard output is there");
    assert_eq!(failed, 0, "{failed} failures, named above");
}

/// Every vector that Keyjar ships is also refused for the kind of reason that the file names.
#[test]
fn refusals_give_the_right_kind_of_reason() {
    let mut wrong = Vec::new();
    // Of what is left out, the reasons are guesses from the names of the cases.
    for file in shipped().iter().filter(|file| !file.name.starts_with("wycheproof-")) {
        let scheme = scheme::by_id(&file.scheme).expect("a shipped file has a scheme");
        for case in file.cases().filter(|case| !case.valid) {
            let verdict = case.open(scheme).verdict;
            if !reason(&verdict).is_some_and(|kind| case.expects(kind)) {
                wrong.push(format!("{}: {}: {:?}: {verdict:?}", file.name, case.name, case.why_invalid));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A whole `Set-Cookie` header, as the framework sent it, leads to the same verdict as the bare value: with the scheme
/// chosen, and without where its form shows. (Frameworks that sign in the same way are then not told apart.)
#[test]
fn whole_set_cookie_headers_are_found_and_verified() {
    let mut checked = 0;
    for file in shipped() {
        for case in file.cases().filter(|case| case.valid) {
            let Some(header) = case.set_cookie.as_ref().filter(|header| is_kept_whole(header)) else {
                continue;
            };
            let chosen = Ask { scheme: Some(file.scheme.clone()), ..case.ask() };
            for ask in [chosen, case.ask()] {
                let report = inspect(&format!("Set-Cookie: {header}"), &ask);
                let item = report.items.first().expect("a cookie");
                if ask.scheme.is_none() && item.candidates.iter().all(|other| other.scheme != file.scheme) {
                    continue;
                }
                let verdict = item.opened.as_ref().map(|opened| &opened.verdict);
                assert!(verdict.is_some_and(is_accepted), "{}, {}: {verdict:?}", file.scheme, case.name);
                checked += 1;
            }
        }
    }
    assert!(checked > 10, "only {checked} headers were checked");
}

/// Shares of the accepted cases that are named rightly by their secret alone: those with no option set, and all.
///
/// Most of the others have a salt of the application's own, which nobody can guess.
const NAMED_BY_DEFAULT: f64 = 0.99;
const NAMED: f64 = 0.88;

/// Given `name=value` and the secret, and no scheme, the scheme that made it (or one of the same form) verifies it.
#[test]
fn the_secret_alone_names_the_scheme() {
    let mut table = String::new();
    let (mut plain, mut all, mut misnamed) = ((0, 0), (0, 0), 0);
    for file in shipped() {
        let scheme = scheme::by_id(&file.scheme).expect("a shipped file has a scheme");
        let mut missed = Vec::new();
        for case in file.cases().filter(|case| case.valid) {
            let Some(pasted) = case.pasted(scheme) else { continue };
            let options = case.scheme_options();
            let report = inspect(&pasted, &Ask { options: Options::new(), ..case.ask() });
            let opened = report.items.into_iter().nth(report.chosen).and_then(|item| item.opened);
            let found = opened.filter(|opened| matches!(opened.verdict, Verdict::Valid { .. }));
            let is_right =
                found.as_ref().is_some_and(|found| form_of(&found.scheme) == form_of(&file.scheme));
            let count = |(all, right): &mut (usize, usize)| {
                *all += 1;
                *right += usize::from(is_right);
            };
            count(&mut all);
            if options.is_empty() {
                count(&mut plain);
            }
            if !is_right {
                misnamed += usize::from(found.is_some());
                let found = found.map_or_else(|| "nothing".to_owned(), |found| found.scheme);
                missed.push(format!("\n    {}: {found}: {}", case.name, serde_json::json!(options)));
            }
        }
        let _ = writeln!(table, "{}: {} missed{}", file.scheme, missed.len(), missed.concat());
    }
    let share = |(all, right): (usize, usize)| right as f64 / all as f64;
    let _ = writeln!(
        table,
        "named by the secret alone: {:.1} % of {} without options, {:.1} % of all {}; {misnamed} as another",
        100.0 * share(plain),
        plain.0,
        100.0 * share(all),
        all.0,
    );
    let _ = std::io::stdout().write_all(table.as_bytes());
    assert!(share(plain) >= NAMED_BY_DEFAULT && share(all) >= NAMED, "{table}");
}

/// A value that the framework cut over several cookies is found as one.
#[test]
fn what_the_framework_cut_is_joined() {
    let mut cut = 0;
    for file in shipped() {
        for case in file.cases().filter(|case| case.valid && case.options.contains_key("chunks")) {
            let name = case.cookie_name.as_deref().expect("has a name");
            let chunks = list_of(case.options["chunks"].clone());
            let pairs = chunks
                .iter()
                .enumerate()
                .rev()
                .map(|(number, chunk)| format!("{name}-{number}={}", text_of(chunk)));
            let header = format!("Cookie: other=1; {}", pairs.collect::<Vec<_>>().join("; "));
            let report = inspect(&header, &Ask { options: Options::new(), ..case.ask() });
            let found: Vec<_> = report.items.iter().map(|item| (item.name.as_deref(), item.size())).collect();
            assert_eq!(found, [(Some("other"), 1), (Some(name), case.cookie_value.len())]);
            let opened = report.items[1].opened.as_ref().expect("recognised");
            assert!(
                is_accepted(&opened.verdict) && opened.scheme == file.scheme,
                "{}: {opened:?}",
                case.name
            );
            cut += 1;
        }
    }
    assert!(cut > 0, "no vector is cut");
}

/// Values that cannot be made again byte for byte though their frameworks always write the same: scheme, what stands in
/// the case's name, and why.
const MADE_OTHERWISE: [(&str, &str, &str); 11] = [
    ("branca", "encoding", "a nonce is never used twice"),
    (
        "fastify-cookie",
        "JSON text with special characters",
        "read alike, it is taken for Elysia's, which refuses it",
    ),
    ("fernet", "time zero", "there is no such clock"),
    ("jws", "white space in the payload", "JSON is written without blanks"),
    ("jws", "RFC 7515 A.2: RS256", "JSON is written without blanks"),
    ("jws", "RFC 7515 A.4: ES512", "JSON is written without blanks"),
    ("jws", "'b64'=false JSON only", "`b64` without `crit` is read, and not written"),
    ("mojolicious-session", "default_expiration 60", "how long it lasts does not stand in it"),
    ("paseto", "-E-", "a nonce is never used twice"),
    (
        "rails-message-verifier",
        "JSON serializer",
        "Ruby's JSON and Rails' are read alike and escape otherwise",
    ),
    ("tornado-v1", "", "JSON is written without blanks"),
];

/// What Inspect found, taken to Sign, makes a value that the framework takes with the same options: the same value, where
/// the format is deterministic. Opened with the secret alone where that is enough, else with the options that a person
/// must know.
#[test]
fn what_was_opened_is_made_again_with_its_options() {
    let mut report = String::new();
    let mut failed = 0;
    for file in shipped() {
        let scheme = scheme::by_id(&file.scheme).expect("a shipped file has a scheme");
        for case in file.cases().filter(|case| case.valid) {
            let Err(failure) = case.check_making_again(scheme) else { continue };
            let known =
                MADE_OTHERWISE.iter().any(|(id, part, _)| *id == file.scheme && case.name.contains(part));
            if !known {
                let options = serde_json::json!(case.scheme_options());
                let _ = writeln!(report, "{}: {}: {options}: {failure}", file.scheme, case.name);
                failed += 1;
            }
        }
    }
    assert_eq!(failed, 0, "{failed} failures:\n{report}");
}

/// What is made of a vector's payload, with its secret and options, is accepted and gives the payload back: encrypted
/// values too, which are never the same bytes. A scheme may refuse to make a value, with a reason.
#[test]
fn what_is_made_is_accepted() {
    for file in shipped() {
        let scheme = scheme::by_id(&file.scheme).expect("a shipped file has a scheme");
        let is_given =
            |case: &Case| case.payload.is_some() && case.payload_form.as_deref() != Some("described");
        for mut case in file.cases().filter(|case| case.valid && is_given(case)) {
            let Ok(made) = scheme.make(&case.draft(scheme)) else { continue };
            case.cookie_value = made.value;
            (case.deterministic, case.signed_by, case.now) = (false, None, None);
            assert_eq!(case.check(scheme), Ok(()), "{}: {}: {}", file.scheme, case.name, case.cookie_value);
        }
    }
}

/// Whether a browser keeps the whole value: it cuts a quoted one too at the first `;` (RFC 6265bis section 5.6).
fn is_kept_whole(header: &str) -> bool {
    let value = header.split_once('=').map_or("", |(_, value)| value);
    let kept = value.split(';').next().unwrap_or_default();
    !kept.starts_with('"') || (kept.len() > 1 && kept.ends_with('"') && !kept.ends_with("\\\""))
}

/// Runs one file, adds to the report, and returns the number of failures.
fn run(file: &File, report: &mut String) -> usize {
    let Some(scheme) = scheme::by_id(&file.scheme) else {
        let skip = std::env::var("KEYJAR_VECTORS_SKIP_UNKNOWN").is_ok_and(|value| value == "1");
        let word = if skip { "skipped" } else { "FAILED" };
        let _ = writeln!(report, "{}: {word}: there is no scheme of that name", file.name);
        return usize::from(!skip);
    };
    let failures: Vec<(String, String)> =
        file.cases.iter().filter_map(|case| check(file, case, scheme).err()).collect();
    let (all, failed) = (file.cases.len(), failures.len());
    let _ = writeln!(report, "{}: {} of {all} cases passed", file.name, all - failed);
    for (name, failure) in failures {
        let _ = writeln!(report, "    FAILED {name}: {failure}");
    }
    failed
}

/// Checks one case; a failure is its name and what went wrong.
fn check(file: &File, case: &Value, scheme: &dyn Scheme) -> Result<(), (String, String)> {
    let name = || case["name"].as_str().unwrap_or("(no name)").to_owned();
    let read = file.case(case).map_err(|e| (name(), format!("cannot be read: {e}")))?;
    read.check(scheme).map_err(|failure| (name(), failure))
}

impl Case {
    fn check(&self, scheme: &dyn Scheme) -> Result<(), String> {
        let opened = self.open(scheme);
        if self.is_refused_by_design() {
            return match &opened.verdict {
                Verdict::Invalid { why: Why::WrongAlgorithm, message, .. } if message.contains("RSA1_5") => {
                    Ok(())
                }
                other => Err(format!("is to be refused with the reason: {other:?}")),
            };
        }
        if !self.valid {
            return if is_accepted(&opened.verdict) {
                Err("accepted, but must be refused".into())
            } else {
                Ok(())
            };
        }
        self.check_verdict(&opened.verdict)?;
        if SORTED.contains(&&*scheme.about().id) {
            self.check_sorted(opened.payload.as_ref(), scheme)?;
        } else {
            self.check_payload(opened.payload.as_ref())?;
        }
        // What is only described cannot be made again.
        let can_be_made = self.payload_form.as_deref() != Some("described");
        if self.deterministic && can_be_made { self.check_making(scheme) } else { Ok(()) }
    }

    /// RSA1_5 is named and not decrypted, though libraries do.
    fn is_refused_by_design(&self) -> bool {
        let recipients = keyjar::jose::encrypted::read(&self.cookie_value).recipients;
        let is_asked = recipients.iter().any(|recipient| recipient.alg() == Some("RSA1_5"));
        is_asked && self.valid && text_of(&self.secret).contains("RSA")
    }

    fn check_verdict(&self, verdict: &Verdict) -> Result<(), String> {
        if !is_accepted(verdict) {
            return Err(format!("refused: {verdict:?}"));
        }
        match (self.signed_by, verdict) {
            (Some(index), Verdict::Valid { secret, .. }) if index != *secret => {
                Err(format!("verified with secret {secret}, but secret {index} signed it"))
            }
            _ => Ok(()),
        }
    }

    fn check_payload(&self, found: Option<&Payload>) -> Result<(), String> {
        let Some(expected) = &self.payload else { return Ok(()) };
        let found = found.ok_or("no payload was found")?;
        let bytes = match found {
            Payload::Object { json: Some(json), .. } => json.as_bytes(),
            _ => found.bytes(),
        };
        let text = || String::from_utf8_lossy(bytes).into_owned();
        let json = || serde_json::from_slice::<Value>(bytes).ok();
        let same = match self.payload_form.as_deref() {
            // A signer of plain text gives back the string itself.
            Some("json") => {
                json().is_some_and(|value| value == *expected) || expected.as_str() == Some(&text())
            }
            Some("hex") => hex::encode(bytes) == expected.as_str().unwrap_or_default(),
            Some("base64") => STANDARD.encode(bytes) == expected.as_str().unwrap_or_default(),
            // A string of another format is a JSON string there.
            Some("text") if matches!(found, Payload::Object { .. }) => json().as_ref() == Some(expected),
            Some("text") => text() == expected.as_str().unwrap_or_default(),
            // What JSON cannot hold is described in words: that it was read at all is what is checked.
            Some("described") => true,
            other => return Err(format!("payload form {other:?} has no reader here")),
        };
        if same { Ok(()) } else { Err(format!("another payload was read: {}", text())) }
    }

    /// The payload that was read signs to the same value as the one that was given.
    fn check_sorted(&self, found: Option<&Payload>, scheme: &dyn Scheme) -> Result<(), String> {
        let text = found.map(|found| String::from_utf8_lossy(found.bytes()).into_owned());
        let payload = Some(Value::from(text.ok_or("no payload was found")?));
        Self { payload, ..self.clone() }.check_making(scheme)
    }

    fn check_making(&self, scheme: &dyn Scheme) -> Result<(), String> {
        let made = scheme.make(&self.draft(scheme)).map_err(|error| format!("cannot be made: {error:?}"))?;
        if made.value == self.cookie_value { Ok(()) } else { Err(format!("was made as {}", made.value)) }
    }

    /// Opens the case as Inspect does, and makes it again as Sign does with what Inspect hands on.
    fn check_making_again(&self, scheme: &dyn Scheme) -> Result<(), String> {
        let alone = Ask { options: Options::new(), ..self.ask() };
        let told = Ask { scheme: Some(scheme.about().id.to_string()), ..self.ask() };
        let pasted = self.pasted(scheme).unwrap_or_else(|| self.cookie_value.clone());
        let look = |ask: &Ask| {
            let report = inspect(&pasted, ask);
            let item = report.items.into_iter().nth(report.chosen)?;
            let opened = item.opened.clone().filter(|opened| is_accepted(&opened.verdict))?;
            (form_of(&opened.scheme) == form_of(&scheme.about().id)).then_some((item, opened))
        };
        // What no header can hold is not looked for.
        let Some((item, opened)) = look(&alone).or_else(|| look(&told)) else { return Ok(()) };
        let found = scheme::by_id(&opened.scheme).expect("is in the list");
        let forms = &found.about().payload_forms;
        // What JSON cannot hold cannot be typed.
        let payload =
            opened.payload.as_ref().filter(|payload| !matches!(payload, Payload::Object { json: None, .. }));
        let Some((form, text)) = payload.map(|payload| payload.typed(forms)) else { return Ok(()) };
        let mut draft = self.draft(scheme);
        draft.scheme.clone_from(&opened.scheme);
        draft.payload = PayloadDraft { form, text };
        draft.options.clone_from(&item.making);
        draft.now = draft.now.or(Some(1_790_000_000));
        let made = match found.make(&draft) {
            Ok(made) => made.value,
            // The key of a pair that only verifies or encrypts.
            Err(error) if ["public key", "`key_ops`"].iter().any(|why| error.message.contains(why)) => {
                return Ok(());
            }
            Err(error) => return Err(format!("with {:?}: {error:?}", item.making)),
        };
        let as_before = scheme.open(&Item::bare(self.cookie_name.as_deref(), &made), &self.ask());
        if !is_accepted(&as_before.verdict) {
            return Err(format!("with {:?}: {:?}", item.making, as_before.verdict));
        }
        if self.deterministic && made != self.cookie_value {
            return Err(format!("with {:?}: was {}, made as {made}", item.making, self.cookie_value));
        }
        Ok(())
    }

    fn open(&self, scheme: &dyn Scheme) -> Opened {
        scheme.open(&Item::bare(self.cookie_name.as_deref(), &self.cookie_value), &self.ask())
    }

    /// The value as it stands in a header, with its name; a value without one alone. `None` if no header can hold it.
    fn pasted(&self, scheme: &dyn Scheme) -> Option<String> {
        let Some(name) = &self.cookie_name else { return Some(self.cookie_value.clone()) };
        let value = if scheme.about().percent_encoded {
            utf8_percent_encode(&self.cookie_value, NON_ALPHANUMERIC).to_string()
        } else {
            self.cookie_value.clone()
        };
        let can_stand = !value.is_empty() && !value.contains(|c: char| c.is_control() || ";, \"".contains(c));
        let signature = self.options.get("sig_value").and_then(Value::as_str);
        let beside = signature.map(|signature| format!("; {name}.sig={signature}")).unwrap_or_default();
        can_stand.then(|| format!("{name}={value}{beside}"))
    }

    fn ask(&self) -> Ask {
        Ask {
            secrets: self.secrets(),
            options: self.opening_options(),
            now: self.now,
            patient: true,
            ..Ask::default()
        }
    }

    fn draft(&self, scheme: &dyn Scheme) -> Draft {
        let payload = self.payload.clone().unwrap_or_default();
        let text = || payload.as_str().unwrap_or_default().to_owned();
        let payload = match self.payload_form.as_deref() {
            Some("json") => PayloadDraft { form: PayloadForm::Json, text: payload.to_string() },
            Some("hex") => PayloadDraft { form: PayloadForm::Hex, text: text() },
            _ => PayloadDraft { form: PayloadForm::Text, text: text() },
        };
        Draft {
            scheme: scheme.about().id.to_string(),
            payload,
            secrets: self.secrets(),
            options: self.making_options(),
            cookie: CookieDraft {
                name: self.cookie_name.clone().unwrap_or_default(),
                ..CookieDraft::default()
            },
            now: self.timestamp.map(|time| time - self.lifetime(scheme)).or(self.now),
            patient: true,
        }
    }

    /// The seconds between making and `timestamp`, where that is when the value expires.
    fn lifetime(&self, scheme: &dyn Scheme) -> i64 {
        let known = LIFETIMES.iter().find(|(id, ..)| *id == scheme.about().id);
        let set = |(_, name, usual): &(&str, &str, i64)| {
            self.options.get(*name).and_then(Value::as_i64).unwrap_or(*usual)
        };
        // A session can say so itself.
        let own = self.payload.as_ref().and_then(|payload| payload.get("expiration")).and_then(Value::as_i64);
        known.map_or(0, |known| own.unwrap_or_else(|| set(known)))
    }

    fn secrets(&self) -> Vec<SecretText> {
        let option = |names: &[&str]| names.iter().find_map(|name| self.options.get(*name)).cloned();
        let listed = option(&LISTS).filter(Value::is_array);
        let mut values = listed.map_or_else(|| vec![self.secret.clone()], list_of);
        values.extend(option(&OLDER).map(list_of).unwrap_or_default());
        values.iter().map(|value| SecretText::new(text_of(value), self.encoding())).collect()
    }

    /// The options but for the secrets among them. A map of secrets (by id or version) is an option of its scheme.
    fn scheme_options(&self) -> Options {
        let is_secrets =
            |name: &str, value: &Value| OLDER.contains(&name) || (LISTS.contains(&name) && value.is_array());
        self.options
            .iter()
            .filter(|(name, value)| !is_secrets(name, value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The same, with those that the file stands for.
    fn all_options(&self) -> Options {
        self.implied.clone().into_iter().chain(self.scheme_options()).collect()
    }

    /// The options to open the value with: all but the form in which it is written, which it shows.
    fn opening_options(&self) -> Options {
        let mut options = self.all_options();
        options.remove("serialization");
        options
    }

    /// The options to make the value with. Where the file says only what `typ` is expected, what the header has is read from
    /// the token.
    fn making_options(&self) -> Options {
        let mut options = self.all_options();
        if options.contains_key("typ") && !options.contains_key("protected_header") {
            let read = keyjar::jose::signed::read(&self.cookie_value, None);
            let header = read.signatures.into_iter().next().and_then(|signature| signature.header.ok());
            options.extend(header.map(|header| ("protected_header".to_owned(), Value::Object(header))));
        }
        options
    }

    fn encoding(&self) -> Option<SecretEncoding> {
        match self.secret_encoding.as_str() {
            "utf8" => Some(SecretEncoding::Utf8),
            "hex" => Some(SecretEncoding::Hex),
            "base64" => Some(SecretEncoding::Base64),
            "base64url" => Some(SecretEncoding::Base64url),
            "jwk" => Some(SecretEncoding::Jwk),
            // PEM text shows by itself what it is; `none` is no secret at all.
            _ => None,
        }
    }

    fn expects(&self, kind: &str) -> bool {
        match self.why_invalid.as_deref() {
            // A MAC cannot tell a changed value from another secret or another salt.
            Some("wrong-secret") => kind == "bad-signature",
            Some("wrong-option") => matches!(kind, "wrong-option" | "bad-signature"),
            Some(expected) => kind == expected,
            None => true,
        }
    }
}

fn list_of(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        single => vec![single],
    }
}

fn text_of(secret: &Value) -> String {
    secret.as_str().map_or_else(|| secret.to_string(), str::to_owned)
}

fn is_accepted(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Valid { but, .. } => but.iter().all(|caveat| caveat.kind == CaveatKind::WeakSecret),
        _ => false,
    }
}

fn reason(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Valid { but, .. } => but.iter().find_map(|caveat| match caveat.kind {
            CaveatKind::Expired => Some("expired"),
            CaveatKind::NotYetValid => Some("not-yet-valid"),
            CaveatKind::WeakSecret => None,
            CaveatKind::Claim => Some("wrong-option"),
        }),
        Verdict::Invalid { why, .. } => Some(match why {
            Why::BadSignature => "bad-signature",
            Why::Malformed => "malformed",
            Why::WrongAlgorithm => "wrong-algorithm",
            Why::WrongOption => "wrong-option",
        }),
        Verdict::Unchecked { .. } => None,
    }
}

fn files() -> Vec<File> {
    let mut files = shipped();
    if let Some(folder) = std::env::var_os("KEYJAR_VECTORS") {
        files.extend(json_files(Path::new(&folder)).iter().flat_map(|path| read(path)));
    }
    files
}

fn shipped() -> Vec<File> {
    let paths = json_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"));
    assert!(!paths.is_empty(), "tests/vectors holds no files");
    paths.iter().flat_map(|path| read(path)).collect()
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    files
}

/// The file's cases, by the scheme that reads them. Those that are keys are for `tests/keys.rs`.
fn read(path: &Path) -> Vec<File> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: File =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut files: Vec<File> = Vec::new();
    for case in file.cases {
        let scheme = scheme_of(&file.name, &case);
        match files.iter_mut().find(|file| file.scheme == scheme) {
            Some(file) => file.cases.push(case),
            None if scheme == "jwk" => {}
            None => files.push(File { name: file.name.clone(), scheme, cases: vec![case] }),
        }
    }
    files
}

/// JSON as programs keep it in sessions: names that every language takes as they are, numbers that JavaScript can hold.
fn session() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..(1 << 53)).prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        (-1_000_000_i32..1_000_000).prop_map(|number| Value::from(f64::from(number) + 0.25)),
        "[ -~é漢🔑\\n]{0,24}".prop_map(Value::from),
    ];
    let any = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,9}", inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-z_]{1,9}", any, 1..5)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// Schemes whose payload is no session of any members, and why.
const OWN_SESSIONS: [(&str, &str); 11] = [
    ("aiohttp-session-encrypted", "puts the session into a member"),
    ("aiohttp-session-nacl", "puts the session into a member"),
    ("authjs-jwe", "adds claims of time"),
    ("beaker-cookie-session", "adds an id and times"),
    ("better-auth-jwe", "takes only a session of its own"),
    ("h3-session", "puts the session into a member"),
    ("h3-session-v2", "puts the session into a member"),
    ("hapi-signed-cookie", "a form holds texts"),
    ("jwt-claims", "certain claims are expected"),
    ("keygrip", "the signature stands in a second cookie"),
    ("nextauth-jwe", "adds claims of time"),
];

#[test]
fn any_session_is_read_back_as_it_was_made() {
    let mut runner = TestRunner::deterministic();
    let mut made = 0;
    for file in shipped() {
        if OWN_SESSIONS.iter().any(|(id, _)| *id == file.name) {
            continue;
        }
        let scheme = scheme::by_id(&file.scheme).expect("a shipped file has a scheme");
        let holds_members = |case: &Case| {
            case.valid
                && case.payload_form.as_deref() == Some("json")
                && case.payload.as_ref().is_some_and(Value::is_object)
        };
        for mut case in file.cases().filter(holds_members) {
            case.payload = Some(session().new_tree(&mut runner).expect("a session").current());
            // A scheme may refuse to make a value, with a reason.
            let Ok(signed) = scheme.make(&case.draft(scheme)) else { continue };
            case.cookie_value = signed.value;
            (case.deterministic, case.signed_by, case.now) = (false, None, None);
            assert_eq!(case.check(scheme), Ok(()), "{}: {}: {:?}", file.scheme, case.name, case.payload);
            made += 1;
        }
    }
    assert!(made > 300, "only {made} were made");
}
