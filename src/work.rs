//! What one call of the engine has done so far: the keys that it derived, which need no second derivation, and how much
//! work it was.
//!
//! It is kept for the thread while a [`Call`] lives, so that no argument runs through every scheme. The keys are wiped when
//! the call ends.

use std::cell::{Cell, RefCell};

use zeroize::Zeroizing;

use crate::jose::key::Key;
use crate::limits::MAX_WORK;
use crate::scheme::kit::digest::Digest;
use crate::secret::Secret;

thread_local! {
    static DONE: RefCell<Option<Done>> = const { RefCell::new(None) };
    static FOR_VERDICT: Cell<bool> = const { Cell::new(false) };
}

/// A round of PBKDF2.
const ROUND: usize = 250;

/// What it takes to open a value or to inflate it, a byte: Base64, reading what is inside; and as much for the hashes with
/// each secret.
const BYTE: usize = 8;

/// One call of the engine, from its begin to its end.
#[derive(Debug)]
pub struct Call(Option<Done>);

#[derive(Debug, Default)]
struct Done {
    keys: Vec<Derived>,
    /// In nanoseconds of a desktop's processor, roughly; a browser takes two to four times as long.
    work: usize,
}

/// A slow function that makes a key of a password, with all that it depends on besides password and salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Pbkdf2 { digest: Digest, iterations: u32 },
    Argon2id { passes: u32, kib: u32 },
}

/// A key, and what it was made of.
#[derive(Debug)]
struct Derived {
    function: Function,
    password: Secret,
    salt: Vec<u8>,
    key: Secret,
}

impl Call {
    /// What is done from here on belongs to this call, until it is dropped.
    pub fn begin() -> Self {
        Self(DONE.replace(Some(Done::default())))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        DONE.set(self.0.take());
    }
}

/// `length` bytes that `function` makes of `password` and `salt`: as `derive` writes them, once a call.
pub fn key(
    function: Function,
    password: &[u8],
    salt: &[u8],
    length: usize,
    derive: impl FnOnce(&mut [u8]) -> Option<()>,
) -> Option<Secret> {
    let is_it = |derived: &&Derived| {
        derived.function == function
            && derived.salt == salt
            && derived.password.bytes() == password
            && derived.key.len() == length
    };
    let known = DONE.with_borrow(|done| Some(done.as_ref()?.keys.iter().find(is_it)?.key.clone()));
    if known.is_some() {
        return known;
    }
    let mut key = Zeroizing::new(vec![0; length]);
    derive(&mut key)?;
    let key = Secret::new(std::mem::take(&mut *key));
    spend(function.work(length));
    DONE.with_borrow_mut(|done| {
        if let Some(done) = done {
            let (password, salt) = (Secret::new(password.to_vec()), salt.to_vec());
            done.keys.push(Derived { function, password, salt, key: key.clone() });
        }
    });
    Some(key)
}

impl Function {
    /// Nanoseconds that it takes to make so many bytes.
    const fn work(self, length: usize) -> usize {
        match self {
            Self::Pbkdf2 { digest, iterations } => {
                (iterations as usize).saturating_mul(length.div_ceil(digest.size())).saturating_mul(ROUND)
            }
            // It runs only for who agreed to wait.
            Self::Argon2id { .. } => MAX_WORK / 8,
        }
    }
}

/// A value of so many bytes is opened once more with so many secrets, or was inflated to so many.
pub fn spend_on(bytes: usize, secrets: usize) {
    spend(bytes.saturating_mul(BYTE).saturating_mul(secrets.saturating_add(1)));
}

/// A signature of so many bytes is checked with `key`, or a key is agreed on with it.
pub fn spend_on_key(key: &Key, bytes: usize) {
    spend(match key {
        Key::Oct(_) => bytes,
        Key::Rsa(rsa) => return spend_on_public_rsa(rsa.bits()),
        Key::Okp(okp) if okp.curve.size() <= 32 => 50_000,
        Key::Okp(_) => 2_000_000,
        Key::Ec(_) | Key::Akp(_) => 500_000,
    });
}

/// A power is computed modulo a number of so many bits.
pub fn spend_on_power(bits: usize) {
    spend(bits.saturating_pow(3) / 1_200);
}

/// The common divisor of numbers of so many bits is searched for.
pub fn spend_on_divisor(bits: usize) {
    spend(bits.saturating_mul(bits) / 8);
}

