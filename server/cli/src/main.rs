//! The one binary: wires, renders, exits.

mod lsp;

use std::sync::Arc;

#[expect(clippy::print_stdout, reason = "data goes to standard output")]
fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|it| it == "lsp") {
        #[derive(clap::Parser)]
        struct Lsp {
            #[command(flatten)]
            args: lsp::Args,
        }
        let code = lsp::run(<Lsp as clap::Parser>::parse_from(&arguments[1..]).args)?;
        // A thread may still wait for input that never comes.
        std::process::exit(i32::from(code));
    }
    for file in arguments.iter().skip(2).filter(|it| std::path::Path::new(it).exists()) {
        let text: Arc<str> = std::fs::read_to_string(file)?.into();
        let document = spec::Document::new(model::RelPath::new(file.trim_start_matches('/')), text);
        let analysis = spec::Analyzer::new(Arc::default()).analyze(&[document]);
        println!(
            "{}",
            serde_json::to_string(&workspace::commands::detect::output(&analysis.detection))?
        );
    }
    Ok(())
}
