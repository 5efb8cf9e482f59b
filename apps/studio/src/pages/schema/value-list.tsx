import { useState } from 'react'
import { Button } from '../../kit/button'
import { INPUT } from '../../kit/text-field'
import { CommittedField } from '../schema-collection/committed-field'

export type EnumValue = string | number

export interface ValueListProps {
  /** Whose they are: `status`, `books.status`. */
  readonly owner: string
  readonly values: readonly EnumValue[]
  readonly isNumber?: boolean
  /** Why nothing can be changed; null where it can. */
  readonly reason: string | null
  /** Why the last value cannot go; null where it can. */
  readonly lastReason: string | null
  onAdd(value: EnumValue): void
  onRename(from: EnumValue, to: EnumValue): void
  /** Without `before` it becomes the last. */
  onMove(value: EnumValue, before: EnumValue | undefined): void
  onRemove(value: EnumValue): void
}

/** The values of an enum in their order: added, renamed, moved and removed in place. */
export function ValueList(props: ValueListProps) {
  const { owner, values, isNumber = false, reason, lastReason } = props
  const [added, setAdded] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const isOff = reason !== null
  const check = (text: string) => valueProblem(text, { values, isNumber })
  return (
    <>
      {values.length > 0 && (
        <ol
          aria-label={`Values of ${owner}`}
          className="flex flex-col divide-y divide-line rounded-control border border-line"
        >
          {values.map((value, i) => (
            <li key={value} className="flex items-end gap-2 px-3 py-2">
              <div className="w-full max-w-[320px]">
                <CommittedField
                  label={`Value ${i + 1}`}
                  value={String(value)}
                  isOff={isOff}
                  check={check}
                  commit={(text) => props.onRename(value, read(text, isNumber))}
                />
              </div>
              <span className="flex-1" />
              <Button
                kind="quiet"
                aria-label={`Move ${value} up`}
                reason={reason ?? (i === 0 ? 'It is the first.' : null)}
                onClick={() => props.onMove(value, values[i - 1])}
              >
                ↑
              </Button>
              <Button
                kind="quiet"
                aria-label={`Move ${value} down`}
                reason={reason ?? (i === values.length - 1 ? 'It is the last.' : null)}
                onClick={() => props.onMove(value, values[i + 2])}
              >
                ↓
              </Button>
              <Button
                kind="quiet"
                aria-label={`Remove ${value}`}
                reason={reason ?? (values.length === 1 ? lastReason : null)}
                onClick={() => props.onRemove(value)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ol>
      )}
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          const found = check(added)
          setProblem(found)
          if (found !== null) return
          props.onAdd(read(added, isNumber))
          setAdded('')
        }}
      >
        <input
          aria-label={`New value of ${owner}`}
          aria-invalid={problem !== null}
          placeholder="New value"
          value={added}
          disabled={isOff}
          onChange={({ target }) => {
            setAdded(target.value)
            setProblem(null)
          }}
          className={`${INPUT} max-w-[320px]`}
        />
        <Button type="submit" reason={reason}>
          Add value
        </Button>
        {problem !== null && (
          <p role="alert" className="text-sm text-danger-text">
            {problem}
          </p>
        )}
      </form>
    </>
  )
}

/** What is wrong with a new value; null where nothing is. */
function valueProblem(
  text: string,
  { values, isNumber }: { readonly values: readonly EnumValue[]; readonly isNumber: boolean },
): string | null {
  if (text.trim() === '') return 'A value needs a text.'
  if (isNumber && !Number.isFinite(Number(text))) return 'Write a number.'
  return values.includes(read(text, isNumber)) ? 'It is there already.' : null
}

function read(text: string, isNumber: boolean): EnumValue {
  return isNumber ? Number(text) : text.trim()
}
