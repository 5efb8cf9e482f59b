import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { confirmDraft } from '@koyalite/schema'
import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { confirm } from '../migrate/confirm'
import { type Applied, applyAll, changingSchema, getStatus, type MigrationStatus } from '../migrate/migration-api'
import { projectFolder, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

export function migrateApplyCommand(): Command {
  return projectCommand(
    'apply',
    'apply pending migrations, and schema changes that need no migration file',
    'koyalite migrate apply --yes',
  )
    .option('--yes', 'skip the confirmation for migrations that lose data or cannot be rolled back')
    .option('--json', 'print {"applied":[{"file","version","snapshot"}],"changes":[…]}')
    .action(async (options: { dir?: string; yes?: true; json?: true }) => {
      const result = await withProject(
        options.dir,
        async (project): Promise<Applied> => {
          const status = await getStatus(project)
          requireApplicable(status)
          const drafts = status.migrations.filter(({ state }) => state === 'draft')
          const why = status.migrations.flatMap(reasonToAsk).join(', ')
          if (why !== '') {
            await confirm(`${why}. A snapshot of the database is taken first. Apply?`, { yes: options.yes === true })
          }
          const applied = await changingSchema('Applying', project, () =>
            applyAll(project, { confirm: drafts.length > 0 }),
          )
          // Whoever applies them next, such as start on a server, does not ask again.
          for (const { file } of drafts) confirmFile(join(projectFolder(options.dir), file ?? ''))
          return applied
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

/** Why one who applies a migration may regret it. */
function reasonToAsk({ file, state, reversible, remarks }: MigrationStatus['migrations'][number]): readonly string[] {
  if (state !== 'pending' && state !== 'draft') return []
  if (reversible === false) return [`${file} cannot be rolled back (${remarks.join('; ')})`]
  if (state === 'pending') return []
  return [remarks.length === 0 ? `${file} has confirm: false` : `${file} loses data (${remarks.join('; ')})`]
}

/** It has been applied: that it cannot be written is for the next server to say. */
function confirmFile(path: string): void {
  try {
    writeFileSync(path, confirmDraft(readFileSync(path, 'utf8')))
  } catch (error) {
    note(`${path} could not be marked as confirmed: ${error instanceof Error ? error.message : String(error)}`)
  }
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
