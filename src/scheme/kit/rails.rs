//! What Rails' four schemes share: the defaults of a time, what they say of themselves, and how they open and make.

use std::borrow::Cow;

use super::digest::Digest;
use super::key_generator::{KEY_DIGEST, KeySource};
use super::mac::Keys;
use super::opened::bare;
use super::options;
use super::rails_encryptor::{Encryptor, Mode};
use super::rails_message::{self, Opening, Reader, Serializer, Writer};
use super::rails_verifier::Verifier;
use super::verdict::unusable;
use crate::intake::Item;
use crate::protocol::{About, Ask, Draft, Opened, OptionSpec, Options, PayloadForm, SignError};
use crate::scheme::Made;
use crate::secret::SecretEncoding;

/// What an application has that configures nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// Of the key generator.
    pub key_digest: Digest,
    pub serializer: Serializer,
    /// Whether it is of Rails 7.
    pub is_modern: bool,
}

impl Defaults {
    /// Before Rails 7.
    pub const fn classic() -> Self {
        Self { key_digest: Digest::Sha1, serializer: Serializer::Marshal, is_modern: false }
    }

    /// Of Rails 7 and later, with the serializer that it has there.
    pub const fn modern(serializer: Serializer) -> Self {
        Self { key_digest: Digest::Sha256, serializer, is_modern: true }
    }

    /// The hash function of the key generator.
    ///
    /// # Errors
    /// If it is unknown.
    pub fn key_digest(&self, options: &Options) -> Result<Digest, SignError> {
        options::digest(options, KEY_DIGEST, self.key_digest)
    }

    /// A key of the application's generator, whose salt is the option `salt`, or `usual_salt`.
    ///
    /// # Errors
    /// If an option cannot be used.
    pub fn key(
        &self,
        options: &Options,
        salt: &'static str,
        usual_salt: &str,
        length: usize,
    ) -> Result<KeySource, SignError> {
        let salt = options::filled(options, salt)?.unwrap_or(usual_salt);
        Ok(KeySource::rails(self.key_digest(options)?, salt, length))
    }

    /// Whether values are cut as Rails 7.1 does.
    ///
    /// # Errors
    /// If the version is neither text nor number.
    pub fn is_modern(&self, options: &Options) -> Result<bool, SignError> {
        rails_message::is_modern(options, self.is_modern)
    }
}

/// The facts in which the four differ.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub id: &'static str,
    pub title: &'static str,
    pub docs: &'static str,
    pub built: &'static str,
    pub example: &'static str,
    pub options: &'static [OptionSpec],
}

pub const COOKIES_DOCS: &str = "https://api.rubyonrails.org/classes/ActionDispatch/Cookies.html";

pub const fn about(facts: Facts) -> About {
    About {
        id: Cow::Borrowed(facts.id),
        title: Cow::Borrowed(facts.title),
        framework: Cow::Borrowed("Rails"),
        language: Cow::Borrowed("Ruby"),
        cookie_names: Cow::Borrowed(&[]),
        docs: Cow::Borrowed(facts.docs),
        secret_encoding: SecretEncoding::Utf8,
        built: Cow::Borrowed(facts.built),
        percent_encoded: true,
        payload_forms: Cow::Borrowed(&[PayloadForm::Json, PayloadForm::Text, PayloadForm::Hex]),
        example: Cow::Borrowed(facts.example),
        options: Cow::Borrowed(facts.options),
    }
}

/// Why a value may be one of an encryptor, as its form says.
pub const fn encrypted_form(mode: Mode) -> &'static str {
    match mode {
        Mode::Gcm => {
            "Three pieces of Base64 with `--` between them; the last two have 12 and 16 bytes, as IV and tag of AES-GCM."
        }
        Mode::Cbc => {
            "Base64 and the hex of an HMAC tag; in the Base64 stand a ciphertext and an IV of 16 bytes."
        }
    }
}

/// What signs or encrypts a message.
#[derive(Debug)]
pub enum Codec {
    Verifier(Verifier),
    Encryptor(Encryptor),
}

/// Opens a value as the options say. `setting` is what to set so that such values hold no Marshal.
pub fn open(
    about: &About,
    item: &Item,
    ask: &Ask,
    setting: &str,
    settings: Result<(Codec, Reader), SignError>,
) -> Opened {
    let (codec, reader) = match settings {
        Ok(settings) => settings,
        Err(error) => return bare(about, unusable(&error)),
    };
    let keys = Keys::of(&ask.secrets, about.secret_encoding);
    let opening = Opening { about, item, ask, keys: &keys, reader: &reader, setting };
    match codec {
        Codec::Verifier(verifier) => verifier.open(&opening),
        Codec::Encryptor(encryptor) => encryptor.open(&opening),
    }
}

/// Makes a value of what `writer` writes.
///
/// # Errors
/// If the payload cannot be written, or there is no key for it.
pub fn make(about: &About, draft: &Draft, codec: &Codec, writer: &Writer) -> Result<Made, SignError> {
    let keys = Keys::of(&draft.secrets, about.secret_encoding);
    keys.signing()?;
    let written = writer.write(&draft.payload)?;
    match codec {
        Codec::Verifier(verifier) => verifier.make(written, &keys),
        Codec::Encryptor(encryptor) => encryptor.make(written, &keys),
    }
}