/// A signature is checked with a public RSA key of so many bits.
pub fn spend_on_public_rsa(bits: usize) {
    spend(bits.saturating_mul(bits) / 80);
}

/// Small divisors of a number of so many bits are searched for.
pub fn spend_on_small_divisors(bits: usize) {
    spend(bits.saturating_mul(120));
}

/// Something is signed or decrypted with a private RSA key of so many bits.
pub fn spend_on_private_rsa(bits: usize) {
    spend(bits.saturating_pow(3) / 4_000);
}

/// A private RSA key of so many bits is checked; before that, perhaps, its primes are found.
pub fn spend_on_rsa(bits: usize, finds_primes: bool) {
    spend(bits.saturating_mul(bits) / if finds_primes { 6 } else { 40 });
}

/// Does what `open` does for the verdict alone: whatever else is said of the value then, nobody reads.
pub fn for_verdict<T>(open: impl FnOnce() -> T) -> T {
    let before = FOR_VERDICT.replace(true);
    let opened = open();
    FOR_VERDICT.set(before);
    opened
}

/// Whether only the verdict is wanted, so that a review can be left out.
pub fn is_for_verdict() -> bool {
    FOR_VERDICT.get()
}

/// Counts so many nanoseconds of a desktop's processor, roughly.
pub fn spend(nanoseconds: usize) {
    DONE.with_borrow_mut(|done| {
        if let Some(done) = done {
            done.work = done.work.saturating_add(nanoseconds);
        }
    });
}

/// What a loop over keys may do of its own, whatever was done before: so the first key is always tried.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// What was done before.
    from: usize,
    limit: usize,
}

impl Share {
    /// From here on, and no more than `limit` nanoseconds.
    pub fn of(limit: usize) -> Self {
        Self { from: spent(), limit }
    }

    /// Whether it is used up: what is not tried by then is left out, and said to be.
    pub fn is_used_up(self) -> bool {
        spent().saturating_sub(self.from) > self.limit
    }
}

fn spent() -> usize {
    DONE.with_borrow(|done| done.as_ref().map_or(0, |done| done.work))
}

/// Forgets what was done, but for the keys: what comes now has been waited for.
pub fn start_over() {
    DONE.with_borrow_mut(|done| {
        if let Some(done) = done {
            done.work = 0;
        }
    });
}

/// Whether this call has done as much as a person waits for: what is not tried by then is left out, and said to be.
pub fn is_too_much() -> bool {
    DONE.with_borrow(|done| done.as_ref().is_some_and(|done| done.work > MAX_WORK))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const FUNCTION: Function = Function::Pbkdf2 { digest: Digest::Sha256, iterations: 1_000 };

    #[test]
    fn a_key_is_derived_once_a_call() {
        let derived = Cell::new(0);
        let key = |salt: &[u8], length| {
            key(FUNCTION, b"password", salt, length, |key| {
                derived.set(derived.get() + 1);
                key.fill(7);
                Some(())
            })
        };
        let count = |length| {
            assert_eq!(key(b"salt", length), Some(Secret::new(vec![7; length])));
            derived.get()
        };
        assert_eq!([count(32), count(32)], [1, 2], "outside of a call nothing is kept");
        let outer = Call::begin();
        assert_eq!([count(32), count(32), count(16)], [3, 3, 4]);
        assert!(key(b"pepper", 32).is_some() && derived.get() == 5);
        let inner = Call::begin();
        assert_eq!([count(32), count(32)], [6, 6], "another call knows nothing of it");
        drop(inner);
        assert_eq!(count(32), 6);
        drop(outer);
        assert_eq!(count(32), 7);
    }

    #[test]
    fn what_fails_is_no_key() {
        let _call = Call::begin();
        assert_eq!(key(FUNCTION, b"password", b"salt", 32, |_| None), None);
        assert!(key(FUNCTION, b"password", b"salt", 32, |_| Some(())).is_some());
    }

    #[test]
    fn work_is_counted_in_a_call_alone() {
        spend(usize::MAX);
        assert!(!is_too_much());
        let _call = Call::begin();
        assert!(key(FUNCTION, b"password", b"salt", 32, |_| Some(())).is_some() && !is_too_much());
        spend_on(usize::MAX, 1);
        assert!(is_too_much());
        start_over();
        assert!(!is_too_much());
    }
}
