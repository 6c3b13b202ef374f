//! itsdangerous: its options, its timestamps, its Base64. (`src/itsdangerous/signer.py`, `timed.py`, `encoding.py`.)

use std::borrow::Cow;

use super::base64::BASE64URL;
use super::digest::Digest;
use super::option_spec::{HASHES, age, choice, typed};
use super::options::{self, bad_option};
use super::python_base64;
use super::python_signing::{Derivation, Family, MAX_AGE, SALT, SEP, Signer, sep_option};
use crate::finding::{Finding, Severity};
use crate::protocol::{Field, OptionKind, OptionSpec, Options, SignError, Words};
use crate::span::Span;

/// What itsdangerous before 1.1 subtracted from the time: the first second of 2011.
pub const EPOCH: i64 = 1_293_840_000;

const KEY_DERIVATION: &str = "key_derivation";
const DIGEST_METHOD: &str = "digest_method";

static DERIVATIONS: [Words; 4] =
    [Cow::Borrowed("django-concat"), Cow::Borrowed("hmac"), Cow::Borrowed("concat"), Cow::Borrowed("none")];

/// `salt`, with the default of its class.
pub const fn salt(default: &'static str) -> OptionSpec {
    typed(SALT, OptionKind::Text, default, "Keeps values for different purposes apart. It is no secret.")
}

/// `key_derivation`, with the default of its class.
pub const fn key_derivation(default: &'static str) -> OptionSpec {
    choice(KEY_DERIVATION, &DERIVATIONS, default, "How the key is made of the secret and the salt.")
}

pub const fn digest_method() -> OptionSpec {
    choice(DIGEST_METHOD, &HASHES, "sha1", "The hash function of the key derivation and of the HMAC.")
}

pub const fn sep() -> OptionSpec {
    typed(SEP, OptionKind::Text, ".", "What stands between the parts.")
}

/// `max_age`, which itsdangerous has only where the caller gives it.
pub const fn max_age() -> OptionSpec {
    age(MAX_AGE, "", "Seconds after which the value is refused, as given to `unsign` or `loads`.")
}

/// The signer that `options` configure, with the defaults of its class; without a limit of age.
///
/// # Errors
/// If an option cannot be used.
pub fn signer(
    options: &Options,
    salt: &str,
    derivation: Derivation,
    timed: bool,
) -> Result<Signer, SignError> {
    let chosen = options::text(options, KEY_DERIVATION)?.unwrap_or(derivation.name()).to_owned();
    let derivation = Derivation::ALL.into_iter().find(|(_, name)| *name == chosen);
    let (derivation, _) = derivation.ok_or_else(|| {
        let hint = "Choose django-concat, hmac, concat or none.";
        bad_option(KEY_DERIVATION, format!("{chosen:?} is no key derivation of itsdangerous."), hint)
    })?;
    Ok(Signer {
        family: Family::ItsDangerous,
        sep: sep_option(options, ".", "")?,
        salt: options::text(options, SALT)?.unwrap_or(salt).to_owned(),
        derivation,
        digest: options::digest(options, DIGEST_METHOD, Digest::Sha1)?,
        prefix: "",
        timed,
        max_age: None,
        last_signs: false,
    })
}

/// `base64_decode`: Python's lenient reading, without what is not ASCII.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part.
pub fn decode(text: &str) -> Result<Vec<u8>, String> {
    let ascii: Vec<u8> = text.bytes().filter(u8::is_ascii).collect();
    python_base64::decode_unpadded(&ascii)
}

/// Unix seconds, big-endian without leading zeros, in Base64url.
///
/// # Errors
/// If they are negative.
pub fn timestamp(unix: i64) -> Result<String, SignError> {
    let seconds = u64::try_from(unix).map_err(|_| SignError {
        field: Field::Scheme,
        message: "itsdangerous cannot write a time before 1970.".into(),
        hint: "Choose a later time.".into(),
        at: None,
    })?;
    let bytes = seconds.to_be_bytes();
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    Ok(BASE64URL.encode(bytes.get(zeros..).unwrap_or_default()))
}

/// What [`timestamp`] wrote.
///
/// # Errors
/// A sentence on why it is none.
pub fn read_timestamp(text: &str) -> Result<i64, String> {
    let bytes = decode(text).map_err(|what| format!("The timestamp {what}."))?;
    if bytes.len() > 8 {
        return Err(format!("The timestamp has {} bytes; it can have eight at most.", bytes.len()));
    }
    let seconds = bytes.iter().fold(0_u64, |seconds, &byte| (seconds << 8) | u64::from(byte));
    Ok(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The remark on a timestamp before 2011, which stands at `at`.
pub fn old_timestamp(at: Span) -> Finding {
    Finding {
        rule: "itsdangerous-old-timestamp".into(),
        severity: Severity::Info,
        about: Some(at),
        message: "The time lies before 2011, when there was no itsdangerous yet. Versions before 1.1 counted from 2011, so \
                  it was most likely signed by one of them; newer ones take it for decades old."
            .into(),
        fix: "Read the second of the two times, and update itsdangerous once such values have run out.".into(),
        corrected: None,
        source: "itsdangerous, changes in version 1.1.0".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_those_of_itsdangerous() {
        for (unix, text) in [(0, ""), (1, "AQ"), (1_767_225_600, "aVW5AA"), (4_102_444_800, "9IZXAA")] {
            assert_eq!(timestamp(unix).as_deref(), Ok(text));
            assert_eq!(read_timestamp(text), Ok(unix));
        }
        assert!(timestamp(-1).is_err());
        assert!(read_timestamp("AAAAAAAAAAAA").is_err_and(|message| message.contains("9 bytes")));
        assert_eq!(read_timestamp("__________8"), Ok(i64::MAX));
    }
}
