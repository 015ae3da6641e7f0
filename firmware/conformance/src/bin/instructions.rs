//! Prints how many instructions a call takes on an emulated core: `name count` a line. Run with one instruction a
//! nanosecond: QEMU's `-icount shift=0`.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
#[path = "../emulated.rs"]
mod emulated;

#[cfg(target_os = "none")]
use counted::report;

#[cfg(target_os = "none")]
mod counted {
    use core::fmt::Write;
    use core::hint::black_box;
    use cortex_m::Peripherals;
    use cortex_m::peripheral::SYST;
    use cortex_m::peripheral::syst::SystClkSource;
    use habit::Error;
    use habit::interact::{Outcome, Transition};
    use habit::lab::Run;
    use habit::reward::RewardShaping;
    use habit::reward::shaping::{Clip, Potential, Scale};

    /// Calls that a count is the mean of.
    const CALLS: u32 = 4096;
    /// Instructions in a tick of the timer: its clock has 25 MHz, and an instruction takes a nanosecond.
    const INSTRUCTIONS: u32 = 40;
    /// What the timer counts down from.
    const TOP: u32 = 0xff_ffff;

    struct Counter(SYST);

    impl Counter {
        /// Instructions of a call, the loop around it included.
        fn count(&mut self, mut call: impl FnMut(u32)) -> u32 {
            self.0.clear_current();
            for index in 0..CALLS {
                call(black_box(index));
            }
            (TOP - SYST::get_current()) * INSTRUCTIONS / CALLS
        }
    }

    const DISCOUNT: f32 = 0.9;
    const FACTOR: f32 = 0.5;
    const LIMITS: [f32; 2] = [-1.0, 1.0];
    const STATES: usize = 16;

    type Rules = (Scale, Potential<[f32; STATES]>, Clip);

    // A chain costs what its parts cost.
    const _: () = assert!(size_of::<Rules>() == size_of::<Scale>() + 4 * STATES + size_of::<Clip>());

    fn transition(index: u32) -> Transition {
        let state = index as usize % STATES;
        let outcome = if state + 1 == STATES { Outcome::Terminated } else { Outcome::Continue };
        Transition { state, action: 0, reward: black_box(0.25), next_state: (state + 1) % STATES, outcome }
    }

    fn finite(x: f32) -> Result<f32, Error> {
        if x.is_finite() { Ok(x) } else { Err(Error::NonFinite) }
    }

    /// What the chain computes and checks, written out.
    #[inline(never)]
    fn by_hand(rules: &(f32, [f32; STATES], [f32; 2]), transition: &Transition, discount: f32) -> Result<f32, Error> {
        let (factor, potentials, limits) = rules;
        let potential = |state: usize| finite(*potentials.get(state).ok_or(Error::StateOutOfRange)?);
        let reward = finite(factor * transition.reward)?;
        if !(discount > 0.0 && discount <= 1.0) {
            return Err(Error::DiscountOutOfRange);
        }
        let is_over = transition.outcome == Outcome::Terminated;
        let next = if is_over { 0.0 } else { potential(transition.next_state)? };
        let reward = finite(reward + discount * next - potential(transition.state)?)?;
        Ok(reward.max(limits[0]).min(limits[1]))
    }

    #[inline(never)]
    fn chained(rules: &mut Rules, transition: &Transition, discount: f32) -> Result<f32, Error> {
        rules.apply(transition, discount)
    }

    pub fn report(_: &mut Run, out: &mut impl Write) -> Result<(), (&'static str, Error)> {
        let Some(peripherals) = Peripherals::take() else { return Ok(()) };
        let mut timer = peripherals.SYST;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(TOP);
        timer.enable_counter();
        let mut counter = Counter(timer);

        let potentials: [f32; STATES] = black_box(core::array::from_fn(|state| state as f32 / STATES as f32));
        let plain = black_box((FACTOR, potentials, LIMITS));
        let rules = || -> Result<Rules, Error> {
            Ok((Scale::new(plain.0)?, Potential::new(plain.1), Clip::new(plain.2[0], plain.2[1])?))
        };
        let mut rules = rules().map_err(|error| ("reward-chain", error))?;
        let discount = black_box(DISCOUNT);
        let mut line = |name: &str, count: u32| _ = writeln!(out, "{name} {count}");
        line("nothing", counter.count(|index| _ = black_box(transition(index))));
        line("reward-by-hand", counter.count(|index| _ = black_box(by_hand(&plain, &transition(index), discount))));
        line("reward-chain", counter.count(|index| _ = black_box(chained(&mut rules, &transition(index), discount))));
        Ok(())
    }
}

/// Nothing to count without the emulator.
#[cfg(not(target_os = "none"))]
fn main() {
    println!("Counts on an emulated core: cargo xtask test firmware");
}
