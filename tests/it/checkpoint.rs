//! Checkpoints on the command line: what a run did is undone, and what its user did since is kept.

use crate::cli::Folder;

fn checkpoint(folder: &Folder, label: &str) -> String {
    let made = folder.json_of(&format!("checkpoint create -m {label}"));
    made["checkpoint"]["id"].as_str().expect("a name").to_owned()
}

/// A work tree with one commit and a file that is in none.
fn committed() -> Folder {
    let folder = Folder::new("//- a.txt\none\n");
    folder.git(&["init", "-q"]);
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-qm", "one"]);
    folder.write("untracked.txt", b"beside\n");
    folder
}

#[test]
fn a_checkpoint_is_exported_as_an_ordinary_commit() {
    let folder = committed();
    folder.write("a.txt", b"two\n");
    let id = checkpoint(&folder, "kept");
    let export = ["checkpoint", "export", &id, "--branch", "kept"];
    let ran = folder.run(&export);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("git config user.name"), "{}", ran.stderr);

    folder.git(&["config", "user.name", "a"]);
    folder.git(&["config", "user.email", "a@example.com"]);
    let ran = folder.run(&export);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    folder.git(&["diff", "--quiet", "kept", "--", "a.txt"]);
    folder.git(&["merge-base", "--is-ancestor", "HEAD", "kept"]);
    folder.git(&["cat-file", "-e", "kept:untracked.txt"]);
    let again = folder.run(&export);
    assert!(again.stderr.contains("a name that no branch has"), "{}", again.stderr);
}

#[test]
fn a_pinned_checkpoint_outlives_a_prune() {
    let folder = Folder::new("//- a.txt\none\n");
    let first = checkpoint(&folder, "first");
    assert_eq!(folder.run(&["checkpoint", "pin", &first]).code, 0);
    for n in 0..4 {
        folder.write("a.txt", format!("{n}\n").as_bytes());
        checkpoint(&folder, "later");
    }
    assert_eq!(folder.run(&["checkpoint", "prune", "--quota-mib", "0"]).code, 0);
    let list = folder.json_of("checkpoint list");
    let ids: Vec<&str> = list["checkpoints"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["id"].as_str())
        .collect();
    assert!(ids.len() < 5, "{list}");
    assert!(ids.contains(&first.as_str()), "{list}");
}

#[test]
fn a_forgotten_path_is_in_no_checkpoint_and_no_rollback_touches_it() {
    let folder = Folder::new("//- a.txt\none\n//- secret.txt\nhunter2\n");
    let id = checkpoint(&folder, "first");
    folder.write("a.txt", b"two\n");
    folder.write("secret.txt", b"changed\n");
    let preview = folder.json_of("checkpoint forget secret.txt");
    assert_eq!(preview["done"], false);
    let done = folder.json_of("checkpoint forget secret.txt --yes");
    assert_eq!((&done["done"], &done["n_forgotten"]), (&true.into(), &1.into()), "{done}");
    let preview = folder.json_of(&format!("rollback to {id}"));
    let digest = preview["preview"]["digest"].as_str().expect("a digest");
    assert_eq!(folder.json_of(&format!("rollback to {id} --yes {digest}"))["done"], true);
    assert_eq!(
        (folder.read("a.txt").as_str(), folder.read("secret.txt").as_str()),
        ("one\n", "changed\n")
    );
}

#[test]
fn what_a_run_did_is_undone_under_what_was_edited_since() {
    let lines = |changed: &[(usize, &str)]| -> String {
        let line = |n: usize| changed.iter().find(|it| it.0 == n).map_or("line", |it| it.1);
        (1..=20).map(|n| format!("{} {n}\n", line(n))).collect()
    };
    let folder = Folder::new("");
    folder.write("both.txt", lines(&[]).as_bytes());
    folder.write("theirs.txt", b"before\n");
    folder.write("clash.txt", b"before\n");
    let before = checkpoint(&folder, "before-the-run");
    // The run.
    folder.write("both.txt", lines(&[(3, "run")]).as_bytes());
    folder.write("theirs.txt", b"of the run\n");
    folder.write("clash.txt", b"of the run\n");
    folder.write("new.txt", b"of the run\n");
    let after = checkpoint(&folder, "after-the-run");
    // Its user, since.
    folder.write("both.txt", lines(&[(3, "run"), (17, "own")]).as_bytes());
    folder.write("clash.txt", b"own\n");
    folder.write("own.txt", b"own\n");

    let changes = format!("rollback changes {before} {after}");
    let preview = folder.json_of(&changes);
    assert_eq!(preview["done"], false);
    assert_eq!(folder.read("theirs.txt"), "of the run\n", "a preview changes nothing");
    let digest = preview["preview"]["digest"].as_str().expect("a digest");
    let done = folder.json_of(&format!("{changes} --yes {digest}"));
    assert_eq!(done["done"], true);
    assert_eq!(folder.read("both.txt"), lines(&[(17, "own")]));
    assert_eq!(folder.read("theirs.txt"), "before\n");
    assert_eq!(folder.read("clash.txt"), "own\n");
    assert_eq!(folder.read("own.txt"), "own\n");
    assert!(!folder.root().join("new.txt").exists());
    assert_eq!(done["restored"]["kept"][0]["path"], "clash.txt");

    // And the undoing is undone.
    let preview = folder.json_of("rollback to undo");
    let digest = preview["preview"]["digest"].as_str().expect("a digest");
    assert_eq!(folder.json_of(&format!("rollback to undo --yes {digest}"))["done"], true);
    assert_eq!(folder.read("both.txt"), lines(&[(3, "run"), (17, "own")]));
    assert_eq!(folder.read("new.txt"), "of the run\n");
}

