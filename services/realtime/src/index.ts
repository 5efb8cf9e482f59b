export { isLiveRequest } from './http/realtime-routes'
export { type RealtimeNeeds, realtimeService } from './realtime-service'
