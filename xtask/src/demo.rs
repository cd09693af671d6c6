//! Two demo clinics, so that Wardkey can be tried at once: founded through the operator's API, like any clinic.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wire::{
    Language, Role,
    operator::{
        ComputerSecret, NewClinic, NewComputer, NewUser, OpenClinic, OpenedClinic, ProfileSecret, UserSecret,
    },
    support::{MadeOperator, MakeOperator, NewOperator},
};

use crate::{operator::Operator, settings::Settings};

/// What `demo.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// Where Wardkey is.
    pub url: String,
    /// Where the built-in mailbox is.
    pub mailbox_url: String,
    /// The clinics with the secrets of their access forms.
    pub clinics: Vec<DemoClinic>,
    /// The operator of the support desk.
    pub support: MadeOperator,
}

/// A demo clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoClinic {
    /// The clinic's name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Step 1.
    pub computers: Vec<ComputerSecret>,
    /// Step 2.
    pub profiles: Vec<ProfileSecret>,
    /// Step 3.
    pub users: Vec<UserSecret>,
}

impl From<OpenedClinic> for DemoClinic {
    fn from(OpenedClinic { name, code, computers, profiles, users }: OpenedClinic) -> Self {
        Self { name, code, computers, profiles, users }
    }
}

/// The demo of a state folder: the one that is there, or a new one.
pub fn seed(state: &Path, address: SocketAddr, settings: &Settings) -> Result<Demo> {
    let (clinics, support) = match kept(state, settings) {
        Some(demo) => (demo.clinics, demo.support),
        None => {
            let open = |clinic| open(address, settings, clinic).map(DemoClinic::from);
            (clinics().iter().map(open).collect::<Result<Vec<_>>>()?, make_operator(address, settings)?)
        }
    };
    let url = settings.public_origin.clone();
    let demo = Demo { mailbox_url: format!("{url}/dev/mailbox"), url, clinics, support };
    fs::write(file(state), serde_json::to_string_pretty(&demo)? + "\n")?;
    fs::write(state.join("demo.key"), fingerprint(settings))?;
    Ok(demo)
}

/// Opens a clinic, as whoever has the secret key.
pub fn open(address: SocketAddr, settings: &Settings, clinic: &NewClinic) -> Result<OpenedClinic> {
    Operator::new(&format!("http://{address}"), &settings.secret_key_bytes()?)?
        .call::<OpenClinic>(clinic)
        .with_context(|| format!("The clinic \"{}\" could not be opened", clinic.name))
}

/// Makes the operator of the support desk.
fn make_operator(address: SocketAddr, settings: &Settings) -> Result<MadeOperator> {
    Operator::new(&format!("http://{address}"), &settings.secret_key_bytes()?)?
        .call::<MakeOperator>(&NewOperator { name: "Sam Taylor".to_owned(), login: "support".to_owned() })
        .context("The operator of the support desk could not be made")
}

/// A person of a clinic to be opened.
pub fn person(
    role: Role,
    names: (&str, &str, Option<&str>),
    position: &str,
    login: &str,
    email: &str,
) -> NewUser {
    let (last_name, first_name, middle_name) = names;
    NewUser {
        role,
        last_name: last_name.to_owned(),
        first_name: first_name.to_owned(),
        middle_name: middle_name.map(str::to_owned),
        position: position.to_owned(),
        email: email.to_owned(),
        login: login.to_owned(),
    }
}

fn file(state: &Path) -> PathBuf {
    state.join("demo.json")
}

/// The demo that was made earlier, if its clinics can still be there and its secrets still be right.
fn kept(state: &Path, settings: &Settings) -> Option<Demo> {
    let demo: Demo = serde_json::from_str(&fs::read_to_string(file(state)).ok()?).ok()?;
    let same_key = fs::read_to_string(state.join("demo.key")).ok()? == fingerprint(settings);
    let objects = walkdir::WalkDir::new(state.join("data"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "sqlite"))
        .count();
    (same_key && objects > demo.clinics.len() && !demo.clinics.is_empty()).then_some(demo)
}

