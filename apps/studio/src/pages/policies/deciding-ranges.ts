import type { ExplanationPart } from '@koyalite/client/admin'

/** A span of the source of a rule, and how it came out. */
export interface DecidingRange {
  readonly start: number
  readonly end: number
  readonly result: boolean | 'error'
}

export interface Segment {
  readonly text: string
  /** Null for what did not decide. */
  readonly result: DecidingRange['result'] | null
}

/**
 * The smallest parts of a rule that made it come out as it did: of `a && b` that is false those that are not true, of `a || b` that is true
 * those that are. A definition that is called is one part.
 */
export function decidingRanges(part: ExplanationPart): readonly DecidingRange[] {
  const own = { start: part.start, end: part.end, result: part.result }
  if (part.operator === null || part.calls !== null) return [own]
  const isTrue = part.result === true
  const decided = part.operands.filter(({ result }) => (result === true) === isTrue)
  return decided.length === 0 ? [own] : decided.flatMap(decidingRanges)
}

/** A source in parts, with those that decided. Ranges that overlap an earlier one are left out. */
export function segmentsOf(source: string, ranges: readonly DecidingRange[]): readonly Segment[] {
  const segments: Segment[] = []
  let at = 0
  for (const { start, end, result } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > source.length) continue
    if (start > at) segments.push({ text: source.slice(at, start), result: null })
    segments.push({ text: source.slice(start, end), result })
    at = end
  }
  if (at < source.length) segments.push({ text: source.slice(at), result: null })
  return segments
}

/** The calls of definitions that decided, each as it came out inside. */
export function decidingCalls(part: ExplanationPart): readonly ExplanationPart[] {
  if (part.calls !== null) return [part]
  const isTrue = part.result === true
  return part.operands.filter(({ result }) => (result === true) === isTrue).flatMap(decidingCalls)
}

/** What the parts that decided have looked at. */
export function decidingValues(part: ExplanationPart): Readonly<Record<string, unknown>> {
  if (part.operands.length === 0) return part.values
  const isTrue = part.result === true
  const decided = part.operands.filter(({ result }) => (result === true) === isTrue)
  return Object.assign({}, ...decided.map(decidingValues)) as Record<string, unknown>
}
