//! The council's findings as diagnostics: on the operation that asked for the change, and as a note
//! on the sentence of the product spec that the table comes from.

use crate::aggregator::{SaidBy, Source, Told};
use crate::session::{Moment, Session};
use model::{AbsPath, Diagnostic, DocumentId, Fix, FixEdit, RelPath, Related, Severity, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use workspace::DocumentKey;
use workspace::commands::FindingData;

/// Shows what the latest review found, in the place of what the one before it did.
pub(crate) fn show(session: &Arc<Session>, findings: &[FindingData]) {
    let moment = session.moment();
    let mut by_document = placed(&moment, findings);
    let mut world = session.world();
    let aggregator = Arc::make_mut(&mut world.aggregator);
    for key in aggregator.documents_of(Source::Council) {
        by_document.entry(key).or_default();
    }
    let keys: Vec<DocumentKey> = by_document.keys().cloned().collect();
    for (key, told) in by_document {
        aggregator.put(key, Source::Council, told);
    }
    drop(world);
    session.publisher().submit(keys);
}

fn placed(moment: &Moment, findings: &[FindingData]) -> FxHashMap<DocumentKey, Vec<Told>> {
    let mut out: FxHashMap<DocumentKey, Vec<Told>> = FxHashMap::default();
    let counted = findings.iter().filter(|it| !it.suppressed && it.evidence != "rejected");
    for finding in counted {
        if let Some((key, document, span)) = place(moment, finding) {
            let told = told(moment, finding, findings, (document, span));
            out.entry(key).or_default().push(told);
        }
        if !finding.asks.is_empty() {
            for (key, told) in notes(moment, finding) {
                out.entry(key).or_default().push(told);
            }
        }
    }
    out
}

/// The document and span of a finding; `None` when its text is not that which was reviewed.
fn place(moment: &Moment, finding: &FindingData) -> Option<(DocumentKey, DocumentId, Span)> {
    let root: AbsPath = moment.root()?;
    let path = RelPath::new(finding.file.as_deref()?)?;
    let key = DocumentKey::File(root.join(&path));
    let doc = moment.doc_of(&key)?;
    let text = &doc.document().text;
    let [start, end] = finding.span?;
    text.get(start as usize..end as usize)?;
    Some((key, doc.id, Span { start, end }))
}

fn told(
    moment: &Moment,
    finding: &FindingData,
    all: &[FindingData],
    (document, span): (DocumentId, Span),
) -> Told {
    let is_corroborator = |it: &&FindingData| {
        it.reviewer != finding.reviewer
            && it.evidence != "rejected"
            && (it.fingerprint == finding.fingerprint
                || (it.object == finding.object && it.class == finding.class))
    };
    let related = all.iter().filter(is_corroborator).filter_map(|it| {
        let (_, document, span) = place(moment, it)?;
        let message = format!("council/{} says: {}", it.reviewer, it.claim);
        Some(Related { document, span, message })
    });
    let fix = finding.fix.as_ref().filter(|it| it.replaces_place && !it.text.is_empty());
    let fix = fix.map(|it| Fix {
        title: it.title.clone(),
        edits: vec![FixEdit { document, span, text: it.text.clone() }],
        safe: false,
    });
    let advice = finding.fix.as_ref().map(|it| format!("\n{}", it.title)).unwrap_or_default();
    let diagnostic = Diagnostic {
        rule: "council",
        severity: severity(&finding.risk),
        document,
        span,
        message: format!("{}{advice}", finding.claim),
        related: related.collect(),
        fixes: fix.into_iter().collect(),
        tag: None,
    };
    Told { diagnostic, said_by: Some(said_by(finding)) }
}

/// The sentences of product specs that a finding's table comes from.
fn notes(moment: &Moment, finding: &FindingData) -> Vec<(DocumentKey, Told)> {
    let table = finding.object.split('.').next().unwrap_or_default();
    let views = moment.snapshot.specs().into_iter().filter_map(|it| moment.snapshot.view(it));
    let mut out = Vec::new();
    for view in views {
        let Some(evidence) =
            view.analysis.detection.table(table).and_then(|it| it.evidence.first())
        else {
            continue;
        };
        let key = view.keys[evidence.document.0 as usize].clone();
        let diagnostic = Diagnostic {
            rule: "council",
            severity: Severity::Info,
            document: evidence.document,
            span: evidence.span,
            message: format!("a change of `{table}` is stopped: {}", finding.claim),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        };
        out.push((key, Told { diagnostic, said_by: Some(said_by(finding)) }));
    }
    out
}

fn said_by(finding: &FindingData) -> SaidBy {
    SaidBy {
        source: format!("council/{}", finding.reviewer),
        code: finding.rule.clone(),
        fingerprint: finding.fingerprint.clone(),
    }
}

fn severity(risk: &str) -> Severity {
    match risk {
        "critical" | "high" => Severity::Error,
        "medium" => Severity::Warning,
        _ => Severity::Info,
    }
}
