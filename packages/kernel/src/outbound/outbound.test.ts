import { afterAll, describe, expect, test } from 'bun:test'
import { createOutbound, type OutboundOptions, OutboundRefusedError, type OutboundSettings } from './outbound'

/** What was asked of it, as it understood that. */
const asked: string[] = []
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    asked.push(request.url)
    const { pathname } = new URL(request.url)
    if (pathname === '/away') return new Response(null, { status: 302, headers: { location: '/secret' } })
    return new Response('here')
  },
})
afterAll(() => server.stop(true))

const { port } = server
const outboundWith = ({ resolve, setting, ...settings }: Partial<OutboundSettings> & OutboundOptions = {}) =>
  createOutbound(() => ({ allow: [], allowsLoopback: false, ...settings }), {
    ...(resolve && { resolve }),
    ...(setting !== undefined && { setting }),
  })
const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => 'called',
    (error) => (error instanceof OutboundRefusedError ? error.message : Promise.reject(error)),
  )

describe('calls to addresses that somebody else has chosen', () => {
  test.each([
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '①②⑦.0.0.1',
      '127.0.0.1.',
      'localhost',
      'localhost.',
    ],
    ...['0', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[::127.0.0.1]'],
    ...['169.254.169.254', '10.0.0.1', '192.168.0.1', '[fe80::1]', '[fd00::1]'],
    // Scenario 15 of webhooks.
    ...['[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001:0:53aa:64c:0:fbff:80ff:fffe]', '[fec0::1]', '0.1.2.3'],
    ...['100.64.0.1', '172.16.0.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ])('%s is not called', async (host) => {
    const before = asked.length
    expect(await refusalOf(outboundWith().fetch(`http://${host}:${port}/`))).toMatch(/is not on the public internet/)
    expect(asked.length).toBe(before)
  })

  test('a name is refused by any of its addresses, and the message names it', async () => {
    const resolve = async () => ['1.1.1.1', '10.1.2.3']
    expect(await refusalOf(outboundWith({ resolve }).fetch(`http://mixed.example:${port}/`))).toBe(
      'mixed.example (10.1.2.3) is not on the public internet. If the server may call it, name it in outbound.allow.',
    )
    expect(await refusalOf(outboundWith({ resolve: async () => [] }).fetch('http://nothing.example/'))).toBe(
      'nothing.example has no address.',
    )
  })

  test('a name is resolved once: what it becomes afterwards does not matter', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    let lookups = 0
    const resolve = async () => answers[lookups++] ?? []
    const outbound = outboundWith({ resolve, allowsLoopback: true })
    expect(await (await outbound.fetch(`http://rebound.example:${port}/x?y=1`)).text()).toBe('here')
    expect([lookups, asked.at(-1)]).toEqual([1, `http://rebound.example:${port}/x?y=1`])
    expect(await refusalOf(outbound.fetch(`http://rebound.example:${port}/`))).toContain('10.0.0.1')
  })

  test('redirects are shown and not followed', async () => {
    const outbound = outboundWith({ allowsLoopback: true })
    const before = asked.length
    const response = await outbound.fetch(`http://127.0.0.1:${port}/away`)
    expect([response.status, response.headers.get('location')]).toEqual([302, '/secret'])
    expect(asked.length).toBe(before + 1)
  })

  test('an address that cannot be reached is followed by the next', async () => {
    const outbound = outboundWith({ allowsLoopback: true, resolve: async () => ['127.0.0.2', '127.0.0.1'] })
    expect(await (await outbound.fetch(`http://two.example:${port}/`)).text()).toBe('here')
    const alone = outboundWith({ allowsLoopback: true, resolve: async () => ['127.0.0.2'] })
    expect(alone.fetch(`http://one.example:${port}/`)).rejects.toThrow('Unable to connect')
  })

  test('what is allowed by name, address or network is called, and nothing besides', async () => {
    const resolve = async () => ['127.0.0.1']
    for (const allow of [['IDP.internal'], ['127.0.0.1'], ['127.0.0.0/8'], ['::ffff:127.0.0.0/104']]) {
      const outbound = outboundWith({ allow, resolve })
      expect(await (await outbound.fetch(`http://idp.internal:${port}/`)).text()).toBe('here')
    }
    for (const allow of [['other.internal'], ['internal'], ['10.0.0.0/8']])
      expect(await refusalOf(outboundWith({ allow, resolve }).fetch(`http://idp.internal:${port}/`))).toContain(
        '127.0.0.1',
      )
  })

  test('a port of a host can be allowed alone, and messages name the setting', async () => {
    const outbound = outboundWith({
      allow: [`hooks.internal:${port}`, `[::1]:${port}`],
      setting: 'webhooks.allow',
      resolve: async () => ['127.0.0.1'],
    })
    expect(await (await outbound.fetch(`http://hooks.internal:${port}/`)).text()).toBe('here')
    expect(await refusalOf(outbound.fetch('http://hooks.internal:1/'))).toBe(
      'hooks.internal (127.0.0.1) is not on the public internet. If the server may call it, name it in webhooks.allow.',
    )
    await outbound.check(`http://[::1]:${port}/`)
    expect(await refusalOf(outbound.check('http://[::1]:1/'))).toContain('::1 is not on the public internet')
  })

  test('where only https is spoken, http is for what is allowed by name or network', async () => {
    const options = { httpsOnly: true, resolve: async () => ['1.1.1.1'] }
    expect(await refusalOf(outboundWith(options).check('http://public.example/'))).toBe(
      'public.example is called by https only. If http will do, name it in outbound.allow.',
    )
    await outboundWith(options).check('https://public.example/')
    for (const allow of [['public.example'], ['public.example:80'], ['1.1.1.0/24']])
      await outboundWith({ ...options, allow }).check('http://public.example/')
    expect(
      await refusalOf(outboundWith({ ...options, allow: ['public.example:443'] }).check('http://public.example/')),
    ).toContain('by https only')
    await outboundWith({ httpsOnly: true, allowsLoopback: true }).check(`http://127.0.0.1:${port}/`)
    const lost = { httpsOnly: true, resolve: () => Promise.reject(new Error('no answer')) }
    expect(await refusalOf(outboundWith(lost).check('http://public.example/'))).toContain('by https only')
    await expect(outboundWith({ ...lost, allow: ['1.1.1.0/24'] }).check('http://public.example/')).rejects.toThrow(
      'no answer',
    )
    await expect(outboundWith(lost).check('https://public.example/')).rejects.toThrow('no answer')
  })

  test('who opens connections without HTTP is told where to; this machine may be left out', async () => {
    const { addresses } = outboundWith({ allowsLoopback: true, resolve: async () => ['127.0.0.1', '1.1.1.1'] })
    expect(await addresses('two.example')).toEqual(['127.0.0.1', '1.1.1.1'])
    for (const host of ['two.example', '127.0.0.1', '::1'])
      expect(await refusalOf(addresses(host, { allowsLoopback: false }))).toContain('is not on the public internet')
    const named = outboundWith({ allow: ['127.0.0.0/8'], allowsLoopback: true })
    expect(await named.addresses('127.0.0.1', { allowsLoopback: false })).toEqual(['127.0.0.1'])
  })

  test('only http is spoken, and a caller who gives up does not wait for a name', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://example.com/', 'data:text/plain,x', 'blob:null/x', 's3://bucket/x'])
      expect(await refusalOf(outboundWith().fetch(url))).toContain('is not a protocol')
    const outbound = outboundWith({ resolve: () => new Promise(() => {}) })
    expect(outbound.fetch('http://slow.example/', { signal: AbortSignal.timeout(20) })).rejects.toThrow('timed out')
  })
})
