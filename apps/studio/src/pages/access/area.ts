import { KeyRound } from 'lucide-react'
import type { Area } from '../../shell/area'

export const ACCESS_AREA: Area = {
  name: 'Access',
  icon: KeyRound,
  pages: [
    { name: 'Roles', to: '/roles', permission: 'roles:read' },
    { name: 'Providers', to: '/providers', permission: 'providers:read' },
    { name: 'Operators', to: '/operators', permission: 'operators:read' },
    { name: 'Service keys', to: '/keys', permission: 'keys:read' },
  ],
}
