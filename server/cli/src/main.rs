//! The one binary: wires, renders, exits.
//!
//! Arguments are drawn from the command registry; a command without a rendering of its own here
//! prints its output as JSON. Data goes to standard output, all else to standard error. Exit codes:
//! 0 clean, 1 findings, 2 wrong usage or settings, 3 internal error.

mod args;
mod audit;
mod check;
mod checkpoint;
mod council;
mod detect;
mod forge;
mod lsp;
mod migrate;
mod pages;
mod plain;
mod proof;
mod run;
mod schema;
mod screen;
mod verdicts;

use crate::screen::Screen;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = args::root().get_matches();
    let mut screen = Screen::new(matches.get_one::<String>("color").map(String::as_str));
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| run::run(&matches, &mut screen)));
    match ran {
        Ok(Ok(code)) => {
            screen.finish();
            // A thread may still wait for input that never comes.
            std::process::exit(i32::from(code));
        }
        Ok(Err(error)) => {
            screen.error(&error);
            ExitCode::from(run::exit_code(error.kind))
        }
        // The panic's message and place were printed when it happened.
        Err(_) => {
            screen.note("this is a fault of specwright; please report it with the message above");
            ExitCode::from(run::INTERNAL)
        }
    }
}
