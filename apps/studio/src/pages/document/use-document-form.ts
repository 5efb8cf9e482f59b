import { AdminApiError } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useReducer, useRef } from 'react'
import {
  changeDocument,
  createDocument,
  type DocumentRef,
  keyOf,
  readDocument,
  type StoredDocument,
  type WrittenDocument,
} from '../../fields/documents'
import type { CollectionInfo } from '../../fields/field'
import { usePatternTest } from '../../fields/use-pattern-test'
import { useZone } from '../../fields/use-zone'
import { useSession } from '../../session/session-context'
import { type Changes, type FieldProblem, type ReadChanges, readChanges } from './document-changes'
import { discardDraft, draftName, keepDraft, readDraft } from './document-drafts'
import { type FormEvent, type FormState, formAfter, initialForm } from './form-state'

const UNTOUCHED: readonly string[] = []
const NO_CHANGES: Changes = {}

/** A draft is kept this long after the last key. */
const KEEP_DRAFT_AFTER_MS = 800
/** Somebody else may be faster more than once. */
const ATTEMPTS = 3

export interface DocumentForm extends FormState {
  readonly collection: CollectionInfo
  readonly read: ReadChanges
  readonly dispatch: (event: FormEvent) => void
  /** Returns what was written; null where it was not: the state says why. */
  save(): Promise<WrittenDocument | null>
  /** Forgets the changes, and their draft. */
  discard(): Promise<void>
}

export function documentQuery({ collection, key }: DocumentRef) {
  return ['document', collection, key] as const
}

interface FormOptions {
  readonly collection: CollectionInfo
  /** Absent for a new document. */
  readonly document?: { readonly key: string; readonly stored: StoredDocument }
  /** What a new document begins with. */
  readonly initial?: Changes
}

/** A form of a document: what is typed is kept as a draft until it is saved or discarded. */
export function useDocumentForm({ collection, document, initial = NO_CHANGES }: FormOptions): DocumentForm {
  const session = useSession()
  const queries = useQueryClient()
  const { zone } = useZone()
  const matches = usePatternTest(collection)
  const [state, dispatch] = useReducer(formAfter, initialForm(document?.stored ?? null, initial))
  const read = useMemo(
    () => readChanges(collection, { changes: state.changes, base: state.base?.values ?? null }, { zone, matches }),
    [collection, state.changes, state.base, zone, matches],
  )
  const stored = document?.stored
  useEffect(() => {
    if (stored !== undefined) dispatch({ kind: 'read', document: stored })
  }, [stored])

  const name = draftName(collection.name, document?.key ?? null)
  // A copy that nobody has touched is no draft.
  const drafts = useDraftKeeping(name, state, state.changes === initial ? UNTOUCHED : read.changed)

  async function write(): Promise<WrittenDocument> {
    if (document === undefined) return createDocument(session, collection.name, read.values)
    const ref = { collection: collection.name, key: document.key }
    let base = state.base ?? document.stored
    for (let attempt = 1; ; attempt++) {
      try {
        return await changeDocument(session, ref, { values: read.values, etag: base.etag })
      } catch (error) {
        if (!(error instanceof AdminApiError) || error.status !== 412 || attempt === ATTEMPTS) throw error
        const theirs = await readDocument(session, ref)
        const met: FormEvent = { kind: 'met', values: read.values, theirs }
        // Where they changed other fields, both changes stay: the write is sent once more.
        const conflicts = formAfter({ ...state, base }, met).conflicts
        base = theirs
        if (conflicts.length > 0) throw new MetAnother(met)
      }
    }
  }

  return {
    ...state,
    collection,
    read,
    dispatch,
    async save() {
      if (state.progress === 'saving' || state.conflicts.length > 0) return null
      if (Object.keys(read.problems).length > 0) {
        dispatch({ kind: 'failed', error: new Error('Some fields cannot be saved as they are.'), refused: {} })
        return null
      }
      dispatch({ kind: 'saving' })
      try {
        const written = await write()
        // A draft that cannot be deleted is offered again; the document is saved all the same.
        void drafts.discard().catch(() => {})
        const { values, etag } = written
        const key = document?.key ?? keyOf(values, collection.key)
        queries.setQueryData(documentQuery({ collection: collection.name, key }), { values, etag })
        dispatch({ kind: 'saved', document: document === undefined ? null : written })
        void queries.invalidateQueries({ queryKey: ['documents', collection.name] })
        void queries.invalidateQueries({ queryKey: ['reference', collection.name] })
        return written
      } catch (error) {
        if (error instanceof MetAnother) dispatch(error.event)
        else dispatch({ kind: 'failed', error: asError(error), refused: refusedFields(error, collection) })
        return null
      }
    },
    async discard() {
      dispatch({ kind: 'reverted', fields: Object.keys(state.changes) })
      await drafts.discard()
    },
  }
}

class MetAnother extends Error {
  readonly event: FormEvent
  constructor(event: FormEvent) {
    super('somebody else has changed the same field')
    this.event = event
  }
}

/** Keeps what is typed, a moment after the last key and when the form goes away. */
function useDraftKeeping(name: string, { changes, base }: FormState, changed: readonly string[]) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const pending = useRef<(() => Promise<void>) | null>(null)
  const isKept = useRef(false)
  useEffect(() => {
    if (changed.length === 0) {
      pending.current = null
      return
    }
    const fields = base?.values ?? {}
    const before = Object.fromEntries(
      changed.flatMap((field) => (field in fields ? [[field, fields[field] ?? null]] : [])),
    )
    pending.current = async () => {
      pending.current = null
      isKept.current = true
      await keepDraft(admin, name, { changes, base: before, etag: base?.etag ?? '' })
      await queries.invalidateQueries({ queryKey: ['draft', name] })
    }
    const timer = setTimeout(() => void pending.current?.(), KEEP_DRAFT_AFTER_MS)
    return () => clearTimeout(timer)
  }, [admin, queries, name, changes, base, changed])
  useEffect(() => () => void pending.current?.(), [])
  return {
    async discard() {
      pending.current = null
      if (isKept.current || queries.getQueryData(['draft', name]) != null) await discardDraft(admin, name)
      isKept.current = false
      queries.setQueryData(['draft', name], null)
    },
  }
}

/** The draft of a document, or of a new one; null where there is none. */
export function useDraft(collection: string, key: string | null) {
  const { admin } = useSession()
  const name = draftName(collection, key)
  return useQuery({
    queryKey: ['draft', name],
    queryFn: () => readDraft(admin, name),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What the server says of fields that the form has. */
function refusedFields(error: unknown, { fields }: CollectionInfo): Readonly<Record<string, FieldProblem>> {
  if (!(error instanceof AdminApiError)) return {}
  const names = new Set(fields.map(({ name }) => name))
  const known = error.details.map(({ field, message }) => [field.split('.', 1)[0] ?? '', { message }] as const)
  return Object.fromEntries(known.filter(([name]) => names.has(name)))
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** The key of what was written. */
export function keyOfWritten({ values }: StoredDocument, { key }: CollectionInfo): string {
  return keyOf(values, key)
}
