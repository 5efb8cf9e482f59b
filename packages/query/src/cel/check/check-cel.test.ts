import { describe, expect, test } from 'bun:test'
import { WorkExhaustedError } from '@koyalite/contracts'
import { CelError } from '../syntax/cel-error'
import { BLOG_SCHEMA } from '../testing/blog-world'
import { compileToPredicate } from '../testing/compile-predicate'
import { NOBODY, schemaOf } from '../testing/test-world'
import { ruleScope } from './cel-scope'
import { checkCondition } from './check-cel'

const posts = BLOG_SCHEMA.collections.get('posts')
if (posts === undefined) throw new Error('no posts')
const SCOPE = ruleScope(BLOG_SCHEMA, posts, { old: true, requestParts: ['time'] })

/** The message, and what it points at between guillemets. */
function problem(source: string): string {
  try {
    checkCondition(source, SCOPE)
    return 'fine'
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return `${source.slice(0, error.start)}«${source.slice(error.start, error.end)}»${source.slice(error.end)}: ${error.message}`
  }
}

describe('R16 errors say what is wrong, where, and what was meant', () => {
  test.each([
    ["doc.titel == 'a'", "doc.«titel» == 'a': unknown field 'titel' of posts (did you mean 'title'?)"],
    ["doc.author.rol == 'a'", "doc.author.«rol» == 'a': unknown field 'rol' of users (did you mean 'role'?)"],
    ["doc.autor.role == 'a'", "doc.«autor».role == 'a': unknown field 'autor' of posts (did you mean 'author'?)"],
    ["titel == 'a'", "«titel» == 'a': unknown name 'titel'"],
    ["title == 'a'", "«title» == 'a': unknown name 'title' (did you mean 'doc.title'?)"],
    ['memberz.exists(m, true)', "«memberz».exists(m, true): unknown name 'memberz' (did you mean 'members'?)"],
    ["resource.title == 'a'", "«resource».title == 'a': unknown name 'resource' (did you mean 'doc'?)"],
    ['user.id == null', "«user».id == null: unknown name 'user' (did you mean 'auth'?)"],
    ['now > doc.published_at', "«now» > doc.published_at: unknown name 'now' (did you mean 'request.time'?)"],
    ['request.auth.uid == null', "request.«auth».uid == null: request has no 'auth': the caller is auth, like auth.id"],
    ["doc.title = 'a'", "doc.title «=» 'a': unexpected character: = (did you mean '=='?)"],
    ['auth.mail == null', "auth.«mail» == null: auth has no 'mail' (did you mean 'email'?)"],
    ['request.tim == null', "request.«tim» == null: request has no 'tim' (did you mean 'time'?)"],
    ['request.ip == null', '«request.ip» == null: request.ip cannot be used here, only request.time'],
    ['doc.title == 1', '«doc.title == 1»: string == int is not supported'],
    ['doc.views == 1 && doc.title > 2', 'doc.views == 1 && «doc.title > 2»: string > int is not supported'],
    [
      'doc.views + 1.5 > 2.0',
      '«doc.views + 1.5» > 2.0: int + double is not supported: convert with double(…) or int(…)',
    ],
    [
      'doc.meta.n + 1 > 2',
      '«doc.meta.n + 1» > 2: json + int is not supported: a JSON number is a double, convert it with int(…) or write 1.0',
    ],
    [
      "doc.published_at > '2024-01-01T00:00:00Z'",
      "«doc.published_at > '2024-01-01T00:00:00Z'»: timestamp > string is not supported: convert with timestamp(…)",
    ],
    ["today() > '2024-01-01'", "«today() > '2024-01-01'»: date > string is not supported: convert with date(…)"],
    [
      'doc.published_at < today()',
      '«doc.published_at < today()»: timestamp < date is not supported: convert with date(…) or timestamp(…)',
    ],
    [
      "today() + duration('24h') > today()",
      "«today() + duration('24h')» > today(): date + duration is not supported: add a number of days, or convert with timestamp(…)",
    ],
    ['today() == doc.meta.day', '«today() == doc.meta.day»: date == json is not supported: convert with date(…)'],
    [
      "today() in ['2024-01-01']",
      "«today() in ['2024-01-01']»: date in list(string) is not supported: convert with date(…)",
    ],
    ['doc.title.today() == null', '«doc.title.today()» == null: today must be called as today()'],
    ['today(1) == null', '«today(1)» == null: today() takes no argument: it is the day of request.time in UTC'],
    ['todai() == null', "«todai()» == null: unknown function 'todai' (did you mean 'today'?)"],
    ['doc.views > null', '«doc.views > null»: int > null is not supported: compare null with == or !='],
    [
      "doc.status == 'publishd'",
      "doc.status == «'publishd'»: status is never 'publishd' (did you mean 'published'?): it is one of draft, published, archived",
    ],
    [
      "doc.status in ['draft', 'x']",
      "doc.status in ['draft', «'x'»]: status is never 'x': it is one of draft, published, archived",
    ],
    [
      "doc.title.startWith('a')",
      "«doc.title.startWith('a')»: unknown function 'startWith' (did you mean 'startsWith'?)",
    ],
    ["startsWith(doc.title, 'a')", "«startsWith(doc.title, 'a')»: startsWith must be called as x.startsWith(…)"],
    ['doc.title.startsWith(1)', '«doc.title.startsWith(1)»: string.startsWith(int) is not supported'],
    ["doc.title.matches('(')", "doc.title.matches(«'('»): not a valid RE2 pattern: missing closing ): `(`"],
    ['doc.title', '«doc.title»: the expression must be a bool, this is a string'],
    ['!doc.views', '!«doc.views»: ! takes bools, this is an int'],
    ['doc.title && true', '«doc.title» && true: && takes bools, this is a string'],
    [
      'doc.author == auth.id',
      '«doc.author» == auth.id: this is a document of users: name one of its fields, or its key author_id',
    ],
    [
      'members == null || true',
      '«members» == null || true: members is a collection: use exists, all, exists_one, filter, map or size on it',
    ],
    [
      'members.user == auth.id',
      'members.«user» == auth.id: members is a collection: use exists, all, exists_one, filter, map or size on it',
    ],
    [
      'members.exists(m.user, true)',
      'members.exists(«m.user», true): a macro takes a variable and an expression, like exists(x, x == 1)',
    ],
    [
      'members.exists(m, m.userr == auth.id)',
      "members.exists(m, m.«userr» == auth.id): unknown field 'userr' of members (did you mean 'user'?)",
    ],
    ['doc.title.length == 1', "doc.title.«length» == 1: a string has no field 'length'"],
    ['has(doc)', '«has(doc)»: has() takes one field, like has(doc.title)'],
    ["auth.may('x')", "«auth.may('x')»: auth has no function 'may', only can('permission')"],
    ['auth.can(1)', "«auth.can(1)»: auth.can takes one string, like auth.can('posts:delete')"],
    ['doc.views ==', 'doc.views ==«»: unexpected token: the end'],
    ["doc.title == 'a", "doc.title == «'a»: unterminated string"],
    [
      'doc.views > 9223372036854775808',
      'doc.views > «9223372036854775808»: 9223372036854775808 does not fit into 64 bits',
    ],
    ['doc.?title == null', "doc.«?»title == null: expected a name, got '?'"],
  ])('%s', (source, message) => {
    expect(problem(source)).toBe(message)
  })

  test.each([
    'doc.author_id == null && doc.author == null && auth == null',
    'old.views < doc.views && old.author.id == doc.author_id',
    "doc.room == 'red' && doc.room.name == 'Red'",
    "doc['title'] == 'a' && auth['id'] == null",
    'doc.views == 1.0 && doc.score >= 1',
    "doc.meta.a.b['c'][0] == 'x' || doc.meta.n > 1 || doc.meta",
    "doc.secret == 'internal fields may be used in rules'",
    'members.filter(m, m.room == doc.room).exists(m, m.user == auth.id)',
    "request.time - doc.published_at > duration('1h')",
  ])('lets through %s', (source) => {
    expect(problem(source)).toBe('fine')
  })
})

