import { Check, KeyRound, ListOrdered } from 'lucide-react'
import type { ReactNode } from 'react'
import type { JsonObject } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { Zone } from '../../fields/zone'
import type { GridColumn } from '../../grid/grid-column'
import { labelOf, type ReferenceLabel } from '../source/reference-label'
import { cellText, copiedText } from './cell-text'

/** The fields of a collection as columns, in the order of the schema. @param found what was looked for: marked where it is */
export function documentColumns(
  collection: CollectionInfo,
  collections: readonly CollectionInfo[],
  { zone, found }: { readonly zone: Zone; readonly found: string | undefined },
): readonly GridColumn<JsonObject>[] {
  return collection.fields
    .filter(({ internal }) => !internal)
    .map((field) => {
      const label = labelOf(field, collection, collections)
      return {
        id: field.name,
        name: field.name,
        mark: <FieldMark field={field} />,
        title: titleOf(field),
        isNumber: (field.type === 'int' || field.type === 'float') && field.references === null,
        width: widthOf(field),
        isSortable: field.type !== 'blob' && field.type !== 'json',
        text: (doc) => copiedText(field, doc, label),
        spoken: (doc) => cellText(field, doc, { label, zone }).text,
        render: (doc) => <CellValue {...{ field, doc, label, zone, found }} />,
      }
    })
}

interface CellValueProps {
  readonly field: FieldInfo
  readonly doc: JsonObject
  readonly label: ReferenceLabel | null
  readonly zone: Zone
  readonly found: string | undefined
}

function CellValue({ field, doc, label, zone, found }: CellValueProps) {
  const { text, mark, title, detail } = cellText(field, doc, { label, zone })
  if (mark !== null)
    return (
      <span title={title ?? undefined} className="text-text-3 italic">
        {text}
      </span>
    )
  if (field.type === 'bool') return <Truth isTrue={text === 'true'} />
  const isCode = field.primary || field.type === 'json' || field.type === 'uuid'
  return (
    <span
      title={title ?? (text.length > 24 ? text : undefined)}
      className={isCode && label === null ? 'font-mono text-code' : undefined}
    >
      {found === undefined ? text : marked(text, found)}
      {detail !== null && <span className="ml-2 font-sans text-sm text-text-3">{detail}</span>}
    </span>
  )
}

function Truth({ isTrue }: { readonly isTrue: boolean }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span
        aria-hidden="true"
        className="inline-flex size-3.5 items-center justify-center rounded-mark border border-control"
      >
        {isTrue && <Check size={11} strokeWidth={2.5} />}
      </span>
      {String(isTrue)}
    </span>
  )
}

/** The parts that were looked for, marked. */
function marked(text: string, found: string): ReactNode {
  const at = text.toLowerCase().indexOf(found.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-mark bg-warning-soft text-warning-text">{text.slice(at, at + found.length)}</mark>
      {text.slice(at + found.length)}
    </>
  )
}

function FieldMark({ field }: { readonly field: FieldInfo }) {
  const { primary, indexed, references, type, enum: choices } = field
  return (
    <span className="flex min-w-0 flex-none items-center gap-1 text-xs font-normal text-text-3">
      {choices !== null ? 'enum' : references !== null ? `→ ${references.collection}` : type}
      {primary && <KeyRound aria-label="key" size={12} strokeWidth={1.5} />}
      {!primary && indexed && <ListOrdered aria-label="indexed" size={12} strokeWidth={1.5} />}
    </span>
  )
}

function titleOf({ name, type, description, nullable, unique, primary, indexed, references }: FieldInfo): string {
  const parts = [
    references === null ? type : `reference to ${references.collection}.${references.field}`,
    ...(primary ? ['key'] : unique ? ['unique'] : indexed ? ['indexed'] : ['no index']),
    nullable ? 'may be null' : 'never null',
  ]
  return `${name}: ${parts.join(', ')}${description === null ? '' : `\n${description}`}`
}

function widthOf({ type, references, enum: choices, name }: FieldInfo): number {
  const least = 64 + name.length * 8
  if (references !== null) return Math.max(200, least)
  if (choices !== null) return Math.max(120, least)
  switch (type) {
    case 'uuid':
      return 300
    case 'float':
      return Math.max(176, least)
    case 'int':
    case 'bool':
    case 'date':
      return Math.max(112, least)
    case 'timestamp':
      return 220
    case 'string':
    case 'blob':
      return Math.max(180, least)
    case 'text':
    case 'json':
      return 260
  }
}
