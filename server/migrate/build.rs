//! Compiles the grammar of the column language from its generated C.

use std::path::Path;

fn main() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../grammars/column/src");
    let parser = source.join("parser.c");
    println!("cargo:rerun-if-changed={}", parser.display());
    // At higher levels the parser's tables take long to compile, and the code is no faster.
    cc::Build::new()
        .std("c11")
        .include(&source)
        .flag_if_supported("-Wno-unused-but-set-variable")
        .opt_level(1)
        .file(&parser)
        .compile("tree-sitter-column");
}
