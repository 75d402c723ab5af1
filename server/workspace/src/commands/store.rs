use super::{CommandCx, CommandError, ErrorKind};
use catalog::{Catalog, DocumentRecord, OpenError};
use model::{AbsPath, RelPath};
use std::sync::Arc;
use system::{OsSystem, System};

/// The folder of everything that belongs to this machine.
pub(crate) const FOLDER: &str = ".specwright";

/// Where the workspace's catalog is.
pub(super) fn path(root: &AbsPath) -> AbsPath {
    below(root, &format!("{FOLDER}/{}", catalog::FILE_NAME))
}

pub(super) fn below(root: &AbsPath, path: &str) -> AbsPath {
    root.join(&RelPath::new(path).expect("the names of our files are paths"))
}

/// Opens the workspace's catalog if there is one.
pub(super) fn open(system: &dyn System, root: &AbsPath) -> Result<Option<Catalog>, OpenError> {
    let path = path(root);
    if !system.exists(&path) {
        return Ok(None);
    }
    Catalog::open(&path, Arc::new(OsSystem::default()), "specwright").map(Some)
}

/// Opens the workspace's catalog, made now if there is none, in a folder that git ignores.
pub(super) fn create(system: &dyn System, root: &AbsPath) -> Result<Catalog, CommandError> {
    let folder = below(root, FOLDER);
    let failed = |attempt: &str, error: std::io::Error| {
        CommandError::new(ErrorKind::User, format!("{attempt} `{folder}`: {error}"))
            .hint("check the permissions of the workspace folder")
    };
    system.create_dir_all(&folder).map_err(|it| failed("make", it))?;
    let ignore = below(root, &format!("{FOLDER}/.gitignore"));
    if !system.exists(&ignore) {
        system.write_atomic(&ignore, b"*\n").map_err(|it| failed("write .gitignore in", it))?;
    }
    Catalog::open(&path(root), Arc::new(OsSystem::default()), "specwright")
        .map_err(|it| refused(&it))
}

/// Opens the workspace's catalog, made now if there is none, for an act of whoever calls.
pub(super) fn acting(cx: &CommandCx<'_>) -> Result<Catalog, CommandError> {
    Ok(create(cx.system, root(cx)?)?.acting_as(&actor(cx)))
}

/// Makes the workspace's catalog if there is none: what the council says of the very first act is
/// kept too.
pub(super) fn ensure(cx: &CommandCx<'_>) -> Result<(), CommandError> {
    acting(cx).map(drop)
}

/// `alice via command line`
pub(super) fn actor(cx: &CommandCx<'_>) -> String {
    let name = ["USER", "USERNAME"].iter().find_map(|it| cx.system.env(it));
    let name = name.filter(|it| !it.is_empty()).unwrap_or_else(|| "somebody".to_owned());
    format!("{name} via {}", cx.client)
}

/// The workspace's catalog, which must be there.
pub(super) fn existing(cx: &CommandCx<'_>) -> Result<Catalog, CommandError> {
    let root = root(cx)?;
    let found = open(cx.system, root).map_err(|it| refused(&it))?;
    found.map(|it| it.acting_as(&actor(cx))).ok_or_else(|| {
        CommandError::user(format!("open the catalog of `{root}`: there is none yet"))
            .hint("`specwright init` makes one")
    })
}

/// Writes a text for the author to look at below the folder of this machine.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write_private(
    system: &dyn System,
    root: &AbsPath,
    path: &RelPath,
    text: &str,
) -> Result<(), CommandError> {
    let file = root.join(path);
    let failed = |error: std::io::Error| {
        CommandError::user(format!("write `{file}`: {error}"))
            .hint("check the permissions of the workspace folder")
    };
    let folder = below(root, FOLDER);
    system.create_dir_all(&folder).map_err(failed)?;
    let ignore = below(root, &format!("{FOLDER}/.gitignore"));
    if !system.exists(&ignore) {
        system.write_atomic(&ignore, b"*\n").map_err(failed)?;
    }
    if let Some(parent) = path.parent() {
        system.create_dir_all(&root.join(&parent)).map_err(failed)?;
    }
    system.write_atomic(&file, text.as_bytes()).map_err(failed)
}

pub(super) fn refused(error: &OpenError) -> CommandError {
    let kind = match error {
        OpenError::Busy { .. } => ErrorKind::Busy,
        _ => ErrorKind::User,
    };
    CommandError::new(kind, crate::error_chain(error)).hint(error.hint())
}

pub(super) fn failed(error: &catalog::CatalogError) -> CommandError {
    let kind = match error {
        catalog::CatalogError::Busy { .. } => ErrorKind::Busy,
        catalog::CatalogError::Sqlite { .. } => ErrorKind::Internal,
    };
    CommandError::new(kind, crate::error_chain(error))
}

/// The workspace folder that an act is recorded in.
pub(super) fn root<'a>(cx: &'a CommandCx<'_>) -> Result<&'a AbsPath, CommandError> {
    cx.root.as_ref().ok_or_else(|| {
        CommandError::user("find the workspace folder").hint("open a folder, or run it in one")
    })
}

/// A spec in the form that the catalog keeps; `None` for buffers without files.
pub(super) fn record_of(
    cx: &CommandCx<'_>,
    view: &crate::SpecView,
) -> Option<(Vec<DocumentRecord>, String)> {
    let root = cx.root.as_ref()?;
    let mut documents = Vec::new();
    for (key, document) in view.keys.iter().zip(&view.documents) {
        let crate::DocumentKey::File(path) = key else { return None };
        let path = path.relative_to(root)?;
        documents.push(DocumentRecord::new(path, document.text.as_bytes()));
    }
    let backend = super::detect::output(&view.analysis.detection);
    let mut detection = serde_json::to_value(&backend).expect("it has string keys");
    // Where each thing stands changes with every edit, and what the spec implies does not.
    detection.as_object_mut().expect("it is an object").remove("evidence");
    Some((documents, detection.to_string()))
}
