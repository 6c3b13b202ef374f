//! Branca: encrypted tokens that carry the time at which they were made.
//!
//! A token is the base62 of the version 0xBA, four bytes of Unix seconds (big-endian, without sign), a nonce of 24 bytes,
//! and what XChaCha20-Poly1305 makes of the payload: ciphertext and tag, with all that stands before them as associated
//! data. The key has 32 bytes. The time is judged only where the reader sets a `ttl`. Source: the Branca specification,
//! version 0.3.0.

use std::borrow::Cow;

use super::kit::cipher::{Aead, TAG};
use super::kit::mac::Keys;
use super::kit::option_spec::{Uses, age, spec};
use super::kit::options::{self, bad_option};
use super::kit::verdict::{self, malformed};
use super::kit::{age, base62, making, opened, random};
use super::{About, Made, OptionKind, Scheme};
use crate::intake::Item;
use crate::payload;
use crate::protocol::{
    Ask, Candidate, Draft, Excerpt, Field, Opened, Options, Payload, PayloadForm, Role, SignError, Step,
    Verdict,
};
use crate::secret::SecretEncoding;
use crate::span::Span;

/// See the [module's documentation](self).
#[derive(Debug)]
pub struct Branca;

static ABOUT: About = About {
    id: Cow::Borrowed("branca"),
    title: Cow::Borrowed("Branca token"),
    framework: Cow::Borrowed("Branca"),
    language: Cow::Borrowed("Any"),
    cookie_names: Cow::Borrowed(&[]),
    docs: Cow::Borrowed("https://github.com/tuupola/branca-spec"),
    secret_encoding: SecretEncoding::Hex,
    built: Cow::Borrowed("base62(0xBA + time + nonce + XChaCha20-Poly1305(key, nonce, payload))"),
    percent_encoded: false,
    payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
    example: Cow::Borrowed("{ \"sub\": \"user-7\" }"),
    options: Cow::Borrowed(&[
        age(TTL, "", "Seconds that a token may be old. Without it nobody looks at the time."),
        spec(
            NONCE_HEX,
            OptionKind::Hex,
            "",
            "For test vectors only: the nonce, 24 bytes. One that is used twice gives what it hides away.",
            Uses::Making,
        ),
    ]),
};

const TTL: &str = "ttl";
const NONCE_HEX: &str = "nonce_hex";

const VERSION: u8 = 0xba;
/// Where the parts end.
const TIME_END: usize = 5;
const HEADER: usize = 29;
const KEY: usize = 32;
/// Digits of the shortest token.
const SHORTEST: usize = 61;
const CIPHER: Aead = Aead::XChaCha20Poly1305;

impl Scheme for Branca {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn detect(&self, item: &Item) -> Option<Candidate> {
        let length = item.value.len();
        if !(SHORTEST..=base62::MAX_DIGITS).contains(&length) {
            return None;
        }
        // The first byte and, behind the point, the share of 2^32 seconds.
        let time = base62::leading(&item.value)? - f64::from(VERSION);
        let form = "It is base62 of bytes that begin with 0xBA, the version of Branca.";
        if LIKELY_TIMES.contains(&time) {
            let reasons = [form, "Its time is one at which Branca was in use."];
            return Some(opened::candidate(&ABOUT, 70, &reasons));
        }
        (-0.001..1.001).contains(&time).then(|| opened::candidate(&ABOUT, 25, &[form]))
    }

