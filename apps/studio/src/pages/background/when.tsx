import { minuteOf } from '../../kit/times'
import { dueText } from '../schedules/due-text'

/** A time, as far away as it is. */
export function When({ at }: { readonly at: string | null }) {
  if (at === null) return <span className="text-text-3">—</span>
  return (
    <>
      {dueText(at, Date.now())}
      <p className="text-sm whitespace-nowrap text-text-2 max-sm:hidden">{minuteOf(at)}</p>
    </>
  )
}
