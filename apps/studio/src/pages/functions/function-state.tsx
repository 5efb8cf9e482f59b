import { Badge } from '../../kit/badge'
import type { ListedFunction } from './use-functions'

/** Whether what is in the folder serves, in words. */
export function FunctionState({ of }: { readonly of: ListedFunction }) {
  const { version, problems, warnings, pinned, split } = of
  if (version === null) return <Badge kind="danger">does not serve</Badge>
  return (
    <span className="inline-flex flex-wrap gap-1">
      {problems.length > 0 ? <Badge kind="warning">older version serves</Badge> : <Badge kind="success">serves</Badge>}
      {pinned && <Badge>chosen version</Badge>}
      {split !== null && (
        <Badge kind="warning">
          {split.percent} % to version {split.version}
        </Badge>
      )}
      {warnings.length > 0 && (
        <Badge kind="warning">{warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}</Badge>
      )}
    </span>
  )
}

/** Who may call it over HTTP, as it is written. */
export function AccessText({ of: { access, version, admin } }: { readonly of: ListedFunction }) {
  if (version === null) return <span className="text-text-3">–</span>
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      {access === null ? (
        <span className="text-text-2">internal: no route over HTTP</span>
      ) : (
        <code className="font-mono text-code break-words">{access}</code>
      )}
      {access === 'true' && <span className="text-text-2">everybody</span>}
      {admin && <Badge kind="warning">admin</Badge>}
    </span>
  )
}
