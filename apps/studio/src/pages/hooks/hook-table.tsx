import { classNames } from '../../kit/class-names'
import { durationText } from '../../kit/quantities'
import { ScrollRegion } from '../../kit/scroll-region'
import { HookState } from './hook-state'
import type { FileOfHooks, Hook } from './use-hooks'

const HEADS = ['Hook', 'State', 'Runs', 'p95', 'Slow', 'Failed'] as const
const FIRST_NUMBER = 2

/** All hooks by file, as they run. */
export function HookTable({ files }: { readonly files: readonly FileOfHooks[] }) {
  return (
    <ScrollRegion label="Table of hooks" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="text-sm text-text-2">
          <tr>
            {HEADS.map((name, i) => (
              <th
                key={name}
                scope="col"
                title={NOTES[name]}
                className={classNames('h-8 px-3 font-medium whitespace-nowrap', i >= FIRST_NUMBER && 'text-right')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {files.map(({ file, hooks }) => (
          <tbody key={file} className="divide-y divide-line border-t border-line">
            <tr className="bg-surface">
              <th scope="rowgroup" colSpan={HEADS.length} className="h-9 px-3 font-mono text-code font-medium">
                {file}
              </th>
            </tr>
            {hooks.map((hook) => (
              <HookRow key={`${hook.collection} ${hook.hook}`} hook={hook} />
            ))}
            {hooks.length === 0 && (
              <tr>
                <td colSpan={HEADS.length} className="h-10 px-3 text-text-2">
                  No hooks: this file has a provider of accounts, or nothing.
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  )
}

const NOTES: Partial<Record<(typeof HEADS)[number], string>> = {
  Runs: 'Since hooks were loaded last: by a start, or when a file was saved',
  p95: 'How long 95 % of the runs held the server at most',
  Slow: 'Runs of more than 50 ms',
  Failed: 'What a hook refuses with a KoyaError is not counted',
}

function HookRow({ hook }: { readonly hook: Hook }) {
  const { collection, runs, p95, slow, failures } = hook
  return (
    <tr className="hover:bg-surface">
      <td className="h-10 px-3 font-mono text-code whitespace-nowrap">
        <span className="text-text-2">{collection}.</span>
        {hook.hook}
      </td>
      <td className="px-3">
        <HookState hook={hook} />
      </td>
      <td className="px-3 text-right">{countText(runs)}</td>
      <td className="px-3 text-right whitespace-nowrap">
        {p95 === null ? <span className="text-text-3">–</span> : durationText(p95)}
      </td>
      <td className="px-3 text-right">{countText(slow)}</td>
      <td className="px-3 text-right">{countText(failures)}</td>
    </tr>
  )
}

function countText(count: number) {
  return count === 0 ? <span className="text-text-3">0</span> : count.toLocaleString('en')
}
