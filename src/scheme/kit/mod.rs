//! Constructions that several schemes share.

pub mod base64;
pub mod cipher;
pub mod digest;
pub mod excerpt;
pub mod inflate;
pub mod jwe;
pub mod mac;
pub mod random;
