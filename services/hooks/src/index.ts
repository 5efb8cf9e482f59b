export { type HooksNeeds, type HooksPort, hooksService } from './hooks-service'
export { HookProblems } from './loading/load-hooks'
export { WATCHDOG_WORKER } from './watchdog/watchdog'
