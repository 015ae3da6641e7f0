//! Rows of csv as Parquet, column by column, while they come.

mod columns;

use std::io::{self, IsTerminal, Write};
use std::mem::take;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use crate::failure::Failure;
pub use columns::Kind;
pub use columns::columns;

/// Rows that are written at once: memory stays bounded, and a reader can skip.
const GROUP: usize = 1 << 16;

/// Gives `tell` something to write csv to, and writes that to `out` as Parquet. A column is of the kind that `kind` says of
/// its name; a field without a value is null.
///
/// # Errors
/// What `tell` says; what standard output says, which may not be a terminal.
pub fn through<T>(
    out: &mut dyn Write,
    kind: fn(&str) -> Kind,
    tell: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if io::stdout().is_terminal() {
        return Err(Failure::Input("parquet is not for a terminal; write it to a file: > FILE.parquet".into()));
    }
    let mut table = Table { out, kind, rest: Vec::new(), columns: Vec::new(), rows: 0, file: None };
    let told = tell(&mut table)?;
    table.finish()?;
    Ok(told)
}

struct Table<'a> {
    out: &'a mut dyn Write,
    kind: fn(&str) -> Kind,
    /// Bytes that are no whole line yet.
    rest: Vec<u8>,
    columns: Vec<Column>,
    /// How many rows wait.
    rows: usize,
    /// Once the names of the columns are known. What it holds was not given to `out` yet.
    file: Option<SerializedFileWriter<Vec<u8>>>,
}

/// The values of a column that wait, and where there are any.
struct Column {
    values: Values,
    present: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Real(Vec<f64>),
    Truth(Vec<bool>),
}

impl Write for Table<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend(bytes);
        // A field holds no line feed: names and numbers do not.
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Ok(bytes.len()) };
        let mut lines = take(&mut self.rest);
        self.rest = lines.split_off(end + 1);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&lines[..]);
        for row in reader.records() {
            let row = row.map_err(io::Error::other)?;
            if self.file.is_none() {
                self.begin(&row).map_err(cannot)?;
                continue;
            }
            for (column, field) in self.columns.iter_mut().zip(&row) {
                column.add(field);
            }
            self.rows += 1;
            if self.rows == GROUP {
                self.group()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Table<'_> {
    fn begin(&mut self, names: &csv::StringRecord) -> Result<(), ParquetError> {
        let kinds: Vec<_> = names.iter().map(self.kind).collect();
        let fields = names.iter().zip(&kinds).map(|(name, kind)| field(name, *kind));
        let schema = Type::group_type_builder("habit").with_fields(fields.collect::<Result<_, _>>()?).build()?;
        self.columns = kinds.iter().map(|kind| Column { values: Values::none(*kind), present: Vec::new() }).collect();
        let properties = WriterProperties::builder().build();
        self.file = Some(SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?);
        Ok(())
    }

    /// Writes the rows that wait.
    fn group(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_mut().filter(|_| self.rows > 0) else { return Ok(()) };
        let mut write = || -> Result<(), ParquetError> {
            let mut group = file.next_row_group()?;
            for column in &mut self.columns {
                let Some(mut writer) = group.next_column()? else { break };
                column.write(&mut writer)?;
                writer.close()?;
            }
            group.close()?;
            Ok(file.flush()?)
        };
        write().map_err(cannot)?;
        self.rows = 0;
        // The library counts what it has written; what it has written to is ours to empty.
        let bytes = take(file.inner_mut());
        self.out.write_all(&bytes)
    }

    fn finish(mut self) -> io::Result<()> {
        self.group()?;
        let Some(file) = self.file else { return Ok(()) };
        self.out.write_all(&file.into_inner().map_err(cannot)?)
    }
}

fn cannot(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn field(name: &str, kind: Kind) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Whole => (Physical::INT64, None),
        Kind::Real => (Physical::DOUBLE, None),
        Kind::Truth => (Physical::BOOLEAN, None),
    };
    let field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    field.with_logical_type(logical).build().map(Arc::new)
}

impl Values {
    const fn none(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Whole => Self::Whole(Vec::new()),
            Kind::Real => Self::Real(Vec::new()),
            Kind::Truth => Self::Truth(Vec::new()),
        }
    }
}

impl Column {
    fn add(&mut self, field: &str) {
        let present = match &mut self.values {
            Values::Text(values) => keep(values, Some(ByteArray::from(field))),
            Values::Whole(values) => keep(values, field.parse().ok()),
            Values::Real(values) => keep(values, field.parse().ok()),
            Values::Truth(values) => keep(values, field.parse().ok()),
        };
        self.present.push(i16::from(present));
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = take(&mut self.present);
        match &mut self.values {
            Values::Text(values) => write::<ByteArrayType>(writer, values, &present),
            Values::Whole(values) => write::<Int64Type>(writer, values, &present),
            Values::Real(values) => write::<DoubleType>(writer, values, &present),
            Values::Truth(values) => write::<BoolType>(writer, values, &present),
        }
    }
}

fn keep<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    let before = values.len();
    values.extend(value);
    values.len() > before
}

fn write<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    present: &[i16],
) -> Result<(), ParquetError> {
    writer.typed::<T>().write_batch(&take(values), Some(present), None).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn rows_come_back_as_they_went_however_they_are_cut() {
        let kind = |name: &str| match name {
            "text" => Kind::Text,
            "whole" => Kind::Whole,
            "real" => Kind::Real,
            _ => Kind::Truth,
        };
        let mut csv = "text,whole,real,truth\n".to_owned();
        // More than one group.
        for row in 0..GROUP + 3 {
            let real = if row % 5 == 0 { String::new() } else { (row as f32 / 7.0).to_string() };
            csv += &format!("\"a, \"\"{}\"\"\",{row},{real},{}\n", row % 3, row % 2 == 0);
        }
        let mut files = [7, 100_000].map(|length| {
            let mut file = Vec::new();
            let mut table = Table { out: &mut file, kind, rest: Vec::new(), columns: Vec::new(), rows: 0, file: None };
            csv.as_bytes().chunks(length).for_each(|piece| table.write_all(piece).unwrap());
            table.finish().unwrap();
            file
        });
        assert!(files[0] == files[1]);
        let path = std::env::temp_dir().join(format!("habit-{}.parquet", std::process::id()));
        std::fs::write(&path, take(&mut files[0])).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 2);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(rows.len(), GROUP + 3);
        assert_eq!(rows[0], "{text: \"a, \"0\"\", whole: 0, real: null, truth: true}");
        assert_eq!(rows[1], "{text: \"a, \"1\"\", whole: 1, real: 0.14285715, truth: false}");
    }
}