#[test]
fn undoing_what_a_run_did_asks_again_only_when_head_has_moved_since_the_run() {
    let folder = Folder::new("//- a.txt\nbefore\n");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut command = std::process::Command::new("git");
        let ran = command.args(identity).args(arguments).current_dir(folder.root()).output();
        assert!(ran.expect("git is installed").status.success(), "git {arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "one"]);
    let before = checkpoint(&folder, "before");
    folder.write("a.txt", b"of the run\n");
    git(&["commit", "-qam", "of the run"]);
    let after = checkpoint(&folder, "after");
    let changes = format!("rollback changes {before} {after}");
    let preview = folder.json_of(&changes);
    assert_eq!(preview["preview"]["asks_again"], false, "{preview}");
    git(&["commit", "-q", "--allow-empty", "-m", "own"]);
    let preview = folder.json_of(&changes);
    assert_eq!(preview["preview"]["asks_again"], true, "{preview}");
    let agreed = format!("{changes} --yes {}", preview["preview"]["digest"].as_str().expect("one"));
    assert_eq!(folder.json_of(&agreed)["done"], false);
    assert_eq!(folder.read("a.txt"), "of the run\n");
    let list = folder.json_of("checkpoint list");
    assert_eq!(list["checkpoints"].as_array().map(Vec::len), Some(2), "{list}");
    assert_eq!(folder.json_of(&format!("{agreed} --again"))["done"], true);
    assert_eq!(folder.read("a.txt"), "before\n");
}

#[test]
fn more_than_500_files_are_agreed_to_twice() {
    let folder = Folder::new("//- file-0.txt\nbefore\n");
    let write = |n_files: usize, text: &[u8]| {
        (0..n_files).for_each(|n| folder.write(&format!("file-{n}.txt"), text));
    };
    write(501, b"before\n");
    let id = checkpoint(&folder, "before");
    let agreed = |n_changed: usize| {
        write(501, b"before\n");
        write(n_changed, b"after\n");
        let preview = folder.json_of(&format!("rollback to {id}"));
        format!("rollback to {id} --yes {}", preview["preview"]["digest"].as_str().expect("one"))
    };
    assert_eq!(folder.json_of(&agreed(500))["done"], true);
    let agreed = agreed(501);
    assert_eq!(folder.json_of(&agreed)["done"], false);
    assert_eq!(folder.read("file-500.txt"), "after\n");
    let asked = folder.run(&agreed.split(' ').collect::<Vec<_>>());
    assert!(asked.stderr.contains("501 files"), "{}{}", asked.stdout, asked.stderr);
    assert_eq!(folder.json_of(&format!("{agreed} --again"))["done"], true);
    assert_eq!(folder.read("file-500.txt"), "before\n");
}

#[test]
fn a_quota_of_the_settings_is_kept() {
    let folder = Folder::new("//- specwright.toml\n");
    folder.write("a.txt", b"one\n");
    checkpoint(&folder, "first");
    let own = folder.root().parent().expect("it has one").join("home/.config/specwright");
    std::fs::create_dir_all(&own).expect("a folder");
    std::fs::write(own.join("specwright.toml"), "[checkpoint]\nquota-mib = 0\n").expect("written");
    checkpoint(&folder, "second");
    let pruned = folder.json_of("checkpoint prune");
    assert_eq!(pruned["removed"].as_array().map(Vec::len), Some(1), "{pruned}");
    let left = folder.json_of("checkpoint list");
    assert_eq!(left["checkpoints"][0]["label"], "second");
}

#[test]
fn single_files_and_hunks_come_back_also_where_nothing_is_left_of_them() {
    let lines = |first: &str, last: &str| format!("{first}\n{}{last}\n", "line\n".repeat(12));
    let folder = Folder::new("//- gone.txt\ngone\n//- kept.txt\nthen\n");
    folder.write("both.txt", lines("a", "z").as_bytes());
    let id = checkpoint(&folder, "first");
    std::fs::remove_file(folder.root().join("gone.txt")).expect("it is removed");
    folder.write("kept.txt", b"now\n");
    folder.write("both.txt", lines("A", "Z").as_bytes());
    let back = |narrowed: &str| {
        let preview = folder.json_of(&format!("rollback to {id} {narrowed}"));
        let digest = preview["preview"]["digest"].as_str().expect("a digest").to_owned();
        let done = folder.json_of(&format!("rollback to {id} {narrowed} --yes {digest}"));
        assert_eq!(done["done"], true, "{done}");
    };
    back("--paths gone.txt");
    assert_eq!(folder.read("gone.txt"), "gone\n");
    back("--hunks both.txt:2");
    assert_eq!(folder.read("both.txt"), lines("A", "z"));
    assert_eq!(folder.read("kept.txt"), "now\n");
}
