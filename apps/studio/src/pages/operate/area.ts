import { Wrench } from 'lucide-react'
import type { Area } from '../../shell/area'

export const OPERATE_AREA: Area = {
  name: 'Operate',
  icon: Wrench,
  pages: [
    { name: 'Backups', to: '/operate/backups', permission: 'backups:read' },
    { name: 'Settings', to: '/operate/settings', permission: 'settings:read' },
    { name: 'Health', to: '/operate/health', permission: 'settings:read' },
    { name: 'History', to: '/operate/history', permission: 'settings:read' },
  ],
}
