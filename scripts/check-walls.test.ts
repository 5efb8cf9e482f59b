import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkWalls } from './check-walls'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const PACKAGES: Readonly<Record<string, string>> = {
  contracts: 'packages/contracts',
  schema: 'packages/schema',
  query: 'packages/query',
  sqlite: 'packages/sqlite',
  kernel: 'packages/kernel',
  testkit: 'packages/testkit',
  data: 'services/data',
  auth: 'services/auth',
  server: 'apps/server',
  cli: 'apps/cli',
  resend: 'adapters/resend',
}

/** A repository with every workspace and the given files, checked. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), 'koyalite walls '))
  folders.push(root)
  const all: Record<string, string> = {}
  for (const [name, folder] of Object.entries(PACKAGES)) {
    all[`${folder}/package.json`] = JSON.stringify({
      name: `@koyalite/${name}`,
      exports: { '.': './src/index.ts', './node': './src/node.ts', './testing/world': './src/testing/world.ts' },
    })
  }
  Object.assign(all, files)
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return (await checkWalls(root)).map(
    ({ file, line, message, warning }) => `${file}:${line} ${warning ? 'warning: ' : ''}${message}`,
  )
}

describe('the import table', () => {
  test('lets through what it allows', async () => {
    expect(
      await violationsOf({
        'packages/query/src/plan.ts':
          "import type { Schema } from '@koyalite/schema'\nexport const plan = (s: Schema) => s",
        'packages/query/src/plan.test.ts':
          "import { openDatabase } from '@koyalite/sqlite'\nimport { readFileSync } from 'node:fs'",
        'services/data/src/operations/create.ts':
          "import { x } from '@koyalite/kernel/node'\nimport { y } from '../store/insert'",
        'packages/kernel/src/http/app.ts': "import { Hono } from 'hono'",
        'bench/src/floor.ts': "import { Database } from 'bun:sqlite'\nimport { start } from '@koyalite/server'",
      }),
    ).toEqual([])
  })

  test.each([
    [
      'packages/query/src/a.ts',
      "\nimport { db } from '@koyalite/sqlite'",
      ':2 query may not import sqlite; it may import contracts, access, schema',
    ],
    [
      'packages/query/src/a.ts',
      "export * from '@koyalite/kernel'",
      ':1 query may not import kernel; it may import contracts, access, schema',
    ],
    [
      'packages/query/src/a.ts',
      "const x = await import('@koyalite/kernel')",
      ':1 query may not import kernel; it may import contracts, access, schema',
    ],
    [
      'packages/query/src/a.ts',
      "const x = require('@koyalite/kernel')",
      ':1 query may not import kernel; it may import contracts, access, schema',
    ],
    [
      'services/data/src/a.ts',
      "import '@koyalite/auth'",
      ':1 data imports the service auth; services meet in ports and in the change feed',
    ],
    [
      'services/data/src/a.test.ts',
      "import '@koyalite/auth'",
      ':1 data imports the service auth; services meet in ports and in the change feed',
    ],
    [
      'apps/server/src/a.ts',
      "import { q } from '@koyalite/query/src/q'",
      ":1 '@koyalite/query/src/q' reaches into query; import '@koyalite/query', or export it there",
    ],
    [
      'apps/server/src/a.ts',
      "import { q } from '../../../packages/query/src/q'",
      ":1 '../../../packages/query/src/q' leaves apps/server; import the other workspace by its name",
    ],
    [
      'apps/server/src/a/b/c/d.ts',
      "import { q } from '../../../q'",
      ":1 '../../../q' climbs three folders; move the file or the thing it imports",
    ],
    [
      'services/data/src/a.ts',
      "import type { Hono } from 'hono'",
      ':1 only kernel imports the HTTP framework; data goes through it',
    ],
    [
      'services/data/src/a.ts',
      "import { Database } from 'bun:sqlite'",
      ':1 only sqlite imports the SQLite driver; data goes through it',
    ],
    [
      'services/data/src/operations/create.ts',
      "import { AppError } from '@koyalite/contracts'\nimport { type ApiRequest, parseInput } from '@koyalite/kernel'",
      ':2 an operation knows no HTTP, and so no ApiRequest; http/ translates',
    ],
    [
      'services/data/src/operations/get.ts',
      "import { etagOf } from '../http/etag'",
      ':1 an operation knows no HTTP, and so no ../http/etag; http/ translates',
    ],
    [
      'services/data/src/operations/posts/list.ts',
      'export const list = (params: URLSearchParams) => params.size',
      ':1 an operation knows no HTTP, and so no URLSearchParams; http/ translates',
    ],
    [
      'packages/schema/src/a.ts',
      "import { readFileSync } from 'node:fs'",
      ":1 schema also runs in browsers and may not import 'node:fs'",
    ],
    [
      'packages/schema/src/a.ts',
      'export const x = Bun.hash(1)',
      ':1 schema also runs in browsers, where there is no Bun',
    ],
    [
      'packages/contracts/src/a.ts',
      "import yaml from 'yaml'",
      ":1 contracts may use zod and no other package, not 'yaml'",
    ],
    [
      'services/data/src/a.ts',
      "import { startData } from './testing/start-data'",
      ":1 './testing/start-data' is for tests; what a server needs too belongs outside of testing/",
    ],
    [
      'services/data/src/a.ts',
      "import { world } from '@koyalite/query/testing/world'",
      ":1 '@koyalite/query/testing/world' is for tests; data may not import it",
    ],
    [
      'services/data/src/a.ts',
      "import { Resend } from '@koyalite/resend'",
      ':1 data may not import resend; it may import contracts, access, yaml, schema, query, sqlite, kernel',
    ],
    [
      'adapters/resend/src/a.ts',
      "import type { Task } from '@koyalite/kernel'",
      ':1 resend may not import kernel; it may import contracts',
    ],
  ])('%s: %s', async (path, text, message) => {
    expect(await violationsOf({ [path]: text })).toEqual([`${path}${message}`])
  })

  test('holds for the declared dependencies too', async () => {
    const manifest = JSON.stringify({
      name: '@koyalite/query',
      dependencies: { '@koyalite/kernel': 'workspace:*', hono: '4' },
    })
    expect(await violationsOf({ 'packages/query/package.json': manifest })).toEqual([
      'packages/query/package.json:1 query may not import kernel; it may import contracts, access, schema',
      'packages/query/package.json:1 only kernel imports the HTTP framework; query goes through it',
    ])
  })

  test('lets an adapter wrap one client', async () => {
    const manifest = (...clients: string[]) =>
      JSON.stringify({
        name: '@koyalite/resend',
        dependencies: Object.fromEntries(['@koyalite/contracts', ...clients].map((name) => [name, '1'])),
      })
    expect(await violationsOf({ 'adapters/resend/package.json': manifest('resend') })).toEqual([])
    expect(await violationsOf({ 'adapters/resend/package.json': manifest('resend', 'nodemailer') })).toEqual([
      'adapters/resend/package.json:1 resend wraps resend and nodemailer; an adapter wraps one client',
    ])
  })

  test('asks for a row of every new workspace', async () => {
    const manifest = JSON.stringify({ name: '@koyalite/novel', dependencies: { zod: '4' } })
    expect(await violationsOf({ 'packages/novel/package.json': manifest })).toEqual([
      'packages/novel/package.json:1 packages/novel has no row in scripts/walls/import-table.ts; add one',
    ])
  })
})

describe('circles', () => {
  const file = (imports: string) => `${imports}\nexport const x = 1`

  test('of values are named once, with the shortest way round', async () => {
    const found = await violationsOf({
      'services/data/src/a.ts': file("\nimport { x as y } from './b'"),
      'services/data/src/b.ts': file("export * from './c'"),
      'services/data/src/c.ts': file("import { x as a } from './a'\nimport { x as d } from './d'"),
      'services/data/src/d.ts': file("import './c'"),
      'services/data/src/e.ts': file("import './a'"),
    })
    expect(found).toEqual([
      'services/data/src/a.ts:2 values are imported in a circle: services/data/src/a.ts → services/data/src/b.ts → services/data/src/c.ts → services/data/src/a.ts',
    ])
  })

  test('are found across workspaces', async () => {
    const found = await violationsOf({
      'packages/testkit/src/index.ts': file("import { x as y } from '@koyalite/sqlite'"),
      'packages/sqlite/src/index.ts': file("export { x as y } from './testing/open'"),
      'packages/sqlite/src/testing/open.ts': file("import { x as y } from '@koyalite/testkit'"),
    })
    expect(found.filter((one) => one.includes('circle'))).toEqual([
      'packages/sqlite/src/index.ts:1 values are imported in a circle: packages/sqlite/src/index.ts → packages/sqlite/src/testing/open.ts → packages/testkit/src/index.ts → packages/sqlite/src/index.ts',
    ])
  })

  test('of types, and of what is loaded later, are none', async () => {
    expect(
      await violationsOf({
        'services/data/src/a.ts': file("import type { B } from './b'\nimport { type C, x as z } from './c'"),
        'services/data/src/b.ts': file("import { x as y } from './a'\nexport type { C } from './c'"),
        'services/data/src/c.ts': file("export const later = () => import('./a')"),
      }),
    ).toEqual([])
  })
})

describe('the house rules', () => {
  test.each([
    ['apps/cli/src/a.ts', 'export const x = process.env.HOME', ":1 process.env is read outside kernel's config"],
    ['apps/cli/src/a.ts', 'const x = 1\nexport default x', ':2 a default export; export it by its name'],
    ['apps/cli/src/a.ts', 'const x = 1\nexport { x as default }', ':2 a default export; export it by its name'],
    [
      'services/data/src/a.ts',
      "export const x = 'SELECT 1'",
      ":1 SQL ('SELECT 1…') outside query, sqlite, schema and store/ folders",
    ],
    [
      'services/data/src/a.ts',
      'export const x = (t: string) => `INSERT INTO ${t} VALUES (1)`',
      ":1 SQL ('INSERT INTO…') outside query, sqlite, schema and store/ folders",
    ],
    ['services/data/src/utils.ts', '', ":1 'utils' says nothing; name the file after what it exports"],
    ['services/data/src/createDocument.ts', '', ':1 file names are in kebab-case'],
    ['services/data/src/a.ts', 'x\n'.repeat(501), ':501 501 lines; split it (the limit is 500)'],
    ['services/data/src/a.ts', 'x\n'.repeat(351), ':351 warning: 351 lines; think about splitting it'],
    ['services/data/src/a.ts', 'const', ':1 cannot be read: Unexpected token'],
    [
      'services/data/src/a.ts',
      "export const x = 'the file is no database'",
      ":1 'is no d' in a text for users; say: is not a …",
    ],
    [
      'services/data/src/a.ts',
      'export const x = (id: string) => `${id} is not valid any more`',
      ":1 'any more' in a text for users; say: no longer",
    ],
    ['docs/rest.md', '# Lists\n\nMend the file.', ":3 'Mend' in a text for users; say: fix"],
  ])('%s: %#', async (path, text, message) => {
    expect(await violationsOf({ [path]: text })).toEqual([`${path}${message}`])
  })

  test('leave room where the thing belongs', async () => {
    expect(
      await violationsOf({
        'packages/kernel/src/config/environment.ts': 'export const e = process.env',
        'services/data/src/store/insert.ts': "export const x = 'SELECT 1'",
        'services/data/src/words.ts': "export const x = 'Select a collection, delete from it, update it'",
        'services/data/src/plain.ts': "export const x = 'there is no document, and it is no longer here: email us'",
        'services/data/src/a.test.ts':
          "import { Database } from 'bun:sqlite'\nexport const x = 'SELECT 1'; process.env.X",
        'services/data/fixtures/types.test.ts': '',
        'apps/studio/vite.config.ts': 'export default {}',
        'packages/schema/src/tables.ts': `// Generated by scripts/tables.ts\n${'x\n'.repeat(600)}`,
        'packages/schema/node_modules/x/utils.ts': 'export default 1',
      }),
    ).toEqual([])
  })
})
