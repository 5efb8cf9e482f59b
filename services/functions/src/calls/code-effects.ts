import type { CodeCaller, CodeEffects, MailSender, ProjectEvents } from '@koyalite/contracts'
import { prepareEvent } from '../events/publish-event'
import { enqueuerOf } from '../jobs/enqueuer'
import { type PushContext, preparePush } from '../jobs/push-jobs'
import { prepareMail } from '../mails/prepare-mail'

export interface EffectsContext extends PushContext {
  readonly events: Pick<ProjectEvents, 'publish'>
  readonly mail: MailSender
}

/** Jobs, events and mails of code that has no manifest and may do all: hooks. */
export function codeEffects({ events, mail, ...pushing }: EffectsContext): CodeEffects {
  return {
    push: (tx, caller, sent) => preparePush(pushing, callBy(caller), sent).run(tx, Bun.randomUUIDv7),
    publish: (tx, caller, sent) => prepareEvent(events, callBy(caller), sent).run(tx),
    send: (tx, caller, sent) => prepareMail(mail, callBy(caller), sent).run(tx, Bun.randomUUIDv7),
  }
}

function callBy({ name, actor, chain }: CodeCaller) {
  return {
    ...{ function: name, readsOnly: false, isTrial: false, chain, enqueuer: enqueuerOf(actor) },
    queues: EVERYTHING,
    publishes: ['*'],
  }
}

const EVERYTHING = { includes: () => true, [Symbol.iterator]: () => [][Symbol.iterator]() }
