//! Runs programs of others, such as editors, with a limit and without leftovers.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where `scripts/setup-editors` puts what it installs.
pub fn tools() -> PathBuf {
    std::env::var("SPECWRIGHT_EDITORS_DIR")
        .map_or_else(|_| crate::binary::root().join("target/editors"), PathBuf::from)
}

/// The first of `candidates` that exists, else `name` on `PATH`.
pub fn find(name: &str, candidates: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name));
    candidates.iter().cloned().chain(on_path).find(|it| it.is_file())
}

/// Says that a test is skipped, past the capture of the test runner, so that nobody takes silence
/// for success.
pub fn skip(what: &str, how: &str) {
    // `eprintln!` would be captured with the output of a test that passes.
    let _ = writeln!(std::io::stderr(), "skipped: {what}: install it with `{how}`");
}

/// What a program left behind.
pub struct Outcome {
    pub success: bool,
    /// Standard output, then standard error.
    pub output: String,
}

/// A command with an empty environment but for `PATH`, a home of its own and `variables`.
pub fn command(program: &Path, home: &Path, variables: &[(&str, &OsStr)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).env("LANG", "C.UTF-8").env("TERM", "dumb");
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
        command.env(name, home.join(name));
    }
    let binary = crate::binary::specwright().parent().expect("a binary is in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(binary.to_owned()).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).expect("PATH was split a line above"));
    command.envs(variables.iter().copied());
    command
}

/// Runs `command` to its end, or for `limit`: then it and all that it started is killed.
///
/// # Panics
/// The program does not start.
pub fn run(mut command: Command, limit: Duration) -> Outcome {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("start {command:?}: {error}"));
    let mut out = child.stdout.take().expect("piped");
    let mut err = child.stderr.take().expect("piped");
    let readers = [
        std::thread::spawn(move || drain(&mut |buffer| out.read_to_end(buffer))),
        std::thread::spawn(move || drain(&mut |buffer| err.read_to_end(buffer))),
    ];
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            break Some(status);
        }
        if began.elapsed() > limit {
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // Also after a normal end: a server that outlives its editor would keep the pipes open.
    kill_group(child.id());
    let _ = child.kill();
    let _ = child.wait();
    let mut output: String = readers.map(|it| it.join().expect("readers do not panic")).concat();
    if status.is_none() {
        output.push_str(&format!("\nkilled after {} s\n", limit.as_secs()));
    }
    Outcome { success: status.is_some_and(|it| it.success()), output }
}

fn drain(read: &mut dyn FnMut(&mut Vec<u8>) -> std::io::Result<usize>) -> String {
    let mut bytes = Vec::new();
    let _ = read(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kill_group(leader: u32) {
    if cfg!(unix) {
        let group = format!("-{leader}");
        let mut kill = Command::new("kill");
        kill.args(["-KILL", "--", &group]).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = kill.status();
    }
}
