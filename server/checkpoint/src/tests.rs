//! Folders in which checkpoints are made and restored.

use crate::{Capture, CheckpointError, Checkpoints, Kind, Options, Restore, Role, TreePath};
use model::AbsPath;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use system::TestSystem;

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    #[expect(clippy::disallowed_methods, reason = "tests ask git itself")]
    let mut command = Command::new("git");
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_COMMITTER_NAME", "A"),
        ("GIT_COMMITTER_EMAIL", "a@example.com"),
    ] {
        command.env(name, value);
    }
    let output = command.args(arguments).current_dir(folder).output().expect("git is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {error}{text}");
    text
}

pub(crate) fn write(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder");
    fs::write(file, bytes).expect("it is written");
}

/// A folder with checkpoints; the system is one whose ids count.
pub(crate) struct World {
    /// Removed with this value; `None` when somebody else does.
    _folder: Option<tempfile::TempDir>,
    pub(crate) root: PathBuf,
    pub(crate) system: TestSystem,
    databases: Vec<(Role, TreePath)>,
}

pub(crate) const DATABASE: &str = ".specwright/dev.db";

impl World {
    pub(crate) fn plain() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it is there").join("work");
        fs::create_dir(&root).expect("a folder");
        Self { _folder: Some(folder), ..Self::at(&root) }
    }

    /// One that is there already.
    pub(crate) fn at(root: &Path) -> Self {
        let system = TestSystem::new();
        let state = root.parent().expect("it has a parent").join("state");
        system.set_env("XDG_STATE_HOME", &state.to_string_lossy());
        Self { _folder: None, root: root.to_owned(), system, databases: Vec::new() }
    }

    pub(crate) fn git() -> Self {
        let world = Self::plain();
        git(&world.root, &["init", "-q", "-b", "main"]);
        world
    }

    pub(crate) fn with_database(mut self) -> Self {
        self.databases.push((Role::App, TreePath::new(DATABASE.as_bytes()).expect("a path")));
        self
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        write(&self.root, path, bytes);
    }

    pub(crate) fn commit(&self) {
        git(&self.root, &["add", "-A"]);
        git(&self.root, &["commit", "-qm", "state", "--allow-empty"]);
    }

    pub(crate) fn open(&self) -> Checkpoints<'_> {
        self.try_open().expect("it opens")
    }

    pub(crate) fn try_open(&self) -> Result<Checkpoints<'_>, CheckpointError> {
        let root = AbsPath::new(&self.root).expect("it is absolute");
        let options = Options { databases: self.databases.clone(), ..Options::default() };
        Checkpoints::open(&self.system, &root, options)
    }

    pub(crate) fn capture(&self, label: &str) -> String {
        let capture = Capture { kind: Kind::Manual, label, buffers: &[] };
        let captured = self.open().capture(&capture).expect("a checkpoint");
        captured.record.id.to_string()
    }

    /// Goes back; gives the checkpoint that undoes it.
    pub(crate) fn restore(&self, id: &str) -> crate::Restored {
        let mut checkpoints = self.open();
        let target = checkpoints.find(id).expect("it is there");
        checkpoints.restore(&Restore::all(&target)).expect("it is restored")
    }

    /// Everything in the folder outside of `.git` and `.specwright`, with what SQLite holds.
    pub(crate) fn state(&self) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        look(&self.root, &self.root, &mut out);
        for (_, path) in &self.databases {
            out.insert(format!("{path} (rows)"), rows(&path.below(&self.root)));
        }
        out
    }

    pub(crate) fn sql(&self, sql: &str) {
        let file = self.root.join(DATABASE);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        let db = rusqlite::Connection::open(file).expect("it opens");
        db.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(())).expect("a log");
        db.execute_batch(sql).expect("it runs");
    }
}

