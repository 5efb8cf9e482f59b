/** Up to this length the engine's own search is used: at worst it compares so much at every position. */
const SHORT = 32

/**
 * Where a text stands in another one, from a position on; -1 if nowhere. In time linear in both (Knuth, Morris, Pratt): the engine's own search multiplies
 * their lengths for texts that are made to be nearly found everywhere.
 */
export function findText(text: string, part: string, from = 0): number {
  if (part.length <= SHORT) return text.indexOf(part, from)
  const [found = -1] = findAll(text, part, { from, most: 1 })
  return found
}

/** The text in pieces between a separator that is not empty, as `String.split` has them, in linear time. */
export function splitAt(text: string, separator: string): string[] {
  if (separator.length <= SHORT) return text.split(separator)
  const pieces: string[] = []
  let start = 0
  for (const at of findAll(text, separator, { from: 0, most: Number.POSITIVE_INFINITY })) {
    pieces.push(text.slice(start, at))
    start = at + separator.length
  }
  pieces.push(text.slice(start))
  return pieces
}

/** The positions of the first or last match of a list in another one within bounds, in linear time; -1 if there is none. */
export function findPoints(
  points: readonly string[],
  part: readonly string[],
  { from, to, last }: { readonly from: number; readonly to: number; readonly last: boolean },
): number {
  if (part.length === 0) return last ? Math.min(to, points.length) : from <= points.length ? from : -1
  const borders = bordersOf(part)
  let matched = 0
  let found = -1
  for (let at = from; at < points.length; at++) {
    const point = points[at]
    while (matched > 0 && part[matched] !== point) matched = borders[matched - 1] ?? 0
    if (part[matched] === point) matched++
    if (matched < part.length) continue
    const start = at - part.length + 1
    if (start > to) return found
    if (!last) return start
    found = start
    matched = borders[matched - 1] ?? 0
  }
  return found
}

/** Matches do not overlap. */
function findAll(text: string, part: string, { from, most }: { from: number; most: number }): number[] {
  const borders = bordersOf(part)
  const found: number[] = []
  let matched = 0
  for (let at = from; at < text.length && found.length < most; at++) {
    const unit = text[at]
    while (matched > 0 && part[matched] !== unit) matched = borders[matched - 1] ?? 0
    if (part[matched] === unit) matched++
    if (matched < part.length) continue
    found.push(at - part.length + 1)
    matched = 0
  }
  return found
}

/** For each beginning of `part`, how much of it is both its beginning and its end. */
function bordersOf(part: ArrayLike<string>): Int32Array {
  const borders = new Int32Array(part.length)
  let length = 0
  for (let at = 1; at < part.length; at++) {
    while (length > 0 && part[at] !== part[length]) length = borders[length - 1] ?? 0
    if (part[at] === part[length]) length++
    borders[at] = length
  }
  return borders
}
