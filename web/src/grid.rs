//! A grid world as a handful of paths: cells of one shade are one path, all arrows are one path.

use crate::number;
use crate::path::Path;

/// Side of a cell, in units of the view box.
pub const CELL: f64 = 20.0;
/// Shades of a sign; a value of nought has none.
pub const SHADES: usize = 8;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Can be walked on.
    Free,
    /// Cannot.
    Wall,
    /// Costs.
    Hazard,
    /// Where an episode starts.
    Start,
    /// Where it ends.
    Goal,
}

/// One contender's grid, as the kernel fills it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    rows: usize,
    columns: usize,
    numbers: Vec<f32>,
}

/// The paths of a grid, in layers from the bottom up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Cells with a value below nought, from faint to strong.
    pub below: [String; SHADES],
    /// Cells with a value above nought.
    pub above: [String; SHADES],
    /// Cells that cannot be walked on.
    pub walls: String,
    /// Cells that cost.
    pub hazards: String,
    /// Strokes across the cells that cost: they are told apart without colour.
    pub hatching: String,
    /// Frames around the goals.
    pub goals: String,
    /// Centres of the cells where an episode starts.
    pub starts: Vec<(f64, f64)>,
    /// Centres of the cells where it ends.
    pub ends: Vec<(f64, f64)>,
    /// The greedy path from the start.
    pub path: String,
    /// Greedy actions.
    pub arrows: String,
    /// The agent's centre.
    pub agent: Option<(f64, f64)>,
}

/// A greedy step leads so many cells on at most.
const REACH: f64 = 3.0;

const ARROWS: [(&str, f64, f64); 4] = [("up", 0.0, -1.0), ("right", 1.0, 0.0), ("down", 0.0, 1.0), ("left", -1.0, 0.0)];

impl Grid {
    /// Takes the kernel's numbers over; `None` where they do not fit the grid.
    pub fn new(rows: usize, columns: usize, numbers: &[f32]) -> Option<Self> {
        let fits = rows * columns > 0 && numbers.len() == 4 * rows * columns + 1;
        fits.then(|| Self { rows, columns, numbers: numbers.to_vec() })
    }

    /// The value furthest from nought among the cells that can be walked on.
    pub fn extreme(&self) -> f64 {
        let cells = (0..self.rows * self.columns).filter(|&i| self.walked(i));
        cells.map(|i| self.value(i).abs()).filter(|v| v.is_finite()).fold(0.0, f64::max)
    }

    /// Whether there is a cell of a kind.
    pub fn has(&self, kind: Cell) -> bool {
        (0..self.rows * self.columns).any(|i| self.cell(i) == kind)
    }

    /// Whether a cell that can be walked on is worth less than nought.
    pub fn has_below(&self) -> bool {
        (0..self.rows * self.columns).any(|i| self.walked(i) && self.value(i) < 0.0)
    }

    /// Whether a cell that can be walked on is worth more than nought.
    pub fn has_above(&self) -> bool {
        (0..self.rows * self.columns).any(|i| self.walked(i) && self.value(i) > 0.0)
    }

    /// The drawing; `extreme` is the value that gets the strongest shade.
    pub fn picture(&self, extreme: f64) -> Picture {
        let mut below = [const { Path::new() }; SHADES];
        let mut above = [const { Path::new() }; SHADES];
        let (mut walls, mut hazards, mut hatching) = (Path::new(), Path::new(), Path::new());
        let (mut goals, mut arrows) = (Path::new(), Path::new());
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for i in 0..self.rows * self.columns {
            let (center_x, center_y) = self.center(i);
            let (x, y) = (center_x - CELL / 2.0, center_y - CELL / 2.0);
            let share = self.value(i) / extreme;
            if self.walked(i) && share.is_finite() && share != 0.0 {
                let shade = ((share.abs() * SHADES as f64).ceil() as usize).clamp(1, SHADES) - 1;
                let layer = if share < 0.0 { &mut below } else { &mut above };
                layer[shade].rectangle(x, y, CELL, CELL);
            }
            match self.cell(i) {
                Cell::Free => {}
                Cell::Wall => _ = walls.rectangle(x, y, CELL, CELL),
                Cell::Hazard => {
                    hazards.rectangle(x, y, CELL, CELL);
                    hatch(&mut hatching, x, y);
                }
                Cell::Start => starts.push((center_x, center_y)),
                Cell::Goal => {
                    goals.rectangle(x + 2.0, y + 2.0, CELL - 4.0, CELL - 4.0);
                    ends.push((center_x, center_y));
                }
            }
            if self.walked(i) {
                draw_arrows(&mut arrows, self.greedy(i), center_x, center_y);
            }
        }
        Picture {
            below: below.map(Path::finish),
            above: above.map(Path::finish),
            walls: walls.finish(),
            hazards: hazards.finish(),
            hatching: hatching.finish(),
            goals: goals.finish(),
            starts,
            ends,
            path: self.draw_path(),
            arrows: arrows.finish(),
            agent: self.agent().map(|i| self.center(i)),
        }
    }

