import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectStatus, useServer } from '@koyalite/testkit'
import { settledFunction } from './settled-function'

const isThere = Bun.which('node') !== null

/** A certificate of its own for localhost. */
const folder = mkdtempSync(join(tmpdir(), 'koyalite-tls-'))
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
Bun.spawnSync([
  ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
  ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile],
])
const tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) }
rmSync(folder, { recursive: true })

const target = createServer(tls, (request, reply) => reply.end(`${request.headers['x-by']} by TLS`))
await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve))
const place = `localhost:${(target.address() as AddressInfo).port}`
afterAll(() => void target.close())

const CALLS = `import * as http from 'node:http'
import * as https from 'node:https'
import { defineFunction } from '@koyalite/functions'

/** A library's own, as many have one. */
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false })

const ask = (url: string, options: https.RequestOptions) =>
  new Promise<string>((resolve, reject) => {
    const { get } = url.startsWith('https:') ? https : http
    get(url, options, async (answer) => {
      let text = ''
      for await (const piece of answer) text += piece
      resolve(text)
    }).on('error', reject)
  })

export const config = { runtime: 'node', access: 'true', network: ['${place}'] }

export default defineFunction({
  async handler({ url, by }: { url: string; by: string }) {
    try {
      const headers = { 'x-by': by }
      if (by === 'agent') return await ask(url, { agent, headers })
      if (by === 'global') return await ask(url, { rejectUnauthorized: false, headers })
      return await (await fetch(url, { headers })).text()
    } catch (error: any) {
      return { error: error.cause?.message ?? error.message }
    }
  },
})
`

const WHAT = `import { defineFunction } from '@koyalite/functions'

export const config = { access: 'true', runtime: 'node' }

function inner(): never {
  throw new RangeError('here')
}

export default defineFunction({
  handler(input: { fails?: boolean; late?: boolean }) {
    if (input.fails) inner()
    if (input.late) setTimeout(() => { throw new Error('too late') }, 5)
    return { node: process.versions.node, bun: process.versions.bun ?? null, esm: import.meta.url.startsWith('file:') }
  },
})
`

const LATE = `import { defineFunction } from '@koyalite/functions'
export default defineFunction({ config: { runtime: 'node' }, handler: () => 1 })
`

describe.skipIf(!isThere)(`functions in Node.js${isThere ? '' : ' (it is not installed)'}`, () => {
  const server = useServer({
    schema: 'version: 1\ncollections: {}\n',
    settings: 'outbound: { allow: [127.0.0.1] }\n',
    files: { 'functions/calls.ts': CALLS, 'functions/what.ts': WHAT, 'functions/late.ts': LATE },
  })
  const call = (name: string, input: object) => server.anonymous.post(`/api/functions/${name}`, input)

  test('the config of the code says which runtime it is', async () => {
    const version = Bun.spawnSync(['node', '-p', 'process.versions.node']).stdout.toString().trim()
    expect(expectStatus(await call('what', {}), 200).body).toEqual({ node: version, bun: null, esm: true })
  })

  test('stacks name the lines of the source, and nothing of the program around it', async () => {
    const response = await call('what', { fails: true })
    const id = response.headers.get('koyalite-execution')
    const { error } = (await server.api.get(`/api/admin/functions/executions/${id}`)).body
    const lines = error.stack.split('\n').filter((line: string) => !line.includes('(node:internal/'))
    expect(lines).toEqual([
      ...['RangeError: here', '    at inner (/functions/what.ts:6:9)', '    at handler (/functions/what.ts:11:22)'],
    ])
  })

  test('which runtime it is has to be known before the code runs', async () => {
    expect((await settledFunction(server, 'late')).problems).toEqual([
      "functions/late.ts: 'runtime' has to be known before the code runs: write a literal `export const config = { … }`, or put it into functions/late.yaml",
    ])
  })

  test.each(['agent', 'global', 'fetch'])('connections by %s go through the proxy of the server', async (by) => {
    const reached = expectStatus(await call('calls', { url: `https://${place}/`, by }), 200).body
    expect(reached).toEqual(by === 'fetch' ? { error: 'self-signed certificate' } : `${by} by TLS`)
    const refused = expectStatus(await call('calls', { url: 'https://api.example.com/', by }), 200).body
    expect(refused.error).toContain('add it to its manifest: network: [')
  })
})
