import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error'
import { confirm } from '../migrate/confirm'
import { changingSchema, planRollback, type RolledBack, rollBack } from '../migrate/migration-api'
import { withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

export function migrateRollbackCommand(): Command {
  return projectCommand('rollback', 'roll back the last migrations', 'koyalite migrate rollback 2 --yes')
    .argument('[n]', 'how many to roll back (default: 1)', parseCount, 1)
    .option('--yes', 'skip the confirmation, even if values are lost')
    .option('--json', 'print {"rolled_back":[{"version","name"}],"snapshot"}')
    .action(async (count: number, options: { dir?: string; yes?: true; json?: true }) => {
      const result = await withProject(
        options.dir,
        async (project): Promise<RolledBack> => {
          const plans = await planRollback(project, count)
          if (plans.length === 0) return { rolled_back: [], snapshot: null }
          for (const plan of plans) {
            if (plan.possible) continue
            throw new CommandError(`${fileName(plan)} cannot be rolled back: ${plan.reasons.join('; ')}`, {
              advice:
                'Nothing was changed. Create a migration that makes the change you want instead: koyalite migrate create <name>',
            })
          }
          const losses = plans.flatMap((plan) =>
            plan.possible ? plan.losses.map((loss) => `${fileName(plan)}: ${loss}`) : [],
          )
          for (const loss of losses) note(loss)
          if (losses.length > 0) {
            const names = plans.map(fileName).join(', ')
            await confirm(`Roll back ${names}? A snapshot of the database is taken first.`, {
              yes: options.yes === true,
            })
          }
          return changingSchema('Rolling back', project, () => rollBack(project, count))
        },
        { migrate: 'none' },
      )
      if (options.json === true) return printJson(result)
      if (result.rolled_back.length === 0) return note('There is no migration to roll back.')
      for (const migration of result.rolled_back) print(`${paint('green', '✓')} ${fileName(migration)} rolled back`)
      if (result.snapshot !== null) note(paint('dim', `Snapshot: ${result.snapshot}`))
      note('The file is pending again: change or remove it, or change schema.yaml, before the next start.')
    })
}

function fileName({ version, name }: { readonly version: number; readonly name: string }): string {
  return `${String(version).padStart(3, '0')}_${name}`
}

function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d{1,4}$/.test(text) || count < 1) throw new InvalidArgumentError('Expected a whole number, 1 or more.')
  return count
}