    fn open(&self, item: &Item, ask: &Ask) -> Opened {
        let ttl = match ttl(&ask.options) {
            Ok(ttl) => ttl,
            Err(error) => return opened::bare(&ABOUT, verdict::unusable(&error)),
        };
        let keys = Keys::of(&ask.secrets, ABOUT.secret_encoding);
        let token = match Token::read(&item.value) {
            Ok(token) => token,
            Err(broken) => {
                return opened::bare(&ABOUT, other_digits(&item.value, &keys).unwrap_or(broken));
            }
        };
        let right = keys.find(|key| token.opened(key.bytes()));
        let verdict = verdict::sealed(ask, &keys, right.as_ref().map(|(key, _)| *key), &[KEY]);
        let verdict = match verdict {
            Verdict::Invalid { .. } => other_reason(&item.value, &keys).unwrap_or(verdict),
            other => other,
        };
        let plain = right.map(|(_, plain)| plain);
        let late = age::too_old(age::seconds(token.time.into()), ttl, ask.now, TTL);
        Opened {
            segments: vec![opened::segment("Token", Role::Payload, Span::new(0, item.value.len()), None)],
            facts: vec![opened::time_fact("Issued", "timestamp", token.time.into(), ask.now)],
            steps: token.steps(&keys, plain.as_deref(), &item.value),
            payload: plain.map(Payload::of),
            encrypted: true,
            ..opened::bare(&ABOUT, verdict::with_caveats(verdict, late))
        }
    }

    fn make(&self, draft: &Draft) -> Result<Made, SignError> {
        ttl(&draft.options)?;
        let keys = Keys::of(&draft.secrets, ABOUT.secret_encoding);
        let key = keys.signing()?;
        let time = time(draft)?;
        let plain = payload::draft::bytes(&draft.payload)?;
        if plain.len() > LONGEST {
            let message =
                format!("The payload has {} bytes; Keyjar makes tokens of up to {LONGEST}.", plain.len());
            return Err(making::bad_payload(
                message,
                "Put less into the token: no browser keeps so long a cookie.",
            ));
        }
        let nonce = nonce(&draft.options)?;
        let header = [&[VERSION][..], &time.to_be_bytes(), &nonce].concat();
        let sealed = CIPHER.seal(key.bytes(), &nonce, &header, &plain).ok_or_else(|| SignError {
            field: Field::Secret,
            message: format!("The key has {} bytes; Branca takes {KEY}.", key.len()),
            hint: "Make 32 random bytes in Generate, or choose how the secret is read.".into(),
            at: None,
        })?;
        let token = Token { bytes: [header, sealed].concat(), time };
        let value = base62::encode(&token.bytes);
        Ok(Made { steps: token.steps(&keys, Some(&plain), &value), value })
    }

    fn snippets(&self) -> Vec<super::Snippet> {
        vec![
            super::Snippet::new(
                "Node, branca",
                "javascript",
                r#"import branca from "branca"

const tokens = branca(KEY_BYTES)
const token = tokens.encode(JSON.stringify({ sub: "user-7" }))
res.cookie("NAME", token, { httpOnly: true, secure: true, sameSite: "lax" })

// Throws if it is not right. A second argument, 3600, refuses tokens older than an hour.
const payload = JSON.parse(tokens.decode(req.cookies["NAME"]))"#,
            ),
            super::Snippet::new(
                "Python, pybranca",
                "python",
                r#"import base64, json, os
from branca import Branca

branca = Branca(key=KEY_BYTES)
token = branca.encode(json.dumps({"sub": "user-7"}))
response.set_cookie("NAME", token, httponly=True, secure=True, samesite="Lax")

# Raises if it is not right; ttl=3600 refuses tokens older than an hour.
data = json.loads(branca.decode(request.cookies["NAME"]))"#,
            ),
        ]
    }
}

/// From 2017, when Branca was published, to 2050, as shares of 2^32 seconds.
const LIKELY_TIMES: std::ops::Range<f64> = 0.345..0.588;

/// Bytes of payload that are made into a token: what is longer has more digits than are read.
const LONGEST: usize = 4_500;

fn ttl(options: &Options) -> Result<Option<f64>, SignError> {
    options::seconds(options, TTL, None)
}

