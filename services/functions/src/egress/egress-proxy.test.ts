import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutbound } from '@koyalite/kernel'
import type { Network } from '../source/manifest/network'
import { type EgressProxy, startEgressProxy } from './egress-proxy'
import { refusalFor } from './refusal'

const target = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('reached') })
const folder = mkdtempSync(join(tmpdir(), 'koyalite-egress-'))
const proxies: EgressProxy[] = []
afterAll(async () => {
  for (const proxy of proxies) proxy.close()
  await target.stop(true)
  rmSync(folder, { recursive: true })
})

/** What comes back for what is sent, and what was refused. */
async function exchange(network: Network | null, sent: string) {
  const refused: string[] = []
  const socket = join(folder, `${proxies.length}.sock`)
  // As under dev: this machine may be called.
  const outbound = createOutbound(() => ({ allow: [], allowsLoopback: true }))
  const onRefused = (message: string) => void refused.push(message)
  proxies.push(
    startEgressProxy(socket, { network: network ?? 'none', refusal: refusalFor('fn', network), outbound, onRefused }),
  )
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const client = connect({ path: socket }, () => client.write(sent))
    client.on('data', (piece) => {
      text += piece.toString()
    })
    client.on('end', () => resolve(text)).on('error', reject)
  })
  return { answer, refused }
}

const place = { host: '127.0.0.1', port: Number(target.port) }
const at = `${place.host}:${place.port}`
const REQUEST = `GET / HTTP/1.1\r\nHost: ${at}\r\nConnection: close\r\n\r\n`

describe('the way of an instance out', () => {
  test('tunnels and requests reach what is named, this machine too under dev', async () => {
    const tunnel = await exchange([place], `CONNECT ${at} HTTP/1.1\r\n\r\n${REQUEST}`)
    expect(tunnel.answer).toStartWith('HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK')
    expect(tunnel.answer).toEndWith('reached')
    const plain = await exchange([place], `GET http://${at}/ HTTP/1.1\r\nHost: else.where\r\n\r\n`)
    expect(plain.answer).toEndWith('reached')
    expect([...tunnel.refused, ...plain.refused]).toEqual([])
  })

  test('this machine is no part of everything', async () => {
    for (const host of [at, `localhost:${place.port}`, `[::ffff:7f00:1]:${place.port}`]) {
      const { answer, refused } = await exchange('all', `CONNECT ${host} HTTP/1.1\r\n\r\n`)
      expect(answer).toStartWith('HTTP/1.1 403 Forbidden')
      expect(refused[0]).toContain('is not on the public internet')
    }
  })

  test('what is not named is refused: the answer says which line is missing', async () => {
    const line = `fn may not reach ${at}: add it to its manifest: network: [a.example:443, ${at}]`
    const { answer, refused } = await exchange([{ host: 'a.example', port: 443 }], `CONNECT ${at} HTTP/1.1\r\n\r\n`)
    expect([answer.endsWith(`\r\n\r\n${line}\n`), refused]).toEqual([true, [line]])
    expect((await exchange(null, `CONNECT ${at} HTTP/1.1\r\n\r\n`)).refused).toEqual([
      `fn asks for ${at} while it is loaded: only calls reach the network.`,
    ])
  })

  test('what is no request, or has no end, is answered and closed', async () => {
    for (const sent of ['GET / HTTP/1.1\r\n\r\n', `GET http://a/ HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`])
      expect((await exchange('all', sent)).answer).toStartWith('HTTP/1.1 400 Bad Request')
  })
})
