/** Walking through the model's suggestions, accepting and dismissing them. */
import type { LabelDocument } from "./document";
import type { Item } from "./shape";

/** The suggestion that A and D act on: the active one, else the first. */
export function currentSuggestion(doc: LabelDocument): Item | null {
  const { value } = doc.suggestions;
  return value.find((item) => item.id === doc.activeSuggestion.value) ?? value[0] ?? null;
}

export function walk(doc: LabelDocument, by: 1 | -1): Item | null {
  const { value } = doc.suggestions;
  const at = value.findIndex((item) => item.id === doc.activeSuggestion.value);
  const next = at < 0 ? (by > 0 ? 0 : value.length - 1) : (at + by + value.length) % value.length;
  doc.activeSuggestion.value = value[next]?.id ?? null;
  return value[next] ?? null;
}

/** Makes suggestions objects; they keep their confidence until someone changes them. `isThing` says which classes are counted one by one. */
export function accept(doc: LabelDocument, accepted: readonly Item[], isThing: (cls: number) => boolean): void {
  if (accepted.length === 0) return;
  const next = following(doc, accepted);
  let instance = doc.newInstance();
  const items = accepted.map((item): Item => ({ ...item, instance: isThing(item.class) ? instance++ : null }));
  const gone = new Set(accepted.map((item) => item.id));
  const label = items.length === 1 ? "Accept suggestion" : `Accept ${items.length} suggestions`;
  doc.commit(label, { items: [...doc.items.value, ...items], suggestions: doc.suggestions.value.filter((item) => !gone.has(item.id)) });
  doc.activeSuggestion.value = next;
}

export function dismiss(doc: LabelDocument, item: Item): void {
  const next = following(doc, [item]);
  doc.commit("Dismiss suggestion", { suggestions: doc.suggestions.value.filter((other) => other.id !== item.id) });
  doc.activeSuggestion.value = next;
}

/** The suggestion that comes after the last of those that go. */
function following(doc: LabelDocument, going: readonly Item[]): number | null {
  const gone = new Set(going.map((item) => item.id));
  const { value } = doc.suggestions;
  const last = value.findLastIndex((item) => gone.has(item.id));
  const left = [...value.slice(last + 1), ...value.slice(0, last + 1)].filter((item) => !gone.has(item.id));
  return left[0]?.id ?? null;
}
