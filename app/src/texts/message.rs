//! The grammar of a message: the app and its build script read them by the same few lines of code.
//!
//! It is a small part of ICU MessageFormat, for numbers and names within a sentence.

/// One part of a message.
pub enum Part<'a> {
    /// Words as they stand.
    Words(&'a str),
    /// What is put in at this place.
    Argument(usize),
    /// The form that the number at this place takes; `#` in it is the number.
    Plural(usize, &'a str),
}

/// The first part of a message, and what follows it; nothing where the message is broken.
pub fn first_part(message: &str) -> Option<(Part<'_>, &str)> {
    let Some(inner) = message.strip_prefix('{') else {
        let end = message.find('{').unwrap_or(message.len());
        return message.split_at_checked(end).map(|(words, rest)| (Part::Words(words), rest));
    };
    let (inner, rest) = block(inner)?;
    let part = match inner.split_once(", plural, ") {
        None => Part::Argument(place(inner)?),
        Some((number, forms)) => Part::Plural(place(number)?, forms),
    };
    Some((part, rest))
}

/// The first form of a number, by its category in Unicode CLDR, and what follows it.
pub fn first_form(forms: &str) -> Option<((&str, &str), &str)> {
    let (category, rest) = forms.split_once(" {")?;
    let (words, rest) = block(rest)?;
    Some(((category, words), rest.trim_start()))
}

/// What stands before the brace that closes a block, and what follows it.
fn block(text: &str) -> Option<(&str, &str)> {
    let mut open = 0_u32;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open == 0 => return Some((text.get(..place)?, text.get(place + 1..)?)),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// The place of an argument: more than three in a sentence nobody would follow.
fn place(digit: &str) -> Option<usize> {
    match digit {
        "0" => Some(0),
        "1" => Some(1),
        "2" => Some(2),
        _ => None,
    }
}
