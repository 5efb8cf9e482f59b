import { useCallback, useEffect, useRef, useState } from 'react'
import { isList, isObject, type Json, type JsonObject, sameJson } from '../../fields/exact-json'
import type { CellMark } from '../../grid/grid-editing'
import type { RowRange } from '../../grid/grid-source'
import type { RowWindow } from '../../grid/row-window'
import type { OperatorSession } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { readShown } from '../source/document-source'
import type { ListRequest } from '../source/list-request'
import { LiveSocket } from './live-socket'

export interface LiveList {
  readonly isLive: boolean
  /** Documents that others have added to the list, or taken out of it, and that are not shown yet. */
  readonly pending: number
  /** Shows them. */
  refresh(): void
  markOf(row: JsonObject, column: string | null): CellMark | null
  /** The operator has written this document themselves: nothing of it is marked. */
  forget(key: string): void
  /** What is on the screen. */
  onShow(range: RowRange): void
}

/** A longer list is not read again by itself: the map of its positions takes too long. */
const MAX_REFRESHED = 20_000
/** Beyond that it is another part of the list. */
const MAX_MARKED = 50
/** What is on the screen for so long is followed. */
const REST_MS = 200
/** For so long, a change of what the operator has written is their own. */
const OWN_MS = 3_000

/**
 * What others do to the list while one looks at it: documents that are on the screen change in their place, marked; what is new comes into
 * short lists by itself, and into long ones when the operator wants.
 */
