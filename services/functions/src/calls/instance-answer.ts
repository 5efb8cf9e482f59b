import { AppError, type JsonValue } from '@koyalite/contracts'

const MAX_OUTPUT = 10 * 1024 * 1024

/** What a host has answered. Code can replace any part of its host, so that it may be anything. @throws AppError FUNCTION_OUTPUT_INVALID */
export function parsedAnswer(text: string, name: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('FUNCTION_OUTPUT_INVALID', `the output of ${name} is not JSON`, { executed: 'maybe', cause })
  }
}

/** @throws AppError FUNCTION_OUTPUT_TOO_LARGE */
export async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.byteLength
    if (size > MAX_OUTPUT) {
      const message = `the output is larger than ${MAX_OUTPUT / 1024 / 1024} MB: return less, or answer the request by yourself as a stream`
      throw new AppError('FUNCTION_OUTPUT_TOO_LARGE', message, { executed: 'maybe' })
    }
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}
