//! The real `specwright` binary, for tests that start it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary, built once in the profile of the running tests.
///
/// `cargo test` builds a binary only for the tests of its own package, so it is built here. The
/// whole workspace is named, because a build of one package alone would choose other features of
/// shared dependencies and compile them again. `SPECWRIGHT_BIN` names a binary to test instead.
///
/// # Panics
/// The build fails.
pub fn specwright() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Ok(named) = std::env::var("SPECWRIGHT_BIN") {
            return PathBuf::from(named);
        }
        let deps = std::env::current_exe().expect("a test knows where it runs");
        let profile = deps.ancestors().nth(2).expect("tests run in target/PROFILE/deps");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--workspace", "--bin", "specwright"]);
        cargo.current_dir(root()).env("CARGO_TARGET_DIR", profile.parent().expect("target"));
        // What cargo tells a test of its package makes build scripts run again, and all that stands
        // on them be compiled again.
        let of_package =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        let told = std::env::vars_os().map(|(name, _)| name);
        for name in told.filter(|it| it.to_str().is_some_and(of_package)) {
            cargo.env_remove(name);
        }
        match profile.file_name().and_then(|it| it.to_str()) {
            Some("debug") | None => {}
            Some(name) => drop(cargo.args(["--profile", name])),
        }
        let status = cargo.status().expect("cargo starts");
        assert!(status.success(), "the binary does not build");
        profile.join("specwright").with_extension(std::env::consts::EXE_EXTENSION)
    })
}

/// The folder of the repository.
///
/// # Panics
/// The tests' package has no parent folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the workspace")
}
