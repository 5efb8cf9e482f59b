import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { clientNameWarnings, deserializeSchema, serializeSchema } from '@koyalite/schema'
import { arbitrarySchema } from '@koyalite/schema/testing'
import fc from 'fast-check'
import { generateClients } from './generate-clients'
import { schemaHash } from './schema-hash'
import { schemaOf, troublesomeSchema } from './testing/troublesome-schema'
import { projectOf } from './testing/type-check'

// Type checks run the compiler.
setDefaultTimeout(60_000)

const POSTS = `version: 1
collections:
  posts:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
      author_id: { type: uuid, references: users.id }
    rules: { read: "true" }
  comments:
    fields:
      id: { type: uuid, primary: true, default: auto }
      text: { type: text }
`

/** Each line compiles, and where an error is expected, there is one. */
const PROGRAM = `import { createKoyalite, type Node, type NodeCreate, type NodeFields } from './koyalite'
const koya = createKoyalite({ url: 'http://127.0.0.1:8090' })
declare const node: Node
export const at: Date = node.at
export const bytes: Uint8Array | null = node.bytes
export const tags: string[] = node.tags
export const mine: string | null | undefined = node.mine
export const ours: string = node.ours
export const field: NodeFields = 'odd'
export const length: number = node.create.a.length
// @ts-expect-error its rule may hide it
export const theirs: string = node.theirs
// @ts-expect-error nothing is known of it
export const unknown: string = node.anything
// @ts-expect-error internal
export const secret = node.secret
// @ts-expect-error a misspelt value
export const odd: NodeCreate['odd'] = 'b-a'
export const given = koya.words.create({ class: 'x', import: null, of: undefined })
// @ts-expect-error its field has to be given
export const nothing = koya.nodes.create({})
export const patch = koya.nodes.update('x', { level: { $inc: 1 }, tags: { $push: 'x' }, odd: undefined })
// @ts-expect-error an element of another type
export const pushed = koya.nodes.update('x', { tags: { $push: 1 } })
// @ts-expect-error a key is not changed
export const key = koya.nodes.update('x', { id: 'y' })
export const called: [boolean, Date, string | null] = [node.is_expanded, node.made_at, node.day_kind]
// @ts-expect-error it has another name in clients
export const expanded = node.expanded
export const renamed = koya.sign_ins.create({ user_id: 'x' })
export const byName = koya.collection('auth').create({ user_id: 'x' })
`

describe('a schema made for trouble', () => {
  test('has no name that would have to change', () => {
    expect(clientNameWarnings(troublesomeSchema(), { file: 's' })).toEqual([])
  })

  test('is valid in the strictest compiler, and formatted', () => {
    const project = projectOf(generateClients(troublesomeSchema(), ['typescript']))
    expect(project.typeCheck()).toBe('')
    expect(project.formatProblems()).toBe('')
    project.remove()
  })

  test('has imports that end as TypeScript resolves them for Node.js, where settings say so', () => {
    const options = { typescript: { extension: 'js' } } as const
    const files = new Map(generateClients(troublesomeSchema(), ['typescript'], options))
    files.set('package.json', '{ "type": "module" }')
    files.set('program.ts', PROGRAM.replace('./koyalite', './koyalite/index.js'))
    const project = projectOf(files)
    expect(project.typeCheck('--module', 'nodenext', '--moduleResolution', 'nodenext')).toBe('')
    expect(project.formatProblems()).toBe('')
    project.remove()
    const forDeno = generateClients(troublesomeSchema(), ['typescript'], { typescript: { extension: 'ts' } })
    expect(forDeno.get('koyalite/index.ts')).toContain('from "./nodes.ts";')
  })

  test('types documents, input and patches', () => {
    const files = new Map(generateClients(troublesomeSchema(), ['typescript']))
    files.set('program.ts', PROGRAM)
    const project = projectOf(files)
    expect(project.typeCheck()).toBe('')
    project.remove()
  })

  test('is the same on each of 20 runs', () => {
    const runs = Array.from({ length: 20 }, () =>
      JSON.stringify([...generateClients(troublesomeSchema(), ['typescript'])]),
    )
    expect(new Set(runs).size).toBe(1)
  })

  test('tells no internal field, and no text that hides what follows it', () => {
    const texts = [...generateClients(troublesomeSchema(), ['typescript']).values()].join('')
    expect(texts).not.toContain('secret')
    expect(texts).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u)
  })
})

