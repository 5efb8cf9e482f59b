import type { Command } from 'commander'
import { printTable } from '../print-table'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'

export function webhooksListCommand(): Command {
  return projectCommand('list', 'list endpoints, with how sending to them goes', 'koyalite webhooks list --json')
    .option('--json', 'print {"endpoints":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const { endpoints } = await withProject(options.dir, (project) => adminOf(project).listWebhooks())
      if (options.json === true) return printJson({ endpoints })
      if (endpoints.length === 0)
        return note('There are no webhook endpoints yet. Create one: koyalite webhooks create')
      printTable(
        ['name', 'state', 'waiting', 'events', 'url', 'from'],
        endpoints.map((one) => [
          ...[one.name, stateOf(one), String(one.waiting), one.events.join(' '), one.url],
          one.source === 'settings' ? 'koyalite.yaml' : 'API',
        ]),
      )
      for (const { name, problems, dropped, dropped_since } of endpoints) {
        for (const problem of problems) note(`${name}: ${problem}`)
        if (dropped > 0)
          note(
            `${name}: ${dropped} events were dropped, because too many were waiting. To send them: koyalite webhooks replay ${name} --from ${dropped_since}`,
          )
      }
    })
}

function stateOf(endpoint: {
  readonly enabled: boolean
  readonly disabled_reason: string | null
  readonly failing_since: string | null
}): string {
  if (!endpoint.enabled) return `disabled (${endpoint.disabled_reason})`
  return endpoint.failing_since === null
    ? 'ok'
    : `failing since ${endpoint.failing_since.slice(0, 16).replace('T', ' ')}`
}
