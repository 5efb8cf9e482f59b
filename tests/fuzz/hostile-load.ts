import type { Random } from '../fixtures/random'

/** A request that is within the limits of size, and made to cost as much as it can. */
export interface HostileRequest {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const HOSTILE_SCHEMA = `
version: 1
collections:
  users:
    fields:
      nick: { type: string, nullable: true, maxLength: 50 }
    rules: { read: "true" }
  posts:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 200, pattern: "^[a-z ]*$" }
      text:  { type: text, nullable: true }
      score: { type: float, nullable: true }
      views: { type: int, default: 0 }
      at:    { type: timestamp, nullable: true }
      data:  { type: blob, nullable: true }
      meta:  { type: json, nullable: true }
      tags:  { type: json, nullable: true, schema: { type: array, uniqueItems: true, items: { type: string, maxLength: 20 } } }
      rows:  { type: json, nullable: true, schema: { type: array, items: { type: object, required: [a, b], properties: { a: { type: integer }, b: { enum: [1, 2] } }, additionalProperties: false } } }
      author_id: { type: uuid, nullable: true, references: users.id, index: true }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`

/** Characters of the largest requests. */
export const LARGE = 1_000_000

const LIST = `[${Array.from({ length: 40 }, () => 1).join(',')}]`

type Generator = (random: Random, size: number) => Omit<HostileRequest, 'kind'>

const POSTS = '/api/collections/posts'
const json = { 'content-type': 'application/json' }
const post = (path: string, body: string): Omit<HostileRequest, 'kind'> => ({
  method: 'POST',
  path,
  headers: json,
  body,
})
const repeat = (count: number, one: (index: number) => string, separator = ',') =>
  Array.from({ length: Math.max(1, Math.floor(count)) }, (_, index) => one(index)).join(separator)
const query = (parameters: Readonly<Record<string, string>>) => `${POSTS}?${new URLSearchParams(parameters)}`
const get = (parameters: Readonly<Record<string, string>>): Omit<HostileRequest, 'kind'> => ({
  method: 'GET',
  path: query(parameters),
})

/** The key of a document whose `meta` is a list of as many empty objects as fit into a request. */
export const MANY_SMALL = '00000000-0000-7000-8000-000000000003'

/** A valid document of about so many characters. */
const document = (n: number, length: number) =>
  `{"title":"a","views":${n},"score":${n}.5,"at":"2026-01-31T12:00:00Z","tags":["a","b"],"rows":[{"a":1,"b":2}],"meta":{"a":[1,{"b":null}]},"text":"${'x'.repeat(Math.max(0, length - 160))}"}`

/** Longest text that fits into an address. */
const URL_TEXT = 6_000

export const HOSTILE: Readonly<Record<string, Generator>> = {
  'unknown fields': (_, size) => post(POSTS, `{${repeat(size / 12, (n) => `"k${n}":1`)}}`),
  'unknown fields at register': (_, size) =>
    post('/api/auth/register', `{"email":"a@b.co","password":"x1234567",${repeat(size / 12, (n) => `"k${n}":1`)}}`),
  'unknown fields at login': (_, size) => post('/api/auth/login', `{${repeat(size / 12, (n) => `"k${n}":1`)}}`),
  'unknown fields of near names': (_, size) => post(POSTS, `{${repeat(size / 14, (n) => `"titl${n}":1`)}}`),
  'keys of json': (_, size) => post(POSTS, `{"title":"a","meta":{${repeat(size / 11, (n) => `"k${n}":1`)}}}`),
  'wide json': (_, size) => post(POSTS, `{"title":"a","meta":[${repeat(size / 3, () => '{}')}]}`),
  'numbers in json': (_, size) => post(POSTS, `{"title":"a","meta":[${repeat(size / 2, () => '1')}]}`),
  'deep json': (_, size) =>
    post(POSTS, `{"title":"a","meta":[${repeat(size / 126, () => `${'['.repeat(60)}1${']'.repeat(60)}`)}]}`),
  'too deep json': (_, size) => post(POSTS, `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`),
  'depth of maps': (_, size) => post(POSTS, `${'{"a":'.repeat(size / 6)}1${'}'.repeat(size / 6)}`),
  'a long number': (_, size) => post(POSTS, `{"title":"a","meta":${'9'.repeat(size)}}`),
  'a long fraction': (_, size) => post(POSTS, `{"title":"a","score":0.${'1'.repeat(size)}}`),
  'many long numbers': (_, size) =>
    post(POSTS, `{"title":"a","meta":[${repeat(size / 21, () => '12345678901234567890')}]}`),
  'one key many times': (_, size) => post(POSTS, `{${repeat(size / 12, () => '"title":"a"')}}`),
  'unique items': (_, size) => post(POSTS, `{"title":"a","tags":[${repeat(size / 9, (n) => `"t${n}"`)}]}`),
  'unique items that are objects': (_, size) =>
    post(POSTS, `{"title":"a","tags":[${repeat(size / 12, (n) => `{"t":${n}}`)}]}`),
  'errors in items': (_, size) => post(POSTS, `{"title":"a","rows":[${repeat(size / 10, () => '{"c":"x"}')}]}`),
  'wrong items': (_, size) => post(POSTS, `{"title":"a","rows":[${repeat(size / 2, () => '1')}]}`),
  'a long text against a pattern': (random, size) =>
    post(POSTS, `{"title":"${random.pick(['a', ' ', 'A', 'é'])}${'a '.repeat(size / 2)}!"}`),
  'a long timestamp': (_, size) => post(POSTS, `{"title":"a","at":"${'1'.repeat(size)}"}`),
  'a long blob': (random, size) => post(POSTS, `{"title":"a","data":"${'A'.repeat(size - random.int(0, 3))}"}`),
  'a long address': (random, size) =>
    post(
      '/api/auth/register',
      `{"password":"x1234567","email":"${random.pick(['a', 'a.', ' ', '@'])}${random.pick(['a', 'a.', ' ', '@', 'a@']).repeat(size / 2)}"}`,
    ),
  'a long password': (_, size) => post('/api/auth/register', `{"email":"a@b.co","password":"${'x'.repeat(size)}"}`),
  'many documents': (_, size) => post(POSTS, `[${repeat(size / 14, () => '{"title":"a"}')}]`),
  'many documents that are empty': (_, size) => post(POSTS, `[${repeat(size / 3, () => '{}')}]`),
  'a thousand documents': (_, size) => post(POSTS, `[${repeat(1000, (n) => document(n, size / 1000))}]`),
  'an import': (_, size) => ({
    ...post(
      '/api/admin/import/posts',
      repeat(size / 250, (n) => document(n, 250), '\n'),
    ),
    headers: { 'content-type': 'application/x-ndjson' },
  }),
  'many operations': (_, size) =>
    post(
      '/api/batch',
      `{"operations":[${repeat(size / 61, () => '{"op":"create","collection":"posts","data":{"title":"a"}}')}]}`,
    ),
  'operations that are none': (_, size) => post('/api/batch', `{"operations":[${repeat(size / 3, () => '{}')}]}`),
  'unknown keys of a batch': (_, size) =>
    post('/api/batch', `{"operations":[],${repeat(size / 12, (n) => `"k${n}":1`)}}`),
  'a thousand operations': () =>
    post(
      '/api/batch',
      `{"operations":[${repeat(1000, (n) => `{"op":"create","collection":"posts","data":{"title":"a","text":"${'x'.repeat(850)}","views":${n}}}`)}]}`,
    ),
  'a batch of pushes': (_, size) =>
    post(
      '/api/batch',
      `{"operations":[${repeat(900, () => `{"op":"update","collection":"posts","id":"00000000-0000-7000-8000-000000000001","data":{"meta":{"$push":"${'x'.repeat(size / 1100)}"}}}`)}]}`,
    ),
  'a batch of changes of one large document': (_, size) =>
    post(
      '/api/batch',
      `{"operations":[{"op":"upsert","collection":"posts","id":"00000000-0000-7000-8000-000000000002","data":{"title":"a","text":"${'x'.repeat(size / 2)}"}},${repeat(100, (n) => `{"op":"update","collection":"posts","id":"00000000-0000-7000-8000-000000000002","data":{"views":${n}}}`)}]}`,
    ),
  'no JSON': (random, size) => post(POSTS, random.pick(['{', '[', '"', ' ', '\\', 'x']).repeat(size)),
  'no JSON at its end': (_, size) => post(POSTS, `{"title":"${'a'.repeat(size)}"`),
  escapes: (_, size) => post(POSTS, `{"title":"a","text":"${'\\u00e9'.repeat(size / 6)}"}`),
  'half surrogates': (_, size) => post(POSTS, `{"title":"a","meta":["${'\\ud800'.repeat(size / 6)}"]}`),
  'push many': (_, size) => ({
    ...post(`${POSTS}/00000000-0000-7000-8000-000000000001`, `{"meta":{"$push":[${repeat(size / 2, () => '1')}]}}`),
    method: 'PATCH',
  }),
  'pull many': (_, size) => ({
    ...post(
      `${POSTS}/00000000-0000-7000-8000-000000000001`,
      `{"meta":{"$pull":{${repeat(size / 12, (n) => `"k${n}":1`)}}}}`,
    ),
    method: 'PATCH',
  }),
  'pull one of many keys from many small ones': (_, size) => ({
    ...post(`${POSTS}/${MANY_SMALL}`, `{"meta":{"$pull":{${repeat(size / 12, (n) => `"k${n}":1`)}}}}`),
    method: 'PATCH',
  }),
  'operators that are none': (_, size) => ({
    ...post(`${POSTS}/00000000-0000-7000-8000-000000000001`, `{"views":{${repeat(size / 12, (n) => `"$k${n}":1`)}}}`),
    method: 'PATCH',
  }),
  put: (_, size) => ({
    ...post(`${POSTS}/00000000-0000-7000-8000-000000000001`, `{"title":"a","meta":[${repeat(size / 2, () => '1')}]}`),
    method: 'PUT',
  }),
  'many parameters': () => ({ method: 'GET', path: `${POSTS}?${repeat(URL_TEXT / 5, (n) => `p${n}=`, '&')}` }),
  'many filters': () => ({ method: 'GET', path: `${POSTS}?${repeat(URL_TEXT / 18, () => 'filter=views:eq:1', '&')}` }),
  'many fields': () => get({ fields: repeat(URL_TEXT / 6, (n) => `f${n}`) }),
  'many sorts': () => get({ sort: repeat(URL_TEXT / 6, (n) => `-f${n}`) }),
  'many expands': () => get({ expand: repeat(URL_TEXT / 6, (n) => `e${n}`) }),
  'deep expands': () => get({ expand: repeat(URL_TEXT / 7, () => 'author', '.') }),
  'long paths': () => get({ filter: `${repeat(URL_TEXT / 7, () => 'author', '.')}:eq:1` }),
  'a long in': () => get({ filter: `title:in:${repeat(URL_TEXT / 3, (n) => `${n}`)}` }),
  'a long like': () => get({ filter: `text:like:${'%a'.repeat(240)}` }),
  'a long contains': () => get({ filter: `text:contains:${'a'.repeat(URL_TEXT)}b` }),
  'a JSON filter': () =>
    get({ filter: JSON.stringify({ $or: Array.from({ length: 200 }, (_, n) => ({ views: n })) }) }),
  'a deep JSON filter': () => get({ filter: `${'{"$not":'.repeat(500)}{"views":1}${'}'.repeat(500)}` }),
  'where: parentheses': () => get({ where: `${'('.repeat(2000)}true${')'.repeat(2000)}` }),
  'where: many parts': () => get({ where: repeat(700, (n) => `doc.views == ${n}`, ' || ') }),
  'where: a long list': () => get({ where: `doc.views in [${repeat(990, (n) => String(n))}]` }),
  'where: ternaries': () =>
    get({ where: nest('doc.views > 1', 40, (inner) => `((${inner}) ? doc.views > 2 : doc.title == 'x')`) }),
  'where: ternaries of values': () =>
    get({ where: `${nest('doc.title', 30, (inner) => `(doc.views > 1 ? ${inner} : doc.title + 'x')`)} == 'x'` }),
  'where: macros of macros': () => get({ where: `[1]${'.map(x, [x, x])'.repeat(44)} == [1]` }),
  'where: macros of json': () => get({ where: `doc.meta${'.map(x, [x, x])'.repeat(44)} == [1]` }),
  'where: nested macros': (random) => get({ where: nestedMacros(random) }),
  'where: texts': (random) => get({ where: texts(random) }),
  'where: concatenation': () => get({ where: `(${repeat(300, () => 'doc.text', ' + ')}).contains('b')` }),
  'where: patterns': (random) =>
    get({
      where: `doc.text.matches('${random.pick(['(a+)+$b', '(a|b)*a(a|b){12}c', 'a{900}b', '.*.*.*.*=x', '(.{0,90}){0,9}y', '\\\\pL{1000}\\\\pL{1000}'])}')`,
    }),
  'where: operators': (random) =>
    get({
      where: random.pick(['!', '-', '1+', 'a.', 'a[', '[', '{', '(', 'true?', 'true||', '1==', '-1-']).repeat(2500),
    }),
  'where: joins and tests': () => get({ where: repeat(60, (n) => `(doc.text + doc.text).contains('${n}b')`, ' || ') }),
  'where: definitions of nothing': () => get({ where: `${'cel.bind(x, [1, 2], '.repeat(44)}true${')'.repeat(44)}` }),
  'where: bindings that grow': () =>
    get({
      where: `${repeat(20, (n) => `cel.bind(x${n}, ${n === 0 ? "'a'" : `x${n - 1} + x${n - 1}`}, `, '')}x19 == ''${')'.repeat(20)}`,
    }),
  'where: maps': () =>
    get({ where: `{${repeat(190, (n) => `'k${n}': ${n}`)}} == {${repeat(190, (n) => `'k${n}': ${n}`)}}` }),
  'where: in json': () => get({ where: repeat(150, (n) => `${n} in doc.meta`, ' || ') }),
  'where: paths': () => get({ where: repeat(100, (n) => `doc.author.nick == '${n}'`, ' || ') }),
  'where: names': () => get({ where: repeat(300, (n) => `doc.titl${n} == 1`, ' || ') }),
  'where: text without an end': (random) =>
    get({ where: `doc.title == ${random.pick(["'", '"', "r'", "b'", '`'])}${'\\\\'.repeat(2000)}` }),
  'where: quotes': (random) => get({ where: random.pick(["'", '"', "''''", 'br"', '`', '.5', '\f']).repeat(2000) }),
  'rules explain': (_, size) =>
    post(
      '/api/admin/rules/explain',
      `{"collection":"posts","operation":"create","as":"anonymous","data":{${repeat(size / 12, (n) => `"k${n}":1`)}}}`,
    ),
  'a schema with many errors': () =>
    schema(`version: 1\ncollections:\n${repeat(YAML_TEXT / 12, (n) => `  c${n}: { x: 1 }`, '\n')}`),
  'a schema with many fields': () =>
    schema(
      `version: 1\ncollections:\n  a:\n    fields:\n${repeat(YAML_TEXT / 30, (n) => `      f${n}: { type: strng }`, '\n')}`,
    ),
  'a schema of aliases': () =>
    schema(
      `a: &a [x,x,x,x,x,x,x,x,x]\n${repeat(9, (n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${repeat(9, () => `*${'abcdefghij'[n]}`)}]`, '\n')}`,
    ),
  'a deep schema': () => schema(`${'['.repeat(YAML_TEXT / 2)}`),
  'a schema of one long line': () => schema(`version: ${'a'.repeat(YAML_TEXT)}`),
  'a schema with a large rule': (random) =>
    schema(
      `version: 1\ncollections:\n  a:\n    fields: { id: { type: int, primary: true } }\n    rules: { read: ${JSON.stringify(nestedMacros(random))} }`,
    ),
  'many small headers': () => ({
    method: 'GET',
    path: POSTS,
    headers: Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`x-${n}`, 'a'.repeat(60)])),
  }),
  'a long cookie': () => ({ method: 'GET', path: POSTS, headers: { cookie: repeat(3000, () => 'a', '; ') } }),
  'a long token': () => ({
    method: 'GET',
    path: POSTS,
    headers: { authorization: `Bearer ${repeat(2500, () => 'a', '.')}` },
  }),
  'long accepts': () => ({ method: 'GET', path: '/', headers: { accept: repeat(3000, () => '*', ',') } }),
  'tags of conditions': () => ({
    method: 'PATCH',
    path: `${POSTS}/00000000-0000-7000-8000-000000000001`,
    headers: { ...json, 'if-match': repeat(2000, () => '"a"') },
    body: '{"views":1}',
  }),
}

/** An operator's schema.yaml is parsed as a whole, at some microseconds a character. */
const YAML_TEXT = 50_000

/** Messages to a connection of live queries: what is asked to follow. */
export const HOSTILE_MESSAGES: Readonly<Record<string, (size: number) => string>> = {
  'a filter of many groups': (size) => asked(`"filter":{"$or":[${repeat(size / 12, (n) => `{"views":${n}}`)}]}`),
  'a filter of nothing': (size) => asked(`"filter":{"$and":[${repeat(size / 3, () => '{}')}]}`),
  'a filter of many keys': (size) => asked(`"filter":{${repeat(size / 12, (n) => `"k${n}":1`)}}`),
  'a filter of many operators': (size) => asked(`"filter":{"views":{${repeat(size / 12, (n) => `"$k${n}":1`)}}}`),
  'a long in': (size) => asked(`"filter":{"title":{"$in":[${repeat(size / 6, (n) => `"${n}"`)}]}}`),
  'a deep filter': (size) => asked(`"filter":${'{"$not":'.repeat(size / 10)}{"views":1}${'}'.repeat(size / 10)}`),
  'a json value': (size) => asked(`"filter":{"meta":{"$eq":[${repeat(size / 3, () => '{}')}]}}`),
  'a long text': (size) => asked(`"filter":{"text":{"$contains":"${'a'.repeat(size)}b"}}`),
  'many fields': (size) => asked(`"fields":[${repeat(size / 9, (n) => `"f${n}"`)}]`),
  'many sorts': (size) => asked(`"sort":[${repeat(size / 9, (n) => `"f${n}"`)}]`),
  'many expands': (size) => asked(`"expand":[${repeat(size / 9, (n) => `"f${n}"`)}]`),
  'a long where': (size) => asked(`"where":"${'a'.repeat(size)}"`),
  'a where of macros': () =>
    asked(`"where":${JSON.stringify(`${LIST}.all(a, ${LIST}.all(b, ${LIST}.all(c, ${LIST}.all(d, a + d > 0))))`)}`),
  'unknown keys': (size) => asked(repeat(size / 12, (n) => `"k${n}":1`)),
  'no message': (size) => '['.repeat(size),
}

function asked(payload: string): string {
  return `{"id":1,"type":"subscribe","payload":{"collection":"posts",${payload}}}`
}

function schema(source: string): Omit<HostileRequest, 'kind'> {
  return post('/api/admin/schema', JSON.stringify({ source, dry_run: true }))
}

function nest(innermost: string, levels: number, wrap: (inner: string) => string): string {
  let source = innermost
  for (let level = 0; level < levels; level++) source = wrap(source)
  return source
}

function nestedMacros(random: Random): string {
  const lists = ['doc.meta', LIST, `${LIST}.map(y, y + 1)`, "'a,b,c,d'.split(',')"]
  const levels = random.int(3, 5)
  let source = random.pick(['true', 'x0 == x1', 'doc.views >= 0', "size('abc'.replace('b', 'x')) == 3"])
  for (let level = levels - 1; level >= 0; level--) {
    source = `${random.pick(lists)}.${random.pick(['all', 'exists_one', 'all'])}(x${level}, ${source})`
  }
  return source
}

function texts(random: Random): string {
  const long = `'${'a'.repeat(900)}'.replace('a', '${'b'.repeat(800)}')`
  const source = random.pick([long, 'doc.text', `doc.text.replace('a', '${'b'.repeat(500)}')`, `string(${long})`])
  const call = random.pick([
    "split('b')",
    "split('')",
    'upperAscii()',
    'reverse()',
    'trim()',
    "replace('b', 'cc')",
    "lastIndexOf('bbbbbbbbbbbbbc')",
    "indexOf('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc')",
    'substring(1)',
    'charAt(7)',
    `contains('${'b'.repeat(500)}c')`,
    "matches('(b|a)*c')",
  ])
  return `${LIST}.all(a, ${LIST}.all(b, size(string(${source}.${call})) >= 0))`
}
