import encodeQR from 'qr'
import { useMemo } from 'react'
import { qrPath } from './qr-path'

/** Modules around the code that stay white: readers look for them. */
const QUIET_ZONE = 4

/** A text for the camera of a telephone. Black on white in both colour schemes: not every reader takes the opposite. */
export function QrCode({ label, text }: { readonly label: string; readonly text: string }) {
  const modules = useMemo(() => encodeQR(text, 'raw', { border: QUIET_ZONE }), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      shapeRendering="crispEdges"
      className="size-[200px] flex-none rounded-control border border-line"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={qrPath(modules)} fill="#000" />
    </svg>
  )
}
