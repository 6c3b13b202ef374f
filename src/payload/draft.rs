//! A payload as a person typed it, made into bytes.

use crate::protocol::{Field, PayloadDraft, PayloadForm, SignError};

/// The bytes that `draft` stands for. JSON loses the white space between its tokens and nothing else: the order of
/// members and the spelling of numbers and strings stay as they were typed.
///
/// # Errors
/// If the text is not of the draft's form, with the byte offset where it breaks.
pub fn bytes(draft: &PayloadDraft) -> Result<Vec<u8>, SignError> {
    match draft.form {
        PayloadForm::Json => json(&draft.text).map(String::into_bytes),
        PayloadForm::Text => Ok(draft.text.clone().into_bytes()),
        PayloadForm::Hex => hex_bytes(&draft.text),
    }
}

/// `text` as compact JSON.
///
/// # Errors
/// As [`bytes`].
pub fn json(text: &str) -> Result<String, SignError> {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(without_white_space(text)),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            Err(SignError {
                field: Field::Payload,
                message: format!("This is not JSON: {what}, line {line}, column {column}."),
                hint: "Names and texts stand in double quotes, and no comma follows the last member.".into(),
                at: Some(offset(text, line, column)),
            })
        }
    }
}

fn hex_bytes(text: &str) -> Result<Vec<u8>, SignError> {
    let fail = |at, message| SignError {
        field: Field::Payload,
        message,
        hint: "Write two digits from 0 to 9 and a to f for each byte; blanks between bytes are allowed."
            .into(),
        at,
    };
    if let Some((at, odd)) =
        text.char_indices().find(|(_, c)| !c.is_ascii_hexdigit() && !c.is_ascii_whitespace())
    {
        return Err(fail(Some(at), format!("This is not hex: {odd:?} at byte {at}.")));
    }
    let digits: String = text.split_ascii_whitespace().collect();
    hex::decode(&digits)
        .map_err(|_| fail(None, format!("This is not hex: {} digits are an odd number.", digits.len())))
}

/// Valid JSON without the white space between its tokens.
fn without_white_space(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|&c| {
            let kept = in_string || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                _ => {}
            }
            kept
        })
        .collect()
}

/// The byte offset of a line and a column (in bytes), both counted from 1 as serde_json does.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_between_tokens_goes() {
        let typed = "{ \"b\": [1.0, 2e3],\n\t\"a\": \"x \\\" y\\\\\" , \"b\": 12345678901234567890 }";
        assert_eq!(json(typed).expect("JSON"), r#"{"b":[1.0,2e3],"a":"x \" y\\","b":12345678901234567890}"#);
    }

    #[test]
    fn broken_json_says_where() {
        let error = json("{\"a\": 1,\n \"b\" 2}").expect_err("a colon is missing");
        assert_eq!(error.at, Some(14));
        assert!(error.message.contains("line 2, column 6"), "{}", error.message);
        assert_eq!(json("").expect_err("empty").at, Some(0));
    }

    #[test]
    fn hex_is_read_with_or_without_blanks() {
        let draft = |text: &str| PayloadDraft { form: PayloadForm::Hex, text: text.into() };
        assert_eq!(bytes(&draft("00 ff\n7F")).expect("hex"), [0, 0xff, 0x7f]);
        assert_eq!(bytes(&draft("0x00")).expect_err("x").at, Some(1));
        assert!(bytes(&draft("123")).is_err());
    }
}
