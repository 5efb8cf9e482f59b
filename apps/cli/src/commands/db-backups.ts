import type { ListBackupsResponse, VerifyBackupResponse } from '@koyalite/client/admin'
import type { Command } from 'commander'
import { formatBytes } from '../backup/format-bytes'
import { CommandError } from '../command-error'
import { printTable } from '../print-table'
import { adminOf, type Project, withProject } from '../project'
import { projectCommand } from '../project-command'
import { note, printJson } from '../terminal'
import { working } from '../working'

type Verified = Pick<VerifyBackupResponse, 'ok' | 'problems'>
type Listed = ListBackupsResponse['backups'][number] & Partial<Verified>

export function dbBackupsCommand(): Command {
  return projectCommand('backups', 'list the backups in backups.dir, newest first', 'koyalite db backups --verify')
    .option('--verify', 'verify each backup: checksums, and every page of its database')
    .option('--json', 'print {"backups":[…],"schedule":{…}}')
    .action(async (options: { dir?: string; verify?: true; json?: true }) => {
      const { response, verified } = await withProject(
        options.dir,
        (project) => list(project, options.verify === true),
        {
          migrate: 'none',
        },
      )
      const backups = response.backups.map((backup) => ({ ...backup, ...verified.get(backup.name) }))
      const broken = backups.filter((backup) => 'ok' in backup && !backup.ok)
      if (options.json === true) printJson({ ...response, backups })
      else show(backups, response.schedule)
      if (broken.length > 0) {
        throw new CommandError(`${broken.length} of ${backups.length} backups cannot be restored`, {
          advice: broken.map((backup) => `${backup.name}: ${backup.problems?.join('; ')}`).join('\n'),
        })
      }
    })
}

async function list(project: Project, verify: boolean) {
  const admin = adminOf(project)
  const response = await admin.listBackups()
  const verified = new Map<string, Verified>()
  for (const { name } of verify ? response.backups : []) {
    const verify = () => admin.verifyBackup({ params: { name } })
    const { ok, problems } = await working(`Verifying ${name}`, verify)
    verified.set(name, { ok, problems })
  }
  return { response, verified }
}

function show(backups: readonly Listed[], { schedule, next, last }: ListBackupsResponse['schedule']): void {
  if (backups.length === 0) note('There are no backups yet. Create one: koyalite db backup')
  else {
    printTable(
      ['name', 'made', 'size', 'state'],
      backups.map((backup) => [
        backup.name,
        backup.created_at ?? '',
        formatBytes(backup.bytes ?? 0),
        backup.ok === undefined ? (backup.encrypted === true ? 'encrypted' : '') : backup.ok ? 'verified' : 'broken',
      ]),
    )
  }
  if (schedule !== null && next !== null) note(`Schedule: ${schedule}; next backup at ${next}.`)
  if (last !== null && !last.ok) note(`The last scheduled backup failed: ${last.message}`)
}
