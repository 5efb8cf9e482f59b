import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Collection, parseSchema, type Schema } from '@koyalite/schema'
import { ruleScope } from './check/cel-scope'
import { type CheckedCel, checkCondition } from './check/check-cel'
import { dependenciesOf } from './check/dependencies-of'
import { compileStaticDecision } from './check/static-decision'
import type { CelFacts } from './memory/cel-environment'
import { compileToSql } from './sql/compile-sql'
import { findNobodies } from './sql/sql-nobody'
import { CelError } from './syntax/cel-error'
import { parseCel } from './syntax/parse-cel'
import { BLOG_SCHEMA, openBlogWorld } from './testing/blog-world'
import { compileToPredicate } from './testing/compile-predicate'
import { withRandomDefinitions } from './testing/random-definitions'
import { randomCondition } from './testing/random-expression'
import { RandomSource } from './testing/random-source'
import { randomWorld } from './testing/random-world'
import { NOBODY, openWorld, userFacts, type World } from './testing/test-world'

/** `KOYALITE_CEL_CASES=20000 bun test packages/query/src/cel/definitions.test.ts` runs more; `KOYALITE_CEL_SEED` runs the same again. */
const expressions = Number(process.env.KOYALITE_CEL_CASES ?? 1200)
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
        const facts = random.pick(actors)
        const expected = outcome(world, schema, whole, facts)
        if (expected === null) refused++
        else compared++
        if (!isCel(whole)) continue
        const { source, definitions } = withRandomDefinitions(whole, random)
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
      }
      await world.close()
    }
    expect(refused).toBeLessThan(compared)
  },
  { timeout: 600_000 },
)

