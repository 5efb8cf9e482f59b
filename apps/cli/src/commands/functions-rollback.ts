import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { adminOf, withProject } from '../project'
import { projectCommand } from '../project-command'
import { print, printJson } from '../terminal'

const EXAMPLE = 'koyalite functions rollback hello'

export function functionsRollbackCommand(): Command {
  return projectCommand('rollback', 'end a share of another version, or let the version before serve again', EXAMPLE)
    .argument('<name>', 'a function')
    .option('--json', 'print {"name","version","before"}')
    .action(async (name: string, options: { dir?: string; json?: true }) => {
      const { version, before } = await withProject(options.dir, async (project) => {
        const admin = adminOf(project)
        const { versions, version: current, split } = await admin.getFunction({ params: { name } })
        if (split !== null) {
          await admin.serveFunctionVersion({ params: { name }, body: { version: split.version, percent: 0 } })
          return { version: current, before: split.version }
        }
        const earlier = versions.find((one) => current !== null && one.version < current)
        if (earlier === undefined) throw new CommandError(`there is no version of ${name} before the one that serves`)
        await admin.serveFunctionVersion({ params: { name }, body: { version: earlier.version } })
        return { version: earlier.version, before: current }
      })
      if (options.json === true) return printJson({ name, version, before })
      print(`Version ${version} of ${name} serves now, and version ${before} does not.`)
    })
}
