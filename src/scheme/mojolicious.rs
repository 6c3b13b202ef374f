//! Mojolicious: signed and encrypted cookies, and the sessions that stand in such a cookie.
//!
//! Signed: value + `--` + lower-case hex HMAC-SHA256(secret, cookie name + `=` + value); from 8.13 to 9.18 with SHA-1,
//! before 8.13 over the value alone. Encrypted (9.39 and later): base64(ciphertext) + `-` + base64(iv) + `-` +
//! base64(tag), ChaCha20-Poly1305 with PBKDF2-HMAC-SHA256(secret, moniker, 5000, 32 bytes) as key; the name is not
//! covered. A session is JSON with sorted names and a member `expires`, since 9.19 padded with `Z` to 1,025 bytes, in
//! Base64 with `-` for `=`. Sources: `Mojolicious/Controller.pm`, `Mojolicious/Sessions.pm`, `Mojo/Util.pm`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::kit::base64::BASE64_PADDED;
use super::kit::cipher::{Aead, TAG};
use super::kit::digest::Digest;
use super::kit::mac::{self, Keys};
use super::kit::opened::{bare, segment};
use super::kit::options;
use super::kit::verdict::{doubt, malformed, nameless, unusable, wrong_option};
use super::kit::{php_base64, random};
use super::{About, Made, OptionKind, OptionSpec, Scheme};
use crate::intake::Item;
use crate::moment;
use crate::payload::json::{Kind, Outermost, lines};
use crate::payload::{draft, json_style};
use crate::protocol::{
    Ask, Candidate, CaveatKind, Draft, Excerpt, Fact, Field, Opened, Options, Payload, PayloadForm, Role,
    SignError, SignaturePair, Step, Verdict, Why,
};
use crate::secret::{Secret, SecretEncoding};
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Mojolicious {
    about: &'static About,
    is_session: bool,
    encrypts: bool,
}

/// `signed_cookie`
pub static SIGNED_COOKIE: Mojolicious =
    Mojolicious { about: &SIGNED_COOKIE_ABOUT, is_session: false, encrypts: false };

/// `session`
pub static SESSION: Mojolicious = Mojolicious { about: &SESSION_ABOUT, is_session: true, encrypts: false };

/// `encrypted_cookie`
pub static ENCRYPTED_COOKIE: Mojolicious =
    Mojolicious { about: &ENCRYPTED_COOKIE_ABOUT, is_session: false, encrypts: true };

/// `session`, where `sessions->encrypted(1)` is set
pub static ENCRYPTED_SESSION: Mojolicious =
    Mojolicious { about: &ENCRYPTED_SESSION_ABOUT, is_session: true, encrypts: true };

static SIGNED_COOKIE_ABOUT: About = About {
    id: Cow::Borrowed("mojolicious-signed-cookie"),
    title: Cow::Borrowed("Mojolicious signed cookie"),
    framework: Cow::Borrowed("Mojolicious"),
    language: Cow::Borrowed("Perl"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.mojolicious.org/Mojolicious/Controller#signed_cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed("value -- hex(HMAC-SHA256(secret, name=value))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("value-1"),
    options: Cow::Borrowed(&[VERSION]),
};

static SESSION_ABOUT: About = About {
    id: Cow::Borrowed("mojolicious-session"),
    title: Cow::Borrowed("Mojolicious session"),
    framework: Cow::Borrowed("Mojolicious"),
    language: Cow::Borrowed("Perl"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(SESSION_COOKIE)]),
    docs: Cow::Borrowed("https://docs.mojolicious.org/Mojolicious/Sessions"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(json padded with Z) -- hex(HMAC-SHA256(secret, name=base64(json padded with Z)))",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[EXPIRATION, VERSION]),
};

static ENCRYPTED_COOKIE_ABOUT: About = About {
    id: Cow::Borrowed("mojolicious-encrypted-cookie"),
    title: Cow::Borrowed("Mojolicious encrypted cookie"),
    framework: Cow::Borrowed("Mojolicious"),
    language: Cow::Borrowed("Perl"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://docs.mojolicious.org/Mojolicious/Controller#encrypted_cookie"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(ChaCha20-Poly1305(PBKDF2(secret, moniker), iv, value)) - base64(iv) - base64(tag)",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Text, PayloadForm::Json]),
    example: Cow::Borrowed("value-1"),
    options: Cow::Borrowed(&[MONIKER]),
};

static ENCRYPTED_SESSION_ABOUT: About = About {
    id: Cow::Borrowed("mojolicious-encrypted-session"),
    title: Cow::Borrowed("Mojolicious encrypted session"),
    framework: Cow::Borrowed("Mojolicious"),
    language: Cow::Borrowed("Perl"),
    cookie_names: Cow::Borrowed(&[Cow::Borrowed(SESSION_COOKIE)]),
    docs: Cow::Borrowed("https://docs.mojolicious.org/Mojolicious/Sessions#encrypted"),
    secret_encoding: SecretEncoding::Utf8,
    built: Cow::Borrowed(
        "base64(ChaCha20-Poly1305(PBKDF2(secret, moniker), iv, base64(json))) - base64(iv) - base64(tag)",
    ),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json]),
    example: Cow::Borrowed("{ \"user_id\": 7 }"),
    options: Cow::Borrowed(&[MONIKER, EXPIRATION]),
};

