//! Tables that fit the terminal.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use console::Term;

/// Between two columns, beside the one space that the library puts there.
const GAP: u16 = 1;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Text that may be wrapped.
    Text,
    /// Text that may not.
    Word,
    /// Numbers: to the right, never wrapped.
    Number,
}

/// The width of the terminal behind standard output; `None` where there is none, so that a line stays a line in a pipe.
pub fn terminal_width() -> Option<u16> {
    let terminal = Term::stdout();
    if terminal.is_term() { terminal.size_checked().map(|(_, columns)| columns) } else { None }
}

/// A table with a line below its heads (none where `heads` is empty), wrapped where a width is given.
pub fn table<H: Into<String>>(
    width: Option<u16>,
    columns: &[Column],
    heads: impl IntoIterator<Item = H>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let heads: Vec<String> = heads.into_iter().map(Into::into).collect();
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    if !heads.is_empty() {
        table.set_header(heads);
    }
    table.add_rows(rows);
    let last = columns.len().saturating_sub(1);
    for (index, (column, kind)) in table.column_iter_mut().zip(columns).enumerate() {
        column.set_padding((0, if index == last { 0 } else { GAP }));
        if *kind != Column::Text {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if *kind == Column::Number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}

/// A paragraph, wrapped where a width is given.
pub fn paragraph(width: Option<u16>, text: impl Into<String>) -> String {
    table::<String>(width, &[Column::Text], [], [vec![text.into()]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_and_numbers_do_not() {
        let rows = || [vec!["a sentence that is longer than its column".into(), "-1234.5".into()]];
        let columns = [Column::Text, Column::Number];
        let wide = table(None, &columns, ["text", "number"], rows());
        assert_eq!(wide.lines().count(), 3);
        assert!(wide.ends_with("column  -1234.5\n"), "{wide}");
        let narrow = table(Some(30), &columns, ["text", "number"], rows());
        assert!(narrow.lines().all(|line| line.chars().count() <= 30), "{narrow}");
        assert!(narrow.contains("  -1234.5\n"), "{narrow}");
    }

    #[test]
    fn no_line_ends_in_spaces() {
        let text = table(None, &[Column::Word, Column::Text], ["a", "b"], [vec!["long word".into(), String::new()]]);
        assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
    }
}
