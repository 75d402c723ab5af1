use super::{CommandError, store};
use crate::discover::{self, Found};
use crate::migrations;
use crate::resources::is_resources;
use crate::settings::{FILE_NAME, Layer, Problem, Settings, Sources};
use crate::snapshot::DocumentKey;
use crate::state::{Root, Workspace};
use model::{AbsPath, RelPath, Severity};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use system::System;

/// A workspace made for one call, from disk.
#[derive(Debug)]
pub struct Loaded {
    pub workspace: Workspace,
    pub root: AbsPath,
    pub settings: Arc<Settings>,
    /// What is wrong with the settings, with the text they were read from.
    pub problems: Vec<(AbsPath, Arc<str>, Problem)>,
    pub found: Vec<Found>,
}

/// Finds the folders of `paths`, reads their settings, and looks for specs: in the named folders,
/// and the named files whatever they are called. Without paths: all specs of the folder of `cwd`.
/// `unsaved` is a text that stands for the first path's, which need not exist.
///
/// # Errors
/// When a path does not exist.
pub fn load(
    system: &Arc<dyn System>,
    cwd: &AbsPath,
    paths: &[String],
    unsaved: Option<Arc<str>>,
) -> Result<Loaded, CommandError> {
    let paths: Vec<AbsPath> = paths.iter().map(|it| resolve(cwd, it)).collect::<Result<_, _>>()?;
    let mut on_disk = paths.iter().skip(usize::from(unsaved.is_some()));
    if let Some(missing) = on_disk.find(|it| !it.as_path().exists()) {
        let error =
            CommandError::user(format!("read `{missing}`: there is no such file or folder"));
        return Err(error.hint("check the spelling; paths start at the current folder"));
    }
    let mut folders: BTreeMap<AbsPath, Vec<AbsPath>> = BTreeMap::new();
    for path in &paths {
        folders.entry(folder_of(cwd, path)).or_default().push(path.clone());
    }
    if folders.is_empty() {
        folders.insert(discover::root_of(cwd).unwrap_or_else(|| cwd.clone()), vec![cwd.clone()]);
    }
    let mut workspace = Workspace::with_system(Arc::default(), Arc::clone(system));
    let mut loaded: Option<(AbsPath, Arc<Settings>)> = None;
    let (mut all_problems, mut all_found) = (Vec::new(), Vec::new());
    for (folder, paths) in folders {
        let (settings, problems) = read_settings(&**system, &folder, None);
        let settings = Arc::new(settings);
        all_problems.extend(problems);
        let patterns = settings.patterns().unwrap_or_else(|_| discover::Patterns::standard());
        let found = find(&folder, &paths, &patterns);
        loaded.get_or_insert_with(|| (folder.clone(), Arc::clone(&settings)));
        workspace.set_root(Root { path: folder, settings, found: found.clone() });
        all_found.push(found);
    }
    if let (Some(text), Some(path)) = (unsaved, paths.first()) {
        workspace.open(DocumentKey::File(path.clone()), 0, text);
    }
    let (root, settings) = loaded.expect("there is at least one folder");
    Ok(Loaded { workspace, root, settings, problems: all_problems, found: all_found })
}

/// Reads the settings of the folder of `cwd`, and looks for no spec: for commands that need none.
#[must_use]
pub fn load_settings(system: &Arc<dyn System>, cwd: &AbsPath) -> Loaded {
    let root = discover::root_of(cwd).unwrap_or_else(|| cwd.clone());
    let (settings, all) = read_settings(&**system, &root, None);
    let settings = Arc::new(settings);
    let mut workspace = Workspace::with_system(Arc::default(), Arc::clone(system));
    let (path, found) = (root.clone(), Found::default());
    workspace.set_root(Root { path, settings: Arc::clone(&settings), found });
    Loaded { workspace, root, settings, problems: all, found: Vec::new() }
}

/// An absolute path from what a user wrote.
///
/// # Errors
/// When it climbs above the file system's root.
pub fn resolve(cwd: &AbsPath, path: &str) -> Result<AbsPath, CommandError> {
    AbsPath::new(&cwd.as_path().join(Path::new(path)))
        .ok_or_else(|| CommandError::user(format!("read `{path}`: it leads above the root")))
}