const VERSION: OptionSpec = OptionSpec {
    name: Cow::Borrowed("mojolicious_version"),
    kind: OptionKind::Text,
    default: Cow::Borrowed("9.48"),
    help: Cow::Borrowed(
        "Before 9.19 the hash function was SHA-1; before 8.13 the cookie's name was not signed.",
    ),
    when_making: true,
    when_opening: true,
};

const MONIKER: OptionSpec = OptionSpec {
    name: Cow::Borrowed("moniker"),
    kind: OptionKind::Text,
    default: Cow::Borrowed(""),
    help: Cow::Borrowed("The application's moniker: its class in lower case, such as `my_app` for `MyApp`."),
    when_making: true,
    when_opening: true,
};

const EXPIRATION: OptionSpec = OptionSpec {
    name: Cow::Borrowed("default_expiration"),
    kind: OptionKind::Number,
    default: Cow::Borrowed("3600"),
    help: Cow::Borrowed("Seconds that a session holds; 0 for as long as the browser keeps it."),
    when_making: true,
    when_opening: true,
};

/// The name under which sessions are set.
const SESSION_COOKIE: &str = "mojolicious";
const MARK: &str = "--";
/// Bytes to which a session is padded.
const PADDED: usize = 1025;
const HOUR: i64 = 3600;
const IV: usize = 12;
const ITERATIONS: u32 = 5000;
const CIPHER: Aead = Aead::ChaCha20Poly1305;

/// What has changed from release to release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Release {
    digest: Digest,
    /// Whether the cookie's name is signed.
    named: bool,
    /// Whether sessions are padded.
    padded: bool,
}

impl Release {
    fn of(options: &Options) -> Result<Self, SignError> {
        let version = options::text(options, "mojolicious_version")?.unwrap_or("9.48");
        let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
        // Perl's versions are decimal fractions: 9.2 is 9.20.
        let minor: String =
            minor.chars().take_while(char::is_ascii_digit).chain("00".chars()).take(2).collect();
        let number = major.parse::<u32>().ok().zip(minor.parse::<u32>().ok());
        let number = number.ok_or_else(|| {
            options::bad_option(
                "mojolicious_version",
                format!("{version:?} is no version."),
                "Write it as 9.48.",
            )
        })?;
        let is_new = number >= (9, 19);
        Ok(Self {
            digest: if is_new { Digest::Sha256 } else { Digest::Sha1 },
            named: number >= (8, 13),
            padded: is_new,
        })
    }

    fn signed(self, name: &str, value: &str) -> Vec<u8> {
        if self.named { format!("{name}={value}").into_bytes() } else { value.as_bytes().to_vec() }
    }
}

