import { CalendarDays } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../../kit/button'
import { formatTimestamp, localZone, parseTimestampIn, relativeTime } from '../zone'
import { type EditorProps, typed } from './editor-props'
import { TextEditor } from './text-editor'

/** A date or a timestamp: text, a calendar, and now. A timestamp always has its offset, and is told in the other zone too. */
export function TimeEditor(props: EditorProps) {
  const { field, onInput, zone, reason } = props
  const picker = useRef<HTMLInputElement>(null)
  const isDate = field.type === 'date'
  const set = (text: string) => onInput({ kind: 'text', text })
  const now = () => {
    const at = new Date().toISOString()
    set(isDate ? at.slice(0, 10) : formatTimestamp(at, zone))
  }
  function pick(value: string): void {
    if (value === '') return
    const typedTime = isDate ? null : parseTimestampIn(value, zone)
    set(typedTime?.kind === 'time' ? formatTimestamp(typedTime.at, zone) : value.replace('T', ' '))
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex gap-1">
        <div className="min-w-0 flex-1 font-mono">
          <TextEditor {...props} />
        </div>
        {reason === null && (
          <>
            <span className="relative">
              <Button
                aria-label={`Choose ${field.name} in a calendar`}
                title="Calendar"
                onClick={() => picker.current?.showPicker()}
                className="px-2"
              >
                <CalendarDays aria-hidden="true" size={16} strokeWidth={1.5} />
              </Button>
              <input
                ref={picker}
                type={isDate ? 'date' : 'datetime-local'}
                step={isDate ? undefined : 1}
                tabIndex={-1}
                aria-hidden="true"
                value=""
                onChange={({ target }) => pick(target.value)}
                className="pointer-events-none absolute inset-0 size-full opacity-0"
              />
            </span>
            <Button onClick={now} title={isDate ? 'Today in UTC' : `Now, in ${zone}`} className="px-2">
              {isDate ? 'Today' : 'Now'}
            </Button>
          </>
        )}
      </div>
      {!isDate && <OtherZone text={typed(props)} zone={zone} />}
    </div>
  )
}

function OtherZone({ text, zone }: { readonly text: string; readonly zone: string }) {
  const time = parseTimestampIn(text, zone)
  if (time.kind !== 'time') return null
  const other = zone === 'UTC' ? localZone() : 'UTC'
  return (
    <p className="text-sm text-text-3">
      {other !== zone && `${formatTimestamp(time.at, other)} · `}
      {relativeTime(time.at, Date.now())}
    </p>
  )
}
