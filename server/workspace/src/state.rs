//! The one writer: which folders are open, which documents an editor shows, with which text.

use crate::discover::{Found, Patterns};
use crate::migrations;
use crate::resources::{is_resources, is_resources_anywhere};
use crate::settings::Settings;
use crate::slot::{Kind, Member, Source, SpecCx, SpecSlot};
use crate::snapshot::{DocumentKey, Snapshot, SpecId};
use model::{AbsPath, RelPath};
use rustc_hash::FxHashMap;
use spec::rules::Levels;
use std::path::Path;
use std::sync::Arc;
use system::{OsSystem, System};
use text::line_index::{self, Encoding, Position};

/// A change of part of a text, as editors send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// `None` replaces everything.
    pub range: Option<(Position, Position)>,
    pub text: String,
}

/// What an edit did to the bytes: `start..end` of the text before it became `len` new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Splice {
    pub start: usize,
    pub end: usize,
    pub len: usize,
}

/// A workspace folder: what its settings say and what was found in it.
#[derive(Debug, Clone)]
pub struct Root {
    pub path: AbsPath,
    pub settings: Arc<Settings>,
    pub found: Found,
}

/// The state that edits change; readers take a [`Snapshot`].
///
/// Nothing here waits: an edit splices a string, and files are read and analysed when a snapshot is
/// asked. Walking a folder ([`crate::discover::find`]) is the caller's, on a thread of its own.
#[derive(Debug)]
pub struct Workspace {
    system: Arc<dyn System>,
    /// Holds for documents outside all roots.
    levels: Arc<Levels>,
    roots: Vec<RootState>,
    state: Snapshot,
    /// What an editor shows of files that are no specs by the settings, which may change.
    others: FxHashMap<DocumentKey, (i32, Arc<str>)>,
    next_id: u32,
}

#[derive(Debug)]
struct RootState {
    root: Root,
    patterns: Patterns,
    levels: Arc<Levels>,
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new(Arc::default())
    }
}

impl Workspace {
    /// Starts without folders; `levels` hold for documents that lie in none.
    #[must_use]
    pub fn new(levels: Arc<Levels>) -> Self {
        Self::with_system(levels, Arc::new(OsSystem::default()))
    }

    #[must_use]
    pub fn with_system(levels: Arc<Levels>, system: Arc<dyn System>) -> Self {
        let (roots, others) = (Vec::new(), FxHashMap::default());
        Self { system, levels, roots, state: Snapshot::default(), others, next_id: 0 }
    }

    /// Adds a folder, or replaces what is known of it: after its settings changed, or files came
    /// and went. What is open stays open.
    pub fn set_root(&mut self, root: Root) {
        // A malformed glob is a problem of the settings, told there; the standard places hold.
        let patterns = root.settings.patterns().unwrap_or_else(|_| Patterns::standard());
        let levels = root.settings.levels();
        self.roots.retain(|it| it.root.path != root.path);
        self.roots.push(RootState { root, patterns, levels });
        // The innermost folder owns a document.
        self.roots.sort_by_key(|it| std::cmp::Reverse(it.root.path.as_path().as_os_str().len()));
        self.rebuild();
    }

    /// Forgets a folder; its open documents stay, on their own.
    pub fn remove_root(&mut self, path: &AbsPath) {
        self.roots.retain(|it| it.root.path != *path);
        self.rebuild();
    }

    #[must_use]
    pub fn roots(&self) -> Vec<&Root> {
        self.roots.iter().map(|it| &it.root).collect()
    }

    /// The settings in force for a document; the defaults outside all folders.
    #[must_use]
    pub fn settings(&self, key: &DocumentKey) -> Arc<Settings> {
        self.root_of(key).map(|(it, _)| Arc::clone(&it.root.settings)).unwrap_or_default()
    }

    /// Starts or replaces a document that an editor shows.
    ///
    /// A file in a folder that is no spec by its settings is kept, but analysed by nobody:
    /// [`Snapshot::spec`] gives `None`.
    pub fn open(&mut self, key: DocumentKey, version: i32, text: Arc<str>) {
        self.state.revision += 1;
        let source = Source::Open { version, text };
        if self.replace(&key, source.clone()) {
            return;
        }
        let (cx, path, kind) = self.place(&key);
        if kind == Some(Kind::Migrations) && self.join(&key, path.as_ref(), &source) {
            return;
        }
        if let Some(kind) = kind {
            self.insert(SpecSlot::new(kind, cx, vec![Member { key, path, source }]));
        } else if let Source::Open { version, text } = source {
            self.others.insert(key, (version, text));
        }
    }

