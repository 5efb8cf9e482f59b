import type { ListUsersResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'

type User = ListUsersResponse['users'][number]

export function UserState({ user: { verified, account } }: { readonly user: Pick<User, 'verified' | 'account'> }) {
  return (
    <span className="flex flex-wrap gap-1">
      {account.blocked_at !== null && <Badge kind="danger">blocked</Badge>}
      {!account.anonymous && (verified ? <Badge kind="success">verified</Badge> : <Badge>not verified</Badge>)}
      {account.mfa && <Badge>second factor</Badge>}
    </span>
  )
}