impl Scheme for Mojolicious {
    fn about(&self) -> &'static About {
        self.about
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let is_usual_name = item.name.as_deref() == Some(SESSION_COOKIE);
        let (mut likelihood, reason) = if self.encrypts {
            let [_, iv, tag] = Sealed::of(&item.value).ok()?.0;
            let is_form = iv.len() == IV && tag.len() == TAG && item.value.ends_with("==");
            let text = "Three pieces of Base64 with `-` between them: the second has 12 bytes, the third 16.";
            (if self.is_session { 60 } else { 80 }, Some(text).filter(|_| is_form)?.to_owned())
        } else {
            let (value, tag) = cut(&item.value)?;
            let digest = [Digest::Sha256, Digest::Sha1].into_iter().find(|digest| is_tag(tag, *digest))?;
            let mut is_usual = false;
            if self.is_session {
                // The `=` of Base64 are written as `-`.
                let text = session_text(value).filter(|_| !value.contains('='))?;
                let json = text.trim_end_matches('Z');
                let session = serde_json::from_str::<Map<String, Value>>(json).ok()?;
                is_usual = session.contains_key("expires") || json.len() < text.len();
            }
            let sure = if digest == Digest::Sha256 { 40 } else { 25 };
            let sure = match (self.is_session, is_usual) {
                (false, _) => sure,
                (true, false) => sure + 10,
                (true, true) => sure + 50,
            };
            (sure, format!("Behind the last `--` stands the hex of an HMAC-{} tag.", digest.name()))
        };
        let mut reasons = vec![reason];
        if self.is_session && !self.encrypts {
            reasons.push("In front of it stands a JSON object in Base64.".into());
        }
        if self.is_session && is_usual_name {
            likelihood = 96;
            reasons.push("The name `mojolicious` is that of its sessions.".into());
        }
        Some(Candidate { scheme: self.about.id.to_string(), likelihood, reasons, percent_decoded: false })
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let opened = if self.encrypts { self.open_sealed(item, ask) } else { self.open_signed(item, ask) };
        let (mut opened, text) = match opened {
            Ok(opened) => opened,
            Err(verdict) => return bare(self.about, verdict),
        };
        let Some(text) = text else { return opened };
        if !self.is_session {
            opened.payload = Some(Payload::of(text.into_bytes()));
            return opened;
        }
        let default = options::number(&ask.options, "default_expiration");
        match default.map(|default| Session::read(&text, default.unwrap_or(HOUR))) {
            Err(error) => opened.verdict = unusable(&error),
            Ok(Err(what)) => {
                opened.payload = Some(Payload::of(text.into_bytes()));
                if matches!(opened.verdict, Verdict::Valid { .. }) {
                    opened.verdict = malformed(what, Span::new(0, item.value.len()));
                }
            }
            Ok(Ok(session)) => session.fill(&mut opened, ask.now),
        }
        opened
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        let release = Release::of(&draft.options)?;
        let mut steps = Vec::new();
        let value = if self.is_session {
            let json = session_json(draft)?;
            let padding = "Z".repeat(if release.padded || self.encrypts {
                PADDED.saturating_sub(json.len())
            } else {
                0
            });
            steps.push(Step::new("Session", "", Excerpt::text(&json), None));
            BASE64_PADDED.encode(format!("{json}{padding}").as_bytes()).replace('=', "-")
        } else {
            String::from_utf8_lossy(&draft::bytes(&draft.payload)?).into_owned()
        };
        let keys = Keys::of(&draft.secrets, self.about.secret_encoding);
        let key = keys.signing()?;
        if self.encrypts {
            let (made, more) = seal(&value, key, &keys, &draft.options)?;
            steps.extend(more);
            return Ok(Made { value: made, steps });
        }
        let signed = release.signed(&draft.cookie.name, &value);
        let tag = hex::encode(release.digest.tag(key.bytes(), &signed));
        steps.extend(signing_steps(&value, &signed, release, &keys));
        Ok(Made { value: format!("{value}{MARK}{tag}"), steps })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        match &*self.about().id {
            "mojolicious-session" => vec![super::Snippet::new(
                "app.pl",
                "perl",
                r#"?mojolicious_version: # Mojolicious OPTION_mojolicious_version
use Mojolicious::Lite -signatures;

app->secrets([$ENV{SECRET_ENV}]);
app->sessions->cookie_name('NAME')->secure(1)->default_expiration(OPTION_default_expiration);

get '/' => sub ($c) {
  my $before = $c->session('user_id');    # undef if the cookie is not right
  $c->session(user_id => 7);
  $c->render(json => {before => $before});
};

app->start;"#,
            )],
            "mojolicious-signed-cookie" => vec![super::Snippet::new(
                "app.pl",
                "perl",
                r#"?mojolicious_version: # Mojolicious OPTION_mojolicious_version
use Mojolicious::Lite -signatures;

app->secrets([$ENV{SECRET_ENV}]);

get '/' => sub ($c) {
  my $before = $c->signed_cookie('NAME');    # undef if it is not right
  $c->signed_cookie('NAME', 'value-1', {path => '/', httponly => 1, secure => 1, samesite => 'Lax'});
  $c->render(json => {before => $before});
};

app->start;"#,
            )],
            "mojolicious-encrypted-session" => vec![super::Snippet::new(
                "app.pl",
                "perl",
                r#"use Mojolicious::Lite -signatures;

app->secrets([$ENV{SECRET_ENV}]);
app->moniker('OPTION_moniker');
app->sessions->cookie_name('NAME')->secure(1)->encrypted(1)->default_expiration(OPTION_default_expiration);

get '/' => sub ($c) {
  my $before = $c->session('user_id');    # undef if the cookie is not right
  $c->session(user_id => 7);
  $c->render(json => {before => $before});
};

app->start;"#,
            )],
            _ => vec![super::Snippet::new(
                "app.pl",
                "perl",
                r#"use Mojolicious::Lite -signatures;

app->secrets([$ENV{SECRET_ENV}]);
app->moniker('OPTION_moniker');

get '/' => sub ($c) {
  my $before = $c->encrypted_cookie('NAME');    # undef if it is not right
  $c->encrypted_cookie('NAME', 'value-1', {path => '/', httponly => 1, secure => 1, samesite => 'Lax'});
  $c->render(json => {before => $before});
};

app->start;"#,
            )],
        }
    }
}

