import { isNetwork } from '@koyalite/kernel'

const HOST = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*'
const HOST_AND_PORT = new RegExp(`^(?=.{1,260}$)(?:${HOST}|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`, 'i')

/** `hooks.internal`, `hooks.internal:8080`, `[fd00::1]:8080`, `10.0.0.1`, `10.0.0.0/8` */
export function isAllowEntry(text: string): boolean {
  return isNetwork(text) || HOST_AND_PORT.test(text)
}
