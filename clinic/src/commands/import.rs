//! A list of people, looked at line by line, then added whole or not at all.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use wire::{
    Problem, ProblemCode, Role,
    fields::ClinicCode,
    ids::AccountId,
    people::{
        IMPORT_PEOPLE_MAX, ImportLine, ImportPerson, ImportReport, Imported, PersonFields, RefusedLine,
    },
};

use super::{
    Command,
    people::{self, Person, Taken},
};
use crate::{
    call::{Call, CommandError},
    keys::{Keys, NONCE_BYTES},
    records::{imports, sql::SqlError},
    rules::{people_list, roles::Need},
};

fn seal_context(clinic: &ClinicCode) -> String {
    format!("first password in {}", clinic.as_str())
}

/// Seals the hash of a first password, so that it can wait in the browser for its import and be used in this clinic alone.
pub fn seal_hash(keys: &Keys, clinic: &ClinicCode, nonce: [u8; NONCE_BYTES], hash: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(keys.seal(nonce, &seal_context(clinic), hash.as_bytes()))
}

fn open_hash(keys: &Keys, clinic: &ClinicCode, sealed: &str) -> Result<String, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok();
    let hash = bytes.and_then(|bytes| keys.open(&seal_context(clinic), &bytes));
    hash.and_then(|hash| String::from_utf8(hash).ok())
        .ok_or_else(|| Problem::new(ProblemCode::MalformedRequest))
}

/// Tells, line by line, what an import would do.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckImport {
    /// The list.
    pub text: String,
}

impl Command for CheckImport {
    const NAME: &'static str = "check_import";
    const NEEDS: Need = people::NEEDS;
    type Reply = ImportReport;

    fn run(self, call: &mut Call<'_>) -> Result<ImportReport, CommandError> {
        let actor = call.require_session()?.account;
        let settings = call.settings()?;
        let rows = people_list::read(&self.text).map_err(|code| Problem::about("text", code))?;
        let mut taken = Taken::read(call)?;
        // A login that a later line asks for is not suggested to an earlier one.
        let mut suggesting = Taken::read(call)?;
        let nobody = AccountId::from_random(call.random_bytes());
        for typed in rows.iter().filter_map(|row| row.login.parse().ok()) {
            suggesting.add(&typed, &nobody);
        }
        let mut lines = Vec::new();
        for row in rows {
            let role = row.role.unwrap_or(Role::Employee);
            let login = match row.login.as_str() {
                "" => {
                    let login = suggesting.suggest(role, &row.last_name, &row.first_name, &settings.name);
                    suggesting.add(&login, &nobody);
                    login.as_str().to_owned()
                }
                typed => typed.to_owned(),
            };
            let person = PersonFields {
                last_name: row.last_name,
                first_name: row.first_name,
                middle_name: row.middle_name,
                position: row.position,
                email: row.email,
                role,
                login,
                language: settings.language,
                rights: None,
            };
            let problem = match Person::parse(&person, &actor, None, &taken) {
                Ok(parsed) => {
                    taken.add(&parsed.login, &nobody);
                    row.role.is_none().then(|| Problem::about("role", ProblemCode::RoleNotAllowed))
                }
                Err(problem) => Some(problem),
            };
            lines.push(ImportLine { line: row.line, person, problem });
        }
        // An id like any other: 80 random bits, so that no two imports are called the same.
        let import = AccountId::from_random(call.random_bytes()).to_string();
        Ok(ImportReport { import, lines })
    }
}

/// Adds everybody, or nobody.
#[derive(Serialize, Deserialize)]
pub struct ImportUsers {
    /// What the import is called: sent twice, it is done once.
    pub import: String,
    /// The people.
    pub people: Vec<ImportPerson>,
}

impl Command for ImportUsers {
    const NAME: &'static str = "import_users";
    const NEEDS: Need = people::NEEDS;
    const FRESH_PASSWORD: bool = true;
    type Reply = Imported;

    fn run(self, call: &mut Call<'_>) -> Result<Imported, CommandError> {
        let actor = call.require_session()?;
        let import: AccountId = self.import.parse()?;
        let unreadable = || SqlError("what became of an import cannot be read".into());
        if let Some(done) = imports::get(call.sql, import.as_str())? {
            return Ok(serde_json::from_str(&done).map_err(|_| unreadable())?);
        }
        if !(1..=IMPORT_PEOPLE_MAX).contains(&self.people.len()) {
            return Err(Problem::about("people", ProblemCode::ImportMalformed).into());
        }
        let code = call.clinic_code()?;
        let mut taken = Taken::read(call)?;
        let (mut accounts, mut refused) = (Vec::new(), Vec::new());
        for ImportPerson { line, person, sealed } in self.people {
            match Person::parse(&person, &actor.account, None, &taken) {
                Ok(person) => {
                    let id = AccountId::from_random(call.random_bytes());
                    taken.add(&person.login, &id);
                    accounts.push(person.into_account(id, open_hash(call.keys, &code, &sealed)?));
                }
                Err(problem) => refused.push(RefusedLine { line, problem }),
            }
        }
        if !refused.is_empty() {
            return Ok(Imported { added: Vec::new(), refused });
        }
        for account in &accounts {
            people::store(call, &actor, account)?;
        }
        let imported = Imported { added: accounts.into_iter().map(|account| account.id).collect(), refused };
        let reply = serde_json::to_string(&imported).map_err(|_| unreadable())?;
        imports::insert(call.sql, import.as_str(), reply, call.now)?;
        Ok(imported)
    }
}
