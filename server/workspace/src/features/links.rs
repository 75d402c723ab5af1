//! Links that can be followed: relative files, section anchors, addresses.

use super::blocks::{blocks, sections};
use super::{Location, document};
use crate::snapshot::{DocumentKey, SpecView};
use model::{AbsPath, DocumentId, Span};
use rustc_hash::FxHashMap;
use spec::Document;
use text::markdown::BlockKind;

/// A span that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The target as written, without its parentheses.
    pub span: Span,
    pub target: LinkTarget,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A place in a document of this spec.
    Section(Location),
    /// A file on disk, which may be missing; the fragment is as written.
    File { path: AbsPath, fragment: Option<String> },
    /// Any other address, such as `https://…`.
    Url(String),
}

/// The links of a document in order.
#[must_use]
pub fn links(view: &SpecView, id: DocumentId) -> Vec<Link> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let mut out = Vec::new();
    for block in blocks(document) {
        let spans: Vec<Span> = match &block.block.kind {
            BlockKind::Fence { .. } | BlockKind::FrontMatter | BlockKind::Comment => continue,
            BlockKind::Table { header, rows } => {
                header.iter().chain(rows.iter().flatten()).map(|it| block.place(*it)).collect()
            }
            _ => vec![block.text()],
        };
        for span in spans {
            for target in targets(document.slice(span)) {
                let target = target.shift(span.range().start);
                if let Some(to) = resolve(view, id, document.slice(target)) {
                    out.push(Link { span: target, target: to });
                }
            }
        }
    }
    out
}

/// The place of a heading by its anchor, as GitHub makes them.
#[must_use]
pub fn anchor(document: &Document, fragment: &str) -> Option<Span> {
    let wanted = decode(fragment).to_lowercase();
    anchors(document).into_iter().find(|(slug, _)| *slug == wanted).map(|(_, span)| span)
}

/// The anchors of all headings: lower case, punctuation dropped, blanks to `-`, repeats numbered.
#[must_use]
pub fn anchors(document: &Document) -> Vec<(String, Span)> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    sections(document)
        .iter()
        .map(|section| {
            let slug = slug(&text::inline::plain(section.title).text);
            let count = seen.entry(slug.clone()).or_default();
            let numbered = if *count == 0 { slug } else { format!("{slug}-{count}") };
            *count += 1;
            (numbered, section.title_span)
        })
        .collect()
}

fn slug(title: &str) -> String {
    title
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|it| match it {
            ' ' => Some('-'),
            '-' | '_' => Some(it),
            _ => it.is_alphanumeric().then_some(it),
        })
        .collect()
}

/// The spans of link targets in inline text: `[text](target)`, `[name]: target`, `<https://…>`.
fn targets(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut in_code = false;
    while let Some(found) = text[at..].find(['`', ']', '<']) {
        at += found;
        let rest = &text[at..];
        let span = match rest.as_bytes()[0] {
            b'`' => {
                in_code = !in_code;
                None
            }
            _ if in_code => None,
            b'<' => autolink(rest),
            _ => inline_target(rest),
        };
        if let Some(span) = span {
            out.push(span.shift(at));
            at += span.range().end;
        } else {
            at += 1;
        }
    }
    out
}

fn inline_target(rest: &str) -> Option<Span> {
    let (open, close) = if rest.starts_with("](") { (2, ')') } else { (3, '\n') };
    if open == 3 && !rest.starts_with("]: ") {
        return None;
    }
    let body = rest.get(open..)?;
    let end = if open == 2 { closing(body)? } else { body.find(close).unwrap_or(body.len()) };
    // A title may follow: `(target "title")`.
    let target = body[..end].split([' ', '\n']).next()?;
    let (skip, target) = match target.strip_prefix('<') {
        Some(inner) => (1, inner.strip_suffix('>')?),
        None => (0, target),
    };
    (!target.is_empty()).then(|| Span::new(open + skip, open + skip + target.len()))
}

/// The end of a target that may hold balanced parentheses.
fn closing(body: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, it) in body.char_indices() {
        match it {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn autolink(rest: &str) -> Option<Span> {
    let end = rest.find('>')?;
    let body = &rest[1..end];
    let is_url = body.contains("://") && !body.contains(char::is_whitespace);
    is_url.then(|| Span::new(1, end))
}

fn resolve(view: &SpecView, id: DocumentId, target: &str) -> Option<LinkTarget> {
    if is_address(target) {
        return Some(LinkTarget::Url(target.to_owned()));
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    if path.is_empty() {
        let span = anchor(document(view, id)?, fragment?)?;
        return super::location(view, id, span).map(LinkTarget::Section);
    }
    let DocumentKey::File(from) = view.keys.get(id.0 as usize)? else { return None };
    let folder = from.as_path().parent()?;
    let path = AbsPath::new(&folder.join(decode(path)))?;
    let key = DocumentKey::File(path.clone());
    let inside = view.document_id(&key).and_then(|it| document(view, it));
    if let (Some(document), Some(fragment)) = (inside, fragment)
        && let Some(span) = anchor(document, fragment)
    {
        return Some(LinkTarget::Section(Location { key, span }));
    }
    Some(LinkTarget::File { path, fragment: fragment.map(str::to_owned) })
}

/// Whether a target has a scheme: `https:`, `mailto:`.
fn is_address(target: &str) -> bool {
    let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.len() > 1 && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'+')
}

/// Undoes `%20` and its like; what is no valid text stays as it is.
fn decode(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match hex.filter(|_| *first == b'%').and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{fixture, show};
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let shown: Vec<String> = links(&view, DocumentId(0))
            .iter()
            .map(|it| {
                let target = match &it.target {
                    LinkTarget::Section(location) => show(&view, location),
                    LinkTarget::File { path, fragment } => {
                        let name = path.as_path().display().to_string().replace('\\', "/");
                        format!("{} {fragment:?}", name.trim_start_matches("C:"))
                    }
                    LinkTarget::Url(url) => url.clone(),
                };
                format!("{} -> {target}", view.documents[0].slice(it.span))
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn files_and_sections_are_found_across_documents() {
        check(
            "//- docs/PRD.md\nSee [api](./api.md#the-api), [other](../a%20b.md \"t\") and [x](#größe-1).\n\n## Größe\n\n## Größe\n//- docs/api.md\n# The API\n",
            expect![[r#"
                ./api.md#the-api -> docs/api.md:1:3 "The API"
                ../a%20b.md -> /w/a b.md None
                #größe-1 -> docs/PRD.md:5:4 "Größe""#]],
        );
    }

    #[test]
    fn addresses_and_definitions_are_links_and_code_is_not() {
        check(
            "<https://a.b/c> [t](https://x.y/(z)) `[no](a.md)`\n\n| [cell](c.md) |\n|---|\n\n```\n[no](b.md)\n```\n",
            expect![[r#"
                https://a.b/c -> https://a.b/c
                https://x.y/(z) -> https://x.y/(z)
                c.md -> /w/c.md None"#]],
        );
    }

    #[test]
    fn an_anchor_without_heading_leads_nowhere() {
        check("[x](#nothing)\n", expect![[r#""#]]);
    }
}
