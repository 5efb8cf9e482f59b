import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { CodeEditor } from '../../kit/code/code-editor'
import { durationText } from '../../kit/quantities'
import { useSession } from '../../session/session-context'
import { ExecutionLog } from '../executions/execution-log'
import type { Invoked } from './use-invoke'

/** What a call has come to: its answer, how long it took, and what it has logged. */
export function InvokeResult({ result: { status, ms, body, execution } }: { readonly result: Invoked }) {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['executions', 'one', execution],
    queryFn: () => admin.getExecution({ params: { id: execution ?? '' } }),
    enabled: execution !== null,
  })
  return (
    <section aria-labelledby="answer" className="flex flex-col gap-3">
      <h2 id="answer" className="text-title font-semibold">
        Answer
      </h2>
      <p role="status" className="flex flex-wrap items-center gap-2">
        <Badge kind={status < 300 ? 'success' : 'danger'}>{status}</Badge>
        <span className="text-text-2">
          {durationText(ms)}
          {data !== undefined && `, of which ${durationText(data.ms)} in the function`}
        </span>
        {execution !== null && (
          <Link to="/executions" search={{ id: execution }} className="text-link hover:underline">
            Execution
          </Link>
        )}
      </p>
      <CodeEditor label="Answer" language="json" value={body} height="content" />
      {execution === null ? (
        <p className="text-text-2">It was refused before it ran.</p>
      ) : (
        data !== undefined && <ExecutionLog execution={data} />
      )}
    </section>
  )
}
