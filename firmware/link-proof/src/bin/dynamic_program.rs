//! A dynamic program, solved, and what planning over a model takes. Reading its text is done before, by core's parser of floats,
//! whose own checks no linker can see through.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::plan::{
    DynamicProgram, Sweeps, back_up, policy_iteration, relative_value_iteration, synchronous_value_iteration,
    value_iteration,
};
use habit_link_proof::{any, forever};

#[derive(Debug)]
struct Memory {
    values: [f32; 16],
    scratch: [f32; 16],
    policy: [u16; 16],
    matrix: [f32; 256],
}

const EMPTY: Memory = Memory { values: [0.0; 16], scratch: [0.0; 16], policy: [0; 16], matrix: [0.0; 256] };

habit_link_proof::image!(Memory = EMPTY, |memory| {
    let Memory { values, scratch, policy, matrix } = memory;
    forever(|_| {
        let program = black_box(DynamicProgram::EMPTY);
        let _ = black_box(program.solve(values, scratch));
        let stop = Sweeps { tolerance: any(), most: any() };
        let model = program.stage(any());
        let _ = black_box(value_iteration(&model, any(), stop, values));
        let _ = black_box(synchronous_value_iteration(&model, any(), stop, values, scratch));
        let _ = black_box(relative_value_iteration(&model, stop, values, scratch));
        let _ = black_box(back_up(&model, any(), any(), values));
        let _ = black_box(policy_iteration(&model, any(), policy, matrix, values));
    })
});
