import assert from "node:assert/strict";
import test from "node:test";
import { type Mask, decode, encode } from "../model/runs";
import { random } from "../model/testing";
import { LabelMap, type MaskEntry } from "./labelmap";

/** All tiles put together; what has no tile is 0. */
function whole(map: LabelMap, size: number): Uint16Array {
  const out = new Uint16Array(size * size);
  for (const { rect, slots } of map.made({ x0: 0, y0: 0, x1: size, y1: size })) {
    const width = rect.x1 - rect.x0;
    slots.forEach((slot, i) => (out[(rect.y0 + Math.floor(i / width)) * size + rect.x0 + (i % width)] = slot));
  }
  return out;
}

test("a few masks on a very large image take few tiles", () => {
  const side = 16_384;
  const map = new LabelMap(side, side);
  const runs = Uint32Array.of(5000 * side + 2000, 100, side * side - 5000 * side - 2100);
  map.set([{ slot: 3, mask: { width: side, height: side, runs }, live: null }]);
  assert.deepEqual(map.made({ x0: 0, y0: 0, x1: side, y1: side }).map(({ rect }) => [rect.x0, rect.y0]), [[1024, 4096], [2048, 4096]]);
});

test("after any change the map shows the topmost mask of each pixel", () => {
  const next = random(21);
  const size = 20;
  const some = (): Mask => encode(size, size, Uint8Array.from({ length: size * size }, () => (next() < 0.2 ? 1 : 0)));
  for (let round = 0; round < 100; round++) {
    const side = round % 2 === 0 ? 7 : 1024;
    const map = new LabelMap(size, size, side);
    let entries: MaskEntry[] = [];
    for (let step = 0; step < 12; step++) {
      const kind = next();
      const at = Math.floor(next() * entries.length);
      const entry = entries[at];
      if (kind < 0.4 || !entry) entries = [...entries, { slot: 1 + round * 100 + step, mask: some(), live: null }];
      else if (kind < 0.55) entries = entries.filter((_, i) => i !== at);
      else if (kind < 0.7) entries = entries.map((e, i) => (i === at ? { ...e, mask: some(), live: null } : e));
      else if (kind < 0.8) entries = [...entries.filter((_, i) => i !== at), entry];
      else if (kind < 0.9) {
        const live = entry.live ?? decode(entry.mask);
        entries = entries.map((e, i) => (i === at ? { ...e, live } : e));
        map.set(entries);
        live.fill(next() < 0.5 ? 1 : 0, 100, 160);
        map.repaint({ x0: 0, y0: 5, x1: size, y1: 8 });
      } else entries = entries.map((e) => ({ ...e, live: null }));
      map.set(entries);
      const expected = new Uint16Array(size * size);
      for (const { slot, mask, live } of entries) (live ?? decode(mask)).forEach((v, p) => v && (expected[p] = slot));
      assert.deepEqual(whole(map, size), expected);
    }
  }
});
