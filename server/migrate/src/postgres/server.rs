//! A PostgreSQL server to try things on: one that is named, or a throw-away one started here.
//!
//! A throw-away server listens on a Unix socket in a private temporary folder only, syncs nothing to
//! disk, and ends with the [`Server`] or with the process that holds it, however that ends. What is
//! loaded into it runs as a role without superuser rights, so a hostile schema file reaches neither
//! files nor programs of the machine.

pub use ::postgres::Error;

use super::tls::Tls;
use ::postgres::{Client, Config, NoTls};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;
use system::System;

/// Names a server to use instead of starting one.
pub const URL_VARIABLE: &str = "SPECWRIGHT_POSTGRES_URL";

/// How long a throw-away server may take to answer: 300 tries of 50 ms.
const N_TRIES: u32 = 300;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(
        "find PostgreSQL: no folder of PATH and none of the usual ones holds `initdb` and `postgres`; \
         install the postgresql package, or name a server in {URL_VARIABLE}"
    )]
    NotInstalled,
    /// The client's own words are not passed on: they may quote a password.
    #[error(
        "read the URL of a PostgreSQL server: it is broken, or has an option that is not known"
    )]
    Url,
    #[error("read the URL of a PostgreSQL server: the option `{0}` is not supported")]
    Option(&'static str),
    #[error(
        "read the URL of a PostgreSQL server: `sslmode` is `disable`, `prefer`, `require`, `verify-ca` \
         or `verify-full`"
    )]
    SslMode,
    #[error("read the certificates to trust from {from}: {why}")]
    Roots { from: String, why: String },
    #[error("start a throw-away PostgreSQL server with `{program}`")]
    Start { program: PathBuf, source: io::Error },
    #[error("start a throw-away PostgreSQL server with `{program}`: {output}")]
    Initdb { program: PathBuf, output: String },
    #[error("connect to PostgreSQL")]
    Connect(#[source] Error),
    #[error("ask PostgreSQL for its version")]
    Version(#[source] Error),
}

/// A server on which databases may be made and dropped.
pub struct Server {
    config: Config,
    tls: Tls,
    process: Option<Process>,
}

impl Server {
    /// The server that [`URL_VARIABLE`] names, or a throw-away one.
    ///
    /// # Errors
    /// [`ServerError::NotInstalled`] where there is neither; the others when one does not answer.
    pub fn find(system: &dyn System) -> Result<Self, ServerError> {
        match system.env(URL_VARIABLE).filter(|it| !it.is_empty()) {
            Some(url) => Self::at(&url),
            None => Self::start(system),
        }
    }

    /// An existing server; nothing is asked of it yet.
    ///
    /// Connections are encrypted as libpq's `sslmode` and `sslrootcert` in the URL say. Where it says
    /// nothing, a server on another machine has to have a certificate for its name from an authority
    /// that the system trusts (`verify-full`).
    ///
    /// # Errors
    /// [`ServerError::Url`] when it cannot be read as one.
    pub fn at(url: &str) -> Result<Self, ServerError> {
        let (mut tls, rest) = Tls::split(url)?;
        let mut config: Config = rest.parse().map_err(|_| ServerError::Url)?;
        tls.set(&mut config);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        Ok(Self { config, tls, process: None })
    }

    /// Starts a throw-away server; takes about a second.
    ///
    /// # Errors
    /// [`ServerError::NotInstalled`] where PostgreSQL is not; else what its programs said.
    pub fn start(system: &dyn System) -> Result<Self, ServerError> {
        Self::start_with(system, &|_, _| Ok(Vec::new()))
    }

    /// The same with settings of the caller, who may put files for them into the server's folder.
    pub(super) fn start_with(
        system: &dyn System,
        more: &Settings<'_>,
    ) -> Result<Self, ServerError> {
        let programs = programs(system).ok_or(ServerError::NotInstalled)?;
        let user = unprivileged();
        let folder =
            std::env::temp_dir().join(format!("specwright-pg-{:016x}", system.random() as u64));
        private_folder(&folder, user)
            .map_err(|source| ServerError::Start { program: folder.clone(), source })?;
        let mut process = Process { child: None, folder };
        initdb(&programs, &process.folder, user)?;
        let settings = more(&process.folder, user);
        let settings = settings
            .map_err(|source| ServerError::Start { program: process.folder.clone(), source })?;
        process.child = Some(serve(&programs, &process.folder, user, &settings)?);
        let mut config = Config::new();
        config.host_path(&process.folder).user(ADMIN).dbname("postgres");
        let port = settings.iter().find_map(|it| it.strip_prefix("port="));
        port.and_then(|it| it.parse().ok()).map(|it| config.port(it));
        let mut admin = process.connect(&config)?;
        let role = format!("CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE BYPASSRLS");
        admin.batch_execute(&role).map_err(ServerError::Connect)?;
        config.user(ROLE);
        Ok(Self { config, tls: Tls::NONE, process: Some(process) })
    }

    /// Whether it was started here and nobody else's things are on it.
    #[must_use]
    pub fn is_throw_away(&self) -> bool {
        self.process.is_some()
    }

    /// A `postgresql://` URL of the server, for programs beside this one.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let folder = self.process.as_ref()?.folder.to_string_lossy().replace('/', "%2F");
        Some(format!("postgresql://{ROLE}@{folder}/postgres"))
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// The same server, which ends with `self` where it was started here.
    #[must_use]
    pub(super) fn borrowed(&self) -> Self {
        Self { config: self.config.clone(), tls: self.tls.clone(), process: None }
    }

    /// The first number of its version.
    ///
    /// # Errors
    /// [`ServerError::Connect`] and [`ServerError::Version`] with what the server said.
    pub fn major(&self) -> Result<u32, ServerError> {
        let mut client = self.connect(None)?;
        let row = client.query_one("SELECT current_setting('server_version_num')::int4", &[]);
        let number: i32 = row.map_err(ServerError::Version)?.get(0);
        Ok(number.unsigned_abs() / 10_000)
    }

    /// The same server with another default database; a throw-away one still ends with `self`.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut out = self.borrowed();
        out.config.dbname(name);
        out
    }

    /// The same server for another role; a throw-away one still ends with `self`.
    #[must_use]
    pub fn with_role(&self, name: &str, password: &str) -> Self {
        let mut out = self.borrowed();
        out.config.user(name).password(password);
        out
    }

    /// Connects to its default database, or to `database`.
    ///
    /// # Errors
    /// [`ServerError::Connect`] with what the server said.
    pub fn connect(&self, database: Option<&str>) -> Result<Client, ServerError> {
        let mut config = self.config.clone();
        if let Some(database) = database {
            config.dbname(database);
        }
        config.application_name("specwright");
        let connected = if self.tls.is_on() {
            config.connect(self.tls.connector()?)
        } else {
            config.connect(NoTls)
        };
        connected.map_err(ServerError::Connect)
    }
}

