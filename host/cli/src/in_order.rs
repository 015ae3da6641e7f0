//! Jobs on several threads whose results come in the order of the jobs, so that nothing depends on the number of threads.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many messages of one job, and how many jobs for each thread, may wait to be taken.
const WAITING: usize = 4;

/// Where a job puts its messages.
#[derive(Debug)]
pub struct Outbox<'a, T> {
    sender: SyncSender<T>,
    stopped: &'a AtomicBool,
}

impl<T> Outbox<'_, T> {
    /// Hands a message over, and waits where too many wait already; breaks when nobody wants it any more.
    pub fn send(&self, message: T) -> ControlFlow<()> {
        if self.sender.send(message).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    /// Whether nobody wants the results any more.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Does the jobs `0..jobs` on at most `threads` threads and gives their messages to `take`: all of job 0, then all of job
/// 1, and so on. A job ahead of its turn waits when a few of its messages do, so that memory stays bounded.
///
/// # Errors
/// The first of `take`, after which the other jobs are given up; `no_thread` when not even one thread can be started.
pub fn in_order<T: Send, E>(
    jobs: usize,
    threads: NonZeroUsize,
    work: impl Fn(usize, &Outbox<'_, T>) + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
    no_thread: impl FnOnce(std::io::Error) -> E,
) -> Result<(), E> {
    let threads = threads.get().min(jobs);
    let stopped = AtomicBool::new(false);
    // Jobs are claimed under one lock together with their place in the queue, so the queue is in job order. The job that
    // is taken from has been claimed, and the thread that claimed it waits for nobody else.
    let next = Mutex::new(0);
    let (queue, inboxes) = sync_channel::<Receiver<T>>(WAITING * threads.max(1));
    let claim = |queue: &SyncSender<Receiver<T>>| {
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        let job = *next;
        if job >= jobs {
            return None;
        }
        let (sender, inbox) = sync_channel(WAITING);
        queue.send(inbox).ok()?;
        *next += 1;
        Some((job, Outbox { sender, stopped: &stopped }))
    };
    let worker = |queue: SyncSender<Receiver<T>>| {
        while let Some((job, outbox)) = claim(&queue) {
            work(job, &outbox);
        }
    };
    thread::scope(|scope| {
        for started in 0..threads {
            let (worker, queue) = (&worker, queue.clone());
            match thread::Builder::new().spawn_scoped(scope, move || worker(queue)) {
                Err(error) if started == 0 => return Err(no_thread(error)),
                // With fewer threads than asked for the results are the same.
                Err(_) => break,
                Ok(_) => {}
            }
        }
        drop(queue);
        let taken = inboxes.iter().try_for_each(|inbox| inbox.iter().try_for_each(&mut take));
        // Breaks every `send` that waits, and stops the jobs that send nothing.
        stopped.store(true, Ordering::Relaxed);
        drop(inboxes);
        taken
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    fn collected(jobs: usize, n: usize) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        let work = |job: usize, outbox: &Outbox<'_, (usize, usize)>| {
            // More messages than may wait, and fewer the later the job.
            for message in 0..3 * WAITING * (jobs - job) {
                let _ = outbox.send((job, message));
            }
        };
        let take = |message| {
            all.push(message);
            Ok::<(), ()>(())
        };
        in_order(jobs, threads(n), work, take, |_| ()).unwrap();
        all
    }

    #[test]
    fn messages_come_in_order_whatever_the_number_of_threads() {
        let one = collected(40, 1);
        assert!(one.is_sorted());
        assert_eq!(one.len(), 3 * WAITING * 40 * 41 / 2);
        for n in [2, 3, 64] {
            assert_eq!(collected(40, n), one);
        }
        assert_eq!(collected(0, 2), []);
    }

    #[test]
    fn the_first_error_stops_every_job() {
        for n in [1, 2, 8] {
            let mut taken = 0;
            // Endless unless it is stopped.
            let work = |job: usize, outbox: &Outbox<'_, usize>| while outbox.send(job).is_continue() {};
            let take = |_| {
                taken += 1;
                if taken == 100 { Err("enough") } else { Ok(()) }
            };
            assert_eq!(in_order(1000, threads(n), work, take, |_| "no thread"), Err("enough"));
        }
    }

    #[test]
    fn a_job_that_sends_nothing_learns_that_it_is_stopped() {
        let work = |job: usize, outbox: &Outbox<'_, usize>| {
            if job == 0 {
                let _ = outbox.send(job);
            } else {
                while !outbox.is_stopped() {
                    thread::yield_now();
                }
            }
        };
        assert_eq!(in_order(8, threads(4), work, |_| Err("enough"), |_| "no thread"), Err("enough"));
    }
}
