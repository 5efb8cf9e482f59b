import { useConnection } from '@koyalite/client/react'

/** Says when what is shown may be out of date. */
export function ConnectionBanner() {
  const { status, staleSince } = useConnection()
  const isAway = status === 'stale' || status === 'offline'
  return (
    <div className="banner" role="status" data-shown={isAway}>
      {isAway && (
        <p>
          <strong>{status === 'offline' ? 'You are offline.' : 'Reconnecting …'}</strong>{' '}
          {staleSince && <>This is the list as of {TIME.format(staleSince)}.</>}
        </p>
      )}
    </div>
  )
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' })