describe('R21 calls, and what they are written out', () => {
  let world: World
  beforeAll(async () => {
    world = await openBlogWorld()
  })
  afterAll(() => world.close())

  const MEMBER = { 'is_member(room)': 'members.exists(m, m.room == room && m.user == auth.id)' }
  const cases: readonly (readonly [
    what: string,
    definitions: Readonly<Record<string, string>>,
    called: string,
    written: string,
  ])[] = [
    [
      'a variable of the place keeps its meaning beside one of the body with its name',
      MEMBER,
      'rooms.exists(m, is_member(m.id))',
      'rooms.exists(r, members.exists(m, m.room == r.id && m.user == auth.id))',
    ],
    [
      'a variable of the place with the name of a collection is not that of the body',
      MEMBER,
      'rooms.exists(members, is_member(members.id) && members.id == doc.room)',
      'rooms.exists(r, members.exists(m, m.room == r.id && m.user == auth.id) && r.id == doc.room)',
    ],
    [
      'nor is one with the name of doc or of the caller',
      { 'mine()': 'doc.author_id == auth.id' },
      '[1].exists(doc, [2].exists(auth, mine()))',
      '[1].exists(x, [2].exists(y, doc.author_id == auth.id))',
    ],
    [
      'a parameter hides the name of a collection in its body, and nowhere else',
      { 'f(members)': 'members == doc.room' },
      "f('red') && members.exists(m, m.room == 'red')",
      "'red' == doc.room && members.exists(m, m.room == 'red')",
    ],
    [
      'a variable of the body hides a parameter',
      { 'f(m)': "members.exists(m, m.room == 'red') && m == doc.room" },
      "f('red')",
      "members.exists(m, m.room == 'red') && 'red' == doc.room",
    ],
    [
      'a body and an argument are whole expressions',
      { 'either()': "doc.room == 'red' || doc.room == 'blue'", 'both(a, b)': 'a && b' },
      '!either() && doc.views > 0 || both(doc.views < 0 || doc.views > 5, !either())',
      "!(doc.room == 'red' || doc.room == 'blue') && doc.views > 0 || ((doc.views < 0 || doc.views > 5) && !(doc.room == 'red' || doc.room == 'blue'))",
    ],
    [
      'an argument that is named twice has its own variables each time',
      { 'twice(rows)': 'rows.exists(a, rows.exists(b, a.user != b.user))' },
      "twice(members.filter(m, m.room == 'red'))",
      "members.filter(m, m.room == 'red').exists(a, members.filter(m, m.room == 'red').exists(b, a.user != b.user))",
    ],
    [
      'documents, references, collections and the caller are arguments and results',
      {
        'owner(room)': 'room.owner',
        'verified(who)': 'who.verified',
        'mine(rows)': 'rows.filter(r, r.user == auth.id)',
        'author()': 'doc.author',
      },
      "verified(owner(doc.room)) || verified(auth) && mine(members).exists(m, m.room == doc.room) || author() == null || author().role == 'x'",
      "doc.room.owner.verified || auth.verified && members.filter(r, r.user == auth.id).exists(m, m.room == doc.room) || doc.author == null || doc.author.role == 'x'",
    ],
    [
      'what depends on how something is written is seen behind a parameter',
      { 'none(x, y)': 'x == y', 'there(x)': 'has(x)', 'of(x, name)': 'x[name]', 'again(x)': 'there(x)' },
      "none(doc.author, null) || none(null, auth) || !there(doc.subtitle) || again(doc.meta.color) || of(doc, 'title') == 'a'",
      "doc.author == null || auth == null || !has(doc.subtitle) || has(doc.meta.color) || doc['title'] == 'a'",
    ],
    [
      'nobody stays nobody as an argument',
      {
        'same(a, b)': 'a == b',
        'differs(a, b)': '!same(a, b)',
        'among(a, b)': 'a in b',
        'carried(a)': 'cel.bind(x, a, [x].exists(y, y == doc.author_id))',
        'choice(a, b)': '(auth.verified ? a : b) == doc.author_id',
      },
      "same(auth.id, doc.author_id) || differs(doc.author_id, auth.id) || among(doc.author_id, [auth.id, 'x']) || carried(auth.id) || choice('x', auth.id) || same({'a': auth.id}.a, doc.author_id)",
      "auth.id == doc.author_id || !(doc.author_id == auth.id) || doc.author_id in [auth.id, 'x'] || cel.bind(x, auth.id, [x].exists(y, y == doc.author_id)) || (auth.verified ? 'x' : auth.id) == doc.author_id || {'a': auth.id}.a == doc.author_id",
    ],
  ]
  const callers = [NOBODY, userFacts('ann'), userFacts('bob')]

  test.each(cases)('%s', (_what, definitions, called, written) => {
    const schema = withDefinitions(definitions)
    for (const facts of callers) {
      const expected = outcome(world, BLOG_SCHEMA, written, facts, 'posts')
      expect(expected).not.toBeNull()
      expect(outcome(world, schema, called, facts, 'posts')).toEqual(expected)
    }
  })

  test('no rule with definitions that compares nobody is true', () => {
    const [, definitions, called] = cases.at(-1) ?? []
    const found = outcome(world, withDefinitions(definitions ?? {}), called ?? '', NOBODY, 'posts')
    expect(found?.sql.filter((value) => value === 1)).toEqual([])
  })

  test('a membership is found by its index, as written out', () => {
    const plan = (schema: Schema, source: string) => {
      const { text, params } = sqlOf(checkCondition(source, scopeOf(schema, 'posts')), userFacts('ann'))
      const rows = world.db.all({ text: `EXPLAIN QUERY PLAN SELECT 1 FROM posts AS d0 WHERE ${text}`, params })
      return rows.map((row) => String(row.at(-1)))
    }
    const called = plan(withDefinitions(MEMBER), 'is_member(doc.room)')
    expect(called).toEqual(plan(BLOG_SCHEMA, 'members.exists(m, m.room == doc.room && m.user == auth.id)'))
    expect(called.join()).toContain('members_room_user (room=? AND user=?)')
  })
})

/** The schema of the blog with definitions. */
function withDefinitions(definitions: Readonly<Record<string, string>>): Schema {
  const parsed = parseSchema(JSON.stringify({ version: 1, definitions }), { file: 's' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return { ...BLOG_SCHEMA, definitions: parsed.schema.definitions }
}

function scopeOf(schema: Schema, name: string) {
  return ruleScope(schema, schema.collections.get(name) as Collection, {
    old: false,
    requestParts: ['method', 'ip', 'time', 'body', 'headers'],
  })
}

/** Everything that an expression comes to; null where it is refused. */
function outcome(world: World, schema: Schema, source: string, facts: CelFacts, name = 'docs') {
  try {
    const checked = checkCondition(source, scopeOf(schema, name))
    const { text, params } = sqlOf(checked, facts)
    const rows = world.db.all({ text: `SELECT (${text}) FROM "${name}" AS d0 ORDER BY rowid`, params })
    const evaluate = compileToPredicate(checked)
    return {
      // The same text finds the same index.
      text,
      params: params.filter((param) => !isProgram(param)),
      sql: rows.map(([value]) => value),
      js: (world.documents.get(name) ?? []).map((document) => evaluate(world.environment(facts, document))),
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

/** Random texts are not always expressions. */
function isCel(source: string): boolean {
  try {
    parseCel(source)
    return true
  } catch (error) {
    if (error instanceof CelError) return false
    throw error
  }
}

/** What runs in JavaScript numbers its variables by the order in which they were met. */
function isProgram(param: unknown): boolean {
  return typeof param === 'string' && param.startsWith('{"')
}
