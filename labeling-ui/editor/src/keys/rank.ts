/** Finding by a few letters: all of them must come in order; word beginnings and short names count more. No DOM. */

/** How well a text answers a query; null when not at all. */
export function score(text: string, query: string): number | null {
  const t = text.toLowerCase();
  let total = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const whole = t.indexOf(word);
    if (whole >= 0) {
      total += 100 - whole + (whole === 0 || /[\s(/-]/.test(t[whole - 1] ?? " ") ? 60 : 0);
      continue;
    }
    let at = -1;
    let gaps = 0;
    for (const letter of word) {
      const next = t.indexOf(letter, at + 1);
      if (next < 0) return null;
      gaps += next - at - 1;
      at = next;
    }
    total += Math.max(1, 30 - gaps);
  }
  return total - text.length / 50;
}

/** What answers the query, best first; all in their own order for an empty one. */
export function rank<T>(all: readonly T[], query: string, textOf: (entry: T) => string): T[] {
  if (query.trim() === "") return [...all];
  return all
    .map((entry) => ({ entry, score: score(textOf(entry), query) }))
    .filter((found): found is { entry: T; score: number } => found.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}
