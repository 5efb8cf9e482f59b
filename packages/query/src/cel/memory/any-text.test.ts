import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { READ_ALL } from '../../access/read-access'
import { checkCel } from '../check/check-cel'
import { compileValueToSql } from '../sql/compile-sql'
import { findNobodies } from '../sql/sql-nobody'
import { CelError } from '../syntax/cel-error'
import { parseCel } from '../syntax/parse-cel'
import { openBlogWorld } from '../testing/blog-world'
import { randomCondition } from '../testing/random-expression'
import { RandomSource } from '../testing/random-source'
import { randomWorld } from '../testing/random-world'
import { openWorld, userFacts, type World } from '../testing/test-world'

let world: World
let blog: World
beforeAll(async () => {
  const { schema, documents } = randomWorld(new RandomSource(1))
  world = await openWorld(schema, documents)
  blog = await openBlogWorld()
})
afterAll(async () => {
  await world.close()
  await blog.close()
})

const WORDS = [
  ...[
    'doc',
    'auth',
    'request',
    'members',
    'm',
    '.',
    'title',
    'views',
    'score',
    'pinned',
    'published_at',
    'meta',
    'tags',
    'picture',
  ],
  ...[
    'author',
    'author_id',
    'room',
    'id',
    'can',
    'metadata',
    'time',
    '(',
    ')',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '?',
    '!',
    '-',
  ],
  ...[
    '==',
    '!=',
    '<',
    '>=',
    '&&',
    '||',
    '+',
    '*',
    '/',
    '%',
    'in',
    '1',
    '0',
    '2u',
    '1.5',
    "'a'",
    "b'a'",
    'null',
    'true',
    '[1, 2]',
  ],
  ...[
    '.exists(m, ',
    '.map(m, ',
    '.filter(m, ',
    '.size()',
    '.contains(',
    'has(doc.',
    'timestamp(',
    'duration(',
    'string(',
    'int(',
    'type(',
  ],
  ...[
    "{'a': 1}",
    '.startsWith(',
    '.split(',
    'doc.meta.a',
    'doc.tags',
    'doc.author.role',
    'members.exists(m, m.user == ',
    '"',
    '\\',
    '\u0000',
    '😀',
  ],
]

/** A random condition with a piece cut out and a word put in its place. */
const damaged = fc
  .tuple(fc.nat(), fc.nat(), fc.nat(6), fc.constantFrom('', '', ...WORDS))
  .map(([seed, at, length, word]) => {
    const source = randomCondition(new RandomSource(seed), 3)
    const start = at % source.length
    return source.slice(0, start) + word + source.slice(start + length)
  })

const text = fc.oneof(
  damaged,
  damaged,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join('')),
)

test('R16 any text is refused with a place in it, or becomes SQL that runs', () => {
  const seed = Date.now() & 0x7fffffff
  console.info(`seed ${seed}`)
  let compiled = 0
  fc.assert(
    fc.property(text, (source) => {
      for (const run of [
        () => world.sqlTruths(source, 'docs', userFacts('u1')),
        () => world.whereTruths(source, 'docs', READ_ALL, userFacts('u1')),
        () => runValue(world, 'docs', source),
      ]) {
        try {
          run()
          compiled++
        } catch (error) {
          if (!(error instanceof CelError)) throw error
          expect(error.message).not.toBe('')
          expect(error.start).toBeGreaterThanOrEqual(0)
          expect(error.end).toBeGreaterThanOrEqual(error.start)
          expect(error.end).toBeLessThanOrEqual(source.length)
        }
      }
    }),
    { seed, numRuns: 4000 },
  )
  expect(compiled).toBeGreaterThan(100)
})

function runValue(from: World, collection: string, source: string): unknown {
  const checked = checkCel(parseCel(source), from.scope(collection))
  const aliases = { doc: 'd0' }
  const nobodies = findNobodies(checked.root, { aliases }).none
  const compiled = compileValueToSql(checked, { aliases, nobodies })
  if (compiled === null) return null
  const { text: sql, params } = compiled.sql(userFacts('ann'))
  return from.db.all({ text: `SELECT (${sql}) FROM "${collection}" AS d0 ORDER BY rowid`, params }).flat()
}

test.each([
  ["doc.title + '!'", ['Grüße 😀!', '!', '1!']],
  ['doc.subtitle', ['one', null, null]],
  ['doc.meta.count', ['1', null, '"1"']],
  ['doc.title.size() + 1', [8, 1, 2]],
  ["doc.title.split(' ')", null],
])('R1 a value as SQL: %s', (source, values) => {
  expect(runValue(blog, 'posts', source)).toEqual(values)
})
