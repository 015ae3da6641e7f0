//! C programs against the installed C interface: on this machine, under valgrind, as C++, through CMake and pkg-config, and
//! on an emulated Cortex-M0. `cargo xtask test c` installs the interface first.

#[path = "support/elf.rs"]
mod elf;
#[allow(dead_code)] // one of its emulators is needed here
#[path = "support/emulator.rs"]
mod emulator;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use habit_tests::{read, root};

const C: [&str; 5] = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"];
const CPP: [&str; 5] = ["-std=c++11", "-pedantic", "-Wall", "-Wextra", "-Werror"];

/// Where `cargo xtask test c` has installed the interface, for this machine or for a chip.
fn installed(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test c`")).into()
}

fn source(path: &str) -> PathBuf {
    root().join("host/capi").join(path)
}

/// A folder for what a test makes, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c").join(name);
    // That there is none is fine.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs a program to its end and returns what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out.into_owned()
}

/// What pkg-config says.
fn pkg_config(prefix: &Path, words: &[&str]) -> Vec<String> {
    let mut command = Command::new("pkg-config");
    command.args(words).arg("habit").env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    run(&mut command).split_whitespace().map(str::to_owned).collect()
}

/// Compiles files against the static library, with the flags that pkg-config knows.
fn compile(compiler: &str, flags: &[&str], sources: &[&str], program: &Path) {
    let prefix = installed("HABIT_C");
    let mut command = Command::new(compiler);
    command.args(flags).arg("-g").args(pkg_config(&prefix, &["--cflags"])).arg("-I").arg(source("examples"));
    if compiler == "g++" {
        command.args(["-x", "c++"]);
    }
    command.args(sources.iter().map(|path| source(path))).args(["-x", "none"]).arg(prefix.join("lib/libhabit.a"));
    let libraries = pkg_config(&prefix, &["--libs", "--static"]);
    command.args(libraries.iter().filter(|word| *word != "-lhabit")).arg("-o").arg(program);
    run(&mut command);
}

/// The lines `name digest after` that the golden table asks for, of the learners that C can make.
fn golden() -> String {
    let table = read("tests/golden/checkpoints/README.md").expect("a table");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `version-1/"));
    let rows = rows.filter(|row| !row.starts_with("q-table") && !row.starts_with("generator"));
    let line = |row: &str| {
        let cells: Vec<_> = row.split('|').map(|cell| cell.trim().replace('`', "")).collect();
        format!("{} {} {}\n", cells[0].trim_end_matches(".habit"), cells[3], cells[4])
    };
    rows.map(line).collect()
}

#[test]
fn every_learner_gives_the_digest_of_rust() {
    let folder = scratch("learners");
    for (compiler, flags) in [("gcc", C), ("g++", CPP)] {
        let program = folder.join(compiler);
        compile(compiler, &flags, &["examples/learners.c", "examples/host.c"], &program);
        assert_eq!(run(&mut Command::new(program)), golden(), "compiled by {compiler}");
    }
}

#[test]
fn bad_input_is_refused_and_valgrind_finds_nothing() {
    let program = scratch("refusals").join("refusals");
    compile("gcc", &C, &["tests/refusals.c", "examples/learners.c"], &program);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]).arg(program);
    assert_eq!(run(valgrind.arg(root().join("tests/golden/checkpoints/version-1"))), golden());
}

#[test]
fn a_cmake_project_finds_the_package() {
    for library in ["shared", "static"] {
        let build = scratch(&format!("cmake-{library}"));
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(source("examples/cmake")).arg("-B").arg(&build);
        configure.arg(format!("-DCMAKE_PREFIX_PATH={}", installed("HABIT_C").display()));
        configure.arg(format!("-DHABIT_STATIC={}", library == "static"));
        run(&mut configure);
        run(Command::new("cmake").arg("--build").arg(&build));
        says_the_way_out(&build.join("corridor"));
    }
}

#[test]
fn pkg_config_finds_the_package() {
    let (folder, prefix) = (scratch("pkg-config"), installed("HABIT_C"));
    let program = folder.join("corridor");
    let mut command = Command::new("gcc");
    command
        .arg(source("examples/corridor.c"))
        .args(pkg_config(&prefix, &["--cflags", "--libs"]))
        .arg("-o")
        .arg(&program);
    command.arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()));
    run(&mut command);
    says_the_way_out(&program);
    assert_eq!(pkg_config(&prefix, &["--modversion"]), [env!("CARGO_PKG_VERSION")]);
}

