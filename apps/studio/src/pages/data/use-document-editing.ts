import { useQueryClient } from '@tanstack/react-query'
import type { DataSearch } from '../../documents/data-search'
import type { ListRequest } from '../../documents/source/list-request'
import { labelOf, referenceIn } from '../../documents/source/reference-label'
import { shownAs } from '../../documents/source/shown-as'
import { listDocuments } from '../../fields/documents'
import type { JsonObject } from '../../fields/exact-json'
import { isObject, sameJson } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import { referenceTo } from '../../fields/references'
import type { RowWindow } from '../../grid/row-window'
import { useUndone } from '../../kit/undo/undo-provider'
import { useSession } from '../../session/session-context'
import type { EditedList, ListMatch } from '../editing/edited-list'
import { type DocumentEditing, useGridEditing } from '../editing/use-grid-editing'

export interface DocumentEditingOptions {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly search: DataSearch
  readonly source: RowWindow<JsonObject>
  readonly request: ListRequest
  /** Ids of those that are shown, in their order. */
  readonly columns: readonly string[]
  go(search: DataSearch): void
  /** Which field of the panel is edited first. */
  onFocused(field: string): void
  /** After this operator has written a document. */
  onWritten(key: string): void
}

export interface ListEditing extends DocumentEditing {
  /** Shows what was written elsewhere on the page: in the panel. */
  show(key: string, written: JsonObject): void
  /** Documents were added or deleted. */
  refresh(): void
}

/** Editing of the documents in the grid: how a row shows what was written, and what the list asks for. */
export function useDocumentEditing(options: DocumentEditingOptions): ListEditing {
  const { collection, collections, search, source, request, columns, go, onFocused, onWritten } = options
  const session = useSession()
  const queries = useQueryClient()

  function show(key: string, written: JsonObject): void {
    onWritten(key)
    source.patch(key, (row) => rowWith(row, written, collection, collections))
    for (const field of collection.fields) {
      const label = labelOf(field, collection, collections)
      const value = written[field.name]
      const target = collections.find(({ name }) => name === field.references?.collection)
      if (label === null || field.references === null || value === null || value === undefined) continue
      const text = typeof value === 'string' ? value : String(value)
      void referenceTo(session, { target, field: field.references.field }, text).then((found) => {
        if (found !== null)
          source.patch(key, (row) =>
            sameJson(referenceIn(row, field, label).key, value)
              ? { ...row, [label.relation]: { [label.key]: value, [label.label]: found.label } }
              : row,
          )
      })
    }
  }
  function refresh(): void {
    source.refresh()
    void queries.invalidateQueries({ queryKey: ['collections'] })
  }

  useUndone(refresh)

  const list: EditedList = {
    ...{ collection, columns, match: matchOf(request), show, refresh },
    // Asked for when something is done: rows come, and others add some, without this being rendered again.
    count: () => source.count,
    counted: () => source.counted(),
    rowAt: (position) => source.rowAt(position),
    read: (range) => source.read(range, {}),
    valueIn(row, field) {
      const { key: value } = referenceIn(row, field, labelOf(field, collection, collections))
      const shown = shownAs(row, field.name)
      return { value: value === undefined ? undefined : value, isWhole: shown === null && value !== undefined }
    },
  }
  const editing = useGridEditing({
    list,
    reason: search.as === undefined ? null : 'As somebody else, you only read.',
    openDocument(key, field) {
      onFocused(field)
      go({ ...search, doc: key, over: undefined, tab: undefined, new: undefined, of: undefined })
    },
    duplicate: (key) => go({ ...search, doc: undefined, over: undefined, tab: undefined, new: true, of: key }),
    async stillMatches(key) {
      if (request.asked.every(([name]) => name === 'sort')) return true
      const isNumber = collection.fields.find(({ name }) => name === collection.key)?.type === 'int'
      const parameters = new URLSearchParams(request.asked.map(([name, value]) => [name, value]))
      parameters.append('filter', JSON.stringify({ [collection.key]: { $eq: isNumber ? Number(key) : key } }))
      parameters.set('fields', collection.key)
      const { docs } = await listDocuments(session, collection.name, parameters)
      return docs.length > 0
    },
  })
  return { ...editing, show, refresh }
}

/** A row with what was written, whole; labels of other references are not those any more. */
function rowWith(
  row: JsonObject,
  written: JsonObject,
  collection: CollectionInfo,
  collections: readonly CollectionInfo[],
): JsonObject {
  const next: Record<string, JsonObject[string]> = { ...row }
  const notes: Record<string, JsonObject[string]> = isObject(row._shown) ? { ...row._shown } : {}
  for (const field of collection.fields) {
    const value = written[field.name]
    const label = labelOf(field, collection, collections)
    const before = referenceIn(row, field, label).key
    if (value === undefined || (sameJson(before, value) && shownAs(row, field.name) === null)) continue
    if (label !== null) delete next[label.relation]
    delete notes[field.name]
    next[field.name] = value
  }
  return { ...next, _shown: notes }
}

/** What the list asks for, as a write of many takes it. */
function matchOf({ asked }: ListRequest): ListMatch {
  const filter = asked.flatMap(([name, value]) => (name === 'filter' ? [value] : []))
  const where = asked.find(([name]) => name === 'where')?.[1]
  const params = asked.find(([name]) => name === 'params')?.[1]
  return {
    ...(filter.length > 0 && { filter }),
    ...(where !== undefined && { where }),
    ...(params !== undefined && { params }),
  }
}
