//! What is said of a step, by what it is busy with.

use crate::lock::LockMode;

use super::{Busy, Locked, Watch};

const WAITING: &str = "SELECT pid, pg_blocking_pids(pid), now() - xact_start AS since, query FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0";
const BUILDING: &str =
    "SELECT pid, phase, current_locker_pid, blocks_done, blocks_total FROM pg_stat_progress_create_index";
const RUNNING: &str = "SELECT pid, wait_event_type, now() - query_start AS since, query FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start";
const LAG: &str = "SELECT application_name, replay_lag FROM pg_stat_replication";

/// A step, as its sentences see it.
pub(super) struct Scene<'a> {
    busy: Vec<Busy>,
    locks: &'a [Locked],
    timeout: Option<&'a str>,
    /// Whether a build drops first what a build before has left.
    clears: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn new(busy: &[Busy], locks: &'a [Locked], timeout: Option<&'a str>) -> Self {
        let mut sorted = busy.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let clears = sorted.starts_with(&[Busy::Building, Busy::Dropping]);
        if clears {
            sorted.remove(1);
        }
        Self {
            busy: sorted,
            locks,
            timeout,
            clears,
        }
    }

    pub(super) fn watch(self, statements: Vec<String>, back: Option<Vec<String>>) -> Watch {
        let join = |of: &dyn Fn(Busy) -> String| {
            let mut sentences: Vec<String> = self.busy.iter().map(|busy| of(*busy)).collect();
            sentences.dedup();
            sentences.join("; ")
        };
        Watch {
            work: join(&|busy| self.work(busy).to_owned()),
            look_at: self
                .busy
                .first()
                .map(|busy| look_at(*busy))
                .unwrap_or_default()
                .to_owned(),
            stalls: join(&|busy| self.stalls(busy)),
            stop: join(&|busy| self.stop(busy)),
            left: join(&|busy| self.left(busy).to_owned()),
            replicas: join(&|busy| self.replicas(busy)),
            locks: self.locks.to_vec(),
            statements,
            back,
        }
    }

    fn relations(&self) -> String {
        let names: Vec<String> = self.locks.iter().map(|lock| format!("`{}`", lock.relation)).collect();
        names.join(" or ")
    }

    fn is_exclusive(&self) -> bool {
        self.locks.iter().any(|lock| lock.mode == LockMode::AccessExclusive)
    }

    fn work(&self, busy: Busy) -> &'static str {
        match busy {
            Busy::Building => "reads the table twice while it is in use",
            Busy::Dropping => "waits until the transactions that have used the table end, then drops the index",
            Busy::Proving if self.locks.len() > 1 => {
                "reads the table and looks each row up in the other one, while both are in use"
            }
            Busy::Proving => "reads the table while it is in use",
            Busy::Updating => "updates rows a batch at a time, each batch in its own transaction",
            Busy::Reading => "looks for a row without a value; where there is none it has read the whole table",
            Busy::Sampling => "samples rows for the planner's statistics, while the table is in use",
            Busy::Moment => "changes the catalog, which takes a moment",
            Busy::Unread => "is not known: the statement could not be read here",
        }
    }

    fn stalls(&self, busy: Busy) -> String {
        let relations = self.relations();
        match busy {
            Busy::Building => {
                "an older transaction, whatever table of the database it is on: a report or a pg_dump holds up the \
                 build until it ends; queries go on, only other DDL and VACUUM of the table wait for the build"
                    .to_owned()
            }
            Busy::Dropping => format!("a transaction that has used {relations}, until it ends; queries go on"),
            Busy::Proving | Busy::Sampling => format!("other DDL and VACUUM of {relations}; queries go on"),
            Busy::Updating => {
                "a transaction that has locked a row of the batch; who writes a row of the batch waits for it"
                    .to_owned()
            }
            Busy::Reading => format!("only what holds {relations} in ACCESS EXCLUSIVE mode"),
            Busy::Unread => "not known".to_owned(),
            Busy::Moment => {
                let (who, what) = if self.is_exclusive() {
                    ("used", "every query")
                } else {
                    ("written to", "every write")
                };
                let so_long = self.timeout.map(|timeout| format!(", for {timeout} at most"));
                format!(
                    "a transaction that has {who} {relations}, until it ends: {what} on the table queues behind the waiting step{}",
                    so_long.unwrap_or_default()
                )
            }
        }
    }

    fn stop(&self, busy: Busy) -> String {
        match (busy, self.timeout) {
            (Busy::Updating, _) => "Ctrl-C, or SELECT pg_cancel_backend(pid)".to_owned(),
            (Busy::Moment, Some(timeout)) => {
                format!("it gives up by itself after {timeout} (SQLSTATE 55P03): run migrate again")
            }
            (
                Busy::Moment
                | Busy::Building
                | Busy::Dropping
                | Busy::Proving
                | Busy::Reading
                | Busy::Sampling
                | Busy::Unread,
                _,
            ) => "SELECT pg_cancel_backend(pid)".to_owned(),
        }
    }

    fn left(&self, busy: Busy) -> &'static str {
        match busy {
            Busy::Building if self.clears => {
                "an invalid index, which writes maintain and no query uses: run migrate again, the step drops it first"
            }
            Busy::Building => {
                "an invalid index, which writes maintain and no query uses: drop it with DROP INDEX CONCURRENTLY, then run migrate again"
            }
            Busy::Dropping => "the index, perhaps invalid: run migrate again",
            Busy::Proving => "the constraint, NOT VALID, which holds for new rows: run migrate again",
            Busy::Updating => "the rows that were filled so far: run it again, it takes the others",
            Busy::Reading | Busy::Sampling => "nothing: run migrate again",
            Busy::Unread => "not known",
            Busy::Moment => "nothing, the transaction is rolled back: run migrate again",
        }
    }

    fn replicas(&self, busy: Busy) -> String {
        match busy {
            Busy::Building => {
                "they replay the build and lag meanwhile; logical subscribers get no DDL: build it there by hand"
                    .to_owned()
            }
            Busy::Dropping => {
                "they replay ACCESS EXCLUSIVE on the index: queries there that use it are cancelled after \
                 max_standby_streaming_delay"
                    .to_owned()
            }
            Busy::Proving | Busy::Reading | Busy::Sampling => "they have nothing to do".to_owned(),
            Busy::Unread => "not known".to_owned(),
            Busy::Updating => format!("they and logical subscribers replay each row: pause while they lag ({LAG})"),
            Busy::Moment if self.is_exclusive() => format!(
                "they replay ACCESS EXCLUSIVE on {}: queries there that hold it up are cancelled after \
                 max_standby_streaming_delay; logical subscribers get no DDL: add there first, drop here first",
                self.relations()
            ),
            Busy::Moment => "they wait for nothing; logical subscribers get no DDL".to_owned(),
        }
    }
}

fn look_at(busy: Busy) -> &'static str {
    match busy {
        Busy::Building => BUILDING,
        Busy::Dropping | Busy::Moment | Busy::Unread => WAITING,
        Busy::Proving | Busy::Reading | Busy::Sampling | Busy::Updating => RUNNING,
    }
}