/// Makes settings, `name=value`, of the folder and the user that a server runs with.
pub(super) type Settings<'a> = dyn Fn(&Path, Option<(u32, u32)>) -> io::Result<Vec<String>> + 'a;

/// The superuser of a throw-away server; only used to make [`ROLE`].
const ADMIN: &str = "specwright_admin";
/// Who loads schemas there.
const ROLE: &str = "specwright";

/// The server's process; it ends when this is dropped, or when the pipe to it breaks.
struct Process {
    child: Option<Child>,
    folder: PathBuf,
}

impl Process {
    fn connect(&mut self, config: &Config) -> Result<Client, ServerError> {
        let mut tries = 0;
        loop {
            match config.connect(NoTls) {
                Ok(client) => return Ok(client),
                Err(error) => {
                    let ended =
                        self.child.as_mut().is_none_or(|it| !matches!(it.try_wait(), Ok(None)));
                    if ended || tries == N_TRIES {
                        return Err(ServerError::Connect(error));
                    }
                }
            }
            tries += 1;
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // The guard reads the end of its input, stops the server and removes the folder.
            drop(child.stdin.take());
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

fn programs(system: &dyn System) -> Option<Programs> {
    let programs = folders(system)
        .into_iter()
        .map(|it| Programs { initdb: it.join("initdb"), postgres: it.join("postgres") });
    programs.into_iter().find(|it| it.initdb.is_file() && it.postgres.is_file())
}

/// Where programs of PostgreSQL may be: what PATH names, then where packages put them, the newest
/// first.
pub(super) fn folders(system: &dyn System) -> Vec<PathBuf> {
    let path = system.env("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|it| it.is_absolute()).collect();
    // A link in PATH often leads to the folder that has the rest.
    let linked: Vec<PathBuf> = folders
        .iter()
        .filter_map(|it| Some(it.join("postgres").canonicalize().ok()?.parent()?.to_owned()))
        .collect();
    folders.extend(linked);
    for (root, inner) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/local/opt", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr", "bin"),
        ("/usr/local", "pgsql/bin"),
    ] {
        folders.extend(versions(Path::new(root)).into_iter().map(|it| it.join(inner)));
    }
    folders
}

/// Folders below `root` that may hold a version of PostgreSQL, the newest first.
fn versions(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    let mut out: Vec<(u32, PathBuf)> = entries
        .flatten()
        .map(|it| it.path())
        .filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            let version = name.trim_start_matches("postgresql@").trim_start_matches("pgsql-");
            Some((version.parse().ok().or((name == "postgresql").then_some(0))?, path))
        })
        .collect();
    out.sort_by(|a, b| b.cmp(a));
    out.into_iter().map(|it| it.1).collect()
}

