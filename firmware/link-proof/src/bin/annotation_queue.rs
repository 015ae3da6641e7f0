//! What waits for an annotator, and how often messages have occurred.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::learned::{AnnotationQueue, EpisodicCountNorm};
use habit_link_proof::{any, forever};

type Queue = AnnotationQueue<u32, 256, 4>;

habit_link_proof::image!((Queue, EpisodicCountNorm<64>) = (AnnotationQueue::EMPTY, EpisodicCountNorm::EMPTY), |both| {
    let (queue, norm) = both;
    queue.start(any(), any())?;
    norm.start(any())?;
    forever(|_| {
        black_box(queue.submit(any()));
        let _ = black_box(queue.tick(any(), |requests| if black_box(requests).is_empty() { Err(habit::Error::EmptyRange) } else { Ok(()) }));
        black_box(queue.ask());
        if any() {
            queue.finish();
            norm.begin_episode();
        }
        let _ = black_box(norm.factor(any()));
    })
});
