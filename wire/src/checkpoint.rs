//! What stands in an exported log for the lines that went when their time was over: the number and the hash of the last of them, signed.
//!
//! `{"checkpoint":{"seq":9,"hash":"…","at":1795286400000},"key":"…","signature":"…"}`, to the letter. The signature is Ed25519
//! (RFC 8032) over [`CONTEXT`] and the bytes of `checkpoint`. The key is the deployment's: every checkpoint of it names the same.

use ed25519_compact::{PublicKey, Signature};

use crate::log_file::{LineHash, hex_of, read_hex, read_number};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;
/// What is signed before the checkpoint, so that the signature is worth nothing anywhere else.
const CONTEXT: &str = "wardkey checkpoint v1\n";

/// What a line begins with that is a checkpoint.
pub(crate) const CHECKPOINT: &[u8] = b"{\"checkpoint\":";
const SEQ: &[u8] = b"{\"seq\":";
const HASH: &[u8] = b",\"hash\":\"";
const AT: &[u8] = b"\",\"at\":";
const KEY: &[u8] = b",\"key\":\"";
const SIGNATURE: &[u8] = b"\",\"signature\":\"";

/// Where a log begins that was trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the last line that went.
    pub seq: u64,
    /// Its hash.
    pub hash: LineHash,
    /// When it went, in milliseconds since 1970.
    pub at: u64,
    /// The public key of the one who signed.
    pub key: [u8; KEY_BYTES],
    /// The signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

/// What is signed for a checkpoint.
pub fn signed_text(seq: u64, hash: &LineHash, at: u64) -> String {
    format!("{CONTEXT}{}", body(seq, hash, at))
}

fn body(seq: u64, hash: &LineHash, at: u64) -> String {
    format!("{{\"seq\":{seq},\"hash\":\"{}\",\"at\":{at}}}", hex_of(hash))
}

impl Checkpoint {
    /// Whether the key that it names has signed it.
    pub fn is_signed(&self) -> bool {
        let text = signed_text(self.seq, &self.hash, self.at);
        PublicKey::new(self.key).verify(text, &Signature::new(self.signature)).is_ok()
    }

    /// As a file holds it.
    pub fn write(&self) -> String {
        let Self { seq, hash, at, key, signature } = self;
        let (key, signature) = (hex_of(key), hex_of(signature));
        format!(
            "{{\"checkpoint\":{},\"key\":\"{key}\",\"signature\":\"{signature}\"}}\n",
            body(*seq, hash, *at)
        )
    }

    /// Reads what stands behind [`CHECKPOINT`] in a line.
    pub(crate) fn read(rest: &[u8]) -> Option<Self> {
        let (seq, rest) = read_number(rest.strip_prefix(SEQ)?)?;
        let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
        let (at, rest) = read_number(rest.strip_prefix(AT)?)?;
        let (key, rest) = read_hex(rest.strip_prefix(b"}")?.strip_prefix(KEY)?)?;
        let (signature, rest) = read_hex(rest.strip_prefix(SIGNATURE)?)?;
        (rest == b"\"}").then_some(Self { seq, hash, at, key, signature })
    }
}

#[cfg(test)]
mod tests {
    use ed25519_compact::{KeyPair, Seed};

    use super::*;
    use crate::log_file::{BadLine, Fault, FileVerifier, hash, write_end, write_line};

    fn signed_by(seed: u8, seq: u64, hash: LineHash) -> Checkpoint {
        let pair = KeyPair::try_from_seed(Seed::new([seed; 32])).unwrap();
        let signature = *pair.sk.sign(signed_text(seq, &hash, 1_000), None);
        Checkpoint { seq, hash, at: 1_000, key: *pair.pk, signature }
    }

    /// A log of nine lines, of which the first four went.
    fn file() -> Vec<String> {
        let mut before = [7; 32];
        let mut file = vec![signed_by(1, 4, before).write()];
        for seq in 5..=9 {
            let json = format!(r#"{{"seq":{seq},"computer":"Reception {seq}"}}"#);
            let hash = hash(&before, json.as_bytes());
            file.push(write_line(&before, &hash, &json));
            before = hash;
        }
        file.push(write_end(5, &before));
        file
    }

    fn verified(file: &[String]) -> Result<u64, (u64, Fault)> {
        let mut verifier = FileVerifier::default();
        let found = file.iter().try_for_each(|line| verifier.take(line.as_bytes()));
        let found = found.and_then(|()| verifier.finish());
        found.map_err(|BadLine { number, fault }| (number, fault))
    }

    #[test]
    fn a_trimmed_log_is_good_from_its_checkpoint_on() {
        assert_eq!(verified(&file()), Ok(5));
        let mut verifier = FileVerifier::default();
        verifier.take(file()[0].as_bytes()).unwrap();
        assert_eq!(verifier.checkpoint(), Some(signed_by(1, 4, [7; 32])));
    }

    #[test]
    fn what_was_done_to_a_trimmed_log_is_found_at_its_place() {
        let done = |what: &dyn Fn(&mut Vec<String>)| {
            let mut file = file();
            what(&mut file);
            verified(&file)
        };
        assert_eq!(done(&|file| _ = file.remove(1)), Err((2, Fault::Missing(5))));
        assert_eq!(done(&|file| _ = file.remove(3)), Err((4, Fault::Missing(7))));
        assert_eq!(done(&|file| _ = file.remove(0)), Err((1, Fault::Missing(1))));
        assert_eq!(done(&|file| file.swap(0, 1)), Err((1, Fault::Missing(1))));
        assert_eq!(done(&|file| file.insert(3, file[0].clone())), Err((4, Fault::OutOfOrder(7))));
        assert_eq!(done(&|file| file.insert(0, file[0].clone())), Err((2, Fault::OutOfOrder(5))));
        let later = signed_by(1, 5, [7; 32]).write();
        assert_eq!(done(&|file| file[0].clone_from(&later)), Err((2, Fault::OutOfOrder(6))));
        let other = signed_by(1, 4, [8; 32]).write();
        assert_eq!(done(&|file| file[0].clone_from(&other)), Err((2, Fault::Changed)));
    }

    #[test]
    fn each_edit_of_a_byte_of_a_checkpoint_is_found() {
        let whole = file();
        for at in 0..whole[0].trim_end().len() {
            let mut line = whole[0].clone().into_bytes();
            line[at] ^= 1;
            let mut verifier = FileVerifier::default();
            assert!(verifier.take(&line).is_err_and(|bad| bad.number == 1), "byte {at}");
        }
    }

    #[test]
    fn a_checkpoint_is_pinned() {
        let checkpoint = signed_by(1, 4, [7; 32]);
        let text = checkpoint.write();
        assert!(
            text.starts_with(&format!("{{\"checkpoint\":{{\"seq\":4,\"hash\":\"{}\",\"at\":1000}},\"key\":\"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c\",\"signature\":\"", "07".repeat(32))),
            "{text}"
        );
        assert!(checkpoint.is_signed());
        assert!(!Checkpoint { key: signed_by(2, 4, [7; 32]).key, ..checkpoint }.is_signed());
    }
}
