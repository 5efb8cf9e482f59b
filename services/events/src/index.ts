export { type EventsPort, eventsService } from './events-service'
export { skipWaitingEvents } from './store/event-log'
