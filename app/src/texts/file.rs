//! The file of a language as people write it, and what of it goes to the app.

/// The key and the message of a line; nothing for a comment or a blank line.
pub fn entry(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    line.split_once(" = ")
}

/// The messages, one a line, in their order: the app knows their places, and the line need not carry their keys.
pub fn messages(file: &str) -> String {
    file.lines().filter_map(entry).map(|(_, message)| message).collect::<Vec<_>>().join("\n")
}
