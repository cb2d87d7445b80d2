//! Settings: flags win over the environment, that over `cardamom.toml`, that over defaults.

mod master_key;
#[cfg(test)]
mod tests;

use std::{
    env,
    ffi::OsString,
    fmt, fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

pub use self::master_key::{MasterKey, MasterKeyError};

/// Read from the folder that the command was started in.
const FILE: &str = "cardamom.toml";
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const DEFAULT_DATA_DIR: &str = ".cardamom";
const DEFAULT_LOG: &str = "info";

/// The settings that can be given as flags. What is absent comes from the layers below.
#[derive(clap::Args, Clone, Default)]
pub struct SettingsArgs {
    /// Address to serve on [env: CARDAMOM_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// PostgreSQL (15 or newer) to use [env: DATABASE_URL] [default: a private one in the data folder]
    // Never `env` here, nor elsewhere: clap prints the present value of the variable in its help.
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,

    /// Folder of the private PostgreSQL and the master key [env: CARDAMOM_DATA_DIR] [default: .cardamom]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,

    /// What to log, in tracing's filter syntax [env: CARDAMOM_LOG] [default: info]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,

    /// Folder, or s3://bucket/prefix, for files that people send [env: CARDAMOM_OBJECT_STORE] [default: objects/ in the data folder]
    #[arg(long, value_name = "PLACE")]
    pub object_store: Option<String>,

    /// Rate limits per credential and address [env: CARDAMOM_RATE_LIMIT] [default: on]
    #[arg(long)]
    pub rate_limit: Option<Switch>,

    /// How orders are placed: many in one transaction, or each in its own [env: CARDAMOM_ORDER_ENGINE] [default: batch]
    #[arg(long)]
    pub order_engine: Option<OrderEngine>,

    /// `<handle>.<this domain>` names a tenant too [env: CARDAMOM_BASE_DOMAIN] [default: none]
    #[arg(long, value_name = "DOMAIN")]
    pub base_domain: Option<String>,

    /// Sites that may use the API from a browser, separated by commas [env: CARDAMOM_ORIGINS] [default: none]
    #[arg(long, value_name = "ORIGINS")]
    pub origins: Option<String>,

    /// Proxies of yours in front, each adding to X-Forwarded-For [env: CARDAMOM_TRUSTED_PROXIES] [default: 0]
    #[arg(long, value_name = "COUNT")]
    pub trusted_proxies: Option<u8>,
}

/// Every setting, decided. Has no `Debug`: it holds secrets.
pub struct Settings {
    pub listen: SocketAddr,
    /// `None` means the private PostgreSQL in `data_dir`.
    pub database_url: Option<DatabaseUrl>,
    pub data_dir: PathBuf,
    /// Where files that people send are kept.
    pub object_store: ObjectStore,
    pub master_key: MasterKey,
    /// In `tracing`'s filter syntax, known to be valid.
    pub log: String,
    pub log_format: LogFormat,
    pub rate_limit: Switch,
    /// How orders are placed.
    pub order_engine: OrderEngine,
    /// `<handle>.<base domain>` names a tenant too.
    pub base_domain: Option<String>,
    /// Beside a request's own host: `https://shop.example`.
    pub origins: Vec<String>,
    /// How many proxies are believed about the client's address.
    pub trusted_proxies: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectStore {
    /// A folder, made when it is needed.
    Folder(PathBuf),
    /// A bucket; its credentials and endpoint come from the usual `AWS_…` variables.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// What objects' names begin with; empty where nothing is said.
        prefix: String,
    },
}

/// How orders are placed; the effects are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OrderEngine {
    /// Many in one transaction.
    Batch,
    /// Each in its own.
    Single,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Where the database is, with its password: wiped from memory when dropped, shown to nobody.
pub struct DatabaseUrl(Zeroizing<String>);

impl DatabaseUrl {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// Why the settings will not do: each one line for the person who started us. None repeats the value
/// refused, which may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{given_as} must be {expected}")]
    Invalid { given_as: String, expected: &'static str },
    #[error("cardamom.toml has no setting `{0}`; it may set {known}", known = KEYS.join(", "))]
    UnknownKey(String),
    #[error("cardamom.toml, line {line}: {reason}")]
    Toml { line: usize, reason: String },
    #[error("could not read cardamom.toml: {0}")]
    Unreadable(io::Error),
    #[error(
        "with a database url the master key must be given: set CARDAMOM_MASTER_KEY to 32 bytes in base64 \
        (`openssl rand -base64 32` makes one; keep it safe, it opens what the database seals)"
    )]
    MasterKeyNotGiven,
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
}

