use model::RelPath;
use std::collections::BTreeMap;

/// Joins files that make up one spec; each group is in reading order.
pub(super) fn group(
    files: Vec<RelPath>,
    exists: &dyn Fn(&RelPath) -> bool,
    read: &dyn Fn(&RelPath) -> Option<String>,
) -> Vec<Vec<RelPath>> {
    let mut alone = Vec::new();
    let mut folders: BTreeMap<RelPath, Vec<RelPath>> = BTreeMap::new();
    for file in files {
        match spec_folder(&file, exists, read) {
            Some(folder) => folders.entry(folder).or_default().push(file),
            None => alone.push(vec![file]),
        }
    }
    let mut specs = alone;
    for (folder, mut files) in folders {
        let links = in_folder(&folder, "index.md").and_then(|it| Some(links_of(&it, &read(&it)?)));
        let links = links.unwrap_or_default();
        files.sort_by_cached_key(|it| (rank(it, &folder, &links), it.clone()));
        specs.push(files);
    }
    specs.sort();
    specs
}

/// The folder whose files make up one spec together with `path`; `None` when it stands alone.
///
/// Kiro: a folder of `.kiro/specs`. OpenSpec: a change, or a capability. Spec-kit: a folder with a
/// `spec.md`. BMAD: a folder with an `index.md` that links `path`.
pub fn spec_folder(
    path: &RelPath,
    exists: &dyn Fn(&RelPath) -> bool,
    read: &dyn Fn(&RelPath) -> Option<String>,
) -> Option<RelPath> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let folder =
        |n: usize| (parts.len() > n).then(|| RelPath::new(&parts[..n].join("/"))).flatten();
    let after = |names: &[&str]| {
        let at = parts.windows(names.len()).position(|it| it == names)?;
        Some(at + names.len())
    };
    if let Some(at) = after(&["openspec", "changes", "archive"]) {
        return folder(at + 1);
    }
    let known = [&["openspec", "changes"], &["openspec", "specs"], &[".kiro", "specs"]];
    if let Some(at) = known.iter().find_map(|it| after(*it)) {
        return folder(at + 1);
    }
    let mut above = path.parent();
    while let Some(folder) = above {
        let is_feature = in_folder(&folder, "spec.md").is_some_and(|it| exists(&it));
        if is_feature && folder.parent().is_some_and(|it| it.file_name() == "specs") {
            return Some(folder);
        }
        if is_indexed(path, &folder, read) {
            return Some(folder);
        }
        above = folder.parent();
    }
    None
}

/// Whether `folder` has an index of other files that is, or links, `path`.
fn is_indexed(path: &RelPath, folder: &RelPath, read: &dyn Fn(&RelPath) -> Option<String>) -> bool {
    let Some(index) = in_folder(folder, "index.md") else { return false };
    let Some(text) = read(&index) else { return false };
    let links = links_of(&index, &text);
    links.contains(path) || (*path == index && !links.is_empty())
}

fn in_folder(folder: &RelPath, name: &str) -> Option<RelPath> {
    RelPath::new(&format!("{folder}/{name}"))
}

/// Files below the index's own folder that it links, in order.
fn links_of(index: &RelPath, text: &str) -> Vec<RelPath> {
    let Some(folder) = index.parent() else { return Vec::new() };
    let targets = link_targets(text).filter_map(|it| RelPath::new(&format!("{folder}/{it}")));
    let below = format!("{folder}/");
    let mut out: Vec<RelPath> = Vec::new();
    for target in targets.filter(|it| it.as_str().starts_with(&below) && it != index) {
        if super::patterns::is_text(&target) && !out.contains(&target) {
            out.push(target);
        }
    }
    out
}

/// The relative files that `](…)` links point at, without fragments.
pub fn link_targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ', '\n']).next()?;
        let target = target.split('#').next()?.trim_start_matches("./");
        (!target.is_empty() && !target.contains(':') && !target.starts_with('/')).then_some(target)
    })
}

/// What is read first: requirements, then what explains them, then the plan of work.
fn rank(path: &RelPath, folder: &RelPath, links: &[RelPath]) -> usize {
    const FIRST: &[&str] = &[
        "index.md",
        "spec.md",
        "proposal.md",
        "requirements.md",
        "bugfix.md",
        "data-model.md",
        "design.md",
        "research.md",
        "plan.md",
        "quickstart.md",
        "tasks.md",
    ];
    if let Some(at) = links.iter().position(|it| it == path) {
        return FIRST.len() + at;
    }
    let is_direct = path.parent().as_ref() == Some(folder);
    let known = FIRST.iter().position(|it| *it == path.file_name());
    known.filter(|_| is_direct).unwrap_or(usize::MAX)
}
