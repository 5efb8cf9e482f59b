import type { Command } from 'commander'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'

export function webhooksEnableCommand(): Command {
  return projectCommand('enable', 'take and send events again', 'koyalite webhooks enable crm')
    .argument('<name>', 'an endpoint')
    .option('--json', 'print the endpoint')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const enabled = await withProject(options.dir, (project) => adminOf(project).enableWebhook({ params: { name } }))
      if (options.json === true) return printJson(enabled)
      print(`${name} is enabled.`)
      if (enabled.secret === null) return
      note('It has a new secret, which is shown only once:')
      print(enabled.secret)
    })
}

export function webhooksDisableCommand(): Command {
  return projectCommand('disable', 'take and send no events', 'koyalite webhooks disable crm')
    .argument('<name>', 'an endpoint')
    .option('--json', 'print the endpoint')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const disabled = await withProject(options.dir, (project) =>
        adminOf(project).disableWebhook({ params: { name } }),
      )
      if (options.json === true) return printJson(disabled)
      print(`${name} is disabled. Its pending deliveries are kept.`)
    })
}
