//! The numbers of signatures and keys on curves, as far as remarks need them: compared, never computed with.

use crate::jose::key::{Curve, OkpCurve};

/// r and s, big-endian, each of the field's full size (RFC 7518 section 3.4).
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    curve: Curve,
    pub r: &'a [u8],
    pub s: &'a [u8],
}

impl<'a> Numbers<'a> {
    /// `None` for a signature of another length.
    pub fn of(curve: Curve, signature: &'a [u8]) -> Option<Self> {
        let (r, s) = signature.split_at_checked(curve.size())?;
        (s.len() == curve.size()).then_some(Self { curve, r, s })
    }

    pub fn is_below_order(&self, number: &[u8]) -> bool {
        hex::decode(order(self.curve)).is_ok_and(|order| number < order.as_slice())
    }

    /// Whether s is above half of the order.
    pub fn has_high_s(&self) -> bool {
        let Ok(mut half) = hex::decode(order(self.curve)) else { return false };
        let mut carry = 0;
        for byte in &mut half {
            let below = *byte & 1;
            *byte = *byte >> 1 | carry << 7;
            carry = below;
        }
        self.s > half.as_slice()
    }
}

/// The order of the group (SP 800-186 section 3.2.1, SEC 2 section 2.4.1), of the field's full size.
const fn order(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Curve::P384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Curve::P521 => {
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc\
             0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
        }
        Curve::Secp256k1 => "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    }
}

pub fn is_zero(number: &[u8]) -> bool {
    number.iter().all(|&byte| byte == 0)
}

/// Whether a little-endian number is below the order of Ed25519's group, L (RFC 8032 section 5.1).
pub fn is_below_l(number: &[u8]) -> bool {
    const L: &str = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
    let big_endian: Vec<u8> = number.iter().rev().copied().collect();
    hex::decode(L).is_ok_and(|order| big_endian < order)
}

/// Whether a signature is two numbers in DER: `SEQUENCE { INTEGER, INTEGER }`, and nothing behind it.
pub fn is_der(signature: &[u8]) -> bool {
    fn value(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (&first, rest) = bytes.split_first()?;
        let (&length, rest) = rest.split_first()?;
        let (length, rest) = match length {
            0x81 => rest.split_first().map(|(&length, rest)| (length, rest))?,
            length => (length, rest),
        };
        (first == tag).then(|| rest.split_at_checked(usize::from(length)))?
    }
    let numbers = || {
        let (numbers, after) = value(0x30, signature)?;
        let (r, rest) = value(0x02, numbers)?;
        let (s, end) = value(0x02, rest)?;
        Some(after.is_empty() && end.is_empty() && !r.is_empty() && !s.is_empty())
    };
    numbers().unwrap_or_default()
}

/// Whether a public key is one of the few points whose multiples are fewer than a handful: a signature can be made up for
/// it, and everyone's shared secret with it is known (RFC 7748 section 6.1).
pub fn is_low_order(curve: OkpCurve, x: &[u8]) -> bool {
    match curve {
        OkpCurve::Ed25519 => {
            let key = x.try_into().ok().and_then(|x| ed25519_dalek::VerifyingKey::from_bytes(x).ok());
            key.is_some_and(|key| key.is_weak())
        }
        // Any private key gives zero with such a point, since each is a multiple of the cofactor.
        OkpCurve::X25519 => x
            .try_into()
            .is_ok_and(|x| is_zero(&x25519_dalek::x25519(x25519_dalek::X25519_BASEPOINT_BYTES, x))),
        OkpCurve::X448 => {
            let base = ed448_goldilocks_plus::x448::X448_BASEPOINT_BYTES;
            x.try_into().is_ok_and(|x| is_zero(&ed448_goldilocks_plus::x448::x448(base, x)))
        }
        OkpCurve::Ed448 => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_of_the_fields_size() {
        for curve in Curve::ALL {
            let order = hex::decode(order(curve)).expect("hex");
            assert_eq!(order.len(), curve.size());
            let below: Vec<u8> = order.iter().copied().take(curve.size() - 1).chain([0]).collect();
            let signature = [below.clone(), order.clone()].concat();
            let numbers = Numbers::of(curve, &signature).expect("of that size");
            assert!(numbers.is_below_order(numbers.r) && !numbers.is_below_order(numbers.s));
            assert!(numbers.has_high_s());
            assert!(Numbers::of(curve, &signature[1..]).is_none());
        }
    }

    #[test]
    fn the_primitives_draw_the_line_where_the_table_does() {
        // The order itself is refused as a private key, one less is taken.
        for curve in Curve::ALL {
            let mut number = hex::decode(order(curve)).expect("hex");
            let key = |number: &[u8]| {
                crate::jose::key::Ec::of_number(curve, crate::secret::Secret::new(number.to_vec())).is_ok()
            };
            assert!(!key(&number), "{curve:?}");
            *number.last_mut().expect("bytes") -= 1;
            assert!(key(&number), "{curve:?}");
        }
    }

    #[test]
    fn der_is_two_integers_and_no_more() {
        let der = |hex: &str| is_der(&hex::decode(hex).expect("hex"));
        assert!(der("3006020101020101"));
        assert!(der("30070202008102 0101".replace(' ', "").as_str()));
        for other in
            ["", "30", "3006020101020101ff", "30060201010301 01", "3003020101", "30820101", "3004020002 00"]
        {
            assert!(!der(&other.replace(' ', "")), "{other}");
        }
    }

    #[test]
    fn weak_points_are_known() {
        let point = |hex: &str| hex::decode(hex).expect("hex");
        assert!(is_low_order(OkpCurve::X25519, &[0; 32]));
        assert!(is_low_order(
            OkpCurve::X25519,
            &point("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
        ));
        assert!(!is_low_order(OkpCurve::X25519, &x25519_dalek::X25519_BASEPOINT_BYTES));
        assert!(is_low_order(OkpCurve::X448, &[0; 56]));
        assert!(!is_low_order(OkpCurve::X448, &ed448_goldilocks_plus::x448::X448_BASEPOINT_BYTES));
        assert!(is_low_order(OkpCurve::Ed25519, &[0; 32]));
        assert!(!is_low_order(
            OkpCurve::Ed25519,
            &point("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        ));
        assert!(!is_low_order(OkpCurve::Ed25519, &[1; 31]));
    }
}
