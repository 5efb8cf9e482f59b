import { afterAll, describe, expect, test } from 'bun:test'
import { expectStatus, until, useServer } from '@koyalite/testkit'

const asked: string[] = []
const target = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`)
    return new Response('reached')
  },
})
const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('never') })
afterAll(() => Promise.all([target.stop(true), other.stop(true)]))

const calls = (network: string) => `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { access: 'true', network: ${network} },
  async handler({ url, body }: { url: string, body?: string }) {
    try {
      const response = await fetch(url, body === undefined ? {} : { method: 'POST', body })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      return { error: String(error) }
    }
  },
})
`
const named = `localhost:${target.port}`

const server = useServer({
  schema: 'version: 1\ncollections: {}\n',
  settings: 'outbound: { allow: [127.0.0.1] }\n',
  files: {
    'functions/named.ts': calls(`['${named}', 'api.example.com:443']`),
    'functions/nothing.ts': calls("'none'"),
    'functions/everything.ts': calls("'all'"),
    'functions/early.ts': `await fetch('http://${named}/early').then(async (response) => { if (!response.ok) throw new Error(await response.text()) })\n${calls(`['${named}']`)}`,
  },
})
const call = async (name: string, input: object) => {
  const response = expectStatus(await server.anonymous.post(`/api/functions/${name}`, input), 200)
  const id = response.headers.get('koyalite-execution')
  const { logs } = (await server.api.get(`/api/admin/functions/executions/${id}`)).body
  return { ...response.body, logs: logs.map(({ message }: { message: string }) => message) }
}

describe('the network of a function', () => {
  test('is what its manifest names', async () => {
    expect(await call('named', { url: `http://${named}/a?b`, body: 'x'.repeat(200_000) })).toEqual({
      ...{ status: 200, text: 'reached', logs: [] },
    })
    expect(asked.at(-1)).toBe(`POST /a ${'x'.repeat(200_000)}`)
  })

  test('what it does not name is refused, with the line that would allow it', async () => {
    const place = `localhost:${other.port}`
    const message = `named may not reach ${place}: add it to its manifest: network: [${named}, api.example.com:443, ${place}]`
    expect(await call('named', { url: `http://${place}/` })).toEqual({
      ...{ status: 403, text: `${message}\n`, logs: [message] },
    })
    await until(() => server.process.output().includes(message))
    const alone = 'nothing may not reach api.example.com:443: add it to its manifest: network: [api.example.com:443]'
    const refused = await call('nothing', { url: 'https://api.example.com/' })
    expect(refused.logs).toEqual([alone])
    expect(refused.error).toContain('403')
    // The name is one host and port: another way to write an address is another host.
    expect((await call('named', { url: `http://2130706433:${target.port}/` })).status).toBe(403)
  })

  test('everything is the public internet, and what the server may call', async () => {
    expect(await call('everything', { url: `http://${named}/` })).toMatchObject({ status: 200 })
    for (const host of ['169.254.169.254', '10.0.0.1', '[::ffff:169.254.169.254]', '0xa9fea9fe']) {
      const refused = await call('everything', { url: `http://${host}/latest/meta-data/` })
      expect([refused.status, refused.logs.length]).toEqual([403, 1])
      expect(refused.text).toContain('is not on the public internet')
    }
  })

  test('a function that asks while it is loaded is told so', async () => {
    const { functions } = (await server.api.get('/api/admin/functions')).body
    const early = functions.find(({ name }: { name: string }) => name === 'early')
    expect(early.problems.join()).toContain(`early asks for ${named} while it is loaded: only calls reach the network.`)
    expect(asked.filter((one) => one.includes('early'))).toEqual([])
  })
})
