import type { ListRolesResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { Snippet } from '../../kit/snippet'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { permissionInWords } from './permission-words'

/** Who may do what by their role: users of the application, and operators of the studio. */
export function RolesPage() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['roles'], queryFn: () => admin.listRoles() })
  return (
    <Page title="Roles">
      {error !== null && <ErrorState what="The roles could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {data !== undefined && (
        <>
          <section aria-labelledby="user-roles" className="flex flex-col gap-3">
            <h2 id="user-roles" className="text-title font-semibold">
              Of users
            </h2>
            <p className="text-text-2">
              They are in schema.yaml, and rules ask for them:{' '}
              <code className="font-mono">auth.can("posts:write")</code>
            </p>
            {data.roles.length === 0 ? <NoRoles /> : <UserRoles roles={data.roles} />}
          </section>
          <section aria-labelledby="operator-roles" className="flex flex-col gap-3">
            <h2 id="operator-roles" className="text-title font-semibold">
              Of operators
            </h2>
            <ListTable
              label="Table of operators' roles"
              rows={data.operator_roles}
              keyOf={({ name }) => name}
              columns={[
                { name: 'Role', cell: ({ name }) => <strong className="font-semibold">{name}</strong> },
                { name: 'May', cell: (role) => <OperatorMay role={role} /> },
              ]}
            />
          </section>
        </>
      )}
    </Page>
  )
}

function UserRoles({ roles }: { readonly roles: ListRolesResponse['roles'] }) {
  return (
    <ListTable
      label="Table of users' roles"
      rows={roles}
      keyOf={({ name }) => name}
      columns={[
        { name: 'Role', cell: ({ name }) => <strong className="font-semibold">{name}</strong> },
        { name: 'Includes', cell: ({ inherits }) => inherits.join(', ') || <span className="text-text-3">none</span> },
        {
          name: 'Permissions',
          cell: ({ permissions }) => (
            <ul className="flex flex-wrap gap-x-3 gap-y-1 py-2">
              {permissions.map((permission) => (
                <li key={permission} title={permissionInWords(permission)}>
                  <code className="font-mono text-code">{permission}</code>
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  )
}

function OperatorMay({ role: { name, permissions } }: { readonly role: ListRolesResponse['operator_roles'][number] }) {
  const changed = permissions.filter((one) => one.endsWith(':write')).map((one) => one.slice(0, -':write'.length))
  const read = permissions
    .filter((one) => one.endsWith(':read'))
    .map((one) => one.slice(0, -':read'.length))
    .filter((area) => !changed.includes(area))
  return (
    <div className="flex flex-col gap-1 py-2">
      <p>{name === 'viewer' ? 'Read all documents.' : 'Read and change all documents, past all rules.'}</p>
      {changed.length > 0 && <p className="text-text-2">Change: {changed.map(inWords).join(', ')}</p>}
      {read.length > 0 && <p className="text-text-2">Read: {read.map(inWords).join(', ')}</p>}
    </div>
  )
}

function inWords(area: string): string {
  return area.replaceAll('_', ' ')
}

function NoRoles() {
  return (
    <div className="flex flex-col gap-2 text-text-2">
      <p>There are none. To begin with, in schema.yaml:</p>
      <Snippet
        label="roles for schema.yaml"
        text={'roles:\n  editor: { permissions: [posts:write] }\n  admin: { inherits: [editor], permissions: ["*"] }'}
      />
    </div>
  )
}
