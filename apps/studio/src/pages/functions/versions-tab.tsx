import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import type { FunctionDetail } from './use-functions'

/** The versions that are kept, of which one serves. */
export function VersionsTab({ fn }: { readonly fn: FunctionDetail }) {
  const mayServe = useMay('functions:write')
  const { serve, serving } = useServe(fn)
  return (
    <div className="flex flex-col gap-3">
      <p className="text-text-2">
        Each change of its files is a version; the last 20 are kept. A version that is chosen here serves until the
        files change again. Its limits, its environment and who may call it are those that the manifest file and the
        settings have now.
      </p>
      {fn.split !== null && (
        <p className="text-text-2">
          Version {fn.split.version} gets {fn.split.percent} % of the calls, of the same callers each time. Letting a
          version serve ends that.
        </p>
      )}
      {fn.versions.length === 0 ? (
        <p className="text-text-2">There is no version yet: it has never been loaded.</p>
      ) : (
        <ListTable
          label={`Versions of ${fn.name}`}
          rows={fn.versions}
          keyOf={({ version }) => String(version)}
          columns={[
            { name: 'Version', isNumber: true, cell: ({ version }) => version },
            {
              name: 'Since',
              cell: ({ created_at: at }) => (
                <span className="whitespace-nowrap text-text-2" title={at}>
                  {minuteOf(at)}
                </span>
              ),
            },
            {
              name: 'State',
              cell: ({ serves, percent }) => (
                <span className="inline-flex gap-1">
                  {serves && <Badge kind="success">serves</Badge>}
                  {serves && fn.pinned && <Badge>chosen version</Badge>}
                  {percent > 0 && percent < 100 && <Badge kind="warning">{percent} % of the calls</Badge>}
                </span>
              ),
            },
            {
              name: 'Actions',
              cell: ({ version, serves }) => (
                <Button
                  kind="quiet"
                  aria-label={`Serve this version: ${version}`}
                  isBusy={serving === version}
                  reason={
                    mayServe
                      ? serves && fn.split === null
                        ? 'This version serves.'
                        : null
                      : 'Your role cannot choose the version that serves.'
                  }
                  onClick={() => void serve(version)}
                >
                  Serve this version
                </Button>
              ),
            },
          ]}
        />
      )}
    </div>
  )
}

/** Lets a version serve; the toast takes it back. */
function useServe({ name, version: before }: FunctionDetail) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [serving, setServing] = useState<number | null>(null)
  const change = async (version: number, back: number | null): Promise<void> => {
    setServing(version)
    try {
      await admin.serveFunctionVersion({ params: { name }, body: { version } })
      toast({
        title: `Version ${version} of ${name} serves`,
        ...(back !== null && { action: { label: 'Undo', run: () => void change(back, null) } }),
      })
    } catch (failure) {
      toast({ kind: 'error', title: `Version ${version} of ${name} does not serve`, description: messageOf(failure) })
    } finally {
      setServing(null)
      await queries.invalidateQueries({ queryKey: ['functions'] })
    }
  }
  return { serving, serve: (version: number) => change(version, before) }
}
