//! Tokens in an address: what an OAuth or OpenID Connect server puts behind the `#` or the `?` of the address that it sends
//! the browser back to (OAuth 2.0 Multiple Response Types section 5, OpenID Connect Core section 3.2.2.5).

use super::{Item, percent};
use crate::protocol::Source;
use crate::span::Span;

/// The parameters that hold tokens.
const NAMES: [&str; 10] = [
    "token",
    "id_token",
    "access_token",
    "id_token_hint",
    "logout_token",
    "jwt",
    "assertion",
    "client_assertion",
    "request",
    "response",
];

/// The tokens in `input`, if it is an address or its parameters, and holds any.
pub fn items(input: &str) -> Option<Vec<Item>> {
    let text = input.trim();
    let offset = input.len() - input.trim_start().len();
    let is_address = text.contains("://") || text.starts_with(['#', '?', '/']);
    if text.contains(char::is_whitespace) || !(is_address || text.contains('&')) {
        return None;
    }
    let from = if is_address { text.find(['#', '?'])? + 1 } else { 0 };
    let found = tokens(text.get(from..)?, offset + from);
    (!found.is_empty()).then_some(found)
}

/// What is to be looked at of an address's fragment (without its `#`): the token alone, or all of it where there are several.
/// `None` if there is no token.
pub fn shown(fragment: &str) -> Option<String> {
    let mut found = tokens(fragment, 0);
    match found.len() {
        0 => None,
        1 => found.pop().map(|item| item.value),
        _ => Some(fragment.to_owned()),
    }
}

fn tokens(parameters: &str, offset: usize) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = offset;
    for parameter in parameters.split(['&', '#', '?']) {
        if let Some((name, value)) = parameter.split_once('=').filter(|(_, value)| !value.is_empty())
            && NAMES.contains(&name)
        {
            let start = at + name.len() + 1;
            let span = Span::new(start, start + value.len());
            let item = Item::new(Some(name.to_owned()), Source::Bare, value, span);
            items.push(match percent::decode(value, start) {
                Some((value, places)) => Item { value, places: Some(places), ..item },
                None => item,
            });
        }
        at += parameter.len() + 1;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(input: &str) -> Vec<(String, String)> {
        let items = items(input).unwrap_or_default();
        for item in items.iter().filter(|item| item.places.is_none()) {
            assert_eq!(item.span.of(input), item.value);
        }
        items.into_iter().map(|item| (item.name.unwrap_or_default(), item.value)).collect()
    }

    fn named(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_tokens_of_an_address() {
        let both = [named("access_token", "a.b.c"), named("id_token", "d.e.f")];
        assert_eq!(found(" https://app.example/cb#access_token=a.b.c&id_token=d.e.f&state=x\n"), both);
        assert_eq!(found("access_token=a.b.c&token_type=Bearer&id_token=d.e.f"), both);
        assert_eq!(found("/logout?id_token_hint=a.b.c#top"), [named("id_token_hint", "a.b.c")]);
        assert_eq!(found("#token=a%2Eb"), [named("token", "a.b")]);
        let items = items("x://y?token=a%2Eb").expect("a token");
        assert_eq!(items[0].place(Span::new(1, 2)), Span::new(13, 16));
    }

    #[test]
    fn what_is_no_address_is_left_to_others() {
        for input in [
            "token=a.b.c",
            "a.b.c",
            "Cookie: token=a&b",
            "https://app.example/",
            "#guide/the-seal",
            "a=1&b=2",
        ] {
            assert_eq!(found(input), [], "{input}");
        }
    }

    #[test]
    fn a_fragment_with_one_token_is_that_token() {
        assert_eq!(shown("token=a%2Eb.c&state=x").as_deref(), Some("a.b.c"));
        assert_eq!(shown("id_token=a&access_token=b").as_deref(), Some("id_token=a&access_token=b"));
        assert_eq!(shown("guide/the-seal"), None);
        assert_eq!(shown("token="), None);
    }
}
