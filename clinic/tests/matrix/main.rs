//! Every way to a session, and everything that can happen to its account, its computer or its clinic before
//! the way comes to its end: what comes of it, and what stands in the records then. A command that is added
//! has to say in `parts.rs` whether it gives anybody anything.

mod desk;
mod fates;
mod parts;
mod scene;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    thread,
};

use clinic::commands::session::ReadSignIn;
use wire::sign_in::SignInState;

use self::{
    parts::{PARTS, on_the_way},
    scene::Scene,
    table::{
        Cells,
        End::{self, In},
        FATES,
        Fate::{self, Closed, Deleted},
        TABLE, Way,
    },
};

/// Rows are walked side by side.
const SIDE_BY_SIDE: usize = 2;

/// The fates of each row, each once and none left out.
fn cells<F: Copy + Ord + Debug>(row: &[Cells<F>], all: &[F], way: &str) -> BTreeMap<F, (End, [u32; 2])> {
    let mut cells = BTreeMap::new();
    for (end, stand, fates) in row {
        for fate in *fates {
            assert!(cells.insert(*fate, (*end, *stand)).is_none(), "{way}: {fate:?} stands there twice");
        }
    }
    assert!(all.iter().all(|fate| cells.contains_key(fate)), "{way}: a fate is missing");
    cells
}

/// What came of some rows.
#[derive(Default)]
struct Walked {
    cells: u32,
    /// Those that lead to a session.
    led: u32,
    /// The commands that were asked on the ways.
    asked: BTreeSet<&'static str>,
    /// What was not as it should be.
    wrong: Vec<String>,
}

fn walk(rows: &[(Way, &[Cells<Fate>])]) -> Walked {
    let mut walked = Walked::default();
    for (way, row) in rows {
        for (fate, expected) in cells(row, &FATES, &format!("{way:?}")) {
            walk_cell(*way, fate, expected, &mut walked);
        }
    }
    walked
}

fn walk_cell(way: Way, fate: Fate, (end, own): (End, [u32; 2]), walked: &mut Walked) {
    let mut scene = Scene::open(fate);
    let mut begun = scene.begin(way);
    scene.befall(fate);
    let before = scene.stand();
    let written = scene.house.store.changes();
    let led = scene.end(way, &mut begun);
    let after = scene.stand();
    walked.cells += 1;
    walked.led += u32::from(led == In);
    let mut found = |what: String| walked.wrong.push(format!("{way:?}, {fate:?}: {what}"));
    if (led, after.own) != (end, own) {
        found(format!("{led:?} {:?}, and not {end:?} {own:?}", after.own));
    }
    let gains = after.own.iter().zip(before.own).any(|(after, before)| *after > before);
    if fate.shuts() && gains {
        found(format!("{:?} became {:?}", before.own, after.own));
    }
    if after.others > before.others {
        found("somebody else has got in".to_owned());
    }
    if matches!(fate, Closed | Deleted) && scene.house.store.changes() != written {
        found("something was written".to_owned());
    }
    let seen = scene.house.ask(&begun.caller, &ReadSignIn {}).expect("the storage works");
    let is_in = matches!(seen, Ok(SignInState::SignedIn { .. }));
    if is_in && (after.own[0] == 0 || (fate.shuts() && before.own[0] == 0)) {
        found("the browser is signed in".to_owned());
    }
    walked.asked.extend(scene.asked.into_inner());
}

#[test]
fn each_way_comes_to_the_end_that_its_fate_leaves_it() {
    let mut all = Walked::default();
    thread::scope(|scope| {
        let parts = TABLE.chunks(TABLE.len().div_ceil(SIDE_BY_SIDE));
        let walking: Vec<_> = parts.map(|rows| scope.spawn(move || walk(rows))).collect();
        for walked in walking.into_iter().map(|walking| walking.join().expect("a row ends")) {
            all.cells += walked.cells;
            all.led += walked.led;
            all.asked.extend(walked.asked);
            all.wrong.extend(walked.wrong);
        }
    });
    let Walked { cells, led, asked, wrong } = all;
    println!("{} ways, {} fates: {cells} cells, {led} lead to a session", TABLE.len(), FATES.len());
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(asked, on_the_way(PARTS), "what the rows ask, and what is said to be on the way");
}
