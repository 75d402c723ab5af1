//! A server of its own that speaks TLS with a certificate made here. Skipped, with a word, without
//! PostgreSQL or `openssl`.

use crate::postgres::dump::Dumper;
use crate::postgres::server::{Server, ServerError};
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use system::OsSystem;

/// Two authorities, and a certificate that the first gave to `localhost`.
struct Certificates(tempfile::TempDir);

impl Certificates {
    fn make() -> Option<Self> {
        let it = Self(tempfile::tempdir().expect("a folder"));
        let file = |name: &str| it.path(name).display().to_string();
        for name in ["ca", "other"] {
            let (key, out) = (file(&format!("{name}.key")), file(&format!("{name}.pem")));
            let subject = format!("/CN={name}");
            openssl(&[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                &subject,
                "-keyout",
                &key,
                "-out",
                &out,
                "-addext",
                "keyUsage=critical,keyCertSign",
            ])?;
        }
        let (request, extensions) = (file("server.csr"), file("server.ext"));
        fs::write(&extensions, "subjectAltName=DNS:localhost\n").expect("it is written");
        openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            &file("server.key"),
            "-out",
            &request,
        ])?;
        openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &file("ca.pem"),
            "-CAkey",
            &file("ca.key"),
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &extensions,
            "-out",
            &file("server.pem"),
        ])?;
        Some(it)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts what the server needs where it alone can read it.
    fn settings(
        &self,
        folder: &Path,
        user: Option<(u32, u32)>,
        port: u16,
    ) -> io::Result<Vec<String>> {
        let mut out = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "ssl=on".to_owned(),
        ];
        for (setting, name) in [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")] {
            let to = folder.join(name);
            fs::copy(self.path(name), &to)?;
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?;
            if let Some((uid, gid)) = user {
                chown(&to, Some(uid), Some(gid))?;
            }
            out.push(format!("{setting}={}", to.display()));
        }
        Ok(out)
    }
}

#[expect(clippy::disallowed_methods, reason = "a test makes its own certificates")]
fn openssl(arguments: &[&str]) -> Option<()> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
    match command.output() {
        Ok(it) if it.status.success() => Some(()),
        Ok(it) => panic!("openssl {arguments:?}: {}", String::from_utf8_lossy(&it.stderr)),
        Err(error) => {
            eprintln!("skipped: openssl: {error}");
            None
        }
    }
}

/// Whether a connection is made, and then whether it is encrypted.
fn connected(url: &str) -> Result<bool, ServerError> {
    let mut client = Server::at(url)?.connect(None)?;
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    Ok(client.query_one(sql, &[]).map_err(ServerError::Connect)?.get(0))
}

#[test]
fn a_server_proves_who_it_is_before_anything_is_said() {
    let Some(certificates) = Certificates::make() else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let settings = |folder: &Path, user| certificates.settings(folder, user, port);
    let server = match Server::start_with(&OsSystem::default(), &settings) {
        Ok(it) => it,
        Err(ServerError::NotInstalled) => {
            eprintln!("skipped: PostgreSQL is not installed");
            return;
        }
        Err(error) => panic!("{error:?}"),
    };
    let url = |host: &str, mode: &str, authority: &str| {
        let path = certificates.path(authority).display().to_string().replace('/', "%2F");
        format!("postgresql://specwright@{host}:{port}/postgres?sslmode={mode}&sslrootcert={path}")
    };
    let ok = |url: &str| connected(url).unwrap_or_else(|it| panic!("{url}: {it:?}"));
    let refused = |url: &str| connected(url).is_err();
    assert!(ok(&url("localhost", "verify-full", "ca.pem")));
    assert!(ok(&url("127.0.0.1", "verify-ca", "ca.pem")), "any name of that authority");
    assert!(refused(&url("127.0.0.1", "verify-full", "ca.pem")), "another name");
    assert!(refused(&url("localhost", "verify-full", "other.pem")), "another authority");
    assert!(refused(&url("localhost", "verify-ca", "other.pem")), "another authority");
    assert!(refused(&url("localhost", "verify-full", "server.key")), "no certificate");
    assert!(refused(&format!(
        "postgresql://specwright@localhost:{port}/postgres?sslmode=verify-full"
    )));
    assert!(ok(&format!("postgresql://specwright@localhost:{port}/postgres")), "preferred here");
    assert!(!ok(&format!("postgresql://specwright@localhost:{port}/postgres?sslmode=disable")));

    let major = server.major().expect("it answers");
    let dumper = Dumper::find(&OsSystem::default(), major).expect("it comes with the server");
    let dumped = |url: &str, name: &str| {
        let target = Server::at(url).expect("a URL");
        dumper.dump(&target, &certificates.path(name))
    };
    dumped(&url("localhost", "verify-full", "ca.pem"), "good.dump").expect("it is dumped");
    dumped(&url("localhost", "verify-full", "other.pem"), "bad.dump").expect_err("it is refused");
}
