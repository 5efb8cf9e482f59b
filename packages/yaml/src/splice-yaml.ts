import type { JsonValue } from '@koyalite/contracts'
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar } from 'yaml'
import { entryYaml, inlineYaml, keyYaml, scalarYaml, valueYaml } from './format-yaml'
import { type YamlEdit, YamlEditError, type YamlPath } from './yaml-edit'

/** An entry of a map or an item of a list, by its places in the text. */
interface Slot {
  /** Of the key; of the dash, in a list in lines. */
  readonly start: number
  /** Behind the last thing that is written in it. */
  readonly end: number
  readonly key: Node | null
  readonly value: Node | null
}

interface Holder {
  readonly isFlow: boolean
  readonly isMap: boolean
  readonly slots: readonly Slot[]
  readonly keys: readonly string[]
  readonly node: Node
}

/** The text after one edit. @throws YamlEditError where the file is not readable, or the place is not there or cannot be changed alone. */
export function spliceYaml(text: string, edit: YamlEdit): string {
  const document = parseDocument(text, { uniqueKeys: false, version: '1.2' })
  if (document.errors.length > 0) throw new YamlEditError(document.errors[0]?.message ?? '')
  if (edit.path.length === 0) throw new YamlEditError('the file as a whole is replaced, not edited')
  const source = { text, document }
  const { holder, step, rest } = findHolder(source, edit.path)
  if (holder === null) {
    if (edit.type !== 'set') throw gone(edit.path)
    return fillEmpty(source, edit)
  }
  const index = holder.isMap ? holder.keys.indexOf(String(step)) : Number(step)
  const slot = holder.slots[index]
  const before = 'before' in edit && edit.before !== undefined ? positionOf(holder, edit.before) : holder.slots.length
  if (slot === undefined || rest.length > 0) {
    if (edit.type !== 'set') throw gone(edit.path)
    return insert(text, holder, {
      before,
      key: String(step),
      value: nested(rest, edit.value),
      lines: (edit.lines ?? 0) + rest.length,
    })
  }
  switch (edit.type) {
    case 'set':
      return replaceValue(text, slot, { value: edit.value, lines: edit.lines ?? 0, isFlow: holder.isFlow })
    case 'rename':
      return renameKey(text, holder, { slot, to: edit.to })
    case 'remove':
      return remove(text, holder, index)
    case 'move':
      return move(text, holder, { index, before })
  }
}

interface Source {
  readonly text: string
  readonly document: Document.Parsed
}

function gone(path: YamlPath): YamlEditError {
  return new YamlEditError(`${path.join('.')} is not in the file`)
}

/** The deepest map or list on the way that is there, with the next step and what is left; null where that place has no value yet. */
function findHolder({ text, document }: Source, path: YamlPath): Found {
  let node = document.contents as Node | null
  for (const [i, step] of path.entries()) {
    const holder = holderOf(text, node)
    if (holder === null) return { holder: null, step, rest: path.slice(i + 1) }
    const index = holder.isMap ? holder.keys.indexOf(String(step)) : Number(step)
    const slot = holder.slots[index]
    const next = slot?.value ?? null
    const isLast = i === path.length - 1
    if (slot === undefined || isLast) return { holder, step, rest: path.slice(i + 1) }
    if (isNothing(next)) return { holder: null, step, rest: path.slice(i + 1) }
    node = next
  }
  throw gone(path)
}

interface Found {
  readonly holder: Holder | null
  readonly step: string | number
  readonly rest: YamlPath
}

function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '')
}

function holderOf(text: string, node: Node | null): Holder | null {
  if (isNothing(node)) return null
  if (isAlias(node) || (node !== null && 'anchor' in node && node.anchor !== undefined)) {
    throw new YamlEditError('it is shared by an alias')
  }
  if (isMap(node)) {
    const isFlow = node.flow === true
    const slots = (node.items as readonly Pair<Node | null, Node | null>[]).map((pair) => pairSlot(pair))
    const keys = node.items.map(({ key }) => (isScalar(key) ? (key.source ?? String(key.value)) : ''))
    return { isFlow, isMap: true, slots, keys, node }
  }
  if (isSeq(node)) {
    const isFlow = node.flow === true
    const slots = (node.items as readonly Node[]).map((item): Slot => {
      const start = item.range?.[0] ?? 0
      return { start: isFlow ? start : text.lastIndexOf('-', start), end: endOf(item), key: null, value: item }
    })
    return { isFlow, isMap: false, slots, keys: [], node }
  }
  throw new YamlEditError('it is neither a map nor a list')
}

