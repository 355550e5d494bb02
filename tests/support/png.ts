import { crc32, deflateSync } from 'node:zlib';

type Pixel = readonly [number, number, number, number];

/** A square PNG with opacity. @param filter How each row is kept, from 0 to 4, as the format numbers it. */
export function pngOf(size: number, pixelAt: (x: number, y: number) => Pixel, filter = 0): Buffer {
  const rows = Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => pixelAt(x, y)).flat());
  const kept = rows.flatMap((row, y) => [
    filter,
    ...row.map((byte, x) => {
      const left = row[x - 4] ?? 0;
      const above = rows[y - 1]?.[x] ?? 0;
      const corner = rows[y - 1]?.[x - 4] ?? 0;
      return (byte - guess(filter, left, above, corner) + 256) % 256;
    }),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(kept))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function guess(filter: number, left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value));
  const paeth =
    a !== undefined && b !== undefined && c !== undefined && a <= b && a <= c
      ? left
      : (b ?? 0) <= (c ?? 0)
        ? above
        : corner;
  return [0, left, above, Math.floor((left + above) / 2), paeth][filter] ?? 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
