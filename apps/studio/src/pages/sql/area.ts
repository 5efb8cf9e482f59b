import { SquareTerminal } from 'lucide-react'
import type { Area } from '../../shell/area'

export const SQL_AREA: Area = {
  name: 'SQL',
  icon: SquareTerminal,
  pages: [{ name: 'SQL', to: '/sql', permission: 'sql:read' }],
}
