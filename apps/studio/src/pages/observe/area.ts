import { Activity } from 'lucide-react'
import type { Area } from '../../shell/area'

export const OBSERVE_AREA: Area = {
  name: 'Observe',
  icon: Activity,
  pages: [
    { name: 'Requests', to: '/observe/requests', permission: 'logs:read' },
    { name: 'Errors', to: '/observe/errors', permission: 'logs:read' },
    { name: 'Speed', to: '/observe/speed', permission: 'logs:read' },
    { name: 'Realtime', to: '/observe/realtime', permission: 'logs:read' },
    { name: 'Storage', to: '/observe/storage', permission: 'logs:read' },
    { name: 'Audit log', to: '/observe/audit', permission: 'audit:read' },
    { name: 'Logs', to: '/observe/logs', permission: 'logs:read' },
  ],
}
