import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { confirm } from '../migrate/confirm'
import { type Applied, applyAll, changingSchema, getStatus, type MigrationStatus } from '../migrate/migration-api'
import { withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

export function migrateApplyCommand(): Command {
  return projectCommand(
    'apply',
    'apply pending migrations, and schema changes that need no migration file',
    'koyalite migrate apply --yes',
  )
    .option('--yes', 'skip the confirmation for migrations that cannot be rolled back')
    .option('--json', 'print {"applied":[{"file","version","snapshot"}],"changes":[…]}')
    .action(async (options: { dir?: string; yes?: true; json?: true }) => {
      const result = await withProject(
        options.dir,
        async (project): Promise<Applied> => {
          const status = await getStatus(project)
          requireApplicable(status)
          const final = status.migrations.filter(({ state, reversible }) => state === 'pending' && reversible === false)
          if (final.length > 0) {
            const why = final
              .map(({ file, remarks }) => `${file} cannot be rolled back (${remarks.join('; ')})`)
              .join(', ')
            await confirm(`${why}. A snapshot of the database is taken first. Apply?`, { yes: options.yes === true })
          }
          return changingSchema('Applying', project, () => applyAll(project))
        },
        { migrate: 'none' },
      )
      if (options.json === true) return printJson(result)
      for (const { file, snapshot } of result.applied) {
        print(`${paint('green', '✓')} ${file}${snapshot === null ? '' : paint('dim', `  snapshot: ${snapshot}`)}`)
      }
      for (const change of result.changes) print(change)
      if (result.applied.length === 0 && result.changes.length === 0) note('There is nothing to apply.')
    })
}

function requireApplicable({ problems, changes }: MigrationStatus): void {
  if (problems.length > 0) throw new CommandError(problems.join('\n'))
  const missing = changes.filter(({ automatic }) => !automatic)
  if (missing.length === 0) return
  const lines = missing.map(({ change, reason }) => `  ${change}${reason === null ? '' : `: ${reason}`}`)
  throw new CommandError(`schema.yaml has changes that need a migration file:\n${lines.join('\n')}`, {
    advice: 'Create one: koyalite migrate create <name>',
  })
}
