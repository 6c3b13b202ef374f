//! What the key is for, its size, how it is written, and whether that fits.

use keyjar::keygen::Written;
use keyjar::limits::KEY_BYTES;
use keyjar::preset::{Fit, Preset};
use leptos::prelude::*;

use crate::app::parts::live::{by, heard, live};

use super::choice::Choice;
use super::preset_picker::PresetPicker;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::prose::Prose;
use crate::app::parts::segmented::Segmented;

/// Bytes of the usual sizes.
const USUAL: [usize; 3] = [32, 48, 64];

#[component]
pub fn Form(choice: Choice) -> impl IntoView {
    view! {
        <section class="generate-form" aria-label="What kind of key">
            <PresetPicker choice />
            <Size choice />
            <WrittenAs choice />
            <VariableName choice />
            {live(move || choice.preset().map(|preset| view! { <PresetFacts choice preset /> }))}
        </section>
    }
}

#[component]
fn Size(choice: Choice) -> impl IntoView {
    // Chosen by hand; a preset of an unusual size shows its bytes as well.
    let asked_other = RwSignal::new(false);
    let usual = move || USUAL.iter().position(|bytes| *bytes == choice.bytes());
    let chosen = Signal::derive(move || usual().filter(|_| !asked_other.get()).unwrap_or(USUAL.len()));
    let choose = move |index: usize| {
        asked_other.set(index == USUAL.len());
        if let Some(bytes) = USUAL.get(index) {
            choice.take_bytes(*bytes);
        }
    };
    view! {
        <div class="generate-size">
            <Segmented
                legend="Size in bits"
                name="size"
                choices=vec!["256", "384", "512", "Other"]
                chosen
                choose
            />
            {live(move || (chosen.get() == USUAL.len()).then(|| view! { <Bytes choice /> }))}
        </div>
    }
}

/// A size of one's own. What cannot be made is said and leaves the key as it is.
#[component]
fn Bytes(choice: Choice) -> impl IntoView {
    let typed = RwSignal::new(untrack(|| choice.bytes()).to_string());
    let wrong = Memo::new(move |_| typed.with(|typed| read_bytes(typed)).err());
    let take = move |text: String| {
        if let Ok(bytes) = read_bytes(&text) {
            choice.take_bytes(bytes);
        }
        typed.set(text);
    };
    Effect::new(move |_| {
        let bytes = choice.bytes();
        if typed.with_untracked(|typed| read_bytes(typed)).is_ok_and(|shown| shown != bytes) {
            typed.set(bytes.to_string());
        }
    });
    view! {
        <div class="field">
            <label for="size-bytes">"Bytes"</label>
            <input
                class="input values"
                id="size-bytes"
                inputmode="numeric"
                autocomplete="off"
                prop:value=typed
                on:input=heard(move |event| take(event_target_value(&event)))
                aria-describedby="size-bytes-note"
                aria-invalid=by(move || wrong.get().is_some().to_string())
            />
            <p id="size-bytes-note" class=by(move || if wrong.get().is_some() { "error" } else { "hint" }) role="status">
                {live(move || wrong.get().unwrap_or_else(|| format!("{} bits", choice.bytes() * 8)))}
            </p>
        </div>
    }
}

fn read_bytes(text: &str) -> Result<usize, String> {
    let (least, most) = (KEY_BYTES.start(), KEY_BYTES.end());
    match text.trim().parse() {
        Ok(bytes) if KEY_BYTES.contains(&bytes) => Ok(bytes),
        Ok(bytes) if bytes < *least => {
            Err(format!("{bytes} bytes can be searched for. Type a whole number from {least} to {most}."))
        }
        _ => Err(format!("A key has {least} to {most} bytes. Type a whole number between them.")),
    }
}

#[component]
fn WrittenAs(choice: Choice) -> impl IntoView {
    // A framework's own alphabet stands beside the forms that any key is offered in.
    let offered = Memo::new(move |_| {
        let own = choice.preset().map(|preset| preset.main.recipe.written);
        let mut offered = Written::OFFERED.to_vec();
        offered.extend(own.filter(|own| !Written::OFFERED.contains(own)));
        offered
    });
    let chosen = Signal::derive(move || {
        let written = choice.written();
        offered.with(|offered| offered.iter().position(|form| *form == written).unwrap_or_default())
    });
    let choose = move |index: usize| {
        if let Some(written) = offered.with_untracked(|offered| offered.get(index).copied()) {
            choice.take_written(written);
        }
    };
    move || {
        let choices =
            offered.with(|offered| offered.iter().map(|form| short_label(*form)).collect::<Vec<_>>());
        view! { <Segmented legend="Written as" name="written" choices chosen choose /> }
    }
}

/// As short as a segment is narrow.
fn short_label(written: Written) -> &'static str {
    match written {
        Written::Hex => "Hex",
        written if written == Written::OFFERED[3] => "Letters+digits",
        written => written.label(),
    }
}

#[component]
fn VariableName(choice: Choice) -> impl IntoView {
    let others = move || {
        let preset = choice.preset()?;
        let names = preset.others.iter().map(|variable| format!("`{}`", variable.name)).collect::<Vec<_>>();
        (!names.is_empty()).then(|| format!("Also sets {}.", names.join(", ")))
    };
    view! {
        <div class="field">
            <label for="variable">"Variable"</label>
            <input
                class="input values"
                id="variable"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=choice.name
                on:input=heard(move |event| choice.name.set(event_target_value(&event)))
                data-main-box
            />
            {live(move || others().map(|text| view! { <p class="hint"><Prose text /></p> }))}
        </div>
    }
}

#[component]
fn PresetFacts(choice: Choice, preset: &'static Preset) -> impl IntoView {
    let fit = move || {
        let (glyph, class, head, why) = match preset.fits(choice.bytes(), choice.written()) {
            Fit::Fits(why) => (Glyph::Check, "fits", format!("This key fits {}.", preset.title), why),
            Fit::Works(why) => {
                (Glyph::Note, "fits is-less", format!("{} takes this key.", preset.title), why)
            }
            Fit::Refused(why) => {
                (Glyph::Warning, "fits is-refused", format!("This key does not fit {}.", preset.title), why)
            }
        };
        view! {
            <p class=class>
                <Icon glyph />
                <span><strong>{head}</strong>" "<Prose text=why /></span>
            </p>
        }
    };
    view! {
        <div class="preset-facts">
            <div role="status">{fit}</div>
            <dl class="facts">
                <div><dt>"Why"</dt><dd><Prose text=preset.why /></dd></div>
                <div><dt>"Read as"</dt><dd><Prose text=preset.read_as /></dd></div>
                <div><dt>"Length"</dt><dd><Prose text=preset.minimum /></dd></div>
                <div><dt>"Rotation"</dt><dd><Prose text=preset.rotation /></dd></div>
                <div>
                    <dt>"Source"</dt>
                    <dd>
                        <a href=preset.docs target="_blank" rel="noopener noreferrer">
                            {format!("{}’s documentation", preset.title)}
                        </a>
                    </dd>
                </div>
            </dl>
        </div>
    }
}
