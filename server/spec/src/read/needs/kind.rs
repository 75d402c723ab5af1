//! What kind of product the text describes: one that keeps all on the device, a tool, a plugin, or
//! one that leans on a server.

use crate::facts::{Cue, CueFact, Fact, Sighting};
use crate::read::ChunkCx;
use crate::read::clauses::{Passage, PassageKind};
use crate::read::lexicon::Lexicon;
use crate::scope::Role;
use model::{Confidence, Modality};
use std::ops::Range;
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
    /// What only programs have that run where they are installed: exit codes, file dialogs, a
    /// framework for windows, an extension's manifest.
    Craft,
    /// Says what a server keeps or does.
    Served,
    /// Needs a server: its own database or interface.
    Server,
    /// Speaks of a server, a database or many people, perhaps somebody else's.
    Hosted,
}

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    // A tool's manual says "stdout" on every line; once a section is enough.
    let mut told: Vec<&str> = Vec::new();
    for passage in passages {
        let scope = &cx.blocks[passage.block].scope;
        // Where the product is introduced a kind word is about the product.
        let introduces = scope.sections().len() <= 1
            || scope.role() == Role::Overview
            || passage.kind == PassageKind::Heading && scope.sections().len() <= 2;
        let reserved = scope.modality();
        let hits = WORDS.find(&passage.prose.text);
        let served =
            hits.iter().any(|it| matches!(it.meaning, Word::Served | Word::Server | Word::Hosted));
        for hit in hits {
            if hit.meaning == Word::Craft {
                let phrase = &passage.prose.text[hit.range.clone()];
                if told.contains(&phrase) {
                    continue;
                }
                told.push(phrase);
            }
            let (cue, percent) = match hit.meaning {
                Word::NoServer => (Cue::LocalOnly, 85),
                // "Storage: AsyncStorage" says where all of it is kept.
                Word::OnDevice if !served && is_the_store(&passage.prose.text, &hit.range) => {
                    (Cue::LocalOnly, 85)
                }
                Word::OnDevice => (Cue::LocalOnly, 45),
                Word::Kind => (Cue::ClientKind, if introduces { 80 } else { 50 }),
                Word::Craft => (Cue::ClientKind, 30),
                Word::Served => (Cue::Server, 55),
                Word::Server => (Cue::Server, 50),
                Word::Hosted => (Cue::Server, 30),
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

/// Whether the text starts by naming what keeps the data, and `place` right behind is the answer.
fn is_the_store(text: &str, place: &Range<usize>) -> bool {
    const LABELS: &[&str] = &[
        "storage",
        "data storage",
        "persistence",
        "data persistence",
        "state persistence",
        "persistent storage",
        "database",
        "data",
        "data layer",
        "save data",
        "saves",
        "storage layer",
        "persisted state",
        "speicherung",
        "datenspeicherung",
        "datenhaltung",
        "persistenz",
        "speicher",
        "stockage",
        "persistance",
        "stockage des données",
        "almacenamiento",
        "persistencia",
        "armazenamento",
        "persistência",
        "armazenamento de dados",
        "хранение",
        "хранение данных",
        "хранилище",
        "penyimpanan",
        "penyimpanan data",
        "存储",
        "数据存储",
        "数据持久化",
        "持久化",
        "储存",
        "ストレージ",
        "データ保存",
        "永続化",
        "保存先",
        "データストア",
        "저장소",
        "데이터 저장",
        "저장",
        "저장 방식",
        "영속성",
    ];
    const REACH_BYTES: usize = 40;
    if place.start > 2 * REACH_BYTES {
        return false;
    }
    let Some((label, rest)) = text[..place.start].split_once([':', '|', '(']) else { return false };
    let label = label.trim_matches(|it: char| !it.is_alphanumeric());
    LABELS.contains(&label) && rest.len() <= REACH_BYTES
}

static WORDS: LazyLock<Lexicon<Word>> = LazyLock::new(|| Lexicon::new(LIST.iter().copied()));

#[rustfmt::skip]
const LIST: &[(Word, &str)] = &[
    (Word::NoServer, "no backend|no back-end|no server|no servers|no external server*|no server dependencies|without a backend|without a server|without backend|without server|without any server|without any backend|no server required|no backend required|no server needed|no backend needed|no server-side*|zero backend|serverless static|client-side only|client side only|client-only|frontend-only|frontend only|front-end only|purely client-side|purely local|entirely client-side|fully client-side|100% client-side|entirely in the browser|completely in the browser|entirely on the client|runs in the browser only|runs entirely locally|runs entirely in|runs completely locally|runs locally only|runs 100% locally|fully local|fully offline|completely offline|entirely offline|100% offline|works offline only|offline-only|no cloud|no cloud services|no cloud sync|no external api|no external apis|no external services|no api calls|no network calls|no network requests|no internet connection|no internet access|no internet required|no network access|without internet|without an internet connection|100% on-device|entirely on-device|entirely on device|all data local|all data is local|data stays local|stored only locally|stored locally only|only stored locally|data never leaves|no data leaves|never leaves the device|never leave the device|never leaves your|never leaves the browser|all data stays on|stays on the device|stays on device|stays on your|stays in the browser|not sent to any server|never sent to a server|nothing is uploaded|no data is sent|no data sent|single html file|single-file html|static html|no database|no remote database|local-only|local only|single-user local"),
    (Word::NoServer, "kein backend|kein server|keine server|keinen server|ohne server|ohne backend|ohne internetverbindung|ohne cloud|keine cloud|keine datenbank|ohne datenbank|rein clientseitig|ausschließlich lokal|rein lokal|vollständig lokal|komplett lokal|komplett offline|vollständig offline|nur im browser|verlassen das gerät nicht|sans serveur|sans backend|sans base de données|sans connexion internet|pas de serveur|pas de backend|pas de base de données|aucun serveur|aucune donnée envoyée|aucun envoi de données|entièrement local|entièrement en local|100% local|100 % local|uniquement en local|hors ligne uniquement|uniquement côté client|100% côté client|entièrement côté client|sin servidor|sin backend|sin base de datos|sin conexión a internet|no requiere servidor|no requiere internet|totalmente local|completamente local|totalmente offline|solo en el navegador|todo en el navegador|del lado del cliente únicamente|sem servidor|sem backend|sem banco de dados|sem conexão com a internet|não requer servidor|não requer internet|totalmente local|ocorrer localmente|operar localmente|executado localmente|roda localmente|apenas localmente|somente local|apenas no navegador|somente no navegador|sem envio de dados|без сервера|без серверной части|без бэкенда|без бекенда|без базы данных|без интернета|без подключения к интернету|полностью локально|полностью локальн*|полностью офлайн|полностью на клиенте|только на клиенте|только в браузере|данные не покидают|tanpa server|tanpa backend|tanpa database|tanpa internet|tanpa koneksi internet|sepenuhnya offline|sepenuhnya lokal|sepenuhnya di sisi klien|hanya di browser"),
    (Word::NoServer, "无服务器|无后端|无需后端|无需服务器|無伺服器|無後端|纯前端|纯本地|纯静态|纯客户端|純前端|不需要后端|不需要服务器|没有后端|不依赖后端|不依赖服务器|不上传服务器|不上传到服务器|数据不离开|数据不出本地|完全离线|完全本地|离线运行|无需联网|无需网络|不联网|サーバー不要|サーバ不要|サーバー不使用|サーバーなし|サーバなし|サーバーを使わ*|サーバーレスで*|バックエンドなし|バックエンド不要|サーバー側*なし|サーバーに送信しない|サーバーに送信されない|端末内のみ|端末内で完結|ブラウザ内で完結|ブラウザだけで*|ブラウザのみ|クライアントのみ|完全オフライン|オフラインのみ|オフラインで完結|フロントエンドのみ|ローカル完結|서버 없이|서버없이|서버리스 정적|백엔드 없이|백엔드 없음|서버 없음|서버가 없|서버 불필요|서버로 전송하지|외부로 전송하지|완전 오프라인|완전한 오프라인|오프라인 전용|브라우저에서만|클라이언트만|클라이언트 사이드만|프론트엔드만|인터넷 연결 없이|네트워크 없이"),
    (Word::OnDevice, "on-device|on device|localstorage|local storage|indexeddb|sessionstorage|sharedpreferences|shared preferences|shared_preferences|asyncstorage|async storage|async-storage|mmkv|chrome.storage|browser storage|browser.storage|extension storage|core data|coredata|swiftdata|userdefaults|datastore preferences|room database|jetpack datastore|local file|local files|local json|local folder|local folders|local directory|local disk|local filesystem|local file system|home directory|user's home|config file|configuration file|settings file|dotfile|dotfiles|xdg|~/.config|local database|local sqlite|sqlite locally|in-memory only|keychain|keyring|credential manager|appdata|%appdata%|application support|app documents directory|documents directory|electron-store|isar|hive box|user's machine|user's computer|user's device|on the user's machine|on their machine|on your machine|developer's machine|menu bar|system tray|local-first|saved to disk|save to disk|saves to disk|written to disk|localhost only"),
    (Word::OnDevice, "lokal gespeichert|lokale datei*|lokalen datei*|lokaler speicher|lokalen speicher|lokaler ordner|auf dem gerät|auf dem rechner|stockage local|stocké localement|stockées localement|stockés localement|fichier local|fichiers locaux|dossier local|en local|sur l'appareil|almacenamiento local|almacenado localmente|archivo local|archivos locales|carpeta local|en el dispositivo|localmente|armazenamento local|arquivo local|arquivos locais|banco local|diretório local|pasta local|projeto local|no dispositivo|локальное хранилище|локальн* файл*|локальн* хранилищ*|локальн* баз*|локально на|на устройстве|penyimpanan lokal|disimpan secara lokal|file lokal|berkas lokal|folder lokal|di perangkat|本地存储|本地文件|本地运行|本地部署|本地保存|本地数据库|本地缓存|本地目录|本地磁盘|本機|ローカルストレージ|ローカル保存|ローカルファイル|ローカルに保存|ローカル環境で動作|端末に保存|端末内|ブラウザに保存|로컬 저장*|로컬 파일*|로컬에 저장|로컬 db|로컬 데이터베이스|로컬 스토리지|내부 저장소|기기에 저장|기기 내|단말에 저장"),
    (Word::Kind, "command-line tool|command line tool|command-line application|command line application|command-line utility|command-line program|command-line interface|command line interface|cli tool|cli application|cli utility|cli program|cli app|cli|npm package|npm library|npm module|python package|python library|python module|python script|ruby gem|go module|go library|go package|rust crate|rust library|crate|java library|c library|c++ library|header-only library|php package|composer package|nuget package|swift package|dart package|flutter package|flutter plugin|pypi package|react component library|component library|ui library|javascript library|typescript library|js library|open-source library|utility library|client library|parser library|sdk|browser extension|chrome extension|chrome browser extension|firefox extension|safari extension|edge extension|browser add-on|vs code extension|vscode extension|visual studio code extension|jetbrains plugin|intellij plugin|ide plugin|ide extension|obsidian plugin|figma plugin|sketch plugin|photoshop plugin|blender add-on|blender addon|wordpress plugin|wordpress theme|vim plugin|neovim plugin|emacs package|editor plugin|excel add-in|word add-in|outlook add-in|excel macro|vba macro|gradle plugin|maven plugin|webpack plugin|vite plugin|babel plugin|eslint plugin|eslint rule|pytest plugin|pre-commit hook|git hook|zsh plugin|raycast extension|alfred workflow|static site|static website|static web page|static page|static webpage|single-page tool|one-page site|one-page website|desktop application|desktop app|desktop tool|desktop program|desktop software|desktop utility|desktop client|desktop gui|gui application|gui tool|electron app|electron application|tauri app|tauri application|macos app|macos application|mac app|menu bar app*|menubar app*|windows application|windows app|windows desktop|windows forms application|linux application|linux desktop application|"),
    (Word::Kind, "browser game|desktop game|mobile game|platformer game|2d game|3d game|2d platformer|text adventure|text-based game|card game for one|single-player|single player|singleplayer|arcade game|puzzle game|snake game|tetris|minesweeper|sudoku|tic-tac-toe|tic tac toe|solitaire|breakout game|memory game|game engine|roguelike|github action|shell script|shell command|bash script|powershell script|powershell module|terminal application|terminal app|terminal emulator|terminal ui|tui|text editor|code editor|markdown editor|code formatter|code generator|static analyzer|static analyser|static analysis tool|linter|transpiler|compiler|interpreter|programming language|domain-specific language|parser|lexer|bundler|build tool|build system|test runner|testing framework|test framework|file converter|converter|format converter|unit converter|file organizer|file renamer|file manager|image viewer|image converter|video converter|pdf tool|pdf viewer|screenshot tool|clipboard manager|window manager|screen recorder|password generator|color picker|keyboard firmware|firmware|device driver|kernel module|emulator|screensaver|visualization|data visualization tool|pomodoro timer|offline app|offline application|offline-first app|standalone application|standalone tool|standalone app|portable executable|developer tool|dev tool|scaffolding tool|project generator|boilerplate|starter template|template generator|vpn client"),
    (Word::Kind, "kommandozeile*|kommandozeilenwerkzeug|befehlszeile*|konsolenanwendung|konsolenprogramm|desktop-anwendung|desktopanwendung|desktop-programm|desktop-app|windows-anwendung|windows-programm|browsererweiterung|browser-erweiterung|statische website|statische webseite|statische seite|programmbibliothek|java-bibliothek|python-bibliothek|einzelplatzanwendung|einzelspieler|ligne de commande|application de bureau|application desktop|logiciel de bureau|extension de navigateur|extension chrome|site statique|page statique|site vitrine|bibliothèque python|bibliothèque javascript|jeu solo|un joueur|línea de comandos|aplicación de escritorio|herramienta de escritorio|programa de escritorio|aplicación de consola|extensión de navegador|extensión de chrome|sitio estático|página estática|web estática|biblioteca de python|un jugador|un solo jugador|plantilla excel|hoja de cálculo|linha de comando|linhas de comando|aplicativo desktop|aplicação desktop|programa desktop|aplicativo de desktop|software desktop|aplicação de console|extensão de navegador|extensão do chrome|site estático|página estática|um jogador|командной строки|командная строка|командную строку|консольное приложение|консольная утилита|настольное приложение|десктоп*|расширение для браузера|браузерное расширение|расширение chrome|статический сайт|одиночная игра|однопользовательск*|библиотека на|baris perintah|aplikasi desktop|aplikasi konsol|ekstensi browser|ekstensi chrome|situs statis|website statis|pemain tunggal"),
    (Word::Kind, "命令行|命令行工具|命令列工具|浏览器扩展|浏览器插件|chrome扩展|chrome 扩展|chrome插件|chrome 插件|vs code 插件|vscode插件|vscode 插件|桌面应用|桌面应用程序|桌面程序|桌面软件|桌面工具|静态网站|静态网页|静态站点|静态页面|单机游戏|单机版|单机应用|小工具|脚本工具|开源库|第三方库|工具库|组件库|编译器|解释器|解析器|格式转换工具|转换工具|コマンドライン|コマンドラインツール|cliツール|ブラウザ拡張*|chrome拡張*|拡張機能|デスクトップアプリ*|デスクトップツール|スタンドアロン|静的サイト|静的ページ|シングルページ型|一人用|シングルプレイ*|変換ツール|コンパイラ|パーサー|インタプリタ|스탠드얼론|명령줄|명령행|커맨드라인|커맨드 라인|cli 도구|콘솔 프로그램|콘솔 애플리케이션|데스크톱 앱|데스크탑 앱|데스크톱 애플리케이션|데스크탑 애플리케이션|데스크톱 프로그램|브라우저 확장*|크롬 확장*|크롬 익스텐션|정적 사이트|정적 웹사이트|정적 페이지|싱글 플레이*|1인용|컴파일러|파서|인터프리터|변환 도구|변환기|windows 데스크톱|데스크톱 환경"),
    (Word::Craft, "sigterm|sigint|sigkill|pid file|pidfile|process id|force-kill*|orphaned process*|terminates the process|sudo|root privileges|user runs|user executes|run the command|runs the command|when the command|user invokes|network interface*|systemd|operating system process*|exit code|exit codes|exit status|exits with code|exits with status|non-zero exit*|stdout|stderr|stdin|standard output|standard error|standard input|argv|argc|command-line argument*|command line argument*|command-line flag*|command-line option*|cli flag*|cli command*|cli argument*|cli option*|subcommand|subcommands|--help|--version|--verbose|--dry-run|--output|man page|shell completion*|tab completion|homebrew|brew install|cargo install|npm install -g|pip install|pipx|go install|apt install|winget|chocolatey|crates.io|pypi|argparse|typer|commander.js|yargs|oclif|bubbletea|bubble tea|ratatui|ncurses|ansi escape|ansi color*"),
    (Word::Craft, "pyinstaller|py2exe|nuitka|tkinter|customtkinter|pyqt|pyqt5|pyqt6|pyside|pyside6|wxpython|kivy|winforms|windows forms|wpf|winui|avalonia|javafx|java swing|gtk|gtk4|qt6|qt5|qml|electron-builder|electron builder|electron|tauri|nsis|inno setup|msi installer|.exe|exe file|executable file|dmg|appimage|flatpak|code signing|app store sandbox|file dialog|file picker|open dialog|save dialog|save file dialog|folder picker|native menu|tray icon|global hotkey|global shortcut|keyboard hook|flutter_local_notifications|local notification|local notifications|workmanager|alarmmanager|usernotifications|unusernotificationcenter|haptic feedback|haptics|expo-haptics|homekit|healthkit|arkit|core ml|coreml|arduino|esp32|esp8266|raspberry pi|stm32|gpio|uart"),
    (Word::Craft, "codelens|code lens|hover provider|diagnostic provider|problems panel|command palette|activation event*|activationevents|status bar item|webview panel|webview|tree view provider|vscode api|vs code api|language server protocol|manifest v3|manifest.json|content script|content scripts|background script|service worker script|popup.html|options page|browser action|chrome.tabs|chrome.runtime|host_permissions|main.js|obsidian api|figma api plugin|pygame|phaser|love2d|godot|unity engine|unreal engine|libgdx|monogame|raylib|sdl2|sfml|p5.js|game loop|sprite|sprites|spritesheet|collision detection|game over|high score|arrow keys|tile map|tilemap|hitbox|gamepad"),
    (Word::Craft, "string literal*|operator precedence|predicates|query ast|emitted code|emitted sql|generated code|keyword argument*|code point*|sql dialect|abstract syntax tree|ast|ast node|ast nodes|lexer|tokenizer|token stream|syntax tree|parse tree|grammar rule|grammar rules|type checker|type inference|code generation|bytecode|compile time|compile-time|syntax error|parse error|source code generation|function signature|return type|type parameter|generic type|public api surface|returns left|returns right|returns none|throws an error|raises valueerror|pure function|pure functions|semver|peer dependency|tree-shakeable|tree-shaking|bundle size|esm and cjs|type definitions|d.ts|zero dependencies|zero-dependency|no dependencies|no runtime dependencies|standard library only|header file|shared library|input file|input files|output file|output files|output directory|output folder|input directory|input folder|working directory|current directory|file path|file paths|file extension|glob pattern|gitignore|.gitignore|batch conversion|batch processing of files|convert files|converts files|vba|.xlsm|.docx file|.pptx|power bi|.pbit|jupyter notebook|keyboard shortcut|keyboard shortcuts|drag and drop files|print preview"),
    (Word::Craft, "rückgabecode|exit-code|standardausgabe|kommandozeilenparameter|kommandozeilenargument*|kommandozeilenoption*|dateidialog|eingabedatei*|ausgabedatei*|ausgabeverzeichnis|arbeitsverzeichnis|quelltext|tastenkürzel|tastaturkürzel|abstrakter syntaxbaum|code de retour|sortie standard|arguments de ligne|fichier d'entrée|fichiers d'entrée|fichier de sortie|fichiers de sortie|répertoire de sortie|dossier de sortie|raccourci clavier|raccourcis clavier|boîte de dialogue de|código de salida|salida estándar|archivo de entrada|archivos de entrada|archivo de salida|carpeta de salida|carpeta de entrada|atajos de teclado|cuadro de diálogo|código de saída|saída padrão|arquivo de entrada|arquivo de saída|pasta de saída|pasta de entrada|selecionar pasta|atalhos de teclado|diálogo de salvamento|janela principal|interface gráfica|interfaz gráfica|ventana principal|код возврата|код выхода|стандартный вывод|входной файл|входного файла|выходной файл|выходного файла|горячие клавиши|главное окно|главном окне|графический интерфейс|диалог сохранения|диалоговое окно|kode keluar|file masukan|file keluaran|folder keluaran|pintasan keyboard|jendela utama"),
    (Word::Craft, "退出码|标准输出|标准输入|命令行参数|输入文件|输出文件|输出目录|输入目录|快捷键|主窗口|文件对话框|抽象语法树|语法树|词法分析|语法分析|打包成|安装包|可执行文件|終了コード|標準出力|標準入力|入力ファイル|出力ファイル|出力先フォルダ|出力フォルダ|ショートカットキー|キーボードショートカット|メインウィンドウ|ファイル選択ダイアログ|構文解析|字句解析|抽象構文木|実行ファイル|インストーラ*|종료 코드|표준 출력|표준 입력|입력 파일|출력 파일|출력 폴더|단축키|메인 윈도우|파일 대화상자|파일 선택 창|구문 분석|추상 구문 트리|실행 파일|설치 파일|인스톨러"),
    (Word::Server, "the server|game server*|authoritative server|server-authoritative|websocket|websockets|mmo|mmorpg|massively multiplayer|shared world|pvp|server actions|postgres|postgresql|mysql|mariadb|mongodb|sql server|supabase|firebase|firestore|dynamodb|convex|appwrite|pocketbase|planetscale|neon|cloud database|server-side|rest api|restful api|graphql api|api server|api gateway|web server|backend server|backend api|backend service|microservice*|multi-tenant|saas|redis|kafka|rabbitmq|database schema|database migration*|load balancer|concurrent users|simultaneous users|other users|other players|each other's|multiplayer|multi-user|user accounts|admin panel|admin dashboard|administrators can|база данных|базы данных|базе данных|серверная часть|серверной части|бэкенд|后端|バックエンド|同時接続|데이터베이스 서버|백엔드|동시 사용자|동시 접속|다수의 사용자|다수의 인스턴스|동시성 문제|后端|服务端|后台管理|并发用户|mysql数据库|spring boot|django|fastapi|express.js|nestjs|laravel|rails|discord bot|telegram bot|webhook|webhooks|gleichzeitige nutzer|mehrbenutzer*|usuarios concurrentes|usuários simultâneos|utilisateurs simultanés|одновременных пользователей|pengguna bersamaan"),
    (Word::Served, "server storage|server stores|the server stores|the server keeps|the server resolves|the server validates|stored on the server|stored on a server|stored on our server*|saved on the server|saved to the server|kept on the server|sent to the server for|uploaded to the server|server-side storage|server-side database|server database|central database|shared database|hosted database|cloud database|database server|sync with the server|synced to the server|syncs with the server|auf dem server gespeichert|serverseitig gespeichert|zentrale datenbank|zentraler datenbank|stocké sur le serveur|stockées sur le serveur|base de données centrale|almacenado en el servidor|almacenados en el servidor|base de datos central|armazenado no servidor|armazenados no servidor|banco de dados central|хранится на сервере|хранятся на сервере|сохраняется на сервере|disimpan di server|tersimpan di server|database terpusat|存储在服务器|保存到服务器|服务器端存储|サーバーに保存|サーバに保存|サーバー側で保存|서버에 저장|서버에서 관리"),
    (Word::Hosted, "server|servers|the server|backend|back-end|database|databases|db|api|apis|api endpoint|api endpoints|endpoint|endpoints|cloud|http request*|docker|kubernetes|admin|admins|administrator|administrators|customers|staff|tenant|tenants|moderator|moderators|datenbank|serveur|serveurs|base de données|servidor|servidores|base de datos|banco de dados|сервер|сервера|серверу|сервером|серверы|администратор*|basis data|administrator sistem|数据库|服务器|管理员|データベース|サーバー|サーバ|管理者|데이터베이스|서버|관리자|api를|api 호출"),
    // Servers that belong to the developer, or are protocols' names for a program.
    (Word::Craft, "language server|lsp server|dev server|development server|local server|localhost server|mcp server|mcp servers|x server|display server|no api|plugin api|extension api|browser api|canvas api|web audio api|file system access api|web api|dom api|clipboard api|fetch api|windows api|win32 api|public api|programmatic api|javascript api|c api|python api|node api|local api|database-free|in-memory database|vpn server|ssh server|proxy server|server url|server address|remote server|remote servers"),
];
