//! `ActiveSupport::KeyGenerator`: many keys from one secret, by PBKDF2 with a salt for each use.
//!
//! Rails' own takes `secret_key_base`'s characters as the password and 1,000 iterations, with HMAC-SHA1 up to Rails 6.1
//! and HMAC-SHA256 from `load_defaults 7.0` on (`config.active_support.key_generator_hash_digest_class`).

use super::digest::Digest;
use super::mac::{Key, Keys};
use super::option_spec::{KEY_DIGESTS, Uses, spec};
use crate::protocol::{Excerpt, OptionSpec, Step};
use crate::secret::Secret;

/// Rails' own count.
pub const ITERATIONS: u32 = 1_000;

/// The option that names its hash function.
pub const KEY_DIGEST: &str = "key_generator_hash_digest_class";

/// That option, with its default.
pub const fn key_digest_spec(default: &'static str) -> OptionSpec {
    spec(
        KEY_DIGEST,
        KEY_DIGESTS,
        default,
        "The hash function of the key generator. An application that was upgraded may have kept SHA1.",
        Uses::Both,
    )
}

/// Where a key comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// The secret's bytes as they are.
    Secret,
    /// Made by the key generator.
    Generated { digest: Digest, salt: String, iterations: u32, length: usize },
}

impl KeySource {
    /// A key of Rails' own generator.
    pub fn rails(digest: Digest, salt: &str, length: usize) -> Self {
        Self::Generated { digest, salt: salt.to_owned(), iterations: ITERATIONS, length }
    }

    /// The key. None if the count of iterations is out of bounds.
    fn key(&self, secret: &Secret) -> Option<Secret> {
        match self {
            Self::Secret => Some(secret.clone()),
            Self::Generated { digest, salt, iterations, length } => {
                digest.pbkdf2(secret.bytes(), salt.as_bytes(), *iterations, *length)
            }
        }
    }

    /// The keys made of every secret, once.
    pub fn of<'a>(&'a self, keys: &'a Keys) -> MadeKeys<'a> {
        let made = keys.usable.iter().filter_map(|key| Some((key, self.key(&key.secret)?))).collect();
        MadeKeys { source: self, keys, made }
    }
}

/// Keys, each beside the secret that it was made of.
#[derive(Debug)]
pub struct MadeKeys<'a> {
    source: &'a KeySource,
    pub keys: &'a Keys,
    made: Vec<(&'a Key, Secret)>,
}

impl<'a> MadeKeys<'a> {
    /// The key that signs.
    pub fn first(&self) -> Option<&Secret> {
        self.made.first().map(|(_, made)| made)
    }

    /// The key that was made of the secret of that number.
    pub fn of_index(&self, index: usize) -> Option<&Secret> {
        self.made.iter().find(|(key, _)| key.index == index).map(|(_, made)| made)
    }

    /// The first secret with whose key `open` succeeds, and what it gave.
    pub fn find<T>(&self, open: impl Fn(&Secret) -> Option<T>) -> Option<(&'a Key, T)> {
        self.made.iter().find_map(|(key, made)| Some((*key, open(made)?)))
    }

    /// The steps from the first secret to its key, under that name.
    pub fn steps(&self, name: &str) -> Vec<Step> {
        match self.source {
            KeySource::Secret => self.keys.step(name).into_iter().collect(),
            KeySource::Generated { digest, salt, iterations, length } => {
                let digest = digest.name().replace('-', "");
                let formula = format!("PBKDF2-HMAC-{digest}(secret, {salt:?}, {iterations}, {length} bytes)");
                let made = self.first().map(|key| Step::new(name, formula, Excerpt::key(key.bytes()), None));
                self.keys.step("Secret").into_iter().chain(made).collect()
            }
        }
    }
}
