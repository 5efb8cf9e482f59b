import type { GetMigrationsResponse, MigrateInput, MigrateResponse } from '@koyalite/client/admin'
import { adminOf, type Project } from '../project'
import { note } from '../terminal'
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

/** @param confirm whether somebody has agreed to what drafts lose */
export async function applyAll(project: Project, { confirm }: { readonly confirm: boolean }): Promise<Applied> {
  return migrate(project, { action: 'apply', confirm }, 'applied')
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

/** False where nothing runs that could be cancelled. */
async function cancelMigration(project: Project): Promise<boolean> {
  return (await migrate(project, { action: 'cancel' }, 'cancelled')).cancelled
}

/** Each action has a response of its own, which is known by one of its members. */
async function migrate<Key extends 'applied' | 'migrations' | 'rolled_back' | 'questions' | 'cancelled'>(
  project: Project,
  body: MigrateInput['body'],
  key: Key,
): Promise<Member<Key>> {
  const response = await adminOf(project).migrate({ body })
  if (key in response) return response as Member<Key>
  throw new Error(`the server responded to '${body.action}' with something else`)
}

/** How people, supervisors and closed terminals ask a command to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a change of the schema that may take long: shows its steps. A signal cancels it, also where a server makes it: the command then ends when that has been
 * rolled back. A second one ends the command at once.
 */
export async function changingSchema<T>(message: string, project: Project, change: () => Promise<T>): Promise<T> {
  let isAsked = false
  const cancel = () => {
    if (isAsked) {
      if (project.live) note('The server goes on with it. See: koyalite migrate status')
      process.exit(1)
    }
    isAsked = true
    cancelMigration(project).then(
      (isCancelled) => {
        if (!isCancelled) note('It can no longer be cancelled, and is being finished.')
      },
      (error: unknown) => note(`It could not be cancelled: ${error instanceof Error ? error.message : String(error)}`),
    )
  }
  for (const signal of SIGNALS) process.on(signal, cancel)
  try {
    return await workingInSteps(message, change, async () => {
      const { running } = await adminOf(project).getRunningMigration()
      return running?.step ?? null
    })
  } finally {
    for (const signal of SIGNALS) process.off(signal, cancel)
  }
}
