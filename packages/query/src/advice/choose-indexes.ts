import type { Collection } from '@koyalite/schema'
import { type Candidate, candidateSql } from './candidate'
import { innerCandidates, type PlannedStatements } from './candidate-indexes'
import type { TableAccess } from './read-plan'

/** What plans read. */
export interface Scored {
  /** Tables that are read completely for each document. */
  readonly scans: readonly TableAccess[]
  /** The less, the better: compared part by part. */
  readonly score: readonly number[]
}

/** Candidates, and the plans with them. */
export interface Choice<E extends Scored> {
  readonly evaluation: E
  readonly indexes: readonly Candidate[]
}

export interface Chooser<E extends Scored> {
  readonly planned: PlannedStatements
  /** By alias: see `tablesOf`. */
  readonly tables: ReadonlyMap<string, ReadonlySet<Collection>>
  /** @param indexes the statements that make all indexes of the tables */
  evaluate(indexes: readonly string[]): E
}

/** The indexes of a choice and more. */
export function withIndexes<E extends Scored>(
  { planned: { planner }, evaluate }: Chooser<E>,
  { indexes }: Pick<Choice<E>, 'indexes'>,
  more: readonly Candidate[],
): Choice<E> {
  const all = [...indexes, ...more]
  return { evaluation: evaluate([...planner.indexes, ...candidateSql(all)]), indexes: all }
}

/** With indexes for what is read completely for each document: that costs most. */
export function withInnerIndexes<E extends Scored>(chooser: Chooser<E>, start: Choice<E>): Choice<E> {
  let choice = start
  for (const { alias } of start.evaluation.scans) {
    for (const collection of chooser.tables.get(alias) ?? []) {
      const better = innerCandidates(chooser.planned, { alias, collection })
        .map((candidate) => withIndexes(chooser, choice, [candidate]))
        .find(({ evaluation }) => evaluation.scans.length < choice.evaluation.scans.length)
      choice = better ?? choice
    }
  }
  return choice
}

/** With the set of candidates that makes it read least; `start` itself where none makes it read less. */
export function withBestOf<E extends Scored>(
  chooser: Chooser<E>,
  start: Choice<E>,
  sets: readonly (readonly Candidate[])[],
): Choice<E> {
  let best = start
  for (const candidates of sets) {
    const choice = withIndexes(chooser, start, candidates)
    if (isLess(weightOf(choice), weightOf(best))) best = choice
  }
  return best
}

/** Of indexes that do the same, those with the fewest columns. */
function weightOf({ evaluation, indexes }: Choice<Scored>): readonly number[] {
  return [...evaluation.score, indexes.reduce((sum, { fields }) => sum + fields.length, 0)]
}

/** The first part in which two scores differ decides. */
function isLess(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((part, at) => part !== b[at])
  return index !== -1 && (a[index] ?? 0) < (b[index] ?? 0)
}
