//! Which of the known spec formats a document follows.

use crate::pattern::compile_code;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// Tells readers and rules which conventions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    #[default]
    Prd,
    /// Kiro's `requirements.md`: EARS criteria.
    Ears,
    SpecKit,
    OpenSpec,
    Bmad,
    TaskMaster,
    Srs,
    Issue,
    Checklist,
}

/// Bytes of the text that are looked at: a format shows itself early.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Items of a list that are ticked or can be, for a document that is one.
const CHECKS_MIN: usize = 4;

/// What a stretch of text shows of formats; looked for once when a chunk is read, because a
/// keystroke elsewhere does not change it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs {
    spec_kit: bool,
    open_spec: bool,
    /// Heading of a requirement as OpenSpec writes it, and of a scenario.
    requirement: bool,
    scenario: bool,
    /// EARS criteria, up to [`CRITERIA_MIN`].
    criteria: usize,
    /// The first of [`others`] that shows.
    other: Option<usize>,
}

/// Criteria that outweigh what the file calls itself.
const CRITERIA_MIN: usize = 3;

impl Signs {
    /// Looks at the text of one chunk.
    pub(crate) fn of(text: &str) -> Self {
        static SPEC_KIT: LazyLock<Regex> = LazyLock::new(|| {
            compile_code(
                r"(?m)^# Feature Specification:|^\*\*Feature Branch\*\*|^## User Scenarios & Testing",
            )
        });
        static OPEN_SPEC: LazyLock<Regex> = LazyLock::new(|| {
            compile_code(r"(?m)^## (?:ADDED|MODIFIED|REMOVED|RENAMED) Requirements")
        });
        static EARS: LazyLock<Regex> = LazyLock::new(|| {
            compile_code(
                r"(?m)^\s*(?:\d+\.|-|\*)\s+(?:\*\*)?(?:WHEN|WHILE|IF|WHERE)\b.+\b(?:THEN|SHALL)\b|^\s*(?:\d+\.|-)\s+(?:\*\*)?THE [\w ]+ SHALL\b",
            )
        });
        Self {
            spec_kit: SPEC_KIT.is_match(text),
            open_spec: OPEN_SPEC.is_match(text),
            requirement: text.lines().any(|it| it.starts_with("### Requirement: ")),
            scenario: text.lines().any(|it| it.starts_with("#### Scenario:")),
            criteria: EARS.find_iter(text).take(CRITERIA_MIN).count(),
            other: others().iter().position(|(it, _)| it.is_match(text)),
        }
    }
}

/// The formats that one line of text gives away, the surest first.
fn others() -> &'static [(Regex, Format)] {
    static OTHERS: LazyLock<[(Regex, Format); 4]> = LazyLock::new(|| {
        [
            (
                compile_code(r"(?m)^<context>\s*$|^<PRD>\s*$|^# Logical Dependency Chain"),
                Format::TaskMaster,
            ),
            (
                compile_code(
                    r"(?m)^## (?:Goals and Background Context|Epic List|Change Log)\b|^## Epic \d+[: ]",
                ),
                Format::Bmad,
            ),
            (
                compile_code(
                    r"(?im)^#+ *(?:steps to reproduce|expected behaviou?r|is your feature request related to a problem)",
                ),
                Format::Issue,
            ),
            (
                compile_code(concat!(
                    r"(?im)software requirements specification|^#* *\**lastenheft\b|^#* *\**pflichtenheft\b|техническое задание",
                    r"|cahier des charges|especificaci[oó]n de requisitos|especifica[cç][aã]o de requisitos",
                    r"|spesifikasi kebutuhan|需求规格说明|要件定義書|요구사항\s*(?:정의서|명세서)|ieee 830|ISO/IEC/IEEE 29148",
                )),
                Format::Srs,
            ),
        ]
    });
    &*OTHERS
}

/// Tells the format by path and headings; a plain PRD when nothing speaks for another.
#[must_use]
pub fn detect(document: &crate::Document) -> Format {
    let path = document.path.as_ref().map(|it| it.as_str().to_lowercase());
    if let Some(it) = path.as_deref().and_then(by_path) {
        return it;
    }
    by_signs(document).unwrap_or_else(|| by_blocks(document))
}

