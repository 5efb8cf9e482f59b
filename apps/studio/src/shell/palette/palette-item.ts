import type { LucideIcon } from 'lucide-react'

/** Something that the palette offers: a place, or something to do. */
export interface PaletteItem {
  /** Unique in the palette. */
  readonly id: string
  readonly group: PaletteGroup
  readonly title: string
  /** Where it is, or what it is about; searched too. */
  readonly detail?: string
  readonly icon: LucideIcon
  /** Address as the browser shows it; it can be opened in a tab of its own. */
  readonly href?: string
  /** What it does, where it is no place. */
  readonly run?: () => void
}

/** In this order where nothing ranks them. */
export const PALETTE_GROUPS = [
  'Pages',
  'Collections',
  'Functions',
  'Documents',
  'Users',
  'Views',
  'Queries',
  'Settings',
  'Actions',
] as const
export type PaletteGroup = (typeof PALETTE_GROUPS)[number]
