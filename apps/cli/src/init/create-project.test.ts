import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSchema } from '@koyalite/schema'
import { parse } from 'yaml'
import { createProject } from './create-project'
import { TEMPLATE_NAMES, TEMPLATES } from './templates'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'koyalite init '))
})
afterEach(() => rmSync(base, { recursive: true }))

describe.each([...TEMPLATE_NAMES])('the template %s', (template) => {
  test('writes a valid schema, named settings, and seeds of its collections', () => {
    const dir = join(base, 'My Shop!')
    const created = createProject({ dir, template, force: false })
    expect(created.name).toBe('my-shop')
    expect(created.files).toEqual(Object.keys(TEMPLATES[template].files))
    expect(parseSchema(readFileSync(join(dir, 'schema.yaml'), 'utf8'), { file: 'schema.yaml' })).toMatchObject({
      ok: true,
    })
    expect(parse(readFileSync(join(dir, 'koyalite.yaml'), 'utf8'))).toMatchObject({ name: 'my-shop' })
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toStartWith('# my-shop\n')
    expect(readFileSync(join(dir, '.gitignore'), 'utf8').split('\n')).toContain('data/')
  })
})

test('a project is never made over another', () => {
  createProject({ dir: base, template: 'basic', force: false })
  for (const force of [false, true]) {
    expect(() => createProject({ dir: base, template: 'blog', force })).toThrow('is already a project')
  }
})

test('a folder with other things is refused, unless forced; what is there stays', () => {
  writeFileSync(join(base, 'package.json'), '{}')
  writeFileSync(join(base, 'README.md'), 'mine')
  expect(() => createProject({ dir: base, template: 'basic', force: false })).toThrow('is not empty (package.json)')
  const created = createProject({ dir: base, template: 'basic', force: true })
  expect(created.kept).toEqual(['README.md'])
  expect(readFileSync(join(base, 'README.md'), 'utf8')).toBe('mine')
})

test('a fresh repository is as good as an empty folder', () => {
  mkdirSync(join(base, '.git'))
  writeFileSync(join(base, 'LICENSE'), 'MIT')
  expect(createProject({ dir: base, template: 'basic', force: false }).files).toContain('schema.yaml')
})

test('a file is no folder', () => {
  writeFileSync(join(base, 'blog'), '')
  expect(() => createProject({ dir: join(base, 'blog'), template: 'basic', force: false })).toThrow('is a file')
})
