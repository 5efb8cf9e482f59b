import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import { Button } from '../kit/button'
import { ListTable } from '../kit/list-table'
import { Page } from '../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../kit/states'
import { INPUT } from '../kit/text-field'
import { minuteOf } from '../kit/times'
import { useMay, useSession } from '../session/session-context'
import { NewUserDialog } from './users/new-user-dialog'
import { userFilter } from './users/user-filter'
import { UserPanel } from './users/user-panel'
import { UserState } from './users/user-state'

/** The users of the application. What is searched for, and who is open, is in the address. */
export function UsersPage() {
  const { admin } = useSession()
  const { q, user } = useSearch({ from: '/shell/users' })
  const navigate = useNavigate({ from: '/users' })
  const mayWrite = useMay('users:write')
  const [isNew, setNew] = useState(false)
  const asked = useDeferredValue(q)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['users', asked],
    queryFn: ({ pageParam }) =>
      admin.listUsers({ query: { ...userFilter(asked), cursor: pageParam, sort: '-created_at', count: true } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const users = data?.pages.flatMap((page) => page.users)
  const total = data?.pages[0]?.total
  const newUser = (
    <Button kind="primary" reason={mayWrite ? null : 'Your role cannot create users.'} onClick={() => setNew(true)}>
      New user
    </Button>
  )
  return (
    <div className="flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <Page title="Users" actions={newUser}>
          <div className="flex items-center gap-3">
            <input
              type="search"
              aria-label="Search users"
              placeholder="Email address or id"
              value={q}
              onChange={({ target }) => void navigate({ search: { q: target.value, user }, replace: true })}
              className={`${INPUT} max-w-[320px]`}
            />
            {total !== undefined && (
              <span role="status" className="text-text-2">
                {total.toLocaleString('en')} {total === 1 ? 'user' : 'users'}
              </span>
            )}
          </div>
          {error !== null && (
            <ErrorState what="The users could not be read" error={error} onRetry={() => void refetch()} />
          )}
          {users === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
          {users?.length === 0 && (q === '' ? <NoUsers /> : <p className="py-8 text-text-2">Nobody matches “{q}”.</p>)}
          {users !== undefined && users.length > 0 && (
            <ListTable
              label="Table of users"
              rows={users}
              keyOf={({ id }) => id}
              columns={[
                {
                  name: 'Email address',
                  cell: ({ id, email, account }) => (
                    <Link from="/users" search={{ q, user: id }} className="text-link hover:underline">
                      {account.anonymous ? <span className="italic">anonymous</span> : email}
                    </Link>
                  ),
                },
                { name: 'Role', cell: ({ role }) => role },
                { name: 'State', cell: (one) => <UserState user={one} /> },
                {
                  name: 'Created',
                  cell: ({ created_at }) =>
                    created_at && <span className="whitespace-nowrap">{minuteOf(created_at)}</span>,
                },
              ]}
            />
          )}
          {hasNextPage && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
              Show more
            </Button>
          )}
        </Page>
      </div>
      {user !== undefined && <UserPanel key={user} id={user} onClose={() => void navigate({ search: { q } })} />}
      {isNew && <NewUserDialog onClose={() => setNew(false)} />}
    </div>
  )
}

function NoUsers() {
  return (
    <EmptyState title="Nobody has signed up yet">
      <p>Users sign up by the API, by a provider, or are made here. The first one:</p>
      <pre className="max-w-full overflow-x-auto rounded-panel bg-sunken px-4 py-3 font-mono text-code text-text">
        {`curl --json '{"email":"ann@example.com","password":"a long password"}' \\\n  ${location.origin}/api/auth/register`}
      </pre>
    </EmptyState>
  )
}
