import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../../docs/functions-events.md'), 'utf8')
/** The file of the page that begins with its name. */
const file = (name: string) =>
  Array.from(PAGE.matchAll(/^```\w+\n([\s\S]*?)^```/gm), ([, text = '']) => text).find((text) =>
    text.split('\n', 1)[0]?.endsWith(` ${name}`),
  ) ?? ''

const NAMES = ['count-members', 'join', 'greet'].map((name) => `functions/${name}.ts`)
const server = useServer({
  schema: file('schema.yaml'),
  files: Object.fromEntries(NAMES.map((name) => [name, file(name)])),
})

test('members are counted and welcomed', async () => {
  const team = expectStatus(await server.anonymous.post('/api/collections/teams', { name: 'Red' }), 201).body
  const join = { team_id: team.id, name: 'Ann' }
  const { body: joined } = expectStatus(await server.anonymous.post('/api/functions/join', join), 200)
  const bob = { team_id: team.id, name: 'Bob' }
  expectStatus(await server.anonymous.post('/api/collections/members', bob), 201)
  const count = async () => (await server.anonymous.get(`/api/collections/teams/${team.id}`)).body.members
  await until(async () => (await count()) === 2)
  const greetings = async () => (await server.anonymous.get('/api/collections/greetings')).body.docs
  await until(async () => (await greetings()).length > 0)
  expect((await greetings()).map(({ text }: { text: string }) => text)).toEqual(['Welcome, Ann!'])
  expectStatus(await server.anonymous.delete(`/api/collections/members/${joined.id}`), 204)
  await until(async () => (await count()) === 1)
})
