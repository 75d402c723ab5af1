//! The catalog under the real binary: killed while it records, used by several at once.

use catalog::Catalog;
use model::AbsPath;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use system::TestSystem;

#[expect(clippy::disallowed_methods, reason = "a test starts the program")]
fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(tests::binary::specwright());
    command.args(arguments).current_dir(folder).env("HOME", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

fn write_specs(folder: &Path, round: u64) {
    fs::create_dir_all(folder.join("specs")).expect("a folder");
    for n in 0..20 {
        let text =
            format!("# Spec\n\n## Data model\n\n### things_{round}\n\n- id: uuid\n- n{n}: text\n");
        fs::write(folder.join(format!("specs/{n}.md")), text).expect("a file");
    }
}

/// The chain holds, and its entries are the recorded snapshots; gives how many.
fn check_sound(folder: &Path) -> u32 {
    let path = AbsPath::new(&folder.join(".specwright/catalog.db")).expect("it is absolute");
    if !path.as_path().exists() {
        return 0;
    }
    let catalog = Catalog::open(&path, Arc::new(TestSystem::new()), "test").expect("it opens");
    let n_entries = catalog.verify().expect("it is read").expect("the chain holds");
    let (n_snapshots, _) = catalog.counts().expect("they are read");
    assert_eq!(i64::from(n_snapshots), n_entries);
    n_snapshots
}

#[test]
fn the_program_can_be_killed_at_any_moment() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = fs::canonicalize(dir.path()).expect("it exists");
    for round in 0..15 {
        write_specs(&folder, round);
        let mut child = start(&folder, &["init"]);
        std::thread::sleep(Duration::from_millis(2 + round * 4));
        // It may be done already, which is a moment too.
        let _ = child.kill();
        child.wait().expect("it ended");
        check_sound(&folder);
    }
    write_specs(&folder, 99);
    assert!(start(&folder, &["record"]).wait().expect("it ended").success());
    assert!(check_sound(&folder) >= 20);
}

#[test]
fn programs_that_record_at_once_agree() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = fs::canonicalize(dir.path()).expect("it exists");
    write_specs(&folder, 0);
    let children: Vec<Child> = (0..4).map(|_| start(&folder, &["record"])).collect();
    for mut child in children {
        assert!(child.wait().expect("it ended").success());
    }
    // Each spec was recorded by one of them, and found unchanged by the others.
    assert_eq!(check_sound(&folder), 20);
}
