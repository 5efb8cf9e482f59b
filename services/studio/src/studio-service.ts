import { defineService } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { itemRoutes } from './http/item-routes'
import { studioRoutes } from './http/studio-routes'
import { STUDIO_TABLES } from './store/kept-items'
import { openStudioPack, type StudioPack } from './studio-pack'
import { STUDIO_SETTINGS, type StudioSettings } from './studio-settings'

export interface StudioNeeds {
  readonly database: Database
  readonly mode: 'dev' | 'start'
  readonly loaded: {
    readonly settings: StudioSettings & { readonly name: string }
    readonly environment: 'dev' | 'staging' | 'production'
  }
}

/** The studio's pages, and what operators keep there. What they show, the other services have in the admin API. */
export const studioService = defineService({
  name: 'studio',
  tables: STUDIO_TABLES,
  settings: STUDIO_SETTINGS,
  open({ database, mode }: StudioNeeds) {
    // Read when somebody opens it: most servers start without that.
    let pack: Promise<StudioPack | null> | undefined
    const opened = () => {
      pack ??= openStudioPack()
      return pack
    }
    return {
      port: {},
      routes({ settings, environment }) {
        if (!settings.studio.enabled) return []
        // What `dev` serves is somebody's own machine, whatever the name of its settings.
        const shown = {
          name: settings.name,
          environment: mode === 'dev' ? 'dev' : environment,
          path: settings.studio.path,
        }
        return [...studioRoutes(opened, shown), ...itemRoutes(database)]
      },
    }
  },
})
