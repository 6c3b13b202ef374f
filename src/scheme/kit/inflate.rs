//! zlib (RFC 1950) and deflate (RFC 1951), with a bound on what comes out.

use miniz_oxide::inflate::{self, DecompressError, TINFLStatus};

use crate::limits::MAX_INFLATED;
use crate::work;

/// The bytes that zlib `compressed`.
///
/// # Errors
/// The rest of a sentence that begins with the name of the part: that it is no zlib stream, or too large.
pub fn zlib(compressed: &[u8]) -> Result<Vec<u8>, String> {
    counted(inflate::decompress_to_vec_zlib_with_limit(compressed, MAX_INFLATED), MAX_INFLATED)
}

/// The bytes of a raw deflate stream.
///
/// # Errors
/// As [`zlib`].
pub fn deflate(compressed: &[u8]) -> Result<Vec<u8>, String> {
    deflate_within(compressed, MAX_INFLATED)
}

/// The same with another bound, in bytes.
///
/// # Errors
/// As [`zlib`].
pub fn deflate_within(compressed: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    counted(inflate::decompress_to_vec_with_limit(compressed, limit), limit)
}

/// `bytes`, compressed with zlib as Python's `zlib.compress` does, though not always to the same bytes.
pub fn to_zlib(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

/// `bytes` as a raw deflate stream.
pub fn to_deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 6)
}

fn counted(inflated: Result<Vec<u8>, DecompressError>, limit: usize) -> Result<Vec<u8>, String> {
    // What is refused is not read.
    work::spend_on(inflated.as_ref().map_or(limit / 8, Vec::len), 0);
    inflated.map_err(|error| said(error.status, limit))
}

fn said(status: TINFLStatus, limit: usize) -> String {
    match status {
        TINFLStatus::HasMoreOutput => {
            format!("inflates to more than {limit} bytes; it may be a decompression bomb")
        }
        TINFLStatus::Adler32Mismatch => "is compressed, but its checksum is wrong".into(),
        _ => "is not compressed data, or was cut".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        let text = b"a text, a text, a text";
        assert_eq!(zlib(&to_zlib(text)).as_deref(), Ok(&text[..]));
        assert_eq!(deflate(&to_deflate(text)).as_deref(), Ok(&text[..]));
        assert!(zlib(text).is_err());
        let compressed = to_zlib(text);
        assert!(zlib(&compressed[..compressed.len() - 6]).is_err());
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = to_zlib(&vec![0; MAX_INFLATED + 1]);
        assert!(bomb.len() < 10_000);
        assert!(zlib(&bomb).expect_err("too large").contains("bomb"));
    }
}
