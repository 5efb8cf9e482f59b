import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { Finding } from './findings'

export function FindingList({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className="divide-y divide-line rounded-panel border border-line">
      {findings.map(({ check, level, message, advice }) => (
        <li key={`${check} ${message}`} className="flex gap-3 px-4 py-3">
          {level === 'problem' ? (
            <CircleAlert
              aria-label="Problem"
              size={16}
              strokeWidth={1.5}
              className="mt-0.5 flex-none text-danger-text"
            />
          ) : (
            <TriangleAlert
              aria-label="Note"
              size={16}
              strokeWidth={1.5}
              className="mt-0.5 flex-none text-warning-text"
            />
          )}
          <div className="min-w-0 break-words">
            <p className="font-medium">{sentence(check)}</p>
            <p className="text-text-2">{sentence(message)}</p>
            {advice !== undefined && <p className="text-text-2">{advice}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Names of settings stay as they are. */
function sentence(text: string): string {
  return /^[a-z_]+\./.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
