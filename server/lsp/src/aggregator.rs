//! Diagnostics of one document from several sources, each as old as it is.
//!
//! The spec's own are made anew for each version. Those of slower sources (a dry run, a council)
//! stay while the text changes: their ranges move with the edits, and one whose text was touched is
//! dropped, so that none is ever shown at a place that it does not mean.

use model::{Diagnostic, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use workspace::{DocumentKey, Splice};

/// Who found something; also the order of findings at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Spec,
    Migration,
    /// What specs and declarations do not agree about.
    Provision,
    Council,
    /// Faults of a workspace's state.
    Health,
    Run,
    /// Another worktree.
    Peer,
}

/// A finding, and who it is from when it is not from a rule of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub diagnostic: Diagnostic,
    pub said_by: Option<SaidBy>,
}

/// A reviewer, in a diagnostic's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidBy {
    /// `council/claude/security`
    pub source: String,
    pub code: String,
    /// The same for the same finding after lines moved; what is suppressed by. Empty where nothing
    /// can be.
    pub fingerprint: String,
    /// Where it is explained.
    pub docs: Option<String>,
}

impl From<Diagnostic> for Told {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, said_by: None }
    }
}

/// The latest findings of every source but the spec.
#[derive(Debug, Clone, Default)]
pub struct Aggregator {
    by_document: FxHashMap<DocumentKey, BTreeMap<Source, Vec<Told>>>,
}

impl Aggregator {
    /// Replaces what `source` says of a document; its spans must fit the document's text now.
    pub fn put(&mut self, key: DocumentKey, source: Source, diagnostics: Vec<Told>) {
        if !diagnostics.is_empty() {
            self.by_document.entry(key).or_default().insert(source, diagnostics);
        } else if let Some(sources) = self.by_document.get_mut(&key) {
            sources.remove(&source);
            if sources.is_empty() {
                self.by_document.remove(&key);
            }
        }
    }

    /// Follows an edit of the document.
    pub fn splice(&mut self, key: &DocumentKey, splices: &[Splice]) {
        let Some(sources) = self.by_document.get_mut(key) else { return };
        for diagnostics in sources.values_mut() {
            for splice in splices {
                diagnostics.retain_mut(|it| follow(&mut it.diagnostic, splice));
            }
        }
    }

    /// Whether a source other than the spec has something to say of a document.
    #[must_use]
    pub fn knows(&self, key: &DocumentKey) -> bool {
        self.by_document.contains_key(key)
    }

    /// What a source said last of a document.
    #[must_use]
    pub fn says(&self, key: &DocumentKey, source: Source) -> &[Told] {
        let sources = self.by_document.get(key);
        sources.and_then(|it| it.get(&source)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The documents of which a source has something to say.
    #[must_use]
    pub fn documents_of(&self, source: Source) -> Vec<DocumentKey> {
        let all = self.by_document.iter();
        all.filter(|it| it.1.contains_key(&source)).map(|it| it.0.clone()).collect()
    }

    /// Forgets a document that is gone.
    pub fn remove(&mut self, key: &DocumentKey) {
        self.by_document.remove(key);
    }

    /// The union of `spec` and what the other sources say, sorted by place.
    #[must_use]
    pub fn union(&self, key: &DocumentKey, spec: Vec<Diagnostic>) -> Vec<Told> {
        let mut out: Vec<Told> = spec.into_iter().map(Told::from).collect();
        let Some(sources) = self.by_document.get(key) else { return out };
        out.extend(sources.values().flatten().cloned());
        // Stable: sources keep their order at one place.
        out.sort_by_key(|it| (it.diagnostic.span, it.diagnostic.rule));
        out.dedup();
        out
    }
}

/// Moves a finding through an edit; `false` when its own text was touched.
fn follow(diagnostic: &mut Diagnostic, splice: &Splice) -> bool {
    let document = diagnostic.document;
    let Some(span) = moved(diagnostic.span, splice) else { return false };
    diagnostic.span = span;
    diagnostic.related.retain_mut(|it| {
        if it.document != document {
            return true;
        }
        let span = moved(it.span, splice);
        it.span = span.unwrap_or(it.span);
        span.is_some()
    });
    // A mend was made for the text as it was; half of one would do harm.
    diagnostic.fixes.retain_mut(|fix| {
        fix.edits.iter_mut().all(|it| {
            if it.document != document {
                return true;
            }
            let span = moved(it.span, splice);
            it.span = span.unwrap_or(it.span);
            span.is_some()
        })
    });
    true
}

fn moved(span: Span, splice: &Splice) -> Option<Span> {
    let range = span.range();
    if range.end <= splice.start {
        return Some(span);
    }
    if range.start < splice.end || (splice.start == splice.end && range.start < splice.start) {
        return None;
    }
    let shift = |it: usize| it - splice.end + splice.start + splice.len;
    Some(Span::new(shift(range.start), shift(range.end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use model::{DocumentId, Severity};

    fn finding(text: &str, word: &str) -> Told {
        let at = text.find(word).expect("the word is in the text");
        let diagnostic = Diagnostic {
            rule: "late",
            severity: Severity::Warning,
            document: DocumentId(0),
            span: Span::new(at, at + word.len()),
            message: word.to_owned(),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        };
        diagnostic.into()
    }

    /// Puts a finding on each word of `text`, replaces `start..end` by `new`, and shows what each
    /// finding then covers.
    fn check(text: &str, start: usize, end: usize, new: &str, expect: Expect) {
        let key = DocumentKey::Untitled("a".to_owned());
        let mut aggregator = Aggregator::default();
        let findings = text.split(' ').map(|it| finding(text, it)).collect();
        aggregator.put(key.clone(), Source::Council, findings);
        aggregator.splice(&key, &[Splice { start, end, len: new.len() }]);
        let mut after = text.to_owned();
        after.replace_range(start..end, new);
        let shown = aggregator.union(&key, Vec::new());
        let shown: Vec<String> = shown
            .iter()
            .map(|it| &it.diagnostic)
            .map(|it| format!("{}={}", it.message, &after[it.span.range()]))
            .collect();
        expect.assert_eq(&shown.join(" "));
    }

    #[test]
    fn findings_move_with_the_text_or_go_with_it() {
        check("one two three", 0, 0, "zero ", expect!["one=one two=two three=three"]);
        check("one two three", 13, 13, "!", expect!["one=one two=two three=three"]);
        check("one two three", 5, 6, "", expect!["one=one three=three"]);
        check("one two three", 5, 5, "x", expect!["one=one three=three"]);
        check("one two three", 2, 9, "", expect![""]);
        check("one two three", 3, 4, "\n\n", expect!["one=one two=two three=three"]);
    }

    #[test]
    fn sources_are_joined_and_a_source_replaces_only_its_own() {
        let key = DocumentKey::Untitled("a".to_owned());
        let mut aggregator = Aggregator::default();
        let text = "one two three";
        aggregator.put(key.clone(), Source::Council, vec![finding(text, "three")]);
        aggregator.put(key.clone(), Source::Peer, vec![finding(text, "one")]);
        let union = aggregator.union(&key, vec![finding(text, "two").diagnostic]);
        let words: Vec<&str> = union.iter().map(|it| it.diagnostic.message.as_str()).collect();
        assert_eq!(words, ["one", "two", "three"]);
        aggregator.put(key.clone(), Source::Peer, Vec::new());
        let union = aggregator.union(&key, Vec::new());
        assert_eq!(union.len(), 1, "the council's finding stays");
    }
}
