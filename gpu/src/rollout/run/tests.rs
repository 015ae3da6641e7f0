//! What only the crate itself can ask of a rollout.

use super::*;
use crate::{Options, block_on};

async fn rollout() -> Result<Rollout, Error> {
    let context = Context::new(&Options::default()).await?;
    let policy = Policy::softmax(&[1.0; 4], &[0.5, 0.0, -1.0, 0.2, 0.0, 0.1, 0.0, 1.0, 0.0, 0.0])?;
    Rollout::new(&context, Environment::cart_pole()?.with_time_limit(Some(14))?, policy).await
}

#[test]
fn parts_leave_what_the_whole_leaves() {
    let rollout = block_on(rollout()).unwrap();
    let (mut whole, mut parts) = (rollout.start(3, 71).unwrap(), rollout.start(3, 71).unwrap());
    let policy = rollout.policy();
    let expected = block_on(rollout.run(&mut whole, 101)).unwrap();
    // Seven steps and a row at once, and no more than one step.
    for bytes in [4 * 7 * 71 * 8, 1] {
        let mut parts = parts.clone();
        assert_eq!(block_on(rollout.run_by(policy, &mut parts, 101, bytes)).unwrap(), expected);
    }
    let halves = [50, 51].map(|steps| block_on(rollout.run(&mut parts, steps)).unwrap());
    let joined = |of: fn(&Batch) -> &[u32]| [of(&halves[0]), of(&halves[1])].concat();
    assert_eq!(joined(Batch::actions), expected.actions());
    assert_eq!(parts.words()[..5 * 71], whole.words()[..5 * 71]);
}

#[test]
fn rollouts_chained_on_the_device_write_every_word_that_counts_over_poison() {
    const POISON: u8 = 0xa5;
    let rollout = block_on(rollout()).unwrap();
    let (steps, count) = (23, 37);
    let mut lanes = rollout.start(4, count).unwrap();
    let shape = rollout.shape(rollout.policy(), steps, count).unwrap();
    let mut buffers = None;
    for _ in 0..2 {
        let before = lanes.clone();
        let expected = block_on(rollout.run(&mut lanes, steps)).unwrap();
        let mut observations = vec![0u32; (steps + 1) * 4 * count];
        let [mut actions, mut rewards, mut logarithms] = [(); 3].map(|()| vec![0u32; steps * count]);
        let mut codes = vec![0u8; steps * count];
        let mut ends = vec![0u32; shape.slots * 7 * count];
        let mut after = before.clone();
        let mut outputs = [
            bytemuck::cast_slice_mut(&mut observations),
            bytemuck::cast_slice_mut(&mut actions),
            bytemuck::cast_slice_mut(&mut rewards),
            bytemuck::cast_slice_mut(&mut logarithms),
            &mut codes[..],
            bytemuck::cast_slice_mut(&mut ends),
            bytemuck::cast_slice_mut(after.words_mut()),
        ];
        let record = |recorder: &mut Recorder<'_>| {
            let all = buffers.get_or_insert_with(|| rollout.buffers(recorder, &shape, rollout.policy(), &before));
            let written =
                [&all.observations, &all.actions, &all.rewards, &all.log_probabilities, &all.outcomes, &all.ends];
            for buffer in written {
                rollout.context.queue.write_buffer(buffer, 0, &vec![POISON; buffer.size() as usize]);
            }
            rollout.record(recorder, &shape, all);
            written.into_iter().chain([&all.lanes]).cloned().collect()
        };
        block_on(rollout.context.run(&mut outputs, record)).unwrap();
        assert_eq!(observations, expected.observations());
        assert_eq!(actions, expected.actions());
        assert!(rewards.iter().all(|&reward| reward == 1f32.to_bits()));
        assert_eq!(bytemuck::cast_slice::<u32, f32>(&logarithms), expected.log_probabilities());
        assert!(codes.iter().zip(expected.outcomes()).all(|(&code, &outcome)| code == outcome as u8));
        assert_eq!(after, lanes);
        let (mut found, mut untouched) = (Vec::new(), u32::from_ne_bytes([POISON; 4]));
        for lane in 0..count {
            for slot in 0..shape.slots {
                let words: Vec<_> = (0..7).map(|row| ends[(slot * 7 + row) * count + lane]).collect();
                if slot < after.ends(lane) {
                    let (length, earned) = (words[1], f32::from_bits(words[2]));
                    found.push((End { step: words[0] as usize, lane, length, earned }, words[3..].to_vec()));
                } else {
                    untouched = words.into_iter().fold(untouched, |all, word| all & word);
                }
            }
        }
        found.sort_by_key(|(end, _)| end.place());
        assert_eq!(untouched, u32::from_ne_bytes([POISON; 4]));
        let listed = expected.ends().iter().zip(expected.final_observations().chunks(4));
        assert_eq!(found, listed.map(|(&end, last)| (end, last.to_vec())).collect::<Vec<_>>());
    }
}

#[test]
fn more_lanes_than_workgroups_along_one_dimension_are_all_served() {
    let whole = block_on(rollout()).unwrap();
    let context = whole.context.clone().with_workgroups(3);
    let (environment, policy) = (whole.environment().clone(), whole.policy().clone());
    let narrow = block_on(Rollout::new(&context, environment, policy)).unwrap();
    // Three rows of three workgroups, the last of them half empty.
    let count = 7 * WIDTH + 5;
    assert_eq!(narrow.shape(narrow.policy(), 1, count).unwrap().grid, [3, 3]);
    let (mut few, mut all) = (narrow.start(9, count).unwrap(), whole.start(9, count).unwrap());
    let found = block_on(narrow.run(&mut few, 17)).unwrap();
    assert_eq!(found, block_on(whole.run(&mut all, 17)).unwrap());
    assert_eq!(few, all);
    assert!(matches!(narrow.start(0, 9 * WIDTH + 1), Err(Error::TooLarge { what: "workgroups", .. })));
}