fn rows(file: &Path) -> String {
    if !file.exists() {
        return String::new();
    }
    let db = rusqlite::Connection::open(file).expect("it opens");
    let mut out = String::new();
    let list = |sql: &str| -> Vec<(String, Option<String>)> {
        let mut read = db.prepare(sql).expect("it is SQL");
        let rows = read.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.map(|it| it.expect("a row")).collect()
    };
    let check: String =
        db.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("a row");
    assert_eq!(check, "ok");
    for (name, sql) in
        list("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    {
        out += &format!("{}\n", sql.unwrap_or_default());
        let columns: Vec<String> =
            list(&format!("SELECT name, type FROM pragma_table_info('{name}')"))
                .into_iter()
                .map(|(name, _)| format!("quote(\"{name}\")"))
                .collect();
        let sql =
            format!("SELECT {}, NULL FROM \"{name}\" ORDER BY 1", columns.join(" || ',' || "));
        out.extend(list(&sql).into_iter().map(|(row, _)| format!("  {row}\n")));
    }
    out
}

fn look(root: &Path, folder: &Path, out: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if name == ".git" || (name == ".specwright" && folder == root) {
            continue;
        }
        let metadata = entry.metadata().expect("it is there");
        let name = path.strip_prefix(root).expect("it is below");
        let name = name.as_os_str().as_encoded_bytes().escape_ascii().to_string();
        let shown = if metadata.is_symlink() {
            format!("link {:?}", fs::read_link(&path).expect("a link"))
        } else if metadata.is_dir() {
            look(root, &path, out);
            "dir".to_owned()
        } else {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = metadata.permissions().mode() & 0o777;
            format!("{mode:o} {}", fs::read(&path).expect("a file").escape_ascii())
        };
        out.insert(name, shown);
    }
}

/// A repository with everything that others fell over, and a database. Gives two checkpoints: of
/// that, and of another state that shares little with it; the folder is then in a third.
pub(crate) fn crooked() -> (World, [String; 2]) {
    crooked_in(World::git(), true)
}

/// The same before the first commit, where nothing can be merged and no submodule be had.
pub(crate) fn crooked_unborn() -> (World, [String; 2]) {
    crooked_in(World::git(), false)
}

/// The same in a worktree. The repository that it is linked to has to outlive it.
pub(crate) fn crooked_worktree(main: &World) -> (World, [String; 2]) {
    main.write("a.txt", "zero\n");
    main.commit();
    let work = main.root.with_file_name("linked");
    git(&main.root, &["worktree", "add", "-q", "-b", "linked", &work.to_string_lossy()]);
    crooked_in(World::at(&work), true)
}

