import { isObject, type Json, type JsonObject, sameJson } from '../../fields/exact-json'

interface Versions<T> {
  readonly base: T
  readonly mine: T
  readonly theirs: T
}

/** Both changes in one value: of a text by lines, of objects by names; undefined where a value cannot be two. */
export function mergeValues({ base, mine, theirs }: Versions<Json | undefined>): Json | undefined {
  if (typeof mine === 'string' && typeof theirs === 'string')
    return mergeTexts({ base: typeof base === 'string' ? base : '', mine, theirs })
  if (isObject(mine) && isObject(theirs)) return mergeObjects({ base: isObject(base) ? base : {}, mine, theirs })
  return undefined
}

/** Lines that only one side changed are theirs; where both changed the same ones, both stay, one below the other. */
export function mergeTexts({ base, mine, theirs }: Versions<string>): string {
  const lines = base.split('\n')
  const [own, other] = [changeOf(lines, mine.split('\n')), changeOf(lines, theirs.split('\n'))]
  if (own.to <= other.from && own.from < other.from) return applied(applied(lines, other), own).join('\n')
  if (other.to <= own.from && other.from < own.from) return applied(applied(lines, own), other).join('\n')
  const [from, to] = [Math.min(own.from, other.from), Math.max(own.to, other.to)]
  const widened = (change: Change) => [
    ...lines.slice(from, change.from),
    ...change.lines,
    ...lines.slice(change.to, to),
  ]
  const both = [...widened(other), ...widened(own)]
  return [...lines.slice(0, from), ...both, ...lines.slice(to)].join('\n')
}

interface Change {
  /** Lines of the base that are replaced. */
  readonly from: number
  readonly to: number
  readonly lines: readonly string[]
}

/** From the first line that differs to the last one. */
function changeOf(base: readonly string[], after: readonly string[]): Change {
  let from = 0
  while (from < base.length && from < after.length && base[from] === after[from]) from++
  let same = 0
  while (same < base.length - from && same < after.length - from && base.at(-1 - same) === after.at(-1 - same)) same++
  return { from, to: base.length - same, lines: after.slice(from, after.length - same) }
}

function applied(lines: readonly string[], change: Change): readonly string[] {
  return [...lines.slice(0, change.from), ...change.lines, ...lines.slice(change.to)]
}

/** Undefined where both changed the same name to what cannot be merged. */
function mergeObjects({ base, mine, theirs }: Versions<JsonObject>): JsonObject | undefined {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])]
  const merged: [string, Json][] = []
  for (const name of names) {
    const [before, own, other] = [base[name], mine[name], theirs[name]]
    const value =
      sameJson(own, other) || sameJson(before, other)
        ? own
        : sameJson(before, own)
          ? other
          : mergeValues({ base: before, mine: own, theirs: other })
    const isGone =
      value === undefined &&
      (own === undefined || other === undefined) &&
      (sameJson(before, own) || sameJson(before, other))
    if (value === undefined && !isGone) return undefined
    if (value !== undefined) merged.push([name, value])
  }
  return Object.fromEntries(merged)
}
