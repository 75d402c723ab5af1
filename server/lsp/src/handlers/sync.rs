//! `textDocument/didOpen`, `didChange`, `didClose`: applied on the reading thread, in wire order.

use crate::from_proto;
use crate::session::Session;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
};
use std::sync::Arc;
use workspace::TextEdit;

pub(crate) fn open(session: &Session, params: DidOpenTextDocumentParams) {
    let document = params.text_document;
    let key = from_proto::key(&document.uri);
    let mut world = session.world();
    world.workspace.open(key.clone(), document.version, document.text.into());
    Arc::make_mut(&mut world.open).insert(key.clone(), document.uri);
    world.latest = Some(key.clone());
    drop(world);
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
    session.publisher().submit([key]);
}

pub(crate) fn close(session: &Session, params: DidCloseTextDocumentParams) {
    let key = from_proto::key(&params.text_document.uri);
    let mut world = session.world();
    world.workspace.close(&key);
    Arc::make_mut(&mut world.open).remove(&key);
    world.latest = world.latest.take().filter(|it| *it != key);
    drop(world);
    session.publisher().submit([key]);
}
