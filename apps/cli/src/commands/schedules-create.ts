import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'
import { localTime } from './schedules-list'

const EXAMPLES = `koyalite schedules create daily digest "0 8 * * *" --timezone Europe/Berlin
koyalite schedules create tenant-42 report "30 2 * * 1" --payload '{"tenant":42}' --json`

interface CreateOptions {
  readonly dir?: string
  readonly timezone?: string
  readonly overlap?: 'skip' | 'allow'
  readonly missed?: 'run_once' | 'skip'
  readonly jitter?: string
  readonly payload?: string
  readonly json?: true
}

export function schedulesCreateCommand(): Command {
  return projectCommand('create', 'run a function by a schedule', EXAMPLES)
    .argument('<name>', 'its name, unique in the project')
    .argument('<function>', 'the function that runs')
    .argument('<cron>', 'minute, hour, day of the month, month, day of the week; six fields begin with seconds')
    .option('--timezone <zone>', 'like Europe/Berlin (default: UTC)')
    .addOption(
      new Option('--overlap <what>', 'where the job before is not done (default: skip)').choices(['skip', 'allow']),
    )
    .addOption(
      new Option('--missed <what>', 'after the server was not there (default: run_once)').choices(['run_once', 'skip']),
    )
    .option('--jitter <duration>', 'each firing is later by up to so much, like 5m (default: 0s)')
    .option('--payload <json>', 'what the function is given; @file reads a file (default: {})')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, fn: string, cron: string, { dir, json, payload, ...options }: CreateOptions) => {
      const body = { name, function: fn, cron, ...options, ...(payload !== undefined && { payload: parsed(payload) }) }
      const made = await withProject(dir, (project) => adminOf(project).createSchedule({ body }))
      if (json === true) return printJson(made)
      if (made.next_at === null) print(`${name} never fires: no time matches ${cron}.`)
      else print(`${name} runs ${fn} next at ${localTime(made.next_at, made.timezone)}.`)
    })
}

function parsed(payload: string): unknown {
  const file = payload.startsWith('@') ? payload.slice(1) : null
  try {
    return JSON.parse(file === null ? payload : readFileSync(file, 'utf8'))
  } catch (cause) {
    const what = file === null ? 'the payload' : file
    throw new CommandError(`${what} is not JSON: ${(cause as Error).message}`, {
      exitCode: 2,
      advice: `Quote it for the shell: --payload '{"tenant":42}'`,
      cause,
    })
  }
}