/// User and group to run as, for PostgreSQL refuses to run as root; `None` when this is not root.
#[cfg(unix)]
fn unprivileged() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|it| it.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse::<u32>);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).or(Some((65534, 65534)))
}

#[cfg(not(unix))]
fn unprivileged() -> Option<(u32, u32)> {
    None
}

fn private_folder(folder: &Path, user: Option<(u32, u32)>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, chown};
        std::fs::DirBuilder::new().mode(0o700).create(folder)?;
        if let Some((uid, gid)) = user {
            chown(folder, Some(uid), Some(gid))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    {
        let _ = user;
        std::fs::create_dir(folder)
    }
}

#[expect(clippy::disallowed_methods, reason = "runs under another user, and outlives the call")]
fn command(program: &Path, folder: &Path, user: Option<(u32, u32)>) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Its own group: an interrupt from the keyboard is for us, and the pipe tells it.
        command.process_group(0);
        if let Some((uid, gid)) = user {
            command.gid(gid).uid(uid);
        }
    }
    command
}

fn initdb(programs: &Programs, folder: &Path, user: Option<(u32, u32)>) -> Result<(), ServerError> {
    let program = &programs.initdb;
    let mut command = command(program, folder, user);
    command.args([
        "--username",
        ADMIN,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    command.arg("--pgdata").arg(folder.join("data"));
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(|source| ServerError::Start { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ServerError::Initdb { program: program.clone(), output })
}

/// Waits for the end of its input, which comes when the process at the other end goes, however it goes.
const GUARD: &str = r#"folder=$1; shift; "$@" & server=$!; cat >/dev/null; kill -QUIT "$server"; wait "$server"; cd /; rm -rf "$folder""#;

fn serve(
    programs: &Programs,
    folder: &Path,
    user: Option<(u32, u32)>,
    more: &[String],
) -> Result<Child, ServerError> {
    let mut command = command(Path::new("/bin/sh"), folder, user);
    command.args(["-c", GUARD, "specwright-postgres"]).arg(folder).arg(&programs.postgres);
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    for setting in [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "shared_buffers=32MB",
        "autovacuum=off",
        "jit=off",
    ] {
        command.args(["-c", setting]);
    }
    // Of two settings of one name the last counts.
    for setting in more {
        command.args(["-c", setting]);
    }
    let spawned = command.stdin(Stdio::piped()).spawn();
    spawned.map_err(|source| ServerError::Start { program: programs.postgres.clone(), source })
}
