import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { checkCondition } from '../check/check-cel'
import { compileToSql } from '../sql/compile-sql'
import { findNobodies } from '../sql/sql-nobody'
import { NOBODY, openWorld, schemaOf, userFacts, type World } from '../testing/test-world'
import { ANONYMOUS_FACTS, type CelFacts } from './cel-environment'

let world: World
beforeAll(async () => {
  const schema = schemaOf(`
version: 1
collections:
  seats:
    fields:
      id: { type: string, primary: true }
      user_id: { type: string, nullable: true, index: true }
      room: { type: string, index: true }
  empty: { fields: { id: { type: string, primary: true }, user_id: { type: string, nullable: true } } }
  docs:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: string, nullable: true, index: true }
      flag: { type: bool }
      meta: { type: json, nullable: true }
`)
  world = await openWorld(schema, {
    docs: [
      { id: 'owned', owner_id: 'ann', flag: true, meta: { team: 'red', none: null } },
      { id: 'free', owner_id: null, flag: false, meta: null },
    ],
    seats: [
      { id: 's1', user_id: null, room: 'a' },
      { id: 's2', user_id: 'ann', room: 'b' },
    ],
  })
})
afterAll(() => world.close())

const ANN = userFacts('ann', { team: 'red', left: null, teams: ['red', null] })
/** Somebody whose address nobody has proved. */
const UNPROVED: CelFacts = { ...ANN, auth: { ...ANN.auth, email: null, verified: false } }
const E = 'error'

type Truths = readonly [owned: boolean | 'error', free: boolean | 'error']

function expectTruths(source: string, facts: CelFacts, truths: Truths): void {
  expect(world.jsTruths(source, 'docs', facts)).toEqual([...truths])
  expect(world.sqlTruths(source, 'docs', facts)).toEqual([...truths])
  expect(world.givenTruths(source, 'docs', facts)).toEqual([...truths])
}

describe('R19 nobody is nobody’s equal, wherever the value goes', () => {
  test.each([
    'auth.id == doc.owner_id',
    'doc.owner_id == auth.id',
    '!(auth.id != doc.owner_id)',
    'auth.id != doc.owner_id',
    '[auth.id] == [doc.owner_id]',
    '[doc.owner_id] != [auth.id]',
    '[[auth.id]] == [[doc.owner_id]]',
    "{'a': auth.id} == {'a': doc.owner_id}",
    "{'a': auth.id}.a == doc.owner_id",
    "{'a': [auth.id]}.a[0] == doc.owner_id",
    'cel.bind(me, auth.id, doc.owner_id == me)',
    'cel.bind(who, doc.owner_id, who == auth.id)',
    'cel.bind(n, null, auth.id == n)',
    '[auth.id].exists(a, a == doc.owner_id)',
    '[doc.owner_id].exists(o, o == auth.id)',
    '[auth.id].map(a, a)[0] == doc.owner_id',
    '[auth.id].filter(a, true)[0] == doc.owner_id',
    '([auth.id] + [])[0] == doc.owner_id',
    "(auth.verified ? 'x' : auth.id) == doc.owner_id",
    '(doc.flag ? auth.id : auth.email) == doc.owner_id',
    'doc.flag ? auth.id == doc.owner_id : auth.id != doc.owner_id',
    'auth.id in [doc.owner_id]',
    '!(auth.id in [doc.owner_id])',
    'doc.owner_id in [auth.id]',
    "doc.owner_id in ['ann', auth.id]",
    'null in [auth.id]',
    'auth.id in [null]',
    'auth.id in []',
    'dyn(auth.id) == doc.owner_id',
    'dyn(auth.id) == dyn(null)',
    'auth.id == auth.id',
    'auth.id == auth.email',
    'auth.email == doc.owner_id',
    'auth.role == doc.owner_id',
    "auth.role == 'admin'",
    "auth.role != 'admin'",
    'auth.metadata == doc.meta',
    'auth.claims == doc.meta',
    "auth.claims.team == 'red'",
    'auth.id < doc.owner_id',
    'auth.id <= doc.owner_id',
    '{auth.id: 1} == {auth.id: 1}',
    'doc.meta[auth.id] == null',
    'type(auth.id) == type(doc.owner_id)',
    "'%s'.format([auth.id]) == 'null'",
    'seats.exists(s, s.user_id == auth.id)',
    '!seats.exists(s, s.user_id == auth.id)',
    'seats.all(s, s.user_id != auth.id)',
    'seats.exists_one(s, s.user_id == auth.id)',
    'seats.filter(s, s.user_id == auth.id).size() == 0',
    'auth.id in seats.map(s, s.user_id)',
    'doc.owner_id in seats.map(s, auth.id)',
    'seats.map(s, s.user_id).exists(u, u == auth.id)',
    '[auth.id].exists(a, seats.exists(s, s.user_id == a))',
  ])('for an anonymous caller %s is an error', (source) => {
    try {
      expectTruths(source, NOBODY, [E, E])
    } catch (error) {
      // The database is not queried for elements of lists; in memory it is still an error.
      if (!String(error).includes('cannot depend on an element') && !String(error).includes('must return a field'))
        throw error
      expect(world.jsTruths(source, 'docs', NOBODY)).toEqual([E, E])
    }
  })

  test.each<readonly [string, Truths]>([
    ['auth.id == null', [true, true]],
    ['null != auth.id', [false, false]],
    ['auth == null', [true, true]],
    ['!has(auth.id) && auth.email == null && auth.role == null', [true, true]],
    ['auth.metadata == null && auth.claims == null', [true, true]],
    ['(doc.flag ? auth.id : doc.owner_id) == null', [true, true]],
    ['cel.bind(me, auth.id, me == null)', [true, true]],
    ['[auth.id].exists(a, a == null)', [true, true]],
    ["{'a': auth.id}.a == null", [true, true]],
    ['auth.id != null && auth.id == doc.owner_id', [false, false]],
    ['auth.id == doc.owner_id || doc.flag', [true, E]],
    ['(doc.flag ? doc.owner_id : auth.id) == doc.owner_id', [true, E]],
    ["doc.owner_id in ['ann', null]", [true, true]],
    ['doc.owner_id == null', [false, true]],
    ['empty.exists(e, e.user_id == auth.id)', [false, false]],
    ['empty.all(e, e.user_id == auth.id)', [true, true]],
    ['size([auth.id]) == 1', [true, true]],
  ])('for an anonymous caller %s is %p', (source, truths) => expectTruths(source, NOBODY, truths))

  test.each<readonly [string, Truths]>([
    ['auth.id == doc.owner_id', [true, false]],
    ['auth.id != doc.owner_id', [false, true]],
    ['[auth.id] == [doc.owner_id]', [true, false]],
    ['auth.claims.team == doc.meta.team', [true, E]],
    ['auth.claims.left == doc.meta.none', [E, E]],
    ['auth.claims.left == null', [true, true]],
    ['auth.claims.teams.exists(t, t == doc.meta.team)', [true, E]],
    ['auth.claims.teams.exists(t, t == null)', [true, true]],
    ["!auth.claims.teams.exists(t, t == 'blue')", [E, E]],
    ["'left' in auth.claims && has(auth.claims.left)", [true, true]],
    ['auth.claims == doc.meta', [E, E]],
  ])('for somebody %s is %p', (source, truths) => expectTruths(source, ANN, truths))

  test('an address that nobody proved is nobody’s', () => {
    expectTruths('auth.email == doc.owner_id', UNPROVED, [E, E])
    expectTruths('auth.id == doc.owner_id', UNPROVED, [true, false])
  })

  test('an identity that is missing of somebody alone is one, too', () => {
    const facts: CelFacts = { ...NOBODY, auth: { ...ANONYMOUS_FACTS, id: 'ann', role: 'user' } }
    expectTruths("auth.id == doc.owner_id || auth.email == 'x'", facts, [true, E])
  })
})

