import type { GetMigrationsResponse, MigrateInput, MigrateResponse } from '@koyalite/client/admin'
import { adminOf, type Project } from '../project'
import { workingInSteps } from '../working'

type Member<Key extends string> = Extract<MigrateResponse, Readonly<Record<Key, unknown>>>

export type MigrationStatus = GetMigrationsResponse
export type Applied = Member<'applied'>
export type RolledBack = Member<'rolled_back'>
export type Draft = Member<'questions'>

export type Answers = Readonly<Record<string, 'rename' | 'drop'>>

export async function getStatus(project: Project): Promise<MigrationStatus> {
  return adminOf(project).getMigrations()
}

export async function applyAll(project: Project): Promise<Applied> {
  return migrate(project, { action: 'apply' }, 'applied')
}

export async function planRollback(project: Project, steps: number): Promise<Member<'migrations'>['migrations']> {
  const { migrations } = await migrate(project, { action: 'rollback', steps, dry_run: true }, 'migrations')
  return migrations
}

export async function rollBack(project: Project, steps: number): Promise<RolledBack> {
  return migrate(project, { action: 'rollback', steps }, 'rolled_back')
}

export async function draft(project: Project, name: string, answers: Answers): Promise<Draft> {
  return migrate(project, { action: 'draft', name, answers }, 'questions')
}

/** Each action has a response of its own, which is known by one of its members. */
async function migrate<Key extends 'applied' | 'migrations' | 'rolled_back' | 'questions'>(
  project: Project,
  body: MigrateInput['body'],
  key: Key,
): Promise<Member<Key>> {
  const response = await adminOf(project).migrate({ body })
  if (key in response) return response as Member<Key>
  throw new Error(`the server responded to '${body.action}' with something else`)
}

/** Runs a change of the schema that may take long: shows its steps, and Ctrl-C cancels it. */
export async function changingSchema<T>(message: string, project: Project, change: () => Promise<T>): Promise<T> {
  const cancel = () => void adminOf(project).migrate({ body: { action: 'cancel' } })
  process.on('SIGINT', cancel)
  try {
    return await workingInSteps(message, change, async () => {
      const { running } = await adminOf(project).getRunningMigration()
      return running?.step ?? null
    })
  } finally {
    process.off('SIGINT', cancel)
  }
}
