import type { Settings } from '@koyalite/kernel'

/** The part of a project's settings that signing in depends on. */
export interface AuthSettings {
  readonly name: string
  readonly auth: Settings['auth']
  readonly server: Pick<Settings['server'], 'cors' | 'url'>
}
