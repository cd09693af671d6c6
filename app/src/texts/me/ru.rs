//! Русский.

use super::MeTexts;
use crate::texts::plural::russian as plural;

pub static RU: MeTexts = MeTexts {
    about_me: "Обо мне",
    wrong_data: "Что-то не так? Исправить может тот, кто управляет пользователями клиники.",
    mails_in: "Язык моих писем",
    mails_hint: "Меняется сразу.",
    language_saved: "Теперь письма будут приходить на этом языке",
    password: "Мой пароль",
    current: "Текущий пароль",
    change_password: "Сменить пароль",
    password_changed: "Пароль изменён. На других компьютерах вы вышли.",
    sessions: "Где я в системе",
    signed_in_since: "Вход выполнен",
    here: "этот компьютер",
    everywhere: "Выйти везде",
    everywhere_title: "Выйти везде?",
    everywhere_words: |n| {
        format!("Вы выйдете на {n} {}, включая этот.", plural(n, "компьютере", "компьютерах", "компьютерах"))
    },
    signed_out: "Вы вышли на всех компьютерах.",
    recent: "Мои последние действия",
};
