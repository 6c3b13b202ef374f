//! The keys of the Rust crate `cookie` (`src/secure/key.rs`): 32 bytes to sign with and 32 to encrypt with.
//!
//! `Key::from` takes the first 64 bytes as they are. `Key::derive_from` expands a master key of at least 32 bytes with
//! HKDF-SHA256, without its extract step.

use std::borrow::Cow;

use super::digest::Digest;
use super::mac::Keys;
use super::options;
use crate::protocol::{OptionKind, OptionSpec, Options, SignError};
use crate::secret::{Secret, SecretEncoding, SecretText};

/// What is derived for.
const INFO: &[u8] = b"COOKIE;SIGNED:HMAC-SHA256;PRIVATE:AEAD-AES-256-GCM";
const HALF: usize = 32;

pub const OPTION: OptionSpec = OptionSpec {
    name: Cow::Borrowed("key"),
    kind: OptionKind::Choice(Cow::Borrowed(&[Cow::Borrowed("from"), Cow::Borrowed("derive_from")])),
    default: Cow::Borrowed("from"),
    help: Cow::Borrowed(
        "`Key::from` takes 64 bytes or more as they are, `Key::derive_from` makes them of 32 or more. \
         Rocket does the latter with a `secret_key` of 32 bytes.",
    ),
    when_making: true,
    when_opening: true,
};

/// Which half of a key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Signing,
    Encryption,
}

/// That half of each secret's key. Secrets that are too short are left out, with the reason.
///
/// # Errors
/// If the option `key` is of no kind.
pub fn keys(secrets: &[SecretText], options: &Options, half: Half) -> Result<Keys, SignError> {
    let derives = match options::text(options, "key")?.unwrap_or("from") {
        "from" => false,
        "derive_from" => true,
        other => {
            let message = format!("{other:?} is no way to make a key.");
            return Err(options::bad_option("key", message, "Choose `from` or `derive_from`."));
        }
    };
    let mut keys = Keys::of(secrets, SecretEncoding::Utf8);
    let (name, least) = if derives { ("Key::derive_from", HALF) } else { ("Key::from", 2 * HALF) };
    let read = std::mem::take(&mut keys.usable);
    for mut key in read {
        let bytes = key.secret.bytes();
        if bytes.len() < least {
            let message =
                format!("`{name}` takes at least {least} bytes; the secret, read so, has {}.", bytes.len());
            keys.trouble.get_or_insert(message);
            continue;
        }
        let whole = if derives { expanded(bytes) } else { bytes.to_vec() };
        let from = if half == Half::Signing { 0 } else { HALF };
        key.secret = Secret::new(whole.into_iter().skip(from).take(HALF).collect());
        keys.usable.push(key);
    }
    Ok(keys)
}

/// 64 bytes of HKDF-Expand (RFC 5869 section 2.3).
fn expanded(master: &[u8]) -> Vec<u8> {
    let first = Digest::Sha256.tag(master, &[INFO, &[1]].concat());
    let second = Digest::Sha256.tag(master, &[&first, INFO, &[2]].concat());
    [first, second].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_says_how_long_it_should_be() {
        let secrets = [SecretText::new("k".repeat(40), None)];
        let of = |kind: &str| keys(&secrets, &Options::from([("key".into(), kind.into())]), Half::Signing);
        let short = of("from").expect("known");
        assert!(short.usable.is_empty() && short.trouble.is_some_and(|t| t.contains("64 bytes")));
        assert_eq!(of("derive_from").expect("known").usable.len(), 1);
        assert!(of("another").is_err());
    }
}
