import { Link } from '@tanstack/react-router'
import { classNames } from '../../kit/class-names'
import { durationText, sizeText } from '../../kit/quantities'
import { ScrollRegion } from '../../kit/scroll-region'
import { secondOf } from '../../kit/times'
import { actorText } from '../observe/status-text'
import { ExecutionStatusBadge } from './execution-status'
import type { Execution } from './executions-page'

/** Beside an open panel there is room for less. */
const NARROW = '@max-4xl:hidden'
const HEADS = [
  ['Time', ''],
  ['Function', ''],
  ['Status', ''],
  ['Duration', 'text-right'],
  ['Memory', `text-right ${NARROW}`],
  ['By', NARROW],
] as const

/** Calls, the newest first. */
export function ExecutionTable({
  executions,
  open,
}: {
  readonly executions: readonly Execution[]
  /** The id of the one whose details are shown. */
  readonly open: string | undefined
}) {
  return (
    <ScrollRegion label="Table of executions" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="bg-surface text-sm text-text-2">
          <tr>
            {HEADS.map(([name, className]) => (
              <th key={name} scope="col" className={classNames('h-8 px-3 font-medium whitespace-nowrap', className)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {executions.map((one) => (
            <tr key={one.id} data-id={one.id} className={one.id === open ? 'bg-selection' : 'hover:bg-surface'}>
              <td className="h-8 px-3 whitespace-nowrap text-text-2" title={one.started_at}>
                {secondOf(one.started_at)}
              </td>
              <td className="max-w-[420px] truncate px-3">
                <Link
                  from="/executions"
                  search={(before) => ({ ...before, id: one.id })}
                  className="font-mono text-code hover:underline"
                >
                  {one.function}@{one.version}
                </Link>
                {one.error !== null && <span className="ml-2 text-sm text-text-2">{one.error.code}</span>}
              </td>
              <td className="px-3">
                <ExecutionStatusBadge status={one.status} />
              </td>
              <td className="px-3 text-right whitespace-nowrap">{durationText(one.ms)}</td>
              <td className={classNames('px-3 text-right whitespace-nowrap text-text-2', NARROW)}>
                {one.memory === null ? '' : sizeText(one.memory)}
              </td>
              <td
                className={classNames('px-3 whitespace-nowrap text-text-2', NARROW)}
                title={one.actor.name ?? one.actor.id ?? undefined}
              >
                {actorText(one.actor)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
