//! A run as a picture: one panel a metric, one line a contender.

#[cfg(feature = "png")]
mod bitmap;

use std::ffi::OsStr;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::figures::{counted, tick};
use crate::seeds::{Curve, Plan};
use crate::settings::in_force;

/// Pixels.
const WIDTH: i32 = 960;
const PANEL: i32 = 340;
const MARGIN: i32 = 24;
/// What a letter of the legend takes; no font is at hand to ask.
const LETTER: i32 = 7;
/// How many letters of the subtitle fit into a line.
const SUBTITLE: usize = 140;
/// The library places everything at whole units: with several to the pixel, a curve does not look like stairs.
const UNITS: Units = Units(8);

/// Told apart by people with any kind of colour vision, and dark enough on white (Okabe and Ito, 2008, and two more).
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 138, 100),
    RGBColor(182, 83, 146),
    RGBColor(196, 130, 0),
    RGBColor(45, 160, 215),
    RGBColor(120, 70, 40),
    RGBColor(70, 70, 70),
];
const INK: RGBColor = RGBColor(34, 38, 46);
const FAINT: RGBColor = RGBColor(104, 110, 122);
const GRID: RGBColor = RGBColor(226, 229, 234);

/// Draws the curve of a run as SVG, or as PNG where the file is named so, on a white ground, so that it is legible whatever
/// the viewer's ground is.
///
/// # Errors
/// What the drawing library says.
pub fn chart(plan: &Plan, curve: &Curve, form: Form) -> Result<Vec<u8>, String> {
    let layout = Layout::new(plan);
    #[cfg(feature = "png")]
    bitmap::register_font()?;
    match form {
        Form::Svg => svg(plan, curve, &layout).map(String::into_bytes),
        #[cfg(feature = "png")]
        Form::Png => bitmap::png(plan, curve, &layout),
    }
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines and letters.
    Svg,
    /// Pixels.
    #[cfg(feature = "png")]
    Png,
}

impl Form {
    /// What a file of this name is to hold.
    ///
    /// # Errors
    /// One sentence that says what there is.
    pub fn of(path: &Path) -> Result<Self, String> {
        match path.extension().and_then(OsStr::to_str) {
            None | Some("svg") => Ok(Self::Svg),
            #[cfg(feature = "png")]
            Some("png") => Ok(Self::Png),
            Some(other) => Err(format!("--plot draws a .svg or a .png, not a .{other}")),
        }
    }
}

fn svg(plan: &Plan, curve: &Curve, layout: &Layout) -> Result<String, String> {
    let mut svg = String::new();
    let units = UNITS.size(layout.size);
    {
        let root = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        layout.draw(&root, UNITS, plan, curve)?;
    }
    // The size in pixels; the drawing keeps its units.
    let drawn = format!("width=\"{}\" height=\"{}\"", units.0, units.1);
    let (width, height) = layout.size;
    Ok(svg.replacen(&drawn, &format!("width=\"{width}\" height=\"{height}\""), 1))
}

/// What stands where, in pixels.
struct Layout {
    subtitle: Vec<String>,
    legend: Vec<((i32, i32), &'static str)>,
    head: i32,
    size: (i32, i32),
}

impl Layout {
    fn new(plan: &Plan) -> Self {
        let descriptor = plan.descriptor();
        let subtitle = lines(&subtitle(plan), SUBTITLE);
        let legend_top = 56 + 18 * subtitle.len() as i32;
        let legend = legend(descriptor.contenders, legend_top);
        let head = legend.last().map_or(legend_top, |((_, y), _)| y + 28);
        let size = (WIDTH, head + PANEL * descriptor.metrics.len() as i32);
        Self { subtitle, legend, head, size }
    }

    fn draw<B: DrawingBackend>(
        &self,
        root: &DrawingArea<B, Shift>,
        units: Units,
        plan: &Plan,
        curve: &Curve,
    ) -> Result<(), String> {
        let descriptor = plan.descriptor();
        let draw = |error: DrawingAreaErrorKind<B::ErrorType>| error.to_string();
        root.fill(&WHITE).map_err(draw)?;
        let (top, panels) = root.split_vertically(units.of(self.head));
        let title = units.text(22, &INK);
        top.draw(&Text::new(descriptor.title, units.at(MARGIN, 18), title)).map_err(draw)?;
        for (index, line) in self.subtitle.iter().enumerate() {
            let place = units.at(MARGIN, 46 + 18 * index as i32);
            top.draw(&Text::new(line.as_str(), place, units.text(14, &FAINT))).map_err(draw)?;
        }
        for (contender, ((x, y), name)) in self.legend.iter().enumerate() {
            let ends = [units.at(*x, y + 5), units.at(x + 22, y + 8)];
            top.draw(&Rectangle::new(ends, colour(contender).filled())).map_err(draw)?;
            top.draw(&Text::new(*name, units.at(x + 29, *y), units.text(14, &INK))).map_err(draw)?;
        }
        for (metric, area) in panels.split_evenly((descriptor.metrics.len(), 1)).iter().enumerate() {
            panel(area, units, plan, curve, metric).map_err(|error| error.to_string())?;
        }
        root.present().map_err(draw)
    }
}

/// How many units of the drawing library a pixel has.
#[derive(Clone, Copy, Debug)]
struct Units(i32);

impl Units {
    const fn of(self, pixels: i32) -> i32 {
        pixels * self.0
    }