    /// The length of the greedy path in cells, both ends included; `None` where it does not arrive.
    pub fn path_length(&self) -> Option<usize> {
        let cells = (0..self.rows * self.columns).filter(|&i| self.on_path(i)).count();
        (cells > 0).then_some(cells)
    }

    /// A line from each start from cell to cell of the path; cells that it does not meet get a dot.
    fn draw_path(&self) -> String {
        let mut path = Path::new();
        let mut left: Vec<bool> = (0..self.rows * self.columns).map(|i| self.on_path(i)).collect();
        for start in 0..left.len() {
            if !left[start] || self.cell(start) != Cell::Start {
                continue;
            }
            let (x, y) = self.center(start);
            path.to(x, y);
            let mut next = Some(start);
            while let Some(here) = next {
                left[here] = false;
                next = self.onward(here, &left);
                if let Some((x, y)) = next.map(|i| self.center(i)) {
                    path.line(x, y);
                }
            }
        }
        for (i, _) in left.iter().enumerate().filter(|(_, left)| **left) {
            let (x, y) = self.center(i);
            path.dot(x, y);
        }
        path.finish()
    }

    /// The cell of the path that most likely follows: near, and in the direction of the greedy action. A step need not
    /// lead to a neighbour: a wind may carry it on.
    fn onward(&self, here: usize, left: &[bool]) -> Option<usize> {
        let (x, y) = self.center(here);
        let (_, along_x, along_y) = ARROWS[self.greedy(here).trailing_zeros().min(3) as usize];
        let cost = |i: usize| {
            let (to_x, to_y) = self.center(i);
            let (dx, dy) = ((to_x - x) / CELL, (to_y - y) / CELL);
            (dx.abs().max(dy.abs()) <= REACH).then_some(dx * dx + dy * dy - 1.5 * (dx * along_x + dy * along_y))
        };
        let near = (0..left.len()).filter(|&i| left[i]).filter_map(|i| Some((i, cost(i)?)));
        near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
    }

    fn center(&self, i: usize) -> (f64, f64) {
        (((i % self.columns) as f64 + 0.5) * CELL, ((i / self.columns) as f64 + 0.5) * CELL)
    }

    /// A cell in words.
    pub fn describe(&self, row: usize, column: usize) -> Option<String> {
        if row >= self.rows || column >= self.columns {
            return None;
        }
        let i = row * self.columns + column;
        let mut text = format!("row {}, column {}", row + 1, column + 1);
        match self.cell(i) {
            Cell::Free => {}
            Cell::Wall => return Some(text + ": wall"),
            Cell::Hazard => return Some(text + ": hazard"),
            Cell::Start => text.push_str(" (start)"),
            Cell::Goal => return Some(text + ": goal"),
        }
        text.push_str(&format!(": value {}", number::reading(self.value(i))));
        let names = self.greedy_names(i);
        if !names.is_empty() {
            text.push_str(&format!(", greedy {names}"));
        }
        if self.on_path(i) {
            text.push_str(", on the greedy path");
        }
        Some(text)
    }

    /// The cell at an index.
    pub fn cell(&self, i: usize) -> Cell {
        match self.numbers[2 * self.rows * self.columns + i] as u8 {
            1 => Cell::Wall,
            2 => Cell::Hazard,
            3 => Cell::Start,
            4 => Cell::Goal,
            _ => Cell::Free,
        }
    }

    /// The value of a cell.
    pub fn value(&self, i: usize) -> f64 {
        f64::from(self.numbers[i])
    }

    /// The greedy actions of a cell in words; empty where all are level.
    pub fn greedy_names(&self, i: usize) -> String {
        let mask = self.greedy(i);
        let names: Vec<_> = (0..4).filter(|bit| mask & (1 << bit) != 0).map(|bit| ARROWS[bit].0).collect();
        names.join(" or ")
    }

    /// Bits of the greedy actions, none where all are level: there is no preference to show.
    fn greedy(&self, i: usize) -> u8 {
        let mask = self.numbers[self.rows * self.columns + i] as u8 & 15;
        if mask == 15 { 0 } else { mask }
    }

    fn walked(&self, i: usize) -> bool {
        matches!(self.cell(i), Cell::Free | Cell::Start)
    }

    fn on_path(&self, i: usize) -> bool {
        self.numbers[3 * self.rows * self.columns + i] > 0.0
    }

    fn agent(&self) -> Option<usize> {
        let i = *self.numbers.last()?;
        (i >= 0.0 && (i as usize) < self.rows * self.columns).then_some(i as usize)
    }
}

