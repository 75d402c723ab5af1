//! What is known to be secret here: of the environment, of files such as `.env`, and of what the
//! workspace declares.

use super::super::{CommandCx, store};
use model::AbsPath;
use proof::Redactor;
use std::collections::BTreeSet;

/// A larger file of variables is told to be unread: 1 MiB.
const BYTES_MAX: u64 = 1 << 20;
/// How deep below the workspace folder files of variables are looked for.
const DEPTH_MAX: usize = 6;
/// How many files and folders are looked at.
const N_ENTRIES_MAX: usize = 200_000;
/// Folders of others, whose files are no secrets of this workspace.
const FOREIGN: [&str; 8] =
    [".git", "node_modules", "target", ".venv", "venv", "vendor", ".specwright", "dist"];
/// Endings of files that show how a file of variables is written.
const EXAMPLES: [&str; 5] = [".example", ".sample", ".template", ".dist", ".defaults"];

/// What knows the secrets of this place, and what could not be looked at.
pub(crate) struct Found {
    pub(crate) redactor: Redactor,
    pub(crate) problems: Vec<String>,
}

/// Reads everything that tells of secrets. The values go nowhere but into the redactor.
pub(crate) fn redactor(cx: &CommandCx<'_>) -> Found {
    let named = declared(cx);
    let mut values = proof::of_environment(&cx.system.env_all(), &named);
    let mut problems = Vec::new();
    if let Ok(root) = store::root(cx) {
        for path in files(root, &mut problems) {
            match cx.system.read(&path, BYTES_MAX) {
                Ok(bytes) => {
                    values.extend(proof::of_file(&String::from_utf8_lossy(&bytes), &named));
                }
                Err(error) => {
                    problems.push(format!("`{}` cannot be read: {error}", name(root, &path)));
                }
            }
        }
        if cx.system.exists(&store::below(root, ".specwright/vault.db")) {
            problems.push(
                "`.specwright/vault.db` is there, and this version does not open it".to_owned(),
            );
        }
    }
    Found { redactor: Redactor::new(&values, folders(cx)), problems }
}

/// The secrets that `forge.yaml` declares, by name.
fn declared(cx: &CommandCx<'_>) -> BTreeSet<String> {
    let Ok(root) = store::root(cx) else { return BTreeSet::new() };
    let file = store::below(root, forge::FILE);
    let Ok(text) = crate::discover::read_text(cx.system, &file) else { return BTreeSet::new() };
    forge::read(&text.text).resources.secrets.into_keys().collect()
}

/// `.env` and its kin, tracked by git or not.
fn files(root: &AbsPath, problems: &mut Vec<String>) -> Vec<AbsPath> {
    let is_own = |name: &str| !FOREIGN.contains(&name);
    let walk = ignore::WalkBuilder::new(root.as_path())
        .standard_filters(false)
        .max_depth(Some(DEPTH_MAX))
        .filter_entry(move |it| it.depth() == 0 || is_own(&it.file_name().to_string_lossy()))
        .build();
    let mut out = Vec::new();
    for (n_seen, entry) in walk.enumerate() {
        if n_seen == N_ENTRIES_MAX {
            problems.push(format!(
                "more than {N_ENTRIES_MAX} files: not all were looked at for `.env`"
            ));
            break;
        }
        let entry = match entry {
            Ok(it) => it,
            Err(error) => {
                problems.push(format!("look for `.env`: {error}"));
                continue;
            }
        };
        // A pipe of that name would be read for ever.
        let is_named = holds_variables(&entry.file_name().to_string_lossy());
        if is_named && entry.path().is_file() {
            out.extend(AbsPath::new(entry.path()));
        }
    }
    out
}

fn holds_variables(name: &str) -> bool {
    let is_env = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
    (is_env || name == ".envrc") && !EXAMPLES.iter().any(|it| name.ends_with(it))
}

fn name(root: &AbsPath, path: &AbsPath) -> String {
    path.relative_to(root).map_or_else(|| path.to_string(), |it| it.as_str().to_owned())
}

/// Folders that tell of this machine and its user.
fn folders(cx: &CommandCx<'_>) -> Vec<(String, &'static str)> {
    let mut out = Vec::new();
    out.extend(cx.root.as_ref().map(|it| (it.to_string(), ".")));
    let home = ["HOME", "USERPROFILE"].iter().find_map(|it| cx.system.env(it));
    out.extend(home.map(|it| (it.trim_end_matches(['/', '\\']).to_owned(), "~")));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_variables_are_known_by_their_names() {
        for name in [".env", ".env.local", "prod.env", ".envrc"] {
            assert!(holds_variables(name), "{name}");
        }
        for name in [".env.example", "environment.md", "env", ".env.sample", "PRD.md"] {
            assert!(!holds_variables(name), "{name}");
        }
    }
}
