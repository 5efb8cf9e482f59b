import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'

/** What operators do with a schedule. Each says what happened, and lets the list be read again. */
export function useScheduleActions(name: string) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)
  const mayWrite = useMay('schedules:write')
  const params = { name }
  async function act(done: string, run: () => Promise<unknown>): Promise<void> {
    setBusy(true)
    try {
      await run()
      toast({ title: done })
    } catch (failure) {
      toast({ kind: 'error', title: `Nothing was changed: ${name}`, description: messageOf(failure) })
    } finally {
      setBusy(false)
      await queries.invalidateQueries({ queryKey: ['schedules'] })
    }
  }
  return {
    isBusy,
    reason: mayWrite ? null : 'Your role cannot change schedules.',
    run: () => act(`Ran ${name}`, () => admin.runSchedule({ params })),
    pause: () => act(`Paused ${name}`, () => admin.pauseSchedule({ params })),
    resume: () => act(`Resumed ${name}`, () => admin.resumeSchedule({ params })),
    async remove() {
      await admin.deleteSchedule({ params })
      toast({ title: `Deleted ${name}` })
      await queries.invalidateQueries({ queryKey: ['schedules'] })
    },
  }
}