/// What was opened so far, and the text inside, if it could be read.
type Read = (Opened, Option<String>);

impl Mojolicious {
    fn open_signed(&self, item: &Item, ask: &Ask) -> Result<Read, Verdict> {
        let (value, tag) = cut(&item.value).ok_or_else(|| {
            let end = Span::new(item.value.len(), item.value.len());
            malformed("There is no `--` with a signature behind it.", end)
        })?;
        let mark = value.len();
        let segments = vec![
            segment(if self.is_session { "Data" } else { "Value" }, Role::Payload, Span::new(0, mark), None),
            segment("Signature", Role::Signature, Span::new(mark + MARK.len(), item.value.len()), None),
        ];
        let release = Release::of(&ask.options).map_err(|error| unusable(&error))?;
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let name = item.name.as_deref().unwrap_or_default();
        // In a header a value with quotation marks or blanks is quoted; the quotes around it are off already.
        let unquoted = value.replace("\\\"", "\"").replace("\\\\", "\\");
        let check = |value: &str| {
            // Perl compares the text, so only lower-case digits count.
            let found = hex::decode(tag).ok().filter(|_| is_tag(tag, release.digest));
            mac::verdict(ask, &keys, release.digest, &release.signed(name, value), found.as_deref())
        };
        let mut text = value.to_owned();
        let mut verdict = check(value);
        if matches!(verdict, Verdict::Invalid { .. }) && unquoted != value {
            let second = check(&unquoted);
            if matches!(second, Verdict::Valid { .. }) {
                (verdict, text) = (second, unquoted);
            }
        }
        let other = if release.digest == Digest::Sha1 { Digest::Sha256 } else { Digest::Sha1 };
        if is_tag(tag, other) {
            let message = format!(
                "The signature is one of {}, and this release of Mojolicious takes {}. SHA-1 was used before 9.19: set \
                 `mojolicious_version` if the server is that old.",
                other.name(),
                release.digest.name()
            );
            verdict = Verdict::Invalid { why: Why::WrongAlgorithm, message, at: None };
        } else if release.named && item.name.is_none() && !keys.usable.is_empty() {
            verdict = nameless();
        }
        let signed = release.signed(name, &text);
        let expected = keys.first().map(|key| hex::encode(release.digest.tag(key.bytes(), &signed)));
        let opened = Opened {
            findings: mac::remarks(&verdict, &keys, release.digest),
            segments,
            steps: signing_steps(&text, &signed, release, &keys),
            signature: Some(SignaturePair { found: tag.to_owned(), expected }),
            ..bare(self.about, verdict)
        };
        Ok((opened, Some(text)))
    }

