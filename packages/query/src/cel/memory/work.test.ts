import { describe, expect, test } from 'bun:test'
import { measureWork, WORK_BUDGET, WorkExhaustedError, withoutWorkBudget } from '@koyalite/contracts'
import { ruleScope } from '../check/cel-scope'
import { checkCel } from '../check/check-cel'
import { compileToSql } from '../sql/compile-sql'
import { findNobodies } from '../sql/sql-nobody'
import { parseCel } from '../syntax/parse-cel'
import { BLOG_SCHEMA } from '../testing/blog-world'
import { compileToFunction } from '../testing/compile-predicate'
import { NOBODY } from '../testing/test-world'

const posts = BLOG_SCHEMA.collections.get('posts')
if (posts === undefined) throw new Error('no posts')
const SCOPE = ruleScope(BLOG_SCHEMA, posts, { old: false, requestParts: ['time', 'body'] })
const ENVIRONMENT = { ...NOBODY, documents: { doc: {} }, follow: () => null, rows: () => [] }

const checked = (source: string) => checkCel(parseCel(source), SCOPE)
const compiled = (source: string) => {
  const [expression, aliases] = [checked(source), { doc: 'd' }]
  return compileToSql(expression, { aliases, nobodies: findNobodies(expression.root, { aliases }).none })
}
const run = (source: string, body: string | readonly string[] = '') =>
  compileToFunction(checked(source))({ ...ENVIRONMENT, request: { ...NOBODY.request, body } })

const FORTY = `[${Array.from({ length: 40 }, () => 1).join(',')}]`
const nested = (inner: string) => `${FORTY}.all(a, ${FORTY}.all(b, ${FORTY}.all(c, ${FORTY}.all(d, ${inner}))))`
const LONG = `'${'a'.repeat(1000)}'.replace('a', '${'b'.repeat(900)}')`

describe('what takes too much work ends the evaluation', () => {
  test.each([
    ['long texts in nested macros', `${FORTY}.all(a, ${FORTY}.all(b, size(${LONG}) > 0))`],
    ['macros in macros', nested(`${FORTY}.all(e, a + e > 0)`)],
    ['two variables', nested(`${FORTY}.all(i, v, i + v >= 0)`)],
    ['long conditions', nested(`a == b ${'&& a == b'.repeat(100)}`)],
    ['maps of maps', nested(`size(${FORTY}.transformMap(i, v, v)) == 40`)],
    ['membership', nested(`2 in ${FORTY} || true`)],
    ['split', nested(`size('${'a,'.repeat(400)}'.split(',')) > 0`)],
    ['join', nested(`${FORTY}.map(e, 'ab').join('${'-'.repeat(100)}') != ''`)],
    ['format', nested(`'%s %s'.format([${FORTY}, ${FORTY}]) != ''`)],
    ['patterns that are made', nested(`!'x'.matches('y{' + string(a + d) + '00}')`)],
    ['base64', nested(`size(base64.encode(bytes('${'a'.repeat(1000)}'))) > 0`)],
    ['time zones', nested(`timestamp(a).getHours('Europe/Paris') >= 0`)],
    ['lists that hold lists twice', `[[1]]${'.map(x, [x, x])'.repeat(40)} == [[1]]${'.map(x, [x, x])'.repeat(40)}`],
    ['such lists as texts', `'%s'.format([1]${'.map(x, [x, x])'.repeat(40)}) == ''`],
    ['absorbed by nothing', `${FORTY}.all(a, ${FORTY}.all(b, size(${LONG}) > 0)) || true`],
  ])('%s', (_name, source) => {
    expect(() => run(source)).toThrow(WorkExhaustedError)
  })

  test('where the parameters of a statement are computed, too', () => {
    const source = `doc.title == string(size([[1]]${'.map(x, [x, x])'.repeat(40)})) && ${nested('a == d')}`
    const sql = compiled(source)
    expect(() => sql.sql({ ...NOBODY, documents: {} })).toThrow(WorkExhaustedError)
  })

  test('a text, a list and bytes are bounded where nothing else is', () => {
    withoutWorkBudget(() => {
      for (const grown of [
        `size(['ab']${'.map(x, x + x)'.repeat(40)})`,
        `size([[1]]${'.map(x, x + x)'.repeat(40)})`,
        `size([b'a']${'.map(x, x + x)'.repeat(40)})`,
        `['ab']${'.map(x, [x, x].join())'.repeat(40)}`,
      ])
        expect(typeof run(grown)).toBe('symbol')
    })
  })
})

describe('work grows as the text does', () => {
  const spent = (source: string, body: string | readonly string[]) => measureWork(() => run(source, body))

  test.each([
    ['request.body.trim()', (n: number) => `x${' '.repeat(n)}x`],
    ["request.body.lastIndexOf('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')", (n: number) => 'a'.repeat(n)],
    ["request.body.split('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')", (n: number) => 'a'.repeat(n)],
    ["request.body.replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', 'c')", (n: number) => 'a'.repeat(n)],
    ['double(request.body)', (n: number) => `${'1'.repeat(n)}x`],
    ['request.body.upperAscii()', (n: number) => 'aB'.repeat(n / 2)],
    ["'x' in request.body", (n: number) => Array.from({ length: n }, () => 'y')],
  ] as const)('%s', (source, bodyOf) => {
    const [once, twice] = [spent(source, bodyOf(20_000)), spent(source, bodyOf(40_000))]
    expect(once).toBeGreaterThan(0)
    expect(twice).toBeLessThanOrEqual(2 * once)
  })
})

test('an ordinary rule spends next to nothing', () => {
  const source = "auth.id == doc.author_id || 'moderator' in ['admin', 'moderator'] && auth.role.startsWith('mod')"
  expect(measureWork(() => run(source))).toBeLessThan(WORK_BUDGET / 10_000)
})

describe('an expression is checked and compiled once, however deep its parts are in each other', () => {
  test.each([
    ['macros of macros', `[[1]]${'.map(x, x)'.repeat(42)} == [[1]]`],
    ['size of lists', `${'size(['.repeat(20)}1${'])'.repeat(20)} == 1`],
    ['text functions', `doc.title${'.lowerAscii()'.repeat(42)} == ''`],
    ['keys', `doc.meta${'.a'.repeat(42)} == 1`],
    ['positions', `doc.meta${'[0]'.repeat(42)} == 1`],
    ['bindings', `${'cel.bind(x, 1, '.repeat(12)}true${')'.repeat(12)}`],
  ])('%s', (_name, source) => {
    let text = ''
    try {
      text = compiled(source).text
    } catch (error) {
      text = String(error)
    }
    expect(text.length).toBeLessThan(200_000)
  })

  test('SQL that would double with each level is refused', () => {
    let source = 'doc.views > 1'
    for (let level = 0; level < 40; level++) source = `((${source}) ? doc.views > 2 : doc.title == 'x')`
    const compile = () => compiled(source).text.length
    let length = 0
    try {
      length = compile()
    } catch (error) {
      expect(String(error)).toContain('too complex')
    }
    expect(length).toBeLessThan(200_000)
  })
})
