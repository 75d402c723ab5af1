use super::cx::{BlockCx, Line};
use super::{Sink, gate};
use crate::pattern::compile;
use crate::scope::Role;
use aho_corasick::AhoCorasick;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

declare_rule! {
    /// Something is still to be written: a TBD, a template's bracket, a question to be clarified.
    ///
    /// Finds `TBD`, `TODO:`, `FIXME`, `[NEEDS CLARIFICATION: …]`, brackets that a template left
    /// (`[Feature Name]`, `[Describe …]`) and their like in other languages. A TBD under open
    /// questions is where it belongs; code is not looked at.
    ///
    /// ```md,bad
    /// ## Billing
    /// The price per seat is TBD.
    /// ```
    /// ```md,bad
    /// - **FR-006**: Users MUST sign in via [NEEDS CLARIFICATION: email, SSO, OAuth?]
    /// ```
    /// ```md,good
    /// ## Billing
    /// The price per seat is 9 € a month. Users keep a todo list.
    /// ```
    pub(super) static RULE = {
        name: "placeholder",
        group: Structure,
        severity: Info,
        since: "0.1.0",
        check: Block(placeholder),
    }
}

static CLARIFY: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\[?NEEDS[ _]CLARIFICATION(?::[^\]]*\]|\])?"));
static LATER: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?-u:\b)(?:TBD|TBC|TBA|FIXME|TODO(?:\(\w*\))?:|T\.B\.D\.)(?-u:\b)?")
});
// Repetitions have no upper bound: each step of a bound is a copy of its class, and classes of
// Unicode are large. Bounds made these two patterns the heaviest part of the server.

/// A whole item, cell or paragraph that only promises, in other words.
static PROMISE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:[\p{L} ]+[:：]\s*)?[(\[<]?(?:to be (?:decided|defined|determined|confirmed|announced|written|added|completed)|todo|wird (?:noch )?(?:ergänzt|definiert|festgelegt)|noch (?:offen|zu klären|festzulegen)|zu klären|à (?:définir|compléter|préciser|confirmer)|por (?:definir|confirmar|determinar)|a (?:definir|confirmar|determinar)|a ser definid[oa]|будет (?:определено|уточнено) позже|уточняется|подлежит уточнению|(?:akan|belum) ditentukan|待定|待补充|未定|要検討|検討中|後日記載|미정|추후 ?(?:결정|작성|정의)|작성 ?예정|lorem ipsum\b.*)[)\]>]?[.。…]*$",
    )
});
/// What the templates of spec-kit, BMAD and common PRD generators leave in brackets.
static BRACKET: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\[(?:###-feature-name|(?:FEATURE|PROJECT|PRODUCT|COMPANY|TEAM|AUTHOR|YOUR|OWNER|CLIENT)(?: NAME| TITLE)?|(?:Feature|Project|Product|Company|App|Your|Author|Team|Client|Owner|Stakeholder|Component|Entity|Persona)(?: (?:Name|Title|Here|\d+|name|title|here))|(?:Brief Title|Date|DATE|Name|NAME|Insert [^\]]+|Describe [^\]]+|Explain [^\]]+|Add [^\]]+ here|Enter [^\]]+|Fill in[^\]]*|Your [^\]]+|specific capability[^\]]*|key interaction[^\]]*|data requirement[^\]]*|initial state|action|expected outcome|boundary condition|error scenario|Measurable metric[^\]]*|What it represents[^\]]*|placeholder|PLACEHOLDER|TBD)|(?:Nom|Titre) d[ue][^\]]+|Projektname|Produktname|Nombre del [^\]]+|Nome d[oa] [^\]]+|Название [^\]]+|项目名称|功能名称|프로젝트 ?명|プロジェクト名)\]|\$ARGUMENTS",
    )
});

static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "[",
        "$arguments",
        "tbd",
        "tbc",
        "tba",
        "fixme",
        "todo",
        "t.b.d.",
        "needs",
        "to be ",
        "wird ",
        "noch ",
        "zu klären",
        "définir",
        "compléter",
        "préciser",
        "confirm",
        "por definir",
        "por determinar",
        "a definir",
        "determinar",
        "ser defini",
        "определено",
        "уточн",
        "Уточн",
        "ditentukan",
        "待定",
        "待补充",
        "未定",
        "検討",
        "後日",
        "미정",
        "추후",
        "예정",
        "lorem",
    ])
});

fn placeholder(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    for line in &cx.lines {
        if !MAYBE.is_match(line.text()) || line.scope.is_under(Role::Example) {
            continue;
        }
        let asked = line.scope.is_under(Role::OpenQuestions);
        // Link texts keep their brackets in the source only, where a target follows.
        for found in CLARIFY.find_iter(line.text()) {
            report(line, found.range(), "is still to be clarified", sink);
        }
        if !asked {
            for found in LATER.find_iter(line.text()) {
                let quoted = is_quoted(line.text(), &found.range());
                if !quoted && !line.is_code(found.start()) {
                    report(line, found.range(), "is still to be decided", sink);
                }
            }
            if let Some(found) = PROMISE.find(line.text().trim_end()) {
                report(line, found.range(), "is still to be written", sink);
            }
        }
        for found in BRACKET.find_iter(line.text()) {
            let is_link = line.text()[found.end()..].starts_with(['(', '[', ':']);
            if !is_link && !line.is_code(found.start()) {
                report(line, found.range(), "is left from a template", sink);
            }
        }
    }
}

fn report(line: &Line<'_>, range: Range<usize>, what: &str, sink: &mut Sink<'_>) {
    let text = line.text()[range.clone()].trim();
    let shown: String = text.chars().take(40).collect();
    let dots = if shown.len() < text.len() { "…" } else { "" };
    sink.report_here(line.place(range), format!("`{shown}{dots}` {what}"));
}

fn is_quoted(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let mark = |it: Option<char>| it.is_some_and(|it| "\"'“”‘’«»「」".contains(it));
    mark(before) && mark(after)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["placeholder"]));
    }

    #[test]
    fn promises_in_other_languages_fire_only_when_they_are_all_there_is() {
        check(
            "- Preis: noch offen\n- À définir\n- Les règles à définir par le client sont libres.\n\n| 配送 | 待定 |\n|---|---|\n| 결제 | 미정 |\n",
            expect![[r#"
                1: info[placeholder] "Preis: noch offen" `Preis: noch offen` is still to be written
                2: info[placeholder] "À définir" `À définir` is still to be written
                5: info[placeholder] "待定" `待定` is still to be written
                7: info[placeholder] "미정" `미정` is still to be written
            "#]],
        );
    }

    #[test]
    fn a_link_and_a_todo_list_are_no_placeholders() {
        check("See [Name](x.md). A TODO app keeps `TBD` in [Date][d].\n", expect![""]);
    }

    #[test]
    fn template_brackets_fire() {
        check(
            "# Spec: [FEATURE NAME]\n\n- System MUST [specific capability, e.g., \"x\"]\n",
            expect![[r#"
            1: info[placeholder] "[FEATURE NAME]" `[FEATURE NAME]` is left from a template
            3: info[placeholder] "[specific capability, e.g., \"x\"]" `[specific capability, e.g., "x"]` is left from a template
        "#]],
        );
    }
}
