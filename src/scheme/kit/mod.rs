//! Constructions that several schemes share.

pub mod adonis_message;
pub mod base64;
pub mod binascii;
pub mod cipher;
pub mod cookie_signature;
pub mod digest;
pub mod django;
pub mod excerpt;
pub mod expiry;
pub mod inflate;
pub mod itsdangerous;
pub mod mac;
pub mod python_signing;
pub mod random;
pub mod refusal;
