//! The `delegraph` program.

use std::process::ExitCode;

/// The stack of the main thread. Conditions and implications nest to a limit, and the deepest of them need this much.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let run = std::thread::Builder::new().stack_size(STACK).spawn(|| delegraph::cli::run(std::env::args_os()));
    match run.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        // A panic is a bug; the thread has printed its message.
        Ok(Err(_)) => delegraph::cli::Exit::NoAnswer.into(),
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            delegraph::cli::Exit::NoAnswer.into()
        }
    }
}
