//! Русский.

use wire::{
    activities::Changed,
    rights::{Module, Right},
};

use super::ChangesTexts;

pub static RU: ChangesTexts = ChangesTexts {
    what: |what| match what {
        Changed::FullName => "Имя",
        Changed::Login => "Логин",
        Changed::Email => "Эл. почта",
        Changed::Position => "Должность",
        Changed::Role => "Роль",
        Changed::Right(_) => "Права",
        Changed::Language => "Язык",
        Changed::Computer => "Компьютер",
        Changed::Profile => "Профиль",
        Changed::ClinicName => "Название клиники",
        Changed::TimeZone => "Часовой пояс",
        Changed::Policy(_) => "Правило",
    },
    right_in: |module| format!("Права в разделе «{module}»"),
    module: |module| match module {
        Module::Users => "Пользователи",
        Module::Computers => "Компьютеры",
        Module::Activities => "Журнал действий",
        Module::Settings => "Настройки",
    },
    right: |right| match right {
        Right::None => "нет",
        Right::Read => "просмотр",
        Right::Edit => "изменение",
    },
    from_to: |what, old, new| format!("{what}: {old} → {new}"),
    only: |what, value| format!("{what}: {value}"),
    nothing: "нет",
};
