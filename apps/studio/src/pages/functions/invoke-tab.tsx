import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ActorPicker } from '../../kit/actor-picker'
import { Button } from '../../kit/button'
import { CodeEditor } from '../../kit/code/code-editor'
import { jsonProblem } from '../../kit/code/json-problem'
import { ErrorState } from '../../kit/states'
import { useMay } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'
import { exampleText } from './example-of'
import { InvokeResult } from './invoke-result'
import { CallSnippets } from './overview-tab'
import { SchemaReference } from './schema-reference'
import type { FunctionDetail } from './use-functions'
import { useInvoke } from './use-invoke'

/** Calls the function: with an input, as somebody. */
export function InvokeTab({ fn }: { readonly fn: FunctionDetail }) {
  if (fn.version === null) return <p className="text-text-2">It does not serve: see its problems.</p>
  if (fn.kind === 'raw') {
    return (
      <div className="flex flex-col gap-4">
        <p className="text-text-2">It answers requests itself: send it one, with whatever it takes.</p>
        <CallSnippets fn={fn} />
      </div>
    )
  }
  return <InvokeForm fn={fn} />
}

function InvokeForm({ fn }: { readonly fn: FunctionDetail }) {
  const { as = 'operator' } = useSearch({ from: '/shell/functions/$name' })
  const navigate = useNavigate({ from: '/functions/$name' })
  const [example] = useState(() => exampleText(fn.input))
  const [input, setInput] = useState(example)
  const invoke = useInvoke(fn.name)
  const mayInvoke = useMay('functions:write')
  const lock = useEditingLock()
  const wrong = jsonProblem(input)
  const reason = !mayInvoke
    ? 'Your role cannot invoke functions.'
    : wrong !== null
      ? 'The input is not JSON.'
      : as === 'operator'
        ? lock.reason
        : null
  const run = () => reason === null && !invoke.isPending && invoke.mutate({ input, as })
  return (
    <div className="flex flex-col gap-6">
      <section aria-labelledby="invoke" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-3">
          <h2 id="invoke" className="text-title font-semibold">
            Invoke it
          </h2>
          <span className="flex-1" />
          {input !== example && (
            <Button kind="quiet" onClick={() => setInput(example)}>
              Example
            </Button>
          )}
        </div>
        <div className="overflow-hidden rounded-panel border border-control">
          <CodeEditor
            label="Input"
            language="json"
            value={input}
            onChange={setInput}
            onRun={run}
            height="content"
            isInvalid={wrong !== null}
            describedBy={wrong === null ? undefined : 'input-problem'}
          />
        </div>
        {wrong !== null && (
          <p id="input-problem" className="text-sm text-danger-text">
            The input is not JSON: {wrong}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <ActorPicker
            label="As"
            value={as}
            onChange={(actor) =>
              void navigate({
                search: ({ as: _, ...before }) => (actor === 'operator' ? before : { ...before, as: actor }),
                replace: true,
              })
            }
          />
          <Button kind="primary" isBusy={invoke.isPending} reason={reason} onClick={run}>
            Invoke
          </Button>
        </div>
        <p className="text-sm text-text-3">
          {as === 'operator'
            ? 'With your own rights: rules do not apply, and what it writes stays.'
            : 'With their rights: access and rules decide as for them. It only reads: what it would write is refused.'}
        </p>
      </section>
      {invoke.error !== null && <ErrorState what="It could not be sent" error={invoke.error} />}
      {invoke.data !== undefined && <InvokeResult result={invoke.data} />}
      <SchemaReference title="Input" schema={fn.input} />
    </div>
  )
}
