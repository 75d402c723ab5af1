//! Cheap tests that keep a rule's patterns away from texts which cannot match.
//!
//! A gate is one automaton over plain needles. Behind it stand patterns in ten languages, which
//! cost far more to compile and to run; most chunks never need them.

use aho_corasick::AhoCorasick;

/// An automaton over needles, blind to the case of ASCII letters.
pub(crate) fn any_case(needles: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(needles)
        .expect("a few short needles fit an automaton")
}

/// An automaton over needles as written.
pub(crate) fn exact(needles: &[&str]) -> AhoCorasick {
    AhoCorasick::new(needles).expect("a few short needles fit an automaton")
}
