//! What is shown, as files: samples as CSV and JSON, curves as a drawing that needs no page around it.

use core::fmt::Write;

use crate::descriptor::{Descriptor, Shape, View};
use crate::look::{HEIGHT, Look, WIDTH, means, path};
use crate::number as numbers;
use crate::scale::Axis;
use crate::series::Series;
use crate::settings::Settings;
use crate::sweep::{Band, Sweep, TAIL};

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The experiment.
    pub descriptor: &'a Descriptor,
    /// What the run was started with.
    pub settings: &'a Settings,
    /// Its samples.
    pub series: &'a Series,
    /// Which contenders.
    pub contenders: &'a [bool],
    /// The digest of the state on the page, and after how many steps.
    pub digest: Option<&'a (f64, String)>,
    /// What many seeds came to.
    pub sweep: Option<&'a Sweep>,
}

/// Colours of a drawing, as the page has them.
#[derive(Clone, Debug)]
pub struct Palette {
    /// Behind everything.
    pub ground: String,
    /// Text.
    pub ink: String,
    /// Rules.
    pub rule: String,
    /// Contenders, in order.
    pub lines: Vec<String>,
    /// Their dashes, in order.
    pub dashes: Vec<String>,
}

impl Shown<'_> {
    fn seen(&self) -> impl Iterator<Item = (usize, &String)> {
        let seen = |contender: usize| self.contenders.get(contender).copied().unwrap_or(true);
        self.descriptor.contenders.iter().enumerate().filter(move |(contender, _)| seen(*contender))
    }

    /// The samples as `habit run --format csv` prints them, one line a contender and step.
    pub fn csv(&self) -> String {
        let metrics = self.descriptor.metrics.iter().map(|metric| metric.name.as_str());
        let mut text = ["t", "seed", "contender"].into_iter().chain(metrics).collect::<Vec<_>>().join(",") + "\n";
        for t in self.series.steps() {
            for (contender, name) in self.seen() {
                let _ = write!(text, "{t},{},{}", self.settings.seed, quoted(name));
                for metric in 0..self.descriptor.metrics.len() {
                    let value = self.series.sample(contender, metric, t);
                    let _ = if value.is_finite() { write!(text, ",{value}") } else { write!(text, ",") };
                }
                text.push('\n');
            }
        }
        text
    }

    /// A sweep's means and percentiles, one line a contender, step and metric.
    pub fn sweep_csv(&self) -> String {
        let Some(sweep) = self.sweep else { return String::new() };
        let mut text = format!("t,seeds,contender,metric,mean,p{TAIL},p{}\n", 100 - TAIL);
        for (contender, name) in self.seen() {
            for (metric, about) in self.descriptor.metrics.iter().enumerate() {
                for band in sweep.band(contender, metric) {
                    let _ = write!(text, "{},{},{},{}", band.t, sweep.done(), quoted(name), about.name);
                    for value in [band.mean, band.low, band.high] {
                        let _ = if value.is_finite() { write!(text, ",{value}") } else { write!(text, ",") };
                    }
                    text.push('\n');
                }
            }
        }
        text
    }

    /// Settings, digest and samples; with a sweep also its means and percentiles. Written by hand: serde's writer would take
    /// more room in the page's module than everything else here.
    pub fn json(&self) -> String {
        let Self { descriptor, settings, .. } = self;
        let set = settings.values.iter().map(|(name, value)| (name.as_str(), text(value)));
        let mut all = vec![
            ("experiment", text(&descriptor.id)),
            ("seed", settings.seed.to_string()),
            ("steps", settings.steps.to_string()),
            ("parameters", object(set)),
            ("command", text(settings.command())),
        ];
        if let Some((t, digest)) = self.digest {
            all.extend([("t", t.to_string()), ("digest", text(digest))]);
        }
        let point = |&(t, value): &(f64, f64)| list([number(t), number(value)]);
        all.push(("samples", self.by_line(|c, metric| list(self.series.line(c, metric).iter().map(point)))));
        if let Some(sweep) = self.sweep {
            let (first, _) = sweep.seeds();
            let band = |b: &Band| list([b.t, b.mean, b.low, b.high].map(number));
            let digest = sweep.digest().map_or_else(|| "null".into(), |digest| text(&digest));
            let columns = ["t", "mean", &format!("p{TAIL}"), &format!("p{}", 100 - TAIL)].map(text);
            let of = [
                ("first_seed", first.to_string()),
                ("seeds", sweep.done().to_string()),
                ("digest", digest),
                ("columns", list(columns)),
                ("bands", self.by_line(|c, metric| list(sweep.band(c, metric).iter().map(band)))),
            ];
            all.push(("sweep", object(of)));
        }
        object(all) + "\n"
    }

    /// An object with an object a contender with a value a metric.
    fn by_line(&self, value: impl Fn(usize, usize) -> String) -> String {
        let metrics = |contender| {
            let metrics = self.descriptor.metrics.iter().enumerate();
            object(metrics.map(|(metric, about)| (about.name.as_str(), value(contender, metric))))
        };
        object(self.seen().map(|(contender, name)| (name.as_str(), metrics(contender))))
    }

    /// Every curve of the experiment, one below the other, with its legend and what reproduces it. Returns the drawing and its
    /// width and height.
    pub fn svg(&self, palette: &Palette) -> (String, f64, f64) {
        const LEFT: f64 = 76.0;
        const TOP: f64 = 96.0;
        const GAP: f64 = 84.0;
        let Palette { ground, ink, rule, .. } = palette;
        let curve = |view: &View| match &view.shape {
            Shape::Curve(name) => Some((view.title.clone(), self.descriptor.metric(name)?)),
            _ => None,
        };
        let curves: Vec<_> = self.descriptor.views.iter().filter_map(curve).collect();
        let (width, height) = (LEFT + WIDTH + 24.0, TOP + curves.len() as f64 * (HEIGHT + GAP) + 16.0);
        let mut out = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="14" fill="{ink}"><rect width="{width}" height="{height}" fill="{ground}"/><text x="{LEFT}" y="34" font-size="22" font-weight="600">{}</text>"#,
            escaped(&self.descriptor.title)
        );
        let mut x = LEFT;
        for (contender, name) in self.seen() {
            let _ = write!(
                out,
                r#"<path d="M{x} 59h28" {}/><text x="{}" y="64">{}</text>"#,
                palette.stroke(contender, 2.5),
                x + 36.0,
                escaped(name)
            );
            x += 60.0 + 8.0 * name.chars().count() as f64;
        }
        let window = self.settings.window();
        let across = Axis::exact(0.0, f64::from(self.settings.steps), 5, true);
        for (index, (title, metric)) in curves.into_iter().enumerate() {
            let y = TOP + index as f64 * (HEIGHT + GAP);
            let bands: Vec<_> = (0..self.descriptor.contenders.len())
                .map(|contender| self.sweep.map(|sweep| sweep.band(contender, metric)).unwrap_or_default())
                .collect();
            let look = match self.sweep {
                Some(_) => Look::of_bands(&bands.iter().map(Vec::as_slice).collect::<Vec<_>>(), self.contenders),
                None => Look::new(self.series, metric, self.contenders, window),
            };
            let _ = write!(
                out,
                r#"<text x="{LEFT}" y="{}" font-weight="600">{}</text><g transform="translate({LEFT} {})">"#,
                y + 12.0,
                escaped(&title),
                y + 28.0
            );
            for tick in &look.y.ticks {
                let height = (1.0 - look.y.place(*tick)) * HEIGHT;
                let label = numbers::tick(*tick, look.y.step);
                let _ = write!(
                    out,
                    r#"<path d="M0 {height:.1}h{WIDTH}" stroke="{rule}"/><text x="-8" y="{:.1}" text-anchor="end">{label}</text>"#,
                    height + 5.0
                );
            }
            for tick in &across.ticks {
                let (x, label) = (across.place(*tick) * WIDTH, numbers::tick(*tick, across.step));
                let _ = write!(out, r#"<text x="{x:.1}" y="{}" text-anchor="middle">{label}</text>"#, HEIGHT + 20.0);
            }
            let _ = write!(out, r#"<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">"#);
            for (contender, _) in self.seen() {
                let line = self.series.line(contender, metric);
                if self.sweep.is_some() {
                    let (band, colour) = (&bands[contender], palette.colour(contender));
                    let area = crate::look::band(band, &across, &look.y);
                    let mean: Vec<_> = band.iter().map(|b| (b.t, b.mean)).collect();
                    let (mean, stroke) = (path(&mean, &across, &look.y), palette.stroke(contender, 2.25));
                    let _ = write!(
                        out,
                        r#"<path d="{area}" fill="{colour}" fill-opacity="0.16"/><path d="{mean}" {stroke}/>"#
                    );
                    continue;
                }
                if look.rough {
                    let (raw, stroke) = (path(line, &across, &look.y), palette.stroke(contender, 0.8));
                    let _ = write!(out, r#"<path d="{raw}" {stroke} stroke-opacity="0.25"/>"#);
                }
                let line = if look.rough { means(line, window) } else { line.to_vec() };
                let _ =
                    write!(out, r#"<path d="{}" {}/>"#, path(&line, &across, &look.y), palette.stroke(contender, 2.0));
            }
            out.push_str("</svg></g>");
        }
        let told = self.digest.map_or(String::new(), |(t, digest)| format!(" · after {t}: digest {digest}"));
        let command = escaped(&(self.settings.command() + &told));
        let _ = write!(out, r#"<text x="{LEFT}" y="{}" font-size="12">{command}</text></svg>"#, height - 16.0);
        (out, width, height)
    }
}

impl Palette {
    fn colour(&self, contender: usize) -> &str {
        self.lines.get(contender).map_or(&self.ink, String::as_str)
    }

    fn stroke(&self, contender: usize, width: f64) -> String {
        let colour = self.colour(contender);
        let dashes = self.dashes.get(contender).map_or("none", String::as_str);
        format!(r#"fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}""#)
    }
}

/// A number in JSON; what it does not have is `null`.
fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { "null".into() }
}

/// A text in JSON.
fn text(text: impl AsRef<str>) -> String {
    let mut out = String::from("\"");
    for c in text.as_ref().chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// An array in JSON.
fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(","))
}

/// An object in JSON.
fn object<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| text(name) + ":" + &value).collect();
    format!("{{{}}}", fields.join(","))
}

