//! Model calls at run time, and search over embeddings.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use crate::scope::Role;
use model::NeedKind;
use std::ops::Range;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    // What the developers use is no part of the product.
    let tools = view.topics.has(Topic::DevTool) || is_of_others(view.text());
    for seen in view.vendors(Trade::Models) {
        let about = view.sentence(seen.range.start).any(&[
            Topic::Model,
            Topic::Ai,
            Topic::Embedding,
            Topic::Integration,
            Topic::Make,
            Topic::Secret,
        ]) || view.context.any(&[Topic::Model, Topic::Ai]);
        let percent = match (about, seen.vendor.vague) {
            _ if tools => 35,
            (true, false) => 90,
            (false, false) => 75,
            (true, true) => 70,
            (false, true) => 45,
        };
        let name = seen.vendor.name;
        let fact =
            view.need_of(NeedKind::Gateway, name, &seen.range, percent, Vec::new(), seen.either);
        out.push(fact);
    }
    for seen in view.vendors(Trade::Vectors) {
        let about = view.sentence(seen.range.start).has(Topic::Embedding)
            || view.context.has(Topic::Embedding);
        if about || !seen.vendor.does(Trade::Models) {
            let name = seen.vendor.name;
            let fact =
                view.need_of(NeedKind::Vector, name, &seen.range, 85, Vec::new(), seen.either);
            out.push(fact);
        }
    }
    let overview = matches!(view.scope.role(), Role::Roadmap);
    for hit in &view.hits {
        match hit.meaning {
            Word::Topic(Topic::Model) if !tools => {
                let percent = if overview { 45 } else { 62 };
                out.push(view.need(NeedKind::Gateway, "unspecified", &hit.range, percent));
            }
            Word::Topic(Topic::Ai) if !tools && !overview && is_products_own(view, &hit.range) => {
                out.push(view.need(NeedKind::Gateway, "unspecified", &hit.range, 50));
            }
            Word::Topic(Topic::Embedding) => {
                out.push(view.need(NeedKind::Vector, "embeddings", &hit.range, 70));
            }
            _ => {}
        }
    }
}

/// Whether a passage is of models that call the product, or that helped to write it.
fn is_of_others(text: &str) -> bool {
    const CLIENTS: &[&str] = &[
        "mcp client",
        "mcp-compatible",
        "model context protocol",
        "claude desktop",
        "remote mcp",
        "ai assistants and",
        "ai usage",
        "ai tools may",
        "ai-generated code",
    ];
    CLIENTS.iter().any(|it| text.contains(it))
}

/// Whether "AI" is what the product does: no brand ("Acme AI"), no crawler, no coding tool.
fn is_products_own(view: &View<'_>, range: &Range<usize>) -> bool {
    const BARE: &[&str] = &["ai", "artificial intelligence", "ki", "ia", "ии"];
    const OTHERS: &[&str] = &[
        "agents",
        "agentes",
        "outils",
        "crawlers",
        "tool",
        "tools",
        "coding",
        "generated code",
        "assistants",
        "bots",
        "companies",
        "hype",
        "search engines",
        "overviews",
        "startup",
        "startups",
        "usage",
        "governance",
        "policy",
        "ethics",
        "disclosure",
    ];
    let text = view.text();
    if view.is_heading() && view.scope.sections().len() <= 1
        || !BARE.contains(&&text[range.clone()])
    {
        return false;
    }
    // "Ai uitat parola?" is another word.
    if view.cx.chunk.slice(view.passage.prose.span(range)) == "Ai" {
        return false;
    }
    let sentence = view.passage.prose.sentence(range.start);
    let before = text[sentence.start..range.start].trim_end_matches(' ');
    let after = text[range.end..].trim_start_matches([' ', '-']);
    let last = before.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
    if OTHERS.contains(&last)
        || OTHERS.iter().any(|it| after.starts_with(it))
        || before.ends_with('-')
    {
        return false;
    }
    let at = range.start - (text[sentence.start..range.start].len() - before.len()) - last.len();
    let written = view.cx.chunk.slice(view.passage.prose.span(&(at..range.start)));
    let opens = before.len() == last.len() || last.is_empty();
    opens || !written.starts_with(char::is_uppercase)
}
