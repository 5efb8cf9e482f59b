export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap'
  readonly text: string
  /** From 1: of the new text, or of the old one where the line is gone. */
  readonly number: number
}

/** Lines around a change that are shown too. */
const CONTEXT = 3
/** Of the part that differs: beyond that, it is shown as a whole. */
const MAX_CELLS = 4_000_000

/** The lines that differ, with their neighbours; empty where none do. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  if (before === after) return []
  const [old, now] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++
  let end = 0
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++
  const middle = diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end), start)
  const same = (from: number, to: number): readonly DiffLine[] =>
    now.slice(from, to).map((text, i) => ({ kind: 'same', text, number: from + i + 1 }))
  const all = [...same(0, start), ...middle, ...same(now.length - end, now.length)]
  return withGaps(all)
}

function diffMiddle(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: 'removed', text: old[i] ?? '', number: offset + i + 1 })
  const added = (j: number): DiffLine => ({ kind: 'added', text: now[j] ?? '', number: offset + j + 1 })
  if (old.length * now.length > MAX_CELLS) return [...old.map((_, i) => removed(i)), ...now.map((_, j) => added(j))]
  // Lengths of longest common subsequences of what follows.
  const width = now.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: now[j] ?? '', number: offset + j + 1 })
      i++
      j++
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) lines.push(removed(i++))
    else lines.push(added(j++))
  }
  return lines
}

function withGaps(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  )
  return lines.flatMap((line, i): readonly DiffLine[] => {
    if (isNear[i]) return [line]
    return isNear[i - 1] ? [{ kind: 'gap', text: '⋯', number: line.number }] : []
  })
}