/// A field of CSV, in quotes where it needs them.
fn quoted(field: &str) -> String {
    let plain = !field.contains([',', '"', '\n', '\r']);
    if plain { field.into() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
}

/// Text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Metric;
    use crate::settings::Form;
    use crate::settings::tests::example;

    fn descriptor() -> Descriptor {
        let metric = |name: &str| Metric { name: name.into(), unit: String::new(), description: String::new() };
        let mut descriptor = example();
        descriptor.contenders = vec!["A, b".into(), "C".into()];
        descriptor.metrics = vec![metric("m"), metric("n")];
        descriptor.views = vec![View { title: "M & n".into(), shape: Shape::Curve("m".into()) }];
        descriptor
    }

    fn with(check: impl Fn(Shown<'_>)) {
        let descriptor = descriptor();
        let settings = Form::defaults(&descriptor).settings(&descriptor).expect("valid");
        let mut series = Series::new(2, 2);
        for t in [1.0, 2.0] {
            series.push(0, t, &[t, f64::NAN]);
            series.push(1, t, &[-t, 0.5]);
        }
        let mut sweep = Sweep::new(1, 1, 500, 2, 2);
        assert!(sweep.add(1, 7, vec![1.0; 125 * 4]));
        check(Shown {
            descriptor: &descriptor,
            settings: &settings,
            series: &series,
            contenders: &[true, true],
            digest: Some(&(2.0, "00ff".into())),
            sweep: Some(&sweep),
        });
    }

    #[test]
    fn tables_hold_what_is_shown() {
        with(|shown| {
            let all = "t,seed,contender,m,n\n1,1,\"A, b\",1,\n1,1,C,-1,0.5\n2,1,\"A, b\",2,\n2,1,C,-2,0.5\n";
            assert_eq!(shown.csv(), all);
            let one = Shown { contenders: &[false, true], ..shown };
            assert_eq!(one.csv(), "t,seed,contender,m,n\n1,1,C,-1,0.5\n2,1,C,-2,0.5\n");
            assert!(one.sweep_csv().starts_with("t,seeds,contender,metric,mean,p10,p90\n4,1,C,m,1,1,1\n"));
        });
    }

    #[test]
    fn json_holds_what_reproduces_it() {
        with(|shown| {
            let all: serde_json::Value = serde_json::from_str(&shown.json()).expect("JSON");
            let odd = "a\"b\\c\nd é";
            assert_eq!(serde_json::from_str::<String>(&text(odd)).expect("JSON"), odd);
            assert_eq!((&all["digest"], &all["t"], &all["seed"]), (&"00ff".into(), &2.into(), &1.into()));
            assert_eq!(all["samples"]["C"]["m"][1], serde_json::json!([2, -2]));
            assert_eq!(all["samples"]["A, b"]["n"][0], serde_json::json!([1, null]));
            assert_eq!(all["sweep"]["bands"]["C"]["m"][0], serde_json::json!([4, 1, 1, 1]));
        });
    }

    #[test]
    fn the_drawing_stands_alone() {
        with(|shown| {
            let palette = Palette {
                ground: "#fff".into(),
                ink: "#000".into(),
                rule: "#ccc".into(),
                lines: vec!["#111".into(), "#222".into()],
                dashes: vec!["none".into(), "2 3".into()],
            };
            for shown in [shown, Shown { sweep: None, ..shown }] {
                let (svg, width, height) = shown.svg(&palette);
                assert!(svg.contains("M &amp; n") && svg.contains("digest 00ff") && !svg.contains("var("));
                assert!(svg.contains(r##"stroke="#222" stroke-width="2"##) && width > 1000.0 && height > 300.0);
            }
        });
    }
}
