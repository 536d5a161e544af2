//! Source text and the places in it: byte ranges inside, lines and columns outside.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

/// A half-open byte range in one source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
    /// The file that it lies in.
    pub file: FileId,
}

/// Where something stands, of data that is equal wherever it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place(pub Range);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl From<Range> for Place {
    fn from(range: Range) -> Self {
        Self(range)
    }
}

/// Which text a range lies in; the default is none at all.
///
/// Values of a helper module travel into the migration that imports it, and their places with them: without its file a
/// range says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// One that no other file of this run has.
    fn unique() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Range {
    /// Whether `other` lies inside this range.
    #[must_use]
    pub fn contains(self, other: Range) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// Where this range begins.
    #[must_use]
    pub fn beginning(self) -> Range {
        Range {
            end: self.start,
            ..self
        }
    }
}

/// A place as people count: line and column start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
}

/// One text file with an index of its lines.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as shown to people: relative to the working folder where possible.
    pub path: PathBuf,
    /// The decoded text. A byte order mark is not part of it.
    pub text: String,
    /// What the ranges in this text carry.
    pub id: FileId,
    /// Found when the first position is asked for; most files have none to tell.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file with this text; lines end at `\n`, `\r\n` or a lone `\r`, as in Python.
    #[must_use]
    pub fn new(path: PathBuf, text: String) -> Arc<Self> {
        Arc::new(Self {
            path,
            text,
            id: FileId::unique(),
            line_starts: OnceLock::new(),
        })
    }

    /// The range of this text from `start` up to and without `end`.
    #[must_use]
    pub fn range(&self, start: u32, end: u32) -> Range {
        let file = self.id;
        Range { start, end, file }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
            let ends = ends.filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
            std::iter::once(0).chain(ends.map(|at| offset(at + 1))).collect()
        })
    }

    /// The position of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|start| *start <= at) - 1;
        let start = line_starts[line] as usize;
        let end = (at as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |text| text.chars().count());
        Position {
            line: offset(line + 1),
            column: offset(column + 1),
        }
    }

    /// The byte range of a 1-based line with its line end, empty past the last line.
    #[must_use]
    pub fn line_range(&self, line: u32) -> Range {
        let index = line.saturating_sub(1) as usize;
        let end = offset(self.text.len());
        let start = self.line_starts().get(index).copied().unwrap_or(end);
        self.range(start, self.line_starts().get(index + 1).copied().unwrap_or(end))
    }

    /// The text of a range; empty if the range lies in another file or does not fall on characters.
    #[must_use]
    pub fn slice(&self, range: Range) -> &str {
        if range.file != self.id {
            return "";
        }
        self.text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }

    /// How many lines the file has; at least one.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        offset(self.line_starts().len())
    }
}

/// Texts by what their ranges carry.
#[derive(Clone, Debug, Default)]
pub struct Sources(FxHashMap<FileId, Arc<SourceFile>>);

impl Sources {
    /// Adds a text.
    pub fn insert(&mut self, source: Arc<SourceFile>) {
        self.0.insert(source.id, source);
    }

    /// The text that a range lies in.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Arc<SourceFile>> {
        self.0.get(&file)
    }
}

/// Files above 4 GiB are refused when they are read, so an offset always fits.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
