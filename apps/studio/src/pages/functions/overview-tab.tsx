import { Link } from '@tanstack/react-router'
import { CodeBlock } from '../../kit/code-block'
import { durationText, sizeText } from '../../kit/quantities'
import { Fact, Facts } from '../observe/side-panel'
import { callSnippets } from './call-snippets'
import { AccessText } from './function-state'
import { Instances } from './functions-page'
import { ProblemList } from './problem-list'
import { SchemaReference } from './schema-reference'
import type { FunctionDetail } from './use-functions'

/** What a function is: where it answers, whom, within which limits, and how it is called. */
export function OverviewTab({ fn }: { readonly fn: FunctionDetail }) {
  return (
    <div className="flex flex-col gap-6">
      {fn.problems.length > 0 && (
        <section aria-labelledby="wrong" className="flex flex-col gap-2 rounded-panel bg-danger-soft p-4">
          <h2 id="wrong" className="text-md font-semibold text-danger-text">
            {fn.version === null ? 'It does not serve' : `Version ${fn.version} serves until this is right`}
          </h2>
          <ProblemList label="Problems" problems={fn.problems} />
        </section>
      )}
      {fn.warnings.length > 0 && (
        <section aria-labelledby="doubtful" className="flex flex-col gap-2 rounded-panel bg-warning-soft p-4">
          <h2 id="doubtful" className="text-md font-semibold text-warning-text">
            What is doubtful
          </h2>
          <ProblemList label="Warnings" problems={fn.warnings} />
        </section>
      )}
      <FunctionFacts fn={fn} />
      {fn.version !== null && <CallSnippets fn={fn} />}
      {fn.kind === 'typed' && <SchemaReference title="Input" schema={fn.input} />}
      {fn.kind === 'typed' && <SchemaReference title="Output" schema={fn.output} />}
      {fn.manifest !== null && <ManifestFacts fn={fn} manifest={fn.manifest} />}
    </div>
  )
}

function FunctionFacts({ fn }: { readonly fn: FunctionDetail }) {
  const methods = fn.kind === 'typed' ? 'POST' : (fn.manifest?.methods?.join(', ') ?? 'all methods')
  return (
    <Facts>
      <Fact name="File">
        <code className="font-mono text-code break-all">{fn.file}</code>
      </Fact>
      {fn.version !== null && (
        <>
          <Fact name="Kind">
            {fn.kind === 'raw' ? 'raw: it answers requests itself' : 'typed: an input, and an output'}
          </Fact>
          <Fact name="Who may call it">
            <AccessText of={fn} />
          </Fact>
          {fn.access !== null && (
            <Fact name="Route">
              <code className="font-mono text-code break-all">
                {methods} /api/functions/{fn.name}
              </code>
              {fn.route !== null && (
                <code className="block font-mono text-code break-all">
                  {methods} {fn.route}
                </code>
              )}
            </Fact>
          )}
          <Fact name="Runs as">
            {fn.runtime}
            {fn.isolation !== null && `, ${fn.isolation}`}
          </Fact>
          <Fact name="Instances">
            <Instances of={fn} />
          </Fact>
        </>
      )}
    </Facts>
  )
}

export function CallSnippets({ fn }: { readonly fn: FunctionDetail }) {
  const snippets = callSnippets(fn, location.origin)
  if (snippets.length === 0) return null
  return (
    <section aria-labelledby="call" className="flex flex-col gap-3">
      <h2 id="call" className="text-title font-semibold">
        Call it
      </h2>
      {snippets.map(({ title, text }) => (
        <div key={title} className="flex flex-col gap-1">
          <h3 className="font-medium">{title}</h3>
          <CodeBlock label={`Call it: ${title}`} text={text} />
        </div>
      ))}
    </section>
  )
}

function ManifestFacts({
  fn,
  manifest,
}: {
  readonly fn: FunctionDetail
  readonly manifest: NonNullable<FunctionDetail['manifest']>
}) {
  const { network, rate } = manifest
  return (
    <section aria-labelledby="settings" className="flex flex-col gap-2">
      <h2 id="settings" className="text-title font-semibold">
        Settings
      </h2>
      <Facts>
        <Fact name="Environment">
          {manifest.env.length === 0 ? (
            'none'
          ) : (
            <span className="flex flex-wrap gap-x-3">
              {manifest.env.map((name) => (
                <code key={name} className="font-mono text-code">
                  {name}
                </code>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="Network">{typeof network === 'string' ? network : network.join(', ')}</Fact>
        <Fact name="Rights">
          {fn.admin ? 'the caller’s, and the server’s through ctx.admin' : 'the caller’s'}
          {manifest.reads_only && '; it only reads'}
        </Fact>
        {manifest.queue !== null && (
          <Fact name="Jobs">
            in the queue <code className="font-mono text-code">{manifest.queue.name}</code>,{' '}
            {manifest.run_as === 'system' ? 'with no caller' : 'as the caller who pushed them'}
            {manifest.schedule !== null && (
              <>
                {', and by itself '}
                <code className="font-mono text-code">{manifest.schedule}</code>
              </>
            )}
          </Fact>
        )}
        {manifest.queues.length > 0 && (
          <Fact name="Pushes jobs of">
            {manifest.queues.map((name) => (
              <Link key={name} to="/functions/$name" params={{ name }} className="mr-3 text-link hover:underline">
                {name}
              </Link>
            ))}
          </Fact>
        )}
        <Fact name="Credentials">
          {manifest.credentials === 'checked' ? 'checked by the server' : 'its own business'}
        </Fact>
        <Fact name="Calls">
          {fn.calls.length === 0
            ? 'no other functions'
            : fn.calls.map((name) => (
                <Link key={name} to="/functions/$name" params={{ name }} className="mr-3 text-link hover:underline">
                  {name}
                </Link>
              ))}
        </Fact>
        <Fact name="Rate">{rate === null ? 'no limit of its own' : `${rate.count} per ${durationText(rate.per)}`}</Fact>
        <Fact name="Time-out">{fn.timeout === null ? 'none' : durationText(fn.timeout)}</Fact>
        <Fact name="Time-out of streams">
          {manifest.stream_timeout === null ? 'none' : durationText(manifest.stream_timeout)}
        </Fact>
        <Fact name="Memory">{sizeText(manifest.memory)} for each instance</Fact>
        <Fact name="Concurrency">
          {manifest.concurrency === 1 ? '1 call' : `${manifest.concurrency} calls`} at once in an instance
        </Fact>
        <Fact name="Largest request">{sizeText(manifest.max_body)}</Fact>
      </Facts>
    </section>
  )
}
