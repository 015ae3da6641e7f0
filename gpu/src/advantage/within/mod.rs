//! What invocations of one workgroup do together, with and without subgroup operations.

use crate::context::Context;

/// Parts of a shader, in WGSL; a shader takes those that it uses after `invocation`.
pub(crate) struct Within {
    /// Who an invocation is.
    pub(crate) invocation: &'static str,
    /// `fn suffix`: compositions of affine pairs from each invocation to the end of its column.
    pub(crate) suffix: [&'static str; 2],
    /// `fn team_sum`: sums over teams.
    pub(crate) sum: &'static str,
}

impl Within {
    /// Those that the device can run.
    pub(crate) fn of(context: &Context) -> Self {
        let pairs = include_str!("suffix.wgsl");
        if context.subgroups() {
            Self {
                invocation: include_str!("subgroups.wgsl"),
                suffix: [pairs, include_str!("suffix_by_subgroups.wgsl")],
                sum: include_str!("sum_by_subgroups.wgsl"),
            }
        } else {
            Self {
                invocation: include_str!("workgroup.wgsl"),
                suffix: [pairs, include_str!("suffix_by_workgroup.wgsl")],
                sum: include_str!("sum_by_workgroup.wgsl"),
            }
        }
    }
}
