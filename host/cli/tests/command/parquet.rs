//! `--format parquet`.

use std::fs::File;
use std::path::Path;

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;

use crate::{command, printed};

/// The names of the columns and the rows of what `habit` prints.
fn table(words: &[&str]) -> (Vec<String>, Vec<Vec<Field>>) {
    let name = words.join("-").replace(['/', '.'], "_");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.parquet"));
    let output = command(words).args(["--format", "parquet"]).stdout(File::create(&path).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let names = schema.columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns());
    (names, rows.map(|row| row.into_iter().map(|(_, field)| field).collect()).collect())
}

#[test]
fn a_run_has_the_rows_of_its_csv() {
    let words = ["run", "cliff-walking", "--seeds", "3", "--steps", "20"];
    let (names, rows) = table(&words);
    let csv = printed(&[&words[..], &["--format", "csv"]].concat());
    let mut lines = csv.out.lines();
    assert_eq!(names.join(","), lines.next().unwrap());
    let shown = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let rows: Vec<_> = rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(rows, lines.collect::<Vec<_>>());
    assert!(csv.err.starts_with("habit: digest "));
}

#[test]
fn a_list_has_types() {
    let (names, rows) = table(&["list"]);
    let place = |name: &str| names.iter().position(|other| other == name).unwrap();
    assert!(rows.len() > 20 && matches!(rows[0][place("state_bytes")], Field::Long(bytes) if bytes > 0));
}
