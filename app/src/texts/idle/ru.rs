//! Русский.

use super::IdleTexts;
use crate::texts::plural::russian as plural;

pub static RU: IdleTexts = IdleTexts {
    title: "Вы ещё здесь?",
    about: |seconds| {
        format!("Через {seconds} {} вы выйдете из системы.", plural(seconds, "секунду", "секунды", "секунд"))
    },
    stay: "Остаться в системе",
    signed_out: |minutes| {
        format!(
            "Компьютером никто не пользовался {minutes} {}. Войдите, пожалуйста, снова.",
            plural(minutes, "минуту", "минуты", "минут")
        )
    },
};
