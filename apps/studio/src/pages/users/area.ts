import { Users } from 'lucide-react'
import type { Area } from '../../shell/area'

export const USERS_AREA: Area = {
  name: 'Users',
  icon: Users,
  pages: [{ name: 'Users', to: '/users', permission: 'users:read' }],
}
