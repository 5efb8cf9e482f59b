import { useNavigate } from '@tanstack/react-router'
import type { RefObject } from 'react'
import { conditionsOf, type DataSearch, withConditions } from '../../documents/data-search'
import type { Condition, Operator } from '../../documents/filters/condition'
import { labelOf, referenceIn } from '../../documents/source/reference-label'
import { shownAs } from '../../documents/source/shown-as'
import { type JsonObject, printExact } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { GridCell, GridMenuItem, GridTarget } from '../../grid/grid-editing'
import type { GridHandle } from '../../grid/grid-props'
import type { RowWindow } from '../../grid/row-window'
import { copyText } from '../../kit/copy-text'
import { useToast } from '../../kit/toast'

export interface CellActionsOptions {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly search: DataSearch
  readonly source: RowWindow<JsonObject>
  readonly grid: RefObject<GridHandle | null>
  go(search: DataSearch): void
  /** Reads the list again. */
  refresh(): void
  findColumn(): void
  /** To the search box. */
  find(): void
}

/** What can be done with a cell by its menu, and by keys of the grid. */
export function useCellActions({
  collection,
  collections,
  search,
  source,
  grid,
  go,
  refresh,
  findColumn,
  find,
}: CellActionsOptions) {
  const navigate = useNavigate()
  const toast = useToast()
  const fieldOf = (name: string) => collection.fields.find((field) => field.name === name)

  function filterItems({ row, column }: GridCell<JsonObject>): readonly GridMenuItem[] {
    const field = fieldOf(column)
    const value = field && comparedValue(row, field)
    if (field === undefined || value === undefined) return []
    const add =
      (operator: Operator, text = '') =>
      () => {
        const condition: Condition = { path: column, operator, value: text, isOff: false }
        go(withConditions(search, [...conditionsOf(search), condition]))
      }
    if (value === null)
      return [
        { label: `${column} is not set`, run: add('unset') },
        { label: `${column} is set`, run: add('set') },
      ]
    const short = value.length > 32 ? `${value.slice(0, 32)}…` : value
    return [
      { label: `${column} = ${short}`, run: add('is', value) },
      { label: `${column} ≠ ${short}`, run: add('not', value) },
      { label: `${column} is set`, run: add('set') },
    ]
  }

  /** As text; null, or undefined: nothing can be compared with it. */
  function comparedValue(row: JsonObject, field: FieldInfo): string | null | undefined {
    if (field.type === 'json' || field.type === 'blob' || shownAs(row, field.name)?.bytes !== undefined)
      return undefined
    const { key: value } = referenceIn(row, field, labelOf(field, collection, collections))
    if (value === undefined || value === null) return value
    return typeof value === 'string' ? value : printExact(value)
  }

  /** The document that a cell refers to, as `collection/key`. */
  function referenceOf({
    row,
    column,
  }: GridCell<JsonObject>): { readonly collection: string; readonly key: string } | null {
    const field = fieldOf(column)
    const key = field?.references ? comparedValue(row, field) : undefined
    return field?.references && typeof key === 'string' ? { collection: field.references.collection, key } : null
  }

  function follow(cell: GridCell<JsonObject>): boolean {
    const reference = referenceOf(cell)
    if (reference === null) return false
    void navigate({
      to: '/data/$collection',
      params: { collection: reference.collection },
      search: { doc: reference.key },
    })
    return true
  }

  /** The document that is referred to, over that of the row; any other cell shows its own. */
  function peek(cell: GridCell<JsonObject>): void {
    const reference = referenceOf(cell)
    go({
      ...search,
      doc: cell.key,
      over: reference === null ? undefined : [`${reference.collection}/${reference.key}`],
      new: undefined,
      of: undefined,
    })
  }

  async function copyDocuments(target: GridTarget, write: (docs: readonly JsonObject[]) => string): Promise<void> {
    try {
      const docs = await source.read(target.rows, {})
      const isCopied = copyText(write(docs))
      toast(
        isCopied
          ? { title: `Copied ${docs.length.toLocaleString('en')} ${docs.length === 1 ? 'document' : 'documents'}` }
          : { kind: 'error', title: 'Not copied', description: 'Press the key once more.' },
      )
    } catch (error) {
      toast({ kind: 'error', title: 'Not copied', description: error instanceof Error ? error.message : String(error) })
    }
    grid.current?.focus()
  }

  function menuOf(cell: GridCell<JsonObject>, target: GridTarget): readonly GridMenuItem[] {
    const reference = referenceOf(cell)
    const filters = filterItems(cell)
    return [
      {
        label: 'Copy as JSON',
        run: () =>
          void copyDocuments(target, (docs) =>
            docs.length === 1 ? printExact(docs[0] ?? null, 2) : printExact(docs, 2),
          ),
      },
      { label: 'Copy as curl', run: () => copyCurl(cell.key) },
      {
        label: 'Open document',
        keys: 'Alt+Enter',
        startsGroup: true,
        run: () => go({ ...search, doc: cell.key, over: undefined, new: undefined, of: undefined }),
      },
      ...(reference === null
        ? []
        : [
            {
              label: `Look at ${reference.collection} ${shortKey(reference.key)}`,
              keys: 'Space',
              run: () => peek(cell),
            },
            {
              label: `Go to ${reference.collection} ${shortKey(reference.key)}`,
              keys: 'Enter',
              run: () => void follow(cell),
            },
          ]),
      ...filters.map((item, at) => ({ ...item, ...(at === 0 && { startsGroup: true, keys: 'Alt+F' }) })),
    ]
  }

  function copyCurl(key: string): void {
    const address = `${location.origin}/api/collections/${encodeURIComponent(collection.name)}/~${encodeURIComponent(key)}`
    const isCopied = copyText(`curl -H "Authorization: Bearer $TOKEN" '${address.replaceAll("'", '%27')}'`)
    toast(isCopied ? { title: 'Copied a call of curl' } : { kind: 'error', title: 'Not copied' })
  }

  function onKey(event: KeyboardEvent, cell: GridCell<JsonObject> | null): boolean {
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event
    if (altKey && !ctrlKey && !metaKey) {
      if (code === 'KeyC') findColumn()
      else if (code === 'KeyR') refresh()
      else if (code === 'KeyF' && cell !== null) grid.current?.openMenu(filterItems(cell))
      else if (key === 'Enter' && cell !== null)
        go({ ...search, doc: cell.key, over: undefined, new: undefined, of: undefined })
      else return false
      return true
    }
    if ((ctrlKey || metaKey) && key === 'f') {
      find()
      return true
    }
    if (ctrlKey || metaKey || shiftKey || cell === null) return false
    if (key === ' ' && fieldOf(cell.column)?.type !== 'bool') {
      peek(cell)
      return true
    }
    return key === 'Enter' && follow(cell)
  }

  /** The document before or after the one in the panel. */
  function onStep(by: -1 | 1): void {
    const at = search.doc === undefined ? null : source.positionOf(search.doc)
    const row = at === null ? undefined : source.rowAt(at + by)
    if (at === null || row === undefined) return
    grid.current?.select({ row: at + by, column: 0 })
    go({ ...search, doc: source.keyOf(row), over: undefined })
  }

  return { menuOf, onKey, onStep }
}

function shortKey(key: string): string {
  return key.length > 16 ? `…${key.slice(-6)}` : key
}
