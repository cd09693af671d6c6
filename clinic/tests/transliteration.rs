//! Names in Latin letters, against the examples that the authorities and others have published.

use clinic::rules::transliteration::{latin, latin_beside};
use unicode_normalization::UnicodeNormalization;

fn all(vectors: &[(&str, &str)]) {
    for (name, expected) in vectors {
        let expected = expected.to_lowercase();
        assert_eq!(latin(name), expected, "{name}");
        let decomposed: String = name.nfd().collect();
        assert_eq!(latin(&decomposed), expected, "{name}, decomposed");
    }
}

/// The samples of the schema `icao_doc_9303` in the package `iuliia` 0.13.0, and names of each letter of the table.
#[test]
fn russian_follows_icao_9303() {
    all(&[
        (
            "Юлия, съешь ещё этих мягких французских булок из Йошкар-Олы, да выпей алтайского чаю",
            "Iuliia sieesh eshche etikh miagkikh frantsuzskikh bulok iz Ioshkar-Oly da vypei altaiskogo chaiu",
        ),
        ("Юлия Щеглова", "Iuliia Shcheglova"),
        ("Гайа Васильева", "Gaia Vasileva"),
        ("Андрей Видный", "Andrei Vidnyi"),
        ("Артём Краевой", "Artem Kraevoi"),
        ("Мадыр Чёткий", "Madyr Chetkii"),
        ("Оксана Клеёнкина", "Oksana Kleenkina"),
        ("Игорь Ильин", "Igor Ilin"),
        ("Ян Разъездной", "Ian Razieezdnoi"),
        ("ПЕТРОВА-ВОДКИНА", "petrova-vodkina"),
        ("Жуков Цой Шахов Фёдоров", "zhukov tsoi shakhov fedorov"),
    ]);
}

/// The examples in the table of resolution 55, those with a letter that tells Ukrainian.
#[test]
fn ukrainian_follows_resolution_55() {
    all(&[
        ("Андрій", "Andrii"),
        ("Борщагівка", "Borshchahivka"),
        ("Вінниця", "Vinnytsia"),
        ("Володимир Іваненко", "Volodymyr Ivanenko"),
        ("Ґалаґан", "Galagan"),
        ("Ґорґани", "Gorgany"),
        ("Єнакієве", "Yenakiieve"),
        ("Гаєвич", "Haievych"),
        ("Короп’є", "Koropie"),
        ("Медвін", "Medvin"),
        ("Михайленко Іван", "Mykhailenko Ivan"),
        ("Іващенко", "Ivashchenko"),
        ("Їжакевич", "Yizhakevych"),
        ("Кадиївка", "Kadyivka"),
        ("Мар’їне", "Marine"),
        ("Йосипівка", "Yosypivka"),
        ("Стрий Олексій", "Stryi Oleksii"),
        ("Київ", "Kyiv"),
        ("Ніжин", "Nizhyn"),
        ("Наталія", "Nataliia"),
        ("Одеса Онищенко Ірина", "Odesa Onyshchenko Iryna"),
        ("Рибчинський", "Rybchynskyi"),
        ("Троць Троцький", "Trots Trotskyi"),
        ("Різдво", "Rizdvo"),
        ("Суми Соломія", "Sumy Solomiia"),
        ("Уляна Ужгород Ірпінь", "Uliana Uzhhorod Irpin"),
        ("Філіпчук", "Filipchuk"),
        ("Біла Церква Стеценко", "Bila Tserkva Stetsenko"),
        ("Чернівці Шевченко", "Chernivtsi Shevchenko"),
        ("Гоща Гаращенко Ігор", "Hoshcha Harashchenko Ihor"),
        ("Юрій", "Yurii"),
        ("Корюківка", "Koriukivka"),
        ("Яготин Костянтин Ірпінь", "Yahotyn Kostiantyn Irpin"),
        ("Згорани Розгін", "Zghorany Rozghin"),
        ("Знам’янка Феодосія", "Znamianka Feodosiia"),
        ("Квітка-Яценко", "Kvitka-Yatsenko"),
    ]);
}

