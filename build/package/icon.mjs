import { crc32 } from 'node:zlib';
import { zlibSync } from 'fflate';

/**
 * Draws the template's icon, 48 x 48 with alpha: a call that goes out from a filled disc and comes back to it. Pure
 * arithmetic and a compressor in JavaScript, so that every machine makes the same bytes.
 */
const size = 48;
const samples = 4;
const ground = [18, 74, 92];
const line = [255, 255, 255];
const accent = [255, 179, 71];

export function drawIcon() {
  const rows = new Uint8Array(size * (1 + size * 4));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) rows.set(pixel(x, y), y * (1 + size * 4) + 1 + x * 4);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, size);
  view.setUint32(4, size);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** The mean colour of 16 points in one pixel. */
function pixel(x, y) {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const colour = colourAt(x + ((i % samples) + 0.5) / samples, y + (Math.floor(i / samples) + 0.5) / samples);
    if (colour === null) continue;
    red += colour[0];
    green += colour[1];
    blue += colour[2];
    alpha += 1;
  }
  if (alpha === 0) return [0, 0, 0, 0];
  return [red, green, blue].map((sum) => Math.round(sum / alpha)).concat(Math.round((255 * alpha) / samples ** 2));
}

function colourAt(x, y) {
  if (Math.hypot(x - 34, y - 24) <= 6) return accent;
  const goesOut =
    nearSegment(x, y, 8, 17, 24, 17) || nearSegment(x, y, 19, 12, 24, 17) || nearSegment(x, y, 19, 22, 24, 17);
  const comesBack =
    nearSegment(x, y, 8, 31, 24, 31) || nearSegment(x, y, 13, 26, 8, 31) || nearSegment(x, y, 13, 36, 8, 31);
  if (goesOut || comesBack) return line;
  const corner = Math.hypot(Math.max(10 - x, x - 38, 0), Math.max(10 - y, y - 38, 0));
  return corner <= 10 ? ground : null;
}

/** Whether a point lies on a stroke of 3 pixels from (ax, ay) to (bx, by). */
function nearSegment(x, y, ax, ay, bx, by) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)) <= 1.5;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
