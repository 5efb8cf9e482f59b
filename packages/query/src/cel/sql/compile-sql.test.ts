import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { checkCondition } from '../check/check-cel'
import { openBlogWorld } from '../testing/blog-world'
import type { Truth } from '../testing/compile-predicate'
import { NOBODY, userFacts, type World } from '../testing/test-world'
import { compileToSql } from './compile-sql'
import { findNobodies } from './sql-nobody'

let world: World
beforeAll(async () => {
  world = await openBlogWorld()
})
afterAll(() => world.close())

const ANN = userFacts('ann', { rooms: ['red', 'green'], level: 3 })
const E = 'error'

function compile(source: string, facts = ANN) {
  const checked = checkCondition(source, world.scope('posts'))
  const aliases = { doc: 'd0' }
  return compileToSql(checked, { aliases, nobodies: findNobodies(checked.root, { aliases }).of(facts) })
}

function plan(source: string): string {
  const { text, params } = compile(source).sql(ANN)
  return JSON.stringify(
    world.db.all({ text: `EXPLAIN QUERY PLAN SELECT * FROM posts AS d0 WHERE ${text}`, params: [...params] }),
  )
}

/** What each condition comes to for the posts `full`, `empty` and `lost`. */
const TRUTHS: readonly (readonly [rule: string, source: string, truths: readonly Truth[]])[] = [
  ['R4', "doc.subtitle == 'one'", [true, false, false]],
  ['R4', "!(doc.subtitle == 'one')", [false, true, true]],
  ['R4', "doc.subtitle != 'one'", [false, true, true]],
  ['R4', "doc.subtitle < 'z'", [true, E, E]],
  ['R4', "!(doc.subtitle < 'z')", [false, E, E]],
  ['R4', 'doc.pinned == null', [false, true, true]],
  ['R4', "doc.title < '\\uffee'", [true, true, true]],
  ['R4', "doc.title == '1'", [false, false, true]],
  ['R5', 'doc.pinned', [true, E, E]],
  ['R5', '!doc.pinned', [false, E, E]],
  ['R5', "doc.pinned || doc.title == '1'", [true, E, true]],
  ['R5', "doc.pinned && doc.title == '1'", [false, false, E]],
  ['R5', 'doc.pinned ? false : true', [false, E, E]],
  ['R5', '(doc.views == 0 ? doc.subtitle : doc.title) == null', [false, true, false]],
  ['R7', 'doc.views + 1 > 0', [true, true, false]],
  ['R7', 'doc.views * 1024 > 0', [true, false, false]],
  ['R7', 'doc.views * 1025 > 0', [E, false, false]],
  ['R7', '!(doc.views * 1025 > 0)', [E, true, true]],
  ['R7', '10 / doc.views > 0', [false, E, false]],
  ['R7', '!(10 / doc.views > 0)', [true, E, true]],
  ['R7', 'doc.views % 2 == 1', [true, false, false]],
  ['R7', '-7 / (doc.views + 3) == -3', [false, false, true]],
  ['R7', 'doc.score / 0.0 > 1.0', [true, E, E]],
  ['R4', 'doc.views == 9007199254740991.0 && doc.views < 9007199254740992.0', [true, false, false]],
  ['R9', "doc.meta.color == 'red'", [true, E, E]],
  ['R9', "doc.meta.color != 'red'", [false, E, E]],
  ['R9', 'doc.meta.count == 1', [true, E, false]],
  ['R9', "doc.meta.count == '1'", [false, E, true]],
  ['R9', 'doc.meta.on == true', [true, E, false]],
  ['R9', 'doc.meta.on == doc.pinned', [true, E, false]],
  ['R9', 'doc.meta.none == null', [true, E, E]],
  ['R9', 'doc.meta == null', [false, true, false]],
  ['R9', 'has(doc.meta.none) && !has(doc.meta.zz)', [true, E, false]],
  ['R9', "doc.meta.deep.list[1] == 'x' && doc.meta['odd \"key\"'] == 'k'", [true, E, E]],
  ['R9', 'doc.meta.deep.list[2] == 1', [E, E, E]],
  ['R9', "doc.meta.deep == {'list': [1.0, 'x']}", [true, E, E]],
  ['R5', 'doc.meta.deep.list[doc.views - doc.views]', [E, E, E]],
  ['R9', "doc.meta.count < '2'", [E, E, true]],
  ['R9', 'doc.meta.count in [1, 2]', [true, E, false]],
  ['R9', "'a' in doc.tags", [true, E, false]],
  ['R9', 'null in doc.tags && 1 in doc.tags', [false, E, true]],
  ['R9', "'color' in doc.meta", [true, E, false]],
  ['R9', "doc.tags.exists(t, t < 'b')", [true, E, E]],
  ['R9', 'doc.tags.all(t, t != null)', [true, E, false]],
  ['R9', "doc.picture == b'\\x00\\xff'", [true, false, false]],
  ['R12', "doc.author.role == 'admin'", [true, E, E]],
  ['R12', "!(doc.author.role == 'admin')", [false, E, E]],
  ['R12', 'doc.author == null', [false, true, true]],
  ['R12', 'has(doc.author) && doc.author_id != null', [true, false, false]],
  ['R12', 'doc.author.metadata == null', [true, E, E]],
  ['R12', "doc.room.owner.email == 'ann@example.com'", [true, E, E]],
  ['R12', 'doc.room.owner == null', [false, true, E]],
  ['R13', 'members.exists(m, m.room == doc.room && m.user == auth.id)', [true, false, false]],
  ['R13', 'members.exists(m, m.room == doc.room && m.level < 5)', [E, false, false]],
  ['R13', 'members.all(m, m.room != doc.room || m.level > 5)', [E, true, true]],
  ['R13', 'members.exists_one(m, m.user == doc.author_id)', [true, false, false]],
  ['R13', 'members.exists_one(m, m.level > 5)', [E, E, E]],
  ['R13', 'members.filter(m, m.room == doc.room).size() == 2 && size(members) == 2', [true, false, false]],
  ['R13', 'auth.id in members.map(m, m.user) && doc.author_id in members.map(m, m.user)', [true, false, false]],
  ['R13', "members.map(m, m.room == doc.room, m.user) == ['ann', 'bob']", [true, false, false]],
  ['R13', 'members.map(m, m.level > 1) == [true]', [E, E, E]],
  ['R13', 'members.exists(m, m.user.role == doc.author.role)', [true, E, E]],
  ['R14', 'doc.room in auth.metadata.rooms', [true, false, false]],
  ['R14', 'doc.room in auth.metadata.missing', [E, E, E]],
  ['R14', '!(doc.subtitle in auth.metadata.rooms)', [true, true, true]],
  ['R14', 'auth.metadata.rooms.exists(r, r == doc.room)', [true, false, false]],
  ['R14', "auth.can('comments:write') && !auth.can('x')", [true, true, true]],
  ['R14', "auth.can('posts:' + doc.title) && !auth.can('x' + doc.title)", [true, true, true]],
  ['R14', 'auth != null && auth.id == doc.author_id', [true, false, false]],
  ['R10', "doc.published_at <= request.time && request.time == timestamp('2026-01-02T03:04:05.678Z')", [true, E, E]],
  ['R10', "doc.published_at < timestamp('2026-01-02T03:04:05.6780001Z')", [true, E, E]],
  ['R10', "doc.published_at >= timestamp('2026-01-02T03:04:05.6780001Z')", [false, E, E]],
  ['R10', "doc.published_at == timestamp('2026-01-02T03:04:05.6780001Z')", [false, false, false]],
  ['R10', "request.time - doc.published_at < duration('24h')", [true, E, E]],
  ['R10', "doc.published_at.getFullYear() == 2026 && doc.published_at.getHours('Asia/Tokyo') == 12", [true, E, E]],
]

