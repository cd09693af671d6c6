//! Each thing is broken once, in a machine and in a home that are made up.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{Finding, System, Verdict, folder, machine};
use crate::home::{First, Kept};

/// Whatever is asked of it, it answers so.
fn answering(reply: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = reply.split("\r\n\r\n").nth(1).unwrap_or_default().len();
            let _ = stream.write_all(reply.replace("{}", &length.to_string()).as_bytes());
        }
    });
    port
}

const WELL: &str = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nwell";
const ILL: &str = "HTTP/1.1 500 No\r\nContent-Length: {}\r\n\r\nill";

/// A system in a folder, with programs that say what they are told to.
struct Double {
    folder: TempDir,
}

impl Double {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("bin")).unwrap();
        fs::create_dir_all(folder.path().join("etc")).unwrap();
        Self { folder }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.at("bin").join(name);
        // Renamed into its place: one that is open for writing can't be started.
        let unfinished = self.at("unfinished");
        fs::write(&unfinished, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(unfinished, path).unwrap();
    }

    fn forget(&self, program: &str) {
        fs::remove_file(self.at("bin").join(program)).unwrap();
    }

    fn system(&self) -> System {
        System { path: self.at("bin").into_os_string(), root: self.folder.path().to_owned() }
    }
}

/// What is wrong, each with the sentence that says what to do.
fn wrong(findings: &[Finding]) -> Vec<(&'static str, &str)> {
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad);
    bad.map(|finding| (finding.what, finding.said.as_str())).collect()
}

/// That this alone is wrong, and is told with these words.
#[track_caller]
fn only(findings: &[Finding], what: &str, words: &str) {
    let wrong = wrong(findings);
    let [(one, said)] = &wrong[..] else { panic!("{what}: {wrong:#?}") };
    assert!(*one == what && said.contains(words), "{what}, {words}: {wrong:#?}");
}

fn machine() -> Double {
    let double = Double::new();
    let sysroot = double.at("rust");
    fs::create_dir_all(sysroot.join("lib/rustlib/wasm32-unknown-unknown")).unwrap();
    let file: toml::Table =
        fs::read_to_string(crate::root().join("rust-toolchain.toml")).unwrap().parse().unwrap();
    let channel = file["toolchain"]["channel"].as_str().unwrap();
    rustc(&double, channel);
    for (name, script) in [
        ("cc", "true"),
        ("node", "echo v22.1.0"),
        ("npm", "true"),
        ("chromium", "echo Chromium 142.0.1 built on Debian"),
        ("chromedriver", "echo ChromeDriver 142.0.1"),
    ] {
        double.program(name, script);
    }
    double
}

fn rustc(double: &Double, version: &str) {
    let sysroot = double.at("rust").display().to_string();
    let script = format!("[ $1 = --print ] && echo {sysroot} || echo 'rustc {version} (abc 2026-01-01)'");
    double.program("rustc", &script);
}

#[test]
fn each_trouble_of_a_machine_is_told_with_what_to_do() {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    assert_eq!(wrong(&machine::look(&machine().system(), free())), []);
    assert_eq!(wrong(&machine::look(&machine().system(), answering(WELL))), []);
    type Break = fn(&Double);
    let breaks: [(&str, &str, Break); 9] = [
        ("Rust", "it is rustc 1.0.0 (abc 2026-01-01), and ", |double| rustc(double, "1.0.0")),
        ("WebAssembly", "rustup target add wasm32-unknown-unknown", |double| {
            fs::remove_dir_all(double.at("rust")).unwrap();
        }),
        ("C compiler", "install build-essential", |double| double.forget("cc")),
        ("Node.js", "install Node.js 20 or newer", |double| double.forget("node")),
        ("Node.js", "it is 18: install 20 or newer", |double| double.program("node", "echo v18.20.0")),
        ("npm", "install it beside Node.js", |double| double.forget("npm")),
        ("Chromium", "bring both to one version", |double| {
            double.program("chromedriver", "echo ChromeDriver 141.9.9");
        }),
        ("port", "cargo xtask run --port", |_| {}),
        ("port", "something else listens", |_| {}),
    ];
    for (what, words, act) in breaks {
        let double = machine();
        act(&double);
        let port = if what == "port" { answering(ILL) } else { free() };
        only(&machine::look(&double.system(), port), what, words);
    }
    let double = machine();
    double.forget("rustc");
    let told = machine::look(&double.system(), free());
    assert_eq!(wrong(&told)[0], ("Rust", "rustc does not run: install rustup, then open a new terminal."));
}

