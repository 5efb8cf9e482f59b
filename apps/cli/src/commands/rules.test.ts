import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createProject, runKoyalite, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields:
      id: { type: string, primary: true }
      owner_id: { type: uuid, references: users.id, index: true }
      text: { type: string }
      tags: { type: json, nullable: true }
    rules:
      create: "doc.owner_id == auth.id"
      read: "doc.owner_id == auth.id"
      update: "doc.owner_id == auth.id && doc.text.split(' ').size() < 9"
`
const TESTS = `actors: { ann: , ben: }
documents: { notes: { mine: { owner_id: $ann, text: hi } } }
cases:
  - { actor: ann, operation: [read, delete], collection: notes, id: mine, expect: allowed }
  - { actor: ben, operation: read, collection: notes, id: mine, expect: denied }
`

let project: TempProject
let ann: string
beforeAll(async () => {
  project = createProject({ schema: SCHEMA, files: { 'rules/notes.test.yaml': TESTS } })
  const made = await run('users', 'create', 'ann@example.com', '--json')
  ann = JSON.parse(made.stdout).id
  project.write('notes.json', JSON.stringify([{ id: 'n', owner_id: ann, text: 'hi' }]))
  expect((await run('db', 'import', 'notes', project.path('notes.json'))).code).toBe(0)
})
afterAll(() => project.remove())

function run(...args: readonly string[]) {
  return runKoyalite([...args, '--dir', project.dir])
}

test('rules test says what failed, where, and why; its exit code says whether', async () => {
  const failing = await run('rules', 'test')
  expect(failing.code).toBe(1)
  expect(failing.stdout).toContain('✓ ann may read notes/mine\n')
  expect(failing.stdout).toContain(
    '✗ ann may delete notes/mine\n      rules/notes.test.yaml:4:5  expected allowed, but it is denied: 403',
  )
  expect(failing.stdout).toContain('Nobody may delete')
  expect(failing.stdout).toContain('2 passed, 1 failed')
  expect(failing.stderr).toBe('error: a rule test failed\n')

  project.write('rules/notes.test.yaml', TESTS.replace('[read, delete]', '[read]'))
  const passing = await run('rules', 'test', '--json')
  expect({ ...JSON.parse(passing.stdout), code: passing.code }).toMatchObject({
    ok: true,
    passed: 2,
    failed: 0,
    code: 0,
  })

  project.write('rules/notes.test.yaml', TESTS.replace('actor: ben', 'actor: bem'))
  const wrong = await run('rules', 'test')
  expect(wrong.code).toBe(1)
  expect(wrong.stdout).toContain("rules/notes.test.yaml:5:14 there is no actor 'bem' (did you mean 'ben'?)")
  expect((await run('rules', 'test', 'rules/none.test.yaml')).code).toBe(2)
})

test('rules explain shows the rule, its SQL with what is bound, and the plan', async () => {
  const { code, stdout } = await run('rules', 'explain', 'notes', 'read', '--as', 'user:ann@example.com')
  expect(code).toBe(0)
  expect(stdout).toContain("user ann@example.com (role user) may read 'notes' depends on the document.")
  expect(stdout).toMatch(/schema\.yaml:11:14 {2}rule, on the stored document: depends/)
  expect(stdout).toContain(`?1 = "${ann}"  auth.id`)
  expect(stdout).toContain('The index notes.owner_id finds the documents of notes by owner_id')
  expect(stdout).toMatch(/SEARCH d0 USING (COVERING )?INDEX/)
})

test('rules explain says of a document which part of which rule denied', async () => {
  const explain = async (...args: readonly string[]) =>
    JSON.parse((await run('rules', 'explain', 'notes', ...args, '--json')).stdout)
  const stranger = await explain('update', '--id', 'n')
  expect(stranger).toMatchObject({ comes_to: 'depends', document: { allowed: false, answer: { status: 404 } } })
  const owner = await explain(
    'update',
    '--as',
    'user:ann@example.com',
    '--id',
    'n',
    '--data',
    '{"text":"a b c d e f g h i"}',
  )
  expect(owner).toMatchObject({ comes_to: 'depends', document: { allowed: false, answer: { status: 403 } } })
  expect(owner.document.reasons).toEqual([
    "schema.yaml:12:16 the rule does not hold for the resulting document: doc.text.split(' ').size() < 9 is false (doc.text is 'a b c d e f g h i').",
  ])
  expect(owner.rules.map(({ slow }: { slow: string[] }) => slow)).toEqual([
    ["doc.text.split(' ').size()"],
    ["doc.text.split(' ').size()"],
  ])
  const allowed = await explain('update', '--as', `user:${ann}`, '--id', 'n', '--data', '{"text":"b"}')
  expect(allowed.document).toMatchObject({ allowed: true, answer: { status: 200 }, reasons: [] })
  const read = await run('rules', 'explain', 'notes', 'read', '--as', 'user:ann@example.com', '--id', 'n')
  expect(read.stdout).toContain('Document n: allowed (200)')
  // Nothing of it was stored.
  const list = await explain('read', '--as', 'key', '--id', 'n')
  expect(list).toMatchObject({ comes_to: 'bypassed', document: { allowed: true } })
  expect(
    (await explain('create', '--as', `user:${ann}`, '--data', JSON.stringify({ id: 'n', owner_id: ann, text: 'x' })))
      .document.answer.status,
  ).toBe(409)
})

test('rules explain shows how a list is read, and the index that would help', async () => {
  const explain = (...args: string[]) => run('rules', 'explain', 'notes', 'read', '--as', 'key', ...args)
  const { stdout, code } = await explain('--filter', '{"$or":[{"text":"a"},{"text":{"$like":"b%"}}]}', '--sort=-text')
  expect(code).toBe(0)
  expect(stdout).toContain('?1 = "a"  asked for')
  expect(stdout).toContain('All documents of notes are read and tested for text and sorted.')
  expect(stdout).toContain(
    'collections.notes.indexes:\n    - { name: idx_notes_text, fields: [text] }\n  The documents of notes are read in the order of the new index',
  )
  expect(stdout).toContain(
    'Alternatives ($or) are found by indexes only if each of them compares a field with a value.',
  )
  const { sql } = JSON.parse((await explain('--where', "doc.text == 'a'", '--json')).stdout)
  expect(sql).toMatchObject({ reads: 'until_full', indexes: [{ collection: 'notes', fields: ['text', 'id'] }] })
  const withParams = JSON.parse((await explain('--where', 'doc.text == $1', '--params', '["a"]', '--json')).stdout)
  expect(withParams.sql).toEqual(sql)
  expect((await explain('--where', 'doc.text == $1', '--params', '[]')).stderr).toContain('there is no $1')
  expect((await explain('--where', 'doc.text == $1', '--params', '{}')).stderr).toContain('must be a JSON list')
  expect((await explain('--expand', 'owner')).code).toBe(0)
  expect((await explain('--filter', 'txt:eq:a')).stderr).toContain("did you mean 'text'")
  expect((await run('rules', 'explain', 'notes', 'delete', '--filter', 'text:eq:a')).stderr).toContain('explain read')
})

test('usage errors are distinct from denials', async () => {
  expect((await run('rules', 'explain', 'notes', 'reed')).code).toBe(2)
  expect((await run('rules', 'explain', 'nots', 'read')).code).toBe(1)
  expect((await run('rules', 'explain', 'notes', 'read', '--as', 'nobody')).stderr).toContain(
    "'nobody' is not a known actor",
  )
  expect((await run('rules', 'explain', 'notes', 'create', '--data', '[]')).code).toBe(2)
})
