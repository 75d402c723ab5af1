//! The council's findings as diagnostics: on the operation that asked for the change, and as a note
//! on the sentence of the product spec that the table comes from; and what an author can say to them.

use crate::aggregator::{SaidBy, Source, Told};
use crate::handlers::execute_command::{Effect, SHOW_REVIEW, page, with_cx};
use crate::session::{Doc, Moment, Session};
use crate::to_proto;
use model::{AbsPath, Diagnostic, DocumentId, Fix, FixEdit, RelPath, Related, Severity, Span};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::Result;
use workspace::DocumentKey;
use workspace::commands::question::Says;
use workspace::commands::{
    Command, FindingData, Question, council_show, council_suppress, standing,
};

/// Asks why something is right although a reviewer holds against it.
const WHY: &str = "Why does it not matter here? It stays in the audit log.";

/// Shows what the latest review found, in the place of what the one before it did.
pub(crate) fn show(session: &Arc<Session>, findings: &[FindingData]) {
    show_unless_late(session, findings, None);
}

/// Shows what a review of something else than migrations found, beside what stands of these. Takes its
/// time.
pub(crate) fn show_beside_standing(session: &Arc<Session>, mut findings: Vec<FindingData>) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn_blocking(move || {
        let moment = session.moment();
        if moment.root().is_some()
            && let Ok(standing) = with_cx(&moment, standing)
        {
            findings.extend(standing.into_iter().filter(|it| is_shown_as_saved(&moment, it)));
        }
        show(&session, &findings);
    });
}

/// The same, unless something was shown since `n_shows` were; tells whether.
fn show_unless_late(
    session: &Arc<Session>,
    findings: &[FindingData],
    n_shows: Option<u64>,
) -> bool {
    let moment = session.moment();
    let mut by_document = placed(&moment, findings);
    let mut world = session.world();
    if n_shows.is_some_and(|it| it != world.n_council_shows) {
        return false;
    }
    world.n_council_shows += 1;
    let aggregator = Arc::make_mut(&mut world.aggregator);
    for key in aggregator.documents_of(Source::Council) {
        by_document.entry(key).or_default();
    }
    let keys: Vec<DocumentKey> = by_document.keys().cloned().collect();
    for (key, told) in by_document {
        aggregator.put(key, Source::Council, told);
    }
    drop(world);
    // The documents did not change: a client that pulls has to be told to ask again.
    session.publisher().submit_late(keys);
    true
}

/// Shows what the catalog holds against the files as they are now: after a start, or when somebody
/// has said something to the council. Takes its time.
pub(crate) fn refresh(session: &Arc<Session>) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn_blocking(move || look(&session));
}

/// The same on this thread.
pub(crate) fn look(session: &Arc<Session>) {
    loop {
        let n_shows = session.world().n_council_shows;
        let moment = session.moment();
        if moment.root().is_none() {
            return;
        }
        match with_cx(&moment, standing) {
            Ok(mut findings) => {
                findings.retain(|it| is_shown_as_saved(&moment, it));
                // What a command found meanwhile must not go again.
                if show_unless_late(session, &findings, Some(n_shows)) {
                    return;
                }
            }
            Err(error) => {
                return tracing::info!("look up what the council found: {}", error.message);
            }
        }
    }
}

/// Whether an editor that shows the finding's file shows what is on disk, where it was reviewed.
fn is_shown_as_saved(moment: &Moment, finding: &FindingData) -> bool {
    let Some(key) = key_of(moment, finding) else { return false };
    let DocumentKey::File(path) = &key else { return false };
    let shown = moment.snapshot.open_text(&key);
    let saved = || workspace::discover::read_text(&*moment.system, path).ok();
    shown.is_none_or(|shown| saved().is_some_and(|it| it.text == shown))
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
    let key = key_of(moment, finding)?;
    let doc = moment.doc_of(&key)?;
    let text = &doc.document().text;
    let [start, end] = finding.span?;
    text.get(start as usize..end as usize)?;
    Some((key, doc.id, Span { start, end }))
}

fn key_of(moment: &Moment, finding: &FindingData) -> Option<DocumentKey> {
    let root: AbsPath = moment.root()?;
    let path = RelPath::new(finding.part.as_deref()?)?;
    Some(DocumentKey::File(root.join(&path)))
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
        docs: None,
    }
}

