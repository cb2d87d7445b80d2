use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use super::{LogFormat, OrderEngine, Settings, SettingsArgs, Switch};

/// 32 zero bytes.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

struct Temp(PathBuf);

impl Temp {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("cardamom-config-{}-{number}", std::process::id())))
    }

    fn resolve(&self) -> Result<Settings, String> {
        resolve(SettingsArgs { data_dir: Some(self.0.clone()), ..SettingsArgs::default() }, &[], "")
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn resolve(flags: SettingsArgs, variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
    let look_up =
        |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| OsString::from(value));
    flags.resolve_over(&look_up, file).map_err(|refused| refused.to_string())
}

fn with_key<'a>(variables: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [variables, &[("CARDAMOM_MASTER_KEY", KEY)]].concat()
}

fn refusal(flags: SettingsArgs, variables: &[(&str, &str)], file: &str) -> String {
    resolve(flags, variables, file).err().expect("a refusal")
}

const EVERY_KEY: &str = "
    listen = '127.0.0.1:3'
    database_url = 'postgres://file'
    data_dir = '/file'
    log = 'error'
    log_format = 'text'
    rate_limit = 'on'
    order_engine = 'batch'
";

const EVERY_VARIABLE: [(&str, &str); 7] = [
    ("CARDAMOM_LISTEN", "127.0.0.1:2"),
    ("DATABASE_URL", "postgresql://environment"),
    ("CARDAMOM_DATA_DIR", "/environment"),
    ("CARDAMOM_LOG", "warn"),
    ("CARDAMOM_LOG_FORMAT", "json"),
    ("CARDAMOM_RATE_LIMIT", "off"),
    ("CARDAMOM_ORDER_ENGINE", "single"),
];

fn every_flag() -> SettingsArgs {
    SettingsArgs {
        base_domain: None,
        origins: None,
        trusted_proxies: None,
        listen: Some("127.0.0.1:1".parse().unwrap()),
        database_url: Some("postgres://flag".into()),
        data_dir: Some("/flag".into()),
        object_store: None,
        log: Some("debug".into()),
        rate_limit: Some(Switch::On),
        order_engine: Some(OrderEngine::Batch),
    }
}

fn seen(settings: &Settings) -> [String; 7] {
    [
        settings.listen.to_string(),
        settings.database_url.as_ref().map_or("none", |url| url.expose()).to_owned(),
        settings.data_dir.display().to_string(),
        settings.log.clone(),
        format!("{:?}", settings.log_format),
        format!("{:?}", settings.rate_limit),
        format!("{:?}", settings.order_engine),
    ]
}

#[test]
fn flags_win_over_the_environment_that_over_the_file_that_over_defaults() {
    let defaults = resolve(SettingsArgs::default(), &with_key(&[]), "").unwrap();
    assert_eq!(seen(&defaults), ["127.0.0.1:8080", "none", ".cardamom", "info", "Text", "On", "Batch"]);

    let file = resolve(SettingsArgs::default(), &with_key(&[]), EVERY_KEY).unwrap();
    assert_eq!(seen(&file), ["127.0.0.1:3", "postgres://file", "/file", "error", "Text", "On", "Batch"]);

    let environment = resolve(SettingsArgs::default(), &with_key(&EVERY_VARIABLE), EVERY_KEY).unwrap();
    let expected =
        ["127.0.0.1:2", "postgresql://environment", "/environment", "warn", "Json", "Off", "Single"];
    assert_eq!(seen(&environment), expected);

    let flags = resolve(every_flag(), &with_key(&EVERY_VARIABLE), EVERY_KEY).unwrap();
    assert_eq!(seen(&flags), ["127.0.0.1:1", "postgres://flag", "/flag", "debug", "Json", "On", "Batch"]);
}

#[test]
fn files_are_kept_in_the_data_folder_unless_something_else_is_said() {
    let kept = |flag: Option<&str>, variables: &[(&str, &str)], file: &str| {
        let flags = SettingsArgs { object_store: flag.map(Into::into), ..SettingsArgs::default() };
        resolve(flags, &with_key(variables), file).unwrap().object_store
    };
    let folder = |path: &str| super::ObjectStore::Folder(path.into());
    assert_eq!(kept(None, &[], ""), folder(".cardamom/objects"));
    assert_eq!(kept(None, &[("CARDAMOM_DATA_DIR", "/data")], ""), folder("/data/objects"));
    assert_eq!(kept(None, &[], "object_store = '/file'"), folder("/file"));
    let said = [("CARDAMOM_OBJECT_STORE", "/variable")];
    assert_eq!(kept(None, &said, "object_store = '/file'"), folder("/variable"));
    assert_eq!(kept(Some("/flag"), &said, ""), folder("/flag"));
    let bucket = |prefix: &str| super::ObjectStore::S3 { bucket: "files".into(), prefix: prefix.into() };
    assert_eq!(kept(Some("s3://files"), &said, ""), bucket(""));
    assert_eq!(kept(Some("s3://files/shop/one"), &said, ""), bucket("shop/one"));
    for nothing in ["s3://", "s3:///shop"] {
        let refused = refusal(SettingsArgs::default(), &with_key(&[("CARDAMOM_OBJECT_STORE", nothing)]), "");
        assert!(refused.starts_with("CARDAMOM_OBJECT_STORE must be the path of a folder"), "{refused}");
    }
}

