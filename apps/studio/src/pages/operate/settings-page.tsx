import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { Button } from '../../kit/button'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useMay, useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { SettingRow } from './setting-row'
import { SETTINGS_KEY } from './settings'
import { groupsOf } from './settings-groups'
import { TestMailDialog } from './test-mail-dialog'

/** Every setting: what it is, where that was set, and changing it. Those that were changed come first. */
export function SettingsPage() {
  const { admin } = useSession()
  const { q = '' } = useSearch({ from: '/shell/operate/settings' })
  const navigate = useNavigate({ from: '/operate/settings' })
  const mayTest = useMay('mail:write')
  const search = useRef<HTMLInputElement>(null)
  const [isTesting, setTesting] = useState(false)
  const { data, error, refetch } = useQuery({ queryKey: SETTINGS_KEY, queryFn: () => admin.listSettings() })
  useKeys({ search: () => search.current?.focus() })
  const groups = data && groupsOf(data.options, q)
  const waiting = data?.options.filter((option) => option.waiting) ?? []
  return (
    <Page
      title="Settings"
      actions={
        <Button reason={mayTest ? null : 'Your role cannot send mails.'} onClick={() => setTesting(true)}>
          Send a test mail
        </Button>
      }
    >
      <input
        ref={search}
        type="search"
        aria-label="Search settings"
        placeholder="Name or what it is for"
        value={q}
        onChange={({ target }) =>
          void navigate({ search: target.value === '' ? {} : { q: target.value }, replace: true })
        }
        className={`${INPUT} max-w-[400px]`}
      />
      {error !== null && (
        <ErrorState what="The settings could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[480px] w-full" />}
      {data !== undefined && data.problems.length > 0 && <Problems problems={data.problems} />}
      {waiting.length > 0 && (
        <p role="status" className="rounded-panel bg-warning-soft px-4 py-3 text-warning-text">
          The next start of the server takes: {waiting.map(({ path }) => path).join(', ')}.
        </p>
      )}
      {groups?.length === 0 && data?.problems.length === 0 && (
        <EmptyState title="No setting is called so">
          <Button onClick={() => void navigate({ search: {}, replace: true })}>Show all settings</Button>
        </EmptyState>
      )}
      {groups?.map(({ name, settings }) => (
        <section key={name} aria-labelledby={`settings-${name}`} className="flex flex-col gap-2">
          <h2 id={`settings-${name}`} className="text-title font-semibold">
            {name}
          </h2>
          <ul className="divide-y divide-line rounded-panel border border-line">
            {settings.map((setting) => (
              <SettingRow key={setting.path} setting={setting} />
            ))}
          </ul>
        </section>
      ))}
      {isTesting && data !== undefined && <TestMailDialog settings={data.options} onClose={() => setTesting(false)} />}
    </Page>
  )
}

function Problems({ problems }: { readonly problems: readonly string[] }) {
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-panel bg-danger-soft p-4">
      <h2 className="text-md font-semibold text-danger-text">The files of settings have mistakes</h2>
      <ul className="flex list-disc flex-col gap-1 pl-5 font-mono text-code">
        {problems.map((problem) => (
          <li key={problem} className="break-words">
            {problem}
          </li>
        ))}
      </ul>
      <p>The server goes on with what it has read before. Correct the files, and this page shows them.</p>
    </div>
  )
}