fn severity(risk: &str) -> Severity {
    match risk {
        "critical" | "high" => Severity::Error,
        "medium" => Severity::Warning,
        _ => Severity::Info,
    }
}

/// What can be said to the findings in a range: title, command and its argument.
pub(crate) fn answers(doc: &Doc, range: Span) -> Vec<(Told, String, String, Value)> {
    let here = doc.reviewed().iter().filter(|it| {
        let span = it.diagnostic.span;
        span.overlaps(range) || span.touches(range.range().start)
    });
    let mut out = Vec::new();
    for told in here {
        let Some(said_by) = &told.said_by else { continue };
        let (code, finding) = (&said_by.code, &said_by.fingerprint);
        let mut add = |title: String, command: &str, input: Value| {
            out.push((told.clone(), title, command.to_owned(), input));
        };
        let suppress = json!({ "fingerprint": finding });
        add(format!("Suppress {code} with a reason …"), "specwright.council.suppress", suppress);
        let by = json!({ "review": finding });
        add("Let the change by with a reason …".to_owned(), "specwright.council.override", by);
        add("Show the review".to_owned(), SHOW_REVIEW, json!({ "fingerprint": finding }));
    }
    // Several findings of one review need its page once.
    let mut seen = Vec::new();
    out.retain(|(_, title, command, _)| {
        let is_new = command != SHOW_REVIEW || !seen.contains(title);
        seen.push(title.clone());
        is_new
    });
    out
}

/// What the author has still to say before a command of the council can run.
pub(crate) fn missing(moment: &Moment, command: &'static Command, input: &Value) -> Option<Effect> {
    let is_suppression = command.name == "council.suppress";
    let is_asked =
        is_suppression && input["lift"] != json!(true) || command.name == "council.override";
    if !is_asked || !input["reason"].is_null() {
        return None;
    }
    if !moment.profile.types_text {
        let line = match is_suppression {
            true => format!("suppress {}", input["fingerprint"].as_str().unwrap_or("FINGERPRINT")),
            false => format!("override --review {}", input["review"].as_str().unwrap_or("REVIEW")),
        };
        let message =
            format!("say why on the command line: `specwright council {line} --reason \"…\"`");
        return Some(Effect::Message(message));
    }
    if is_suppression && input.get("expires").is_none() {
        let choices = council_suppress::terms(moment.system.now(), input);
        let text = "How long shall the finding not count?".to_owned();
        return Some(Effect::Pick { command, text, choices });
    }
    let (input, field) = (input.clone(), "reason");
    Some(Effect::Type { command, input, field, prompt: WHY })
}

/// What a command of the council has done, in a sentence.
pub(crate) fn answered(output: &Value) -> String {
    match output["note"].as_str() {
        Some(note) => note.to_owned(),
        None => format!("{} is let by", output["subject"].as_str().unwrap_or("the change")),
    }
}

/// A question without the answers that this client cannot give, and how to give them otherwise.
pub(crate) fn askable(moment: &Moment, command: &Command, mut question: Question) -> Question {
    if !moment.profile.types_text {
        question.options.retain(|it| !matches!(it.says, Says::Type { .. }));
        let name =
            command.aliases.first().map_or(command.name.replace('.', " "), |it| (*it).to_owned());
        question.text +=
            &format!(" On the command line: `specwright {name} --yes --override \"…\"`");
    }
    question
}

/// Shows the review that has a finding, or the latest, as a page.
pub(crate) fn show_review(moment: &Moment, argument: &Value) -> Result<(Value, Effect)> {
    let finding = argument["fingerprint"].as_str();
    let found = with_cx(moment, |cx| council_show::find(cx, finding));
    let found = found.map_err(|error| to_proto::command_error(&error))?;
    let Some(review) = found else {
        let message = "the council has reviewed nothing like that yet".to_owned();
        return Ok((Value::Null, Effect::Message(message)));
    };
    let text = review.page();
    let output = json!({ "text": text });
    let effect = page(moment, "review.md", &text).map_or(Effect::Message(text), Effect::Show);
    Ok((output, effect))
}
