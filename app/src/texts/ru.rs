//! Русский.

use wire::{ProblemCode, Role, activities::Action, users::UnlockPermission};

use super::{
    Account, Activities, Common, Forgot, Refusal, Shell, SignIn, Texts, Users, plural::russian as plural,
};

/// The sentences in Russian.
pub static TEXTS: Texts = Texts {
    common: Common {
        language: "Язык",
        loading: "Загружаем…",
        offline: "Нет связи. Проверьте сеть и попробуйте ещё раз.",
        try_again: "Попробовать ещё раз",
        try_again_now: "Можно пробовать снова.",
        refresh: "Обновить",
        show_characters: "Показать символы",
        hide_characters: "Скрыть символы",
        nothing: "нет",
        unknown_page: "Такой страницы нет",
        unknown_page_about: "Возможно, в адресе опечатка или страница переехала.",
        to_start: "На главную",
    },
    sign_in: SignIn {
        progress: |step| format!("Шаг {step} из 3"),
        path: "Шаги входа",
        computer_lost: "Компьютер нужно авторизовать заново: его бланк доступа отозван или заменён, либо им давно не пользовались.",
        clock_off: |clinic, device| format!("Клиника: {clinic} · Это устройство: {device}"),
        clock_advice: "Часы расходятся, а коды сверяются с часами клиники. Если код не подходит, включите автоматические дату и время на устройстве, которое его показывает.",
        path_names: ["Компьютер", "Профиль", "Пользователь"],
        computer_title: "Авторизация компьютера",
        computer_about: "Введите имя и пароль со стороны А бланка доступа этого компьютера.",
        username: "Имя компьютера",
        password: "Пароль",
        computer_password_hint: "24 знака. Заглавные буквы, пробелы и дефисы не важны.",
        next: "Продолжить",
        profile_title: "Авторизация профиля",
        profile_about: "Откройте приложение с кодами для этого профиля и введите шесть цифр.",
        code: "Код",
        code_hint: "Новый код появляется каждые 30 секунд.",
        user_title: "Авторизация пользователя",
        login: "Логин",
        sign_in: "Войти",
        forgot: "Забыли пароль?",
        unlocked: "Учётная запись разблокирована. Можно снова войти.",
        question_expired: "Время на ответ истекло. Войдите, пожалуйста, ещё раз.",
        session_ended: "Вы вышли из системы. Войдите, пожалуйста, снова.",
        question_title: "Это вы?",
        question_about: "Вы входите как",
        yes: "Да, войти",
        no: "Нет, сменить пользователя",
        locked_title: "Учётная запись заблокирована",
        locked_about: "Слишком много неверных паролей подряд. Попросите владельца клиники снять блокировку.",
        locked_forgot: "Пока запись заблокирована, ссылка «Забыли пароль?» не поможет.",
        locked_waiting: "Не закрывайте страницу: после снятия блокировки она продолжит сама.",
        new_password_title: "Придумайте свой пароль",
        new_password_about: "Вы вошли с первым паролем. Теперь свой пароль будете знать только вы.",
        new_password: "Новый пароль",
        password_rule: |least| {
            format!(
                "Не меньше {least} {}. Не из самых распространённых, не имя и не логин.",
                plural(least, "знака", "знаков", "знаков")
            )
        },
        save_and_sign_in: "Сохранить и войти",
    },
    shell: Shell {
        skip: "К содержанию",
        places: "Разделы",
        clinic: "Моя клиника",
        user_management: "Управление пользователями",
        users: "Пользователи",
        computers: "Компьютеры",
        profiles: "Профили",
        settings: "Настройки",
        me: "Моя учётная запись",
        add_user: "Новый пользователь",
        import_users: "Импорт пользователей",
        management: "Управление",
        activities: "Журнал действий",
        switch_user: "Сменить пользователя",
        sign_out: "Выйти",
        signed_in_as: |name| format!("Вы вошли как {name}"),
        signed_out: "Вы вышли.",
        hello: |name| format!("Здравствуйте, {name}"),
        home_about: "Куда перейдём?",
        users_about: "Сотрудники клиники и их учётные записи",
        computers_about: "Компьютеры, за которыми можно войти, и бланки доступа",
        settings_about: "Название клиники, часовой пояс и правила",
        activities_about: "Что произошло, когда и на каком компьютере",
    },
    users: Users {
        search: "Поиск по имени, логину или должности",
        found: |n| format!("{n} {}", plural(n, "пользователь", "пользователя", "пользователей")),
        none_found: "Никого не нашли. Попробуйте ввести меньше букв.",
        name: "Имя",
        login: "Логин",
        position: "Должность",
        role: "Роль",
        status: "Статус",
        active: "Активен",
        locked: "Заблокирован",
        removed: "Удалён",
    },
    account: Account {
        back: "Все пользователи",
        email: "Эл. почта",
        last_sign_in: "Последний вход",
        never: "не было",
        lock: "Блокировка",
        since: "Заблокирован с",
        computer: "На компьютере",
        tries_since: "Попыток с тех пор",
        verify: "Прежде чем снять блокировку, убедитесь, что пароль вводил сам сотрудник.",
        unlock: "Разблокировать",
        permission: |permission| match permission {
            UnlockPermission::Allowed => None,
            UnlockPermission::OnlyOwners => Some("Снять блокировку может только владелец клиники."),
            UnlockPermission::OwnAccount => {
                Some("Свою запись разблокировать нельзя. Обратитесь к другому владельцу или в поддержку.")
            }
            UnlockPermission::NoEmail => {
                Some("В вашей записи нет адреса почты, на который отправить ПИН-код. Сначала добавьте его.")
            }
        },
        pin_sent: |hint| format!("ПИН-код отправлен на {hint}"),
        pin_prompt: "Введите ПИН-код, чтобы разблокировать учётную запись.",
        pin: "ПИН-код",
        pin_valid: |until, tries| {
            format!(
                "Действует до {until}; {} {tries} {}.",
                plural(tries, "осталась", "осталось", "осталось"),
                plural(tries, "попытка", "попытки", "попыток")
            )
        },
        confirm: "Подтвердить",
        new_pin: "Отправить новый ПИН-код",
        unlocked: "Учётная запись разблокирована",
    },
    activities: Activities {
        at: "Дата и время",
        action: "Действие",
        user: "Пользователь",
        by: "Кто",
        computer: "Компьютер",
        address: "Адрес",
        unknown_login: "неизвестный логин",
        operator: "оператор",
        older: "Показать более ранние",
        end: "Это начало журнала.",
        own_only: "Здесь записи о вас.",
        zone: |zone| format!("Часовой пояс: {zone}"),
    },
    forgot: Forgot {
        title: "Забыли пароль?",
        about: "Вам сразу же помогут в вашей клинике:",
        owner: "владелец клиники,",
        manager: "менеджер",
        administrator: "или системный администратор клиники: его логин начинается с sys_.",
        locked: "Учётная запись заблокирована? Тогда новый пароль не поможет: снять блокировку может только владелец.",
        back: "Вернуться ко входу",
    },
    idle: &super::idle::RU,
    once: &super::once::RU,
    people: &super::people::RU,
    places: &super::places::RU,
    me: &super::me::RU,
    settings: &super::settings::RU,
    changes: &super::changes::RU,
    role: |role| match role {
        Role::Owner => "Владелец",
        Role::Manager => "Менеджер",
        Role::Employee => "Сотрудник",
        Role::SystemAdministrator => "Системный администратор",
    },
    action: |action| match action {
        Action::ClinicOpened => "Клиника создана",
        Action::ComputerAuthorized => "Компьютер авторизован",
        Action::ComputerAuthorizationFailed => "Компьютер не авторизован",
        Action::ProfileAuthorized => "Профиль авторизован",
        Action::ProfileAuthorizationFailed => "Профиль не авторизован",
        Action::LoginSucceeded => "Вход выполнен",
        Action::LoginDeclined => "Вход отклонён пользователем",
        Action::LoginFailed => "Неудачный вход",
        Action::LoginFailedLocked => "Неудачный вход (запись заблокирована)",
        Action::AccountLocked => "Учётная запись заблокирована",
        Action::PinSent => "ПИН-код отправлен",
        Action::AccountUnlockFailed => "Неудачная разблокировка",
        Action::AccountUnlocked => "Учётная запись разблокирована",
        Action::SignedOut => "Выход",
        Action::AccountUnlockedAutomatically => "Учётная запись разблокирована (автоматически)",
        Action::PasswordChanged => "Пароль изменён",
        Action::SignedOutEverywhere => "Выход на всех компьютерах",
        Action::UserAdded => "Пользователь добавлен",
        Action::UserEdited => "Пользователь изменён",
        Action::UserRemoved => "Пользователь удалён",
        Action::UserBroughtBack => "Пользователь возвращён",
        Action::AccessRestored => "Выдан новый первый пароль",
        Action::ComputerAdded => "Компьютер добавлен",
        Action::ComputerEdited => "Компьютер изменён",
        Action::ComputerRevoked => "Доступ компьютера отозван",
        Action::ComputerReissued => "Выдан новый бланк доступа",
        Action::ComputerRemoved => "Компьютер удалён",
        Action::ComputerReset => "Компьютер сброшен",
        Action::ProfileAdded => "Профиль добавлен",
        Action::ProfileRenamed => "Профиль переименован",
        Action::ProfileReissued => "Выдан новый QR-код",
        Action::ProfileRemoved => "Профиль удалён",
        Action::SettingsChanged => "Настройки изменены",
        Action::PolicyChanged => "Правила изменены",
    },
    problem,
};

