//! How far what a spec asks for is, above it, and the way to provision it.

use super::actions::{Act, Action, ActionKind};
use super::blocks::sections;
use super::entity;
use super::lenses::{Lens, LensAct};
use super::symbols::count;
use super::{document, location};
use crate::snapshot::{DocumentKey, SpecView};
use forge::provision::Primitive;
use forge::states::{Standing, State};
use model::{Confidence, Diagnostic, DocumentId, Evidence, Modality, Span};
use serde_json::{Value, json};
use spec::mentions::Names;

/// The command that all of this leads to.
const COMMAND: &str = "forge.provision";

/// The lenses of a document of a spec, by place.
#[must_use]
pub fn lenses(view: &SpecView, id: DocumentId, standings: &[Standing]) -> Vec<Lens> {
    let (Some(document), Some(file)) = (document(view, id), file_of(view, id)) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let all = sections(document);
    let top = all.first().map_or(Span::at(0), |it| it.title_span);
    let whole = Span::new(0, document.text.len());
    out.extend(lens(top, &inside(view, id, whole, standings), json!({ "paths": [file] })));
    for section in all.iter().skip(1).filter(|it| it.level <= 2) {
        let own = inside(view, id, section.span, standings);
        if own.iter().all(|it| it.state == State::Applied) {
            continue;
        }
        let input = json!({ "paths": [file], "section": section.title.trim() });
        out.extend(lens(section.title_span, &own, input));
    }
    let names = Names::new(&view.analysis);
    for declared in entity::first_declarations(view, &names, id, |it| it.explicit) {
        let table = &view.analysis.detection.tables[declared.table];
        let own = standings.iter().find(|it| it.primitive == Primitive::table(&table.name));
        out.extend(own.map(|it| single(declared.span, it, &file)));
    }
    out.sort_by_key(|it| it.span.start);
    out
}

/// `provision: 3 detected, 1 declared`, or that all is applied.
fn lens(span: Span, standings: &[&Standing], input: Value) -> Option<Lens> {
    if standings.is_empty() {
        return None;
    }
    let n_of = |state| standings.iter().filter(|it| it.state == state).count();
    if n_of(State::Applied) == standings.len() {
        let title = format!("{} applied", count(standings.len(), "primitive"));
        return Some(Lens { span, title, act: LensAct::ShowDetection });
    }
    let states = [State::Detected, State::Declared, State::Applied, State::Drifted];
    let told = states.into_iter().filter(|it| n_of(*it) > 0);
    let told: Vec<String> = told.map(|it| format!("{} {}", n_of(it), it.word())).collect();
    let title = format!("provision: {}", told.join(", "));
    Some(Lens { span, title, act: LensAct::Run { command: COMMAND, input } })
}

fn single(span: Span, standing: &Standing, file: &str) -> Lens {
    let name = standing.primitive.to_string();
    match standing.state {
        State::Applied => {
            let title = format!("{} applied", standing.primitive.name);
            Lens { span, title, act: LensAct::ShowDetection }
        }
        state => {
            let title = format!("provision {} ({})", standing.primitive.name, state.word());
            let input = json!({ "paths": [file], "primitive": [name] });
            Lens { span, title, act: LensAct::Run { command: COMMAND, input } }
        }
    }
}

/// What a part of a document asks for.
fn inside<'s>(
    view: &SpecView,
    id: DocumentId,
    range: Span,
    standings: &'s [Standing],
) -> Vec<&'s Standing> {
    let is_inside = |it: &&Standing| {
        evidence_of(view, &it.primitive)
            .iter()
            .any(|it| it.document == id && range.contains(it.span) && counts(it))
    };
    standings.iter().filter(is_inside).collect()
}

fn counts(it: &Evidence) -> bool {
    it.modality == Modality::InScope && it.confidence >= Confidence::REQUIRED
}