    fn open_sealed(&self, item: &Item, ask: &Ask) -> Result<Read, Verdict> {
        let Sealed([ciphertext, iv, tag], [first, second]) = Sealed::of(&item.value)?;
        let segments = vec![
            segment("Ciphertext", Role::Payload, Span::new(0, first), None),
            segment("iv", Role::Meta, Span::new(first + 1, second), None),
            segment("Tag", Role::Signature, Span::new(second + 1, item.value.len()), None),
        ];
        let keys = Keys::of(&ask.secrets, self.about.secret_encoding);
        let unchecked = |missing: &str| Verdict::Unchecked { missing: missing.into() };
        let moniker = options::text(&ask.options, "moniker").map_err(|error| unusable(&error))?;
        let Some(moniker) = moniker else {
            let verdict = unchecked("Give the application's `moniker`: the key is derived with it.");
            return Ok((Opened { segments, encrypted: true, ..bare(self.about, verdict) }, None));
        };
        let sealed = [ciphertext.as_slice(), &tag].concat();
        let right = keys.find(|secret| {
            let key = derive(secret, moniker)?;
            CIPHER.open(key.bytes(), &iv, b"", &sealed).filter(|_| tag.len() == TAG)
        });
        let verdict = mac::judge(ask, &keys, right.as_ref().map(|(key, _)| *key));
        let text = right.map(|(_, plain)| String::from_utf8_lossy(&plain).into_owned());
        let steps = sealing_steps(text.as_deref(), moniker, &keys, [&ciphertext, &iv, &tag]);
        Ok((Opened { segments, steps, encrypted: true, ..bare(self.about, verdict) }, text))
    }
}

/// Value and tag: what stands around the last `--`, if no `-` is in the tag.
fn cut(value: &str) -> Option<(&str, &str)> {
    let (value, tag) = value.rsplit_once(MARK)?;
    (!tag.is_empty() && !tag.contains('-')).then_some((value, tag))
}

