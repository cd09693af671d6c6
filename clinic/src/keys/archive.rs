//! What an archive of a clinic is sealed with: HPKE (RFC 9180; X25519 with HKDF-SHA-256, ChaCha20-Poly1305) to the public key of the
//! deployment that is to take it in. Nobody else can open it, neither whoever carries it nor the deployment that wrote it.

use std::convert::Infallible;

use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
    single_shot_open, single_shot_seal_with_rng,
};
use wire::archive::ArchiveKey;

use super::Keys;
use crate::call::Random;

type Kem = X25519HkdfSha256;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;
type PublicKey = <Kem as hpke::Kem>::PublicKey;
type Encapsulated = <Kem as hpke::Kem>::EncappedKey;

/// What all of it is sealed for (RFC 9180 §5.1, info).
const INFO: &[u8] = b"wardkey clinic archive v1";
/// Bytes before the sealed text: the encapsulated key.
const ENCAPSULATED_BYTES: usize = 32;

/// The shell's random bytes, as the cipher asks for them.
struct FromShell<'a>(&'a mut dyn Random);

impl FromShell<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

impl TryRng for FromShell<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for FromShell<'_> {}

/// Seals a page for the deployment of this key. `context` binds it to its place. `None` where the key is none.
pub(crate) fn seal_for(
    key: &ArchiveKey,
    random: &mut dyn Random,
    context: &str,
    plain: &[u8],
) -> Option<Vec<u8>> {
    let key = PublicKey::from_bytes(&key.0).ok()?;
    let sealed = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &key,
        INFO,
        plain,
        context.as_bytes(),
        &mut FromShell(random),
    );
    let (encapsulated, sealed) = sealed.ok()?;
    Some([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

impl Keys {
    /// The public key to which archives for this deployment are sealed.
    pub fn archive_key(&self) -> ArchiveKey {
        ArchiveKey(self.archive_pair().1.to_bytes().into())
    }

    /// Opens a page that was sealed for this deployment; `None` for any other, or one that was changed or moved.
    pub(crate) fn open_archived(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (encapsulated, sealed) = sealed.split_at_checked(ENCAPSULATED_BYTES)?;
        single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.archive_pair().0,
            &Encapsulated::from_bytes(encapsulated).ok()?,
            INFO,
            sealed,
            context.as_bytes(),
        )
        .ok()
    }

    fn archive_pair(&self) -> (PrivateKey, PublicKey) {
        Kem::derive_keypair(&self.archive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Seeded;

    #[test]
    fn a_page_opens_where_it_is_for_in_its_place_and_unchanged() {
        let [here, elsewhere] = [1, 2].map(|secret| Keys::derive(&[secret; 32]));
        let sealed = seal_for(&here.archive_key(), &mut Seeded::from(1), "page 1", b"a page").unwrap();
        assert_eq!(here.open_archived("page 1", &sealed).as_deref(), Some(b"a page".as_slice()));
        assert_eq!(here.open_archived("page 2", &sealed), None);
        assert_eq!(elsewhere.open_archived("page 1", &sealed), None);
        for place in [0, 40, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(here.open_archived("page 1", &changed), None, "byte {place}");
        }
        assert_eq!(here.open_archived("page 1", &sealed[..20]), None);
        assert_eq!(here.archive_key(), here.archive_key());
        assert_ne!(here.archive_key(), elsewhere.archive_key());
    }
}
