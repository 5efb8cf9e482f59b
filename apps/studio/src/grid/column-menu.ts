import { type GridLayout, type GridSort, MAX_WIDTH, MIN_WIDTH, reordered } from './grid-column'
import type { GridMenuItem } from './grid-editing'
import type { ColumnModel, PlacedColumn } from './use-column-model'

export interface ColumnMenuOptions<Row> {
  readonly placed: PlacedColumn<Row>
  readonly model: ColumnModel<Row>
  readonly layout: GridLayout
  onLayout(layout: GridLayout): void
  readonly sort: readonly GridSort[]
  readonly onSort: ((sort: readonly GridSort[]) => void) | undefined
}

const WIDTH_STEP = 40

/** What can be done with a column, all of it by keys too. */
export function columnMenu<Row>({
  placed,
  model,
  layout,
  onLayout,
  sort,
  onSort,
}: ColumnMenuOptions<Row>): readonly GridMenuItem[] {
  const { column, isPinned, index, width } = placed
  const ids = model.columns.map((one) => one.column.id)
  const { id } = column
  const left = index > (isPinned ? 0 : model.pinned) ? ids[index - 1] : undefined
  const right = index < (isPinned ? model.pinned : ids.length) - 1 ? ids[index + 1] : undefined
  const resize = (to: number) =>
    onLayout({ ...layout, widths: { ...layout.widths, [id]: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, to)) } })
  const move = (moved: string, target: string | undefined) => {
    if (target === undefined) return
    const pinned = isPinned ? reordered(layout.pinned, moved, target) : layout.pinned
    onLayout({ ...layout, pinned, order: reordered(ids, moved, target) })
  }
  const sortBy = (isDescending: boolean) => onSort?.([{ column: id, isDescending }])
  const others = sort.filter((one) => one.column !== id)
  return [
    ...(onSort === undefined
      ? []
      : [
          { label: 'Sort ascending', run: () => sortBy(false) },
          { label: 'Sort descending', run: () => sortBy(true) },
          ...(others.length > 0
            ? [{ label: 'Then sort by this', run: () => onSort([...others, { column: id, isDescending: false }]) }]
            : []),
          ...(others.length < sort.length ? [{ label: 'Do not sort by this', run: () => onSort(others) }] : []),
        ]),
    {
      label: isPinned ? 'Unpin column' : 'Pin column',
      startsGroup: onSort !== undefined,
      run: () =>
        onLayout({ ...layout, pinned: isPinned ? layout.pinned.filter((one) => one !== id) : [...layout.pinned, id] }),
    },
    {
      label: 'Hide column',
      reason: ids.length === 1 ? 'One column stays.' : null,
      run: () => onLayout({ ...layout, hidden: [...layout.hidden, id] }),
    },
    { label: 'Move left', reason: left === undefined ? 'It is the first one.' : null, run: () => move(id, left) },
    {
      label: 'Move right',
      reason: right === undefined ? 'It is the last one.' : null,
      run: () => move(right ?? '', id),
    },
    { label: 'Wider', startsGroup: true, run: () => resize(width + WIDTH_STEP) },
    { label: 'Narrower', run: () => resize(width - WIDTH_STEP) },
  ]
}