fn time(draft: &Draft) -> Result<u32, SignError> {
    let time = draft.now.and_then(|now| u32::try_from(now).ok());
    time.ok_or_else(|| SignError {
        field: Field::Scheme,
        message: "A Branca token carries a time from 1970 to 2106, and there is no such clock.".into(),
        hint: "Set the clock of this machine.".into(),
        at: None,
    })
}

fn nonce(options: &Options) -> Result<[u8; HEADER - TIME_END], SignError> {
    let Some(hex) = options::filled(options, NONCE_HEX)? else { return random::bytes() };
    let nonce = hex::decode(hex).ok().and_then(|nonce| nonce.try_into().ok());
    nonce.ok_or_else(|| {
        bad_option(NONCE_HEX, "This is not the hex of 24 bytes.", "Leave it empty: a random one is taken.")
    })
}

/// Why it does not open, where that is neither the key nor a change.
fn other_reason(text: &str, keys: &Keys) -> Option<Verdict> {
    if keys.usable.iter().all(|key| key.secret.len() != KEY) {
        // Libraries refuse such a key before they look at the token.
        let verdict = verdict::sealed(&Ask::default(), keys, None, &[KEY]);
        let Verdict::Invalid { message, .. } = verdict else { return None };
        return Some(verdict::unreadable(message));
    }
    other_digits(text, keys)
}

/// That it opens once small letters and capitals change places.
fn other_digits(text: &str, keys: &Keys) -> Option<Verdict> {
    if text.len() > base62::MAX_DIGITS || keys.usable.is_empty() {
        return None;
    }
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let swapped = Token::read(&text.chars().map(swap).collect::<String>()).ok()?;
    keys.find(|key| swapped.opened(key.bytes()))?;
    let message = "It is written with the digits `0-9a-zA-Z`, in which small letters come first. Branca's base62 has the \
                   capitals first, so its readers refuse it.";
    Some(malformed(message, Span::new(0, text.len())))
}

/// A token, decoded but not yet verified: its header and a tag are there.
struct Token {
    bytes: Vec<u8>,
    /// Unix seconds.
    time: u32,
}

impl Token {
    fn read(text: &str) -> Result<Self, Verdict> {
        let whole = Some(Span::new(0, text.len()));
        if let Some((at, odd)) = base62::odd_character(text) {
            let message =
                format!("{odd:?} at byte {at} is not a base62 character: those are letters and digits.");
            return Err(malformed(message, Span::new(at, at + odd.len_utf8())));
        }
        let bytes = base62::decode(text).ok_or_else(|| {
            let (length, most) = (text.len(), base62::MAX_DIGITS);
            malformed(
                format!("It has {length} characters; Keyjar reads Branca tokens of up to {most}."),
                whole,
            )
        })?;
        if bytes.first() != Some(&VERSION) {
            let message = "Its first byte is not 0xBA, the version of Branca. In base62 each character counts for all \
                           before it: one that is missing, added or changed changes everything.";
            return Err(malformed(message, whole));
        }
        let time = bytes.get(1..TIME_END).and_then(|time| time.try_into().ok()).map(u32::from_be_bytes);
        match time.filter(|_| bytes.len() >= HEADER + TAG) {
            Some(time) => Ok(Self { bytes, time }),
            None => {
                let (length, least) = (bytes.len(), HEADER + TAG);
                let message = format!(
                    "It has {length} bytes; a Branca token has at least {least}. It was probably cut."
                );
                Err(malformed(message, whole))
            }
        }
    }

    fn header(&self) -> &[u8] {
        self.bytes.get(..HEADER).unwrap_or_default()
    }

    fn nonce(&self) -> &[u8] {
        self.bytes.get(TIME_END..HEADER).unwrap_or_default()
    }

    fn sealed(&self) -> &[u8] {
        self.bytes.get(HEADER..).unwrap_or_default()
    }

    fn opened(&self, key: &[u8]) -> Option<Vec<u8>> {
        CIPHER.open(key, self.nonce(), self.header(), self.sealed())
    }

