import { type GridLayout, PLAIN_LAYOUT } from '../../grid/grid-column'

/** `cols=` of the address: the columns that are shown, in their order; `!` after a pinned one, `~` and px after one of another width. */
export function columnsText(layout: GridLayout, ids: readonly string[]): string | undefined {
  const hidden = new Set(layout.hidden)
  const order = [...layout.order.filter((id) => ids.includes(id)), ...ids.filter((id) => !layout.order.includes(id))]
  const pinned = layout.pinned.filter((id) => ids.includes(id))
  const shown = [...pinned, ...order.filter((id) => !pinned.includes(id))].filter((id) => !hidden.has(id))
  const text = shown
    .map(
      (id) => `${id}${pinned.includes(id) ? '!' : ''}${layout.widths[id] === undefined ? '' : `~${layout.widths[id]}`}`,
    )
    .join(',')
  return text === ids.join(',') ? undefined : text
}

/** The layout that a text means for the columns that there are; those that it does not name are hidden. */
export function parseColumns(text: string, ids: readonly string[]): GridLayout {
  const known = new Set(ids)
  const order: string[] = []
  const pinned: string[] = []
  const widths: Record<string, number> = {}
  for (const part of text.split(',')) {
    const [, id = '', pin, width] = /^([^!~]+)(!?)(?:~(\d{1,4}))?$/.exec(part.trim()) ?? []
    if (!known.has(id) || order.includes(id)) continue
    order.push(id)
    if (pin === '!') pinned.push(id)
    if (width !== undefined) widths[id] = Number(width)
  }
  // Nothing of it is a column any more.
  if (order.length === 0) return PLAIN_LAYOUT
  return { order, pinned, widths, hidden: ids.filter((id) => !order.includes(id)) }
}

/** What the server keeps of an operator's columns. */
export function parseLayout(value: unknown): GridLayout {
  if (typeof value !== 'object' || value === null) return PLAIN_LAYOUT
  const { order, hidden, pinned, widths } = value as Readonly<Record<string, unknown>>
  const texts = (list: unknown) =>
    Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []
  const sizes = typeof widths === 'object' && widths !== null ? Object.entries(widths) : []
  return {
    ...{ order: texts(order), hidden: texts(hidden), pinned: texts(pinned) },
    widths: Object.fromEntries(sizes.filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
  }
}
