//! What the address asks for: the table of experiments, then one of them.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use super::state::{Lab, Load, Wire};
use crate::descriptor::{Descriptor, Entry};
use crate::link;

const INDEX: &str = "experiments/index.json";

impl Lab {
    /// Fetches the table of experiments, and then what the address names.
    pub fn load_index(self) {
        self.index.set(Load::Waiting);
        self.experiment.set(Load::Waiting);
        spawn_local(async move {
            match fetch(INDEX, Entry::parse).await {
                Ok(entries) => {
                    self.index.set(Load::Ready(entries));
                    self.follow_address();
                }
                Err(reason) => {
                    self.index.set(Load::Failed(reason.clone()));
                    self.experiment.set(Load::Failed(reason));
                }
            }
        });
    }

    /// Shows what the address names: once at the start, and whenever it changes.
    pub fn follow_address(self) {
        let Load::Ready(entries) = self.index.get_untracked() else { return };
        let hash = browser::hash();
        let here = untrack(move || self.address());
        let same = here.is_some_and(|(address, link)| hash == address || hash == link);
        if same && self.descriptor().is_some() && !self.gallery.get_untracked() {
            return;
        }
        let wanted = link::experiment(&hash);
        let found = entries.iter().find(|entry| entry.id == wanted);
        self.notices.set(Vec::new());
        if found.is_none() && !wanted.is_empty() {
            self.notices
                .update(|notices| notices.push(format!("The link names no experiment of this lab: “{wanted}”.")));
        }
        match found {
            Some(entry) => {
                self.gallery.set(false);
                self.load(entry.id.clone(), hash);
            }
            None => self.leave(),
        }
    }

    /// Shows the gallery; the run that was on the page rests.
    fn leave(self) {
        self.asked_for.update_value(|turn| *turn += 1);
        self.gallery.set(true);
        self.give_up();
        self.active.set(None);
        self.experiment.set(Load::Waiting);
        self.wire.update_value(|wire| *wire = Wire::default());
    }

    fn load(self, id: String, hash: String) {
        if let Some(descriptor) = self.descriptor().filter(|descriptor| descriptor.id == id) {
            return self.show(&descriptor, &hash);
        }
        let turn = self.asked_for.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        spawn_local(async move {
            let answer = fetch(&format!("experiments/{id}.json"), Descriptor::parse).await;
            if turn != Some(self.asked_for.get_value()) {
                return;
            }
            match answer {
                Ok(descriptor) => {
                    self.clear(descriptor.contenders.len(), descriptor.claims.len());
                    let descriptor = Arc::new(descriptor);
                    self.experiment.set(Load::Ready(Arc::clone(&descriptor)));
                    self.show(&descriptor, &hash);
                }
                Err(reason) => self.experiment.set(Load::Failed(reason)),
            }
        });
    }

    /// Takes the fields from the address and prepares a run.
    fn show(self, descriptor: &Descriptor, hash: &str) {
        let (form, place, problems) = link::read(hash, descriptor);
        self.notices.update(|notices| notices.extend(problems));
        self.form.set(form);
        self.linked.set(place.clone());
        self.connect();
        if let Some(at) = place.at {
            self.seek(at);
        }
    }
}

async fn fetch<T>(path: &str, parse: fn(&str) -> Option<T>) -> Result<T, String> {
    let text = browser::fetch(path).await?;
    parse(&text)
        .ok_or_else(|| format!("{path} could not be read: it is damaged or made for another version of this page."))
}
