//! Role by route by right: what the table says is what happens over HTTP, and no route is left out of it.

use anyhow::{Result, bail, ensure};
use clinic::rules::roles::{self, Need};
use futures_util::future::try_join_all;
use wardkey_tests::{Client, Clinic, Wardkey};
use wire::{
    Empty, Endpoint, ProblemCode, Role,
    activities::*,
    archive::GetArchiveKey,
    computers::*,
    first_day::*,
    health::GetHealth,
    help::AnswerHelp,
    mails::*,
    me::*,
    operator::UserSecret,
    people::*,
    recovery::*,
    rights::{Module, Right, Rights},
    settings::*,
    setup::*,
    sign_in::*,
    signed::GetLogKey,
    support::{OpenSupportCase, WithdrawSupportCase},
    users::*,
};

use crate::{
    acts,
    routes::{self, Ids, Route},
};

/// Where each of the four sits.
const SEATS: [(Role, &str, &str); 4] = [
    (Role::Owner, "whitfield", "Reception 1"),
    (Role::Manager, "reid", "Reception 2"),
    (Role::Employee, "hughes", "Ward 1"),
    (Role::SystemAdministrator, "sys_harbour", "Ward 2"),
];

#[tokio::test]
async fn every_route_is_held_to_the_table() -> Result<()> {
    let clinic = Clinic::open(Wardkey::shared()?)?;
    let giver = clinic.signed_in("Owner's phone", clinic.user("okafor")?).await?;
    let routes = routes::of_browsers(&giver).await?;
    let ids = Ids::of(&giver).await?;
    let walks = SEATS.map(|(role, login, label)| {
        let (clinic, giver, routes, ids) = (&clinic, &giver, &routes, &ids);
        async move { Walk::begin(clinic, giver, role, login, label).await?.over(routes, ids).await }
    });
    let asked: usize = try_join_all(walks).await?.into_iter().sum();
    ensure!(asked > 1_500, "only {asked} were asked");
    Ok(())
}

/// Somebody on the way through the table.
struct Walk<'a> {
    clinic: &'a Clinic<'a>,
    giver: &'a Client,
    role: Role,
    user: &'a UserSecret,
    door: Client,
}

impl<'a> Walk<'a> {
    async fn begin(
        clinic: &'a Clinic<'a>,
        giver: &'a Client,
        role: Role,
        login: &str,
        label: &str,
    ) -> Result<Self> {
        let user = clinic.user(login)?;
        Ok(Self { clinic, giver, role, user, door: clinic.signed_in(label, user).await? })
    }

    /// With the role's own rights, then with each right in each module.
    async fn over(self, routes: &[Route], ids: &Ids) -> Result<usize> {
        let mut asked = self.each_of(routes, ids, None).await?;
        // An owner's rights can't be taken: there is nothing to set.
        let modules = if self.role == Role::Owner { &[][..] } else { &Module::ALL };
        for (module, right) in modules.iter().flat_map(|module| Right::ALL.map(|right| (*module, right))) {
            let own = Rights::default().with(module, right);
            acts::set_rights(self.giver, &self.user.login, Some(own)).await?;
            asked += self.each_of(routes, ids, Some(own)).await?;
        }
        // Whatever one may do, one may leave.
        self.door.call::<SignOutEverywhere>(&Empty {}).await?;
        acts::sign_in(&self.door, self.user).await?;
        self.door.sign_out().await?;
        Ok(asked)
    }

    async fn each_of(&self, routes: &[Route], ids: &Ids, own: Option<Rights>) -> Result<usize> {
        let mut asked = 0;
        for route in routes {
            // They would end the walk; everybody comes to them at its end.
            if matches!(route.path.as_str(), SignOut::PATH | SignOutEverywhere::PATH) {
                continue;
            }
            let may = need(&route.path)?.is_met_by(self.role, roles::rights(self.role, own));
            let request = routes::request(&route.path, ids)?;
            let reply = if may && route.path == ResetComputer::PATH {
                let door = acts::another_browser(self.clinic, self.giver).await?;
                acts::sign_in(&door, self.user).await?;
                routes::send(&door, route, &request).await?
            } else {
                routes::send(&self.door, route, &request).await?
            };
            let refused = reply.status >= 400 && reply.problem()?.code == ProblemCode::NotAllowed;
            ensure!(refused != may, "{:?} {own:?} {}: {reply:?}", self.role, route.path);
            ensure!(!refused || reply.status == 403, "{:?} {}: {reply:?}", self.role, route.path);
            ensure!(reply.status < 500, "{:?} {}: {reply:?}", self.role, route.path);
            asked += 1;
        }
        Ok(asked)
    }
}

/// What each route needs of whoever comes, written down once more: a slip in the table is not taken for the rule.
fn need(path: &str) -> Result<Need> {
    use Right::{Edit, Read};
    Ok(match path {
        GetHealth::PATH | AnswerHelp::PATH | GetLogKey::PATH | GetArchiveKey::PATH => Need::Nothing,
        CheckSetupLink::PATH | SetUpClinic::PATH => Need::Nothing,
        GetSignIn::PATH | AuthorizeComputer::PATH | AuthorizeProfile::PATH | GetLock::PATH => Need::Nothing,
        SubmitPassword::PATH | AnswerQuestion::PATH | ChoosePassword::PATH => Need::Nothing,
        LeaveProfile::PATH | LeaveComputer::PATH => Need::Nothing,
        RequestReset::PATH | CheckResetLink::PATH | ResetPassword::PATH => Need::Nothing,
        GetMe::PATH | ChangePassword::PATH | ConfirmPassword::PATH => Need::Session,
        ChangeLanguage::PATH | UseSession::PATH => Need::Session,
        ListActivities::PATH | CountFailures::PATH | GetActivityChoices::PATH => Need::Session,
        ListUsers::PATH | GetUser::PATH => Need::Right(Module::Users, Read),
        SendPin::PATH | Unlock::PATH | ListMails::PATH | SendMailAgain::PATH => Need::Owner,
        OpenSupportCase::PATH | WithdrawSupportCase::PATH => Need::Support,
        SuggestLogin::PATH | AddUser::PATH | EditUser::PATH => Need::Right(Module::Users, Edit),
        RestoreAccess::PATH | RemoveUser::PATH | BringBackUser::PATH => Need::Right(Module::Users, Edit),
        CheckImport::PATH | MakePasswords::PATH | ImportUsers::PATH => Need::Right(Module::Users, Edit),
        ListComputers::PATH => Need::Right(Module::Computers, Read),
        AddComputer::PATH | EditComputer::PATH | RevokeComputer::PATH => Need::Right(Module::Computers, Edit),
        ReissueComputer::PATH | RemoveComputer::PATH => Need::Right(Module::Computers, Edit),
        AddProfile::PATH | RenameProfile::PATH | ReissueProfile::PATH => Need::Right(Module::Computers, Edit),
        RemoveProfile::PATH | ResetComputer::PATH => Need::Right(Module::Computers, Edit),
        GetSettings::PATH => Need::Right(Module::Settings, Read),
        ChangeSettings::PATH => Need::Right(Module::Settings, Edit),
        ChangePolicies::PATH | ExportActivities::PATH => Need::Owner,
        GetFirstDay::PATH | TickFirstDay::PATH => Need::Owner,
        other => bail!("{other} needs a line here"),
    })
}
