//! Proof that a request comes from the browser that keeps the key (DPoP, RFC 9449): a small signed statement in a header, by a key
//! that scripts can use and nobody can copy. Tokens are bound to it, so that copied cookies are worth nothing elsewhere.

/// The header of a request that carries it (RFC 9449 §4.1).
pub const HEADER: &str = "dpop";
/// The header of a handshake, which can have no other: the socket's protocols, of which the proof is the second.
pub const SOCKET_HEADER: &str = "sec-websocket-protocol";
/// The first of the socket's protocols, and the one that is agreed on.
pub const SOCKET_PROTOCOL: &str = "wardkey";
/// The type of the statement (RFC 9449 §4.2).
pub const TYPE: &str = "dpop+jwt";
/// The algorithm: ECDSA on P-256 with SHA-256 (RFC 7518 §3.4), which every browser of the last ten years has.
pub const ALGORITHM: &str = "ES256";
/// How far from the server's time a proof may be made, in seconds.
pub const SECONDS_OFF_MAX: u64 = 120;
