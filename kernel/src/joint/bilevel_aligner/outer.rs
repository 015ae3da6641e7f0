//! The outer step: where better rewards lie.

use super::{BilevelAligner, HeuristicStep, aligned, visit};
use crate::discount::DiscountSchedule;
use crate::error::Error;
use crate::interact::EpisodeSteps;
use crate::joint::policy_ascent::add_gradient;
use crate::linalg::{all_finite, dot};
use crate::math::{Libm, Math};
use crate::policy::features::{Features, OneHot};
use crate::rng::{Rng, below};
use crate::schedule::RmsProp;

/// Where probabilities are floored before their logarithm.
const FLOOR: f32 = 1e-12;

/// What an outer step followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetaGradient {
    /// The derivative of the primary return by the discount.
    pub discount: f32,
    /// The length of that by the levels of the aligned reward.
    pub levels: f32,
    /// The length of that by the weights of the heuristic.
    pub weights: f32,
}

impl<R, const S: usize, const A: usize, const N: usize, const L: usize> BilevelAligner<R, S, A, N, L> {
    /// Moves the aligned reward and the discount so that the policy that they train has a greater primary return.
    ///
    /// With `v` the gradient of the primary return on the newest three episodes: `u = a_N sum_{j=0..n} (I + a_N Hess)^j v`, the
    /// Hessian of the inner objective estimated on fifteen episodes drawn from the older ones, and the derivative of `u . grad
    /// J_phi` by levels, weights and discount on the same fifteen, by two traces. `None` before the first episode; where there
    /// is no older one, all are drawn from. Takes fifteen words, rarely more.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; reward and discount are unchanged then.
    pub fn outer_step(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Option<MetaGradient>, Error> {
        let kept = self.episodes.len() as u32;
        if kept == 0 {
            return Ok(None);
        }
        let older = kept.saturating_sub(Self::BATCH);
        let among = if older == 0 { kept } else { older };
        let mut drawn = [0; 15];
        const { assert!(Self::REPLAYS == 15) };
        for place in &mut drawn {
            *place = below(among, rng)? as usize;
        }
        self.aim()?;
        self.curve(&drawn)?;
        self.solve()?;
        let discount = self.trace(&drawn)?;
        RmsProp::check(self.sums.as_flattened())?;
        RmsProp::check(&[discount])?;
        let [levels, weights] = &mut self.sums;
        let length = |derivatives: &[f32]| libm::sqrtf(dot(derivatives, derivatives));
        let followed = MetaGradient { discount, levels: length(levels), weights: length(weights) };
        self.discount.learn(discount)?;
        self.reward.learn(levels, weights)?;
        Ok(Some(followed))
    }

    /// `v` into the scratch of the policy: the mean gradient of the primary return on the newest episodes.
    pub(super) fn aim(&mut self) -> Result<(), Error> {
        let Self { ascent, episodes, parameters, .. } = self;
        let horizon = ascent.parameters().horizon;
        let (policy, aim) = ascent.parts();
        let aim = aim.as_flattened_mut();
        aim.fill(0.0);
        let newest = episodes.newest(Self::BATCH as usize);
        for episode in newest.clone() {
            let primary = |step: &HeuristicStep| visit(step, step.primary());
            add_gradient(policy, episode, primary, parameters.task_discount, horizon, 0.0, aim)?;
        }
        let count = newest.count().max(1) as f32;
        aim.iter_mut().for_each(|v| *v /= count);
        Ok(())
    }

    /// `W` and `E` of every state: the means over the episodes of `sum G_t / H` and of the share of the visits.
    pub(super) fn curve(&mut self, drawn: &[usize]) -> Result<(), Error> {
        let Self { ascent, reward, discount, episodes, sums: [returns, visits], .. } = self;
        let horizon = f32::from(ascent.parameters().horizon);
        let (gamma, count) = (discount.gamma(), drawn.len().max(1) as f32);
        returns.fill(0.0);
        visits.fill(0.0);
        for episode in drawn.iter().filter_map(|index| episodes.episode(*index)) {
            let mut total = 0.0;
            let share = 1.0 / (episode.len().max(1) as f32 * count);
            for step in episode.iter().rev() {
                let of = aligned(reward, step)?;
                total = of.reward + gamma * total;
                if let (Some(weight), Some(share_of)) = (returns.get_mut(of.state), visits.get_mut(of.state)) {
                    *weight += total / (horizon * count);
                    *share_of += share;
                }
            }
        }
        Ok(())
    }

    /// `u` from `v`; the Hessian is one block of `A` times `A` a state.
    pub(super) fn solve(&mut self) -> Result<(), Error> {
        let Self { ascent, direction, sums: [returns, visits], parameters, .. } = self;
        let entropy_weight = ascent.parameters().entropy_weight;
        let (policy, terms) = ascent.parts();
        *direction = *terms;
        for (state, (weight, share)) in returns.iter().zip(&*visits).enumerate() {
            let pi = policy.distribution(&OneHot::<S>.encode(state)?)?;
            let bend = Bend { pi, weight: *weight, entropy: entropy_weight * share };
            let mut x = [0.0; A];
            x.iter_mut().zip(&*terms).for_each(|(x, row)| *x = row.get(state).copied().unwrap_or(0.0));
            for _ in 0..parameters.neumann_terms {
                let bent = bend.times(&x);
                x.iter_mut().zip(bent).for_each(|(x, bent)| *x += parameters.neumann_step * bent);
                direction.iter_mut().zip(&x).for_each(|(row, x)| {
                    if let Some(u) = row.get_mut(state) {
                        *u += x;
                    }
                });
            }
        }
        direction.as_flattened_mut().iter_mut().for_each(|u| *u *= parameters.neumann_step);
        if all_finite(direction.as_flattened()) { Ok(()) } else { Err(Error::NonFinite) }
    }

    /// The mean derivatives of `u . grad J_phi` over the episodes: by levels and weights into the scratch, by the discount.
    pub(super) fn trace(&mut self, drawn: &[usize]) -> Result<f32, Error> {
        let Self { ascent, reward, discount, direction, episodes, sums: [levels, weights], .. } = self;
        let horizon = f32::from(ascent.parameters().horizon);
        let (policy, _) = ascent.parts();
        let gamma = discount.gamma();
        levels.fill(0.0);
        weights.fill(0.0);
        let mut by_discount = 0.0;
        let traced = |episode: EpisodeSteps<'_, HeuristicStep>| {
            let (mut e, mut f) = (0.0, 0.0);
            for step in episode.iter() {
                let of = aligned(reward, step)?;
                let pi = policy.distribution(&OneHot::<S>.encode(of.state)?)?;
                let u = |row: &[f32; S]| row.get(of.state).copied().unwrap_or(0.0);
                let mean = pi.iter().zip(&*direction).fold(0.0, |sum, (p, row)| sum + p * u(row));
                let k = (direction.get(of.action).map_or(0.0, u) - mean) / horizon;
                f = e + gamma * f;
                e = gamma * e + k;
                if let (Some(level), Some(weight)) = (levels.get_mut(of.state), weights.get_mut(of.state)) {
                    *level += e;
                    *weight += e * step.heuristic();
                }
                by_discount += f * of.reward;
            }
            Ok(())
        };
        drawn.iter().filter_map(|index| episodes.episode(*index)).try_for_each(traced)?;
        let count = drawn.len().max(1) as f32;
        levels.iter_mut().chain(weights).for_each(|derivative| *derivative /= count);
        Ok(by_discount / count)
    }
}

