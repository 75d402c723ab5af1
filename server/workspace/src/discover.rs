//! Which files are specs, and which of them make up one spec.
//!
//! Walks a workspace folder (ignore files honoured, nothing outside the folder), and joins the
//! parts of sharded specs. Reads texts for the analysis; decides nothing about their content.

mod group;
mod patterns;
mod read;

pub use crate::discover::group::{link_targets, spec_folder};
pub(crate) use crate::discover::patterns::matcher;
pub use crate::discover::patterns::{PatternError, Patterns, STANDARD};
pub use crate::discover::read::{BYTES_MAX, ReadError, SourceText, decode, read_text};

use crate::migrations;
use crate::resources::is_resources;
use model::{AbsPath, RelPath};
use std::fs;
use std::path::Path;

/// What a walk over a workspace folder found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Each spec's files in reading order; specs in order of their first file.
    pub specs: Vec<Vec<RelPath>>,
    /// Migration specs, in order of their names.
    pub migrations: Vec<RelPath>,
    /// The file of declared resources.
    pub resources: Option<RelPath>,
    /// Files that look like specs but are left out.
    pub skipped: Vec<Skipped>,
}

/// A file that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
}

/// Folders that never hold a user's specs.
const NEVER: &[&str] = &[".git", ".hg", ".jj", ".specwright", "node_modules", "target", ".venv"];

/// Finds the specs below `root`.
///
/// `.gitignore` and `.ignore` files hold, hidden folders are walked (`.kiro`), links are followed
/// only to files below `root`.
#[must_use]
pub fn find(root: &AbsPath, patterns: &Patterns) -> Found {
    let mut found = Found::default();
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(root.as_path())
        .hidden(false)
        .require_git(false)
        .filter_entry(|it| it.depth() == 0 || !is_never(it.path()))
        .build();
    for entry in walk.flatten() {
        let Some(path) = AbsPath::new(entry.path()).and_then(|it| it.relative_to(root)) else {
            continue;
        };
        let Some(kind) = entry.file_type() else { continue };
        let is_migration = migrations::is_migration(&path);
        let is_resources = is_resources(&path);
        if kind.is_dir() || !(is_migration || is_resources || patterns.is_spec(&path)) {
            continue;
        }
        if kind.is_symlink() && !stays_below(root, entry.path()) {
            let reason = "is a link to a place outside the workspace".to_owned();
            found.skipped.push(Skipped { path: path.as_str().to_owned(), reason });
            continue;
        }
        if is_resources {
            found.resources = Some(path);
            continue;
        }
        let list = if is_migration { &mut found.migrations } else { &mut files };
        list.push(path);
    }
    files.sort();
    found.migrations.sort();
    found.specs = group::group(files, &|it| exists(root, it), &|it| read_small(root, it));
    found
}

/// The folders below `root`, itself included, in which a spec may appear: those that [`find`] walks,
/// at most `n_max` of them.
#[must_use]
pub fn folders(root: &AbsPath, n_max: usize) -> Vec<AbsPath> {
    let walk = ignore::WalkBuilder::new(root.as_path())
        .hidden(false)
        .require_git(false)
        .filter_entry(|it| it.depth() == 0 || !is_never(it.path()))
        .build();
    let folders = walk.flatten().filter(|it| it.file_type().is_some_and(|it| it.is_dir()));
    folders.filter_map(|it| AbsPath::new(it.path())).take(n_max).collect()
}

/// The files of the spec that `path` belongs to, `path` among them; only its own folder is read.
#[must_use]
pub fn spec_of(root: &AbsPath, path: &RelPath, patterns: &Patterns) -> Vec<RelPath> {
    let read = |it: &RelPath| read_small(root, it);
    let Some(folder) = spec_folder(path, &|it| exists(root, it), &read) else {
        return vec![path.clone()];
    };
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(root.join(&folder).as_path())
        .hidden(false)
        .require_git(false)
        .filter_entry(|it| it.depth() == 0 || !is_never(it.path()))
        .build();
    for entry in walk.flatten().filter(|it| it.file_type().is_some_and(|kind| kind.is_file())) {
        let path = AbsPath::new(entry.path()).and_then(|it| it.relative_to(root));
        files.extend(path.filter(|it| patterns::is_text(it) && !patterns.is_excluded(it)));
    }
    if !files.contains(path) {
        files.push(path.clone());
    }
    files.sort();
    let specs = group::group(files, &|it| exists(root, it), &read);
    specs.into_iter().find(|it| it.contains(path)).unwrap_or_else(|| vec![path.clone()])
}

/// The workspace folder of `path`: the nearest one above it that has a `specwright.toml`,
/// `.specwright` or `.git`; `None` when no folder above has.
#[must_use]
pub fn root_of(path: &AbsPath) -> Option<AbsPath> {
    let marks = ["specwright.toml", ".specwright", ".git"];
    let mut folders = path.as_path().ancestors();
    let folder = folders.find(|folder| marks.iter().any(|mark| folder.join(mark).exists()))?;
    AbsPath::new(folder)
}