/// Strokes from lower left to upper right.
fn hatch(path: &mut Path, x: f64, y: f64) {
    for place in [0.25, 0.5, 0.75, 1.0] {
        path.to(x, y + place * CELL).line(x + place * CELL, y);
    }
    for place in [0.25, 0.5, 0.75] {
        path.to(x + place * CELL, y + CELL).line(x + CELL, y + place * CELL);
    }
}

/// One long arrow, or a short one for each of several.
fn draw_arrows(path: &mut Path, mask: u8, x: f64, y: f64) {
    let alone = mask.count_ones() == 1;
    for (bit, (_, dx, dy)) in ARROWS.iter().enumerate() {
        if mask & (1 << bit) == 0 {
            continue;
        }
        let (tail, head, wing) = if alone { (-5.0, 5.0, 3.2) } else { (1.5, 6.0, 2.2) };
        let (tip_x, tip_y) = (x + dx * head, y + dy * head);
        path.to(x + dx * tail, y + dy * tail).line(tip_x, tip_y);
        path.to(tip_x - dx * wing - dy * wing, tip_y - dy * wing - dx * wing).line(tip_x, tip_y);
        path.line(tip_x - dx * wing + dy * wing, tip_y - dy * wing + dx * wing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two by two: free and worth 4, wall, hazard, start and worth -2; the path leads from the start to the first cell.
    fn numbers() -> Vec<f32> {
        let mut numbers = vec![4.0, 9.0, -9.0, -2.0];
        numbers.extend([2.0, 15.0, 15.0, 5.0]);
        numbers.extend([0.0, 1.0, 2.0, 3.0]);
        numbers.extend([1.0, 0.0, 0.0, 1.0]);
        numbers.push(3.0);
        numbers
    }

    #[test]
    fn every_layer_holds_its_cells() {
        let grid = Grid::new(2, 2, &numbers()).expect("fits");
        assert_eq!(grid.extreme(), 4.0);
        let picture = grid.picture(4.0);
        assert_eq!(picture.above[SHADES - 1], "M0 0h20v20h-20z");
        assert_eq!(picture.below[3], "M20 20h20v20h-20z");
        assert_eq!(picture.walls, "M20 0h20v20h-20z");
        assert_eq!(picture.hazards, "M0 20h20v20h-20z");
        assert_eq!(picture.hatching.matches('M').count(), 7);
        assert_eq!((picture.starts.as_slice(), picture.ends.len()), ([(30.0, 30.0)].as_slice(), 0));
        assert_eq!(picture.agent, Some((30.0, 30.0)));
        // One arrow to the right, then one up and one down.
        assert_eq!(picture.arrows.matches('M').count(), 6);
        assert!(picture.arrows.starts_with("M5 10L15 10"));
    }

    /// A blank grid of which these cells are the path; the first is the start, and all are greedy to the right.
    fn path(rows: usize, columns: usize, cells: &[usize]) -> Grid {
        let size = rows * columns;
        let mut numbers = vec![0.0; 4 * size + 1];
        for &cell in cells {
            numbers[size + cell] = 2.0;
            numbers[3 * size + cell] = 1.0;
        }
        numbers[2 * size + cells[0]] = 3.0;
        Grid::new(rows, columns, &numbers).expect("fits")
    }

    #[test]
    fn the_path_is_a_line_from_the_start() {
        let straight = path(1, 3, &[0, 1, 2]);
        assert_eq!(straight.picture(1.0).path, "M10 10L30 10L50 10");
        assert_eq!(straight.path_length(), Some(3));
        // Carried up by a wind: the next cell lies across a corner.
        assert_eq!(path(2, 3, &[3, 4, 2]).picture(1.0).path, "M10 30L30 30L50 10");
        // Too far away for a step.
        assert_eq!(path(1, 6, &[0, 5]).picture(1.0).path, "M10 10M110 10h0");
    }

    #[test]
    fn cells_in_words() {
        let grid = Grid::new(2, 2, &numbers()).expect("fits");
        let words = |row, column| grid.describe(row, column);
        assert_eq!(words(0, 0).as_deref(), Some("row 1, column 1: value 4, greedy right, on the greedy path"));
        assert_eq!(words(0, 1).as_deref(), Some("row 1, column 2: wall"));
        let start = "row 2, column 2 (start): value −2, greedy up or down, on the greedy path";
        assert_eq!(words(1, 1).as_deref(), Some(start));
        assert_eq!(words(2, 0), None);
    }

    #[test]
    fn a_fresh_grid_is_blank() {
        let grid = Grid::new(1, 1, &[0.0, 15.0, 0.0, 0.0, f32::NAN]).expect("fits");
        let picture = grid.picture(grid.extreme());
        assert_eq!(picture, Picture::default());
        assert_eq!(grid.path_length(), None);
        assert_eq!(Grid::new(1, 1, &[0.0]), None);
    }
}
