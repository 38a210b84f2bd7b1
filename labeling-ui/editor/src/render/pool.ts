/**
 * Records of many shapes in one vertex buffer, each shape in a stretch of its own, so that changing one shape writes only
 * its stretch. Free stretches hold zeros, which the shaders put out of sight.
 */

interface Stretch {
  readonly at: number;
  readonly length: number;
}

/** Where what goes in a growing row of records. No WebGL. */
export class Space {
  private readonly free: Stretch[] = [];
  /** Records in use or free before this one. */
  end = 0;

  take(length: number): Stretch {
    const found = this.free.findIndex((gap) => gap.length >= length);
    const gap = this.free[found];
    if (!gap) {
      const made = { at: this.end, length };
      this.end += length;
      return made;
    }
    if (gap.length === length) this.free.splice(found, 1);
    else this.free[found] = { at: gap.at + length, length: gap.length - length };
    return { at: gap.at, length };
  }

  give(stretch: Stretch): void {
    if (stretch.length === 0) return;
    let { at, length } = stretch;
    for (let i = this.free.length - 1; i >= 0; i--) {
      const gap = this.free[i];
      if (!gap || (gap.at + gap.length !== at && gap.at !== at + length)) continue;
      at = Math.min(at, gap.at);
      length += gap.length;
      this.free.splice(i, 1);
    }
    if (at + length === this.end) this.end = at;
    else this.free.push({ at, length });
  }

  get unused(): number {
    return this.free.reduce((sum, { length }) => sum + length, 0);
  }
}

export class Pool {
  private space = new Space();
  private data = new Float32Array(0);
  private readonly places = new Map<number, Stretch>();
  private dirty: { from: number; to: number } | null = null;
  private capacity = 0;

  /** @param floats numbers a record. */
  constructor(private readonly gl: WebGL2RenderingContext, private readonly buffer: WebGLBuffer, private readonly floats: number) {}

  /** Records to draw, free ones among them. */
  get count(): number {
    return this.space.end;
  }

  /** Puts a shape's records in place of the ones it had; an empty array takes it out. */
  put(key: number, records: Float32Array): void {
    const { floats } = this;
    const old = this.places.get(key);
    const length = records.length / floats;
    if (old && old.length !== length) {
      this.write(old.at, new Float32Array(old.length * floats));
      this.space.give(old);
      this.places.delete(key);
    }
    if (length === 0) return;
    const place = old?.length === length ? old : this.space.take(length);
    this.places.set(key, place);
    this.write(place.at, records);
  }

  /** Whether so much lies free that filling the pool anew is worth it. */
  get isSparse(): boolean {
    return this.space.unused > 4096 && this.space.unused > this.space.end / 2;
  }

  clear(): void {
    this.space = new Space();
    this.places.clear();
    this.dirty = null;
  }

  /** Copies to the GPU what changed. */
  flush(): void {
    if (!this.dirty) return;
    const { gl, floats } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    if (this.capacity < this.data.length) {
      gl.bufferData(gl.ARRAY_BUFFER, this.data, gl.DYNAMIC_DRAW);
      this.capacity = this.data.length;
    } else {
      const { from, to } = this.dirty;
      gl.bufferSubData(gl.ARRAY_BUFFER, from * floats * 4, this.data, from * floats, (to - from) * floats);
    }
    this.dirty = null;
  }

  private write(at: number, records: Float32Array): void {
    const { floats } = this;
    const need = at * floats + records.length;
    if (need > this.data.length) {
      const larger = new Float32Array(Math.max(need, Math.ceil(this.data.length * 1.5)));
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set(records, at * floats);
    const to = at + records.length / floats;
    this.dirty = this.dirty ? { from: Math.min(at, this.dirty.from), to: Math.max(to, this.dirty.to) } : { from: at, to };
  }
}
