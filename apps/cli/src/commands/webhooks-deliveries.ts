import { type Command, Option } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'

const STATES = ['waiting', 'blocked', 'delivered', 'dead', 'skipped', 'held'] as const

export function webhooksDeliveriesCommand(): Command {
  return projectCommand('deliveries', 'list the last deliveries', 'koyalite webhooks deliveries crm --state dead')
    .argument('<name>', 'an endpoint')
    .addOption(new Option('--state <state>', 'only those in this state').choices(STATES))
    .option('--limit <n>', 'how many, up to 500', (text) => Number(text), 50)
    .option('--json', 'print {"deliveries":[…],"next_cursor"}')
    .action(
      async (name: string, options: { dir?: string; state?: (typeof STATES)[number]; limit: number; json?: true }) => {
        const { state, limit } = options
        const page = await withProject(options.dir, (project) =>
          adminOf(project).listWebhookDeliveries({ params: { name }, query: { limit, ...(state && { state }) } }),
        )
        if (options.json === true) return printJson(page)
        if (page.deliveries.length === 0) return note('There are no deliveries.')
        printTable(
          ['id', 'event', 'document', 'state', 'attempts', 'last', 'created'],
          page.deliveries.map((one) => [
            ...[one.id, one.event, one.document ?? '', one.state, String(one.attempts.length)],
            lastOf(one.attempts.at(-1)),
            one.created_at.slice(0, 19).replace('T', ' '),
          ]),
        )
      },
    )
}

function lastOf(attempt: { readonly status: number | null; readonly error: string | null } | undefined): string {
  if (attempt === undefined) return ''
  return attempt.error ?? String(attempt.status)
}
