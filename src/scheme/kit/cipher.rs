//! Ciphers, with their parameters as bytes: AES in CBC, CTR and GCM mode, ChaCha20-Poly1305 and its extended forms.
//!
//! A function gives `None` where a key, a nonce or a text has a length that the cipher does not take, or where what is
//! opened does not authenticate (or, for CBC, is not padded rightly).

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead as AeadTrait, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use poly1305::Poly1305;
use salsa20::XSalsa20;
use subtle::ConstantTimeEq;

/// `plain` in AES-CBC with PKCS#7 padding; the key's length (16, 24 or 32 bytes) chooses AES-128, 192 or 256.
pub fn cbc_encrypt(key: &[u8], iv: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => cbc::Encryptor::<Aes128>::new_from_slices(key, iv)
            .ok()
            .map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
        24 => cbc::Encryptor::<Aes192>::new_from_slices(key, iv)
            .ok()
            .map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
        32 => cbc::Encryptor::<Aes256>::new_from_slices(key, iv)
            .ok()
            .map(|c| c.encrypt_padded_vec::<Pkcs7>(plain)),
        _ => None,
    }
}

/// What [`cbc_encrypt`] encrypted. CBC authenticates nothing: check the MAC first.
pub fn cbc_decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok(),
        24 => cbc::Decryptor::<Aes192>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok(),
        32 => cbc::Decryptor::<Aes256>::new_from_slices(key, iv)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok(),
        _ => None,
    }
}

/// AES-CTR with a counter of 128 bits, big-endian: encrypts and decrypts.
pub fn ctr(key: &[u8], iv: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut out = text.to_vec();
    match key.len() {
        16 => ctr::Ctr128BE::<Aes128>::new_from_slices(key, iv).ok()?.try_apply_keystream(&mut out).ok()?,
        24 => ctr::Ctr128BE::<Aes192>::new_from_slices(key, iv).ok()?.try_apply_keystream(&mut out).ok()?,
        32 => ctr::Ctr128BE::<Aes256>::new_from_slices(key, iv).ok()?.try_apply_keystream(&mut out).ok()?,
        _ => return None,
    }
    Some(out)
}

/// XChaCha20 (draft-irtf-cfrg-xchacha) from its first block on, with a key of 32 and a nonce of 24 bytes: encrypts and
/// decrypts, and authenticates nothing.
pub fn xchacha20(key: &[u8], nonce: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut out = text.to_vec();
    chacha20::XChaCha20::new_from_slices(key, nonce).ok()?.try_apply_keystream(&mut out).ok()?;
    Some(out)
}

/// A cipher that encrypts and authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aead {
    /// AES-GCM with a nonce of 12 bytes (NIST SP 800-38D); the key's length chooses AES-128, 192 or 256.
    AesGcm,
    /// RFC 8439: a key of 32, a nonce of 12 bytes.
    ChaCha20Poly1305,
    /// A key of 32, a nonce of 24 bytes (draft-irtf-cfrg-xchacha).
    XChaCha20Poly1305,
    /// NaCl's and libsodium's secretbox: a key of 32, a nonce of 24 bytes; it takes no associated data. The tag is written
    /// in front of the ciphertext, as libsodium does, not behind it.
    XSalsa20Poly1305,
}

/// Bytes of every tag here.
pub const TAG: usize = 16;

impl Aead {
    /// Encrypts `plain` and authenticates `aad` beside it. The tag stands behind the ciphertext (see
    /// [`Aead::XSalsa20Poly1305`] for the exception).
    pub fn seal(self, key: &[u8], nonce: &[u8], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg: plain, aad };
        match (self, key.len()) {
            (Self::AesGcm, 16) => seal::<AesGcm<Aes128, U12>>(key, nonce, payload),
            (Self::AesGcm, 24) => seal::<AesGcm<Aes192, U12>>(key, nonce, payload),
            (Self::AesGcm, 32) => seal::<AesGcm<Aes256, U12>>(key, nonce, payload),
            (Self::ChaCha20Poly1305, _) => seal::<ChaCha20Poly1305>(key, nonce, payload),
            (Self::XChaCha20Poly1305, _) => seal::<XChaCha20Poly1305>(key, nonce, payload),
            (Self::XSalsa20Poly1305, _) => secretbox_seal(key, nonce, plain).filter(|_| aad.is_empty()),
            (Self::AesGcm, _) => None,
        }
    }

    /// What [`Aead::seal`] sealed.
    pub fn open(self, key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg: sealed, aad };
        match (self, key.len()) {
            (Self::AesGcm, 16) => open::<AesGcm<Aes128, U12>>(key, nonce, payload),
            (Self::AesGcm, 24) => open::<AesGcm<Aes192, U12>>(key, nonce, payload),
            (Self::AesGcm, 32) => open::<AesGcm<Aes256, U12>>(key, nonce, payload),
            (Self::ChaCha20Poly1305, _) => open::<ChaCha20Poly1305>(key, nonce, payload),
            (Self::XChaCha20Poly1305, _) => open::<XChaCha20Poly1305>(key, nonce, payload),
            (Self::XSalsa20Poly1305, _) => secretbox_open(key, nonce, sealed).filter(|_| aad.is_empty()),
            (Self::AesGcm, _) => None,
        }
    }
}

fn seal<C: AeadTrait + KeyInit>(key: &[u8], nonce: &[u8], payload: Payload) -> Option<Vec<u8>> {
    C::new_from_slice(key).ok()?.encrypt(nonce.try_into().ok()?, payload).ok()
}