describe('R19 a comparison keeps its index', () => {
  const planOf = (source: string, facts: CelFacts): string => {
    const checked = checkCondition(source, world.scope('docs'))
    const aliases = { doc: 'd0' }
    const { text, params } = compileToSql(checked, {
      aliases,
      nobodies: findNobodies(checked.root, { aliases }).of(facts),
    }).sql(facts)
    return world.db
      .all({ text: `EXPLAIN QUERY PLAN SELECT * FROM docs AS d0 WHERE ${text}`, params: [...params] })
      .map((row) => row.at(-1))
      .join('\n')
  }

  test.each([
    'doc.owner_id == auth.id',
    'auth.id != null && doc.owner_id == auth.id',
    'doc.owner_id in [auth.id, auth.email]',
  ])('%s for somebody', (source) => {
    const plan = planOf(source, ANN)
    expect(plan).toContain('SEARCH d0 USING INDEX')
    expect(plan).not.toContain('SCAN d0')
  })

  test('a macro for somebody, and for nobody through what else it asks', () => {
    const source = 'seats.exists(s, s.room == doc.id && s.user_id == auth.id)'
    for (const facts of [ANN, NOBODY]) {
      const plan = planOf(source, facts)
      expect(plan).toMatch(/SEARCH c_d0_\d+ (EXISTS )?USING (COVERING )?INDEX/)
      expect(plan).not.toMatch(/SCAN c_/)
    }
  })

  test('one statement serves all of whom the same is nobody', () => {
    const checked = checkCondition('doc.owner_id == auth.id || doc.owner_id == auth.email', world.scope('docs'))
    const finder = findNobodies(checked.root, { aliases: { doc: 'd0' } })
    expect(finder.of(ANN)).toBe(finder.of(userFacts('bob')))
    expect(finder.of(ANN)).toBe(finder.none)
    expect(new Set([ANN, UNPROVED, NOBODY].map((facts) => finder.of(facts).key)).size).toBe(3)
  })
})
