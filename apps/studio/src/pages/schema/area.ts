import { Shapes } from 'lucide-react'
import type { Area } from '../../shell/area'

export const SCHEMA_AREA: Area = {
  name: 'Schema',
  icon: Shapes,
  pages: [
    { name: 'Collections', to: '/schema', permission: 'schema:read' },
    { name: 'Types', to: '/schema/types', permission: 'schema:read' },
    { name: 'YAML', to: '/schema/yaml', permission: 'schema:read' },
    { name: 'Diagram', to: '/schema/diagram', permission: 'schema:read' },
    { name: 'Plan', to: '/schema/plan', permission: 'schema:read' },
    { name: 'Migrations', to: '/schema/migrations', permission: 'schema:read' },
  ],
}