fn is_never(path: &Path) -> bool {
    path.file_name().and_then(|it| it.to_str()).is_some_and(|it| NEVER.contains(&it))
}

fn stays_below(root: &AbsPath, path: &Path) -> bool {
    match (fs::canonicalize(root.as_path()), fs::canonicalize(path)) {
        (Ok(root), Ok(target)) => target.starts_with(root) && target.is_file(),
        _ => false,
    }
}

fn exists(root: &AbsPath, path: &RelPath) -> bool {
    root.join(path).as_path().is_file()
}

/// An index is small; a larger one is no list of parts.
fn read_small(root: &AbsPath, path: &RelPath) -> Option<String> {
    let path = root.join(path);
    let len = fs::metadata(path.as_path()).ok()?.len();
    (len <= 1 << 20).then(|| fs::read(path.as_path()).ok()).flatten().map(lossy)
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(files: &[(&str, &str)], expect: Expect) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = fs::canonicalize(folder.path()).expect("it exists");
        for (name, text) in files {
            let path = path.join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let root = AbsPath::new(&path).expect("it is absolute");
        let found = find(&root, &Patterns::standard());
        let mut out = String::new();
        for spec in found.specs {
            let names: Vec<&str> = spec.iter().map(RelPath::as_str).collect();
            out += &format!("{}\n", names.join(" + "));
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn finds_specs_by_name_and_place_and_nothing_else() {
        check(
            &[
                ("PRD.md", ""),
                ("README.md", ""),
                ("docs/guide.md", ""),
                ("docs/product/prd-billing.md", ""),
                ("specs/billing.txt", ""),
                ("specs/shot.png", ""),
                ("node_modules/x/PRD.md", ""),
                (".gitignore", "build/\n"),
                ("build/PRD.md", ""),
                (".taskmaster/docs/prd.txt", ""),
            ],
            expect![[r#"
                .taskmaster/docs/prd.txt
                PRD.md
                docs/product/prd-billing.md
                specs/billing.txt
            "#]],
        );
    }

    #[test]
    fn joins_the_parts_of_a_sharded_spec() {
        check(
            &[
                (".kiro/specs/chat/tasks.md", ""),
                (".kiro/specs/chat/design.md", ""),
                (".kiro/specs/chat/requirements.md", ""),
                (".kiro/specs/pay/requirements.md", ""),
                ("specs/001-albums/contracts/api.md", ""),
                ("specs/001-albums/data-model.md", ""),
                ("specs/001-albums/plan.md", ""),
                ("specs/001-albums/spec.md", ""),
                ("openspec/changes/add-2fa/tasks.md", ""),
                ("openspec/changes/add-2fa/proposal.md", ""),
                ("openspec/changes/add-2fa/specs/auth/spec.md", ""),
                ("openspec/specs/auth/spec.md", ""),
                ("openspec/specs/billing/spec.md", ""),
            ],
            expect![[r#"
                .kiro/specs/chat/requirements.md + .kiro/specs/chat/design.md + .kiro/specs/chat/tasks.md
                .kiro/specs/pay/requirements.md
                openspec/changes/add-2fa/proposal.md + openspec/changes/add-2fa/tasks.md + openspec/changes/add-2fa/specs/auth/spec.md
                openspec/specs/auth/spec.md
                openspec/specs/billing/spec.md
                specs/001-albums/spec.md + specs/001-albums/data-model.md + specs/001-albums/plan.md + specs/001-albums/contracts/api.md
            "#]],
        );
    }

    #[test]
    fn an_index_is_followed_by_the_parts_it_links_in_its_order() {
        check(
            &[
                ("docs/prd/index.md", "- [Two](./b.md#x)\n- [One](a.md)\n- [Out](../../x.md)\n"),
                ("docs/prd/a.md", ""),
                ("docs/prd/b.md", ""),
                ("docs/prd/notes.md", ""),
            ],
            expect![[r#"
                docs/prd/index.md + docs/prd/b.md + docs/prd/a.md
                docs/prd/notes.md
            "#]],
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_workspace_is_not_followed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = fs::canonicalize(folder.path()).expect("it exists");
        fs::write(path.join("secret"), "x").expect("a file");
        let inside = path.join("root");
        fs::create_dir(&inside).expect("a folder");
        std::os::unix::fs::symlink(path.join("secret"), inside.join("PRD.md")).expect("a link");
        let found = find(&AbsPath::new(&inside).expect("absolute"), &Patterns::standard());
        assert_eq!(found.specs, Vec::<Vec<RelPath>>::new());
        assert_eq!(found.skipped[0].path, "PRD.md");
    }
}
