import { inflateSync } from 'node:zlib';

/** Red, green, blue and opacity, each from 0 to 255. */
export type Pixel = readonly [number, number, number, number];

export type Picture = { readonly width: number; readonly height: number; at(x: number, y: number): Pixel };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** How many bytes a pixel has, by the colour type of the file: colours alone, or with opacity. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** Reads a PNG as icons are saved: 8 bits a colour, not interlaced. @throws Error where it is another kind, or none. */
export function readPng(file: Buffer): Picture {
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('is no PNG');
  const chunks = chunksOf(file);
  const header = chunks.find(({ type }) => type === 'IHDR')?.data;
  if (header === undefined) throw new Error('has no header');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS[header.readUInt8(9)];
  if (header.readUInt8(8) !== 8 || channels === undefined || header.readUInt8(12) !== 0) {
    throw new Error('must be saved with 8 bits a colour, as RGB or RGBA, and not interlaced');
  }
  const data = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data)));
  const rows = unfiltered(data, width * channels, height, channels);
  return {
    width,
    height,
    at(x, y) {
      const start = (y * width + x) * channels;
      const [red = 0, green = 0, blue = 0, opacity = 255] = rows.subarray(start, start + channels);
      return [red, green, blue, opacity];
    },
  };
}

type Chunk = { readonly type: string; readonly data: Buffer };

function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = SIGNATURE.length; start + 8 <= file.length; ) {
    const length = file.readUInt32BE(start);
    const type = file.toString('latin1', start + 4, start + 8);
    chunks.push({ type, data: file.subarray(start + 8, start + 8 + length) });
    // The length, the type, the data and its checksum.
    start += 12 + length;
  }
  return chunks;
}

/** Each row of a PNG is kept as its difference to what is beside and above it. @param size Bytes in a row. */
function unfiltered(data: Buffer, size: number, height: number, channels: number): Buffer {
  const rows = Buffer.alloc(size * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (size + 1)] ?? 0;
    for (let x = 0; x < size; x += 1) {
      const left = x < channels ? 0 : (rows[y * size + x - channels] ?? 0);
      const above = y === 0 ? 0 : (rows[(y - 1) * size + x] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (rows[(y - 1) * size + x - channels] ?? 0);
      const kept = data[y * (size + 1) + 1 + x] ?? 0;
      rows[y * size + x] = (kept + predicted(filter, left, above, corner)) % 256;
    }
  }
  return rows;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return Math.floor((left + above) / 2);
    case 4:
      return nearest(left + above - corner, [left, above, corner]);
    default:
      throw new Error(`has a row of the unknown kind ${filter}`);
  }
}

/** The first of those that are nearest to a number. */
function nearest(to: number, numbers: readonly number[]): number {
  return numbers.reduce((best, number) => (Math.abs(number - to) < Math.abs(best - to) ? number : best));
}
