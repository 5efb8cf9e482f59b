import { type AdminArea, admin, LOGS_AREA, SCHEMA_AREA } from '@koyalite/access'
import { EVERYONE, type RequestAccess } from '@koyalite/kernel'
import type { Settings } from './compose'

type Visibility = NonNullable<Settings['server']['metrics']>

/** Who may read what the server says of itself; null: nobody, there is no such route. */
export interface Visibilities {
  readonly metrics: RequestAccess | null
  readonly docs: RequestAccess | null
  readonly openapi: RequestAccess | null
  /** Whether everyone who may read the OpenAPI document learns of the admin API; else operators do. */
  readonly showsAdminApi: boolean
}

/** By the settings, and by what is usual for the command where they say nothing (docs/adr/161). */
export function visibilitiesOf({ server }: Settings, mode: 'dev' | 'start'): Visibilities {
  const { metrics, docs, openapi } = server
  return {
    metrics: accessFor(metrics ?? (mode === 'dev' ? 'public' : 'operators'), LOGS_AREA, { sparesLocal: true }),
    // A page about a document that nobody gets would be empty.
    docs: openapi === 'off' ? null : accessFor(docs ?? 'public', SCHEMA_AREA),
    openapi: accessFor(openapi ?? 'public', SCHEMA_AREA),
    showsAdminApi: mode === 'dev',
  }
}

/** @param options `sparesLocal`: callers on this machine need no credential, as a scraper beside the server */
function accessFor(
  visibility: Visibility,
  area: AdminArea,
  { sparesLocal = false }: { readonly sparesLocal?: boolean } = {},
): RequestAccess | null {
  switch (visibility) {
    case 'off':
      return null
    case 'public':
      return EVERYONE
    case 'operators': {
      const access = admin(area, 'read')
      if (!sparesLocal) return { access, credentials: 'operator', checkRequest() {} }
      const description = `${access.description} Callers on this machine.`
      return {
        access: { kind: 'admin', description, check: (actor) => actor },
        credentials: 'operator',
        checkRequest({ actor, isLocal }) {
          if (!isLocal) access.check(actor)
        },
      }
    }
  }
}
