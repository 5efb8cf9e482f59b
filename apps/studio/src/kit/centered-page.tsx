import type { ReactNode } from 'react'
import { studioAddress } from './studio-path'

/** A page of one form, without navigation. */
export function CenteredPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="grid min-h-full place-items-center bg-surface p-4">
      <div className="flex w-full max-w-[360px] flex-col gap-5 rounded-dialog border border-line bg-raised p-6">
        <div className="flex items-center gap-2.5 text-md font-semibold">
          <img src={studioAddress('/icon.svg')} alt="" width="24" height="24" />
          KoyaLite
        </div>
        <h1 className="text-large font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  )
}
