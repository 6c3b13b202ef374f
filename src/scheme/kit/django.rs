//! Django's signing: its options and its timestamps. (`django/core/signing.py`, `django/utils/baseconv.py`.)

use super::digest::Digest;
use super::option_spec::{HASHES, age, choice, typed};
use super::options;
use super::python_signing::{Derivation, Family, MAX_AGE, Packing, SALT, SEP, Signer, sep_option};
use crate::finding::{Finding, Severity};
use crate::payload::python_json::Style;
use crate::protocol::{OptionKind, OptionSpec, Options, SignError};
use crate::secret::Secret;

const ALGORITHM: &str = "algorithm";

/// What is put in front of the secret for cookies (`get_cookie_signer`).
pub const COOKIES: &str = "django.http.cookies";

/// What Django's pattern for unsafe separators, `[A-z0-9-_=]`, takes in between `Z` and `a`.
const UNSAFE: &str = "[\\]^`";

/// The digits of base 62.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `salt`, with the default of its class.
pub const fn salt(default: &'static str) -> OptionSpec {
    typed(SALT, OptionKind::Text, default, "Keeps values for different purposes apart. It is no secret.")
}

pub const fn algorithm() -> OptionSpec {
    choice(ALGORITHM, &HASHES, "sha256", "The hash function. Django before 3.1 used sha1.")
}

pub const fn sep() -> OptionSpec {
    typed(SEP, OptionKind::Text, ":", "What stands between the parts.")
}

/// `max_age`, which Django has only where the caller gives it.
pub const fn max_age() -> OptionSpec {
    age(MAX_AGE, "", "Seconds after which the value is refused, as given to the reading function.")
}

/// The signer that `options` configure, with the salt of its class; timed, and without a limit of age.
///
/// # Errors
/// If an option cannot be used.
pub fn signer(options: &Options, salt: &str) -> Result<Signer, SignError> {
    Ok(Signer {
        family: Family::Django,
        sep: sep_option(options, ":", UNSAFE)?,
        salt: options::text(options, SALT)?.unwrap_or(salt).to_owned(),
        derivation: Derivation::DjangoConcat,
        digest: options::digest(options, ALGORITHM, Digest::Sha256)?,
        prefix: "",
        timed: true,
        max_age: None,
        last_signs: false,
    })
}

/// The signer of a part of Django that sets the salt itself; `algorithm` is for what Django before 3.1 signed.
///
/// # Errors
/// As [`signer`].
pub fn fixed(options: &Options, salt: &str) -> Result<Signer, SignError> {
    let algorithm = options.get(ALGORITHM).map(|value| (ALGORITHM.to_owned(), value.clone()));
    signer(&algorithm.into_iter().collect(), salt)
}

/// How Django packs JSON, compressed where `compress` says so and that makes it shorter.
pub const fn packing(compress: bool, dict: bool) -> Packing {
    let style = Style { ascii: true, blanks: false, sorted: false };
    Packing::UrlSafe { style, compress, tagged: false, dict }
}

/// Unix seconds in base 62 (`b62_encode`).
pub fn timestamp(unix: i64) -> String {
    let mut digits = Vec::new();
    let mut rest = unix.unsigned_abs();
    loop {
        let digit = usize::try_from(rest % 62).unwrap_or_default();
        digits.extend(DIGITS.get(digit).copied().map(char::from));
        rest /= 62;
        if rest == 0 {
            break;
        }
    }
    if unix < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

/// What [`timestamp`] wrote (`b62_decode`).
///
/// # Errors
/// A sentence on why it is none.
pub fn read_timestamp(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Err("The timestamp is empty.".into());
    }
    let (digits, sign) = text.strip_prefix('-').map_or((text, 1), |digits| (digits, -1));
    let mut seconds = 0_i64;
    for c in digits.chars() {
        let digit = DIGITS.iter().position(|&digit| char::from(digit) == c);
        let digit = digit.and_then(|digit| i64::try_from(digit).ok());
        let digit = digit.ok_or_else(|| format!("The timestamp is not base 62: {c:?} is no digit."))?;
        seconds = seconds.saturating_mul(62).saturating_add(digit);
    }
    Ok(seconds * sign)
}

/// The remark on a secret that `startproject` has written, if this is one.
pub fn unchanged_secret(family: Family, secret: &Secret) -> Option<Finding> {
    let is_one = family == Family::Django && secret.bytes().starts_with(b"django-insecure-");
    is_one.then(|| Finding {
        rule: "django-insecure-secret".into(),
        severity: Severity::Medium,
        about: None,
        message: "The secret begins with django-insecure-: it is the one that startproject has written into settings.py, \
                  and so it stands in the project's repository."
            .into(),
        fix: "Make another in Generate, and read it from the environment.".into(),
        corrected: None,
        source: "Django, system check security.W009".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_those_of_django() {
        for (unix, text) in [(0, "0"), (61, "z"), (62, "10"), (1_767_225_600, "1vb66i"), (-62, "-10")] {
            assert_eq!(timestamp(unix), text);
            assert_eq!(read_timestamp(text), Ok(unix));
        }
        assert_eq!(read_timestamp(&timestamp(i64::MIN)), Ok(-i64::MAX), "as far away as a time can be");
        assert_eq!(read_timestamp(&"z".repeat(100)), Ok(i64::MAX));
        assert!(read_timestamp("").is_err() && read_timestamp("1+").is_err());
    }
}
