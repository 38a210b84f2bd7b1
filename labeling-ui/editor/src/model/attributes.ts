/** What a class asks about each of its objects, beyond where it is: 'occluded?', 'colour', 'count'. */

export type AttributeValue = string | number | boolean;
export type Attributes = { readonly [name: string]: AttributeValue };

/** One question of a class; part of its definition in the project. */
export type AttributeSpec = { readonly name: string; readonly required?: boolean } & (
  | { readonly kind: "text"; readonly max_length?: number }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "checkbox" }
  | { readonly kind: "number"; readonly min?: number; readonly max?: number; readonly step?: number }
);

/** Whether a value answers the question. */
export function fits(spec: AttributeSpec, value: unknown): value is AttributeValue {
  switch (spec.kind) {
    case "text":
      return typeof value === "string" && value.length <= (spec.max_length ?? 1000);
    case "choice":
      return typeof value === "string" && spec.options.includes(value);
    case "checkbox":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" && Number.isFinite(value) && value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity);
  }
}

/** Names of the required questions that have no fitting answer. A checkbox that nobody touched counts as 'no'. */
export function missing(specs: readonly AttributeSpec[], values: Attributes | undefined): string[] {
  return specs.filter((spec) => spec.required && spec.kind !== "checkbox" && !(fits(spec, values?.[spec.name]) && values?.[spec.name] !== "")).map((spec) => spec.name);
}

/** The values with one changed; null takes it away. Undefined when none is left. */
export function withValue(values: Attributes | undefined, name: string, value: AttributeValue | null): Attributes | undefined {
  const { [name]: _, ...rest } = values ?? {};
  const next = value === null ? rest : { ...rest, [name]: value };
  return Object.keys(next).length > 0 ? next : undefined;
}

/** Attributes of any origin: only values that JSON knows and that are short, at most a hundred of them. */
export function attributesFrom(value: unknown): Attributes | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).filter(([name, v]) => name.length <= 100 && (typeof v === "boolean" || (typeof v === "number" && Number.isFinite(v)) || (typeof v === "string" && v.length <= 10_000)));
  return entries.length > 0 ? (Object.fromEntries(entries.slice(0, 100)) as Attributes) : undefined;
}
