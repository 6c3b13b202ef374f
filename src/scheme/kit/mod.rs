//! Constructions that several schemes share.

pub mod argon2id;
pub mod base64;
pub mod cipher;
pub mod digest;
pub mod excerpt;
pub mod inflate;
pub mod iron;
pub mod jwe;
pub mod jwe_session;
pub mod mac;
pub mod option;
pub mod random;
pub mod sealed;
