import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { MailHealth } from '@koyalite/contracts'
import { backupsFolder } from '../backups-folder'
import type { OperationsContext } from '../operations-context'
import { checkBackups } from './check-files'
import { checkPlainFunctions } from './check-isolation'
import { attempted, type Finding, note, ok, problem } from './finding'

/** Checks for production: `doctor` lists all findings, `start` those that are not ok. Reads only. */
export async function checkServing(context: OperationsContext): Promise<readonly Finding[]> {
  return [
    checkUrl(context),
    ...checkMail(context),
    checkCors(context),
    await checkProxy(context),
    checkOperators(context),
    ...checkStudio(context),
    ...(context.databasePath === ':memory:' ? [] : [await attempted('backups', () => checkBackupsOf(context))]),
  ]
}

/** What `start` looks at. Without functions it waits for none. */
export async function checkStarted(context: OperationsContext): Promise<readonly Finding[]> {
  const findings = await checkServing(context)
  const plain = context.functions.hasAny() ? checkPlainFunctions(await context.functions.plain()) : null
  return plain === null ? findings : [...findings, plain]
}

function checkUrl({ settings: { server }, publicUrl }: OperationsContext): Finding {
  const check = 'address'
  if (server.url !== null) return ok(check, `links lead to ${server.url}`)
  return note(
    check,
    `server.url is not set: links in emails and redirects lead to ${publicUrl()}`,
    'Set server.url in koyalite.yaml to the address that people use, like https://app.example.com.',
  )
}

function checkMail({ mail }: OperationsContext): readonly Finding[] {
  const { failing, lastError, failingTemplates, ...how } = mail.health()
  const templates = failingTemplates.map(({ name, error }) => {
    const message = `the template ${name} could not be rendered: ${error.slice(0, 200)}`
    return problem('emails', message, `Change emails/${name}.tsx; koyalite emails check shows what is wrong.`)
  })
  if (failing === 0) return [checkTransport(how), ...templates]
  const emails = failing === 1 ? '1 email' : `${failing} emails`
  const failed = problem(
    'emails',
    `${emails} of the last 24 hours could not be sent: ${(lastError ?? 'unknown').slice(0, 200)}`,
    'Check the email section of koyalite.yaml. GET /api/admin/mail lists them; they are retried for about a day.',
  )
  return [checkTransport(how), failed, ...templates]
}

function checkTransport({ transport, from }: Pick<MailHealth, 'transport' | 'from'>): Finding {
  const check = 'email'
  if (transport === 'log') {
    return note(
      check,
      'no email is sent: email.transport is log, so that the log only says that there is one',
      'Set email.transport to smtp (with email.url) or resend (with email.api_key): docs/settings.md.',
    )
  }
  if (from === null) {
    const message = `emails are sent by ${transport} from no-reply@localhost, which most servers refuse`
    return note(check, message, 'Set email.from in koyalite.yaml, like Shop <no-reply@example.com>.')
  }
  return ok(check, `sent by ${transport}, from ${from}`)
}

function checkCors({ settings: { server }, auth }: OperationsContext): Finding {
  const check = 'cors'
  const { origins, credentials } = server.cors
  const refused = auth.refusedOrigin()
  const isNamed = credentials && origins.some((origin) => origin.replace(/\/$/, '') === refused)
  if (refused !== null && !isNamed) {
    const named = credentials ? [...origins, refused] : [refused]
    return note(
      check,
      `a page of ${refused} asked for cookies and was refused: server.cors does not name its origin with credentials`,
      `If that page is yours: server: { cors: { origins: ${JSON.stringify(named)}, credentials: true } }`,
    )
  }
  if (!origins.includes('*')) return ok(check, `pages of ${origins.join(', ') || 'no other origin'} may read responses`)
  return ok(check, 'pages of any origin may read responses, but never with cookies')
}

async function checkProxy({ settings: { server }, hasUntrustedProxy }: OperationsContext): Promise<Finding> {
  const check = 'proxy'
  const { trust_proxy: trust } = server
  const isTrusted = typeof trust === 'object' ? trust.length > 0 : Number(trust) > 0
  if (isTrusted || !(await hasUntrustedProxy())) return ok(check, 'no request came through a proxy that is not trusted')
  return note(
    check,
    'requests arrive through a proxy, but server.trust_proxy is off: all its clients count as one address, for limits and in the audit log',
    'If the proxy is yours: server: { trust_proxy: true }. Otherwise a client sends such headers itself, and they are ignored.',
  )
}

function checkOperators({ auth }: OperationsContext): Finding {
  const check = 'operators'
  if (auth.hasOperators()) return ok(check, 'there is an operator')
  return note(
    check,
    'nobody can sign in to the admin API: there is no operator',
    'koyalite admin create you@example.com, or open the link that koyalite start prints.',
  )
}

/** Pages of the app at the studio's address: somebody has asked for it, and should go on knowing. */
function checkStudio({ dir, settings: { studio } }: OperationsContext): readonly Finding[] {
  if (studio?.enabled !== true) return []
  const check = 'studio'
  if (!studio.same_origin || !hasPages(dir)) return [ok(check, 'no page of the app has the address of the studio')]
  return [
    note(
      check,
      "scripts of your app can act as your operators: studio.same_origin serves the studio at the app's own address",
      'Remove studio.same_origin from koyalite.yaml: the studio then has a port of its own, or give it studio.host.',
    ),
  ]
}

function hasPages(dir: string): boolean {
  const folder = resolve(dir, 'public')
  return existsSync(folder) && readdirSync(folder).length > 0
}

function checkBackupsOf(context: OperationsContext): Promise<Finding> {
  const { schedule } = context
  const last = schedule.last()
  return checkBackups(backupsFolder(context), {
    scheduled: schedule.plan().schedule !== null,
    lastFailure: last === null || last.ok ? null : last.message,
  })
}
