//! What an RSA key's numbers give away: a modulus that is no product of two large primes, one that others share a factor
//! with, and private numbers that are not those of the public ones. Numbers are big-endian.

use p256::elliptic_curve::bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use p256::elliptic_curve::bigint::{BoxedUint, ConcatenatingMul as _, Gcd as _, Resize as _};

use crate::limits::RSA_BITS;
use crate::work;

/// What is wrong with a modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has this small divisor.
    Divisor(u64),
    /// Its two primes are the same.
    Square,
    /// It is a prime itself.
    Prime,
    /// Its primes are made as the chips of CVE-2017-15361 made them.
    Roca,
}

/// Divisors that are tried: up to here.
const SMALL: u64 = 10_000;

/// What is wrong with the modulus `n`, if anything shows. Whether it is prime is asked only of one of at most `power_bits`.
/// Nothing is asked once that has taken too long for many.
pub fn fault(n: &[u8], power_bits: u32) -> Option<Fault> {
    if work::is_too_much() {
        return None;
    }
    work::spend_on_small_divisors(n.len().saturating_mul(8));
    let number = number(n)?;
    let odd = (3..SMALL).step_by(2).filter(|&small| is_small_prime(small));
    let divisor = std::iter::once(2).chain(odd).find(|&small| rest(n, small) == 0);
    if let Some(divisor) = divisor {
        return Some(Fault::Divisor(divisor));
    }
    if number.checked_sqrt_vartime().is_some() {
        return Some(Fault::Square);
    }
    if is_roca(n) {
        return Some(Fault::Roca);
    }
    (may_raise(&number, power_bits) && is_prime(&number)).then_some(Fault::Prime)
}

/// Whether something may be raised to a power modulo `n`, which takes its time.
fn may_raise(n: &BoxedUint, power_bits: u32) -> bool {
    let may = n.bit_width_vartime() <= power_bits && !work::is_too_much();
    if may {
        work::spend_on_power(n.bit_width_vartime() as usize);
    }
    may
}

/// The first of the `others` with which the modulus `n` has a factor in common without being the same: both keys fall.
pub fn shares_a_factor(n: &[u8], others: &[&[u8]]) -> Option<usize> {
    let n = number(n)?;
    if work::is_too_much() {
        return None;
    }
    work::spend_on_divisor(n.bit_width_vartime() as usize);
    let others: Vec<Option<BoxedUint>> =
        others.iter().map(|other| number(other).filter(|other| *other != n)).collect();
    let shares = |other: &BoxedUint| n.gcd_vartime(other) != BoxedUint::one();
    // Of all together first: one division each, and one search for a divisor.
    let together = |product: BoxedUint, other| remainder(&product.concatenating_mul(other), &n);
    let product = others.iter().flatten().try_fold(BoxedUint::one(), together)?;
    if !shares(&product) {
        return None;
    }
    others.iter().position(|other| other.as_ref().is_some_and(shares))
}

/// The private numbers of a key; empty where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Private<'a> {
    pub d: &'a [u8],
    pub p: &'a [u8],
    pub q: &'a [u8],
    pub dp: &'a [u8],
    pub dq: &'a [u8],
    pub qi: &'a [u8],
}

