//! Argon2id (RFC 9106), slow and hungry by design: run it only when the person agreed to what it costs.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::secret::Secret;
use crate::work::{self, Function};

/// A key of 32 bytes, from `passes` passes over `kib` KiB of memory in one lane. `None` if there is not that much memory,
/// or the salt is shorter than 8 bytes.
pub fn key(password: &[u8], salt: &[u8], passes: u32, kib: u32) -> Option<Secret> {
    let params = Params::new(kib, passes, 1, Some(32)).ok()?;
    work::key(Function::Argon2id { passes, kib }, password, salt, 32, |key| {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(password, salt, key).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_reference_implementations() {
        // phc-winner-argon2, src/test.c: Argon2id version 19, t = 2, m = 256 KiB, p = 1, "password", "somesalt".
        let key = key(b"password", b"somesalt", 2, 256).expect("enough memory");
        let expected = "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe";
        assert_eq!(hex::encode(key.bytes()), expected);
        assert!(super::key(b"password", b"salt", 2, 256).is_none(), "a short salt");
    }
}
