//! What the C programs do not show: every error has its number, experiments run, and the memory is nobody else's.

use core::ffi::{CStr, c_void};
use core::ptr::null_mut;

use habit_capi::bandit::{
    Bandit, Chosen, habit_bandit_select, habit_bandit_size, habit_bandit_update, habit_ucb1_init,
};
use habit_capi::memory::{AnyView, Handle, Memory, Out};
use habit_capi::persist::habit_digest;
use habit_capi::random::{Rng, habit_rng_init};
use habit_capi::status::{Status, habit_error_message};

fn message(status: i32) -> &'static str {
    // SAFETY: the function promises a text that lasts for ever.
    unsafe { CStr::from_ptr(habit_error_message(status)) }.to_str().expect("text")
}

#[test]
fn what_the_kernel_says_has_a_number_and_the_same_words() {
    for error in [habit::Error::StateOutOfRange, habit::Error::Corrupt, habit::Error::StepsOutOfRange] {
        let status = Status::from(error);
        assert!(status as i32 >= 100, "{status:?}");
        assert_eq!(message(status as i32), error.message());
    }
    assert_eq!(Status::from(habit::Error::StorageEmpty), Status::Other);
    assert_eq!(message(-1), "there is no such status");
}

#[test]
fn a_learner_stays_within_its_memory() {
    let size = habit_bandit_size(4);
    let mut memory = vec![0x5a5a_5a5a_5a5a_5a5au64; size.div_ceil(8) + 2];
    let (mut bandit, mut rng) = (null_mut::<Bandit>(), Rng { state: [0; 4] });
    let mut choice = Chosen { arm: 0, propensity: 0.0 };
    let mut digest = 0;
    // SAFETY: every pointer is that of a variable above, which nobody else uses until the block is over.
    unsafe {
        let start = memory.as_mut_ptr().add(1).cast::<c_void>();
        assert_eq!(habit_rng_init(Out::new(&raw mut rng), 1, 0), Status::Ok);
        let handle = Out::new((&raw mut bandit).cast::<Handle<_>>());
        assert_eq!(habit_ucb1_init(Memory::new(start), size, 4, 2.0, handle), Status::Ok);
        for round in 0..100u16 {
            let select = habit_bandit_select(Handle::new(bandit), Out::new(&raw mut rng), Out::new(&raw mut choice));
            assert_eq!(select, Status::Ok);
            assert_eq!(habit_bandit_update(Handle::new(bandit), choice.arm, f32::from(round % 3)), Status::Ok);
        }
        assert_eq!(habit_digest(AnyView::new(start), Out::new(&raw mut digest)), Status::Ok);
    }
    assert_ne!(digest, 0);
    assert_eq!([memory[0], memory[memory.len() - 1]], [0x5a5a_5a5a_5a5a_5a5a; 2]);
}

#[cfg(feature = "lab")]
#[test]
fn an_experiment_gives_the_digest_that_every_target_prints() {
    use habit_capi::experiment::{habit_experiment_run, habit_experiment_size};
    use habit_capi::memory::In;
    let mut memory = vec![0u64; habit_experiment_size().div_ceil(8)];
    let (length, mut digest) = (8 * memory.len(), 0);
    let mut run = |id: &CStr, length, steps| {
        // SAFETY: the memory and the digest are those above, and a text ends with a zero.
        unsafe {
            let memory = Memory::new(memory.as_mut_ptr().cast());
            habit_experiment_run(memory, length, In::new(id.as_ptr()), 1, steps, Out::new(&raw mut digest))
        }
    };
    assert_eq!(run(c"tabular-td.cliff-walking", length, 500), Status::Ok);
    assert_eq!(run(c"no-such-thing", length, 500), Status::UnknownExperiment);
    assert_eq!(run(c"tabular-td.cliff-walking", length - 8, 500), Status::MemoryTooSmall);
    assert_eq!(run(c"tabular-td.cliff-walking", length, u32::MAX), Status::StepsOutOfRange);
    assert_eq!(run(c"\xff", length, 500), Status::NotText);
    // `tests/digests.toml`
    assert_eq!(digest, 0x0b49_89aa_9bf0_5b01);
}
