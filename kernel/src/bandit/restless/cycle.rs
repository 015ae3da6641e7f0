//! Rounds of one vehicle.

use super::family::{Arms, Family, Levels, MAX_ARMS, contains, next_on_off};
use crate::error::Error;

/// A vehicle leaves the source, goes round a simple cycle of at most so many edges of an undirected graph whose nodes are
/// the arms, and acts on at most so many of the arms that it visits; out and back over one edge is a cycle of 2 edges, and
/// it may stay at the source. Levels: off, on.
///
/// Cost: a set of arms looks at every path from the source of fewer edges than the longest cycle.
#[derive(Clone, Copy, Debug)]
pub struct CycleSet<'a> {
    /// The number of arms, which are the nodes.
    pub arms: usize,
    /// The two ends of each edge.
    pub edges: &'a [[u8; 2]],
    /// The arm at which the vehicle starts.
    pub source: usize,
    /// The most edges of a cycle.
    pub longest: usize,
    /// The most arms that are on.
    pub pulls: usize,
}

/// The neighbours of each node.
type Graph = [Arms; MAX_ARMS];

/// Whether a path that has come to node `at` over `length` edges can be closed to a cycle that visits all of `set`. As deep
/// as there are nodes.
fn closes(graph: &Graph, set: Arms, family: &CycleSet<'_>, at: usize, visited: Arms, length: usize) -> bool {
    let neighbours = graph.get(at).copied().unwrap_or(0);
    let home = length == 0 || (contains(neighbours, family.source) && length < family.longest);
    if home && set & !visited == 0 {
        return true;
    }
    // A further node, and at least one edge back.
    let further = if length + 2 <= family.longest { neighbours & !visited } else { 0 };
    (0..family.arms)
        .any(|node| contains(further, node) && closes(graph, set, family, node, visited | 1 << node, length + 1))
}

impl CycleSet<'_> {
    fn graph(&self) -> Graph {
        let mut graph = [0; MAX_ARMS];
        for [a, b] in self.edges {
            for (from, to) in [(a, b), (b, a)] {
                if let Some(neighbours) = graph.get_mut(usize::from(*from)) {
                    *neighbours |= 1u16.checked_shl(u32::from(*to)).unwrap_or(0);
                }
            }
        }
        graph
    }
}

impl Family for CycleSet<'_> {
    fn arms(&self) -> usize {
        self.arms
    }

    fn levels(&self) -> usize {
        2
    }

    /// # Errors
    /// [`Error::StateOutOfRange`] when the source or an end of an edge is no arm; [`Error::ParameterOutOfRange`] for an edge
    /// from an arm to itself.
    fn check(&self) -> Result<(), Error> {
        let known = |node: &u8| usize::from(*node) < self.arms;
        if self.source >= self.arms || !self.edges.as_flattened().iter().all(known) {
            return Err(Error::StateOutOfRange);
        }
        if self.edges.iter().any(|[a, b]| a == b) { Err(Error::ParameterOutOfRange) } else { Ok(()) }
    }

    fn next(&self, after: Option<&Levels>) -> Option<Levels> {
        let graph = self.graph();
        let start = 1u16.checked_shl(self.source as u32).unwrap_or(0);
        next_on_off(self.arms, after, |set| {
            set.count_ones() as usize <= self.pulls && closes(&graph, set, self, self.source, start, 0)
        })
    }
}
