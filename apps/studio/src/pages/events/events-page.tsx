import { useState } from 'react'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useMay } from '../../session/session-context'
import { useFunctions } from '../functions/use-functions'
import { CallsOfEvents, FunctionLink } from './calls-of-events'
import { ReplayFunctionDialog } from './replay-function-dialog'
import { behindText, SubscriberLink, SubscriberStateBadge } from './subscriber-state'
import { type Subscriber, useSubscribers } from './use-subscribers'

/** Who is called for what happens: how far each is, and what it waits for. */
export function EventsPage() {
  const { data, error, refetch } = useSubscribers()
  const functions = useFunctions().data?.functions.filter(({ events }) => events.length > 0) ?? []
  const subscribers = data?.subscribers
  return (
    <Page title="Events">
      <p className="text-text-2">
        Subscribers follow the change log, each at its own place. One that fails holds back no other.
      </p>
      {error !== null && (
        <ErrorState what="The subscribers could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[160px] w-full" />}
      {subscribers?.length === 0 && <NobodyListens />}
      {data !== undefined && data.subscribers.length > 0 && <SubscriberTable {...data} />}
      {functions.length > 0 && <ListeningFunctions functions={functions} />}
    </Page>
  )
}

interface SubscriberTableProps {
  readonly head: number
  readonly subscribers: readonly Subscriber[]
}

function SubscriberTable({ head, subscribers }: SubscriberTableProps) {
  return (
    <ListTable
      label="Table of subscribers"
      rows={subscribers}
      keyOf={({ name }) => name}
      columns={[
        {
          name: 'Subscriber',
          cell: (one) => (
            <div className="py-1.5">
              <SubscriberLink subscriber={one} />
              <p className="max-w-[320px] truncate font-mono text-code text-text-2" title={one.patterns.join(', ')}>
                {one.patterns.join(', ')}
              </p>
            </div>
          ),
        },
        {
          name: 'State',
          cell: (one) => (
            <div className="py-1.5">
              <SubscriberStateBadge subscriber={one} />
              {one.failing !== null && <Failing failing={one.failing} />}
              {one.set_aside > 0 && <SetAside />}
            </div>
          ),
        },
        { name: 'Behind by', cell: (one) => <span className="whitespace-nowrap">{behindText(one)}</span> },
        {
          name: 'Position',
          isNumber: true,
          cell: ({ position }) => (
            <span className="whitespace-nowrap">
              {position.toLocaleString('en')} <span className="text-text-2">of {head.toLocaleString('en')}</span>
            </span>
          ),
        },
        { name: 'Delivered', isNumber: true, cell: ({ delivered }) => delivered.toLocaleString('en') },
      ]}
    />
  )
}

/** What it cannot be given: all that comes after it waits. */
function Failing({ failing: { event, error, since } }: { readonly failing: NonNullable<Subscriber['failing']> }) {
  return (
    <p className="max-w-[320px] pt-1 text-sm break-words text-danger-text">
      by the event <code className="font-mono">{event}</code> since {minuteOf(since)}: {error}
    </p>
  )
}

/** Events that it could not be given however often it was tried: those after them have gone on. */
function SetAside() {
  return (
    <p className="max-w-[320px] pt-1 text-sm text-text-2">
      They could not be delivered in 20 tries, and are delivered again when the server starts. Its log has the errors.
    </p>
  )
}

interface ListeningFunctionsProps {
  readonly functions: readonly { readonly name: string; readonly events: readonly string[] }[]
}

function ListeningFunctions({ functions }: ListeningFunctionsProps) {
  const [replayed, setReplayed] = useState<string | null>(null)
  const reason = useMay('functions:write') ? null : 'Your role cannot replay events.'
  return (
    <section aria-labelledby="listening-functions" className="flex flex-col gap-3 pt-2">
      <h2 id="listening-functions" className="text-title font-semibold">
        Functions
      </h2>
      <ListTable
        label="Table of functions"
        rows={functions}
        keyOf={({ name }) => name}
        columns={[
          {
            name: 'Function',
            cell: ({ name, events }) => (
              <div className="py-1.5">
                <FunctionLink name={name} />
                <p className="max-w-[320px] truncate font-mono text-code text-text-2" title={events.join(', ')}>
                  {events.join(', ')}
                </p>
              </div>
            ),
          },
          { name: 'Blocked by', cell: ({ name }) => <CallsOfEvents name={name} /> },
          {
            name: 'Actions',
            cell: ({ name }) => (
              <Button
                kind="quiet"
                aria-label={`Replay events to ${name}`}
                reason={reason}
                onClick={() => setReplayed(name)}
              >
                Replay
              </Button>
            ),
          },
        ]}
      />
      {replayed !== null && <ReplayFunctionDialog name={replayed} onClose={() => setReplayed(null)} />}
    </section>
  )
}

function NobodyListens() {
  return (
    <EmptyState title="Nobody listens to events">
      <p>
        A function is called for each document that was created, for each sign-in, or for what other functions publish,
        by its manifest:
      </p>
      <Snippet
        label="functions/hello.yaml"
        text={'events: [posts.created, auth.registered] # in functions/hello.yaml'}
      />
    </EmptyState>
  )
}
