import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useDeferredValue, useRef } from 'react'
import { useCollections } from '../fields/use-collections'
import { Button } from '../kit/button'
import { ListTable } from '../kit/list-table'
import { Page } from '../kit/page'
import { Snippet } from '../kit/snippet'
import { EmptyState, ErrorState, Skeleton } from '../kit/states'
import { INPUT } from '../kit/text-field'
import { minuteOf } from '../kit/times'
import { useNewInAddress } from '../kit/use-new-in-address'
import { useMay, useSession } from '../session/session-context'
import { useKeys } from '../shell/keyboard'
import { NewUserDialog } from './users/new-user-dialog'
import { UserPanel } from './users/user-panel'
import { searchedFields, userConditions } from './users/user-search'
import { userSort } from './users/user-sort'
import { UserState } from './users/user-state'

/** The users of the application. What is searched for, and who is open, is in the address. */
export function UsersPage() {
  const { admin } = useSession()
  const { q, sort, user } = useSearch({ from: '/shell/users' })
  const box = useRef<HTMLInputElement>(null)
  const fields = searchedFields(useCollections().data?.find(({ name }) => name === 'users'))
  const navigate = useNavigate({ from: '/users' })
  const mayWrite = useMay('users:write')
  const [isNew, setNew] = useNewInAddress()
  const asked = useDeferredValue(q)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['users', asked, sort, fields.join(' ')],
    queryFn: ({ pageParam }) =>
      admin.listUsers({
        query: { ...userConditions(asked, fields), cursor: pageParam, sort: sort ?? '-created_at', count: true },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const users = data?.pages.flatMap((page) => page.users)
  const total = data?.pages[0]?.total
  useKeys({
    search: () => box.current?.focus(),
    ...(mayWrite && { new: () => setNew(true) }),
  })
  const newUser = (
    <Button kind="primary" reason={mayWrite ? null : 'Your role cannot create users.'} onClick={() => setNew(true)}>
      New user
    </Button>
  )
  return (
    <div className="relative flex h-full min-h-0">
      <div className="min-w-0 flex-1 overflow-auto">
        <Page title="Users" actions={newUser}>
          <div className="flex flex-wrap items-center gap-3">
            <input
              ref={box}
              type="search"
              aria-label="Search users"
              placeholder="Email address, name, phone or id"
              value={q}
              onChange={({ target }) => void navigate({ search: { q: target.value, sort, user }, replace: true })}
              onKeyDown={({ key }) => {
                const [first] = users ?? []
                if (key === 'Enter' && first !== undefined)
                  void navigate({ search: { q, sort, user: first.id }, replace: true })
              }}
              className={`${INPUT} max-w-[320px] max-sm:max-w-none`}
            />
            <select
              aria-label="Sort users by"
              value={sort ?? '-created_at'}
              onChange={({ target }) =>
                void navigate({ search: { q, user, sort: userSort(target.value) }, replace: true })
              }
              className="h-8 rounded-control border border-control bg-canvas px-1.5 max-sm:h-10"
            >
              <option value="-created_at">Newest first</option>
              <option value="-last_sign_in_at">Last sign-in first</option>
              <option value="email">By email address</option>
            </select>
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
                    <Link from="/users" search={{ q, sort, user: id }} className="text-link hover:underline">
                      {account.anonymous ? <span className="italic">anonymous</span> : email}
                    </Link>
                  ),
                },
                { name: 'Role', cell: ({ role }) => role },
                { name: 'State', cell: (one) => <UserState user={one} /> },
                {
                  name: 'Last sign-in',
                  cell: ({ account: { last_sign_in_at: at } }) =>
                    at === null ? (
                      <span className="text-text-3">not yet</span>
                    ) : (
                      <span className="whitespace-nowrap">{minuteOf(at)}</span>
                    ),
                },
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
      {user !== undefined && <UserPanel key={user} id={user} onClose={() => void navigate({ search: { q, sort } })} />}
      {isNew && mayWrite && <NewUserDialog onClose={() => setNew(false)} />}
    </div>
  )
}

function NoUsers() {
  return (
    <EmptyState title="Nobody has signed up yet">
      <p>Users sign up by the API, by a provider, or are made here. The first one:</p>
      <Snippet
        label="the first user"
        text={`curl --json '{"email":"ann@example.com","password":"a long password"}' \\\n  ${location.origin}/api/auth/register`}
      />
    </EmptyState>
  )
}