export function useLiveList(source: RowWindow<JsonObject>, request: ListRequest): LiveList {
  const session = useSession()
  const [isLive, setLive] = useState(false)
  const [pending, setPending] = useState(0)
  const [marks, setMarks] = useState<ReadonlyMap<string, CellMark>>(new Map())
  const socket = useRef<LiveSocket | null>(null)
  /** What is on the screen, and the keys of it, as JSON, once it rests. */
  const shown = useRef<RowRange>({ first: 0, last: -1 })
  const [keys, setKeys] = useState('[]')
  const onRest = useRef(() => {})
  /** When the operator has written a document, by its key. */
  const written = useRef(new Map<string, number>())
  /** The ETags of documents that were followed. */
  const versions = useRef(new Map<string, string>())
  /** What was on the screen before it was read again. */
  const known = useRef<ReadonlySet<string> | null>(null)

  useEffect(() => {
    const live = new LiveSocket({ ticket: () => ticketFor(session, request.as), onStatus: setLive })
    socket.current = live
    return () => live.close()
  }, [session, request.as])

  // biome-ignore lint/correctness/useExhaustiveDependencies: of each source anew
  useEffect(() => {
    setMarks(new Map())
    setPending(0)
    known.current = null
    versions.current = new Map()
  }, [source])

  const refresh = useCallback(() => {
    known.current = new Set(rowsIn(source, shown.current).map(source.keyOf))
    setPending(0)
    source.refresh()
  }, [source])

  // How many there are.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = socket.current?.follow(
      { ...conditionsOf(request), aggregate: { values: ['count'] } },
      ({ payload }) => {
        const [group] = Array.isArray(payload.groups) ? payload.groups : []
        const count = isObject(group) && typeof group.count === 'number' ? group.count : null
        if (count === null || !source.isExact || count === source.count) return setPending(0)
        setPending(count - source.count)
        if (count <= MAX_REFRESHED) timer = setTimeout(refresh, 0)
      },
    )
    return () => {
      clearTimeout(timer)
      stop?.()
    }
  }, [request, source, refresh])

  // What has come with the last refresh is marked once it is there; and what rests on the screen is followed.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        const rows = rowsIn(source, shown.current)
        setKeys(JSON.stringify(rows.map((row) => row[request.key])))
        const before = known.current
        const added = before === null ? [] : rows.map(source.keyOf).filter((key) => !before.has(key))
        if (added.length === 0 || added.length > MAX_MARKED) return
        known.current = null
        setMarks((marked) => new Map([...marked, ...added.map((key) => [key, 'new'] as const)]))
      }, REST_MS)
    }
    onRest.current = look
    look()
    const stop = source.subscribe(look)
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [source, request])

  useEffect(() => {
    const list = JSON.parse(keys) as readonly Json[]
    if (list.length === 0) return
    // A change of the ETag is a change of the document, whatever the fields are that it is asked for with.
    const query = { filter: { [request.key]: { $in: list } }, fields: [request.key], etags: true, limit: list.length }
    const stop = socket.current?.follow({ collection: request.collection, ...query }, ({ type, payload }) => {
      if (type === 'snapshot') void show(changedIn(payload as JsonObject))
      else if (type === 'delta' && isObject(payload.changes as Json)) void take(payload.changes as JsonObject)
    })
    /** Those that have changed since they were followed last: meanwhile another part of the list was on the screen. */
    function changedIn({ docs, etags }: JsonObject): readonly Json[] {
      if (!isList(docs) || !isList(etags)) return []
      return docs.flatMap((doc, at) => {
        const key = isObject(doc) ? (doc[request.key] ?? null) : null
        const before = versions.current.get(String(key))
        versions.current.set(String(key), String(etags[at]))
        return before === undefined || before === String(etags[at]) ? [] : [key]
      })
    }
    async function take({ updates, deletes }: JsonObject): Promise<void> {
      const gone = isList(deletes) ? deletes.map((key) => [String(key), 'stale'] as const) : []
      if (gone.length > 0) setMarks((before) => new Map([...before, ...gone]))
      const changed = isList(updates) ? updates.filter(isObject) : []
      const keys = changed.flatMap(({ doc, etag }) => {
        const key = isObject(doc) ? (doc[request.key] ?? null) : null
        versions.current.set(String(key), String(etag))
        return [key]
      })
      await show(keys)
    }
    async function show(changed: readonly Json[]): Promise<void> {
      if (changed.length === 0) return
      for (const doc of await readShown(session, request, changed)) {
        const key = source.keyOf(doc)
        const position = source.positionOf(key)
        const before = position === null ? undefined : source.rowAt(position)
        if (before === undefined) continue
        // What this operator has changed is shown already.
        const fields = Object.keys(doc).filter((name) => name !== '_shown' && !sameJson(doc[name], before[name]))
        if (fields.length === 0) continue
        source.patch(key, () => doc)
        if (Date.now() - (written.current.get(key) ?? 0) < OWN_MS) continue
        setMarks((marked) => new Map([...marked, ...fields.map((name) => [markName(key, name), 'elsewhere'] as const)]))
      }
    }
    return stop
  }, [keys, source, session, request])

  const markOf = useCallback(
    (row: JsonObject, column: string | null) => marks.get(markName(source.keyOf(row), column)) ?? null,
    [marks, source],
  )
  const forget = useCallback((key: string) => {
    written.current.set(key, Date.now())
    setMarks((before) => new Map([...before].filter(([name]) => name !== key && !name.startsWith(`${key}\n`))))
  }, [])
  const onShow = useCallback((range: RowRange) => {
    const { first, last } = shown.current
    if (range.first === first && range.last === last) return
    shown.current = range
    onRest.current()
  }, [])
  return { isLive, pending, refresh, markOf, forget, onShow }
}

function markName(key: string, column: string | null): string {
  return column === null ? key : `${key}\n${column}`
}

async function ticketFor(session: OperatorSession, as: string): Promise<string> {
  const response = await session.fetch('/api/admin/data/realtime/ticket', {
    method: 'POST',
    headers: { 'koyalite-as': as },
  })
  if (!response.ok) throw new Error(`no ticket: ${response.status}`)
  return ((await response.json()) as { readonly ticket: string }).ticket
}

/** The conditions of a list as live queries take them. */
function conditionsOf({ collection, asked }: ListRequest): object {
  const of = (wanted: string) => asked.filter(([name]) => name === wanted).map(([, value]) => value)
  const filters = of('filter').map((text) => JSON.parse(text) as object)
  const [where] = of('where')
  const [params] = of('params')
  return {
    collection,
    ...(filters.length > 0 && { filter: filters.length === 1 ? filters[0] : { $and: filters } }),
    ...(where !== undefined && { where }),
    ...(params !== undefined && { params: JSON.parse(params) as unknown }),
  }
}

function rowsIn(source: RowWindow<JsonObject>, { first, last }: RowRange): readonly JsonObject[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => source.rowAt(first + at)).filter(
    (row) => row !== undefined,
  )
}
