//! Keys of elliptic curves in Weierstrass form: whether a point lies on its curve, and which point belongs to a number.

use p256::elliptic_curve::sec1::ToSec1Point as _;

use super::{Curve, Ec, KeyError};
use crate::jose::primitive::ec::with_curve;
use crate::secret::Secret;

impl Ec {
    /// The key whose public half is the point that `encoded` writes, compressed or not (SEC 1 section 2.3.4).
    ///
    /// # Errors
    /// If it is not on the curve, or the private number is another's.
    pub fn of_point(curve: Curve, encoded: &[u8], d: Option<Secret>) -> Result<Self, KeyError> {
        let point = point(curve, encoded).ok_or_else(|| off_curve(curve))?;
        if let Some(d) = &d {
            let own = public_point(curve, d)?;
            if own != point {
                return Err(KeyError::not_a_pair("number"));
            }
        }
        Self::of_uncompressed(curve, &point, d).ok_or_else(|| off_curve(curve))
    }

    /// The key of a private number alone.
    ///
    /// # Errors
    /// If it is zero, or not below the curve's order.
    pub fn of_number(curve: Curve, d: Secret) -> Result<Self, KeyError> {
        let point = public_point(curve, &d)?;
        Self::of_uncompressed(curve, &point, Some(d)).ok_or_else(|| off_curve(curve))
    }

    fn of_uncompressed(curve: Curve, point: &[u8], d: Option<Secret>) -> Option<Self> {
        let (x, y) = point.get(1..)?.split_at_checked(curve.size())?;
        Some(Self { curve, x: x.to_vec(), y: y.to_vec(), d })
    }
}

/// The point, uncompressed, if it is one of the curve and not the neutral one.
fn point(curve: Curve, encoded: &[u8]) -> Option<Vec<u8>> {
    with_curve!(curve, curve => {
        let key = curve::PublicKey::from_sec1_bytes(encoded).ok()?;
        Some(key.to_sec1_point(false).as_bytes().to_vec())
    })
}

/// The point of a private number, uncompressed.
fn public_point(curve: Curve, d: &Secret) -> Result<Vec<u8>, KeyError> {
    let point = with_curve!(curve, curve => {
        let key = curve::SecretKey::from_slice(d.bytes()).ok();
        key.map(|key| key.public_key().to_sec1_point(false).as_bytes().to_vec())
    });
    point.ok_or_else(|| {
        KeyError::new(
            format!(
                "The private number is not one of {}: it must be above 0 and below the curve's order.",
                curve.name()
            ),
            "Copy the key again, or make a new one.",
        )
    })
}

fn off_curve(curve: Curve) -> KeyError {
    KeyError::new(
        format!("The point is not on the curve {}.", curve.name()),
        "Copy the key again, and look whether it is one of another curve.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_and_its_number_are_held_together() {
        for curve in Curve::ALL {
            let mut number = vec![0; curve.size()];
            number[curve.size() - 1] = 7;
            let key = Ec::of_number(curve, Secret::new(number.clone())).expect("a number");
            assert_eq!((key.x.len(), key.y.len()), (curve.size(), curve.size()));
            let again = Ec::of_point(curve, &key.point(), key.d.clone());
            assert_eq!(again.as_ref(), Ok(&key));
            // Compressed: the sign of y, and x.
            let sign = 2 + (key.y[curve.size() - 1] & 1);
            let compressed = [&[sign], &*key.x].concat();
            assert_eq!(Ec::of_point(curve, &compressed, key.d.clone()).as_ref(), Ok(&key));
            number[curve.size() - 1] = 8;
            let other = Ec::of_point(curve, &key.point(), Some(Secret::new(number)));
            assert!(other.expect_err("of another point").message.contains("do not belong together"));
            let mut off = key.point();
            off[curve.size() * 2] ^= 1;
            assert!(Ec::of_point(curve, &off, None).expect_err("off").message.contains("not on the curve"));
            let order = Secret::new(vec![0xff; curve.size()]);
            assert!(Ec::of_number(curve, order).is_err());
            assert!(Ec::of_number(curve, Secret::new(vec![0; curve.size()])).is_err());
            assert!(Ec::of_point(curve, &[0], None).is_err());
        }
    }
}