/// The example of the README has learned to go right, wherever it is.
fn says_the_way_out(program: &Path) {
    let text = run(&mut Command::new(program));
    let readme = read("host/capi/README.md").expect("a README");
    assert!(text.ends_with(">>>>>>>>\n") && readme.contains(text.trim_end()), "{text}");
}

/// A chip's image from C sources, the library and a linker script; what is not needed is left out.
fn image(name: &str, sources: &[PathBuf]) -> PathBuf {
    let (folder, prefix) = (scratch(name), installed("HABIT_C_CHIP"));
    let mut objects = Vec::new();
    for file in sources {
        let object = folder.join(file.file_name().expect("a name")).with_extension("o");
        let mut clang = Command::new("clang");
        clang.args(["--target=thumbv6m-none-eabi", "-Os", "-ffreestanding", "-ffunction-sections"]);
        clang.args(C).arg("-I").arg(prefix.join("include")).arg("-I").arg(source("examples"));
        run(clang.arg("-c").arg(file).arg("-o").arg(&object));
        objects.push(object);
    }
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]));
    let host = run(Command::new("rustc").arg("-vV"));
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let image = folder.join(name).with_extension("elf");
    let mut linker = Command::new(Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/rust-lld"));
    // Without what debuggers read, so that only functions that are there have a name in the image.
    linker.args(["-flavor", "gnu", "--gc-sections", "--strip-debug", "-T"]).arg(source("examples/board/microbit.ld"));
    run(linker.args(objects).arg(prefix.join("lib/libhabit.a")).arg("-o").arg(&image));
    image
}

#[test]
fn a_board_whose_firmware_is_c_gives_the_same_digests() {
    let image = image("board", &[source("examples/learners.c"), source("examples/board/main.c")]);
    let bytes = fs::read(&image).expect("an image");
    let names = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    assert!(names(b"habit_td_act") && !names(b"panicking"), "the image holds a function that panics");
    assert_eq!(emulator::run("microbit", &image), golden());
}

#[test]
fn one_learner_takes_little_flash() {
    const WORK: [(&str, u32, &str); 3] = [
        (
            "q_learning",
            6_500,
            "static HABIT_MEMORY(memory, HABIT_TD_SIZE(48, 4)); habit_td *td; habit_td_settings s = {.5f, 1, .1f, 0};
             size_t a; habit_q_learning_init(memory, sizeof memory, 48, 4, &s, &td);
             for (;;) { habit_td_act(td, 1, &rng, &a); habit_td_learn(td, 1, a, 1, 2, 0, &rng, 0); }",
        ),
        (
            "ucb1",
            6_500,
            "static HABIT_MEMORY(memory, HABIT_BANDIT_SIZE(4)); habit_bandit *b; habit_choice c;
             habit_ucb1_init(memory, sizeof memory, 4, 2, &b);
             for (;;) { habit_bandit_select(b, &rng, &c); habit_bandit_update(b, c.arm, 1); }",
        ),
        (
            "disjoint_lin_ucb",
            14_000,
            "static HABIT_MEMORY(memory, HABIT_DISJOINT_LIN_UCB_SIZE(4, 8)); static float x[8]; habit_contextual *b;
             habit_choice c; habit_disjoint_lin_ucb_init(memory, sizeof memory, 4, 8, 1, 1, &b);
             for (;;) { habit_contextual_select(b, x, 8, &rng, &c); habit_contextual_update(b, x, 8, c.arm, 1); }",
        ),
    ];
    for (name, limit, work) in WORK {
        let file = scratch(&format!("{name}-source")).join("main.c");
        let text = "#include <habit.h>\nvoid reset(void);\nvoid reset(void) { habit_rng rng; habit_rng_init(&rng, 1, 0); WORK }\n";
        fs::write(&file, text.replace("WORK", work)).expect("a file");
        let sizes = elf::sizes(&image(name, &[file]));
        println!("{name}: {} bytes of flash, {} of RAM", sizes.flash, sizes.ram);
        assert!(sizes.flash <= limit, "{name} takes {sizes:?}");
    }
}