/// A home that nothing is wrong with.
fn home() -> (Double, PathBuf) {
    let double = Double::new();
    let home = double.at("home");
    fs::create_dir(&home).unwrap();
    let first = First {
        address: Some("https://wardkey.example".into()),
        mail_api_key: Some("key".into()),
        port: Some(answering(WELL)),
        ..First::default()
    };
    Kept::of(&home, &first).map(drop).unwrap();
    for version in ["versions/2", "versions/1"] {
        let version = home.join(version);
        fs::create_dir_all(version.join("worker")).unwrap();
        fs::create_dir_all(version.join("site")).unwrap();
        for part in ["workerd", "workerd.capnp", "worker/index.js", "site/index.html", "wardkey"] {
            fs::write(version.join(part), "").unwrap();
        }
        fs::write(version.join("wardkey.service"), "[Service]\nUser=wardkey\n").unwrap();
    }
    symlink("versions/2", home.join("current")).unwrap();
    symlink("versions/1", home.join("former")).unwrap();
    fs::create_dir_all(home.join("data/clinics")).unwrap();
    fs::set_permissions(home.join("data"), fs::Permissions::from_mode(0o700)).unwrap();
    user(&double, rustix::process::getuid().as_raw());
    fs::create_dir(home.join("tls")).unwrap();
    certify(&home, "wardkey.example", 60);
    let openssl = crate::tools::on_path("openssl").unwrap();
    symlink(openssl, double.at("bin/openssl")).unwrap();
    double.program("timedatectl", "echo yes");
    let last = double.at("backups/2026-11-22");
    fs::create_dir_all(&last).unwrap();
    fs::write(last.join("backup.json"), "{}").unwrap();
    (double, home)
}

fn user(double: &Double, id: u32) {
    let text = format!("root:x:0:0::/root:/bin/sh\nwardkey:x:{id}:99::/nonexistent:/usr/sbin/nologin\n");
    fs::write(double.at("etc/passwd"), text).unwrap();
}

fn certify(home: &Path, host: &str, days: u32) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days"]);
    openssl
        .args([&days.to_string(), "-subj", "/CN=wardkey", "-addext"])
        .arg(format!("subjectAltName=DNS:{host}"));
    openssl.arg("-out").arg(home.join("tls/certificate.pem")).arg("-keyout").arg(home.join("tls/key.pem"));
    assert!(openssl.output().unwrap().status.success());
}

/// Signs the certificate anew, so that it ends at once.
fn end_certificate(home: &Path) {
    let [certificate, key] = ["tls/certificate.pem", "tls/key.pem"].map(|file| home.join(file));
    let mut openssl = Command::new("openssl");
    openssl.args(["x509", "-days", "0", "-in"]).arg(&certificate).arg("-signkey").arg(key);
    let output = openssl.output().unwrap();
    assert!(output.status.success());
    fs::write(certificate, output.stdout).unwrap();
    thread::sleep(Duration::from_secs(1));
}

fn set(home: &Path, name: &str, value: &str) {
    let file = home.join("wardkey.env");
    let text = fs::read_to_string(&file).unwrap();
    let lines = text.lines().map(|line| match line.split_once('=') {
        Some((one, _)) if one == name => format!("{name}={value}\n"),
        _ => format!("{line}\n"),
    });
    fs::write(file, lines.collect::<String>()).unwrap();
}

