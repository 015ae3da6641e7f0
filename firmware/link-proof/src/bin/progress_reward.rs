//! A progress reward, its soft factors, and the score.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::shaping::{
    COMFORT_LIMITS, ComfortPenalty, HardInfraction, LastingPenalty, LinearExcess, ProgressReward, StickyPenalty,
    driving_score,
};
use habit_link_proof::{any, forever};

type Factors = (StickyPenalty<500>, LastingPenalty<60>);

habit_link_proof::image!((ProgressReward<4>, Factors) = (ProgressReward::EMPTY, (StickyPenalty::EMPTY, LastingPenalty::EMPTY)), |both| {
    let (progress, (sticky, lasting)) = both;
    let speeding = LinearExcess::new(any(), any())?;
    let mut comfort = ComfortPenalty::<6, 500>::new(*black_box(&COMFORT_LIMITS), any())?;
    forever(|_| {
        let hit = if sticky.step(any()) { 0.5 } else { 1.0 };
        let off = if lasting.step(any()) { 0.5 } else { 1.0 };
        let smooth = comfort.step(black_box(&[0.0; 6])).unwrap_or(1.0);
        let fast = speeding.factor(any()).unwrap_or(1.0);
        let hard = if any() { Some(HardInfraction::Collision) } else { None };
        let _ = black_box(progress.step(any(), &[hit, off, smooth, fast], hard));
        let _ = black_box(driving_score(any(), black_box(&[0.5][..])));
        progress.start();
        comfort.start();
    })
});
