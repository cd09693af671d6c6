//! English.

use wire::{ProblemCode, Role, activities::Action, users::UnlockPermission};

use super::{
    Account, Activities, Common, Forgot, Refusal, Shell, SignIn, Texts, Users, plural::english as plural,
};

/// The sentences in English.
pub static TEXTS: Texts = Texts {
    common: Common {
        language: "Language",
        loading: "Loading…",
        offline: "There is no connection. Check the network and try again.",
        try_again: "Try again",
        try_again_now: "You can try again now.",
        refresh: "Refresh",
        show_characters: "Show characters",
        hide_characters: "Hide characters",
        nothing: "none",
        unknown_page: "There is no such page",
        unknown_page_about: "The address may be mistyped, or the page may have moved.",
        to_start: "To the start page",
    },
    sign_in: SignIn {
        progress: |step| format!("Step {step} of 3"),
        path: "Steps of the sign-in",
        computer_lost: "This computer has to be authorized again: its access form was revoked or replaced, or nobody used it for a long time.",
        clock_off: |clinic, device| format!("Clinic: {clinic} · This device: {device}"),
        clock_advice: "The two clocks differ, and codes go by the clinic's. If a code is refused, set date and time of the device that shows it to automatic.",
        path_names: ["Computer", "Profile", "User"],
        computer_title: "Computer authorization",
        computer_about: "Type the username and the password from side A of this computer's access form.",
        username: "Username",
        password: "Password",
        computer_password_hint: "24 characters. Capitals, spaces and dashes make no difference.",
        next: "Continue",
        profile_title: "Profile authorization",
        profile_about: "Open the authenticator app of this profile and type the six digits that it shows.",
        code: "Code",
        code_hint: "A new code appears every 30 seconds.",
        user_title: "User authorization",
        login: "Login",
        sign_in: "Sign in",
        forgot: "Forgot password?",
        unlocked: "Your account is unlocked. You can sign in again.",
        question_expired: "The question was open for too long. Please sign in once more.",
        session_ended: "You were signed out. Please sign in again.",
        question_title: "Is this you?",
        question_about: "You are about to sign in as",
        yes: "Yes, sign in",
        no: "No, switch user",
        locked_title: "Your account is locked",
        locked_about: "There were too many wrong passwords in a row. Ask your clinic's owner to unlock the account.",
        locked_forgot: "\u{201c}Forgot password?\u{201d} does not work while the account is locked.",
        locked_waiting: "Leave this page open: it goes on by itself once the account is unlocked.",
        new_password_title: "Choose your own password",
        new_password_about: "You signed in with a first password. From now on only you will know yours.",
        new_password: "New password",
        password_rule: |least| {
            format!("At least {least} characters. Not one of the common ones, and not your name or login.")
        },
        save_and_sign_in: "Save and sign in",
    },
    shell: Shell {
        skip: "Skip to the content",
        places: "Places",
        clinic: "My Clinic",
        user_management: "User Management",
        users: "Users",
        computers: "Computers",
        profiles: "Profiles",
        settings: "Settings",
        me: "My account",
        add_user: "Add user",
        import_users: "Import users",
        management: "Management",
        activities: "Activities",
        switch_user: "Switch user",
        sign_out: "Sign out",
        signed_in_as: |name| format!("Signed in as {name}"),
        signed_out: "You are signed out.",
        hello: |name| format!("Hello, {name}"),
        home_about: "Where would you like to go?",
        users_about: "The people of the clinic, and their accounts",
        computers_about: "The computers that can be signed in at, and their access forms",
        settings_about: "The clinic's name and time zone, and its policies",
        activities_about: "What happened, when, and on which computer",
    },
    users: Users {
        search: "Search by name, login or position",
        found: |n| format!("{n} {}", plural(n, "user", "users")),
        none_found: "Nobody matches. Try fewer letters.",
        name: "Name",
        login: "Login",
        position: "Position",
        role: "Role",
        status: "Status",
        active: "Active",
        locked: "Locked",
        removed: "Removed",
    },
    account: Account {
        back: "All users",
        email: "E-mail",
        last_sign_in: "Last sign-in",
        never: "never",
        lock: "The lock",
        since: "Locked since",
        computer: "On computer",
        tries_since: "Tries since then",
        verify: "Please check with the employee that it was really them before you unlock.",
        unlock: "Unlock",
        permission: |permission| match permission {
            UnlockPermission::Allowed => None,
            UnlockPermission::OnlyOwners => Some("Only an owner of the clinic can unlock accounts."),
            UnlockPermission::OwnAccount => {
                Some("Nobody can unlock their own account. Ask another owner or support.")
            }
            UnlockPermission::NoEmail => {
                Some("Your account has no e-mail address that the PIN could be sent to. Add one first.")
            }
        },
        pin_sent: |hint| format!("PIN sent to {hint}"),
        pin_prompt: "Please enter the PIN code to unlock the account.",
        pin: "PIN code",
        pin_valid: |until, tries| {
            format!("Good until {until}; {tries} {}.", plural(tries, "try left", "tries left"))
        },
        confirm: "Confirm",
        new_pin: "Send a new PIN",
        unlocked: "Account unlocked",
    },
    activities: Activities {
        at: "Date and time",
        action: "Action",
        user: "User",
        by: "By",
        computer: "Computer",
        address: "Address",
        unknown_login: "unknown login",
        operator: "operator",
        older: "Load older",
        end: "This is where the log begins.",
        own_only: "You see the lines about yourself.",
        zone: |zone| format!("Times are shown in {zone}"),
    },
    forgot: Forgot {
        title: "Forgot your password?",
        about: "Somebody in your clinic can help you straight away:",
        owner: "the clinic's owner,",
        manager: "a manager,",
        administrator: "or the clinic's system administrator, whose login begins with sys_.",
        locked: "Is your account locked? Then a new password does not help: only an owner can unlock it.",
        back: "Back to sign-in",
    },
    idle: &super::idle::EN,
    once: &super::once::EN,
    people: &super::people::EN,
    places: &super::places::EN,
    me: &super::me::EN,
    settings: &super::settings::EN,
    changes: &super::changes::EN,
    role: |role| match role {
        Role::Owner => "Owner",
        Role::Manager => "Manager",
        Role::Employee => "Employee",
        Role::SystemAdministrator => "System administrator",
    },
    action: |action| match action {
        Action::ClinicOpened => "Clinic opened",
        Action::ComputerAuthorized => "Computer authorized",
        Action::ComputerAuthorizationFailed => "Computer authorization failed",
        Action::ProfileAuthorized => "Profile authorized",
        Action::ProfileAuthorizationFailed => "Profile authorization failed",
        Action::LoginSucceeded => "Login succeeded",
        Action::LoginDeclined => "Login declined",
        Action::LoginFailed => "Login failed",
        Action::LoginFailedLocked => "Login failed (locked)",
        Action::AccountLocked => "Account locked",
        Action::PinSent => "PIN sent",
        Action::AccountUnlockFailed => "Account unlock failed",
        Action::AccountUnlocked => "Account unlocked",
        Action::SignedOut => "Signed out",
        Action::AccountUnlockedAutomatically => "Account unlocked (automatic)",
        Action::PasswordChanged => "Password changed",
        Action::SignedOutEverywhere => "Signed out everywhere",
        Action::UserAdded => "User added",
        Action::UserEdited => "User edited",
        Action::UserRemoved => "User removed",
        Action::UserBroughtBack => "User brought back",
        Action::AccessRestored => "Access restored",
        Action::ComputerAdded => "Computer added",
        Action::ComputerEdited => "Computer edited",
        Action::ComputerRevoked => "Computer revoked",
        Action::ComputerReissued => "Access form re-issued",
        Action::ComputerRemoved => "Computer removed",
        Action::ComputerReset => "Computer reset",
        Action::ProfileAdded => "Profile added",
        Action::ProfileRenamed => "Profile renamed",
        Action::ProfileReissued => "QR code re-issued",
        Action::ProfileRemoved => "Profile removed",
        Action::SettingsChanged => "Settings changed",
        Action::PolicyChanged => "Policy changed",
    },
    problem,
};

