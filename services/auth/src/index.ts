export type { AuthContext } from './auth-context'
export { authenticate } from './operations/authenticate'
export { authRoutes } from './routes'
export { KEYS_TABLE } from './store/keys'
