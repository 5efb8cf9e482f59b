import { SquareFunction } from 'lucide-react'
import type { Area } from '../../shell/area'

export const FUNCTIONS_AREA: Area = {
  name: 'Functions',
  icon: SquareFunction,
  pages: [
    { name: 'Functions', to: '/functions', permission: 'functions:read' },
    { name: 'Hooks', to: '/hooks', permission: 'hooks:read' },
    { name: 'Executions', to: '/executions', permission: 'functions:read' },
    { name: 'Events', to: '/events', permission: 'events:read' },
    { name: 'Schedules', to: '/schedules', permission: 'schedules:read' },
  ],
}
