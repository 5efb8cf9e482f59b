import type { AdminClient, GetMailResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { ApiError, adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { paint, print, printJson } from '../terminal'
import { timeText } from './jobs-list'

const ID = '0197a3d4-5b6c-7d8e-9f00-112233445566'
const NAME_WIDTH = 11

interface Options {
  readonly dir?: string
  readonly json?: true
}

export function mailShowCommand(): Command {
  return oneMail('show', 'show an email, without its text: to whom, its state, its error').action(
    async (id: string, { dir, json }: Options) => {
      const mail = await withMail(dir, (admin) => admin.getMail({ params: { id } }))
      if (json === true) return printJson(mail)
      for (const [name, value] of linesOf(mail)) print(`${paint('dim', name.padEnd(NAME_WIDTH))}${value}`)
    },
  )
}

export function mailResendCommand(): Command {
  return oneMail('resend', 'send an email now that failed, waits or is held').action(
    async (id: string, { dir, json }: Options) => {
      const mail = await withMail(dir, (admin) => admin.resendMail({ params: { id } }))
      if (json === true) return printJson(mail)
      print(`The email to ${mail.to} is sent again.`)
    },
  )
}

function oneMail(verb: string, description: string): Command {
  return projectCommand(verb, description, `koyalite mail ${verb} ${ID}`)
    .argument('<id>', 'the id of the email, from `mail list`')
    .option('--json', 'print the email as the API has it')
}

async function withMail<T>(dir: string | undefined, act: (admin: AdminClient) => Promise<T>): Promise<T> {
  try {
    return await withProject(dir, (project) => act(adminOf(project)))
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    throw new CommandError(error.message, { advice: 'Run koyalite mail list to see the latest.', cause: error })
  }
}

function linesOf(mail: GetMailResponse): readonly (readonly [name: string, value: string])[] {
  const all: readonly (readonly [name: string, value: string | null])[] = [
    ['mail', mail.id],
    ['function', mail.function],
    ['template', mail.template],
    ['state', mail.status],
    ['to', mail.to],
    ['cc', mail.cc.join(', ') || null],
    ['bcc', mail.bcc.join(', ') || null],
    ['reply to', mail.reply_to],
    ['subject', mail.subject],
    ...Object.entries(mail.headers),
    ['attempts', String(mail.attempts)],
    ['created', timeText(mail.created_at)],
    ['next', mail.next_attempt_at && timeText(mail.next_attempt_at)],
    ['sent', mail.sent_at && timeText(mail.sent_at)],
    ['pending', mail.pending?.join(', ') ?? null],
    ['key', mail.key],
    ['error', mail.error],
    ...mail.history.map(
      ({ state, at, note }, index) =>
        [index === 0 ? 'history' : '', `${timeText(at)}  ${state}${note === null ? '' : `: ${note}`}`] as const,
    ),
  ]
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
}
