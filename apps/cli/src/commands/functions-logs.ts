import type { ListExecutionsResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { adminOf, type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { formatDuration, note, paint, print, printJson } from '../terminal'

type Execution = ListExecutionsResponse['executions'][number]

const EXAMPLES = `koyalite functions logs
koyalite functions logs hello --limit 5
koyalite functions logs hello --follow
koyalite functions logs --execution 0197a3d4-5b6c-7d8e-9f00-112233445566`

interface LogsOptions {
  readonly dir?: string
  readonly limit: string
  readonly follow?: true
  readonly execution?: string
  readonly json?: true
}

export function functionsLogsCommand(): Command {
  return projectCommand('logs', 'show calls of functions with their logs, the latest last', EXAMPLES)
    .argument('[name]', 'only of this function')
    .option('--limit <n>', 'how many calls', '20')
    .option('--follow', 'show calls as they end, until Ctrl-C')
    .option('--execution <id>', 'one call: its id is in the header Koyalite-Execution')
    .option('--json', 'print one JSON object for each call')
    .action((name: string | undefined, options: LogsOptions) =>
      withProject(options.dir, async (project) => {
        const show = options.json === true ? printJson : printExecution
        if (options.execution !== undefined) {
          return show(await adminOf(project).getExecution({ params: { id: options.execution } }))
        }
        const query = { limit: Number(options.limit), ...(name !== undefined && { function: name }) }
        const { executions } = await adminOf(project).listExecutions({ query })
        for (const one of executions.toReversed()) show(one)
        if (options.follow === true) return follow(project, name, show)
        if (executions.length === 0) note('Nothing was called lately.')
      }),
    )
}

async function follow(project: Project, name: string | undefined, show: (one: Execution) => void): Promise<void> {
  const query = name === undefined ? '' : `?function=${encodeURIComponent(name)}`
  const response = await project.fetch(`/api/admin/functions/executions/live${query}`)
  let rest = ''
  const decoder = new TextDecoder()
  for await (const piece of response.body ?? []) {
    const events = (rest + decoder.decode(piece, { stream: true })).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) if (event.startsWith('data: ')) show(JSON.parse(event.slice('data: '.length)))
  }
}

function printExecution({ id, started_at, status, error, logs, truncated, ms, ...one }: Execution): void {
  const at = started_at.slice(0, 19).replace('T', ' ')
  const colour = status === 'ok' ? 'green' : status === 'refused' ? 'yellow' : 'red'
  const by = one.actor.name ?? one.actor.kind
  print(
    `${at}  ${one.function} v${one.version}  ${paint(colour, status)}  ${formatDuration(ms)}  ${by}  ${paint('dim', id)}`,
  )
  if (error !== null) print(`  ${paint(colour, error.code)} ${error.stack ?? error.message}`.replaceAll('\n', '\n  '))
  for (const { level, message, fields } of logs) {
    const more = fields === undefined ? '' : ` ${paint('dim', JSON.stringify(fields))}`
    print(`  ${level === 'info' ? '' : `${paint(level === 'error' ? 'red' : 'yellow', level)} `}${message}${more}`)
  }
  if (truncated) print(`  ${paint('dim', CUT)}`)
}

/** Said where not all that a call has logged is kept. */
export const CUT = '… it has logged more than is kept: lines, or parts of them, were left out'
