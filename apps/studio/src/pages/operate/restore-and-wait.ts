import type { AdminClient, ListBackupsResponse } from '@koyalite/client/admin'

export interface RestoreRequest {
  /** Of the backup. */
  readonly name: string
  /** The name of the project, as it was typed. */
  readonly confirm: string
  /** Called with what happens now. */
  readonly onStep: (step: string) => void
}

type LastRestore = NonNullable<ListBackupsResponse['last_restore']>

/** How often the server is asked whether it is back. */
const POLL_MS = 400
/** After that somebody has to look after the server: a migration of a large database may take minutes. */
const GIVE_UP_MS = 15 * 60_000

/** Restores a backup and resolves when the server serves again, with what became of it. Rejects where nothing was restored. */
export async function restoreAndWait(
  admin: AdminClient,
  { name, confirm, onStep }: RestoreRequest,
): Promise<LastRestore> {
  onStep('Verifying the backup, and backing up how everything is now…')
  const before = (await admin.listBackups()).last_restore?.at ?? null
  await admin.restoreBackup({ params: { name }, body: { confirm } })
  onStep('The server starts again with the restored data…')
  const since = performance.now()
  while (performance.now() - since < GIVE_UP_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    // It does not answer, or that it is starting.
    const { last_restore: last } = await admin.listBackups().catch(() => ({ last_restore: null }))
    if (last !== null && last.at !== before) return last
  }
  throw new Error('The server has not come back for 15 minutes. Look at its log; the previous data is beside it.')
}
