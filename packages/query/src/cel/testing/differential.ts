import { checkCondition } from '../check/check-cel'
import { compileStaticDecision, type StaticDecision } from '../check/static-decision'
import type { CelFacts } from '../memory/cel-environment'
import { CelError } from '../syntax/cel-error'
import { compileToPredicate, type Truth } from './compile-predicate'
import { randomCondition } from './random-expression'
import { RandomSource } from './random-source'
import { randomWorld } from './random-world'
import { type ReferenceWorld, referenceTruth } from './reference-evaluator'
import { isHidden, RESTRICTED, shownDocument } from './restricted-access'
import { openWorld, type World } from './test-world'

export interface DifferentialReport {
  /** Expressions that were compared, times documents. */
  readonly cases: number
  readonly expressions: number
  /** Expressions that the checker refused: random texts are not always sensible. */
  readonly refused: number
  /** How often each outcome was the right one. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The first differences, ready to be looked at. */
  readonly differences: readonly string[]
}

export interface DifferentialOptions {
  readonly seed: number
  /** Stops after the world in which this many cases are reached. */
  readonly cases: number
}

const EXPRESSIONS_PER_WORLD = 60
const MAX_DIFFERENCES = 10
const COLLECTION = 'docs'

/** The result of an expression, per document, for one way to compute it; beside the expected result. */
interface Compared {
  readonly way: string
  readonly found: readonly Truth[]
  readonly right: readonly Truth[]
}

/** Compares SQL, the compiled function and the reference on random schemas, documents, callers and expressions. */
export async function runDifferential({ seed, cases }: DifferentialOptions): Promise<DifferentialReport> {
  const outcomes = { true: 0, false: 0, error: 0 }
  const differences: string[] = []
  const counts = { cases: 0, expressions: 0, refused: 0 }
  for (let number = 0; counts.cases < cases && differences.length < MAX_DIFFERENCES; number++) {
    const random = new RandomSource(seed + number)
    const { schema, documents, actors } = randomWorld(random)
    const world = await openWorld(schema, documents)
    for (let count = 0; count < EXPRESSIONS_PER_WORLD; count++) {
      const source = randomCondition(random, 1 + random.below(4))
      const facts = random.pick(actors)
      const compared = compare(world, source, facts)
      if (compared === null) {
        counts.refused++
        continue
      }
      counts.expressions++
      for (const { way, found, right } of compared) {
        counts.cases += right.length
        for (const truth of right) outcomes[String(truth) as 'true']++
        const index = right.findIndex((truth, at) => truth !== found[at])
        if (index < 0) continue
        const doc = JSON.stringify(world.documents.get(COLLECTION)?.[index])
        differences.push(
          `${source}\n  ${way}: ${found[index]}, right is ${right[index]}; seed ${seed + number}, ${doc}, auth ${JSON.stringify(facts.auth)}`,
        )
      }
    }
    await world.close()
  }
  return { ...counts, outcomes, differences }
}

/** Null for an expression that is refused. */
function compare(world: World, source: string, facts: CelFacts): readonly Compared[] | null {
  try {
    // What is refused is not evaluated: the reference knows no types.
    checkCondition(source, world.scope(COLLECTION))
    const right = rightTruths(world, source, facts)
    return [
      { way: 'sql', found: world.sqlTruths(source, COLLECTION, facts), right },
      { way: 'js', found: world.jsTruths(source, COLLECTION, facts), right },
      { way: 'sql of a given document', found: world.givenTruths(source, COLLECTION, facts), right },
      { way: 'static decision', found: staticTruths(world, source, facts, right), right },
      ...(/\b(members|teams)\b/.test(source) ? [] : compareWhere(world, source, facts)),
    ]
  } catch (error) {
    if (error instanceof CelError) return null
    throw new Error(`${source}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function rightTruths(world: World, source: string, facts: CelFacts): readonly Truth[] {
  return referenceTruths(source, { ...facts, ...world, collection: COLLECTION }, world.documents.get(COLLECTION) ?? [])
}

function referenceTruths(
  source: string,
  world: Omit<ReferenceWorld, 'doc'>,
  documents: readonly ReferenceWorld['doc'][],
): readonly Truth[] {
  return documents.map((doc) => referenceTruth(source, { ...world, doc }))
}

/** A static decision must hold for every document; if there is none, the expected truth is returned. */
function staticTruths(world: World, source: string, facts: CelFacts, right: readonly Truth[]): readonly Truth[] {
  const decision: StaticDecision = compileStaticDecision(checkCondition(source, world.scope(COLLECTION)))(facts)
  return right.map((truth) => (decision === 'always' ? true : decision === 'never' && truth === true ? false : truth))
}

/** A `where` of a caller who may not read everything, in SQL and in memory. */
function compareWhere(world: World, source: string, facts: CelFacts): readonly Compared[] {
  const shown = new Map(
    [...world.documents].map(([name, rows]) => [name, rows.map((row) => shownDocument(name, row))] as const),
  )
  const originals = (name: string, id: unknown) => world.documents.get(name)?.find((row) => row.id === id) ?? {}
  const docs = shown.get(COLLECTION) ?? []
  const right = referenceTruths(
    source,
    {
      ...facts,
      schema: world.schema,
      documents: shown,
      collection: COLLECTION,
      hidden: (collection, document) => isHidden(collection, originals(collection, document.id)),
    },
    docs,
  )
  const evaluate = compileToPredicate(checkCondition(source, world.scope(COLLECTION)))
  const js = docs.map((doc) =>
    evaluate({
      ...facts,
      documents: { doc },
      rows: () => [],
      follow: (target, key, value) => {
        const found = shown.get(target.name)?.find((row) => row[key.name] === value)
        if (found === undefined) return null
        return isHidden(target.name, originals(target.name, found.id)) ? 'unreadable' : found
      },
    }),
  )
  return [
    { way: 'sql of where', found: world.whereTruths(source, COLLECTION, RESTRICTED, facts), right },
    { way: 'js of where', found: js, right },
  ]
}
