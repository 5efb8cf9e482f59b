import { House, type LucideIcon } from 'lucide-react'

/** One place of the rail, with its pages. An area is listed once there is something in it: see CONTRIBUTING.md, "To add a page". */
export interface Area {
  readonly name: string
  readonly icon: LucideIcon
  /** Of its first page. */
  readonly to: string
  /** `g`, then this. */
  readonly key: string
  readonly pages: readonly Page[]
}

export interface Page {
  readonly name: string
  readonly to: string
  /** What it takes to see anything there. */
  readonly permission?: string
}

const AREAS: readonly Area[] = [{ name: 'Home', icon: House, to: '/', key: 'h', pages: [{ name: 'Home', to: '/' }] }]

/** The areas in which an operator can see something, each with the pages that they can. */
export function areasFor(permissions: readonly string[]): readonly Area[] {
  return AREAS.map((area) => ({
    ...area,
    pages: area.pages.filter(({ permission }) => permission === undefined || permissions.includes(permission)),
  })).filter(({ pages }) => pages.length > 0)
}
