// Draws a grey picture of cell nuclei, repeatably, and writes it as a PNG by hand.
import { deflateSync } from "node:zlib";

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ellipses as nuclei: { x, y, rx, ry, turn, light }. */
export function nuclei(seed, width, height, count) {
  const next = random(seed);
  const out = [];
  for (let tries = 0; out.length < count && tries < 4000; tries++) {
    const r = 0.035 * width * (0.7 + next());
    const cell = { x: next() * width, y: next() * height, rx: r * (1 + 0.6 * next()), ry: r, turn: next() * Math.PI, light: 90 + 120 * next() };
    if (out.every((o) => Math.hypot(o.x - cell.x, o.y - cell.y) > 1.05 * (o.rx + cell.rx))) out.push(cell);
  }
  return out;
}

export function outline(cell, points, width, height, wobble = 0, seed = 1) {
  const next = random(seed);
  return Array.from({ length: points }, (_, i) => {
    const a = (2 * Math.PI * i) / points;
    const k = 1 + wobble * (next() - 0.5);
    const [u, v] = [cell.rx * k * Math.cos(a), cell.ry * k * Math.sin(a)];
    const x = cell.x + u * Math.cos(cell.turn) - v * Math.sin(cell.turn);
    const y = cell.y + u * Math.sin(cell.turn) + v * Math.cos(cell.turn);
    return [x, y].map((value, axis) => Math.round(Math.min(axis ? height : width, Math.max(0, value)) * 8) / 8);
  });
}

export function drawNuclei(cells, width, height, seed) {
  const next = random(seed);
  const gray = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) gray[y * width + x] = 20 + 14 * next();
  for (const c of cells) {
    const reach = c.rx * 1.3;
    for (let y = Math.max(0, Math.floor(c.y - reach)); y < Math.min(height, c.y + reach); y++) {
      for (let x = Math.max(0, Math.floor(c.x - reach)); x < Math.min(width, c.x + reach); x++) {
        const [dx, dy] = [x + 0.5 - c.x, y + 0.5 - c.y];
        const u = (dx * Math.cos(c.turn) + dy * Math.sin(c.turn)) / c.rx;
        const v = (dy * Math.cos(c.turn) - dx * Math.sin(c.turn)) / c.ry;
        const inside = 1 / (1 + Math.exp((u * u + v * v - 1) * 9));
        const texture = 0.82 + 0.12 * Math.sin(x * 0.13 + c.turn * 9) * Math.cos(y * 0.11) + 0.1 * next();
        gray[y * width + x] = Math.min(255, gray[y * width + x] + inside * c.light * texture);
      }
    }
  }
  return png(width, height, gray);
}

/** A tile of a picture that is too large to be drawn at once: what of the nuclei lies in it, as small as its level shows them. */
export function drawTile({ cells, width, height }, side, level, x, y) {
  const factor = 2 ** level;
  const [x0, y0] = [x * side * factor, y * side * factor];
  const [w, h] = [Math.min(side, Math.ceil((width - x0) / factor)), Math.min(side, Math.ceil((height - y0) / factor))];
  if (!(w > 0 && h > 0)) return null;
  const near = cells.filter((c) => c.x + 2 * c.rx > x0 && c.y + 2 * c.rx > y0 && c.x - 2 * c.rx < x0 + w * factor && c.y - 2 * c.rx < y0 + h * factor);
  return drawNuclei(near.map((c) => ({ ...c, x: (c.x - x0) / factor, y: (c.y - y0) / factor, rx: c.rx / factor, ry: c.ry / factor })), w, h, 3 + level);
}

/** Where a model would be unsure of these nuclei: along their borders, and of some of them all over. A quarter of the size. */
export function drawDoubt(cells, width, height) {
  const [w, h] = [Math.ceil(width / 4), Math.ceil(height / 4)];
  const gray = new Uint8Array(w * h);
  cells.forEach((c, i) => {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const [dx, dy] = [x * 4 + 2 - c.x, y * 4 + 2 - c.y];
        if (dx * dx + dy * dy > 2.5 * c.rx * c.rx) continue;
        const u = (dx * Math.cos(c.turn) + dy * Math.sin(c.turn)) / c.rx;
        const v = (dy * Math.cos(c.turn) - dx * Math.sin(c.turn)) / c.ry;
        const r = Math.hypot(u, v);
        const edge = 150 * Math.exp(-(((r - 1) / 0.13) ** 2));
        const inside = i % 6 === 2 && r < 1 ? 210 * (1 - 0.4 * r) : 0;
        gray[y * w + x] = Math.min(255, Math.max(gray[y * w + x], edge, inside));
      }
    }
  });
  return png(w, h, gray);
}

function png(width, height, gray) {
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(gray.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 3 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc(data) {
  let c = 0xffffffff;
  for (const byte of data) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