    fn steps(&self, keys: &Keys, plain: Option<&[u8]>, value: &str) -> Vec<Step> {
        let mut steps: Vec<Step> =
            plain.map(|plain| Step::new("Payload", "", Excerpt::of(plain), None)).into_iter().collect();
        steps.extend(keys.step("Key"));
        steps.push(Step::new("Nonce", "24 random bytes", Excerpt::hex(self.nonce()), Some(Role::Meta)));
        steps.push(Step::new(
            "Header",
            "0xBA + time in 4 bytes + nonce",
            Excerpt::hex(self.header()),
            Some(Role::Header),
        ));
        steps.push(Step::new(
            "Ciphertext and tag",
            "XChaCha20-Poly1305(key, nonce, payload), header authenticated",
            Excerpt::hex(self.sealed()),
            Some(Role::Payload),
        ));
        steps.push(Step::new("Token", "base62(header + ciphertext + tag)", Excerpt::text(value), None));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CookieDraft, PayloadDraft, Why};
    use crate::secret::SecretText;

    fn draft(text: &str, now: Option<i64>) -> Draft {
        Draft {
            scheme: ABOUT.id.to_string(),
            payload: PayloadDraft { form: PayloadForm::Text, text: text.into() },
            secrets: vec![SecretText::new("07".repeat(KEY), None)],
            options: Options::new(),
            cookie: CookieDraft::default(),
            now,
            patient: false,
        }
    }

    #[test]
    fn the_form_is_told_by_the_first_byte() {
        for (now, least) in [(0, 25), (1_790_000_000, 70), (i64::from(u32::MAX), 25)] {
            for text in ["", "user 7", &"x".repeat(LONGEST)] {
                let made = Branca.make(&draft(text, Some(now))).expect("made").value;
                let found = Branca.detect(&Item::bare(None, &made)).expect("recognised");
                assert_eq!(found.likelihood, least, "{now}");
                let other = base62::encode(
                    &[&[0xbc], base62::decode(&made).expect("base62").get(1..).expect("long")].concat(),
                );
                assert_eq!(Branca.detect(&Item::bare(None, &other)), None);
            }
        }
    }

    #[test]
    fn what_cannot_be_made_says_which_field() {
        let field = |draft: &Draft| Branca.make(draft).expect_err("refused").field;
        for now in [None, Some(-1), Some(1 << 32)] {
            assert_eq!(field(&draft("", now)), Field::Scheme);
        }
        assert_eq!(field(&draft(&"x".repeat(LONGEST + 1), Some(0))), Field::Payload);
        let mut short = draft("", Some(0));
        short.secrets = vec![SecretText::new("00", None)];
        assert_eq!(field(&short), Field::Secret);
        let mut odd = draft("", Some(0));
        odd.options.insert(NONCE_HEX.into(), "00".into());
        assert_eq!(field(&odd), Field::Option(NONCE_HEX.into()));
    }

    #[test]
    fn each_step_back_says_what_is_wrong() {
        let why = |text: &str| match Branca.open(&Item::bare(None, text), &Ask::default()).verdict {
            Verdict::Invalid { why: Why::Malformed, message, .. } => message,
            other => panic!("{other:?}"),
        };
        let token = Branca.make(&draft("user 7", Some(1_790_000_000))).expect("made").value;
        assert!(why(&format!("{token}=")).contains("not a base62 character"));
        assert!(why(&token[1..]).contains("0xBA"));
        assert!(why(&base62::encode(&[VERSION; 44])).contains("probably cut"));
        assert!(why(&"z".repeat(9_000)).contains("9000 characters"));
        assert!(why("").contains("0xBA"));
        let swapped: String = token
            .chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        let ask = Ask { secrets: draft("", None).secrets, ..Ask::default() };
        let verdict = Branca.open(&Item::bare(None, &swapped), &ask).verdict;
        assert!(matches!(verdict, Verdict::Invalid { message, .. } if message.contains("capitals first")));
    }
}
