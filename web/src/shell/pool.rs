//! Many seeds at once: a few workers of the room, each with one seed at a time, and what they have come to.

use std::collections::VecDeque;

use leptos::prelude::*;

use super::kernel::{Kernel, Numbers, Reply, Task};
use super::state::{Lab, Swept, Tried};
use crate::measure::Course;
use crate::sweep::{Sweep, every};
use crate::verdict::verdict;

/// More workers than this gain little and cost memory.
const MOST_WORKERS: usize = 8;
/// Bands are drawn again so many milliseconds after the last time, and at the end.
const REDRAW: f64 = 200.0;

/// Workers, what each of them does, and what is left to do.
#[derive(Default)]
pub struct Pool {
    workers: Vec<(Kernel, Option<Task>)>,
    queue: VecDeque<Task>,
    /// Rises whenever work is given up: what is heard of older work is passed over.
    turn: u32,
    /// The numbers of each claim's seeds, by the claim's index.
    claims: Vec<Vec<(u32, Vec<f64>)>>,
    drawn: f64,
}

impl Lab {
    /// Runs the settings on the page with so many seeds, from theirs on.
    pub fn sweep(self, seeds: u32) {
        let Some(descriptor) = self.descriptor() else { return };
        let Some(settings) = self.active.get_untracked() else { return };
        let Some(last) = settings.seed.checked_add(seeds.saturating_sub(1)) else {
            return self.swept.set(Swept::Failed("these seeds run past the last one; take an earlier seed".into()));
        };
        self.give_up();
        let sweep =
            Sweep::new(settings.seed, seeds, settings.steps, descriptor.contenders.len(), descriptor.metrics.len());
        self.data.update_value(|data| {
            data.sweep = Some(sweep);
            data.bands = Vec::new();
        });
        let set = settings.set();
        let task = |seed| {
            let course = Course { id: settings.id.clone(), seed, steps: settings.steps, set: set.clone() };
            Task::Sweep(course, every(settings.steps))
        };
        let workers = self.employ((settings.seed..=last).map(task).collect());
        self.swept.set(Swept::Running { done: 0, seeds: seeds as usize, workers });
        self.ask_frame();
    }

    /// Measures claims, by their indices, on this machine.
    pub fn measure(self, claims: &[usize]) {
        let Some(descriptor) = self.descriptor() else { return };
        self.give_up();
        self.pool.update_value(|pool| pool.claims = vec![Vec::new(); descriptor.claims.len()]);
        let mut tasks = VecDeque::new();
        for &index in claims {
            let Some(claim) = descriptor.claims.get(index) else { continue };
            tasks.extend((1..=claim.seeds).map(|seed| Task::Claim(descriptor.id.clone(), index, seed)));
            self.try_claim(index, Tried::Running { done: 0, seeds: claim.seeds as usize });
        }
        self.employ(tasks);
    }

    /// Ends all work of the pool; what there is so far stays.
    pub fn give_up(self) {
        let old = self.pool.try_update_value(|pool| {
            let turn = pool.turn.wrapping_add(1);
            core::mem::replace(pool, Pool { turn, ..Pool::default() })
        });
        // One of its workers may be the one that is being heard, and it owns the closure that hears.
        leptos::task::spawn_local(async move { drop(old) });
        if let Swept::Running { done, seeds, .. } = self.swept.get_untracked() {
            self.swept.set(Swept::Cancelled { done, seeds });
        }
        self.tried.update(|tried| {
            for tried in tried.iter_mut().filter(|tried| matches!(tried, Tried::Running { .. })) {
                *tried = Tried::Not;
            }
        });
    }

    /// Whether the pool has work.
    pub fn is_measuring(self) -> bool {
        matches!(self.swept.get(), Swept::Running { .. })
            || self.tried.with(|tried| tried.iter().any(|tried| matches!(tried, Tried::Running { .. })))
    }

    /// Starts workers for these tasks and returns how many.
    fn employ(self, tasks: VecDeque<Task>) -> usize {
        let Some(room) = self.descriptor().map(|descriptor| descriptor.room.clone()) else { return 0 };
        let cores = window().navigator().hardware_concurrency() as usize;
        let count = cores.clamp(1, MOST_WORKERS).min(tasks.len());
        let turn = self.pool.with_value(|pool| pool.turn);
        self.pool.update_value(|pool| pool.queue = tasks);
        for worker in 0..count {
            match Kernel::start(&room, false, move |reply| self.hear_worker(turn, worker, reply)) {
                Ok(kernel) => self.pool.update_value(|pool| pool.workers.push((kernel, None))),
                Err(reason) => {
                    self.fail(&reason);
                    break;
                }
            }
        }
        count
    }

