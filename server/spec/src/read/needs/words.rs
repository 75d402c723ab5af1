//! Words that say what a sentence is about, in ten languages, and phrases that are a need by
//! themselves. Data only.

use super::vendors::VENDORS;
use crate::read::lexicon::Lexicon;
use std::sync::LazyLock;

/// What a word is about. Sentences, headings and list entries are known by the topics they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// People sign in or up.
    SignIn,
    /// Like [`Topic::SignIn`], but weaker: sessions, accounts, protected pages.
    Account,
    /// Signing in with an account from elsewhere.
    Social,
    Password,
    EmailAddress,
    Username,
    Phone,
    OneTimeCode,
    /// Sends a file to the server.
    Upload,
    /// Keeps a file on the server.
    Keep,
    /// A place for files by name: bucket, object storage.
    Bucket,
    Images,
    Avatars,
    Videos,
    Audio,
    Documents,
    Receipts,
    /// A file of no told kind.
    AnyFile,
    /// Worked on in memory and thrown away.
    Memory,
    /// Pictures of what is sold or shown.
    Pictured,
    /// Changes what is kept.
    Edit,
    /// A table of data as a file: CSV, Excel.
    DataFile,
    /// A mail that the product sends.
    MailOut,
    /// The word "email" alone.
    Mail,
    SmsOut,
    PushOut,
    Send,
    Notify,
    Pdf,
    Export,
    Import,
    Make,
    Parse,
    MediaJob,
    Webhook,
    /// A job that runs on its own.
    Job,
    /// Something that is usually sent or done on a schedule.
    Recurring,
    /// How often; [`Word::Every`] says it.
    Every,
    /// Reminders by themselves.
    Remind,
    /// Things that go out at a time that users choose.
    Timed,
    /// By itself, without a person.
    Automatic,
    /// Money is taken.
    Pay,
    /// Money is taken online, by a provider that is named elsewhere or not at all.
    Charge,
    /// Weaker: prices, orders, plans.
    Money,
    /// Changes reach other people's screens at once.
    Live,
    /// A channel technology: WebSocket, SSE.
    Socket,
    Chat,
    Presence,
    /// Is presence only where something is live.
    PresenceWeak,
    Collab,
    Game,
    /// Is a game only where something is live.
    Play,
    /// What changes: feed, dashboard, status.
    Screen,
    /// A model is called.
    Model,
    /// Weaker: "AI", "smart", "generated".
    Ai,
    Embedding,
    Deploy,
    Secret,
    /// The developer's own tools.
    DevTool,
    /// Only in the client: browser storage, offline.
    Local,
    /// The whole product stays in the client.
    LocalOnly,
    /// A server, API or database.
    Server,
    /// A command-line tool, library, plugin or static site.
    ClientKind,
    Own,
    Share,
    /// An outside interface: API, integration, sync.
    Integration,
}

