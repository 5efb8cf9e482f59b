import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

/** Gives programs that know proxies by an address a way to the one that listens on a socket. @returns its URL */
export async function openEgress(proxySocket: string): Promise<string> {
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const proxy = connect({ path: proxySocket, allowHalfOpen: true })
    // Both ends are destroyed where one fails: there is nobody to report it to but the client.
    pipeline(client, proxy, () => {})
    pipeline(proxy, client, () => {})
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  listener.unref()
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
}