    /// Applies edits in order; each counts positions in the text that the one before it left.
    /// Edits out of range are clamped to the text. `None` when the document is not open, else what
    /// each edit did.
    pub fn edit(
        &mut self,
        key: &DocumentKey,
        version: i32,
        edits: &[TextEdit],
        encoding: Encoding,
    ) -> Option<Vec<Splice>> {
        let other = || self.others.get(key).map(|(_, text)| Arc::clone(text));
        let old = self.state.open_text(key).or_else(other)?;
        let mut text = String::from(&*old);
        let splices = edits.iter().map(|it| apply(&mut text, it, encoding)).collect();
        self.state.revision += 1;
        let text: Arc<str> = text.into();
        if !self.replace(key, Source::Open { version, text: Arc::clone(&text) }) {
            self.others.insert(key.clone(), (version, text));
        }
        Some(splices)
    }

    /// The editor no longer shows it: a file that was found is read from disk again, another is
    /// forgotten.
    pub fn close(&mut self, key: &DocumentKey) {
        self.state.revision += 1;
        self.others.remove(key);
        if self.is_found(key) {
            self.replace(key, Source::Disk { n_changes: 0 });
        } else if let Some(id) = Arc::make_mut(&mut self.state.places).remove(key) {
            let specs = Arc::make_mut(&mut self.state.specs);
            let Some(slot) = specs.remove(&id) else { return };
            let mut others = slot.members().to_vec();
            others.retain(|it| it.key != *key);
            if !others.is_empty() {
                specs.insert(id, Arc::new(slot.with_members(others)));
            }
        }
    }

    /// The file's bytes changed; an open document keeps the editor's text.
    pub fn file_changed(&mut self, path: &AbsPath) {
        let key = DocumentKey::File(path.clone());
        let Some(id) = self.state.places.get(&key) else { return };
        let Some(member) = self.state.specs.get(id).and_then(|it| it.member(&key)) else { return };
        if let Source::Disk { n_changes } = member.source {
            self.state.revision += 1;
            self.replace(&key, Source::Disk { n_changes: n_changes + 1 });
        }
    }

