import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeServer, type FakeServerOptions } from './fake-server'

export interface InstanceOptions extends Pick<FakeServerOptions, 'ready' | 'functions' | 'admin'> {
  /** The program, and its arguments. */
  readonly command: readonly string[]
  /** KOYALITE_ENTRY. */
  readonly entry: string
  /** `env` of the manifest. */
  readonly env?: Readonly<Record<string, string>>
  readonly proxySocket?: string
}

/** Of the header Koyalite-Call, what a test wants to say. */
export interface CallOptions {
  readonly execution?: string
  readonly auth?: Readonly<Record<string, unknown>> | null
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
  readonly deadline?: number
  readonly signal?: AbortSignal
  readonly job?: { readonly id: string; readonly attempt: number; readonly key: string | null }
  /** The input is an event. */
  readonly event?: true
}

/** An instance of a function, with the server's side of the protocol beside it. */
export async function startInstance(options: InstanceOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-instance-'))
  const token = crypto.randomUUID()
  const { command, entry, env = {}, proxySocket } = options
  const server = new FakeServer({ ...options, socket: join(folder, 'server.sock'), instanceToken: token })
  const child = Bun.spawn([...command], {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
      ...{ KOYALITE_SOCKETS: folder, KOYALITE_ENTRY: entry, KOYALITE_FUNCTION: 'tested', KOYALITE_INSTANCE: token },
      ...(proxySocket !== undefined && { KOYALITE_PROXY: proxySocket }),
      KOYALITE_ENV: Object.keys(env).join(),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const output = { stdout: new Response(child.stdout).text(), stderr: new Response(child.stderr).text() }
  const ready = await Promise.race([server.ready, child.exited.then(() => undefined)])

  async function send(path: string, init: RequestInit, call: CallOptions = {}): Promise<Response> {
    const execution = call.execution ?? crypto.randomUUID()
    const callToken = crypto.randomUUID()
    server.tokens.set(callToken, execution)
    if (call.job !== undefined) server.jobs.running.set(callToken, call.job.id)
    const info = {
      ...{ execution, token: callToken, function: 'tested', version: 3, auth: call.auth ?? null },
      request: {
        id: `request-${execution}`,
        ip: '203.0.113.7',
        headers: call.headers ?? {},
        url: call.url ?? `https://example.com${path}`,
      },
      deadline: call.deadline ?? Date.now() + 30_000,
      ...{ chain: { root: 'root', depth: 1 }, dev: true, job: call.job, event: call.event },
    }
    const headers = new Headers(init.headers)
    headers.set('koyalite-call', Buffer.from(JSON.stringify(info)).toString('base64url'))
    const signal = call.signal ?? null
    return fetch(`http://koyalite${path}`, {
      ...init,
      headers,
      signal,
      unix: join(folder, 'call.sock'),
      decompress: false,
    } as BunFetchRequestInit)
  }

  /** Nobody waits for an execution any longer. @returns the status */
  async function cancel(execution: string): Promise<number> {
    const init = { method: 'POST', body: JSON.stringify({ execution }), unix: join(folder, 'call.sock') }
    return (await fetch('http://koyalite/cancel', init as BunFetchRequestInit)).status
  }

  return {
    server,
    cancel,
    child,
    output,
    /** What it said when it was ready; undefined: it ended before. */
    ready,
    send,
    /** A call of a typed function. */
    async call(input?: unknown, call?: CallOptions) {
      const body = input === undefined ? null : JSON.stringify(input)
      const response = await send('/call', { method: 'POST', body }, call)
      const text = await response.text()
      return {
        status: response.status,
        failure: response.headers.get('koyalite-failure'),
        body: text === '' ? undefined : JSON.parse(text),
      }
    },
    logs: (execution: string) => server.logs.get(execution) ?? [],
    async stop() {
      await server.stop()
      child.kill('SIGKILL')
      await child.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Instance = Awaited<ReturnType<typeof startInstance>>
