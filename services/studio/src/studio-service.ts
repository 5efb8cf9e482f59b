import { defineService } from '@koyalite/kernel'
import { studioRoutes } from './http/studio-routes'
import { openStudioPack, type StudioPack } from './studio-pack'
import { STUDIO_SETTINGS, type StudioSettings } from './studio-settings'

export interface StudioNeeds {
  readonly loaded: { readonly settings: StudioSettings }
}

/** The studio's pages. What they show, the other services have in the admin API. */
export const studioService = defineService({
  name: 'studio',
  settings: STUDIO_SETTINGS,
  open(_: StudioNeeds) {
    // Read when somebody opens it: most servers start without that.
    let pack: Promise<StudioPack | null> | undefined
    const opened = () => {
      pack ??= openStudioPack()
      return pack
    }
    return {
      port: {},
      routes: ({ settings }) => (settings.studio.enabled ? studioRoutes(opened) : []),
    }
  },
})
