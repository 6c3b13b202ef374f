//! Keys and certificates in PEM (RFC 7468), read and written.
use super::{Jwk, KeyError};

/// The keys between all `BEGIN` and `END` lines.
pub fn read(_text: &str) -> Result<Vec<Jwk>, KeyError> {
    Err(KeyError::new("", ""))
}
