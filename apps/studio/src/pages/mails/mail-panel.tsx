import { AdminApiError, type GetMailResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf, secondOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import type { LiveListPanel } from '../observe/live-list-page'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { dueText } from '../schedules/due-text'
import { MailStateBadge, subjectOf } from './mail-state'

const EVERY_MS = 2_000

/** One mail: to whom, what has become of it, and why. */
export function MailPanel({ id, onClose, onKeyDown }: LiveListPanel) {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['mails', 'one', id],
    queryFn: () => admin.getMail({ params: { id } }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'queued' ? EVERY_MS : false),
  })
  const isGone = error instanceof AdminApiError && error.status === 404
  const mail = isGone ? undefined : data
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
    <div className="contents" onKeyDown={onKeyDown}>
      <SidePanel label="Mail" title={mail === undefined ? 'Mail' : subjectOf(mail)} onClose={onClose}>
        {isGone && <p className="text-text-2">This email does not exist, or is no longer kept.</p>}
        {error !== null && !isGone && (
          <ErrorState what="The mail could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {mail === undefined && error === null && <Skeleton className="h-[280px] w-full" />}
        {mail !== undefined && (
          <>
            <Resend mail={mail} />
            <MailFacts mail={mail} />
            <MailHistory history={mail.history} />
            <MailHeaders headers={mail.headers} />
            <p className="text-sm text-text-2">
              Texts are not shown: they may have links that sign people in. They are stored encrypted until the mail is
              sent.
            </p>
            <CopyField label="Mail id" text={mail.id} />
          </>
        )}
      </SidePanel>
    </div>
  )
}

function Resend({ mail }: { readonly mail: GetMailResponse }) {
  const { id, status } = mail
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('mail:write')
  const [isBusy, setBusy] = useState(false)
  async function resend(): Promise<void> {
    setBusy(true)
    try {
      await admin.resendMail({ params: { id } })
      toast({ title: `${subjectOf(mail)} is sent now` })
    } catch (failure) {
      toast({ kind: 'error', title: 'Nothing was sent', description: messageOf(failure) })
    } finally {
      setBusy(false)
      await queries.invalidateQueries({ queryKey: ['mails'] })
    }
  }
  return (
    <div className="flex gap-2">
      <Button
        isBusy={isBusy}
        reason={mayWrite ? whyNotResent(mail) : 'Your role cannot send mails.'}
        onClick={() => void resend()}
      >
        {status === 'failed' ? 'Send again' : 'Send now'}
      </Button>
    </div>
  )
}

function whyNotResent({ status, can_resend: canResend }: GetMailResponse): string | null {
  if (status !== 'queued' && status !== 'held' && status !== 'failed') return 'It was sent already.'
  return canResend ? null : 'Its text is deleted, since it signed somebody in: let them ask for another.'
}

function MailFacts({ mail }: { readonly mail: GetMailResponse }) {
  const { to, cc, bcc, pending, error, status, next_attempt_at: next, sent_at: sent } = mail
  return (
    <Facts>
      <Fact name="State">
        <MailStateBadge mail={mail} />
        {status === 'held' && (
          <p className="pt-1 text-text-2">
            It waited when this project was copied or restored: the original may have sent it.
          </p>
        )}
      </Fact>
      {error !== null && <Fact name={status === 'failed' ? 'Reason' : 'Last answer'}>{error}</Fact>}
      <Fact name="To">{to}</Fact>
      {cc.length > 0 && <Fact name="Cc">{cc.join(', ')}</Fact>}
      {bcc.length > 0 && <Fact name="Bcc">{bcc.join(', ')}</Fact>}
      {mail.reply_to !== null && <Fact name="Reply to">{mail.reply_to}</Fact>}
      {pending !== null && pending.length > 0 && <Fact name="Still to get it">{pending.join(', ')}</Fact>}
      <Fact name="From">{mail.function === null ? 'sign-in' : <FunctionLink name={mail.function} />}</Fact>
      {mail.template !== null && (
        <Fact name="Template">
          <code className="font-mono text-code">{mail.template}</code>
        </Fact>
      )}
      <Fact name="Queued">{minuteOf(mail.created_at)}</Fact>
      <Fact name="Attempts">{mail.attempts}</Fact>
      {next !== null && (
        <Fact name="Next attempt">
          {minuteOf(next)}, {dueText(next, Date.now())}
        </Fact>
      )}
      {sent !== null && <Fact name="Sent">{minuteOf(sent)}</Fact>}
      {mail.key !== null && (
        <Fact name="Key">
          <code className="font-mono text-code break-all">{mail.key}</code>
        </Fact>
      )}
      <Fact name="Delivery">{mail.delivery === 'at_most_once' ? 'at most once' : 'at least once'}</Fact>
    </Facts>
  )
}

function FunctionLink({ name }: { readonly name: string }) {
  if (!useMay('functions:read')) return <code className="font-mono text-code">{name}</code>
  return (
    <Link to="/functions/$name" params={{ name }} className="font-mono text-code text-link hover:underline">
      {name}
    </Link>
  )
}

/** What happened to it, the last first. */
function MailHistory({ history }: Pick<GetMailResponse, 'history'>) {
  return (
    <section aria-labelledby="mail-history" className="flex flex-col gap-2">
      <h3 id="mail-history" className="text-md font-semibold">
        History
      </h3>
      {history.length === 0 && <p className="text-text-2">Nothing yet.</p>}
      <ol className="flex flex-col gap-1.5">
        {history.toReversed().map(({ state, at, note }) => (
          <li key={`${at} ${state}`}>
            <span className="text-text-2">
              {at.slice(0, 10)} {secondOf(at)}
            </span>{' '}
            {state}
            {note !== null && <p className="text-sm break-words text-text-2">{note}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}

function MailHeaders({ headers }: { readonly headers: GetMailResponse['headers'] }) {
  const entries = Object.entries(headers)
  if (entries.length === 0) return null
  return (
    <section aria-labelledby="mail-headers" className="flex flex-col gap-2">
      <h3 id="mail-headers" className="text-md font-semibold">
        Headers
      </h3>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-3 gap-y-0.5 font-mono text-code">
        {entries.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-text-2">{name}</dt>
            <dd className="min-w-0 break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
