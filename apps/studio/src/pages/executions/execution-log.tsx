import { LevelBadge } from '../observe/log-line'
import type { Execution } from './executions-page'

/** What a call has logged, in order. */
export function ExecutionLog({ execution }: { readonly execution: Pick<Execution, 'logs' | 'truncated'> }) {
  const { logs, truncated } = execution
  return (
    <section aria-labelledby="execution-log" className="flex flex-col gap-2">
      <h3 id="execution-log" className="text-md font-semibold">
        What it logged
      </h3>
      {logs.length === 0 && <p className="text-text-2">Nothing.</p>}
      {logs.length > 0 && (
        <ol aria-label="Lines of the log" className="divide-y divide-line rounded-panel border border-line">
          {logs.map(({ level, message, fields, at }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and stay where they are
            <li key={index} className="flex flex-col gap-1 px-3 py-2">
              <p className="flex flex-wrap items-baseline gap-2 text-sm">
                <LevelBadge level={level} />
                <span className="text-text-2">{at.slice(11, 23)} Z</span>
              </p>
              <p className="font-mono text-code break-words whitespace-pre-wrap">{message}</p>
              {fields !== undefined && (
                <p className="font-mono text-code break-words text-text-2">{JSON.stringify(fields)}</p>
              )}
            </li>
          ))}
        </ol>
      )}
      {truncated && (
        <p className="text-sm text-text-2">It has logged more than is kept: lines, or parts of them, were left out.</p>
      )}
    </section>
  )
}
