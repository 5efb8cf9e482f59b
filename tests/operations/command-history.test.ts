import { expect, test } from 'bun:test'
import { createApi, expectStatus, runKoyalite, useServer } from '@koyalite/testkit'
import { createOperators } from '../fixtures/operators'
import { BLOG } from '../fixtures/schemas'

const server = useServer({ schema: BLOG })

interface Listed {
  readonly command: string
  readonly ok: boolean
  readonly by: string
  readonly message: string | null
}

async function listed(): Promise<readonly Listed[]> {
  return expectStatus(await server.api.get('/api/admin/commands'), 200).body.commands
}

test('commands that changed the project are listed with who ran them; those that read are not', async () => {
  const run = (...args: string[]) => runKoyalite([...args, '--dir', server.project.dir])
  await run('keys', 'create', '--name', 'it is "mine"')
  await run('keys', 'list')
  await run('rules', 'explain', 'posts', 'read', '--as', 'anonymous')
  await run('keys', 'revoke', 'nothing')
  const [failed, created] = await listed()
  expect(failed).toMatchObject({ ok: false, message: expect.stringContaining('nothing') })
  expect(failed?.command).toStartWith('koyalite keys revoke nothing')
  expect(created?.command).toStartWith(`koyalite keys create --name 'it is "mine"'`)
  expect(created?.ok).toBe(true)
  expect(created?.by).not.toBe('')
})

test('viewers see them; nobody over the network records one', async () => {
  const [owner, viewer] = await createOperators(server, 'viewer')
  expectStatus((await viewer?.api.get('/api/admin/commands')) ?? never(), 200)
  const made = { by: 'root', command: 'koyalite db reset', ok: true, message: null, ms: 1 }
  for (const api of [server.api, owner?.api ?? never(), viewer?.api ?? never(), createApi(server.process.url)]) {
    expectStatus(await api.post('/api/admin/commands', made), 401, 403)
  }
})

function never(): never {
  throw new Error('there is no such operator')
}
