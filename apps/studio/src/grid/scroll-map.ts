/** Browsers stop at about 33 million px: a million rows of 32 px. Below this they are exact. */
export const MAX_SPACER = 8_000_000

/**
 * What a scrollbar means where the rows together are higher than an element can be. `top` is the first pixel of the rows that is shown, as if
 * they were all there; `scroll` is the `scrollTop` of the element. Both are px.
 */
export interface ScrollMap {
  /** Height of all rows. */
  readonly content: number
  /** Height of the element that makes the scrollbar. */
  readonly spacer: number
  readonly viewport: number
}

export function scrollMap(rows: number, rowHeight: number, viewport: number): ScrollMap {
  const content = rows * rowHeight
  return { content, spacer: Math.min(content, MAX_SPACER), viewport }
}

/** Whether a pixel of the scrollbar is more than one of the rows. */
export function isScaled({ content, spacer }: ScrollMap): boolean {
  return content > spacer
}

export function maxTop({ content, viewport }: ScrollMap): number {
  return Math.max(0, content - viewport)
}

export function clampTop(map: ScrollMap, top: number): number {
  return Math.min(Math.max(0, top), maxTop(map))
}

/** Where the scrollbar stands for rows from `top` on. */
export function scrollOf(map: ScrollMap, top: number): number {
  if (!isScaled(map)) return clampTop(map, top)
  return (clampTop(map, top) / maxTop(map)) * (map.spacer - map.viewport)
}

/**
 * The rows after the scrollbar has moved by itself: a short way moves the rows by as much (a finger, the keys of the browser); a long one, which
 * only the thumb does, to the same part of the whole.
 */
export function topAfterScroll(
  map: ScrollMap,
  top: number,
  moved: { readonly from: number; readonly to: number },
): number {
  const most = map.spacer - map.viewport
  if (!isScaled(map)) return clampTop(map, moved.to)
  if (moved.to <= 0) return 0
  if (moved.to >= most - 1) return maxTop(map)
  const way = moved.to - moved.from
  return clampTop(map, Math.abs(way) < 2 * map.viewport ? top + way : (moved.to / most) * maxTop(map))
}

/** The rows of which something is shown. */
export function rowsAt(
  { viewport, content }: ScrollMap,
  top: number,
  rowHeight: number,
): { first: number; last: number } {
  const rows = Math.round(content / rowHeight)
  return {
    first: Math.max(0, Math.min(Math.floor(top / rowHeight), rows - 1)),
    last: Math.max(0, Math.min(Math.ceil((top + viewport) / rowHeight) - 1, rows - 1)),
  }
}

/** The nearest `top` with which the whole row can be seen. */
export function topToShow(
  map: ScrollMap,
  top: number,
  row: { readonly position: number; readonly height: number },
): number {
  const start = row.position * row.height
  if (start < top) return clampTop(map, start)
  return start + row.height > top + map.viewport ? clampTop(map, start + row.height - map.viewport) : top
}
