//! A home, as far as its keeper needs it: where its parts are, what it is told, and whether records are of its secret key.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use clinic::Keys;

/// The folder that `cargo xtask home` has written.
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// The home in a folder.
    pub fn at(folder: &Path) -> Result<Self> {
        // Without a slash at its end, for it goes into texts.
        let folder: PathBuf = std::path::absolute(folder)?.components().collect();
        ensure!(folder.join("data").is_dir(), "{} is no home: it has no folder `data`.", folder.display());
        Ok(Self { folder })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the runtime keeps the records.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What its file says. It is only ever read here.
    pub fn told(&self) -> Result<Told> {
        let file = self.folder.join("wardkey.env");
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read: run this as root", file.display()))?;
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let values = lines.filter_map(|line| line.split_once('='));
        Ok(Told(values.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }

    /// The public key with which its logs are signed: the same for a backup and its home, or nothing in it could be read.
    pub fn log_key(&self) -> Result<String> {
        let told = self.told()?;
        let bytes = STANDARD.decode(told.value("SECRET_KEY").trim()).ok();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes
            .with_context(|| format!("{} has no SECRET_KEY", self.folder.join("wardkey.env").display()))?;
        let key = Keys::derive(&bytes).log_key().context("this SECRET_KEY signs nothing")?;
        Ok(key.to_string())
    }
}

/// What `wardkey.env` says.
pub struct Told(BTreeMap<String, String>);

impl Told {
    /// The value of a name, which is empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }
}