describe('a condition as SQL and in memory', () => {
  test.each(TRUTHS)('%s %s', (_rule, source, truths) => {
    expect(world.sqlTruths(source, 'posts', ANN)).toEqual([...truths])
    expect(world.jsTruths(source, 'posts', ANN)).toEqual([...truths])
    expect(world.givenTruths(source, 'posts', ANN)).toEqual([...truths])
  })
})

describe('R14 whoever asks', () => {
  test('is in the parameters alone, so that a statement serves everybody', () => {
    const compiled = compile("auth.role == 'admin' || doc.author_id == auth.id || auth.can('rooms:read')")
    const texts = [NOBODY, ANN, userFacts('bob')].map((facts) => compiled.sql(facts).text)
    expect(new Set(texts).size).toBe(1)
    expect(compiled.bind(ANN)).toEqual([0, 'ann', 0])
    // A role that nobody has equals nothing, and differs from nothing.
    expect(compiled.bind(NOBODY)).toEqual([null, null, 0])
  })

  test('anonymous is null', () => {
    expect(world.sqlTruths('auth == null && auth.id == null && !auth.verified', 'posts')).toEqual([true, true, true])
    expect(world.sqlTruths('auth.metadata.rooms == null', 'posts')).toEqual([E, E, E])
  })
})

describe('R13 membership', () => {
  test('of a collection uses an index that has both columns', () => {
    expect(plan('members.exists(m, m.room == doc.room && m.user == auth.id)')).toMatch(
      /SEARCH c_d0_1 .*members_room_user \(room=\? AND user=\?\)/,
    )
  })

  test('with an operand that may fail looks for the failure through the index too', () => {
    const details = plan('members.exists(m, m.room == doc.room && m.level > 1)')
    expect(details.match(/members_room_user \(room=\?\)/g)).toHaveLength(2)
    expect(details).not.toContain('SCAN c_d0')
  })

  test('in a list of the caller uses an index of the field', () => {
    expect(plan('members.exists(m, m.room in auth.metadata.rooms)')).toMatch(/SEARCH c_d0_1 .*\(room=\?\)/)
  })

  test('that cannot fail is a plain EXISTS', () => {
    expect(compile('members.exists(m, m.room == doc.room && m.user == auth.id)').text).toStartWith(
      'EXISTS (SELECT 1 FROM "members"',
    )
  })
})

describe('R15 what SQL has no form for', () => {
  test('runs as a function of ours and is named', () => {
    expect(compile("doc.title.trim() == '' && doc.views > 1").residual).toEqual(['doc.title.trim()'])
    expect(compile("doc.title.startsWith('a') && doc.views + 1 > 1 && 'a' in doc.tags").residual).toEqual([])
  })

  test('cannot ask the database from inside of a list', () => {
    expect(() => compile('doc.tags.map(t, members.exists(m, m.user == t)) == [true]')).toThrow(
      /cannot depend on an element of a list/,
    )
  })
})

describe('R2 limits', () => {
  test('hold for what grows while it is compiled', () => {
    let source = 'doc.pinned'
    for (let level = 0; level < 20; level++) source = `(members.exists(m${level}, ${source} && m${level}.level > 1))`
    expect(() => compile(source)).toThrow('too complex')
  })

  test('let long chains pass', () => {
    const source = Array.from({ length: 300 }, (_, index) => `doc.views==${index}`).join('||')
    expect(world.sqlTruths(source, 'posts')).toEqual([false, true, false])
  })
})
