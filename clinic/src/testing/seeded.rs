//! Random bytes for tests, the same in every run.

use sha2::{Digest, Sha256};

use crate::call::Random;

/// Random bytes from a seed, so that a test repeats.
pub struct Seeded(u64);

impl From<u64> for Seeded {
    fn from(seed: u64) -> Self {
        Self(seed)
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            let block = Sha256::digest(self.0.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
