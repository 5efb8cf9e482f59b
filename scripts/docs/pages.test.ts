import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FIELD_TYPES, parseMigration, parseSchema } from '@koyalite/schema'
import { writtenPages } from './written-pages'

const root = resolve(import.meta.dir, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['*.md', '{docs,examples,bench,packages,services,apps,tests,infra}/**/*.md']
  .flatMap((pattern) => Array.from(new Bun.Glob(pattern).scanSync({ cwd: root })))
  .filter((path) => !path.includes('node_modules'))
  .sort()

test.each(Object.entries(await writtenPages()))('%s is as the code says (npm run docs writes it)', (name, text) => {
  expect(read(name)).toBe(text)
})

describe('links', () => {
  test.each(pages)('%s', (page) => {
    const text = read(page).replace(/^```[\s\S]*?^```/gm, '')
    const targets = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
    const broken = targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))
    expect(broken).toEqual([])
  })
})

describe('samples in YAML', () => {
  const samples = pages
    .filter((page) => page === 'README.md' || page.startsWith('docs/'))
    .flatMap((page) =>
      Array.from(read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, text = '']) => [page, text] as const),
    )
    .filter(([, text]) => /^version: \d/m.test(text))
  test('are there', () => expect(samples.length).toBeGreaterThan(2))
  test.each(samples)('%s', (page, text) => {
    const parsed = /^operations:/m.test(text) ? parseMigration(text, { file: page }) : parseSchema(text, { file: page })
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
  })
})

test('docs/schema.md has every type', () => {
  const page = read('docs/schema.md')
  expect(FIELD_TYPES.filter((type) => !page.includes(`\`${type}\``))).toEqual([])
})

test('every page of docs/ can be reached from its contents, and the contents from the README', () => {
  const contents = read('docs/README.md')
  const unlisted = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md')
  expect(unlisted.filter((page) => !contents.includes(`(${page.slice('docs/'.length)})`))).toEqual([])
  expect(read('README.md')).toContain('(docs)')
})

function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? page : join(dirname(page), decodeURIComponent(file))
  if (!existsSync(join(root, path))) return false
  return anchor === undefined || anchorsOf(read(path)).has(anchor)
}

/** As GitHub makes them from headings. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}
