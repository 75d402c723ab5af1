//! Backups of a live database by `pg_dump`, held against `pg_restore` before they count.

use super::server::{Server, folders};
use ::postgres::config::Host;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use system::System;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(
        "back up the database: neither PATH nor the usual folders hold `pg_dump` and `pg_restore` of \
         PostgreSQL {major} or newer"
    )]
    NotFound { major: u32 },
    #[error("back up the database to `{to}`")]
    File { to: PathBuf, source: io::Error },
    #[error("run `{program}`")]
    Start { program: PathBuf, source: io::Error },
    #[error("back up the database with `{program}`: {output}")]
    Failed { program: PathBuf, output: String },
}

/// The programs that make and check a backup.
#[derive(Debug)]
pub struct Dumper {
    dump: PathBuf,
    restore: PathBuf,
    major: u32,
}

impl Dumper {
    /// Looks for the programs in PATH and where packages put them: of the server's version, or else
    /// the next newer, for older ones refuse to dump it.
    ///
    /// # Errors
    /// [`DumpError::NotFound`]
    pub fn find(system: &dyn System, major: u32) -> Result<Self, DumpError> {
        let named =
            |folder: &Path, name| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let all = folders(system).into_iter().filter_map(|it| {
            let (dump, restore) = (named(&it, "pg_dump"), named(&it, "pg_restore"));
            let major = version(&dump).filter(|_| restore.is_file())?;
            Some(Self { dump, restore, major })
        });
        let usable = all.filter(|it| it.major >= major);
        // Of equal ones the first stays, as PATH says.
        usable.min_by_key(|it| it.major).ok_or(DumpError::NotFound { major })
    }

    /// Writes the whole database to a new file that only its owner can read, and has its table of
    /// contents read back.
    ///
    /// # Errors
    /// [`DumpError::File`] when there is such a file; else what the programs said. Nothing is left
    /// behind then.
    pub fn dump(&self, server: &Server, to: &Path) -> Result<(), DumpError> {
        let file = |source| DumpError::File { to: to.to_owned(), source };
        new_private_file(to).map_err(file)?;
        let written = self.write(server, to);
        if written.is_err() {
            // Half a backup is worse than none.
            let _ = fs::remove_file(to);
        }
        written
    }

    fn write(&self, server: &Server, to: &Path) -> Result<(), DumpError> {
        let mut dump = command(&self.dump);
        // Not as arguments: those every user of the machine can read, the password among them.
        dump.env_remove("PGSERVICE").envs(environment(server, self.major));
        dump.args(["--format=custom", "--no-password", "--file"]).arg(to);
        ended(&self.dump, &mut dump)?;
        let mut restore = command(&self.restore);
        restore.arg("--list").arg(to);
        ended(&self.restore, &mut restore)?;
        let sync = || OpenOptions::new().append(true).open(to)?.sync_all();
        sync().map_err(|source| DumpError::File { to: to.to_owned(), source })
    }
}

/// The first number of `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn version(program: &Path) -> Option<u32> {
    let output = program
        .is_file()
        .then(|| command(program).arg("--version").stdout(Stdio::piped()).output());
    let output = output?.ok().filter(|it| it.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_once(") ")?.1;
    let end = number.find(|it: char| !it.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

fn new_private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[expect(clippy::disallowed_methods, reason = "it needs variables of its own")]
fn command(program: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).env("LC_ALL", "C");
    command
}

fn ended(program: &Path, command: &mut std::process::Command) -> Result<(), DumpError> {
    let output = command
        .output()
        .map_err(|source| DumpError::Start { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    Err(DumpError::Failed { program: program.to_owned(), output })
}

/// How libpq is told what the URL says.
fn environment(server: &Server, major: u32) -> Vec<(&'static str, OsString)> {
    let config = server.config();
    let text = |it: &str| OsString::from(it);
    let host = |it: &Host| match it {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.to_string_lossy().into_owned(),
    };
    let hosts: Vec<String> = config.get_hosts().iter().map(host).collect();
    let addresses: Vec<String> = config.get_hostaddrs().iter().map(ToString::to_string).collect();
    let ports: Vec<String> = config.get_ports().iter().map(ToString::to_string).collect();
    let mut out = server.tls().environment(major);
    for (name, all) in [("PGHOST", hosts), ("PGHOSTADDR", addresses), ("PGPORT", ports)] {
        if !all.is_empty() {
            out.push((name, text(&all.join(","))));
        }
    }
    let database = config.get_dbname().or(config.get_user());
    for (name, value) in [
        ("PGUSER", config.get_user()),
        ("PGDATABASE", database),
        ("PGOPTIONS", config.get_options()),
    ] {
        out.extend(value.map(|it| (name, text(it))));
    }
    #[cfg(unix)]
    if let Some(password) = config.get_password() {
        let bytes = password.to_vec();
        out.push(("PGPASSWORD", std::os::unix::ffi::OsStringExt::from_vec(bytes)));
    }
    #[cfg(not(unix))]
    if let Some(password) = config.get_password() {
        out.push(("PGPASSWORD", text(&String::from_utf8_lossy(password))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use system::OsSystem;

    #[test]
    fn a_program_that_is_too_old_is_not_taken() {
        let error = Dumper::find(&OsSystem::default(), 9_999).expect_err("there is none");
        assert!(matches!(error, DumpError::NotFound { major: 9_999 }), "{error}");
    }
}
