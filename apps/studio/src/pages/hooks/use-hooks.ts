import type { ListHooksResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

export type Hook = ListHooksResponse['hooks'][number]

const EVERY_MS = 3_000

/** The project's hooks, and how their runs went: files are saved and writes come while somebody looks. */
export function useHooks() {
  const { admin } = useSession()
  return useQuery({ queryKey: ['hooks'], queryFn: () => admin.listHooks(), refetchInterval: EVERY_MS })
}

/** Those of each file, in the order in which they run. A file without hooks of its own has none. */
export function hooksByFile({ files, hooks }: Pick<ListHooksResponse, 'files' | 'hooks'>): readonly FileOfHooks[] {
  const names = new Set([...files, ...hooks.map(({ file }) => file)])
  return Array.from(names, (file) => ({ file, hooks: hooks.filter((hook) => hook.file === file) }))
}

export interface FileOfHooks {
  readonly file: string
  readonly hooks: readonly Hook[]
}
