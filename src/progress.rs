//! What a run is at, and a line about it for somebody who waits at a terminal.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A shorter wait is none.
const DELAY: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(100);
const BAR: usize = 24;

/// How far a run is. Whoever works counts, from whatever thread.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicUsize,
    done: AtomicUsize,
    total: AtomicUsize,
}

/// The long parts of a run, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Folders are walked; how many files there are is not known yet.
    Searching,
    /// Files are read.
    Reading,
    /// Migrations are parsed.
    Parsing,
    /// The migrations of installed packages are read.
    Packages,
    /// The history is replayed.
    Judging,
}

/// Whether anybody sees the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// On stderr, which is a terminal.
    Shown,
    /// Nowhere.
    Hidden,
}

impl Stage {
    const ALL: [(Stage, &str); 5] = [
        (Stage::Searching, "searching"),
        (Stage::Reading, "reading"),
        (Stage::Parsing, "parsing"),
        (Stage::Packages, "reading packages"),
        (Stage::Judging, "judging"),
    ];
}

impl Progress {
    /// Begins a stage of `total` files, or of none where that is not known.
    pub fn begin(&self, stage: Stage, total: usize) {
        let index = Stage::ALL.iter().position(|(known, _)| *known == stage);
        self.stage.store(index.unwrap_or_default(), Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts one file.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Does the work, and shows how far it is where that takes long.
    pub fn while_doing<T>(&self, visibility: Visibility, work: impl FnOnce() -> T) -> T {
        match visibility {
            Visibility::Hidden => work(),
            Visibility::Shown => thread::scope(|scope| {
                let (working, end) = mpsc::channel();
                scope.spawn(move || self.draw_until(&end, &mut io::stderr()));
                let outcome = work();
                drop(working);
                outcome
            }),
        }
    }

    /// Draws until the other end of the channel is gone, and leaves no trace. A terminal that is gone is nobody's fault.
    fn draw_until(&self, end: &Receiver<()>, terminal: &mut dyn Write) {
        let mut pause = DELAY;
        while end.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            pause = PAUSE;
            let _ = write!(terminal, "\r{}\x1b[K", self.line());
            let _ = terminal.flush();
        }
        if pause == PAUSE {
            let _ = write!(terminal, "\r\x1b[K");
            let _ = terminal.flush();
        }
    }

    fn line(&self) -> String {
        let (_, stage) = Stage::ALL[self.stage.load(Ordering::Relaxed)];
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        match (done, total) {
            (0, 0) => format!("{stage} ..."),
            (done, 0) => format!("{stage} ... {done} files"),
            (done, total) => {
                let filled = (done.min(total) * BAR) / total;
                let (filled, empty) = ("=".repeat(filled), " ".repeat(BAR - filled));
                format!("{stage} [{filled}{empty}] {done} of {total} files")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::{DELAY, Progress, Stage};

    #[test]
    fn the_line_tells_the_stage_and_how_far_it_is() {
        let progress = Progress::default();
        progress.begin(Stage::Searching, 0);
        assert_eq!(progress.line(), "searching ...");
        progress.step();
        progress.step();
        assert_eq!(progress.line(), "searching ... 2 files");
        progress.begin(Stage::Reading, 4);
        progress.step();
        assert_eq!(progress.line(), "reading [======                  ] 1 of 4 files");
    }

    /// What is drawn while somebody works for so long.
    fn drawn(work: Duration) -> String {
        let (working, end) = mpsc::channel();
        let mut terminal = Vec::new();
        thread::scope(|scope| {
            let terminal = &mut terminal;
            scope.spawn(move || Progress::default().draw_until(&end, terminal));
            thread::sleep(work);
            drop(working);
        });
        String::from_utf8(terminal).unwrap()
    }

    #[test]
    fn a_short_wait_shows_nothing_and_a_long_one_leaves_no_trace() {
        assert_eq!(drawn(Duration::ZERO), "");
        let line = drawn(DELAY + DELAY / 2);
        assert!(
            line.starts_with("\rsearching ...") && line.ends_with("\r\u{1b}[K"),
            "{line:?}"
        );
    }
}
