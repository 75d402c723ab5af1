//! A throw-away PostgreSQL for the tests of policies; they skip it, visibly, where there is none.

use ::postgres::{Client, Config, NoTls};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where packages put the programs, newest first.
const FOLDERS: [&str; 6] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/local/bin",
    "/usr/bin",
];

/// Ends with the test.
pub(crate) struct Server {
    /// Connected as a superuser; there is also a role `app` without rights.
    pub(crate) client: Client,
    folder: PathBuf,
    programs: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        run(&self.programs, "pg_ctl", &["stop", "-m", "immediate", "-D", &data.to_string_lossy()]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A server that orders text by the rules of a language, unlike SQLite.
pub(crate) fn start() -> Option<Server> {
    let programs = FOLDERS.iter().map(PathBuf::from).find(|it| it.join("initdb").is_file());
    let Some(programs) = programs else {
        println!("skipped: PostgreSQL is not installed");
        return None;
    };
    let folder = tempfile::Builder::new().prefix("policy").tempdir().expect("a folder").keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("it is ours");
    if let Some((user, group)) = unprivileged() {
        chown(&folder, Some(user), Some(group)).expect("root may give it away");
    }
    let data = folder.join("data").to_string_lossy().into_owned();
    let of_language = ["--locale-provider=icu", "--icu-locale=en-US"];
    let plain = ["-D", &data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-sync"];
    let made = run(&programs, "initdb", &[&plain[..], &of_language].concat())
        || run(&programs, "initdb", &[&plain[..], &["--locale=C"]].concat());
    assert!(made, "initdb in {data}");
    let socket = folder.to_string_lossy().into_owned();
    let options = format!("-c listen_addresses='' -c fsync=off -k {socket}");
    let log = folder.join("log").to_string_lossy().into_owned();
    assert!(run(&programs, "pg_ctl", &["start", "-w", "-D", &data, "-l", &log, "-o", &options]));
    let mut config = Config::new();
    config.host_path(&folder).user("admin").dbname("postgres");
    config.connect_timeout(Duration::from_secs(10));
    let mut client = config.connect(NoTls).expect("it was started");
    client.batch_execute("create role app nologin").expect("a superuser");
    Some(Server { client, folder, programs })
}

#[expect(clippy::disallowed_methods, reason = "a test starts a server")]
fn run(programs: &Path, name: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(programs.join(name));
    command.args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null());
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command.status().is_ok_and(|it| it.success())
}

/// User and group of `nobody` where the test runs as root, as which PostgreSQL does not run.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| {
        use std::os::unix::fs::MetadataExt as _;
        it.uid() == 0
    });
    is_root.then_some((65_534, 65_534))
}
