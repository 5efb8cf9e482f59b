import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  cities:
    fields:
      id: { type: int, primary: true, default: auto }
      name: { type: string, minLength: 1, maxLength: 40 }
      code: { type: string, unique: true, nullable: true }
      area: { type: float, nullable: true }
      capital: { type: bool, default: false }
      secret: { type: string, nullable: true, internal: true }
`

const importing = (project: TempProject, ...args: readonly string[]) =>
  runKoyalite(['db', 'import', 'cities', ...args, '--dir', project.dir], { cwd: project.dir })

/** The command line works on a project by itself or through its server; both have to do the same. */
describe.each(['beside a server', 'without a server'])('db import %s', (where) => {
  const beside = where === 'beside a server'
  let project: TempProject
  let server: ServerProcess | undefined
  let api: Api
  let key = ''
  beforeAll(async () => {
    project = createProject({ schema: SCHEMA })
    key = await createKey(project)
    if (beside) await serve()
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project.remove()
  })
  async function serve(): Promise<void> {
    server ??= await startServer(project)
    api = createApi(server.url, key)
  }
  /** All documents, read through a server that is only there for the reading where the import has none. */
  async function cities(): Promise<readonly Record<string, unknown>[]> {
    await serve()
    const { docs } = (await api.list('cities', { limit: 500 })).body
    if (!beside) {
      await server?.kill('SIGTERM')
      server = undefined
    }
    return docs
  }

  test('takes CSV, by the types of the fields', async () => {
    project.write('cities.csv', 'id,name,code,area,capital,secret\n1,Paris,0075,105.4,yes,x\n2,Lyon,,47.9,,\n')
    expect(await importing(project, 'cities.csv', '--json')).toEqual({
      code: 0,
      stdout: '{"collection":"cities","imported":2}\n',
      stderr: '',
    })
    expect(await cities()).toEqual([
      { id: 1, name: 'Paris', code: '0075', area: 105.4, capital: true },
      { id: 2, name: 'Lyon', code: null, area: 47.9, capital: false },
    ])
  })

  test('takes JSON, NDJSON and YAML', async () => {
    project.write('more.json', '[{"id":3,"name":"Nice"}]')
    project.write('more.ndjson', '{"id":4,"name":"Lille"}\n')
    project.write('more.yaml', '- id: 5\n  name: Brest\n')
    for (const file of ['more.json', 'more.ndjson', 'more.yaml'])
      expect(await importing(project, file)).toMatchObject({ code: 0, stderr: '' })
    expect((await cities()).slice(2).map(({ name }) => name)).toEqual(['Nice', 'Lille', 'Brest'])
  })

  test('reads stdin, renames fields and leaves some out', async () => {
    const result = await runKoyalite(
      ['db', 'import', 'cities', '-', '--format', 'ndjson', '--map', 'title=name,x=', '--dir', project.dir],
      { stdin: '{"id":6,"title":"Metz","x":1}' },
    )
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect((await cities()).at(-1)).toMatchObject({ id: 6, name: 'Metz' })
  })

  test('reads CSV with another delimiter and columns without a name', async () => {
    project.write('export.csv', ';name;name;\n0;Reims;Marne;\n')
    const result = await importing(project, 'export.csv', '--delimiter', ';', '--map', '#1=id,#3=,#4=')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect((await cities())[0]).toMatchObject({ id: 0, name: 'Reims' })
  })

  test('refuses a key that is there, unless it may replace it', async () => {
    project.write('again.ndjson', '{"id":6,"name":"Metz-Ville"}\n')
    const refused = await importing(project, 'again.ndjson')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toStartWith('error: again.ndjson:1 ')
    expect(refused.stderr).toContain('Nothing was imported.')
    expect(await importing(project, 'again.ndjson', '--upsert')).toMatchObject({ code: 0, stderr: '' })
    expect((await cities()).at(-1)).toMatchObject({ id: 6, name: 'Metz-Ville' })
  })

  test('says which rows are wrong, what is imported, and how to go on', async () => {
    const good = Array.from({ length: 4000 }, (_, index) => `${1000 + index},City ${index}\n`)
    project.write('long.csv', `id,name\n${good.join('')}9001,\n9002,Rest\n`)
    const failed = await importing(project, 'long.csv')
    expect(failed).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error: long.csv:4002 name must have at least 1 character\n' +
        '4,000 documents before that are imported, and none after that. Fix the file and continue with --skip 4000.\n',
    })
    project.write('long.csv', `id,name\n${good.join('')}9001,Mended\n9002,Rest\n`)
    expect(await importing(project, 'long.csv', '--skip', '4000', '--json')).toMatchObject({
      code: 0,
      stdout: '{"collection":"cities","imported":2}\n',
    })
    expect((await cities()).length).toBe(500)
  })
})

describe('what cannot be imported is refused before anything is written', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject({ schema: SCHEMA, files: { 'a.csv': 'id,nam\n1,x\n', 'a.txt': '', 'empty.ndjson': '' } })
  })
  afterAll(() => project.remove())

  test.each<[readonly string[], number, string]>([
    [['cities', 'gone.csv'], 1, 'no such file: gone.csv'],
    [['cites', 'a.csv'], 1, "there is no collection 'cites'"],
    [['cities', 'a.txt'], 2, "the format of 'a.txt' is unknown"],
    [['cities', 'a.csv'], 1, "the first line names 'nam'"],
    [['cities', 'a.csv'], 1, "Use --map 'nam=field' to rename the column"],
    [['cites', 'a.csv'], 1, "(did you mean 'cities'?)"],
    [['cities', 'a.csv', '--delimiter', ''], 2, 'Expected one character'],
    [['cities', 'a.csv', '--delimiter', '"'], 2, 'Expected one character'],
    [['cities', 'a.csv', '--delimiter', ';;'], 2, 'Expected one character'],
    [['cities', 'a.csv', '--delimiter', 'x'], 2, 'Expected one character'],
    [['cities', 'a.csv', '--delimiter', '\n'], 2, 'Expected one character'],
    [['cities', 'empty.ndjson', '--delimiter', ';'], 2, '--delimiter is for CSV files'],
    [['cities', 'a.csv', '--map', 'nam'], 2, "--map takes pairs like name=title, not 'nam'"],
    [['cities', 'a.csv', '--skip', 'x'], 2, 'whole number'],
  ])('%p', async (args, code, message) => {
    const result = await runKoyalite(['db', 'import', ...args, '--dir', project.dir], { cwd: project.dir })
    expect(result.stderr).toContain(message)
    expect(result.code).toBe(code)
  })

  test('an empty file is nothing to do', async () => {
    expect(await importing(project, 'empty.ndjson', '--json')).toMatchObject({
      code: 0,
      stdout: '{"collection":"cities","imported":0}\n',
    })
  })
})
