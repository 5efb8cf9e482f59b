import { expect, test } from 'bun:test'
import type { Collection, Schema } from '@koyalite/schema'
import { ruleScope } from './check/cel-scope'
import { type CheckedCel, checkCondition } from './check/check-cel'
import { dependenciesOf } from './check/dependencies-of'
import { compileStaticDecision } from './check/static-decision'
import type { CelFacts } from './memory/cel-environment'
import { compileToSql } from './sql/compile-sql'
import { findNobodies } from './sql/sql-nobody'
import { CelError } from './syntax/cel-error'
import { compileToPredicate } from './testing/compile-predicate'
import { withRandomDefinitions } from './testing/random-definitions'
import { randomCondition } from './testing/random-expression'
import { RandomSource } from './testing/random-source'
import { randomWorld } from './testing/random-world'
import { openWorld, type World } from './testing/test-world'

/** `KOYALITE_CEL_CASES=20000 bun test packages/query/src/cel/definitions.test.ts` runs more; `KOYALITE_CEL_SEED` runs the same again. */
const expressions = Number(process.env.KOYALITE_CEL_CASES ?? 4000)
const seed = Number(process.env.KOYALITE_CEL_SEED ?? Date.now() % 1_000_000_000)
const EXPRESSIONS_PER_WORLD = 100

test(
  `R21 an expression with definitions is the one expanded by hand (seed ${seed})`,
  async () => {
    let compared = 0
    let refused = 0
    for (let number = 0; compared < expressions; number++) {
      const random = new RandomSource(seed + number)
      const { schema, documents, actors } = randomWorld(random)
      const world = await openWorld(schema, documents)
      for (let count = 0; count < EXPRESSIONS_PER_WORLD; count++) {
        const whole = randomCondition(random, 1 + random.below(4))
        const { source, definitions } = withRandomDefinitions(whole, random)
        const facts = random.pick(actors)
        const expected = outcome(world, schema, whole, facts)
        const found = outcome(world, { ...schema, definitions }, source, facts)
        const bodies = [...definitions.values()].map(
          ({ name, parameters, body }) => `${name}(${parameters.join(', ')}): ${body.source}`,
        )
        if (!Bun.deepEquals(found, expected)) {
          expect({ whole, source, bodies, found, seed: seed + number }).toEqual({
            ...{ whole, source, bodies, seed: seed + number },
            found: expected,
          })
        }
        if (expected === null) refused++
        else compared++
      }
      await world.close()
    }
    expect(refused).toBeLessThan(compared)
  },
  { timeout: 600_000 },
)

/** Everything that an expression comes to; null where it is refused. */
function outcome(world: World, schema: Schema, source: string, facts: CelFacts) {
  const collection = schema.collections.get('docs') as Collection
  const scope = ruleScope(schema, collection, {
    old: false,
    requestParts: ['method', 'ip', 'time', 'body', 'headers'],
  })
  try {
    const checked = checkCondition(source, scope)
    const { text, params } = sqlOf(checked, facts)
    const rows = world.db.all({ text: `SELECT (${text}) FROM "docs" AS d0 ORDER BY rowid`, params })
    const evaluate = compileToPredicate(checked)
    return {
      // The same text finds the same index.
      text,
      params: params.filter((param) => !isProgram(param)),
      sql: rows.map(([value]) => value),
      js: (world.documents.get('docs') ?? []).map((document) => evaluate(world.environment(facts, document))),
      decision: compileStaticDecision(checked)(facts),
      dependencies: dependenciesOf(checked),
    }
  } catch (error) {
    if (error instanceof CelError) return null
    throw error
  }
}

function sqlOf(checked: CheckedCel, facts: CelFacts) {
  const aliases = { doc: 'd0' }
  const nobodies = findNobodies(checked.root, { aliases }).of(facts)
  return compileToSql(checked, { aliases, nobodies }).sql(facts)
}

/** What runs in JavaScript numbers its variables by the order in which they were met. */
function isProgram(param: unknown): boolean {
  return typeof param === 'string' && param.startsWith('{"')
}
