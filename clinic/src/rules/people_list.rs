//! A list of people as offices keep it: CSV (RFC 4180) with commas, semicolons or tabs, with or without a line that names the columns.

use wire::{ProblemCode, Role, people::IMPORT_PEOPLE_MAX};

/// A line of the list, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1.
    pub line: u32,
    /// The last name.
    pub last_name: String,
    /// The first name.
    pub first_name: String,
    /// The middle name; may be empty.
    pub middle_name: String,
    /// The position; may be empty.
    pub position: String,
    /// The e-mail address; may be empty.
    pub email: String,
    /// The role; an employee where nothing is said, nothing where no role is called so.
    pub role: Option<Role>,
    /// The login; empty where one is to be made.
    pub login: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    LastName,
    FirstName,
    MiddleName,
    Position,
    Email,
    Role,
    Login,
}

/// The order of the columns where no line names them.
const COLUMNS: [Column; 7] = [
    Column::LastName,
    Column::FirstName,
    Column::MiddleName,
    Column::Position,
    Column::Email,
    Column::Role,
    Column::Login,
];

/// What a column may be called, in lower case: in English, Russian and French.
fn column(name: &str) -> Option<Column> {
    Some(match name {
        "last name" | "last_name" | "surname" | "family name" | "фамилия" | "nom" | "nom de famille" => {
            Column::LastName
        }
        "first name" | "first_name" | "given name" | "name" | "имя" | "prénom" | "prenom" => {
            Column::FirstName
        }
        "middle name" | "middle_name" | "patronymic" | "отчество" | "deuxième prénom" => {
            Column::MiddleName
        }
        "position" | "job" | "job title" | "title" | "должность" | "fonction" | "poste" => {
            Column::Position
        }
        "e-mail"
        | "email"
        | "mail"
        | "почта"
        | "эл. почта"
        | "электронная почта"
        | "courriel"
        | "adresse e-mail" => Column::Email,
        "role" | "роль" | "rôle" => Column::Role,
        "login" | "user name" | "username" | "логин" | "identifiant" => Column::Login,
        _ => return None,
    })
}

/// What a role may be called, in lower case: its JSON name, and in English, Russian and French.
fn role(name: &str) -> Option<Role> {
    Some(match name {
        "" | "employee" | "сотрудник" | "сотрудница" | "employé" | "employée" | "employe" => {
            Role::Employee
        }
        "owner" | "владелец" | "владелица" | "propriétaire" => Role::Owner,
        "manager"
        | "менеджер"
        | "управляющий"
        | "управляющая"
        | "руководитель"
        | "responsable"
        | "gestionnaire" => Role::Manager,
        "system administrator"
        | "system_administrator"
        | "системный администратор"
        | "administrateur système" => Role::SystemAdministrator,
        _ => return None,
    })
}

/// Reads a list. Lines without a word are skipped.
///
/// # Errors
/// [`ProblemCode::ImportMalformed`] when it is no table, has nobody in it, or more than [`IMPORT_PEOPLE_MAX`].
pub fn read(text: &str) -> Result<Vec<Row>, ProblemCode> {
    // One kind of line end, so that line numbers are those that an editor shows.
    let text = &text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns: Option<Vec<Option<Column>>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| ProblemCode::ImportMalformed)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let columns = match &columns {
            Some(columns) => columns,
            None => match names(&record) {
                Some(named) => {
                    columns = Some(named);
                    continue;
                }
                None => columns.insert(COLUMNS.into_iter().map(Some).collect()),
            },
        };
        rows.push(row(line_number(text, &record), &record, columns));
        if rows.len() > IMPORT_PEOPLE_MAX {
            return Err(ProblemCode::ImportMalformed);
        }
    }
    if rows.is_empty() { Err(ProblemCode::ImportMalformed) } else { Ok(rows) }
}

