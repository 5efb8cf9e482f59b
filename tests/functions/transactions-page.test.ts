import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, useServer } from '@koyalite/testkit'

const PAGE = readFileSync(join(import.meta.dir, '../../docs/functions-transactions.md'), 'utf8')
/** The file of the page that begins with its name. */
const file = (name: string) =>
  Array.from(PAGE.matchAll(/^```\w+\n([\s\S]*?)^```/gm), ([, text = '']) => text).find((text) =>
    text.split('\n', 1)[0]?.endsWith(` ${name}`),
  ) ?? ''

const server = useServer({
  schema: file('schema.yaml'),
  files: { 'functions/transfer.ts': file('functions/transfer.ts') },
})

test('money is neither made nor lost, whoever transfers it at the same time', async () => {
  const accounts = ['a', 'b', 'c']
  for (const id of accounts) {
    expectStatus(await server.api.post('/api/collections/accounts', { id, balance: 20 }), 201)
  }
  const transfer = (source: string, target: string, amount: number) =>
    server.anonymous.post('/api/functions/transfer', { source, target, amount })
  const all = await Promise.all(
    Array.from({ length: 30 }, (_, index) => {
      const [source, target] = [accounts[index % 3] as string, accounts[(index + 1 + (index % 2)) % 3] as string]
      return transfer(source, target, 1 + (index % 15))
    }),
  )
  const made = all.filter(({ status }) => status === 200)
  const refused = all.filter(({ status }) => status !== 200)
  for (const { body } of refused) expect(body.error.code).toBe('NOT_ENOUGH')
  const stored = (await server.api.get('/api/collections/transfers?limit=100')).body.docs
  expect(stored).toHaveLength(made.length)
  const balances = new Map(accounts.map((id) => [id, 20]))
  for (const { source, target, amount } of stored) {
    balances.set(source, (balances.get(source) ?? 0) - amount)
    balances.set(target, (balances.get(target) ?? 0) + amount)
  }
  for (const { id, balance } of (await server.api.get('/api/collections/accounts')).body.docs) {
    expect(balance).toBe(balances.get(id) as number)
  }
  expect((await transfer('a', 'b', 1000)).body.error).toMatchObject({ code: 'NOT_ENOUGH' })
})
