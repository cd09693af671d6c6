//! Every address of the app. Links are made from here and paths are read here, so that the two cannot drift apart.

use wire::ids::AccountId;

/// A page, as its address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    Home,
    Users,
    Account(AccountId),
    Activities,
    Forgot,
    Unknown,
}

impl Page {
    /// The page at a path. A slash at the end is forgiven: mail programs like to add one.
    pub fn at(path: &str) -> Page {
        let path = path.trim_end_matches('/');
        match path {
            "" => Page::Home,
            "/clinic" | "/clinic/users" => Page::Users,
            "/management" | "/management/activities" => Page::Activities,
            "/forgot" => Page::Forgot,
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
            Page::Account(id) => format!("/clinic/users/{id}"),
            Page::Activities => "/management/activities".to_owned(),
            Page::Forgot => "/forgot".to_owned(),
        }
    }

    /// Whether the page stands under "My Clinic".
    pub fn in_clinic(&self) -> bool {
        matches!(self, Page::Users | Page::Account(_))
    }

    /// Whether the page stands under "Management".
    pub fn in_management(&self) -> bool {
        matches!(self, Page::Activities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back() {
        let account: AccountId = "0123456789abcdef".parse().unwrap();
        for page in [Page::Home, Page::Users, Page::Account(account), Page::Activities, Page::Forgot] {
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
