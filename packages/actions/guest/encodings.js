/** Text and bytes, by the names of multiformats, for `uint8arrayToString` and its inverse. */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function rfc4648(alphabet, bitsPerChar, isPadded) {
  const charsPerGroup = bitsPerChar === 5 ? 8 : bitsPerChar === 6 ? 4 : 2;
  return {
    write: (bytes) => {
      let [text, bits, buffer] = ['', 0, 0];
      for (const byte of bytes) {
        buffer = ((buffer << 8) | byte) & 0xffff;
        for (bits += 8; bits >= bitsPerChar; ) {
          bits -= bitsPerChar;
          text += alphabet[(buffer >> bits) & (2 ** bitsPerChar - 1)];
        }
      }
      if (bits > 0) text += alphabet[(buffer << (bitsPerChar - bits)) & (2 ** bitsPerChar - 1)];
      while (isPadded && text.length % charsPerGroup !== 0) text += '=';
      return text;
    },
    read: (text) => {
      const digits = text.replace(/=+$/, '');
      const bytes = [];
      let [bits, buffer] = [0, 0];
      for (const digit of digits) {
        const value = alphabet.indexOf(digit);
        if (value === -1) throw new SyntaxError(`Invalid character "${digit}"`);
        buffer = ((buffer << bitsPerChar) | value) & 0xffff;
        bits += bitsPerChar;
        if (bits >= 8) {
          bits -= 8;
          bytes.push((buffer >> bits) & 0xff);
        }
      }
      return Uint8Array.from(bytes);
    },
  };
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base58 = {
  write: (bytes) => {
    const zeros = bytes.findIndex((byte) => byte !== 0);
    let number = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toHex()}`);
    let text = '';
    for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
    return '1'.repeat(zeros === -1 ? bytes.length : zeros) + text;
  },
  read: (text) => {
    let number = 0n;
    for (const digit of text) {
      const value = BASE58.indexOf(digit);
      if (value === -1) throw new SyntaxError(`Invalid character "${digit}"`);
      number = number * 58n + BigInt(value);
    }
    const zeros = /^1*/.exec(text)[0].length;
    const hex = number === 0n ? '' : number.toString(16);
    return Uint8Array.fromHex('00'.repeat(zeros) + (hex.length % 2 === 0 ? hex : `0${hex}`));
  },
};
const latin1 = {
  write: (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''),
  read: (text) => Uint8Array.from(text, (char) => char.charCodeAt(0)),
};
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE64 = `${UPPER}${UPPER.toLowerCase()}0123456789+/`;
const BASE64_URL = `${UPPER}${UPPER.toLowerCase()}0123456789-_`;
const BASE32 = `${UPPER.toLowerCase()}234567`;
const utf8 = { write: (bytes) => decoder.decode(bytes), read: (text) => encoder.encode(text) };
const base16 = rfc4648('0123456789abcdef', 4, false);
const ENCODINGS = new Map(
  Object.entries({
    ...{ utf8, 'utf-8': utf8, latin1, binary: latin1, ascii: latin1, hex: base16, base16 },
    ...{ base16upper: rfc4648('0123456789ABCDEF', 4, false), base58btc: base58 },
    ...{ base32: rfc4648(BASE32, 5, false), base32pad: rfc4648(BASE32, 5, true) },
    ...{ base32upper: rfc4648(BASE32.toUpperCase(), 5, false) },
    ...{ base64: rfc4648(BASE64, 6, false), base64pad: rfc4648(BASE64, 6, true) },
    ...{ base64url: rfc4648(BASE64_URL, 6, false), base64urlpad: rfc4648(BASE64_URL, 6, true) },
  }),
);

/** How text becomes bytes and back. @throws Error for a name that is none. */
export function encodingOf(name) {
  const encoding = ENCODINGS.get(name);
  if (encoding === undefined) throw new Error(`Unsupported encoding "${name}"`);
  return encoding;
}
