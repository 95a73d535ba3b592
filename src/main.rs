//! The `delegraph` program.

use std::process::ExitCode;

/// Conditions nest, and implications rest on one another, within limits; this is room for the deepest of them.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let run = std::thread::Builder::new().stack_size(STACK).spawn(|| delegraph::cli::run(std::env::args_os()));
    match run.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        // A panic is a bug, and told as such by the thread itself.
        Ok(Err(_)) => delegraph::cli::Exit::NoAnswer.into(),
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            delegraph::cli::Exit::NoAnswer.into()
        }
    }
}