    /// A place in pixels.
    const fn at(self, x: i32, y: i32) -> (i32, i32) {
        (self.of(x), self.of(y))
    }

    const fn size(self, (width, height): (i32, i32)) -> (u32, u32) {
        (self.of(width) as u32, self.of(height) as u32)
    }

    const fn stroke(self, pixels: i32) -> u32 {
        self.of(pixels) as u32
    }

    fn text(self, pixels: i32, colour: &RGBColor) -> TextStyle<'static> {
        ("sans-serif", self.of(pixels)).into_font().color(colour)
    }
}

fn subtitle(plan: &Plan) -> String {
    let seeds = match plan.seeds {
        1 => format!("seed {}", plan.first_seed),
        n => format!(
            "mean over {} ({} to {}), band: one standard error",
            counted(n, "seed"),
            plan.first_seed,
            plan.last_seed()
        ),
    };
    let parameters = in_force(plan.descriptor(), &plan.values);
    if parameters.is_empty() { seeds } else { format!("{seeds}; {parameters}") }
}

/// Words in lines of at most so many letters.
fn lines(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

/// Where the contenders' names go: in rows from `top` on.
fn legend(names: &'static [&'static str], top: i32) -> Vec<((i32, i32), &'static str)> {
    let (mut x, mut y) = (MARGIN, top);
    let entries = names.iter().map(|name| {
        let width = 29 + name.chars().count() as i32 * LETTER + 22;
        if x > MARGIN && x + width > WIDTH - MARGIN {
            (x, y) = (MARGIN, y + 22);
        }
        let place = (x, y);
        x += width;
        (place, *name)
    });
    entries.collect()
}

fn panel<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    units: Units,
    plan: &Plan,
    curve: &Curve,
    metric: usize,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let descriptor = plan.descriptor();
    let about = &descriptor.metrics[metric];
    let lines: Vec<_> = (0..descriptor.contenders.len()).map(|contender| line(curve, contender, metric)).collect();
    let (low, high, cut) = vertical_range(lines.iter().flatten().flat_map(|piece| edges(piece)));
    let caption = about.description.trim_end_matches('.');
    let caption = if cut { format!("{caption} (what lies outside is cut off)") } else { caption.to_owned() };
    area.draw(&Text::new(caption, units.at(MARGIN, 8), units.text(15, &INK)))?;
    let first = f64::from(curve.steps.first().copied().unwrap_or(0));
    let last = f64::from(plan.steps);
    let mut chart = ChartBuilder::on(area)
        .margin_top(units.of(34))
        .margin_right(units.of(34))
        .margin_left(units.of(8))
        .margin_bottom(units.of(6))
        .x_label_area_size(units.of(44))
        .y_label_area_size(units.of(78))
        .build_cartesian_2d(first.min(last - 1.0)..last, low..high)?;
    let unit = if about.unit.is_empty() { String::new() } else { format!(" ({})", about.unit) };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.stroke_width(units.stroke(1)))
        .axis_style(FAINT.stroke_width(units.stroke(1)))
        .x_desc(descriptor.step)
        .y_desc(format!("{}{unit}", about.name))
        .axis_desc_style(units.text(15, &FAINT))
        .label_style(units.text(14, &FAINT))
        .x_label_formatter(&|x| tick(*x))
        .y_label_formatter(&|y| tick(*y))
        .y_labels(6)
        .set_all_tick_mark_size(units.of(5))
        .draw()?;
    // Every band first: no line is hidden below one.
    for (index, pieces) in lines.iter().enumerate() {
        for piece in pieces.iter().filter(|piece| piece.iter().any(|point| point.error > 0.0)) {
            let upper = piece.iter().map(|point| (point.step, (point.mean + point.error).clamp(low, high)));
            let lower = piece.iter().rev().map(|point| (point.step, (point.mean - point.error).clamp(low, high)));
            chart.draw_series([Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour(index).mix(0.18))])?;
        }
    }
    for (index, pieces) in lines.iter().enumerate() {
        for visible in pieces.iter().flat_map(|piece| visible(piece, low, high)) {
            match visible[..] {
                // A line needs two ends.
                [point] => chart.draw_series([Circle::new(point, units.of(3), colour(index).filled())])?,
                _ => chart.draw_series(LineSeries::new(visible, colour(index).stroke_width(units.stroke(2))))?,
            };
        }
    }
    Ok(())
}