fn problem(refusal: Refusal) -> String {
    let wait = match refusal.wait_seconds {
        0 => "in a moment".to_owned(),
        seconds => format!("in {}", super::span(seconds, ["h", "min", "s"])),
    };
    let tries = |sentence: &str, few: u32| match refusal.tries_left {
        Some(n) if n <= few => format!("{sentence} {n} {}.", plural(n, "try remains", "tries remain")),
        _ => sentence.to_owned(),
    };
    match refusal.code {
        ProblemCode::MalformedRequest | ProblemCode::UnsupportedMediaType | ProblemCode::MethodNotAllowed => {
            "This page is out of date. Reload it and try again.".into()
        }
        ProblemCode::RequestTooLarge => "That is too long. Please shorten it.".into(),
        ProblemCode::NotFound => "This does not exist in your clinic, or not any more.".into(),
        ProblemCode::ForeignOrigin => {
            "This came from another site and was refused. Open Wardkey at its own address.".into()
        }
        ProblemCode::NotAllowed => "Your role does not allow this. Ask the clinic's owner.".into(),
        ProblemCode::Busy => format!("Too much is going on at once. Try again {wait}."),
        ProblemCode::Internal => {
            "Something went wrong on our side. Nothing was changed; please try again.".into()
        }
        ProblemCode::UsernameMalformed => {
            "A username looks like k7m2qx4p9d-1. Copy it from side A of the access form.".into()
        }
        ProblemCode::PasswordMissing => "Type the password.".into(),
        ProblemCode::PasswordTooLong => {
            "A password has 128 characters at most. Check what was pasted.".into()
        }
        ProblemCode::LoginMalformed => {
            "A login has Latin letters, digits, dots, dashes and underscores only. Check the keyboard layout."
                .into()
        }
        ProblemCode::CodeMalformed => "Type the six digits that the authenticator app shows.".into(),
        ProblemCode::PinMalformed => "Type the six digits of the PIN from the e-mail.".into(),
        ProblemCode::EmailMalformed => "Check the e-mail address: it looks like name@example.org.".into(),
        ProblemCode::NameMalformed => "Type a name of 1 to 100 characters.".into(),
        ProblemCode::TimeZoneUnknown => "Choose a time zone such as Europe/Paris.".into(),
        ProblemCode::LoginTaken => "Somebody in the clinic has this login already. Choose another.".into(),
        ProblemCode::LoginConfusable => {
            "This login looks too much like another one, or has letters that only look Latin. Choose another.".into()
        }
        ProblemCode::LoginPrefix => {
            "Logins of system administrators begin with sys_, and nobody else's do.".into()
        }
        ProblemCode::EmailMissing => {
            "An owner needs an e-mail address: the PINs that unlock accounts are sent there.".into()
        }
        ProblemCode::NameTaken => "This name is in use already. Choose another.".into(),
        ProblemCode::RoleNotAllowed => "You can't give this role. Choose another, or ask an owner.".into(),
        ProblemCode::RightsNotAllowed => {
            "You can't give or take rights that you don't have yourself. Ask an owner.".into()
        }
        ProblemCode::OutOfBounds => "Type a whole number within the bounds that stand beside it.".into(),
        ProblemCode::PasswordWrong => tries("Your current password is wrong. Check Caps Lock and the keyboard layout.", 2),
        ProblemCode::PasswordTooShort => {
            "This password is too short. The rule beside the field says how long it has to be.".into()
        }
        ProblemCode::PasswordCommon => {
            "This is one of the passwords that everybody tries first. Choose another.".into()
        }
        ProblemCode::PasswordNamesPerson => {
            "A name or a login makes a poor password: everybody here knows it. Choose another.".into()
        }
        ProblemCode::PasswordUnchanged => "This is the password that you have already. Choose a new one.".into(),
        ProblemCode::EditedMeanwhile => {
            "Somebody changed this meanwhile. What you typed is still here: look again before you save.".into()
        }
        ProblemCode::LastOwner => {
            "The clinic would be left without an owner. Make somebody else an owner first.".into()
        }
        ProblemCode::UnlockFirst => "The account is locked. An owner has to unlock it first.".into(),
        ProblemCode::UserRemoved => "This account has been removed. Bring it back first.".into(),
        ProblemCode::UserNotRemoved => "This account is not removed any more. There is nothing to bring back.".into(),
        ProblemCode::OwnComputer => {
            "You are working on this very computer. Do this from another one, or choose \u{201c}Reset this computer\u{201d}.".into()
        }
        ProblemCode::ComputerNotRevoked => "This computer is in use still. Revoke it first.".into(),
        ProblemCode::ComputerIsRevoked => "This computer is revoked. Re-issue its access form first.".into(),
        ProblemCode::ProfileInUse => "Computers belong to this profile still. Move them to another one first.".into(),
        ProblemCode::ImportMalformed => {
            "This is not a list of people that can be read. It takes a CSV file with 1 to 1,000 lines.".into()
        }
        ProblemCode::SetupLinkWrong => "This setup link is not complete. Copy it whole, or ask for a new one.".into(),
        ProblemCode::SetupLinkExpired => "This setup link is older than 24 hours. Ask for a new one.".into(),
        ProblemCode::SetupLinkUsed => {
            "This setup link has opened its clinic already. Sign in with the access form, or ask for a new link.".into()
        }
        ProblemCode::ComputerWrong => {
            "Username or password is wrong. Compare both with side A of the access form.".into()
        }
        ProblemCode::SlowDown => format!("There were too many tries with this username. Try again {wait}."),
        ProblemCode::ComputerRequired => "This computer has to be authorized first.".into(),
        ProblemCode::ProfileRequired => "The profile has to be authorized again. Type a new code.".into(),
        ProblemCode::CodeWrong => tries(
            "This code is wrong. Type the newest one; if that fails too, set the phone's clock to automatic.",
            2,
        ),
        ProblemCode::CodeUsed => format!("This code has been used already. The next one appears {wait}."),
        ProblemCode::CodesPaused => format!("There were too many wrong codes. Try again {wait}."),
        ProblemCode::ProfileStopped => {
            "This profile no longer takes codes. Ask the owner or the system administrator for a new QR code."
                .into()
        }
        ProblemCode::LoginWrong => {
            tries("Login or password is wrong. Check Caps Lock and the keyboard layout.", 2)
        }
        ProblemCode::AccountLocked => {
            "The account is locked after too many wrong passwords. Ask your clinic's owner to unlock it."
                .into()
        }
        ProblemCode::QuestionExpired => TEXTS.sign_in.question_expired.into(),
        ProblemCode::SessionRequired => TEXTS.sign_in.session_ended.into(),
        ProblemCode::NotLocked => "The account is not locked any more. There is nothing to do.".into(),
        ProblemCode::OwnAccount => {
            "Nobody does this to their own account. Ask another owner or support.".into()
        }
        ProblemCode::PinWrong => tries("This PIN is wrong. Compare it with the newest e-mail.", u32::MAX),
        ProblemCode::PinExpired => "This PIN is no longer good. Send a new one.".into(),
        ProblemCode::PinSpent => "This PIN was mistyped too often. Send a new one.".into(),
        ProblemCode::PinTriesExhausted => {
            format!("There were too many wrong PINs for this account today. Try again {wait}.")
        }
        ProblemCode::PinTooMany => {
            format!("Too many PINs were sent. Look for the newest e-mail, or try again {wait}.")
        }
    }
}
