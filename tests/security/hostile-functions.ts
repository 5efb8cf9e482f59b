import { expect } from 'bun:test'
import { type ApiResponse, expectStatus, useServer } from '@koyalite/testkit'

/**
 * A function that runs what it is sent: a test says what its code does, beside what shall come of it. `node` has the modules that such code would import.
 */
function hostileFunction(config: string): string {
  return `import * as child from 'node:child_process'
import * as fs from 'node:fs'
import * as net from 'node:net'
import { defineFunction } from '@koyalite/functions'
const kept: Record<string, any> = {}
const node = { child, fs, net, sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) }
/** A request over a socket, with a token or without. */
const ask = async (method: string, path: string, token?: string, socket = process.env.KOYALITE_SOCKETS + '/server.sock') => {
  const headers = token === undefined ? {} : { authorization: 'Bearer ' + token }
  return (await fetch('http://koyalite' + path, { method, headers, unix: socket })).status
}
/** The token of a call, as code finds it that looks into the program that it runs in. */
const parse = JSON.parse
JSON.parse = ((text: string, ...more: any[]) => {
  const value = parse(text, ...more)
  if (value?.token !== undefined && value.execution !== undefined) (kept.tokens ??= []).push(value.token)
  return value
}) as never
const AsyncFunction = (async () => {}).constructor as any
export default defineFunction({
  config: { access: 'true', ${config} },
  handler: async ({ code, with: given }: { code: string, with?: unknown }, ctx) =>
    (await new AsyncFunction('ctx', 'node', 'kept', 'ask', 'given', code)(ctx, node, kept, ask, given)) ?? null,
})
`
}

const PRELOAD = 'globalThis.preloaded = true\n'

const OPTIONS = {
  schema: `version: 1
collections:
  notes:
    fields:
      id: { type: uuid, primary: true, default: auto }
      title: { type: string }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`,
  files: {
    'functions/hostile.ts': hostileFunction("timeout: '1500ms', memory: '250mb'"),
    'functions/hostile.yaml': "env: { SECRET: '${OF_THIS_FUNCTION}' }\n",
    'functions/neighbour.ts': hostileFunction("timeout: '5s'"),
    'functions/patient.ts': hostileFunction("timeout: '20s'"),
    'functions/plain.ts': hostileFunction("timeout: '3s', isolation: 'process'"),
    'functions/stream.ts': `export const config = { access: 'true', timeout: '1s', stream_timeout: '1s' }
export default { fetch: async (request: Request) => {
  if (request.method === 'POST') await new Promise(() => {})
  const block = new Uint8Array(1024 * 1024)
  return new Response(new ReadableStream({ pull: (to) => to.enqueue(block) }))
} }
`,
    'functions/.env': 'PLANTED=env\n',
    'functions/bunfig.toml': 'preload = ["./preload.ts"]\n',
    'functions/preload.ts': PRELOAD,
    'functions/.npmrc': 'registry=http://127.0.0.1:9/\n',
    'functions/tsconfig.json': '{ "compilerOptions": { "paths": { "node:*": ["./preload.ts"] } } }\n',
    'bunfig.toml': 'preload = ["./preload.ts"]\n',
    'preload.ts': PRELOAD,
    '.env': 'OF_THE_SERVER=a-secret-of-the-server\nOF_THIS_FUNCTION=a-secret-of-this-function\n',
  },
}

/** A server with hostile functions. */
export function useHostileFunctions() {
  const server = useServer(OPTIONS)
  const call = (code: string, { name = 'hostile', given }: { name?: string; given?: unknown } = {}) =>
    server.anonymous.post(`/api/functions/${name}`, { code, with: given })
  return {
    server,
    call,
    /** What the code returns. */
    outcome: async (...args: Parameters<typeof call>) => expectStatus(await call(...args), 200).body,
    /** What a function did comes to an end; until then others read and write. */
    async undisturbed(attack: Promise<ApiResponse>): Promise<ApiResponse> {
      let isOver = false
      const ending = attack.finally(() => {
        isOver = true
      })
      let served = 0
      while (!isOver) {
        const created = expectStatus(await server.anonymous.post('/api/collections/notes', { title: 'meanwhile' }), 201)
        expectStatus(await server.anonymous.get(`/api/collections/notes/${created.body.id}`), 200)
        served++
        await Bun.sleep(20)
      }
      expect(served).toBeGreaterThan(0)
      return ending
    },
  }
}
