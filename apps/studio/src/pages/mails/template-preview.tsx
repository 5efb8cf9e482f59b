import type { ListMailTemplatesResponse, PreviewMailTemplateResponse } from '@koyalite/client/admin'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CodeBlock } from '../../kit/code-block'
import { ErrorState, Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { PROJECT } from '../../shell/project'
import { EmailFrame } from './email-frame'
import type { TemplatesSearch, TemplateView } from './templates-search'

/** Under `dev` the files of templates are being written. */
const EVERY_MS = 2_000

const VIEW_NAMES: Readonly<Record<TemplateView, string>> = {
  wide: '600 px wide',
  narrow: '360 px wide',
  text: 'Plain text',
}

export interface TemplatePreviewProps {
  readonly template: ListMailTemplatesResponse['templates'][number]
  readonly defaultLocale: string
  readonly search: Omit<TemplatesSearch, 'name'>
}

/** One template with its sample values, in a language, as one of those who read it sees it. */
export function TemplatePreview({ template, defaultLocale, search }: TemplatePreviewProps) {
  const { admin } = useSession()
  const { name, file, locales } = template
  const { locale = defaultLocale, view = 'wide', scheme = 'light' } = search
  const { data, error, refetch } = useQuery({
    queryKey: ['mails', 'template', name, locale],
    queryFn: () => admin.previewMailTemplate({ params: { name }, query: { locale } }),
    refetchInterval: PROJECT.environment === 'dev' ? EVERY_MS : false,
    placeholderData: keepPreviousData,
  })
  const email = data?.email ?? null
  return (
    <div className="flex min-w-0 flex-col gap-4 overflow-auto p-6 max-sm:p-4">
      <div className="flex flex-col gap-1">
        <h1 className="text-title font-semibold break-words">{email?.subject ?? name}</h1>
        <p className="text-text-2">
          <code className="font-mono text-code">{file ?? name}</code>
          {file === null && `, as the server has it: a file emails/${name}.tsx takes its place`}
        </p>
      </div>
      <ViewChoice locales={[...new Set([defaultLocale, ...locales, locale])]} chosen={{ locale, view, scheme }} />
      {error !== null && (
        <ErrorState what="The template could not be rendered" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[480px] w-[min(600px,100%)]" />}
      {data?.error != null && <RenderError error={data.error} />}
      {email !== null && (
        <>
          {email.missing.length > 0 && (
            <p className="rounded-panel bg-warning-soft px-3 py-2">No language has: {email.missing.join(', ')}</p>
          )}
          {email.locale !== locale && (
            <p className="text-text-2">
              It has no texts in {locale}: those in {email.locale} are sent.
            </p>
          )}
          {view === 'text' ? (
            <CodeBlock label="Plain text" text={email.text} />
          ) : (
            <EmailFrame
              name={name}
              locale={locale}
              html={email.html}
              width={view === 'wide' ? 600 : 360}
              scheme={scheme}
            />
          )}
          <section aria-label="Values" className="flex max-w-[600px] flex-col gap-2">
            <h2 className="text-md font-semibold">Values</h2>
            <CodeBlock label="Values of the preview" text={JSON.stringify(email.props, null, 2)} />
          </section>
        </>
      )}
    </div>
  )
}

interface ViewChoiceProps {
  readonly locales: readonly string[]
  readonly chosen: Required<Omit<TemplatesSearch, 'name'>>
}

/** In which language, how wide, and in which colours. All of it is in the address. */
function ViewChoice({ locales, chosen: { locale, view, scheme } }: ViewChoiceProps) {
  const navigate = useNavigate({ from: '/mails/templates' })
  const set = (change: TemplatesSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <select
        aria-label="Language"
        value={locale}
        onChange={({ target }) => set({ locale: target.value })}
        className={SELECT}
      >
        {locales.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <select
        aria-label="View"
        value={view}
        onChange={({ target }) => set({ view: target.value as TemplateView })}
        className={SELECT}
      >
        {Object.entries(VIEW_NAMES).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {view !== 'text' && (
        <select
          aria-label="Colours"
          value={scheme}
          onChange={({ target }) => set({ scheme: target.value === 'dark' ? 'dark' : 'light' })}
          className={SELECT}
        >
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      )}
    </div>
  )
}

const SELECT = `${INPUT} w-auto! max-w-[280px] max-sm:min-w-0 max-sm:flex-1`

function RenderError({
  error: { message, trace },
}: {
  readonly error: NonNullable<PreviewMailTemplateResponse['error']>
}) {
  return (
    <div role="alert" className="flex max-w-[720px] flex-col gap-2 rounded-panel bg-danger-soft p-4">
      <h2 className="text-md font-semibold text-danger-text">It cannot be rendered</h2>
      <p className="break-words whitespace-pre-wrap">{message}</p>
      {trace !== null && <CodeBlock label="Trace" text={trace} />}
    </div>
  )
}
