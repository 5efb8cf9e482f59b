import { lookup } from 'node:dns/promises'
import { isLoopbackAddress, parseIpAddress } from '../http/ip-address'
import { isInNetwork, parseNetwork } from '../http/ip-network'
import { isGlobalAddress } from './global-address'

/**
 * How the server calls addresses that somebody else has chosen: an operator, a document of a provider, a function. It calls machines of the public
 * internet only, and what `outbound.allow` names: what is in its own network trusts it.
 */
export interface Outbound {
  /**
   * As `fetch`, except that redirects are never followed: the caller sees them. The host is resolved once, and the connection goes to an address that
   * was looked at. Rejects with OutboundRefusedError, or as `fetch` does.
   */
  fetch(url: string | URL, init?: OutboundInit): Promise<Response>
  /**
   * Where a connection to a host may go, the first try first: for who opens one without HTTP. Rejects with OutboundRefusedError.
   * @param options `allowsLoopback: false`: this machine is not called under `dev` either, unless `outbound.allow` has it
   */
  addresses(host: string, options?: { readonly allowsLoopback: boolean }): Promise<readonly string[]>
  /** Looks at what `fetch` would, and connects to nothing. Rejects with OutboundRefusedError, or where the name cannot be looked up. */
  check(url: string | URL): Promise<void>
}

export type OutboundInit = Omit<BunFetchRequestInit, 'redirect' | 'keepalive'>

export interface OutboundSettings {
  /** Host names (with a port: there alone), addresses and networks that may be called wherever they are: `idp.internal`, `10.0.0.0/8`. */
  readonly allow: readonly string[]
  /** This machine may be called: under `dev`. */
  readonly allowsLoopback: boolean
  /** Elsewhere than `allow` says, and this machine where it may be called, only https is spoken. */
  readonly httpsOnly?: boolean
}

/** A call that is not made. The message is for operators: it says where the call would have gone. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError'
}

/**
 * @param settings asked for with each call, so that a reload counts at once
 * @param options `resolve`: the addresses of a host name; `setting`: what `allow` is called, for messages
 */
export function createOutbound(
  settings: () => OutboundSettings,
  { resolve = resolveHost, setting = 'outbound.allow' }: OutboundOptions = {},
): Outbound {
  async function addressesOf(target: Target, options = { allowsLoopback: true }): Promise<readonly string[]> {
    const { host, url } = target
    const own = parseIpAddress(host)
    const { allow, allowsLoopback, httpsOnly = false } = settings()
    const isNamed = allow.some((one) => isNamedBy(one, target))
    const isPlain = httpsOnly && url?.protocol === 'http:' && !isNamed
    const networks = allow.map(parseNetwork).filter((network) => network !== null)
    // Wherever a name leads that cannot be looked up now, no network makes it an exception.
    const unknown = isPlain && networks.length === 0 ? refusePlain(host) : undefined
    const found = own === null ? await resolve(host).catch(unknown) : [own]
    if (found.length === 0) throw new OutboundRefusedError(`${host} has no address.`)
    const isExempt = (ip: string) =>
      (allowsLoopback && options.allowsLoopback && isLoopbackAddress(ip)) ||
      networks.some((network) => isInNetwork(network, ip))
    if (isNamed) return found
    const refused = found.find((ip) => !isExempt(ip) && !isGlobalAddress(ip))
    if (refused !== undefined) {
      const where = refused === host ? host : `${host} (${refused})`
      throw new OutboundRefusedError(
        `${where} is not on the public internet. If the server may call it, name it in ${setting}.`,
      )
    }
    if (isPlain && !found.every(isExempt)) refusePlain(host)()
    return found
  }

  function refusePlain(host: string) {
    return (): never => {
      throw new OutboundRefusedError(`${host} is called by https only. If http will do, name it in ${setting}.`)
    }
  }

  return {
    addresses: (host, options) => addressesOf({ host, url: null }, options),
    async check(given) {
      await addressesOf(targetOf(given))
    },
    async fetch(given, init = {}) {
      const target = targetOf(given)
      const addresses = await withSignal(addressesOf(target), init.signal)
      let failure: unknown
      for (const ip of addresses) {
        try {
          return await fetchAt(target, ip, init)
        } catch (error) {
          // Nothing was sent: the next address may be reached.
          if (!isUnreachable(error)) throw error
          failure = error
        }
      }
      throw failure
    },
  }
}

export interface OutboundOptions {
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly setting?: string
}

/** What is called. `url` null: a host, whatever is spoken with it. */
interface Target {
  readonly host: string
  readonly url: URL | null
}

interface HttpTarget extends Target {
  readonly url: URL
}

function targetOf(given: string | URL): HttpTarget {
  const url = new URL(given)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutboundRefusedError(`${url.protocol} is not a protocol that the server calls.`)
  return { url, host: hostOf(url) }
}

function isNamedBy(allowed: string, { host, url }: Target): boolean {
  const name = allowed.toLowerCase()
  if (name === host) return true
  return url !== null && name === `${host.includes(':') ? `[${host}]` : host}:${portOf(url)}`
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80')
}

/** Without the brackets of IPv6, and the dot at the end of a name that is complete. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

/** The connection goes to the address; the host it asks for, and whose certificate it has to show, is that of the URL. */
function fetchAt({ url, host }: HttpTarget, ip: string, init: OutboundInit): Promise<Response> {
  const at = new URL(url)
  at.hostname = ip.includes(':') ? `[${ip}]` : ip
  const headers = new Headers(init.headers)
  headers.set('host', url.host)
  return fetch(at, {
    ...init,
    headers,
    redirect: 'manual',
    // A connection that is open already is of an address, whichever host it was opened for.
    keepalive: false,
    ...(url.protocol === 'https:' ? { tls: { ...init.tls, serverName: host } } : {}),
  })
}

/** IPv4 first: more machines reach it. */
async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' })
  return found.map(({ address }) => parseIpAddress(address) ?? address)
}

/** Names are looked up on a thread of the system, which nothing can stop. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNREACHABLE.has(String(error.code))
}

const UNREACHABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ConnectionRefused'])
