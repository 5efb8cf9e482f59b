import { useSyncExternalStore } from 'react'
import type { ConnectionState } from '../live/connection'
import { useKoya } from './koya-provider'

const UNKNOWN: ConnectionState = { status: 'closed' }

/** How the connection for live queries is: `stale` and `offline` say that what is shown may be out of date, and since when. */
export function useConnection(): ConnectionState {
  const { status } = useKoya().realtime
  return useSyncExternalStore(status.subscribe, status.getSnapshot, () => UNKNOWN)
}
