//! A home in a folder, with versions of a few bytes.

use std::os::unix::fs::MetadataExt;

use serde_json::json;
use tempfile::TempDir;

use super::*;

const TOLD: &str = "# A note\nPUBLIC_ORIGIN=https://wardkey.example.org\nWARDKEY_PORT=8787\nMAIL_API_URL=https://api.resend.com\nSECRET_KEY=secret\n";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let place = Self { folder };
        fs::create_dir_all(place.at("home/data/wardkey-clinics-v1")).unwrap();
        fs::create_dir(place.at("home/versions")).unwrap();
        place.write("home/wardkey.env", TOLD, 0o600);
        place.write("home/data/wardkey-clinics-v1/one.sqlite", "records", 0o600);
        fs::set_permissions(place.at("home/data"), fs::Permissions::from_mode(0o700)).unwrap();
        place
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn home(&self) -> Home {
        Home::at(&self.at("home/")).unwrap()
    }

    fn write(&self, path: &str, text: &str, mode: u32) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
        fs::set_permissions(self.at(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A version as somebody builds it whose umask lets nobody else read.
    fn version(&self, name: &str) -> PathBuf {
        let file = |file: &str| format!("{name}/{file}");
        self.write(&file("workerd"), name, 0o700);
        self.write(&file("site/index.html"), "<title>", 0o600);
        self.write(&file("unfilled/wardkey.service"), "{folder} {origin} {version}", 0o600);
        self.write(&file("unfilled/nginx.conf"), "{redirect}server { {host}:{public_port} {port} }", 0o600);
        self.write(&file("unfilled/redirect.conf"), "to {host} ", 0o600);
        self.write(&file("unfilled/workerd.capnp"), "{reach}{trusted} {\"a\":1}", 0o600);
        self.listed(name);
        fs::set_permissions(self.at(name), fs::Permissions::from_mode(0o700)).unwrap();
        self.at(name)
    }

    fn listed(&self, name: &str) {
        let _ = fs::remove_file(self.at(name).join(LIST));
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(self.at(name)).into_iter().map(Result::unwrap) {
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(self.at(name)).unwrap().to_owned();
                files.insert(path, back_up::digest(entry.path()).unwrap());
            }
        }
        self.write(&format!("{name}/{LIST}"), &json!({ "name": name, "files": files }).to_string(), 0o600);
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    fn link(&self, name: &str) -> Option<PathBuf> {
        fs::read_link(self.at("home").join(name)).ok()
    }

    fn refused(&self, version: &Path) -> String {
        format!("{:#}", take_in(&self.home(), version).unwrap_err())
    }

    /// Bytes, modes, owners and moments of what an upgrade has nothing to do with.
    fn kept(&self) -> Vec<(PathBuf, u32, u32, i64, Vec<u8>)> {
        let kept = ["home/wardkey.env", "home/data"].map(|path| self.at(path));
        let entries = kept.iter().flat_map(|path| WalkDir::new(path).sort_by_file_name()).map(Result::unwrap);
        let seen = entries.map(|entry| {
            let it = entry.metadata().unwrap();
            let bytes = if it.is_file() { fs::read(entry.path()).unwrap() } else { Vec::new() };
            (entry.into_path(), it.mode(), it.uid(), it.mtime_nsec(), bytes)
        });
        seen.collect()
    }
}

#[test]
fn a_version_is_taken_in_filled_with_what_this_home_is_told() {
    let place = Place::new();
    take_in(&place.home(), &place.version("1.0")).unwrap();
    assert_eq!(place.link("current"), Some("versions/1.0".into()));
    assert_eq!(place.link("former"), None);
    let home = place.home().folder().display().to_string();
    assert_eq!(place.text("home/current/wardkey.service"), format!("{home} https://wardkey.example.org 1.0"));
    assert_eq!(
        place.text("home/current/nginx.conf"),
        "to wardkey.example.org server { wardkey.example.org:443 8787 }"
    );
    assert_eq!(place.text("home/current/workerd.capnp"), r#""public" {"a":1}"#);
    assert!(!place.at("home/current/redirect.conf").exists());
}

#[test]
fn others_can_read_what_is_taken_in_whatever_the_umask_was() {
    let place = Place::new();
    take_in(&place.home(), &place.version("1.0")).unwrap();
    for entry in WalkDir::new(place.at("home/versions")).into_iter().map(Result::unwrap) {
        let mode = entry.metadata().unwrap().mode() & 0o777;
        let runs = entry.file_type().is_dir() || entry.file_name() == "workerd";
        assert_eq!(mode, if runs { 0o755 } else { 0o644 }, "{}", entry.path().display());
    }
}

#[test]
fn secrets_and_records_are_left_alone() {
    let place = Place::new();
    let before = place.kept();
    for name in ["1.0", "1.1", "1.2"] {
        take_in(&place.home(), &place.version(name)).unwrap();
    }
    assert_eq!(place.kept(), before);
    assert_eq!(before.len(), 4);
}

#[test]
fn the_version_before_stays_and_those_before_it_go() {
    let place = Place::new();
    for name in ["1.0", "1.1", "1.2"] {
        take_in(&place.home(), &place.version(name)).unwrap();
    }
    let links = ["current", "former"].map(|name| place.link(name));
    assert_eq!(links, [Some("versions/1.2".into()), Some("versions/1.1".into())]);
    let mut left: Vec<_> =
        fs::read_dir(place.at("home/versions")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["1.1", "1.2"]);
}

#[test]
fn the_current_version_takes_up_what_the_home_is_told_by_now() {
    let place = Place::new();
    take_in(&place.home(), &place.version("1.0")).unwrap();
    take_in(&place.home(), &place.version("1.1")).unwrap();
    place.write("home/wardkey.env", &TOLD.replace("example.org", "example.org:8443"), 0o600);
    take_in(&place.home(), &place.at("home/current")).unwrap();
    assert_eq!(place.text("home/current/nginx.conf"), "server { wardkey.example.org:8443 8787 }");
    let links = ["current", "former"].map(|name| place.link(name));
    assert_eq!(links, [Some("versions/1.1".into()), Some("versions/1.0".into())]);
}

#[test]
fn a_damaged_version_is_made_whole_by_taking_it_in_once_more() {
    let place = Place::new();
    let version = place.version("1.0");
    take_in(&place.home(), &version).unwrap();
    place.write("home/versions/1.0/workerd", "cut off", 0o644);
    let refused = place.refused(&place.at("home/current"));
    assert!(refused.contains("workerd is not as it was written"), "{refused}");
    take_in(&place.home(), &version).unwrap();
    assert_eq!(place.text("home/current/workerd"), "1.0");
}

#[test]
fn what_is_no_whole_version_is_refused_and_changes_nothing() {
    let place = Place::new();
    take_in(&place.home(), &place.version("1.0")).unwrap();
    let none = place.at("home/data");
    let refused = place.refused(&none);
    assert!(
        refused.starts_with(&format!("{} is no version: it has no version.json.", none.display())),
        "{refused}"
    );

    let cut_off = place.version("1.1");
    place.write("1.1/workerd", "1.", 0o700);
    assert!(place.refused(&cut_off).contains("workerd is not as it was written"));
    fs::remove_file(cut_off.join("workerd")).unwrap();
    assert!(place.refused(&cut_off).contains("workerd can't be copied"));

    let newer = place.version("1.2");
    place.write("1.2/unfilled/nginx.conf", "{hole_of_later}", 0o600);
    place.listed("1.2");
    let refused = place.refused(&newer);
    assert!(refused.contains("nginx.conf asks for {hole_of_later}"), "{refused}");

    place.write("home/wardkey.env", &TOLD.replace("https://w", "http://w"), 0o600);
    for version in [place.version("1.4"), place.at("home/current")] {
        let refused = place.refused(&version);
        assert!(refused.starts_with("in ") && refused.contains("PUBLIC_ORIGIN is not"), "{refused}");
    }

    let outside = place.version("1.3");
    for (from, to) in [("\"workerd\"", "\"../workerd\""), ("\"name\":\"1.3\"", "\"name\":\"../data\"")] {
        place.listed("1.3");
        let list = place.text("1.3/version.json");
        place.write("1.3/version.json", &list.replace(from, to), 0o600);
        let refused = place.refused(&outside);
        assert!(refused.contains("leads out of the version"), "{refused}");
    }

    assert_eq!(place.link("current"), Some("versions/1.0".into()));
    assert_eq!(place.link("former"), None);
    assert_eq!(fs::read_dir(place.at("home/versions")).unwrap().count(), 1, "something is left over");
}

#[test]
fn the_way_back_asks_the_version_before() {
    let place = Place::new();
    take_in(&place.home(), &place.version("1.0")).unwrap();
    assert_eq!(roll_back(&place.home()).unwrap_err().to_string(), "There is no version before.");
    take_in(&place.home(), &place.version("1.1")).unwrap();
    symlink("/bin/false", place.at("home/versions/1.0/wardkey")).unwrap();
    assert!(roll_back(&place.home()).is_err());
    assert_eq!(place.link("current"), Some("versions/1.1".into()));
    fs::remove_file(place.at("home/versions/1.0/wardkey")).unwrap();
    symlink("/bin/true", place.at("home/versions/1.0/wardkey")).unwrap();
    roll_back(&place.home()).unwrap();
    let links = ["current", "former"].map(|name| place.link(name));
    assert_eq!(links, [Some("versions/1.0".into()), Some("versions/1.1".into())]);
}
