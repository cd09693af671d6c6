//! Cells of tables that spreadsheets open: no text in one is taken for a formula, whatever somebody has called themselves or their computer.

/// What a formula begins with, in one spreadsheet or another: the wide ones where people write Chinese or Japanese.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// Behind these a spreadsheet of another language, or one that is told so, begins a new cell.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\r', '\n'];

/// The text with an apostrophe wherever a spreadsheet could see the beginning of a formula.
pub fn harmless(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    let mut begins = true;
    for symbol in text.chars() {
        if begins && FORMULA.contains(&symbol) {
            cell.push('\'');
        }
        cell.push(symbol);
        begins = SEPARATORS.contains(&symbol) || begins && is_passed_over(symbol);
    }
    cell
}

/// Whether a spreadsheet may drop this where a cell begins: blanks, quotes, and what is not seen.
fn is_passed_over(symbol: char) -> bool {
    symbol.is_whitespace()
        || symbol.is_control()
        || matches!(symbol, '"' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for (typed, cell) in [
            ("=1+1", "'=1+1"),
            ("+7 495", "'+7 495"),
            ("-x", "'-x"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            (" =1", " '=1"),
            ("\u{a0}\u{feff}=1", "\u{a0}\u{feff}'=1"),
            ("\"=1", "\"'=1"),
            ("＝1+1", "'＝1+1"),
            ("＠SUM(1)", "'＠SUM(1)"),
            ("a;=1", "a;'=1"),
            ("a;\" =1", "a;\" '=1"),
            ("a,b\n=1", "a,b\n'=1"),
            ("a=1", "a=1"),
            ("Müller-Lüdenscheidt", "Müller-Lüdenscheidt"),
        ] {
            assert_eq!(harmless(typed), cell, "{typed:?}");
        }
    }
}
