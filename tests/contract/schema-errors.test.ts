import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'
import { REFUSED_SCHEMAS } from '../fixtures/refused-schemas'

setDefaultTimeout(60_000)
const projects: TempProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

async function startWith(schema: string): Promise<{ code: number; complaint: string }> {
  const project = createProject({ schema })
  projects.push(project)
  const { code, stdout, stderr } = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
  expect(stdout).not.toContain('schema.yaml:')
  return { code, complaint: stderr }
}

describe('an invalid schema is refused with file, line, column and the closest valid name', () => {
  for (const refused of REFUSED_SCHEMAS) {
    test(refused.name, async () => {
      const { code, complaint } = await startWith(refused.schema)
      expect(code).toBe(1)
      expect(complaint).toMatch(new RegExp(`schema\\.yaml:${refused.line}:${refused.column ?? '\\d+'}\\b`))
      for (const text of refused.says) expect(complaint).toContain(text)
      expect(complaint).not.toMatch(/\bat .*\.ts:\d+/)
    })
  }

  test('in the exact words of the contract', async () => {
    const schema =
      'version: 1\ncollections:\n  a:\n    fields:\n      id: { type: uuid, primary: true }\n      t:    { type: strng }\n'
    expect((await startWith(schema)).complaint).toContain(
      "schema.yaml:6:21 unknown type 'strng' (did you mean 'string'?)",
    )
  })
})

test('all errors of a file are reported at once', async () => {
  const { code, complaint } = await startWith(`version: 1
collections:
  posts:
    fields:
      id:    { type: uid, primary: true }
      title: { type: string, minLenght: 3 }
      other: { type: int, references: nowhere.id }
    ruls: { read: "true" }
  Bad:
    fields:
      id: { type: int, primary: true }
`)
  expect(code).toBe(1)
  for (const line of [5, 6, 7, 8, 9]) expect(complaint).toMatch(new RegExp(`schema\\.yaml:${line}:\\d+`))
})

test('a missing schema is a plain message', async () => {
  const project = createProject()
  projects.push(project)
  const { code, stderr } = await runKoyalite(['start', '--dir', project.dir])
  expect(code).toBe(1)
  expect(stderr).toContain('schema.yaml')
  expect(stderr).toContain('init')
  expect(stderr).not.toMatch(/\bat .*\.ts:\d+|ENOENT/)
})