/// The settings of a workspace folder: the user's file, the folder's over it, the editor's over
/// both, and the levels of rules that the folder's catalog keeps for this machine. Problems of the
/// editor's are placed in the folder's file, where they can be mended too.
pub fn read_settings(
    system: &dyn System,
    root: &AbsPath,
    editor: Option<&serde_json::Value>,
) -> (Settings, Vec<(AbsPath, Arc<str>, Problem)>) {
    let read = |path: &Option<AbsPath>| -> Option<Arc<str>> {
        let path = path.as_ref().filter(|it| system.exists(it))?;
        discover::read_text(system, path).ok().map(|it| it.text)
    };
    let user_path = user_file(system);
    let file_path = RelPath::new(FILE_NAME).map(|it| root.join(&it));
    let (user, file) = (read(&user_path), read(&file_path));
    let sources = Sources { user: user.as_deref(), workspace: file.as_deref(), editor };
    let (mut settings, problems) = Settings::read(sources);
    // A catalog that is refused leaves the rest working; the doctor tells why.
    if let Ok(Some(catalog)) = store::open(system, root) {
        settings.add_own_rules(catalog.rules().unwrap_or_default());
    }
    let placed = problems.into_iter().filter_map(|it| {
        let (path, text) = match it.layer {
            Layer::UserFile => (user_path.clone()?, user.clone()?),
            Layer::WorkspaceFile => (file_path.clone()?, file.clone()?),
            Layer::Editor => (file_path.clone()?, file.clone().unwrap_or_default()),
        };
        Some((path, text, it))
    });
    (settings, placed.collect())
}

/// Whether the problems stop a run: a value was dropped that somebody counts on.
#[must_use]
pub fn are_fatal(problems: &[(AbsPath, Arc<str>, Problem)]) -> bool {
    problems.iter().any(|(_, _, it)| it.severity == Severity::Error)
}

/// The user's own settings file, by the platform's custom; `None` where no home is known.
fn user_file(system: &dyn System) -> Option<AbsPath> {
    let home = || system.env("HOME");
    let config = if cfg!(windows) {
        system.env("APPDATA")?
    } else if let Some(config) = system.env("XDG_CONFIG_HOME") {
        config
    } else if cfg!(target_os = "macos") {
        format!("{}/Library/Application Support", home()?)
    } else {
        format!("{}/.config", home()?)
    };
    AbsPath::new(&Path::new(&config).join("specwright").join(FILE_NAME))
}

fn folder_of(cwd: &AbsPath, path: &AbsPath) -> AbsPath {
    if let Some(root) = discover::root_of(path) {
        return root;
    }
    if path == cwd || path.relative_to(cwd).is_some() {
        return cwd.clone();
    }
    let parent = path.as_path().parent().and_then(AbsPath::new);
    if path.as_path().is_dir() { path.clone() } else { parent.unwrap_or_else(|| path.clone()) }
}

fn find(root: &AbsPath, paths: &[AbsPath], patterns: &discover::Patterns) -> Found {
    let mut all: Option<Found> = None;
    let mut found = Found::default();
    for path in paths {
        match path.relative_to(root).filter(|_| !path.as_path().is_dir()) {
            Some(file) if is_resources(&file) => {
                // It may name tables that migrations make.
                let all = all.get_or_insert_with(|| discover::find(root, patterns));
                found.migrations.clone_from(&all.migrations);
                found.resources = Some(file);
            }
            Some(file) if migrations::is_migration(&file) => {
                // Each is judged after those before it.
                let all = all.get_or_insert_with(|| discover::find(root, patterns));
                found.migrations.clone_from(&all.migrations);
                if !found.migrations.contains(&file) {
                    found.migrations.push(file);
                    found.migrations.sort();
                }
            }
            Some(file) => found.specs.push(discover::spec_of(root, &file, patterns)),
            None => {
                let all = all.get_or_insert_with(|| discover::find(root, patterns));
                found.skipped.clone_from(&all.skipped);
                let below =
                    |it: &RelPath| path == root || root.join(it).relative_to(path).is_some();
                let specs = all.specs.iter().filter(|files| files.iter().any(below));
                found.specs.extend(specs.cloned());
                if all.migrations.iter().chain(&all.resources).any(below) {
                    found.migrations.clone_from(&all.migrations);
                    found.resources.clone_from(&all.resources);
                }
            }
        }
    }
    found.specs.sort();
    found.specs.dedup();
    found
}
