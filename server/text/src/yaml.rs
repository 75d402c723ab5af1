//! A YAML file as a tree of values with places, from the syntax tree and never from loaded values.
//!
//! Knows nothing of what a file means. What cannot be read is kept as a [`Fault`]; the rest goes on.

pub mod scalar;

use crate::yaml::scalar::Scalar;
use model::Span;
use tree_sitter::{Node as Cst, Parser, Tree};

/// Lists and mappings within each other; deeper ones are not read.
const DEPTH_MAX: usize = 32;

/// A value and its place, without the comments around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    pub span: Span,
    pub value: Value<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing was written.
    Empty,
    Scalar(Scalar<'a>),
    List(Vec<Node<'a>>),
    Map(Vec<Pair<'a>>),
    /// An alias, or a value nested too deeply; a [`Fault`] tells.
    Unread,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    pub span: Span,
    pub key: Node<'a>,
    pub value: Node<'a>,
    /// A lone word between the braces of a flow mapping: it has no value.
    pub lone: bool,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub span: Span,
    pub kind: FaultKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The text is no YAML here.
    Syntax,
    /// A comment ended what looks like a text in quotes; its start and its end, the latter inside
    /// the comment where the quotes close.
    CutByComment(Span),
    /// The brackets of `text[]` in a flow list; the item that they are in.
    Brackets(Span),
    Alias,
    TooDeep,
    Escape,
}

/// A file: its documents, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Documents<'a> {
    pub roots: Vec<Node<'a>>,
    pub faults: Vec<Fault>,
    /// In order; each ends before its line does.
    pub comments: Vec<Span>,
}

/// The syntax tree of `text`.
pub fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    let language = tree_sitter_yaml::LANGUAGE.into();
    parser.set_language(&language).expect("the grammar's ABI is the library's");
    parser.parse(text, None).expect("no time limit is set")
}

/// Reads all documents of `text`.
///
/// Where a comment or brackets have broken a flow list, the file is read once more as if their
/// signs were letters: every byte stays in its place, and what follows is not lost.
pub fn read(text: &str) -> Documents<'_> {
    let first = read_as(text, text);
    let mut shadow = text.to_owned();
    let mut mended = Vec::new();
    for fault in &first.faults {
        match fault.kind {
            FaultKind::CutByComment(item) => {
                shadow.replace_range(item.range(), &text[item.range()].replace('#', "_"));
                mended.push(fault.clone());
            }
            FaultKind::Syntax => mended.extend(brackets(text, fault.span, &mut shadow)),
            _ => {}
        }
    }
    if mended.is_empty() {
        return first;
    }
    let mut out = read_as(text, &shadow);
    out.faults.extend(mended);
    out
}

/// The items of the lines of `span` with `[]` behind a letter; the shadow gets letters for them.
fn brackets(text: &str, span: Span, shadow: &mut String) -> Vec<Fault> {
    let start = text[..span.start as usize].rfind('\n').map_or(0, |it| it + 1);
    let end = text[span.end as usize..].find('\n').map_or(text.len(), |it| span.end as usize + it);
    let found = text[start..end].match_indices("[]").map(|it| start + it.0);
    let mut out = Vec::new();
    for at in found {
        let before = &text[start..at];
        if !before.ends_with(|it: char| it.is_alphanumeric() || matches!(it, ')' | '_')) {
            continue;
        }
        shadow.replace_range(at..at + 2, "__");
        let item = before.rfind([',', '[', '\n']).map_or(start, |it| start + it + 1);
        let item = item + before[item - start..].len() - before[item - start..].trim_start().len();
        let Some(len) = scalar::end_of_item(&shadow[item..end]) else { continue };
        let item = Span::new(item, item + len);
        out.push(Fault { span: item, kind: FaultKind::Brackets(item) });
    }
    out
}

/// Reads `text` by the syntax tree of `shadow`, which has as many bytes.
fn read_as<'a>(text: &'a str, shadow: &str) -> Documents<'a> {
    let tree = parse(shadow);
    let mut reader = Reader { text, out: Documents::default() };
    let root = tree.root_node();
    reader.faults_and_comments(root);
    let mut cursor = root.walk();
    for child in root.named_children(&mut cursor) {
        if child.kind() == "document" {
            let node = reader.content(child, 0);
            reader.out.roots.push(node);
        }
    }
    reader.out
}

struct Reader<'a> {
    text: &'a str,
    out: Documents<'a>,
}

impl<'a> Reader<'a> {
    /// Notes comments and what is no YAML; iterative, because errors nest without limit.
    fn faults_and_comments(&mut self, root: Cst<'_>) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.kind() == "comment" {
                self.out.comments.push(span(node));
            } else if node.is_missing() {
                self.fault(span(node), FaultKind::Syntax);
            } else if node.is_error() {
                let kind = self.cut_by_comment(node).unwrap_or(FaultKind::Syntax);
                self.fault(span(node), kind);
            }
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    fn fault(&mut self, span: Span, kind: FaultKind) {
        self.out.faults.push(Fault { span, kind });
    }

