import { useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { ListTable } from '../../kit/list-table'
import { MoreItem, MoreLink, MoreMenu } from '../../kit/more-menu'
import { sizeText } from '../../kit/quantities'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { BACKUPS_KEY, type Backup } from './backups'
import { RestoreDialog } from './restore-dialog'

type Verified = 'busy' | 'ok' | readonly string[]

export function BackupTable({ backups }: { readonly backups: readonly Backup[] }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('backups:write')
  const [dialog, setDialog] = useState<{ readonly kind: 'restore' | 'delete'; readonly backup: Backup } | null>(null)
  const [verified, setVerified] = useState<Readonly<Record<string, Verified>>>({})
  async function verify({ name }: Backup): Promise<void> {
    setVerified((all) => ({ ...all, [name]: 'busy' }))
    try {
      const { ok, problems } = await admin.verifyBackup({ params: { name } })
      setVerified((all) => ({ ...all, [name]: ok ? 'ok' : problems }))
    } catch (error) {
      setVerified((all) => ({ ...all, [name]: [messageOf(error)] }))
    }
  }
  const reason = mayWrite ? null : 'Only owners restore, download and delete backups.'
  return (
    <>
      <ListTable
        label="Table of backups"
        rows={backups}
        keyOf={({ name }) => name}
        columns={[
          {
            name: 'Made',
            cell: ({ created_at }) => <span className="whitespace-nowrap">{created_at && minuteOf(created_at)}</span>,
          },
          { name: 'Name', cell: ({ name }) => <code className="font-mono text-code">{name}</code> },
          { name: 'Size', isNumber: true, cell: ({ bytes }) => (bytes === null ? '–' : sizeText(bytes)) },
          { name: 'State', cell: (backup) => <State backup={backup} verified={verified[backup.name]} /> },
          {
            name: 'Actions',
            cell: (backup) => (
              <div className="flex items-center gap-1">
                <Button
                  kind="quiet"
                  reason={reason}
                  onClick={() => setDialog({ kind: 'restore', backup })}
                  aria-label={`Restore ${backup.name}`}
                >
                  Restore
                </Button>
                <MoreMenu label={`More for ${backup.name}`}>
                  <MoreItem onClick={() => void verify(backup)}>Verify</MoreItem>
                  <MoreLink
                    reason={reason}
                    title="It holds the keys of the server too: keep it safe"
                    href={`/api/admin/backups/${encodeURIComponent(backup.name)}/download`}
                    download={`${backup.name}.tar`}
                  >
                    <Download aria-hidden="true" size={16} strokeWidth={1.5} />
                    Download
                  </MoreLink>
                  <MoreItem isDanger reason={reason} onClick={() => setDialog({ kind: 'delete', backup })}>
                    Delete
                  </MoreItem>
                </MoreMenu>
              </div>
            ),
          },
        ]}
      />
      {dialog?.kind === 'restore' && <RestoreDialog backup={dialog.backup} onClose={() => setDialog(null)} />}
      {dialog?.kind === 'delete' && (
        <ConfirmDialog
          title={`Delete the backup ${dialog.backup.name}`}
          action="Delete the backup"
          onClose={() => setDialog(null)}
          run={async () => {
            await admin.deleteBackup({ params: { name: dialog.backup.name } })
            await queries.invalidateQueries({ queryKey: BACKUPS_KEY })
            toast({ title: `Deleted the backup ${dialog.backup.name}` })
          }}
        >
          A deleted backup cannot be brought back. {backups.length - 1} are left.
        </ConfirmDialog>
      )}
    </>
  )
}

function State({ backup, verified }: { readonly backup: Backup; readonly verified: Verified | undefined }) {
  return (
    <span className="flex flex-wrap items-center gap-1.5" role="status">
      {backup.encrypted === true && <Badge>encrypted</Badge>}
      {backup.name.startsWith('before-') && <Badge>{backup.name.split('-').slice(0, 2).join(' ')}</Badge>}
      {verified === 'busy' && 'Verifying…'}
      {verified === 'ok' && <Badge kind="success">verified now</Badge>}
      {/* It was read back and compared before it got its name. */}
      {verified === undefined && <span className="text-text-2">verified when made</span>}
      {Array.isArray(verified) && (
        <span className="text-danger-text">
          <Badge kind="danger">damaged</Badge> {verified.join('; ')}
        </span>
      )}
    </span>
  )
}
