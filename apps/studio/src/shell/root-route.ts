import { createRootRoute, createRoute } from '@tanstack/react-router'
import { Shell } from './shell'

export const root = createRootRoute()
/** In the shell: who is not signed in is asked to do so first. */
export const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })
