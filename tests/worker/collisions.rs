//! Two at once: nothing is overwritten, nothing is there twice, and the clinic never loses its last owner.

use anyhow::{Context, Result, bail, ensure};
use wardkey_tests::{Client, Clinic, Refusal, Wardkey};
use wire::{
    Empty, ProblemCode, Role,
    computers::{ComputerChange, EditComputer, ListComputers, ProfileChange, RenameProfile},
    operator::UserSecret,
    people::{AddUser, BringBackUser, EditUser, RemoveUser},
    settings::{ChangePolicies, ChangeSettings, GetSettings, PoliciesChange, SettingsChange},
    users::{GetUser, ListUsers, UserQuery, UserStatus, UserWindow},
};

use crate::acts;

/// How often two owners go for each other.
const ROUNDS: usize = 50;

#[tokio::test]
async fn of_two_edits_of_one_account_the_second_is_asked_to_look_again() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let one = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let other = clinic.signed_in("Reception 2", clinic.user("reid")?).await?;
    let seen = acts::window(&one, "hughes").await?;
    let (mut first, mut second) = (acts::edit(&seen)?, acts::edit(&seen)?);
    first.fields.position = "Head nurse".to_owned();
    second.fields.position = "Night nurse".to_owned();
    second.fields.email = "night@harbour.example.org".to_owned();
    let (here, there) = tokio::join!(one.try_call::<EditUser>(&first), other.try_call::<EditUser>(&second));
    let (done, refusal) = one_of_two(here?, there?)?;
    acts::expect(&refusal, 409, ProblemCode::EditedMeanwhile)?;
    let now = acts::window(&one, "hughes").await?;
    ensure!(now.user.position == done.user.position && now.email == done.email, "{now:?} {done:?}");

    // Looked at again, it can be said again.
    let mut again = acts::edit(&now)?;
    again.fields.position = "Matron".to_owned();
    let now = other.call::<EditUser>(&again).await?;
    ensure!(now.user.position == "Matron" && now.email == done.email, "{now:?}");
    let stale = one.refusal::<EditUser>(&again).await?;
    acts::expect(&stale, 409, ProblemCode::EditedMeanwhile)
}

#[tokio::test]
async fn an_edit_of_an_older_version_overwrites_neither_places_nor_settings() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    let computer = places.computers.first().context("no computer")?.clone();
    let rename = |label: &str| ComputerChange {
        id: computer.id.to_string(),
        version: computer.version,
        label: label.to_owned(),
        profile: computer.profile.to_string(),
    };
    owner.call::<EditComputer>(&rename("First")).await?;
    let meanwhile = ProblemCode::EditedMeanwhile;
    acts::expect(&owner.refusal::<EditComputer>(&rename("Second")).await?, 409, meanwhile)?;

    let profile = places.profiles.first().context("no profile")?.clone();
    let rename = |name: &str| ProfileChange {
        id: profile.id.to_string(),
        version: profile.version,
        name: name.to_owned(),
    };
    owner.call::<RenameProfile>(&rename("First")).await?;
    acts::expect(&owner.refusal::<RenameProfile>(&rename("Second")).await?, 409, meanwhile)?;
    let places = owner.call::<ListComputers>(&Empty {}).await?;
    ensure!(places.computers.iter().any(|computer| computer.label == "First"), "{places:?}");
    ensure!(places.profiles.iter().any(|profile| profile.name == "First"), "{places:?}");

    let settings = owner.call::<GetSettings>(&Empty {}).await?;
    let change = |name: &str| SettingsChange {
        version: settings.version,
        name: name.to_owned(),
        time_zone: settings.time_zone.clone(),
        language: settings.language,
    };
    owner.call::<ChangeSettings>(&change("First")).await?;
    acts::expect(&owner.refusal::<ChangeSettings>(&change("Second")).await?, 409, meanwhile)?;
    let policies = PoliciesChange { version: settings.version, policies: settings.policies };
    acts::expect(&owner.refusal::<ChangePolicies>(&policies).await?, 409, meanwhile)?;
    ensure!(owner.call::<GetSettings>(&Empty {}).await?.name == "First");
    Ok(())
}

