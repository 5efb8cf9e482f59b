import type { MigrationStatus } from '@koyalite/contracts'
import { callProject, type Project, postProject } from '../project'
import { workingInSteps } from '../working'

/** The responses of the admin API about migrations, as far as the commands need them. */
export interface Applied {
  readonly applied: readonly { readonly file: string; readonly version: number; readonly snapshot: string | null }[]
  readonly changes: readonly string[]
}

export type PlannedRollback = { readonly version: number; readonly name: string } & (
  | { readonly possible: true; readonly losses: readonly string[] }
  | { readonly possible: false; readonly reasons: readonly string[] }
)

export interface RolledBack {
  readonly rolled_back: readonly { readonly version: number; readonly name: string }[]
  readonly snapshot: string | null
}

export interface Draft {
  readonly version: number
  readonly name: string
  readonly file: string
  readonly text: string
  readonly questions: readonly string[]
  readonly empty: boolean
}

export type Answers = Readonly<Record<string, 'rename' | 'drop'>>

export async function getStatus(project: Project): Promise<MigrationStatus> {
  return (await callProject(project, '/api/admin/migrations')) as MigrationStatus
}

export async function applyAll(project: Project): Promise<Applied> {
  return (await postProject(project, '/api/admin/migrate', { action: 'apply' })) as Applied
}

export async function planRollback(project: Project, steps: number): Promise<readonly PlannedRollback[]> {
  const request = { action: 'rollback', steps, dry_run: true }
  const response = (await postProject(project, '/api/admin/migrate', request)) as { migrations: PlannedRollback[] }
  return response.migrations
}

export async function rollBack(project: Project, steps: number): Promise<RolledBack> {
  return (await postProject(project, '/api/admin/migrate', { action: 'rollback', steps })) as RolledBack
}

export async function draft(project: Project, name: string, answers: Answers): Promise<Draft> {
  return (await postProject(project, '/api/admin/migrate', { action: 'draft', name, answers })) as Draft
}

/** Runs a change of the schema that may take long: shows its steps, and Ctrl-C cancels it. */
export async function changingSchema<T>(message: string, project: Project, change: () => Promise<T>): Promise<T> {
  const cancel = () => void postProject(project, '/api/admin/migrate', { action: 'cancel' })
  process.on('SIGINT', cancel)
  try {
    return await workingInSteps(message, change, async () => {
      const { running } = (await callProject(project, '/api/admin/migrate')) as { running: { step: string } | null }
      return running?.step ?? null
    })
  } finally {
    process.off('SIGINT', cancel)
  }
}
