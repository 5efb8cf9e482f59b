import { ERROR_STATUS, SERVER_MESSAGE, type ServerMessage } from '@koyalite/contracts'

/** A message of the server, held to the contract. Throws at one that is of another form, or tells of a failure inside. */
export function serverMessage(value: unknown): ServerMessage {
  const message = SERVER_MESSAGE.parse(value)
  if (message.type !== 'error') return message
  const text = JSON.stringify(message)
  const status = ERROR_STATUS[message.payload.code as keyof typeof ERROR_STATUS]
  if (!(status < 500)) throw new Error(`an error of the server: ${text}`)
  if (/\bat .*\.[jt]s:\d+|node_modules|SQLITE_|\/src\//.test(text)) throw new Error(`internals: ${text}`)
  return message
}
