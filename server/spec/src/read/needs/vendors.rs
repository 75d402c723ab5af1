//! Services by name: what each one can mean in a spec. Data only.

/// What a service is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Trade {
    /// Takes money.
    Pay,
    /// People sign in with their account there.
    Login,
    /// Signs people in on behalf of the product, by methods that the spec has to name.
    Identity,
    /// Runs language or other models.
    Models,
    /// Keeps embeddings.
    Vectors,
    Mail,
    Sms,
    Push,
    /// Keeps files.
    Files,
    /// Runs the product.
    Host,
    /// Pushes events to clients.
    Channel,
    /// Sends messages as a bot.
    Bot,
    /// Gives data for a key.
    Data,
}

/// One service.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// Canonical: kebab-case.
    pub(crate) name: &'static str,
    /// How its environment variables begin; empty when it needs none of its own.
    pub(crate) env: &'static str,
    pub(crate) trades: &'static [Trade],
    /// Whether its name is also a common word, so that it counts only in the context of a trade.
    pub(crate) vague: bool,
    /// As written, in the form of `Lexicon::new`.
    pub(crate) phrases: &'static str,
}

impl Vendor {
    pub(crate) fn does(&self, trade: Trade) -> bool {
        self.trades.contains(&trade)
    }
}

const fn named(
    name: &'static str,
    env: &'static str,
    trades: &'static [Trade],
    phrases: &'static str,
) -> Vendor {
    Vendor { name, env, trades, vague: false, phrases }
}

const fn vague(
    name: &'static str,
    env: &'static str,
    trades: &'static [Trade],
    phrases: &'static str,
) -> Vendor {
    Vendor { name, env, trades, vague: true, phrases }
}

use Trade::{
    Bot, Channel, Data, Files, Host, Identity, Login, Mail, Models, Pay, Push, Sms, Vectors,
};

