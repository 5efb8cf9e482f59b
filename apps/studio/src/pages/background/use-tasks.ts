import type { ListTasksResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'

export type Task = ListTasksResponse['tasks'][number]

const EVERY_MS = 5_000

/** What the server does by itself, followed. */
export function useTasks() {
  const { admin } = useSession()
  return useQuery({ queryKey: ['tasks'], queryFn: () => admin.listTasks(), refetchInterval: EVERY_MS })
}

/** Runs a task now, and waits for its end. */
export function useTaskRun() {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const mayRun = useMay('jobs:write')
  const [running, setRunning] = useState<string | null>(null)
  async function run({ name }: Task): Promise<void> {
    setRunning(name)
    try {
      await admin.runTask({ params: { name } })
      toast({ title: `Ran ${name}` })
    } catch (failure) {
      toast({ kind: 'error', title: `${name} failed`, description: messageOf(failure) })
    } finally {
      setRunning(null)
      await queries.invalidateQueries({ queryKey: ['tasks'] })
    }
  }
  return { running, run, reason: mayRun ? null : 'Your role cannot run tasks.' }
}
