//! Constructions that several schemes share.

pub mod base64url;
pub mod excerpt;
pub mod mac;