describe('R2 limits', () => {
  test.each([
    ['length', `doc.title == '${'x'.repeat(9000)}'`, /at most 8192 characters/],
    ['depth of parentheses', `${'('.repeat(300)}true${')'.repeat(300)}`, /nested too deeply/],
    ['depth of operators', `${'!'.repeat(4000)}true`, /at most 1500 parts/],
    ['nodes', `doc.views in [${'1,'.repeat(900)}1] || doc.views in [${'1,'.repeat(900)}1]`, /at most 1500 parts/],
  ])('%s', (_name, source, message) => {
    expect(problem(source)).toMatch(message)
  })
})

describe('R2 limits while an expression runs', () => {
  const environment = { ...NOBODY, documents: { doc: {} }, follow: () => null, rows: () => [] }
  const list = `[${Array.from({ length: 300 }, (_, index) => index).join(',')}]`
  test.each([
    ['nested macros', `${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c >= 0)))`],
    [
      'texts that grow',
      `'${'x'.repeat(900)}'.replace('', '${'x'.repeat(900)}').replace('x', '${'x'.repeat(900)}') != ''`,
    ],
  ])('%s end the evaluation, soon', (_name, source) => {
    const evaluate = compileToPredicate(checkCondition(source, SCOPE))
    expect(() => evaluate(environment)).toThrow(WorkExhaustedError)
  })
})

test('R12 a field whose name CEL keeps for itself is read in brackets', () => {
  const schema = schemaOf(`
version: 1
collections:
  things:
    fields: { id: { type: string, primary: true }, in: { type: string }, true: { type: int } }
`)
  const things = schema.collections.get('things')
  if (things === undefined) throw new Error('no things')
  const scope = ruleScope(schema, things, { old: false, requestParts: [] })
  expect(() => checkCondition("doc['in'] == 'x' && doc['true'] > 1", scope)).not.toThrow()
})
