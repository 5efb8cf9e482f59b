import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { helpNotes } from '../help-text'
import { confirm } from '../migrate/confirm'
import { backupProgress, sourcesOf } from '../progress-files'
import { adminOf, projectFolder, withProject } from '../project'
import { projectCommand } from '../project-command'
import { formatCount, note, print, printJson } from '../terminal'
import { working } from '../working'

const NOTES = `
Operators, service keys, the audit log and the schema are kept. A backup is made first. Refused when
KOYALITE_ENV is production, and while koyalite start is running, whatever KOYALITE_ENV says.`

export function dbResetCommand(): Command {
  return projectCommand('reset', 'delete all documents and users', 'koyalite db reset && koyalite db seed')
    .option('--yes', 'skip the confirmation')
    .option('--json', 'print {"documents","backup","epoch"}')
    .addHelpText('after', helpNotes(NOTES))
    .action((options: { dir?: string; yes?: true; json?: true }) =>
      withProject(options.dir, async (project) => {
        if (project.environment === 'production') {
          throw new CommandError('a production database cannot be reset', {
            advice:
              'KOYALITE_ENV is production, the default of koyalite start. To go back to an earlier state: koyalite db restore <backup>',
          })
        }
        await confirm(`Delete all documents and users of ${project.settings.name}?`, { yes: options.yes === true })
        const dir = projectFolder(options.dir)
        const reset = await working(
          'Resetting',
          () => adminOf(project).resetDatabase(),
          backupProgress(`${resolve(dir, project.settings.backups.dir)}/`, sourcesOf(project, dir)),
        )
        if (options.json === true) return printJson(reset)
        print(`Removed ${formatCount(reset.documents)} documents.`)
        if (reset.backup !== null) note(`A backup was made: ${reset.backup}`)
      }),
    )
}
