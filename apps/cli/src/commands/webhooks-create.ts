import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { repeatableOption } from '../repeatable-option'
import { note, print, printJson } from '../terminal'

const EXAMPLES = `koyalite webhooks create crm --url https://crm.example.com/hooks --event 'posts.*'
koyalite webhooks create billing --url https://billing.example.com --event orders.updated --when "doc.state == 'paid'"`

interface Options {
  readonly dir?: string
  readonly url: string
  readonly event: string[]
  readonly when?: string
  readonly field: string[]
  readonly unordered?: true
  readonly thin?: true
  readonly json?: true
}

export function webhooksCreateCommand(): Command {
  return projectCommand('create', 'create an endpoint; its secret is shown only once', EXAMPLES)
    .argument('<name>', 'lower-case letters, digits, - and _')
    .requiredOption('--url <url>', 'where events are sent to')
    .addOption(repeatableOption('--event <type>', 'events to send, like posts.created or posts.*', ''))
    .option('--when <expression>', 'a CEL condition over doc, old and type: send only if true')
    .addOption(repeatableOption('--field <name>', 'fields of documents to send besides the key', 'all'))
    .option('--unordered', 'do not hold back events of a document behind one that fails')
    .option('--thin', 'send the keys of documents only')
    .option('--json', 'print the endpoint with its secret')
    .action(async (name: string, options: Options) => {
      const { url, event: events, when, field: fields, unordered, thin } = options
      if (events.length === 0) throw new CommandError('which events? --event posts.created', { exitCode: 2 })
      const created = await withProject(options.dir, (project) =>
        adminOf(project).createWebhook({
          body: {
            ...{ name, url, events },
            ...(when !== undefined && { when }),
            ...(fields.length > 0 && { fields }),
            ...(unordered === true && { order: 'none' as const }),
            ...(thin === true && { payload: 'thin' as const }),
          },
        }),
      )
      if (options.json === true) return printJson(created)
      print(created.secret ?? '')
      note('The receiver verifies events with this secret. Store it there: it is not shown again.')
      for (const warning of created.warnings) note(`It ${warning}.`)
    })
}
