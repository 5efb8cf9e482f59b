import { expect, test } from 'bun:test'
import { expectStatus, runKoyalite, useServer } from '@koyalite/testkit'

const schema = `version: 1
collections:
  blocks:
    fields: { id: { type: string, primary: true }, user_id: { type: uuid, nullable: true } }
  posts:
    fields: { id: { type: string, primary: true } }
    rules:
      read: "!blocks.exists(b, b.user_id == auth.id)"
      create: "auth.metadata.editor == true"
      update: "auth.claims.editor == true && !blocks.exists(b, b.user_id == auth.id)"
`
const server = useServer({ schema })
const EMPTY = 'schema.yaml:8:15'
const METADATA = 'schema.yaml:9:16 users can write auth.metadata themselves'

test('suspicious rules are reported at start, by doctor, by explain and by the admin API', async () => {
  const { warnings } = expectStatus(await server.api.get('/api/admin/schema'), 200).body
  expect(warnings).toEqual([expect.stringContaining(EMPTY), expect.stringContaining(METADATA)])
  const doctor = await runKoyalite(['doctor', '--json', '--dir', server.project.dir])
  const findings = JSON.parse(doctor.stdout).findings as { check: string; level: string; message: string }[]
  const finding = findings.find(({ check }) => check === 'rules')
  expect(finding).toMatchObject({ level: 'note', message: expect.stringContaining(METADATA) })
  const explained = await server.api.post('/api/admin/rules/explain', {
    collection: 'posts',
    operation: 'create',
    as: 'anonymous',
  })
  expect(expectStatus(explained, 200).body.rules[0].warnings).toEqual([expect.stringContaining('auth.claims')])
  for (const warning of [METADATA, EMPTY]) await server.process.said(`"msg":"${warning}`)
})

test('a claims field of an unsupported type is an error with advice', async () => {
  const source = 'version: 1\ncollections: { users: { fields: { claims: { type: string, nullable: true } } } }'
  const refused = await server.api.post('/api/admin/schema', { source })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('choose another name for your own field')
})
