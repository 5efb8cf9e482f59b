import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATORS_DATA } from '@koyalite/access'
import { type Actor, ANONYMOUS, ANYONE, AppError } from '@koyalite/contracts'
import { type Connection, type HttpApp, hostnameOf, type Route, type UnidentifiedRequest } from '@koyalite/kernel'
import type { Settings } from './compose'

/**
 * Where the studio answers. A page of the app at the same origin is a page of the studio for browsers: whatever runs
 * there could act as the operator who is signed in. So beside pages of the app it has an origin of its own.
 */
export type StudioPlace =
  /** At the app's own address. */
  | { readonly kind: 'together' }
  /** By the name that is asked for, where the app listens. */
  | { readonly kind: 'host'; readonly host: string }
  /** On a port of its own. `isChosen` by the settings; else it is the one after the server's, for this machine only. */
  | { readonly kind: 'port'; readonly port: number | null; readonly host: string; readonly isChosen: boolean }

/** @param project `isStarted`: whether `koyalite start` serves it. `dev` is for whoever writes the app: one address is handier there */
export function studioPlace(
  { studio, server }: Settings,
  project: { readonly dir: string; readonly isStarted: boolean },
): StudioPlace {
  if (!studio.enabled) return { kind: 'together' }
  if (studio.port !== null) return { kind: 'port', port: studio.port, host: server.host, isChosen: true }
  if (studio.host !== null) return { kind: 'host', host: studio.host }
  if (!project.isStarted || studio.same_origin || !hasPages(project.dir)) return { kind: 'together' }
  return { kind: 'port', port: null, host: '127.0.0.1', isChosen: false }
}

/** Whether the project has pages of its own, which the server serves. */
function hasPages(dir: string): boolean {
  const folder = join(dir, 'public')
  return existsSync(folder) && readdirSync(folder).length > 0
}

/** @param appUrl where the app is found, by the settings or by where it listens */
export function studioUrl(place: StudioPlace, { studio, server }: Settings, appUrl: string): string {
  const shown = server.url ?? appUrl
  switch (place.kind) {
    case 'together':
      return shown
    case 'host':
      return withHost(shown, place.host)
    case 'port': {
      if (studio.host !== null && server.url !== null) return withHost(server.url, studio.host)
      return `http://${studio.host ?? bracketed(reachableHost(place.host))}:${studioPort(place, appUrl)}`
    }
  }
}

export function studioPort(place: StudioPlace & { readonly kind: 'port' }, appUrl: string): number {
  return place.port ?? Number(new URL(appUrl).port || 80) + 1
}

/** Who sends no token is nobody there for operators: their cookie belongs to the studio's origin. */
export function withoutOperatorCookies(
  authenticate: (request: UnidentifiedRequest) => Actor | Promise<Actor>,
): (request: UnidentifiedRequest) => Actor | Promise<Actor> {
  return (request) => {
    if (!request.path.startsWith('/api/admin/') && request.credentials !== 'operator') return authenticate(request)
    if (request.query.get('cookies') === 'true' || request.path.startsWith('/api/admin/session')) {
      throw new AppError('FORBIDDEN', 'The studio of this server has an address of its own: sign in there.')
    }
    if (request.headers.has('authorization')) return authenticate(request)
    if (request.path.startsWith(OPERATORS_DATA)) throw new AppError('UNAUTHENTICATED', 'This is for operators.')
    return ANONYMOUS
  }
}

/** The app's routes, where the studio is elsewhere. */
export function withoutStudio(routes: readonly Route[], { path: root }: Settings['studio']): readonly Route[] {
  const pages = new Set(['', '/', '/*', '/assets/*', '/icon.svg'].map((rest) => root + rest))
  return routes.filter(({ path }) => !pages.has(path))
}

/** What the studio's origin has: its pages, the admin API, and what its pages ask besides. Nothing of the app. */
export function studioRoutes(routes: readonly Route[], { path: root }: Settings['studio']): readonly Route[] {
  const isItsPage = (path: string) => path === root || path.startsWith(`${root}/`)
  return [toStudio(root), ...routes.filter(({ path }) => isItsPage(path) || OF_STUDIO.test(path))]
}

/** Chooses by the name that a request is for. */
export function byHost(host: string, apps: { readonly studio: HttpApp; readonly app: HttpApp }): HttpApp {
  return {
    fetch(request: Request, connection: Connection) {
      const asked = request.headers.get('host')
      return (asked !== null && hostnameOf(asked) === host ? apps.studio : apps.app).fetch(request, connection)
    },
  }
}

const OF_STUDIO = /^\/(_\/.*|api\/admin\/.*|api\/realtime|api\/openapi\.json|health|health\/.*)$/

function toStudio(root: string): Route {
  return {
    method: 'GET',
    path: '/',
    access: ANYONE,
    credentials: 'none',
    handle: () => ({ status: 308, body: null, headers: { location: `${root}/` } }),
  }
}

function withHost(url: string, host: string): string {
  const changed = new URL(url)
  changed.hostname = host
  return changed.origin
}

/** All interfaces are reached by this machine's own name. */
function reachableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
