import type { LucideIcon } from 'lucide-react'

/** One place of the rail, with its pages. An area is listed once there is something in it: see CONTRIBUTING.md, "To add a page". */
export interface Area {
  readonly name: string
  readonly icon: LucideIcon
  readonly pages: readonly AreaPage[]
}

export interface AreaPage {
  readonly name: string
  readonly to: string
  /** What it takes to see anything there. */
  readonly permission?: string
}
