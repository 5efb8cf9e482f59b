import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, runKoyalite, sampleRunner, samplesOf, until, useServer } from '@koyalite/testkit'
import { settledFunction } from '../functions/settled-function'

const PAGE = readFileSync(join(import.meta.dir, '../../docs/schedules.md'), 'utf8')
const blocks = Array.from(PAGE.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm), ([, , text = '']) => text)
/** The file of the page that begins with its name. */
const file = (name: string) => blocks.find((text) => text.split('\n', 1)[0]?.endsWith(` ${name}`)) ?? ''
const commands = blocks.flatMap((text) => text.split('\n').filter((line) => line.startsWith('koyalite ')))

const server = useServer({ schema: file('schema.yaml'), files: { 'functions/digest.ts': file('functions/digest.ts') } })

test('the commands and the request of the page do what it says', async () => {
  await settledFunction(server, 'digest')
  expect(commands).toHaveLength(4)
  for (const line of commands) {
    const words = line.replace(/ #.*/, '').match(/'[^']*'|"[^"]*"|\S+/g) ?? []
    const args = words.slice(1).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
    expect(await runKoyalite([...args, '--dir', server.project.dir])).toMatchObject({ code: 0 })
  }
  const digests = await until(async () => {
    const { docs } = expectStatus(await server.api.get('/api/collections/digests'), 200).body
    return docs.length > 0 && docs
  })
  expect(digests).toMatchObject([{ orders: 0, shop: 'Berlin' }])
  const samples = samplesOf(PAGE)
  expect(samples).toHaveLength(1)
  const run = sampleRunner({ url: () => server.process.url, dir: () => server.project.dir, key: () => server.key })
  for (const sample of samples) await run(sample)
  expect((await server.api.get('/api/admin/schedules')).body.schedules).toMatchObject([
    { name: 'daily', timezone: 'Europe/Berlin' },
    { name: 'shop-42', jitter: '5m', state: 'active' },
  ])
})