/// The line that a record stands on. Its position is where the one before it ended: blank lines lie between.
fn line_number(text: &str, record: &csv::StringRecord) -> u32 {
    let Some(position) = record.position() else { return 0 };
    let rest = usize::try_from(position.byte()).ok().and_then(|start| text.get(start..)).unwrap_or_default();
    let blank = rest.chars().take_while(|c| *c == '\n').count() as u64;
    u32::try_from(position.line() + blank).unwrap_or(u32::MAX)
}

/// Whichever of the three stands most often in the first line that says something.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    // The last of equals wins, so that a list with one column only is read as one with commas.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The columns that a line names, if it names the last name: no person is called so.
fn names(record: &csv::StringRecord) -> Option<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = record.iter().map(|name| column(&name.to_lowercase())).collect();
    columns.contains(&Some(Column::LastName)).then_some(columns)
}

fn row(line: u32, record: &csv::StringRecord, columns: &[Option<Column>]) -> Row {
    let text = |wanted: Column| {
        let place = columns.iter().position(|column| *column == Some(wanted));
        place.and_then(|place| record.get(place)).unwrap_or_default().to_owned()
    };
    Row {
        line,
        last_name: text(Column::LastName),
        first_name: text(Column::FirstName),
        middle_name: text(Column::MiddleName),
        position: text(Column::Position),
        email: text(Column::Email),
        role: role(&text(Column::Role).to_lowercase()),
        login: text(Column::Login),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_their_names_in_whatever_order() {
        let rows =
            read("\u{feff}Имя;Фамилия;Роль;Телефон\r\nАнна;Иванова;Менеджер;123\r\n\r\nПётр;Сидоров;;")
                .unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].last_name.as_str(), rows[0].role, rows[0].line),
            ("Иванова", Some(Role::Manager), 2)
        );
        assert_eq!(
            (rows[1].first_name.as_str(), rows[1].role, rows[1].line),
            ("Пётр", Some(Role::Employee), 4)
        );
    }

    #[test]
    fn columns_without_names_stand_in_their_order() {
        let rows = read("Porter,Jane,,\"Nurse, night\",jane@clinic.example,employee,porter\n").unwrap();
        assert_eq!(rows[0].position, "Nurse, night");
        assert_eq!(rows[0].login, "porter");
        assert_eq!(read("Porter\tJane").unwrap()[0].first_name, "Jane");
    }

    #[test]
    fn each_column_and_each_role_has_names() {
        for names in [
            "Login,E-mail,Position,Middle name,First name,Last name",
            "Логин,Почта,Должность,Отчество,Имя,Фамилия",
            "Identifiant,Courriel,Fonction,Deuxième prénom,Prénom,Nom",
        ] {
            let rows = read(&format!("{names}\nporter,jane@clinic.example,Nurse,Ann,Jane,Porter")).unwrap();
            let Row { last_name, first_name, middle_name, position, email, login, .. } = &rows[0];
            assert_eq!(
                [login, email, position, middle_name, first_name, last_name],
                ["porter", "jane@clinic.example", "Nurse", "Ann", "Jane", "Porter"]
            );
        }
        for (name, role) in [
            ("", Role::Employee),
            ("Сотрудница", Role::Employee),
            ("Propriétaire", Role::Owner),
            ("manager", Role::Manager),
            ("system_administrator", Role::SystemAdministrator),
        ] {
            assert_eq!(read(&format!("Porter,Jane,,,,{name}")).unwrap()[0].role, Some(role), "{name}");
        }
    }

    #[test]
    fn a_role_that_nobody_has_is_told() {
        assert_eq!(read("Porter,Jane,,,,Wizard").unwrap()[0].role, None);
    }

    #[test]
    fn a_list_of_nobody_and_a_list_of_everybody_are_refused() {
        assert_eq!(read(""), Err(ProblemCode::ImportMalformed));
        assert_eq!(read("last name,first name\n"), Err(ProblemCode::ImportMalformed));
        assert!(read(&"a,b\n".repeat(IMPORT_PEOPLE_MAX)).is_ok());
        assert_eq!(read(&"a,b\n".repeat(IMPORT_PEOPLE_MAX + 1)), Err(ProblemCode::ImportMalformed));
    }
}
