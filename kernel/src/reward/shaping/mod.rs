//! Rules for one transition at a time: potentials, bonuses, limits and scales.