#[test]
fn each_trouble_of_a_home_is_told_with_what_to_do() {
    let (double, home_folder) = home();
    assert_eq!(wrong(&folder::look(&double.system(), &home_folder, &double.at("backups"))), []);
    type Break = fn(&Double, &Path);
    let mode = |path: PathBuf, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let breaks: [(&str, &str, Break); 18] = [
        ("key of the mail service", "MAIL_API_KEY is empty", |_, home| set(home, "MAIL_API_KEY", "")),
        ("versions", "the link current is missing", |_, home| fs::remove_file(home.join("current")).unwrap()),
        ("versions", "current has no workerd.capnp", |_, home| {
            fs::remove_file(home.join("versions/2/workerd.capnp")).unwrap();
        }),
        ("versions", "former leads to 1, which is not whole", |_, home| {
            fs::remove_dir_all(home.join("versions/1")).unwrap();
        }),
        ("data", "chmod 700", |_, home| {
            fs::set_permissions(home.join("data"), fs::Permissions::from_mode(0o755)).unwrap();
        }),
        ("data", "install -d -m 700", |_, home| fs::remove_dir_all(home.join("data")).unwrap()),
        ("data", "useradd --system", |double, _| fs::write(double.at("etc/passwd"), "").unwrap()),
        ("data", "chown -R wardkey:", |double, _| user(double, rustix::process::getuid().as_raw() + 7)),
        ("certificate", "can't be read: link both", |_, home| {
            fs::remove_file(home.join("tls/key.pem")).unwrap();
        }),
        ("certificate", "ends in 4 days", |_, home| certify(home, "wardkey.example", 5)),
        ("certificate", "has ended: renew it now", |_, home| end_certificate(home)),
        ("certificate", "is not for wardkey.example", |_, home| certify(home, "other.example", 60)),
        ("certificate", "is not the key of", |_, home| {
            let key = fs::read(home.join("tls/key.pem")).unwrap();
            certify(home, "wardkey.example", 60);
            fs::write(home.join("tls/key.pem"), key).unwrap();
        }),
        ("clock", "timedatectl set-ntp true", |double, _| double.program("timedatectl", "echo no")),
        ("service", "it answers 500", |_, home| set(home, "WARDKEY_PORT", &answering(ILL).to_string())),
        ("service", "systemctl start wardkey", |_, home| set(home, "WARDKEY_PORT", "9")),
        ("last backup", "there is none in", |double, _| fs::remove_dir_all(double.at("backups")).unwrap()),
        ("last backup", "it is 37 hours old", |double, _| {
            let file = fs::File::open(double.at("backups/2026-11-22/backup.json")).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(37 * 3_600 + 60)).unwrap();
        }),
    ];
    for (what, words, act) in breaks {
        let (double, home) = home();
        act(&double, &home);
        only(&folder::look(&double.system(), &home, &double.at("backups")), what, words);
    }

    // Where the file can't be believed, nothing is said of what stands in it.
    let (double, home_folder) = home();
    let file = home_folder.join("wardkey.env");
    let look = || folder::look(&double.system(), &home_folder, &double.at("backups"));
    mode(file.clone(), 0o644);
    only(&look(), "wardkey.env", "chmod 600");
    mode(file.clone(), 0o600);
    set(&home_folder, "SECRET_KEY", "cGFzc3dvcmQ=");
    only(&look(), "wardkey.env", "SECRET_KEY is weak");
    assert!(!look().iter().any(|finding| finding.said.contains("cGFzc3dvcmQ=")), "a secret is told");
    set(&home_folder, "PUBLIC_ORIGIN", "http://wardkey.example");
    only(&look(), "wardkey.env", "https://");
    fs::remove_file(file).unwrap();
    only(&look(), "wardkey.env", "is not there");

    // What can't be seen is no fault.
    let (double, home) = self::home();
    double.program("timedatectl", "exit 1");
    double.forget("openssl");
    let told = folder::look(&double.system(), &home, &double.at("backups"));
    assert_eq!(wrong(&told), []);
    assert_eq!(told.iter().filter(|finding| finding.verdict == Verdict::Unseen).count(), 2);
}

#[test]
fn a_disk_without_room_is_told() {
    let here = Path::new("/");
    assert_eq!(super::room("room", here, 0.0).verdict, Verdict::Good);
    let full = super::room("room", here, 1e12);
    assert!(full.verdict == Verdict::Bad && full.said.contains("make room for at least"), "{full:?}");
}
