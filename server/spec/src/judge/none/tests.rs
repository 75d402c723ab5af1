//! Short products with and without a backend, in many languages.

use crate::{Analyzer, Document};
use expect_test::{Expect, expect};

/// The first line of each text with the reason, or `-` where a backend is taken for granted.
fn check(texts: &[&str], expect: Expect) {
    let mut out = String::new();
    for text in texts {
        let document = Document::new(None, (*text).into());
        let detection = Analyzer::default().analyze(&[document]).detection;
        let reason = detection.none.map_or_else(|| "-".to_owned(), |it| it.reason);
        out += &format!("{}: {reason}\n", text.lines().next().unwrap_or_default());
    }
    expect.assert_eq(&out);
}

#[test]
fn tools_games_and_pages_need_none() {
    check(
        &[
            "# pngcrunch\nA command-line tool that shrinks images.\n\n## Usage\n- `--out DIR` sets the output directory\n- exits with code 2 on bad input",
            "# Tab Tidy\nA Chrome extension that groups tabs.\n\n## Storage\nSettings are kept in chrome.storage.",
            "# Brick Breaker\nA single-player browser game.\n\n## Play\n- arrow keys move the paddle\n- the high score is kept in localStorage",
            "# csv-rs\nA Rust library that reads CSV.\n\n## API\n- `parse` returns an iterator; a parse error carries its line",
            "# Budget\nAn offline expense tracker for Android.\n\n## Data\n- Storage: Room database on the device\n- no account, no internet access",
            "# Resume page\nA static site with my projects.\n\n## Tech\n- plain HTML, no backend",
            "# Rechner\nEine Desktop-Anwendung für Angebote.\n\n## Daten\n- alle Daten werden lokal gespeichert, ohne Server",
            "# Minuteur\nUne application de bureau pour compter le temps.\n\n## Données\n- tout reste en local, sans serveur",
            "# Notas\nAplicación de escritorio para notas.\n\n## Datos\n- se guardan en un archivo local",
            "# Renomeador\nFerramenta de linha de comando que renomeia arquivos.\n\n## Uso\n- arquivo de entrada e pasta de saída",
            "# Конвертер\nКонсольная утилита для файлов.\n\n## Запуск\n- входной файл и код возврата",
            "# Kalkulator Zakat\nAplikasi desktop tanpa server.\n\n## Data\n- disimpan secara lokal",
            "# 图片压缩\n命令行工具，批量压缩图片。\n\n## 用法\n- 命令行参数指定输出目录",
            "# 電卓\nデスクトップアプリとして動作する。\n\n## データ\n- サーバー不要、ローカルに保存する",
            "# 타이머\n데스크톱 프로그램이다.\n\n## 데이터\n- 로컬 파일에 저장하고 서버 없이 동작한다",
        ],
        expect![[r#"
            # pngcrunch: it is a tool, plugin or game that runs where it is installed
            # Tab Tidy: everything is kept on the device
            # Brick Breaker: it is a tool, plugin or game that runs where it is installed
            # csv-rs: it is a tool, plugin or game that runs where it is installed
            # Budget: the text says that it runs without a server
            # Resume page: the text says that it runs without a server
            # Rechner: the text says that it runs without a server
            # Minuteur: the text says that it runs without a server
            # Notas: everything is kept on the device
            # Renomeador: it is a tool, plugin or game that runs where it is installed
            # Конвертер: it is a tool, plugin or game that runs where it is installed
            # Kalkulator Zakat: the text says that it runs without a server
            # 图片压缩: it is a tool, plugin or game that runs where it is installed
            # 電卓: the text says that it runs without a server
            # 타이머: the text says that it runs without a server
        "#]],
    );
}

#[test]
fn what_has_a_server_needs_one() {
    check(
        &[
            "# Store\nA web shop with a desktop app.\n\n## Features\n- customers sign in and pay with Stripe",
            "# Arena\nA multiplayer browser game.\n\n## Play\n- the game server resolves every hit\n- players chat in rooms over WebSocket",
            "# Ledger\nA CLI for our REST API.\n\n## Backend\n- FastAPI with PostgreSQL keeps the bookings\n- users log in with email and password",
            "# Notes\nWeb app, local-first with sync.\n\n## Data\n- the server stores notes in PostgreSQL\n- users sign in",
            "# Booking\nUsers book rooms.",
            "# Clinic\nNo login in the first version.\n\n## Features\n- patients book appointments; the API stores them",
        ],
        expect![[r#"
            # Store: -
            # Arena: -
            # Ledger: -
            # Notes: -
            # Booking: -
            # Clinic: -
        "#]],
    );
}

#[test]
fn silence_about_a_backend_needs_less_proof() {
    check(
        &[
            "# Puzzle\nA sliding puzzle in the browser.\n\n## Play\n- the best time is kept in localStorage\n- the timer runs in real time",
            "# Club\nA list of members.\n\n## Data\n- members are stored in the database\n- the theme is kept in localStorage",
        ],
        expect![[r#"
            # Puzzle: everything is kept on the device
            # Club: -
        "#]],
    );
}
