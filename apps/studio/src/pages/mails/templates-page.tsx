import { useQuery } from '@tanstack/react-query'
import { linkOptions, useSearch } from '@tanstack/react-router'
import { ListBeside } from '../../kit/list-beside'
import { SideList } from '../../kit/side-list'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { TemplatePreview } from './template-preview'

/** How mails look that are made of templates: those of sign-in, and those of the project. */
export function TemplatesPage() {
  const { admin } = useSession()
  const { name, ...view } = useSearch({ from: '/shell/mails/templates' })
  const { data, error, refetch } = useQuery({
    queryKey: ['mails', 'templates'],
    queryFn: () => admin.listMailTemplates(),
  })
  const shown =
    data?.templates.find((one) => one.name === name) ?? (name === undefined ? data?.templates[0] : undefined)
  return (
    <ListBeside
      label="Templates"
      list={(close) => (
        <SideList
          what="templates"
          onOpen={close}
          entries={data?.templates.map((one) => ({
            key: one.name,
            name: one.name,
            note: one.file === null ? undefined : 'project',
            title: one.file ?? 'of the server',
            isCurrent: one.name === shown?.name,
            link: linkOptions({ to: '/mails/templates', search: { ...view, name: one.name } }),
          }))}
        />
      )}
    >
      {error !== null && (
        <ErrorState what="The templates could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="m-6 h-[480px] w-[min(640px,90%)]" />}
      {data !== undefined && shown === undefined && (
        <p className="p-6 text-text-2">There is no template “{name}”: templates are files like emails/welcome.tsx.</p>
      )}
      {data !== undefined && shown !== undefined && (
        <TemplatePreview key={shown.name} template={shown} defaultLocale={data.default_locale} search={view} />
      )}
    </ListBeside>
  )
}
