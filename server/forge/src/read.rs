//! A text of `forge.yaml` to typed resources.

use crate::places::Places;
use crate::resources::Resources;
use crate::rules::{self, Cx, Sink};
use crate::shape::Reader;
use migrate::schema::Schema;
use model::{Diagnostic, DocumentId, Timestamp};
use serde_json::{Map, Value as Json};
use text::yaml;

/// What a file declares, and what is wrong with its form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declared {
    /// What could be read; wrong parts are left out.
    pub resources: Resources,
    /// The same as JSON, by which states are told apart.
    pub json: Map<String, Json>,
    pub places: Places,
    /// Of form; [`judge`] gives the others.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text; the findings are of document `DocumentId(0)`.
#[must_use]
pub fn read(text: &str) -> Declared {
    let documents = yaml::read(text);
    let mut reader = Reader::new(text, &documents.faults);
    let json = documents.roots.first().map(|it| reader.root(it)).unwrap_or_default();
    if let Some(second) = documents.roots.get(1) {
        let message = "a second document is not read: join it with the first";
        reader.sink.report(&rules::resource_syntax::RULE, second.span, message);
    }
    let json = match json {
        Json::Object(it) => it,
        _ => Map::new(),
    };
    let resources = resources_of(&json);
    Declared { resources, json, places: reader.places, diagnostics: reader.sink.out }
}

/// What the schema lets through the types read; a part that they do not is left out.
pub(crate) fn resources_of(json: &Map<String, Json>) -> Resources {
    serde_json::from_value(Json::Object(json.clone())).unwrap_or_else(|_| {
        let mut kept = Map::new();
        for (key, value) in json {
            let mut tried = kept.clone();
            tried.insert(key.clone(), value.clone());
            if serde_json::from_value::<Resources>(Json::Object(tried.clone())).is_ok() {
                kept = tried;
            }
        }
        serde_json::from_value(Json::Object(kept)).unwrap_or_default()
    })
}

/// What a file is held against.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// What the migration specs make; `None` when they are not known.
    pub schema: Option<&'a Schema>,
    /// For the times at which schedules run.
    pub now: Timestamp,
}

/// Everything that is wrong with a file, as `document`, by place.
#[must_use]
pub fn judge(
    text: &str,
    declared: &Declared,
    around: Around<'_>,
    document: DocumentId,
) -> Vec<Diagnostic> {
    let cx = Cx { text, declared, around };
    let mut sink = Sink { out: declared.diagnostics.clone() };
    for rule in rules::RULES {
        if let Some(check) = rule.check {
            check(&cx, &mut sink);
        }
    }
    let mut out = sink.out;
    for it in &mut out {
        it.document = document;
        it.fixes.iter_mut().flat_map(|it| &mut it.edits).for_each(|it| it.document = document);
    }
    out.sort_by(|a, b| (a.span, a.rule).cmp(&(b.span, b.rule)));
    out.dedup();
    out
}
