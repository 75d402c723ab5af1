//! Holds every query under `queries/markdown` against the grammar, editors' ones too.

use streaming_iterator::StreamingIterator as _;
use tree_sitter::{Parser, Query, QueryCursor};

/// The files that editors use; `blocks.scm` is the reader's own.
const SHARED: &[(&str, &str)] = &[
    ("blocks", include_str!("../../../../queries/markdown/blocks.scm")),
    ("highlights", include_str!("../../../../queries/markdown/highlights.scm")),
    ("injections", include_str!("../../../../queries/markdown/injections.scm")),
    ("outline", include_str!("../../../../queries/markdown/outline.scm")),
];

/// What a query captures in `text`, as `name text` lines.
fn captures(query: &str, text: &str) -> String {
    let language = tree_sitter_md::LANGUAGE.into();
    let mut parser = Parser::new();
    parser.set_language(&language).expect("the grammar's ABI is the library's");
    let tree = parser.parse(text, None).expect("no time limit is set");
    let source = SHARED.iter().find(|(name, _)| *name == query).expect("the query is listed").1;
    let query = Query::new(&language, source).expect("the query compiles");
    let mut cursor = QueryCursor::new();
    let mut found = cursor.captures(&query, tree.root_node(), text.as_bytes());
    let mut out = String::new();
    while let Some((found, index)) = found.next() {
        let capture = found.captures()[*index];
        let name = query.capture_names()[capture.index as usize];
        out += &format!("{name} {:?}\n", &text[capture.node.byte_range()]);
    }
    out
}

#[test]
fn every_query_compiles_and_is_listed() {
    for (name, _) in SHARED {
        captures(name, "");
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../queries/markdown");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of queries is in the repository")
        .map(|it| it.expect("its entries can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let listed: Vec<String> = SHARED.iter().map(|(name, _)| format!("{name}.scm")).collect();
    assert_eq!(files, listed);
}

#[test]
fn the_outline_names_headings() {
    expect_test::expect![[r###"
        item "# A\n\nx\n\n## B\n\nC\n===\n"
        context "#"
        name "A"
        item "## B\n\nC\n===\n"
        context "##"
        name "B"
        item "C\n===\n"
        name "C\n"
    "###]]
    .assert_eq(&captures("outline", "# A\n\nx\n\n## B\n\nC\n===\n"));
}

#[test]
fn a_nameless_fence_of_sql_is_sql() {
    let text = "```\ncreate table a (id int);\n```\n\n```\nls\n```\n";
    expect_test::expect![[r#"
        injection.content "create table a (id int);\n"
    "#]]
    .assert_eq(&captures("injections", text));
}

#[test]
fn requirements_and_allow_comments_stand_out() {
    let text = "### FR-001: Pay\n\n<!-- specwright: allow x -->\n";
    expect_test::expect![[r####"
        punctuation.special "###"
        title "FR-001: Pay"
        title.requirement "FR-001: Pay"
        comment "<!-- specwright: allow x -->\n"
        preproc "<!-- specwright: allow x -->\n"
    "####]]
    .assert_eq(&captures("highlights", text));
}
