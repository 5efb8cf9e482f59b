import { expect, test } from 'bun:test'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { useInstances } from '../testing/use-instances'

const { start, folder } = useInstances()

const NOTHING = `
  import { defineFunction } from '@koyalite/functions'
  export default defineFunction({ handler: () => null })
`

test.each([
  ['throws', `throw new RangeError('no key')`, 'no key'],
  ['has no function', `export const handler = () => 1`, 'no function as its default export'],
  [
    'says config twice',
    `import { defineFunction } from '@koyalite/functions'
    export const config = {}
    export default defineFunction({ config: {}, handler: () => 1 })`,
    'given twice',
  ],
  [
    'has a config that is none',
    `export const config = 'x'; export default () => new Response()`,
    'an object with the keys',
  ],
  [
    'has no handler',
    `import { defineFunction } from '@koyalite/functions'
    export default defineFunction({})`,
    'needs a handler',
  ],
])('a module that %s is not ready, and says why', async (_, source, message) => {
  const instance = await start(source)
  expect(instance.ready).toEqual({
    ...{ protocol: 1, runtime: `bun ${Bun.version}` },
    failed: { message: expect.stringContaining(message), stack: expect.stringContaining(message) },
  })
  expect(await instance.child.exited).toBe(1)
})

test('a module that does not parse', async () => {
  const entry = join(folder, 'broken.ts')
  await Bun.write(entry, 'export default (')
  const { ready } = await start('', { entry })
  expect(ready).toMatchObject({ failed: { message: expect.stringMatching(/Unexpected|Expected/) } })
})

test('ends with the server', async () => {
  const instance = await start(NOTHING)
  await instance.server.stop()
  expect(await instance.child.exited).toBe(0)
})

test('a server of another protocol, and one that does not want it', async () => {
  const refused = (status: number, message: string) => ({
    status,
    body: { error: { code: 'INVALID_REQUEST', message } },
  })
  const old = await start(NOTHING, { ready: refused(400, 'protocol 1 is not supported; this server speaks 2 and 3') })
  expect(await old.child.exited).toBe(1)
  expect(await old.output.stderr).toBe(
    'the server does not speak protocol 1, which this host of functions speaks: protocol 1 is not supported; this server speaks 2 and 3\n',
  )
  const unwanted = await start(NOTHING, { ready: refused(403, 'the function is gone') })
  expect(await unwanted.child.exited).toBe(1)
  expect(await unwanted.output.stderr).toBe('the server refused this instance (403): the function is gone\n')
})

test('started by somebody else than a server', async () => {
  const child = Bun.spawn([process.execPath, join(folder, 'host.mjs')], { env: {}, stderr: 'pipe' })
  expect(await new Response(child.stderr).text()).toBe(
    'KOYALITE_SOCKETS is not set: the KoyaLite server starts this program, nobody else\n',
  )
  expect(await child.exited).toBe(1)
})

test('reaches the network through the proxy of the server', async () => {
  const proxySocket = join(folder, 'proxy.sock')
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end('x'.repeat(1_000_000))
  })
  proxy.on('connect', (request, socket) => {
    asked.push(`${request.method} ${request.url}`)
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(proxySocket, resolve))
  const instance = await start(
    `import { defineFunction } from '@koyalite/functions'
     export default defineFunction({ async handler(url) {
       const response = await fetch(url)
       return [response.status, (await response.text()).length]
     } })`,
    { proxySocket },
  )
  expect((await instance.call('http://example.invalid/a')).body).toEqual([200, 1_000_000])
  const refused = await instance.call('https://example.invalid/a')
  expect(refused.body.message).toBe('Proxy refused to open a tunnel: 403 Forbidden')
  // Its stack is that of the function, not of the program around it.
  expect(refused.body.stack).not.toContain('host.mjs')
  expect(asked).toEqual(['GET http://example.invalid/a', 'CONNECT example.invalid:443'])
  proxy.close()
})