    /// What is true now; later edits do not change it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.state.clone()
    }

    fn replace(&mut self, key: &DocumentKey, source: Source) -> bool {
        let Some(id) = self.state.places.get(key) else { return false };
        let specs = Arc::make_mut(&mut self.state.specs);
        let Some(slot) = specs.get_mut(id) else { return false };
        *slot = Arc::new(slot.with_source(key, source));
        true
    }

    /// Takes a new migration spec into the set of its folder, by its name; `false` when there is none.
    fn join(&mut self, key: &DocumentKey, path: Option<&RelPath>, source: &Source) -> bool {
        let Some(folder) = forge_of(key) else { return false };
        let mut sets = self.state.specs.iter().filter(|(_, it)| it.kind == Kind::Migrations);
        let Some((id, slot)) =
            sets.find(|(_, it)| it.keys().next().and_then(forge_of) == Some(folder))
        else {
            return false;
        };
        let mut members = slot.members().to_vec();
        members.push(Member { key: key.clone(), path: path.cloned(), source: source.clone() });
        // The file of resources comes last.
        members.sort_by_key(|it| (is_resources_key(&it.key), it.key.clone()));
        let (id, slot) = (*id, Arc::new(slot.with_members(members)));
        Arc::make_mut(&mut self.state.places).insert(key.clone(), id);
        Arc::make_mut(&mut self.state.specs).insert(id, slot);
        true
    }

    fn insert(&mut self, slot: SpecSlot) {
        let id = SpecId(self.next_id);
        self.next_id += 1;
        Arc::make_mut(&mut self.state.places).extend(slot.keys().map(|key| (key.clone(), id)));
        Arc::make_mut(&mut self.state.specs).insert(id, Arc::new(slot));
    }

    fn rebuild(&mut self) {
        let others = std::mem::take(&mut self.others).into_iter();
        let others: Vec<_> = others.map(|(key, (version, text))| (key, version, text)).collect();
        let open: Vec<(DocumentKey, i32, Arc<str>)> = self
            .state
            .places
            .keys()
            .filter_map(|key| {
                Some((key.clone(), self.state.version(key)?, self.state.open_text(key)?))
            })
            .collect();
        self.state = Snapshot { revision: self.state.revision + 1, ..Snapshot::default() };
        for slot in self.found_slots() {
            self.insert(slot);
        }
        for (key, version, text) in open.into_iter().chain(others) {
            self.open(key, version, text);
        }
    }

    fn found_slots(&self) -> Vec<SpecSlot> {
        let mut slots = Vec::new();
        for (at, state) in self.roots.iter().enumerate() {
            let found = &state.root.found;
            let specs = found.specs.iter().map(|it| (Kind::Spec, it));
            let set: Vec<RelPath> =
                found.migrations.iter().chain(&found.resources).cloned().collect();
            let sets = std::iter::once((Kind::Migrations, &set));
            for (kind, files) in specs.chain(sets) {
                let members = files.iter().map(|path| Member {
                    key: DocumentKey::File(state.root.path.join(path)),
                    path: Some(path.clone()),
                    source: Source::Disk { n_changes: 0 },
                });
                // A folder inside this one speaks for its own files.
                let inner = &self.roots[..at];
                let members = members.filter(|it| !inner.iter().any(|root| root.holds(&it.key)));
                let members: Vec<Member> = members.collect();
                if !members.is_empty() {
                    slots.push(SpecSlot::new(kind, self.cx_of(Some(state)), members));
                }
            }
        }
        slots
    }

    fn is_found(&self, key: &DocumentKey) -> bool {
        self.root_of(key).is_some_and(|(state, path)| {
            let found = &state.root.found;
            found.specs.iter().any(|files| files.contains(&path))
                || found.migrations.contains(&path)
                || found.resources.as_ref() == Some(&path)
        })
    }

    fn root_of(&self, key: &DocumentKey) -> Option<(&RootState, RelPath)> {
        let DocumentKey::File(path) = key else { return None };
        self.roots.iter().find_map(|it| Some((it, path.relative_to(&it.root.path)?)))
    }

    /// What a document that no walk found is analysed with, its path, and as what; `None` is nothing.
    fn place(&self, key: &DocumentKey) -> (SpecCx, Option<RelPath>, Option<Kind>) {
        if let Some((state, path)) = self.root_of(key) {
            let kind = if migrations::is_migration(&path) || is_resources(&path) {
                Some(Kind::Migrations)
            } else {
                state.patterns.is_spec(&path).then_some(Kind::Spec)
            };
            return (self.cx_of(Some(state)), Some(path), kind);
        }
        let path = match key {
            DocumentKey::File(path) => {
                RelPath::new(path.as_path().to_string_lossy().trim_start_matches('/'))
            }
            DocumentKey::Untitled(_) => None,
        };
        let kind = match &path {
            Some(path) if migrations::is_migration_anywhere(path) => Some(Kind::Migrations),
            Some(path) if is_resources_anywhere(path) => Some(Kind::Migrations),
            Some(path) if migrations::is_yaml(path) => None,
            _ => Some(Kind::Spec),
        };
        (self.cx_of(None), path, kind)
    }

    fn cx_of(&self, state: Option<&RootState>) -> SpecCx {
        SpecCx {
            system: Arc::clone(&self.system),
            settings: state.map(|it| Arc::clone(&it.root.settings)).unwrap_or_default(),
            levels: Arc::clone(state.map_or(&self.levels, |it| &it.levels)),
        }
    }
}

impl RootState {
    fn holds(&self, key: &DocumentKey) -> bool {
        let DocumentKey::File(path) = key else { return false };
        path.relative_to(&self.root.path).is_some()
    }
}

/// The folder `forge` of a migration spec or of the file of resources.
fn forge_of(key: &DocumentKey) -> Option<&Path> {
    let DocumentKey::File(path) = key else { return None };
    let folder = path.as_path().parent()?;
    if is_resources_key(key) { Some(folder) } else { folder.parent() }
}

fn is_resources_key(key: &DocumentKey) -> bool {
    let DocumentKey::File(path) = key else { return false };
    path.as_path().ends_with(forge::FILE)
}

