/** `2026-11-29 17:05 Z`: UTC, as everywhere in the studio. */
export function minuteOf(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} Z`
}

/** `17:05:14 Z` */
export function secondOf(at: string): string {
  return `${at.slice(11, 19)} Z`
}