/// The block of the Hessian of one state.
struct Bend<'a> {
    pi: &'a [f32],
    /// `W_s`
    weight: f32,
    /// `reg E_s`
    entropy: f32,
}

impl Bend<'_> {
    /// `-W (pi x - pi (pi . x)) + reg E (-(dp f) - pi (dlp + dh))` with `f = ln pi + entropy`, `dlp = x - pi . x`, `dp = pi dlp`,
    /// `dh = -sum dp ln pi - sum pi dlp`.
    fn times<const A: usize>(&self, x: &[f32; A]) -> [f32; A] {
        let mean = dot(self.pi, x);
        let logarithms: [f32; A] =
            core::array::from_fn(|a| Libm::ln(self.pi.get(a).copied().unwrap_or(0.0).max(FLOOR)));
        let entropy = -dot(self.pi, &logarithms);
        let mut dh = 0.0;
        for ((p, x), logarithm) in self.pi.iter().zip(x).zip(&logarithms) {
            dh -= p * (x - mean) * logarithm + p * (x - mean);
        }
        let mut out = [0.0; A];
        for (((out, p), x), logarithm) in out.iter_mut().zip(self.pi).zip(x).zip(&logarithms) {
            let (dlp, dp) = (x - mean, p * (x - mean));
            *out = -self.weight * dp - self.entropy * (dp * (logarithm + entropy) + p * (dlp + dh));
        }
        out
    }
}
