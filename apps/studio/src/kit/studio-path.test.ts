import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(import.meta.dir, '..')
/** Says where it is by default; and looks for pages of the server that are not the studio's. */
const ALLOWED = ['kit/studio-path.ts', 'pages/home/recent-requests.tsx']

test('addresses within the studio are written without its path, which is a setting', () => {
  const files = [...new Bun.Glob('**/*.{ts,tsx}').scanSync(SOURCES)].filter((file) => !file.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(100)
  const found = files.filter((file) => /['"`]\/_[/'"`$]/.test(readFileSync(join(SOURCES, file), 'utf8')))
  expect(found.filter((file) => !ALLOWED.includes(file))).toEqual([])
})
