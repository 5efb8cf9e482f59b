import type { TokenSource } from './call-options'

export interface Token {
  current(): Promise<string | null>
  /** Another one than `refused`, which the server did not take; null where there is none. Calls that were refused together share one renewal. */
  renewed(refused: string): Promise<string | null>
}

export function createToken(source: TokenSource | undefined): Token {
  if (typeof source !== 'function') {
    return { current: async () => source ?? null, renewed: async () => null }
  }
  let renewal: Promise<string | null> | undefined
  const renew = async () => source({ expired: true })
  return {
    current: async () => source({ expired: false }),
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
