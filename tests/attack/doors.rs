//! Many computers of one clinic, for whoever tries passwords faster than one computer is let.

use std::time::Duration;

use anyhow::{Context, Result};
use clinic::rules::turns::GAP_MILLIS;
use tokio::time::{Instant, sleep_until};
use wardkey_tests::{Client, Clinic, Wardkey};

/// From one try at a computer to the next, so that none waits for its turn.
const PAUSE: Duration = Duration::from_millis(GAP_MILLIS as u64 + 50);

/// A browser at each of some computers, behind steps 1 and 2.
pub struct Doors {
    doors: Vec<Door>,
    next: usize,
}

struct Door {
    client: Client,
    used_at: Option<Instant>,
}

impl Doors {
    /// Opens a clinic, and so many computers in it.
    pub async fn open(wardkey: &Wardkey, count: usize) -> Result<(Clinic<'_>, Self)> {
        let labels: Vec<String> = (1..=count).map(|number| format!("Room {number}")).collect();
        let clinic = Clinic::open_with(wardkey, &labels)?;
        let mut doors = Vec::new();
        for label in &labels {
            doors.push(Door { client: clinic.at(label).await?, used_at: None });
        }
        Ok((clinic, Self { doors, next: 0 }))
    }

    /// All of the browsers.
    pub fn clients(&self) -> Vec<&Client> {
        self.doors.iter().map(|door| &door.client).collect()
    }

    /// The computer whose turn was longest ago, once it has one without waiting.
    pub async fn next(&mut self) -> Result<&Client> {
        let count = self.doors.len();
        let door = self.doors.get_mut(self.next).context("no doors")?;
        self.next = (self.next + 1) % count;
        if let Some(used_at) = door.used_at {
            sleep_until(used_at + PAUSE).await;
        }
        door.used_at = Some(Instant::now());
        Ok(&door.client)
    }
}
