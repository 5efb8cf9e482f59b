import type { ListFunctionsResponse } from '@koyalite/client/admin'
import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { sizeText } from '../../kit/quantities'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { AccessText, FunctionState } from './function-state'
import { ProblemList } from './problem-list'
import { type ListedFunction, useFunctions } from './use-functions'

/** The project's own code: what serves of it, and what in its folder does not. */
export function FunctionsPage() {
  const { data, error, refetch } = useFunctions()
  return (
    <Page title="Functions">
      {error !== null && (
        <ErrorState what="The functions could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
      {data?.functions.length === 0 && <NoFunctions />}
      {data !== undefined && data.functions.length > 0 && (
        <>
          <Isolation isolation={data.isolation} />
          <Problems functions={data.functions} />
          <FunctionTable functions={data.functions} />
        </>
      )}
      {data !== undefined && data.others.length > 0 && <Others others={data.others} />}
    </Page>
  )
}

function FunctionTable({ functions }: { readonly functions: readonly ListedFunction[] }) {
  return (
    <ListTable
      label="Table of functions"
      rows={functions}
      keyOf={({ name }) => name}
      columns={[
        {
          name: 'Function',
          cell: ({ name, file }) => (
            <div className="py-1.5">
              <Link to="/functions/$name" params={{ name }} className="font-medium text-link hover:underline">
                {name}
              </Link>
              <p className="font-mono text-code text-text-3">{file}</p>
            </div>
          ),
        },
        { name: 'State', cell: (one) => <FunctionState of={one} /> },
        {
          name: 'Version',
          isNumber: true,
          cell: ({ version }) => version ?? <span className="text-text-3">none</span>,
        },
        {
          name: 'Who may call it',
          cell: (one) => (
            <div className="min-w-[140px]">
              <AccessText of={one} />
            </div>
          ),
        },
        {
          name: 'Runs as',
          cell: ({ runtime, isolation }) => (
            <span className="whitespace-nowrap">
              {runtime}
              {isolation !== null && <span className="text-text-3">, {isolation}</span>}
            </span>
          ),
        },
        { name: 'Instances', isNumber: true, cell: (one) => <Instances of={one} /> },
      ]}
    />
  )
}

export function Instances({ of: { instances, busy, waiting, memory } }: { readonly of: ListedFunction }) {
  if (instances === 0 && waiting === 0) return <span className="text-text-3">0</span>
  const more = [
    ...(busy > 0 ? [`${busy} ${busy === 1 ? 'call' : 'calls'}`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(memory > 0 ? [sizeText(memory)] : []),
  ]
  return (
    <span className="whitespace-nowrap">
      {instances}
      {more.length > 0 && <span className="text-text-3"> ({more.join(', ')})</span>}
    </span>
  )
}

function Problems({ functions }: { readonly functions: readonly ListedFunction[] }) {
  const wrong = functions.filter(({ problems }) => problems.length > 0)
  if (wrong.length === 0) return null
  return (
    <section aria-labelledby="problems" className="flex flex-col gap-3 rounded-panel bg-danger-soft p-4">
      <h2 id="problems" className="text-md font-semibold text-danger-text">
        {wrong.length === 1 ? '1 function has problems' : `${wrong.length} functions have problems`}
      </h2>
      {wrong.map(({ name, version, problems }) => (
        <div key={name} className="flex flex-col gap-1">
          <p>
            <span className="font-medium">{name}</span>
            {version === null ? ' does not serve:' : `: version ${version} serves until this is right:`}
          </p>
          <ProblemList label={`Problems of ${name}`} problems={problems} />
        </div>
      ))}
    </section>
  )
}

/** Said where it is weaker than it could be. */
function Isolation({ isolation: { strongest, weakness } }: Pick<ListFunctionsResponse, 'isolation'>) {
  if (weakness === null) return null
  return (
    <p className="text-text-2">
      <Badge kind="warning">weak isolation</Badge> Functions run as a {strongest} here, and reach what the user of the
      server reaches: {weakness}.
    </p>
  )
}

function Others({ others }: Pick<ListFunctionsResponse, 'others'>) {
  const faultsFirst = [...others].sort((a, b) => Number(b.fault) - Number(a.fault))
  return (
    <section aria-labelledby="others" className="flex flex-col gap-2">
      <h2 id="others" className="text-title font-semibold">
        What else is in functions/
      </h2>
      <ListTable
        label="Table of what else is in functions/"
        rows={faultsFirst}
        keyOf={({ file, reason }) => `${file} ${reason}`}
        columns={[
          { name: 'File', cell: ({ file }) => <code className="font-mono text-code">{file}</code> },
          {
            name: 'Why it is not a function',
            cell: ({ reason, fault }) => (
              <div className="min-w-[220px] py-1.5">
                {fault && <Badge kind="danger">problem</Badge>} {reason}
              </div>
            ),
          },
        ]}
      />
    </section>
  )
}

function NoFunctions() {
  return (
    <EmptyState title="No functions yet">
      <p>
        A function is code of yours that the server runs: in <code className="font-mono text-code">functions/</code>,
        away from the server’s own process, with the rights of whoever calls it. Write the first one:
      </p>
      <Snippet label="a command that writes a function" text="koyalite functions new hello" />
      <p>or as a file of your own:</p>
      <Snippet label="functions/hello.ts" text={EXAMPLE} />
      <p>Under koyalite dev it is here a moment after it is saved.</p>
    </EmptyState>
  )
}

const EXAMPLE = `// functions/hello.ts
import { defineFunction } from '@koyalite/functions'

export default defineFunction({
  config: { access: 'auth.id != null' },
  input: { name: { type: 'string', maxLength: 100 } },
  handler: (input) => ({ message: \`Hello \${input.name}\` }),
})`
