//! scratch
#![allow(clippy::all, warnings)]
use spec::rules::{Level, Levels};
use std::sync::Arc;
fn main() {
    let mut levels = Levels::default();
    let mut files = vec![];
    let mut only: Vec<String> = vec![];
    for a in std::env::args().skip(1) {
        if let Some(g) = a.strip_prefix("--group=") {
            for r in spec::rules::RULES.iter().filter(|r| r.group.word() == g) {
                levels.by_name.insert(r.name.into(), Level::On);
            }
        } else if let Some(g) = a.strip_prefix("--only=") {
            only.push(g.into());
        } else {
            files.push(a);
        }
    }
    let levels = Arc::new(levels);
    let mut counts =
        std::collections::BTreeMap::<&str, (usize, std::collections::BTreeSet<String>)>::new();
    for f in files {
        let text = std::fs::read_to_string(&f).unwrap();
        let d = spec::Document::new(None, text.as_str().into());
        let t = std::time::Instant::now();
        let a = spec::Analyzer::new(levels.clone()).analyze(std::slice::from_ref(&d));
        let el = t.elapsed();
        let name = f.rsplit('/').next().unwrap();
        for x in &a.diagnostics {
            let e = counts.entry(x.rule).or_default();
            e.0 += 1;
            e.1.insert(name.to_string());
            if !only.is_empty() && !only.iter().any(|o| o == x.rule) {
                continue;
            }
            let line = d.lines.line(x.span.start as usize);
            let lt = &text[d.lines.line_span(line).unwrap()];
            println!(
                "{name}:{}: {} [{}] {:?} {}\n      | {}",
                line + 1,
                x.severity.word(),
                x.rule,
                d.slice(x.span).chars().take(60).collect::<String>(),
                x.message,
                lt.trim_end().chars().take(220).collect::<String>()
            );
            for r in &x.related {
                let line = d.lines.line(r.span.start as usize);
                println!(
                    "      see {}: {:?} {}",
                    line + 1,
                    d.slice(r.span).chars().take(120).collect::<String>(),
                    r.message
                );
            }
        }
        if std::env::var("TIME").is_ok() {
            println!("{name} {} bytes {:?}", text.len(), el);
        }
    }
    for (r, (n, fs)) in counts {
        println!("{n:5} in {:3} files  {r}", fs.len());
    }
}
