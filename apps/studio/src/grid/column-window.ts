/** Where a column stands, in px. */
interface Span {
  readonly left: number
  readonly width: number
}

/** The columns of which something can be seen between two edges, by index; `last` is part of it. They are in their order without gaps. */
export function columnsBetween(
  spans: readonly Span[],
  from: number,
  to: number,
): { readonly first: number; readonly last: number } {
  return { first: Math.max(0, lastAt(spans, from)), last: lastAt(spans, Math.max(from, to - 1)) }
}

/** The last one that begins at `x` or before it. */
function lastAt(spans: readonly Span[], x: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.left ?? 0) <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}
