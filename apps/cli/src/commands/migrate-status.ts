import type { Command } from 'commander'
import { CommandError } from '../command-error'
import { getStatus, type MigrationStatus } from '../migrate/migration-api'
import { printTable } from '../print-table'
import { withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

export function migrateStatusCommand(): Command {
  return projectCommand('status', 'list migrations and pending schema changes', 'koyalite migrate status --json')
    .option('--json', 'print {"up_to_date","migrations":[…],"changes":[…],"problems":[…]}')
    .action(async (options: { dir?: string; json?: true }) => {
      const status = await withProject(options.dir, getStatus, { migrate: 'none' })
      if (options.json === true) printJson(status)
      else show(status)
      if (status.problems.length > 0) throw new CommandError(status.problems.join('\n'))
    })
}

function show(status: MigrationStatus): void {
  if (status.migrations.length > 0) {
    printTable(
      ['version', 'name', 'state', 'applied', 'roll back'],
      status.migrations.map((migration) => [
        String(migration.version),
        migration.name,
        migration.state === 'missing' ? 'applied, its file is missing' : migration.state,
        migration.applied_at?.slice(0, 19).replace('T', ' ') ?? '',
        rollbackText(migration),
      ]),
    )
  }
  for (const { change, reason, hint } of status.changes) {
    const more = [reason, hint].filter((text) => text !== null).join('; ')
    print(`${change}${more === '' ? '' : paint('dim', `  ${more}`)}`)
  }
  note(nextStep(status))
}

function nextStep({ up_to_date, migrations, changes, problems }: MigrationStatus): string {
  if (up_to_date) return 'The database matches schema.yaml.'
  if (problems.length > 0) return 'Nothing can be applied until this is fixed:'
  if (changes.some(({ automatic }) => !automatic)) {
    return 'A migration file is missing. Create it: koyalite migrate create <name>'
  }
  const drafts = migrations.filter(({ state }) => state === 'draft').map(({ file }) => file)
  if (drafts.length > 0) {
    return `${drafts.join(', ')} would lose data: review it, then edit it, add the line "confirm: true", or run koyalite migrate apply`
  }
  return 'Apply with: koyalite migrate apply (dev and start apply automatically)'
}

function rollbackText({ reversible, remarks }: MigrationStatus['migrations'][number]): string {
  if (reversible === null) return ''
  const why = remarks.length === 0 ? '' : `: ${remarks.join('; ')}`
  return `${reversible ? 'yes' : 'no'}${why}`
}
