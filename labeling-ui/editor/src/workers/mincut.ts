/** The cheapest cut between two groups of a small net (Dinic's algorithm). */
export class MinCut {
  private readonly heads: number[] = [];
  private readonly capacity: number[] = [];
  private readonly edges: number[][];

  constructor(private readonly nodes: number) {
    this.edges = Array.from({ length: nodes }, () => []);
  }

  /** A link that holds so much both ways; `back` for another strength the other way. */
  link(a: number, b: number, strength: number, back = strength): void {
    this.edges[a]!.push(this.heads.push(b) - 1);
    this.capacity.push(strength);
    this.edges[b]!.push(this.heads.push(a) - 1);
    this.capacity.push(back);
  }

  /** For each node whether it stays on the source's side. */
  solve(source: number, sink: number): Uint8Array {
    for (let level = this.levels(source); level[sink]! >= 0; level = this.levels(source)) {
      const next = new Uint32Array(this.nodes);
      while (this.push(source, sink, level, next) > 0);
    }
    return Uint8Array.from(this.levels(source), (level) => (level >= 0 ? 1 : 0));
  }

  private levels(source: number): Int32Array {
    const level = new Int32Array(this.nodes).fill(-1);
    const queue = [source];
    level[source] = 0;
    for (let head = 0; head < queue.length; head++) {
      const node = queue[head]!;
      for (const edge of this.edges[node]!) {
        const to = this.heads[edge]!;
        if (this.capacity[edge]! <= 1e-9 || level[to]! >= 0) continue;
        level[to] = level[node]! + 1;
        queue.push(to);
      }
    }
    return level;
  }

  /** Pushes along one way of rising levels; returns how much went through. */
  private push(source: number, sink: number, level: Int32Array, next: Uint32Array): number {
    const path: number[] = [];
    let node = source;
    while (node !== sink) {
      const edges = this.edges[node]!;
      const edge = edges[next[node]!];
      if (edge === undefined) {
        const back = path.pop();
        if (back === undefined) return 0;
        node = this.heads[back ^ 1]!;
        next[node]!++;
        continue;
      }
      if (this.capacity[edge]! > 1e-9 && level[this.heads[edge]!] === level[node]! + 1) {
        path.push(edge);
        node = this.heads[edge]!;
      } else next[node]!++;
    }
    const flow = Math.min(...path.map((edge) => this.capacity[edge]!));
    for (const edge of path) {
      this.capacity[edge]! -= flow;
      this.capacity[edge ^ 1]! += flow;
    }
    return flow;
  }
}