/// What a phrase of the gazetteer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Index into [`VENDORS`].
    Vendor(u16),
    Topic(Topic),
    /// How often, as schedules name it: "daily".
    Every(&'static str),
    /// A sign-in method by itself, with the confidence it has alone, in percent.
    Method(&'static str, u8),
}

pub(crate) static WORDS: LazyLock<Lexicon<Word>> = LazyLock::new(|| {
    let vendors = (0u16..).zip(VENDORS).map(|(index, it)| (Word::Vendor(index), it.phrases));
    let topics = TOPICS.iter().map(|(topic, phrases)| (Word::Topic(*topic), *phrases));
    let methods = METHODS.iter().map(|(name, sure, it)| (Word::Method(name, *sure), *it));
    let every = EVERY.iter().map(|(every, phrases)| (Word::Every(every), *phrases));
    Lexicon::new(vendors.chain(topics).chain(methods).chain(every))
});

#[rustfmt::skip]
static METHODS: &[(&str, u8, &str)] = &[
    ("email-password", 90, "email/password|email & password|email + password|email and password|email-password|e-mail and password|e-mail/password|email, password|email + пароль|\
email+password|email address and password|e-mail und passwort|e-mail/passwort|email und passwort|e-mail-adresse und passwort|email et mot de passe|e-mail et mot de passe|email/mot de passe|email + mot de passe|\
adresse e-mail et mot de passe|correo y contraseña|correo electrónico y contraseña|email y contraseña|email/contraseña|email e senha|e-mail e senha|email/senha|e-mail/senha|email + senha|\
email и пароль|email и пароля|email и паролю|почта и пароль|почте и паролю|email/пароль|почту и пароль|электронной почты и пароля|email dan password|email dan kata sandi|email/kata sandi|email & kata sandi|email & password|\
邮箱和密码|邮箱密码|邮箱/密码|邮箱、密码|邮箱与密码|邮箱+密码|电子邮件和密码|メールアドレスとパスワード|メール/パスワード|メールとパスワード|メール・パスワード|メールアドレス・パスワード|メールアドレス/パスワード|이메일과 비밀번호|이메일/비밀번호|이메일, 비밀번호|이메일 및 비밀번호|이메일 비밀번호|이메일·비밀번호|이메일+비밀번호|이메일/패스워드"),
    ("username-password", 90, "username and password|username/password|username & password|username + password|user name and password|username, password|login/password|login and password|login + password|benutzername und passwort|benutzernamen und passwort|\
benutzername/passwort|nom d'utilisateur et mot de passe|identifiant et mot de passe|identifiant/mot de passe|usuario y contraseña|nombre de usuario y contraseña|usuario/contraseña|usuário e senha|nome de usuário e senha|\
usuário/senha|логин и пароль|логину и паролю|логина и пароля|логин/пароль|логин + пароль|логин, пароль|имя пользователя и пароль|имени пользователя и паролю|ник и пароль|username dan password|username dan kata sandi|username & password|\
nama pengguna dan kata sandi|用户名和密码|用户名密码|用户名/密码|用户名、密码|用户名与密码|用户名+密码|账号密码|账号和密码|帐号密码|账户密码|ユーザー名とパスワード|ユーザ名とパスワード|ユーザー名/パスワード|idとパスワード|id/パスワード|ユーザーidとパスワード|\
아이디와 비밀번호|아이디/비밀번호|아이디, 비밀번호|아이디 비밀번호|아이디 및 비밀번호|id/pw|아이디/패스워드|아이디와 패스워드"),
    ("magic-link", 90, "magic link|magic links|magic-link|magic-links|magiclink|passwordless email|passwordless login|passwordless sign-in|login link by email|lien magique|liens magiques|enlace mágico|enlaces mágicos|link mágico|links mágicos|магическая ссылка|магическую ссылку|волшебная ссылка|tautan ajaib|魔法链接|マジックリンク|매직 링크|매직링크|anmeldelink|login-link|anmeldung per link"),
    ("passkey", 90, "passkey|passkeys|webauthn|fido2|clé d'accès|clés d'accès|llave de acceso|llaves de acceso|chave de acesso|chaves de acesso|kunci sandi|通行密钥|パスキー|패스키"),
    ("saml", 90, "saml|saml 2.0|saml2|saml sso|single sign-on|single sign on|enterprise sso|sso via oidc|oidc sso|einmalanmeldung|authentification unique|inicio de sesión único|login único|единый вход|单点登录|シングルサインオン|통합 로그인|싱글 사인온"),
    ("saml", 55, "sso|oidc|openid connect|openid"),
    ("phone-otp", 90, "otp login|otp-based login|login via otp|login with otp|log in with otp|sign in with otp|otp sign-in|phone login|phone number login|phone sign-in|phone authentication|phone auth|login with phone|sign in with phone|log in with phone|phone number authentication|mobile otp|mobile number login|login por telefone|login por sms|inicio de sesión con teléfono|connexion par téléphone|connexion par sms|вход по номеру телефона|вход по телефону|вход по смс|авторизация по номеру|login dengan nomor hp|login nomor hp|login otp|手机号登陆|手机验证码登录|短信登录|短信验证码登录|電話番号ログイン|電話番号でログイン|휴대폰 번호 로그인|전화번호 로그인|휴대폰 본인인증"),
    ("api-key", 72, "api key authentication|api-key authentication|api key auth|authenticate with an api key|authenticates with an api key|authenticate via api key|authenticated by api key|authenticated via api key|authentication via api key|api keys for authentication|api-schlüssel-authentifizierung|authentification par clé api|autenticación por api key|autenticación mediante api key|autenticação por api key|autenticação via api key|аутентификация по api-ключу|авторизация по api-ключу|autentikasi api key|api key 认证|api密钥认证|apiキー認証|api 키 인증"),
    ("phone-otp", 85, "phone otp|sms otp|otp via sms|phone verification code|phone number verification|sms verification|sms code login|one-time code by sms|sms-code|код по смс|смс-код|код из смс|sms-код|手机验证码|短信验证码|手机号验证码|手机号登录|휴대폰 인증|전화번호 인증|휴대전화 인증|sms 인증|文字認証|sms認証|電話番号認証|kode otp|otp whatsapp|code par sms|código por sms|código sms"),
    ("anonymous", 60, "anonymous auth|anonymous authentication|anonymous sign-in|anonymous login|guest login|gastzugang|connexion anonyme|匿名登录|匿名认证|匿名ログイン|익명 로그인|анонимный вход|guest mode login|sign in anonymously"),
    ("access-code", 75, "access code|access codes|zugangscode|zugangscodes|code d'accès|codes d'accès|código de acceso|códigos de acceso|código de acesso|códigos de acesso|code-based access|access by code|access via code|invitation code|invitation codes|enter the code to|passcode access|shared passcode|pin code login|pin login|einladungscode|zutrittscode|code d'invitation|code pin|código de invitación|código de convite|код приглашения|коды доступа|kode undangan|邀请码|邀請碼|招待コード|초대 코드|초대코드|код доступа|kode akses|访问码|アクセスコード|접근 코드|접속 코드|입장 코드"),
];

#[rustfmt::skip]
static EVERY: &[(&str, &str)] = &[
    // By itself only a day; with "automatically" beside it a weekly job.
    ("weekday", "monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda-feira|sexta-feira|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|senin|jumat|sabtu|周一|周五|周日|月曜日|金曜日|日曜日|월요일|금요일|일요일"),
    ("minutely", "every minute|once a minute|minutely|each minute|every 60 seconds|jede minute|minütlich|chaque minute|toutes les minutes|cada minuto|a cada minuto|каждую минуту|раз в минуту|ежеминутно|setiap menit|每分钟|毎分|1分ごと|매분|1분마다"),
    ("hourly", "hourly|every hour|once an hour|once per hour|each hour|stündlich|jede stunde|chaque heure|toutes les heures|cada hora|a cada hora|каждый час|ежечасно|раз в час|setiap jam|每小时|每个小时|毎時|1時間ごと|1時間毎|매시간|매 시간|1시간마다|한 시간마다"),
    ("daily", "nachts|allabendlich|allmorgendlich|jeden abend|jeden tag um|täglichen|täglichem|nächtlicher|nächtlichen|chaque soir|tous les soirs|tous les matins|toutes les nuits|quotidiennes|quotidiens|une fois par jour|cada mañana|cada tarde|todas las noches|todas las mañanas|diarios|diarias|una vez al día|cada 24 horas|toda noite|toda manhã|todas as noites|todas as manhãs|diários|diárias|uma vez por dia|uma vez ao dia|a cada dia|a cada 24 horas|каждый вечер|по ночам|каждые сутки|каждые 24 часа|еженощно|tiap malam|tiap pagi|sekali sehari|setiap 24 jam|每日凌晨|每天凌晨|每天晚上|每夜|毎夜|毎夕|1日1回|1日に1回|24時間ごと|매일 밤|매일 새벽|매일 자정|하루에 한 번|하루 한 번|하루 1회|24시간마다|once every day|once every 24 hours|every evening|each evening|every weekday|overnight|end of each day|daily|every day|once a day|once per day|each day|nightly|every night|every morning|each morning|each night|per day at|every 24 hours|at midnight|täglich|täglicher|tägliche|tägliches|jeden tag|jede nacht|nächtlich|nächtliche|jeden morgen|quotidien|quotidienne|quotidiennement|chaque jour|tous les jours|chaque nuit|chaque matin|diario|diaria|diariamente|cada día|todos los días|cada noche|diário|diária|todo dia|todos os dias|\
каждый день|ежедневн*|раз в день|раз в сутки|каждую ночь|каждое утро|harian|setiap hari|tiap hari|setiap malam|setiap pagi|每天|每日|每晚|每天早上|毎日|毎朝|毎晩|日次|매일|일일|매일 아침"),
    ("weekly", "each monday|each tuesday|each wednesday|each thursday|each friday|each saturday|each sunday|on mondays|on fridays|on sundays|once per week|every 7 days|jeden donnerstag|dienstags|mittwochs|donnerstags|freitags|samstags|einmal pro woche|wöchentlichen|alle 7 tage|une fois par semaine|chaque fin de semaine|una vez por semana|una vez a la semana|todos los martes|todos los miércoles|todos los jueves|todos los sábados|cada martes|cada miércoles|cada jueves|cada sábado|semanales|uma vez por semana|toda segunda-feira|toda terça|toda quarta|toda quinta|toda sexta-feira|todo sábado|todas as segundas|semanais|по понедельникам|по вторникам|по средам|по четвергам|по пятницам|по субботам|по воскресеньям|setiap hari senin|setiap hari jumat|setiap hari minggu|setiap selasa|setiap rabu|setiap kamis|setiap sabtu|seminggu sekali|每周一|每周二|每周三|每周四|每周五|每周六|每周日|每周末|每星期一|毎週月曜日|毎週金曜日|毎週日曜日|週1回|週に1回|매주 월요일|매주 금요일|매주 일요일|주 1회|일주일마다|일주일에 한 번|tous les samedis|tous les dimanches|tous les jeudis|tous les mardis|chaque samedi|chaque jeudi|chaque mardi|jeden samstag|jeden mittwoch|jeden dienstag|jeden donnerstag|samstags|sonntags|montags|todos los lunes|todos los viernes|todos los domingos|cada viernes|cada domingo|toda segunda|toda sexta|todo domingo|каждое воскресенье|каждую субботу|каждый вторник|каждый четверг|каждую среду|setiap jumat|setiap minggu|weekly|every week|once a week|each week|every monday|every tuesday|every wednesday|every thursday|every friday|every saturday|every sunday|wöchentlich|wöchentliche|wöchentlicher|jede woche|jeden montag|jeden freitag|jeden sonntag|hebdomadaire|hebdomadaires|chaque semaine|toutes les semaines|chaque lundi|chaque mercredi|chaque vendredi|chaque dimanche|tous les lundis|tous les mercredis|tous les vendredis|semanal|semanalmente|cada semana|cada lunes|toda semana|a cada semana|todas as semanas|\
еженедельн*|каждую неделю|раз в неделю|каждый понедельник|каждую пятницу|mingguan|setiap minggu|tiap minggu|setiap senin|每周|每星期|毎週|週次|매주|주간"),
    ("monthly", "premier dimanche du mois|1er dimanche du mois|premier lundi du mois|1er lundi du mois|first monday of the month|first monday of each month|first monday of every month|first sunday of the month|first friday of the month|ersten montag im monat|ersten sonntag im monat|ersten montag des monats|primer lunes del mes|primer lunes de cada mes|primer domingo del mes|primeira segunda-feira do mês|primeiro domingo do mês|первый понедельник месяца|первое воскресенье месяца|每月第一个周一|每月第一个工作日|毎月第1月曜日|毎月第一月曜日|매월 첫째 주|매월 첫 번째|1st of each month|1st of every month|1st of the month|first of each month|first of every month|first day of each month|first day of every month|last day of the month|last day of each month|end of every month|month-end|month end|once per month|every 30 days|am ersten des monats|zum monatsersten|einmal im monat|einmal pro monat|monatlichen|1er de chaque mois|premier de chaque mois|premier jour du mois|fin de mois|fin de chaque mois|une fois par mois|mensuels|mensuelles|primer día de cada mes|día 1 de cada mes|fin de mes|final de mes|una vez al mes|mensuales|todos os meses|a cada mês|todo dia 1|primeiro dia do mês|primeiro dia de cada mês|fim do mês|uma vez por mês|mensais|первого числа каждого месяца|1-го числа каждого месяца|в конце месяца|в конце каждого месяца|setiap awal bulan|setiap akhir bulan|awal bulan|akhir bulan|sebulan sekali|每月初|每月底|每月末|每月1日|每月1号|毎月末|月末|毎月1日|매월 말|매월 1일|매달 1일|월말|월 1회|한 달에 한 번|monthly|every month|once a month|each month|first of the month|first day of the month|end of each month|end of the month|monatlich|monatliche|monatlicher|jeden monat|monatsende|mensuel|mensuelle|mensuellement|chaque mois|tous les mois|premier du mois|mensual|mensualmente|cada mes|mensal|mensalmente|todo mês|cada mês|ежемесячн*|каждый месяц|раз в месяц|bulanan|setiap bulan|tiap bulan|每月|每个月|毎月|月次|매월|매달|월간"),
];

#[rustfmt::skip]
static TOPICS: &[(Topic, &str)] = &[
    (Topic::SignIn, "log in|user logs in|logs into|log into|logged into|logging into|login|logins|logged in|logged-in|logging in|sign in|signs in|sign-in|signin|signed in|signed-in|signing in|sign up|signs up|sign-up|signup|signed up|\
authentication|authenticate|authenticates|authenticated|auth|user registration|account registration|register an account|create an account|creates an account|account creation|log out|logout|\
user accounts|user account|login page|registered user|registered users|registered account|unauthenticated|oauth|oauth2|oauth 2.0|2fa|mfa|two-factor authentication|password reset|reset password|forgot password|access token|refresh token|jwt"),
    (Topic::SignIn, "anmelden|anmeldung|einloggen|eingeloggt|eingeloggte|eingeloggten|angemeldet|angemeldete|angemeldeten|authentifizierung|authentifizieren|registrierung|registrieren|benutzerkonto|benutzerkonten|nutzerkonto|*login|loginseite|passwort zurücksetzen|passwort vergessen|abmelden"),
    (Topic::SignIn, "se connecter|connexion utilisateur|connexion des utilisateurs|s'authentifier|authentification|authentifié|authentifiée|authentifiés|inscription|s'inscrire|compte utilisateur|comptes utilisateurs|créer un compte|création de compte|page de connexion|mot de passe oublié|utilisateur connecté|utilisateurs connectés"),
    (Topic::SignIn, "iniciar sesión|inicio de sesión|inicia sesión|autenticación|autenticar|autenticado|autenticados|registrarse|registro de usuario|registro de usuarios|cuenta de usuario|cuentas de usuario|crear una cuenta|cerrar sesión|usuarios registrados|usuario registrado"),
    (Topic::SignIn, "fazer login|faz login|entrar na conta|autenticação|autenticar|autenticado|autenticados|cadastro de usuário|cadastro de usuários|criar conta|criar uma conta|conta de usuário|cadastrar-se|redefinir senha|recuperação de senha|usuários cadastrados|usuário logado"),
    (Topic::SignIn, "войти в|вход в систему|вход в аккаунт|войти|авторизация|авторизации|авторизацию|авторизоваться|авторизованный|авторизованные|авторизованных|аутентификация|аутентификации|аутентификацию|аутентифицир*|регистрация|регистрации|регистрацию|зарегистрированн*|личный кабинет|личного кабинета|учётная запись|учетная запись|учётной записи|залогинен*|восстановление пароля|страница входа"),
    (Topic::SignIn, "masuk ke sistem|masuk ke akun|autentikasi|otentikasi|mendaftar|pendaftaran akun|registrasi|daftar akun|akun pengguna|halaman login|lupa password|lupa kata sandi"),
    (Topic::SignIn, "登录|登陆|登入|注册|註冊|身份验证|身份认证|用户认证|认证|鉴权|用户账号|账户注册|注销"),
    (Topic::SignIn, "ログイン|サインイン|サインアップ|サインオン|ユーザー登録|会員登録|認証|アカウント作成|アカウント登録|ログアウト|新規ユーザー登録|新規会員登録"),
    (Topic::SignIn, "로그인|로그아웃|회원가입|회원 가입|가입|인증|사용자 계정|계정 생성|소셜 로그인|회원"),
    (Topic::Account, "my account|member area|members only|private dashboard|role-based access|rbac|admin panel|admin area|admin-bereich|adminbereich|espace admin|espace client|espace membre|área de administración|panel de administración|painel administrativo|админ-панель|админка|админки|панель администратора|panel admin|管理后台|管理画面|관리자 페이지|관리자 화면|user roles|account|accounts|konto|compte|comptes|cuenta|cuentas|conta|аккаунт|аккаунты|аккаунта|akun|账户|账号|アカウント|계정|권한"),
    (Topic::Social, "oauth|oauth2|oauth 2.0|oauth2.0|social login|social logins|social sign-in|social auth|social authentication|third-party login|third party login|federated login|continue with|sign in with|sign up with|log in with|login with|login via|sign in via|log in via|single sign-on|identity provider|identity providers|\
auth provider|auth providers|oauth provider|oauth providers|anmelden mit|anmeldung mit|anmeldung über|anmeldung via|login mit|login über|soziale anmeldung|se connecter avec|connexion avec|connexion via|connexion sociale|iniciar sesión con|inicio de sesión con|acceso con|login social|entrar com|\
login com|login con|вход через|войти через|авторизация через|соцсети|социальные сети|социальных сетей|masuk dengan|login dengan|login menggunakan|第三方登录|快捷登录|扫码登录|ソーシャルログイン|でログイン|アカウントでログイン|소셜 로그인|간편 로그인|간편로그인|간편 회원가입|소셜로그인|계정으로 로그인"),
    (Topic::Password, "password|passwords|bcrypt|argon2|hashed password|passwort|passwörter|mot de passe|mots de passe|contraseña|contraseñas|senha|senhas|пароль|пароля|пароли|паролей|паролем|паролю|kata sandi|sandi|密码|パスワード|비밀번호|패스워드"),
    (Topic::EmailAddress, "email|e-mail|emails|email address|e-mail-adresse|adresse e-mail|adresse email|correo|correo electrónico|почта|почту|почты|почте|электронная почта|электронной почты|surel|邮箱|电子邮件|メールアドレス|メール|이메일"),
    (Topic::Username, "username|user name|usernames|benutzername|benutzernamen|nom d'utilisateur|identifiant|nombre de usuario|nome de usuário|логин|логину|никнейм|ник|имя пользователя|nama pengguna|用户名|工号|学号|账号|ユーザー名|ユーザ名|ユーザーid|아이디|닉네임"),
    (Topic::Phone, "phone|phone number|mobile number|telefon|telefonnummer|téléphone|numéro de téléphone|teléfono|telefone|celular|телефон|телефону|номер телефона|номеру телефона|nomor hp|nomor telepon|手机号|手机|電話番号|휴대폰|전화번호|whatsapp"),
    (Topic::OneTimeCode, "otp|one-time password|one-time code|one time password|verification code|einmalcode|einmalpasswort|code à usage unique|código de un solo uso|código de verificação|код подтверждения|одноразовый код|kode verifikasi|验证码|ワンタイムパスワード|認証コード|인증번호|인증 코드"),

    (Topic::Upload, "upload|uploads|uploaded|uploading|uploader|attach|attaches|attached|attaching|drag and drop|drag-and-drop|drag & drop|hochladen|hochgeladen|hochgeladene|lädt|*upload|anhängen|téléverser|téléversement|téléversé|télécharger une|importer une photo|joindre|ajouter une photo|ajouter des photos|subir|sube|suben|subida|adjuntar|cargar|carga de|\
enviar foto|enviar fotos|fazer upload|anexar|anexos|carregar|загруз*|загруж*|прикреп*|прикладыв*|mengunggah|unggah|diunggah|pengunggahan|upload foto|lampirkan|melampirkan|上传|上傳|附加|アップロード|添付|업로드|첨부|올리기|등록할 수"),
    (Topic::Keep, "store|stores|stored|storing|storage|save|saved|host|hosted|hosting|cdn|speichern|gespeichert|speicherung|ablage|ablegen|stocker|stocké|stockés|stockées|stockage|hébergé|almacenar|almacena|almacenamiento|almacenado|guardar|armazenar|armazenamento|armazenado|хранить|хранение|хранения|хранится|хранятся|сохран*|menyimpan|disimpan|penyimpanan|存储|存儲|保存|储存|保管|格納|저장"),
    (Topic::Bucket, "document management|dokumentenverwaltung|gestion documentaire|gestion des documents|gestión documental|gestión de documentos|gestão de documentos|документооборот|управление документами|manajemen dokumen|文档管理|文件管理|文書管理|문서 관리|bucket|buckets|object storage|blob storage|file storage|cloud storage|media storage|image storage|document storage|file upload|file uploads|file-upload|dateispeicher|objektspeicher|dateiupload|datei-upload|stockage de fichiers|stockage objet|almacenamiento de archivos|subida de archivos|almacenamiento de objetos|armazenamento de arquivos|upload de arquivos|файловое хранилище|хранилище файлов|объектное хранилище|загрузка файлов|penyimpanan file|unggah file|upload file|对象存储|文件存储|文件上传|云存储|ファイルストレージ|オブジェクトストレージ|ファイルアップロード|파일 저장소|파일 업로드|오브젝트 스토리지|오브젝트 스토리지"),
    (Topic::Images, "image|images|photo|photos|picture|pictures|screenshot|screenshots|cover image|product images|thumbnail|logo|logos|artwork|gallery|bild|bilder|*bild|*bilder|foto|fotos|logos|abbildung|photographie|photographies|imagen|imágenes|imagem|imagens|изображен*|фото|фотограф*|картин*|скриншот*|gambar|foto produk|图片|图像|照片|截图|封面|画像|写真|イメージ|이미지|사진"),
    (Topic::Avatars, "avatar|avatars|profile picture|profile pictures|profile photo|profile photos|profile image|profile images|profile pic|headshot|profilbild|profilbilder|profilfoto|photo de profil|image de profil|foto de perfil|imagen de perfil|imagem de perfil|аватар*|фото профиля|foto profil|头像|プロフィール画像|アバター|アイコン画像|프로필 이미지|프로필 사진|아바타"),
    (Topic::Videos, "video|videos|video clip|video clips|recording|recordings|vidéo|vidéos|vídeo|vídeos|видео|видеозапис*|rekaman video|视频|動画|ビデオ|동영상|비디오|영상"),
    (Topic::Audio, "music file|music files|audio tracks|audio track|music tracks|songs|audio|audio file|audio files|voice memo|voice memos|voice note|voice notes|voice recording|mp3|wav|sound file|sprachaufnahme|sprachnachricht|enregistrement audio|fichier audio|nota de voz|grabación|gravação|аудио*|голосов*|rekaman suara|音频|录音|语音|音声|オーディオ|오디오|음성|녹음"),
    (Topic::Memory, "in memory|in-memory|dalam memory|dalam memori|di memori|im arbeitsspeicher|im speicher|en mémoire|en memoria|na memória|em memória|в памяти|内存中|在内存|メモリ上|メモリ内|메모리에서|메모리 상|not stored|not persisted|nicht gespeichert|non stocké|no se almacena|не сохраня*|tidak disimpan|不存储|不保存|保存しない|저장하지 않"),
    (Topic::Pictured, "product images|product image|product photos|product photo|item photos|listing photos|listing images|cover image|cover images|image gallery|photo gallery|photo galleries|gallery images|produktbilder|photos du produit|photos de produits|fotos del producto|imágenes de producto|fotos do produto|imagens do produto|фото товара|фотографии товара|изображения товара|foto produk|gambar produk|商品图片|商品图|商品画像|상품 이미지|상품 사진"),
    (Topic::Edit, "edit|edits|change|changes|update|set|customize|customise|manage|bearbeiten|ändern|modifier|changer|editar|cambiar|alterar|изменить|изменять|редактир*|менять|ganti|mengganti|ubah|mengubah|修改|更换|编辑|変更|編集|設定|수정|변경|설정|편집"),
    (Topic::Documents, "document|documents|pdf|pdfs|attachment|attachments|contract|contracts|resume|resumes|cv|paperwork|lease document|dokument|dokumente|dokumenten|anhang|anhänge|vertrag|verträge|pièce jointe|pièces jointes|documento|documentos|adjunto|adjuntos|anexo|документ*|вложени*|dokumen|lampiran|berkas|文档|附件|资料|简历|書類|ドキュメント|添付ファイル|文書|문서|첨부파일|첨부 파일|이력서"),
    (Topic::Receipts, "receipt image|receipt photo|receipt photos|receipt images|receipt scan|scanned receipt|scanned receipts|belegfoto|photo du reçu|foto del recibo|фото чека|票据照片|レシート画像|영수증 사진|영수증 이미지"),
    (Topic::AnyFile, "file|files|media|media file|media files|asset|assets|datei|dateien|medien|fichier|fichiers|média|médias|archivo|archivos|arquivo|arquivos|файл|файлы|файлов|файла|медиа*|文件|媒体|媒体文件|ファイル|メディア|파일|미디어"),
    (Topic::DataFile, "csv|csv file|csv files|excel|excel file|excel files|xlsx|xls|spreadsheet|spreadsheets|json file|json files|*.csv|exceldatei|excel-datei|csv-datei|csv-dateien|fichier csv|fichier excel|archivo csv|archivo excel|planilha|planilhas|arquivo csv|hoja de cálculo|эксель|файл csv|файл excel|таблиц excel|电子表格|表格文件|エクセル|スプレッドシート|엑셀"),

    (Topic::MailOut, "email notification|email notifications|e-mail notification|e-mail notifications|notification email|notification emails|confirmation email|confirmation emails|verification email|verification emails|verification link|email verification|verify email|email confirmation|confirm email|welcome email|welcome emails|\
transactional email|transactional emails|reset email|password reset email|password reset link|reset link|password reset token|email alert|email alerts|email reminder|email reminders|reminder email|reminder emails|send email|send emails|sends email|sends emails|sends an email|send an email|sent via email|sent by email|via email|by email|\
email delivery|email sending|email service|email digest|digest email|order confirmation email|email invitation|email invitations|invitation email|invitation emails|email invite|email invites|emailed|outbound email|email template|email templates|email report|email campaign|email summary|mail server|receive an email|receives an email|receive email|email receipt|email receipts|email is sent|emails are sent|notify by email|notified by email|password recovery email|notifications by email|\
e-mail-benachrichtigung|e-mail-benachrichtigungen|bestätigungsmail|bestätigungs-e-mail|per e-mail|per mail|e-mail-versand|e-mails versenden|e-mail senden|mailversand|e-mail an|e-mail de confirmation|email de confirmation|par e-mail|par email|par mail|notification par email|notifications par email|notifications par e-mail|envoi d'email|envoi d'emails|envoi d'e-mails|envoyer un email|courriel de|\
correo de confirmación|por correo|por correo electrónico|notificaciones por correo|notificaciones por email|enviar correo|enviar correos|envío de correos|envío de correo|por email|email de confirmação|e-mail de confirmação|por e-mail|notificações por email|notificações por e-mail|enviar email|enviar e-mail|envio de e-mail|envio de email|envio de e-mails|\
уведомления по email|уведомления на email|уведомления по почте|уведомления на почту|отправка email|отправка писем|письмо с подтвержд*|по email|на email|по электронной почте|на почту|на электронную почту|email-уведомлен*|email уведомлен*|e-mail уведомлен*|рассылк*|подтверждение email|подтверждение почты|\
notifikasi email|email notifikasi|kirim email|mengirim email|pengiriman email|melalui email|lewat email|email konfirmasi|verifikasi email|邮件通知|发送邮件|邮件提醒|邮件发送|确认邮件|验证邮件|邮箱验证|邮件服务|电子邮件通知|通过邮件|メール通知|メール送信|メールを送信|メール配信|確認メール|メールで送信|メールで通知|メールが送信|メール認証|メールアドレス認証|メールアドレスの認証|メールアドレス確認|通知メール|認証メール|毎朝メール|\
이메일 알림|이메일 발송|이메일 전송|이메일로 발송|이메일로 전송|이메일로 알림|메일 발송|메일 전송|메일 알림|이메일 인증|인증 메일|확인 메일|이메일 통지"),
    (Topic::MailOut, "queued email|queued emails|email queue|email job|email worker|email channel|email channels|mailer|auto-reply email|automated email|automated emails|automatic email|automatic emails|email broadcast|mass email|bulk email|emails users|emails the user|emails customers|emails the customer|emails borrowers|emails members|email the user|email users|email customers|email the customer|email the owner|email a link|emails a link|email them|e-mailed|sent to their email|sent to your email|sent to the user's email|delivered by email|delivered via email|by e-mail|via e-mail|sends mail|send mail|mail is sent|mails are sent|email is sent|email will be sent|emails will be sent|email gets sent|contact form email|receipt email|receipt by email|welcome mail|activation email|activation link|activation mail|onboarding email|onboarding emails|follow-up email|follow-up emails|drip campaign|drip emails|email sequence|email sequences|email newsletter|newsletter emails|invite by email|invited by email|invites by email|invite via email|willkommens-e-mail|benachrichtigung per|e-mail-erinnerung*|e-mail-bestätigung*|erinnerungs-e-mail*|bestätigung per e-mail|einladung per e-mail|mail versenden|mails versenden|mail gesendet|e-mail gesendet|e-mail versendet|e-mail verschickt|e-mail wird|mailing|courriel|courriels|un e-mail|un email|un mail|email automatique|emails automatiques|e-mails automatiques|email envoyé|envoi de mail|envoi de mails|envoie un mail|rappel par mail|rappels par mail|emails transactionnels|correo automático|correos automáticos|se envía un correo|se enviará un correo|envía un correo|envía un email|recibe un correo|recibirá un correo|notificar por correo|confirmación por correo|recordatorio por correo|recordatorios por correo|correo de bienvenida|correo de verificación|vía correo|vía email|mediante correo|mediante email|envia um e-mail|envia um email|receberá um e-mail|e-mail automático|e-mails automáticos|e-mail de boas-vindas|e-mail de verificação|lembrete por e-mail|via e-mail|отправляет письмо|отправляется письмо|приходит письмо|письмо на почту|письмо на email|письма пользователям|уведомление на email|уведомление на почту|на e-mail|по e-mail|по почте|почтовые уведомления|почтовая рассылка|напоминание на почту|email-рассылк*|dikirim ke email|dikirim melalui email|dikirim via email|mengirimkan email|via email|email otomatis|email pengingat|konfirmasi email|konfirmasi melalui email|发邮件|发送电子邮件|发送一封|邮件推送|邮件订阅|邮件验证码|邮箱验证码|电子邮件提醒|邮件告警|邮件形式|发送至邮箱|发送到邮箱|メールにて|メールを配信|リマインドメール|招待メール|案内メール|自動メール|メールアラート|メールマガジン|完了メール|お知らせメール|이메일 발신|이메일을 발송|이메일을 보내|이메일로 보내|이메일 리마인더|메일을 보내|메일을 발송|안내 메일|초대 메일|알림 메일|환영 메일|뉴스레터 발송"),
    (Topic::Mail, "mail|mails|email|e-mail|emails|e-mails|newsletter|correo|correos|почта|письмо|письма|邮件|メール|이메일|메일"),
    (Topic::SmsOut, "sms|sms notification|sms notifications|via text message|by text message|as a text message|text message reminder*|text message notification*|send text messages|sends text messages|sms alert|sms alerts|sms-benachrichtigung|смс|短信|ショートメッセージ|문자메시지|문자 메시지|문자 알림|문자 발송"),
    (Topic::PushOut, "un push|des push|push est envoyé|a push is sent|push notification|push notifications|web push|mobile push|push-notification|push-notifications|push alert|push alerts|push message|push messages|push-benachrichtigung|push-benachrichtigungen|push-nachricht|push-nachrichten|notification push|notifications push|notificación push|notificaciones push|notificação push|notificações push|push-уведомлен*|пуш-уведомлен*|пуш уведомлен*|push уведомлен*|notifikasi push|push notifikasi|推送通知|消息推送|推送消息|プッシュ通知|푸시 알림|푸시알림|푸쉬 알림|웹 푸시"),
    (Topic::Send, "send|sends|sent|sending|deliver|delivers|delivered|dispatch|notify|notifies|notified|trigger|senden|sendet|gesendet|versenden|versendet|verschickt|verschicken|envoyer|envoie|envoyé|envoyée|envoi|enviar|envía|envia|enviado|envío|envio|отправ*|присыла*|рассыла*|kirim|mengirim|dikirim|mengirimkan|发送|推送|送信|配信|送る|発송|발송|전송|보내"),
    (Topic::Notify, "notificar|notifica|notifican|notifier|notifie|avisar|benachrichtigen|notification|notifications|alert|alerts|notify|notifies|notified|benachrichtigung|benachrichtigungen|benachrichtigt|notifications|notificación|notificaciones|alerta|alertas|notificação|notificações|уведомлен*|оповещен*|notifikasi|pemberitahuan|通知|提醒|告警|お知らせ|アラート|알림|통지"),
    (Topic::Pdf, "pdf|pdfs|pdf file|pdf-datei|pdf-dokument|pdf report|pdf reports|pdf invoice|pdf invoices|pdf-файл|pdf文件|pdfファイル|pdf 파일"),
    (Topic::Export, "download|downloads|downloading|downloaded|downloadable|heruntergeladen|download als|télécharger|téléchargement|téléchargeable|téléchargeables|descarga|descargable|descargables|baixa|baixada|diunduh|mengunduh|下载为|ダウンロードできる|다운로드할|다운받|저장 가능|herunterladen|télécharger|descargar|baixar|скачать|скачива*|下载|ダウンロード|export|exports|exported|exporting|exportable|download as|downloadable|exportieren|exportiert|*export|exporter|exportation|exportar|exporta|exportación|exportação|экспорт*|выгруз*|ekspor|mengekspor|unduh|导出|匯出|エクスポート|書き出し|出力|내보내기|다운로드"),
    (Topic::Import, "import|imports|imported|importing|bulk upload|bulk import|importieren|importiert|*import|importer|importation|importar|importa|importación|importação|импорт*|impor|mengimpor|导入|匯入|批量导入|インポート|取り込み|取込|가져오기|불러오기|일괄 등록"),
    (Topic::Make, "generate|generates|generated|generation|generating|generator|create|creates|produce|produces|render|renders|print|erzeugen|erzeugt|generieren|generiert|erstellen|générer|génère|génération|généré|generar|genera|generación|generado|gerar|gera|geração|gerado|генер*|формирова*|созда*|сформир*|menghasilkan|membuat|cetak|mencetak|生成|打印|作成|発行|생성|출력|발급"),
    (Topic::Parse, "parse|parses|parsed|parsing|extract|extracts|extracted|extraction|ocr|text extraction|auslesen|extrahieren|extraktion|extraire|analyser le fichier|extraer|extrae|extracción|extrair|extração|извлеч*|извлека*|парсинг|парсить|распозна*|ekstrak|mengekstrak|ekstraksi|解析|提取|识别|抽出|読み取り|추출|파싱"),
    (Topic::MediaJob, "transcode|transcodes|transcoding|transcoded|ffmpeg|thumbnail generation|generate thumbnails|generates thumbnails|thumbnails are generated|image processing|video processing|audio processing|media processing|audio conversion|video conversion|image resizing|resize images|resizes images|image optimization|image compression|compress images|compressed images|video encoding|watermarking|hls|\
bildverarbeitung|videoverarbeitung|bildkomprimierung|traitement d'image|traitement vidéo|procesamiento de imágenes|procesamiento de video|processamento de imagem|processamento de vídeo|обработка изображений|обработка видео|транскодирован*|сжатие изображений|pemrosesan gambar|kompresi gambar|图片压缩|视频转码|图像处理|视频处理|画像処理|動画変換|動画処理|이미지 처리|이미지 압축|영상 처리|인코딩"),
    (Topic::Webhook, "webhook|webhooks|web hook|web hooks|webhook-endpunkt*|веб-хук|вебхук|webhook endpoint|回调接口|вебхук*|веб-хук*|回调通知|异步通知|支付回调|웹훅"),

    (Topic::Timed, "scheduled post|scheduled posts|schedule posts|schedule post|post scheduling|content scheduling|scheduled publishing|scheduled publication|scheduled report|scheduled reports|schedule reports|report scheduling|scheduled email|scheduled emails|scheduled message|scheduled messages|scheduled send|publish at a scheduled|scheduled export|geplante beiträge|geplante berichte|publication programmée|publicaciones programadas|informes programados|publicações agendadas|relatórios agendados|отложенный постинг|отложенные публикации|отложенная публикация|定时发布|定时推送|予約投稿|予約配信|예약 발행|예약 게시|예약 발송"),
    (Topic::Job, "cron|cron job|cron jobs|cronjob|cronjobs|crontab|scheduled job|scheduled jobs|scheduled task|scheduled tasks|background job|background jobs|background task|background tasks|background worker|background process|scheduler|batch job|batch process|batch processing|job queue|worker|periodic|periodically|scheduled|on a schedule|recurring job|celery beat|qstash|pg_cron|node-cron|apscheduler|cron triggers|cron trigger|vercel cron|\
hintergrundjob|hintergrundprozess|zeitgesteuert|geplante aufgabe|geplante aufgaben|periodisch|regelmäßig|tâche planifiée|tâches planifiées|tâche cron|périodiquement|planifié|planifiée|tarea programada|tareas programadas|periódicamente|programado|programada|tarefa agendada|tarefas agendadas|agendado|agendada|periodicamente|agendamento automático|\
по расписанию|планировщик*|фоновая задача|фоновые задачи|фоновый процесс|периодическ*|крон|penjadwalan|terjadwal|berkala|secara berkala|tugas terjadwal|定时任务|定时|调度任务|计划任务|后台任务|定期|バッチ|定期実行|定期的|スケジューラ|スケジュール実行|バッチ処理|스케줄러|스케줄링|배치 작업|배치|주기적|정기적|예약 작업"),
    (Topic::Remind, "reminder|reminders|remind|reminds|reminded|erinnerung|erinnerungen|erinnert|rappel|rappels|recordatorio|recordatorios|lembrete|lembretes|напоминан*|pengingat|催办提醒|截止提醒|定时提醒|到期提醒|リマインダー|リマインド|리마인더|리마인드"),
    (Topic::Recurring, "request|requests|ping|pings|probe|probes|requête|petición|запрос*|permintaan|请求|リクエスト|요청|digest|digests|backup|backups|back up|cleanup|clean-up|purge|purges|summary email|report|reports|sync|syncs|synced|synchronize|synchronizes|synchronization|refresh|refreshes|refreshed|poll|polls|polling|scrape|scrapes|scraped|scraping|crawl|crawls|recalculate|recalculated|aggregate|aggregates|aggregation|scan|scans|fetch|fetches|rollup|roll-up|check|checks|expire|expires|expiry|update|updates|updated|renewal|import|\
sicherung|datensicherung|bericht|berichte|bereinigung|aktualisierung|aktualisiert|synchronisation|synchronisiert|sauvegarde|sauvegardes|rapport|rapports|synchronisation|nettoyage|récapitulatif|copia de seguridad|copias de seguridad|respaldo|informe|informes|reporte|reportes|sincronización|limpieza|\
cópia de segurança|relatório|relatórios|sincronização|limpeza|резервн*|бэкап*|отчёт*|отчет*|синхронизац*|обновлен*|очистк*|дайджест*|проверк*|pencadangan|cadangan|laporan|sinkronisasi|pembersihan|备份|報告|报告|报表|同步|清理|汇总|更新|抓取|バックアップ|レポート|同期|集計|クリーンアップ|更新|ダイジェスト|백업|리포트|보고서|동기화|집계|정리|갱신|수집|만료"),
    (Topic::Automatic, "automatiques|automáticos|automáticas|automatische|automatischer|automatischen|automatisches|automatisierte|automatisierter|automatisiertes|automatisierten|automatisé|automatisée|automatisés|automatisées|automatizado|automatizada|automatizados|automated reminders|secara otomatis|автоматизир*|unattended|by itself|자동으로|自動で|自動的|automatic|automatically|automated|auto|automatisch|automatisiert|automatique|automatiquement|automático|automática|automáticamente|automaticamente|автоматическ*|otomatis|自动|自動|자동"),

    (Topic::Pay, "payment|payments|payment gateway|payment gateways|payment provider|payment processor|payment processing|payment integration|checkout|accept payments|pay online|online payment|online payments|credit card|credit cards|debit card|card payment|card payments|billing|in-app purchase|in-app purchases|subscription billing|charge customers|escrow|payout|payouts|upi|\
zahlung|zahlungen|bezahlen|bezahlung|zahlungsanbieter|zahlungsabwicklung|kreditkarte|kreditkarten|online-zahlung|bezahlsystem|paiement|paiements|payer|prestataire de paiement|carte bancaire|carte de crédit|paiement en ligne|pago|pagos|pasarela de pago|pasarela de pagos|tarjeta de crédito|cobro|cobros|pagar|pagamento|pagamentos|gateway de pagamento|cartão de crédito|pix|boleto|cobrança|\
оплат*|платеж*|платёж*|эквайринг|банковской картой|банковская карта|платёжная система|платежная система|платёжной системы|pembayaran|gerbang pembayaran|kartu kredit|qris|e-wallet|支付|付款|在线支付|支付网关|信用卡|決済|支払い|支払|クレジットカード|課金|결제|결제 시스템|신용카드"),
    (Topic::Charge, "x402|http 402|402 payment required|paid endpoint|paid endpoints|paid calls|pay-per-use billing|pay per call|payment layer|payment gateways|payment provider|payment providers|payment processor|payment system|online payment|online payments|accept payments|accepts payments|pay online|pay by card|pay with card|pay with credit card|credit card payment|credit card payments|card payments|checkout flow|in-app purchase|in-app purchases|process payments|payment processing|payment integration|subscription billing|zahlungsanbieter|zahlungsdienstleister|online-zahlung|onlinezahlung|zahlungsabwicklung|prestataire de paiement|passerelle de paiement|paiement en ligne|paiement par carte|pasarela de pago|pasarela de pagos|pago en línea|pagos en línea|pago con tarjeta|gateway de pagamento|pagamento online|pagamentos online|pagamento com cartão|платёжная система|платежная система|платёжной системы|платежной системы|платёжный шлюз|платежный шлюз|онлайн-оплат*|оплата онлайн|эквайринг|payment gateway|gerbang pembayaran|pembayaran online|支付网关|在线支付|支付接口|第三方支付|オンライン決済|決済代行|決済システム|クレジットカード決済|결제 시스템|결제 연동|온라인 결제|카드 결제|pg사"),
    (Topic::Money, "subscription|subscriptions|paid plan|paid plans|pricing|premium plan|premium tier|pro plan|invoice|invoices|refund|refunds|purchase|purchases|buy|buys|tier|tiers|freemium|price|donation|donations|tip|tips|deposit|deposits|abonnement|abonnements|rechnung|rechnungen|kaufen|suscripción|suscripciones|assinatura|assinaturas|подписк*|купить|покупк*|возврат средств|langganan|berlangganan|订阅|会员|购买|充值|订单|購入|サブスクリプション|有料プラン|구독|구매|유료"),

    (Topic::Live, "live tracking|live location|track in real time|live scores|live scoring|real-time|real time|realtime|live update|live updates|live updating|live feed|live dashboard|live sync|instantly update|instantly updated|updates instantly|update instantly|without refresh|without refreshing|without page refresh|without reloading|without a page refresh|auto-updating|push updates|echtzeit|in echtzeit|live-aktualisierung|echtzeit-updates|temps réel|en temps réel|tiempo real|en tiempo real|tempo real|em tempo real|\
в реальном времени|реальном времени|реального времени|в режиме реального времени|real-time update|waktu nyata|secara langsung|实时|即时|實時|リアルタイム|即時反映|실시간"),
    (Topic::Socket, "websocket|websockets|web socket|web sockets|socket.io|socketio|server-sent events|server sent events|sse|signalr|realtime subscription|realtime subscriptions|supabase realtime|real-time subscription|real-time subscriptions|firestore listeners|onsnapshot|live queries|live query|pub/sub|pubsub|stomp|actioncable|action cable|laravel echo|mqtt|webrtc data channel|вебсокет*|веб-сокет*|ウェブソケット|웹소켓|웹 소켓"),
    (Topic::Model, "chatbot|chatbots|chat bot|ai chat|chat with ai|chat completion|chat completions|智能客服|チャットボット|챗봇|чат-бот*|чатбот*"),
    (Topic::Chat, "chat|chats|chat room|chat rooms|messaging|direct message|direct messages|instant messaging|in-app messaging|live chat|group chat|private messages|messenger|message thread|chat messages|nachrichten|messagerie|mensajería|mensajes directos|mensagens|чат|чата|чаты|чате|чатом|переписк*|мессенджер|obrolan|percakapan|pesan langsung|聊天|私信|即时通讯|チャット|メッセージング|ダイレクトメッセージ|채팅|대화방|메신저"),
    (Topic::Presence, "online status|online users|online/offline|online indicator|online indicators|typing indicator|typing indicators|is typing|who is online|who's online|active users list|user presence|live cursor|live cursors|multiplayer cursor|multiplayer cursors|others' cursors|online-status|wer online ist|statut en ligne|en ligne/hors ligne|indicateur de frappe|qui est en ligne|estado en línea|en línea/desconectado|\
usuarios en línea|indicador de escritura|status online|usuários online|indicador de digitação|quem está online|онлайн-статус|статус онлайн|кто онлайн|кто в сети|индикатор набора|status daring|sedang mengetik|pengguna online|在线状态|在线用户|正在输入|オンライン状態|在席状況|入力中|オンライン表示|온라인 상태|접속 상태|접속자|입력 중|프레즌스"),
    (Topic::PresenceWeak, "presence|cursor position|cursor positions|presencia|anwesenheit|présence|presença|присутстви*|статус присутствия|プレゼンス|프레즌스"),
    (Topic::Play, "game|games|quiz|match|player|players|juego|juegos|partida|partidas|jeu|jeux|spiel|spiele|jogo|jogos|игра|игры|игре|игрок*|permainan|游戏|ゲーム|게임"),
    (Topic::Collab, "collaborative editing|collaborative editor|collaborate in real|real-time collaboration|realtime collaboration|real time collaboration|co-editing|co-edit|simultaneous editing|concurrent editing|collaborative canvas|shared canvas|shared whiteboard|collaborative whiteboard|multi-user editing|multiplayer editing|edit simultaneously|edit together|crdt|yjs|operational transform|live collaboration|multiplayer collaboration|collaborative document|collaborative documents|\
gemeinsames bearbeiten|gleichzeitig bearbeiten|kollaboratives bearbeiten|édition collaborative|édition simultanée|collaboration en temps réel|edición colaborativa|edición simultánea|colaboración en tiempo real|edição colaborativa|edição simultânea|colaboração em tempo real|совместное редактирование|совместного редактирования|одновременное редактирование|совместная работа в реальном|penyuntingan bersama|kolaborasi real-time|kolaborasi waktu nyata|协同编辑|多人协作|实时协作|协作编辑|共同編集|同時編集|リアルタイム共同|공동 편집|동시 편집|실시간 협업"),
    (Topic::Game, "multiplayer game|multiplayer games|online multiplayer|multiplayer mode|multiplayer|game room|game rooms|game lobby|matchmaking|game state sync|live quiz|quiz session|player lobby|mehrspieler|spielraum|multijoueur|multijugador|multijogador|sala de juego|partida en vivo|sala de jogo|мультиплеер|многопользовательская игра|игровая комната|multipemain|多人游戏|对战|联机|マルチプレイ|対戦|멀티플레이|대전|게임방"),
    (Topic::Screen, "dashboard|dashboards|feed|feeds|status|updates|update|updated|leaderboard|list|board|notification|order|orders|queue|changes|scoreboard|score|scores|anzeige|aktualisierung|aktualisiert|tableau de bord|commandes|caisse|mise à jour|panel|tablero|estado|actualización|actualizada|posiciones|painel|atualização|atualizado|дашборд|обновлен*|лента|dasbor|pesanan|diperbarui|看板|仪表盘|订单|刷新|ダッシュボード|更新|대시보드|피드|갱신"),

    (Topic::Model, "ai-assisted|ai assisted|ai feature|ai-first|ai layer|ai triage|ai summarizer|ai generates|ai classifies|ai suggests|ai recommends|ai-enabled|ai engine|llm|llms|large language model|large language models|language model|language models|generative ai|genai|gen ai|ai chatbot|ai assistant|ai-assistant|ai model|ai models|ai api|ai service|ai-generated|ai generated|ai generation|ai-powered|ai powered|powered by ai|ai-driven|ai analysis|ai-based|ai summaries|ai summary|ai summarization|ai summarize|ai recommendations|ai suggestions|ai coach|ai tutor|ai vision|vision model|prompt engineering|prompt template|system prompt|retrieval-augmented|retrieval augmented|rag|text-to-speech|speech-to-text|natural language processing|using ai|with ai|by ai|via ai|ai insights|ai integration|ai features|ai tagging|function calling|\
ki-gestützt|ki-gestützte|ki-basiert|ki-modell|ki-assistent|sprachmodell|sprachmodelle|mit ki|künstliche intelligenz|intelligence artificielle|par ia|par l'ia|assistant ia|modèle de langage|propulsé par l'ia|inteligencia artificial|con ia|asistente ia|modelo de lenguaje|por ia|inteligência artificial|com ia|assistente ia|modelo de linguagem|\
искусственный интеллект|искусственного интеллекта|ии-ассистент|нейросет*|языковая модель|языковой модели|с помощью ии|kecerdasan buatan|berbasis ai|model bahasa|asisten ai|大模型|大语言模型|语言模型|人工智能|ai助手|ai 助手|ai分析|ai 分析|ai生成|ai 生成|ai模型|ai 模型|智能体|生成式|言語モデル|生成ai|人工知能|aiによる|aiが|ai分析|ai要約|aiチャット|aiアシスタント|언어 모델|생성형 ai|인공지능|ai 분석|ai가|ai 추천|ai 보조|ai 챗봇|ai 기반|ai로|ai 모델|ai를"),
    (Topic::Ai, "ai agent|ai agents|multi-agent|ai|artificial intelligence|machine learning|ml model|ki|ia|ии"),
    (Topic::Embedding, "embedding|embeddings|vector search|vector database|vector db|vector store|vector similarity|vector index|semantic search|similarity search|semantic similarity|semantic retrieval|rag|retrieval-augmented generation|retrieval augmented generation|hnsw|cosine similarity|halfvec|vector(1536)|vektorsuche|semantische suche|vektordatenbank|recherche sémantique|recherche vectorielle|base vectorielle|búsqueda semántica|búsqueda vectorial|base de datos vectorial|busca semântica|busca vetorial|banco vetorial|\
семантический поиск|векторный поиск|векторная база|эмбеддинг*|pencarian semantik|pencarian vektor|basis data vektor|语义搜索|语义检索|向量检索|向量数据库|向量搜索|向量化|嵌入向量|セマンティック検索|ベクトル検索|ベクトルデータベース|埋め込みベクトル|意味検索|시맨틱 검색|의미 기반 검색|벡터 검색|벡터 데이터베이스|벡터 db|임베딩"),

    (Topic::Deploy, "deploy|deploys|deployed|deploying|deployment|deployments|deployable|hosting|hosted on|host on|hosted at|infrastructure|runs on|run on|running on|self-hosted|self-hosting|self-host|ci/cd|production environment|bereitstellung|bereitgestellt|gehostet|ausrollen|betrieb|deployen|déploiement|déployé|déployée|déployer|hébergement|hébergé|hébergée|despliegue|desplegar|desplegado|desplegada|alojamiento|alojado|infraestructura|implantação|implantado|hospedagem|hospedado|hospedada|infraestrutura|\
развертыван*|развёртыван*|развернут*|развёрнут*|деплой|деплоя|хостинг|хостинга|инфраструктур*|deployment|penerapan|di-deploy|dideploy|infrastruktur|部署|托管|上线环境|デプロイ|ホスティング|インフラ|本番環境|배포|호스팅|인프라|구축 환경"),
    (Topic::Secret, "api key|api keys|api-key|secret key|secret keys|api token|access key|environment variable|environment variables|env var|env vars|.env|secrets|credentials|bot token|api-schlüssel|umgebungsvariable|umgebungsvariablen|clé api|clés api|variable d'environnement|variables d'environnement|clave api|claves api|clave de api|variables de entorno|chave de api|chave api|chaves de api|variáveis de ambiente|api-ключ*|ключ api|ключи api|переменные окружения|переменных окружения|токен бота|kunci api|variabel lingkungan|api密钥|api 密钥|密钥|环境变量|apiキー|api キー|環境変数|api 키|api키|환경 변수|환경변수"),
    (Topic::DevTool, "task-master|taskmaster|taskmaster ai|task master ai|stagewise|windsurf|cline|aider|codex cli|gemini cli|bolt.new|lovable|v0.dev|roo code|cursor rules|for ai generation|cursor|copilot|vibe coding|ai coding|coding agent|coding assistant|coding agents|dev environment|development workflow|ide"),
    (Topic::Local, "localstorage|local storage|indexeddb|sessionstorage|asyncstorage|offline|on-device|on device|in-memory|in memory|browser storage|device storage|local file|local files|local filesystem|file system|filesystem|lokal gespeichert|stockage local|almacenamiento local|armazenamento local|локальное хранилище|локально|penyimpanan lokal|本地存储|本地|ローカルストレージ|ローカル|로컬 스토리지|로컬"),
    (Topic::LocalOnly, "no backend|no server|no database|no server-side|without a backend|without backend|without a server|serverless backend not|client-side only|client side only|purely client-side|entirely client-side|fully client-side|100% client-side|runs entirely in the browser|runs in the browser|browser-only|frontend only|frontend-only|front-end only|fully offline|works offline only|offline-only|local-only|locally only|all data stays on|data stays on the device|data never leaves|never leaves the device|never leaves your|stored locally|no cloud|no network|no external services|no external dependencies|no network calls|no telemetry|in-browser only|single html file|static site|kein backend|kein server|keine datenbank|ohne backend|ohne server|rein clientseitig|nur im browser|pas de backend|pas de serveur|sans backend|sans serveur|uniquement côté client|\
sin backend|sin servidor|solo en el navegador|sem backend|sem servidor|apenas no navegador|somente no cliente|без бэкенда|без сервера|без backend|только на клиенте|tanpa backend|tanpa server|sepenuhnya di sisi klien|无后端|无需后端|不需要后端|无服务器|纯前端|バックエンド不要|サーバー不要|サーバーレスで動作|クライアントのみ|ブラウザのみ|バックエンドなし|サーバーなし|백엔드 없이|서버 없이|백엔드 없음|서버 없음|프론트엔드만|클라이언트만"),
    (Topic::Server, "backend|back-end|back end|server|server-side|rest api|restful api|graphql api|api endpoint|api endpoints|database|postgres|postgresql|mysql|mongodb|sqlite|prisma|drizzle|supabase|firebase|firestore|convex|redis|express|nestjs|fastapi|django|laravel|rails|spring boot|flask|server actions|datenbank|base de données|serveur|base de datos|servidor|banco de dados|база данных|базе данных|базы данных|сервер|сервера|бэкенд|basis data|server api|数据库|后端|服务器|服务端|データベース|サーバー|サーバ|バックエンド|데이터베이스|서버|백엔드"),
    (Topic::ClientKind, "command-line tool|command line tool|cli tool|cli|command-line interface|library|npm package|python package|plugin|extension|browser extension|chrome extension|vs code extension|static site|static website|desktop app|desktop application|single-page app|landing page|terminal ui|tui|kommandozeilenwerkzeug|bibliothek|outil en ligne de commande|bibliothèque|extension de navigateur|herramienta de línea de comandos|biblioteca|extensión|ferramenta de linha de comando|extensão|консольная утилита|библиотека|расширение|плагин|alat baris perintah|pustaka|ekstensi|命令行工具|浏览器扩展|插件|桌面应用|コマンドラインツール|ライブラリ|拡張機能|プラグイン|명령줄 도구|라이브러리|확장 프로그램|플러그인"),
    (Topic::Own, "own data|their own|his own|her own|only their|only the owner|only see their|belongs to the user|per user|per-user|user-specific|private to|owner|owned by|creator only|eigene|eigenen|nur eigene|ses propres|leurs propres|propietario|sus propios|sus propias|seus próprios|suas próprias|proprietário|свои|только свои|собственные|владелец|владельца|miliknya sendiri|milik sendiri|自己的|仅本人|本人|所有者|自分の|本人のみ|자신의|본인|소유자"),
    (Topic::Share, "share with|shared with|sharing|shared between|shared workspace|team members|collaborators|invite members|public link|shareable|geteilt|teilen mit|partager|partagé|partagée|compartir|compartido|compartilhar|compartilhado|делиться|поделиться|общий доступ|совместный доступ|berbagi|dibagikan|共享|分享|共有|シェア|공유"),
    (Topic::Integration, "api|apis|integration|integrations|integrate|integrates|connect|connector|connectors|sync|syncs|data source|scraper|crawler|bot|sdk|schnittstelle|anbindung|intégration|integración|integração|интеграц*|integrasi|集成|对接|接口|連携|연동"),
];
