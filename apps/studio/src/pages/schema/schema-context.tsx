import type { GetSchemaResponse, ListCollectionsResponse } from '@koyalite/client/admin'
import { editSchema, parseSchema, type Schema, SchemaEditError, type SchemaProblem } from '@koyalite/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react'
import { useMay, useSession } from '../../session/session-context'
import { NO_DRAFT, type SchemaDraft } from './schema-draft'
import { useKeptDraft } from './use-kept-draft'

export interface SchemaState {
  /** schema.yaml as it is, and whether the tables match it. */
  readonly file: GetSchemaResponse
  readonly draft: SchemaDraft
  /** schema.yaml as it would be with the draft. Rules that mention what is renamed are rewritten by the server only. */
  readonly text: string
  /** Of that text; null where it has mistakes. */
  readonly model: Schema | null
  readonly problems: readonly SchemaProblem[]
  /** Why the draft does not fit the file any more; null where it does. */
  readonly misfit: string | null
  /** What is served, with the numbers of documents. */
  readonly collections: ListCollectionsResponse['collections']
  /** Why nothing can be changed here; null where it can. */
  readonly reason: string | null
  change(next: (draft: SchemaDraft) => SchemaDraft): Promise<void>
}

const Context = createContext<SchemaState | null>(null)

export function useSchema(): SchemaState {
  const state = useContext(Context)
  if (state === null) throw new Error('there is no SchemaProvider above')
  return state
}

/** Reads the schema for the pages of this area, and again whenever anybody has changed it. */
export function SchemaProvider({
  children,
  fallback,
}: {
  readonly children: ReactNode
  readonly fallback: (error: Error | null, retry: () => void) => ReactNode
}) {
  const { admin } = useSession()
  const mayWrite = useMay('schema:write')
  useSchemaVersion()
  const file = useQuery({ queryKey: ['schema', 'file'], queryFn: () => admin.getSchema() })
  const served = useQuery({
    queryKey: ['schema', 'collections'],
    queryFn: () => admin.listCollections({ query: { counts: true } }),
  })
  const kept = useKeptDraft()
  const source = file.data?.source
  const edited = useMemo(() => (source === undefined ? null : withDraft(source, kept.draft)), [source, kept.draft])
  const state = useMemo((): SchemaState | null => {
    if (file.data === undefined || served.data === undefined || edited === null || !kept.isRead) return null
    return {
      ...{ file: file.data, draft: kept.draft, ...edited, collections: served.data.collections },
      reason: !mayWrite ? 'Your role cannot change the schema.' : file.data.refusal,
      change: (next) => kept.change((draft) => normalized(file.data.source, next(draft))),
    }
  }, [file.data, served.data, edited, kept, mayWrite])
  const error = file.error ?? served.error ?? kept.error
  if (state === null) {
    return fallback(error, () => {
      void file.refetch()
      void served.refetch()
    })
  }
  return <Context value={state}>{children}</Context>
}

type Edited = Pick<SchemaState, 'text' | 'model' | 'problems' | 'misfit'>

const AS_THEY_ARE = { renameInRules: () => [] }

function withDraft(source: string, draft: SchemaDraft): Edited {
  const start = draft.source ?? source
  try {
    const { text } = editSchema(start, draft.edits, AS_THEY_ARE)
    return { ...read(text), misfit: null }
  } catch (error) {
    if (!(error instanceof SchemaEditError)) throw error
    return { ...read(start), misfit: error.message }
  }
}

function read(text: string): Omit<Edited, 'misfit'> {
  const parsed = parseSchema(text, { file: 'schema.yaml' })
  return parsed.ok ? { text, model: parsed.schema, problems: [] } : { text, model: null, problems: parsed.problems }
}

/** A draft that leaves the file as it is is none. */
function normalized(source: string, draft: SchemaDraft): SchemaDraft {
  try {
    const { text, intents } = editSchema(draft.source ?? source, draft.edits, AS_THEY_ARE)
    return text === source && intents.length === 0 ? NO_DRAFT : draft
  } catch {
    return draft
  }
}

/** Waits for changes by files, commands, programs and other operators: pages show them at once. */
function useSchemaVersion(): void {
  const { admin } = useSession()
  const queries = useQueryClient()
  useEffect(() => {
    const controller = new AbortController()
    void follow()
    async function follow(): Promise<void> {
      let known: string | undefined
      while (!controller.signal.aborted) {
        try {
          const { version } = await admin.getSchemaVersion({ query: { after: known } }, { signal: controller.signal })
          // With the first one, too: the file may have changed after it was read.
          if (known !== version) {
            await queries.invalidateQueries({ queryKey: ['collections'] })
            await queries.invalidateQueries({ queryKey: ['schema'] })
          }
          known = version
        } catch {
          // Signed out, or the server restarts: the next attempt tells.
          await new Promise((resolve) => setTimeout(resolve, 2000))
        }
      }
    }
    return () => controller.abort()
  }, [admin, queries])
}
