import { ANYONE, AppError, type Reads } from '@koyalite/contracts'
import { type ApiRequest, type Route, reply, route, type SecretBox } from '@koyalite/kernel'
import { escapeHtml } from '../escape-html'
import { listMails, type OutboxMail } from '../store/outbox'
import { openBody } from '../transport/sealed-body'

const SHOWN = 100

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #333); --quiet: light-dark(#5f5f5f, #a0a0a0); --card: light-dark(#fff, #1b1b1d); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 46em; padding: 2em 1em; background: light-dark(#f6f6f7, #111113); color: light-dark(#1a1a1a, #e8e8e8); }
h1 { font-size: 1.3em; margin: 0; } p { color: var(--quiet); margin: 0.4em 0 1.4em; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0.6em 0; }
summary { display: flex; flex-wrap: wrap; gap: 0 1em; align-items: baseline; padding: 0.7em 1em; cursor: pointer; border-radius: 8px; }
summary b { flex: 1 1 12em; font-weight: 600; overflow-wrap: anywhere; } summary::-webkit-details-marker { display: none; }
summary time, summary small { color: var(--quiet); font-size: 0.85em; overflow-wrap: anywhere; } summary small { flex-basis: 100%; }
summary small strong { color: light-dark(#a34000, #ffb05c); font-weight: 600; }
pre { border-top: 1px solid var(--line); margin: 0; padding: 1em; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
a { color: light-dark(#0b57d0, #8ab4f8); } :focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 1px; }
`
const STYLE_HASH = new Bun.CryptoHasher('sha256').update(STYLE).digest('base64')

const HEADERS = {
  // Nothing runs, nothing is loaded, nobody frames it: a mail's text cannot become more than text.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}

interface MailboxContext {
  readonly database: Reads
  readonly secrets: SecretBox
}

/**
 * The mailbox of `dev`: what was sent, or would have been, with its text. Never mounted elsewhere. Its links sign people in, so only callers on this
 * machine see it, whatever the server listens on.
 */
export function mailboxRoutes({ database, secrets }: MailboxContext): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/_/mail',
      summary: 'Emails of this development server',
      // Callers on this machine only: see requireLocal.
      access: ANYONE,
      credentials: 'none',
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      handle: ({ request }) => {
        requireLocal(request)
        const mails = listMails(database, { limit: SHOWN, before: null })
        const shown = mails.map((mail) => ({ mail, text: openBody(secrets, mail)?.text ?? '' }))
        return reply(200, mailboxPage(shown), { headers: HEADERS })
      },
    }),
  ]
}

function requireLocal(request: ApiRequest): void {
  if (request.isLocal) return
  throw new AppError(
    'FORBIDDEN',
    'The mailbox is available only on the machine that runs the server: open /_/mail there under http://localhost, not through a proxy.',
  )
}

interface ShownMail {
  readonly mail: OutboxMail
  readonly text: string
}

function mailboxPage(mails: readonly ShownMail[]): string {
  const list =
    mails.length === 0
      ? '<p>No emails yet. Register a user to see the first one here.</p>'
      : mails.map(mailItem).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mail</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><h1>Mail</h1><p>Emails that this development server sent or would have sent. Newest first${mails.length === SHOWN ? `, the last ${SHOWN}` : ''}. <a href="/_/mail">Refresh</a></p>
${list}
</body></html>
`
}

function mailItem({ mail, text }: ShownMail, index: number): string {
  const at = new Date(mail.createdAt).toISOString()
  const time = `<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>`
  const error = mail.error === null ? '' : `: ${escapeHtml(mail.error)}`
  const state = mail.status === 'sent' ? '' : ` · <strong>${escapeHtml(mail.status)}${error}</strong>`
  const head = `<b>${escapeHtml(mail.subject)}</b>${time}<small>to ${escapeHtml(mail.to)}${state}</small>`
  return `<details${index === 0 ? ' open' : ''}><summary>${head}</summary><pre>${linked(text)}</pre></details>`
}

/** Text with its web addresses as links. */
function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => {
      const safe = escapeHtml(part)
      return index % 2 === 1 ? `<a href="${safe}" rel="noreferrer">${safe}</a>` : safe
    })
    .join('')
}
