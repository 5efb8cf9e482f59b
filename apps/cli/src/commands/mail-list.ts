import type { ListMailsResponse } from '@koyalite/client/admin'
import { type Command, Option } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'
import { timeText } from './jobs-list'

const EXAMPLES = `koyalite mail list
koyalite mail list --state failed --json`

type State = ListMailsResponse['mails'][number]['status']

const STATES: readonly State[] = ['queued', 'held', 'sent', 'delivered', 'bounced', 'complained', 'failed']

interface Options {
  readonly dir?: string
  readonly state?: State
  readonly limit: string
  readonly json?: true
}

export function mailListCommand(): Command {
  return projectCommand('list', 'list emails, newest first', EXAMPLES)
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .addOption(new Option('--limit <count>', 'maximum number of emails').default('50', '50'))
    .option('--json', 'print {"mails":[…],"next_cursor"}')
    .action(async ({ dir, state, limit, json }: Options) => {
      const query = { limit: Number(limit), state }
      const page = await withProject(dir, (project) => adminOf(project).listMails({ query }))
      if (json === true) return printJson(page)
      if (page.mails.length === 0) return note(state === undefined ? 'There are no emails.' : 'No email matches.')
      printTable(
        ['id', 'of', 'to', 'state', 'created', ''],
        page.mails.map((mail) => [
          ...[mail.id, mail.function ?? mail.template ?? '', mail.to, mail.status],
          ...[timeText(mail.created_at), mail.error ?? ''],
        ]),
      )
      if (page.next_cursor !== null) note('There are more emails: raise --limit, or narrow the list with --state.')
    })
}
