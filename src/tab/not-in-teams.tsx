import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { Empty } from './parts/states.tsx';

/** The page was opened outside Teams, which is what says who reads. */
export function NotInTeams() {
  return (
    <FluentProvider theme={webLightTheme}>
      <Empty title="Open this in Microsoft Teams">
        Signpost shows its pages inside Teams only, because Teams says who you are. In Teams, choose Apps, then
        Signpost.
      </Empty>
    </FluentProvider>
  );
}