#[test]
fn each_layer_fills_only_the_gaps_of_the_one_above() {
    let flags = SettingsArgs { log: Some("debug".into()), ..SettingsArgs::default() };
    let variables = with_key(&[("CARDAMOM_RATE_LIMIT", "off"), ("CARDAMOM_LISTEN", "")]);
    let settings = resolve(flags, &variables, "listen = '[::1]:9'\nrate_limit = true").unwrap();
    assert_eq!(seen(&settings), ["[::1]:9", "none", ".cardamom", "debug", "Text", "Off", "Batch"]);
    assert_eq!(settings.log_format, LogFormat::Text);
}

#[test]
fn an_unknown_key_in_the_file_is_refused_by_name() {
    let said = refusal(SettingsArgs::default(), &with_key(&[]), "lisen = '127.0.0.1:1'");
    assert!(said.contains("`lisen`") && said.contains("listen, database_url"), "{said}");
    // The master key is no business of a file that gets shared.
    assert!(refusal(SettingsArgs::default(), &[], "master_key = 'x'").contains("`master_key`"));
}

#[test]
fn a_bad_value_is_refused_by_its_name_and_never_repeated() {
    let cases = [
        ("CARDAMOM_LISTEN", "listen", "hunter2"),
        ("DATABASE_URL", "database_url", "mysql://root:hunter2@host"),
        ("CARDAMOM_LOG", "log", "hunter2=nonsense"),
        ("CARDAMOM_LOG_FORMAT", "log_format", "hunter2"),
        ("CARDAMOM_RATE_LIMIT", "rate_limit", "hunter2"),
        ("CARDAMOM_ORDER_ENGINE", "order_engine", "hunter2"),
    ];
    for (variable, key, value) in cases {
        let said = refusal(SettingsArgs::default(), &with_key(&[(variable, value)]), "");
        assert!(said.starts_with(&format!("{variable} must be ")) && !said.contains("hunter2"), "{said}");
        let said = refusal(SettingsArgs::default(), &with_key(&[]), &format!("{key} = '{value}'"));
        assert!(said.starts_with(&format!("`{key}` in cardamom.toml must be ")), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let broken = refusal(SettingsArgs::default(), &with_key(&[]), "log = 'x'\ndatabase_url = 'hunter2");
    assert!(broken.starts_with("cardamom.toml, line 2: ") && !broken.contains("hunter2"), "{broken}");
    let flag = SettingsArgs { database_url: Some("hunter2".into()), ..SettingsArgs::default() };
    assert!(refusal(flag, &with_key(&[]), "").starts_with("--database-url must be "));
}

#[test]
fn with_a_database_url_the_master_key_must_be_given() {
    let said = refusal(SettingsArgs::default(), &[("DATABASE_URL", "postgres://x")], "");
    assert!(said.contains("CARDAMOM_MASTER_KEY"), "{said}");
    for bad in ["hunter2", "AAAA", "!!!!"] {
        let said = refusal(SettingsArgs::default(), &[("CARDAMOM_MASTER_KEY", bad)], "");
        assert!(said.contains("32 bytes in base64") && !said.contains(bad), "{said}");
    }
}

#[test]
fn the_master_key_is_made_once_and_kept_from_others() {
    let temp = Temp::new();
    let first = temp.resolve().unwrap();
    let file = temp.0.join("master.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 1, "no draft is left behind");
    assert_ne!(first.master_key.expose(), &[0; 32]);
    assert_eq!(first.master_key.expose(), temp.resolve().unwrap().master_key.expose());

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(temp.resolve().err().unwrap().contains("can be read by others"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "short").unwrap();
    assert!(temp.resolve().err().unwrap().contains("does not hold a master key"));
}

#[test]
fn a_lost_master_key_is_never_replaced_by_a_new_one() {
    let temp = Temp::new();
    fs::create_dir_all(temp.0.join("postgres")).unwrap();
    let said = temp.resolve().err().unwrap();
    assert!(said.contains("put the file back"), "{said}");
    assert!(!temp.0.join("master.key").exists());
}

#[test]
fn many_who_start_at_once_agree_on_one_key() {
    let temp = Temp::new();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> =
            (0..8).map(|_| scope.spawn(|| temp.resolve().map(|made| *made.master_key.expose()))).collect();
        all.into_iter().map(|one| one.join().unwrap().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn flags_are_read_from_the_command_line_and_help_shows_no_secret() {
    use clap::{Args, Command, FromArgMatches};
    let command = || SettingsArgs::augment_args(Command::new("cardamom"));
    command().debug_assert();

    let given =
        ["cardamom", "--listen", "[::1]:9", "--rate-limit", "off", "--data-dir", "/x", "--log", "warn"];
    let flags = SettingsArgs::from_arg_matches(&command().get_matches_from(given)).unwrap();
    let settings = resolve(flags, &with_key(&[]), "").unwrap();
    assert_eq!(seen(&settings), ["[::1]:9", "none", "/x", "warn", "Text", "Off", "Batch"]);

    let wrong = command().try_get_matches_from(["cardamom", "--listen", "here"]).unwrap_err();
    assert_eq!(wrong.exit_code(), 2);
    let help = command().render_long_help().to_string();
    assert!(help.contains("[env: DATABASE_URL]"), "{help}");
}
