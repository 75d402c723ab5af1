# The commands of this repository; `just` lists them.

default:
    @just --list

# Builds the binary and shows what the example PRD implies, and what is wrong with it.
example:
    cargo run --release -- detect docs/examples/PRD.md
    -cargo run --release -- check docs/examples/PRD.md

# All tests; what needs an editor, Node or Python is skipped visibly where that is missing.
test:
    cargo test --workspace

# What continuous integration runs.
ci:
    .ci/run

lint:
    scripts/format --check
    cargo clippy --workspace --all-targets -- -D warnings

# Licences, advisories, and one SQLite only (needs cargo-deny).
deny:
    cargo deny check

# Rewrites what is drawn from declarations: reference pages, rule pages, inline expectations.
bless:
    UPDATE_EXPECT=1 cargo test --workspace

# A binary for distribution.
dist:
    cargo build --profile dist --bin specwright

# Installs the editors that the real-client tests drive.
editors:
    scripts/setup-editors

# Drives VS Code in a browser; the screenshots land in docs.
vscode:
    scripts/vscode-test

# Installs the servers to compare with, then writes the figures of docs/benchmarks.md.
bench:
    scripts/bench-peers
    cargo bench --package tests --bench engine -- --write
    cargo bench --package tests --bench lsp -- --write
    cargo bench --package tests --bench provision -- --write
    cargo bench --package tests --bench migrate -- --write
    cargo bench --package tests --bench checkpoint -- --write

# So many seconds for each fuzz target (needs cargo-fuzz).
fuzz seconds="60":
    scripts/fuzz {{seconds}}
