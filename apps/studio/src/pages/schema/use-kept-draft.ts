import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useReducer, useRef } from 'react'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { isEmptyDraft, NO_DRAFT, parseDraft, type SchemaDraft } from './schema-draft'

export interface KeptDraft {
  readonly draft: SchemaDraft
  readonly isRead: boolean
  readonly error: Error | null
  /** Shown at once. The promise is that the server has been told of it when no more of it waits; nobody has to wait for that. */
  change(next: (draft: SchemaDraft) => SchemaDraft): Promise<void>
}

const NAME = 'draft:schema'
const KEY = ['studio', NAME]
/** Of many changes in a row, not every one is a request. */
const KEEP_EVERY_MS = 400

/** The operator's changes of the schema that are not applied yet: on the server, so that they are there in every browser. */
export function useKeptDraft(): KeptDraft {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const keptAt = useRef(0)
  /** One request after the other: an older draft never comes in the place of a newer one. */
  const writing = useRef(Promise.resolve())
  const { data: read, error } = useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const { items } = await admin.listStudioItems({ query: { prefix: NAME } })
      return parseDraft(items.find(({ name, own }) => name === NAME && own)?.value)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  // The cache tells of changes a moment later: until then a box that was clicked would show what it showed before.
  const [, show] = useReducer((count: number) => count + 1, 0)
  const data = queries.getQueryData<SchemaDraft>(KEY) ?? read
  const toasts = useRef(toast)
  toasts.current = toast
  const change = useCallback(
    async (next: (draft: SchemaDraft) => SchemaDraft) => {
      const before = queries.getQueryData<SchemaDraft>(KEY) ?? NO_DRAFT
      const draft = next(before)
      if (draft === before) return
      queries.setQueryData(KEY, draft)
      show()
      const write = async () => {
        try {
          if (isEmptyDraft(draft)) await admin.deleteStudioItem({ params: { name: NAME } }).catch(() => undefined)
          else await admin.keepStudioItem({ params: { name: NAME }, body: { value: draft } })
        } catch (failure) {
          toasts.current({ kind: 'error', title: 'Draft of the schema not kept', description: messageOf(failure) })
        }
      }
      const keep = () => {
        keptAt.current = Date.now()
        writing.current = writing.current.then(write)
      }
      clearTimeout(timer.current)
      // The first change at once: whoever leaves the page then finds it again. The last too: what was applied is gone.
      const wait = keptAt.current + KEEP_EVERY_MS - Date.now()
      if (wait <= 0 || isEmptyDraft(draft)) keep()
      else timer.current = setTimeout(keep, wait)
      await writing.current
    },
    [admin, queries],
  )
  return useMemo(() => ({ draft: data ?? NO_DRAFT, isRead: data !== undefined, error, change }), [data, error, change])
}
