import type { TestRulesResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'

const EXAMPLE = `# rules/posts.test.yaml
actors:
  ann:
documents:
  posts:
    draft: { title: Draft, author_id: $ann }
cases:
  - { actor: anonymous, operation: read, collection: posts, id: draft, expect: denied }`

/** What the tests in the project's folder say of the rules as they are served. */
export function RuleTestsPage() {
  const { admin } = useSession()
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['rules', 'tests'],
    queryFn: () => admin.testRules({ body: {} }),
    // They run on databases of their own, which takes a moment.
    refetchOnWindowFocus: false,
  })
  return (
    <Page
      title="Rule tests"
      actions={
        <Button isBusy={isFetching} onClick={() => void refetch()}>
          Run again
        </Button>
      }
    >
      {error !== null && <ErrorState what="The tests could not be run" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {data !== undefined && data.files.length === 0 && (
        <EmptyState title="There are no rule tests yet">
          <p>
            Files in the folder <code className="font-mono">rules/</code> say who may do what. Each case goes through
            the API, on documents of its own.
          </p>
          <Snippet label="rule tests" text={EXAMPLE} />
        </EmptyState>
      )}
      {data !== undefined && data.files.length > 0 && (
        <>
          <p role="status" className="text-md">
            {data.passed.toLocaleString('en')} passed
            {data.failed > 0 && <span className="text-danger-text">, {data.failed.toLocaleString('en')} failed</span>}
          </p>
          {data.files.map((file) => (
            <TestFile key={file.file} file={file} />
          ))}
        </>
      )}
    </Page>
  )
}

function TestFile({ file: { file, problems, cases } }: { readonly file: TestRulesResponse['files'][number] }) {
  const failed = cases.filter(({ ok }) => !ok).length + problems.length
  return (
    <section className="flex flex-col gap-2">
      <h2 className="flex flex-wrap items-center gap-2 font-semibold">
        <code className="font-mono text-code break-all">{file}</code>
        {failed > 0 ? (
          <Badge kind="danger">{failed} failed</Badge>
        ) : (
          <Badge kind="success">{cases.length} passed</Badge>
        )}
      </h2>
      {problems.map((problem) => (
        <p key={problem} className="text-danger-text">
          {problem}
        </p>
      ))}
      {cases.length > 0 && (
        <ul className="divide-y divide-line rounded-panel border border-line">
          {cases.map(({ title, line, column, ok, message, because }) => (
            <li key={`${line}:${column}:${title}`} className="flex gap-2 px-3 py-2">
              {ok ? (
                <Check
                  role="img"
                  aria-label="passed"
                  size={16}
                  strokeWidth={2}
                  className="mt-0.5 flex-none text-success-text"
                />
              ) : (
                <X
                  role="img"
                  aria-label="failed"
                  size={16}
                  strokeWidth={2}
                  className="mt-0.5 flex-none text-danger-text"
                />
              )}
              <div className="min-w-0 break-words">
                <p>
                  {title} <span className="text-sm text-text-3">line {line}</span>
                </p>
                {message !== null && <p className="text-danger-text">{message}</p>}
                {because.map((reason) => (
                  <p key={reason} className="text-sm text-text-2">
                    {reason}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
