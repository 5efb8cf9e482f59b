import { Component, type ReactNode } from 'react'
import { Button } from '../../kit/button'

export interface PanelBoundaryProps {
  /** What it shows: "The result". */
  readonly what: string
  /** Puts away what the panel shows; then it is tried again. */
  onReset(): void
  readonly children: ReactNode
}

/** Where a panel breaks, only it does: nothing that is stored can lock anybody out. */
export class PanelBoundary extends Component<PanelBoundaryProps, { readonly error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <div role="alert" className="m-4 flex max-w-[560px] flex-col items-start gap-2 rounded-panel bg-danger-soft p-4">
        <h2 className="text-md font-semibold text-danger-text">{this.props.what} cannot be shown</h2>
        <p className="text-md">
          {this.state.error instanceof Error ? this.state.error.message : String(this.state.error)}
        </p>
        <Button
          onClick={() => {
            this.props.onReset()
            this.setState({ error: null })
          }}
        >
          Reset this view
        </Button>
      </div>
    )
  }
}
