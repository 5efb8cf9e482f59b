import type { Area } from './area'
import { isWithin } from './areas'

export interface Crumb {
  readonly name: string
  /** Path within the studio. */
  readonly path: string
}

/** Where one is: the area, its page where there are several, and what the path says below it. @param path within the studio */
export function breadcrumb(areas: readonly Area[], path: string): readonly Crumb[] {
  const area = areas.find(({ pages }) => pages.some(({ to }) => isWithin(path, to)))
  // Of two pages of which one is below the other, the longer one.
  const page = area?.pages.filter(({ to }) => isWithin(path, to)).sort((a, b) => b.to.length - a.to.length)[0]
  if (area === undefined || page === undefined) return []
  const first = area.pages[0]?.to ?? page.to
  const crumbs: Crumb[] = [{ name: area.name, path: first }]
  if (page.name !== area.name && page.to !== first) crumbs.push({ name: page.name, path: page.to })
  let below = page.to === '/' ? '' : page.to
  for (const segment of path.slice(below.length).split('/').filter(Boolean)) {
    below = `${below}/${segment}`
    crumbs.push({ name: decoded(segment), path: below })
  }
  return crumbs
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
