import { atStart, flag, optionalDomain, optionalInteger, type SettingsOf, section, serverPath } from '@koyalite/kernel'

/** Where something else answers. */
const TAKEN = ['/_/auth', '/_/mail', '/api', '/health', '/metrics', '/public'] as const

export const STUDIO_SETTINGS = {
  studio: section({
    enabled: flag(true, 'Whether the studio is served'),
    path: serverPath(
      '/_',
      { taken: TAKEN },
      'Path of the studio, such as /admin. /_/auth and /_/mail stay where they are. A name, not a protection',
    ),
    host: atStart(
      optionalDomain(
        'Host name under which the studio and the admin API of browsers answer, and nothing else of the app; null: that of the server',
      ),
    ),
    port: atStart(
      optionalInteger(
        { min: 1 },
        'Port of the studio alone; null: that of the server, or where start serves pages of the app (public/), the next one, for this machine only',
      ),
    ),
    same_origin: atStart(
      flag(
        false,
        "Whether start serves the studio at the app's own address beside pages of the app; scripts of the app can then act as your operators",
      ),
    ),
    schema_changes: flag(
      false,
      'Whether the schema can be changed in the studio under `koyalite start`; under `koyalite dev` it always can',
    ),
  }),
}

export type StudioSettings = SettingsOf<typeof STUDIO_SETTINGS>
