import { useEffect, useReducer, useSyncExternalStore } from 'react';
import type { DeskOrganisation } from '../web/desk/contract.ts';
import { useDesk } from './desk.tsx';
import { dateAt } from './words.ts';

/** How often what counts minutes is drawn again, in milliseconds. */
const TICK_MS = 5_000;

/** The time by the register's clock, now and every few seconds. */
export function useNow(): number {
  const { api } = useDesk();
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => everyTick(tick), []);
  return api.now();
}

/** The day by the register's clock, as `YYYY-MM-DD`, also on a page that stays open overnight. */
export function useToday(organisation: DeskOrganisation): string {
  const { api } = useDesk();
  return useSyncExternalStore(everyTick, () => dateAt(api.now(), organisation));
}

function everyTick(tick: () => void): () => void {
  const timer = setInterval(tick, TICK_MS);
  return () => clearInterval(timer);
}