fn by_path(path: &str) -> Option<Format> {
    let has = |part: &str| path.starts_with(part) || path.contains(&format!("/{part}"));
    if has(".kiro/specs/") {
        Some(Format::Ears)
    } else if has("openspec/") {
        Some(Format::OpenSpec)
    } else if has(".specify/") || (has("specs/") && path.ends_with("/spec.md")) {
        Some(Format::SpecKit)
    } else if has(".taskmaster/") || has("scripts/prd.txt") {
        Some(Format::TaskMaster)
    } else if has(".bmad") || has("_bmad/") || has("bmad/") || has("docs/prd/") {
        Some(Format::Bmad)
    } else if has(".github/issue") || has(".github/issue_template/") {
        Some(Format::Issue)
    } else {
        None
    }
}

fn by_signs(document: &crate::Document) -> Option<Format> {
    let head: Vec<(usize, &Signs)> = document
        .chunks
        .iter()
        .take_while(|it| it.start < HEAD_BYTES_MAX)
        .map(|it| (it.start, &it.signs))
        .collect();
    let is_spec_kit = head.iter().any(|(_, it)| it.spec_kit);
    let is_open_spec = head.iter().any(|(_, it)| it.open_spec) || has_scenarios(&head);
    let criteria: usize = head.iter().map(|(_, it)| it.criteria).sum();
    let other = head.iter().filter_map(|(_, it)| it.other).min().map(|it| others()[it].1);
    // Kiro's files may call themselves a specification; criteria outweigh the title.
    match (is_spec_kit, is_open_spec) {
        (true, _) => Some(Format::SpecKit),
        (_, true) => Some(Format::OpenSpec),
        _ if criteria >= CRITERIA_MIN => Some(Format::Ears),
        _ => other.or((criteria > 0).then_some(Format::Ears)),
    }
}

/// Whether a requirement's heading is soon followed by one of a scenario, as OpenSpec writes them.
fn has_scenarios(head: &[(usize, &Signs)]) -> bool {
    const BYTES_MAX: usize = 2_000;
    let mut requirement = None;
    head.iter().any(|(start, it)| {
        if it.requirement {
            requirement = Some(*start);
        }
        it.scenario && requirement.is_some_and(|it| start - it <= BYTES_MAX)
    })
}

/// A document that is mostly boxes to tick.
fn by_blocks(document: &crate::Document) -> Format {
    const CHUNKS_MAX: usize = 20;
    let blocks = document.chunks.iter().take(CHUNKS_MAX).flat_map(|it| &it.chunk.blocks);
    let (mut checks, mut others) = (0, 0);
    for block in blocks {
        match block.kind {
            BlockKind::Item { checked: Some(_), .. } => checks += 1,
            BlockKind::Item { .. } | BlockKind::Paragraph | BlockKind::Table { .. } => others += 1,
            _ => {}
        }
    }
    if checks >= CHECKS_MIN && checks > others { Format::Checklist } else { Format::Prd }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;
    use model::RelPath;

    fn check(path: &str, text: &str, expect: Format) {
        let document = Document::new(RelPath::new(path), text.into());
        assert_eq!(detect(&document), expect, "{path}: {text}");
    }

    #[test]
    fn paths_tell_the_format() {
        check(".kiro/specs/crm/requirements.md", "", Format::Ears);
        check("openspec/changes/a/specs/b/spec.md", "", Format::OpenSpec);
        check("specs/001-cli/spec.md", "", Format::SpecKit);
        check(".taskmaster/docs/prd.txt", "", Format::TaskMaster);
        check("docs/prd/epic-1.md", "", Format::Bmad);
    }

    #[test]
    fn texts_tell_the_format() {
        check("a.md", "# Feature Specification: X\n", Format::SpecKit);
        check("a.md", "## ADDED Requirements\n", Format::OpenSpec);
        check(
            "a.md",
            "1. WHEN a user pays THEN the system SHALL send mail\n2. THE API SHALL log\n3. IF x THEN THE API SHALL y\n",
            Format::Ears,
        );
        check("a.md", "# Lastenheft Autovermietung\n", Format::Srs);
        check("a.md", "# Requirements 要件定義書\n", Format::Srs);
        check("a.md", "- [ ] a\n- [x] b\n- [ ] c\n- [ ] d\n", Format::Checklist);
        check("a.md", "# A product\n\nIt sells boats.\n", Format::Prd);
    }
}
