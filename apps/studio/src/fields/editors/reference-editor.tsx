import { Combobox } from '@base-ui/react/combobox'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowUpRight, ChevronDown } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import type { FieldInfo } from '../field'
import { type FoundReference, referenceTo, SHOWN_REFERENCES, searchReferences } from '../references'
import { useCollections } from '../use-collections'
import { CONTROL, type EditorProps, placeholderOf, typed } from './editor-props'
import { TextEditor } from './text-editor'

type ReferenceField = FieldInfo & { readonly references: NonNullable<FieldInfo['references']> }

/** The document that a field refers to: by its label, found on the server among all of them. */
export function ReferenceEditor(props: EditorProps & { readonly field: ReferenceField }) {
  const { id, field, input, onInput, isInvalid, describedBy, reason } = props
  const session = useSession()
  const { data: collections } = useCollections()
  const target = collections?.find(({ name }) => name === field.references.collection)
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const asked = useDeferredValue(text)
  const value = typed(props)
  const found = useQuery({
    queryKey: ['references', target?.name, asked],
    queryFn: () => searchReferences(session, { target, field: field.references.field }, asked),
    placeholderData: keepPreviousData,
    enabled: isOpen && target !== undefined,
  })
  const current = useQuery({
    queryKey: ['reference', target?.name, field.references.field, value],
    queryFn: () => referenceTo(session, { target, field: field.references.field }, value),
    enabled: value !== '' && target !== undefined,
  })
  if (target === undefined) return <TextEditor {...props} />
  const link = input.kind === 'text' && current.data != null && (
    <Link
      to="/data/$collection/$key"
      params={{ collection: target.name, key: current.data.key }}
      aria-label={`Open ${current.data.label ?? current.data.key} of ${target.name}`}
      title={`Open it in ${target.name}`}
      className="grid h-8 w-8 flex-none place-items-center rounded-control text-text-2 hover:bg-sunken max-sm:h-10 max-sm:w-10"
    >
      <ArrowUpRight aria-hidden="true" size={16} strokeWidth={1.5} />
    </Link>
  )
  if (reason !== null)
    return (
      <div className="flex gap-1">
        <input
          id={id}
          readOnly
          title={reason}
          value={current.data?.label ?? value}
          placeholder={placeholderOf(props)}
          aria-describedby={describedBy}
          className={`${CONTROL} h-8 max-sm:h-10`}
        />
        {link}
      </div>
    )
  // While the server looks, what it found before is narrowed here: Enter takes the first, which has to be one that matches.
  const isBehind = found.isPlaceholderData || asked !== text
  const shown = found.data?.filter((one) => !isBehind || matches(one, text))
  const labels = new Map(shown?.map(({ value: one, label }) => [one, label]))
  const isMissing = current.data === null
  return (
    <div className="flex gap-1">
      <Combobox.Root<string>
        items={[...labels.keys()]}
        filter={null}
        autoHighlight
        value={input.kind === 'text' ? value : null}
        onValueChange={(next) => next !== null && onInput({ kind: 'text', text: next })}
        open={isOpen}
        onOpenChange={setOpen}
        inputValue={text}
        onInputValueChange={setText}
        itemToStringLabel={(item) => labels.get(item) ?? item}
      >
        <Combobox.Trigger
          id={id}
          aria-invalid={isInvalid || isMissing || undefined}
          aria-describedby={describedBy}
          autoFocus={props.autoFocus}
          className={`${CONTROL} flex h-8 min-w-0 flex-1 items-center gap-2 text-left max-sm:h-10`}
        >
          {input.kind !== 'text' ? (
            <em className="flex-1 truncate text-text-3">{placeholderOf(props)}</em>
          ) : (
            <>
              <span className="min-w-0 truncate">{current.data?.label ?? value}</span>
              {current.data?.label != null && <KeyTail value={value} />}
              {isMissing && <span className="ml-auto text-sm text-danger-text">not found</span>}
            </>
          )}
          <ChevronDown aria-hidden="true" size={16} strokeWidth={1.5} className="ml-auto flex-none text-text-3" />
        </Combobox.Trigger>
        <Combobox.Portal>
          <Combobox.Positioner align="start" sideOffset={4} className="z-50">
            <Combobox.Popup
              aria-label={`Documents of ${target.name}`}
              className="flex max-h-[min(360px,var(--available-height))] w-[max(280px,var(--anchor-width))] max-w-[calc(100vw-2rem)] flex-col rounded-panel border border-line bg-raised shadow-float outline-none"
            >
              <Combobox.Input
                aria-label={`Search ${target.name}`}
                placeholder={target.label === null ? target.key : `${target.label} or ${target.key}`}
                className="m-2 h-8 flex-none rounded-control border border-control bg-canvas px-2.5 max-sm:h-10"
              />
              <Combobox.List className="overflow-y-auto px-1 pb-1">
                {(item: string) => (
                  <Combobox.Item
                    key={item}
                    value={item}
                    className="flex cursor-default items-baseline gap-2 rounded-control px-2 py-1.5 outline-none data-highlighted:bg-sunken data-selected:font-medium"
                  >
                    <span className="min-w-0 truncate">{labels.get(item) ?? item}</span>
                    {labels.get(item) !== item && <KeyTail value={item} />}
                  </Combobox.Item>
                )}
              </Combobox.List>
              <Combobox.Status className="px-3 pb-2 text-sm text-text-3 empty:hidden">
                {found.error !== null
                  ? `${target.name} could not be searched: ${messageOf(found.error)}`
                  : statusOf(found.data?.length, asked)}
              </Combobox.Status>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
      {link}
    </div>
  )
}

export function isReference(field: FieldInfo): field is ReferenceField {
  return field.references !== null
}

function matches({ value, label }: FoundReference, text: string): boolean {
  const part = text.trim().toLowerCase()
  return value.toLowerCase() === part || (label?.toLowerCase().includes(part) ?? false) || part === ''
}

/** Labels repeat, keys do not: their last characters tell two apart. */
function KeyTail({ value }: { readonly value: string }) {
  return (
    <span title={value} className="flex-none font-mono text-sm text-text-3">
      {value.length > 12 ? `…${value.slice(-6)}` : value}
    </span>
  )
}

function statusOf(count: number | undefined, text: string): string | null {
  if (count === undefined) return null
  if (count === 0) return text === '' ? 'There are no documents.' : `Nothing matches “${text}”.`
  return count === SHOWN_REFERENCES ? `The first ${SHOWN_REFERENCES}: type to find others.` : null
}
