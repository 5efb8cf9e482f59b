import type { FinishedQuery } from '@koyalite/contracts'

/** What `dev` prints of a list that took long: what it asked for, how it was read, and what would help. */
export function slowListLines({ shape, ms, advise }: FinishedQuery): readonly string[] {
  const { plan, indexes, obstacles } = advise()
  const isFine = plan.length > 0 && obstacles.length === 0
  const why = indexes.length > 0 ? [] : isFine ? [AS_IT_SHOULD_BE] : obstacles
  return [
    [`slow list (${Math.round(ms)} ms)  ${shape} `, ...plan, ...why].join(' '),
    ...indexes.map(({ place, line }) => `  to make it faster, add to schema.yaml, ${place}:  ${line}`),
  ]
}

const AS_IT_SHOULD_BE = 'An index would not change that: the documents are many or large, or the machine was busy.'
