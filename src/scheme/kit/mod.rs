//! Constructions that several schemes share.

pub mod base64;
pub mod choices;
pub mod cipher;
pub mod digest;
pub mod excerpt;
pub mod inflate;
pub mod mac;
pub mod outcome;
pub mod php_base64;
pub mod php_query;
pub mod plug_crypto;
pub mod random;
pub mod rust_cookie_key;
