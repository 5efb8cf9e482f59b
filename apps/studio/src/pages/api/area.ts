import { Braces } from 'lucide-react'
import type { Area } from '../../shell/area'

export const API_AREA: Area = {
  name: 'API',
  icon: Braces,
  pages: [{ name: 'API', to: '/api', permission: 'schema:read' }],
}
