import {
  keepPreviousData,
  replaceEqualDeep,
  useInfiniteQuery,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Acted, AnswerOf, BodyOf, QueryOf } from '../web/desk/contract.ts';
import { useDesk } from './desk.tsx';
import { asksFor, PAGE_ROWS, type Pages, type Seen, withAnswers } from './parts/register/pages.ts';
import { patiently } from './patience.ts';

/**
 * The pages ask again and again while they can be seen: an answer that has not changed costs the server one look and the
 * network a few bytes. In milliseconds.
 */
export const LIVE_MS = 1_500;
/** What changes only with a release of the guidance, or once a day. In milliseconds. */
const CALM_MS = 60_000;

/**
 * Why there is nothing to show; null where there is something, or nothing has failed yet. It stays while the page tries
 * again by itself, until it gets something.
 */
export function useFailure({ data, error }: { readonly data: unknown; readonly error: Error | null }): Error | null {
  const [last, setLast] = useState(error);
  const failure = data === undefined ? (error ?? last) : null;
  if (failure !== last) setLast(failure);
  return failure;
}

/** How long a list is kept while its reader looks at a referral, in milliseconds: coming back finds the same row. */
const LIST_KEPT_MS = 30 * 60_000;

/** The register, page after page, most pressing first. However much of it is loaded, what is in sight is kept up to date. */
export function useRegister(query: QueryOf<'register'>) {
  const { api } = useDesk();
  const client = useQueryClient();
  const queryKey = ['register', query];
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ signal, pageParam }) =>
      api.call('register', { query: { ...query, after: pageParam, limit: PAGE_ROWS }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: (asked) => asked.state.data === undefined && patiently(LIVE_MS)(asked),
    gcTime: LIST_KEPT_MS,
    // It would ask for page after page. What is below does it for those that matter.
    staleTime: 'static',
    // What is on screen stays until the rows of the next filter are there.
    placeholderData: keepPreviousData,
  });
  const { data, isPlaceholderData, refetch } = list;
  const seen = useRef<Seen>(undefined);
  const turn = useRef(0);
  const watch = useQuery({
    queryKey: ['register', 'watch', query],
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<Pages>(queryKey);
      if (before === undefined) return null;
      turn.current += 1;
      const asks = asksFor(before, seen.current, turn.current);
      const answers = await Promise.all(
        asks.map(({ after, limit }) => api.call('register', { query: { ...query, after, limit }, signal })),
      );
      const after = withAnswers(before, asks, answers);
      if (after === undefined) void refetch({ cancelRefetch: false });
      // Where another page was loaded meanwhile, the next time is soon.
      else client.setQueryData<Pages>(queryKey, (now) => (now === before ? changed(before, after) : undefined));
      return null;
    },
    refetchInterval: patiently(LIVE_MS),
    enabled: data !== undefined && !isPlaceholderData,
  });
  const see = useCallback((rows: Seen) => {
    seen.current = rows;
  }, []);
  return { list, stale: watch.error, see };
}

/** Undefined where they are the same. */
function changed<T>(before: T, after: T): T | undefined {
  const shared = replaceEqualDeep(before, after);
  return shared === before ? undefined : shared;
}

/** How many fit, without their rows. */
export function useCount(query: QueryOf<'register'>, enabled: boolean): number | undefined {
  const { api } = useDesk();
  const { data } = useQuery({
    queryKey: ['register', 'count', query],
    queryFn: ({ signal }) => api.call('register', { query: { ...query, limit: 1 }, signal }),
    refetchInterval: patiently(LIVE_MS * 4),
    enabled,
  });
  return data?.total ?? undefined;
}

/** The key of a referral in the cache of this page. */
export const referralKey = (reference: string) => ['referral', reference] as const;

export function useReferral(reference: string) {
  const { api } = useDesk();
  // Each time that somebody opens it is on record: only while it stays open may the answer be that nothing has changed.
  useLayoutEffect(() => api.forget('referral', { in: { reference } }), [api, reference]);
  return useQuery({
    queryKey: referralKey(reference),
    queryFn: ({ signal }) => api.call('referral', { in: { reference }, signal }),
    refetchInterval: patiently(LIVE_MS),
  });
}

export function useDuty(organisation: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['duty', organisation],
    queryFn: ({ signal }) => api.call('duty', { query: { organisation }, signal }),
    refetchInterval: patiently(LIVE_MS * 4),
  });
}

export function useGuidance(organisation: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['guidance', organisation],
    queryFn: ({ signal }) => api.call('guidance', { query: { organisation }, signal }),
    staleTime: CALM_MS,
  });
}

