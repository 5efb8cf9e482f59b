import { ANYONE, AppError, type Reads } from '@koyalite/contracts'
import {
  type Html,
  type HtmlContent,
  html,
  projectMark,
  type Route,
  reply,
  route,
  type SecretBox,
  type ServerPage,
  serverPage,
} from '@koyalite/kernel'
import { z } from 'zod'
import { findMail, listMails } from '../store/operators'
import type { OutboxMail } from '../store/outbox'
import { type MailBody, openBody } from '../transport/sealed-body'
import { textOfHtml } from '../written/text-of-html'
import { requireLocal } from './dev-page'
import { emailFrame } from './email-frame'

const SHOWN = 100

const STYLE = `
main { width: min(760px, 100%); margin: 0 auto; padding: 24px 16px 56px; }
.panel { overflow: hidden; }
h1 { margin-top: 24px; } h1 + p { color: var(--color-text-2); margin: 4px 0 16px; }
details + details { border-top: 1px solid var(--color-line); }
summary { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: baseline; padding: 10px 16px; cursor: pointer; list-style: none; }
summary:focus-visible { outline-offset: -2px; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--color-sunken); }
summary b { flex: 1 1 12em; font-weight: 600; overflow-wrap: anywhere; }
summary time { font-size: var(--text-sm); line-height: var(--text-sm--line-height); color: var(--color-text-3); }
summary small { flex-basis: 100%; overflow-wrap: anywhere; }
summary small strong { color: var(--color-warning-text); font-weight: 600; }
h2 { margin: 24px 0 8px; } nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
details p { margin: 0; padding: 0 16px 4px; }
pre { padding: 4px 16px 16px; border-radius: 0; background: none; }
`

interface MailboxContext {
  /** The project's name. */
  readonly project: () => string
  readonly database: Reads
  readonly secrets: SecretBox
  /** Links to templates. */
  readonly links: () => Html
}

/**
 * The mailbox of `dev`: what was sent, or would have been, with its text. Never mounted elsewhere. Its links sign people in, so only callers on this
 * machine see it, whatever the server listens on.
 */
export function mailboxRoutes({ project, database, secrets, links }: MailboxContext): readonly Route[] {
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
        const shown = mails.map((mail) => ({ mail, body: openBody(secrets, mail) }))
        const { text, headers } = mailboxPage(project(), shown, links())
        return reply(200, text, { headers })
      },
    }),
    route({
      method: 'GET',
      path: '/_/mail/:id/body',
      summary: 'The texts of an email of this development server',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: z.object({ html: z.string(), text: z.string() }) },
      handle: async ({ request, params: { id } }) => {
        requireLocal(request)
        const mail = findMail(database, id)
        const body = mail === null ? null : openBody(secrets, mail)
        if (body === null) throw new AppError('NOT_FOUND', 'There is no such email with a text.')
        const { html, text } = body
        // As it is sent.
        return { html, text: text === '' ? await textOfHtml(html) : text }
      },
    }),
    route({
      method: 'GET',
      path: '/_/mail/:id/html',
      summary: 'The HTML of an email of this development server',
      access: ANYONE,
      credentials: 'none',
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      handle: ({ request, params: { id } }) => {
        requireLocal(request)
        const mail = findMail(database, id)
        const body = mail === null ? null : openBody(secrets, mail)
        if (body === null || body.html === '') throw new AppError('NOT_FOUND', 'There is no such email with HTML.')
        return emailFrame(body.html)
      },
    }),
  ]
}

interface ShownMail {
  readonly mail: OutboxMail
  /** Null until it is rendered. */
  readonly body: MailBody | null
}

/** Nothing runs there: a mail's text cannot become more than text. */
function mailboxPage(project: string, mails: readonly ShownMail[], links: Html): ServerPage {
  const list =
    mails.length === 0
      ? html`<p class="quiet">No emails yet. Register a user to see the first one here.</p>`
      : html`<div class="panel">
${mails.map(mailItem)}</div>`
  const body = html`<main>
${projectMark(project)}
<h1>Emails</h1>
<p>Emails that this development server sent or would have sent. Newest first${mails.length === SHOWN && `, the last ${SHOWN}`}. <a href="/_/mail">Refresh</a></p>
${list}
<h2>Templates</h2>
${links}
</main>`
  return serverPage({ title: 'Emails', project, body, style: STYLE })
}

function mailItem({ mail, body }: ShownMail, index: number): Html {
  const at = new Date(mail.createdAt).toISOString()
  const error = mail.error === null ? '' : `: ${mail.error}`
  const state = mail.status !== 'sent' && html` · <strong>${mail.status}${error}</strong>`
  const subject = mail.subject === '' ? `${mail.template} (not rendered yet)` : mail.subject
  const view = body !== null && body.html !== '' && html`<p><a href="/_/mail/${mail.id}/html">HTML</a></p>`
  const text = body?.text || body?.html || ''
  return html`<details${index === 0 && html` open`}><summary><b>${subject}</b><time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time><small>to ${mail.to}${state}</small></summary>${view}<pre>${linked(text)}</pre></details>\n`
}

/** Text with its web addresses as links. */
function linked(text: string): readonly HtmlContent[] {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}" rel="noreferrer">${part}</a>` : part))
}
