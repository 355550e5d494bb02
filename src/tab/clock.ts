import { useEffect, useReducer } from 'react';
import { useDesk } from './desk.tsx';

/** How often what counts minutes is drawn again, in milliseconds. */
const TICK_MS = 5_000;

/** The time by the register's clock, now and every few seconds. */
export function useNow(): number {
  const { api } = useDesk();
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return api.now();
}
