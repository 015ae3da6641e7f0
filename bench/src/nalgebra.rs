//! LinUCB as one writes it by hand with nalgebra's matrices.

use nalgebra::{SMatrix, SVector};

use crate::worlds::{ALPHA, ARMS, CYCLE, LAMBDA, LinearWorld};
use crate::{Contender, Report, run_rounds};

pub const CONTENDERS: [Contender; 4] = [
    ("linucb-8 nalgebra: nalgebra 0.34, matrices of constant size", run::<8>),
    ("linucb-16 nalgebra: nalgebra 0.34, matrices of constant size", run::<16>),
    ("linucb-32 nalgebra: nalgebra 0.34, matrices of constant size", run::<32>),
    ("linucb-64 nalgebra: nalgebra 0.34, matrices of constant size", run::<64>),
];

/// On a cache line, as the matrices of the kernel and of C are.
#[repr(C, align(64))]
struct Arm<const D: usize> {
    inverse: SMatrix<f32, D, D>,
    theta: SVector<f32, D>,
}

fn run<const D: usize>(steps: u64) -> Report {
    let world = LinearWorld::<D>::new();
    let contexts: Vec<_> = world.contexts.iter().map(|context| SVector::<f32, D>::from_row_slice(context)).collect();
    let arm = |_| Arm { inverse: SMatrix::<f32, D, D>::identity() / LAMBDA, theta: SVector::zeros() };
    let mut arms: Vec<Arm<D>> = (0..ARMS).map(arm).collect();
    let report = run_rounds(steps, |step| {
        let x = &contexts[step as usize % CYCLE];
        let (mut best, mut greatest) = (0, f32::NEG_INFINITY);
        for (index, arm) in arms.iter().enumerate() {
            let bound = arm.theta.dot(x) + ALPHA * (arm.inverse * x).dot(x).sqrt();
            if bound > greatest {
                (best, greatest) = (index, bound);
            }
        }
        let (Arm { inverse, theta }, reward) = (&mut arms[best], world.rewards[step as usize % CYCLE][best]);
        let product = *inverse * x;
        let scale = 1.0 / (1.0 + product.dot(x));
        // The new estimate without a product: V^-1 x of the new matrix is that of the old one, scaled.
        theta.axpy((reward - theta.dot(x)) * scale, &product, 1.0);
        inverse.ger(-scale, &product, &product, 1.0);
        reward
    });
    report.and(&[arms[0].theta.dot(&contexts[0]).into()])
}
