//! Русский.

use super::{PolicyTexts, SettingsTexts};
use crate::texts::plural::russian as plural;

pub static RU: SettingsTexts = SettingsTexts {
    clinic: "Клиника",
    name: "Название клиники",
    time_zone: "Часовой пояс",
    time_there: |time| format!("Сейчас там {time}."),
    language: "Язык по умолчанию",
    language_hint: "Для страницы входа и порядка слов в именах.",
    save: "Сохранить",
    saved: "Настройки сохранены",
    policies: "Правила",
    policies_saved: "Правила сохранены",
    owners_only: "Менять правила может только владелец клиники.",
    read_only: "Вы можете смотреть настройки, но не менять их.",
    look_again: "Посмотреть ещё раз",
    stands_now: |value| format!("Кто-то уже поставил: {value}"),
    bounds: |min, max| format!("От {min} до {max}."),
    off: "выключено",
    on: "включено",
    minutes: |n| format!("через {n} {}", plural(n, "минуту", "минуты", "минут")),
    policy: |name| match name {
        "strikes_max" => PolicyTexts {
            name: "Неверных паролей до блокировки",
            about: "Столько неверных паролей подряд блокируют учётную запись.",
            unit: |n| plural(n, "пароль", "пароля", "паролей"),
        },
        "password_length_min" => PolicyTexts {
            name: "Самый короткий пароль",
            about: "В пароле, который придумывает сотрудник, не меньше стольких знаков.",
            unit: |n| plural(n, "знак", "знака", "знаков"),
        },
        "computer_unused_days" => PolicyTexts {
            name: "Компьютер без дела",
            about: "Компьютер, которым так долго не пользовались, нужно авторизовать заново.",
            unit: |n| plural(n, "день", "дня", "дней"),
        },
        "profile_hours" => PolicyTexts {
            name: "Рабочий день",
            about: "По истечении этого времени нужен новый код из приложения, и все входят заново.",
            unit: |n| plural(n, "час", "часа", "часов"),
        },
        "idle_minutes" => PolicyTexts {
            name: "Время бездействия",
            about: "Экран, которым столько времени не пользовались, снова спросит пароль.",
            unit: |n| plural(n, "минута", "минуты", "минут"),
        },
        "log_years" => PolicyTexts {
            name: "Хранение журнала",
            about: "Записи журнала хранятся не меньше этого срока.",
            unit: |n| plural(n, "год", "года", "лет"),
        },
        "own_password" => PolicyTexts {
            name: "Свой пароль при первом входе",
            about: "Каждый меняет первый пароль на тот, который знает только он.",
            unit: |_| "",
        },
        "automatic_unlock_minutes" => PolicyTexts {
            name: "Автоматическая разблокировка",
            about: "Заблокированная запись откроется сама через это время. Выключено: её открывает только владелец.",
            unit: |n| plural(n, "минута", "минуты", "минут"),
        },
        _ => PolicyTexts { name: "Правило", about: "", unit: |_| "" },
    },
};
