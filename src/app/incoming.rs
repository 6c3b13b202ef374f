//! What comes in without being typed: files, and tokens in the address. All of it stays in memory.

use keyjar::intake::dropped::Dropped;
use keyjar::intake::fragment;
use keyjar::secret::SecretText;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::panels::inspect;
use super::platform::file::{self, File};
use super::platform::hash;
use super::state::{Panel, State};

/// Takes a file that was dropped anywhere: a key is the secret of the panel in view, anything else is looked at in Inspect.
pub fn dropped(state: State, file: File) {
    let panel = state.panel.get_untracked();
    spawn_local(async move {
        match file::read(&file).await {
            Ok(Dropped::Key(text)) => {
                let secrets = if panel == Panel::Sign { state.drafted.secrets } else { state.given.secrets };
                set_secret(state, secrets, 0, &file, text);
                if !matches!(panel, Panel::Sign | Panel::Inspect) {
                    state.go(Panel::Inspect);
                }
            }
            Ok(Dropped::Text(text)) => {
                inspect::look_at(state, text, &format!("{} is in the box.", file.name()));
            }
            Err(why) => state.say(why),
        }
    });
}

/// Takes a file that was chosen for the box of Inspect.
pub fn to_box(state: State, file: File) {
    spawn_local(async move {
        match file::read(&file).await {
            Ok(Dropped::Key(text) | Dropped::Text(text)) => {
                inspect::look_at(state, text, &format!("{} is in the box.", file.name()));
            }
            Err(why) => state.say(why),
        }
    });
}

/// Takes a file that was chosen for one of the secrets.
pub fn to_secret(state: State, secrets: RwSignal<Vec<SecretText>>, index: usize, file: File) {
    spawn_local(async move {
        match file::read(&file).await {
            Ok(Dropped::Key(text)) => set_secret(state, secrets, index, &file, text),
            // The line end belongs to the file, not to the secret.
            Ok(Dropped::Text(text)) => {
                set_secret(state, secrets, index, &file, text.trim_end_matches(['\r', '\n']).to_owned());
            }
            Err(why) => state.say(why),
        }
    });
}

fn set_secret(state: State, secrets: RwSignal<Vec<SecretText>>, index: usize, file: &File, text: String) {
    let before = secrets.get_untracked();
    secrets.update(|all| {
        all.resize_with(all.len().max(index + 1), SecretText::default);
        if let Some(secret) = all.get_mut(index) {
            *secret = SecretText::new(text, None);
        }
    });
    let said = format!("The key from {} is in the secret’s field.", file.name());
    state.say_undoable(said, move || secrets.set(before.clone()));
}

/// If the address holds a token behind its `#`, it is taken out of there at once, and looked at. Says whether it did.
pub fn from_address(state: State, hash: &str) -> bool {
    let Some(text) = fragment::shown(hash) else { return false };
    hash::replace(Panel::Inspect.route());
    state.show(Panel::Inspect.route());
    inspect::look_at(state, text, "The token was taken out of the address.");
    true
}