#[rustfmt::skip]
pub(crate) static VENDORS: &[Vendor] = &[
    // Payments.
    named("stripe", "STRIPE", &[Pay], "stripe|stripe checkout|stripe connect|stripe billing|스트라이프"),
    vague("paddle", "PADDLE", &[Pay], "paddle|paddle billing|paddle checkout"),
    named("lemon-squeezy", "LEMONSQUEEZY", &[Pay], "lemon squeezy|lemonsqueezy|lemon-squeezy"),
    named("paypal", "PAYPAL", &[Pay], "paypal|pay pal|braintree|贝宝|ペイパル|페이팔"),
    vague("square", "SQUARE", &[Pay], "square payments|square payment|square api|square pos|square"),
    named("mollie", "MOLLIE", &[Pay], "mollie"),
    named("adyen", "ADYEN", &[Pay], "adyen"),
    named("razorpay", "RAZORPAY", &[Pay], "razorpay"),
    named("mercado-pago", "MERCADOPAGO", &[Pay], "mercado pago|mercadopago|mercado-pago"),
    named("yookassa", "YOOKASSA", &[Pay], "yookassa|yoo kassa|юкасса|юkassa|ю kassa|яндекс.касса|яндекс касса"),
    named("robokassa", "ROBOKASSA", &[Pay], "robokassa|робокасса"),
    named("tinkoff", "TINKOFF", &[Pay], "tinkoff pay|тинькофф касса|тинькофф эквайринг|cloudpayments"),
    named("toss-payments", "TOSS", &[Pay], "toss payments|tosspayments|toss payment|토스페이먼츠|토스 페이먼츠|토스페이|토스 결제"),
    named("portone", "PORTONE", &[Pay], "portone|iamport|포트원|아임포트"),
    named("kakao-pay", "KAKAOPAY", &[Pay], "kakao pay|kakaopay|카카오페이"),
    named("naver-pay", "NAVERPAY", &[Pay], "naver pay|naverpay|네이버페이"),
    named("midtrans", "MIDTRANS", &[Pay], "midtrans"),
    named("xendit", "XENDIT", &[Pay], "xendit"),
    named("alipay", "ALIPAY", &[Pay], "alipay|支付宝|支付寶"),
    named("wechat-pay", "WECHATPAY", &[Pay], "wechat pay|wechatpay|微信支付"),
    named("paypay", "PAYPAY", &[Pay], "paypay|ペイペイ"),
    named("line-pay", "LINEPAY", &[Pay], "line pay|linepay"),
    named("payjp", "PAYJP", &[Pay], "pay.jp|payjp"),
    named("monnify", "MONNIFY", &[Pay], "monnify"),
    named("paystack", "PAYSTACK", &[Pay], "paystack"),
    named("flutterwave", "FLUTTERWAVE", &[Pay], "flutterwave"),
    named("mpesa", "MPESA", &[Pay], "m-pesa|mpesa"),
    named("klarna", "KLARNA", &[Pay], "klarna"),
    named("authorize-net", "AUTHORIZENET", &[Pay], "authorize.net"),
    named("pagseguro", "PAGSEGURO", &[Pay], "pagseguro|pagbank"),
    named("asaas", "ASAAS", &[Pay], "asaas"),
    named("redsys", "REDSYS", &[Pay], "redsys"),
    named("payu", "PAYU", &[Pay], "payu"),
    named("polar", "POLAR", &[Pay], "polar.sh"),
    named("revenuecat", "REVENUECAT", &[Pay], "revenuecat|revenue cat"),
    named("chargebee", "CHARGEBEE", &[Pay], "chargebee"),
    named("apple-pay", "", &[Pay], "apple pay"),
    named("google-pay", "", &[Pay], "google pay"),
    // Accounts that people already have.
    vague("google", "GOOGLE", &[Login], "google|google account|google accounts|google-konto|구글|谷歌|グーグル|гугл|gmail account"),
    vague("github", "GITHUB", &[Login], "github|git hub|깃허브"),
    vague("apple", "APPLE", &[Login], "apple|apple id|애플"),
    vague("microsoft", "MICROSOFT", &[Login], "microsoft|microsoft account|azure ad|entra id|microsoft entra|azure active directory|office 365|microsoft 365"),
    vague("facebook", "FACEBOOK", &[Login], "facebook|페이스북|фейсбук"),
    vague("twitter", "TWITTER", &[Login], "twitter|x (twitter)|twitter/x|x/twitter"),
    vague("linkedin", "LINKEDIN", &[Login], "linkedin|linked in"),
    vague("discord", "DISCORD", &[Login], "discord|디스코드"),
    vague("gitlab", "GITLAB", &[Login], "gitlab"),
    vague("bitbucket", "BITBUCKET", &[Login], "bitbucket"),
    vague("slack", "SLACK", &[Login], "slack"),
    vague("kakao", "KAKAO", &[Login], "kakao|kakaotalk|카카오|카카오톡"),
    vague("naver", "NAVER", &[Login], "naver|네이버"),
    vague("line", "LINE", &[Login], "line|라인"),
    vague("wechat", "WECHAT", &[Login], "wechat|weixin|微信|위챗"),
    vague("qq", "QQ", &[Login], "qq"),
    vague("weibo", "WEIBO", &[Login], "weibo|微博"),
    vague("vk", "VK", &[Login], "vk|vk id|vkontakte|вконтакте|вк"),
    vague("yandex", "YANDEX", &[Login], "yandex|yandex id|яндекс|яндекс id"),
    vague("telegram", "TELEGRAM", &[Login], "telegram|телеграм|телеграмм|电报|텔레그램"),
    vague("spotify", "SPOTIFY", &[Login, Data], "spotify"),
    vague("twitch", "TWITCH", &[Login], "twitch"),
    vague("steam", "STEAM", &[Login], "steam"),
    vague("franceconnect", "FRANCECONNECT", &[Login], "franceconnect"),
    vague("govbr", "GOVBR", &[Login], "gov.br"),
    // Sign-in services.
    named("auth0", "AUTH0", &[Identity], "auth0"),
    vague("clerk", "CLERK", &[Identity], "clerk|clerk auth|clerk.dev|clerk.com"),
    named("nextauth", "NEXTAUTH", &[Identity], "nextauth|next-auth|nextauth.js|auth.js|next auth"),
    named("better-auth", "", &[Identity], "better auth|better-auth"),
    named("cognito", "", &[Identity], "cognito|aws cognito|amazon cognito"),
    named("keycloak", "", &[Identity], "keycloak"),
    named("okta", "OKTA", &[Identity], "okta"),
    named("workos", "WORKOS", &[Identity], "workos"),
    named("supertokens", "SUPERTOKENS", &[Identity], "supertokens|super tokens"),
    named("firebase-auth", "FIREBASE", &[Identity], "firebase auth|firebase authentication|firebase-auth"),
    named("supabase-auth", "SUPABASE", &[Identity], "supabase auth|supabase authentication|supabase-auth"),
    named("convex-auth", "", &[Identity], "convex auth"),
    named("lucia", "", &[Identity], "lucia auth|lucia-auth"),
    named("stytch", "STYTCH", &[Identity], "stytch"),
    // Models.
    named("openai", "OPENAI", &[Models], "openai|open ai|openai api|gpt-3*|gpt-4*|gpt-5*|gpt3*|gpt4*|gpt 4*|gpt-o*|chatgpt api|dall-e*|openai whisper|whisper api|gpt api|gpt4o*|o3-mini|o4-mini"),
    named("anthropic", "ANTHROPIC", &[Models], "claude model|claude models|anthropic|anthropic api|claude api|claude sonnet|claude haiku|claude opus|claude 3*|claude 4*|claude-3*|anthropic claude|claude-sonnet*|claude-haiku*|claude-opus*"),
    vague("anthropic", "ANTHROPIC", &[Models], "claude|claude ai"),
    vague("openai", "OPENAI", &[Models], "chatgpt|gpt"),
    named("gemini", "GEMINI", &[Models], "google gemini|gemini api|gemini flash|gemini pro|gemini 1*|gemini 2*|gemini-1*|gemini-2*|google ai studio|gemini ai|google generative ai"),
    vague("gemini", "GEMINI", &[Models], "gemini"),
    vague("mistral", "MISTRAL", &[Models], "mistral|mistral ai"),
    vague("cohere", "COHERE", &[Models, Vectors], "cohere"),
    vague("groq", "GROQ", &[Models], "groq"),
    vague("replicate", "REPLICATE", &[Models], "replicate|replicate api"),
    named("openrouter", "OPENROUTER", &[Models], "openrouter|open router"),
    named("huggingface", "HUGGINGFACE", &[Models], "hugging face|huggingface"),
    named("bedrock", "", &[Models], "aws bedrock|amazon bedrock"),
    named("vertex-ai", "", &[Models], "vertex ai|vertexai"),
    named("azure-openai", "AZURE_OPENAI", &[Models], "azure openai"),
    named("deepseek", "DEEPSEEK", &[Models], "deepseek"),
    named("perplexity", "PERPLEXITY", &[Models], "perplexity api"),
    named("qwen", "QWEN", &[Models], "qwen|qwen*|通义千问|dashscope"),
    named("zhipu", "ZHIPU", &[Models], "zhipu|智谱|chatglm|glm-4*"),
    named("yandexgpt", "YANDEXGPT", &[Models], "yandexgpt|yandex gpt|gigachat"),
    named("elevenlabs", "ELEVENLABS", &[Models], "elevenlabs|eleven labs"),
    named("deepgram", "DEEPGRAM", &[Models], "deepgram"),
    named("assemblyai", "ASSEMBLYAI", &[Models], "assemblyai|assembly ai"),
    named("stability", "STABILITY", &[Models], "stability ai|stable diffusion"),
    vague("ollama", "", &[Models], "ollama"),
    named("heygen", "HEYGEN", &[Data], "heygen"),
    // Vectors.
    named("pinecone", "PINECONE", &[Vectors], "pinecone"),
    named("qdrant", "QDRANT", &[Vectors], "qdrant"),
    named("weaviate", "WEAVIATE", &[Vectors], "weaviate"),
    named("chroma", "", &[Vectors], "chromadb|chroma db"),
    named("milvus", "", &[Vectors], "milvus|zilliz"),
    named("pgvector", "", &[Vectors], "pgvector|pg_vector"),
    named("faiss", "", &[Vectors], "faiss"),
    // Mail, messages.
    vague("resend", "RESEND", &[Mail], "resend|resend.com|resend api"),
    named("sendgrid", "SENDGRID", &[Mail], "sendgrid|send grid"),
    named("postmark", "POSTMARK", &[Mail], "postmark"),
    named("mailgun", "MAILGUN", &[Mail], "mailgun"),
    named("mailchimp", "MAILCHIMP", &[Mail], "mailchimp|mandrill"),
    named("brevo", "BREVO", &[Mail], "brevo|sendinblue"),
    named("ses", "AWS", &[Mail], "amazon ses|aws ses"),
    named("smtp", "SMTP", &[Mail], "smtp|nodemailer|phpmailer|mailkit|mailpit"),
    named("loops", "LOOPS", &[Mail], "loops.so"),
    named("twilio", "TWILIO", &[Sms], "twilio|twilio verify"),
    named("vonage", "VONAGE", &[Sms], "vonage|nexmo"),
    named("messagebird", "MESSAGEBIRD", &[Sms], "messagebird"),
    named("telnyx", "TELNYX", &[Sms], "telnyx"),
    named("plivo", "PLIVO", &[Sms], "plivo"),
    named("aliyun-sms", "ALIYUN", &[Sms], "阿里云短信|腾讯云短信"),
    named("fcm", "FCM", &[Push], "fcm|firebase cloud messaging"),
    named("onesignal", "ONESIGNAL", &[Push], "onesignal|one signal"),
    named("expo-push", "", &[Push], "expo push|expo notifications|expo-notifications"),
    named("apns", "APNS", &[Push], "apns|apple push notification service"),
    named("novu", "NOVU", &[Push], "novu"),
    // Files.
    named("s3", "AWS", &[Files], "aws s3|amazon s3|s3|s3 bucket|s3-compatible|minio"),
    named("r2", "R2", &[Files], "cloudflare r2|r2 bucket|r2 storage"),
    vague("r2", "R2", &[Files], "r2"),
    named("gcs", "GCS", &[Files], "google cloud storage|gcs"),
    named("azure-blob", "AZURE", &[Files], "azure blob|azure blob storage|azure storage"),
    named("cloudinary", "CLOUDINARY", &[Files], "cloudinary"),
    named("uploadthing", "UPLOADTHING", &[Files], "uploadthing|upload thing"),
    named("vercel-blob", "BLOB", &[Files], "vercel blob"),
    named("supabase-storage", "SUPABASE", &[Files], "supabase storage|supabase-storage"),
    named("firebase-storage", "FIREBASE", &[Files], "firebase storage|firebase cloud storage"),
    named("backblaze", "B2", &[Files], "backblaze|backblaze b2"),
    named("aliyun-oss", "ALIYUN", &[Files], "阿里云oss|阿里云 oss|aliyun oss|对象存储 oss|腾讯云cos|七牛云"),
    named("imagekit", "IMAGEKIT", &[Files], "imagekit"),
    named("mux", "MUX", &[Files], "mux video|mux.com"),
    // Where it runs.
    named("vercel", "", &[Host], "vercel|vercel edge functions|vercel cron|vercel edge"),
    named("netlify", "", &[Host], "netlify"),
    named("cloudflare", "CLOUDFLARE", &[Host], "cloudflare workers|cloudflare pages|cloudflare worker|cloudflare durable objects"),
    vague("cloudflare", "CLOUDFLARE", &[Host], "cloudflare"),
    named("fly", "", &[Host], "fly.io"),
    vague("fly", "", &[Host], "fly"),
    named("railway", "", &[Host], "railway.app"),
    vague("railway", "", &[Host], "railway"),
    named("render", "", &[Host], "render.com"),
    vague("render", "", &[Host], "render"),
    named("heroku", "", &[Host], "heroku"),
    vague("aws", "AWS", &[Host], "aws|amazon web services|aws lambda|aws ec2|ec2|aws ecs|ecs|aws fargate|fargate|elastic beanstalk|aws amplify|lightsail"),
    vague("gcp", "GCP", &[Host], "gcp|google cloud|google cloud platform|cloud run|google cloud run|app engine|gke"),
    vague("azure", "AZURE", &[Host], "azure|azure app service|azure functions|microsoft azure"),
    named("digitalocean", "", &[Host], "digitalocean|digital ocean"),
    named("hetzner", "", &[Host], "hetzner"),
    vague("docker", "", &[Host], "docker|docker compose|docker-compose|dockerfile|docker container|docker containers|docker-container|dockerized|контейнер docker|docker image|docker-образ|도커"),
    vague("kubernetes", "", &[Host], "kubernetes|k8s|helm chart"),
    named("github-pages", "", &[Host], "github pages|gh-pages"),
    named("coolify", "", &[Host], "coolify"),
    named("dokku", "", &[Host], "dokku"),
    named("deno-deploy", "", &[Host], "deno deploy"),
    named("firebase-hosting", "", &[Host], "firebase hosting"),
    vague("vps", "", &[Host], "vps|virtual private server"),
    named("aliyun", "", &[Host], "阿里云|腾讯云|华为云"),
    named("ovh", "", &[Host], "ovh|ovhcloud"),
    named("scaleway", "", &[Host], "scaleway"),
    named("pythonanywhere", "", &[Host], "pythonanywhere"),
    named("expo-eas", "", &[Host], "expo eas|eas build"),
    // Backends as a service.
    vague("supabase", "SUPABASE", &[Host, Data], "supabase|수파베이스"),
    vague("firebase", "FIREBASE", &[Host, Data], "firebase|firestore|파이어베이스"),
    vague("convex", "", &[Host], "convex"),
    vague("appwrite", "APPWRITE", &[Host], "appwrite"),
    vague("pocketbase", "", &[Host], "pocketbase"),
    // Channels.
    named("pusher", "PUSHER", &[Channel], "pusher"),
    vague("ably", "ABLY", &[Channel], "ably"),
    named("centrifugo", "CENTRIFUGO", &[Channel], "centrifugo"),
    named("liveblocks", "LIVEBLOCKS", &[Channel], "liveblocks"),
    named("partykit", "", &[Channel], "partykit"),
    named("pubnub", "PUBNUB", &[Channel], "pubnub"),
    // Data and tools for a key.
    named("zoom", "ZOOM", &[Data], "zoom sdk|zoom api|zoom video|zoom integration|zoom meeting sdk"),
    named("google-maps", "GOOGLE_MAPS", &[Data], "google maps api|google maps platform|google places|google places api"),
    named("mapbox", "MAPBOX", &[Data], "mapbox"),
    named("youtube", "YOUTUBE", &[Data], "youtube data api|youtube api|youtube-api|youtube data api v3"),
    named("tmdb", "TMDB", &[Data], "tmdb api|the movie database|tmdb"),
    named("giphy", "GIPHY", &[Data], "giphy"),
    named("plaid", "PLAID", &[Data], "plaid"),
    named("algolia", "ALGOLIA", &[Data], "algolia"),
    named("livekit", "LIVEKIT", &[Data], "livekit"),
    named("agora", "AGORA", &[Data], "agora sdk|agora.io"),
    named("daily-co", "DAILY", &[Data], "daily.co"),
    named("n8n", "N8N", &[Data], "n8n"),
    named("openweather", "OPENWEATHER", &[Data], "openweather|openweathermap|openweather api"),
    named("alpha-vantage", "ALPHA_VANTAGE", &[Data], "alpha vantage"),
    named("finnhub", "FINNHUB", &[Data], "finnhub"),
    named("polygon", "POLYGON", &[Data], "polygon.io"),
    named("shopify", "SHOPIFY", &[Data], "shopify api"),
    named("calendly", "CALENDLY", &[Data], "calendly api"),
    named("docusign", "DOCUSIGN", &[Data], "docusign"),
    // Bots.
    named("discord", "DISCORD", &[Bot], "discord bot|discord bots|discord.py|discord.js|bot discord|discord-bot|discord slash commands|디스코드 봇|discordボット|discord 机器人|дискорд-бот*"),
    named("telegram", "TELEGRAM", &[Bot], "telegram bot|telegram bots|telegram-bot|telegram-бот*|telegram bot api|bot telegram|bot de telegram|телеграм-бот*|телеграм бот*|telegram 机器人|telegramボット|텔레그램 봇|telegraf|aiogram|python-telegram-bot"),
    named("slack", "SLACK", &[Bot], "slack bot|slack app|slack bots|slackbot|slack webhook|slack webhooks"),
    named("line", "LINE", &[Bot], "line bot|line messaging api|line公式アカウント|라인 봇"),
    named("whatsapp", "WHATSAPP", &[Bot], "whatsapp business api|whatsapp api|whatsapp cloud api|whatsapp bot"),
    // Names that hide a shorter one.
    named("", "", &[], "google calendar|google calendar api|google maps|google drive|google drive api|google sheets|google docs|google analytics|google fonts|google play|\
google play store|google meet|google workspace|google search|google ads|google tag manager|google lighthouse|google chrome|google tasks|google tasks api|google forms|google translate|\
google news|google my business|google business|google authenticator|google cloud vision|google vision|google material|google scholar|google photos|google kalender|google-kalender|\
google colab|google slides|google trends|google play billing|google classroom|gmail api|github actions|github copilot|github issues|github issue|github repo|github repository|github repositories|github api|github stars|\
github.com|github projects|github flow|github releases|github discussions|github wiki|gitlab ci|gitlab runner|apple watch|apple health|apple healthkit|apple silicon|apple music|\
apple store|apple app store|apple calendar|apple tv|apple maps|apple developer|apple notes|apple-style|apple-like|apple design|microsoft teams|microsoft word|microsoft excel|microsoft office|microsoft graph|microsoft project|\
microsoft outlook|microsoft edge|microsoft calendar|microsoft to do|facebook ads|facebook messenger|facebook page|facebook pages|facebook group|facebook groups|facebook pixel|\
twitter api|twitter card|twitter cards|x api|linkedin api|linkedin profile|linkedin page|discord server|discord servers|discord webhook|discord channel|slack channel|naver map|naver maps|네이버 지도|네이버 블로그|카카오맵|kakao map|카카오 지도|구글 지도|\
claude code|claude.md|claude desktop|claude agent|cursor ai|line chart|line charts|line item|line items|line length|line height|line number|line numbers|line break|line breaks|command line|\
deadline|online|timeline|pipeline|square meter|square meters|square feet|render farm|on the fly|stripe-like|stripe-inspired|stripe visual|stripe style|stripe docs|stripe's design|\
youtube music|spotify wrapped|spotify link|steam deck|steam store|wechat mini program|微信小程序|微信公众号|yandex maps|яндекс карты|яндекс.карты|яндекс метрика|яндекс.метрика|яндекс go|\
supabase-like|azure devops|azure pipelines|logs in the ui|launch at login|start at login|at login|login item|login items|open at login|docker hub|docker desktop|testcontainers|apple reminders|chat id|chat_id|sign up for|google-like|airbnb-like|linear-like|notion-like|slack-like|\
google cloud messaging|vertex shader|image-set|firebase analytics|firebase crashlytics|cloudflare dns|cloudflare turnstile|power bi"),
];
