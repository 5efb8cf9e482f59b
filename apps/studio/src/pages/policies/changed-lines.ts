export interface ChangedLine {
  readonly kind: 'removed' | 'added'
  /** From 1: of the text before, or after. */
  readonly line: number
  readonly text: string
}

/** Beyond this, what differs is shown as one block. */
const MAX_COMPARED = 2000

/** The lines in which two texts differ, in their order: the longest common part is left out. */
export function changedLines(before: string, after: string): readonly ChangedLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [old, next] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  const common = old.length * next.length > MAX_COMPARED ** 2 ? [] : commonLines(old, next)
  const removed = old.flatMap((text, index): readonly ChangedLine[] =>
    common.some(([one]) => one === index) ? [] : [{ kind: 'removed', line: start + index + 1, text }],
  )
  const added = next.flatMap((text, index): readonly ChangedLine[] =>
    common.some(([, other]) => other === index) ? [] : [{ kind: 'added', line: start + index + 1, text }],
  )
  return interleaved({ removed, added, common, start })
}

/** Pairs of positions of the longest common subsequence. */
function commonLines(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0
  for (let row = a.length - 1; row >= 0; row--) {
    for (let column = b.length - 1; column >= 0; column--) {
      const length =
        a[row] === b[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
      const cells = lengths[row]
      if (cells !== undefined) cells[column] = length
    }
  }
  const pairs: [number, number][] = []
  let [row, column] = [0, 0]
  while (row < a.length && column < b.length) {
    if (a[row] === b[column]) pairs.push([row++, column++])
    else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return pairs
}

/** What was removed comes before what stands in its place. */
function interleaved({
  removed,
  added,
  common,
  start,
}: {
  readonly removed: readonly ChangedLine[]
  readonly added: readonly ChangedLine[]
  readonly common: readonly (readonly [number, number])[]
  readonly start: number
}): readonly ChangedLine[] {
  const isBefore = (limit: number) => (change: ChangedLine) => change.line <= limit
  const lines: ChangedLine[] = []
  let [old, next] = [[...removed], [...added]]
  for (const [row, column] of common) {
    lines.push(...old.filter(isBefore(start + row)), ...next.filter(isBefore(start + column)))
    old = old.filter((change) => !isBefore(start + row)(change))
    next = next.filter((change) => !isBefore(start + column)(change))
  }
  return [...lines, ...old, ...next]
}
