import type { TokenSource } from './call-options'
import type { Session } from './ports'

/** The session of a client that is given its token. */
export function tokenSession(source: TokenSource | undefined): Session {
  const common = { cookies: false, onUserChange: () => () => {} }
  if (typeof source !== 'function') {
    return { ...common, bearer: async () => source ?? null, renewed: async () => null }
  }
  let renewal: Promise<string | null> | undefined
  const renew = async () => source({ expired: true })
  return {
    ...common,
    bearer: async () => source({ expired: false }),
    async renewed(refused) {
      // One that has been replaced since the request was sent needs no renewal.
      const now = renewal === undefined ? await source({ expired: false }) : refused
      if (now !== refused && now !== null) return now
      renewal ??= renew().finally(() => {
        renewal = undefined
      })
      const token = await renewal
      return token === refused ? null : token
    },
  }
}
