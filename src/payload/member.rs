//! Setting a member of a JSON object as a person would: what else stands in the text stays as it was written.

use super::json::{Kind, Line, Outermost, lines};

/// The JSON object `text` with the member `name` set to `value`, which is JSON itself, and laid out a member a line.
/// Other members keep their order and their spelling; one of that name keeps its place. `None` if `text` is no object.
///
/// ```
/// let set = keyjar::payload::member::set(r#"{"n": 1.0}"#, "exp", "1795446312");
/// assert_eq!(set.as_deref(), Some("{\n  \"n\": 1.0,\n  \"exp\": 1795446312\n}"));
/// ```
pub fn set(text: &str, name: &str, value: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok()?;
    let laid_out = lines(text, Outermost::Spread);
    let mut members = members(&laid_out);
    let member = format!("\"{name}\": {value}");
    // Of several with one name parsers take the last.
    match members.iter_mut().rev().find(|(key, _)| *key == name) {
        Some((_, written)) => *written = member,
        None => members.push((name, member)),
    }
    let members: Vec<String> = members.into_iter().map(|(_, member)| format!("  {member}")).collect();
    Some(format!("{{\n{}\n}}", members.join(",\n")))
}

/// The compact JSON object `text` with those of `added` (names and JSON values) behind its own that it does not have yet.
/// `None` if `text` is no object.
pub fn complete(text: &str, added: &[(&str, String)]) -> Option<String> {
    let own: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let mut whole = text.trim_end().strip_suffix('}')?.to_owned();
    let mut comma = !own.is_empty();
    for (name, value) in added.iter().filter(|(name, _)| !own.contains_key(*name)) {
        let comma = if std::mem::replace(&mut comma, true) { "," } else { "" };
        whole.push_str(&format!("{comma}\"{name}\":{value}"));
    }
    whole.push('}');
    Some(whole)
}

/// The JSON object `text`, compact and without the member `name`. `None` if `text` is no object.
pub fn without(text: &str, name: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok()?;
    let laid_out = lines(text, Outermost::Spread);
    let kept = members(&laid_out).into_iter().filter(|(key, _)| *key != name).map(|(_, member)| member);
    super::draft::json(&format!("{{{}}}", kept.collect::<Vec<_>>().join(","))).ok()
}

/// `text` laid out to be edited, a member a line.
pub fn tidy(text: &str) -> String {
    let lines = lines(text, Outermost::Spread);
    lines
        .iter()
        .map(|line| format!("{}{}", "  ".repeat(line.depth), written(line)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The outermost object's members, each with its name and all its lines.
fn members<'a>(lines: &[Line<'a>]) -> Vec<(&'a str, String)> {
    let mut members: Vec<(&str, String)> = Vec::new();
    for line in lines {
        match line.key().filter(|_| line.depth == 1) {
            Some(key) => members.push((key, written(line))),
            // Deeper lines, and the bracket that closes them, belong to the member above.
            None if line.depth > 0 => {
                if let Some((_, member)) = members.last_mut() {
                    *member = format!("{member}\n{}{}", "  ".repeat(line.depth), written(line));
                }
            }
            None => {}
        }
    }
    for (_, member) in &mut members {
        if member.ends_with(',') {
            member.pop();
        }
    }
    members
}

fn written(line: &Line<'_>) -> String {
    let text: String = line.tokens.iter().map(|token| token.text).collect();
    // The layout pads what follows on the same line; at the end of one there is nothing.
    match line.tokens.last() {
        Some(last) if last.kind == Kind::Space => text.trim_end().to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_member_goes_last() {
        assert_eq!(set("{}", "exp", "1").as_deref(), Some("{\n  \"exp\": 1\n}"));
        assert_eq!(set(r#"{"a":1}"#, "exp", "1").as_deref(), Some("{\n  \"a\": 1,\n  \"exp\": 1\n}"));
    }

    #[test]
    fn one_that_is_there_keeps_its_place_and_the_others_their_spelling() {
        let text = r#"{"big": 123456789012345678901234567890, "exp": [1,{"exp":2}], "z": {"exp": 1e0}}"#;
        let set = set(text, "exp", "5").expect("an object");
        assert_eq!(
            set,
            "{\n  \"big\": 123456789012345678901234567890,\n  \"exp\": 5,\n  \"z\": { \"exp\": 1e0 }\n}"
        );
    }

    #[test]
    fn setting_twice_is_setting_once() {
        let text = r#"{"a": [{"b": [{}, 1]}, "x,"], "c": "}"}"#;
        let once = set(text, "exp", "1").expect("an object");
        assert_eq!(set(&once, "exp", "1").as_deref(), Some(once.as_str()));
        let value: serde_json::Value = serde_json::from_str(&once).expect("JSON");
        assert_eq!(value["a"], serde_json::json!([{"b": [{}, 1]}, "x,"]));
        assert_eq!(tidy(&once), once);
    }

    #[test]
    fn members_that_are_missing_go_last() {
        let added = [("iat", "5".to_owned()), ("exp", "6".to_owned())];
        assert_eq!(complete("{}", &added).as_deref(), Some(r#"{"iat":5,"exp":6}"#));
        assert_eq!(complete(r#"{"exp":1.0}"#, &added).as_deref(), Some(r#"{"exp":1.0,"iat":5}"#));
        assert_eq!(complete("[]", &added), None);
    }

    #[test]
    fn a_member_is_taken_out_and_the_others_keep_their_spelling() {
        let text = r#"{"__ts":1,"a":[1.0,{"__ts":2}],"b":"x, y"}"#;
        assert_eq!(without(text, "__ts").as_deref(), Some(r#"{"a":[1.0,{"__ts":2}],"b":"x, y"}"#));
        assert_eq!(without(r#"{"__ts":1}"#, "__ts").as_deref(), Some("{}"));
        assert_eq!(without("[]", "a"), None);
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        assert_eq!(set("[1]", "exp", "1"), None);
        assert_eq!(set("{\"a\":", "exp", "1"), None);
    }
}
