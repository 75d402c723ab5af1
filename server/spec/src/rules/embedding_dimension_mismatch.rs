use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, gate};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use model::{Modality, Span};
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;

declare_rule! {
    /// The embedding column and the embedding model have different dimensions.
    ///
    /// Compares `vector(n)`, "n dimensions" and the models whose dimensions are fixed. Silent when
    /// the spec has several models or columns of several sizes, which may belong together.
    ///
    /// ````md,bad
    /// Descriptions are embedded with text-embedding-3-small.
    ///
    /// ```sql
    /// create table items (id uuid primary key, embedding vector(384));
    /// ```
    /// ````
    /// ````md,good
    /// Descriptions are embedded with text-embedding-3-small.
    ///
    /// ```sql
    /// create table items (id uuid primary key, embedding vector(1536));
    /// ```
    /// ````
    pub(super) static RULE = {
        name: "embedding-dimension-mismatch",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// Source: the vendors' model pages; models that can be asked for fewer dimensions give the most.
const MODELS: &[(&str, u32, bool)] = &[
    ("text-embedding-3-small", 1536, true),
    ("text-embedding-3-large", 3072, true),
    ("text-embedding-ada-002", 1536, false),
    ("all-minilm-l6-v2", 384, false),
    ("all-minilm-l12-v2", 384, false),
    ("all-mpnet-base-v2", 768, false),
    ("bge-small", 384, false),
    ("bge-base", 768, false),
    ("bge-large", 1024, false),
    ("bge-m3", 1024, false),
    ("e5-small", 384, false),
    ("e5-base", 768, false),
    ("e5-large", 1024, false),
    ("multilingual-e5-large", 1024, false),
    ("nomic-embed-text", 768, true),
    ("mxbai-embed-large", 1024, true),
    ("embed-english-v3", 1024, false),
    ("embed-multilingual-v3", 1024, false),
    ("text-embedding-004", 768, true),
    ("gemini-embedding-001", 3072, true),
    ("textembedding-gecko", 768, false),
    ("clip-vit-b-32", 512, false),
    ("clip-vit-l-14", 768, false),
];

static COLUMN: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)\b(?:half)?vec(?:tor)?\s?[(\[<]\s?(\d{2,5})\s?[)\]>]"));
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(\d{3,5})[ -]?(?:dimension(?:al|s|en|es)?|dims?|d)\b|\bdimensions?\s*[:=]\s*(\d{3,5})\b|(\d{3,5})\s?(?:维|次元|차원|измерени)",
    )
});
static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)embed|vector|vektor|vecteur|vetor|эмбеддинг|вектор|向量|嵌入|ベクトル|埋め込み|임베딩|벡터",
    )
});
static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "embed",
        "vector",
        "halfvec",
        "vektor",
        "vecteur",
        "vetor",
        "эмбед",
        "вектор",
        "向量",
        "嵌入",
        "ベクトル",
        "埋め込み",
        "임베딩",
        "벡터",
    ])
});
/// OpenAI named without its model: all of its models begin at 1536.
static OPENAI: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)openai(?:['’]s)? embeddings?\b|embeddings? (?:via|from|by|with|using) openai\b")
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if !MAYBE.is_match(&*cx.chunk.chunk.text) {
        return;
    }
    for block in &cx.chunk.chunk.blocks {
        let inside = match block.kind {
            BlockKind::Comment | BlockKind::Break => continue,
            BlockKind::Table { .. } => block.span,
            _ => block.text,
        };
        let source = cx.slice(inside);
        let at = |from: usize, to: usize| {
            Span::new(inside.range().start + from, inside.range().start + to)
        };
        for found in COLUMN.captures_iter(source) {
            let it = found.get(0).expect("group 0 is the match");
            notes.take("size", at(it.start(), it.end()), Modality::InScope, &found[1], "");
        }
        let lower = source.to_lowercase();
        if lower.len() != source.len() || !ABOUT.is_match(source) {
            continue;
        }
        for found in WORDS.captures_iter(source) {
            let it = found.get(0).expect("group 0 is the match");
            let number = found.iter().skip(1).flatten().next().map_or("", |it| it.as_str());
            notes.take("size", at(it.start(), it.end()), Modality::InScope, number, "");
        }
        for (name, size, shrinks) in MODELS {
            for (from, _) in lower.match_indices(name) {
                let kind = if *shrinks { "model-up-to" } else { "model" };
                let span = at(from, from + name.len());
                notes.take(kind, span, Modality::InScope, size.to_string(), *name);
            }
        }
        for found in OPENAI.find_iter(source) {
            let span = at(found.start(), found.end());
            notes.take("model", span, Modality::InScope, "1536", "OpenAI embeddings");
        }
    }
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let sizes: Vec<&PlacedNote<'_>> = notes.iter().filter(|it| it.note.kind == "size").collect();
    let models: Vec<&PlacedNote<'_>> = notes.iter().filter(|it| it.note.kind != "size").collect();
    let one = |of: &[&PlacedNote<'_>]| of.iter().all(|it| it.note.key == of[0].note.key);
    let (Some(size), Some(model)) = (sizes.first(), models.first()) else { return };
    if !one(&sizes) || !one(&models) {
        return;
    }
    let (has, gives) = (number(size), number(model));
    // A model that can shrink its vectors fits whatever is smaller, if the text asks for it.
    let asked = model.note.kind == "model-up-to" && has < gives && sizes.len() > 1;
    if has != gives && !asked {
        let name = &model.note.value;
        sink.report(
            size.document,
            size.span,
            format!("this has {has} dimensions, but {name} gives {gives}"),
        )
        .related(model.document, model.span, format!("{gives} dimensions"));
    }
}

fn number(it: &PlacedNote<'_>) -> u32 {
    it.note.key.parse().unwrap_or(0)
}