fn open<C: AeadTrait + KeyInit>(key: &[u8], nonce: &[u8], payload: Payload) -> Option<Vec<u8>> {
    C::new_from_slice(key).ok()?.decrypt(nonce.try_into().ok()?, payload).ok()
}

/// The one-time authenticator over `ciphertext`, and the cipher behind the bytes that its key took
/// (NaCl, `crypto_secretbox`).
fn secretbox(key: &[u8], nonce: &[u8]) -> Option<(XSalsa20, Poly1305)> {
    let mut cipher = XSalsa20::new_from_slices(key, nonce).ok()?;
    let mut mac_key = [0; 32];
    cipher.try_apply_keystream(&mut mac_key).ok()?;
    let mac = poly1305::universal_hash::KeyInit::new_from_slice(&mac_key).ok()?;
    Some((cipher, mac))
}

fn secretbox_seal(key: &[u8], nonce: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let (mut cipher, mac) = secretbox(key, nonce)?;
    let mut ciphertext = plain.to_vec();
    cipher.try_apply_keystream(&mut ciphertext).ok()?;
    let mut sealed = mac.compute_unpadded(&ciphertext).to_vec();
    sealed.extend(ciphertext);
    Some(sealed)
}

fn secretbox_open(key: &[u8], nonce: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (tag, ciphertext) = sealed.split_at_checked(TAG)?;
    let (mut cipher, mac) = secretbox(key, nonce)?;
    let right: bool = mac.compute_unpadded(ciphertext).as_slice().ct_eq(tag).into();
    let mut plain = ciphertext.to_vec();
    cipher.try_apply_keystream(&mut plain).ok()?;
    right.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex::decode(hex).expect("hex")
    }

    #[test]
    fn cbc_and_ctr_are_nists() {
        // NIST SP 800-38A, F.2.1 and F.5.1: the first block.
        let key = bytes("2b7e151628aed2a6abf7158809cf4f3c");
        let plain = bytes("6bc1bee22e409f96e93d7e117393172a");
        let ciphertext =
            cbc_encrypt(&key, &bytes("000102030405060708090a0b0c0d0e0f"), &plain).expect("lengths");
        assert_eq!(hex::encode(&ciphertext[..16]), "7649abac8119b246cee98e9b12e9197d");
        assert_eq!(
            cbc_decrypt(&key, &bytes("000102030405060708090a0b0c0d0e0f"), &ciphertext),
            Some(plain.clone())
        );
        assert_eq!(cbc_decrypt(&key, &[0; 16], &ciphertext[..16]), None, "no padding");
        assert_eq!(cbc_encrypt(&key[1..], &[0; 16], &plain), None);
        let counter = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        assert_eq!(
            hex::encode(ctr(&key, &counter, &plain).expect("lengths")),
            "874d6191b620e3261bef6864990db6ce"
        );
    }

    #[test]
    fn xchacha20_begins_a_block_before_its_authenticated_form() {
        let (key, nonce) = ([7; 32], [9; 24]);
        let stream = xchacha20(&key, &nonce, &[0; 96]).expect("lengths");
        // RFC 8439 section 2.8: the first block is the authenticator's key, and the text begins with the second.
        let sealed = Aead::XChaCha20Poly1305.seal(&key, &nonce, b"", &[0; 32]).expect("lengths");
        assert_eq!(stream[64..], sealed[..32]);
        assert_eq!(xchacha20(&key, &nonce, &stream).as_deref(), Some(&[0; 96][..]));
        assert_eq!(xchacha20(&key[1..], &nonce, b""), None);
    }

    #[test]
    fn what_is_sealed_opens_and_a_changed_copy_does_not() {
        let ciphers = [
            (Aead::AesGcm, 16, 12),
            (Aead::AesGcm, 24, 12),
            (Aead::AesGcm, 32, 12),
            (Aead::ChaCha20Poly1305, 32, 12),
            (Aead::XChaCha20Poly1305, 32, 24),
            (Aead::XSalsa20Poly1305, 32, 24),
        ];
        for (cipher, key, nonce) in ciphers {
            let (key, nonce) = (vec![7; key], vec![9; nonce]);
            let aad: &[u8] = if cipher == Aead::XSalsa20Poly1305 { b"" } else { b"name" };
            let mut sealed = cipher.seal(&key, &nonce, aad, b"some text").expect("lengths");
            assert_eq!(sealed.len(), 9 + TAG);
            assert_eq!(cipher.open(&key, &nonce, aad, &sealed).as_deref(), Some(&b"some text"[..]));
            assert_eq!(cipher.open(&key, &nonce, b"another", &sealed), None);
            assert_eq!(cipher.open(&key, &nonce[1..], aad, &sealed), None);
            assert_eq!(cipher.open(&key[1..], &nonce, aad, &sealed), None);
            sealed[3] ^= 1;
            assert_eq!(cipher.open(&key, &nonce, aad, &sealed), None);
        }
    }

    #[test]
    fn the_secretbox_is_nacls() {
        // The example of NaCl's own tests (tests/secretbox.c), its first bytes.
        let key = bytes("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        let nonce = bytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        let plain = bytes("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc");
        let sealed = Aead::XSalsa20Poly1305.seal(&key, &nonce, b"", &plain).expect("lengths");
        assert_eq!(
            hex::encode(&sealed[TAG..]),
            "8e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186a"
        );
    }
}
