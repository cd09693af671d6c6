//! Tables that become cards on a narrow screen: each cell then says the name of its column itself.

use crate::{
    components::el::{Child, El, el},
    texts::Text,
};

/// A table with the names of its columns.
pub fn table(class: &'static str, columns: &[Text], lines: impl Child) -> El {
    let names: Vec<_> = columns.iter().map(|name| el("th").set("scope", "col").say(*name)).collect();
    el("table").class(class).child(el("thead").child(el("tr").child(names))).child(el("tbody").child(lines))
}

/// A cell in a column.
pub fn cell(column: Text, content: impl Child) -> El {
    el("td").name("data-label", column).child(content)
}
