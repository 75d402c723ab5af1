//! Workspace folders: their settings, what is found in them, and when to look again.
//!
//! Reading settings is a matter of two small files and done at once; walking a folder is not, and
//! runs on a task. One walk runs at a time: a request for another while it runs is met by one more
//! at its end.

use crate::aggregator::Source;
use crate::handlers::execute_command::with_cx;

use crate::progress::Progress;
use crate::session::{FileProblem, Session, World};
use crate::{council, health, watch};
use lsp_types::{InitializeParams, MessageType, RootPath, Uri, WorkspaceFolder, WorkspaceFolders};
use model::{AbsPath, RelPath};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use workspace::commands::{findings, read_settings, recover};
use workspace::discover::{self, Found, Patterns};
use workspace::{DocumentKey, Root, migrations, resources};

/// The folders that the client opens with: a list, or in older clients one address or path.
pub(crate) fn of(params: &InitializeParams) -> Vec<AbsPath> {
    let list = &params.workspace_folders_initialize_params.workspace_folders;
    if let Some(WorkspaceFolders::WorkspaceFolderList(list)) = list {
        return list.iter().filter_map(|it| path_of(&it.uri)).collect();
    }
    #[expect(deprecated, reason = "older clients send nothing else")]
    let (uri, path) = (&params.root_uri, &params.root_path);
    let from_path = || match path {
        Some(RootPath::String(path)) => AbsPath::new(Path::new(path)),
        _ => None,
    };
    uri.as_ref().and_then(path_of).or_else(from_path).into_iter().collect()
}

fn path_of(uri: &Uri) -> Option<AbsPath> {
    if uri.scheme() != "file" {
        return None;
    }
    AbsPath::new(&uri.to_file_path().ok()?)
}

/// Takes folders in with their settings; what they hold is found by [`scan`].
pub(crate) fn add(session: &Session, folders: Vec<AbsPath>) {
    for path in folders {
        load(session, path, None);
    }
}

/// The client's folders changed.
pub(crate) fn change(
    session: &Arc<Session>,
    added: &[WorkspaceFolder],
    removed: &[WorkspaceFolder],
) {
    let mut world = session.world();
    let before = world.workspace.snapshot().documents();
    for path in removed.iter().filter_map(|it| path_of(&it.uri)) {
        world.workspace.remove_root(&path);
        Arc::make_mut(&mut world.settings).retain(|(it, _)| *it != path);
        world.problems.remove(&path);
    }
    drop(world);
    add(session, added.iter().filter_map(|it| path_of(&it.uri)).collect());
    session.publisher().submit(before);
    scan(session);
}

/// Reads the settings of all folders again.
pub(crate) fn reload_settings(session: &Arc<Session>) {
    let roots: Vec<AbsPath> =
        session.world().workspace.roots().iter().map(|it| it.path.clone()).collect();
    for path in roots {
        load(session, path, None);
    }
    session.publisher().submit(session.moment().snapshot.documents());
    session.refresh_views();
    scan(session);
}

/// Reads the settings of a folder and takes it in; `found` of `None` keeps what was found before.
fn load(session: &Session, path: AbsPath, found: Option<Found>) {
    let editor = session.world().editor_settings.clone();
    let (settings, problems) = read_settings(&*session.system, &path, editor.as_ref());
    let settings = Arc::new(settings);
    let mut world = session.world();
    let known = world.workspace.roots().into_iter().find(|it| it.path == path);
    let found = found.or_else(|| known.map(|it| it.found.clone())).unwrap_or_default();
    world.workspace.set_root(Root { path: path.clone(), settings: Arc::clone(&settings), found });
    let folders = Arc::make_mut(&mut world.settings);
    folders.retain(|(it, _)| *it != path);
    folders.push((path.clone(), settings));
    folders.sort_by_key(|(it, _)| std::cmp::Reverse(it.as_path().as_os_str().len()));
    let problems = problems.into_iter();
    let problems = problems.map(|(file, text, problem)| FileProblem { file, text, problem });
    world.problems.insert(path, problems.collect());
}

/// Looks for specs in all folders, on a task.
pub(crate) fn scan(session: &Arc<Session>) {
    let is_first = session.n_scans_wanted.fetch_add(1, Ordering::SeqCst) == 0;
    if !is_first {
        // The walk that runs sees the count at its end.
        return;
    }
    let session = Arc::clone(session);
    session.runtime.clone().spawn_blocking(move || {
        loop {
            let wanted = session.n_scans_wanted.load(Ordering::SeqCst);
            walk(&session);
            let met = session.n_scans_wanted.compare_exchange(
                wanted,
                0,
                Ordering::SeqCst,
                Ordering::SeqCst,
            );
            if met.is_ok() {
                return;
            }
        }
    });
}