export function useFlow(organisation: string, flow: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['flow', organisation, flow],
    queryFn: ({ signal }) => api.call('flow', { in: { flow }, query: { organisation }, signal }),
    staleTime: CALM_MS,
  });
}

/** Every way through every topic. It is long, and few read it: it is not asked for before it is to be shown. */
export function usePaths(organisation: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['paths', organisation],
    queryFn: ({ signal }) => api.call('paths', { query: { organisation }, signal }),
    staleTime: CALM_MS,
  });
}

export function useReport(query: QueryOf<'report'>) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['report', query],
    queryFn: ({ signal }) => api.call('report', { query, signal }),
    staleTime: CALM_MS,
    // The figures on screen stay until the next ones are there.
    placeholderData: (earlier) => earlier,
  });
}

/** How long an action may take before it counts as unanswered, in milliseconds. */
const ACT_MS = 20_000;

/** An action on its way, and the newest entry of the history when it was sent. */
export type Acting = { readonly body: BodyOf<'act'>; readonly after: number };

/** What is done with the answer, also where the page was left meanwhile. */
type Came = { done(acted: Acted, acting: Acting): void; failed(error: Error, acting: Acting): void };

const actKey = (reference: string) => ['act', reference] as const;

/** Sends an action on a referral. While one is on its way, another is not sent. */
export function useAct(reference: string, came: Came): (acting: Acting) => void {
  const { api } = useDesk();
  const client = useQueryClient();
  const show = useShowReferral();
  const { mutate } = useMutation({
    mutationKey: actKey(reference),
    mutationFn: ({ body }: Acting) => api.call('act', { in: { reference }, body, signal: AbortSignal.timeout(ACT_MS) }),
    // Without a network it fails at once and says so. It would else wait without a word.
    networkMode: 'always',
    onSuccess: async (acted, acting) => {
      await show(acted.referral);
      came.done(acted, acting);
    },
    onError: (error, acting) => came.failed(error, acting),
  });
  return (acting) => {
    if (client.isMutating({ mutationKey: actKey(reference) }) === 0) mutate(acting);
  };
}

export type NameCalls = {
  /** Whether one of them is on its way. */
  readonly isBusy: boolean;
  ask(body: BodyOf<'askName'>, came: NameCame): void;
  answer(body: BodyOf<'answerName'>, came: NameCame): void;
  /** Each look is on record: what it gives is kept nowhere but where it is shown. */
  look(came: { done(opened: AnswerOf<'lookAtName'>): void; failed(error: Error): void }): void;
};

type NameCame = { done(acted: Acted): void; failed(error: Error): void };

/** Opening the name of the person who raised a referral, for those who may. */
export function useNameCalls(reference: string): NameCalls {
  const { api } = useDesk();
  const show = useShowReferral();
  const within = () => ({ in: { reference }, signal: AbortSignal.timeout(ACT_MS) });
  const call = useMutation({ mutationFn: (work: () => Promise<void>) => work(), networkMode: 'always' });
  const run = <T>(work: () => Promise<T>, came: { done(answer: T): void; failed(error: Error): void }): void => {
    if (call.isPending) return;
    call.mutate(async () => came.done(await work()), { onError: came.failed });
  };
  const shown = async (acting: Promise<Acted>): Promise<Acted> => {
    const acted = await acting;
    await show(acted.referral);
    return acted;
  };
  return {
    isBusy: call.isPending,
    ask: (body, came) => run(() => shown(api.call('askName', { ...within(), body })), came),
    answer: (body, came) => run(() => shown(api.call('answerName', { ...within(), body })), came),
    look: (came) => run(() => api.call('lookAtName', { ...within(), body: {} }), came),
  };
}

/** The action on a referral that is on its way. */
export function useActing(reference: string): Acting | undefined {
  return useMutationState({
    filters: { mutationKey: actKey(reference), status: 'pending' },
    // What is sent under this key is of this type.
    select: ({ state }) => state.variables as Acting,
  }).at(-1);
}

/** Shows a referral as it is after an action, wherever it stands. */
function useShowReferral(): (referral: AnswerOf<'referral'>) => Promise<void> {
  const client = useQueryClient();
  return async (referral) => {
    // What was asked for before the action must not be shown after it.
    await client.cancelQueries({ queryKey: referralKey(referral.reference) });
    client.setQueryData(referralKey(referral.reference), referral);
    void client.invalidateQueries({ queryKey: ['register'] });
  };
}