/// One setting that can be given as text: by which names, and how it is read.
struct Setting<T> {
    flag: &'static str,
    variable: &'static str,
    key: &'static str,
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
}

const KEYS: [&str; 11] = [
    LISTEN.key,
    DATABASE_URL.key,
    DATA_DIR.key,
    OBJECT_STORE.key,
    LOG.key,
    LOG_FORMAT.key,
    RATE_LIMIT.key,
    ORDER_ENGINE.key,
    BASE_DOMAIN.key,
    ORIGINS.key,
    TRUSTED_PROXIES.key,
];

const LISTEN: Setting<SocketAddr> = Setting {
    flag: "--listen",
    variable: "CARDAMOM_LISTEN",
    key: "listen",
    expected: "an address and a port, as in 127.0.0.1:8080",
    parse: |text| text.parse().ok(),
};
const DATABASE_URL: Setting<DatabaseUrl> = Setting {
    flag: "--database-url",
    variable: "DATABASE_URL",
    key: "database_url",
    expected: "a url that begins with postgres:// or postgresql://",
    parse: |text| {
        let known = text.starts_with("postgres://") || text.starts_with("postgresql://");
        known.then(|| DatabaseUrl(Zeroizing::new(text.to_owned())))
    },
};
const DATA_DIR: Setting<PathBuf> = Setting {
    flag: "--data-dir",
    variable: "CARDAMOM_DATA_DIR",
    key: "data_dir",
    expected: "the path of a folder",
    parse: |text| Some(PathBuf::from(text)),
};
const OBJECT_STORE: Setting<ObjectStore> = Setting {
    flag: "--object-store",
    variable: "CARDAMOM_OBJECT_STORE",
    key: "object_store",
    expected: "the path of a folder, or s3://bucket/prefix",
    parse: |text| match text.strip_prefix("s3://") {
        Some(place) => {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            (!bucket.is_empty()).then(|| ObjectStore::S3 { bucket: bucket.into(), prefix: prefix.into() })
        }
        None => Some(ObjectStore::Folder(PathBuf::from(text))),
    },
};
const LOG: Setting<String> = Setting {
    flag: "--log",
    variable: "CARDAMOM_LOG",
    key: "log",
    expected: "a log filter, as in info or warn,cardamom=debug",
    parse: |text| EnvFilter::builder().parse(text).is_ok().then(|| text.to_owned()),
};
const LOG_FORMAT: Setting<LogFormat> = Setting {
    flag: "the log format",
    variable: "CARDAMOM_LOG_FORMAT",
    key: "log_format",
    expected: "text or json",
    parse: |text| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    },
};
const RATE_LIMIT: Setting<Switch> = Setting {
    flag: "--rate-limit",
    variable: "CARDAMOM_RATE_LIMIT",
    key: "rate_limit",
    expected: "on or off",
    parse: |text| match text {
        "on" | "true" => Some(Switch::On),
        "off" | "false" => Some(Switch::Off),
        _ => None,
    },
};
const ORDER_ENGINE: Setting<OrderEngine> = Setting {
    flag: "--order-engine",
    variable: "CARDAMOM_ORDER_ENGINE",
    key: "order_engine",
    expected: "batch or single",
    parse: |text| match text {
        "batch" => Some(OrderEngine::Batch),
        "single" => Some(OrderEngine::Single),
        _ => None,
    },
};
const BASE_DOMAIN: Setting<String> = Setting {
    flag: "--base-domain",
    variable: "CARDAMOM_BASE_DOMAIN",
    key: "base_domain",
    expected: "a lower-case domain name, as in shops.example",
    parse: |text| {
        let valid = text.contains('.')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
            && !text.starts_with('.')
            && !text.ends_with('.');
        valid.then(|| text.to_owned())
    },
};
const ORIGINS: Setting<Vec<String>> = Setting {
    flag: "--origins",
    variable: "CARDAMOM_ORIGINS",
    key: "origins",
    expected: "origins separated by commas, as in https://shop.example,https://console.example",
    parse: |text| {
        let origins: Vec<String> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
        let valid = |origin: &String| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| {
                !host.is_empty()
                    && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
            })
        };
        origins.iter().all(valid).then_some(origins)
    },
};
const TRUSTED_PROXIES: Setting<u8> = Setting {
    flag: "--trusted-proxies",
    variable: "CARDAMOM_TRUSTED_PROXIES",
    key: "trusted_proxies",
    expected: "how many proxies of yours stand in front, 0 to 255",
    parse: |text| text.parse().ok(),
};
/// Has no flag, which other users of the machine could read, and no place in a file made to be shared.
const MASTER_KEY: Setting<MasterKey> = Setting {
    flag: "the master key",
    variable: "CARDAMOM_MASTER_KEY",
    key: "master_key",
    expected: "32 bytes in base64, as `openssl rand -base64 32` makes them",
    parse: MasterKey::parse,
};