fn crooked_in(world: World, has_commits: bool) -> (World, [String; 2]) {
    let world = world.with_database();
    let root = &world.root;
    world.write(".gitignore", "ignored/\n*.log\n");
    world.write(
        ".gitattributes",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n*.crlf text eol=crlf\n",
    );
    world.write("\u{fc}n\u{ef}.txt", "one\ntwo\nthree\n");
    world.write("dos.crlf", "one\r\ntwo\r\nmixed\n");
    world.write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n");
    world.write("run.sh", "#!/bin/sh\n");
    world.write("ren/old.txt", "renamed\n");
    world.write("swap", "a file\n");
    world.write("pair/in.txt", "a folder\n");
    world.write("same/kept.txt", "never changed\n");
    set_mode(root, "run.sh", 0o755);
    let link = |target: &str, path: &str| {
        std::os::unix::fs::symlink(target, root.join(path)).expect("a link");
    };
    link("run.sh", "link");
    link("no/where", "dangling");
    if has_commits {
        world.commit();
        submodule(&world);
        conflict(&world);
    } else {
        world.write("clash.txt", "staged\n");
        git(root, &["add", "-A"]);
    }
    world.write("hidden/\u{e9}.txt", "untracked\n");
    world.write("ignored/secret.txt", "never ours\n");
    world.write("trace.log", "never ours\n");
    world.write(".env", "KEY=never ours\n");
    world.write("later.txt", "intended\n");
    git(root, &["add", "-N", "later.txt"]);
    world.write("nested/inside.txt", "of another repository\n");
    git(&root.join("nested"), &["init", "-q"]);
    fs::create_dir_all(root.join("empty/deep")).expect("a folder");
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"odd-\xff.txt");
    fs::write(root.join(odd), "no text in its name").expect("it is written");
    link("hidden", "to-folder");
    world.sql(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t (x) VALUES ('a'), ('b')",
    );
    let first = world.capture("first");

    let remove = |path: &str| fs::remove_file(root.join(path)).expect("it is there");
    world.write("\u{fc}n\u{ef}.txt", "one\nTWO\nthree\n");
    world.write("dos.crlf", "one\r\nother\r\n");
    world.write("big.bin", [0, 1, 2, 3]);
    set_mode(root, "run.sh", 0o644);
    fs::create_dir(root.join("moved")).expect("a folder");
    fs::rename(root.join("ren/old.txt"), root.join("moved/new.txt")).expect("it is renamed");
    fs::remove_dir(root.join("ren")).expect("it is empty");
    remove("swap");
    world.write("swap/now/a/folder.txt", "a folder now\n");
    fs::remove_dir_all(root.join("pair")).expect("it is removed");
    world.write("pair", "a file now\n");
    remove("link");
    link("swap", "link");
    remove("dangling");
    world.write("dangling", "a file now\n");
    remove("to-folder");
    world.write("to-folder/x", "a folder now\n");
    fs::remove_dir_all(root.join("empty")).expect("it is removed");
    world.write("nested/inside.txt", "changed\n");
    world.write("nested/more/x.txt", "more\n");
    world.write("sub/file.txt", "changed in the submodule\n");
    world.write("later.txt", "changed\n");
    remove("clash.txt");
    world.sql("ALTER TABLE t ADD COLUMN y; INSERT INTO t (x, y) VALUES ('c', 1); CREATE TABLE u (z); INSERT INTO u VALUES (randomblob(9000))");
    let second = world.capture("second");

    fs::create_dir_all(root.join("empty/deep")).expect("a folder");
    world.write("third.txt", "third\n");
    remove("pair");
    world.write("hidden/\u{e9}.txt", "third\n");
    world.sql("DELETE FROM t; DROP TABLE u");
    (world, [first, second])
}

fn set_mode(root: &Path, path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::Permissions::from_mode(mode);
    fs::set_permissions(root.join(path), mode).expect("it is set");
}

fn submodule(world: &World) {
    let other = world.root.with_file_name("library");
    fs::create_dir(&other).expect("a folder");
    git(&other, &["init", "-q", "-b", "main"]);
    write(&other, "file.txt", "of the library\n");
    git(&other, &["add", "-A"]);
    git(&other, &["commit", "-qm", "library"]);
    let url = other.to_string_lossy().into_owned();
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "sub"];
    git(&world.root, &add);
    git(&world.root, &["commit", "-qm", "submodule"]);
}

/// Leaves a merge in the middle.
fn conflict(world: &World) {
    world.write("clash.txt", "base\n");
    world.commit();
    git(&world.root, &["checkout", "-qb", "other"]);
    world.write("clash.txt", "theirs\n");
    world.commit();
    git(&world.root, &["checkout", "-q", "-"]);
    world.write("clash.txt", "ours\n");
    world.commit();
    #[expect(clippy::disallowed_methods, reason = "a merge that fails is what is wanted")]
    let merged =
        Command::new("git").args(["merge", "-q", "other"]).current_dir(&world.root).output();
    assert!(!merged.expect("git runs").status.success());
}

/// Every file below a folder of git's, apart from what is ours: none of them may change.
pub(crate) fn kept_by_git(folder: &Path) -> BTreeMap<String, String> {
    fn below(top: &Path, folder: &Path, out: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.strip_prefix(top).expect("it is below");
            if name == Path::new("specwright") || name == Path::new("refs/specwright") {
                continue;
            }
            if entry.file_type().expect("it is there").is_dir() {
                below(top, &path, out);
            } else {
                let hash = blake3::hash(&fs::read(&path).expect("a file"));
                out.insert(name.to_string_lossy().into_owned(), hash.to_string());
            }
        }
    }
    let mut out = BTreeMap::new();
    below(folder, folder, &mut out);
    out
}

