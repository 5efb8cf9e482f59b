import { type BaseSettings, integer, type SettingsOf, section, size } from '@koyalite/kernel'

export const REALTIME_SETTINGS = {
  realtime: section({
    max_sockets: integer(20_000, { min: 1 }, 'Maximum number of open connections, of all processes together'),
    max_subscriptions: integer(100, { min: 1 }, 'Maximum number of subscriptions per connection'),
    max_documents: integer(
      10_000,
      { min: 1 },
      'Maximum number of documents in all live lists of one connection, with what expand adds to lists of all documents',
    ),
    memory: size(
      '1gb',
      'Memory limit for all live queries, of all processes together; beyond it new ones are rejected with REALTIME_BUSY',
    ),
  }),
}

/** What one of several processes that share the connections may have of it. */
export function shareOf<T extends RealtimeSettings>(settings: T, processes: number): T {
  const { max_sockets, memory } = settings.realtime
  const share = (total: number) => Math.ceil(total / processes)
  return {
    ...settings,
    realtime: { ...settings.realtime, max_sockets: share(max_sockets), memory: share(memory) },
  }
}

export interface RealtimeSettings extends SettingsOf<typeof REALTIME_SETTINGS> {
  readonly server: Pick<BaseSettings['server'], 'cors' | 'url' | 'query_timeout'>
}
