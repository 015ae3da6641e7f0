//! Automatic discount scheduling.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::discount::{AutomaticDiscount, AutomaticDiscountParameters, DiscountSchedule, ProgressRecognizer};
use habit_link_proof::{any, forever};

type Learner = (AutomaticDiscount<26, 12>, ProgressRecognizer<26>);

habit_link_proof::image!(Learner = (AutomaticDiscount::EMPTY, ProgressRecognizer::EMPTY), |learner| {
    let (discount, recognizer) = learner;
    let (mut pairs, mut reference) = ([0; 6], [0.0; 26]);
    recognizer.reference(any(), any(), |_, _, _, _| any(), &mut pairs, &mut reference)?;
    let parameters = AutomaticDiscountParameters { alpha: any(), start: any(), threshold: any(), percentile: any() };
    let reference = black_box(&reference[..]);
    discount.start(parameters, reference)?;
    forever(|_| {
        let _ = black_box(discount.observe(any(), |_, _| any()));
        let _ = black_box(discount.update());
        discount.advance();
        black_box((discount.gamma(), discount.progress(), discount.pairs()));
    })
});
