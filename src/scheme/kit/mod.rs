//! Constructions that several schemes share.

pub mod age;
pub mod base64;
pub mod cipher;
pub mod digest;
pub mod excerpt;
pub mod fernet;
pub mod inflate;
pub mod mac;
pub mod opened;
pub mod options;
pub mod python_base64;
pub mod random;
