//! Holds the grammar of the column language against its corpus, and the editors' queries against
//! both grammars.

use super::grammar::COLUMN;
use std::path::Path;
use streaming_iterator::StreamingIterator as _;
use tree_sitter::{Language, Node, Parser, Query, QueryCursor};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a file of the repository")
}

fn parse(language: &Language, text: &str) -> tree_sitter::Tree {
    let mut parser = Parser::new();
    parser.set_language(language).expect("the grammar's ABI is the library's");
    parser.parse(text, None).expect("no time limit is set")
}

/// The named nodes, as the corpus writes them but on one line.
fn outline(node: Node<'_>) -> String {
    let mut cursor = node.walk();
    let children: Vec<String> = node.named_children(&mut cursor).map(outline).collect();
    let gap = if children.is_empty() { "" } else { " " };
    format!("({}{gap}{})", node.kind(), children.join(" "))
}

/// What a query captures in `text`, as `name text` lines; names that start with `_` are left out.
fn captures(language: &Language, query: &str, text: &str) -> String {
    let tree = parse(language, text);
    let query = Query::new(language, &read(query)).expect("the query compiles");
    let mut cursor = QueryCursor::new();
    let mut found = cursor.captures(&query, tree.root_node(), text.as_bytes());
    let mut out = String::new();
    while let Some((found, index)) = found.next() {
        let capture = found.captures()[*index];
        let name = query.capture_names()[capture.index as usize];
        if !name.starts_with('_') {
            out += &format!("{name} {:?}\n", &text[capture.node.byte_range()]);
        }
    }
    out
}

#[test]
fn the_corpus_of_the_grammar_holds() {
    let mut n_cases = 0;
    for file in ["columns", "constraints", "indexes"] {
        let text = read(&format!("grammars/column/test/corpus/{file}.txt"));
        let parts: Vec<&str> = text.split("==================\n").collect();
        for case in parts[1..].chunks(2) {
            let [name, body] = case else { panic!("a case has a name and a body: {case:?}") };
            let (input, tree) = body.split_once("\n---\n").expect("a case has a tree");
            let expected: Vec<&str> = tree.split_whitespace().collect();
            let found = outline(parse(&COLUMN.into(), input.trim()).root_node());
            assert_eq!(found, expected.join(" "), "{file}: {name}");
            n_cases += 1;
        }
    }
    assert!(n_cases > 20, "only {n_cases} cases were read");
}

#[test]
fn columns_are_coloured() {
    let text = "user_id uuid not null fk->users.id on delete cascade check (a > lower('x'))";
    expect_test::expect![[r#"
        property "user_id"
        type "uuid"
        keyword "not null"
        keyword "null"
        keyword "fk"
        operator "->"
        type "users"
        punctuation.delimiter "."
        property "id"
        keyword "on"
        keyword "delete"
        keyword "cascade"
        keyword "check"
        punctuation.bracket "("
        variable "a"
        operator ">"
        function "lower"
        punctuation.bracket "("
        string "'x'"
        punctuation.bracket ")"
        punctuation.bracket ")"
    "#]]
    .assert_eq(&captures(&COLUMN.into(), "queries/column/highlights.scm", text));
}

#[test]
fn columns_are_found_inside_yaml() {
    let text = "\
add_table:
  name: posts
  columns: [id pk, 'price numeric(10,2)']
  indices:
    - user_id, created_at desc
    - \"a, b\"
---
add_column: {table: posts, column: title text}
---
sql:
  sqlite: |
    select 1
---
jobs:
  columns: [not ours]
";
    expect_test::expect![[r#"
        injection.content "id pk"
        injection.content "'price numeric(10,2)'"
        injection.content "user_id, created_at desc"
        injection.content "\"a, b\""
        injection.content "title text"
        injection.content "|\n    select 1"
    "#]]
    .assert_eq(&captures(&tree_sitter_yaml::LANGUAGE.into(), "queries/yaml/injections.scm", text));
}
