import { Component, type ReactNode } from 'react';
import { Page } from './page.tsx';
import { Failure } from './states.tsx';

type Props = { readonly children: ReactNode };
type State = { readonly error: unknown };

/**
 * Shows a failure in place of a page that could not be drawn, or not be loaded because a newer one has taken its place,
 * and leaves the bar above it to go elsewhere.
 */
export class Boundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Page title="Something went wrong">
        <Failure error={this.state.error} retry={() => location.reload()} />
      </Page>
    );
  }
}
