import type { BaseSettings } from '@koyalite/kernel'

/** Stands for this server where nothing else names it: paths are of it. */
const HERE = 'https://this-server.invalid'

type AddressSettings = Pick<BaseSettings['server'], 'url' | 'cors'>

/**
 * The URL of an address that a browser may be sent to: of this server (a path, too), or of an origin that the settings
 * name. Null for any other: with those, links to this server would lead wherever a stranger wants.
 */
export function allowedAddress(address: string, own: string, { cors }: Pick<AddressSettings, 'cors'>): URL | null {
  const url = URL.canParse(address, own) ? new URL(address, own) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null
  const allowed = [own, ...cors.origins.filter((origin) => origin !== '*')]
  return allowed.some((origin) => new URL(origin).origin === url.origin) ? url : null
}

/** The same for an address in the settings, as a page of this server links to it; null where it is not allowed. */
export function addressOnPage(address: string, server: AddressSettings): string | null {
  const own = server.url ?? HERE
  const url = allowedAddress(address, own, server)
  // A path that begins with two slashes is another host to browsers.
  if (url === null || url.pathname.startsWith('//')) return null
  return url.origin === new URL(own).origin ? `${url.pathname}${url.search}${url.hash}` : url.href
}
