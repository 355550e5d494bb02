import {
  FluentProvider,
  makeStaticStyles,
  type Theme,
  teamsDarkTheme,
  teamsHighContrastTheme,
  teamsLightTheme,
  tokens,
} from '@fluentui/react-components';
import { QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { HashRouter, Route, Routes } from 'react-router';
import { type Api, CallError } from './api.ts';
import { DeskProvider } from './desk.tsx';
import { Frame } from './frame.tsx';
import type { Host, ThemeName } from './host.ts';
import { Failure, Loading } from './parts/states.tsx';
import { forgetFailures } from './patience.ts';
import { usePrinting } from './print.ts';

const FLUENT_THEMES: Readonly<Record<ThemeName, Theme>> = {
  default: teamsLightTheme,
  dark: teamsDarkTheme,
  contrast: teamsHighContrastTheme,
};

/** It stands apart: Teams opens it to add a tab, and nobody reads anything there. */
const ConfigPage = lazy(() => import('./pages/config.tsx'));

const useBodyStyles = makeStaticStyles({ body: { margin: 0 } });

type Props = { readonly host: Host; readonly api: Api };

/** The desk: who reads, in which theme, and at which page. */
export function App({ host, api }: Props) {
  useBodyStyles();
  const [theme, setTheme] = useState(host.theme);
  useEffect(() => host.onTheme(setTheme), [host]);
  const client = useMemo(createClient, []);
  const isPrinting = usePrinting();
  const shown = isPrinting ? 'default' : theme;
  return (
    <FluentProvider
      theme={FLUENT_THEMES[shown]}
      style={{
        // For what the browser draws itself: scroll bars, and the calendar of a date.
        colorScheme: shown === 'default' ? 'light' : 'dark',
        minHeight: '100vh',
        display: 'flex',
        flexDirection: 'column',
        background: tokens.colorNeutralBackground2,
      }}
    >
      <QueryClientProvider client={client}>
        <HashRouter>
          <Routes>
            <Route
              path="/config"
              element={
                <Suspense fallback={<Loading />}>
                  <ConfigPage host={host} />
                </Suspense>
              }
            />
            <Route path="*" element={<Entrance host={host} api={api} theme={theme} />} />
          </Routes>
        </HashRouter>
      </QueryClientProvider>
    </FluentProvider>
  );
}

/** Asks who reads, and what they may see, before anything is shown. */
function Entrance({ host, api, theme }: Props & { readonly theme: ThemeName }) {
  const me = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.call('me', { signal }),
    refetchInterval: 60_000,
  });
  const [chosen, setChosen] = useState<string>();
  if (me.data === undefined) {
    return me.error === null ? (
      <Loading label="Opening Signpost" />
    ) : (
      <Failure error={me.error} retry={() => void me.refetch()} />
    );
  }
  const { organisations } = me.data;
  const organisation = organisations.find(({ id }) => id === chosen) ?? organisations[0];
  if (organisation === undefined)
    return <Failure error={new CallError('not-allowed', 'Signpost is not set up for your organisation.')} />;
  // Which comes first may change while somebody reads: what they look at stays.
  if (chosen === undefined) setChosen(organisation.id);
  return (
    <DeskProvider desk={{ api, host, theme, me: me.data, organisation, chooseOrganisation: setChosen }}>
      <Frame />
    </DeskProvider>
  );
}

/** What cannot become right by asking again is not asked again. */
function createClient(): QueryClient {
  const isFinal = (error: Error): boolean =>
    error instanceof CallError && ['not-allowed', 'not-found', 'bad-input', 'too-long'].includes(error.code);
  return new QueryClient({
    queryCache: new QueryCache({ onSuccess: (_, query) => forgetFailures(query) }),
    defaultOptions: {
      queries: {
        retry: (times, error) => !isFinal(error) && times < 2,
        // Without a network a call fails and the page says so. It would else wait without a word.
        networkMode: 'always',
      },
    },
  });
}
