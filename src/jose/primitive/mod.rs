//! What keys of each type compute, over the types of [`super::key`]: plain functions of bytes, one file a type.
//!
//! A function gives `None` or `false` where a key, a signature or a text cannot be one of its kind.

pub mod ec;
pub mod ml_dsa;
pub mod okp;
pub mod rsa;