#[tokio::test]
async fn of_many_who_add_one_login_at_once_one_adds_it() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let owner = clinic.signed_in("Reception 1", clinic.user("whitfield")?).await?;
    let doors = (0..5).map(|_| owner.twin()).collect::<Result<Vec<_>>>()?;
    let person = acts::person(Role::Employee, "Newcomer", "newcomer");
    let tries = doors.iter().map(|door| door.try_call::<AddUser>(&person));
    let mut added = 0;
    for outcome in futures_util::future::try_join_all(tries).await? {
        match outcome {
            Ok(_) => added += 1,
            Err(refusal) => {
                acts::expect(&refusal, 409, ProblemCode::LoginTaken)?;
                ensure!(refusal.problem.field.as_deref() == Some("login"), "{refusal}");
            }
        }
    }
    let users = owner.call::<ListUsers>(&Empty {}).await?.users;
    let there = users.iter().filter(|user| user.login == "newcomer").count();
    ensure!((added, there) == (1, 1), "{added} added, {there} there");
    Ok(())
}

#[tokio::test]
async fn two_owners_who_go_for_each_other_at_once_never_leave_the_clinic_without_one() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let mut owners = [
        Owner::at(&clinic, "Reception 1", "whitfield").await?,
        Owner::at(&clinic, "Reception 2", "okafor").await?,
    ];
    // It keeps the rounds short: who was brought back signs in with one password.
    acts::set_policies(&owners[0].door, |policies| policies.own_password = false).await?;
    for round in 0..ROUNDS {
        let [one, other] = &owners;
        let (here, there) = tokio::join!(
            one.go_for(other, round.is_multiple_of(2)),
            other.go_for(one, round.is_multiple_of(3))
        );
        let (here, there) = (here?, there?);
        ensure!(here.is_ok() != there.is_ok(), "round {round}: {here:?} {there:?}");
        if there.is_ok() {
            owners.reverse();
        }
        let [winner, loser] = &mut owners;
        let left = winner.owners_left().await?;
        ensure!(left == [winner.user.login.as_str()], "round {round}: {left:?}");
        let own = winner.door.refusal::<RemoveUser>(&UserQuery { id: winner.id.clone() }).await?;
        acts::expect(&own, 403, ProblemCode::OwnAccount)?;
        winner.make_good(loser).await?;
    }
    Ok(())
}

/// An owner at a computer.
struct Owner {
    door: Client,
    user: UserSecret,
    id: String,
}

impl Owner {
    async fn at(clinic: &Clinic<'_>, label: &str, login: &str) -> Result<Self> {
        let user = clinic.user(login)?.clone();
        let door = clinic.signed_in(label, &user).await?;
        let id = acts::account(&door, login).await?;
        Ok(Self { door, user, id })
    }

    /// Removes or demotes another owner.
    async fn go_for(&self, other: &Owner, remove: bool) -> Result<Result<UserWindow, Refusal>> {
        if remove {
            return self.door.try_call::<RemoveUser>(&UserQuery { id: other.id.clone() }).await;
        }
        let window = match self.door.try_call::<GetUser>(&UserQuery { id: other.id.clone() }).await? {
            Ok(window) => window,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut change = acts::edit(&window)?;
        change.fields.role = Role::Manager;
        self.door.try_call::<EditUser>(&change).await
    }

    /// The logins of the owners that the clinic has.
    async fn owners_left(&self) -> Result<Vec<String>> {
        let users = self.door.call::<ListUsers>(&Empty {}).await?.users;
        let owners = users.into_iter().filter(|user| user.role == Role::Owner);
        Ok(owners.filter(|user| user.status == UserStatus::Active).map(|user| user.login).collect())
    }

    /// Makes an owner again of whom this one has removed or demoted.
    async fn make_good(&self, loser: &mut Owner) -> Result<()> {
        let query = UserQuery { id: loser.id.clone() };
        let window = self.door.call::<GetUser>(&query).await?;
        if matches!(window.user.status, UserStatus::Removed { .. }) {
            loser.user.password = self.door.call::<BringBackUser>(&query).await?.pair.password;
            return acts::sign_in(&loser.door, &loser.user).await;
        }
        let mut change = acts::edit(&window)?;
        change.fields.role = Role::Owner;
        self.door.call::<EditUser>(&change).await.map(drop)
    }
}

fn one_of_two<T>(here: Result<T, Refusal>, there: Result<T, Refusal>) -> Result<(T, Refusal)> {
    match (here, there) {
        (Ok(done), Err(refusal)) | (Err(refusal), Ok(done)) => Ok((done, refusal)),
        (Ok(_), Ok(_)) => bail!("both went through"),
        (Err(one), Err(other)) => bail!("neither went through: {one}, {other}"),
    }
}