    /// Whether an error is a flow list whose end is in a comment: `[tag text default ' #x']`.
    fn cut_by_comment(&self, error: Cst<'_>) -> Option<FaultKind> {
        let mut cursor = error.walk();
        let children: Vec<Cst<'_>> = error.children(&mut cursor).collect();
        let at = children.iter().position(|it| it.kind() == "comment")?;
        let item = span(*children[..at].iter().rfind(|it| it.kind() == "flow_node")?);
        let comment = span(children[at]);
        let end = scalar::end_of_item(self.text.get(item.start as usize..comment.end as usize)?)?;
        (item.start as usize + end > comment.start as usize).then(|| {
            FaultKind::CutByComment(Span::new(item.start as usize, item.start as usize + end))
        })
    }

    /// The value inside wrappers such as `document`, `block_node` and `flow_node`.
    fn content(&mut self, node: Cst<'_>, depth: usize) -> Node<'a> {
        let mut cursor = node.walk();
        let inner = node.named_children(&mut cursor).find(|it| {
            !matches!(
                it.kind(),
                "comment"
                    | "anchor"
                    | "tag"
                    | "yaml_directive"
                    | "tag_directive"
                    | "reserved_directive"
            )
        });
        match inner {
            Some(inner) => self.node(inner, depth),
            None => Node { span: Span::at(node.end_byte()), value: Value::Empty },
        }
    }

    fn node(&mut self, node: Cst<'_>, depth: usize) -> Node<'a> {
        if depth > DEPTH_MAX {
            self.fault(span(node), FaultKind::TooDeep);
            return Node { span: span(node), value: Value::Unread };
        }
        let place = span(node);
        let value = match node.kind() {
            "block_node" | "flow_node" => return self.content(node, depth),
            "block_mapping" | "flow_mapping" => Value::Map(self.pairs(node, depth)),
            "block_sequence" | "flow_sequence" => Value::List(self.items(node, depth)),
            "plain_scalar" | "single_quote_scalar" | "double_quote_scalar" | "block_scalar" => {
                return self.scalar(node);
            }
            "alias" => {
                self.fault(place, FaultKind::Alias);
                Value::Unread
            }
            // An error: the walk above has noted it.
            _ => Value::Unread,
        };
        Node { span: place, value }
    }

    fn scalar(&mut self, node: Cst<'_>) -> Node<'a> {
        let place = span(node);
        let source = &self.text[place.range()];
        let (read, bad_escapes) = scalar::read(node.kind(), source, place.start);
        for escape in bad_escapes {
            self.fault(escape, FaultKind::Escape);
        }
        let place = if node.kind() == "block_scalar" {
            Span::new(place.start as usize, place.start as usize + source.trim_end().len())
        } else {
            place
        };
        Node { span: place, value: Value::Scalar(read) }
    }

    fn items(&mut self, node: Cst<'_>, depth: usize) -> Vec<Node<'a>> {
        let mut cursor = node.walk();
        let children: Vec<Cst<'_>> = node.named_children(&mut cursor).collect();
        let mut out = Vec::with_capacity(children.len());
        for child in children {
            match child.kind() {
                "block_sequence_item" => out.push(self.content(child, depth + 1)),
                "flow_node" => out.push(self.content(child, depth + 1)),
                "flow_pair" => {
                    let pair = self.pair(child, depth + 1);
                    out.push(Node { span: pair.span, value: Value::Map(vec![pair]) });
                }
                _ => {}
            }
        }
        out
    }

    fn pairs(&mut self, node: Cst<'_>, depth: usize) -> Vec<Pair<'a>> {
        let mut cursor = node.walk();
        let children: Vec<Cst<'_>> = node.named_children(&mut cursor).collect();
        let mut out = Vec::with_capacity(children.len());
        for child in children {
            match child.kind() {
                "block_mapping_pair" | "flow_pair" => out.push(self.pair(child, depth + 1)),
                "flow_node" => {
                    let key = self.content(child, depth + 1);
                    let value = Node { span: Span::at(child.end_byte()), value: Value::Empty };
                    out.push(Pair { span: span(child), key, value, lone: true });
                }
                _ => {}
            }
        }
        out
    }

    fn pair(&mut self, node: Cst<'_>, depth: usize) -> Pair<'a> {
        let mut field = |name: &str| match node.child_by_field_name(name) {
            Some(it) => self.node(it, depth),
            None => Node { span: Span::at(node.end_byte()), value: Value::Empty },
        };
        let (key, value) = (field("key"), field("value"));
        let place = Span::new(node.start_byte(), node.end_byte().max(value.span.end as usize));
        Pair { span: place, key, value, lone: false }
    }
}

impl Node<'_> {
    /// What it is, for a message: "a list".
    pub fn shape(&self) -> &'static str {
        match &self.value {
            Value::Empty => "nothing",
            Value::Scalar(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Unread => "something that cannot be read",
        }
    }
}

pub fn span(node: Cst<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}
