//! Constructions that several schemes share.

pub mod adonis_message;
pub mod argon2id;
pub mod base64;
pub mod binascii;
pub mod cipher;
pub mod cookie_signature;
pub mod digest;
pub mod django;
pub mod excerpt;
pub mod expiry;
pub mod inflate;
pub mod iron;
pub mod itsdangerous;
pub mod jwe;
pub mod jwe_session;
pub mod mac;
pub mod option;
pub mod python_signing;
pub mod random;
pub mod refusal;
pub mod sealed;
