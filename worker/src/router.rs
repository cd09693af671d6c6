//! Every route on one screen, and what each request passes before its route sees it.

use std::future::ready;

use futures_util::future::LocalBoxFuture;
use wire::{
    Endpoint, Method, Problem, ProblemCode,
    activities::*,
    archive::*,
    computers::*,
    first_day::*,
    health::GetHealth,
    help::AnswerHelp,
    live::LIVE_PATH,
    mails::*,
    me::*,
    monitoring::{CheckDeployment, GetMetrics},
    operator::{OpenClinic, ReopenProfile, UnlockOwner},
    people::*,
    recovery::*,
    settings::*,
    setup::*,
    sign_in::*,
    signed::GetLogKey,
    support::*,
    users::*,
};
use worker::{Env, Request, Response};

#[cfg(feature = "trial")]
use crate::routes::trial;
use crate::{
    config::{self, Config},
    cookies::Cookies,
    incoming::{self, Incoming},
    journal,
    metrics::{self, Event},
    openapi,
    proof::{self, Asked},
    reply::Reply,
    routes::{
        activities, activities_export, archive, computers, dev, first_day, health, help, live, mails, me,
        monitoring, operator, own_password, people, recovery, settings, setup, sign_in, site, support, user,
        users,
    },
    visit::{Asker, Visit},
    world,
};

/// Largest body of a request: whatever a person can type into one of our forms fits several times over.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Largest body of the operator's request: a clinic with all its people.
const OPERATOR_BODY_BYTES_MAX: usize = 256 * 1024;
/// Largest body with a page of an archive, which takes no more rows once it has 400,000 characters.
const PAGE_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest body of an import: a thousand people, each with a sealed hash.
const IMPORT_BODY_BYTES_MAX: usize = 1024 * 1024;

/// Who may knock at a route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// A browser with its cookies; a change must come from our own pages.
    Browser,
    /// An operator's browser, under the same condition. A clinic's cookies are nothing here, and an operator's nothing there.
    Desk,
    /// Whoever holds the deployment's key; to anybody else the route does not exist.
    Operator,
    /// The same, or what watches over it, with a key that is good for nothing else.
    Watch,
}

/// A route, for the checks before it and for the API's description.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub about: &'static str,
    pub entrance: Entrance,
    pub shapes: openapi::Shapes,
    pub replies_with: RepliesWith,
}

/// What comes back when it went well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RepliesWith {
    Json,
    File,
    /// Lines for a program.
    Text,
    /// JSON that tells with 503 that something is wrong.
    Verdict,
}

macro_rules! routes {
    (
        $($entrance:ident $endpoint:ident => $handler:path;)*
        @files $($file_entrance:ident $file_endpoint:ident => $file_handler:path;)*
        @replies $($own_entrance:ident $own_endpoint:ident as $own_kind:ident => $own_handler:path;)*
    ) => {
        /// Every route.
        pub const ROUTES: &[Route] = &[$(Route {
            method: $endpoint::METHOD,
            path: $endpoint::PATH,
            about: $endpoint::ABOUT,
            entrance: Entrance::$entrance,
            shapes: openapi::Shapes::of::<$endpoint>(),
            replies_with: RepliesWith::Json,
        },)* $(Route {
            method: $file_endpoint::METHOD,
            path: $file_endpoint::PATH,
            about: $file_endpoint::ABOUT,
            entrance: Entrance::$file_entrance,
            shapes: openapi::Shapes::of::<$file_endpoint>(),
            replies_with: RepliesWith::File,
        },)* $(Route {
            method: $own_endpoint::METHOD,
            path: $own_endpoint::PATH,
            about: $own_endpoint::ABOUT,
            entrance: Entrance::$own_entrance,
            shapes: openapi::Shapes::of::<$own_endpoint>(),
            replies_with: RepliesWith::$own_kind,
        }),*];

        // Behind pointers: as one future, all routes would become one function of 200 kB, which the runtime compiles for
        // whichever route is asked first.
        fn serve<'a>(
            route: &'a Route,
            visit: &'a mut Visit<'_>,
            text: &'a str,
        ) -> LocalBoxFuture<'a, Result<Reply, Problem>> {
            match (route.method, route.path) {
                $(($endpoint::METHOD, $endpoint::PATH) => Box::pin(async move {
                    let request = incoming::parse(route.method, text)?;
                    let reply: <$endpoint as Endpoint>::Reply = $handler(visit, request).await?;
                    Reply::json(&reply)
                }),)*
                $(($file_endpoint::METHOD, $file_endpoint::PATH) => Box::pin(async move {
                    let request = incoming::parse(route.method, text)?;
                    Ok(Reply::file($file_handler(visit, request).await?))
                }),)*
                $(($own_endpoint::METHOD, $own_endpoint::PATH) => Box::pin(async move {
                    $own_handler(visit, incoming::parse(route.method, text)?).await
                }),)*
                _ => Box::pin(ready(Err(Problem::new(ProblemCode::NotFound)))),
            }
        }
    };
}

