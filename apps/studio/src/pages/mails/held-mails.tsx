import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { useToast } from '../../kit/toast'
import { useMay, useSession } from '../../session/session-context'

const EVERY_MS = 5_000
/** Beyond that it does not matter how many they are. */
const COUNTED = 100

/** Said where mails are held since the project was copied or restored; nothing where none are. */
export function HeldMails() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayWrite = useMay('mail:write')
  const [isAsking, setAsking] = useState(false)
  const { data } = useQuery({
    queryKey: ['mails', 'held'],
    queryFn: () => admin.listMails({ query: { state: 'held', limit: COUNTED } }),
    refetchInterval: EVERY_MS,
  })
  if (data === undefined || data.mails.length === 0) return null
  const count = data.next_cursor === null ? countText(data.mails.length) : `More than ${countText(COUNTED)}`
  async function release(): Promise<void> {
    const { released } = await admin.releaseMails()
    await queries.invalidateQueries({ queryKey: ['mails'] })
    toast({ title: `Released ${countText(released)}` })
  }
  return (
    <section aria-label="Held mails" className="flex flex-wrap items-center gap-3 rounded-panel bg-warning-soft p-4">
      <p className="min-w-0 flex-1 basis-[320px]">
        <span className="font-medium">{count} held.</span> This project was copied or restored: the original may have
        sent them.
      </p>
      <Button reason={mayWrite ? null : 'Your role cannot release mails.'} onClick={() => setAsking(true)}>
        Release
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Release what is held"
          action="Release the mails"
          run={release}
          onClose={() => setAsking(false)}
        >
          They are sent to real people from here. Whoever got one from the original gets it a second time.
        </ConfirmDialog>
      )}
    </section>
  )
}

function countText(count: number): string {
  return count === 1 ? '1 mail' : `${count.toLocaleString('en')} mails`
}
