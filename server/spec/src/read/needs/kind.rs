//! What kind of product the text describes: one that keeps all on the device, a tool, a plugin, or
//! one that leans on a server.

use crate::facts::{Cue, CueFact, Fact, Sighting};
use crate::read::ChunkCx;
use crate::read::clauses::{Passage, PassageKind};
use crate::read::lexicon::Lexicon;
use crate::scope::Role;
use model::{Confidence, Modality};
use std::sync::LazyLock;

pub(super) const READER: &str = "product-kind";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Says by itself that there is no server.
    NoServer,
    /// Keeps things on the device.
    OnDevice,
    /// A tool, plugin, library or game.
    Kind,
    /// Needs a server: its own database or interface.
    Server,
}

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    for passage in passages {
        let scope = &cx.blocks[passage.block].scope;
        // Where the product is introduced a kind word is about the product.
        let introduces = scope.sections().len() <= 1
            || scope.role() == Role::Overview
            || passage.kind == PassageKind::Heading && scope.sections().len() <= 2;
        let reserved = scope.modality();
        for hit in WORDS.find(&passage.prose.text) {
            let (cue, percent) = match hit.meaning {
                Word::NoServer => (Cue::LocalOnly, 85),
                Word::OnDevice => (Cue::LocalOnly, 45),
                Word::Kind => (Cue::ClientKind, if introduces { 80 } else { 50 }),
                Word::Server => (Cue::Server, 50),
            };
            let own = passage.prose.modality(hit.range.start).max(passage.inherited);
            let modality = match hit.meaning {
                // "No backend" is a negation itself and stands among the exclusions.
                Word::NoServer if reserved.denies() => Modality::InScope,
                Word::NoServer => reserved,
                _ => reserved.max(own),
            };
            out.push(Fact::Cue(CueFact {
                cue,
                sighting: Sighting {
                    span: passage.prose.span(&hit.range),
                    reader: READER,
                    confidence: Confidence::percent(percent),
                    modality,
                },
            }));
        }
    }
}

static WORDS: LazyLock<Lexicon<Word>> = LazyLock::new(|| Lexicon::new(LIST.iter().copied()));

#[rustfmt::skip]
const LIST: &[(Word, &str)] = &[
    (Word::NoServer, "no backend|no back-end|no server|no servers|no external server*|no server dependencies|without a backend|without a server|without backend|without server|no server required|serverless static|client-side only|client side only|purely client-side|entirely client-side|entirely in the browser|runs in the browser only|runs entirely locally|runs locally only|fully offline|100% offline|works offline only|no cloud|no cloud services|100% on-device|data never leaves|no data leaves|never leaves the device|never leave the device|all data stays on|stays on the device|single html file|static html|no database|no network access|no internet required|local-only|local only|privacy-first"),
    (Word::NoServer, "kein backend|kein server|ohne server|ohne backend|keine datenbank|rein clientseitig|ausschließlich lokal|rein lokal|sans serveur|sans backend|pas de serveur|pas de backend|aucun serveur|entièrement local|sin servidor|sin backend|sin base de datos|totalmente local|sem servidor|sem backend|sem banco de dados|totalmente local|100% local|без сервера|без бэкенда|без бекенда|полностью локально|tanpa server|tanpa backend|无服务器|无后端|無伺服器|纯前端|不需要后端|无需后端|数据不离开|完全离线|サーバー不要|サーバー不使用|サーバーなし|サーバなし|バックエンドなし|サーバー側*なし|端末内のみ|서버 없이|백엔드 없이|백엔드 없음|서버 없음|완전 오프라인"),
    (Word::OnDevice, "on-device|on device|localstorage|local storage|indexeddb|sharedpreferences|shared preferences|asyncstorage|chrome.storage|core data|swiftdata|userdefaults|local file|local files|local json|local filesystem|local file system|home directory|config file|local database|local sqlite|in-memory only|keychain|keyring|appdata|electron-store|isar|hive box|user's machine|menu bar"),
    (Word::OnDevice, "lokal gespeichert|lokale datei*|lokaler speicher|stockage local|fichier local|fichiers locaux|almacenamiento local|archivo local|archivos locales|armazenamento local|arquivo local|arquivos locais|banco local|diretório local|projeto local|локальное хранилище|локальн* файл*|penyimpanan lokal|本地存储|本地文件|本地运行|本地部署|ローカルストレージ|ローカル保存|ローカルファイル|端末に保存|로컬 저장*|로컬 파일*|로컬에 저장|내부 저장소"),
    (Word::Kind, "command-line tool|command line tool|command-line application|command-line utility|command-line interface|cli tool|cli application|cli|npm package|npm library|python package|python library|rust crate|crate|open-source library|sdk|browser extension|chrome extension|chrome browser extension|firefox extension|vs code extension|vscode extension|obsidian plugin|figma plugin|wordpress plugin|vim plugin|neovim plugin|editor plugin|static site|static website|static web page|single-page tool|desktop application|desktop app|desktop tool|electron app|tauri app|macos app|macos application|menu bar app*|windows application|snake game|browser game|single-player|single player|arcade game|puzzle game|github action|shell script|shell command|bash script|terminal application|tui|converter|file converter|visualization|vpn"),
    (Word::Kind, "kommandozeile*|kommandozeilenwerkzeug|befehlszeile*|desktop-anwendung|desktopanwendung|browsererweiterung|statische website|ligne de commande|application de bureau|extension de navigateur|site statique|línea de comandos|aplicación de escritorio|herramienta de escritorio|extensión de navegador|sitio estático|plantilla excel|hoja de cálculo|linha de comando|aplicativo desktop|extensão de navegador|site estático|командной строки|настольное приложение|десктоп*|расширение для браузера|baris perintah|aplikasi desktop|ekstensi browser|命令行|命令行工具|浏览器扩展|浏览器插件|桌面应用|桌面端|静态网站|コマンドライン|ブラウザ拡張*|デスクトップアプリ*|静的サイト|シングルページ型|명령줄|커맨드라인|데스크톱 앱|데스크톱 애플리케이션|브라우저 확장*|정적 사이트|windows 데스크톱"),
    (Word::Server, "postgres|postgresql|mysql|mariadb|mongodb|supabase|firebase|firestore|dynamodb|convex|appwrite|pocketbase|planetscale|neon|cloud database|server-side|rest api|restful api|graphql api|api server|web server|backend server|backend api|backend service|microservice*|multi-tenant|saas|redis|kafka|rabbitmq|база данных|серверная часть|бэкенд|後端|バックエンド|데이터베이스 서버|백엔드|后端|服务端|mysql数据库|spring boot|django|fastapi|express.js|nestjs|laravel|rails|discord bot|telegram bot|webhook|webhooks"),
];