routes! {
    Browser  GetHealth         => health::tell;
    Browser  AnswerHelp        => help::answer;

    Browser  GetSignIn         => sign_in::state;
    Browser  AuthorizeComputer => sign_in::authorize_computer;
    Browser  AuthorizeProfile  => sign_in::authorize_profile;
    Browser  SubmitPassword    => user::submit_password;
    Browser  AnswerQuestion    => sign_in::answer;
    Browser  ChoosePassword    => own_password::choose;
    Browser  GetLock           => user::lock;
    Browser  UseSession        => sign_in::use_session;
    Browser  SignOut           => sign_in::sign_out;
    Browser  LeaveProfile      => sign_in::leave_profile;
    Browser  LeaveComputer     => sign_in::leave_computer;
    Browser  ResetComputer     => sign_in::reset_computer;

    Browser  RequestReset      => recovery::request;
    Browser  CheckResetLink    => recovery::check;
    Browser  ResetPassword     => recovery::set;

    Browser  GetMe             => me::show;
    Browser  ChangePassword    => own_password::change;
    Browser  ConfirmPassword   => own_password::confirm;
    Browser  ChangeLanguage    => me::change_language;
    Browser  SignOutEverywhere => me::sign_out_everywhere;

    Browser  ListUsers         => users::list;
    Browser  GetUser           => users::window;
    Browser  SendPin           => users::send_pin;
    Browser  Unlock            => users::unlock;

    Browser  OpenSupportCase     => support::open_case;
    Browser  WithdrawSupportCase => support::withdraw_case;

    Browser  SuggestLogin      => people::suggest_login;
    Browser  AddUser           => people::add;
    Browser  EditUser          => people::edit;
    Browser  RestoreAccess     => people::restore;
    Browser  RemoveUser        => people::remove;
    Browser  BringBackUser     => people::bring_back;
    Browser  CheckImport       => people::check_import;
    Browser  MakePasswords     => people::make_passwords;
    Browser  ImportUsers       => people::import;

    Browser  ListComputers     => computers::list;
    Browser  AddComputer       => computers::add;
    Browser  EditComputer      => computers::edit;
    Browser  RevokeComputer    => computers::revoke;
    Browser  ReissueComputer   => computers::reissue;
    Browser  RemoveComputer    => computers::remove;
    Browser  AddProfile        => computers::add_profile;
    Browser  RenameProfile     => computers::rename_profile;
    Browser  ReissueProfile    => computers::reissue_profile;
    Browser  RemoveProfile     => computers::remove_profile;

    Browser  GetFirstDay       => first_day::show;
    Browser  TickFirstDay      => first_day::tick;

    Browser  ListMails         => mails::list;
    Browser  SendMailAgain     => mails::send_again;

    Browser  GetSettings       => settings::show;
    Browser  ChangeSettings    => settings::change;
    Browser  ChangePolicies    => settings::change_policies;

    Browser  ListActivities     => activities::list;
    Browser  CountFailures      => activities::failures;
    Browser  GetActivityChoices => activities::choices;
    Browser  GetLogKey          => activities_export::key;

    Browser  CheckSetupLink    => setup::check;
    Browser  SetUpClinic       => setup::set_up;
    Operator MakeSetupLink     => operator::make_setup_link;
    Operator OpenClinic        => operator::open_clinic;
    Operator UnlockOwner       => operator::unlock_owner;
    Operator ReopenProfile     => operator::reopen_profile;

    Browser  GetArchiveKey     => archive::key;
    Operator CloseClinic       => archive::close;
    Operator ReopenClinic      => archive::reopen;
    Operator WriteArchivePage  => archive::write_page;
    Operator SignArchive       => archive::sign;
    Operator TakeArchivePage   => archive::take_page;
    Operator TakeInClinic      => archive::take_in;
    Operator DeleteClinic      => archive::delete;

    Desk     SignInOperator    => support::sign_in;
    Desk     SignOutOperator   => support::sign_out;
    Desk     OpenDesk          => support::desk;
    Desk     ListDeskLog       => support::log;
    Desk     LookUpCase        => support::look_up;
    Desk     FollowSupportCase => support::case;
    Desk     UnlockForSupport  => support::unlock;
    Desk     UnlockOperator    => support::unlock_operator;
    Desk     MakeClinicLink    => support::make_clinic_link;
    Operator MakeOperator      => support::make_operator;
    Operator RemoveOperator    => support::remove_operator;

    @files
    Browser  ExportActivities  => activities_export::export;

    @replies
    Watch    GetMetrics        as Text    => monitoring::metrics;
    Watch    CheckDeployment   as Verdict => monitoring::check;
}

