import { Badge } from '../../kit/badge'
import type { ExecutionStatus } from './executions-search'

/** What each way to end means, where somebody chooses one. */
export const STATUS_NAMES: Readonly<Record<ExecutionStatus, string>> = {
  ok: 'ok',
  refused: 'refused: by an error for its caller',
  error: 'error: the code threw',
  crashed: 'crashed: its process ended',
  memory: 'memory: beyond its limit',
  timeout: 'timeout: it took too long',
  not_run: 'not run: no instance was free, or none started',
}

/** How a call ended, in a word. */
export function ExecutionStatusBadge({ status }: { readonly status: ExecutionStatus }) {
  const kind = status === 'ok' ? 'success' : status === 'refused' || status === 'not_run' ? 'warning' : 'danger'
  return <Badge kind={kind}>{status.replace('_', ' ')}</Badge>
}