/// What git shows of a repository, and must show unchanged.
pub(crate) fn shown_by_git(root: &Path) -> String {
    let refs = git(root, &["for-each-ref"]);
    let refs = refs.lines().filter(|it| !it.contains(crate::PINS)).collect::<Vec<_>>().join("\n");
    let index =
        fs::read(root.join(".git/index")).map_or(String::new(), |it| blake3::hash(&it).to_string());
    let rest = [
        &["stash", "list"][..],
        &["rev-parse", "HEAD"],
        &["symbolic-ref", "HEAD"],
        &["reflog", "--all"],
        &["fsck", "--no-dangling"],
        &["ls-files", "-s"],
    ];
    let rest: Vec<String> = rest.iter().map(|it| git(root, it)).collect();
    format!("{refs}\n{index}\n{}", rest.join("\n"))
}

#[test]
fn a_checkpoint_brings_back_tracked_and_untracked_files() {
    let world = World::git();
    world.write("a.txt", "one\n");
    world.write("sub/b.txt", "two\n");
    world.commit();
    world.write("a.txt", "changed\n");
    world.write("new.txt", "untracked\n");
    let (id, then) = (world.capture("first"), world.state());

    world.write("a.txt", "later\n");
    fs::remove_dir_all(world.root.join("sub")).expect("it is removed");
    fs::remove_file(world.root.join("new.txt")).expect("it is removed");
    world.write("other/c.txt", "later\n");
    let now = world.state();

    let restored = world.restore(&id);
    assert_eq!(world.state(), then);
    let before = restored.before.expect("a checkpoint before");
    world.restore(before.id.as_str());
    assert_eq!(world.state(), now);
}

#[test]
fn everything_crooked_comes_back_and_git_sees_nothing_of_it() {
    let (world, [first, second]) = crooked();
    let (third, git_before) = (world.state(), shown_by_git(&world.root));
    let undo = world.restore(&second).before.expect("a checkpoint before");
    let at_second = world.state();
    world.restore(&first);
    let at_first = world.state();
    assert!(at_first.contains_key("empty/deep") && !at_second.contains_key("empty"));
    assert_eq!(at_first["to-folder"], "link \"hidden\"");
    assert_eq!(at_second["to-folder"], "dir");
    assert_eq!(at_first["dos.crlf"], "644 one\\r\\ntwo\\r\\nmixed\\n");
    assert_eq!(at_second["big.bin"], "644 \\x00\\x01\\x02\\x03");
    assert_eq!(at_first["run.sh"], "755 #!/bin/sh\\n");
    assert_eq!(at_first["clash.txt"], third_of(&world, "clash.txt"));
    for untouched in ["ignored/secret.txt", "trace.log", ".env"] {
        assert_eq!(at_first[untouched], third[untouched]);
    }
    world.restore(undo.id.as_str());
    assert_eq!(world.state(), third);
    assert_eq!(shown_by_git(&world.root), git_before);
}

fn third_of(world: &World, path: &str) -> String {
    world.state().get(path).cloned().unwrap_or_default()
}

#[test]
fn nothing_private_goes_out_with_a_mirror_and_a_collection_takes_nothing() {
    let world = World::git();
    world.write("a.txt", "one\n");
    world.commit();
    world.write("a.txt", "two\n");
    world.commit();
    world.write("private.txt", "never pushed\n");
    let (id, then) = (world.capture("first"), world.state());
    // The commit that the checkpoint lies over is rewritten and collected.
    git(&world.root, &["reset", "-q", "--hard", "HEAD~1"]);
    git(&world.root, &["reflog", "expire", "--expire=now", "--all"]);
    git(&world.root, &["gc", "-q", "--prune=now"]);
    world.restore(&id);
    assert_eq!(world.state(), then);

    let mirror = world.root.with_file_name("mirror");
    git(&world.root, &["init", "-q", "--bare", &mirror.to_string_lossy()]);
    git(&world.root, &["push", "-q", "--mirror", &mirror.to_string_lossy()]);
    let all = git(&mirror, &["log", "--all", "--name-only", "--format="]);
    assert_eq!(all.split_whitespace().collect::<std::collections::BTreeSet<_>>().len(), 1, "{all}");
}
