//! Diagnostics: one file a rule, listed once in `rules!` below.
//!
//! A rule is declared with [`declare_rule!`]; its doc comment is its page in `docs/rules`. Block
//! rules see one chunk and are cached with its facts; joined rules take notes of each chunk, also
//! cached, and judge them together; spec rules see everything and run each time.

#[macro_use]
mod declare;
mod cues;
mod cx;
mod ears;
pub(crate) mod gate;
mod items;
mod levels;
mod mend;
mod notes;
mod page;
mod sink;
mod suppress;
#[cfg(test)]
mod testing;
mod words;

pub(crate) use crate::rules::declare::Check;
pub use crate::rules::declare::{Group, Rule};
pub use crate::rules::levels::{Level, Levels};
pub use crate::rules::notes::Note;
pub use crate::rules::page::{index_page, page};
pub(crate) use crate::rules::sink::{Sink, SpecCx};
pub use crate::rules::suppress::{Allow, allow_comment, allow_file_comment};

use crate::analysis::Analysis;
use crate::document::Document;
use crate::read::ChunkCx;
use crate::rules::cx::BlockCx;
use crate::rules::notes::Notes;
use model::Diagnostic;

rules! {
    sign_in_without_method,
    exclusive_providers,
    identity_without_accounts,
    payment_without_provider,
    payment_without_webhook,
    unknown_table_reference,
    table_defined_twice,
    entity_without_model,
    unused_model_entity,
    missing_owner_column,
    ownership_against_sharing,
    client_exposed_secret,
    unbounded_upload,
    vague_schedule,
    cron_mismatch,
    invalid_cron,
    realtime_without_channel,
    included_and_excluded,
    phase_conflict,
    enum_mismatch,
    personal_data_without_retention,
    unlimited_public_write,
    embedding_dimension_mismatch,
    dead_link,
    duplicate_requirement_id,
    heading_level_jump,
    missing_acceptance_criteria,
    paste_artefact,
    placeholder,
    unknown_allow,
    unused_allow,
    ears_if_without_then,
    ears_several_shalls,
    ears_without_actor,
    ears_without_response,
    ears_without_trigger,
    absolute,
    and_or,
    combinator,
    comparative,
    escape_clause,
    negative_requirement,
    oblique_slash,
    open_ended_list,
    passive_without_actor,
    subjective_term,
    superfluous_infinitive,
    superlative,
    universal_quantifier,
    unmeasurable,
    vague_pronoun,
    vague_term,
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.name == name).copied()
}

/// What the rules know of one chunk.
#[derive(Debug, Default)]
pub(crate) struct ChunkReport {
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) notes: Vec<Note>,
    pub(crate) allows: Vec<Allow>,
}

/// Runs the block rules over one chunk and takes the notes of the joined ones.
pub(crate) fn check_chunk(chunk: &ChunkCx<'_>, levels: &Levels) -> ChunkReport {
    let mut out = ChunkReport {
        allows: suppress::allows(chunk.chunk, chunk.blocks),
        ..ChunkReport::default()
    };
    let cx = BlockCx::new(chunk);
    for rule in RULES {
        let Some(severity) = levels.severity(rule) else { continue };
        match rule.check {
            Check::Block(check) => check(&cx, &mut Sink::new(rule, severity, &mut out.findings)),
            Check::Joined(note, _) => note(&cx, &mut Notes::new(rule, &mut out.notes)),
            Check::Spec(_) | Check::Unused(_) => {}
        }
    }
    out.notes.sort_by_key(Note::span_in_chunk);
    out
}

/// Collects what block rules found, runs the rules that need more than a chunk, and drops what is
/// silenced.
pub(crate) fn check(
    documents: &[Document],
    analysis: &Analysis,
    levels: &Levels,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (document, facts) in (0u32..).zip(&analysis.facts) {
        for placed in facts {
            let moved = placed.facts.findings.iter();
            out.extend(moved.map(|it| sink::place(it, model::DocumentId(document), placed.start)));
        }
    }
    let cx = SpecCx::new(documents, analysis);
    let notes = notes::by_rule(&analysis.facts);
    for rule in RULES {
        let Some(severity) = levels.severity(rule) else { continue };
        let mut sink = Sink::new(rule, severity, &mut out);
        match rule.check {
            Check::Spec(check) => check(&cx, &mut sink),
            Check::Joined(_, join) => {
                let taken = notes.get(rule.name).map_or(&[][..], Vec::as_slice);
                join(&cx, taken, &mut sink);
            }
            Check::Block(_) | Check::Unused(_) => {}
        }
    }
    suppress::drop_silenced(analysis, levels, &mut out);
    out.sort_by(|a, b| (a.document, a.span, a.rule).cmp(&(b.document, b.span, b.rule)));
    out.dedup();
    out
}