fn fingerprint(settings: &Settings) -> String {
    let text = format!("wardkey demo fingerprint {}", settings.secret_key);
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn clinics() -> [NewClinic; 2] {
    [harbour_street(), sadovaya()]
}

/// The English one.
pub fn harbour_street() -> NewClinic {
    use Role::{Employee, Manager, Owner, SystemAdministrator};
    NewClinic {
        name: "Harbour Street Clinic".to_owned(),
        language: Language::En,
        time_zone: "Europe/London".to_owned(),
        profiles: vec!["Main".to_owned(), "Dental".to_owned()],
        computers: vec![
            computer("Reception 1", "Main"),
            computer("Reception 2", "Main"),
            computer("Owner's phone", "Main"),
            computer("Dental room", "Dental"),
        ],
        users: vec![
            person(
                Owner,
                ("Whitfield", "Margaret", None),
                "Medical director",
                "whitfield",
                "margaret@harbour.example.org",
            ),
            person(
                Owner,
                ("Okafor", "Daniel", None),
                "Managing partner",
                "okafor",
                "daniel@harbour.example.org",
            ),
            person(Manager, ("Reid", "Fiona", None), "Practice manager", "reid", "fiona@harbour.example.org"),
            person(
                Employee,
                ("Hughes", "Anna", Some("Grace")),
                "Nurse",
                "hughes",
                "anna@harbour.example.org",
            ),
            person(Employee, ("Patel", "Ravi", None), "Receptionist", "patel", "ravi@harbour.example.org"),
            person(Employee, ("O'Connor", "Liam", None), "Dentist", "oconnor", "liam@harbour.example.org"),
            person(
                SystemAdministrator,
                ("Novak", "Petra", None),
                "IT support",
                "sys_harbour",
                "it@harbour.example.org",
            ),
        ],
    }
}

/// The Russian one.
fn sadovaya() -> NewClinic {
    use Role::{Employee, Manager, Owner, SystemAdministrator};
    NewClinic {
        name: "Клиника на Садовой".to_owned(),
        language: Language::Ru,
        time_zone: "Europe/Moscow".to_owned(),
        profiles: vec!["Основной".to_owned(), "Стоматология".to_owned()],
        computers: vec![
            computer("Регистратура 1", "Основной"),
            computer("Регистратура 2", "Основной"),
            computer("Телефон владельца", "Основной"),
            computer("Кабинет стоматолога", "Стоматология"),
        ],
        users: vec![
            person(
                Owner,
                ("Соколова", "Елена", Some("Викторовна")),
                "Главный врач",
                "sokolova",
                "elena@sadovaya.example.org",
            ),
            person(
                Manager,
                ("Морозов", "Павел", Some("Андреевич")),
                "Управляющий",
                "morozov",
                "pavel@sadovaya.example.org",
            ),
            person(
                Employee,
                ("Иванова", "Мария", Some("Сергеевна")),
                "Медсестра",
                "ivanova",
                "maria@sadovaya.example.org",
            ),
            person(
                Employee,
                ("Кузнецов", "Дмитрий", Some("Олегович")),
                "Стоматолог",
                "kuznetsov",
                "dmitry@sadovaya.example.org",
            ),
            person(
                Employee,
                ("Лебедева", "Ольга", Some("Игоревна")),
                "Администратор",
                "lebedeva",
                "olga@sadovaya.example.org",
            ),
            person(
                SystemAdministrator,
                ("Орлов", "Кирилл", None),
                "Системный администратор",
                "sys_sadovaya",
                "it@sadovaya.example.org",
            ),
        ],
    }
}

fn computer(label: &str, profile: &str) -> NewComputer {
    NewComputer { label: label.to_owned(), profile: profile.to_owned() }
}
