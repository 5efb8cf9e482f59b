import { useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useOperator } from '../session/session-context'
import { areasFor } from './areas'
import { breadcrumb, type Crumb } from './breadcrumb'
import { PROJECT } from './project'

export function useCrumbs(): readonly Crumb[] {
  const { permissions } = useOperator()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return breadcrumb(areasFor(permissions), path)
}

/** What the window is called: a tab among many says at once what it shows, and whether that is production. */
export function useDocumentTitle(): void {
  const names = useCrumbs().map(({ name }) => name)
  const title = [...names.toReversed(), PROJECT.name].join(' · ')
  useEffect(() => {
    document.title = PROJECT.environment === 'production' ? `● Production · ${title}` : title
  }, [title])
}
