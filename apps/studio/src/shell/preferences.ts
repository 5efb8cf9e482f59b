import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../session/session-context'
import { browserChoice, chooseInBrowser } from './browser-choice'

/** What an operator has chosen for themselves, in every browser. */
export interface Preferences {
  /** Whether single letters are shortcuts. */
  readonly letterKeys: boolean
}

const NAME = 'preferences'
const DEFAULTS: Preferences = { letterKeys: true }

export function usePreferences(): Preferences {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['studio', NAME],
    async queryFn() {
      const preferences = parse((await admin.listStudioItems({ query: { prefix: NAME } })).items)
      remember(preferences)
      return preferences
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  // Until the server has said: what it said last in this browser.
  return data ?? { letterKeys: browserChoice('letters') !== 'off' }
}

/** Changes some of them; what was before comes back where the server refuses. */
export function useChangePreferences(): (change: Partial<Preferences>) => Promise<void> {
  const { admin } = useSession()
  const queries = useQueryClient()
  const { mutateAsync } = useMutation({
    async mutationFn(change: Partial<Preferences>) {
      const before = queries.getQueryData<Preferences>(['studio', NAME]) ?? DEFAULTS
      const value = { ...before, ...change }
      queries.setQueryData(['studio', NAME], value)
      remember(value)
      await admin.keepStudioItem({ params: { name: NAME }, body: { value } }).catch((error: unknown) => {
        queries.setQueryData(['studio', NAME], before)
        remember(before)
        throw error
      })
    },
  })
  return mutateAsync
}

/** For the next time that the studio is opened here. */
function remember({ letterKeys }: Preferences): void {
  chooseInBrowser('letters', letterKeys ? null : 'off')
}

/** Whatever is kept there: an older studio, or somebody with curl, may have written it. */
function parse(
  items: readonly { readonly name: string; readonly own: boolean; readonly value?: unknown }[],
): Preferences {
  const value = items.find(({ name, own }) => name === NAME && own)?.value
  const kept = typeof value === 'object' && value !== null ? (value as { letterKeys?: unknown }) : {}
  return { letterKeys: kept.letterKeys !== false }
}
