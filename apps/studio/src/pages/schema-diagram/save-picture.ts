import { GROUP_COLORS } from './diagram-groups'
import type { SvgColors } from './diagram-svg'

/** The colours of the scheme in use, as values. */
export function currentColors(): SvgColors {
  const probe = document.createElement('span')
  document.body.append(probe)
  const value = (name: string) => {
    probe.style.color = `var(--color-${name})`
    return getComputedStyle(probe).color
  }
  const colors = {
    ...{ background: value('canvas'), node: value('raised'), head: value('sunken'), line: value('line') },
    ...{ text: value('text'), muted: value('text-2'), edge: value('control') },
    groups: GROUP_COLORS.map((color) => value(`chart-${color}`)),
  }
  probe.remove()
  return colors
}

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Canvases have limits: beyond, the picture has fewer pixels. */
const MAX_PIXELS = 12_000

/** An SVG as PNG, two pixels for one. */
export async function toPng({
  text,
  width,
  height,
}: {
  readonly text: string
  readonly width: number
  readonly height: number
}): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const scale = Math.min(2, MAX_PIXELS / width, MAX_PIXELS / height)
    const canvas = document.createElement('canvas')
    canvas.width = Math.ceil(width * scale)
    canvas.height = Math.ceil(height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (blob === null) throw new Error('The browser could not make the picture: save it as SVG.')
    return blob
  } finally {
    URL.revokeObjectURL(url)
  }
}
