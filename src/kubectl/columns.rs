//! Text with tabs, aligned as Go's `text/tabwriter` aligns it, and as the fork of it does that remembers widths.
//!
//! A column is a run of consecutive lines that all have a cell ended by a tab at the same place. Widths count code points.

use super::{Error, MAX_PAGE};

/// The alignment of a text: cells are taken in with their tabs and line ends, and given back padded.
pub(super) struct Columns {
    style: Style,
    lines: Vec<Line>,
    current: Line,
    cell: String,
    /// The blocks that the line before this one had a cell in, by column.
    open: Vec<usize>,
    blocks: Vec<Block>,
}

/// How wide columns are at least, what stands between them, and whether later blocks are at least as wide as earlier ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) min_width: usize,
    pub(super) padding: usize,
    pub(super) remember: bool,
}

impl Style {
    /// The style of tables: those of `get`, `auth can-i --list` and `auth whoami`.
    pub(super) const TABLE: Self = Self { min_width: 6, padding: 3, remember: true };
}

#[derive(Default)]
struct Line {
    /// Cells that a tab ends, each with its block.
    cells: Vec<(String, usize)>,
    last: String,
    ended: bool,
}

/// A run of lines that have a cell in a column.
struct Block {
    column: usize,
    width: usize,
}

impl Columns {
    pub(super) fn new(style: Style) -> Self {
        Self { style, lines: Vec::new(), current: Line::default(), cell: String::new(), open: Vec::new(), blocks: Vec::new() }
    }

    /// Takes in a text. `\v` ends a cell as a tab does; `\f` ends a line, and alignment starts afresh below it.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\t' | '\u{b}' => self.end_cell(),
                '\n' | '\u{c}' => self.end_line(c == '\u{c}'),
                _ => self.cell.push(c),
            }
        }
    }

    /// Starts alignment afresh.
    pub(super) fn flush(&mut self) {
        self.open.clear();
    }

    fn end_cell(&mut self) {
        let width = self.cell.chars().count().saturating_add(self.style.padding);
        let column = self.current.cells.len();
        let block = match self.open.get(column) {
            Some(block) => *block,
            None => self.open_block(column),
        };
        if let Some(block) = self.blocks.get_mut(block) {
            block.width = block.width.max(width);
        }
        self.current.cells.push((std::mem::take(&mut self.cell), block));
    }

    fn open_block(&mut self, column: usize) -> usize {
        self.blocks.push(Block { column, width: self.style.min_width });
        self.open.push(self.blocks.len() - 1);
        self.blocks.len() - 1
    }

    fn end_line(&mut self, afresh: bool) {
        self.open.truncate(if afresh { 0 } else { self.current.cells.len() });
        self.current.last = std::mem::take(&mut self.cell);
        self.current.ended = true;
        self.lines.push(std::mem::take(&mut self.current));
    }

    /// The aligned text, unless it is longer than [`MAX_PAGE`]. Cost: `O(length of the result)`.
    pub(super) fn finish(mut self) -> Result<String, Error> {
        self.current.last = std::mem::take(&mut self.cell);
        self.lines.push(std::mem::take(&mut self.current));
        if self.style.remember {
            widen(&mut self.blocks);
        }
        let length = self.lines.iter().map(|line| line.length(&self.blocks)).fold(0, usize::saturating_add);
        if length > MAX_PAGE {
            return Err(Error::too_long(length));
        }
        let mut text = String::with_capacity(length);
        for line in &self.lines {
            line.write(&mut text, &self.blocks);
        }
        Ok(text)
    }
}

/// Makes each block at least as wide as those before it in its column.
fn widen(blocks: &mut [Block]) {
    let mut widest: Vec<usize> = Vec::new();
    for block in blocks {
        if widest.len() <= block.column {
            widest.resize(block.column + 1, 0);
        }
        if let Some(width) = widest.get_mut(block.column) {
            *width = block.width.max(*width);
            block.width = *width;
        }
    }
}

impl Line {
    fn length(&self, blocks: &[Block]) -> usize {
        let cells = self.cells.iter().map(|(cell, block)| cell.len().saturating_add(missing(cell, *block, blocks)));
        cells.fold(self.last.len() + usize::from(self.ended), usize::saturating_add)
    }

    fn write(&self, text: &mut String, blocks: &[Block]) {
        for (cell, block) in &self.cells {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', missing(cell, *block, blocks)));
        }
        text.push_str(&self.last);
        if self.ended {
            text.push('\n');
        }
    }
}

/// How many blanks a cell lacks to fill its block.
fn missing(cell: &str, block: usize, blocks: &[Block]) -> usize {
    blocks.get(block).map_or(0, |block| block.width.saturating_sub(cell.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn align(min_width: usize, padding: usize, remember: bool, texts: &[&str]) -> String {
        let mut columns = Columns::new(Style { min_width, padding, remember });
        for text in texts {
            columns.push(text);
            columns.flush();
        }
        columns.finish().unwrap()
    }

    #[test]
    fn a_column_is_a_run_of_lines_with_a_cell_in_it() {
        let text = "a\tb\tc\naaa\tb\nalone\nx\ty\t\n\tbbbb\tz";
        assert_eq!(align(0, 2, false, &[text]), "a    b  c\naaa  b\nalone\nx  y     \n   bbbb  z");
    }

    #[test]
    fn widths_count_code_points_and_have_a_least() {
        assert_eq!(align(6, 3, false, &["é\tx\nログロ\tx\n"]), "é     x\nログロ   x\n");
    }

    #[test]
    fn a_page_that_padding_makes_huge_is_refused() {
        let mut columns = Columns::new(Style { min_width: 0, padding: 2, remember: false });
        columns.push(&format!("{}\tx\n", "a".repeat(100_000)));
        columns.push(&"b\tx\n".repeat(10_000));
        assert_eq!(
            columns.finish().unwrap_err().to_string(),
            "the page would be 1000140004 bytes long, expected at most 67108864"
        );
    }

    #[test]
    fn remembered_widths_never_shrink() {
        assert_eq!(align(0, 1, true, &["aaaa\tx\n", "b\tx\n"]), "aaaa x\nb    x\n");
        assert_eq!(align(0, 1, false, &["aaaa\tx\n", "b\tx\n"]), "aaaa x\nb x\n");
    }
}
