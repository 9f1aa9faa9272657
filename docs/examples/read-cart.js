/* Reads a cart cookie of format version 2 or 3, written from docs/adr/0010-cookie-format-2.md and
   docs/adr/0022-coupons.md alone.

   `await readCart(value, secrets)` gives { changedAt, coupon, lines: [{ number, quantity }] }, or throws; the coupon is
   0 where there is none.
   It needs nothing but a browser, Deno, or Node.js from 20.20 on, saved as read-cart.mjs. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const WIDTHS = "ABCDEFGHIJKLMNOPQRSTUVWX";
const EPOCH = 1767225600;
const SIGNATURE_LENGTH = 22;

export async function readCart(value, secrets) {
  const payload = value.slice(0, -SIGNATURE_LENGTH);
  const signature = value.slice(-SIGNATURE_LENGTH);
  const [, front, rest] = /^(c[A-Za-z0-9_-]{4}|)([A-Z][A-Za-z0-9_-]+)$/.exec(payload) ?? [];
  if (!rest) throw new Error("not a cart of version 2 or 3");
  const isSigned = await Promise.all(secrets.map((secret) => sign(payload, secret)));
  if (!isSigned.includes(signature)) throw new Error("not signed with one of these secrets");
  const cart = unpack(rest[0] === "Z" ? await inflated(rest) : packed(rest));
  return { ...cart, coupon: parseInt(bitsOfText(front.slice(1)) || "0", 2) };
}

async function sign(payload, secret) {
  const key = await hmac(new TextEncoder().encode(secret), "crumb cart");
  const octets = (await hmac(key, payload)).slice(0, 16);
  return sixes(bitsOf(octets)).map((bits) => ALPHABET[parseInt(bits, 2)]).join("");
}

async function hmac(key, text) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

function packed(payload) {
  return { letter: payload[0], bits: bitsOfText(payload.slice(1)) };
}

async function inflated(payload) {
  const bits = bitsOfText(payload.slice(1));
  const octets = Uint8Array.from(bits.match(/.{8}/g), (octet) => parseInt(octet, 2));
  const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const [letter, ...rest] = new Uint8Array(await new Response(stream).arrayBuffer());
  return { letter: String.fromCharCode(letter), bits: bitsOf(rest) };
}

function unpack({ letter, bits }) {
  const width = WIDTHS.indexOf(letter) + 1;
  if (!width) throw new Error("an unknown width");
  let at = 0;
  const take = (count) => {
    if (at + count > bits.length) throw new Error("cut short");
    at += count;
    return parseInt(bits.slice(at - count, at), 2);
  };
  const golomb = (order) => {
    let zeros = 0;
    while (!take(1)) zeros += 1;
    at -= 1;
    return take(zeros + order + 1) - 2 ** order;
  };
  const time = golomb(27);
  const seconds = time % 2 ? -(time + 1) / 2 : time / 2;
  const lines = [];
  let number = 0;
  let quantity = 1;
  while (bits.includes("1", at)) {
    if (take(1)) {
      const code = golomb(2);
      number += code % 2 ? -(code + 1) / 2 : code / 2 + 1;
    } else number = take(width);
    if (!take(1)) quantity = golomb(2) + 1;
    lines.push({ number, quantity });
  }
  return { changedAt: EPOCH + seconds, lines };
}

const bitsOf = (octets) => Array.from(octets, (octet) => octet.toString(2).padStart(8, "0")).join("");
const bitsOfText = (text) =>
  Array.from(text, (sign) => ALPHABET.indexOf(sign).toString(2).padStart(6, "0")).join("");
const sixes = (bits) => bits.match(/.{1,6}/g).map((six) => six.padEnd(6, "0"));
