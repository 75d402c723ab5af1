//! Readers of everything that is not a table: one file a kind, over one gazetteer.
//!
//! A passage is looked up once; each reader then asks which words stand together in a clause, a
//! sentence, or under which headings, and says what that proves. Readers do not look beyond their
//! chunk; what several places prove together is weighed in [`crate::judge`].

mod auth;
mod code;
mod cues;
mod deploy;
mod functions;
mod kind;
mod models;
mod named;
mod payments;
mod realtime;
mod schedules;
mod secrets;
mod storage;
pub(crate) mod vendors;
mod view;
mod words;

use self::view::View;
use super::ChunkCx;
use super::clauses::Passage;
use crate::facts::Fact;

/// The reader of what kind of product the text describes.
pub(crate) const PRODUCT_KIND: &str = kind::READER;

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    kind::read(cx, passages, out);
    for view in &View::all(cx, passages) {
        auth::read(view, out);
        storage::read(view, out);
        functions::read(view, out);
        schedules::read(view, out);
        payments::read(view, out);
        realtime::read(view, out);
        models::read(view, out);
        deploy::read(view, out);
        secrets::read(view, out);
        cues::read(view, out);
    }
    secrets::read_code(cx, out);
    schedules::read_code(cx, out);
    code::read(cx, out);
    named::read(cx, out);
}