/// What does not fit of a private key, in words; `None` if all fits, as far as it can be seen (RFC 8017 section 3.2).
/// Without the primes that is asked only of a modulus of at most `power_bits`.
pub fn mismatch(n: &[u8], e: &[u8], private: &Private<'_>, power_bits: u32) -> Option<&'static str> {
    let (n, e, d) = (number(n)?, number(e)?, number(private.d)?);
    let (Some(p), Some(q)) = (number(private.p), number(private.q)) else {
        return (may_raise(&n, power_bits) && !undoes(&n, &e, &d)).then_some("`d` does not undo `e`");
    };
    if p.concatenating_mul(&q) != n {
        return Some("`p` times `q` is not `n`");
    }
    let product = e.concatenating_mul(&d);
    let (before_p, before_q) = (less_one(&p), less_one(&q));
    let is_one = |of: &BoxedUint, modulus: &BoxedUint| {
        remainder(of, modulus).is_some_and(|rest| rest == BoxedUint::one())
    };
    if !is_one(&product, &before_p) || !is_one(&product, &before_q) {
        return Some("`d` does not undo `e`");
    }
    let follows = |given: &[u8], expected: Option<BoxedUint>| given.is_empty() || number(given) == expected;
    if !follows(private.dp, remainder(&d, &before_p)) || !follows(private.dq, remainder(&d, &before_q)) {
        return Some("`dp` or `dq` does not follow from `d`");
    }
    let inverts = number(private.qi).is_none_or(|qi| is_one(&qi.concatenating_mul(&q), &p));
    (!inverts).then_some("`qi` is not the inverse of `q`")
}

/// A number that there is something to say of: not zero, and not so long that computing takes its time.
fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let first = bytes.iter().position(|&byte| byte != 0)?;
    let bytes = bytes.get(first..)?;
    (bytes.len() <= RSA_BITS.end() / 8).then(|| BoxedUint::from_be_slice_vartime(bytes))
}

fn less_one(number: &BoxedUint) -> BoxedUint {
    number.wrapping_sub(BoxedUint::one())
}

fn remainder(of: &BoxedUint, modulus: &BoxedUint) -> Option<BoxedUint> {
    Some(of.rem_vartime(modulus.as_nz_vartime()?))
}

/// `n` modulo a number below 2^32.
fn rest(n: &[u8], small: u64) -> u64 {
    let (first, chunks) = n.as_rchunks::<4>();
    let first = first.iter().fold(0, |rest, &byte| (rest << 8) | u64::from(byte)) % small;
    chunks.iter().fold(first, |rest, chunk| ((rest << 32) | u64::from(u32::from_be_bytes(*chunk))) % small)
}

/// 2 to the power of `exponent`, modulo an odd number.
fn power_of_two(exponent: &BoxedUint, modulus: &BoxedUint) -> Option<BoxedUint> {
    let params = BoxedMontyParams::new_vartime(modulus.as_odd_vartime()?.clone());
    let two = BoxedUint::from(2_u8).resize(modulus.bits_precision());
    Some(BoxedMontyForm::new(two, &params).pow(exponent).retrieve())
}

/// Fermat's test with the base 2. What passes it without being a prime is far rarer than a broken chip.
fn is_prime(n: &BoxedUint) -> bool {
    power_of_two(&less_one(n), n).is_some_and(|power| power == BoxedUint::one())
}

/// Whether raising to `e` and then to `d` changes nothing, tried with 2.
fn undoes(n: &BoxedUint, e: &BoxedUint, d: &BoxedUint) -> bool {
    power_of_two(&e.concatenating_mul(d), n).is_some_and(|power| power == BoxedUint::from(2_u8))
}

/// Whether, modulo every prime from 3 to 167, `n` is a power of 65537: so it is where both of its primes were made as
/// `k * M + (65537^a mod M)`, with `M` a product of these and more primes. By chance one of 240 million is (Nemec et al.,
/// "The Return of Coppersmith's Attack", 2017, section 2.2).
fn is_roca(n: &[u8]) -> bool {
    (3..=167).step_by(2).filter(|&small| is_small_prime(small)).all(|prime| {
        let (rest, mut power) = (rest(n, prime), 1);
        for _ in 0..prime {
            if power == rest {
                return true;
            }
            power = power * 65_537 % prime;
        }
        false
    })
}

