import { useRouter } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, MouseEvent, Ref } from 'react'
import { studioAddress } from './studio-path'

export interface AppLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** An address within the studio: `/data/posts?sort=-title`. */
  readonly href: string
  readonly ref?: Ref<HTMLAnchorElement>
}

/** A real link to an address that is only known as text; a plain click does not load the page anew. Routes known by name have the router's `Link`. */
export function AppLink({ href, onClick, children, ...rest }: AppLinkProps) {
  const router = useRouter()
  const address = studioAddress(href)
  return (
    <a
      {...rest}
      href={address}
      onClick={(event) => {
        onClick?.(event)
        if (event.defaultPrevented || !isPlainClick(event)) return
        event.preventDefault()
        router.history.push(address)
      }}
    >
      {children}
    </a>
  )
}

function isPlainClick({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey
}
