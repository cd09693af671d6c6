//! English.

use super::PlacesTexts;

/// The sentences in English.
pub static EN: PlacesTexts = PlacesTexts {
    add_computer: "Add computer",
    label: "Label",
    label_hint: "Where it stands, such as \u{201c}Reception 1\u{201d}.",
    profile: "Profile",
    status: "Status",
    last_seen: "Last seen",
    here_now: "Here now",
    actions: "Actions",
    this_computer: "this computer",
    show_revoked: "Show revoked ones",
    authorized: "Authorized",
    waiting: "Waiting for its form",
    revoked: "Revoked",
    rename: "Rename",
    rename_computer: "Rename or move the computer",
    move_ends: "Moving it to another profile signs out everybody who works on it.",
    revoke: "Revoke",
    revoke_title: "Revoke computer",
    revoke_words: |label, people| {
        let here = if people.is_empty() {
            String::new()
        } else {
            format!(" Signed in there now, and signed out at once: {people}.")
        };
        format!(
            "Revoke \u{201c}{label}\u{201d}? Its access form is void from now on; to use the computer again, re-issue it.{here}"
        )
    },
    revoke_own: "You are sitting at this one: revoke it from another.",
    reissue: "Re-issue",
    reissue_title: "Re-issue access form",
    reissue_words: |label, own| {
        let after = if own {
            "You stay signed in here; the new one is for the next time."
        } else {
            "Everybody is signed out there until the new one is typed in."
        };
        format!("Make a new access form for \u{201c}{label}\u{201d}? The old password dies at once. {after}")
    },
    remove: "Remove",
    remove_computer_title: "Remove computer",
    remove_computer_words: |label| {
        format!(
            "Take \u{201c}{label}\u{201d} off the list? The log keeps its name. It can't be brought back, only added anew."
        )
    },
    reset: "Reset this computer",
    reset_words: |label| {
        format!(
            "Reset \u{201c}{label}\u{201d}? You are signed out, and this computer begins at step 1 again: somebody will need its access form."
        )
    },
    add_profile: "Add profile",
    name: "Name",
    name_hint: "A workplace, such as \u{201c}Main\u{201d} or \u{201c}Dental\u{201d}.",
    computers: "Computers",
    stopped: "Needs a new QR code",
    rename_profile: "Rename the profile",
    new_code: "New QR code",
    new_code_words: |name| {
        format!(
            "Make a new QR code for \u{201c}{name}\u{201d}? The old one dies at once: every phone that holds it must scan the new one before anybody signs in again. Whoever is signed in goes on working."
        )
    },
    remove_profile_title: "Remove profile",
    remove_profile_words: |name| {
        format!(
            "Remove the profile \u{201c}{name}\u{201d}? Its QR code opens nothing any more; delete it from the phones that hold it."
        )
    },
    in_use: "Computers belong to it. Move or remove them first.",
    save: "Save",
    look_again: "Look again",
    stands_now: |now| format!("It now reads: {now}. Save to put yours in its place."),
    gone: "It has been removed meanwhile.",
    saved: |name| format!("\u{201c}{name}\u{201d} is saved."),
    revoked_news: |label| format!("\u{201c}{label}\u{201d} is revoked."),
    removed_news: |name| format!("\u{201c}{name}\u{201d} is removed."),
    read_only: "You can look, but not change anything here.",
    form_title: "Access form",
    paper: "Paper",
    paper_a4: "A4 sheet",
    paper_card: "Card, 85.6 × 54 mm",
    done: "Done",
    side_a: "Side A",
    side_b: "Side B",
    side_owner: "For the owner",
    step_computer: "Step 1 · Computer",
    step_profile: "Step 2 · Profile",
    step_user: "Step 3 · User",
    address: "Address",
    computer: "Computer",
    username: "Username",
    password: "Password",
    first_password: "First password",
    login: "Login",
    side_a_about: "Open the address on the computer and type both. Capitals, spaces and dashes make no difference.",
    side_b_about: "Scan the code with Yandex Key, Google Authenticator or another such app, then type the six digits that it shows.",
    by_hand: "Or type by hand",
    code_name: |name| format!("QR code of the profile {name}"),
    keep_safe: "Keep it under lock and key, away from the computer.",
    owner_about: "For the first sign-in, after steps 1 and 2. You choose a password of your own then.",
    form_ready: "The access form is ready to print.",
    setup_title: "Open your clinic",
    setup_about: "A few lines about the clinic, its owner and its first computer. At the end you print the access form.",
    setup_no_token: "Open the setup link from your message once more: its last part was not in the address.",
    setup_until: |until| format!("Your link is good until {until}."),
    the_clinic: "The clinic",
    clinic: "Clinic's name",
    clinic_hint: "As it stands on the access forms and in e-mails.",
    time_zone: "Time zone",
    language: "Default language",
    the_owner: "The owner",
    the_owner_about: "Only an owner unlocks accounts and sets the rules.",
    last_name: "Last name",
    first_name: "First name",
    middle_name: "Middle name",
    email: "E-mail",
    email_hint: "PINs that unlock accounts are sent there.",
    the_place: "The first computer",
    the_place_about: "More computers and profiles can be added at any time.",
    first_computer: "The computer's label",
    first_profile: "The profile's name",
    reception: "Reception 1",
    main: "Main",
    open_clinic: "Open the clinic",
    opened_title: |clinic| format!("{clinic} is open"),
    to_sign_in: "Go to sign-in",
    administrator: ("administrator", "System"),
};
