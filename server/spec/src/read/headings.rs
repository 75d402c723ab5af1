//! What a heading says about its section, in nine languages and English.

use crate::pattern::compile;
use crate::scope::Role;
use aho_corasick::{AhoCorasick, MatchKind};
use model::Modality;
use regex::Regex;
use std::sync::LazyLock;

/// What a title by itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Meaning {
    pub(crate) role: Option<Role>,
    pub(crate) modality: Option<Modality>,
}

/// Reads a title of any level; the title of a whole document says nothing about modality, which
/// the caller has to know.
pub(crate) fn heading(title: &str) -> Meaning {
    const TITLE_BYTES_MAX: usize = 200;
    if title.len() > TITLE_BYTES_MAX {
        return Meaning::default();
    }
    let title = title.to_lowercase();
    let mut meaning = by_words(&title);
    // "Erweiterungen (Post-MVP)": a bracket says it of all before it.
    if let Some((_, inner)) = title.split_once(['(', '（']) {
        let own = by_words(inner.trim_end_matches([')', '）']));
        meaning.modality = meaning.modality.max(own.modality);
    }
    if meaning.modality.is_none() {
        // "Data model (v6 changes)" names the edition of the text, not of the product.
        let edition = meaning.role == Some(Role::DataModel)
            && title.split_once(['(', '（']).is_some_and(|(_, inner)| {
                inner.strip_prefix('v').is_some_and(|it| it.starts_with(|c: char| c.is_numeric()))
            });
        let outside = title.split(['(', '（']).next().unwrap_or(&title);
        meaning.modality = by_phase(if edition { outside } else { &title });
    }
    meaning
}

/// A role and a modality, where one phrase speaks for both.
type Entry = (Option<Role>, Option<Modality>, &'static str);

fn by_words(title: &str) -> Meaning {
    let lexicon = &*LEXICON;
    let letters = title.chars().filter(|it| it.is_alphabetic()).count().max(1);
    let mut meaning = Meaning::default();
    let mut longest = 0;
    for found in lexicon.automaton.find_iter(title) {
        if !is_whole_word(title, found.start(), found.end()) {
            continue;
        }
        let entry = lexicon.entries[found.pattern().as_usize()];
        let chars = title[found.range()].chars().filter(|it| it.is_alphabetic()).count();
        // "Risk assessments" may be what the product manages; only a title that mostly is the
        // reservation, or starts with it, takes its section out of scope.
        let reserved = entry.1.is_some();
        let leads = title[..found.start()].chars().all(|it| !it.is_alphabetic());
        // What is not built is said in a few words that mean nothing else.
        let share = if entry.0 == Some(Role::Exclusion) && chars > 2 { 3 } else { 2 };
        if reserved && !(chars * share >= letters || (leads && chars > 4)) {
            continue;
        }
        if reserved && meaning.modality.is_none_or(|it| Some(it) < entry.1) {
            meaning.modality = entry.1;
        }
        // "Booking of tables" is no data model: the words for one must be much of the title.
        let outside = title.split(['(', '（']).next().unwrap_or(title);
        let outside = outside.chars().filter(|it| it.is_alphabetic()).count().max(1);
        // Entities are nothing else: "entities and their properties".
        let certain = leads && ENTITIES.iter().any(|it| title[found.range()].starts_with(it));
        if entry.0 == Some(Role::DataModel) && chars * 5 < outside * 2 && !certain {
            continue;
        }
        if chars > longest {
            longest = chars;
            meaning.role = entry.0.or(meaning.role);
        }
    }
    meaning
}

/// How words for entities start, which mean a data model wherever a title starts with them.
const ENTITIES: &[&str] = &[
    "entit",
    "entidad",
    "сущност",
    "основные сущност",
    "实体",
    "エンティティ",
    "엔티티",
    "엔터티",
];

/// Phases, versions and milestones after the first.
fn by_phase(title: &str) -> Option<Modality> {
    static LATER: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?:phase|stage|milestone|release|etapa|fase|étape|этап|фаза|ausbaustufe|tahap)",
            r"\s*(?:n[°º]?\s*)?(?:[2-9]|ii+|iv|two|three|four|b)\b",
            r"|\b(?:version|versión|versão|версия|versi)\s*(?:[2-9]|1\.[1-9])(?:\.\d+)?\b",
            r"|\bv\s?(?:[2-9]|1\.[1-9])(?:\.[0-9x])*\b",
            r"|第\s*[二三四2-9]\s*(?:阶段|期|フェーズ|版)|フェーズ\s*[2-9]|[2-9]\s*단계|[2-9]\s*차",
        ))
    });
    static FIRST: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\bmvp\b|phase\s*(?:1|i|one)\b|\bv1(?:\.0)?\b|\bchange[sd]?\b|\bupdated?\b|\bcurrent\b|\bimplemented\b|authoritative|aktuell|\bactuel|\bactual\b|\batual\b|текущ|saat ini|当前|現在|현재|변경|更新|変更|изменен|\bcambios\b|mudanças|änderung|fase\s*1|этап\s*1|第一阶段|1\s*단계",
        )
    });
    (LATER.is_match(title) && !FIRST.is_match(title)).then_some(Modality::LaterPhase)
}