impl SettingsArgs {
    /// Puts the layers together. Where neither a database url nor a master key is given, the key is read
    /// from the data folder, or made there once.
    pub fn resolve(self) -> Result<Settings, ConfigError> {
        let file = match fs::read_to_string(FILE) {
            Ok(file) => file,
            Err(none) if none.kind() == io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(ConfigError::Unreadable(cause)),
        };
        self.resolve_over(&|variable| env::var_os(variable), &file)
    }

    /// As [`resolve`](Self::resolve), but makes nothing: `None` where there is no database url and the data
    /// folder holds no database.
    pub fn resolve_existing(self) -> Result<Option<Settings>, ConfigError> {
        let variable = |name: &str| env::var_os(name);
        let file = fs::read_to_string(FILE).unwrap_or_default();
        let table = read(&file)?;
        let below = Below { variable: &variable, file: &table };
        let url = self.database_url.is_some() || below.or(None, &DATABASE_URL)?.is_some();
        let folder = below.or(self.data_dir.clone(), &DATA_DIR)?.unwrap_or_else(|| DEFAULT_DATA_DIR.into());
        if !url && !folder.join("postgres").exists() {
            return Ok(None);
        }
        self.resolve().map(Some)
    }

    /// By the flags alone, whatever the environment and the file say: for a server that is made to be thrown
    /// away again.
    pub fn resolve_alone(self) -> Result<Settings, ConfigError> {
        self.resolve_over(&|_| None, "")
    }

