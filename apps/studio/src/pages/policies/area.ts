import { ShieldCheck } from 'lucide-react'
import type { Area } from '../../shell/area'

export const POLICIES_AREA: Area = {
  name: 'Policies',
  icon: ShieldCheck,
  pages: [
    { name: 'Matrix', to: '/policies', permission: 'schema:read' },
    { name: 'Tester', to: '/policies/test', permission: 'schema:read' },
    { name: 'Rule tests', to: '/policies/tests', permission: 'schema:read' },
  ],
}