/// Answers any request at all.
pub async fn answer(request: Request, env: &Env) -> worker::Result<Response> {
    let method = request.inner().method();
    let head = method == "HEAD";
    let Some(config) = config::of(env) else {
        return Reply::problem(&Problem::new(ProblemCode::Internal)).into_response(head);
    };
    let path = request.path();
    let below =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if path == LIVE_PATH {
        let request = Incoming::new(request);
        let opened = match visit(config, env, &request, (&method, &path), &journal::name_request()) {
            Ok(visit) => live::open(config, &method, &request, &visit).await,
            Err(problem) => Err(Reply::problem(&problem)),
        };
        let (status, problem) = match &opened {
            Ok(response) => (response.status_code(), None),
            Err(reply) => reply.outcome(),
        };
        metrics::note(env, Event::Replied { path: LIVE_PATH, status, problem });
        return opened.or_else(|reply| reply.into_response(head));
    }
    if below("/api") {
        return answer_api(config, env, &method, &path, request).await.into_response(head);
    }
    let page =
        if below("/dev") { dev::forward(&request, env).await? } else { site::page(&request, env).await? };
    match page {
        Some(page) => Ok(page),
        None => Reply::problem(&Problem::new(ProblemCode::NotFound)).into_response(head),
    }
}

async fn answer_api(config: &Config, env: &Env, method: &str, path: &str, request: Request) -> Reply {
    #[cfg(feature = "trial")]
    if let Some(reply) = trial::answer(path, env, &request).await {
        return reply;
    }
    let found = if path == openapi::PATH { Ok(Found::Description) } else { find(method, path) };
    let (path, reply) = match found {
        Ok(Found::Route(route)) => (route.path, enter(route, config, env, method, request).await),
        Ok(Found::Description) if matches!(method, "GET" | "HEAD") => {
            (openapi::PATH, Reply::ready(openapi::description().to_owned()))
        }
        Ok(Found::Description) => (openapi::PATH, Reply::method_not_allowed(Method::Get)),
        Err(NotFound::Path) => (metrics::NO_PATH, Reply::problem(&Problem::new(ProblemCode::NotFound))),
        Err(NotFound::Method { allowed }) => (metrics::NO_PATH, Reply::method_not_allowed(allowed)),
    };
    let (status, problem) = reply.outcome();
    metrics::note(env, Event::Replied { path, status, problem });
    reply
}

