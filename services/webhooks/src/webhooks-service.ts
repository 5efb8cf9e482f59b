import { type Callers, defineService } from '@koyalite/kernel'
import { WEBHOOKS_AREA } from './admin-areas'
import { createWebhooks, type WebhooksOptions } from './create-webhooks'
import { WEBHOOK_TABLES } from './store/webhook-tables'
import { checkEndpoints, WEBHOOKS_SETTINGS } from './webhooks-settings'

export interface WebhooksNeeds
  extends Omit<WebhooksOptions, 'adminEmails' | 'callers' | 'now' | 'random' | 'timeoutMs' | 'resolve'> {
  readonly auth: Callers & { readonly adminEmails: () => readonly string[] }
}

/** Events of the project, sent to addresses that operators have chosen. */
export const webhooksService = defineService({
  name: 'webhooks',
  tables: WEBHOOK_TABLES,
  settings: WEBHOOKS_SETTINGS,
  checkSettings: checkEndpoints,
  adminAreas: [WEBHOOKS_AREA],
  open({ auth, ...needs }: WebhooksNeeds) {
    const webhooks = createWebhooks({ ...needs, callers: auth, adminEmails: auth.adminEmails })
    return {
      port: { health: () => webhooks.health() },
      use: (loaded: WebhooksNeeds['loaded']) => webhooks.use(loaded),
      routes: () => webhooks.routes,
      start: () => webhooks.start(),
      stats: () => webhooks.stats(),
      close: () => webhooks.close(),
    }
  },
})
