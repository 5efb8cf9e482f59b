import { Send } from 'lucide-react'
import type { Area } from '../../shell/area'

/** What the server sends to others. */
export const OUTGOING_AREA: Area = {
  name: 'Outgoing',
  icon: Send,
  pages: [
    { name: 'Webhooks', to: '/webhooks', permission: 'webhooks:read' },
    { name: 'Deliveries', to: '/deliveries', permission: 'webhooks:read' },
    { name: 'Mail', to: '/mails', permission: 'mail:read' },
    { name: 'Templates', to: '/mails/templates', permission: 'mail:read' },
    { name: 'Suppressions', to: '/mails/suppressions', permission: 'mail:read' },
  ],
}