fn apply(text: &mut String, edit: &TextEdit, encoding: Encoding) -> Splice {
    let (start, end) = match edit.range {
        None => (0, text.len()),
        Some((start, end)) => {
            let offset = |it| line_index::offset(text, it, encoding).unwrap_or(text.len());
            (offset(start), offset(end).max(offset(start)))
        }
    };
    text.replace_range(start..end, &edit.text);
    Splice { start, end, len: edit.text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use system::TestSystem;

    fn key(path: &str) -> DocumentKey {
        DocumentKey::File(AbsPath::new(Path::new(path)).expect("it is absolute"))
    }

    /// A workspace `/w` whose one spec has the parts `specs/a.md` and `specs/b.md`.
    fn sharded() -> Workspace {
        let system = TestSystem::new();
        let root = AbsPath::new(Path::new("/w")).expect("it is absolute");
        let parts = ["specs/a.md", "specs/b.md"].map(|it| RelPath::new(it).expect("a path"));
        for path in &parts {
            system.set_file(&root.join(path), format!("# {path}\n").as_bytes());
        }
        let found = Found { specs: vec![parts.to_vec()], ..Found::default() };
        let mut workspace = Workspace::with_system(Arc::default(), Arc::new(system));
        workspace.set_root(Root { path: root, settings: Arc::default(), found });
        workspace
    }

    fn texts(workspace: &Workspace, path: &str) -> Vec<String> {
        let view = workspace.snapshot().spec(&key(path)).expect("it is a spec");
        view.documents.iter().map(|it| it.text.to_string()).collect()
    }

    #[test]
    fn an_open_part_is_analysed_with_the_parts_on_disk() {
        let mut workspace = sharded();
        workspace.open(key("/w/specs/b.md"), 7, "# edited\n".into());
        assert_eq!(texts(&workspace, "/w/specs/a.md"), ["# specs/a.md\n", "# edited\n"]);
        assert_eq!(workspace.snapshot().version(&key("/w/specs/b.md")), Some(7));
        assert_eq!(workspace.snapshot().version(&key("/w/specs/a.md")), None);
    }

    #[test]
    fn a_closed_part_is_read_from_disk_again() {
        let mut workspace = sharded();
        workspace.open(key("/w/specs/b.md"), 7, "# edited\n".into());
        workspace.close(&key("/w/specs/b.md"));
        assert_eq!(texts(&workspace, "/w/specs/a.md")[1], "# specs/b.md\n");
    }

    #[test]
    fn a_file_that_is_no_spec_by_its_path_is_left_alone() {
        let mut workspace = sharded();
        workspace.open(key("/w/README.md"), 1, "Users must log in.\n".into());
        assert!(workspace.snapshot().spec(&key("/w/README.md")).is_none());
        workspace.open(key("/elsewhere/README.md"), 1, "Users must log in.\n".into());
        assert!(workspace.snapshot().spec(&key("/elsewhere/README.md")).is_some());
    }

    #[test]
    fn a_new_layout_keeps_what_is_open() {
        let mut workspace = sharded();
        workspace.open(key("/w/specs/b.md"), 7, "# edited\n".into());
        let mut root = workspace.roots()[0].clone();
        root.found.specs = vec![vec![RelPath::new("specs/b.md").expect("a path")]];
        workspace.set_root(root);
        assert_eq!(texts(&workspace, "/w/specs/b.md"), ["# edited\n"]);
        assert!(workspace.snapshot().spec(&key("/w/specs/a.md")).is_none());
    }

    #[test]
    fn a_file_becomes_a_spec_when_the_settings_say_so() {
        let mut workspace = sharded();
        let readme = key("/w/README.md");
        workspace.open(readme.clone(), 1, "Users must log in.\n".into());
        let at = Position { line: 0, column: 0 };
        let edit = TextEdit { range: Some((at, at)), text: "# A\n".to_owned() };
        assert!(workspace.edit(&readme, 2, &[edit], Encoding::Utf8).is_some());
        let mut root = workspace.roots()[0].clone();
        let specs_include = vec!["README.md".to_owned()];
        root.settings = Arc::new(Settings { specs_include, ..Settings::default() });
        workspace.set_root(root);
        assert_eq!(texts(&workspace, "/w/README.md"), ["# A\nUsers must log in.\n"]);
        assert_eq!(workspace.snapshot().version(&readme), Some(2));
    }

    #[test]
    fn a_scan_keeps_order_and_stops_when_told() {
        let workspace = sharded();
        let snapshot = workspace.snapshot();
        let specs = snapshot.specs();
        let counts = snapshot.scan(&specs, &|_| true, &|it| it.documents.len());
        assert_eq!(counts, [Some(2)]);
        // Each thread ends what it has begun.
        let many = [specs[0]; 1_000];
        let counts = snapshot.scan(&many, &|_| false, &|it| it.documents.len());
        assert_eq!((counts[0], counts[999]), (Some(2), None));
    }
}