    fn resolve_over(self, variable: Variables<'_>, file: &str) -> Result<Settings, ConfigError> {
        let file = read(file)?;
        let below = Below { variable, file: &file };
        let url =
            self.database_url.as_deref().map(|url| DATABASE_URL.read(url, DATABASE_URL.flag)).transpose()?;
        let log = self.log.as_deref().map(|log| LOG.read(log, LOG.flag)).transpose()?;

        let listen = below.or(self.listen, &LISTEN)?.unwrap_or(DEFAULT_LISTEN);
        let database_url = below.or(url, &DATABASE_URL)?;
        let data_dir = below.or(self.data_dir, &DATA_DIR)?.unwrap_or_else(|| DEFAULT_DATA_DIR.into());
        let objects = self
            .object_store
            .as_deref()
            .map(|text| OBJECT_STORE.read(text, OBJECT_STORE.flag))
            .transpose()?;
        let objects = below.or(objects, &OBJECT_STORE)?;
        let object_store = objects.unwrap_or_else(|| ObjectStore::Folder(data_dir.join("objects")));
        let log = below.or(log, &LOG)?.unwrap_or_else(|| DEFAULT_LOG.into());
        let log_format = below.or(None, &LOG_FORMAT)?.unwrap_or(LogFormat::Text);
        let rate_limit = below.or(self.rate_limit, &RATE_LIMIT)?.unwrap_or(Switch::On);
        let order_engine = below.or(self.order_engine, &ORDER_ENGINE)?.unwrap_or(OrderEngine::Batch);
        let domain =
            self.base_domain.as_deref().map(|text| BASE_DOMAIN.read(text, BASE_DOMAIN.flag)).transpose()?;
        let base_domain = below.or(domain, &BASE_DOMAIN)?;
        let origins = self.origins.as_deref().map(|text| ORIGINS.read(text, ORIGINS.flag)).transpose()?;
        let origins = below.or(origins, &ORIGINS)?.unwrap_or_default();
        let trusted_proxies = below.or(self.trusted_proxies, &TRUSTED_PROXIES)?.unwrap_or(0);
        // Last: nothing is made for settings that will not do.
        let master_key = below.master_key(database_url.is_some(), &data_dir)?;
        Ok(Settings {
            listen,
            database_url,
            data_dir,
            object_store,
            master_key,
            log,
            log_format,
            rate_limit,
            order_engine,
            base_domain,
            origins,
            trusted_proxies,
        })
    }
}

impl<T> Setting<T> {
    fn read(&self, text: &str, given_as: &str) -> Result<T, ConfigError> {
        let refused = || ConfigError::Invalid { given_as: given_as.to_owned(), expected: self.expected };
        (self.parse)(text).ok_or_else(refused)
    }
}

type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The layers below the flags.
struct Below<'a> {
    variable: Variables<'a>,
    file: &'a toml::Table,
}

impl Below<'_> {
    /// The flag, or else what the first layer below it says.
    fn or<T>(&self, flag: Option<T>, setting: &Setting<T>) -> Result<Option<T>, ConfigError> {
        if flag.is_some() {
            return Ok(flag);
        }
        if let Some(text) = self.variable(setting.variable, setting.expected)? {
            return setting.read(&text, setting.variable).map(Some);
        }
        let given_as = || format!("`{}` in cardamom.toml", setting.key);
        match self.file.get(setting.key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => setting.read(text, &given_as()).map(Some),
            Some(toml::Value::Integer(number)) => setting.read(&number.to_string(), &given_as()).map(Some),
            Some(toml::Value::Boolean(on)) => setting.read(&on.to_string(), &given_as()).map(Some),
            Some(_) => Err(ConfigError::Invalid { given_as: given_as(), expected: setting.expected }),
        }
    }

    fn master_key(&self, database_is_given: bool, data_dir: &Path) -> Result<MasterKey, ConfigError> {
        if let Some(text) = self.variable(MASTER_KEY.variable, MASTER_KEY.expected)? {
            MASTER_KEY.read(&text, MASTER_KEY.variable)
        } else if database_is_given {
            Err(ConfigError::MasterKeyNotGiven)
        } else {
            Ok(MasterKey::kept_in(data_dir)?)
        }
    }

    /// A variable's text. An empty one counts as not set, as in `DATABASE_URL= cardamom serve`.
    fn variable(&self, name: &str, expected: &'static str) -> Result<Option<Zeroizing<String>>, ConfigError> {
        let Some(text) = (self.variable)(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        match text.into_string() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(_) => Err(ConfigError::Invalid { given_as: name.to_owned(), expected }),
        }
    }
}

fn read(file: &str) -> Result<toml::Table, ConfigError> {
    let table: toml::Table = file.parse().map_err(|broken: toml::de::Error| {
        let before = broken.span().and_then(|span| file.get(..span.start)).unwrap_or_default();
        // The message alone: the whole error quotes the line, which may hold a password.
        ConfigError::Toml {
            line: before.matches('\n').count() + 1,
            reason: broken.message().replace('\n', ", "),
        }
    })?;
    match table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        Some(unknown) => Err(ConfigError::UnknownKey(unknown.clone())),
        None => Ok(table),
    }
}
