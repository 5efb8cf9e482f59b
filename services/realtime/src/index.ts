export { type RealtimeNeeds, realtimeService } from './realtime-service'
export { isLiveRequest } from './routes'
