//! Measures an adapter and prints a table: `cargo xtask bench gpu`.
//!
//! Arguments: how many rounds, then, if wanted, the greatest power of two of elements and a part of the adapter's line.

use habit_gpu::{Context, Options, bench, block_on};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let greatest = arguments.next().map_or(Ok(24), |text| text.parse())?;
    let context = block_on(Context::new(&Options { name: arguments.next(), ..Options::default() }))?;
    eprintln!("{}", context.adapter());
    let report = block_on(bench::measure(&context, greatest, rounds, |row| {
        eprintln!("{}, {} x {}", row.name, row.shape[0], row.shape[1]);
    }))?;
    println!("{report}");
    Ok(())
}
