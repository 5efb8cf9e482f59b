import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

const EXAMPLES = `koyalite webhooks replay crm --delivery 42
koyalite webhooks replay crm --from 2026-05-01T08:00:00Z`

export function webhooksReplayCommand(): Command {
  return projectCommand('replay', 'send a delivery again, or what happened since a time', EXAMPLES)
    .argument('<name>', 'an endpoint')
    .option('--delivery <id>', 'this one, with the same bytes')
    .option('--new-id', 'with a new id, for receivers that ignore ids they have seen')
    .option('--from <time>', 'all events since then, as far back as the change log reaches')
    .option('--json', 'print {"events"}, or the new delivery')
    .action(
      async (name: string, options: { dir?: string; delivery?: string; newId?: true; from?: string; json?: true }) => {
        const { delivery: id, from } = options
        if ((id === undefined) === (from === undefined))
          throw new CommandError('say what to send again: --delivery <id>, or --from <time>', { exitCode: 2 })
        if (from !== undefined && options.newId === true)
          throw new CommandError('--new-id is for one delivery', { exitCode: 2 })
        await withProject(options.dir, async (project) => {
          const admin = adminOf(project)
          if (from !== undefined) {
            const { events } = await admin.replayWebhook({ params: { name }, body: { from: timeOf(from) } })
            if (options.json === true) return printJson({ events })
            return print(`Sending ${events} events to ${name} again.`)
          }
          const body = { new_id: options.newId === true }
          const made = await admin.replayWebhookDelivery({ params: { name, id: id ?? '' }, body })
          if (options.json === true) return printJson(made)
          print(`Delivery ${made.id} sends it to ${name} again.`)
        })
      },
    )
}

function timeOf(text: string): string {
  const at = new Date(text)
  if (Number.isNaN(at.getTime()))
    throw new CommandError(`--from ${text} is not a time: write it like 2026-05-01T08:00:00Z`, { exitCode: 2 })
  return at.toISOString()
}
