import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

const EXAMPLES = `koyalite functions promote hello@3
koyalite functions promote hello@3 --percent 10
koyalite functions promote hello@3 --percent 0`

interface PromoteOptions {
  readonly dir?: string
  readonly percent: number
  readonly json?: true
}

export function functionsPromoteCommand(): Command {
  return projectCommand('promote', 'let a version of a function serve, until its files change again', EXAMPLES)
    .argument('<version>', 'a version: hello@3')
    .option(
      '--percent <share>',
      'send it this share of the calls only, the same callers each time; 0 ends that (default: 100)',
      parsePercent,
      100,
    )
    .option('--json', 'print {"name","version","split"}: what serves, and what gets a share')
    .action(async (text: string, { dir, percent, json }: PromoteOptions) => {
      const [, name, number] = /^(.+)@(\d{1,9})$/.exec(text) ?? []
      if (name === undefined)
        throw new CommandError(`'${text}' is not a version of a function`, {
          exitCode: 2,
          advice: 'Write name@number; koyalite functions versions <name> lists them.',
        })
      const input = { params: { name }, body: { version: Number(number), percent } }
      const { version, split } = await withProject(dir, (project) => adminOf(project).serveFunctionVersion(input))
      if (json === true) return printJson({ name, version, split })
      if (split === null) return print(`Version ${version} of ${name} serves now.`)
      print(
        `Version ${split.version} of ${name} gets ${split.percent} % of the calls; version ${version} serves the others.`,
      )
    })
}

function parsePercent(text: string): number {
  const percent = Number(text)
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text) || percent > 100)
    throw new InvalidArgumentError('Expected a number from 0 to 100, like 10 or 0.5.')
  return percent
}