    fn hear_worker(self, turn: u32, worker: usize, reply: Reply) {
        if self.pool.with_value(|pool| pool.turn) != turn {
            return;
        }
        match reply {
            Reply::Ready => self.pool.update_value(|pool| {
                if let Some((kernel, _)) = pool.workers.get_mut(worker) {
                    kernel.ready();
                }
            }),
            Reply::Done { digest, numbers } => self.take(worker, &digest, numbers),
            Reply::Refused(reason) | Reply::Dead(reason) => return self.fail(&reason),
            Reply::Lines(_) | Reply::View { .. } => return,
        }
        let idle = self.pool.try_update_value(|pool| {
            let next = pool.queue.pop_front();
            if let Some((kernel, task)) = pool.workers.get_mut(worker) {
                if let Some(next) = &next {
                    kernel.task(next);
                }
                *task = next;
            }
            pool.queue.is_empty() && pool.workers.iter().all(|(_, task)| task.is_none())
        });
        // Workers that have not listened yet have no task either; without a queue they are not needed.
        if idle == Some(true) && !untrack(move || self.is_measuring()) {
            self.give_up();
        }
    }

    /// What one seed came to.
    fn take(self, worker: usize, digest: &str, numbers: Numbers) {
        let task = self.pool.try_update_value(|pool| pool.workers.get_mut(worker).and_then(|(_, task)| task.take()));
        match (task.flatten(), numbers) {
            (Some(Task::Sweep(course, _)), Numbers::Samples(numbers)) => {
                let Ok(digest) = u64::from_str_radix(digest, 16) else { return };
                let taken = self.data.try_update_value(|data| {
                    let sweep = data.sweep.as_mut()?;
                    sweep.add(course.seed, digest, numbers).then(|| (sweep.done(), sweep.digest()))
                });
                let Some((done, all)) = taken.flatten() else { return self.fail("a worker sent what does not fit") };
                match (self.swept.get_untracked(), all) {
                    (Swept::Running { seeds, workers, .. }, Some(digest)) => {
                        self.swept.set(Swept::Done { seeds, workers, digest });
                    }
                    (Swept::Running { seeds, workers, .. }, None) => {
                        self.swept.set(Swept::Running { done, seeds, workers });
                    }
                    _ => {}
                }
                self.draw_bands();
            }
            (Some(Task::Claim(_, index, seed)), Numbers::Claim(numbers)) => self.take_claim(index, seed, numbers),
            _ => self.fail("a worker sent what was not asked for"),
        }
    }

    fn take_claim(self, index: usize, seed: u32, numbers: Vec<f64>) {
        let Some(descriptor) = self.descriptor() else { return };
        let Some(claim) = descriptor.claims.get(index) else { return };
        let verdict = self.pool.try_update_value(|pool| {
            let seeds = pool.claims.get_mut(index)?;
            seeds.push((seed, numbers));
            let done = seeds.len();
            if done < claim.seeds as usize {
                return Some(Tried::Running { done, seeds: claim.seeds as usize });
            }
            // Sums run in the order of the seeds, whoever was first.
            seeds.sort_unstable_by_key(|(seed, _)| *seed);
            let seeds: Vec<_> = core::mem::take(seeds).into_iter().map(|(_, numbers)| numbers).collect();
            Some(Tried::Done(verdict(claim, &seeds)))
        });
        if let Some(tried) = verdict.flatten() {
            self.try_claim(index, tried);
        }
    }

    fn try_claim(self, index: usize, state: Tried) {
        self.tried.update(|tried| tried.iter_mut().skip(index).take(1).for_each(|place| *place = state.clone()));
    }

    /// Bands are sorted out of all seeds, so not at every one of them.
    fn draw_bands(self) {
        let now = js_sys::Date::now();
        let finished = !matches!(self.swept.get_untracked(), Swept::Running { .. });
        let due = self.pool.try_update_value(|pool| {
            let due = finished || now - pool.drawn > REDRAW;
            pool.drawn = if due { now } else { pool.drawn };
            due
        });
        if due == Some(true) {
            self.sort_bands();
        }
    }

    /// Makes the bands from the seeds that are there.
    pub fn sort_bands(self) {
        let Some(descriptor) = self.descriptor() else { return };
        let (contenders, metrics) = (descriptor.contenders.len(), descriptor.metrics.len());
        self.data.update_value(|data| {
            let Some(sweep) = &data.sweep else { return };
            let lines = (0..contenders).flat_map(|c| (0..metrics).map(move |m| (c, m)));
            data.bands = lines.map(|(contender, metric)| sweep.band(contender, metric)).collect();
        });
        self.ask_frame();
    }

    /// Forgets the sweep.
    pub fn forget_sweep(self) {
        self.give_up();
        self.swept.set(Swept::Not);
        self.data.update_value(|data| {
            data.sweep = None;
            data.bands = Vec::new();
        });
        self.ask_frame();
    }

    /// A worker of the pool could not go on: its work is given up, and the page says why.
    fn fail(self, reason: &str) {
        let sweeping = matches!(self.swept.get_untracked(), Swept::Running { .. });
        let measured: Vec<usize> = self.tried.with_untracked(|tried| {
            let running = |(index, tried): (usize, &Tried)| matches!(tried, Tried::Running { .. }).then_some(index);
            tried.iter().enumerate().filter_map(running).collect()
        });
        self.give_up();
        if sweeping {
            self.sort_bands();
            self.swept.set(Swept::Failed(reason.into()));
        }
        for index in measured {
            self.try_claim(index, Tried::Failed(reason.into()));
        }
    }
}