/// The tests of `icao-bel-Cyrl-Latn-9303` in the package `interscript-maps` 2.3.2 that a name's own letters decide, and `ў`, `ё`.
#[test]
fn belarusian_follows_icao_9303() {
    all(&[
        ("Міховіч Марыя", "Mikhovich Maryia"),
        ("Бабрыковіч Аляксандр", "Babrykovich Aliaksandr"),
        ("Максім", "Maksim"),
        ("СВЯТЛАНА", "SVIATLANA"),
        ("Ігар", "Ihar"),
        ("Мікалай", "Mikalai"),
        ("Рыгор Бірыла", "Ryhor Biryla"),
        ("Кавалёў", "Kavaliou"),
        ("Лук'янаў", "Lukianau"),
    ]);
}

#[test]
fn one_part_of_a_name_tells_the_language_of_the_other() {
    assert_eq!(latin("Гончаренко"), "goncharenko");
    assert_eq!(latin_beside("Гончаренко", "Олексій"), "honcharenko");
    assert_eq!(latin_beside("Özdemir", "Yağmur"), "ozdemir");
}

#[test]
fn other_cyrillic_alphabets_keep_their_letters() {
    all(&[
        ("Ђорђевић", "Dordevic"),
        ("Живковић Љиљана", "Zivkovic Ljiljana"),
        ("Хаџић Његош", "Hadzic Njegos"),
        ("Қасымғалиев", "Kasymgaliev"),
        ("Әлібеков Нұрсұлтан", "Alibekov Nursultan"),
        ("Өмүрбекова Жаңыл Бөрү", "Omurbekova Zhanyl Boru"),
    ]);
}

/// ICAO Doc 9303 part 3 §6 A; where it leaves a choice (ä, ö, ü), the name's language decides.
#[test]
fn latin_marks_follow_icao_9303() {
    all(&[
        ("Müller Schröder Jäger Weiß", "mueller schroeder jaeger weiss"),
        ("Rüegg", "rueegg"),
        ("Lefèvre Çelik François Cœur", "lefevre celik francois coeur"),
        ("Raphaël Anaïs Saül Zoë Noël", "raphael anais saul zoe noel"),
        ("Agüero Núñez", "aguero nunez"),
        ("Łuczak Wójcik Święta Żółć Źdźbło Kąkol Dąbień", "luczak wojcik swieta zolc zdzblo kakol dabien"),
        ("Yıldız", "yildiz"),
        ("Gökçeoğlu", "gokceoglu"),
        ("Şükrü", "sukru"),
        ("İnönü", "inonu"),
        ("Əliyev", "eliyev"),
        ("Erdős Fűtő Görög", "erdos futo gorog"),
        ("Ångström Sørensen Bærum", "aangstroem soerensen baerum"),
        ("Þórðarson", "thordarson"),
        ("Đorđević Škvorecký Růžička", "dordevic skvorecky ruzicka"),
        ("Ștefănescu Ibănez", "stefanescu ibanez"),
        ("Nguyễn", "nguyen"),
    ]);
}

#[test]
fn other_scripts_become_letters() {
    for name in
        ["Παπαδόπουλος", "გელაშვილი", "محمد", "כהן", "Պետրոսյան", "王小明", "김민수", "さくら", "शर्मा"]
    {
        let written = latin(name);
        assert!(written.len() >= 3, "{name}: {written}");
        assert!(written.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}: {written}");
    }
    assert_eq!(latin("Παπαδόπουλος"), "papadopoulos");
    assert_eq!(latin("გელაშვილი"), "gelashvili");
    assert_eq!(latin("王小明"), "wangxiaoming");
}

#[test]
fn signs_are_dropped_and_dashes_alike() {
    assert_eq!(latin("O’Neil d'Arc St. John"), "oneil darc st john");
    assert_eq!(latin("Smith–Jones‑Lee"), "smith-jones-lee");
    assert_eq!(latin("«☃» 🙂\u{202e}"), " ");
    assert_eq!(latin(""), "");
}
