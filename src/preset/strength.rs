//! What a key of so many random bits is enough for.

/// A mark on the page's scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub bits: usize,
    /// The JWS algorithm that asks for so many (RFC 7518 section 3.2: a key as long as the hash).
    pub algorithm: Option<&'static str>,
}

/// The scale, upwards.
pub const SCALE: [Mark; 4] = [
    Mark { bits: 128, algorithm: None },
    Mark { bits: 256, algorithm: Some("HS256") },
    Mark { bits: 384, algorithm: Some("HS384") },
    Mark { bits: 512, algorithm: Some("HS512") },
];

/// What `bits` are enough for, in one or two sentences: `Enough for HS256 and for Django. HS384 wants 384 bits.`
/// `framework` is the title of a preset that the key fits.
pub fn sentence(bits: usize, framework: Option<&str>) -> String {
    let reached = SCALE.iter().rev().filter(|mark| mark.bits <= bits).find_map(|mark| mark.algorithm);
    let next =
        SCALE.iter().filter(|mark| mark.bits > bits).find_map(|mark| Some((mark.algorithm?, mark.bits)));
    let enough = match (reached, framework) {
        (Some(algorithm), Some(framework)) => format!("Enough for {algorithm} and for {framework}."),
        (Some(algorithm), None) => format!("Enough for {algorithm}."),
        (None, _) if bits < 128 => "Weak: fewer than 128 bits can be searched for.".to_owned(),
        (None, Some(framework)) => format!("Enough for {framework}: 128 bits cannot be searched for."),
        (None, None) => "Enough for cookies: 128 bits cannot be searched for.".to_owned(),
    };
    match next {
        Some((algorithm, wanted)) => format!("{enough} {algorithm} wants {wanted} bits."),
        None => enough,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_bits_are_enough_for() {
        assert_eq!(sentence(256, Some("Django")), "Enough for HS256 and for Django. HS384 wants 384 bits.");
        assert_eq!(sentence(400, None), "Enough for HS384. HS512 wants 512 bits.");
        assert_eq!(sentence(512, None), "Enough for HS512.");
    }

    #[test]
    fn what_is_short_is_called_so() {
        assert!(sentence(64, Some("Flask")).starts_with("Weak"));
        assert_eq!(
            sentence(128, Some("Flask")),
            "Enough for Flask: 128 bits cannot be searched for. HS256 wants 256 bits."
        );
    }
}
