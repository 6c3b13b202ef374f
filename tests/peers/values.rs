//! What the frameworks' cookies are set to.

use serde_json::{Value, json};

pub fn any_text() -> Vec<Value> {
    let texts = [
        "plain",
        "",
        "dots.and.more.",
        "a=b&c;d,e \"f\" %41+/.~\\",
        "Köln 北京 🔑",
        "{\"n\":[1,2]}",
        "1\n2\t\u{2028}",
    ];
    texts.map(Value::from).to_vec()
}

/// Texts that can stand in a header as they are: some frameworks encode nothing.
pub fn header_texts() -> Vec<Value> {
    let texts = ["plain", "", "dots.and.more.", "a=b&c%41+/.~", "=", "bm90IEpTT04="];
    texts.map(Value::from).to_vec()
}

/// The last one is compressed, by frameworks that compress.
pub fn objects() -> Vec<Value> {
    vec![
        json!({ "user": 7 }),
        json!({ "user": 7, "roles": ["admin", "editor"], "name": "Köln 北京 🔑", "nested": { "n": null, "t": true } }),
        json!({ "": "", "list": [], "object": {}, "more": [[[{ "deep": [-1.5, 9_007_199_254_740_991_u64] }]]] }),
        json!({ "html": "<b>\"q\"</b> & 's'", "marks": ".;,=~%41+|*/\\", "lines": "1\n2\t\u{2028}\u{0}" }),
        json!({ "much": "of the same 北京, ".repeat(60) }),
    ]
}

pub fn texts_and_objects() -> Vec<Value> {
    any_text().into_iter().chain(objects()).chain([json!([]), json!({})]).collect()
}

/// Texts, objects, and what is neither.
pub fn anything() -> Vec<Value> {
    texts_and_objects().into_iter().chain([json!(-1.5), json!(false)]).collect()
}
