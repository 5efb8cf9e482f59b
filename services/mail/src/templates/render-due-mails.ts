import { type MailNews, type MailTemplates, type RenderedTemplate, TemplateError, type Tx } from '@koyalite/contracts'
import type { Log, SecretBox } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { newsOf } from '../outcomes/take-report'
import { addHistory } from '../store/history'
import { markFailed, type OutboxMail } from '../store/outbox'
import { claimUnrendered, leaveUnrendered, storeRendered } from '../store/unrendered-mails'
import { openProps, sealBody } from '../transport/sealed-body'

export interface RenderOptions {
  readonly database: Database
  readonly secrets: SecretBox
  readonly templates: MailTemplates
  /** A mail can be sent now. */
  readonly onReady: () => void
  readonly onFailed: (template: string, error: string | null) => void
  readonly onNews: (tx: Tx, news: MailNews) => void
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Stops between two mails. */
  readonly signal: AbortSignal
}

/** For so long a mail is whoever's who renders it. Longer than that takes. */
const LEASE = 5 * 60_000
/** Waits where a template could not be rendered for want of memory, say. */
const BACK_OFF = [2_000, 10_000, 60_000, 600_000]
const MAX_ERROR = 500

/** Renders what is due and of a template: a mail's own fault is its own end, and holds up nothing else. */
export async function renderDueMails(options: RenderOptions): Promise<void> {
  const { database, now, signal } = options
  while (!signal.aborted) {
    const { value: mail } = await database.write((tx) => claimUnrendered(tx, now(), now() + LEASE))
    if (mail === null) break
    await renderMail(options, mail)
    options.onReady()
  }
}

async function renderMail(options: RenderOptions, mail: OutboxMail): Promise<void> {
  const { database, secrets, log, now, onFailed } = options
  const outcome = await outcomeOf(options, mail)
  const { template } = mail
  if (outcome instanceof TemplateError) {
    const error = outcome.message.slice(0, MAX_ERROR)
    const facts = { mail: mail.id, template, function: mail.function, stack: outcome.trace }
    onFailed(template, error)
    // People are not locked out by a template.
    if (mail.function === null) {
      log.error(facts, `an email of sign-in is sent with the default text: ${error}`)
      await database.write((tx) => leaveUnrendered(tx, mail, now()))
      return
    }
    const wait = outcome.isFinal ? undefined : BACK_OFF[mail.attempts]
    const nextAt = wait === undefined ? null : now() + wait
    log.warn(facts, nextAt === null ? `giving up on an email: ${error}` : `an email is rendered again later: ${error}`)
    await database.write((tx) => {
      if (!markFailed(tx, mail, { error, nextAt })) return
      addHistory(tx, mail.id, { state: nextAt === null ? 'failed' : 'queued', note: error, at: now() })
      if (nextAt === null) options.onNews(tx, newsOf(mail, { state: 'failed', reason: error }))
    })
    return
  }
  onFailed(template, null)
  const { subject, html, text, locale } = outcome
  const sealed = sealBody(secrets, mail.id, { html, text })
  await database.write((tx) => storeRendered(tx, mail, { subject, locale, ...sealed }, now()))
}

async function outcomeOf(
  { secrets, templates }: RenderOptions,
  mail: OutboxMail,
): Promise<RenderedTemplate | TemplateError> {
  const props = openProps(secrets, mail)
  if (props === null)
    return new TemplateError('the key that encrypted its values is no longer in data/keys', { isFinal: true })
  try {
    return await templates.render({ name: mail.template, props, locale: mail.locale ?? '' })
  } catch (error) {
    if (error instanceof TemplateError) return error
    return new TemplateError(error instanceof Error ? error.message : String(error), { isFinal: false })
  }
}