function pairSlot({ key, value }: Pair<Node | null, Node | null>): Slot {
  const start = key?.range?.[0]
  if (start === undefined || !isScalar(key)) throw new YamlEditError('it has a key that is not plain text')
  return { start, end: isNothing(value) || value === null ? endOfKey(key, value) : endOf(value), key, value }
}

/** Behind the colon: that is where a value that is nothing stands. */
function endOfKey(key: Node, value: Node | null): number {
  return Math.max(key.range?.[1] ?? 0, value?.range?.[0] ?? 0)
}

/** Behind what is written, without what follows in the line. */
function endOf(node: Node): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1) as Pair<Node | null, Node | null> | undefined
    return last === undefined ? (node.range?.[1] ?? 0) : pairSlot(last).end
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1) as Node | undefined
    return last === undefined ? (node.range?.[1] ?? 0) : endOf(last)
  }
  return node.range?.[1] ?? 0
}

function positionOf(holder: Holder, before: string | number): number {
  const index = typeof before === 'number' ? before : holder.keys.indexOf(before)
  if (index < 0 || index > holder.slots.length) throw new YamlEditError(`'${before}' is not in the file`)
  return index
}

function nested(path: YamlPath, value: JsonValue): JsonValue {
  return path.reduceRight<JsonValue>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value)
}

