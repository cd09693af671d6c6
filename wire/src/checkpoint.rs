//! What stands in an exported log for the lines that went when their time was over: the number and the hash of the last of them, signed.

use crate::{
    fields::ClinicCode,
    log_file::{LineHash, hex_of, read_hex, read_number},
    signed::{Signed, Statement, read_clinic},
};

const CLINIC: &[u8] = b"{\"clinic\":\"";
const SEQ: &[u8] = b"\",\"seq\":";
const HASH: &[u8] = b",\"hash\":\"";
const AT: &[u8] = b"\",\"at\":";

/// Where a log begins that was trimmed.
pub type Checkpoint = Signed<Gone>;

/// Lines that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Whose log it was.
    pub clinic: ClinicCode,
    /// The number of the last of them.
    pub seq: u64,
    /// Its hash.
    pub hash: LineHash,
    /// When it went, in milliseconds since 1970.
    pub at: u64,
}

impl Statement for Gone {
    const CONTEXT: &'static str = "wardkey checkpoint v1\n";
    const BEGINNING: &'static str = "{\"checkpoint\":";

    fn clinic(&self) -> &ClinicCode {
        &self.clinic
    }

    fn body(&self) -> String {
        let Self { clinic, seq, hash, at } = self;
        let (clinic, hash) = (clinic.as_str(), hex_of(hash));
        format!("{{\"clinic\":\"{clinic}\",\"seq\":{seq},\"hash\":\"{hash}\",\"at\":{at}}}")
    }

    fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let (clinic, rest) = read_clinic(text.strip_prefix(CLINIC)?)?;
        let (seq, rest) = read_number(rest.strip_prefix(SEQ)?)?;
        let (hash, rest) = read_hex(rest.strip_prefix(HASH)?)?;
        let (at, rest) = read_number(rest.strip_prefix(AT)?)?;
        Some((Self { clinic, seq, hash, at }, rest.strip_prefix(b"}")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        log_end::{End, LogEnd},
        log_file::{BadLine, Fault, FileVerifier, Verdict, hash, write_line},
        signed::tests::signed_by,
    };

    const CLINIC: &str = "k7m2qx4p9d";

    fn gone(seq: u64, hash: LineHash) -> Gone {
        Gone { clinic: CLINIC.parse().unwrap(), seq, hash, at: 1_000 }
    }

    /// A log of nine lines, of which the first four went, as the deployment of this seed writes it for a clinic.
    fn file_of(seed: u8, clinic: &str) -> Vec<String> {
        let clinic: ClinicCode = clinic.parse().unwrap();
        let mut before = [7; 32];
        let mut file = vec![signed_by(seed, Gone { clinic: clinic.clone(), ..gone(4, before) }).write()];
        for seq in 5..=9 {
            let json = format!(r#"{{"seq":{seq},"computer":"Reception {seq}"}}"#);
            let hash = hash(&before, json.as_bytes());
            file.push(write_line(&before, &hash, &json));
            before = hash;
        }
        file.push(
            signed_by(seed, End { clinic, whole: true, lines: 5, seq: 9, hash: before, at: 2_000 }).write(),
        );
        file
    }

    fn file() -> Vec<String> {
        file_of(1, CLINIC)
    }

    fn judged(file: &[String], key: Option<u8>) -> Verdict {
        let mut verifier = FileVerifier::default();
        // What is wrong is remembered.
        let _ = file.iter().try_for_each(|line| verifier.take(line.as_bytes()));
        verifier.finish().judged(key.map(|seed| signed_by(seed, gone(1, [0; 32])).key))
    }

    fn found(file: &[String]) -> Result<u64, (u64, Fault)> {
        match judged(file, None) {
            Verdict::Proven(_) => unreachable!("no key was given"),
            Verdict::Unproven(LogEnd { statement, .. }) => Ok(statement.lines),
            Verdict::Bad(BadLine { number, fault }) => Err((number, fault)),
        }
    }

    #[test]
    fn a_trimmed_log_is_good_from_its_checkpoint_on() {
        assert_eq!(found(&file()), Ok(5));
        let Verdict::Proven(end) = judged(&file(), Some(1)) else { unreachable!("it is ours") };
        assert_eq!((end.statement.gone(), end.statement.clinic.as_str()), (4, CLINIC));
    }

    #[test]
    fn what_was_done_to_a_trimmed_log_is_found_at_its_place() {
        let done = |what: &dyn Fn(&mut Vec<String>)| {
            let mut file = file();
            what(&mut file);
            found(&file)
        };
        assert_eq!(done(&|file| _ = file.remove(1)), Err((2, Fault::Missing(5))));
        assert_eq!(done(&|file| _ = file.remove(3)), Err((4, Fault::Missing(7))));
        assert_eq!(done(&|file| _ = file.remove(0)), Err((1, Fault::Missing(1))));
        assert_eq!(done(&|file| file.swap(0, 1)), Err((1, Fault::Missing(1))));
        assert_eq!(done(&|file| file.insert(3, file[0].clone())), Err((4, Fault::OutOfOrder(7))));
        assert_eq!(done(&|file| file.insert(0, file[0].clone())), Err((2, Fault::OutOfOrder(5))));
        let later = signed_by(1, gone(5, [7; 32])).write();
        assert_eq!(done(&|file| file[0].clone_from(&later)), Err((2, Fault::OutOfOrder(6))));
        let other = signed_by(1, gone(4, [8; 32])).write();
        assert_eq!(done(&|file| file[0].clone_from(&other)), Err((2, Fault::Changed)));
    }

    #[test]
    fn a_head_that_somebody_else_cut_off_is_found() {
        // With a checkpoint of their own, and the end that we signed for more lines.
        let mut forged = file();
        let third = forged.remove(3);
        forged.drain(1..3);
        let (before, rest) =
            read_hex::<32>(third.as_bytes().strip_prefix(b"{\"before\":\"").unwrap()).unwrap();
        let (hash, _) = read_hex::<32>(rest.strip_prefix(b"\",\"hash\":\"").unwrap()).unwrap();
        assert_ne!(before, hash);
        forged[0] = signed_by(2, gone(7, hash)).write();
        assert_eq!(found(&forged), Err((4, Fault::WrongEnd)));
        // With an end of their own as well: it fits together, and is not ours.
        let mut forged = file_of(2, CLINIC);
        assert_eq!(found(&forged), Ok(5));
        assert_eq!(judged(&forged, Some(1)), Verdict::Bad(BadLine { number: 1, fault: Fault::Foreign }));
        assert!(matches!(judged(&forged, Some(2)), Verdict::Proven(_)));
        // Whose key it is goes before what is wrong further on.
        forged.remove(2);
        assert_eq!(judged(&forged, Some(1)), Verdict::Bad(BadLine { number: 1, fault: Fault::Foreign }));
        assert_eq!(found(&forged), Err((3, Fault::Missing(6))));
    }

    #[test]
    fn beginning_and_end_are_of_one_deployment_and_one_clinic() {
        let done = |other: &[String]| {
            let mut file = file();
            file[0].clone_from(&other[0]);
            found(&file)
        };
        assert_eq!(done(&file_of(2, CLINIC)), Err((7, Fault::Foreign)));
        assert_eq!(done(&file_of(1, "abcdefghjk")), Err((7, Fault::Foreign)));
    }

    #[test]
    fn a_checkpoint_with_no_line_behind_it_is_no_log() {
        let checkpoint = signed_by(1, gone(4, [7; 32])).write();
        let clinic = CLINIC.parse().unwrap();
        let end = End { clinic, whole: true, lines: 0, seq: 4, hash: [7; 32], at: 2_000 };
        let file = [checkpoint, signed_by(1, end).write()];
        assert_eq!(found(&file), Err((2, Fault::WrongEnd)));
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
        let checkpoint = signed_by(1, gone(4, [7; 32]));
        assert_eq!(
            checkpoint.write(),
            format!(
                "{{\"checkpoint\":{{\"clinic\":\"k7m2qx4p9d\",\"seq\":4,\"hash\":\"{}\",\"at\":1000}},\"key\":\"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c\",\"signature\":\"{}\"}}\n",
                "07".repeat(32),
                hex_of(&checkpoint.signature)
            )
        );
        assert!(checkpoint.is_signed());
        let other = signed_by(2, gone(4, [7; 32])).key;
        assert!(!Checkpoint { key: other, ..checkpoint.clone() }.is_signed());
        let elsewhere = Gone { clinic: "abcdefghjk".parse().unwrap(), ..gone(4, [7; 32]) };
        assert!(!Checkpoint { statement: elsewhere, ..checkpoint }.is_signed());
    }
}
