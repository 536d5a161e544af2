//! The program: arguments in, exit code out.

use std::env;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::thread;

use forelock::cli::Arguments;
use forelock::command::{self, Surroundings, UntilClosed};

/// A third of the time went into the allocator of the platform: texts, names and trees are many and small.
#[cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Dropping the syntax tree of a deeply nested file recurses; the usual 8 MB are not enough for what a file can hold.
const MAIN_STACK: usize = 256 << 20;
const WORKER_STACK: usize = 16 << 20;

fn main() -> ExitCode {
    let program = thread::Builder::new()
        .name("forelock".to_owned())
        .stack_size(MAIN_STACK)
        .spawn(run);
    let code = program.map(thread::JoinHandle::join);
    match code {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => ExitCode::from(complain(&format!("cannot start a thread: {error}"))),
    }
}

fn run() -> u8 {
    let arguments = match Arguments::read(env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way too; if nobody reads them, that is fine.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let pool = rayon::ThreadPoolBuilder::new().stack_size(WORKER_STACK).build_global();
    if let Err(error) = pool {
        return complain(&format!("cannot start threads: {error}"));
    }
    let surroundings = match Surroundings::current() {
        Ok(surroundings) => surroundings,
        Err(error) => return complain(&format!("cannot find the working folder: {error}")),
    };
    let mut out = UntilClosed::new(BufWriter::new(io::stdout().lock()));
    let outcome = command::run(arguments, &surroundings, &mut out, &mut io::stderr());
    match outcome {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => complain(&error.to_string()),
    }
}

/// Says why nothing could be done; exit code 2.
fn complain(message: &str) -> u8 {
    let _ = writeln!(io::stderr(), "error: {message}");
    2
}
