use super::cx::BlockCx;
use super::sink::edit_here;
use super::{Sink, gate};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;

declare_rule! {
    /// Text of a chat window came along with the paste: citation marks, tool tags, small talk.
    ///
    /// Finds `:contentReference[…]`, `【12†source】`, `[cite: 3]`, tracking parameters of chat
    /// sites, and sentences such as "As an AI language model" or "Would you like me to …".
    ///
    /// ```md,bad
    /// Videos are listed on the start page【613967695887634†L418-L423】.
    /// ```
    /// ```md,bad
    /// Certainly! Here is a PRD for your app:
    /// ```
    /// ```md,good
    /// Videos are listed on the start page [as today](https://example.com).
    /// ```
    pub(super) static RULE = {
        name: "paste-artefact",
        group: Structure,
        severity: Warning,
        since: "0.1.0",
        check: Block(paste_artefact),
    }
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r":contentReference\[oaicite:\d+\](?:\{index=\d+\})?|\[?oai_citation:\d+[‡†][^\])]*\]?(?:\([^)]*\))?|【[^】\n]{0,60}†[^】\n]{0,60}】|\[cite_start\]|\[cite: ?\d+(?:, ?\d+)*\]|\u{E200}[^\u{E201}\n]{0,200}\u{E201}|[?&]utm_source=chatgpt\.com",
    )
});
static TALK: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:(?:certainly|sure|absolutely|of course|great question)[!,.]\s.{0,40}?\b(?:here(?:['’]s| is| are)|below is|let me)\b|here(?:['’]s| is) (?:the|your|a|an) (?:updated |revised |complete |detailed |refined )*(?:PRD|product requirements|spec|document|version)\b.{0,60}[:.]$|as an ai (?:language )?model\b|would you like me to\b|let me know if you(?:['’]d| would)? (?:like|want|need)\b|i hope this (?:helps|meets)\b|als KI-(?:Sprachmodell|Modell)|möchtest du, dass ich\b|soll ich dir\b|en tant que (?:modèle de langage|IA)\b|souhaitez-vous que je\b|voulez-vous que je\b|como (?:un )?modelo de lenguaje|¿(?:te gustaría|quieres) que\b|como (?:um )?modelo de linguagem|(?:gostaria|quer) que eu\b|как языковая модель|хотите, чтобы я|sebagai model bahasa|apakah anda ingin saya|作为(?:一个)?(?:AI|人工智能)(?:语言)?模型|如果(?:你|您)需要，我可以|AI言語モデルとして|필요하시면 .{0,20}해 ?드릴)",
    )
});

static MAYBE_MARK: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::exact(&["oaicite", "oai_citation", "†", "[cite", "\u{E200}", "utm_source=chatgpt"])
});
static MAYBE_TALK: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "certainly",
        "sure!",
        "sure,",
        "absolutely",
        "of course",
        "great question",
        "here's ",
        "here’s ",
        "here is ",
        "as an ai",
        "would you like me",
        "let me know if",
        "i hope this",
        "als ki-",
        "möchtest du",
        "soll ich dir",
        "en tant que",
        "souhaitez-vous",
        "voulez-vous",
        "modelo de l",
        "te gustaría",
        "quieres que",
        "gostaria que",
        "quer que eu",
        "языковая модель",
        "хотите, чтобы",
        "sebagai model",
        "apakah anda ingin",
        "模型",
        "如果你需要",
        "如果您需要",
        "言語モデル",
        "필요하시면",
    ])
});

fn paste_artefact(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    let source = &cx.chunk.chunk.text;
    let marked = MAYBE_MARK.is_match(&**source);
    for block in cx.chunk.chunk.blocks.iter().filter(|_| marked) {
        let inside = match block.kind {
            BlockKind::Heading { .. }
            | BlockKind::Paragraph
            | BlockKind::Item { .. }
            | BlockKind::Table { .. } => block.text,
            _ => continue,
        };
        for found in MARK.find_iter(cx.slice(inside)) {
            let start = inside.range().start + found.start();
            let end = inside.range().start + found.end();
            // A blank that only stood before the mark goes with it.
            let lead = usize::from(
                source[..start].ends_with(' ')
                    && source[end..].starts_with(['.', ',', ';', ' ', '\n']),
            );
            let span = model::Span::new(start, end);
            let cut = model::Span::new(start - lead, end);
            let shown: String = found.as_str().chars().take(30).collect();
            sink.report_here(span, format!("`{shown}` was pasted from a chat")).fix(
                "Remove the mark",
                vec![edit_here(cut, "")],
                true,
            );
        }
    }
    let prose = cx.lines.iter().filter(|it| !it.block.quoted && !it.in_table);
    for line in prose.filter(|it| MAYBE_TALK.is_match(it.text())) {
        for range in line.sentences() {
            if TALK.is_match(&line.text()[range.clone()]) && !line.is_code(range.start) {
                let message = "this sentence talks to the one who asked a chat, not to the reader";
                sink.report_here(line.place(range), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    #[test]
    fn marks_are_cut_with_their_blank() {
        let text = "A claim 【1†source】. See https://x.org/a?utm_source=chatgpt.com :contentReference[oaicite:0]{index=0}\n";
        check(
            text,
            expect![[r#"
            1: warning[paste-artefact] "【1†source】" `【1†source】` was pasted from a chat
              fix (safe): Remove the mark
                1 " 【1†source】" -> ""
            1: warning[paste-artefact] "?utm_source=chatgpt.com" `?utm_source=chatgpt.com` was pasted from a chat
              fix (safe): Remove the mark
                1 "?utm_source=chatgpt.com" -> ""
            1: warning[paste-artefact] ":contentReference[oaicite:0]{index=0}" `:contentReference[oaicite:0]{i` was pasted from a chat
              fix (safe): Remove the mark
                1 " :contentReference[oaicite:0]{index=0}" -> ""
        "#]],
        );
    }

    #[test]
    fn a_prompt_in_a_quote_is_left_alone() {
        check("> As an AI language model, you answer.\n\n`As an AI model`\n", expect![""]);
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["paste-artefact"]));
    }
}
