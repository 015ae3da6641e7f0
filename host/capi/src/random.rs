//! Generators of random numbers.

use habit::checkpoint;
use habit::error::Error;
use habit::rng::{self, Generator, Rng as _};
use rand_core::SeedableRng;

use crate::memory::{In, Out};
use crate::status::Status;

/// A generator, xoshiro128++. It may be copied; the copies draw the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Rng {
    /// All 0 before it is started.
    pub state: [u32; 4],
}

impl Rng {
    fn generator(self) -> Result<Generator, Status> {
        if self.state == [0; 4] {
            return Err(Status::Unseeded);
        }
        let mut seed = [0; 16];
        for (bytes, word) in seed.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Ok(Generator::from_seed(seed))
    }

    fn of(generator: &Generator) -> Self {
        let seed = generator.state();
        Self {
            state: core::array::from_fn(|word| {
                u32::from_le_bytes(core::array::from_fn(|byte| seed.get(4 * word + byte).copied().unwrap_or(0)))
            }),
        }
    }

    /// Draws, and moves on only if all went well.
    pub(crate) fn draw<T>(&mut self, draw: impl FnOnce(&mut Generator) -> Result<T, Error>) -> Result<T, Status> {
        let mut generator = self.generator()?;
        let drawn = draw(&mut generator)?;
        *self = Self::of(&generator);
        Ok(drawn)
    }
}

/// Starts stream `index` of `seed`. Streams of one seed do not overlap within 2^64 words; finding one costs as many steps of
/// the generator as 128 times its index.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_init(mut rng: Out<Rng>, seed: u32, index: u32) -> Status {
    Status::of(|| {
        rng.place()?.put(Rng::of(&rng::stream(seed, index)));
        Ok(())
    })
}

/// Draws a word of 32 bits.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_word(mut rng: Out<Rng>, mut word: Out<u32>) -> Status {
    Status::of(|| {
        let word = word.place()?;
        word.put(rng.value()?.draw(|generator| Ok(generator.next_u32()))?);
        Ok(())
    })
}

/// Draws a number from 0 on and below 1: the upper 24 bits of a word, times 2^-24.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_unit(mut rng: Out<Rng>, mut number: Out<f32>) -> Status {
    Status::of(|| {
        let number = number.place()?;
        number.put(rng.value()?.draw(|generator| Ok(rng::unit_f32(generator)))?);
        Ok(())
    })
}

/// Draws a whole number from 0 on and below `limit`, each as likely as every other.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_below(mut rng: Out<Rng>, limit: u32, mut number: Out<u32>) -> Status {
    Status::of(|| {
        let number = number.place()?;
        number.put(rng.value()?.draw(|generator| rng::below(limit, generator))?);
        Ok(())
    })
}

/// Saves a generator to the first bytes of a buffer, and writes how many that are: 52.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_save(rng: In<Rng>, mut buffer: Out<u8>, length: usize, mut written: Out<usize>) -> Status {
    Status::of(|| {
        let written = written.place()?;
        written.put(checkpoint::save(&rng.value()?.generator()?, buffer.slice(length)?)?);
        Ok(())
    })
}

/// Takes a generator over from a checkpoint of exactly `length` bytes; it need not have been started.
#[unsafe(no_mangle)]
pub extern "C" fn habit_rng_load(mut rng: Out<Rng>, bytes: In<u8>, length: usize) -> Status {
    Status::of(|| {
        let place = rng.place()?;
        let mut generator = rng::stream(0, 0);
        checkpoint::load(&mut generator, bytes.slice(length)?)?;
        place.put(Rng::of(&generator));
        Ok(())
    })
}
