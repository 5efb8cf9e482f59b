import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { expectStatus, type TestServer, useServer } from '@koyalite/testkit'

const SCHEMA = `version: 1
collections:
  posts:
    fields: { id: { type: uuid, primary: true, default: auto } }
`

/** What of this machine was asked for: the path, and the port it came to. */
const asked: string[] = []
/** Where the document of the provider leads. */
let leads = { authorization: '', jwks: '' }

/** A provider as somebody else runs it: it is free to say where its endpoints are. */
const provider = listen(({ url, origin }) => {
  if (url.pathname !== '/.well-known/openid-configuration') return new Response('secret of the provider')
  return Response.json({
    issuer: origin,
    authorization_endpoint: leads.authorization || `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: leads.jwks || `${origin}/jwks`,
  })
})
/** What only this machine should reach. */
const inside = listen(() => new Response('secret of the network'), '127.0.0.2')
afterAll(() => Promise.all([provider.stop(true), inside.stop(true)]))
beforeEach(() => {
  asked.length = 0
  leads = { authorization: '', jwks: '' }
})

function listen(respond: (asked: { url: URL; origin: string }) => Response, hostname = '127.0.0.1') {
  return Bun.serve({
    ...{ port: 0, hostname },
    fetch(request, server) {
      const url = new URL(request.url)
      asked.push(`${server.port}${url.pathname}`)
      return respond({ url, origin: url.origin })
    },
  })
}

function settings(more = ''): string {
  const corp = (host: string) => `{ issuer: "http://${host}:${provider.port}", client_id: a, client_secret: b }`
  return `auth: { oauth: { ip: ${corp('127.0.0.1')}, name: ${corp('localhost')}, six: ${corp('[::1]')} } }\n${more}`
}
const testOf = async (server: TestServer, name: string) =>
  expectStatus(await server.api.post(`/api/admin/providers/${name}/test`, {}), 200).body.steps

describe('providers of sign-ins, under start', () => {
  const server = useServer({ schema: SCHEMA, settings: settings() })

  test('are not looked for on this machine, nor in its network', async () => {
    for (const name of ['ip', 'name', 'six']) {
      const [, discovery] = await testOf(server, name)
      expect(discovery).toMatchObject({ step: 'discovery', ok: false })
      expect(discovery.message).toMatch(/is not on the public internet.*outbound\.allow/)
      const signIn = await fetch(`${server.process.url}/api/auth/oauth/${name}`, { redirect: 'manual' })
      expect(signIn.status === 302 ? signIn.headers.get('location') : await signIn.text()).not.toMatch(/127\.0|::1/)
    }
    expect(asked).toEqual([])
  })
})

describe('outbound.allow', () => {
  const server = useServer({ schema: SCHEMA, settings: settings('outbound: { allow: [127.0.0.1] }\n') })

  test('names what may be called, and where a provider leads is looked at as well', async () => {
    expect(await testOf(server, 'ip')).toMatchObject([{ ok: true }, { ok: true }, { step: 'authorize', ok: true }])
    const before = asked.length
    for (const address of [
      `http://127.0.0.2:${inside.port}/`,
      'http://169.254.169.254/',
      `http://0x7f000002:${inside.port}/`,
    ]) {
      leads = { authorization: address, jwks: '' }
      await server.restart()
      const steps = await testOf(server, 'ip')
      expect(steps.at(-1)).toMatchObject({ step: 'authorize', ok: false })
      expect(steps.at(-1).message).toContain('is not on the public internet')
    }
    expect(asked.slice(before).filter((one) => one.startsWith(`${inside.port}/`))).toEqual([])
  })

  test('is checked', async () => {
    for (const wrong of ['http://x', 'a b', '10.0.0.0/99', '*'])
      expect((await server.api.patch('/api/admin/settings', { set: { 'outbound.allow': [wrong] } })).status).toBe(422)
  })
})

describe('under dev', () => {
  const server = useServer({ schema: SCHEMA, command: 'dev', settings: settings() })

  test('this machine may be called', async () => {
    expect(await testOf(server, 'ip')).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  })
})
