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

/// Bytes of the text that are looked at: a format shows itself early, and a keystroke far below
/// must not be read for it.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Items of a list that are ticked or can be, for a document that is one.
const CHECKS_MIN: usize = 4;

/// Tells the format by path and headings; a plain PRD when nothing speaks for another.
#[must_use]
pub fn detect(document: &crate::Document) -> Format {
    let path = document.path.as_ref().map(|it| it.as_str().to_lowercase());
    if let Some(it) = path.as_deref().and_then(by_path) {
        return it;
    }
    let head = &document.text[..document.text.floor_char_boundary(HEAD_BYTES_MAX)];
    by_text(head).unwrap_or_else(|| by_blocks(document))
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

fn by_text(head: &str) -> Option<Format> {
    static SPEC_KIT: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"(?m)^# Feature Specification:|^\*\*Feature Branch\*\*|^## User Scenarios & Testing",
        )
    });
    static OPEN_SPEC: LazyLock<Regex> =
        LazyLock::new(|| compile_code(r"(?m)^## (?:ADDED|MODIFIED|REMOVED|RENAMED) Requirements"));
    static EARS: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"(?m)^\s*(?:\d+\.|-|\*)\s+(?:\*\*)?(?:WHEN|WHILE|IF|WHERE)\b.+\b(?:THEN|SHALL)\b|^\s*(?:\d+\.|-)\s+(?:\*\*)?THE [\w ]+ SHALL\b",
        )
    });
    static TASK_MASTER: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(r"(?m)^<context>\s*$|^<PRD>\s*$|^# Logical Dependency Chain")
    });
    static SRS: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(concat!(
            r"(?im)software requirements specification|^#* *\**lastenheft\b|^#* *\**pflichtenheft\b|техническое задание",
            r"|cahier des charges|especificaci[oó]n de requisitos|especifica[cç][aã]o de requisitos",
            r"|spesifikasi kebutuhan|需求规格说明|要件定義書|요구사항\s*(?:정의서|명세서)|ieee 830|ISO/IEC/IEEE 29148",
        ))
    });
    static BMAD: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"(?m)^## (?:Goals and Background Context|Epic List|Change Log)\b|^## Epic \d+[: ]",
        )
    });
    static ISSUE: LazyLock<Regex> = LazyLock::new(|| {
        compile_code(
            r"(?im)^#+ *(?:steps to reproduce|expected behaviou?r|is your feature request related to a problem)",
        )
    });
    let is_spec_kit = SPEC_KIT.is_match(head);
    let is_open_spec = OPEN_SPEC.is_match(head) || has_scenarios(head);
    // Kiro's files may call themselves a specification; criteria outweigh the title.
    if EARS.find_iter(head).take(3).count() >= 3 && !is_spec_kit && !is_open_spec {
        return Some(Format::Ears);
    }
    let others: [(&Regex, Format); 5] = [
        (&TASK_MASTER, Format::TaskMaster),
        (&BMAD, Format::Bmad),
        (&ISSUE, Format::Issue),
        (&SRS, Format::Srs),
        (&EARS, Format::Ears),
    ];
    match (is_spec_kit, is_open_spec) {
        (true, _) => Some(Format::SpecKit),
        (_, true) => Some(Format::OpenSpec),
        _ => others.into_iter().find(|(it, _)| it.is_match(head)).map(|(_, it)| it),
    }
}

/// Whether a requirement's heading is soon followed by one of a scenario, as OpenSpec writes them.
fn has_scenarios(head: &str) -> bool {
    const BYTES_MAX: usize = 2_000;
    let mut requirement = None;
    let mut start = 0;
    for line in head.split_inclusive('\n') {
        if line.starts_with("### Requirement: ") {
            requirement = Some(start);
        } else if line.starts_with("#### Scenario:")
            && requirement.is_some_and(|it| start - it <= BYTES_MAX)
        {
            return true;
        }
        start += line.len();
    }
    false
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
