//! The one binary: wires, renders, exits.

use std::sync::Arc;

#[expect(clippy::print_stdout, reason = "data goes to standard output")]
fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
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
