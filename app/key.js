// The key of this browser, which scripts can use and nobody can copy, and the proof of it that goes along with every request (DPoP,
// RFC 9449): cookies that were copied to another browser are worth nothing there.

const DATABASE = "wardkey";
const KEYS = "keys";
const OWN = "browser";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

const encoder = new TextEncoder();
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const part = (value) => base64url(encoder.encode(JSON.stringify(value)));

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = () => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(KEYS);
  return done(request);
};

// The private half, and how each proof of it begins.
const make = async () => {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, header: part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } }) };
};

const find = async () => {
  const database = await open();
  const keys = (mode) => database.transaction(KEYS, mode).objectStore(KEYS);
  const kept = await done(keys("readonly").get(OWN));
  if (kept) {
    return kept;
  }
  const made = await make();
  // Another tab may have been faster.
  const now = keys("readwrite");
  const other = await done(now.get(OWN));
  if (!other) {
    await done(now.put(made, OWN));
  }
  return other ?? made;
};

let own;

// Looks for it ahead, too: that takes the browser a moment.
export const key = () => {
  own ??= find().catch(() => {
    own = undefined;
  });
  return own;
};

// By how much the clinic's clock is ahead of this one.
let aheadMillis = 0;

// The proof for a request; empty where the browser keeps no key.
export const prove = async (method, path) => {
  const found = await key();
  if (!found) {
    return "";
  }
  const iat = Math.floor((Date.now() + aheadMillis) / 1000);
  const body = `${found.header}.${part({ jti: crypto.randomUUID(), htm: method, htu: location.origin + path, iat })}`;
  return `${body}.${base64url(await crypto.subtle.sign(SIGNATURE, found.privateKey, encoder.encode(body)))}`;
};

const attempt = async (method, address, body) => {
  const proof = await prove(method, address.split("?")[0]);
  const headers = { ...(body && { "content-type": "application/json" }), ...(proof && { dpop: proof }) };
  return fetch(address, { method, headers, body });
};

// What was asked before the app did.
let early;

// Asks ahead for what the app will ask first; with a proof, where there is something to prove.
export const ask = (address, isProven) => {
  early = { address, reply: isProven ? send("GET", address) : fetch(address) };
  early.reply.catch(() => {});
};

// Sends a request with its proof, and once more where the clock of this computer was wrong.
export const send = async (method, address, body) => {
  if (early?.address === address) {
    const { reply } = early;
    early = undefined;
    return reply;
  }
  const reply = await attempt(method, address, body);
  const date = Date.parse(reply.headers.get("date"));
  if (reply.status !== 401 || !date || (await reply.clone().json()).code !== "proof_stale") {
    return reply;
  }
  aheadMillis = date - Date.now();
  return attempt(method, address, body);
};
