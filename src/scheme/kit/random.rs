//! Random bytes for values that hold some: initialisation vectors, nonces, salts.

use crate::protocol::{Field, SignError};

/// `N` bytes of the system's or the browser's secure random source.
///
/// # Errors
/// If that source fails; there is no other.
pub fn bytes<const N: usize>() -> Result<[u8; N], SignError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| SignError {
        field: Field::Scheme,
        message: format!("The random source failed: {error}."),
        hint: "Reload the page, or use another browser.".into(),
        at: None,
    })?;
    Ok(bytes)
}
