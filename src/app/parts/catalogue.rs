//! The engine's list of schemes, in an order for people.

use keyjar::scheme::About;

/// The schemes under their language, both in the order of the engine's list.
pub fn by_language<'a>(schemes: impl IntoIterator<Item = &'a About>) -> Vec<(&'a str, Vec<&'a About>)> {
    let mut languages: Vec<(&str, Vec<&About>)> = Vec::new();
    for about in schemes {
        match languages.iter_mut().find(|(name, _)| *name == about.language) {
            Some((_, schemes)) => schemes.push(about),
            None => languages.push((&about.language, vec![about])),
        }
    }
    languages
}