/// A request for a route, with the cookies that go back.
async fn enter(route: &Route, config: &Config, env: &Env, method: &str, request: Request) -> Reply {
    let request = Incoming::new(request);
    let named = journal::name_request();
    let mut visit = match visit(config, env, &request, (method, route.path), &named) {
        Ok(visit) => visit,
        Err(problem) => return Reply::problem(&problem),
    };
    let reply = match admit(route, config, request, &mut visit).await {
        Ok(reply) => reply,
        // Whoever tells of it can name it.
        Err(problem) if problem.code == ProblemCode::Internal => {
            Reply::problem(&problem).with_header(journal::REQUEST_HEADER, named)
        }
        Err(problem) => Reply::problem(&problem),
    };
    visit.into_set_cookies().into_iter().fold(reply, |reply, cookie| reply.with_header("Set-Cookie", cookie))
}

/// Who asks for what. A proof that proves nothing is no request of ours.
fn visit<'a>(
    config: &'a Config,
    env: &'a Env,
    request: &Incoming,
    (method, path): (&str, &str),
    named: &str,
) -> Result<Visit<'a>, Problem> {
    let asked = Asked { method, origin: &config.origin, path };
    let proof = request.proof();
    let key = proof.map(|proof| proof::thumbprint(&proof, &asked, world::now())).transpose()?;
    let cookies = Cookies::read(&request.header("Cookie").unwrap_or_default());
    let asker = Asker { request: named.to_owned(), address: request.address(config), key };
    Ok(Visit::new(config, env, asker, cookies))
}

/// Lets a request in and reads it, before any object is asked.
async fn admit(
    route: &Route,
    config: &Config,
    request: Incoming,
    visit: &mut Visit<'_>,
) -> Result<Reply, Problem> {
    match route.entrance {
        Entrance::Operator if operator::is_operator(config, request.header("Authorization").as_deref()) => {}
        Entrance::Watch if operator::may_watch(config, request.header("Authorization").as_deref()) => {}
        Entrance::Operator | Entrance::Watch => return Err(Problem::new(ProblemCode::NotFound)),
        Entrance::Browser | Entrance::Desk if route.method == Method::Post => request.check_origin(config)?,
        Entrance::Browser | Entrance::Desk => {}
    }
    let text = request.read(route.method, body_bytes_max(route)).await?;
    #[cfg(feature = "trial")]
    crate::breaking::reach(crate::breaking::Place::Arrival);
    serve(route, visit, &text).await
}

fn body_bytes_max(route: &Route) -> usize {
    match (route.entrance, route.path) {
        (_, CheckImport::PATH | ImportUsers::PATH) => IMPORT_BODY_BYTES_MAX,
        (_, TakeArchivePage::PATH) => PAGE_BODY_BYTES_MAX,
        (Entrance::Operator, _) => OPERATOR_BODY_BYTES_MAX,
        (Entrance::Browser | Entrance::Desk | Entrance::Watch, _) => BODY_BYTES_MAX,
    }
}

enum Found {
    Route(&'static Route),
    Description,
}

#[derive(Debug, PartialEq, Eq)]
enum NotFound {
    Path,
    Method { allowed: Method },
}

fn find(method: &str, path: &str) -> Result<Found, NotFound> {
    let route = ROUTES.iter().find(|route| route.path == path).ok_or(NotFound::Path)?;
    let fits = match route.method {
        Method::Get => matches!(method, "GET" | "HEAD"),
        Method::Post => method == "POST",
    };
    if fits { Ok(Found::Route(route)) } else { Err(NotFound::Method { allowed: route.method }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_method() {
        for (place, route) in ROUTES.iter().enumerate() {
            let first = ROUTES.iter().position(|other| other.path == route.path);
            assert_eq!(first, Some(place), "{}", route.path);
        }
    }

    #[test]
    fn an_unknown_path_and_a_wrong_method_are_told_apart() {
        assert!(
            matches!(find("HEAD", "/api/health"), Ok(Found::Route(route)) if route.path == "/api/health")
        );
        assert_eq!(find("GET", "/api/nowhere").err(), Some(NotFound::Path));
        assert_eq!(find("GET", "/api/health/").err(), Some(NotFound::Path));
        for method in ["POST", "PUT", "OPTIONS", "get", "PROPFIND"] {
            assert_eq!(
                find(method, "/api/health").err(),
                Some(NotFound::Method { allowed: Method::Get }),
                "{method}"
            );
        }
        assert_eq!(find("GET", "/api/sign-out").err(), Some(NotFound::Method { allowed: Method::Post }));
    }
}