fn evidence_of<'v>(view: &'v SpecView, primitive: &Primitive) -> &'v [Evidence] {
    let detection = &view.analysis.detection;
    if primitive.kind == "tables" {
        return detection.table(&primitive.name).map_or(&[], |it| &it.evidence);
    }
    let need = detection
        .needs
        .iter()
        .find(|it| it.kind.word() == primitive.kind && it.name == primitive.name);
    need.map_or(&[], |it| &it.evidence)
}

fn file_of(view: &SpecView, id: DocumentId) -> Option<String> {
    match view.keys.get(id.0 as usize)? {
        DocumentKey::File(path) => Some(path.to_string()),
        DocumentKey::Untitled(_) => None,
    }
}

/// Provisions what the line at `range` asks for, its section, or the whole spec, or has its edit
/// reviewed.
pub(super) fn actions(view: &SpecView, id: DocumentId, range: Span) -> Vec<Action> {
    let (Some(document), Some(file)) = (document(view, id), file_of(view, id)) else {
        return Vec::new();
    };
    let line = document.lines.line_span(document.lines.line(range.range().start));
    let line = line.map_or(range, |it| Span::new(it.start, it.end.max(range.range().end)));
    let detection = &view.analysis.detection;
    let asks = |evidence: &[Evidence]| {
        evidence.iter().any(|it| it.document == id && line.overlaps(it.span) && counts(it))
    };
    let tables = detection.tables.iter().filter(|it| it.is_required() && asks(&it.evidence));
    let needs = detection.needs.iter().filter(|it| it.is_required() && asks(&it.evidence));
    let mut names: Vec<String> = tables.map(|it| Primitive::table(&it.name).to_string()).collect();
    names.extend(needs.map(|it| Primitive::need(it).to_string()));
    if names.is_empty() {
        return Vec::new();
    }
    let run = |command, title: String, input: Value| Action {
        title,
        kind: ActionKind::Refactor,
        diagnostic: None,
        preferred: false,
        act: Act::Run { command, input },
    };
    let action = |title, input| run(COMMAND, title, input);
    let mut out: Vec<Action> = Vec::new();
    for name in names.iter().take(3) {
        let input = json!({ "paths": [file], "primitive": [name] });
        out.push(action(format!("Provision {name}"), input));
    }
    let mut around =
        sections(document).into_iter().filter(|it| it.span.touches(range.range().start));
    if let Some(section) = around.rfind(|it| it.level > 1) {
        let title = section.title.trim();
        let input = json!({ "paths": [file], "section": title });
        out.push(action(format!("Provision the section \u{201c}{title}\u{201d}"), input));
    }
    out.push(action("Provision the whole spec".to_owned(), json!({ "paths": [file] })));
    let title = "Review what changed in this spec since the last commit".to_owned();
    out.push(run("council.review", title, json!({ "spec": [file] })));
    out
}

/// What is not provisioned, or no longer agrees, as findings of the view's documents.
#[must_use]
pub fn findings(view: &SpecView, standings: &[Standing]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for it in standings {
        let (rule, message) = match (it.state, &it.why) {
            (State::Applied, _) => continue,
            (State::Drifted, Some(why)) => {
                ("drifted-resource", format!("`{}`: {why}", it.primitive))
            }
            (State::Drifted, None) => {
                ("drifted-resource", format!("`{}` has drifted", it.primitive))
            }
            (State::Detected, _) => {
                ("not-provisioned", format!("`{}` is not declared yet", it.primitive))
            }
            (State::Declared, _) => {
                ("not-provisioned", format!("`{}` is declared, and not applied yet", it.primitive))
            }
        };
        let best = evidence_of(view, &it.primitive).iter().filter(|it| counts(it));
        let Some(best) = best.max_by_key(|it| it.confidence) else { continue };
        if location(view, best.document, best.span).is_none() {
            continue;
        }
        let severity = crate::rules::find(rule).map_or(model::Severity::Hint, |it| it.severity);
        out.push(Diagnostic {
            rule,
            severity,
            document: best.document,
            span: best.span,
            message,
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        });
    }
    out
}