/** The first thing under a key that has nothing yet, or in a file that has nothing. */
function fillEmpty({ text, document }: Source, edit: YamlEdit & { readonly type: 'set' }): string {
  const { path, value, lines = 0 } = edit
  if (isNothing(document.contents as Node | null)) {
    const [first, ...rest] = path
    const entry = entryYaml(String(first), nested(rest, value), { lines: lines + rest.length, indent: 0 })
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`
  }
  for (let length = path.length - 1; length > 0; length--) {
    const { holder, step } = findHolder({ text, document }, path.slice(0, length))
    if (holder === null) continue
    const slot = holder.slots[holder.isMap ? holder.keys.indexOf(String(step)) : Number(step)]
    if (slot === undefined || !isNothing(slot.value)) continue
    const rest = path.slice(length)
    const indent = columnOf(text, slot.start)
    const made = nested(rest, value)
    if (holder.isFlow) return splice(text, slot.end, slot.end, ` ${inlineYaml(made)}`)
    const written = valueYaml(made, { lines: Math.max(1, lines + rest.length), indent })
    return written.startsWith('\n')
      ? splice(text, lineEnd(text, slot.end), lineEnd(text, slot.end), written)
      : splice(text, slot.end, slot.end, written)
  }
  throw gone(path)
}

function replaceValue(
  text: string,
  slot: Slot,
  { value, lines, isFlow }: { value: JsonValue; lines: number; isFlow: boolean },
): string {
  const { value: old } = slot
  if (isNothing(old) || old === null) return splice(text, slot.end, slot.end, ` ${inlineYaml(value)}`)
  const [start, end] = [old.range?.[0] ?? 0, endOf(old)]
  requireAlone(old)
  const indent = columnOf(text, slot.start)
  if (isScalar(old) && (value === null || typeof value !== 'object')) {
    const isBlock = old.type === Scalar.BLOCK_LITERAL || old.type === Scalar.BLOCK_FOLDED
    // A block ends with its line.
    const tail = isBlock && text.slice(start, end).endsWith('\n') ? '\n' : ''
    return splice(text, start, end, `${scalarLike(old, value)}${tail}`)
  }
  const isInLines = !isFlow && lines > 0
  const written = isInLines ? valueYaml(value, { lines, indent }) : ` ${inlineYaml(value)}`
  // In lines it begins behind the colon, not where the old value stood.
  const from = slot.key !== null && isInLines ? colonEnd(text, slot) : start
  return splice(text, from, end, from === start ? written.trimStart() : written)
}

function colonEnd(text: string, { key }: Slot): number {
  return text.indexOf(':', key?.range?.[1] ?? 0) + 1
}

/** In the quotes of the old value, where that can be. */
function scalarLike(old: Scalar, value: string | number | boolean | null): string {
  if (typeof value !== 'string') return scalarYaml(value)
  if (old.type === Scalar.QUOTE_SINGLE && !/[\n\r]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  if (old.type === Scalar.QUOTE_DOUBLE) return JSON.stringify(value)
  return scalarYaml(value)
}

function requireAlone(node: Node): void {
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) {
    throw new YamlEditError('it is shared by an alias')
  }
}

/** The value stays in its column, where there is one and there is room. */
function renameKey(text: string, holder: Holder, { slot, to }: { slot: Slot; to: string }): string {
  const { key } = slot
  if (!isScalar(key) || key.range == null) throw new YamlEditError('it has no key')
  const [start, end] = key.range
  const written = isQuoted(key) ? scalarLike(key, to) : keyYaml(to)
  const [head = '', gap = ''] = /^\s*:( +)(?=\S)/.exec(text.slice(end)) ?? []
  const isAligned = gap.length > 1 || (gap.length === 1 && columnOfValues(text, holder) !== null)
  if (holder.isFlow || !isAligned) return splice(text, start, end, written)
  const room = Math.max(1, gap.length - (written.length - (end - start)))
  return splice(text, start, end + head.length, `${written}:${' '.repeat(room)}`)
}

function isQuoted({ type }: Scalar): boolean {
  return type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE
}

function remove(text: string, holder: Holder, index: number): string {
  const { slots, isFlow, node } = holder
  const slot = slots[index]
  if (slot === undefined) throw new YamlEditError('it is not in the file')
  const next = slots[index + 1]
  if (slots.length === 1) {
    const empty = holder.isMap ? '{}' : '[]'
    const start = isFlow ? (node.range?.[0] ?? 0) : slot.start
    return splice(text, start, isFlow ? (node.range?.[1] ?? 0) : slot.end, empty)
  }
  if (isFlow) {
    if (next === undefined) return splice(text, slots[index - 1]?.end ?? slot.start, slot.end, '')
    if (!text.slice(slot.end, next.start).includes('#')) return splice(text, slot.start, next.start, '')
    return splice(text, slot.start, commaAfter(text, slot.end), '')
  }
  const start = lineStart(text, slot.start)
  // The first entry may stand behind the dash of a list.
  if (text.slice(start, slot.start).trim() !== '') return splice(text, slot.start, next?.start ?? slot.end, '')
  const end = lineEnd(text, slot.end)
  const below = text.indexOf('\n', end) + 1
  return below > 0 ? splice(text, start, below, '') : splice(text, Math.max(0, start - 1), end, '')
}

function commaAfter(text: string, from: number): number {
  const comma = text.indexOf(',', from)
  return comma === -1 ? from : comma + 1
}

interface Insertion {
  readonly before: number
  readonly key: string
  readonly value: JsonValue
  readonly lines: number
}

function insert(text: string, holder: Holder, { before, key, value, lines }: Insertion): string {
  const { slots, isFlow, isMap } = holder
  const [next, last] = [slots[before], slots.at(-1)]
  if (isFlow) {
    const start = holder.node.range?.[0] ?? 0
    if (last === undefined) return fillFlow(text, holder, { key, value, lines })
    const entry = isMap ? `${keyYaml(key)}: ${inlineYaml(value)}` : inlineYaml(value)
    const isInLines = text.slice(start, slots[0]?.start).includes('\n')
    const gap = isInLines ? `\n${' '.repeat(columnOf(text, last.start))}` : ' '
    if (next !== undefined) return splice(text, next.start, next.start, `${entry},${gap}`)
    return splice(text, last.end, last.end, `,${gap}${entry}`)
  }
  const first = slots[0]
  if (first === undefined) throw new YamlEditError('it is empty')
  const indent = columnOf(text, first.start)
  const pad = ' '.repeat(indent)
  const written = isMap ? alignedEntry(text, holder, { key, value, lines, indent }) : `- ${inlineYaml(value)}`
  const hasGaps = slots.length > 1 && isMap && slots.every((slot, i) => i === 0 || hasGapBefore(text, slot))
  if (next !== undefined) {
    if (before === 0 && text.slice(lineStart(text, next.start), next.start).trim() !== '') {
      return splice(text, next.start, next.start, `${written}\n${pad}`)
    }
    const at = leadStart(text, next)
    return splice(text, at, at, `${pad}${written}\n${hasGaps ? '\n' : ''}`)
  }
  const at = lineEnd(text, last?.end ?? 0)
  return splice(text, at, at, `${hasGaps ? '\n' : ''}\n${pad}${written}`)
}

/** The first entry of `{}` or `[]`; in lines, where its key has them. */
function fillFlow(text: string, holder: Holder, { key, value, lines }: Omit<Insertion, 'before'>): string {
  const [start, end] = [holder.node.range?.[0] ?? 0, holder.node.range?.[1] ?? 0]
  const head = text.slice(lineStart(text, start), start)
  if (lines > 0 && holder.isMap && /^\s*[^\s{["'#][^{["'#]*:\s*$/.test(head)) {
    const indent = /^ */.exec(head)?.[0].length ?? 0
    const written = valueYaml({ [key]: value }, { lines: lines + 1, indent })
    return splice(text, lineStart(text, start) + head.trimEnd().length, end, written)
  }
  return splice(text, start, end, inlineYaml(holder.isMap ? { [key]: value } : [value]))
}

/** With its value below those of its neighbours, where these stand in a column. */
function alignedEntry(
  text: string,
  holder: Holder,
  { key, value, lines, indent }: { key: string; value: JsonValue; lines: number; indent: number },
): string {
  const written = entryYaml(key, value, { lines, indent })
  const column = columnOfValues(text, holder)
  const head = `${keyYaml(key)}:`
  if (column === null || written[head.length] !== ' ' || indent + head.length >= column) return written
  return `${head}${' '.repeat(column - indent - head.length)}${written.slice(head.length + 1)}`
}

/** Where the values of a map begin that has them one below the other. */
function columnOfValues(text: string, { slots }: Holder): number | null {
  const columns = slots
    .filter((slot) => slot.value?.range && !text.slice(slot.start, slot.value.range[0]).includes('\n'))
    .map((slot) => columnOf(text, slot.value?.range?.[0] ?? 0))
  const [column = 0] = columns
  return columns.length > 1 && columns.every((one) => one === column) ? column : null
}

/** The texts change places; what stands between them stays. */
function move(text: string, holder: Holder, { index, before }: { index: number; before: number }): string {
  const ranges = holder.slots.map((slot) => (holder.isFlow ? [slot.start, slot.end] : lineRange(text, slot)) as Span)
  const moved = ranges[index]
  if (moved === undefined) throw new YamlEditError('it is not in the file')
  const order = ranges.toSpliced(index, 1).toSpliced(before > index ? before - 1 : before, 0, moved)
  const texts = order.map(([start, end]) => text.slice(start, end))
  return ranges.reduceRight((result, [start, end], i) => splice(result, start, end, texts[i] ?? ''), text)
}

type Span = readonly [start: number, end: number]

/** From the comments directly above it to the end of its last line, without that. */
function lineRange(text: string, slot: Slot): Span {
  const start = lineStart(text, slot.start)
  if (text.slice(start, slot.start).trim() !== '') return [slot.start, lineEnd(text, slot.end)]
  return [leadStart(text, slot), lineEnd(text, slot.end)]
}

function leadStart(text: string, slot: Slot): number {
  let start = lineStart(text, slot.start)
  while (start > 0) {
    const above = lineStart(text, start - 1)
    if (!/^\s*#/.test(text.slice(above, start))) return start
    start = above
  }
  return start
}

function hasGapBefore(text: string, slot: Slot): boolean {
  const start = leadStart(text, slot)
  return start > 0 && text.slice(lineStart(text, start - 1), start).trim() === ''
}

/** With the line ends of the file. */
function splice(text: string, start: number, end: number, written: string): string {
  const added = text.includes('\r\n') ? written.replaceAll(/\r?\n/g, '\r\n') : written
  return `${text.slice(0, start)}${added}${text.slice(end)}`
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Before the end of the line, which may be of Windows. */
function lineEnd(text: string, offset: number): number {
  const from = offset > 0 && text[offset - 1] === '\n' ? offset - 1 : offset
  const end = text.indexOf('\n', from)
  if (end === -1) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}
