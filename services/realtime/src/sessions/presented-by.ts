import { AppError, type Credentials } from '@koyalite/contracts'
import { type ApiRequest, isTrustedPage, type OriginSettings } from '@koyalite/kernel'
import { NOBODY, type Presented } from './session'
import type { StreamTickets } from './stream-tickets'
import type { Tickets } from './tickets'

/**
 * Who opens a connection: by a ticket in the URL, a header, or a cookie, which browsers send along whatever page asks. Throws
 * UNAUTHENTICATED, FORBIDDEN.
 */
export async function presentedBy(
  request: ApiRequest,
  context: {
    readonly credentials: Credentials
    readonly tickets: Tickets
    readonly origins: OriginSettings
    /** For the reconnects of an event stream: the last event that it was sent. */
    readonly reconnect?: { readonly streams: StreamTickets; readonly eventId: string | null }
  },
): Promise<Presented> {
  const ticket = request.query.get('ticket')
  if (ticket !== null) {
    const { streams, eventId = null } = context.reconnect ?? {}
    const token = eventId === null ? undefined : streams?.reopened(ticket, eventId)
    const issued = token === undefined ? await context.tickets.redeem(ticket) : { ...NOBODY, token }
    // Changes of the actor meanwhile were not notified: there was no connection yet.
    return issued.token === null
      ? issued
      : { token: issued.token, ...(await context.credentials.identify(issued.token)) }
  }
  const credential = context.credentials.credentialOf(request.headers)
  if (credential === null) return { token: null, actor: request.actor, expiresAt: null }
  if (credential.from === 'cookie' && !isTrustedPage(request.headers, context.origins))
    throw new AppError('FORBIDDEN', 'Pages of this origin are not allowed to use the cookies of this server.')
  return { token: credential.token, ...(await context.credentials.identify(credential.token)) }
}
