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
  let last: string | null = null
  let renewal: Promise<string | null> | undefined
  const renew = async () => {
    try {
      return await source({ expired: true })
    } finally {
      renewal = undefined
    }
  }
  return {
    current: async () => source({ expired: false }),
    async renewed(refused) {
      // One that a renewal has replaced since the request was sent needs no other.
      if (renewal === undefined && last !== refused) {
        const now = await source({ expired: false })
        if (now !== refused && now !== null) return now
      }
      renewal ??= renew()
      last = refused
      const token = await renewal
      return token === refused ? null : token
    },
  }
}
