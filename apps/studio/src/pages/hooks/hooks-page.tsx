import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { HookTable } from './hook-table'
import { hooksByFile, useHooks } from './use-hooks'

/** The project's code inside of writes: what runs of it, how long it takes, and what is off. */
export function HooksPage() {
  const { data, error, refetch } = useHooks()
  const files = data === undefined ? [] : hooksByFile(data)
  return (
    <Page title="Hooks">
      {error !== null && <ErrorState what="The hooks could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {data?.enabled === false && <SwitchedOff />}
      {data?.enabled === true && files.length === 0 && <NoHooks />}
      {data?.enabled === true && files.length > 0 && (
        <>
          <p className="text-text-2">
            Hooks run inside of writes, in the server’s process: while one computes, nothing else is served.
          </p>
          <HookTable files={files} />
        </>
      )}
    </Page>
  )
}

function SwitchedOff() {
  return (
    <EmptyState title="Hooks are switched off">
      <p>
        By the setting <code className="font-mono text-code">hooks.enabled</code>, or because the server was started
        with <code className="font-mono text-code">--no-hooks</code>. Writes do without what hooks check and set.
      </p>
    </EmptyState>
  )
}

function NoHooks() {
  return (
    <EmptyState title="No hooks yet">
      <p>
        A hook is code of yours inside of a write: it sets fields, refuses, and writes more, in the same transaction.
        Write the first one, for a collection that you have:
      </p>
      <Snippet label="hooks/posts.ts" text={EXAMPLE} />
      <p>Under koyalite dev it is here a moment after it is saved.</p>
    </EmptyState>
  )
}

const EXAMPLE = `// hooks/posts.ts
import { defineHooks, KoyaError } from '@koyalite/hooks'

export default defineHooks({
  posts: {
    beforeCreate(ctx, data) {
      const title = data.title.trim()
      if (title === '')
        throw new KoyaError('NO_TITLE', 'Needs a title')
      return { ...data, title }
    },
  },
})`
