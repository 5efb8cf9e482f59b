import { useNavigate, useSearch } from '@tanstack/react-router'
import { Snippet } from '../../kit/snippet'
import { EmptyState } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { PROJECT } from '../../shell/project'
import { LiveListPage } from '../observe/live-list-page'
import { NothingMatches } from '../observe/nothing-matches'
import { useLivePages } from '../observe/use-live-pages'
import { HeldMails } from './held-mails'
import { MailPanel } from './mail-panel'
import { MAIL_STATES } from './mail-state'
import { MailTable } from './mail-table'
import { type MailsSearch, mailsSearch } from './mails-search'

/** The outbox: what waits, what was sent, and what could not be. */
export function MailsPage() {
  const { admin } = useSession()
  const search = useSearch({ from: '/shell/mails' })
  const { id: _, live: __, ...filter } = search
  const pages = useLivePages({
    queryKey: ['mails', 'list', filter],
    read: (page) => admin.listMails({ query: { ...filter, ...page } }),
    entriesOf: ({ mails }) => mails.map((mail) => ({ ...mail, at: mail.created_at })),
  })
  return (
    <LiveListPage
      title="Mail"
      what="mails"
      search={search}
      pages={pages}
      actions={PROJECT.environment === 'dev' && <MailboxLink />}
      filters={<StateFilter search={search} />}
      above={<HeldMails />}
      empty={
        filter.state !== undefined ? (
          <NothingMatches page="/mails">
            No mail that is kept is {filter.state}. Mails are kept for 7 days.
          </NothingMatches>
        ) : (
          <NoMails />
        )
      }
      table={(mails, open) => <MailTable mails={mails} open={open} />}
      panel={(panel) => <MailPanel key={panel.id} {...panel} />}
    />
  )
}

function StateFilter({ search }: { readonly search: MailsSearch }) {
  const navigate = useNavigate({ from: '/mails' })
  return (
    <select
      aria-label="State"
      value={search.state ?? ''}
      onChange={({ target }) =>
        void navigate({ search: mailsSearch({ ...search, state: target.value, id: undefined }), replace: true })
      }
      className={`${INPUT} w-auto! self-start max-sm:w-full!`}
    >
      <option value="">Any state</option>
      {MAIL_STATES.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  )
}

/** A page of the server, which shows texts: on the machine that runs it only. */
function MailboxLink() {
  return (
    <a href="/_/mail" className="text-link hover:underline" title="Mails with their texts, on this machine only">
      Mailbox
    </a>
  )
}

function NoMails() {
  return (
    <EmptyState title="No mails yet">
      <p>
        Mails of sign-in and those that functions send wait here until a mail server has taken them, and are kept for 7
        days. A function sends one:
      </p>
      <Snippet
        label="a call that sends a mail"
        text={"await ctx.mail.send({ to: 'ann@example.com', subject: 'Hello', text: 'It works.' })"}
      />
    </EmptyState>
  )
}
