import { AppError } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import type { Credentials } from '../ports/credentials'
import type { Presented } from './session'
import type { Tickets } from './tickets'

/** Pages of these origins may use a visitor's cookies here, besides our own. */
export interface TrustedOrigins {
  readonly url: string | null
  readonly cors: { readonly origins: readonly string[]; readonly credentials: boolean }
}

/**
 * Who opens a connection: by a ticket in the URL, a header, or a cookie, which browsers send along whatever page asks. Throws
 * UNAUTHENTICATED, FORBIDDEN.
 */
export async function presentedBy(
  request: ApiRequest,
  context: {
    readonly credentials: Credentials
    readonly tickets: Tickets
    readonly origins: TrustedOrigins
  },
): Promise<Presented> {
  const ticket = request.query.get('ticket')
  if (ticket !== null) {
    const issued = await context.tickets.redeem(ticket)
    // What became of them meanwhile nobody was told of: there was no connection yet.
    return issued.token === null
      ? issued
      : { token: issued.token, ...(await context.credentials.identify(issued.token)) }
  }
  const credential = context.credentials.credentialOf(request.headers)
  if (credential === null) return { token: null, actor: request.actor, expiresAt: null }
  if (credential.from === 'cookie') requireTrustedOrigin(request.headers, context.origins)
  return { token: credential.token, ...(await context.credentials.identify(credential.token)) }
}

function requireTrustedOrigin(headers: Headers, { url, cors }: TrustedOrigins): void {
  const origin = headers.get('origin')?.toLowerCase()
  // Programs that are no browsers send none, and no cookie that they do not mean to.
  if (origin === undefined) return
  const host = headers.get('host')?.toLowerCase()
  const own = [`http://${host}`, `https://${host}`, ...(url === null ? [] : [new URL(url).origin])]
  const others = cors.credentials ? cors.origins.map((one) => one.replace(/\/$/, '').toLowerCase()) : []
  if (own.includes(origin) || others.includes(origin)) return
  throw new AppError('FORBIDDEN', 'Pages of this origin may not use the cookies of this server.')
}
