import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnswerOf, QueryOf } from '../web/desk/contract.ts';
import { useDesk } from './desk.tsx';

/**
 * The pages ask again and again while they can be seen: an answer that has not changed costs the server one look and the
 * network a few bytes. In milliseconds.
 */
export const LIVE_MS = 1_500;
/** What changes only with a release of the guidance, or once a day. In milliseconds. */
const CALM_MS = 60_000;

/** The key of a referral in the cache of this page. */
export const referralKey = (reference: string) => ['referral', reference] as const;

export function useReferral(reference: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: referralKey(reference),
    queryFn: ({ signal }) => api.call('referral', { in: { reference }, signal }),
    refetchInterval: LIVE_MS,
  });
}

export function useDuty(organisation: string) {
  const { api } = useDesk();
  return useQuery({
    queryKey: ['duty', organisation],
    queryFn: ({ signal }) => api.call('duty', { query: { organisation }, signal }),
    refetchInterval: LIVE_MS * 4,
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

/** Shows a referral as it is after an action, wherever it stands. */
export function useShowReferral(): (referral: AnswerOf<'referral'>) => void {
  const client: QueryClient = useQueryClient();
  return (referral) => {
    client.setQueryData(referralKey(referral.reference), referral);
    void client.invalidateQueries({ queryKey: ['register'] });
  };
}