test('a collection knows its hash, and the names that clients do not use', () => {
  const files = generateClients(troublesomeSchema(), ['typescript'])
  expect(files.get('koyalite/nodes.ts')).toContain(
    '\tnames: {\n\t\tis_expanded: "expanded",\n\t\tmade_at: "made",\n\t\tday_kind: "kind",\n\t},\n',
  )
  expect(files.get('koyalite/dates.ts')).toMatch(/\thash: "[0-9a-f]{16}",\n\tkey: "text",\n/)
})

test('the metadata of 50 collections is small', async () => {
  const kinds = ['timestamp', 'int', 'string', 'json', 'bool', 'text']
  const collections = Array.from({ length: 50 }, (_, i) => {
    const fields = Array.from(
      { length: 20 },
      (_, j) => `field_${(i * 7 + j) % 50}: { type: ${kinds[j % 6]}, nullable: true }`,
    )
    const references = [1, 2].map(
      (j) => `c${(i * j + j) % 50}_id: { type: uuid, references: c${(i * j + j) % 50}.id, nullable: true }`,
    )
    const unique = [...new Set(references)].join(', ')
    return `  c${i}: { fields: { id: { type: uuid, primary: true, default: auto }, ${fields.join(', ')}, ${unique} } }`
  })
  const files = generateClients(schemaOf(`version: 1\ncollections:\n${collections.join('\n')}\n`), ['typescript'])
  const project = projectOf(files)
  const entry = `${project.dir}/koyalite/index.ts`
  const { outputs } = await Bun.build({ entrypoints: [entry], minify: true, external: ['@koyalite/client'] })
  const size = Bun.gzipSync(new Uint8Array((await outputs[0]?.arrayBuffer()) ?? [])).length
  console.log(`metadata of 50 collections: ${size} bytes gzipped, of at most 5000`)
  expect(size).toBeGreaterThan(1000)
  expect(size).toBeLessThan(5000)
  project.remove()
})

test('D8 100 collections of 30 fields that refer to each other, and 50 queries, cost the compiler little', () => {
  const collections = Array.from({ length: 100 }, (_, i) => {
    const fields = Array.from(
      { length: 21 },
      (_, j) => `f${j}: { type: ${['string', 'int', 'json'][j % 3]}, nullable: true }`,
    )
    const references = Array.from({ length: 8 }, (_, j) => {
      return `r${j}_id: { type: uuid, references: c${(i * 3 + j * 7 + 1) % 100}.id, nullable: true }`
    })
    const all = ['id: { type: uuid, primary: true, default: auto }', ...fields, ...references]
    return `  c${i}: { fields: { ${all.join(', ')} } }`
  })
  const queries = Array.from(
    { length: 50 },
    (_, i) => `const q${i} = await koya.c${i * 2}
  .filter({ f0: { $like: 'a%' }, f1: { $gt: 3 }, $or: [{ 'f2.x': 1 }, { 'r0.f1': 2 }] })
  .sort('-f1', 'r1.f0').expand('r0', 'r1.r2', 'r3.r4.r5').limit(3).get()
export const v${i}: string | null | undefined = q${i}[0]?.r3?.r4?.r5?.f0`,
  )
  const schema = schemaOf(`version: 1\ncollections:\n${collections.join('\n')}\n`)
  const files = new Map(generateClients(schema, ['typescript']))
  const head = `import { createKoyalite } from './koyalite'\nconst koya = createKoyalite({ url: '' })`
  const project = projectOf(files.set('program.ts', [head, ...queries].join('\n')))
  expect(project.typeCheck()).toBe('')
  // A second, with TypeScript 5.0 two.
  expect(project.typeCount()).toBeLessThan(40_000)
  project.remove()
})

