//! `textDocument/didOpen`, `didChange`, `didClose` and what else the client tells: applied on the reading thread, in wire order.

use crate::from_proto;
use crate::session::Session;
use crate::{folders, tasks};
use lsp_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
};
use model::AbsPath;
use std::sync::Arc;
use workspace::{DocumentKey, TextEdit};

pub(crate) fn open(session: &Session, params: DidOpenTextDocumentParams) {
    let document = params.text_document;
    let key = from_proto::key(&document.uri);
    let mut world = session.world();
    world.workspace.open(key.clone(), document.version, document.text.into());
    Arc::make_mut(&mut world.open).insert(key.clone(), document.uri);
    world.latest = Some(key.clone());
    drop(world);
    session.late.edited();
    session.publisher().submit([key]);
}

pub(crate) fn change(session: &Session, params: DidChangeTextDocumentParams) {
    let document = params.text_document;
    let key = from_proto::key(&document.text_document_identifier.uri);
    let edits: Vec<TextEdit> = params.content_changes.into_iter().map(from_proto::edit).collect();
    let encoding = session.profile().encoding;
    let mut world = session.world();
    let known = world.open.contains_key(&key);
    let splices =
        known.then(|| world.workspace.edit(&key, document.version, &edits, encoding)).flatten();
    let Some(splices) = splices else {
        let uri = &document.text_document_identifier.uri;
        tracing::warn!("ignored a change of `{uri}`, which is not open");
        return;
    };
    if world.aggregator.knows(&key) {
        Arc::make_mut(&mut world.aggregator).splice(&key, &splices);
    }
    world.latest = Some(key.clone());
    drop(world);
    session.late.edited();
    session.publisher().submit([key]);
}

pub(crate) fn close(session: &Session, params: DidCloseTextDocumentParams) {
    let key = from_proto::key(&params.text_document.uri);
    let mut world = session.world();
    world.workspace.close(&key);
    Arc::make_mut(&mut world.open).remove(&key);
    world.latest = world.latest.take().filter(|it| *it != key);
    drop(world);
    session.late.edited();
    session.publisher().submit([key]);
}

pub(crate) fn save(session: &Arc<Session>, params: DidSaveTextDocumentParams) {
    // Some clients send no event for files that they write themselves.
    if let DocumentKey::File(path) = from_proto::key(&params.text_document.uri) {
        changed_on_disk(session, vec![path]);
        session.late.saved();
    }
}

pub(crate) fn files_changed(session: &Arc<Session>, params: DidChangeWatchedFilesParams) {
    let paths = params.changes.iter().filter_map(|it| match from_proto::key(&it.uri) {
        DocumentKey::File(path) => Some(path),
        DocumentKey::Untitled(_) => None,
    });
    changed_on_disk(session, paths.collect());
}

/// Looks at the disk, so on a task.
fn changed_on_disk(session: &Arc<Session>, paths: Vec<AbsPath>) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn_blocking(move || folders::files_changed(&session, paths));
}

/// Clients that can be asked are asked; others send the settings, with or without their section.
pub(crate) fn configuration_changed(session: &Arc<Session>, params: DidChangeConfigurationParams) {
    if session.profile().gives_configuration {
        tasks::pull_settings(session);
        return;
    }
    let mut settings = params.settings;
    if let Some(section) = settings.get_mut("specwright") {
        settings = section.take();
    }
    if settings.is_object() {
        tasks::take_settings(session, settings);
    }
}
