import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type Answer, KEYS, runInTerminal, runKoyalite, type TempProject, useProjects } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (collection: string, field: string) =>
  `version: 1\ncollections:\n  ${collection}:\n    fields:\n      id: { type: int, primary: true, default: auto }\n      ${field}: { type: string }\n      size: { type: int, default: 0 }\n      open: { type: bool, default: true }\n`

const projects = useProjects({ schema: schema('posts', 'name') })

/** A project with a document, whose schema.yaml then has other names. */
async function renamedProject(to: string): Promise<TempProject> {
  const project = projects.create({ files: { 'posts.ndjson': '{"name":"one"}\n' } })
  const made = await runKoyalite(['db', 'import', 'posts', project.path('posts.ndjson'), '--dir', project.dir])
  expect(made).toMatchObject({ code: 0, stderr: '' })
  project.write('schema.yaml', to)
  return project
}

const create = (project: TempProject, ...answers: readonly Answer[]) =>
  runInTerminal(['migrate', 'create', 'rename_it'], { cwd: project.dir, answers })
const draft = (project: TempProject) => readFileSync(project.path('migrations/001_rename_it.yaml'), 'utf8')
const names = async (project: TempProject, collection: string) => {
  const applied = await runKoyalite(['migrate', 'apply', '--yes', '--dir', project.dir])
  expect(applied.code).toBe(0)
  const args = ['db', 'dump', '-', '--format', 'ndjson', '--collection', collection, '--dir', project.dir]
  return JSON.parse((await runKoyalite(args)).stdout)
}

describe('migrate create on a terminal', () => {
  test('asks whether a field was renamed, and believes a yes', async () => {
    const project = await renamedProject(schema('posts', 'title'))
    const { code, shown } = await create(project, ['posts.name may have been renamed to posts.title', KEYS.enter])
    expect(code).toBe(0)
    expect(shown).toContain('+ migrations/001_rename_it.yaml')
    expect(draft(project)).toContain('{ type: rename_field, collection: posts, from: name, to: title }')
    expect(await names(project, 'posts')).toMatchObject({ title: 'one' })
  })

  test('and a no', async () => {
    const project = await renamedProject(schema('posts', 'title'))
    expect((await create(project, ['may have been renamed', `${KEYS.down}${KEYS.enter}`])).code).toBe(0)
    expect(draft(project)).toContain('{ type: drop_field, collection: posts, field: name }')
    expect(draft(project)).toContain('{ type: add_field, collection: posts, field: title')
    expect(await names(project, 'posts')).toMatchObject({ title: '' })
  })

  test('asks again for what an answer brings to light', async () => {
    const project = await renamedProject(schema('articles', 'title'))
    const { code } = await create(
      project,
      ['posts may have been renamed to articles', KEYS.enter],
      ['articles.name may have been renamed to articles.title', KEYS.enter],
    )
    expect(code).toBe(0)
    expect(await names(project, 'articles')).toMatchObject({ title: 'one', size: 0 })
  })

  test('interrupted, it writes nothing', async () => {
    const project = await renamedProject(schema('posts', 'title'))
    const { code, shown } = await create(project, ['may have been renamed', KEYS.interrupt])
    expect(code).toBe(1)
    expect(shown).toContain('Nothing was written.')
    expect(existsSync(project.path('migrations')) ? readdirSync(project.path('migrations')) : []).toEqual([])
  })
})

describe('what asks first, on a terminal', () => {
  test('migrate apply of a file that cannot be rolled back', async () => {
    const project = await renamedProject(schema('posts', 'title'))
    await create(project, ['may have been renamed', `${KEYS.down}${KEYS.enter}`])
    const no = await runInTerminal(['migrate', 'apply'], { cwd: project.dir, answers: [[/cannot be|gone/, 'n']] })
    expect(no.code).toBe(1)
    expect(no.shown).toContain('Nothing was changed.')
    const yes = await runInTerminal(['migrate', 'apply'], { cwd: project.dir, answers: [[/cannot be|gone/, 'y']] })
    expect(yes.code).toBe(0)
    expect(await names(project, 'posts')).toMatchObject({ title: '' })
  })

  test('db restore', async () => {
    const project = projects.create()
    await runKoyalite(['db', 'backup', '--to', 'one.tar', '--dir', project.dir], { cwd: project.dir })
    const restore = (keys: string) =>
      runInTerminal(['db', 'restore', 'one.tar'], { cwd: project.dir, answers: [[/\?/, keys]] })
    const asides = () => readdirSync(project.path('data')).filter((name) => name.startsWith('before-restore'))
    expect((await restore('n')).code).toBe(1)
    expect(asides()).toEqual([])
    expect((await restore('y')).code).toBe(0)
    expect(asides()).toHaveLength(1)
  })
})
