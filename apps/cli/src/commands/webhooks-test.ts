import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

export function webhooksTestCommand(): Command {
  return projectCommand('test', 'send an event of the type webhook.test once', 'koyalite webhooks test crm')
    .argument('<name>', 'an endpoint')
    .option('--json', 'print {"ok","status","ms","error","at"}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const attempt = await withProject(options.dir, (project) => adminOf(project).testWebhook({ params: { name } }))
      if (options.json === true) printJson(attempt)
      if (!attempt.ok) throw new CommandError(`${name} did not take it: ${attempt.error}`)
      if (options.json !== true) print(`${name} answered ${attempt.status} after ${attempt.ms} ms.`)
    })
}
