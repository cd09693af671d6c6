//! Every address of the app. Links are made from here and paths are read here, so that the two cannot drift apart.

use wire::ids::AccountId;

/// A page, as its address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    Home,
    Users,
    AddUser,
    ImportUsers,
    Account(AccountId),
    Computers,
    Profiles,
    Settings,
    Activities,
    Mails,
    Me,
    Forgot,
    Reset,
    Setup,
    VerifyLog,
    Support,
    Unknown,
}

impl Page {
    /// The page at a path. A slash at the end is forgiven: mail programs like to add one.
    pub fn at(path: &str) -> Page {
        let path = path.trim_end_matches('/');
        match path {
            "" => Page::Home,
            "/clinic" | "/clinic/users" => Page::Users,
            "/clinic/users/add" => Page::AddUser,
            "/clinic/users/import" => Page::ImportUsers,
            "/clinic/computers" => Page::Computers,
            "/clinic/profiles" => Page::Profiles,
            "/clinic/settings" => Page::Settings,
            "/management" | "/management/activities" => Page::Activities,
            "/management/mails" => Page::Mails,
            "/me" => Page::Me,
            "/forgot" => Page::Forgot,
            "/reset" => Page::Reset,
            "/setup" => Page::Setup,
            "/verify" => Page::VerifyLog,
            "/support" => Page::Support,
            _ => path
                .strip_prefix("/clinic/users/")
                .and_then(|id| id.parse().ok())
                .map_or(Page::Unknown, Page::Account),
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Page::Home | Page::Unknown => "/".to_owned(),
            Page::Users => "/clinic/users".to_owned(),
            Page::AddUser => "/clinic/users/add".to_owned(),
            Page::ImportUsers => "/clinic/users/import".to_owned(),
            Page::Account(id) => format!("/clinic/users/{id}"),
            Page::Computers => "/clinic/computers".to_owned(),
            Page::Profiles => "/clinic/profiles".to_owned(),
            Page::Settings => "/clinic/settings".to_owned(),
            Page::Activities => "/management/activities".to_owned(),
            Page::Mails => "/management/mails".to_owned(),
            Page::Me => "/me".to_owned(),
            Page::Forgot => "/forgot".to_owned(),
            Page::Reset => "/reset".to_owned(),
            Page::Setup => "/setup".to_owned(),
            Page::VerifyLog => "/verify".to_owned(),
            Page::Support => "/support".to_owned(),
        }
    }

    /// Whether it stands outside a clinic's steps: those that a link opens, on whatever device it is read, the one that asks for
    /// such a link, the one that verifies an exported log, and the support desk.
    pub fn is_outside(&self) -> bool {
        matches!(self, Page::Forgot | Page::Reset | Page::Setup | Page::VerifyLog | Page::Support)
    }

    /// Whether the page stands under "My Clinic".
    pub fn in_clinic(&self) -> bool {
        self.in_user_management() || *self == Page::Settings
    }

    /// Whether it stands under the tab "User Management".
    pub fn in_user_management(&self) -> bool {
        self.in_users() || matches!(self, Page::Computers | Page::Profiles)
    }

    /// Whether it stands in the section "Users".
    pub fn in_users(&self) -> bool {
        matches!(self, Page::Users | Page::AddUser | Page::ImportUsers | Page::Account(_))
    }

    /// Whether the page stands under "Management".
    pub fn in_management(&self) -> bool {
        matches!(self, Page::Activities | Page::Mails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back() {
        let account: AccountId = "0123456789abcdef".parse().unwrap();
        let pages = [
            Page::Home,
            Page::Users,
            Page::AddUser,
            Page::ImportUsers,
            Page::Account(account),
            Page::Computers,
            Page::Profiles,
            Page::Settings,
            Page::Activities,
            Page::Mails,
            Page::Me,
            Page::Forgot,
            Page::Reset,
            Page::Setup,
            Page::VerifyLog,
            Page::Support,
        ];
        for page in pages {
            assert_eq!(Page::at(&page.path()), page);
            assert_eq!(Page::at(&format!("{}/", page.path())), page);
        }
    }

    #[test]
    fn what_is_no_page_is_unknown() {
        for path in
            ["/nowhere", "/clinic/users/ABC", "/clinic/users/0123456789abcdef/edit", "/clinic/users/%2e"]
        {
            assert_eq!(Page::at(path), Page::Unknown, "{path}");
        }
    }
}
