import { AppError } from '@koyalite/contracts'
import { type TrustProxy, trustsProxies } from './client-address'
import { hostnameOf, isLocalName } from './local-caller'

export interface HostSettings {
  readonly host: string
  readonly url: string | null
  readonly trust_proxy: TrustProxy
}

const REMEMBERED = 1000

/**
 * Stops DNS rebinding: a page of any site can point its own name at 127.0.0.1 and then talk to a server there as its own
 * origin. A server that listens on a loopback address therefore answers to the names of this machine and to those configured.
 * One that listens elsewhere, or has a trusted proxy in front, can be reached by name anyway.
 * @returns a check that throws AppError FORBIDDEN
 */
export function createHostCheck(settings: HostSettings): (authority: string) => void {
  if (!isLocalName(settings.host) || trustsProxies(settings.trust_proxy)) return () => {}
  const configured = settings.url === null ? null : new URL(settings.url).hostname
  const known = new Set<string>()
  return (authority) => {
    if (known.has(authority)) return
    const name = hostnameOf(authority)
    const allowed = isLocalName(name) || name === configured || name === settings.host
    if (!allowed) {
      throw new AppError(
        'FORBIDDEN',
        `this server listens on ${settings.host} only and does not accept requests for the host '${name.slice(0, 100)}'; ` +
          'if that host is correct, set server.url in koyalite.yaml',
      )
    }
    if (known.size < REMEMBERED) known.add(authority)
  }
}
