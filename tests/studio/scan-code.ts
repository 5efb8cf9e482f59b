import type { Locator } from 'playwright-core'
import decodeQR from 'qr/decode.js'

/** Reads a QR code of a page as a camera does: from its pixels. */
export async function scanCode(code: Locator): Promise<string> {
  const picture = (await code.screenshot()).toString('base64')
  const { width, height, data } = (await code.page().evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${picture}'), (character) => character.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')
    canvas.drawImage(image, 0, 0)
    const { width, height, data } = canvas.getImageData(0, 0, image.width, image.height)
    return { width, height, data: [...data] }
  })()`)) as { readonly width: number; readonly height: number; readonly data: readonly number[] }
  return decodeQR({ width, height, data: Uint8Array.from(data) })
}
