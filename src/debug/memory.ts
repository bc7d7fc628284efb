/** Absolute storage as bytes: big-endian, and only where there is some. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { tableAt } from '../engine/inspect.js';
import { ErrorId, RequestError } from './errors.js';
import { hex, LEVEL_TABLE } from './nodes/node.js';
import type { Resident, ResidentsResponse } from './protocol.js';
import type { Target } from './target.js';

/** Most bytes of one answer. */
const MOST = 1 << 22;

export const formatReference = (address: number): string => `0x${address.toString(16)}`;

/** An address as clients write it; undefined: it is something else. */
export function parseReference(text: string): number | undefined {
  const address = /^\s*(0x[0-9a-f]{1,16}|\d{1,16})\s*$/i.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(address) ? address : undefined;
}

/** End of the storage that is in use at the cursor. */
export function storageEnd(target: Target): number {
  return Math.min(target.machine.mm('top'), target.machine.mem.byteLength);
}

export function readMemory(
  target: Target,
  address: number,
  count: number,
): NonNullable<DebugProtocol.ReadMemoryResponse['body']> {
  if (!Number.isInteger(count) || count < 0) {
    throw new RequestError(ErrorId.Malformed, `readMemory: 'count' must be a whole number, 0 or more, not ${count}`);
  }
  if (!Number.isSafeInteger(address) || address < 0) {
    // Before the beginning there is nothing; a client that pages gets on.
    return { address: '0x0', unreadableBytes: count };
  }
  const end = storageEnd(target);
  const readable = Math.max(0, Math.min(count, MOST, end - address));
  const body = { address: formatReference(address), ...(readable < count && { unreadableBytes: count - readable }) };
  return readable === 0 ? body : { ...body, data: encodeBase64(bytesAt(target, address, readable)) };
}

/** Tables begin at multiples of this, and none is smaller: bytes. */
const SMALLEST_TABLE = 4096;

/** The tables that lie in a range of storage, or reach into it. */
export function residents(target: Target, address: number, count: number): ResidentsResponse {
  const from = Math.max(0, address);
  const to = Math.min(storageEnd(target), from + Math.min(count, MOST));
  const found: Resident[] = [];
  let behind = 0;
  for (let at = from - (from % SMALLEST_TABLE); at < to; at += SMALLEST_TABLE) {
    const table = at < behind ? undefined : tableAt(target.machine, at);
    if (!table) continue;
    const { address, level, owner, start } = table;
    behind = address + (level === 'pg' ? SMALLEST_TABLE : 4 * SMALLEST_TABLE);
    const type = LEVEL_TABLE(level);
    const whose = owner === 'gmap' ? 'a gmap' : 'the host';
    found.push({ name: `${type} of ${whose} for ${hex(start)}`, type, start: hex(address), end: hex(behind) });
  }
  return { residents: found };
}

/** Bytes of storage; the machine is big-endian. */
export function bytesAt(target: Target, address: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const { mem } = target.machine;
  for (let i = 0; i < length; i++) {
    const at = address + i;
    bytes[i] = (mem[at >>> 2]! >>> (24 - 8 * (at & 3))) & 0xff;
  }
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[n >>> 18]! + ALPHABET[(n >>> 12) & 63]!;
    text += left > 1 ? ALPHABET[(n >>> 6) & 63]! : '=';
    text += left > 2 ? ALPHABET[n & 63]! : '=';
    if (text.length > 0x4000) {
      parts.push(text);
      text = '';
    }
  }
  return parts.join('') + text;
}

/** @throws RequestError for a text that is no base64 */
export function decodeBase64(command: string, text: string): Uint8Array {
  const clean = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(clean) || clean.length % 4 === 1) {
    throw new RequestError(ErrorId.Malformed, `${command}: 'data' is not base64`);
  }
  const bytes = new Uint8Array(Math.floor((clean.length * 3) / 4));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const c of clean) {
    value = (value << 6) | ALPHABET.indexOf(c);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >>> bits) & 0xff;
      value &= (1 << bits) - 1;
    }
  }
  return bytes;
}
