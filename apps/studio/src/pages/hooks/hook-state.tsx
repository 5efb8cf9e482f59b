import { Badge } from '../../kit/badge'
import { minuteOf } from '../../kit/times'
import type { Hook } from './use-hooks'

/** Whether it runs, and what went wrong last. */
export function HookState({ hook: { off, ended, failures, last_error: error } }: { readonly hook: Hook }) {
  return (
    <div className="max-w-[360px] min-w-[180px] py-2">
      <Word off={off} ended={ended.length} failures={failures} />
      {off !== null && <p className="pt-1 text-sm break-words text-danger-text">{sentence(off)}</p>}
      {off === null && ended.length > 0 && (
        <p className="pt-1 text-sm text-text-2">
          The server was started again, last at {minuteOf(ended.at(-1) ?? '')}. After the third time the hook stays off.
        </p>
      )}
      {error !== null && (
        <p className="pt-1 text-sm break-words text-text-2">
          <span className="whitespace-nowrap">{minuteOf(error.at)}</span>: {error.message}
        </p>
      )}
    </div>
  )
}

function Word({ off, ended, failures }: Pick<Hook, 'off' | 'failures'> & { readonly ended: number }) {
  if (off !== null) return <Badge kind="danger">off</Badge>
  if (ended > 0)
    return (
      <Badge kind="danger">
        {ended === 1 ? 'held the server once' : `held the server ${ended.toLocaleString('en')} times`}
      </Badge>
    )
  return failures > 0 ? <Badge kind="warning">has failed</Badge> : <Badge kind="success">on</Badge>
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
