//! A scheme's options as a form, made from what the scheme says of them.

use keyjar::protocol::Options;
use keyjar::scheme::{OptionKind, OptionSpec};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard};
use serde_json::Value;

use super::icon::{Glyph, Icon};
use super::prose::Prose;
use super::secret_field::eye;

/// Fields for `specs` that write to `options`. An empty field leaves the option at the framework's default.
///
/// `id` begins the fields' ids; different from every other in the page.
pub fn option_form(id: &'static str, specs: Vec<OptionSpec>, options: RwSignal<Options>) -> AnyView {
    let fields = specs.into_iter().map(|spec| field(id, spec, options)).collect::<Vec<_>>();
    view! { <div class="options">{fields}</div> }.into_any()
}

fn field(id: &'static str, spec: OptionSpec, options: RwSignal<Options>) -> AnyView {
    let OptionSpec { name, kind, default, help, .. } = spec;
    let id = format!("{id}-{name}");
    let hint = format!("{id}-hint");
    let key = name.to_string();
    let is_number = kind == OptionKind::Number;
    let is_secret = kind == OptionKind::Secret;
    let typed = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    // What was typed stands as long as it means what is set: `1e3` does not become `1000` under one's hands.
    let value =
        {
            let (key, kind) = (key.clone(), kind.clone());
            move || match options.with(|options| options.get(&key).cloned()) {
                Some(set) => typed.with(|typed| {
                    if parsed(&kind, typed.clone()) == set { typed.clone() } else { written(&set) }
                }),
                None => String::new(),
            }
        };
    let kind_set = kind.clone();
    let set = move |text: String| {
        typed.set(text.clone());
        options.update(|options| {
            if text.is_empty() {
                options.remove(&key);
            } else {
                options.insert(key.clone(), parsed(&kind_set, text));
            }
        });
    };
    let control = match kind {
        OptionKind::Choice(choices) => {
            let now = Memo::new(move |_| value());
            let shown = default.to_string();
            let choice = move |choice: String| {
                let (is_default, this) = (choice == shown, choice.clone());
                let is_now = move || {
                    let now = now.get();
                    now == this || (now.is_empty() && is_default)
                };
                let sent = if is_default { String::new() } else { choice.clone() };
                view! { <option value=sent selected=is_now>{choice}</option> }
            };
            let choices = choices.iter().map(|choice_| choice(choice_.to_string())).collect::<Vec<_>>();
            view! {
                <span class="select">
                    <select id=id.clone() aria-describedby=hint.clone() on:change=heard(move |event| set(event_target_value(&event)))>
                        {choices}
                    </select>
                    <Icon glyph=Glyph::Down />
                </span>
            }
            .into_any()
        }
        OptionKind::Text | OptionKind::Number | OptionKind::Hex | OptionKind::Json | OptionKind::Secret => {
            view! {
                <input
                    class="input values"
                    class:is-masked=by(move || is_secret && !shown.get())
                    id=id.clone()
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    inputmode=is_number.then_some("numeric")
                    placeholder=default.to_string()
                    aria-describedby=hint.clone()
                    prop:value=value
                    on:input=heard(move |event| set(event_target_value(&event)))
                />
            }
            .into_any()
        }
    };
    let control = if is_secret {
        view! { <div class="secret-field is-bare">{control}{eye(id.clone(), shown)}</div> }.into_any()
    } else {
        control
    };
    view! {
        <div class="field">
            <label for=id><code>{name.to_string()}</code></label>
            {control}
            <p class="hint" id=hint><Prose text=help.to_string() /></p>
        </div>
    }
    .into_any()
}

/// An option's value as the person typed it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What was typed, as a number or other JSON where the option is of that kind and it is one. A secret is JSON where it
/// is several.
fn parsed(kind: &OptionKind, text: String) -> Value {
    let is_json = match kind {
        OptionKind::Number | OptionKind::Json => true,
        OptionKind::Secret => text.trim_start().starts_with(['{', '[']),
        _ => false,
    };
    let value = is_json.then(|| serde_json::from_str(&text).ok()).flatten();
    value.unwrap_or(Value::String(text))
}
