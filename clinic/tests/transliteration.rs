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

/// Each letter of an alphabet with what it becomes, in lower case and as a capital. `beside` is a name that tells the language,
/// `before` what stands before the letter in its word.
fn alphabet(letters: &str, beside: &str, before: &str) {
    for pair in letters.split_whitespace() {
        let mut written = pair.chars();
        let letter = written.next().expect("a letter");
        let expected = format!("{}{}", latin(before), written.as_str());
        for cased in [letter.to_string(), letter.to_uppercase().to_string()] {
            assert_eq!(latin_beside(&format!("{before}{cased}"), beside), expected, "{cased} of {beside}");
        }
    }
}

/// ICAO Doc 9303 part 3 §6 B.
const RUSSIAN: &str = "аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъie ыy ь эe юiu яia";

#[test]
fn each_letter_of_the_cyrillic_alphabets_is_spelt_by_its_table() {
    alphabet(RUSSIAN, "", "");
    alphabet(RUSSIAN, "Иванов", "а");
    let belarusian = "аa бb вv гh дd еe ёio жzh зz іi йi кk лl мm нn оo пp рr сs тt уu ўu фf хkh цts чch шsh ыy ь эe юiu яia";
    alphabet(belarusian, "Кавалёў", "");
    alphabet(belarusian, "Марыя Міховіч", "а");
    // Resolution 55: some letters are spelt otherwise where a word begins.
    let both = "аa бb вv гh ґg дd еe жzh зz иy іi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ь";
    alphabet(both, "Їжакевич", "");
    alphabet(both, "Рибчинський", "а");
    alphabet("єye їyi йy юyu яya", "Їжакевич", "");
    alphabet("єie їi йi юiu яia", "Їжакевич", "а");
    alphabet("гgh", "Їжакевич", "з");
    let serbian =
        "аa бb вv гg дd ђd еe жz зz иi јj кk лl љlj мm нn њnj оo пp рr сs тt ћc уu фf хh цc чc џdz шs";
    alphabet(serbian, "Ђорђе", "");
    alphabet(serbian, "Његош", "а");
}

/// ICAO Doc 9303 part 3 §6 A.
#[test]
fn each_latin_letter_with_a_mark_is_spelt_by_its_table() {
    alphabet("àa áa âa ãa āa ăa ąa çc ćc ĉc ċc čc ďd đd ðd èe ée êe ëe ēe ĕe ėe ęe ěe əe", "", "");
    alphabet("ĝg ğg ġg ģg ĥh ħh ìi íi îi ïi ĩi īi ĭi įi ĵj ķk ĺl ļl ľl ŀl łl ńn ņn ňn ñn", "", "");
    alphabet("òo óo ôo õo ōo ŏo őo ŕr ŗr řr śs ŝs şs šs șs ţt ťt ŧt țt ùu úu ûu ũu ūu ŭu ůu űu ųu", "", "");
    alphabet("ŵw ýy ŷy ÿy źz żz žz åaa äae æae öoe øoe œoe üue þth", "", "");
    assert_eq!(
        (latin("ß"), latin("ı"), latin("I"), latin("İ")),
        ("ss".into(), "i".into(), "i".into(), "i".into())
    );
    alphabet("öo üu äae", "Yıldız", "");
    alphabet("öo üu äa", "", "o");
}

#[test]
fn letters_and_digits_of_ascii_stay() {
    for symbol in (b'a'..=b'z').chain(b'0'..=b'9').map(char::from) {
        assert_eq!(latin(&symbol.to_string()), symbol.to_string());
        assert_eq!(latin(&symbol.to_ascii_uppercase().to_string()), symbol.to_string());
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
        ("Agüero Argüiñano Núñez", "aguero arguinano nunez"),
        ("Gürtler Müehlbauer Isaäc", "guertler mueehlbauer isaac"),
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
