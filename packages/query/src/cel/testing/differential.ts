import { CelError } from '../cel-error'
import type { Truth } from '../compile-predicate'
import { randomCondition } from './random-expression'
import { RandomSource } from './random-source'
import { randomWorld } from './random-world'
import { referenceTruth } from './reference-evaluator'
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

/** Compares SQL, the compiled function and the reference on random schemas, documents, callers and expressions. */
export async function runDifferential({ seed, cases }: DifferentialOptions): Promise<DifferentialReport> {
  const report = {
    cases: 0,
    expressions: 0,
    refused: 0,
    outcomes: { true: 0, false: 0, error: 0 },
    differences: [] as string[],
  }
  for (let number = 0; report.cases < cases && report.differences.length < MAX_DIFFERENCES; number++) {
    const random = new RandomSource(seed + number)
    const { schema, documents, actors } = randomWorld(random)
    const world = await openWorld(schema, documents)
    for (let count = 0; count < EXPRESSIONS_PER_WORLD; count++) {
      const source = randomCondition(random, 1 + random.below(4))
      const facts = random.pick(actors)
      const found = truthsOf(world, source, facts)
      if (found === null) {
        report.refused++
        continue
      }
      report.expressions++
      for (const [index, document] of (world.documents.get('docs') ?? []).entries()) {
        report.cases++
        const { auth, request } = facts
        const right = referenceTruth(source, {
          schema,
          documents: world.documents,
          auth,
          request,
          collection: 'docs',
          doc: document,
        })
        report.outcomes[String(right) as 'true']++
        const [sql, js] = [found.sql[index], found.js[index]]
        if (sql === right && js === right) continue
        const where = `seed ${seed + number}, ${JSON.stringify(document)}, auth ${JSON.stringify(auth)}`
        report.differences.push(`${source}\n  reference ${right}, sql ${sql}, js ${js}; ${where}`)
        break
      }
    }
    await world.close()
  }
  return report
}

/** Null for an expression that is refused. */
function truthsOf(
  world: World,
  source: string,
  facts: Parameters<World['sqlTruths']>[2],
): { readonly sql: readonly Truth[]; readonly js: readonly Truth[] } | null {
  try {
    return { sql: world.sqlTruths(source, 'docs', facts), js: world.jsTruths(source, 'docs', facts) }
  } catch (error) {
    if (error instanceof CelError) return null
    throw new Error(`${source}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
