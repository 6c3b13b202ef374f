//! A key in all its forms, each to copy and to save; what is secret is masked until it is asked for.

use keyjar::protocol::{KeyForm, KeyReport};
use leptos::prelude::*;

use super::copy_button::CopyButton;
use super::fact_list::fact_list;
use super::finding_list::FindingList;
use super::icon::{Glyph, Icon};
use super::live::{by, heard, live};
use super::words::capital;
use crate::app::platform::download;
use crate::app::state::State;

/// The card. `id` begins the ids of what is in it; different from every other in the page. `actions` stand at its foot.
pub fn key_card(id: &str, key: &KeyReport, actions: Option<AnyView>) -> AnyView {
    let title = format!("{id}-title");
    let kind = if key.is_secret { "keep it secret" } else { "anyone may have it" };
    let forms = key.forms.iter().enumerate();
    let forms = forms.map(|(i, key)| form(format!("{id}-form-{i}"), key)).collect::<Vec<_>>();
    let findings = key.findings.clone();
    let findings = (!findings.is_empty()).then(|| {
        view! { <div class="key-remarks"><FindingList id=format!("{id}-remark") findings /></div> }
    });
    view! {
        <section class="sheet key-card" aria-labelledby=title.clone()>
            <div class="sheet-head">
                <Icon glyph=Glyph::Key />
                <div class="sheet-title">
                    <h2 id=title.clone()>{capital(&key.title)}</h2>
                    <span class="quiet">{kind}</span>
                </div>
            </div>
            <div class="key-about">{(!key.facts.is_empty()).then(|| fact_list(&key.facts))} {findings}</div>
            <ul class="key-forms">{forms}</ul>
            {actions.map(|actions| view! { <div class="sheet-foot">{actions}</div> })}
        </section>
    }
    .into_any()
}

fn form(id: String, form: &KeyForm) -> AnyView {
    let state = State::get();
    let open = RwSignal::new(false);
    let KeyForm { name, file, text, is_secret } = form.clone();
    let words = move || if open.get() { "Hide" } else { "Show" };
    let glyph = Signal::derive(move || if open.get() { Glyph::EyeShut } else { Glyph::Eye });
    let says = {
        let name = name.clone();
        move || format!("{}: {name}", words())
    };
    let shown = {
        let (id, text) = (id.clone(), text.text.clone());
        move || open.get().then(|| view! { <pre class="code" id=id.clone()>{text.to_string()}</pre> })
    };
    let save = {
        let (file, text) = (file.clone(), text.text.clone());
        move |_| {
            if !download::save(&file, &text) {
                state.say("The browser did not allow the file. Copy the key instead.");
            }
        }
    };
    let copied = Signal::stored(text.text.to_string());
    view! {
        <li>
            <span class="key-form-name">
                {is_secret.then(|| view! { <span class="key-secret">"Secret"</span> " " })}
                <span>{name.clone()}</span>
            </span>
            <span class="key-form-actions">
                <button
                    class="button is-quiet"
                    type="button"
                    aria-label=by(says)
                    aria-expanded=by(move || open.get().to_string())
                    on:click=heard(move |_| open.update(|open| *open = !*open))
                >
                    <Icon glyph />
                    {live(words)}
                </button>
                <CopyButton label="Copy" says=format!("Copy: {name}") text=copied shown_in=id class="is-quiet" />
                <button class="button is-quiet" type="button" aria-label=format!("Save: {name}, as {file}") on:click=heard(save)>
                    <Icon glyph=Glyph::Save />
                    "Save"
                </button>
            </span>
            {live(shown)}
        </li>
    }
    .into_any()
}
