//! The secrets that a person gave, as keys of their types, for tokens.

use super::{Jwk, Key, jwk, pem};
use crate::jose::key::KeyError;
use crate::limits::{MAX_GIVEN_KEYS, MAX_SECRETS};
use crate::protocol::KeyNote;
use crate::secret::{SecretEncoding, SecretText};
use crate::work;

/// All of them that can be read.
#[derive(Debug)]
pub struct Given {
    pub keys: Vec<GivenKey>,
    /// Why the first unusable one is.
    pub trouble: Option<String>,
}

/// One key, and which of the secrets it stood in.
#[derive(Debug)]
pub struct GivenKey {
    pub jwk: Jwk,
    /// Counted from 0.
    pub index: usize,
    /// How the secret was read.
    pub encoding: SecretEncoding,
}

impl Given {
    /// Reads the secrets; a text that does not show by itself what it is, and of which the person did not say, as `usual`.
    /// Empty ones count as not given.
    pub fn of(secrets: &[SecretText], usual: SecretEncoding) -> Self {
        let mut given = Self { keys: Vec::new(), trouble: None };
        let filled = secrets.iter().enumerate().take(MAX_SECRETS).filter(|(_, s)| !s.text.is_empty());
        for (index, secret) in filled {
            if given.is_full() {
                break;
            }
            match read(secret, usual) {
                Ok((keys, encoding)) => {
                    keys.into_iter().for_each(|jwk| given.push(GivenKey { jwk, index, encoding }));
                }
                Err(error) => {
                    given.trouble.get_or_insert_with(|| error.to_string());
                }
            }
        }
        given
    }

    /// Takes one key more, up to [`MAX_GIVEN_KEYS`].
    pub fn push(&mut self, key: GivenKey) {
        if !self.is_full() {
            work::spend_on_key(&key.jwk.key, 0);
            self.keys.push(key);
        }
    }

    /// Whether no more is taken, which is then said.
    pub fn is_full(&mut self) -> bool {
        let is_full = self.keys.len() >= MAX_GIVEN_KEYS;
        if is_full {
            self.trouble.get_or_insert_with(|| {
                format!("Keyjar takes {MAX_GIVEN_KEYS} keys at once. Give only those that may be the one.")
            });
        }
        is_full
    }

    /// What was understood of each; `used` is the place of the one that fitted in [`Given::keys`].
    pub fn notes(&self, used: Option<usize>) -> Vec<KeyNote> {
        let notes = self.keys.iter().enumerate();
        notes
            .map(|(at, key)| KeyNote { index: key.index, text: key.jwk.title(), used: used == Some(at) })
            .collect()
    }
}

/// The keys in one secret's text, and how it was read.
///
/// # Errors
/// If it is not what it was said to be, or seemed to be.
pub fn read(secret: &SecretText, usual: SecretEncoding) -> Result<(Vec<Jwk>, SecretEncoding), KeyError> {
    let encoding = secret.encoding_or(usual);
    let keys = match encoding {
        SecretEncoding::Jwk | SecretEncoding::Jwks => jwk::read(&secret.text)?,
        SecretEncoding::Pem => pem::read(&secret.text)?,
        _ => {
            let key = secret.read(usual).map_err(|error| {
                KeyError::new(format!("{error}."), "Choose how the secret is read, or mend its text.")
            })?;
            vec![Jwk::of(Key::Oct(key))]
        }
    };
    Ok((keys, encoding))
}
