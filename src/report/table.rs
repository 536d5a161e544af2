//! Text in columns.

use textwrap::core::display_width;

use super::Style;

/// Rows below a row of headings.
pub(super) struct Table<const COLUMNS: usize> {
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(super) fn new(headings: [&str; COLUMNS]) -> Self {
        Self {
            rows: vec![headings.map(str::to_owned)],
        }
    }

    pub(super) fn add(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }

    /// The rows, two spaces between columns, the headings bold. Cells may hold colours.
    pub(super) fn lines(&self, style: &Style) -> Vec<String> {
        let widths = self.widths();
        let mut lines: Vec<String> = self.rows.iter().map(|row| line(row, &widths)).collect();
        if let Some(headings) = lines.first_mut() {
            *headings = style.bold(headings);
        }
        lines
    }

    fn widths(&self) -> [usize; COLUMNS] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| display_width(&row[column]));
            cells.max().unwrap_or(0)
        })
    }
}

fn line<const COLUMNS: usize>(row: &[String; COLUMNS], widths: &[usize; COLUMNS]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(cell);
        line.push_str(&" ".repeat(width.saturating_sub(display_width(cell)) + 2));
    }
    line.trim_end().to_owned()
}
