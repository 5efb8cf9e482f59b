export { disableCopiedWebhooks, holdWaitingDeliveries } from './store/hold-deliveries'
export { type WebhooksNeeds, webhooksService } from './webhooks-service'