fn colour(contender: usize) -> RGBColor {
    COLOURS[contender % COLOURS.len()]
}

/// The mean over the seeds at a step.
#[derive(Clone, Copy, Debug)]
struct Point {
    step: f64,
    mean: f64,
    /// The standard error; 0 where there is none.
    error: f64,
}

/// A metric of a contender in pieces, parted where it has no value.
fn line(curve: &Curve, contender: usize, metric: usize) -> Vec<Vec<Point>> {
    let mut pieces = vec![Vec::new()];
    for (index, step) in curve.steps.iter().enumerate() {
        let moments = curve.at(index, contender, metric);
        match (moments.mean(), pieces.last_mut()) {
            (Some(mean), Some(piece)) => {
                let error = moments.standard_error().unwrap_or(0.0);
                piece.push(Point { step: f64::from(*step), mean, error });
            }
            _ => pieces.push(Vec::new()),
        }
    }
    pieces
}

/// The means with their errors added and taken away.
fn edges(piece: &[Point]) -> impl Iterator<Item = f64> {
    piece.iter().flat_map(|point| [point.mean - point.error, point.mean + point.error])
}

/// What the vertical axis spans, and whether that leaves extremes out: a few of them would flatten all the others.
pub fn vertical_range(edges: impl Iterator<Item = f64>) -> (f64, f64, bool) {
    let mut edges: Vec<_> = edges.collect();
    edges.sort_by(f64::total_cmp);
    let (Some(&least), Some(&greatest)) = (edges.first(), edges.last()) else { return (0.0, 1.0, false) };
    let quantile = |part: f64| edges[((edges.len() - 1) as f64 * part).round() as usize];
    let (low, high) = (quantile(0.05), quantile(0.95));
    let cut = greatest - least > 4.0 * (high - low) && high > low;
    let (low, high) = if cut {
        let room = 0.25 * (high - low);
        ((low - room).max(least), (high + room).min(greatest))
    } else {
        (least, greatest)
    };
    let room = if high > low { 0.05 * (high - low) } else { 1.0 };
    (low - room, high + room, cut)
}

/// The parts of a piece within `low` and `high`, cut where it crosses them.
fn visible(piece: &[Point], low: f64, high: f64) -> Vec<Vec<(f64, f64)>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let inside = |y: f64| (low..=high).contains(&y);
    for (index, point) in piece.iter().enumerate() {
        if let Some(before) = index.checked_sub(1).map(|before| piece[before]) {
            // Where the line from the point before enters, and where it leaves.
            let mut crossings: Vec<_> = [low, high]
                .into_iter()
                .filter(|edge| (before.mean - edge) * (point.mean - edge) < 0.0)
                .map(|edge| {
                    let share = (edge - before.mean) / (point.mean - before.mean);
                    (before.step + share * (point.step - before.step), edge)
                })
                .collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            part.extend(crossings);
        }
        if inside(point.mean) {
            part.push((point.step, point.mean));
        } else if !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(means: &[f64]) -> Vec<Point> {
        means.iter().enumerate().map(|(step, mean)| Point { step: step as f64, mean: *mean, error: 0.0 }).collect()
    }

    #[test]
    fn a_line_is_cut_where_it_leaves_the_panel() {
        let parts = |means: &[f64]| visible(&piece(means), 0.0, 10.0);
        assert_eq!(parts(&[1.0, 2.0, 3.0]), [[(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]]);
        assert_eq!(parts(&[-10.0, 10.0, 5.0]), [[(0.5, 0.0), (1.0, 10.0), (2.0, 5.0)]]);
        assert_eq!(parts(&[5.0, 15.0, 5.0]), [[(0.0, 5.0), (0.5, 10.0)], [(1.5, 10.0), (2.0, 5.0)]]);
        assert_eq!(parts(&[-10.0, 30.0, 20.0]), [[(0.25, 0.0), (0.5, 10.0)]]);
        assert!(parts(&[20.0, 30.0]).is_empty());
        assert_eq!(parts(&[5.0]), [[(0.0, 5.0)]]);
    }

    #[test]
    fn a_few_extremes_do_not_flatten_the_rest() {
        let mut means: Vec<_> = (0..100).map(f64::from).collect();
        let all = vertical_range(edges(&piece(&means)));
        assert_eq!(all, (-4.95, 103.95, false));
        means[0] = -10_000.0;
        let (low, high, cut) = vertical_range(edges(&piece(&means)));
        assert!(cut && low > -50.0 && high < 150.0, "{low} {high}");
    }

    #[test]
    fn a_flat_line_and_no_line_have_a_panel() {
        assert_eq!(vertical_range(edges(&piece(&[13.0, 13.0]))), (12.0, 14.0, false));
        assert_eq!(vertical_range(edges(&[])), (0.0, 1.0, false));
    }
}
