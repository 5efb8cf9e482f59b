import { afterAll, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectStatus, until, useServer } from '@koyalite/testkit'
import { hasSandbox } from '../../security/has-sandbox'
import { denoFolder } from '../deno-folder'
import { settledFunction } from '../settled-function'

const FILES = ['greet.ts', '_shared/cors.ts', 'tasks/index.ts', 'webhook.ts', 'stream.ts', 'background.ts']
const missing = denoFolder === null ? ' (Deno is not installed)' : hasSandbox ? '' : ' (bubblewrap does not work here)'

const other = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) => new Response(null, { status: request.url.endsWith('/fails') ? 500 : 200 }),
})
const place = `localhost:${other.port}`
afterAll(() => other.stop(true))

const MANIFEST = 'runtime: deno\naccess: "true"\nauth: none\n'

describe.skipIf(missing !== '')(`files that serve by Deno.serve${missing}`, () => {
  const server = useServer({
    schema: 'version: 1\ncollections: {}\n',
    settings: 'outbound: { allow: [127.0.0.1] }\n',
    env: { PATH: `${denoFolder}:${process.env.PATH}` },
    files: {
      ...Object.fromEntries(
        FILES.map((name) => [`functions/${name}`, readFileSync(join(import.meta.dir, 'fixtures', name), 'utf8')]),
      ),
      'functions/greet.yaml': `${MANIFEST}cors: own\n`,
      'functions/tasks.yaml': MANIFEST,
      'functions/webhook.yaml': `${MANIFEST}env: { SECRET: "\${SIGNING}" }\n`,
      'functions/stream.yaml': MANIFEST,
      'functions/background.yaml': `${MANIFEST}network: ["${place}"]\n`,
      'functions/remote.ts': "import { z } from 'npm:zod@3'\nDeno.serve(() => new Response(z))\n",
      'functions/remote.yaml': MANIFEST,
      'functions/elsewhere.ts': "import 'https://deno.land/x/oak/mod.ts'\nDeno.serve(() => new Response())\n",
      'functions/elsewhere.yaml': MANIFEST,
      'functions/plain.ts': 'Deno.serve(() => new Response())\n',
      'functions/plain.yaml': `${MANIFEST}isolation: process\n`,
      '.env': 'SIGNING=a-secret-of-the-webhook\n',
    },
  })
  const path = (name: string) => `/api/functions/${name}`
  const problemsOf = async (name: string) => (await settledFunction(server, name)).problems

  test('a JSON answer with CORS of its own', async () => {
    expect(expectStatus(await server.anonymous.post(path('greet'), { name: 'ada' }), 200).body).toEqual({
      message: 'Hello ada',
    })
    expect(expectStatus(await server.anonymous.post(path('greet'), {}), 400).body).toEqual({
      error: 'a name is missing',
    })
    const preflight = await server.anonymous.request('OPTIONS', path('greet'), {
      headers: { origin: 'https://a.example' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  })

  test('an API of methods and paths, by `serve` of the standard library', async () => {
    const made = expectStatus(await server.anonymous.post(path('tasks'), { name: 'write' }), 201).body
    expect((await server.anonymous.get(path(`tasks/${made.id}`))).body).toEqual(made)
    expect((await server.anonymous.get(path('tasks'))).body).toEqual([made])
    expectStatus(await server.anonymous.delete(path(`tasks/${made.id}`)), 204)
    expectStatus(await server.anonymous.delete(path(`tasks/${made.id}`)), 404)
  })

  test('a webhook whose signature is over the bytes', async () => {
    const send = (text: string, secret: string) =>
      server.anonymous.request('POST', path('webhook'), {
        raw: text,
        headers: { 'x-signature': createHmac('sha256', secret).update(text).digest('base64') },
      })
    const right = await send('{"type":  "paid"}\r\n', 'a-secret-of-the-webhook')
    expect(expectStatus(right, 200).body).toEqual({ received: 'paid' })
    expectStatus(await send('{"type":"paid"}', 'another'), 401)
    const failed = expectStatus(await send('{"type":"broken"}', 'a-secret-of-the-webhook'), 500)
    expect(failed.text).toBe('failed: of the handler')
  })

  test('a stream of events', async () => {
    const response = await server.anonymous.get(path('stream'))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.text).toBe('data: one\n\ndata: two\n\ndata: three\n\n')
  })

  test('work after the answer is in the log of its call, also where it fails', async () => {
    for (const [name, lines] of [
      ['/', ['reported 200']],
      ['/fails', ['reported 500', 'nobody caught Error: the other service said 500']],
    ] as const) {
      const response = await server.anonymous.post(path('background'), { url: `http://${place}${name}` })
      expect(expectStatus(response, 202).body).toMatchObject({ accepted: true, from: '127.0.0.1' })
      const id = response.headers.get('koyalite-execution')
      const logs = await until(async () => {
        const { body } = await server.api.get(`/api/admin/functions/executions/${id}`)
        return body.logs?.length === lines.length ? body.logs : undefined
      })
      expect(logs.map(({ message }: { message: string }) => message)).toEqual([...lines])
    }
  })

  test('code from servers is not loaded: what to do instead is said', async () => {
    const from = 'code from servers is not loaded, packages are those of functions/package.json'
    expect(await problemsOf('remote')).toEqual([
      `functions/remote.ts:1:19 imports 'npm:zod@3': ${from}: add zod there, and import 'zod'`,
    ])
    expect(await problemsOf('elsewhere')).toEqual([
      `functions/elsewhere.ts imports 'https://deno.land/x/oak/mod.ts': ${from}`,
    ])
  })

  test('nothing of it runs as a plain process', async () => {
    expect(await problemsOf('plain')).toEqual([
      "functions/plain.ts: deno runs in a sandbox only, not as a plain process: say 'isolation: sandbox'",
    ])
  })
})
