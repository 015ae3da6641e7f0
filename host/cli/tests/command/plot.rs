//! `habit run --plot`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::{command, habit, printed};

/// A new empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plot-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn plot(file: &Path, rest: &[&str]) -> String {
    let line = ["run", "dynlin-ucb", "--steps", "300", "--seeds", "5", "--plot", file.to_str().unwrap()];
    printed(&[&line[..], rest].concat());
    fs::read_to_string(file).unwrap()
}

#[test]
fn a_chart_names_what_it_shows() {
    let folder = folder("names");
    let svg = plot(&folder.join("a.svg"), &["--set", "sigma=0.02"]);
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    for part in ["DynLin-UCB", "AR2", "regret (reward)", "round", "mean over 5 seeds", "sigma=0.02", "<polygon"] {
        assert!(svg.contains(part), "no {part}");
    }
    assert_eq!(names(&folder), ["a.svg"]);
}

#[cfg(feature = "png")]
#[test]
fn a_bitmap_shows_every_contender() {
    let folder = folder("bitmap");
    let file = folder.join("a.png");
    printed(&["run", "dynlin-ucb", "--steps", "300", "--seeds", "5", "--plot", file.to_str().unwrap()]);
    let mut reader = png::Decoder::new(BufReader::new(fs::File::open(&file).unwrap())).read_info().unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let about = reader.next_frame(&mut dots).unwrap();
    assert_eq!((about.width, about.color_type), (1920, png::ColorType::Rgb));
    // White in the corner, and each contender's colour somewhere.
    assert_eq!(dots[..3], [255; 3]);
    for colour in [[0, 114, 178], [213, 94, 0]] {
        assert!(dots.chunks_exact(3).filter(|dot| **dot == colour).count() > 500, "{colour:?}");
    }
    assert_eq!(names(&folder), ["a.png"]);
}

#[test]
fn one_seed_has_no_band() {
    let file = folder("band").join("a.svg");
    printed(&["run", "cliff-walking", "--steps", "1", "--plot", file.to_str().unwrap()]);
    let svg = fs::read_to_string(file).unwrap();
    assert!(svg.contains("seed 1;") && !svg.contains("<polygon"));
}

#[test]
fn the_chart_does_not_depend_on_threads_or_format() {
    let folder = folder("threads");
    let one = plot(&folder.join("a.svg"), &["--threads", "1"]);
    for rest in [&["--threads", "4"][..], &["--format", "json"], &["--every", "7"]] {
        assert!(plot(&folder.join("b.svg"), rest) == one, "{rest:?}");
    }
}

#[test]
fn what_was_there_is_replaced_through_a_link() {
    let folder = folder("link");
    fs::write(folder.join("old.svg"), "old").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("old.svg", folder.join("link.svg")).unwrap();
    #[cfg(not(unix))]
    fs::copy(folder.join("old.svg"), folder.join("link.svg")).unwrap();
    assert!(plot(&folder.join("link.svg"), &[]).starts_with("<svg "));
    #[cfg(unix)]
    assert!(fs::read_to_string(folder.join("old.svg")).unwrap().starts_with("<svg "));
}

#[test]
fn a_file_that_cannot_be_written_is_refused_before_the_run() {
    let folder = folder("refused");
    let read_only = folder.join("read-only.svg");
    fs::write(&read_only, "old").unwrap();
    let mut permissions = fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).unwrap();
    for file in [folder.clone(), folder.join("missing/a.svg"), read_only.join("a.svg"), read_only.clone()] {
        // So long that it could not end.
        let line =
            ["run", "dynlin-ucb", "--steps", "10000000", "--seeds", "4000000000", "--plot", file.to_str().unwrap()];
        let answer = habit(&line);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{}", answer.err);
        assert!(answer.err.contains("cannot write the plot to") && answer.err.lines().count() == 1, "{}", answer.err);
    }
    assert_eq!(names(&folder), ["read-only.svg"]);
    assert_eq!(fs::read_to_string(read_only).unwrap(), "old");
}

#[test]
fn wrong_input_leaves_the_file_alone() {
    let folder = folder("alone");
    let file = folder.join("a.svg");
    fs::write(&file, "old").unwrap();
    assert_eq!(habit(&["run", "dynlin-ucb", "--steps", "0", "--plot", file.to_str().unwrap()]).code, 2);
    assert_eq!(fs::read_to_string(file).unwrap(), "old");
    assert_eq!(names(&folder), ["a.svg"]);
}

#[test]
fn a_closed_pipe_does_not_cost_the_plot() {
    let file = folder("pipe").join("a.svg");
    let line = ["run", "dynlin-ucb", "--steps", "3000", "--format", "json", "--plot", file.to_str().unwrap()];
    let mut child = command(&line).stdout(Stdio::piped()).spawn().unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(fs::read_to_string(file).unwrap().starts_with("<svg "));
}
