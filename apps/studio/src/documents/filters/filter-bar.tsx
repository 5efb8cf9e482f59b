import { Popover } from '@base-ui/react/popover'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { CollectionInfo } from '../../fields/field'
import { type Condition, conditionText, OPERATORS, takesValue } from './condition'
import { ConditionForm } from './condition-form'
import { fieldAt } from './field-at'

export interface FilterBarProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly conditions: readonly Condition[]
  onChange(conditions: readonly Condition[]): void
}

/** The conditions in words. Each can be switched off without losing it. */
export function FilterBar({ collection, collections, conditions, onChange }: FilterBarProps) {
  const replace = (at: number, next: Condition | null) =>
    onChange(conditions.flatMap((one, index) => (index === at ? (next ?? []) : one)))
  return (
    <>
      {conditions.map((condition, at) => (
        <Chip
          key={conditionText(condition)}
          {...{ collection, collections, condition }}
          onChange={(next) => replace(at, next)}
        />
      ))}
      <ConditionPopover
        {...{ collection, collections }}
        onApply={(condition) => onChange([...conditions, condition])}
        trigger={
          <Popover.Trigger className="inline-flex h-7 items-center gap-1 rounded-control px-2 text-text-2 hover:bg-sunken hover:text-text max-sm:h-10">
            <Plus aria-hidden="true" size={14} strokeWidth={1.5} />
            Filter
          </Popover.Trigger>
        }
      />
    </>
  )
}

interface ChipProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly condition: Condition
  onChange(condition: Condition | null): void
}

function Chip({ collection, collections, condition, onChange }: ChipProps) {
  const { path, operator, value, isOff } = condition
  const isGone = fieldAt(path, collection, collections) === null
  const words = `${path} ${OPERATORS[operator]}${takesValue(operator) ? ` ${value === '' ? '""' : value}` : ''}`
  return (
    <span className="inline-flex h-7 max-w-full items-center rounded-control border border-control bg-raised max-sm:h-10">
      <label className="flex h-full items-center pl-2 pr-1.5">
        <input
          type="checkbox"
          aria-label={`Apply: ${words}`}
          checked={!isOff && !isGone}
          disabled={isGone}
          onChange={() => onChange({ ...condition, isOff: !isOff })}
          className="size-3.5 accent-accent"
        />
      </label>
      {isGone ? (
        <span className="flex min-w-0 items-center gap-2">
          <s className="truncate text-text-3">{words}</s>
          <span className="flex-none text-warning-text">field is gone</span>
        </span>
      ) : (
        <ConditionPopover
          {...{ collection, collections, condition }}
          onApply={onChange}
          trigger={
            <Popover.Trigger
              title={words}
              className={`h-full min-w-0 truncate px-1 hover:underline ${isOff ? 'text-text-3 line-through' : ''}`}
            >
              {path} <span className="text-text-2">{OPERATORS[operator]}</span>
              {takesValue(operator) && <span className="font-medium"> {value === '' ? '""' : value}</span>}
            </Popover.Trigger>
          }
        />
      )}
      <button
        type="button"
        aria-label={`Remove: ${words}`}
        onClick={() => onChange(null)}
        className="flex h-full w-7 flex-none items-center justify-center rounded-control text-text-3 hover:bg-sunken hover:text-text max-sm:w-10"
      >
        <X aria-hidden="true" size={14} strokeWidth={1.5} />
      </button>
    </span>
  )
}

interface ConditionPopoverProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  readonly condition?: Condition
  onApply(condition: Condition): void
  readonly trigger: React.ReactNode
}

function ConditionPopover({ trigger, onApply, ...rest }: ConditionPopoverProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      {trigger}
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={6} className="z-30">
          <Popover.Popup
            aria-label="Filter"
            className="w-[min(340px,calc(100vw-2rem))] rounded-panel border border-line bg-raised p-3 shadow-float outline-none"
          >
            <ConditionForm
              {...rest}
              onApply={(condition) => {
                setOpen(false)
                onApply(condition)
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
