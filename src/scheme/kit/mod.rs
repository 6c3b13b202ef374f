//! Constructions that several schemes share.

pub mod base64;
pub mod binascii;
pub mod cipher;
pub mod digest;
pub mod django;
pub mod excerpt;
pub mod inflate;
pub mod itsdangerous;
pub mod mac;
pub mod python_signing;
pub mod random;
