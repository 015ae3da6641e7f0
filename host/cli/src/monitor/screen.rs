//! The plot in a terminal.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Block, Borders, Chart, Dataset, GraphType};

use super::watch::{Panel, Watch};
use crate::chart::vertical_range;
use crate::figures::{alike, figure};
use crate::run::labelled;

/// Rows that a panel needs to be legible.
const PANEL: u16 = 9;
/// Legible on a dark ground and on a light one, and told apart by people with any kind of colour vision; from the 256 that
/// terminals share.
const COLOURS: [u8; 8] = [32, 166, 36, 169, 136, 74, 94, 244];
const FAINT: Style = Style::new().fg(Color::DarkGray);

/// Draws what has been seen; the panel `first` is the first that is shown. `kept` says what is recorded, if anything.
pub fn draw(frame: &mut Frame<'_>, watch: &Watch, port: &str, first: usize, kept: Option<&str>) {
    let rows =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1), Constraint::Length(1)]);
    let [head, middle, status, keys] = rows.areas(frame.area());
    frame.render_widget(title(watch), head);
    let shown = panels(watch, middle);
    if watch.panels.is_empty() {
        frame.render_widget(Line::styled("No samples yet.", FAINT), middle);
    }
    let areas = Layout::vertical(vec![Constraint::Fill(1); shown]).split(middle);
    for (place, area) in areas.iter().enumerate() {
        panel(frame, watch, &watch.panels[(first + place) % watch.panels.len()], *area);
    }
    frame.render_widget(state(watch, port), status);
    let more = if shown < watch.panels.len() { "Tab next metric, " } else { "" };
    let kept = kept.map_or_else(String::new, |kept| format!("; {kept}"));
    frame.render_widget(Line::styled(format!("{more}q quit{kept}"), FAINT), keys);
}

/// How many panels there is room for.
pub fn panels(watch: &Watch, area: Rect) -> usize {
    usize::from(area.height / PANEL).max(1).min(watch.panels.len())
}

/// The experiment, and how far it is.
fn title(watch: &Watch) -> Line<'static> {
    let mut spans = Vec::new();
    if let Some(experiment) = watch.experiment {
        spans.push(Span::styled(experiment.title, Style::new().add_modifier(Modifier::BOLD)));
        spans.push(Span::raw(format!(" ({}), ", experiment.id)));
    }
    let of = watch.steps.map_or_else(String::new, |steps| format!(" of {steps}"));
    let seed = watch.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let over = watch.digest.as_ref().map_or_else(String::new, |digest| format!(", digest {digest}"));
    spans.push(Span::raw(format!("{} {}{of}{seed}{over}", watch.unit(), watch.step)));
    Line::from(spans)
}

/// The port, and what was said last.
fn state(watch: &Watch, port: &str) -> Line<'static> {
    match &watch.gone {
        Some(reason) => {
            let text = format!("{port} is gone ({reason}); waiting for it");
            Line::styled(text, Style::new().fg(Color::Indexed(166)).add_modifier(Modifier::BOLD))
        }
        None => {
            let noise = match watch.noise {
                0 => String::new(),
                1 => "; 1 line not understood".into(),
                n => format!("; {n} lines not understood"),
            };
            Line::styled(format!("{port}: {}{noise}", watch.last), FAINT)
        }
    }
}

fn colour(contender: usize) -> Color {
    Color::Indexed(COLOURS[contender % COLOURS.len()])
}

