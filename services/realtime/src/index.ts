export type { ChangedIdentity, Credentials, Identity } from './ports/credentials'
export { openRealtime, type Realtime, type RealtimeOptions, type RealtimeStats } from './realtime'
export type { Presented } from './sessions/session'
export type { Tickets } from './sessions/tickets'
