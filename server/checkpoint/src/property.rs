//! What was promised stays reachable, whatever is done in between.

use crate::tests::World;
use crate::{Kind, Restored, Retention};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;

/// Something that a user or this program does.
#[derive(Debug, Clone)]
enum Act {
    Write(usize, u8),
    Remove(usize),
    Executable(usize, bool),
    Link(usize, usize),
    Folder(usize),
    Row(u8),
    Schema,
    Commit,
    Checkpoint,
    /// To the n-th of those that are listed.
    Restore(usize),
    Undo,
    Prune,
}

/// A file's name is also a folder's: what was one becomes the other.
const PATHS: [&str; 6] = ["a", "b.txt", "d", "d/c", "d/e/f", "\u{fc}/g.txt"];

fn act() -> impl Strategy<Value = Act> {
    let path = || 0..PATHS.len();
    prop_oneof![
        6 => (path(), 0u8..4).prop_map(|(path, it)| Act::Write(path, it)),
        3 => path().prop_map(Act::Remove),
        1 => (path(), any::<bool>()).prop_map(|(path, it)| Act::Executable(path, it)),
        1 => (path(), path()).prop_map(|(path, to)| Act::Link(path, to)),
        1 => path().prop_map(Act::Folder),
        2 => (0u8..4).prop_map(Act::Row),
        1 => Just(Act::Schema),
        1 => Just(Act::Commit),
        4 => Just(Act::Checkpoint),
        4 => (0usize..8).prop_map(Act::Restore),
        2 => Just(Act::Undo),
        1 => Just(Act::Prune),
    ]
}

type State = BTreeMap<String, String>;

/// A folder, and what each checkpoint of it has promised.
struct Model {
    world: World,
    promised: BTreeMap<String, State>,
    n_columns: usize,
}

impl Model {
    fn new() -> Self {
        let world = World::git().with_database();
        world.write(".gitignore", "ignored\n");
        world.write("ignored", "never ours\n");
        world.commit();
        world.sql("CREATE TABLE t (x)");
        Self { world, promised: BTreeMap::new(), n_columns: 0 }
    }

    fn run(&mut self, act: &Act) {
        let root = &self.world.root;
        match act {
            Act::Write(path, it) => {
                self.clear(PATHS[*path]);
                self.world.write(PATHS[*path], format!("{it}\n").repeat(usize::from(*it) + 1));
            }
            Act::Remove(path) => self.clear(PATHS[*path]),
            Act::Executable(path, is_on) => {
                use std::os::unix::fs::PermissionsExt as _;
                let file = root.join(PATHS[*path]);
                if fs::symlink_metadata(&file).is_ok_and(|it| it.is_file()) {
                    let mode = fs::Permissions::from_mode(if *is_on { 0o755 } else { 0o644 });
                    fs::set_permissions(&file, mode).expect("it is set");
                }
            }
            Act::Link(path, to) => {
                self.clear(PATHS[*path]);
                let file = root.join(PATHS[*path]);
                fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
                std::os::unix::fs::symlink(PATHS[*to], file).expect("a link");
            }
            Act::Folder(path) => {
                self.clear(PATHS[*path]);
                fs::create_dir_all(root.join(PATHS[*path])).expect("a folder");
            }
            Act::Row(it) => self.world.sql(&format!("INSERT INTO t (x) VALUES ({it})")),
            Act::Schema => {
                self.n_columns += 1;
                self.world.sql(&format!("CREATE TABLE IF NOT EXISTS u{} (y)", self.n_columns));
            }
            Act::Commit => self.world.commit(),
            Act::Checkpoint => {
                let id = self.world.capture("asked for");
                self.promised.insert(id, self.world.state());
            }
            Act::Restore(nth) => {
                let all = self.world.open().list().expect("it is read");
                if !all.is_empty() {
                    self.restore(all[nth % all.len()].id.as_str());
                }
            }
            Act::Undo => {
                let all = self.world.open().list().expect("it is read");
                if let Some(it) = all.iter().find(|it| it.kind == Kind::BeforeRollback) {
                    self.restore(it.id.as_str());
                }
            }
            Act::Prune => {
                self.world.open().prune(&Retention::default()).expect("it is pruned");
            }
        }
    }

    /// Removes what is at a path, and a file or link that stands where its folders go.
    fn clear(&self, path: &str) {
        let mut at = self.world.root.clone();
        let parts: Vec<&str> = path.split('/').collect();
        for (index, part) in parts.iter().enumerate() {
            at.push(part);
            let Ok(found) = fs::symlink_metadata(&at) else { return };
            match (found.is_dir(), index + 1 == parts.len()) {
                (true, true) => fs::remove_dir_all(&at).expect("it is removed"),
                (false, _) => fs::remove_file(&at).expect("it is removed"),
                (true, false) => {}
            }
        }
    }

    /// Goes back, and holds both ends to what was promised.
    fn restore(&mut self, id: &str) {
        let before = self.world.state();
        let restored: Restored = self.world.restore(id);
        let now = self.world.state();
        assert_eq!(now, self.promised[id], "{id} does not give what it promised");
        assert_eq!(now["ignored"], before["ignored"]);
        match restored.before {
            Some(it) => drop(self.promised.insert(it.id.to_string(), before)),
            None => assert_eq!(now, before, "something changed without a checkpoint before"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_sequence_keeps_every_promised_state_reachable(acts in prop::collection::vec(act(), 1..16)) {
        let mut model = Model::new();
        for it in &acts {
            model.run(it);
        }
        for it in model.world.open().list().expect("it is read") {
            model.restore(it.id.as_str());
        }
        let asked_for = model.promised.len();
        prop_assert!(model.world.open().list().expect("it is read").len() <= asked_for);
    }
}