fn problem(refusal: Refusal) -> String {
    let wait = match refusal.wait_seconds {
        0 => "немного позже".to_owned(),
        seconds => format!("через {}", super::span(seconds, ["ч", "мин", "с"])),
    };
    let tries = |sentence: &str, few: u32| match refusal.tries_left {
        Some(n) if n <= few => format!(
            "{sentence} {} {n} {}.",
            plural(n, "Осталась", "Осталось", "Осталось"),
            plural(n, "попытка", "попытки", "попыток")
        ),
        _ => sentence.to_owned(),
    };
    match refusal.code {
        ProblemCode::MalformedRequest | ProblemCode::UnsupportedMediaType | ProblemCode::MethodNotAllowed => {
            "Страница устарела. Обновите её и попробуйте снова.".into()
        }
        ProblemCode::RequestTooLarge => "Слишком длинно. Пожалуйста, сократите.".into(),
        ProblemCode::NotFound => "Такого в вашей клинике нет или уже нет.".into(),
        ProblemCode::ForeignOrigin => {
            "Запрос пришёл с чужого сайта и отклонён. Откройте Wardkey по его собственному адресу.".into()
        }
        ProblemCode::NotAllowed => "Ваша роль этого не позволяет. Обратитесь к владельцу клиники.".into(),
        ProblemCode::Busy => format!("Слишком много запросов сразу. Повторите {wait}."),
        ProblemCode::Internal => "Ошибка на нашей стороне. Ничего не изменилось, попробуйте ещё раз.".into(),
        ProblemCode::UsernameMalformed => {
            "Имя компьютера выглядит так: k7m2qx4p9d-1. Перепишите его со стороны А бланка доступа.".into()
        }
        ProblemCode::PasswordMissing => "Введите пароль.".into(),
        ProblemCode::PasswordTooLong => "В пароле не больше 128 знаков. Проверьте, что вы вставили.".into(),
        ProblemCode::LoginMalformed => {
            "В логине только латинские буквы, цифры, точки, дефисы и знаки подчёркивания. Проверьте раскладку клавиатуры.".into()
        }
        ProblemCode::CodeMalformed => "Введите шесть цифр из приложения с кодами.".into(),
        ProblemCode::PinMalformed => "Введите шесть цифр ПИН-кода из письма.".into(),
        ProblemCode::EmailMalformed => "Проверьте адрес: он выглядит как name@example.org.".into(),
        ProblemCode::NameMalformed => "Введите от 1 до 100 знаков.".into(),
        ProblemCode::TimeZoneUnknown => "Выберите часовой пояс, например Europe/Moscow.".into(),
        ProblemCode::LoginTaken => "Такой логин в клинике уже есть. Выберите другой.".into(),
        ProblemCode::LoginConfusable => {
            "Логин слишком похож на другой, или в нём есть буквы, которые только выглядят латинскими. Выберите другой.".into()
        }
        ProblemCode::LoginPrefix => {
            "С sys_ начинаются логины системных администраторов, и только они.".into()
        }
        ProblemCode::EmailMissing => {
            "Владельцу нужен адрес почты: на него приходят ПИН-коды для разблокировки.".into()
        }
        ProblemCode::NameTaken => "Такое название уже есть. Выберите другое.".into(),
        ProblemCode::RoleNotAllowed => "Эту роль вы назначить не можете. Выберите другую или обратитесь к владельцу.".into(),
        ProblemCode::RightsNotAllowed => {
            "Нельзя дать или забрать права, которых нет у вас. Обратитесь к владельцу.".into()
        }
        ProblemCode::OutOfBounds => "Введите целое число в указанных рядом пределах.".into(),
        ProblemCode::PasswordWrong => tries("Текущий пароль неверный. Проверьте Caps Lock и раскладку клавиатуры.", 2),
        ProblemCode::PasswordTooShort => {
            "Пароль слишком короткий. Нужная длина указана рядом с полем.".into()
        }
        ProblemCode::PasswordCommon => {
            "Этот пароль пробуют одним из первых. Придумайте другой.".into()
        }
        ProblemCode::PasswordNamesPerson => {
            "Имя или логин знают все вокруг, это плохой пароль. Придумайте другой.".into()
        }
        ProblemCode::PasswordUnchanged => "Это ваш нынешний пароль. Придумайте новый.".into(),
        ProblemCode::EditedMeanwhile => {
            "Тем временем кто-то внёс изменения. Всё, что вы ввели, на месте: посмотрите ещё раз, прежде чем сохранить.".into()
        }
        ProblemCode::LastOwner => {
            "Клиника осталась бы без владельца. Сначала назначьте другого.".into()
        }
        ProblemCode::UnlockFirst => "Учётная запись заблокирована. Сначала её должен разблокировать владелец.".into(),
        ProblemCode::UserRemoved => "Эта учётная запись удалена. Сначала верните её.".into(),
        ProblemCode::UserNotRemoved => "Эта учётная запись не удалена, возвращать нечего.".into(),
        ProblemCode::OwnComputer => {
            "Вы работаете за этим самым компьютером. Сделайте это с другого или выберите «Сбросить этот компьютер».".into()
        }
        ProblemCode::ComputerNotRevoked => "Компьютер ещё в работе. Сначала отзовите его доступ.".into(),
        ProblemCode::ComputerIsRevoked => "Доступ этого компьютера отозван. Сначала выдайте новый бланк доступа.".into(),
        ProblemCode::ProfileInUse => "К этому профилю ещё относятся компьютеры. Сначала переведите их в другой.".into(),
        ProblemCode::ImportMalformed => {
            "Этот список прочитать не удалось. Нужен файл CSV, в котором от 1 до 1000 строк.".into()
        }
        ProblemCode::SetupLinkWrong => "Ссылка неполная. Скопируйте её целиком или запросите новую.".into(),
        ProblemCode::SetupLinkExpired => "Ссылке больше 24 часов. Запросите новую.".into(),
        ProblemCode::SetupLinkUsed => {
            "По этой ссылке клиника уже создана. Войдите с бланком доступа или запросите новую ссылку.".into()
        }
        ProblemCode::ComputerWrong => "Неверное имя или пароль. Сверьте их со стороной А бланка доступа.".into(),
        ProblemCode::SlowDown => format!("Слишком много попыток с этим именем. Попробуйте снова {wait}."),
        ProblemCode::ComputerRequired => "Сначала нужно авторизовать этот компьютер.".into(),
        ProblemCode::ProfileRequired => "Профиль нужно авторизовать заново. Введите новый код.".into(),
        ProblemCode::CodeWrong => tries(
            "Неверный код. Введите самый новый, а если не поможет, включите на телефоне автоматическое время.",
            2,
        ),
        ProblemCode::CodeUsed => format!("Этот код уже использован. Следующий появится {wait}."),
        ProblemCode::CodesPaused => format!("Слишком много неверных кодов. Попробуйте снова {wait}."),
        ProblemCode::ProfileStopped => {
            "Этот профиль больше не принимает коды. Попросите владельца или системного администратора выдать новый QR-код."
                .into()
        }
        ProblemCode::LoginWrong => {
            tries("Неверный логин или пароль. Проверьте Caps Lock и раскладку клавиатуры.", 2)
        }
        ProblemCode::AccountLocked => {
            "Учётная запись заблокирована: слишком много неверных паролей. Попросите владельца клиники снять блокировку."
                .into()
        }
        ProblemCode::QuestionExpired => TEXTS.sign_in.question_expired.into(),
        ProblemCode::SessionRequired => TEXTS.sign_in.session_ended.into(),
        ProblemCode::NotLocked => "Учётная запись уже не заблокирована. Делать ничего не нужно.".into(),
        ProblemCode::OwnAccount => {
            "Со своей учётной записью этого сделать нельзя. Обратитесь к другому владельцу или в поддержку.".into()
        }
        ProblemCode::PinWrong => tries("Неверный ПИН-код. Сверьте его с последним письмом.", u32::MAX),
        ProblemCode::PinExpired => "Этот ПИН-код больше не действует. Отправьте новый.".into(),
        ProblemCode::PinSpent => "Этот ПИН-код слишком много раз ввели неверно. Отправьте новый.".into(),
        ProblemCode::PinTriesExhausted => {
            format!("Сегодня для этой записи было слишком много неверных ПИН-кодов. Попробуйте снова {wait}.")
        }
        ProblemCode::PinTooMany => {
            format!("ПИН-код отправлен слишком много раз. Найдите последнее письмо или попробуйте снова {wait}.")
        }
    }
}
