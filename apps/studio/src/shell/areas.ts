import { House, KeyRound, type LucideIcon, Users } from 'lucide-react'

/** One place of the rail, with its pages. An area is listed once there is something in it: see CONTRIBUTING.md, "To add a page". */
export interface Area {
  readonly name: string
  readonly icon: LucideIcon
  readonly pages: readonly Page[]
}

export interface Page {
  readonly name: string
  readonly to: string
  /** What it takes to see anything there. */
  readonly permission?: string
}

const AREAS: readonly Area[] = [
  { name: 'Home', icon: House, pages: [{ name: 'Home', to: '/' }] },
  { name: 'Users', icon: Users, pages: [{ name: 'Users', to: '/users', permission: 'users:read' }] },
  {
    name: 'Access',
    icon: KeyRound,
    pages: [
      { name: 'Operators', to: '/operators', permission: 'operators:read' },
      { name: 'Service keys', to: '/keys', permission: 'keys:read' },
    ],
  },
]

/** The areas in which an operator can see something, each with the pages that they can. */
export function areasFor(permissions: readonly string[]): readonly Area[] {
  return AREAS.map((area) => ({
    ...area,
    pages: area.pages.filter(({ permission }) => permission === undefined || permissions.includes(permission)),
  })).filter(({ pages }) => pages.length > 0)
}

/** Whether a path of the address is a page, or below it. */
export function isWithin(path: string, page: string): boolean {
  return page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`)
}
