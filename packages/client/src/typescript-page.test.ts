import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { useServer } from '@koyalite/testkit'
import { createData, createKoyalite, isKoyaError } from './index'
import { BLOG_SCHEMA, metadata } from './testing/blog'

const ROOT = resolve(import.meta.dir, '../../..')
const PAGE = readFileSync(join(ROOT, 'docs/clients-typescript.md'), 'utf8')
const SAMPLES = Array.from(PAGE.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code)
/** All of them, one after the other: what they import is given. */
const CODE = SAMPLES.slice(1)
  .join('\n')
  .replace(/^import .*$/gm, '')

const server = useServer({ schema: BLOG_SCHEMA })
const folder = mkdtempSync(join(tmpdir(), 'koyalite-typescript-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the samples of docs/clients-typescript.md run', async () => {
  expect(SAMPLES.length).toBeGreaterThan(10)
  const koya = createKoyalite(metadata, { url: server.process.url })
  const author = await createKoyalite(metadata, { url: server.process.url, token: server.key }).users.create({
    ...{ email: 'ann@example.com', name: 'Ann' },
  })
  const post = await koya.posts.create({ title: 'The first of all', author_id: author.id })
  await koya.comments.create({ post_id: post.id, text: 'x', author_id: author.id })
  const code = CODE.replaceAll('http://127.0.0.1:8090', server.process.url)
  const script = new Bun.Transpiler({ loader: 'ts', deadCodeElimination: false }).transformSync(code)
  const names = ['newest', 'count', 'short', 'same', 'withAuthors', 'titles', 'months', 'changed', 'latest']
  const run = new Function(
    ...['koya', 'metadata', 'createData', 'isKoyaError'],
    `return (async () => {\n${script}\nreturn { ${names} }\n})()`,
  )
  const seen = await run(koya, metadata, createData, isKoyaError)
  expect(seen.newest).toHaveLength(1)
  expect(seen.count).toBe(1)
  expect(seen.short).toEqual(seen.same)
  expect(seen.withAuthors[0].comments[0].author.name).toBe('Ann')
  expect(seen.titles).toEqual([{ title: 'The first of all', author: { name: 'Ann' } }])
  expect(seen.months).toEqual([{ created_at: expect.any(String), count: 1, most: 0 }])
  expect(seen.changed).toMatchObject({ view_count: 1, tags: ['news', 'launch'] })
  expect(seen.latest).toHaveLength(3)
})

test('and compile', () => {
  const imports = `import { createData, isKoyaError, type Koyalite } from '${import.meta.dir}/index'
import { metadata, type Schema } from '${import.meta.dir}/testing/blog'\n`
  writeFileSync(join(folder, 'page.ts'), `${imports}export async function page(koya: Koyalite<Schema>) {\n${CODE}\n}\n`)
  const compilerOptions = { typeRoots: [join(ROOT, 'node_modules/@types')], noUnusedLocals: false }
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['page.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const { stdout } = Bun.spawnSync([join(ROOT, 'node_modules/.bin/tsc'), '-p', folder])
  expect(stdout.toString()).toBe('')
}, 60_000)

test('the recipe of Jest is the one that `npm run test:runtimes` runs', () => {
  const recipe = readFileSync(join(ROOT, 'infra/runtimes/jest/jest.config.js'), 'utf8')
  expect(PAGE.includes(recipe)).toBe(true)
})