fn is_tag(tag: &str, digest: Digest) -> bool {
    tag.len() == 2 * digest.size() && tag.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The three parts of an encrypted value, decoded, and where the two `-` are.
struct Sealed([Vec<u8>; 3], [usize; 2]);

impl Sealed {
    fn of(value: &str) -> Result<Self, Verdict> {
        let parts: Vec<&str> = value.splitn(4, '-').collect();
        let [ciphertext, iv, tag] = parts[..] else {
            let end = Span::new(value.len(), value.len());
            return Err(malformed("It is not three pieces of Base64 with `-` between them.", end));
        };
        if let Some(at) = [ciphertext, iv, tag].iter().position(|part| part.is_empty()) {
            let place = if at == 0 { 0 } else { value.len() };
            return Err(malformed(format!("Part {} of it is empty.", at + 1), Span::new(place, place)));
        }
        let first = ciphertext.len();
        Ok(Self([decode(ciphertext), decode(iv), decode(tag)], [first, first + 1 + iv.len()]))
    }
}

/// Perl's `decode_base64`: what is not of the alphabet is passed over, and nothing behind a `=` counts.
fn decode(text: &str) -> Vec<u8> {
    php_base64::lenient(text.split('=').next().unwrap_or_default())
}

fn derive(secret: &Secret, moniker: &str) -> Option<Secret> {
    Digest::Sha256.pbkdf2(secret.bytes(), moniker.as_bytes(), ITERATIONS, 32)
}

fn seal(
    value: &str,
    secret: &Secret,
    keys: &Keys,
    options: &Options,
) -> Result<(String, Vec<Step>), SignError> {
    let moniker = options::needed(options, "moniker", "It is the application's class in lower case.")?;
    if value.is_empty() {
        return Err(SignError {
            field: Field::Payload,
            message: "Mojolicious does not read an empty value back.".into(),
            hint: "Write a value.".into(),
            at: None,
        });
    }
    let iv = random::bytes::<IV>()?;
    let sealed = derive(secret, moniker).and_then(|key| CIPHER.seal(key.bytes(), &iv, b"", value.as_bytes()));
    let mut ciphertext =
        sealed.ok_or_else(|| options::bad_option("moniker", "No key can be derived.", ""))?;
    let tag = ciphertext.split_off(ciphertext.len().saturating_sub(TAG));
    let steps = sealing_steps(Some(value), moniker, keys, [&ciphertext, &iv, &tag]);
    let encode = |bytes: &[u8]| BASE64_PADDED.encode(bytes);
    Ok((format!("{}-{}-{}", encode(&ciphertext), encode(&iv), encode(&tag)), steps))
}

fn sealing_steps(text: Option<&str>, moniker: &str, keys: &Keys, parts: [&[u8]; 3]) -> Vec<Step> {
    let [ciphertext, iv, tag] = parts;
    let mut steps: Vec<Step> = text
        .map(|text| Step::new("Value", "", Excerpt::text(text), Some(Role::Payload)))
        .into_iter()
        .collect();
    steps.extend(keys.step("Secret"));
    if let Some(key) = keys.first().and_then(|secret| derive(secret, moniker)) {
        let formula = format!("PBKDF2-HMAC-SHA256(secret, {moniker:?}, {ITERATIONS}, 32 bytes)");
        steps.push(Step::new("Key", formula, Excerpt::key(key.bytes()), None));
    }
    steps.push(Step::new("iv", "random bytes", Excerpt::hex(iv), Some(Role::Meta)));
    let formula = "ChaCha20-Poly1305(key, iv, value)";
    steps.push(Step::new("Ciphertext", formula, Excerpt::hex(ciphertext), Some(Role::Payload)));
    steps.push(Step::new("Tag", "", Excerpt::hex(tag), Some(Role::Signature)));
    steps
}

fn signing_steps(value: &str, signed: &[u8], release: Release, keys: &Keys) -> Vec<Step> {
    let input = if release.named { "name=value" } else { "value" };
    let mut steps = vec![
        Step::new("Value", "", Excerpt::text(value), Some(Role::Payload)),
        Step::new("MAC input", input, Excerpt::of(signed), None),
    ];
    steps.extend(keys.steps(release.digest, "MAC input", signed, |tag| hex::encode(tag), "hex"));
    steps
}

/// The text in the Base64 of a session.
fn session_text(data: &str) -> Option<String> {
    String::from_utf8(decode(&data.replace('-', "="))).ok()
}

/// A session, read.
struct Session {
    /// Without `expires`.
    json: String,
    expires: Option<i64>,
    /// Whether it has to have one.
    must_expire: bool,
}

impl Session {
    fn read(data: &str, default: i64) -> Result<Self, String> {
        let text = session_text(data).ok_or("The session is not text in Base64.")?;
        let text = if text.trim_end_matches('Z').ends_with('}') { text.trim_end_matches('Z') } else { &text };
        let object: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| "The session is not a JSON object in Base64.")?;
        let number = |name: &str| object.get(name).and_then(Value::as_f64);
        #[expect(clippy::cast_possible_truncation)]
        let expires = number("expires").map(|seconds| seconds.floor() as i64);
        let must_expire = number("expiration").map_or(default != 0, |seconds| seconds != 0.0);
        Ok(Self { json: without(text, "expires"), expires, must_expire })
    }

    fn fill(self, opened: &mut Opened, now: Option<i64>) {
        match self.expires.filter(|expires| *expires != 0) {
            Some(expires) => {
                let value = moment::fact(expires, now);
                opened.facts.push(Fact { term: "Expires".into(), from: Some("expires".into()), value });
                if let Some(now) = now.filter(|now| expires <= *now) {
                    let message = format!(
                        "The session expired {}. Mojolicious refuses it.",
                        moment::distance(expires, now)
                    );
                    doubt(&mut opened.verdict, CaveatKind::Expired, message);
                }
            }
            None if self.must_expire && matches!(opened.verdict, Verdict::Valid { .. }) => {
                opened.verdict = wrong_option(
                    "The session has no `expires`: Mojolicious refuses it unless `default_expiration` is 0.",
                );
            }
            None => {}
        }
        let payload = Payload::Json(self.json);
        // What is encrypted decodes to no session by itself.
        let data = opened.segments.iter_mut().find(|segment| segment.role == Role::Payload);
        if let Some(data) = data.filter(|_| !opened.encrypted) {
            data.decoded = Some(payload.clone());
        }
        opened.payload = Some(payload);
    }
}

