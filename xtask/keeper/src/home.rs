//! A home, as far as its keeper needs it: where its records are, and whether they are of its secret key.

use std::{
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
        let folder = std::path::absolute(folder)?;
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

    /// The public key with which its logs are signed: the same for a backup and its home, or nothing in it could be read.
    pub fn log_key(&self) -> Result<String> {
        let file = self.folder.join("wardkey.env");
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read: run this as root", file.display()))?;
        let key = text.lines().find_map(|line| line.strip_prefix("SECRET_KEY=")).unwrap_or_default();
        let bytes = STANDARD.decode(key.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.with_context(|| format!("{} has no SECRET_KEY", file.display()))?;
        let key = Keys::derive(&bytes).log_key().context("this SECRET_KEY signs nothing")?;
        Ok(key.to_string())
    }
}
