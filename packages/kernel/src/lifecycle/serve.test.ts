import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS, ANYONE, AppError, SYSTEM } from '@koyalite/contracts'
import { createHttpApp, type HttpApp } from '../http/http-app'
import type { Route } from '../http/route'
import { NO_LOG } from '../log/log'
import { createHttpMetrics } from '../metrics/http-metrics'
import { type Listening, serve, serveControl } from './serve'

const dir = mkdtempSync(join(tmpdir(), 'koyalite serve '))
afterAll(() => rmSync(dir, { recursive: true }))

function appOf(routes: readonly Route[], control = false): HttpApp {
  return createHttpApp({
    routes,
    settings: {
      host: '127.0.0.1',
      url: null,
      cors: { origins: ['*'], credentials: false },
      headers: {},
      max_body: 1000,
      trust_proxy: false,
    },
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate: () => (control ? SYSTEM : ANONYMOUS),
    checkHost: !control,
  })
}
const say = (text: string): Route => ({
  method: 'GET',
  path: '/',
  access: ANYONE,
  handle: (request) => ({ status: 200, body: `${text} ${request.actor.kind} ${request.ip}` }),
})
const echo: Route = {
  method: 'POST',
  path: '/',
  access: ANYONE,
  handle: async (request) => ({ status: 200, body: JSON.stringify(await request.json()) }),
}

async function withServer<T>(app: () => HttpApp, use: (server: Listening) => Promise<T>): Promise<T> {
  const server = serve({ host: '127.0.0.1', port: 0, app })
  try {
    return await use(server)
  } finally {
    await server.close(100)
  }
}

/** Everything that the server sends until it closes the connection, or until `enough` is there. */
function talk(port: number, text: string, enough?: (received: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => {
      received += data.toString('latin1')
      if (enough?.(received)) socket.destroy()
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

describe('serve', () => {
  test('takes a free port and tells its address; the client has one too', async () => {
    await withServer(
      () => appOf([say('hello')]),
      async ({ url, port }) => {
        expect(url).toBe(`http://127.0.0.1:${port}`)
        expect(await (await fetch(url)).text()).toBe('hello anonymous 127.0.0.1')
      },
    )
  })

  test('a port in use is an error that says what to do', async () => {
    await withServer(
      () => appOf([]),
      async ({ port }) => {
        let error: unknown
        try {
          serve({ host: '127.0.0.1', port, app: () => appOf([]) })
        } catch (thrown) {
          error = thrown
        }
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).message).toBe(
          `port ${port} is already in use; stop the other process, or choose another port: --port ${port + 1}, or server.port in koyalite.yaml`,
        )
      },
    )
    expect(() => serve({ host: '203.0.113.1', port: 0, app: () => appOf([]) })).toThrow(
      'this machine has no address 203.0.113.1',
    )
  })

  test('a new application takes over on open connections', async () => {
    let app = appOf([say('old')])
    await withServer(
      () => app,
      async ({ port }) => {
        const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
        const received = await new Promise<string>((resolve) => {
          let all = ''
          const socket = connect(port, '127.0.0.1', () => socket.write(request))
          socket.on('data', (data) => {
            all += data
            if (all.includes('new')) return void socket.destroy()
            app = appOf([say('new')])
            socket.write(request)
          })
          socket.on('close', () => resolve(all))
        })
        expect(received).toMatch(/old anonymous[\s\S]*new anonymous/)
      },
    )
  })

  test('a body over the limit is answered in the shape of errors, announced or chunked', async () => {
    await withServer(
      () => appOf([echo]),
      async ({ url, port }) => {
        const body = JSON.stringify('x'.repeat(3_000_000))
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(url, { method: 'POST', body, headers })
        expect(response.status).toBe(413)
        expect(await response.json()).toMatchObject({ error: { code: 'PAYLOAD_TOO_LARGE' } })
        const chunk = `${(600).toString(16)}\r\n${'1'.repeat(600)}\r\n`
        const head =
          'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
        expect(await talk(port, head + chunk + chunk, (text) => text.includes('PAYLOAD_TOO_LARGE'))).toStartWith(
          'HTTP/1.1 413',
        )
      },
    )
  })

  test.each([
    ['GET http://evil.example.com/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 'HTTP/1.1 200'],
    ['GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n', 'HTTP/1.1 403'],
    ['GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n', 'HTTP/1.1 403'],
    ['GET / HTTP/1.0\r\n\r\n', 'HTTP/1.1 200'],
    ['GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', 'HTTP/1.1 404'],
    [
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 400',
    ],
  ])('%j → %s', async (request, start) => {
    await withServer(
      () => appOf([say('hello'), echo]),
      async ({ port }) => {
        expect(await talk(port, request, (text) => text.includes('\r\n\r\n'))).toStartWith(start)
      },
    )
  })

  test('HEAD tells the length and sends no body', async () => {
    await withServer(
      () => appOf([say('hello')]),
      async ({ port }) => {
        const received = await talk(port, 'HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n', (text) =>
          text.includes('\r\n\r\n'),
        )
        expect(received.toLowerCase()).toContain(`content-length: ${'hello anonymous 127.0.0.1'.length}\r\n`)
        expect(received).toEndWith('\r\n\r\n')
      },
    )
  })
})

describe('close', () => {
  function slowApp() {
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const slow: Route = {
      method: 'GET',
      path: '/',
      access: ANYONE,
      handle: async () => {
        started.resolve()
        await finish.promise
        return { status: 200, body: 'finished' }
      },
    }
    return { app: appOf([slow]), started: started.promise, finish: finish.resolve }
  }

  test('answers the running requests, and takes no new ones', async () => {
    const { app, started, finish } = slowApp()
    const server = serve({ host: '127.0.0.1', port: 0, app: () => app })
    const running = fetch(server.url)
    await started
    const closed = server.close()
    expect(fetch(server.url)).rejects.toThrow()
    finish()
    expect(await (await running).text()).toBe('finished')
    await closed
  })

  test('cuts off what does not end in time', async () => {
    const { app, started } = slowApp()
    const server = serve({ host: '127.0.0.1', port: 0, app: () => app })
    const running = fetch(server.url).then(
      () => 'answered',
      () => 'cut off',
    )
    await started
    await server.close(10)
    expect(await running).toBe('cut off')
  })
})

test('the control socket is for its owner only, and any name will do there', async () => {
  const path = join(dir, 'c.sock')
  const server = serveControl({ path, app: () => appOf([say('hello')], true) })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await (await fetch('http://whatever.example.com/', { unix: path })).text()).toBe('hello system local')
  expect(() => serveControl({ path, app: () => appOf([]) })).toThrow('cannot listen on the socket')
  await server.close()
})