/// The JSON object `text` on one line without the member `name`; all else as it is spelled.
fn without(text: &str, name: &str) -> String {
    let lines = lines(text, Outermost::Spread);
    let kept = lines.iter().filter(|line| line.depth != 1 || line.key() != Some(name));
    let tokens = kept.flat_map(|line| &line.tokens).filter(|token| token.kind != Kind::Space);
    let out: String = tokens.map(|token| token.text).collect();
    out.strip_suffix(",}").map_or(out.clone(), |rest| format!("{rest}}}"))
}

/// The JSON of a session, with `expires`.
fn session_json(draft: &Draft) -> Result<String, SignError> {
    let json = draft::json(&draft.payload.text)?;
    let parsed = serde_json::from_str::<Map<String, Value>>(&json).ok();
    let mut object = parsed.filter(|_| draft.payload.form == PayloadForm::Json).ok_or_else(|| SignError {
        field: Field::Payload,
        message: "A session is a hash.".into(),
        hint: "Write a JSON object.".into(),
        at: None,
    })?;
    let default = options::number(&draft.options, "default_expiration")?.unwrap_or(HOUR);
    let own = |name: &str| object.get(name).and_then(Value::as_i64);
    let expiration = own("expiration").unwrap_or(default);
    let expires = match own("expires").filter(|expires| *expires != 0) {
        Some(expires) => Some(expires),
        None if expiration == 0 => None,
        None => {
            let expires = draft.now.and_then(|now| now.checked_add(expiration));
            Some(expires.ok_or_else(|| {
                options::bad_option(
                    "default_expiration",
                    "There is no clock to count from.",
                    "Set it to 0, or give `expires`.",
                )
            })?)
        }
    };
    object.shift_remove("expires");
    if let Some(expires) = expires {
        object.insert("expires".into(), expires.into());
    }
    Ok(json_style::MOJO.write(&Value::Object(object)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_decimal_fractions() {
        let release = |version: &str| {
            let options = Options::from([("mojolicious_version".into(), version.into())]);
            Release::of(&options).map(|release| (release.digest, release.named))
        };
        assert_eq!(release("8.0"), Ok((Digest::Sha1, false)));
        assert_eq!(release("8.13"), Ok((Digest::Sha1, true)));
        assert_eq!(release("9.18"), Ok((Digest::Sha1, true)));
        assert_eq!(release("9.2"), Ok((Digest::Sha256, true)));
        assert!(release("x").is_err());
    }

    #[test]
    fn a_member_is_taken_out_and_the_rest_is_left() {
        assert_eq!(
            without(r#"{"a":1.0,"expires":7,"z":{"expires":1}}"#, "expires"),
            r#"{"a":1.0,"z":{"expires":1}}"#
        );
        assert_eq!(without(r#"{"a":[1,2],"expires":7}"#, "expires"), r#"{"a":[1,2]}"#);
        assert_eq!(without(r#"{"expires":7}"#, "expires"), "{}");
    }
}
