export { observeService, type SlowQuery } from './observe-service'
