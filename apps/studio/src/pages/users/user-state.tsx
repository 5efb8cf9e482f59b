import type { ListUsersResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'
import { minuteOf } from '../../kit/times'

type User = ListUsersResponse['users'][number]

export function UserState({ user: { verified, account } }: { readonly user: Pick<User, 'verified' | 'account'> }) {
  return (
    <span className="flex flex-wrap gap-1">
      {account.blocked_at !== null && (
        <span title={account.block_reason ?? undefined}>
          <Badge kind="danger">
            {account.blocked_until === null ? 'blocked' : `blocked until ${minuteOf(account.blocked_until)}`}
          </Badge>
        </span>
      )}
      {!account.anonymous && (verified ? <Badge kind="success">verified</Badge> : <Badge>not verified</Badge>)}
      {account.mfa && <Badge>second factor</Badge>}
    </span>
  )
}
