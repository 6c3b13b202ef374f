//! Where the key goes: a line for each kind of file, the framework's own code, and the panels that use it.

use keyjar::env_file::{self, Entry, EnvError, Target};
use keyjar::preset::{Preset, Snippet};
use leptos::prelude::*;

use crate::app::parts::live::{heard, live};

use super::choice::Choice;
use crate::app::panels::sign::choose_preset;
use crate::app::parts::code::Code;
use crate::app::parts::code_block::CodeBlock;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::icon::{Glyph, Icon};
use crate::app::parts::prose::Prose;
use crate::app::parts::tabs::Tabs;
use crate::app::platform::download;
use crate::app::state::{Panel, State};

const LINES_ID: &str = "env-lines";

#[component]
pub fn Put(choice: Choice) -> impl IntoView {
    view! {
        <section class="generate-put" aria-labelledby="put-title">
            <h2 id="put-title" class="visually-hidden">"Put it in"</h2>
            <EnvFile choice />
            {live(move || choice.preset().map(|preset| view! { <FrameworkCode choice preset /> }))}
            <UseIn choice />
        </section>
    }
}

#[component]
fn EnvFile(choice: Choice) -> impl IntoView {
    let state = State::get();
    let chosen = RwSignal::new(0);
    let target = move || env_file::ALL.get(chosen.get()).copied();
    let written = Memo::new(move |_| target().map(|target| write(choice, target)));
    let file = move || written.get().and_then(Result::ok).map(|written| written.file).unwrap_or_default();
    let lines = Signal::derive(move || {
        written.get().and_then(Result::ok).map(|written| written.lines.join("\n")).unwrap_or_default()
    });
    let label = Signal::derive(move || {
        let many = written.with(|written| matches!(written, Some(Ok(written)) if written.lines.len() > 1));
        if many { "Copy lines" } else { "Copy line" }.to_owned()
    });
    let file_name = move || target().map_or("", |target| target.file_name);
    let save = move |_| {
        if !download::save(file_name(), &file()) {
            state.say("The browser did not allow the file. Copy the line instead.");
        } else if let Some(rest) = file_name().strip_prefix('.') {
            state.say(format!("Browsers take the dot from the name: rename {rest} to .{rest}."));
        }
    };
    view! {
        <div class="sheet">
            <Tabs id="env" label="Put it in" tabs=env_file::ALL.iter().map(|target| target.label.to_owned()).collect() chosen>
                {live(move || match written.get() {
                    Some(Ok(written)) => view! { <Lines written hidden=choice.hidden /> }.into_any(),
                    Some(Err(why)) => {
                        view! {
                            <p class="sheet-body error" role="alert">
                                <Icon glyph=Glyph::Warning />
                                <span>{why}</span>
                            </p>
                        }
                            .into_any()
                    }
                    None => ().into_any(),
                })}
                <div class="sheet-foot">
                    <p class="quiet small"><Prose text=Signal::derive(move || {
                        target().map_or("", |target| target.hint).to_owned()
                    }) /></p>
                    {live(move || lines.with(|lines| !lines.is_empty()).then(|| {
                        view! {
                            <div class="buttons">
                                <CopyButton label text=lines shown_in=LINES_ID />
                                <button class="button" type="button" on:click=save>
                                    <Icon glyph=Glyph::Save />
                                    {live(move || format!("Save {}", file_name()))}
                                </button>
                            </div>
                        }
                    }))}
                </div>
            </Tabs>
        </div>
    }
}

/// What goes into a file.
#[derive(Clone, PartialEq)]
struct Lines {
    /// The assignments alone.
    lines: Vec<String>,
    /// The whole file.
    file: String,
    names: Vec<String>,
}

fn write(choice: Choice, target: &Target) -> Result<Lines, String> {
    let variables = choice.variables();
    choice.keys.with(|keys| {
        let entries = variables.iter().zip(keys.all()).map(|((name, comment), key)| Entry {
            name,
            value: key.text(),
            comment,
        });
        let entries = entries.collect::<Vec<_>>();
        if entries.is_empty() {
            return Err("There is no key. Draw a new one above.".to_owned());
        }
        let lines =
            entries.iter().map(|entry| target.line(entry.name, entry.value)).collect::<Result<_, _>>();
        let file = target.file(&entries);
        let plain = |error: EnvError| error.to_string();
        Ok(Lines {
            lines: lines.map_err(plain)?,
            file: file.map_err(plain)?,
            names: entries.iter().map(|entry| entry.name.to_owned()).collect(),
        })
    })
}

/// The file with its comments quiet and its values in colour, or masked.
#[component]
fn Lines(written: Lines, hidden: RwSignal<bool>) -> impl IntoView {
    let lines = written
        .file
        .trim_end()
        .lines()
        .map(|line| {
            let value_at = written.names.iter().find_map(|name| Some(line.find(name.as_str())? + name.len()));
            let (before, value) = match value_at.filter(|_| !line.trim_start().starts_with('#')) {
                Some(at) => {
                    let rest = line.get(at..).unwrap_or_default();
                    let sign = rest.len() - rest.trim_start_matches(['=', ':', ' ']).len();
                    line.split_at_checked(at + sign).unwrap_or((line, ""))
                }
                None => (line, ""),
            };
            let value = value.to_owned();
            view! {
                <span class:c=line.trim_start().starts_with('#')>{before.to_owned()}</span>
                <span class="s">
                    {live(move || if hidden.get() { "•".repeat(value.chars().count()) } else { value.clone() })}
                </span>
                "\n"
            }
        })
        .collect_view();
    view! { <pre class="sheet-body code" id=LINES_ID>{lines}</pre> }
}

/// The framework's own code, which reads the variable.
#[component]
fn FrameworkCode(choice: Choice, preset: &'static Preset) -> impl IntoView {
    let Snippet { file, language, code } = preset.snippet;
    let text = Signal::derive(move || choice.name.with(|name| rename(code, preset.main.name, name)));
    let comment = match language {
        "python" | "ruby" | "elixir" => "#",
        _ => "//",
    };
    let shown = move || view! { <Code text comment /> };
    view! { <CodeBlock id="snippet" title=file text shown is_program=true /> }
}

/// The code with another variable, where it reads one; a setting of the same name keeps it.
fn rename(code: &str, from: &str, to: &str) -> String {
    let places = [("\"", "\""), ("'", "'"), ("env.", ""), ("${", "}")];
    places.into_iter().fold(code.to_owned(), |code, (before, after)| {
        code.replace(&format!("{before}{from}{after}"), &format!("{before}{to}{after}"))
    })
}

#[component]
fn UseIn(choice: Choice) -> impl IntoView {
    let state = State::get();
    let has_key = move || choice.keys.with(|keys| keys.main().is_some());
    let go = move |panel: Panel| {
        let secrets = untrack(|| state.generated.secrets());
        if panel == Panel::Sign {
            if let Some(preset) = untrack(|| choice.preset()).filter(|preset| preset.scheme.is_some()) {
                choose_preset(state, preset);
            }
            state.drafted.secrets.set(secrets);
        } else {
            state.given.secrets.set(secrets);
        }
        state.go(panel);
    };
    let button = move |panel: Panel| {
        view! {
            <button class="button" type="button" on:click=heard(move |_| go(panel))>
                {panel.title()}
                <Icon glyph=Glyph::Arrow />
            </button>
        }
    };
    move || {
        has_key().then(|| {
            view! {
                <p class="next">
                    <span class="quiet">"Use this key in"</span>
                    {button(Panel::Sign)}
                    {button(Panel::Inspect)}
                </p>
            }
        })
    }
}