describe('what a change touches', () => {
  const cases: readonly (readonly [title: string, from: string, to: string, touched: readonly string[]])[] = [
    ['a rule', 'read: "true"', 'read: "auth.id != null", create: "true"', []],
    ['an index', '{ type: string }', '{ type: string, index: true }', []],
    ['a comment and the order of collections', 'version: 1', '# hello\nversion: 1', []],
    ['a column', '{ type: text }', '{ type: text, column: body }', []],
    [
      'an internal field',
      'text: { type: text }',
      'text: { type: text }\n      x: { type: int, internal: true, default: 0 }',
      [],
    ],
    ['a field', 'text: { type: text }', 'text: { type: int }', ['.koyalite.json', 'koyalite/comments.ts']],
    [
      'a description',
      'text: { type: text }',
      'text: { type: text, description: Hi }',
      ['.koyalite.json', 'koyalite/comments.ts'],
    ],
    [
      'a rule of a field that begins to look at documents',
      'title: { type: string }',
      'title: { type: string, read: "doc.id == auth.id" }',
      ['.koyalite.json', 'koyalite/posts.ts'],
    ],
    [
      'a reference',
      'text: { type: text }',
      'text: { type: text }\n      post_id: { type: uuid, references: posts.id }',
      ['.koyalite.json', 'koyalite/comments.ts', 'koyalite/posts.ts'],
    ],
  ]
  for (const [title, from, to, touched] of cases)
    test(`${title}: ${touched.join(', ') || 'nothing'}`, () => {
      const [before, after] = [POSTS, POSTS.replace(from, to)].map((text) => schemaOf(text))
      if (!before || !after) throw new Error('no schema')
      const old = generateClients(before, ['typescript'])
      const changed = [...generateClients(after, ['typescript'])].filter(([path, text]) => old.get(path) !== text)
      expect(changed.map(([path]) => path).sort()).toEqual([...touched])
      expect(schemaHash(after) === schemaHash(before)).toBe(touched.length === 0)
    })

  test('two branches that add a field to neighbours change lines that are apart', () => {
    const lines = (generateClients(schemaOf(POSTS), []).get('.koyalite.json') ?? '').split('\n')
    const at = ['comments', 'posts', 'users'].map((name) => lines.findIndex((line) => line.includes(`"${name}"`)))
    expect(at).toEqual([4, 6, 8])
  })
})

test('collections with other names for clients are formatted, however long both names are', () => {
  const collections = Array.from({ length: 30 }, (_, n) => {
    const [name, own] = ['a', 'b'].map((letter) => `${letter.repeat(n + 8)}_${n}`)
    return `  ${name}: { clients: { name: ${own} }, fields: { id: { type: int, primary: true }, text: { type: text } } }`
  })
  const schema = schemaOf(`version: 1\ncollections:\n${collections.join('\n')}\n`)
  const project = projectOf(generateClients(schema, ['typescript']))
  expect([project.typeCheck(), project.formatProblems()], project.dir).toEqual(['', ''])
  project.remove()
})

test('random schemas are valid in the compiler, and formatted; stored, they have the same hash', () => {
  const files = new Map<string, string>()
  for (const [i, schema] of fc.sample(arbitrarySchema, 40).entries()) {
    if (clientNameWarnings(schema, { file: 's' }).length > 0) continue
    for (const [path, text] of generateClients(schema, ['typescript'])) files.set(`koyalite/${i}/${path}`, text)
    expect(schemaHash(deserializeSchema(serializeSchema(schema)))).toBe(schemaHash(schema))
  }
  const project = projectOf(files.set('.koyalite.json', '{}\n'))
  expect([project.typeCheck(), project.formatProblems()], project.dir).toEqual(['', ''])
  project.remove()
})
