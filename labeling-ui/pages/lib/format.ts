// How numbers and times are written; the same rules as labeling-ui/src/format.rs.

/** Narrow no-break space, inside numbers and before a percent sign. */
export const THIN = "\u202f";
/** No-break space, before units that are words. */
export const SPACE = "\u00a0";

/** A count with its thousands apart: `5 000`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

export function counted(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A share of 0 to 1 in whole percent. Only nothing is 0 % and only everything is 100 %. */
export function percent(share: number): string {
  let percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  if (percent === 100 && share < 1) percent = 99;
  return percent === 0 && share > 0 ? `<${THIN}1${THIN}%` : `${percent}${THIN}%`;
}

/** A length of time in words, to two units. */
export function duration(seconds: number): string {
  const s = Number.isFinite(seconds) ? Math.round(Math.max(0, seconds)) : 0;
  const minutes = Math.floor((s + 30) / 60);
  if (s < 90) return `${s}${SPACE}s`;
  if (minutes < 60) return `${minutes}${SPACE}min`;
  if (minutes < 600 && minutes % 60) return `${Math.floor(minutes / 60)}${SPACE}h${SPACE}${minutes % 60}${SPACE}min`;
  return `${count(Math.floor((minutes + 30) / 60))}${SPACE}h`;
}

/** How long a lease still runs. */
export function left(untilMs: number, nowMs: number): string {
  const s = Math.trunc((untilMs - nowMs) / 1000);
  if (s <= 0) return "lease ran out";
  return s < 60 ? `${s}${SPACE}s left` : `${Math.floor((s + 30) / 60)}${SPACE}min left`;
}

/** A size in units of 1000, to two digits. */
export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (n >= 999.5 && unit + 1 < units.length) {
    n /= 1000;
    unit += 1;
  }
  return `${unit > 0 && n < 9.95 ? n.toFixed(1) : n.toFixed(0)}${SPACE}${units[unit]}`;
}