/// Whether the match is no part of a longer word; scripts without spaces have no such edges.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let edge = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric() || it as u32 >= 0x2e80);
    let first = text[start..].chars().next();
    if first.is_some_and(|it| it as u32 >= 0x2e80) {
        return true;
    }
    edge(text[..start].chars().next_back()) && edge(text[end..].chars().next())
}

struct Lexicon {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut entries = Vec::new();
    for entry in ENTRIES {
        for phrase in entry.2.split('|') {
            patterns.push(phrase.trim());
            entries.push(*entry);
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&patterns)
        .expect("a few hundred short phrases fit an automaton");
    Lexicon { automaton, entries }
});

const IN: Option<Modality> = None;
const OUT: Option<Modality> = Some(Modality::OutOfScope);
const LATER: Option<Modality> = Some(Modality::LaterPhase);
const OPTIONAL: Option<Modality> = Some(Modality::Optional);
const RISK: Option<Modality> = Some(Modality::Risk);
const EXAMPLE: Option<Modality> = Some(Modality::Example);

/// Phrases in lower case, one language a line where a role has many.
#[rustfmt::skip]
const ENTRIES: &[Entry] = &[
    // Sections that tell both apart name each part below.
    (Some(Role::Overview), IN, "goals and non-goals|goals & non-goals|goals/non-goals|goals / non-goals|goals, non-goals|goals and non goals|goals vs non-goals|non-goals and goals|scope and non-goals|scope & non-goals|in scope and out of scope|in scope / out of scope|in-scope / out-of-scope|in scope vs out of scope|in scope vs. out of scope|in-scope and out-of-scope|in/out of scope|in and out of scope|scope and out of scope|scope and exclusions|inclusions and exclusions|ziele und nicht-ziele|ziele und nichtziele|objectifs et non-objectifs|objetivos y no objetivos|objetivos e não objetivos|цели и не цели|目标与非目标|目标和非目标|范围与非范围|目標と非目標|ゴールと非ゴール|목표와 비목표|목표 및 비목표"),
    (Some(Role::Exclusion), OUT, "out of scope|out-of-scope|not in scope|non-goals|non goals|nongoals|non-goal|not goals|exclusions|excluded|explicitly excluded|what we are not building|what we're not building|not building|won't have|will not have|not included|won't do|anti-goals|not doing|does not do|not do|deliberately not|scope exclusions|not supported|what this is not|what it is not|is not|won't build|will not build|not going to build|explicitly not|not in v1|not in mvp|not in the mvp|not in this release|not in this version|not for v1|not part of|out of the scope|outside scope|outside the scope|outside of scope|not planned|no-gos|no gos|no-goes|non-requirements|non requirements|non-features|non-functionality excluded|out for now"),
    (Some(Role::Exclusion), OUT, "nicht im umfang|nicht-ziele|nichtziele|nicht ziele|abgrenzung|abgrenzungskriterien|außerhalb des umfangs|nicht enthalten|ausgeschlossen|out-of-scope (nicht enthalten)|nicht bestandteil|nicht gebaut|nicht umgesetzt|nicht geplant|nicht vorgesehen|nicht im mvp|nicht teil"),
    (Some(Role::Exclusion), OUT, "hors périmètre|hors perimetre|hors scope|hors-périmètre|non-objectifs|non objectifs|exclus|exclusions|hors de portée|hors mvp|hors du périmètre|ce que le projet n'est pas|n'est pas|ne faisons pas|ne fait pas|ne sera pas|non inclus|non inclus dans|non prévu|pas dans le mvp|hors v1"),
    (Some(Role::Exclusion), OUT, "fuera de alcance|fuera del alcance|no objetivos|no-objetivos|exclusiones|excluido|no incluye|no incluido|no incluidos|lo que no es|no haremos|no vamos a|no se hará|fuera del mvp|fuera de scope"),
    (Some(Role::Exclusion), OUT, "fora de escopo|fora do escopo|não objetivos|não-objetivos|não incluído|não inclui|exclusões|o que não é|não faremos|não vamos fazer|não será feito|fora do mvp|não incluso"),
    (Some(Role::Exclusion), OUT, "вне рамок|вне скоупа|вне scope|не входит|не цели|исключения из объёма|за рамками|не делаем|не реализуется|что не входит|не будет|не планируется|исключено|вне mvp|не в mvp"),
    (Some(Role::Exclusion), OUT, "di luar cakupan|di luar ruang lingkup|di luar lingkup|luar lingkup|bukan tujuan|tidak termasuk|diluar scope|di luar scope|tidak dibuat|tidak dikerjakan|tidak akan"),
    (Some(Role::Exclusion), OUT, "非项目目标|范围外|不在范围|非目标|超出范围|不做|不包含|不包括|排除范围|不纳入|本期不做|明确不做|不会做|不实现|不支持的|暂不支持|暂不实现|不涉及|不考虑"),
    (Some(Role::Exclusion), OUT, "対象外|スコープ外|範囲外|非ゴール|ノンゴール|非目標|やらないこと|やらない|作らない|実装しない|含まないもの|含まない|除外"),
    (Some(Role::Exclusion), OUT, "범위 외|범위외|제외 범위|제외 사항|제외사항|비목표|하지 않는 것|비포함|비포함 항목|미포함|제외|제외한|제외된|제외되는|범위 밖|하지 않을|만들지 않|구현하지 않|다루지 않"),
    (Some(Role::Roadmap), LATER, "future|future work|future enhancements|future improvements|future features|future considerations|future scope|future ideas|future extensions|future phases|later phases|post-mvp|post mvp|post-launch|after mvp|beyond mvp|backlog|later|next steps|stretch goals|stretch|someday|wishlist|phase 2+|upcoming|deferred|not now|parking lot|cut list|icebox|nice ideas for later|potential extensions|long-term|v2 ideas"),
    (Some(Role::Roadmap), LATER, "zukunft|zukünftige erweiterungen|zukünftig|ausblick|spätere erweiterungen|später|erweiterungsmöglichkeiten|nach dem mvp|künftige erweiterungen"),
    (Some(Role::Roadmap), LATER, "évolutions futures|évolutions|evolutions|améliorations futures|futur|perspectives|à venir|pistes d'évolution|évolutions possibles|plus tard"),
    (Some(Role::Roadmap), LATER, "futuro|mejoras futuras|trabajo futuro|futuras mejoras|evolución futura|próximos pasos|ampliaciones|fases futuras"),
    (Some(Role::Roadmap), LATER, "melhorias futuras|trabalhos futuros|próximos passos|evoluções futuras|futuras melhorias|futuras|fases futuras|futuro do projeto"),
    (Some(Role::Roadmap), LATER, "в будущем|будущие улучшения|перспективы|дальнейшее развитие|планы развития|развитие проекта|возможные расширения|будущее|следующие шаги|позже"),
    (Some(Role::Roadmap), LATER, "pengembangan selanjutnya|masa depan|rencana pengembangan|pengembangan lanjutan|fitur lanjutan|fitur masa depan|langkah selanjutnya"),
    (Some(Role::Roadmap), LATER, "未来|后续|后续规划|后续扩展|未来规划|后期|远期|未来扩展|扩展功能|后续迭代|未来计划|拓展功能|二期"),
    (Some(Role::Roadmap), LATER, "将来|今後|将来的な拡張|今後の展望|今後の拡張|今後の課題|将来拡張|拡張予定|将来構想"),
    (Some(Role::Roadmap), LATER, "향후|추후|향후 계획|향후 개선|확장 계획|향후 확장|추후 개발|확장 가능성|고도화|후순위"),
    (None, OPTIONAL, "nice to have|nice-to-have|nice to haves|optional|could have|could-have|bonus|optional features|bonus features|should have (optional)|low priority|could"),
    (None, OPTIONAL, "wünschenswert|wunschkriterien|kann-kriterien|kannkriterien|optionale funktionen|optionnel|optionnelle|optionnelles|facultatif|souhaitable|opcional|opcionales|opcionais|deseable|desejável|deseables|desejáveis|опционально|желательно|необязательно|дополнительно|опциональные функции|opsional|tambahan|可选|可选功能|选做|加分项|任意|オプション|あると良い|選択|선택|선택 사항|선택사항|선택 기능|부가 기능"),
    (Some(Role::Risk), RISK, "risks|risk|risks and mitigations|risks & mitigations|risk analysis|risk assessment|risk register|risks and assumptions|assumptions and risks|open risks|mitigations|alternatives|alternatives considered|rejected alternatives|considered options|options considered|trade-offs|tradeoffs"),
    (Some(Role::Risk), RISK, "risiken|risikoanalyse|risiken und gegenmaßnahmen|alternativen|risques|risques et mitigations|analyse des risques|alternatives envisagées|riesgos|riesgos y mitigación|alternativas|riscos|riscos e mitigações|риски|риски и|альтернативы|risiko|risiko dan mitigasi|风险|风险与应对|风险分析|风险评估|备选方案|リスク|リスクと対策|代替案|위험|리스크|위험 요소|대안"),
    (Some(Role::Example), EXAMPLE, "example|examples|sample|samples|sample data|example prompts|example usage|usage examples|sample output|example output|sample prompts|example scenario|example scenarios|illustration|mock data|seed data"),
    (Some(Role::Example), EXAMPLE, "beispiel|beispiele|exemple|exemples|ejemplo|ejemplos|exemplo|exemplos|пример|примеры|contoh|示例|例子|样例|例|サンプル|出力例|入力例|예시|예제"),
    (Some(Role::Competitors), EXAMPLE, "competitors|competitive analysis|competitive landscape|competition|market analysis|inspiration|inspirations|prior art|related work|references|wettbewerb|wettbewerber|marktanalyse|concurrents|analyse concurrentielle|concurrence|competencia|competidores|análisis de mercado|concorrentes|concorrência|análise de mercado|конкуренты|анализ конкурентов|kompetitor|pesaing|analisis pasar|竞品|竞品分析|参考资料|競合|競合分析|参考|경쟁사|경쟁 분석|경쟁사 분석|참고|참고 자료"),
    (Some(Role::DataModel), IN, "data model|data models|database schema|database tables|database structure|database layer|database entities|domain entities and relationships|database requirements|key data models|data objects|database|database design|schema|data schema|db schema|data structures|data structure|entities|key entities|core entities|domain model|entity model|tables|database tables|entity relationship|er diagram|erd|models|data dictionary|data entities|database models|persistence|collections|data design|entity definitions|domain entities|data layer|core data model|core objects|data requirements|domain objects|logical data model|information model|entity-relationship diagram|entity relationship diagram|domain models|object model|orm models|stored data|persisted data|persistent data"),
    (Some(Role::DataModel), IN, "datenmodell|datenbank|daten|datenhaltung|datenobjekte|datenanforderungen|datenbanktabellen|datenbankschema|datenbankmodell|entitäten|datenbankstruktur|datenstruktur|tabellen|produktdaten|domänenmodell|er-modell|datenbankentwurf"),
    (Some(Role::DataModel), IN, "modèle de données|modele de donnees|données à stocker|données stockées|données persistées|objets métier|entités métier|exigences de données|base de données|schéma de données|entités|schéma de base de données|modèles de données|structure des données|données|dictionnaire de données|entités principales|modèle de domaine"),
    (Some(Role::DataModel), IN, "modelo de datos|base de datos|requisitos de datos|requisitos de base de datos|modelo entidad relación|datos del sistema|datos a almacenar|esquema de base de datos|entidades|esquema de datos|estructura de datos|diccionario de datos|tablas|modelo de dominio|entidades principales|modelo entidad-relación"),
    (Some(Role::DataModel), IN, "modelo de dados|banco de dados|requisitos de dados|requisitos do banco de dados|escopo do banco de dados|dados armazenados|dados do sistema|modelo relacional|esquema de dados|estrutura de dados|entidades principais|dicionário de dados|tabelas|modelagem|modelagem de dados|modelo de domínio|modelo entidade-relacionamento|esquema do banco"),
    (Some(Role::DataModel), IN, "модель данных|база данных|схема базы данных|хранение данных|требования к данным|данные системы|хранимые данные|таблицы бд|схема данных|схема бд|структура бд|структура базы данных|сущности|модели данных|таблицы|структура данных|бд|доменная модель|основные сущности|модель предметной области|структура хранилища|хранилище данных|orm-модели|модели orm"),
    (Some(Role::DataModel), IN, "model data|basis data|kebutuhan data|perancangan database|skema database|struktur data|entitas|skema data|struktur database|skema basis data|desain database|kamus data|rancangan database|tabel database"),
    (Some(Role::DataModel), IN, "数据模型|数据库|数据需求|数据要求|数据模型设计|数据定义|数据库表|数据库设计|数据结构|数据表|实体|数据字典|表结构|表设计|核心实体|领域模型|库表设计|数据设计|数据实体"),
    (Some(Role::DataModel), IN, "データモデル|データベース|データ要件|データ仕様|データ定義|テーブル構成|データベース設計|db設計|テーブル設計|テーブル定義|エンティティ|データ構造|データ設計|er図|スキーマ|データスキーマ|ドメインモデル|テーブル一覧"),
    (Some(Role::DataModel), IN, "데이터 모델|데이터모델|데이터 요구사항|데이터베이스 요구사항|데이터 정의|주요 엔티티|주요 테이블|데이터 명세|데이터베이스|db 설계|데이터베이스 설계|테이블 설계|테이블 정의|엔티티|엔터티|데이터 구조|db 스키마|스키마|erd|테이블 구조|도메인 모델|핵심 엔티티"),
    (Some(Role::Api), IN, "api|apis|api endpoints|endpoints|rest api|api design|api specification|api routes|routes|interfaces|api contracts|api reference|http api|graphql api|api contract|api surface|key endpoints|rest endpoints"),
    (Some(Role::Api), IN, "schnittstellen|api-endpunkte|endpunkte|points d'api|points de terminaison|interface api|endpoints de la api|endpoints da api|rotas|rutas|rotas da api|эндпоинты|апи|api эндпоинты|методы api|接口|接口设计|api 设计|接口文档|api接口|api 接口|エンドポイント|api設計|api一覧|api 설계|api 명세|엔드포인트|api 목록|rute api|daftar endpoint"),
    (Some(Role::UserStories), IN, "user stories|user story|user scenarios|use cases|use case|user scenarios & testing|user journeys|stories|epics|epic|user flows|user flow"),
    (Some(Role::UserStories), IN, "anwendungsfälle|anwendungsfall|user-stories|nutzergeschichten|cas d'utilisation|récits utilisateurs|histoires utilisateur|parcours utilisateur|casos de uso|historias de usuario|histórias de usuário|histórias do usuário|пользовательские истории|сценарии использования|варианты использования|пользовательские сценарии|cerita pengguna|kasus penggunaan|alur pengguna|用户故事|用例|用户场景|使用场景|用户流程|ユーザーストーリー|ユースケース|利用シナリオ|사용자 스토리|유스케이스|사용자 시나리오|유저 스토리|사용자 흐름"),
    (Some(Role::Functional), IN, "functional requirements|features|feature|requirements|core features|key features|functionality|scope|in scope|mvp|mvp features|mvp scope|must have|must-have|functional specification|functional specs|modules|capabilities|feature requirements|product requirements|system features|feature list|core functionality|added requirements|modified requirements"),
    (Some(Role::Functional), IN, "funktionale anforderungen|anforderungen|funktionen|produktfunktionen|muss-kriterien|musskriterien|funktionsumfang|kernfunktionen|leistungsumfang|umfang"),
    (Some(Role::Functional), IN, "exigences fonctionnelles|besoins fonctionnels|fonctionnalités|périmètre|spécifications fonctionnelles|fonctionnalités principales|fonctions|périmètre fonctionnel|exigences"),
    (Some(Role::Functional), IN, "requisitos funcionales|requisitos|funcionalidades|alcance|características|funciones|requerimientos|requerimientos funcionales|requisitos funcionais|funcionalidades principais|escopo|recursos|escopo do mvp"),
    (Some(Role::Functional), IN, "функциональные требования|требования|функциональность|функции|функционал|возможности|основные функции|требования к функциям|kebutuhan fungsional|fitur|fitur utama|persyaratan fungsional|ruang lingkup|cakupan|kebutuhan|fungsionalitas"),
    (Some(Role::Functional), IN, "功能需求|功能|功能要求|需求|核心功能|功能模块|功能列表|功能性需求|功能设计|機能要件|機能|要件|機能一覧|主要機能|機能要求|要求仕様|기능 요구사항|기능|요구사항|주요 기능|기능 목록|핵심 기능|기능 명세"),
    (Some(Role::Acceptance), IN, "acceptance criteria|acceptance scenarios|definition of done|success criteria|abnahmekriterien|akzeptanzkriterien|critères d'acceptation|criterios de aceptación|critérios de aceitação|критерии приёмки|критерии приемки|kriteria penerimaan|验收标准|验收|受け入れ基準|受入基準|受入条件|인수 조건|수용 기준|완료 조건"),
    (Some(Role::Auth), IN, "authentication|authorization|auth|authentication & authorization|login|sign in|sign-in|access control|permissions|roles and permissions|user roles|rbac|authentifizierung|anmeldung|benutzerverwaltung|rollen und rechte|rechte|authentification|connexion|droits|rôles et permissions|autenticación|autorización|roles y permisos|autenticação|autorização|permissões|login e cadastro|аутентификация|авторизация|роли и права|права доступа|роли|autentikasi|otorisasi|hak akses|认证|登录|权限|用户认证|权限管理|认证与授权|角色权限|認証|認可|ログイン|権限|인증|로그인|권한|인증/인가|회원"),
    (Some(Role::TechStack), IN, "tech stack|technology stack|technical stack|technology|technologies|stack|architecture|technical architecture|system architecture|technical requirements|technical design|technical specifications|dependencies|tooling|project structure|directory structure|file structure|folder structure|environment variables|configuration|technical implementation|technology choices|codebase structure"),
    (Some(Role::TechStack), IN, "technologie|technologien|architektur|technische umsetzung|systemarchitektur|technischer stack|technische architektur|pile technique|stack technique|architecture technique|contraintes techniques|arquitectura|tecnologías|stack tecnológico|arquitetura|tecnologias|stack tecnológica|технологии|стек|стек технологий|архитектура|технический стек|teknologi|arsitektur|tumpukan teknologi|技术栈|技术选型|架构|技术架构|系统架构|技术方案|技術スタック|技術構成|アーキテクチャ|使用技術|システム構成|기술 스택|아키텍처|기술스택|시스템 구조|시스템 아키텍처|사용 기술"),
    (Some(Role::Deploy), IN, "deployment|hosting|infrastructure|devops|deploy|operations|ci/cd|bereitstellung|betrieb|infrastruktur|déploiement|hébergement|infrastructure technique|despliegue|infraestructura|alojamiento|implantação|hospedagem|infraestrutura|deploy e infraestrutura|развертывание|развёртывание|деплой|инфраструктура|хостинг|penyebaran|infrastruktur deployment|部署|运维|基础设施|デプロイ|インフラ|運用|배포|인프라|운영"),
    (Some(Role::NonFunctional), IN, "non-functional requirements|nonfunctional requirements|non functional requirements|quality attributes|performance|security|performance requirements|security requirements|scalability|reliability|accessibility|constraints|compliance|nichtfunktionale anforderungen|nicht-funktionale anforderungen|qualitätsanforderungen|rahmenbedingungen|exigences non fonctionnelles|contraintes|sécurité|requisitos no funcionales|seguridad|restricciones|requisitos não funcionais|segurança|restrições|нефункциональные требования|безопасность|производительность|ограничения|kebutuhan non-fungsional|kebutuhan non fungsional|keamanan|非功能需求|非功能性需求|性能要求|安全要求|约束|非機能要件|非機能|セキュリティ|制約|性能要件|비기능 요구사항|비기능적 요구사항|보안|성능|제약 사항|제약사항"),
    (Some(Role::Ui), IN, "ui|ux|ui/ux|user interface|ui design|design|screens|pages|wireframes|visual design|look and feel|layout|ui components|navigation|design system|ui requirements|user experience|mockups|style guide|theming|benutzeroberfläche|oberfläche|bildschirme|seiten|interface utilisateur|écrans|maquettes|interfaz|interfaz de usuario|pantallas|interface do usuário|telas|интерфейс|экраны|дизайн|пользовательский интерфейс|antarmuka|antarmuka pengguna|halaman|界面|界面设计|页面|页面设计|交互设计|画面|画面設計|画面一覧|デザイン|화면|화면 설계|화면 구성|디자인"),
    (Some(Role::Roadmap), IN, "roadmap|timeline|milestones|phases|implementation plan|schedule|release plan|project plan|development phases|implementation phases|development roadmap|rollout|launch plan|sprint plan|zeitplan|meilensteine|fahrplan|feuille de route|planning|calendrier|jalons|hoja de ruta|cronograma|fases|plan de trabajo|fases de desenvolvimento|дорожная карта|план работ|сроки|этапы|план разработки|jadwal|peta jalan|tahapan|路线图|里程碑|开发计划|排期|ロードマップ|スケジュール|マイルストーン|開発計画|로드맵|일정|마일스톤|개발 일정|개발 계획"),
    (Some(Role::Metrics), IN, "metrics|success metrics|kpis|kpi|measures of success|analytics|key metrics|goals and metrics|okrs|success measures|erfolgskriterien|kennzahlen|indicateurs|métriques|indicateurs de succès|métricas|indicadores|métricas de sucesso|métricas de éxito|метрики|показатели|критерии успеха|metrik|indikator keberhasilan|成功指标|指标|关键指标|衡量指标|成功指標|成功基準|指標|성공 지표|지표|성과 지표"),
    (Some(Role::Overview), IN, "objetivo|objetivo do sistema|objetivo del sistema|data flow|overview|introduction|summary|purpose|background|vision|goals|objectives|problem statement|executive summary|context|product overview|about|problem|mission|why|description|einleitung|überblick|übersicht|ziele|zielsetzung|zielbestimmung|ausgangslage|introduction générale|contexte|objectifs|présentation|résumé|vue d'ensemble|introducción|resumen|objetivos|contexto|visión|introdução|visão geral|resumo|visão|введение|обзор|цели|назначение|описание|общие сведения|цель|pendahuluan|latar belakang|tujuan|ringkasan|gambaran umum|概述|背景|目标|简介|项目概述|产品概述|概要|目的|はじめに|목적|개요|배경|목표|소개"),
    (Some(Role::Personas), IN, "personas|user personas|target audience|target users|actors|stakeholders|audience|users|zielgruppe|zielgruppen|akteure|personas utilisateurs|utilisateurs cibles|acteurs|parties prenantes|público objetivo|actores|usuarios objetivo|público-alvo|atores|público alvo|целевая аудитория|персоны|заинтересованные стороны|пользователи|акторы|target pengguna|persona|pemangku kepentingan|目标用户|用户画像|用户角色|ペルソナ|ターゲットユーザー|対象ユーザー|アクター|페르소나|대상 사용자|타겟 사용자|이해관계자|사용자 정의"),
    (Some(Role::Glossary), IN, "glossary|terminology|definitions|terms|glossar|begriffe|glossaire|définitions|glosario|definiciones|glossário|definições|глоссарий|термины|определения|glosarium|daftar istilah|术语|术语表|名词解释|用語|用語集|用語定義|용어|용어 정의"),
    (Some(Role::OpenQuestions), RISK, "open questions|open issues|questions|to be decided|tbd|unresolved|offene fragen|offene punkte|questions ouvertes|preguntas abiertas|questões em aberto|perguntas abertas|открытые вопросы|pertanyaan terbuka|待确认|待定|待解决问题|未解决问题|未決事項|未解決|検討事項|미결 사항|미해결|확인 필요"),
    (Some(Role::Testing), IN, "testing|tests|test plan|test cases|test strategy|test scenarios|independent test|qa|testfälle|teststrategie|plan de test|pruebas|testes|plan de pruebas|тестирование|тесты|тест-кейсы|pengujian|测试|测试用例|测试计划|テスト|テスト計画|테스트|테스트 계획"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(titles: &[&str], expect: Expect) {
        let mut out = String::new();
        for title in titles {
            let it = heading(title);
            out += &format!("{title}: {:?} {:?}\n", it.role, it.modality);
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn roles_are_known_in_ten_languages() {
        check(
            &[
                "3. Data Model",
                "Datenmodell",
                "Modèle de données",
                "Modelo de datos",
                "Modelo de dados",
                "2.2 База данных (PostgreSQL)",
                "Skema Database",
                "数据库设计",
                "データモデル",
                "데이터 모델",
            ],
            expect![[r#"
                3. Data Model: Some(DataModel) None
                Datenmodell: Some(DataModel) None
                Modèle de données: Some(DataModel) None
                Modelo de datos: Some(DataModel) None
                Modelo de dados: Some(DataModel) None
                2.2 База данных (PostgreSQL): Some(DataModel) None
                Skema Database: Some(DataModel) None
                数据库设计: Some(DataModel) None
                データモデル: Some(DataModel) None
                데이터 모델: Some(DataModel) None
            "#]],
        );
    }

    #[test]
    fn reservations_need_most_of_the_title() {
        check(
            &[
                "Out of Scope (v1)",
                "Risk assessments for policies",
                "Future Enhancements",
                "Phase 2: Social",
                "Phase 1 (MVP)",
                "Data model (v6 changes)",
                "Data model (phase 2)",
                "Nice to have",
                "향후 계획",
                "Hors périmètre",
                "Не входит в объём",
                "v2.0 features",
                "Entity Relationship Diagram",
                "Things I'm explicitly NOT building",
                "명시적으로 제외한 기능 (MVP 범위 밖)",
                "Goals and Non-Goals",
            ],
            expect![[r#"
                Out of Scope (v1): Some(Exclusion) Some(OutOfScope)
                Risk assessments for policies: None None
                Future Enhancements: Some(Roadmap) Some(LaterPhase)
                Phase 2: Social: None Some(LaterPhase)
                Phase 1 (MVP): Some(Functional) None
                Data model (v6 changes): Some(DataModel) None
                Data model (phase 2): Some(DataModel) Some(LaterPhase)
                Nice to have: None Some(Optional)
                향후 계획: Some(Roadmap) Some(LaterPhase)
                Hors périmètre: Some(Exclusion) Some(OutOfScope)
                Не входит в объём: Some(Exclusion) Some(OutOfScope)
                v2.0 features: Some(Functional) Some(LaterPhase)
                Entity Relationship Diagram: Some(DataModel) None
                Things I'm explicitly NOT building: Some(Exclusion) Some(OutOfScope)
                명시적으로 제외한 기능 (MVP 범위 밖): Some(Functional) Some(OutOfScope)
                Goals and Non-Goals: Some(Overview) None
            "#]],
        );
    }
}