fn panel(frame: &mut Frame<'_>, watch: &Watch, panel: &Panel, area: Rect) {
    let about = watch.experiment.and_then(|experiment| experiment.metrics.iter().find(|a| a.name == panel.metric));
    let name = about.map_or_else(|| panel.metric.clone(), |about| labelled(about.name, about.unit));
    let mut heading = vec![Span::styled(format!("{name}  "), Style::new().add_modifier(Modifier::BOLD))];
    for (contender, (name, curve)) in watch.contenders.iter().zip(&panel.curves).enumerate() {
        let now = figure(curve.points().last().map_or(f64::NAN, |(_, value)| *value));
        heading.push(Span::styled(format!("{name} {now}  "), Style::new().fg(colour(contender))));
    }
    let points = || panel.curves.iter().flat_map(|curve| curve.points());
    let (low, high, cut) = vertical_range(points().map(|(_, value)| *value));
    if cut {
        heading.push(Span::styled("(what lies outside is cut off) ", FAINT));
    }
    let first = points().fold(f64::INFINITY, |first, (step, _)| first.min(*step)).min(watch.step as f64);
    let last = watch.steps.map_or(watch.step, |steps| steps.max(watch.step)).max(first as u64 + 1) as f64;
    let datasets = panel.curves.iter().enumerate().map(|(contender, curve)| {
        let (marker, kind) = match curve.points() {
            // A line needs two ends.
            [_] => (Marker::Dot, GraphType::Scatter),
            _ => (Marker::Braille, GraphType::Line),
        };
        Dataset::default().marker(marker).graph_type(kind).style(colour(contender)).data(curve.points())
    });
    let beside = alike(&[Some(low), Some((low + high) / 2.0), Some(high)]);
    let below = [figure(first), format!("{} {}", watch.unit(), figure(last))];
    let chart = Chart::new(datasets.collect())
        .block(Block::new().borders(Borders::TOP).border_style(FAINT).title(Line::from(heading)))
        .x_axis(Axis::default().style(FAINT).bounds([first, last]).labels(below))
        .y_axis(Axis::default().style(FAINT).bounds([low, high]).labels(beside).labels_alignment(Alignment::Right))
        .legend_position(None);
    frame.render_widget(chart, area);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::sample::read;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn shown(watch: &Watch, width: u16, height: u16, first: usize) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, watch, "/dev/ttyACM0", first, Some("3 lines recorded in a.csv"))).unwrap();
        terminal.backend().to_string()
    }

    fn watched() -> Watch {
        let mut watch = Watch::default();
        let started = r#"{"event":"started","id":"tabular-td.cliff-walking","seed":4,"steps":40,"every":1,"set":""}"#;
        watch.see(&read(started.as_bytes()));
        for step in 1..=20 {
            for (name, value) in [("SARSA", -300 + 10 * step), ("Q-learning", -200 + 5 * step)] {
                let line = format!(
                    r#"{{"t":{step},"seed":4,"contender":"{name}","return":{value},"length":17,"greedy_path":null}}"#
                );
                watch.see(&read(line.as_bytes()));
            }
        }
        watch
    }

    #[test]
    fn a_run_is_shown_with_its_names_its_numbers_and_its_curves() {
        let screen = shown(&watched(), 80, 40, 0);
        for part in [
            "(tabular-td.cliff-walking), episode 20 of 40, seed 4",
            "return",
            "SARSA -100",
            "Q-learning -100",
            "-195.0",
            "episode 40",
            "length",
            "greedy_path",
            "SARSA -  ",
            "q quit; 3 lines recorded in a.csv",
            "/dev/ttyACM0: started tabular-td.cliff-walking",
        ] {
            assert!(screen.contains(part), "no {part} in\n{screen}");
        }
        let dots = screen.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count();
        assert!(dots > 40 && !screen.contains("Tab"), "{screen}");
    }

    #[test]
    fn what_does_not_fit_is_a_key_away() {
        let watch = watched();
        let (first, second) = (shown(&watch, 60, 14, 0), shown(&watch, 60, 14, 1));
        assert!(
            first.contains("return") && !first.contains("length (") && first.contains("Tab next metric"),
            "{first}"
        );
        assert!(second.contains("length (") && !second.contains("return"), "{second}");
    }

    #[test]
    fn any_size_and_an_empty_board_can_be_drawn() {
        let mut watch = watched();
        watch.gone = Some("unplugged".into());
        for (width, height) in [(1, 1), (3, 2), (10, 4), (200, 3), (20, 100)] {
            shown(&watch, width, height, 2);
            shown(&Watch::default(), width, height, 0);
        }
        let screen = shown(&watch, 80, 20, 0);
        assert!(screen.contains("/dev/ttyACM0 is gone (unplugged); waiting for it"), "{screen}");
        assert!(shown(&Watch::default(), 80, 20, 0).contains("No samples yet."));
    }
}
