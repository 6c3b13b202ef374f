//! Constructions that several schemes share.

pub mod base64;
pub mod cipher;
pub mod digest;
pub mod excerpt;
pub mod inflate;
pub mod key_generator;
pub mod mac;
pub mod rails_encryptor;
pub mod rails_message;
pub mod rails_verifier;
pub mod random;
pub mod ruby_options;
pub mod ruby_value;
