import { ListTodo } from 'lucide-react'
import type { Area } from '../../shell/area'

/** What runs without somebody waiting for it. */
export const JOBS_AREA: Area = {
  name: 'Jobs',
  icon: ListTodo,
  pages: [
    { name: 'Jobs', to: '/jobs', permission: 'jobs:read' },
    { name: 'Queues', to: '/queues', permission: 'jobs:read' },
    { name: 'Background', to: '/background', permission: 'jobs:read' },
  ],
}
