import type { MigrationState, MigrationStatus, OpenChange } from '@koyalite/contracts'
import { type Difference, formatHint, type Migration } from '@koyalite/schema'
import type { MigrationsContext } from '../migrations-context'
import { readRecords } from '../store/migration-records'
import { planPending } from './plan-pending'
import { refusedByDocuments } from './refused-by-documents'
import { planRollbacks } from './roll-back'

/** Where a project stands: what was applied, what is to be applied, and what is missing. Changes nothing. */
export async function migrationStatus(context: MigrationsContext): Promise<MigrationStatus> {
  const plan = planPending(context)
  const records = readRecords(context.database)
  const rollbacks = new Map(planRollbacks(context, records.length).map((rollback) => [rollback.version, rollback]))
  const applied = records.map((record): MigrationState => {
    const file = context.files.find(({ version }) => version === record.version)
    const rollback = rollbacks.get(record.version)
    return {
      ...{ version: record.version, name: record.name, description: record.description },
      state: !file ? 'missing' : file.checksum === record.checksum ? 'applied' : 'changed',
      ...{ file: file?.file ?? null, applied_at: record.appliedAt, snapshot: record.snapshot, destroys: null },
      // Beyond the first irreversible one, nothing is known.
      reversible: rollback ? rollback.possible : null,
      remarks: !rollback ? [] : rollback.possible ? rollback.losses : rollback.reasons,
    }
  })
  const known = new Set(records.map(({ version }) => version))
  const pending = context.files
    .filter(({ version }) => !known.has(version))
    .map(({ file, version, migration }): MigrationState => {
      const planned = plan.ok ? plan.plans.find((candidate) => candidate.migration.version === version) : undefined
      const reversibility = planned?.reversibility
      return {
        ...{ version, name: migration?.name ?? nameIn(file), description: migration?.description ?? null },
        ...{ state: stateOf(migration), file, applied_at: null, snapshot: null },
        ...{ destroys: planned?.destroys ?? null, reversible: reversibility?.reversible ?? null },
        remarks: !reversibility ? [] : reversibility.reversible ? reversibility.losses : reversibility.reasons,
      }
    })
  const rest = plan.ok ? plan.rest : []
  const refused = plan.ok ? await refusedByDocuments(context, plan) : []
  const changes = rest.map((difference) => {
    return openChange(refused.find(({ line }) => line === difference.line) ?? difference)
  })
  return {
    up_to_date: plan.ok && plan.stored !== null && plan.pending.length === 0 && changes.length === 0,
    migrations: [...applied, ...pending].toSorted((a, b) => a.version - b.version),
    changes,
    problems: plan.ok ? [] : plan.problems,
  }
}

/** Of a file that cannot be read. */
function nameIn(file: string): string {
  return /\/\d+_(.*)\.ya?ml$/.exec(file)?.[1] ?? ''
}

function stateOf(migration: Migration | undefined): MigrationState['state'] {
  if (!migration) return 'invalid'
  return migration.waits ? 'draft' : 'pending'
}

function openChange({ line, kind, reason, hint }: Difference): OpenChange {
  return { change: line, automatic: kind === 'additive', reason: reason ?? null, hint: hint ? formatHint(hint) : null }
}
