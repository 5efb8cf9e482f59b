import { Table2 } from 'lucide-react'
import type { Area } from '../../shell/area'

export const DATA_AREA: Area = {
  name: 'Data',
  icon: Table2,
  pages: [
    { name: 'Documents', to: '/data', permission: 'schema:read' },
    { name: 'Recent changes', to: '/changes', permission: 'changes:read' },
  ],
}