fn is_small_prime(number: u64) -> bool {
    (3..number)
        .step_by(2)
        .take_while(|divisor| divisor * divisor <= number)
        .all(|divisor| !number.is_multiple_of(divisor))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BITS: u32 = 2048;

    /// 2^521 - 1 and 2^607 - 1, which are primes.
    fn mersenne(bits: usize) -> Vec<u8> {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        bytes[0] >>= 8 * bytes.len() - bits;
        bytes
    }

    fn product(a: &[u8], b: &[u8]) -> Vec<u8> {
        number(a)
            .expect("a number")
            .concatenating_mul(&number(b).expect("a number"))
            .to_be_bytes_trimmed_vartime()
            .to_vec()
    }

    #[test]
    fn broken_moduli_are_told_apart() {
        let (p, q) = (mersenne(521), mersenne(607));
        assert_eq!(fault(&product(&p, &q), BITS), None);
        assert_eq!(fault(&product(&p, &[2]), BITS), Some(Fault::Divisor(2)));
        // 9,973, the last prime below the bound, and 10,007, the first above.
        assert_eq!(fault(&product(&p, &[0x26, 0xf5]), BITS), Some(Fault::Divisor(9_973)));
        assert_eq!(fault(&product(&p, &[0x27, 0x17]), BITS), None);
        assert_eq!(fault(&product(&p, &p), BITS), Some(Fault::Square));
        assert_eq!(fault(&p, BITS), Some(Fault::Prime));
        assert_eq!(fault(&p, 520), None);
        assert_eq!(fault(&[], BITS), None);
        assert_eq!(fault(&[0, 0], BITS), None);
    }

    #[test]
    fn moduli_are_compared() {
        let (p, q, r) = (mersenne(521), mersenne(607), mersenne(127));
        let (n, other) = (product(&p, &q), product(&p, &r));
        assert_eq!(shares_a_factor(&n, &[&r, &[], &n, &other, &p]), Some(3));
        assert_eq!(shares_a_factor(&n, &[&r, &[], &n]), None);
        assert_eq!(shares_a_factor(&p, &[&p]), None);
        assert_eq!(shares_a_factor(&p, &[&n]), Some(0), "a multiple of it");
        assert_eq!(shares_a_factor(&[], &[&p]), None);
    }

    /// The product of the primes up to 167, which is `M` for keys of 512 bits.
    fn primorial() -> BoxedUint {
        (3..=167)
            .step_by(2)
            .filter(|&small| is_small_prime(small))
            .fold(BoxedUint::from(2_u8), |product, prime| product.concatenating_mul(BoxedUint::from(prime)))
    }

    /// `k * M + (65537^a mod M)`
    fn made_like_the_chips(k: u64, a: u32) -> BoxedUint {
        let m = primorial();
        let power = (0..a).fold(BoxedUint::one(), |power, _| {
            remainder(&power.concatenating_mul(BoxedUint::from(65_537_u32)), &m).expect("M is not zero")
        });
        let multiple = m.concatenating_mul(BoxedUint::from(k));
        multiple.concatenating_add(&power)
    }

    #[test]
    fn the_pattern_of_the_chips_is_seen() {
        let (p, q) =
            (made_like_the_chips(0x1234_5678_9abc, 77), made_like_the_chips(0xdead_beef_1234, 1_234));
        let n = p.concatenating_mul(&q).to_be_bytes_trimmed_vartime().to_vec();
        assert!(is_roca(&n));
        let other = number(&n).expect("a number").concatenating_add(BoxedUint::from(2_u8));
        assert!(!is_roca(&other.to_be_bytes_trimmed_vartime()));
    }

    #[test]
    fn private_numbers_are_held_against_the_public_ones() {
        // RFC 8017 has no small example: p = 61, q = 53, e = 17, d = 413 (modulo 780).
        let (n, e) = ([0x0c, 0xa1], [17]);
        let fits = Private { d: &[1, 0x9d], p: &[61], q: &[53], dp: &[53], dq: &[49], qi: &[38] };
        assert_eq!(mismatch(&n, &e, &fits, BITS), None);
        assert_eq!(mismatch(&n, &e, &Private { p: &[], ..fits }, BITS), None);
        assert_eq!(mismatch(&n, &e, &Private { dp: &[], qi: &[], ..fits }, BITS), None);
        for (wrong, what) in [
            (Private { p: &[59], ..fits }, "`p` times `q`"),
            (Private { d: &[1, 0x9f], ..fits }, "`d` does not"),
            (Private { d: &[1, 0x9f], p: &[], ..fits }, "`d` does not"),
            (Private { dq: &[48], ..fits }, "`dp` or `dq`"),
            (Private { qi: &[37], ..fits }, "`qi`"),
        ] {
            assert!(mismatch(&n, &e, &wrong, BITS).is_some_and(|said| said.starts_with(what)), "{what}");
        }
    }
}
