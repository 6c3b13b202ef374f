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

/// A random UUID (RFC 9562 section 5.4), as JavaScript's `crypto.randomUUID` writes it.
///
/// # Errors
/// As [`bytes`].
pub fn uuid() -> Result<String, SignError> {
    let bits = u128::from_be_bytes(bytes()?);
    // Version 4, variant 2.
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    Ok(groups.map(|group| hex.get(group).unwrap_or_default().to_owned()).join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_of_version_4() {
        let uuid = uuid().expect("random bytes");
        let groups: Vec<&str> = uuid.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(groups[2].starts_with('4') && groups[3].starts_with(['8', '9', 'a', 'b']));
    }
}