fn walk(session: &Arc<Session>) {
    let progress = Progress::start(session, "Specwright: reading specs");
    session.tell_status(false);
    let roots: Vec<(AbsPath, Patterns)> = {
        let world = session.world();
        let roots = world.workspace.roots().into_iter();
        // Malformed globs are told with the settings; the standard places hold.
        let patterns = |it: &Root| it.settings.patterns().unwrap_or_else(|_| Patterns::standard());
        roots.map(|it| (it.path.clone(), patterns(it))).collect()
    };
    for (path, patterns) in roots {
        // What an interrupted rollback puts back is then read as it stays.
        if let Some(it) = recover(&*session.system, &path) {
            session.show(MessageType::Info, format!("Specwright: {it}"));
        }
        // First: a file that comes to a new folder is then either told of or found.
        if !session.profile().registers_watched_files {
            watch::folder(session, &path);
        }
        let found = discover::find(&path, &patterns);
        let is_new = {
            let world = session.world();
            let known = world.workspace.roots().into_iter().find(|it| it.path == path);
            known.is_some_and(|it| it.found != found)
        };
        // A folder that was removed meanwhile stays away.
        if is_new {
            load(session, path.clone(), Some(found));
        }
    }
    look_at_standings(session);
    council::look(session);
    health::look(session);
    let closed = closed_documents(session);
    session.publisher().scan(closed, progress);
    session.late.saved();
}

/// Holds specs against what is declared and applied, and tells what does not agree.
fn look_at_standings(session: &Arc<Session>) {
    let moment = session.moment();
    if moment.root().is_none() {
        return;
    }
    let found = match with_cx(&moment, findings) {
        Ok(found) => found,
        Err(error) => {
            tracing::info!("hold specs against what is declared: {}", error.message);
            return;
        }
    };
    let mut changed = Vec::new();
    let mut world = session.world();
    for (key, diagnostics) in found {
        // Places are those of the moment: a text that was edited since is looked at with the next.
        let is_old = moment.snapshot.stamp(&key) != world.workspace.snapshot().stamp(&key);
        if !is_old {
            let told = diagnostics.into_iter().map(Into::into).collect();
            Arc::make_mut(&mut world.aggregator).put(key.clone(), Source::Provision, told);
            changed.push(key);
        }
    }
    drop(world);
    session.publisher().submit_late(changed);
}

/// What no editor shows but is to be checked.
fn closed_documents(session: &Session) -> Vec<DocumentKey> {
    let moment = session.moment();
    let mut keys = moment.snapshot.documents();
    keys.retain(|it| moment.is_shown(it));
    keys
}

/// Something changed on disk.
pub(crate) fn files_changed(session: &Arc<Session>, paths: impl IntoIterator<Item = AbsPath>) {
    let mut changed = Vec::new();
    let (mut rescan, mut reload) = (false, false);
    let mut world = session.world();
    for path in paths {
        let name = path.as_path().file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if name == workspace::settings::FILE_NAME {
            reload = true;
            continue;
        }
        let key = DocumentKey::File(path.clone());
        let is_known = !world.workspace.snapshot().documents_beside(&key).is_empty();
        if is_known && path.as_path().is_file() {
            world.workspace.file_changed(&path);
            changed.push(key);
            // An index may list other parts now.
            rescan |= name.starts_with("index.");
        } else if is_known || may_be_spec(&world, &path) {
            rescan = true;
            changed.push(key);
        }
    }
    drop(world);
    if !changed.is_empty() {
        session.late.saved();
    }
    let is_told = !changed.is_empty();
    session.publisher().submit(changed);
    if is_told && !rescan {
        let session = Arc::clone(session);
        session.runtime.clone().spawn_blocking(move || {
            look_at_standings(&session);
            council::look(&session);
        });
    }
    if reload {
        reload_settings(session);
    } else if rescan {
        scan(session);
    }
}

fn may_be_spec(world: &World, path: &AbsPath) -> bool {
    let name = path.as_path().file_name().and_then(|it| it.to_str()).unwrap_or_default();
    if matches!(name, ".gitignore" | ".ignore") || path.as_path().is_dir() {
        return true;
    }
    world.workspace.roots().into_iter().any(|root| {
        let patterns = root.settings.patterns().unwrap_or_else(|_| Patterns::standard());
        let is_ours = |it: &RelPath| {
            patterns.is_spec(it) || migrations::is_migration(it) || resources::is_resources(it)
        };
        path.relative_to(&root.path).is_some_and(|it| is_ours(&it))
    })
}
