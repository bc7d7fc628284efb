/** Reads a zip file: enough for the ones that we make (no encryption, less than 4 GB). */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  read(): Buffer;
}

export function readZip(file: string): ZipEntry[] {
  const data = readFileSync(file);
  const end = data.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const entries: ZipEntry[] = [];
  let at = data.readUInt32LE(end + 16);
  for (let n = data.readUInt16LE(end + 10); n > 0; n--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((i) => data.readUInt16LE(at + i)) as [
      number,
      number,
      number,
    ];
    const path = data.toString('utf8', at + 46, at + 46 + nameLength);
    const method = data.readUInt16LE(at + 10);
    const size = data.readUInt32LE(at + 20);
    const header = data.readUInt32LE(at + 42);
    entries.push({
      path,
      read: () => {
        const start = header + 30 + data.readUInt16LE(header + 26) + data.readUInt16LE(header + 28);
        const packed = data.subarray(start, start + size);
        return method === 0 ? packed : inflateRawSync(packed);
      },
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}
